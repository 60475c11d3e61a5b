"""What a wrong answer may be instead of the right one: a name, words, and its value on every case.

All of it follows from the problem and its reference; nothing here has seen a hand-in. Most candidates are the
reference itself on inputs that were tampered with, so an author of a new problem gets them for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Any

import numpy as np

from grader import numeric
from grader.assignment import Problem
from grader.diagnosis.changes import Change, Inputs, changes, dropped
from grader.diagnosis.evidence import ValueOn, remembered
from grader.distributions import Uniform
from grader.key import Sample, as_formulas_take_it
from grader.problem import (
    CurveDerivative,
    Derivative,
    Differential,
    Gradient,
    Kind,
    Taylor,
    Value,
    apply,
    variables,
)
from grader.reference import Formula, Reference
from grader.shapes import Array, Sizes

FACTOR = "It is the right answer times a number that is the same for every input."
QUANTITY = "It is the right answer times a number that changes with the input."
PLACES = "The right numbers are there, but not in the right places."
TERM = "A part of the formula is missing, or has a wrong factor or sign; the rest is right."
INPUT = "One of the inputs does not enter as it should."
OTHER = "It is the right answer to another question."
ENTRIES = "Only some of the entries are wrong."
STRUCTURE = "The right numbers went through one operation too many or too few."
KNOWN = "It is a mistake that is often made here."
TWO = "Two things are wrong at once."


@dataclass(frozen=True)
class Hypothesis:
    """`id` is stable, `family` says what kind of mistake it is and `place` which one."""

    id: str
    family: str
    place: str
    value: ValueOn


def _recalled(name: str, family: str, place: str, value: ValueOn) -> Hypothesis:
    """One that is not cheap: evaluated once on every case for all hand-ins."""
    return Hypothesis(name, family, place, remembered(name, value))


def inputs(problem: Problem, sample: Sample) -> Inputs:
    """What the reference is called with, by name."""
    arguments = map(as_formulas_take_it, sample.case.arguments(problem))
    return dict(zip(problem.parameters, arguments, strict=True))


def values_of(sample: Sample) -> Inputs:
    """Everything that was drawn, in double precision."""
    return {x: as_formulas_take_it(value) for x, value in sample.case.values.items()}


def evaluated(problem: Problem, formula: Formula) -> ValueOn:
    """A formula on every case."""
    return lambda sample: formula(*inputs(problem, sample).values())


def after(problem: Problem, change: Change, value: ValueOn) -> ValueOn:
    """A value as it is when inputs are changed."""

    def changed(sample: Sample) -> Any:
        values = {**sample.case.values, **change.of(inputs(problem, sample))}
        return value(replace(sample, case=replace(sample.case, values=values), memory={}))

    return changed


def tampered(problem: Problem, right: ValueOn) -> list[Hypothesis]:
    """The right answer to inputs with one change each."""
    return [
        _recalled(
            f"input:{change.id}", INPUT, f"It is what comes out {change.says}.", after(problem, change, right)
        )
        for change in changes(problem)
    ]


def exchanged_once(problem: Problem, value: ValueOn, it: str = "it") -> list[Hypothesis]:
    """Of a value that is quadratic in x: the bilinear form behind it, B(x, y) = (f(x + y) − f(x − y))/4."""
    by_id = {change.id: change for change in changes(problem)}

    def polar(x: str, y: str) -> ValueOn:
        names = (f"{x}={x}+{y}", f"{x}={x}-{y}", f"{x}=2{x}")
        ahead, behind, double = (after(problem, by_id[name], value) for name in names)

        def bilinear(sample: Sample) -> Any:
            quadratic = np.allclose(double(sample), 4 * value(sample), rtol=1e-5, atol=0)
            return (ahead(sample) - behind(sample)) / 4 if quadratic else None

        return bilinear

    pairs = [(x, y) for x, y in permutations(problem.parameters, 2) if f"{x}={x}+{y}" in by_id]
    return [
        _recalled(
            f"input:{x}={y} once" if it == "it" else f"term:{it}:{x}={y} once",
            INPUT,
            sentence(f"{it} is what comes out with {y} in place of one of the two {x}"),
            polar(x, y),
        )
        for x, y in pairs
    ]


def tampered_twice(problem: Problem, right: ValueOn) -> Iterator[Hypothesis]:
    """The right answer to inputs with two changes, each of other inputs, and each one that is often made."""
    for one, other in combinations((change for change in changes(problem) if change.frequent), 2):
        if not set(one.touched) & set(other.touched):
            yield _recalled(
                f"input:{one.id}+input:{other.id}",
                TWO,
                f"It is what comes out {one.says} and {other.says}.",
                after(problem, one, after(problem, other, right)),
            )


def without(problem: Problem, right: ValueOn, names: Sequence[str]) -> ValueOn:
    """The right answer as if these inputs were 0."""
    return after(problem, dropped(tuple(names)), right)


def directions(problem: Problem, right: ValueOn) -> dict[str, ValueOn]:
    """A differential's parts, one along each direction."""
    every = [f"d{x}" for x in variables(problem.kind)]
    return {
        f"the part along {d}": without(problem, right, [other for other in every if other != d])
        for d in every
    }


