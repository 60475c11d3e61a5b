import unittest

import hw2
import numpy as np
import reference
from gradescope_utils.autograder_utils.decorators import number, weight
from inputs import matrices, vectors


class Regression(unittest.TestCase):
    @weight(2)
    @number("1.1")
    def test_gradient(self):
        """The gradient of the error"""
        for W, X, Y in matrices():
            np.testing.assert_allclose(hw2.gradient(W, X, Y), reference.gradient(W, X, Y), rtol=1e-8)

    @weight(2)
    @number("1.2")
    def test_hessian(self):
        """The Hessian"""
        for A, b, x in vectors():
            np.testing.assert_allclose(hw2.hessian(A, b, x), reference.hessian(A, b, x), rtol=1e-8)

    @weight(2)
    @number("1.3")
    def test_value(self):
        """The value"""
        for A, b, x in vectors():
            np.testing.assert_allclose(hw2.value(A, b, x), reference.value(A, b, x), rtol=1e-8)

    @weight(2)
    @number("1.4")
    def test_residual(self):
        """The residual"""
        for A, b, x in vectors():
            np.testing.assert_allclose(hw2.residual(A, b, x), reference.residual(A, b, x), rtol=1e-8)

    @weight(2)
    @number("1.5")
    def test_activation(self):
        """tanh"""
        for A, _, x in vectors():
            np.testing.assert_allclose(hw2.activation(A, x), reference.activation(A, x), rtol=1e-8)
