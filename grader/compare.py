"""Is it right, given what rounding can do?

The error is measured as η = max |actual − expected| / (ε · condition), where the condition is that of the
reference at this input. A backward-stable formula stays below η = 100 at these sizes, a wrong one above 1e12;
between them lie formulas that are right and lose digits. There is no absolute tolerance, nothing broadcasts.
Form comes before value: type, exact shape, finiteness, untouched inputs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.key import NUMBERS, Law, Sample
from grader.parts import parts
from grader.sandbox.frames import Foreign
from grader.sandbox.outcome import Crashed, Missing, NotRun, Outcome, Raised, Returned, TimedOut

GREEN = 1e4  # η; right formulas stay below 100, the best one in single precision has 4e5
AMBER = 1e10  # η; the wrong formula nearest to a right one has 5e12
MOST_KEPT, MOST_PARTS = 1 << 13, 20  # bytes and parts of an answer of another form that are looked into
MOST_SHOWN = 100  # characters
DROPPED = Foreign("an answer that was not kept")
ACCEPTED = {"f": "iuf", "i": "iu", "u": "iu", "b": "b"}  # kinds of dtype, by the reference's
DOUBLE, SINGLE = float(np.finfo(np.float64).eps), float(np.finfo(np.float32).eps)


class Verdict(str, Enum):
    """What is said of a case, and of a problem. `unchecked` is what nobody can tell without the reference."""

    RIGHT = "right"
    IMPRECISE = "imprecise"
    UNCHECKED = "unchecked"
    WRONG = "wrong"
    SHAPE = "shape"
    TYPE = "type"
    NOT_FINITE = "not finite"
    MUTATES = "mutates"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    UNWRITTEN = "unwritten"
    NOT_RUN = "not run"

    @property
    def passes(self) -> bool:
        return self in PASSING


PASSING = (Verdict.RIGHT, Verdict.IMPRECISE)  # looked up once: an enumeration is slow at that in Python 3.11
FORMED = (*PASSING, Verdict.WRONG)


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason, which a student reads on public cases and only staff on hidden ones.

    `relative` is the error against the largest entry; `part` says which value of a tuple it is about, from 0
    and through the tuples within it.
    """

    verdict: Verdict
    said: str = ""
    eta: float | None = None
    relative: float | None = None
    part: int | None = None


@dataclass(frozen=True)
class Comparison:
    """One outcome held against its sample."""

    sample: Sample
    outcome: Outcome
    judgement: Judgement

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict


def compare(outcome: Outcome, sample: Sample) -> Comparison:
    """The verdict on one call. A large answer of the wrong form is not kept."""
    judgement = _judge_outcome(outcome, sample)
    kept = judgement.eta is not None or judgement.verdict is Verdict.RIGHT
    if isinstance(outcome, Returned) and not kept and not _is_small(outcome.value):
        outcome = replace(outcome, value=DROPPED)
    return Comparison(sample, outcome, judgement)


def _is_small(value: Any) -> bool:
    if isinstance(value, tuple):
        return len(value) <= MOST_PARTS and all(map(_is_small, value))
    if isinstance(value, str):
        return len(value) <= MOST_SHOWN
    return value is None or (isinstance(value, NUMBERS) and np.asarray(value).nbytes <= MOST_KEPT)


def _judge_outcome(outcome: Outcome, sample: Sample) -> Judgement:
    match outcome:
        case Returned(value, mutated):
            judgement = judge_at(value, sample)
            changed = mutated and judgement.verdict in (*FORMED, Verdict.UNCHECKED)
            return Judgement(Verdict.MUTATES, ", ".join(mutated)) if changed else judgement
        case Raised("NotImplementedError"):
            return Judgement(Verdict.UNWRITTEN)
        case Raised(_, message) if not sample.case.row.writeable and "read-only" in message:
            return Judgement(Verdict.MUTATES)
        case Raised(_, message, where):
            return Judgement(Verdict.RAISED, f"{message} ({where})" if where else message)
        case TimedOut(seconds):
            return Judgement(Verdict.TIMED_OUT, f"{seconds:g} s")
        case Crashed(how, importing):
            return Judgement(Verdict.CRASHED, how + (" while the file was executed" if importing else ""))
        case Missing(why):
            return Judgement(Verdict.UNREADABLE if why else Verdict.MISSING, why)
        case NotRun(why):
            return Judgement(Verdict.NOT_RUN, why)


def judge_at(actual: Any, sample: Sample) -> Judgement:
    """A value that was returned for a sample against the right one, in the precision of its row.

    Where there is a law instead, only the form is held against what is expected.
    """
    epsilon = SINGLE if sample.case.row.single else DOUBLE
    judgement = judge(actual, sample.expected, sample.conditions, epsilon, sample.slack)
    formed = judgement.verdict in FORMED and not judgement.said
    return _judge_by(sample.law, actual) if sample.law and formed else judgement


def _judge_by(law: Law, actual: Any) -> Judgement:
    try:
        holds = law(actual)
    except TypeError:
        return Judgement(Verdict.TYPE, _kind_of(actual))
    except (Exception, SystemExit):  # of whatever a student may return
        holds = False
    if holds is None:
        return Judgement(Verdict.UNCHECKED)
    return Judgement(Verdict.RIGHT if holds else Verdict.WRONG)


