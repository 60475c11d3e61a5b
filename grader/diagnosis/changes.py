"""Inputs that are not what they should be: dropped, negated, exchanged, normalised, cut off.

A reference on changed inputs is what many a wrong formula computes, so most diagnoses come from this table.
`{x}` stands for the input's name, in the key, which is stable, and in the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from grader.assignment import Problem
from grader.functions import LinearMap
from grader.shapes import Array, Elementwise, Linear, Sizes, Spec, names

Inputs = dict[str, Any]
Template = tuple[str, str, Callable[..., Any]]


@dataclass(frozen=True)
class Change:
    """`says` ends the sentence "It is what comes out …"; `touched` are the names of the changed inputs.

    Only those that are often made are `frequent`: two of them are tried together.
    """

    id: str
    says: str
    touched: tuple[str, ...]
    of: Callable[[Inputs], Inputs]
    frequent: bool = False


Changes = Mapping[str, Change]

FREQUENT: tuple[Template, ...] = (
    ("{x}=0", "as if {x} were 0", lambda a: a * 0.0),
    ("{x}=-{x}", "with the sign of {x} flipped", lambda a: -a),
)
OF_ARRAYS: tuple[Template, ...] = (
    ("{x}=ones", "as if {x} were 1 everywhere", lambda a: a * 0.0 + 1.0),
    ("{x}=2{x}", "with twice {x} in place of {x}", lambda a: 2 * a),
    ("{x}={x}/2", "with half of {x} in place of {x}", lambda a: a / 2),
    ("{x}=|{x}|", "with |{x}| in place of {x}", abs),
    ("{x}={x}^2", "with the square of {x} in place of {x}", lambda a: a**2),
)
OF_SHAPED: tuple[Template, ...] = (
    ("{x}={x}/norm", "with {x} scaled to length 1", lambda a: a / np.linalg.norm(a)),
    ("{x}=mean", "with the mean of {x} in place of {x}", lambda a: a * 0.0 + a.mean()),
)
OF_MATRICES: tuple[Template, ...] = (
    ("{x}={x}.T", "with {x}ᵀ in place of {x}", np.transpose),
    ("{x}=I", "with an identity matrix in place of {x}", lambda a: np.eye(*a.shape)),
    ("{x}=centred columns", "with the mean taken off every column of {x}", lambda a: a - a.mean(0)),
    ("{x}=centred rows", "with the mean taken off every row of {x}", lambda a: a - a.mean(1, keepdims=True)),
    ("{x}=diagonal", "with the diagonal of {x} alone", lambda a: a * np.eye(*a.shape)),
    (
        "{x}={x}/row norms",
        "with every row of {x} scaled to length 1",
        lambda a: a / np.linalg.norm(a, axis=1, keepdims=True),
    ),
    (
        "{x}={x}/column norms",
        "with every column of {x} scaled to length 1",
        lambda a: a / np.linalg.norm(a, axis=0),
    ),
)
OF_NUMBERS: tuple[Template, ...] = (
    ("{x}=degrees", "with {x} taken for degrees", np.deg2rad),
    ("{x}=pi/2-{x}", "with sine and cosine exchanged", lambda t: np.pi / 2 - t),
    ("{x}=0.1", "with 0.1 in place of {x}", lambda _: 0.1),
)
OF_LINEAR: tuple[Template, ...] = (
    ("{x}=-{x}", "with the sign of {x} flipped", lambda f: LinearMap(-f.M, f.by)),
    (
        "{x}=flip",
        "with the order of {x}'s variable reversed",
        lambda f: LinearMap(np.flip(f.M, axis=tuple(range(-len(f.by), 0))), f.by),
    ),
)
OF_SIZES: tuple[Template, ...] = (
    ("{x}=()", "as if `{x}` were ()", lambda _: ()),
    ("{x}=reversed", "with `{x}` reversed", lambda a: a[::-1]),
    ("{x}=first", "with the first size of `{x}` alone", lambda a: a[:1]),
    ("{x}=1", "with an axis of length 1 before `{x}`", lambda a: (1, *a)),
)
OF_ACTIVATIONS: tuple[Template, ...] = (
    ("{x}=z", "with {x}(z) = z", lambda _: lambda z: z),
    ("{x}={x}({x})", "with {x} applied twice", lambda f: lambda z: f(f(z))),
    ("{x}=tanh", "with tanh in place of the given {x}", lambda _: np.tanh),
    ("{x}=relu", "with relu in place of the given {x}", lambda _: lambda z: z * (z > 0)),
    (
        "{x}=logistic",
        "with the logistic function in place of the given {x}",
        lambda _: lambda z: 1 / (1 + np.exp(-z)),
    ),
)
OF_SLOPES: tuple[Template, ...] = (
    ("{x}=1", "without {x}: as if it were 1", lambda _: lambda z: np.ones(np.shape(z))),
    ("{x}=z", "with {x}(z) = z", lambda _: lambda z: z),
    ("{x}={x}^2", "with {x} squared", lambda f: lambda z: f(z) ** 2),
    ("{x}=1/{x}", "divided by {x} instead of multiplied", lambda f: lambda z: 1 / f(z)),
    ("{x}={x}({x})", "with {x} applied twice", lambda f: lambda z: f(f(z))),
    (
        "{x}=mean",
        "with the mean of {x}(Z) in place of {x}(Z)",
        lambda f: lambda z: f(z) * 0.0 + np.mean(f(z)),
    ),
    (
        "{x}=row means",
        "with the mean of every row of {x}(Z)",
        lambda f: lambda z: f(z) * 0.0 + np.mean(f(z), -1, keepdims=True),
    ),
    (
        "{x}=column means",
        "with the mean of every column of {x}(Z)",
        lambda f: lambda z: f(z) * 0.0 + np.mean(f(z), 0, keepdims=True),
    ),
    ("{x}={x}(mean)", "with {x} at the mean", lambda f: lambda z: np.zeros(np.shape(z)) + f(np.mean(z))),
    ("{x}=step", "with relu's derivative in place of {x}", lambda _: lambda z: (z > 0) * 1.0),
    ("{x}=tanh'", "with tanh's derivative in place of {x}", lambda _: lambda z: 1 - np.tanh(z) ** 2),
    (
        "{x}=logistic'",
        "with the logistic function's derivative in place of {x}",
        lambda _: lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    ),
)
OF_BOTH: tuple[Template, ...] = (  # the activation {s} and its derivative {r}: what stands in place of r
    ("{r}={s}", "with {s} in place of {r}", lambda s, _: s),
    ("{r}={r}({s})", "with {r} evaluated at the output {s}(z)", lambda s, r: lambda z: r(s(z))),
    ("{r}={s}({r})", "with {s} applied to {r}(z)", lambda s, r: lambda z: s(r(z))),
    ("{r}=1-{s}^2", "with 1 − {s}², which is tanh's, in place of {r}", lambda s, _: lambda z: 1 - s(z) ** 2),
    (
        "{r}={s}(1-{s})",
        "with {s}(1 − {s}), which is the logistic function's, in place of {r}",
        lambda s, _: lambda z: s(z) * (1 - s(z)),
    ),
    ("{r}={s}{r}", "with {s}(z) {r}(z) in place of {r}(z)", lambda s, r: lambda z: s(z) * r(z)),
)


def changes(problem: Problem) -> Changes:
    """Every single change of a problem's inputs by its id, the likelier ones first."""
    specs = problem.parameters
    found = (
        *(change for x, spec in specs.items() for change in _of_one(x, spec)),
        *(change for pair in combinations(specs.items(), 2) for change in _of_two(*pair)),
        *_all_transposed(specs),
        *_cut_off(problem),
    )
    return {change.id: change for change in found}


