"""What was returned beside what is right, case by case, and when two values are the same.

Everything that explains a wrong answer is held against this: it has to agree on all of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.compare import AMBER, DOUBLE, GREEN, SINGLE, Comparison, Verdict, has_parts
from grader.key import NUMBERS, Sample
from grader.parts import parts
from grader.sandbox.outcome import Returned

FEWEST = 3  # core cases
LOST = 64  # ε · condition: what rounding may make of nothing
NO_PART = 1e-9  # of the largest entry: what is smaller is no evidence
# the constants that a slip produces; any number counts would explain every blend of right and wrong
SLIPS = tuple(
    sign * slip
    for slip in (
        *(Fraction(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (4, 1), (1, 4), (3, 1), (1, 3), (2, 3))),
        *(Fraction(p, q) for p, q in ((6, 1), (1, 6), (8, 1), (1, 8))),
        *(Fraction(10) ** p for p in (1, -1, 2, -2, 3, -3)),
    )
    for sign in (1, -1)
)
SAME = 1e-5  # relative
_EXACT = {float(slip): slip for slip in SLIPS}
_FLOATS = sorted(_EXACT)

FAILED = object()  # not None, which may be an answer

Numbers = NDArray[Any]
ValueOn = Callable[[Sample], Any]


def remembered(name: str, value: ValueOn) -> ValueOn:
    """The same value, evaluated once on every case; `FAILED` where it fails, as a changed formula may."""

    def known(sample: Sample) -> Any:
        if name not in sample.memory:
            try:
                sample.memory[name] = value(sample)
            except Exception:
                sample.memory[name] = FAILED
        return sample.memory[name]

    return known


@dataclass(frozen=True)
class Evidence:
    """One case: what was returned and what is right; of a tuple, the part that is looked into."""

    sample: Sample
    actual: Any
    expected: Any
    condition: float
    part: int | None = None

    @property
    def core(self) -> bool:
        return self.sample.case.row.is_core

    @cached_property
    def right(self) -> bool:
        return self.agrees(self.actual, self.expected)

    @cached_property
    def size(self) -> float:
        """The largest entry of what is right."""
        return _largest(np.asarray(self.expected))

    @cached_property
    def formed(self) -> bool:
        """Whether it has the shape of the right one."""
        return bool(np.shape(self.actual) == np.shape(self.expected))

    def predicted(self, value: ValueOn) -> Any:
        """A hypothesis's value here; `FAILED` where it has none, which agrees with nothing."""
        try:
            whole = value(self.sample)
            return parts(whole)[self.part] if isinstance(whole, tuple) and self.part is not None else whole
        except Exception:  # a formula that is tampered with may fail in any way
            return FAILED

    def agrees(self, actual: Any, predicted: Any) -> bool:
        """Whether two values are the same, given what rounding and lost digits can do."""
        if not is_real(self.expected):
            return _identical(actual, predicted)
        if not is_real(predicted) or np.shape(actual) != np.shape(predicted):
            return False
        return bool(np.all(self.near(actual, predicted)))

    def near(self, actual: Any, predicted: Any) -> Numbers:
        """The same entry by entry, relative to the prediction; nothing is near one that is not finite.

        A prediction in which everything cancels is rounding alone, and whoever computes it otherwise gets
        other digits: then both need only be as small. A prediction of 0 is no such thing.
        """
        expected = np.asarray(predicted, float)
        if not np.isfinite(expected).all():
            return np.zeros(expected.shape, bool)
        size = _largest(expected)
        allowed = size * max(self.condition / self.size, 1.0) if self.size else size
        single = self.sample.case.row.single
        rounding = LOST * (SINGLE if single else DOUBLE) * self.condition
        tolerance = (GREEN * SINGLE if single else AMBER * DOUBLE) * allowed
        apart = np.abs(np.asarray(actual, float) - expected)
        return np.asarray(apart <= (max(tolerance, rounding) if 0 < size <= rounding else tolerance))


def _largest(x: Numbers) -> float:
    return float(np.abs(x).max(initial=0.0))


def _identical(actual: Any, predicted: Any) -> bool:
    """The same text, whole numbers, truth values, `None`, or tuple of these."""
    if isinstance(actual, tuple) and isinstance(predicted, tuple):
        return len(actual) == len(predicted) and all(map(_identical, actual, predicted))
    if isinstance(actual, NUMBERS) and isinstance(predicted, NUMBERS):
        return np.array_equal(actual, predicted)
    return type(actual) is type(predicted) and bool(actual == predicted)


def evidence_of(comparisons: Sequence[Comparison]) -> tuple[tuple[Evidence, ...], ...]:
    """For every part of the answer all cases with values, a core one that fails first.

    An answer has one part, or as many as the tuple that is asked; none where a core case has no value, or
    there are too few of these.
    """
    cases = []
    for comparison in comparisons:
        if _has_value(comparison):
            cases.append(_of_parts(comparison))
        elif comparison.sample.case.row.is_core:
            return ()
    if sum(first.core for first, *_ in cases) < FEWEST or len(set(map(len, cases))) > 1:
        return ()
    by_part = zip(*cases, strict=True)
    return tuple(tuple(sorted(each, key=lambda case: (not case.core, case.right))) for each in by_part)


