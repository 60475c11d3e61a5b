r"""# A quadratic form

For $A \in \mathbb{R}^{n \times n}$, which need not be symmetric, and $x \in \mathbb{R}^n$ let

$$q(x) = x^\top A x .$$

The gradient is what $dx$ is multiplied with in $dq = \langle g, dx \rangle$, the Hessian is symmetric with
$d^2q = dx^\top H\,dx$.
"""

from grader.problem import Differential, Gradient, Hessian
from grader.shapes import Array


def form(A: Array["n n"], x: Array["n"]) -> Array[""]:
    """q = xᵀAx"""
    return x @ A @ x


form_gradient = Gradient(of=form, wrt="x", points=4)
form_differential = Differential(of=form, wrt="x", points=3)
form_hessian = Hessian(of=form, wrt="x", points=3)