def split(problem: Problem, right: ValueOn, x: str) -> dict[str, ValueOn]:
    """What is left without an input, and what that input adds."""
    rest = without(problem, right, [x])
    return {f"the part without {x}": rest, f"the part with {x}": lambda sample: right(sample) - rest(sample)}


def quantities(problem: Problem, reference: Reference, right: ValueOn) -> dict[str, ValueOn]:
    """Positive numbers that a factor may be a power of: sizes, norms, the function, what the author names."""

    def size(*dims: str) -> ValueOn:
        return lambda sample: float(np.prod([sample.case.sizes[dim] for dim in dims]))

    def norm(x: str) -> ValueOn:
        return lambda sample: np.linalg.norm(np.ravel(inputs(problem, sample)[x]))

    found = {dim: size(dim) for dim in problem.dims}
    found |= {" ".join(pair): size(*pair) for pair in combinations(problem.dims, 2)}
    arrays = {x: spec for x, spec in problem.parameters.items() if isinstance(spec, Array)}
    found |= {_size_of(x, spec): norm(x) for x, spec in arrays.items()}
    named = reference.quantities.get(problem.name, {})
    found |= {name: evaluated(problem, quantity) for name, quantity in named.items()}
    if hasattr(problem.kind, "of"):
        of = problem.kind.of
        found[of.__name__] = lambda sample: apply(of, values_of(sample), {})
        found[f"2 {of.__name__}"] = lambda sample: 2 * apply(of, values_of(sample), {})  # ‖e‖² of ½‖e‖²
    answer = problem.kind.answer()
    if isinstance(answer, Array) and answer.dims:
        found["the length of the answer"] = lambda sample: np.linalg.norm(np.ravel(right(sample)))
    return found


def _size_of(x: str, spec: Array) -> str:
    """How the norm of an input is written."""
    positive = isinstance(spec.distribution, Uniform) and spec.distribution.low >= 0
    return f"‖{x}‖" if spec.dims else x if positive else f"|{x}|"


def orders(kind: Taylor) -> dict[str, ValueOn]:
    """The terms of an expansion, from the public function."""
    lower = [replace(kind, order=k) for k in range(kind.order + 1)]

    def term(k: int) -> ValueOn:
        before = lower[k - 1].derive if k else lambda _: 0.0
        return lambda sample: lower[k].derive(values_of(sample)) - before(values_of(sample))

    names = ["the term of order 0", *(f"the term of order {k}" for k in range(1, kind.order + 1))]
    return {name: term(k) for k, name in enumerate(names)}


def others(problem: Problem, siblings: Sequence[Problem], reference: Reference) -> list[Hypothesis]:
    """Right answers to other questions, and the inputs themselves."""

    def other(key: str, says: str, value: ValueOn) -> Hypothesis:
        return _recalled(key, OTHER, f"It is {says}.", value)

    def given(x: str) -> ValueOn:
        return lambda sample: inputs(problem, sample)[x]

    arrays = [x for x, spec in problem.parameters.items() if isinstance(spec, (Array, Sizes))]
    return [
        *(other(f"input itself:{x}", f"the input `{x}` itself", given(x)) for x in arrays),
        *(other(key, says, value) for key, says, value in _neighbours(problem.kind)),
        *(
            other(
                f"problem:{sibling.name}",
                f"what {sibling.name} asks for",
                evaluated(problem, reference.answers[sibling.name]),
            )
            for sibling in siblings
            if _asks_with_the_same(problem, sibling)
        ),
    ]


def _asks_with_the_same(problem: Problem, other: Problem) -> bool:
    """Whether the other's function could be called with this problem's inputs."""
    mine, theirs = (
        [spec.dims if isinstance(spec, Array) else spec for spec in p.parameters.values()]
        for p in (problem, other)
    )
    return mine == theirs and problem.name != other.name


