"""Every derivative reference is proved against the public function, never against the lecture notes."""

import numpy as np
import pytest

from grader import sampling
from grader.functions import Activation
from grader.problem import CurveDerivative, Differential, Hessian, Taylor, Value

DERIVED = [
    "grad_v", "grad_U", "d_normalize", "grad_U_tilde", "d_hidden", "derivative_W", "grad_W", "curve_velocity",
    "curve_acceleration", "curve_taylor", "least_squares_gradient", "least_squares_hessian",
    "least_squares_second_differential", "least_squares_taylor", "identify_scalar_by_vector",
    "identify_vector_by_vector", "identify_scalar_by_matrix", "d_trace_of_product",
    "d_quadratic_of_transpose",
]  # fmt: skip


def smooth_double_cases(problem, reference):
    """Secret and public cases in double precision, without kinks: a complex step needs analytic functions."""
    secret = sampling.secret_stream(problem, reference.seed, reference.activations[problem.topic.name])
    for stream in (sampling.public_stream(problem), secret):
        for place, row in enumerate(sampling.plan(problem, stream)):
            kinked = row.activation and stream.activations[row.activation].kinks
            if not row.single and not kinked:
                yield sampling.draw(problem, stream, row, place)


def is_second_order(kind):
    return isinstance(kind, (Hessian, Taylor)) or (
        isinstance(kind, (CurveDerivative, Differential)) and kind.order > 1
    )


def relative_error(actual, expected):
    return np.max(np.abs(actual - expected)) / np.max(np.abs(expected))


def by_name(assignment, name):
    return next(problem for problem in assignment.problems if problem.name == name)


def test_every_problem_but_the_table_has_a_derivative_to_compare_with(assignment):
    assert [p.name for p in assignment.problems if not isinstance(p.kind, Value)] == DERIVED


@pytest.mark.parametrize("name", DERIVED)
def test_the_reference_is_the_derivative_of_the_public_function(name, assignment, reference):
    problem = by_name(assignment, name)
    tolerance = 1e-7 if is_second_order(problem.kind) else 1e-12
    cases = list(smooth_double_cases(problem, reference))
    assert len(cases) >= 12
    for case in cases:
        actual = reference.answers[name](*case.arguments(problem))
        expected = problem.kind.derive(case.values)
        assert np.shape(actual) == np.shape(expected)
        assert relative_error(actual, expected) <= tolerance, case.row


@pytest.mark.parametrize("name", DERIVED)
def test_no_known_mistake_passes_that_proof(name, assignment, reference):
    problem = by_name(assignment, name)
    case = next(smooth_double_cases(problem, reference))
    expected = problem.kind.derive(case.values)
    for mistake in (mistake.formula for mistake in reference.mistakes[name].values()):
        try:
            actual = mistake(*case.arguments(problem))
        except ValueError:
            continue  # shapes that do not fit
        assert np.shape(actual) != np.shape(expected) or relative_error(actual, expected) > 1e-5


def test_the_table_of_shapes_is_the_rank_of_the_differential(reference):
    """A derivative's array has the value's axes, then the variable's; more than two have no matrix form."""
    values, variables = [(), (3,), (3, 4)], [(), (5,), (7, 5)]
    actual = [[reference.answers["derivative_shape"](of, by) for by in variables] for of in values]
    expected = [
        [(), (5,), (7, 5)],
        [(3,), (3, 5), None],
        [(3, 4), None, None],
    ]
    assert actual == expected


def all_activations(assignment, reference):
    topic = assignment.problems[0].topic
    return {**topic.activations, **reference.activations[topic.name]}


def test_every_activation_comes_with_its_own_derivative(assignment, reference):
    for name, activation in all_activations(assignment, reference).items():
        z = np.linspace(-3, 3, 41) + 0.01
        expected = np.imag(activation.function(0)(z + 1e-30j)) / 1e-30
        np.testing.assert_allclose(activation.function(1)(z), expected, rtol=1e-12, atol=1e-15, err_msg=name)


def test_the_secret_activations_are_smooth_and_none_of_the_public_ones(assignment, reference):
    z = np.linspace(-2, 2, 9) + 0.01
    public, secret = assignment.problems[0].topic.activations, reference.activations["network"]
    assert len(secret) >= 1
    for activation in secret.values():
        assert isinstance(activation, Activation)
        assert activation.kinks == ()
        assert all(
            np.max(np.abs(activation.function(0)(z) - other.function(0)(z))) > 0.1
            for other in public.values()
        )
