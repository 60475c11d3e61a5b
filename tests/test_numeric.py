"""Numerical derivatives against ones known by heart."""

import numpy as np
import pytest

from grader import numeric


@pytest.mark.parametrize(("order", "tolerance"), [(1, 1e-15), (2, 1e-11), (3, 1e-7)])
def test_derivatives_of_the_exponential_are_itself(order, tolerance):
    actual = numeric.derivative(lambda t: np.exp(2 * (0.3 + t)), order)
    assert abs(actual / (2**order * np.exp(0.6)) - 1) <= tolerance


@pytest.mark.parametrize(("order", "tolerance"), [(1, 1e-12), (2, 1e-9), (3, 1e-5)])
def test_they_are_without_a_complex_step_too(order, tolerance):
    actual = numeric.derivative(lambda t: np.exp(2 * (0.3 + t)), order, numeric.differences)
    assert abs(actual / (2**order * np.exp(0.6)) - 1) <= tolerance


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("size", [1e-6, 1.0, 1e3])
def test_a_step_is_as_long_as_the_path_is_slow(order, size):
    """f(t) = sin(t / size) has the derivatives cos(0) / size and −sin(1) / size² at t = size."""
    actual = numeric.derivative(
        lambda t: np.sin(1 + t / size), order, numeric.differences, numeric.scale(size)
    )
    expected = np.cos(1) / size if order == 1 else -np.sin(1) / size**2
    assert actual == pytest.approx(expected, rel=1e-9)


def test_a_complex_step_is_silently_wrong_where_a_function_is_not_analytic():
    norm = lambda t: np.linalg.norm(np.array([3.0, 4.0]) + t * np.array([1.0, 0.0]))  # noqa: E731
    assert numeric.derivative(norm) == 0
    assert numeric.derivative(norm, first=numeric.differences) == pytest.approx(0.6, rel=1e-12)


def test_the_scale_is_a_power_of_two_so_that_dividing_by_it_is_exact():
    assert [numeric.scale(x) for x in (1e3, -0.3, np.array([[0, 5.0]]), 0.0, np.empty(0))] == [
        *(1024, 0.25, 4, 1, 1),
    ]


def test_a_gradient_has_the_shape_of_its_variable_and_is_exact_for_a_cubic():
    X = np.arange(6.0).reshape(2, 3) - 2.5
    np.testing.assert_allclose(numeric.gradient(lambda Y: (Y**3).sum(), X), 3 * X**2, rtol=1e-15)


def test_a_hessian_of_a_quadratic_form_is_twice_its_symmetric_part():
    A = np.array([[1.0, 2, 0], [-1, 3, 5], [4, 0, -2]])
    actual = numeric.hessian(lambda x: x @ A @ x, np.array([0.5, -1, 2]))
    np.testing.assert_allclose(actual, A + A.T, atol=1e-9)


def test_units_are_a_basis():
    np.testing.assert_array_equal(sum(numeric.units((2, 3))), np.ones((2, 3)))
    assert len(numeric.units((2, 3))) == 6


def test_the_condition_of_a_difference_grows_with_its_cancellation():
    """f = a − b with a, b ≈ 1: a relative error δ in each moves f by up to 2δ, whatever f is."""
    a, b = 1.0, 1.0 - 1e-5
    probed = [np.array(a * (1 + s * numeric.PROBE) - b * (1 - s * numeric.PROBE)) for s in (1, -1)]
    assert numeric.condition(np.array(a - b), probed) == pytest.approx(2, rel=1e-4)


def test_the_condition_is_at_least_the_value_itself():
    assert numeric.condition(np.array([3.0, -5.0]), [np.array([3.0, -5.0])]) == 5