def _neighbours(kind: Kind) -> Iterator[tuple[str, str, ValueOn]]:
    """What the public function itself tells, in place of what is asked of it."""
    if isinstance(kind, Value) or not hasattr(kind, "of"):
        return
    of = kind.of
    yield "other:value", f"{of.__name__} itself", lambda sample: apply(of, values_of(sample), {})
    if isinstance(kind, (CurveDerivative, Differential)):
        for order in (kind.order - 1, kind.order + 1):
            if order:
                neighbour = replace(kind, order=order)
                yield f"other:order {order}", neighbour.asks(), _derived(neighbour)
    if isinstance(kind, Taylor):
        higher = replace(kind, order=kind.order + 1)
        yield f"other:order {higher.order}", higher.asks(), _derived(higher)
    if isinstance(kind, (Taylor, Differential)):
        along = " and ".join(f"{x} + d{x}" for x in variables(kind))

        def moved(sample: Sample) -> Any:
            values = values_of(sample)
            return apply(of, values, {x: values[x] + values[f"d{x}"] for x in variables(kind)})

        yield "other:moved", f"{of.__name__} itself at {along}", moved
        yield (
            "other:increment",
            f"the increment of {of.__name__} from {', '.join(variables(kind))} to {along}",
            lambda sample: moved(sample) - apply(of, values_of(sample), {}),
        )


def quotients(problem: Problem) -> Iterator[Hypothesis]:
    """Difference quotients whose step is so coarse that they are no derivative."""
    kind = problem.kind
    if not isinstance(kind, (Gradient, Derivative, CurveDerivative)) or getattr(kind, "order", 1) > 1:
        return
    for step in STEPS:
        for name, behind in (("forward", 0.0), ("central", -step)):
            says = f"It is a {name} difference with the step {step}."
            yield _recalled(f"other:{name} {step}", OTHER, says, _quotient(kind, step, behind))


def _quotient(kind: Gradient | Derivative | CurveDerivative, ahead: float, behind: float) -> ValueOn:
    (x,) = variables(kind)

    def along(sample: Sample, E: Any) -> Any:
        values = values_of(sample)
        f = [apply(kind.of, values, {x: values[x] + step * E}) for step in (ahead, behind)]
        return (f[0] - f[1]) / (ahead - behind)

    def value(sample: Sample) -> Any:
        if isinstance(kind, CurveDerivative):
            return along(sample, 1.0)
        shape = np.shape(values_of(sample)[x])
        found = np.reshape([along(sample, E) for E in numeric.units(shape)], shape)
        return found.T if isinstance(kind, Derivative) else found

    return value


def _derived(kind: Kind) -> ValueOn:
    return lambda sample: kind.derive(values_of(sample))


def known(problem: Problem, reference: Reference) -> list[Hypothesis]:
    """The author's MISTAKES."""
    return [
        Hypothesis(f"mistake:{says}", KNOWN, sentence(says), evaluated(problem, mistake.formula))
        for says, mistake in reference.mistakes.get(problem.name, {}).items()
    ]


def sentence(text: str) -> str:
    """`the sign is flipped` as `The sign is flipped.`; a name such as `r` or `ds` stays small."""
    first, *_ = text.split(maxsplit=1)
    begins = text[0].upper() if len(first) > 2 or first in ("it", "a") else text[0]
    return f"{begins}{text[1:].rstrip('.')}."


STEPS = (0.1, 0.01, 0.5, 1.0)

