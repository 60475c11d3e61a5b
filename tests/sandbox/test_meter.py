"""Which points a call is seen to go to, and that looking changes nothing else."""

from textwrap import dedent, indent

import numpy as np
import pytest

from grader.numerical import ENOUGH
from grader.sandbox import frames
from grader.sandbox.meter import MOST_EVENTS, MOST_VISITS
from grader.sandbox.outcome import Crashed, Missing, Raised, Returned, TimedOut
from grader.sandbox.question import Question
from grader.sandbox.session import NO_ANSWER

SOON = 0.3  # seconds
X = np.array([0.51, -1.27, 2.03, 0.77])
DX = np.array([1.0, 0.5, -2.0, 0.25])
M = np.arange(30.0).reshape(5, 6) + 0.3


def about(*inputs, variables=("x",)):
    return Question("f", ("x", "dx")[: len(inputs)], (inputs,), variables)


@pytest.fixture
def beside(opened):
    """Where a call of `f` with that body goes: the points next to x, and those along dx."""

    def counted(body, *inputs):
        inputs = inputs or (X, DX)
        parameters = ", ".join(("x", "dx")[: len(inputs)])
        source = (
            f"import numpy as np\ndef g(z): return z\ndef f({parameters}):\n{indent(dedent(body), '    ')}"
        )
        with opened(source) as session:
            (outcome,) = session.ask(about(*inputs))
        assert isinstance(outcome, Returned), outcome
        return outcome.beside["x"]

    return counted


# ---- points -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("for k in range(4):\n    z = np.array(x)\n    z[k] += 1e-6\n    g(0)", id="kept"),
        pytest.param("for e in np.eye(4): np.sum((x + 1e-6 * e) ** 2)", id="on the way"),
        pytest.param("x = np.asarray(x, float)\nfor e in np.eye(4): np.sum(x + 1e-6 * e)", id="converted"),
        pytest.param("for e in np.eye(4): g(np.array(x) + 1e-6 * e)", id="handed on"),
        pytest.param("for k in range(4):\n    x[k] += 1e-6\n    np.sum(x)\n    x[k] -= 1e-6", id="in place"),
        pytest.param("for e in np.eye(4): g(np.array(x) + 1e-20j * e)", id="complex"),
        pytest.param("for e in np.eye(4): np.sum(x + 1e-300j * e)", id="complex and tiny"),
        pytest.param("x + 1e-6 * np.eye(4)", id="rows"),
        pytest.param("x[:, None] - 1e-6 * np.eye(4)", id="columns"),
        pytest.param("x = x.tolist()\nfor k in range(4): g(x[:k] + [x[k] + 1e-6] + x[k+1:])", id="lists"),
        pytest.param(
            "a = {1: x.copy()}\nfor k in range(4):\n    a[1][k] += .001\n    a[1] @ x", id="in a dict"
        ),
        pytest.param("h = eval('lambda z: z')\nfor e in np.eye(4): h(np.array(x) + 1e-6 * e)", id="eval"),
        pytest.param("[(lambda z: z @ z)(np.array(x) + 1e-6 * e) for e in np.eye(4)]", id="lambda"),
        pytest.param("np.apply_along_axis(lambda e: g(x + 1e-6 * e), 0, np.eye(4))", id="called by numpy"),
        pytest.param("for e in np.eye(4): g(x + 1.5 * e); g(x - 1.5 * e)", id="long steps both ways"),
        pytest.param("for k in range(4):\n    z = x.copy()\n    z[k] *= 1.001\n    g(z)", id="relative"),
        pytest.param("for e, z in zip(np.eye(4), x): g(x + 1e-6 * max(1, abs(z)) * e)", id="or one"),
        pytest.param("for e, z in zip(np.eye(4), x): g(x + 1e-6 * (1 + abs(z)) * e)", id="and one"),
        pytest.param("z = x.copy()\nfor k in range(4):\n    z[k] += 1e-4\n    g(z)", id="corner by corner"),
        pytest.param("for e in np.eye(4):\n    for d in np.eye(4): g(x + 1e-4 * (d + e))", id="pairs"),
    ],
)
def test_a_point_for_every_entry_is_counted(beside, body):
    points, along = beside(body)
    assert (points >= 4, along) == (True, 0)


def test_a_point_is_counted_once(beside):
    assert beside("z = x + 1e-6\nfor _ in range(9): g(np.array(z))") == (1, 0)


def test_a_matrix_that_was_made_a_vector_is_known_again(beside):
    assert beside("p = np.array(x).ravel()\nfor e in np.eye(30): g(p + 1e-6 * e)", M) == (30, 0)


def test_a_lambda_of_one_line_shows_enough_of_its_points(beside):
    body = "h = lambda z: z @ z\nfor e in np.eye(30): h(np.array(x).ravel() + 1e-6 * e)"
    assert beside(body, M) == (MOST_VISITS, 0)
    assert MOST_VISITS > ENOUGH


@pytest.mark.parametrize("body", ["x + 1e-6 * dx", "g(np.array(x) - 1e-7 * dx)", "x + 1e-30j * dx"])
def test_a_short_step_along_a_direction_is_counted_as_such(beside, body):
    assert beside(body) == (0, 1)


