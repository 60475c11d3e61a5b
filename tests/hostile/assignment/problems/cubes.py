r"""# Cubes

For $s(x) = \sum_i x_i^3$ the gradient is $3 x_i^2$, and the Hessian is diagonal with $6 x_i$. What multiplies
a linear $ds = u^\top dv$ is found by calling `ds`.
"""

from grader.problem import Gradient, Hessian, Identify
from grader.shapes import Array, Linear, Size


def cubes(x: Array["n"]) -> Array[""]:
    """s = Σ xᵢ³"""
    return (x * x * x).sum()


gradient = Gradient(of=cubes, wrt="x", points=5)
hessian = Hessian(of=cubes, wrt="x", points=3)
slopes = Identify(given={"ds": Linear["n -> "], "n": Size["n"]}, points=2)
