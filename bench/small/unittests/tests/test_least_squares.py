import unittest

import hw2
import numpy as np
import reference
from gradescope_utils.autograder_utils.decorators import number, weight

INPUTS = 20


def drawn():
    rng = np.random.default_rng(5)
    for _ in range(INPUTS):
        m, n = rng.integers(2, 8, size=2)
        yield rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n)


class LeastSquares(unittest.TestCase):
    @weight(5)
    @number("1.1")
    def test_gradient(self):
        """The gradient of the loss"""
        for A, b, x in drawn():
            np.testing.assert_allclose(hw2.gradient(A, b, x), reference.gradient(A, b, x), rtol=1e-8)

    @weight(5)
    @number("1.2")
    def test_hessian(self):
        """The Hessian of the loss"""
        for A, b, x in drawn():
            np.testing.assert_allclose(hw2.hessian(A, b, x), reference.hessian(A, b, x), rtol=1e-8)

    @weight(5)
    @number("1.3")
    def test_value(self):
        """The loss"""
        for A, b, x in drawn():
            np.testing.assert_allclose(hw2.value(A, b, x), reference.value(A, b, x), rtol=1e-8)

    @weight(5)
    @number("1.4")
    def test_residual(self):
        """The residual"""
        for A, b, x in drawn():
            np.testing.assert_allclose(hw2.residual(A, b, x), reference.residual(A, b, x), rtol=1e-8)

    @weight(5)
    @number("1.5")
    def test_activation(self):
        """tanh"""
        for A, _, x in drawn():
            np.testing.assert_allclose(hw2.activation(A, x), reference.activation(A, x), rtol=1e-8)