def test_the_whole_of_a_short_direction_is_no_step(beside):
    assert beside("g(x + dx); g(x - dx); g(x + dx / 2)", X, 1e-3 * DX) == (0, 0)


def test_a_direction_of_zeros_is_none(beside):
    assert beside("g(x + 1e-6)", X, 0 * DX) == (1, 0)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("2 * x - x * x; x @ x; np.sqrt(x * x); x / np.linalg.norm(x)", id="arithmetic"),
        pytest.param("for i in range(4):\n    for j in range(4): g(x[i] * x[j])", id="loops"),
        pytest.param("for e in np.eye(4): g(e - x * x[0])", id="a basis"),
        pytest.param("g(x + dx); g(x - dx); g(x + dx / 2)", id="long steps along the direction"),
        pytest.param("y = x * 3 / 3; g(y)\ny += 1e-15\ng(y)", id="rounding"),
        pytest.param("g(x.astype(np.float32)); g(x.astype(np.float32).astype(float) + 0)", id="precision"),
        pytest.param("for k in range(4):\n    z = x.copy()\n    z[k] = 0\n    g(z)", id="left out"),
        pytest.param("z = np.array(x)\nfor k in range(4): z[k] = 7 - 2 * k", id="filled in"),
        pytest.param("x + 0.5; x - 1.0", id="long steps in all entries"),
        pytest.param("for k in range(4):\n    z = x.copy()\n    z[k] = 1\n    g(z)", id="set to one"),
        pytest.param("for e in np.eye(4): g(x + 1.5 * e)", id="long steps one way"),
        pytest.param("x[:, None] + 1.5 * np.eye(4)", id="a Jacobian: long steps one way, in columns"),
        pytest.param("g(np.sort(x)); g(x[::-1]); g(np.roll(x, 1)); g(np.cumprod(x))", id="in another order"),
    ],
)
def test_what_formulas_do_is_not_counted(beside, body):
    assert beside(body) == (0, 0)


CLOSE = np.array([1, 1.004, 0.997, 1.009])  # entries next to each other
OUTLYING = np.array([0.5, 100, 0.25, -0.75])  # each but one is small against the largest


@pytest.mark.parametrize("x", [X, CLOSE, OUTLYING, 1e-3 * X, np.array([1.0, -1, -1, 1])])
@pytest.mark.parametrize(
    "changed", ["z[k] = 0", "z[k] = 1", "z[k] = -z[k]", "z[k] *= 2", "z[k], z[k - 1] = z[k - 1], z[k]"]
)
def test_entries_that_are_set_or_exchanged_are_no_steps(beside, changed, x):
    points, along = beside(f"for k in range(4):\n    z = x.copy()\n    {changed}\n    g(z)", x)
    assert points < 4
    assert not along


@pytest.mark.parametrize("x", [CLOSE, OUTLYING, 1e-3 * X])
def test_what_is_filled_in_goes_as_far_as_its_values_say(beside, x):
    points, _ = beside("z = np.array(x)\nfor k in range(4): z[k] = 2 * z[k] - 1", x)
    assert points < 4


@pytest.mark.parametrize(
    "body",
    [
        "np.sin(x + 1e-6)",
        "np.sin(1e-6 + x)",
        "np.sin(x - 1e-6)",
        "np.sin(x + 1e-20j)",
        "x = float(x)\nnp.sin(x + 1e-6)",
        "h = 1e-6\ng(float(x) + h)",
        "x + 1e-6 * np.array([-1, 1])",
        "g(np.float64(x) + 1e-6)",
    ],
)
def test_a_number_has_points_next_to_it(beside, body):
    points, _ = beside(body, 0.75, 0.5)
    assert points


@pytest.mark.parametrize("body", ["np.sin(x) + x / 2", "g(x + dx)", "g(x + np.pi / 2)", "g(-x)", "g(x - 1)"])
def test_a_formula_of_a_number_has_none(beside, body):
    assert beside(body, 0.75, 0.5) == (0, 0)


def test_no_long_step_is_next_to_a_number(beside):
    assert beside("x + 0.5; x - 0.02", 0.75) == (0, 0)


@pytest.mark.parametrize("x", [3, (2, 3), np.arange(3), np.zeros(0), np.float32([1, 2])])
def test_there_are_no_points_next_to_what_is_no_real_array(beside, x):
    assert beside("np.add(x, 0.001) if np.shape(x) == (3,) else x", x) == (0, 0)


@pytest.mark.parametrize(
    "body",
    [
        "x @ x[:0].sum() if 0 else x[:0] + 1",
        "np.add(x, x, out=x); x += 1; np.add.at(x, [0], 1.0)",
        "g([[1], [2, 3]]); g([g, None]); g(['a']); g([0.5] * 10**5)",
        "g(np.array(['a'])); g(np.array([None] * 4)); g(np.full(4, np.nan)); g(np.full(4, np.inf) + x)",
        "np.seterr(all='raise'); x[1] = 1e-60; g(x + 1e-6)",
        "import warnings; warnings.simplefilter('error'); g(np.array(x) * np.nan)",
    ],
)
def test_looking_fails_at_nothing(beside, body):
    beside(body)


