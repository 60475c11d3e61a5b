"""A function that takes several inputs in one tuple is called so, and watched as any other."""

import numpy as np
import pytest

from grader.sandbox.meter import metered
from grader.sandbox.outcome import Raised
from grader.sandbox.packing import packed
from grader.sandbox.question import Question
from grader.sandbox.worker import answer

X, W, D = np.ones((2, 3)), np.ones((3, 2)), np.array(2.0)
PACKING = (2, (0, 1))  # dout, cache


@pytest.mark.parametrize(
    ("packing", "expected"),
    [
        ((), ("x", "w", "b")),
        ((2, (0, 1)), ("b", ("x", "w"))),
        (((0, (1, 2)),), (("x", ("w", "b")),)),
        ((1, 0, (2,)), ("w", "x", ("b",))),
    ],
)
def test_places_become_tuples(packing, expected):
    assert packed(("x", "w", "b"), packing) == expected


def test_an_array_that_is_changed_inside_a_tuple_is_named_by_its_place():
    def careless(dout, cache):
        cache[1][0] = 7
        return dout

    tag, index, value, mutated, _ = answer(careless, 0, (X.copy(), W.copy(), D), PACKING)
    assert (tag, index, float(value), mutated) == ("answer", 0, 2.0, (1,))


def test_points_next_to_a_variable_inside_a_tuple_are_seen():
    def quotient(dout, cache):
        x, w = cache
        steps = [x + 1e-6 * np.eye(1, x.size, k).reshape(x.shape) for k in range(x.size)]
        return [np.sum(step @ w) for step in steps]

    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(2, 3)), rng.normal(size=(3, 2)), D
    ((points, _),) = metered(quotient, inputs, PACKING, [0])
    assert points >= 6
    ((none, _),) = metered(lambda dout, cache: cache[0] @ cache[1], inputs, PACKING, [0])
    assert none == 0


def test_across_the_wall(opened):
    source = "def f(dout, cache):\n    x, (w,) = cache\n    return dout * (x + w)\n"
    question = Question("f", ("x", "w", "dout"), ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)), packing=(2, (0, (1,))))
    with opened(source) as session:
        assert [outcome.value for outcome in session.ask(question)] == [9.0, 54.0]


def test_a_function_that_takes_them_apart_is_told_what_it_lacks(opened):
    question = Question("f", ("x", "w", "dout"), ((1.0, 2.0, 3.0),), packing=PACKING)
    with opened("def f(x, w, dout):\n    return x\n") as session:
        (outcome,) = session.ask(question)
    assert isinstance(outcome, Raised)
    assert "missing 1 required positional argument" in outcome.message
