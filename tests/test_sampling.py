"""Inputs: fixed by the seed, distinct in size, never symmetric by design, short where they are shown."""

from dataclasses import replace

import numpy as np
import pytest

from grader import sampling
from grader.assignment import Problem, Topic
from grader.distributions import Integers, Uniform
from grader.faults import Fault
from grader.functions import Activation, LinearMap
from grader.literals import literal
from grader.problem import Draws, Value
from grader.shapes import Array, Function, Size, Sizes

SEED = bytes(32)
PINNED = [1.0971266342079946, 0.2228510928553858, -1.8103732477821028]


def problem(given, activations=None, **draws):
    topic = Topic("topic", 1, "Topic", "# Topic", activations or {})
    return Problem("f", "1.1", topic, Value(given=given, points=1, draws=Draws(**draws)), 1)


def secret(problem):
    return sampling.secret_stream(problem, SEED, {})


def draws(problem, stream):
    rows = sampling.plan(problem, stream)
    return [sampling.draw(problem, stream, row, place) for place, row in enumerate(rows)]


MATRIX = problem({"A": Array["m n"], "x": Array["n"], "t": Array["", Uniform(1, 2)], "n": Size["n"]})


def test_the_same_seed_gives_the_same_inputs():
    first, again = draws(MATRIX, secret(MATRIX)), draws(MATRIX, secret(MATRIX))
    for one, other in zip(first, again, strict=True):
        assert one.sizes == other.sizes
        np.testing.assert_array_equal(one.values["A"], other.values["A"])


def test_the_inputs_are_pinned_for_every_platform_and_release():
    """Changing this number changes every student's cases: a regrade would no longer be comparable."""
    case = sampling.draw(MATRIX, secret(MATRIX), sampling.Row("core"), place=0)
    assert case.sizes == {"m": 4, "n": 3}
    assert case.values["A"][0].tolist() == pytest.approx(PINNED, rel=1e-12)


@pytest.mark.parametrize(
    "other", [sampling.public_stream(MATRIX), sampling.secret_stream(MATRIX, bytes(31) + b"1", {})]
)
def test_another_stream_or_seed_gives_other_inputs(other):
    row = sampling.Row("core", order="square")
    one = sampling.draw(MATRIX, secret(MATRIX), row, 0)
    two = sampling.draw(MATRIX, other, row, 0)
    assert (
        one.values["A"].shape != two.values["A"].shape
        or np.max(np.abs(one.values["A"] - two.values["A"])) > 0.1
    )


def test_no_place_or_attempt_repeats_another():
    row = sampling.Row("core", order="square")
    entries = [
        sampling.draw(MATRIX, secret(MATRIX), row, place, attempt).values["A"][0, 0]
        for place in range(20)
        for attempt in range(3)
    ]
    assert len(set(entries)) == 60


def test_core_sizes_are_distinct_and_both_orders_occur(assignment):
    for asked in assignment.problems:
        cases = [c for c in draws(asked, secret(asked)) if c.row.name == "core"]
        assert len(cases) >= 8
        assert all(len(set(case.sizes.values())) == len(case.sizes) for case in cases)
    orders = {
        case.sizes["m"] < case.sizes["n"] for case in draws(MATRIX, secret(MATRIX)) if case.row.name == "core"
    }
    assert orders == {True, False}


def test_no_square_draw_is_symmetric():
    case = sampling.draw(MATRIX, secret(MATRIX), sampling.Row("square", order="square"), 0)
    A = case.values["A"]
    assert A.shape[0] == A.shape[1]
    assert np.max(np.abs(A - A.T)) > 0.1


def test_public_numbers_are_short(assignment):
    for asked in assignment.problems:
        for case in draws(asked, sampling.public_stream(asked)):
            for value in case.values.values():
                x = value.M if isinstance(value, LinearMap) else value
                if isinstance(x, (float, np.ndarray)):
                    assert all(len(literal(float(str(n)))) <= 9 for n in np.ravel(x)), case.row


def test_secret_numbers_are_not_rounded():
    case = sampling.draw(MATRIX, secret(MATRIX), sampling.Row("core"), 0)
    assert all(len(repr(float(x))) > 10 for x in case.values["A"].ravel())


def rows(problem, stream=sampling.public_stream):
    return {row.name: row for row in sampling.plan(problem, stream(problem))}


def test_the_public_plan_has_every_special_row():
    assert list(rows(MATRIX)) == [
        "core", "scaled by 1e-6", "scaled by 1e3", "integers", "m = 1", "n = 1", "square", "read-only",
        "strided", "single precision", "Fortran order",
    ]  # fmt: skip


def test_the_secret_plan_has_numbers_alone():
    assert list(rows(MATRIX, secret)) == ["core", "scaled by 1e-6", "scaled by 1e3", "integers"]


def special(name):
    row = rows(MATRIX)[name]
    return sampling.draw(MATRIX, sampling.public_stream(MATRIX), row, 0).values


def test_scaled_rows_scale_the_arrays_and_leave_bounded_numbers_alone():
    assert np.max(np.abs(special("scaled by 1e-6")["A"])) < 1e-5
    assert np.max(np.abs(special("scaled by 1e3")["A"])) > 100
    assert 1 <= special("scaled by 1e3")["t"] <= 2


def test_only_the_named_inputs_are_scaled():
    named = problem({"A": Array["m n"], "x": Array["n"]}, scaled=("x",))
    row = rows(named)["scaled by 1e3"]
    values = sampling.draw(named, sampling.public_stream(named), row, 0).values
    assert np.max(np.abs(values["A"])) < 10 < np.max(np.abs(values["x"]))