Transform = tuple[str, str, Callable[[Any], Any]]
Transform2 = tuple[str, str, Callable[[Any, Any], Any]]
REARRANGED: tuple[Transform, ...] = (
    ("reversed", "The order of the entries is reversed.", np.flip),
    ("rows reversed", "The order along the first axis is reversed.", lambda R: np.flip(R, 0)),
    ("columns reversed", "The order along the last axis is reversed.", lambda R: np.flip(R, -1)),
    (
        "column order",
        "The right numbers are taken column by column and filled in row by row.",
        lambda R: R.T.reshape(R.shape),
    ),
    ("flat", "The numbers are right, but all in one axis.", np.ravel),
    ("flat, column order", "All entries are in one axis, in column order.", lambda R: R.ravel(order="F")),
    ("column", "The numbers are right, but as one column.", lambda R: R.reshape(-1, 1)),
    ("row", "The numbers are right, but as one row.", lambda R: R.reshape(1, -1)),
    ("shifted on", "The entries of every row are shifted by one place.", lambda R: np.roll(R, 1, -1)),
    ("shifted back", "The entries of every row are shifted by one place.", lambda R: np.roll(R, -1, -1)),
    ("rows shifted on", "The rows are shifted by one place.", lambda R: np.roll(R, 1, 0)),
    ("rows shifted back", "The rows are shifted by one place.", lambda R: np.roll(R, -1, 0)),
)
OPERATED: tuple[Transform, ...] = (
    ("absolute", "The signs are lost: these are absolute values.", abs),
    ("squared", "It is squared, entry by entry.", lambda R: R**2),
    ("root", "It is the square root of the right answer.", np.sqrt),
    ("sum everywhere", "Every entry is the sum of all the right ones.", lambda R: R * 0 + R.sum()),
    ("mean everywhere", "Every entry is the mean of all the right ones.", lambda R: R * 0 + R.mean()),
    ("ones", "It is 1 everywhere, whatever the input.", np.ones_like),
    ("identity", "It is the identity matrix, whatever the input.", lambda R: np.eye(*R.shape)),
    ("inverse", "It is the inverse of the right answer.", np.linalg.inv),
    ("pseudo-inverse", "It is the pseudo-inverse of the right answer.", np.linalg.pinv),
    ("length", "Only the length of the right answer is returned.", np.linalg.norm),
    ("summed", "All entries are summed up.", np.sum),
    ("mean", "The mean of all entries is taken.", np.mean),
    ("summed over columns", "The entries of each row are summed up.", lambda R: R.sum(-1)),
    ("summed over rows", "The entries of each column are summed up.", lambda R: R.sum(0)),
    ("mean of rows", "The entries of each row are averaged.", lambda R: R.mean(-1)),
    ("mean of columns", "The entries of each column are averaged.", lambda R: R.mean(0)),
    (
        "row means",
        "Every entry is the mean of the right ones in its row.",
        lambda R: R * 0 + R.mean(-1, keepdims=True),
    ),
    (
        "column means",
        "Every entry is the mean of the right ones in its column.",
        lambda R: R * 0 + R.mean(0, keepdims=True),
    ),
    (
        "row sums",
        "Every entry is the sum of the right ones in its row.",
        lambda R: R * 0 + R.sum(-1, keepdims=True),
    ),
    (
        "column sums",
        "Every entry is the sum of the right ones in its column.",
        lambda R: R * 0 + R.sum(0, keepdims=True),
    ),
    (
        "symmetric part",
        "It is symmetrised: the mean of the answer and its transpose.",
        lambda R: (R + R.T) / 2,
    ),
    ("plus transpose", "The transpose is added.", lambda R: R + R.T),
    ("diagonal", "Only the diagonal is returned.", np.diag),
    ("trace", "Only the trace is returned.", np.trace),
    ("first row", "Only the first entry or row is returned.", lambda R: R[0]),
    ("first column", "Only the first column is returned.", lambda R: R[:, 0]),
    ("without the last", "The last entry or row is left out.", lambda R: R[:-1]),
    ("without the last column", "The last column is left out.", lambda R: R[:, :-1]),
    ("cumulative", "The entries are summed up one after the other.", lambda R: np.cumsum(R).reshape(R.shape)),
    (
        "cumulative rows",
        "Along every row the entries are summed up, one after the other.",
        lambda R: np.cumsum(R, -1),
    ),
    (
        "cumulative columns",
        "Along every column the entries are summed up, one after the other.",
        lambda R: np.cumsum(R, 0),
    ),
    ("truncated", "The decimals are cut off: these are integers.", np.trunc),
    ("floored", "The entries are rounded down to integers.", np.floor),
    ("clipped", "The entries are cut off at -1 and 1.", lambda R: np.clip(R, -1, 1)),
    ("positive", "Negative entries are set to 0.", lambda R: R * (R > 0)),
    ("signs", "Only the signs are left.", np.sign),
    (
        "rows of length 1",
        "Every row is scaled to length 1.",
        lambda R: R / np.linalg.norm(R, axis=-1, keepdims=True),
    ),
    ("columns of length 1", "Every column is scaled to length 1.", lambda R: R / np.linalg.norm(R, axis=0)),
    ("row lengths", "Only the lengths of the rows are returned.", lambda R: np.linalg.norm(R, axis=-1)),
    ("column lengths", "Only the lengths of the columns are returned.", lambda R: np.linalg.norm(R, axis=0)),
    ("times index", "Every entry is multiplied by its index.", lambda R: R * np.arange(R.shape[-1])),
    (
        "times index + 1",
        "Every entry is multiplied by its index + 1.",
        lambda R: R * np.arange(1, R.shape[-1] + 1),
    ),
)