def dropped(inputs: tuple[str, ...]) -> Change:
    """All of these as if they were 0."""
    return Change(f"{','.join(inputs)}=0", "", inputs, lambda given: {x: given[x] * 0.0 for x in inputs})


def _of_one(x: str, spec: Spec) -> Iterator[Change]:
    frequent: tuple[Template, ...] = ()
    match spec:
        case Array(dims):
            frequent = FREQUENT
            further = OF_ARRAYS + (OF_SHAPED if dims else OF_NUMBERS)
            further += OF_MATRICES if len(dims) == 2 else ()
        case Linear():
            further = OF_LINEAR
        case Sizes():
            further = OF_SIZES
        case Elementwise(order):
            frequent, further = ((), OF_ACTIVATIONS) if order == 0 else (OF_SLOPES[:1], OF_SLOPES[1:])
        case _:
            further = ()
    for templates, often in ((frequent, True), (further, False)):
        for key, says, to in templates:
            yield Change(key.format(x=x), says.format(x=x), (x,), _to(x, to), often)


def _to(x: str, function: Callable[[Any], Any]) -> Callable[[Inputs], Inputs]:
    return lambda given: {x: function(given[x])}


def _of_two(one: tuple[str, Spec], other: tuple[str, Spec]) -> Iterator[Change]:
    (x, spec_x), (y, spec_y) = one, other
    match spec_x, spec_y:
        case Array(dims), Array(same) if dims == same:
            yield from _exchanged(x, y, "", lambda a: a)
            yield from (_sum(x, y), _sum(y, x), _difference(x, y), _difference(y, x))
        case Array((_, _) as dims), Array(turned) if dims == turned[::-1]:
            yield from _exchanged(x, y, ", transposed,", np.transpose)
        case Sizes(), Sizes():
            yield from _exchanged(x, y, "", lambda a: a)
        case Elementwise(order=0), Elementwise(order=1):
            yield from _of_slope(x, y)
            yield from list(_exchanged(x, y, "", lambda a: a))[:1]


