"""Inputs from a seed: which cases a problem is tried on, and what they hold.

A case is a pure function of (seed, problem, row, attempt); nothing about a hand-in enters it, so every
student and every regrade meets the same inputs. The public stream's seed is no secret and its numbers have
short decimals, so that a failing input can be shown and pasted. The secret stream's seed is in `reference/`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import permutations, product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from grader import shapes
from grader.assignment import Problem
from grader.distributions import Distribution, Normal
from grader.faults import Fault
from grader.functions import Activation, LinearMap
from grader.shapes import Array, Elementwise, Linear, Size, Sizes, Spec

SIZES = (2, 3, 4, 5, 7)
CORE_PUBLIC, CORE_SECRET = 4, 8

Order = Literal["mixed", "ascending", "descending", "square"]
Layout = Literal["C", "F", "strided"]
Activations = Mapping[str, Activation]


@dataclass(frozen=True)
class Row:
    """One line of the plan: how its inputs depart from `core`, which has distinct sizes and scale 1.

    `one` is a dimension of size 1, `exponent` scales by a power of ten, `choices` says which alternative each
    `Sizes` takes, `activation` names the drawn one.
    """

    name: str
    order: Order = "mixed"
    one: str | None = None
    exponent: int = 0
    layout: Layout = "C"
    writeable: bool = True
    single: bool = False
    integer: bool = False
    choices: tuple[int, ...] = ()
    activation: str | None = None


@dataclass(frozen=True)
class Stream:
    """Where inputs come from. `decimals` rounds them; `activations` are those that may be drawn."""

    name: Literal["public", "secret"]
    seed: bytes
    activations: Activations
    core: int
    decimals: int | None


@dataclass(frozen=True)
class Case:
    """One drawn input. `values` holds everything drawn, also what only the public function takes."""

    row: Row
    sizes: Mapping[str, int]
    values: Mapping[str, Any]

    def arguments(self, problem: Problem) -> tuple[Any, ...]:
        """What the student's function is called with, in order."""
        return tuple(self.values[name] for name in problem.parameters)


def public_stream(problem: Problem) -> Stream:
    return Stream("public", b"public", problem.topic.activations, CORE_PUBLIC, decimals=2)


def secret_stream(problem: Problem, seed: bytes, activations: Activations) -> Stream:
    """The public activations and the secret ones, which come first."""
    return Stream("secret", seed, {**activations, **problem.topic.activations}, CORE_SECRET, decimals=None)


def plan(problem: Problem, stream: Stream) -> tuple[Row, ...]:
    """The rows a problem is tried on: core ones first, then one for each way in which inputs can be special.

    A row that the problem's `where` rules out is left out.

    Raises:
        Fault: `where` rules out every core row, or the topic has no smooth activation and needs one.
    """
    specs = tuple(problem.drawn.values())
    arrays = [spec for spec in specs if isinstance(spec, Array) and spec.dims]
    choices = list(product(*(range(len(spec.choices)) for spec in specs if isinstance(spec, Sizes))))
    core = [Row("core", choices=choices[k % len(choices)]) for k in range(max(stream.core, len(choices)))]
    rows = core + [replace(row, choices=choices[-1]) for row in _special_rows(problem, arrays)]
    if any(isinstance(spec, Elementwise) for spec in specs):
        rows = _with_activations(problem, rows, stream.activations)
    if not _possible_sizes(problem, core[0]):
        raise Fault(
            f"problems/{problem.topic.name}.py: {problem.name}: no sizes from {SIZES} satisfy `where`"
        )
    return tuple(row for row in rows if _possible_sizes(problem, row))


def _special_rows(problem: Problem, arrays: list[Array]) -> list[Row]:
    normal = any(_is_normal(spec) for spec in problem.drawn.values())
    bounded = any(isinstance(spec, Elementwise) for spec in problem.drawn.values())  # saturates on integers
    rows = [Row(f"{dim} = 1", one=dim) for dim in problem.dims]
    if len(problem.dims) > 1:
        rows += [Row(order, order=order) for order in ("ascending", "descending", "square")]
    if scaled(problem):
        rows += [Row("scaled by 1e-6", exponent=-6), Row("scaled by 1e3", exponent=3)]
    if arrays:
        rows += [Row("read-only", writeable=False), Row("strided", layout="strided")]
        rows += [Row("single precision", single=True)]
    if any(len(spec.dims) > 1 for spec in arrays):
        rows += [Row("Fortran order", layout="F")]
    if normal and not bounded:
        rows += [Row("integers", integer=True), Row("integers", integer=True)]
    return rows


