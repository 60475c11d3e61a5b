"""What a student is told at home must be what grading says: the reference passes, known mistakes do not."""

from __future__ import annotations

from collections.abc import Mapping

from grader.compare import Verdict
from grader.faults import Fault
from grader.key import Sample
from grader.problem import Value
from grader.proving.proof import Check
from grader.proving.trial import Subject, judged, tried
from grader.reference import Formula, Mistake
from grader.selfcheck import measured_key


def prove(subject: Subject, known: Mapping[str, Mistake]) -> Check:
    """The self-check of one problem."""
    problem = subject.problem
    if isinstance(problem.kind, Value) and problem.kind.law is None:
        says = f"{problem.name} cannot be checked at home: give its Value a law"
        return Check("home", None, says)
    try:
        samples = measured_key(problem).public(problem.name)
    except Fault as fault:
        return Check("home", False, str(fault))
    sentence = _disagrees(subject, samples, known)
    return Check("home", not sentence, sentence)


def _disagrees(subject: Subject, samples: tuple[Sample, ...], known: Mapping[str, Mistake]) -> str:
    """What the self-check says otherwise, in a sentence."""
    name = subject.problem.name
    failing = [
        sample for sample in samples if _verdict(subject, subject.formula, sample) is not Verdict.RIGHT
    ]
    if failing:
        row = failing[0].case.row.name
        return (
            f"{subject.place}: {name} is not right at home, on {len(failing)} of {len(samples)} cases, as in "
            f"the row '{row}': there it is held against {_held_against(subject)}"
        )
    # the others have been held against values
    by_law = known if isinstance(subject.problem.kind, Value) else {}
    passing = [
        says
        for says, mistake in by_law.items()
        if all(_verdict(subject, mistake.formula, sample).passes for sample in samples)
    ]
    says = "passes at home, where it is held against"
    return f"{subject.place}: “{passing[0]}” of {name} {says} {_held_against(subject)}" if passing else ""


def _verdict(subject: Subject, formula: Formula, sample: Sample) -> Verdict:
    return judged(tried(formula, subject.problem, sample), sample).verdict


def _held_against(subject: Subject) -> str:
    kind = subject.problem.kind
    return "the problem's law" if isinstance(kind, Value) else "a numerical derivative of the public function"
