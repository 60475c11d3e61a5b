"""The answer key: right values, honest conditions, and no draw that could not tell right from wrong."""

from dataclasses import replace

import numpy as np
import pytest

from grader import sampling
from grader.faults import Fault
from grader.key import NEAR_A_KINK, WORST_CONDITION, by_reference, draw_samples, make_key
from grader.sampling import Row


def asked(assignment, name):
    return next(problem for problem in assignment.problems if problem.name == name)


def with_answer(assignment, reference, name, formula):
    problem = asked(assignment, name)
    return replace(assignment, problems=(problem,)), replace(reference, answers={name: formula})


def test_the_key_is_the_same_every_time(assignment, reference, key):
    again = make_key(assignment, reference)
    assert again.seed_id == key.seed_id
    for name, samples in key.samples.items():
        for one, other in zip(samples, again.samples[name], strict=True):
            np.testing.assert_array_equal(one.expected, other.expected)
            assert one.conditions == other.conditions


def test_the_seed_id_does_not_tell_the_seed(reference, key):
    assert key.seed_id not in reference.seed.hex()
    assert len(key.seed_id) == 12


def test_public_and_secret_samples_are_told_apart(key):
    assert all(sample.public for sample in key.public("grad_W"))
    assert not any(sample.public for sample in key.secret("grad_W"))
    assert key.public("grad_W") + key.secret("grad_W") == key.samples["grad_W"]


def test_every_condition_is_positive_and_bounded(key):
    for name, samples in key.samples.items():
        for sample in samples if name != "derivative_shape" else ():
            size = np.max(np.abs(sample.expected))
            assert size <= sample.conditions[0] <= WORST_CONDITION * size


def test_no_kept_case_evaluates_relu_near_its_kink(assignment, key):
    for name in ("d_hidden", "derivative_W", "grad_W"):
        kinked = [sample.case for sample in key.samples[name] if sample.case.row.activation == "relu"]
        assert kinked
        for case in kinked:
            assert np.min(np.abs(case.values["W"] @ case.values["X"])) >= NEAR_A_KINK


def test_a_draw_near_a_kink_is_really_turned_down(assignment, reference, key):
    """Over many places some first attempts would have been near: the key must have moved on from those."""
    problem = asked(assignment, "d_hidden")
    stream = replace(sampling.public_stream(problem), decimals=1)  # coarse numbers meet zero often
    rows = [Row("relu", activation="relu")] * 40
    first = [sampling.draw(problem, stream, row, place) for place, row in enumerate(rows)]
    near = [k for k, c in enumerate(first) if np.min(np.abs(c.values["W"] @ c.values["X"])) < NEAR_A_KINK]
    assert near
    kept = draw_samples(problem, by_reference(problem, reference), stream, rows)
    assert all(np.min(np.abs(s.case.values["W"] @ s.case.values["X"])) >= NEAR_A_KINK for s in kept)


def test_a_reference_of_the_wrong_shape_is_a_fault_with_its_place(assignment, reference):
    def curve_velocity(t):
        return np.array([-2 * np.sin(t), 4 * np.cos(t)])

    with pytest.raises(
        Fault, match=r"test_key.py, line \d+: curve_velocity returned shape \(2,\), but \(3,\)"
    ):
        make_key(*with_answer(assignment, reference, "curve_velocity", curve_velocity))


def test_a_reference_that_fails_is_a_fault_with_its_reason(assignment, reference):
    def curve_velocity(t):
        return [1, 2, 3] / t

    with pytest.raises(Fault, match="curve_velocity fails in the row 'core': TypeError: unsupported operand"):
        make_key(*with_answer(assignment, reference, "curve_velocity", curve_velocity))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "a NoneType; floats are asked"),
        ("text", "a str; floats are asked"),
        ([1.0, 2.0, 3.0], "a list; floats are asked"),
        ({}, "a dict; floats are asked"),
        (np.array([1, 2, 3]), "dtype int64; floats are asked"),
        (np.array([1j, 2, 3]), "dtype complex128; floats are asked"),
        (np.array([None] * 3), "dtype object; floats are asked"),
        (1.0, r"shape \(\), but \(3,\) is \(3,\)"),
    ],
)
def test_a_reference_that_returns_something_else_is_a_fault_and_no_verdict(
    answer, says, assignment, reference
):
    def curve_velocity(t):
        return answer

    with pytest.raises(Fault, match=f"test_key.py, line \\d+: curve_velocity returned {says}"):
        make_key(*with_answer(assignment, reference, "curve_velocity", curve_velocity))


@pytest.mark.parametrize("answer", [None, "text"])
def test_a_forgotten_return_is_a_fault_where_a_number_is_asked_too(answer, assignment, reference):
    def d_trace_of_product(A, B, dA, dB):
        return answer

    with pytest.raises(Fault, match=r"d_trace_of_product returned a .*; floats are asked"):
        make_key(*with_answer(assignment, reference, "d_trace_of_product", d_trace_of_product))


def test_what_cannot_be_compared_is_a_fault_of_the_reference(assignment, reference):
    def derivative_shape(of, by):
        return {of, by}

    with pytest.raises(Fault, match="derivative_shape returned a set; numbers, texts, None"):
        make_key(*with_answer(assignment, reference, "derivative_shape", derivative_shape))


def test_a_reference_that_is_always_zero_tells_nothing_and_is_a_fault(assignment, reference):
    with pytest.raises(Fault, match="was zero, infinite or lost in rounding"):
        make_key(*with_answer(assignment, reference, "curve_velocity", lambda t: np.zeros(3)))


def test_a_reference_that_works_in_place_is_a_fault(assignment, reference):
    def d_quadratic_of_transpose(A, dA):
        A *= 2
        return dA.T @ A

    with pytest.raises(Fault, match="read-only"):
        make_key(*with_answer(assignment, reference, "d_quadratic_of_transpose", d_quadratic_of_transpose))
