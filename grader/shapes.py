"""Symbolic shapes: `Array["d m"]` says what an argument is, once, for everybody who needs to know.

A spec is a frozen record of names and numbers and holds no array. The drawn dimensions, the check of what
comes back, the starter file and the printed signature are all read from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from types import FunctionType

from grader.distributions import DISTRIBUTIONS, Distribution, Normal, sizes_needed

Dims = tuple[str | int, ...]


class ShapeError(ValueError):
    """A shape annotation that cannot be read."""


def parse(text: object) -> Dims:
    """`"d m"` to `("d", "m")`, `"1 d"` to `(1, "d")`, `""` to `()`.

    Raises:
        ShapeError: a word is neither a name nor a positive number.
    """
    if not isinstance(text, str):
        raise ShapeError(f'a shape is a string such as "d m", not {text!r}')
    for word in text.split():
        if not re.fullmatch(r"[A-Za-z_]\w*|[1-9]\d*", word):
            raise ShapeError(
                f'the shape "{text}" has "{word}", which is neither a name nor a positive number'
            )
    return tuple(int(word) if word.isdigit() else word for word in text.split())


def resolve(dims: Dims, sizes: Mapping[str, int]) -> tuple[int, ...]:
    """The shape in numbers: `("d", 1)` with d = 3 is `(3, 1)`."""
    return tuple(dim if isinstance(dim, int) else sizes[dim] for dim in dims)


def show(dims: Iterable[str | int]) -> str:
    """As mathematics writes it: `(d, m)`, `(n,)`, `()`."""
    words = [str(dim) for dim in dims]
    return f"({words[0]},)" if len(words) == 1 else f"({', '.join(words)})"


def recognised(drawn: Sequence[tuple[tuple[int, ...], Mapping[str, int]]]) -> Dims | None:
    """The dimensions that shapes have, each with the sizes of its case; `None` where that is not clear.

    An axis is a dimension, a constant, or a product such as "d m" that was flattened.
    """
    if len({len(shape) for shape, _ in drawn}) != 1:
        return None
    axes = []
    for axis in range(len(drawn[0][0])):
        possible = [
            dim for dim in _possible_axes(drawn[0][1]) if all(_size(dim, s) == n[axis] for n, s in drawn)
        ]
        constants = {shape[axis] for shape, _ in drawn}
        if not possible and len(constants) > 1:
            return None
        axes.append(possible[0] if possible else constants.pop())
    return tuple(axes)


def _possible_axes(sizes: Mapping[str, int]) -> list[str]:
    return [*sizes, *(f"{d} {e}" for d, e in combinations(sizes, 2))]


def _size(axis: str, sizes: Mapping[str, int]) -> int:
    return prod(sizes[dim] for dim in axis.split())


@dataclass(frozen=True)
class Array:
    """`Array["d m"]`: a real array of shape (d, m); `Array[""]`: a real number; `Array["3"]`: of shape (3,).

    `Array["n", Uniform(0, 1)]` says what its entries are drawn from, N(0, 1) without. Equal names are
    equal sizes; different ones are drawn differently from 2, 3, 4, 5 and 7, so that a transpose shows, but
    for the rows in which an axis is 1 or all are equal.

    Raises:
        ShapeError: a word is neither a name nor a positive number, or the distribution is none.
    """

    dims: Dims
    distribution: Distribution = Normal()

    def __class_getitem__(cls, item: str | tuple[str, Distribution]) -> Array:
        text, distribution = item if isinstance(item, tuple) else (item, Normal())
        dims = parse(text)
        if not isinstance(distribution, DISTRIBUTIONS):
            raise ShapeError(f"{distribution!r} is no distribution such as Normal() or Uniform(0, 1)")
        if isinstance(distribution, Normal) and distribution.fan_in not in (None, *dims):
            raise ShapeError(f'fan_in="{distribution.fan_in}" is no dimension of "{text}"')
        return cls(dims, distribution)

    def __str__(self) -> str:
        return f"array {show(self.dims)}" if self.dims else "float"


@dataclass(frozen=True)
class Size:
    """`Size["n"]`: the number that a dimension was drawn as, an int.

    Raises:
        ShapeError: it is not one name.
    """

    dim: str

    def __class_getitem__(cls, text: str) -> Size:
        dims = parse(text)
        if len(dims) != 1 or not isinstance(dims[0], str):
            raise ShapeError(f'a size is one name such as Size["n"], not Size["{text}"]')
        return cls(dims[0])

    def __str__(self) -> str:
        return f"int {self.dim}"


@dataclass(frozen=True)
class Sizes:
    """`Sizes["k l"]`: a shape tuple; `Sizes["", "k", "k l"]`: one of these, each drawn in its turn.

    Raises:
        ShapeError: a word is neither a name nor a positive number.
    """

    choices: tuple[Dims, ...]

    def __class_getitem__(cls, item: str | tuple[str, ...]) -> Sizes:
        return cls(tuple(parse(text) for text in (item if isinstance(item, tuple) else (item,))))

    def __str__(self) -> str:
        return "tuple " + " or ".join(show(dims) for dims in self.choices)


@dataclass(frozen=True)
class Linear:
    """`Linear["n -> k"]`: a linear callable from arrays of shape (n,) to arrays of shape (k,).

    `Linear["m n -> "]` takes arrays of shape (m, n) to real numbers.

    Raises:
        ShapeError: there is no arrow, or a word is neither a name nor a positive number.
    """

    by: Dims
    of: Dims

    def __class_getitem__(cls, text: str) -> Linear:
        by, arrow, of = str(text).partition("->")
        if not arrow:
            raise ShapeError(f'a linear map is written Linear["n -> k"], not Linear["{text}"]')
        return cls(parse(by), parse(of))

    def __str__(self) -> str:
        of = f"arrays {show(self.of)}" if self.of else "numbers"
        return f"linear callable from arrays {show(self.by)} to {of}"


@dataclass(frozen=True)
class Elementwise:
    """A callable that acts on every entry of a real array: an activation, or its derivative."""

    order: int

    def __str__(self) -> str:
        return "elementwise callable" + (" (the activation's derivative)" if self.order else "")


Function = Elementwise(order=0)
"""An activation s: an array of any shape comes in, s of every entry goes out."""
Slope = Elementwise(order=1)
"""The activation's derivative r = s′, entry by entry, so d s(Z) = r(Z) ∘ dZ."""