def _with_activations(problem: Problem, rows: list[Row], activations: Activations) -> list[Row]:
    """The smooth activations in turn, and one row more for each that has a kink."""
    smooth = [name for name, activation in activations.items() if not activation.kinks]
    if not smooth:
        raise Fault(
            f"problems/{problem.topic.name}.py: {problem.name} needs a smooth activation in ACTIVATIONS"
        )
    kinked = [Row(name, activation=name) for name in activations if name not in smooth]
    return [replace(row, activation=smooth[k % len(smooth)]) for k, row in enumerate(rows)] + kinked


def scaled(problem: Problem) -> tuple[str, ...]:
    """The inputs that a scaled row multiplies."""
    normal = [name for name, spec in problem.drawn.items() if _is_normal(spec)]
    named = problem.kind.draws.scaled
    return tuple(name for name in normal if named is None or name in named)


def draw(problem: Problem, stream: Stream, row: Row, place: int, attempt: int = 0) -> Case:
    """The inputs of the row at that place of the plan; another attempt where the last was turned down."""
    rng = _generator(stream, problem.name, place, attempt)
    possible = _possible_sizes(problem, row)
    sizes = possible[rng.integers(len(possible))]
    choices = iter(row.choices)

    def value(name: str, spec: Spec) -> Any:
        local = row if name in scaled(problem) else replace(row, exponent=0)
        match spec:
            case Array(dims, distribution):
                return _array(rng, distribution, shapes.resolve(dims, sizes), sizes, local, stream.decimals)
            case Linear(by, of):
                M = _array(rng, Normal(), shapes.resolve(of + by, sizes), sizes, local, stream.decimals)
                return LinearMap(np.asarray(M), shapes.resolve(by, sizes))
            case Size(dim):
                return sizes[dim]
            case Sizes(alternatives):
                return shapes.resolve(alternatives[next(choices)], sizes)
            case Elementwise(order):
                activation = stream.activations[str(row.activation)]
                return activation.slope if order else activation.value

    return Case(row, sizes, {name: value(name, spec) for name, spec in problem.drawn.items()})


def _generator(stream: Stream, problem: str, place: int, attempt: int) -> np.random.Generator:
    path = f"{stream.name}/{problem}/{place}/{attempt}".encode()
    digest = hmac.new(stream.seed, path, hashlib.sha256).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def _possible_sizes(problem: Problem, row: Row) -> list[dict[str, int]]:
    """Every assignment of distinct sizes to the problem's dimensions that the row and `where` allow."""
    where = problem.kind.draws.where
    possible = []
    for drawn in permutations(SIZES, len(problem.dims)):
        if row.order in ("ascending", "descending") and list(drawn) != sorted(
            drawn, reverse=row.order == "descending"
        ):
            continue
        sizes = dict(
            zip(problem.dims, drawn[:1] * len(drawn) if row.order == "square" else drawn, strict=True)
        )
        sizes |= {row.one: 1} if row.one else {}
        if where is None or where(**sizes):
            possible.append(sizes)
    return possible


def _is_normal(spec: Spec) -> bool:
    return isinstance(spec, Linear) or (isinstance(spec, Array) and isinstance(spec.distribution, Normal))


def _array(
    rng: np.random.Generator,
    distribution: Distribution,
    shape: tuple[int, ...],
    sizes: Mapping[str, int],
    row: Row,
    decimals: int | None,
) -> NDArray[Any] | float:
    """Drawn, rounded, scaled, then laid out in memory as the row says; a number is a Python float."""
    if row.integer and isinstance(distribution, Normal):
        x = rng.integers(-9, 10, shape).astype(float)
    else:
        x = distribution.draw(rng, shape, sizes)
    x = _scaled(x, row.exponent, decimals)
    if not shape:
        return float(x)
    if row.layout == "strided":
        x = np.repeat(x, 2, axis=-1)[..., ::2]
    x = x.astype(np.float32 if row.single else float, order="F" if row.layout == "F" else "K", copy=False)
    x.flags.writeable = row.writeable
    return x


def _scaled(x: NDArray[Any], exponent: int, decimals: int | None) -> NDArray[Any]:
    """x · 10^exponent; through decimal text where the result is to be shown, so that it stays short."""
    if decimals is None:
        return x * 10.0**exponent
    return np.array([float(f"{entry:.{decimals}f}e{exponent}") for entry in x.ravel()]).reshape(x.shape)
