"""Inputs from a seed: which cases a problem is tried on, and what they hold.

A case is a pure function of (seed, problem, row, attempt); nothing about a hand-in enters it, so every
student and every regrade meets the same inputs. The public stream's seed is no secret and its numbers have
short decimals, so that a failing input can be shown and pasted. The secret stream's seed is in `reference/`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations, product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from grader import shapes
from grader.assignment import Problem
from grader.distributions import Distribution, Normal
from grader.faults import Fault
from grader.functions import Activation, LinearMap
from grader.problem import variables
from grader.shapes import Array, Dims, Elementwise, Linear, Size, Sizes, Spec

SIZES = (2, 3, 4, 5, 7)
LARGER_SIZES = (6, 7, 8, 9, 11)
CORE_PUBLIC, CORE_SECRET = 4, 8

Order = Literal["mixed", "ascending", "descending", "square"]
ORDERS: tuple[Order, ...] = ("mixed", "ascending", "descending", "mixed")  # of the core rows, in turn

Layout = Literal["C", "F", "strided"]
Activations = Mapping[str, Activation]


@dataclass(frozen=True)
class Row:
    """One line of the plan: how its inputs depart from `core`, which has distinct sizes and scale 1.

    `one` is a dimension of size 1, `exponent` scales by a power of ten, `choices` says which alternative each
    `Sizes` takes, `activation` names the drawn one, `larger` draws sizes that no answer is compared at.
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
    larger: bool = False

    @property
    def is_core(self) -> bool:
        """Whether nothing is special about its inputs."""
        return self.name == "core"


@dataclass(frozen=True)
class Stream:
    """Where inputs come from. `decimals` rounds them; `activations` are those that may be drawn."""

    name: Literal["public", "secret", "larger"]
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
    choices = list(product(*(range(len(spec.choices)) for spec in specs if isinstance(spec, Sizes))))
    orders = [order for order in ORDERS if _possible_sizes(problem, Row("core", order))] or [ORDERS[0]]
    core = [
        Row("core", orders[k % len(orders)], choices=choices[k % len(choices)])
        for k in range(max(stream.core, len(choices)))
    ]
    special = _number_rows(problem) + (_form_rows(problem) if stream.name == "public" else [])
    rows = core + [replace(row, choices=choices[-1]) for row in special]
    if any(isinstance(spec, Elementwise) for spec in specs):
        rows = _with_activations(problem, rows, stream.activations)
    if not _possible_sizes(problem, core[0]):
        raise Fault(
            f"problems/{problem.topic.name}.py: {problem.name}: no sizes from {SIZES} satisfy `where`"
        )
    return tuple(row for row in rows if _possible_sizes(problem, row))


def _number_rows(problem: Problem) -> list[Row]:
    """Special numbers."""
    if not scaled(problem):
        return []
    rows = [Row("scaled by 1e-6", exponent=-6), Row("scaled by 1e3", exponent=3)]
    saturates = any(isinstance(spec, Elementwise) for spec in problem.drawn.values())
    if any(_is_normal(spec) for spec in _arrays(problem)) and not saturates:
        rows += [Row("integers", integer=True)]
    return rows


def _form_rows(problem: Problem) -> list[Row]:
    """Special sizes, and how arrays lie in memory. There is nothing to hide about these: they are public."""
    arrays = _arrays(problem)
    rows = [Row(f"{dim} = 1", one=dim) for dim in problem.dims]
    if arrays and len(problem.dims) > 1:
        rows += [Row("square", order="square")]
    if arrays:
        rows += [Row("read-only", writeable=False), Row("strided", layout="strided")]
        rows += [Row("single precision", single=True)]
    if any(len(spec.dims) > 1 for spec in arrays):
        rows += [Row("Fortran order", layout="F")]
    return rows


def _arrays(problem: Problem) -> list[Array]:
    return [spec for spec in problem.drawn.values() if isinstance(spec, Array) and spec.dims]


