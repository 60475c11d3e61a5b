"""The suspicion that an answer was differentiated numerically instead of derived.

A difference quotient needs the function at points beside its input: one for every entry of the variable, so
that its cost grows with the product of the dimensions, or some along the direction that is handed over. A
closed form needs none of them, in however many loops it is written. It may do without the slope r, where r
follows from s: that alone accuses nobody.

How often s and r are called, and where, is heard by the grader. To which other points a hand-in goes is its
process's own word: whoever is determined to evade that does. A suspicion is a reason to read the code, and no
proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Problem
from grader.compare import Comparison
from grader.problem import Differential, Taylor, variables
from grader.record import ProblemRecord
from grader.sandbox.outcome import Outcome, Returned
from grader.sandbox.question import Question
from grader.sandbox.steps import NEAR, ROUNDING
from grader.settings import Reaction
from grader.shapes import Elementwise

FEW = 6  # entries of the variable; with fewer, a call of s for each is no sign
SEVERAL = 3  # cases of different size; in one, s may be called for every entry by accident
OFTEN = 4  # calls of s for one of r; whoever writes loops calls both alike
SELDOM = 2  # values of s; a difference quotient that is right to many digits needs more
ENOUGH = 16  # points; so many are no accident, however many entries there are
FLAGGED = "A closed form is asked: this looks like numerical differentiation, and staff will look at it."
TAKEN = (
    "A closed form is asked: this looks like numerical differentiation, which gets no points in this course. "
    "If it is none, tell the course staff."
)


# ---- how often s and r are called ---------------------------------------------------------


def miscalled(problem: Problem, comparisons: Sequence[Comparison]) -> str:
    """Why the calls of s and r in a right answer are a difference quotient's; empty where they are not.

    It calls s the same number of times for every entry of the variable, whatever the sizes are. Loops follow
    other sizes too. For a problem whose reference calls r.
    """
    functions, slopes = _elementwise(problem, slope=False), _elementwise(problem, slope=True)
    core = [c for c in comparisons if c.sample.case.row.is_core and _entries(problem, c) >= FEW]
    times = {_calls(c, functions) // _entries(problem, c) for c in core}
    exact = all(_calls(c, functions) % _entries(problem, c) <= SELDOM for c in core)
    seldom = all(_calls(c, functions) >= OFTEN * _calls(c, slopes) for c in core)
    several = len({_entries(problem, c) for c in core}) >= SEVERAL
    if not functions or not several or not exact or not seldom or len(times) > 1 or times == {0}:
        return ""
    (often,) = times
    s, r, x = " and ".join(functions), " and ".join(slopes), " and ".join(variables(problem.kind))
    return f"{s} is called for every entry of {x}, {often} times each, {r} {OFTEN} times less often or never"


def settled(problem: Problem, comparisons: Sequence[Comparison]) -> bool:
    """Whether r is called, and s so seldom, that the calls alone clear a right answer.

    For a problem whose reference calls r.
    """
    functions, slopes = _elementwise(problem, slope=False), _elementwise(problem, slope=True)
    return _any_calls(comparisons, slopes) and all(_calls(c, functions) <= SELDOM for c in comparisons)


def _any_calls(comparisons: Sequence[Comparison], names: Sequence[str]) -> bool:
    return any(_calls(comparison, names) for comparison in comparisons)


def _elementwise(problem: Problem, *, slope: bool) -> list[str]:
    specs = problem.parameters.items()
    return [x for x, spec in specs if isinstance(spec, Elementwise) and (spec.order > 0) == slope]


def _calls(comparison: Comparison, names: Sequence[str]) -> int:
    outcome = comparison.outcome
    return sum(outcome.calls.get(x, 0) for x in names) if isinstance(outcome, Returned) else 0


def _entries(problem: Problem, comparison: Comparison) -> int:
    return sum(np.size(comparison.sample.case.values[x]) for x in variables(problem.kind))


# ---- where s is called --------------------------------------------------------------------


@dataclass
class Heard:
    """A function that is handed over, how often it is called, and how often next to the call before."""

    function: Any
    calls: int = 0
    near: int = 0
    last: NDArray[Any] = field(default_factory=lambda: np.zeros(0))

    def __call__(self, z: NDArray[Any]) -> Any:
        self.calls += 1
        if z.shape == self.last.shape and z.dtype == self.last.dtype == float and z.size:
            step, size = np.abs(z - self.last).max(), np.abs(z).max()
            self.near += bool(ROUNDING * size < step <= NEAR * size)
        self.last = np.array(z)
        return self.function(z)


def heard(problem: Problem, question: Question) -> Question:
    """The question with ears: its functions and slopes remember how they are called."""
    ears = [isinstance(problem.parameters[name], Elementwise) for name in question.parameters]
    calls = (
        tuple(Heard(x) if ear else x for x, ear in zip(call, ears, strict=True)) for call in question.calls
    )
    return replace(question, calls=tuple(calls))


def _differenced(problem: Problem, question: Question) -> str:
    """Why the calls of s are those of a difference quotient in place of r."""
    listening = [
        (x, heard)
        for call in question.calls
        for x, heard in zip(question.parameters, call, strict=True)
        if isinstance(heard, Heard)
    ]
    slopes = _elementwise(problem, slope=True)
    if any(heard.calls for x, heard in listening if x in slopes):
        return ""
    near = [x for x, heard in listening if heard.near and heard.near * OFTEN >= heard.calls]
    return f"{near[0]} is called at points next to each other, {' and '.join(slopes)} never" if near else ""


# ---- where else it goes -------------------------------------------------------------------


def astray(problem: Problem, question: Question, outcomes: Sequence[Outcome]) -> str:
    """Why the points that metered calls went to are a difference quotient's; empty where they are not."""
    returned = [outcome for outcome in outcomes if isinstance(outcome, Returned)]
    if len(returned) < len(question.calls):
        return ""
    for x in question.variables:
        inputs = [call[question.parameters.index(x)] for call in question.calls]
        if reason := _astray(problem, x, inputs, [outcome.beside.get(x, (0, 0)) for outcome in returned]):
            return reason
    return _differenced(problem, question)


def _astray(problem: Problem, x: str, inputs: Sequence[Any], beside: Sequence[tuple[int, int]]) -> str:
    """The reason in one variable, from the points beside it and those in a direction."""
    if all(np.shape(value) == () for value in inputs):
        return f"the code goes to points next to {x}" if all(points for points, _ in beside) else ""
    directed = isinstance(problem.kind, (Differential, Taylor))
    if directed and all(along for _, along in beside):
        return f"the code goes from {x} along d{x} in short steps"
    entries = min(np.size(value) for value in inputs)
    enough = max(2, min(entries, ENOUGH))
    if all(points >= enough for points, _ in beside):
        return f"the code goes to {enough} points or more next to {x}, which has {entries} entries"
    return ""


# ---- what follows -------------------------------------------------------------------------


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
