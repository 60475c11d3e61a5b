"""What a wrong answer may be instead of the right one: a name, words, and its value on every case.

All hypotheses follow from the problem and its reference; none has seen a hand-in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from grader.assignment import Problem
from grader.diagnosis.changes import Change, Inputs
from grader.diagnosis.evidence import ValueOn, remembered
from grader.key import Sample, exact_arguments, exact_values
from grader.reference import Formula
from grader.sampling import Case

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
SEVERAL = "Several things are wrong at once."


@dataclass(frozen=True)
class Hypothesis:
    """`id` is stable, `family` says what kind of mistake it is and `place` which one."""

    id: str
    family: str
    place: str
    value: ValueOn


def recalled(name: str, family: str, place: str, value: ValueOn) -> Hypothesis:
    """One that is not cheap: evaluated once on every case for all hand-ins."""
    return Hypothesis(name, family, place, remembered(name, value))


def inputs(problem: Problem, sample: Sample) -> Inputs:
    """What the reference is called with, by name."""
    return dict(zip(problem.parameters, exact_arguments(problem, sample.case), strict=True))


def values_of(sample: Sample) -> Inputs:
    """Everything that was drawn, in double precision."""
    return exact_values(sample.case)


def evaluated(problem: Problem, formula: Formula) -> ValueOn:
    """A formula on every case."""
    return lambda sample: formula(*inputs(problem, sample).values())


def after(problem: Problem, change: Change, value: ValueOn) -> ValueOn:
    """A value as it is when inputs are changed."""

    def changed(sample: Sample) -> Any:
        case = sample.case
        values = {**case.values, **change.of(inputs(problem, sample))}
        return value(replace(sample, case=Case(case.row, case.sizes, values), memory={}))

    return changed


def sentence(text: str) -> str:
    """`the sign is flipped` as `The sign is flipped.`; a name such as `r` stays small, `why?` a question."""
    first, *_ = text.split(maxsplit=1)
    begins = text[0].upper() if len(first) > 2 or first in ("it", "a") else text[0]
    return f"{begins}{text[1:]}" if text[-1] in "?!" else f"{begins}{text[1:].rstrip('.')}."