REDUCTIONS: tuple[Transform, ...] = (
    ("axis of length 1", "The numbers are right, with an axis of length 1 too many.", np.squeeze),
    ("sum not taken", "Its entries sum to the right number: the sum is not taken.", np.sum),
    ("trace not taken", "Its trace is the right number: the trace is not taken.", np.trace),
    ("rows not summed", "Its rows have to be summed up.", lambda a: np.sum(a, 0)),
    ("columns not summed", "Its columns have to be summed up.", lambda a: np.sum(a, -1)),
)


MISSING_PRODUCTS: tuple[Transform2, ...] = (
    (
        "times {x}.T from the left",
        "the product with {x}ᵀ from the left is missing",
        lambda a, x: x.T @ a if x.ndim > 1 else None,
    ),
    ("times {x} from the left", "the product with {x} from the left is missing", lambda a, x: x @ a),
    ("times {x}.T", "the product with {x}ᵀ is missing", lambda a, x: a @ x.T if x.ndim > 1 else None),
    ("times {x}", "the product with {x} is missing", lambda a, x: a @ x),
    (
        "entrywise times {x}",
        "the product with {x}, entry by entry, is missing",
        lambda a, x: a * x if a.shape == x.shape else None,
    ),
    (
        "paired with {x}",
        "it is not multiplied by {x} and summed up",
        lambda a, x: (a * x).sum() if a.shape == x.shape else None,
    ),
    ("outer {x}", "the outer product with {x} is missing", np.outer),
    (
        "form {x}",
        "the product with {x} on both sides is missing",
        lambda a, x: x @ a @ x if x.ndim == 1 else None,
    ),
)


PRODUCTS: tuple[Transform2, ...] = (
    ("times", "multiplied by {x}", lambda R, a: R @ a),
    ("left times", "multiplied by {x} from the left", lambda R, a: a @ R),
    ("form", "multiplied by {x} on both sides", lambda R, a: a @ R @ a),
    ("paired", "paired with {x}: ⟨answer, {x}⟩", lambda R, a: (R * a).sum() if R.shape == a.shape else None),
    ("entrywise", "multiplied by {x} entry by entry", lambda R, a: R * a if R.shape == a.shape else None),
)


PRODUCTS_OF_NUMBERS: tuple[Transform2, ...] = (
    ("times", "multiplied by {x}", lambda R, t: R * t),
    ("divided by", "divided by {x}", lambda R, t: R / t),
)


def contracted(problem: Problem, right: ValueOn) -> Iterator[Hypothesis]:
    """The right answer multiplied by an input: on one side, on both, or entry by entry."""

    def times(x: str, product: Callable[[Any, Any], Any]) -> ValueOn:
        return lambda sample: product(right(sample), inputs(problem, sample)[x])

    for x, spec in ((x, spec) for x, spec in problem.parameters.items() if isinstance(spec, Array)):
        for key, says, product in PRODUCTS if spec.dims else PRODUCTS_OF_NUMBERS:
            place = f"It is the right answer {says.format(x=x)}."
            yield Hypothesis(f"entries:{key} {x}", STRUCTURE, place, times(x, product))


def rearranged(right: ValueOn) -> list[Hypothesis]:
    """The right numbers in other places."""
    return _each(REARRANGED, PLACES, right)


def transformed(right: ValueOn) -> list[Hypothesis]:
    """The right answer after one operation on its entries, or with them in other places."""
    return [*rearranged(right), *_each(OPERATED, STRUCTURE, right)]


def _each(transforms: Sequence[Transform], family: str, right: ValueOn) -> list[Hypothesis]:
    def after_that(to: Callable[[Any], Any]) -> ValueOn:
        return lambda sample: to(right(sample))

    return [Hypothesis(f"entries:{key}", family, says, after_that(to)) for key, says, to in transforms]


def constants() -> list[Hypothesis]:
    """Numbers that do not depend on the input."""
    return [Hypothesis("1", OTHER, "It is 1.", lambda _: np.float64(1.0))]
