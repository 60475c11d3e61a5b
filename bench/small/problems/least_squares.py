"""# Least squares

Five functions of A, b and x.
"""

from grader.problem import Gradient, Hessian, Value
from grader.shapes import Array


def loss(A: Array["m n"], b: Array["m"], x: Array["n"]) -> Array[""]:
    """½‖Ax − b‖²"""
    residual = A @ x - b
    return residual @ residual / 2


GIVEN = {"A": Array["m n"], "b": Array["m"], "x": Array["n"]}

gradient = Gradient(of=loss, wrt="x", points=5)
hessian = Hessian(of=loss, wrt="x", points=5)
value = Value(given=GIVEN, returns=Array[""], points=5)
residual = Value(given=GIVEN, returns=Array["m"], points=5)
activation = Value(given={"A": Array["m n"], "x": Array["n"]}, returns=Array["m"], points=5)