def _of_parts(comparison: Comparison) -> tuple[Evidence, ...]:
    sample, outcome = comparison.sample, comparison.outcome
    actual: Any = outcome.value if isinstance(outcome, Returned) else None
    if not has_parts(sample.expected):
        condition = max(sample.conditions, default=0.0)
        return (Evidence(sample, _in_double(actual, sample.expected), sample.expected, condition),)
    return tuple(
        Evidence(sample, _in_double(value, expected), expected, sample.conditions[k], k)
        for k, (value, expected) in enumerate(zip(parts(actual), parts(sample.expected), strict=True))
    )


def _in_double(actual: Any, expected: Any) -> Any:
    return np.asarray(actual, float) if is_real(expected) else actual


def _has_value(comparison: Comparison) -> bool:
    outcome, expected = comparison.outcome, comparison.sample.expected
    formed = (Verdict.RIGHT, Verdict.IMPRECISE, Verdict.WRONG, Verdict.SHAPE)
    if not isinstance(outcome, Returned) or comparison.verdict not in formed:
        return False
    if not has_parts(expected):
        return not is_real(expected) or _is_finite(outcome.value)
    values, rights = parts(outcome.value), parts(expected)
    if not isinstance(outcome.value, tuple) or len(values) != len(rights):
        return False
    return all(_is_finite(x) or not is_real(e) for x, e in zip(values, rights, strict=True))


def is_real(x: Any) -> bool:
    """Whether it is an array or number of floats."""
    return isinstance(x, NUMBERS) and np.asarray(x).dtype.kind == "f"


def _is_finite(x: Any) -> bool:
    return isinstance(x, NUMBERS) and np.asarray(x).dtype.kind in "biuf" and bool(np.isfinite(x).all())


def explained(evidence: Sequence[Evidence], value: ValueOn) -> bool:
    """Whether a value is what was returned, on every case."""
    return all(each.agrees(each.actual, each.predicted(value)) for each in evidence)


def slip(number: float) -> Fraction | None:
    """The constant of a slip that this number is."""
    place = bisect_left(_FLOATS, number)
    for near in _FLOATS[max(place - 1, 0) : place + 1]:
        if abs(number - near) <= SAME * abs(near):
            return _EXACT[near]
    return None


def constant(numbers: Iterable[float]) -> Fraction | None:
    """The constant of a slip that all these numbers are."""
    first, *others = numbers
    found = slip(first)
    return found if found and all(abs(x - found) <= SAME * abs(found) for x in others) else None


def counts(part: Any, whole: Any) -> bool:
    """Whether a part of an answer is there at all."""
    return bool(np.max(np.abs(part), initial=0.0) > NO_PART * np.max(np.abs(whole), initial=0.0))


@dataclass(frozen=True)
class Relation:
    """actual = factor · predicted, or factor · predictedᵀ."""

    turned: bool
    factor: Fraction

    def of(self, predicted: Any) -> Any:
        """What is returned where that is predicted."""
        if self.factor == 1 and not self.turned:
            return predicted
        x = np.asarray(predicted, float)
        return float(self.factor) * (x.T if self.turned else x)

    @property
    def id(self) -> str:
        names = ["transpose"] if self.turned else []
        names += ["sign"] if self.factor == -1 else [f"factor:{self.factor}"] if self.factor != 1 else []
        return "+".join(names)

    @property
    def words(self) -> str:
        words = ["it is transposed"] if self.turned else []
        words += ["its sign is flipped"] if self.factor == -1 else []
        words += [f"it has the factor {self.factor}"] if abs(self.factor) != 1 else []
        return " and ".join(words)

    @property
    def sentence(self) -> str:
        compared = "compared with the right answer, " if abs(self.factor) != 1 else ""
        words = f"{compared}{self.words}."
        return words[0].upper() + words[1:]


def relation(evidence: Sequence[Evidence], value: ValueOn) -> Relation | None:
    """The simplest relation between a value and what was returned that holds on every case."""
    first = evidence[0]
    predicted = first.predicted(value)
    for turned in (False, True):
        found = _relation_on(first, predicted, turned=turned)
        if found and all(_holds(found, each, value) for each in evidence[1:]):
            return found
    return None


def _holds(found: Relation, each: Evidence, value: ValueOn) -> bool:
    predicted = each.predicted(value)
    return predicted is not FAILED and each.agrees(each.actual, found.of(predicted))


def _relation_on(each: Evidence, predicted: Any, *, turned: bool) -> Relation | None:
    if not turned and each.agrees(each.actual, predicted):
        return Relation(turned, Fraction(1))
    if not (is_real(predicted) and is_real(each.expected)) or (turned and np.ndim(predicted) < 2):
        return None
    x = np.asarray(predicted, float)
    ratio = ratio_of(each.actual, x.T if turned else x)
    factor = slip(ratio) if ratio else None
    found = Relation(turned, factor) if factor else None
    return found if found and each.agrees(each.actual, found.of(predicted)) else None


def ratio_of(actual: Any, predicted: Any) -> float:
    """The ρ that brings ρ · predicted nearest to what was returned; 0 where there is none."""
    a, p = np.asarray(actual, float), np.asarray(predicted, float)
    if a.shape != p.shape or not p.any():
        return 0.0
    return float((a * p).sum() / (p * p).sum())
