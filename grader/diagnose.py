"""From comparisons to one sentence for the student.

What is shown comes from public cases. Of hidden ones only the verdict is told, never an input, a value, a
message of the student's code, or which hidden case it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader import shapes
from grader.assignment import Problem
from grader.compare import Comparison, Verdict
from grader.literals import paste
from grader.record import Seen
from grader.sandbox.outcome import Crashed, Raised, Returned, TimedOut
from grader.shapes import Array, Elementwise

HIDDEN = {
    Verdict.WRONG: "the values are wrong on hidden ones",
    Verdict.SHAPE: "the shape is wrong on hidden ones",
    Verdict.TYPE: "the answer is of another type on hidden ones",
    Verdict.NOT_FINITE: "there are NaN or infinite values on hidden ones",
    Verdict.MUTATES: "an input is changed in place on hidden ones",
    Verdict.RAISED: "an exception is raised on hidden ones",
    Verdict.UNWRITTEN: "NotImplementedError is raised on hidden ones",
    Verdict.TIMED_OUT: "there was no answer in time on hidden ones",
    Verdict.CRASHED: "the process died on hidden ones",
    Verdict.MISSING: "the function is gone on hidden ones",
    Verdict.NOT_RUN: "hidden ones were not reached",
}


def verdict_of(comparisons: Sequence[Comparison]) -> Verdict:
    """The problem's verdict: the first failing case's, public ones first; else imprecise if any case is."""
    for comparison in comparisons:
        if not comparison.verdict.passes:
            return comparison.verdict
    imprecise = any(comparison.verdict is Verdict.IMPRECISE for comparison in comparisons)
    return Verdict.IMPRECISE if imprecise else Verdict.RIGHT


def explain(problem: Problem, comparisons: Sequence[Comparison]) -> Seen:
    """What the student is told about a problem."""
    return replace(_explained(problem, comparisons), printed=_printed(comparisons))


def _printed(comparisons: Sequence[Comparison]) -> str:
    """By the first public case that printed anything."""
    outcomes = [comparison.outcome for comparison in comparisons if comparison.sample.public]
    texts = [outcome.printed for outcome in outcomes if isinstance(outcome, (Returned, Raised))]
    return next(filter(None, texts), "")


def _explained(problem: Problem, comparisons: Sequence[Comparison]) -> Seen:
    verdict = verdict_of(comparisons)
    public = [comparison for comparison in comparisons if comparison.sample.public]
    failing = [comparison for comparison in public if not comparison.verdict.passes]
    if verdict.passes:
        return Seen(_passed(verdict, comparisons))
    if not failing:
        return Seen(f"Right on the {len(public)} public cases, but {HIDDEN[verdict]}.")
    first = failing[0]
    alike = [comparison for comparison in failing if comparison.verdict is verdict]
    if verdict in (Verdict.MISSING, Verdict.UNWRITTEN, Verdict.NOT_RUN) or _never_loaded(first):
        return Seen(_ended(problem, first))
    if verdict in (Verdict.TIMED_OUT, Verdict.CRASHED):
        return Seen(_ended(problem, first), _smallest(problem, alike))
    return Seen(f"{_extent(alike, public)} {_fault(problem, first)}.", _smallest(problem, alike))


def _never_loaded(failed: Comparison) -> bool:
    return isinstance(failed.outcome, (TimedOut, Crashed)) and failed.outcome.importing


def _passed(verdict: Verdict, comparisons: Sequence[Comparison]) -> str:
    if verdict is Verdict.RIGHT:
        public = sum(comparison.sample.public for comparison in comparisons)
        return f"Right on all {public} public and {len(comparisons) - public} hidden cases."
    errors = [c.judgement.relative or 0.0 for c in comparisons if c.sample.public and c.verdict is verdict]
    size = f": errors up to {max(errors):.0e} of the largest entry" if errors else ""
    return (
        f"The formula is right, but digits are lost{size}. Compute in double precision, with the closed form "
        "instead of differences."
    )


def _ended(problem: Problem, failed: Comparison) -> str:
    """Why there are no values at all."""
    said = failed.judgement.said
    match failed.verdict:
        case Verdict.TIMED_OUT if _never_loaded(failed):
            return f"The file did not come to an end within {said}: is there a loop outside the functions?"
        case Verdict.TIMED_OUT:
            return f"It did not come to an end: no answer within {said}."
        case Verdict.CRASHED:
            return f"{said[0].upper()}{said[1:]}."
        case Verdict.MISSING:
            return f"It could not be read: {said}" if said else f"There is no function {problem.name}."
        case Verdict.UNWRITTEN:
            return "Not written yet."
        case _:
            return f"It was not run: {said}."


def _fault(problem: Problem, failed: Comparison) -> str:
    """What is wrong with the values, as the end of a sentence."""
    said = failed.judgement.said
    part = failed.judgement.part if isinstance(problem.kind.answer(), tuple) else None
    place = "" if part is None else f" as value {part + 1}"
    match failed.verdict:
        case Verdict.SHAPE:
            return f"it returns {said}{place} where {_asked_shape(problem, failed)} is asked"
        case Verdict.TYPE:
            return f"it returns {said}{place}{_remedy(failed)}"
        case Verdict.NOT_FINITE:
            return f"it returns NaN or infinity{place}"
        case Verdict.MUTATES:
            return f"it changes its input{f' {said}' if said else ''} in place; work on a copy instead"
        case Verdict.RAISED:
            return f"it raises {said}"
        case _:
            return "the values are wrong" if part is None else f"value {part + 1} is wrong"


def _asked_shape(problem: Problem, failed: Comparison) -> str:
    """`(d, m) = (3, 4)`"""
    part, answer = failed.judgement.part, problem.kind.answer()
    if part is not None and isinstance(answer, tuple):
        answer = answer[part]
    shape = np.shape(_expected(failed))
    if not shape:
        return "a single number, shape (),"
    if isinstance(answer, Array) and answer.dims != shape:
        return f"{shapes.show(answer.dims)} = {shape}"
    return str(shape)


def _expected(failed: Comparison) -> Any:
    """The right value, or that of the part at fault; for its shape alone."""
    part = failed.judgement.part
    return failed.sample.expected if part is None else failed.sample.expected[part]


def _remedy(failed: Comparison) -> str:
    said, expected = failed.judgement.said, _expected(failed)
    if said == "None":
        return ": a `return` may be missing"
    if said.startswith("numbers of dtype complex"):
        return "; a real answer is asked"
    if isinstance(expected, tuple):
        return ""
    return (
        "; return a number" if np.shape(expected) == () else "; return a numpy array, such as np.array([...])"
    )


def _extent(failing: Sequence[Comparison], public: Sequence[Comparison]) -> str:
    """`On 2 of 17 public cases (T = 1, square)`; the rows only where they tell something."""
    if len(failing) == len(public):
        return f"On all {len(public)} public cases"
    rows = list(dict.fromkeys(comparison.sample.case.row.name for comparison in failing))
    where = f" ({', '.join(rows)})" if "core" not in rows and len(rows) <= 4 else ""
    return f"On {len(failing)} of {len(public)} public cases{where}"


def _smallest(problem: Problem, alike: Sequence[Comparison]) -> str:
    """The smallest of the inputs that fail alike, to paste."""
    case = min((comparison.sample.case for comparison in alike), key=lambda case: sum(case.sizes.values()))
    arguments = dict(zip(problem.parameters, case.arguments(problem), strict=True))
    activation = problem.topic.activations.get(case.row.activation or "")
    formulas = {
        name: activation.text(spec.order)
        for name, spec in problem.parameters.items()
        if activation and isinstance(spec, Elementwise)
    }
    return f"{paste(arguments, formulas)}\n{problem.name}({', '.join(problem.parameters)})"
