r"""# Rules for differentials

Two rules in their matrix form. The differential of a product keeps the order of its factors, $d(AB) =
dA\,B + A\,dB$; trace and transpose are linear, so $d\operatorname{tr}(A) = \operatorname{tr}(dA)$ and
$d(A^\top) = (dA)^\top$. Directions have the shape of their variable.
"""

import numpy as np

from grader.problem import Differential
from grader.shapes import Array


def trace_of_product(A: Array["m n"], B: Array["n m"]) -> Array[""]:
    """tr(AB)"""
    return np.trace(A @ B)


def quadratic_of_transpose(A: Array["m n"]) -> Array["n n"]:
    """AᵀA"""
    return A.T @ A


d_trace_of_product = Differential(of=trace_of_product, wrt=("A", "B"), points=3)
d_quadratic_of_transpose = Differential(of=quadratic_of_transpose, wrt="A", points=4)
