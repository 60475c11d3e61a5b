"""Every reference is changed in every small way, and what the drawn cases do not notice is named."""

import ast
from textwrap import dedent

import numpy as np
import pytest
from courses import course, proved

from grader.authored import executed
from grader.proving.mutation import mutants
from grader.proving.proof import faults
from grader.proving.verify import verify


def says(source: str, name: str = "f") -> set[str]:
    return {mutant.says for mutant in mutants(ast.parse(dedent(source)), name)}


@pytest.mark.parametrize(
    ("expression", "becomes"),
    [
        ("a + b", {"a - b", "a", "b", "b + a"}),
        ("a - b", {"a + b", "a", "-b"}),
        ("2 * x", {"2 / x", "2", "x", "2 * (2 * x)", "-(2 * x)", "(2 * x).T", "3 * x", "1 * x", "4 * x"}),
        ("x / 2", {"x * 2", "x", "x / 3", "x / 1", "x / 4"}),
        ("0.5 * x", {"1.0 * x", "x"}),
        ("A @ B", {"B @ A", "A.T @ B", "A @ B.T", "-(A @ B)"}),
        ("A.T @ B", {"A @ B", "A.T @ B.T", "B @ A.T"}),
        ("x**2", {"x", "x ** (2 + 1)", "x ** 3", "x ** 1"}),
        ("-x", {"x"}),
        ("x[0]", {"x[1]"}),
        ("x[1, 2]", {"x[2, 2]", "x[0, 2]", "x[1, 3]", "x[1, 1]"}),
        ("np.stack(x, axis=1)", {"np.stack(x, axis=2)", "np.stack(x, axis=0)"}),
        ("np.sin(x)", {"np.cos(x)"}),
        ("x.sum()", {"x.mean()"}),
        (
            "np.array([a, b])",
            {"np.array([-a, b])", "np.array([0, b])", "np.array([a, -b])", "np.array([a, 0])"},
        ),
        ("a if n <= 2 else b", {"a", "b", "b if n <= 2 else a", "a if n < 2 else b", "a if n <= 3 else b"}),
        ("lambda x: x", {"lambda x: -x"}),
        ("True", {"-True"}),
    ],
)
def test_what_an_expression_becomes(expression, becomes):
    bodies = set()
    for mutant in mutants(ast.parse(f"def f(): return {expression}"), "f"):
        (function,) = mutant.tree.body
        bodies.add(ast.unparse(function.body[0].value))
    assert becomes <= bodies
    assert expression not in bodies


def test_a_mutant_says_what_was_changed_and_on_which_line():
    (first, *_) = mutants(ast.parse("def f(x):\n    y = 3\n    return x - y\n"), "f")
    assert (first.line, first.says) == (2, "`3` becomes `2`")


def test_a_helper_is_changed_for_whom_it_helps():
    source = """
        FACTOR = 2

        def g(x):
            return _double(x)

        def h(x):
            return x

        def _double(x):
            return FACTOR * x
    """
    assert "`FACTOR * x` becomes `x`" in says(source, "g")
    assert "`2` becomes `3`" in says(source, "g")
    assert says(source, "h") == {"`x` becomes `-x`", "`x` becomes `2 * x`", "`x` becomes `x.T`"}


def test_a_mutant_changes_one_thing_and_leaves_the_file_as_it_is(tmp_path):
    tree = ast.parse("K = 2\ndef f(x): return K * x\ndef g(x): return K + x\n")
    found = [executed(mutant.tree, tmp_path / "x.py") for mutant in mutants(tree, "f")]
    assert {each["g"](1) for each in found} == {3, 4, 5, 2}  # K is 2, 3, 4, 1
    assert executed(tree, tmp_path / "x.py")["f"](5) == 10


def test_what_a_sum_in_a_loop_becomes():
    source = """
        def f(x):
            total = 0
            for each in x:
                total += each
            return total
    """
    assert "`total += each` becomes `total -= each`" in says(source)


# ---- what becomes of them -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def proof(assignment, reference):
    return verify(assignment, reference, mutations=True)


def test_every_change_of_a_shipped_reference_is_noticed(proof):
    assert faults(proof) == ()
    for problem in proof.problems:
        assert problem.mutations.caught >= 2
        assert problem.mutations.changed == problem.mutations.caught


def test_most_are_caught_by_their_values(proof):
    caught = sum(problem.mutations.caught for problem in proof.problems)
    broken = sum(problem.mutations.broken for problem in proof.problems)
    assert caught > 400
    assert broken < caught / 2


def test_a_transposed_vector_is_no_change(proof):
    named = {problem.name: problem.mutations for problem in proof.problems}
    assert named["least_squares_second_differential"].equivalent >= 3
    assert named["grad_W"].equivalent == 0


SYMMETRIC = """
    class Symmetric(Uniform):
        def draw(self, rng, shape, sizes):
            A = super().draw(rng, shape, sizes)
            return A + A.T

    def quadratic(x: Array["n"], A: Array["n n", Symmetric(-1, 1)]) -> Array[""]:
        return x @ A @ x / 2

    gradient = Gradient(of=quadratic, wrt="x", points=1)
"""
GRADIENT = """
    def gradient(x, A):
        return (A + A.T) @ x / 2
"""


def test_what_a_symmetric_sampler_cannot_tell_survives(tmp_path):
    failed = proved(course(tmp_path / "course", SYMMETRIC, GRADIENT), mutations=True)

    (problem,) = failed.problems
    assert problem.failing == ("mutations",)
    assert problem.mutations.survivors == faults(failed)
    assert "reference/topic.py, line 11: no drawn case of gradient notices when `A.T` becomes `A`" in faults(
        failed
    )
    assert all("line 11" in survivor for survivor in problem.mutations.survivors)


def test_nothing_survives_where_nothing_is_symmetric(tmp_path):
    public = SYMMETRIC.replace("return A + A.T", "return A")
    (problem,) = proved(course(tmp_path / "course", public, GRADIENT), mutations=True).problems
    assert problem.failing == ()


def test_a_loop_that_does_not_end_counts_as_broken(tmp_path):
    public = """
        def cubes(x: Array["n"]) -> Array[""]:
            return (x * x * x).sum()

        gradient = Gradient(of=cubes, wrt="x", points=1)
    """
    formula = """
        def gradient(x):
            answer, k = np.zeros(len(x)), 0
            while k < len(x):
                answer[k] = 3 * x[k] ** 2
                k += 1
            return answer
    """
    (problem,) = proved(course(tmp_path / "course", public, formula), mutations=True).problems
    assert problem.failing == ()
    assert problem.mutations.broken >= 2


def test_a_change_that_no_longer_executes_counts_as_broken(tmp_path):
    public = """
        first = Value(given={"x": Array["n"]}, returns=Array[""], points=1)
    """
    formula = """
        PLACES = (lambda n: [2.5, 1.5][n])(1)

        def first(x):
            return PLACES * x.sum()
    """
    (problem,) = proved(course(tmp_path / "course", public, formula), mutations=True).problems
    assert problem.failing == ()
    assert problem.mutations.broken >= 1


def test_without_mutations_there_are_none(assignment, reference):
    from grader.assignment import select

    (problem,) = verify(select(assignment, ("grad_v",)), reference).problems
    assert problem.mutations is None
    assert np.isfinite(problem.off)
