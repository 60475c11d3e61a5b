"""Functions on arrays, with numpy's own assertions."""

import numpy as np
import pytest
from gradescope_utils.autograder_utils.decorators import number, partial_credit, weight
from hw2 import Tensor, gradient, hessian, newton, normalize, scale_in_place, statistics

random = np.random.default_rng(1)


@weight(1)
@number("1")
def test_normalize():
    """The length is one"""
    x = random.normal(size=5)
    actual = normalize(x)
    np.testing.assert_allclose(actual, x / np.linalg.norm(x))
    assert isinstance(actual, np.ndarray) and actual.dtype == float


@weight(2)
@pytest.mark.parametrize("shape", [(3, 2), (4, 4)])
def test_gradient(shape):
    A, b, x = random.normal(size=shape), random.normal(size=shape[0]), random.normal(size=shape[1])
    np.testing.assert_allclose(gradient(A, b, x), A.T @ (A @ x - b))


@weight(2)
def test_newton(submission):
    root = newton(lambda x: x**2 - 2, slope=lambda x: 2 * x, x=1.0)
    assert root == pytest.approx(np.sqrt(2))
    assert submission.newton(np.sin, np.cos, 3.0) == pytest.approx(np.pi)


@weight(1)
def test_in_place():
    A = np.ones((2, 3))
    scale_in_place(A, np.array([2.0, 3.0]))
    np.testing.assert_array_equal(A, [[2, 2, 2], [3, 3, 3]])


@partial_credit(3)
def test_statistics(set_score):
    found = statistics(np.array([1.0, 2.0, 6.0]))
    set_score(sum([found["mean"] == 3, found["shape"] == (3,), found["largest"] == 6.0]))


@weight(2)
@pytest.mark.parametrize("shape", [(2, 2), (3, 2)], ids=["square", "tall"])
def test_hessian(shape):
    """The second derivative"""
    A = random.normal(size=shape)
    np.testing.assert_allclose(hessian(A), A.T @ A)


@weight(2)
def test_operators():
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    c = 2 * a + b * 3 + 1
    assert isinstance(c, Tensor)
    np.testing.assert_allclose(c.value, [12, 17])