def test_memory_rows_differ_in_memory_alone():
    assert not special("read-only")["A"].flags.writeable
    assert special("single precision")["A"].dtype == np.float32
    fortran, strided = special("Fortran order")["A"].flags, special("strided")["A"].flags
    assert fortran.f_contiguous
    assert not fortran.c_contiguous
    assert not strided.c_contiguous
    assert not strided.f_contiguous


def test_integer_rows_hold_integers_as_floats():
    A = special("integers")["A"]
    assert A.dtype == float
    assert np.array_equal(A, np.round(A))
    assert np.max(np.abs(A)) <= 9


def test_a_number_is_a_python_float():
    assert type(special("core")["t"]) is float


def test_where_rules_rows_out_and_core_rows_stay():
    tall = problem({"A": Array["m n"]}, where=lambda m, n: m > n)
    cases = draws(tall, secret(tall))
    assert all(case.sizes["m"] > case.sizes["n"] for case in cases)
    assert sum(case.row.name == "core" for case in cases) == 8
    assert "m = 1" not in rows(tall)


def test_a_where_that_nothing_satisfies_is_the_authors_fault():
    impossible = problem({"A": Array["m n"]}, where=lambda m, n: m > 100)
    with pytest.raises(Fault, match=r"problems/topic.py: f: no sizes from"):
        sampling.plan(impossible, secret(impossible))


def test_every_combination_of_alternatives_is_drawn():
    table = problem({"of": Sizes["", "k"], "by": Sizes["", "n", "m n"]})
    ranks = {(len(c.values["of"]), len(c.values["by"])) for c in draws(table, sampling.public_stream(table))}
    assert ranks == {(i, j) for i in (0, 1) for j in (0, 1, 2)}


def test_the_secret_stream_uses_secret_and_public_activations_and_the_public_one_only_its_own(
    assignment, reference
):
    asked = next(p for p in assignment.problems if p.name == "grad_W")
    stream = sampling.secret_stream(asked, reference.seed, reference.activations["network"])
    drawn = {row.activation for row in sampling.plan(asked, stream) if row.name == "core"}
    public = {row.activation for row in sampling.plan(asked, sampling.public_stream(asked))}
    assert drawn == {"ripple", "wave", "tanh", "softplus"}
    assert public == {"tanh", "softplus", "relu"}


def test_an_activation_needs_a_topic_that_has_one():
    lacking = problem({"s": Function, "x": Array["n"]})
    with pytest.raises(Fault, match="needs a smooth activation"):
        sampling.plan(lacking, secret(lacking))


def test_rows_are_values():
    assert replace(sampling.Row("core"), exponent=3) == sampling.Row("core", exponent=3)


def test_larger_inputs_have_larger_sizes_and_keep_what_where_says():
    grown = problem({"A": Array["m n"], "n": Size["n"]}, where=lambda m, n: m >= n)
    (case,) = sampling.larger(grown)
    assert min(case.sizes.values()) > 5
    assert case.sizes["m"] >= case.sizes["n"]
    assert case.values["A"].shape == (case.sizes["m"], case.sizes["n"])


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(lambda m, n: m + n < 8, id="none is allowed"),
        pytest.param(lambda m, n: [0, 1, 2, 3, 4, 5, 6, 7][m] > n, id="it knows no others"),
    ],
)
def test_where_no_larger_size_is_possible_the_sizes_stay(where):
    (case,) = sampling.larger(problem({"A": Array["m n"]}, where=where))
    assert set(case.sizes.values()) <= {1, *sampling.SIZES}


def test_larger_inputs_are_drawn_four_times_where_the_variable_is_a_number(assignment):
    count = {asked.name: len(sampling.larger(asked)) for asked in assignment.problems}
    numbers = {name for name in count if name.startswith("curve")}
    assert {name for name in count if count[name] == 4} == numbers
    assert {count[name] for name in count if name not in numbers} == {1}


def test_larger_inputs_are_no_public_case_again(assignment):
    for asked in assignment.problems:
        public = draws(asked, sampling.public_stream(asked))
        for case in sampling.larger(asked):
            assert case.row.activation in {None, *asked.topic.activations}
            assert all(case.values.keys() == other.values.keys() for other in public)
            numbers = [value for value in case.values.values() if isinstance(value, float)]
            assert not [v for v in numbers for other in public if v in other.values.values()]


def test_integer_arrays_stay_integers_in_every_row():
    """Labels of C classes for N examples: an array of integers, a dimension that no shape mentions."""
    labels = problem({"X": Array["N D"], "y": Array["N", Integers(0, "C")], "k": Array["", Integers(1, 4)]})
    assert labels.dims == ("N", "D", "C")
    for case in draws(labels, sampling.public_stream(labels)):
        assert case.values["y"].dtype.kind == "i"
        assert 0 <= case.values["y"].min() <= case.values["y"].max() < case.sizes["C"]
        assert type(case.values["k"]) is int


def test_a_where_that_fails_is_the_authors_fault():
    with pytest.raises(Fault, match=r"problems/topic.py: f: `where` fails: TypeError"):
        sampling.plan(problem({"A": Array["m n"]}, where=lambda k: True), secret(MATRIX))


def test_a_kinked_row_keeps_the_alternatives():
    relu = Activation("z * (z > 0)", "1.0 * (z > 0)", kinks=(0.0,))
    both = problem(
        {"s": Function, "by": Sizes["n", "m n"]},
        {"tanh": Activation("np.tanh(z)", "1 - np.tanh(z) ** 2"), "relu": relu},
    )
    assert [case.row.activation for case in draws(both, sampling.public_stream(both))][-1] == "relu"
