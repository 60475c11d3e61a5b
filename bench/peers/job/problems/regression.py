"""# Regression

Five functions of matrices and vectors.
"""

from grader.problem import Draws, Gradient, Hessian, Value
from grader.shapes import Array


def error(W: Array["d k"], X: Array["n d"], Y: Array["n k"]) -> Array[""]:
    """L = ‖XW − Y‖² / n"""
    E = X @ W - Y
    return (E * E).sum() / len(X)


def half(A: Array["m n"], b: Array["m"], x: Array["n"]) -> Array[""]:
    """s = ½‖Ax − b‖²"""
    r = A @ x - b
    return r @ r / 2


GIVEN = {"A": Array["m n"], "b": Array["m"], "x": Array["n"]}

gradient = Gradient(of=error, wrt="W", points=2)
hessian = Hessian(of=half, wrt="x", points=2, draws=Draws(scaled=()))
value = Value(given=GIVEN, returns=Array[""], points=2)
residual = Value(given=GIVEN, returns=Array["m"], points=2)
activation = Value(given={"A": Array["m n"], "x": Array["n"]}, returns=Array["m"], points=2)