def _with_activations(problem: Problem, rows: list[Row], activations: Activations) -> list[Row]:
    """The smooth activations in turn, and one row more for each that has a kink."""
    smooth = [name for name, activation in activations.items() if not activation.kinks]
    if not smooth:
        raise Fault(
            f"problems/{problem.topic.name}.py: {problem.name} needs a smooth activation in ACTIVATIONS"
        )
    kinked = [replace(rows[0], name=name, activation=name) for name in activations if name not in smooth]
    turns = [(k + k // len(ORDERS)) % len(smooth) for k in range(len(rows))]  # out of step with the orders
    return [replace(row, activation=smooth[turn]) for turn, row in zip(turns, rows, strict=True)] + kinked


def scaled(problem: Problem) -> tuple[str, ...]:
    """The inputs that a scaled row multiplies."""
    normal = [name for name, spec in problem.drawn.items() if _is_normal(spec)]
    named = problem.kind.draws.scaled
    return tuple(name for name in normal if named is None or name in named)


def draw(problem: Problem, stream: Stream, row: Row, place: int, attempt: int = 0) -> Case:
    """The inputs of the row at that place of the plan; another attempt where the last was turned down."""
    rng = _generator(stream, problem.name, place, attempt)
    possible = _possible_sizes(problem, row)
    sizes = dict(zip(problem.dims, possible[rng.integers(len(possible))], strict=True))
    choices = iter(row.choices)
    scales = scaled(problem)

    def numbers(name: str, dims: Dims, distribution: Distribution) -> NDArray[Any]:
        shape = shapes.resolve(dims, sizes)
        if row.integer and isinstance(distribution, Normal):
            x = rng.integers(-9, 10, shape).astype(float)
        else:
            x = distribution.draw(rng, shape, sizes)
        if x.dtype.kind != "f":
            return x
        return _scaled(x, row.exponent if name in scales else 0, stream.decimals)

    def value(name: str, spec: Spec) -> Any:
        match spec:
            case Array(dims, distribution):
                return _laid_out(numbers(name, dims, distribution), row)
            case Linear(by, of):
                return LinearMap(numbers(name, of + by, Normal()), shapes.resolve(by, sizes))
            case Size(dim):
                return sizes[dim]
            case Sizes(alternatives):
                return shapes.resolve(alternatives[next(choices)], sizes)
            case Elementwise(order):
                return stream.activations[str(row.activation)].function(order)

    return Case(row, sizes, {name: value(name, spec) for name, spec in problem.drawn.items()})


def is_kept(problem: Problem, values: Mapping[str, Any]) -> bool:
    """Whether an author's `keep` lets these inputs pass; everything drawn is handed to it by name.

    Raises:
        Fault: it fails.
    """
    keep = problem.kind.draws.keep
    try:
        return keep is None or bool(keep(**values))
    except (Exception, SystemExit) as error:
        where = f"problems/{problem.topic.name}.py: {problem.name}: `keep` fails"
        raise Fault(f"{where}: {type(error).__name__}: {error}") from error


def larger(problem: Problem) -> tuple[Case, ...]:
    """Inputs that nothing is compared at, to see what a hand-in does on them; no secret enters them.

    One case with several times as many entries, where `where` allows that. Four where the variable is a
    number: two numbers may be alike by accident.
    """
    stream = replace(public_stream(problem), name="larger")
    row = next(iter(plan(problem, stream)))
    try:
        grown = replace(row, larger=True)
        row = grown if _possible_sizes(problem, grown) else row
    except Fault:
        pass  # a `where` need not know other sizes than those that are compared at
    specs = [problem.drawn[x] for x in variables(problem.kind)]
    number = any(isinstance(spec, Array) and not spec.dims for spec in specs)
    return tuple(draw(problem, stream, row, place) for place in range(4 if number else 1))


def _generator(stream: Stream, problem: str, place: int, attempt: int) -> np.random.Generator:
    path = f"{stream.name}/{problem}/{place}/{attempt}".encode()
    digest = hmac.digest(stream.seed, path, "sha256")
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def _possible_sizes(problem: Problem, row: Row) -> tuple[tuple[int, ...], ...]:
    """Every choice of distinct sizes for the problem's dimensions that the row and `where` allow."""
    try:
        sizes = LARGER_SIZES if row.larger else SIZES
        return _sizes(problem.dims, problem.kind.draws.where, row.order, row.one, sizes)
    except (Exception, SystemExit) as error:
        where = f"problems/{problem.topic.name}.py: {problem.name}: `where` fails"
        raise Fault(f"{where}: {type(error).__name__}: {error}") from error


@cache
def _sizes(
    dims: tuple[str, ...],
    where: Callable[..., bool] | None,
    order: Order,
    one: str | None,
    among: tuple[int, ...],
) -> tuple[tuple[int, ...], ...]:
    possible: list[tuple[int, ...]] = []
    for drawn in permutations(among, len(dims)):
        if order in ("ascending", "descending") and list(drawn) != sorted(
            drawn, reverse=order == "descending"
        ):
            continue
        sizes = drawn[:1] * len(drawn) if order == "square" else drawn
        sizes = tuple(1 if dim == one else size for dim, size in zip(dims, sizes, strict=True))
        if where is None or where(**dict(zip(dims, sizes, strict=True))):
            possible.append(sizes)
    return tuple(possible)


def _is_normal(spec: Spec) -> bool:
    return isinstance(spec, Linear) or (isinstance(spec, Array) and isinstance(spec.distribution, Normal))


def _laid_out(x: NDArray[Any], row: Row) -> NDArray[Any] | float | int:
    """An array in the memory layout of the row; a number becomes Python's own."""
    if not x.ndim:
        number: float | int = x.item()
        return number
    if row.layout == "strided":
        x = np.repeat(x, 2, axis=-1)[..., ::2]
    dtype = np.float32 if row.single and x.dtype.kind == "f" else x.dtype
    x = x.astype(dtype, order="F" if row.layout == "F" else "K", copy=False)
    x.flags.writeable = row.writeable
    return x


def _scaled(x: NDArray[Any], exponent: int, decimals: int | None) -> NDArray[Any]:
    """x · 10^exponent; where it is to be shown, the double nearest to a decimal with few digits."""
    if decimals is None:
        return x * 10.0**exponent if exponent else x
    digits, places = np.rint(x * 10.0**decimals), decimals - exponent
    return digits / 10.0**places if places >= 0 else digits * 10.0**-places