Spec = Array | Size | Sizes | Linear | Elementwise
SPECS = (Array, Size, Sizes, Linear, Elementwise)


def names(specs: Iterable[Spec]) -> tuple[str, ...]:
    """Every dimension's name, in order of first appearance."""
    found: dict[str, None] = {}
    for spec in specs:
        found.update((dim, None) for dim in _dims(spec) if isinstance(dim, str))
    return tuple(found)


def _dims(spec: Spec) -> Dims:
    match spec:
        case Array(dims, distribution):
            return dims + sizes_needed(distribution)
        case Size(dim):
            return (dim,)
        case Sizes(choices):
            return tuple(dim for dims in choices for dim in dims)
        case Linear(by, of):
            return by + of
        case Elementwise():
            return ()


def of_function(function: Callable[..., object]) -> tuple[dict[str, Spec], Spec]:
    """The annotated parameters of a public function and what it returns.

    Raises:
        ShapeError: a parameter or the result has no annotation of this module.
    """
    if not isinstance(function, FunctionType):
        raise ShapeError(f"of = {function!r} is no function of this file")
    annotations = dict(function.__annotations__)
    code = function.__code__
    for name in (*code.co_varnames[: code.co_argcount], "return"):
        if not isinstance(annotations.get(name), SPECS):
            what = "result" if name == "return" else f"parameter {name}"
            raise ShapeError(f'the {what} of {code.co_name} has no shape such as Array["m n"]')
    result = annotations.pop("return")
    return annotations, result
