"""The suspicion that an answer was differentiated numerically instead of derived.

A difference quotient needs the function at points beside its input: one for every entry of the variable, so
that its cost grows with the product of the dimensions, or some along the direction that is handed over. A
closed form needs none of them, in however many loops it is written, and it needs the slope r.

How often s and r are called is counted by the grader. To which points a hand-in goes is its process's own
word: whoever is determined to evade that does. A suspicion is a reason to read the code, and no proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from grader.assignment import Problem, Reaction
from grader.compare import Comparison
from grader.problem import Differential, Taylor, variables
from grader.record import ProblemRecord
from grader.sandbox.outcome import Outcome, Returned
from grader.sandbox.question import Question
from grader.shapes import Elementwise

FEW = 6  # entries of the variable; with fewer, a call of s for each is no sign
OFTEN = 4  # calls of s for one of r; whoever writes loops calls both alike
SELDOM = 2  # values of s; a difference quotient that is right to many digits needs more
ENOUGH = 16  # points; so many are no accident, however many entries there are
FLAGGED = "A closed form is asked: this looks like numerical differentiation."
TAKEN = (
    "A closed form is asked: this looks like numerical differentiation, which gets no points in this course. "
    "If it is none, tell the course staff."
)


def miscalled(problem: Problem, comparisons: Sequence[Comparison]) -> str:
    """Why the calls of s and r in a right answer are a difference quotient's; empty where they are not.

    For a problem whose reference calls r.
    """
    functions, slopes = _elementwise(problem, slope=False), _elementwise(problem, slope=True)
    if not functions:
        return ""
    s, r = " and ".join(functions), " and ".join(slopes)
    if not any(_calls(comparison, slopes) for comparison in comparisons):
        return f"{r} is never called, {s} up to {max(_calls(c, functions) for c in comparisons)} times a case"
    core = [c for c in comparisons if c.sample.case.row.name == "core" and _entries(problem, c) >= FEW]
    if core and all(
        _calls(c, functions) >= max(_entries(problem, c), OFTEN * _calls(c, slopes)) for c in core
    ):
        return (
            f"{s} is called once or more for every entry of {_named(problem)}, {r} {OFTEN} times less often"
        )
    return ""


def settled(problem: Problem, comparisons: Sequence[Comparison]) -> bool:
    """Whether s was called so seldom that the calls alone clear a right answer, whose reference calls r."""
    functions = _elementwise(problem, slope=False)
    return all(_calls(comparison, functions) <= SELDOM for comparison in comparisons)


def _elementwise(problem: Problem, *, slope: bool) -> list[str]:
    specs = problem.parameters.items()
    return [x for x, spec in specs if isinstance(spec, Elementwise) and (spec.order > 0) == slope]


def _calls(comparison: Comparison, names: Sequence[str]) -> int:
    outcome = comparison.outcome
    return sum(outcome.calls.get(x, 0) for x in names) if isinstance(outcome, Returned) else 0


def _entries(problem: Problem, comparison: Comparison) -> int:
    return sum(np.size(comparison.sample.case.values[x]) for x in variables(problem.kind))


def _named(problem: Problem) -> str:
    return " and ".join(variables(problem.kind))


def astray(problem: Problem, question: Question, outcomes: Sequence[Outcome]) -> str:
    """Why the points that metered calls went to are a difference quotient's; empty where they are not."""
    returned = [outcome for outcome in outcomes if isinstance(outcome, Returned)]
    if len(returned) < len(question.calls):
        return ""
    for x in question.variables:
        inputs = [call[question.parameters.index(x)] for call in question.calls]
        if reason := _astray(problem, x, inputs, [outcome.beside.get(x, (0, 0)) for outcome in returned]):
            return reason
    return ""


def _astray(problem: Problem, x: str, inputs: Sequence[Any], beside: Sequence[tuple[int, int]]) -> str:
    """The reason in one variable, from the points beside it and those in a direction."""
    if all(np.shape(value) == () for value in inputs):
        return f"it goes to points next to {x}" if all(points for points, _ in beside) else ""
    directed = isinstance(problem.kind, (Differential, Taylor))
    if directed and all(along for _, along in beside):
        return f"it goes from {x} along d{x} in short steps"
    entries = min(np.size(value) for value in inputs)
    enough = max(2, min(entries, ENOUGH))
    if all(points >= enough for points, _ in beside):
        return f"it goes to {enough} points or more next to {x}, which has {entries} entries"
    return ""


def marked(record: ProblemRecord, reason: str, reaction: Reaction) -> ProblemRecord:
    """The record with its suspicion, what the student is told of it, and what it costs."""
    if not reason or reaction == "allow":
        return record
    told = TAKEN if reaction == "zero" else FLAGGED
    return replace(
        record,
        numerical=reason,
        score=Decimal(0) if reaction == "zero" else record.score,
        student=replace(record.student, sentence=f"{record.student.sentence} {told}"),
    )
