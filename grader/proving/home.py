"""What a student is told at home must be what grading says: the reference passes, known mistakes do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.compare import Verdict
from grader.faults import Fault
from grader.key import NUMBERS, Sample
from grader.parts import partwise
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
    sentence = _failing(subject, samples) or _disagrees(subject, samples, known)
    sentence = sentence or _lenient(subject, samples)
    return Check("home", not sentence, sentence)


def _failing(subject: Subject, samples: tuple[Sample, ...]) -> str:
    """What the law itself does wrong on the reference's answers; a student's would be told wrong for it."""
    for sample in samples:
        try:
            if sample.law:
                sample.law(tried(subject.formula, subject.problem, sample))
        except (Exception, SystemExit) as error:
            said = f"{type(error).__name__}: {error}"
            return (
                f"{_law(subject)} fails on the reference's answer in the row '{sample.case.row.name}': {said}"
            )
    return ""


def _lenient(subject: Subject, samples: tuple[Sample, ...]) -> str:
    """Whether the law takes for right what is not, on every case."""
    for sample in samples:
        right = tried(subject.formula, subject.problem, sample)
        if not sample.law or not judged(partwise(_beside, right), sample).verdict.passes:
            return ""
    return (
        f"{_law(subject)} also holds where 1 is added to every number of the right answer: make it stricter"
    )


def _law(subject: Subject) -> str:
    return f"problems/{subject.problem.topic.name}.py: the law of {subject.problem.name}"


def _beside(x: Any) -> Any:
    """Another answer of the same form."""
    if isinstance(x, NUMBERS):
        return ~np.asarray(x) if np.asarray(x).dtype.kind == "b" else np.add(x, 1)
    return f"{x}, or not"


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
