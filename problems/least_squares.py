r"""# Least squares

For $A \in \mathbb{R}^{m \times n}$ with $m \ge n$, $b \in \mathbb{R}^m$ and $x \in \mathbb{R}^n$ let

$$s(x) = \tfrac12 \|Ax - b\|^2 .$$

With $ds = \langle g, dx\rangle$, $g$ is the gradient; with $d^2s = dx^\top H\,dx$, $H$ is the Hessian,
and the second-order expansion is $s + ds + \tfrac12 d^2s$.
"""

from grader.problem import Differential, Draws, Gradient, Hessian, Taylor
from grader.shapes import Array


def least_squares(A: Array["m n"], b: Array["m"], x: Array["n"]) -> Array[""]:
    """s = ½‖Ax − b‖²"""
    residual = A @ x - b
    return residual @ residual / 2


tall = Draws(scaled=("b", "x"), where=lambda m, n: m >= n)
tall_along = Draws(scaled=("b", "x", "dx"), where=lambda m, n: m >= n)

least_squares_gradient = Gradient(of=least_squares, wrt="x", points=5, draws=tall)
least_squares_hessian = Hessian(of=least_squares, wrt="x", points=5, draws=tall)
least_squares_second_differential = Differential(
    of=least_squares, wrt="x", order=2, points=4, draws=tall_along
)
least_squares_taylor = Taylor(of=least_squares, wrt="x", points=6, draws=tall_along)
