"""A problem's fingerprint changes with what its verdict is made from, and with nothing else."""

import importlib
import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from courses import edit, shipped

from grader.assignment import load_assignment
from grader.batch.fingerprint import fingerprint, plan
from grader.key import make_key
from grader.reference import load_reference


def plan_of(folder):
    assignment = load_assignment(folder)
    reference = load_reference(assignment)
    return plan(assignment, reference, make_key(assignment, reference))


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return plan_of(shipped(tmp_path_factory.mktemp("course")))


def changed(before, folder):
    """The names of the problems that are to be graded again."""
    after = plan_of(folder)
    assert (after.environment, after.whole) == (before.environment, before.whole)
    return {name for name in before.problems if after.problems[name] != before.problems[name]}


REFERENCE = "reference/least_squares.py"


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        (REFERENCE, "return A.T @ (A @ x - b)", "return A.T @ (b - A @ x)", {"least_squares_gradient"}),
        (REFERENCE, "return A.T @ A\n", "return (A.T @ A).T  # the same\n", {"least_squares_hessian"}),
        (REFERENCE, "\ndef least_squares_gradient", "# a remark\n\n\ndef least_squares_gradient", set()),
        ("problems/least_squares.py", "# Least squares", "# Squares", set()),
    ],
)
def test_only_what_an_author_changed_is_graded_again(before, tmp_path, file, old, new, again):
    folder = shipped(tmp_path)
    edit(folder / file, old, new)
    assert changed(before, folder) == again


KNOWN = """
from dataclasses import dataclass
from enum import Enum

{decorated}class Known{base}:
    step: float = {step}
    def half(self): return {half}
    @staticmethod
    def third(): return 3.0
    @property
    def fourth(self): return 4.0


MADE = Known{made}
MISTAKES["least_squares_gradient"]["a made-up slip"] = lambda A, b, x: MADE{called} * (A @ x - b) @ A
"""
AS_IT_WAS = {"decorated": "", "base": "", "step": 7.5, "half": 2.0, "called": ".step", "made": ""}


def with_class(folder, **known):
    there = shipped(folder)
    with (there / "reference" / "least_squares.py").open("a", encoding="utf-8") as file:
        file.write(KNOWN.format(**AS_IT_WAS | known))
    return there


@pytest.mark.parametrize(
    "kind", [{}, {"decorated": "@dataclass(frozen=True)\n"}, {"base": "(Enum)", "called": ".step.value"}]
)
def test_an_authors_class_counts_by_what_it_does(tmp_path, kind):
    one = plan_of(with_class(tmp_path / "one", **kind))
    assert changed(one, with_class(tmp_path / "same", **kind)) == set()
    for name, other in (("step", 8.5), ("half", 2.5)):
        folder = with_class(tmp_path / name, **kind, **{name: other})
        assert changed(one, folder) == {"least_squares_gradient"}, name
    code = "from batch.test_fingerprint import plan_of; from pathlib import Path; print(plan_of(Path({!r})))"
    command = [sys.executable, "-c", code.format(str(tmp_path / "one"))]
    there = Path(__file__).parents[1]
    for seed in "12":
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        found = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=there, env=environment
        )
        assert found.stdout.strip() == str(one)


def test_what_a_class_in_use_does_counts_also_where_only_its_object_is_named(tmp_path):
    made = {"decorated": "@dataclass(frozen=True)\n", "made": "()", "called": ".half()"}
    one = plan_of(with_class(tmp_path / "one", **made))
    assert changed(one, with_class(tmp_path / "half", **made, half=2.5)) == {"least_squares_gradient"}


def test_a_module_beside_an_assignments_files_counts_by_what_it_does(tmp_path, monkeypatch):
    def named(value):
        (tmp_path / "reference").mkdir(exist_ok=True)
        (tmp_path / "reference" / "made_up_slips.py").write_text(f"class Slip:\n    step = {value}\n")
        sys.modules.pop("made_up_slips", None)
        module = importlib.import_module("made_up_slips")
        return [fingerprint(each, tmp_path) for each in (module, module.Slip)]

    monkeypatch.syspath_prepend(str(tmp_path / "reference"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "made_up_slips", raising=False)
    first = named(1.5)
    assert named(1.5) == first
    assert all(one != other for one, other in zip(first, named(12.5), strict=True))


def test_another_seed_changes_every_problem(before, tmp_path):
    folder = shipped(tmp_path)
    (folder / "reference" / "seed.txt").write_text("5" * 64)
    assert changed(before, folder) == set(before.problems)


def test_another_interpreter_finds_the_same(before, tmp_path):
    code = "from batch.test_fingerprint import plan_of; from pathlib import Path; print(plan_of(Path({!r})))"
    command = [sys.executable, "-c", code.format(str(shipped(tmp_path)))]
    found = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    ).stdout
    assert found.strip() == str(before)


