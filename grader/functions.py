"""Arguments that are functions. They are evaluated here, in the grader's process, and never travel.

A student's code holds a stub; what it passes arrives as an array, goes through `evaluate`, and is refused
in words if it is not a real array of the right shape. So a complex step through `s` fails loudly instead of
giving a derivative, and what `s` is stays secret.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.sandbox import basis

MOST_AHEAD = 1 << 15  # bytes of a linear map whose values are read ahead

Elements = Callable[[Any], Any]


@dataclass(frozen=True)
class Activation:
    """An elementwise function of `z` and its derivative, both as numpy text such as "np.tanh(z)".

    `kinks` are the points where it has no derivative; inputs are never drawn near them. Being text, it can be
    shown to a student where it is public.

    Args:
        value: of an array `z` of any shape; the result has its shape.
        slope: the derivative of it, entry by entry.
        kinks: numbers that no entry of an argument comes near.

    Raises:
        SyntaxError: one of the texts is no expression.
    """

    value: str
    slope: str
    kinks: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _compiled(self.value), _compiled(self.slope)

    def text(self, order: int) -> str:
        return self.slope if order else self.value

    def function(self, order: int) -> Elements:
        """The function itself, or its derivative for order 1."""
        return _compiled(self.text(order))


@cache
def _compiled(text: str) -> Elements:
    function: Elements = eval(f"lambda z: {text}", {"np": np})
    return function


@dataclass(frozen=True)
class LinearMap:
    """x ↦ M·x, contracting the last axes of M, which has the shape of the value, then of the variable.

    With M of shape (k, n) and `by` = (n,) it takes (n,) to (k,); with M of shape (m, n) and `by` = (m, n)
    it takes (m, n) to (), which is x ↦ tr(Mᵀx).
    """

    M: NDArray[Any]
    by: tuple[int, ...]

    def __call__(self, x: NDArray[Any]) -> NDArray[Any]:
        """M·x; as one matrix product, which costs a fifth of a tensordot."""
        columns = prod(self.by)
        of = self.M.shape[: self.M.ndim - len(self.by)]
        return np.asarray(self.M.reshape(-1, columns) @ x.reshape(columns)).reshape(of)


def read_ahead(function: object, argument: Any) -> NDArray[Any] | None:
    """The values at the whole basis, element by element, where a linear map is called with one of it.

    Whoever asks for one is about to ask for all: M is what they are after. Row k is the value at the
    argument whose k-th entry is 1.
    """
    if not isinstance(function, LinearMap) or function.M.nbytes > MOST_AHEAD:
        return None
    if basis.place(argument) is None or np.shape(argument) != function.by:
        return None
    of = function.M.shape[: function.M.ndim - len(function.by)]
    return np.asarray(function.M.reshape(-1, prod(function.by)).T.reshape(-1, *of), float)


class Refused(Exception):
    """What a student's code is told when it calls a function with something it does not take."""


def no_array(name: str, what: str) -> str:
    """What is said of a call with something else than a real array."""
    return f"{name} takes a real array; it was called with {what}"


def evaluate(name: str, function: Elements | LinearMap, argument: object) -> NDArray[Any]:
    """The function's value at what a student's code passed.

    Raises:
        Refused: the argument is no real array, or has the wrong shape for a linear map.
    """
    x = np.asarray(argument) if isinstance(argument, (bool, int, float, np.ndarray)) else None
    if x is None or x.dtype.kind not in "biuf":
        got = type(argument).__name__ if x is None else f"dtype {x.dtype}"
        raise Refused(no_array(name, got))
    if isinstance(function, LinearMap) and x.shape != function.by:
        raise Refused(f"{name} takes an array of shape {function.by}; it was called with shape {x.shape}")
    with np.errstate(all="ignore"):
        return np.asarray(function(x if x.dtype.kind == "f" else x.astype(float)))