def test_looking_does_not_divide_by_zero(beside):
    assert beside("np.seterr(all='raise'); g(x + 1e-6)", np.array([0.5, 1e-60, 1, 2]), 0 * DX) == (1, 0)


# ---- looking changes nothing else ---------------------------------------------------------

AFTER = """
import sys
def after(x):
    return x + 0.5 if sys.gettrace() is None else -1
"""


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        pytest.param("import sys; sys.settrace(None); return x", Returned, id="ends the tracing"),
        pytest.param("import sys; sys.settrace(lambda *_: None); return x", Returned, id="traces itself"),
        pytest.param("return f(x)", Raised, id="recursion without end"),
        pytest.param("raise ValueError", Raised, id="an exception"),
        pytest.param("import sys; sys.exit(1)", Raised, id="leaves"),
        pytest.param("x.see = None; return x + 1", Raised, id="spoils what is watched"),
        pytest.param("return (yield x)", Returned, id="a generator"),
    ],
)
def test_the_process_goes_on(opened, body, outcome):
    with opened(f"import numpy as np\ndef f(x):\n    {body}\n{AFTER}") as session:
        (looked_at,) = session.ask(about(X))
        (after,) = session.ask(Question("after", ("x",), ((1.0,),)))

    assert isinstance(looked_at, outcome)
    assert float(after.value) == 1.5


def test_an_exception_is_told_with_its_line(opened):
    with opened("def f(x):\n    return x / {}") as session:
        (raised,) = session.ask(about(X))

    assert (raised.kind, raised.where) == ("TypeError", "hw2.py, line 2")


def test_a_hang_ends_the_process_and_the_next_one_answers(opened):
    with opened(f"def f(x):\n    while True: pass\n{AFTER}", call_seconds=SOON) as session:
        assert session.ask(about(X)) == (TimedOut(SOON),)
        (after,) = session.ask(Question("after", ("x",), ((1.0,),)))

    assert float(after.value) == 1.5


def test_a_missing_function_is_missing(opened):
    with opened("") as session:
        assert session.ask(about(X)) == (Missing(),)


def test_looking_ends_after_so_many_events_and_not_with_the_clock(opened):
    """The same loops are told the same; what comes behind them is not seen."""
    source = f"""
import numpy as np
def f(x):
    x + 1e-6
    for k in range({MOST_EVENTS}):
        k += 1
    x = x.tolist()
    x[0] += 1e-6
    return x
"""
    with opened(source) as session:
        seen = [session.ask(about(X))[0].beside for _ in range(3)]

    assert seen == [{"x": (1, 0)}] * 3


def test_functions_among_the_inputs_are_called_as_ever(opened):
    question = Question("f", ("s", "x"), ((np.square, X),), ("x",))
    with opened("def f(s, x):\n    if s(x)[0] == s(x[0]) == x[0] ** 2: s(x + 1e-6)") as session:
        assert session.ask(question) == (Returned(None, beside={"x": (1, 0)}),)


def test_what_it_prints_is_not_kept_for_the_next_call(opened):
    with opened(f"def f(x): print('seen')\n{AFTER}") as session:
        session.ask(about(X))
        (after,) = session.ask(Question("after", ("x",), ((1.0,),)))

    assert after.printed == ""


# ---- the process's own word ---------------------------------------------------------------


def said(*counts):
    return frames.frame(("metered", 0, *counts, ""))


@pytest.mark.parametrize(
    ("forged", "outcome"),
    [
        pytest.param(said(((9, 9),)), Returned(None, beside={"x": (9, 9)}), id="other counts"),
        pytest.param(said(()), Crashed(NO_ANSWER), id="no pair"),
        pytest.param(said(((1, 1), (1, 1))), Crashed(NO_ANSWER), id="two pairs"),
        pytest.param(said(((1,),)), Crashed(NO_ANSWER), id="half a pair"),
        pytest.param(said(((1, -1),)), Crashed(NO_ANSWER), id="negative"),
        pytest.param(said(((1, 0.5),)), Crashed(NO_ANSWER), id="no integer"),
        pytest.param(said(((True, True),)), Crashed(NO_ANSWER), id="booleans"),
        pytest.param(said((np.ones(2),)), Crashed(NO_ANSWER), id="an array"),
        pytest.param(said(np.ones((1, 2))), Crashed(NO_ANSWER), id="one array"),
        pytest.param(frames.frame(("metered", 1, ((1, 1),), "")), Crashed(NO_ANSWER), id="another call"),
    ],
)
def test_forged_counts_are_counts_or_no_answer(opened, forged, outcome):
    with opened(f"import os\ndef f(x):\n    os.write(3, {forged!r})\n    os._exit(0)") as session:
        assert session.ask(about(X)) == (outcome,)


def test_counts_are_no_answer_where_a_value_is_asked(ask):
    forged = said(((0, 0),))
    assert ask(f"import os\ndef f(x):\n    os.write(3, {forged!r})\n    os._exit(0)", X) == Crashed(NO_ANSWER)
