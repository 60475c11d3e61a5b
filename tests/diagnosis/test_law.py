"""The law that is stated: its first number is true of the public function, its second of the answer."""

import re

import numpy as np
import pytest

from grader.diagnosis import law
from grader.problem import Derivative, Gradient, Hessian, Identify, Taylor, Value, apply
from grader.sampling import draw, plan, public_stream

DERIVED = [
    "grad_v", "grad_U", "d_normalize", "grad_U_tilde", "d_hidden", "derivative_W", "grad_W", "curve_velocity",
    "curve_acceleration", "curve_taylor", "least_squares_gradient", "least_squares_hessian",
    "least_squares_second_differential", "least_squares_taylor", "identify_scalar_by_vector",
    "identify_vector_by_vector", "identify_scalar_by_matrix", "d_trace_of_product",
    "d_quadratic_of_transpose",
]  # fmt: skip
NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]\d+)?"


def problem_of(assignment, name):
    return next(problem for problem in assignment.problems if problem.name == name)


def core(key, name):
    return [sample for sample in key.public(name) if sample.case.row.name == "core"]


def stated(problem, sample, actual):
    found = law.broken(problem, sample, actual)
    numbers = re.findall(
        rf"(?<![\w.\[])({NUMBER})(?![\w.\]])", re.sub(r"\[[^]]*\]|order \d", "", found.sentence)
    )
    return found, [float(number) for number in numbers]


def close(text, number):
    return number == pytest.approx(text, rel=6e-3, abs=1e-9)


def laws(assignment, key, kind):
    """The problems of a kind, of which there is one, each with its core samples."""
    problems = [problem_of(assignment, name) for name in DERIVED]
    found = [
        (problem, s)
        for problem in problems
        if isinstance(problem.kind, kind)
        for s in core(key, problem.name)
    ]
    assert found
    return found


def namespace_of(problem, sample, function):
    inputs = dict(zip(problem.parameters, sample.case.arguments(problem), strict=True))
    return {"np": np, problem.name: function, **inputs}


@pytest.mark.parametrize("name", DERIVED)
def test_both_numbers_are_stated_and_differ(name, assignment, key):
    problem = problem_of(assignment, name)
    for sample in core(key, name):
        found, numbers = stated(problem, sample, sample.expected * 1.5 + 0.1)
        assert numbers, found.sentence
        assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("name", DERIVED)
def test_the_right_array_is_not_told(name, assignment, key):
    """At most one of its entries."""
    problem = problem_of(assignment, name)
    for sample in core(key, name):
        found = law.broken(problem, sample, sample.expected * 1.5 + 0.1)
        text = "\n".join((found.sentence, *found.lines))
        entries = {f"{x:.3g}" for x in np.ravel(sample.expected)}
        entries = {text for text in entries if len(text.lstrip("-")) > 3}  # no short decimals of inputs
        assert (
            len([entry for entry in entries if re.search(rf"(?<![\d.]){re.escape(entry)}(?!\d)", text)]) <= 1
        )


def test_a_gradient_is_held_against_a_difference_of_the_function(assignment, key):
    for problem, sample in laws(assignment, key, (Gradient, Derivative)):
        found, (so, predicted) = stated(problem, sample, 3 * sample.expected)
        space = namespace_of(problem, sample, lambda *_, expected=sample.expected: 3 * expected)
        exec(found.lines[0], space)
        assert close(predicted, eval(found.lines[1], space))
        x, h = problem.kind.wrt, 1e-6
        values, D = sample.case.values, space[f"d{problem.kind.wrt}"]
        ahead, behind = (apply(problem.kind.of, values, {x: values[x] + sign * h * D}) for sign in (1, -1))
        assert close(so, (ahead - behind) / (2 * h))


def test_a_hessian_is_held_against_a_second_difference(assignment, key):
    for problem, sample in laws(assignment, key, Hessian):
        found, (so, predicted) = stated(problem, sample, 3 * sample.expected)
        space = namespace_of(problem, sample, lambda *_, expected=sample.expected: 3 * expected)
        exec(found.lines[0], space)
        assert close(predicted, eval(found.lines[1], space))
        values, x, D = sample.case.values, problem.kind.wrt, space[f"d{problem.kind.wrt}"]
        at = [apply(problem.kind.of, values, {x: values[x] + t * D}) for t in (-1e-3, 0, 1e-3)]
        assert so == pytest.approx((at[0] - 2 * at[1] + at[2]) / 1e-6, rel=1e-2)


def test_a_hessian_that_is_wrong_in_its_skew_part_alone_is_told_by_an_entry(assignment, key):
    for problem, sample in laws(assignment, key, Hessian):
        skew = np.triu(np.ones(sample.expected.shape)) - np.tril(np.ones(sample.expected.shape))
        found = law.broken(problem, sample, sample.expected + skew)
        assert re.search(r"entry \[\d, \d\] of the Hessian of least_squares is", found.sentence)


def test_an_expansion_is_held_against_the_function_itself(assignment, key):
    for problem, sample in laws(assignment, key, Taylor):
        values, x = sample.case.values, problem.kind.wrt
        moved = apply(problem.kind.of, values, {x: values[x] + values[f"d{x}"]})
        actual = sample.expected + 5.0
        _, numbers = stated(problem, sample, actual)
        assert close(numbers[-1], np.max(np.abs(moved - actual)))


def test_an_identification_is_held_against_the_black_box(assignment, key):
    for problem, sample in laws(assignment, key, Identify):
        found, (so, _) = stated(problem, sample, sample.expected * 3)
        space = namespace_of(problem, sample, None)
        exec(found.lines[0], space)
        assert any(close(so, value) for value in np.ravel(eval(found.lines[1], space)))


def test_without_a_function_the_input_stands_there_and_for_another_shape_nothing(assignment, key):
    table = problem_of(assignment, "derivative_shape")
    assert isinstance(table.kind, Value)
    sample = key.public(table.name)[-1]
    of, by = sample.case.arguments(table)
    assert law.broken(table, sample, (9, 9)).sentence == f"for of = {of} and by = {by} it returns (9, 9)"
    (problem, sample), *_ = laws(assignment, key, Gradient)
    assert law.broken(problem, sample, sample.expected.T) is None


def test_numbers_that_look_alike_get_more_digits():
    assert law._told(1.0, 1.0000001) == ("1", "1.0000001")


def test_secret_inputs_have_no_part_in_it(assignment, key):
    """The sentence of a problem comes from a public case; its inputs can be drawn without the secret seed."""
    problem = problem_of(assignment, "grad_W")
    stream = public_stream(problem)
    row = plan(problem, stream)[0]
    drawn = draw(problem, stream, row, 0)
    np.testing.assert_array_equal(drawn.values["W"], core(key, "grad_W")[0].case.values["W"])
