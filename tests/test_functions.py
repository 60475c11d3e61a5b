"""Functions that stay in the grader: what they take, what they refuse, and in which words."""

import numpy as np
import pytest

from grader.functions import LinearMap, Refused, evaluate

M = np.arange(6.0).reshape(2, 3)


def test_a_linear_map_contracts_the_axes_of_its_variable():
    np.testing.assert_array_equal(LinearMap(M, (3,))(np.array([1.0, 0, 2])), M @ [1, 0, 2])
    assert LinearMap(M, (2, 3))(np.ones((2, 3))) == 15


@pytest.mark.parametrize("x", [0.5, 2, True, np.array([1, 2]), np.array([[0.5]]), np.float64(0.5)])
def test_any_real_array_is_taken_elementwise(x):
    x = np.asarray(x)
    np.testing.assert_array_equal(evaluate("s", np.sin, x), np.sin(x.astype(float)))


def test_single_precision_stays_single():
    assert evaluate("s", np.tanh, np.ones(3, np.float32)).dtype == np.float32


@pytest.mark.parametrize("x", [1j, np.array([1j]), "text", None, (1.0,), np.array(["a"])])
def test_what_is_no_real_array_is_refused(x):
    with pytest.raises(Refused, match="s takes a real array"):
        evaluate("s", np.sin, x)


def test_a_linear_map_takes_its_variables_shape_alone():
    with pytest.raises(
        Refused, match=r"ds takes an array of shape \(3,\); it was called with shape \(3, 1\)"
    ):
        evaluate("ds", LinearMap(M, (3,)), np.ones((3, 1)))


def test_a_pole_is_a_value_not_a_warning():
    assert np.isinf(evaluate("s", np.log, np.array([0.0])))