def _exchanged(x: str, y: str, how: str, turn: Callable[[Any], Any]) -> Iterator[Change]:
    yield Change(f"{x}={y}", f"with {y}{how} in place of {x}", (x,), lambda given: {x: turn(given[y])})
    yield Change(f"{y}={x}", f"with {x}{how} in place of {y}", (y,), lambda given: {y: turn(given[x])})
    yield Change(
        f"{x}<->{y}",
        f"with {x} and {y} exchanged{how.rstrip(',')}",
        (x, y),
        lambda given: {x: turn(given[y]), y: turn(given[x])},
    )


def _sum(x: str, y: str) -> Change:
    return Change(
        f"{x}={x}+{y}", f"with {x} + {y} in place of {x}", (x,), lambda given: {x: given[x] + given[y]}
    )


def _difference(x: str, y: str) -> Change:
    return Change(
        f"{x}={x}-{y}", f"with {x} − {y} in place of {x}", (x,), lambda given: {x: given[x] - given[y]}
    )


def _of_slope(s: str, r: str) -> Iterator[Change]:
    for place, (key, says, to) in enumerate(OF_BOTH):
        yield Change(
            key.format(s=s, r=r),
            says.format(s=s, r=r),
            (r,),
            lambda given, to=to: {r: to(given[s], given[r])},  # type: ignore[misc]
            frequent=place < 2,
        )


def _all_transposed(specs: Mapping[str, Spec]) -> Iterator[Change]:
    """Every matrix at once, as where AAᵀ stands for AᵀA."""
    matrices = tuple(x for x, spec in specs.items() if isinstance(spec, Array) and len(spec.dims) == 2)
    if len(matrices) > 1:
        yield Change(
            "all.T", "with every matrix transposed", matrices, lambda given: {x: given[x].T for x in matrices}
        )


def _cut_off(problem: Problem) -> Iterator[Change]:
    """Along a dimension that every answer sums over: without the last, or the first alone."""
    answer = problem.kind.answer()
    kept = names([answer]) if isinstance(answer, Array) else problem.dims
    for dim in problem.dims:
        axes = _axes(problem.parameters, dim)
        if dim in kept or not axes:
            continue
        for key, says, part in (
            (f"along {dim}: all but the last", f"with the last along {dim} left out", slice(None, -1)),
            (f"along {dim}: all but the first", f"with the first along {dim} left out", slice(1, None)),
            (f"along {dim}: the first", f"with the first along {dim} alone", slice(None, 1)),
            (f"along {dim}: the last", f"with the last along {dim} alone", slice(-1, None)),
        ):
            yield Change(key, says, tuple(axes), _cut(axes, part))


def _axes(specs: Mapping[str, Spec], dim: str) -> dict[str, int]:
    """The inputs that have the dimension, and on which axis; none where one has it otherwise."""
    axes: dict[str, int] = {}
    for x, spec in specs.items():
        if isinstance(spec, Array) and spec.dims.count(dim) == 1:
            axes[x] = spec.dims.index(dim)
        elif dim in names([spec]):
            return {}
    return axes


def _cut(axes: Mapping[str, int], part: slice) -> Callable[[Inputs], Inputs]:
    return lambda given: {x: given[x][(slice(None),) * axis + (part,)] for x, axis in axes.items()}
