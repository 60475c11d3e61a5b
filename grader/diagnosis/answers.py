"""Right answers to other questions: to changed inputs, to the neighbours of what is asked, to known mistakes.

Most hypotheses are of this kind, so an author of a new problem gets them for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, permutations
from typing import Any

import numpy as np

from grader import numeric
from grader.assignment import Problem
from grader.diagnosis.changes import Changes, Inputs
from grader.diagnosis.evidence import ValueOn
from grader.diagnosis.hypothesis import (
    INPUT,
    KNOWN,
    OTHER,
    PLACES,
    TWO,
    Hypothesis,
    after,
    evaluated,
    inputs,
    recalled,
    sentence,
    values_of,
)
from grader.key import Sample
from grader.parts import part_name, parts, partwise
from grader.problem import (
    Backward,
    CurveDerivative,
    Derivative,
    Differential,
    Gradient,
    Kind,
    Taylor,
    Value,
    apply,
    assembled,
    scalar,
    variables,
)
from grader.reference import Reference
from grader.shapes import Array, Sizes

STEPS = (0.1, 0.01, 0.5, 1.0)


def tampered(problem: Problem, changes: Changes, right: ValueOn) -> list[Hypothesis]:
    """The right answer to inputs with one change each."""
    return [
        recalled(
            f"input:{change.id}", INPUT, f"It is what comes out {change.says}.", after(problem, change, right)
        )
        for change in changes.values()
    ]


def exchanged_once(problem: Problem, changes: Changes, value: ValueOn, it: str = "it") -> list[Hypothesis]:
    """Of a value that is quadratic in x: the bilinear form behind it, B(x, y) = (f(x + y) − f(x − y))/4."""

    def polar(x: str, y: str) -> ValueOn:
        names = (f"{x}={x}+{y}", f"{x}={x}-{y}", f"{x}=2{x}")
        ahead, behind, double = (after(problem, changes[name], value) for name in names)

        def bilinear(sample: Sample) -> Any:
            return partwise(_polarised, *(f(sample) for f in (value, double, ahead, behind)))

        return bilinear

    pairs = [(x, y) for x, y in permutations(problem.parameters, 2) if f"{x}={x}+{y}" in changes]
    return [
        recalled(
            f"input:{x}={y} once" if it == "it" else f"term:{it}:{x}={y} once",
            INPUT,
            sentence(f"{it} is what comes out with {y} in place of one of the two {x}"),
            polar(x, y),
        )
        for x, y in pairs
    ]


def _polarised(value: Any, double: Any, ahead: Any, behind: Any) -> Any:
    """b(x, y) = (f(x + y) − f(x − y))/4, if f is quadratic."""
    return (ahead - behind) / 4 if np.allclose(double, 4 * value, rtol=1e-5, atol=0) else None


def tampered_twice(problem: Problem, changes: Changes, right: ValueOn) -> Iterator[Hypothesis]:
    """The right answer to inputs with two changes, each of other inputs, and each one that is often made."""
    for one, other in combinations((change for change in changes.values() if change.frequent), 2):
        if not set(one.touched) & set(other.touched):
            yield recalled(
                f"input:{one.id}+input:{other.id}",
                TWO,
                f"It is what comes out {one.says} and {other.says}.",
                after(problem, one, after(problem, other, right)),
            )


def others(problem: Problem, siblings: Sequence[Problem], reference: Reference) -> list[Hypothesis]:
    """Right answers to other questions, and the inputs themselves."""

    def other(key: str, says: str, value: ValueOn) -> Hypothesis:
        return recalled(key, OTHER, f"It is {says}.", value)

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


def other_parts(right: ValueOn, expected: Any, part: int | None) -> list[Hypothesis]:
    """What belongs in another place of the tuple."""
    places = [] if part is None else [k for k in range(len(parts(expected))) if k != part]

    def there(place: int) -> ValueOn:
        return lambda sample: parts(right(sample))[place]

    return [
        Hypothesis(f"value:{name}", PLACES, f"It is what value {name} should be.", there(place))
        for place in places
        for name in [part_name(expected, place)]
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
    if isinstance(kind, CurveDerivative) and kind.order > 1:
        return
    if not isinstance(kind, (Gradient, Backward, Derivative, CurveDerivative)):
        return
    for step in STEPS:
        for name, behind in (("forward", 0.0), ("central", -step)):
            says = f"It is a {name} difference with the step {step}."
            yield recalled(f"other:{name} {step}", OTHER, says, _quotient(kind, step, behind))


def _quotient(
    kind: Gradient | Backward | Derivative | CurveDerivative, ahead: float, behind: float
) -> ValueOn:
    def along(values: Inputs, x: str, E: Any) -> Any:
        f = [scalar(kind, values, {x: values[x] + step * E}) for step in (ahead, behind)]
        return (f[0] - f[1]) / (ahead - behind)

    def gradient(values: Inputs, x: str) -> Any:
        shape = np.shape(values[x])
        return np.reshape([along(values, x, E) for E in numeric.units(shape)], shape)

    def value(sample: Sample) -> Any:
        values, names = values_of(sample), variables(kind)
        if isinstance(kind, CurveDerivative):
            return along(values, names[0], 1.0)
        found = [gradient(values, x) for x in names]
        return found[0].T if isinstance(kind, Derivative) else assembled(kind, values, found)

    return value


def _derived(kind: Kind) -> ValueOn:
    return lambda sample: kind.derive(values_of(sample))


def known(problem: Problem, reference: Reference) -> list[Hypothesis]:
    """The author's MISTAKES."""
    return [
        recalled(f"mistake:{says}", KNOWN, sentence(says), evaluated(problem, mistake.formula))
        for says, mistake in reference.mistakes.get(problem.name, {}).items()
    ]


def constants() -> list[Hypothesis]:
    """Numbers that do not depend on the input."""
    return [Hypothesis("1", OTHER, "It is 1.", lambda _: np.float64(1.0))]