def judge(
    actual: Any, expected: Any, conditions: tuple[float, ...], epsilon: float = DOUBLE, slack: float = 1.0
) -> Judgement:
    """A returned value against the right one. A tuple is judged part by part, and the worst part counts.

    η = max |actual − expected| / (ε · condition) has no unit. In double precision it is *right* up to
    1e4 · slack and *imprecise* up to 1e10; in single precision it is *right* up to 1e4, and nothing is
    *imprecise*. Above that it is *wrong*. Shapes have to be equal, nothing broadcasts.

    Args:
        conditions: one for each part of a tuple, else one, as `numeric.condition` gives them.
        epsilon: of the precision that the inputs were in, 2⁻⁵² or 2⁻²³.
        slack: how many times the rounding the expected value itself may be off.
    """
    if not isinstance(expected, tuple):
        return _judge_part(actual, expected, conditions[0], epsilon, slack)
    if departs := _judge_tuple(actual, expected):
        return departs
    judged = [
        replace(_judge_part(*each, epsilon, slack), part=part)
        for part, each in enumerate(zip(parts(actual), parts(expected), conditions, strict=True))
    ]
    worst_last = list(Verdict)
    return max(judged, key=lambda j: worst_last.index(j.verdict), default=Judgement(Verdict.RIGHT))


def _judge_tuple(actual: Any, expected: Any, place: str = "") -> Judgement | None:
    """What is wrong with the tuples in an answer; `None` where all are as long as they should be.

    `place` is where in the answer this is, such as "2.1".
    """
    here = f" as value {place}" if place else ""
    if not isinstance(expected, tuple):
        found = isinstance(actual, tuple)
        return Judgement(Verdict.TYPE, f"a tuple{here}, and none is asked") if found else None
    if actual is None:  # of a text, a shape or `None` it is another answer; of arrays it is none
        return Judgement(Verdict.TYPE, f"None{here}") if has_parts(expected) else Judgement(Verdict.WRONG)
    if not isinstance(actual, tuple):
        return Judgement(Verdict.TYPE, f"{_kind_of(actual)}{here}, and a tuple is asked")
    if len(actual) != len(expected):
        asked = f"{len(expected)} {'is' if len(expected) == 1 else 'are'} asked"
        return Judgement(Verdict.WRONG, f"{_counted(actual)}{here} where {asked}")
    within = (
        _judge_tuple(x, y, f"{place}.{k}".lstrip("."))
        for k, (x, y) in enumerate(zip(actual, expected, strict=True), start=1)
    )
    return next(filter(None, within), None)


def _counted(values: tuple[Any, ...]) -> str:
    return f"{len(values)} value{'s' * (len(values) != 1)}"


def has_parts(expected: Any) -> bool:
    """Whether it is a tuple of several answers; a tuple of whole numbers, such as a shape, is one answer."""
    return isinstance(expected, tuple) and any(
        isinstance(x, (float, np.floating, np.ndarray)) for x in parts(expected)
    )


def _judge_part(actual: Any, expected: Any, condition: float, epsilon: float, slack: float) -> Judgement:
    if expected is None or isinstance(expected, str):
        same = type(actual) is type(expected) and actual == expected
        return Judgement(Verdict.RIGHT if same else Verdict.WRONG)
    right = np.asarray(expected)
    if not isinstance(actual, NUMBERS):
        return Judgement(Verdict.TYPE, _kind_of(actual))
    x = np.asarray(actual)
    if x.dtype.kind not in ACCEPTED[right.dtype.kind]:
        return Judgement(Verdict.TYPE, f"numbers of dtype {x.dtype}")
    if x.shape != right.shape:
        return Judgement(Verdict.SHAPE, f"shape {x.shape}")
    if right.dtype.kind in "biu":
        return Judgement(Verdict.RIGHT if np.array_equal(x, right) else Verdict.WRONG)
    return _judge_numbers(x.astype(right.dtype, copy=False), right, condition, epsilon, slack)


def _judge_numbers(
    actual: NDArray[Any], expected: NDArray[Any], condition: float, epsilon: float, slack: float
) -> Judgement:
    with np.errstate(over="ignore", invalid="ignore"):
        error = float(abs(actual - expected).max(initial=0.0))
    if not isfinite(error) and not np.isfinite(actual).all():
        return Judgement(Verdict.NOT_FINITE)
    eta = error / (epsilon * condition)
    relative = error / float(abs(expected).max())
    green = max(GREEN * epsilon, GREEN * slack * DOUBLE) / epsilon  # what is measured, is in double precision
    amber = max(green * epsilon, AMBER * DOUBLE) / epsilon  # single precision has no digits to lose
    verdict = Verdict.RIGHT if eta <= green else Verdict.IMPRECISE if eta <= amber else Verdict.WRONG
    return Judgement(verdict, eta=eta, relative=relative)


def _kind_of(actual: Any) -> str:
    match actual:
        case None:
            return "None"
        case Foreign(what):
            return what
        case _:
            return "an array" if isinstance(actual, np.ndarray) else f"a {type(actual).__name__}"
