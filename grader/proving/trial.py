"""A formula of ours on the samples, as a hand-in's function meets them, and how far two answers are apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from grader.assignment import Problem
from grader.compare import DOUBLE, GREEN, Judgement, Verdict, judge_at
from grader.key import NUMBERS, Sample, as_formulas_take_it
from grader.parts import parts
from grader.proving.definitions import place
from grader.reference import Formula, code_of

SAME = GREEN * DOUBLE  # relative to the condition: right to the last digits that count


@dataclass(frozen=True)
class Subject:
    """A reference that is to be proved, with the file that it is in."""

    problem: Problem
    formula: Formula
    samples: tuple[Sample, ...]
    path: Path

    @property
    def place(self) -> str:
        return place(self.path, code_of(self.formula).co_firstlineno)


@dataclass(frozen=True)
class Failed:
    """What stands for the value of a formula that raised an exception."""

    said: str


def value(formula: Formula, arguments: Iterable[Any]) -> Any:
    """The formula's value, or `Failed`."""
    with np.errstate(all="ignore"), catch_warnings():
        simplefilter("ignore")
        try:
            return formula(*arguments)
        except (Exception, SystemExit) as error:
            return Failed(f"{type(error).__name__}: {error}")


def tried(formula: Formula, problem: Problem, sample: Sample) -> Any:
    """The value at a sample's input. Whatever the formula does to its arguments, it does to copies."""
    return value(formula, map(copy, sample.case.arguments(problem)))


def exactly(formula: Formula, problem: Problem, sample: Sample) -> Any:
    """The same in double precision, whatever the row."""
    return value(formula, map(as_formulas_take_it, map(copy, sample.case.arguments(problem))))


def copy(x: Any) -> Any:
    """An array that may be changed, in the order in memory that it had; anything else as it is."""
    return x.copy(order="K") if isinstance(x, np.ndarray) else x


def judged(actual: Any, sample: Sample) -> Judgement:
    """What would be said of a hand-in that returned this."""
    if isinstance(actual, Failed):
        return Judgement(Verdict.RAISED, actual.said)
    return judge_at(actual, sample)


def apart(actual: Any, expected: Any, conditions: Sequence[float]) -> float:
    """How far two answers are apart: max |actual − expected| / condition; infinite where the form differs."""
    answers, rights = parts(actual), parts(expected)
    if not len(answers) == len(rights) == len(conditions):
        return float("inf")
    return max(map(_apart, answers, rights, conditions), default=0.0)


def _apart(actual: Any, expected: Any, condition: float) -> float:
    if not isinstance(actual, NUMBERS) or not isinstance(expected, NUMBERS):
        return 0.0 if type(actual) is type(expected) and actual == expected else float("inf")
    x, y = np.asarray(actual), np.asarray(expected)
    if x.shape != y.shape or x.dtype.kind not in "biuf" or y.dtype.kind not in "biuf":
        return float("inf")
    with np.errstate(all="ignore"):
        error = float(np.max(np.abs(x.astype(float) - y.astype(float)), initial=0.0))
    if error == 0:
        return 0.0
    return error / condition if condition and error < float("inf") else float("inf")


def same(actual: Any, expected: Any, sample: Sample) -> bool:
    """Whether two answers at a sample's input cannot be told from each other."""
    return apart(actual, expected, sample.conditions) <= SAME