def test_another_interpreter_finds_the_same_of_what_has_an_address():
    code = (
        "from functools import cache; from numpy.linalg import norm; import numpy as np\n"
        "from grader.batch.fingerprint import fingerprint\n"
        "print(fingerprint([norm, np.sum, cache(lambda x: norm(x))]), fingerprint([np.mean]))"
    )
    ran = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in "12"
    ]
    one, other = (each.stdout.split() for each in ran)
    assert one == other
    assert one[0] != one[1]


# ---- values -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    x: object
    y: object


@dataclass(frozen=True)
class Other:
    x: object
    y: object


def made(text, **names):
    namespace = {"np": np, **names}
    exec(text, namespace)
    return namespace["f"]


DIFFERENT = [
    *(None, True, 1, 1.0, -0.0, 0.0, 1j, "1", b"1", Decimal(1), np.float64(1), np.float32(1)),
    *((), [], {}, (1,), [1], (1, 2), (12,), ((1,), 2), (1, (2,)), {1: 2}, {1, 2}, frozenset({1, 2})),
    *(np.zeros(2), np.zeros((2, 1)), np.zeros(2, int), np.array([0.0, -0.0]), np.zeros((2, 2)), np.eye(2)),
    np.asfortranarray(np.zeros((2, 2))),
    *(Pair(1, 2), Pair(2, 1), Pair((1, 2), 2), Other(1, 2)),
    *(np.sin, np.cos, len, Pair, Other, np),
    *(made("f = lambda x: x"), made("f = lambda y: y"), made("f = lambda x: -x"), made("f = lambda x=1: x")),
    *(made("f = lambda x: np.sin(x)"), made("f = lambda x: np.cos(x)"), made("f = lambda x: x + 1")),
    *(made("f = lambda x: x + 2"), made("f = lambda x: k * x", k=1), made("f = lambda x: k * x", k=2)),
    made("f = lambda x: g(x)", g=made("f = lambda x: x")),
    made("f = lambda x: g(x)", g=made("f = lambda x: 2 * x")),
    made("def f(x):\n def g(y): return y\n return g(x)"),
    made("def f(x):\n def g(y): return k\n return g(x)", k=1),
    made("def f(x):\n def g(y): return k\n return g(x)", k=2),
    *(made("def g(k):\n return lambda x: k\nf = g(1)"), made("def g(k):\n return lambda x: k\nf = g(2)")),
    *(partial(max, 1), partial(max, 2), Pair(1, 2).__eq__, Pair(1, 3).__eq__),
]


def test_what_is_different_has_different_fingerprints():
    found = [fingerprint(value) for value in DIFFERENT]
    assert len(set(found)) == len(DIFFERENT)


SAME = [
    (lambda: (1.5, "ü", [np.eye(3)], {"a": {"b": None}})),
    (lambda: made("f = lambda x: np.sin(x) + g(x)", g=made("f = lambda x: x"))),
    (lambda: Pair(np.arange(3), frozenset({"x", "y", "z"}))),
]


@pytest.mark.parametrize("value", SAME)
def test_what_is_made_again_has_the_same_fingerprint(value):
    assert fingerprint(value()) == fingerprint(value())


def test_a_function_is_known_by_what_it_does_and_not_by_where_it_stands():
    one = made("def f(x):\n    return np.sin(x) ** 2")
    other = made("# moved\n\n\nunused = 7\ndef f(x):  # squared\n    return (np.sin(x)\n            ** 2)")
    assert fingerprint(one) == fingerprint(other)


def test_what_refers_to_itself_has_one_too():
    ring, same, other = [1], [1], [2]
    for each in (ring, same, other):
        each.append(each)
    assert fingerprint(ring) == fingerprint(same) != fingerprint(other)
    recursive = made("def f(n): return n and f(n - 1)")
    assert fingerprint(recursive) == fingerprint(made("def f(n): return n and f(n - 1)"))


def test_a_chain_of_two_hundred_is_no_problem():
    value = ()
    for _ in range(200):
        value = (value,)
    assert fingerprint(value) != fingerprint((value,))


def test_what_cannot_be_compared_counts_as_another_each_time():
    assert fingerprint(object()) != fingerprint(object())
