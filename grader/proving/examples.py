"""Example hand-ins: each a folder of `submissions_example/`, whose expected.toml says what it should get."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader import files
from grader.assignment import Assignment
from grader.compare import Verdict
from grader.faults import Fault, unforeseen
from grader.proving.proof import ExampleProof
from grader.record import Record
from grader.submission import Submission, read_submission

FOLDER, FILE = "submissions_example", "expected.toml"
KEYS = ("about", "score", "default", "verdicts")


@dataclass(frozen=True)
class Expected:
    """The verdict of every problem by name, and the score."""

    verdicts: Mapping[str, str]
    score: Decimal


def folders(assignment: Assignment) -> tuple[Path, ...]:
    """The examples that come with their expectation."""
    return tuple(sorted(path.parent for path in (assignment.folder / FOLDER).glob(f"*/{FILE}")))


def right_ones(assignment: Assignment) -> tuple[Path, ...]:
    """The examples in which every function is to be right."""
    return tuple(folder for folder in folders(assignment) if _is_right(read(assignment, folder)))


def _is_right(expected: Expected) -> bool:
    return set(expected.verdicts.values()) == {Verdict.RIGHT.value}


def unexpected(assignment: Assignment) -> tuple[str, ...]:
    """The names of the others, of which nobody has said what they should get."""
    every = (path for path in (assignment.folder / FOLDER).glob("*") if path.is_dir())
    return tuple(sorted(path.name for path in every if not (path / FILE).exists()))


def prove(assignment: Assignment, folder: Path, grade: Callable[[Submission], Record]) -> ExampleProof:
    """Grade one example and hold what it got against what it should get."""
    where = f"{FOLDER}/{folder.name}"
    try:
        expected = read(assignment, folder)
    except Fault as fault:
        return ExampleProof(folder.name, (str(fault),))
    try:
        record = grade(read_submission(folder, assignment.settings.file))
    except Exception as error:  # whatever it is, the rest of the proof is still to be told
        says = str(error) if isinstance(error, Fault) else unforeseen(error)
        return ExampleProof(folder.name, (f"{where}: {says}",))
    return ExampleProof(folder.name, tuple(deviations(expected, record, where)), record.staff.isolation)


def deviations(expected: Expected, record: Record, where: str) -> Iterator[str]:
    """One sentence for every verdict that is another than expected, or else for the score."""
    verdicts = {problem.name: problem.verdict for problem in record.problems}
    for name, verdict in verdicts.items():
        if verdict != expected.verdicts[name]:
            yield f"{where}: {name} is {verdict}, and {FILE} says {expected.verdicts[name]}"
    if verdicts == expected.verdicts and record.score != expected.score:
        yield f"{where}: the score is {record.score}, and {FILE} says {expected.score}"


def read(assignment: Assignment, folder: Path) -> Expected:
    """An example's expectation.

    Raises:
        Fault: something in it cannot be used; the sentence names the key.
    """
    path = folder / FILE
    try:
        return _expected(assignment, files.toml(path))
    except ValueError as error:
        raise Fault(f"{FOLDER}/{folder.name}/{FILE}: {error}") from None


def _expected(assignment: Assignment, table: Mapping[str, Any]) -> Expected:
    if unknown := table.keys() - KEYS:
        raise ValueError(f"{min(unknown)} is no key of it: {', '.join(KEYS)} are")
    names = [problem.name for problem in assignment.problems]
    named = table.get("verdicts", {})
    if not isinstance(named, dict):
        raise ValueError(  # noqa: TRY004 - told as what else is wrong here
            f"verdicts = {named}: a table [verdicts] by problem is asked"
        )
    for name in named:
        if name not in names:
            raise ValueError(f"[verdicts] names {name}, which is no problem of this assignment")
    verdicts = {name: str(named.get(name, table.get("default", ""))) for name in names}
    known = [verdict.value for verdict in Verdict]
    for name, verdict in verdicts.items():
        if verdict not in known:
            raise ValueError(f"{name} has '{verdict}', which is none of the verdicts: {', '.join(known)}")
    return Expected(verdicts, _score(table.get("score")))


def _score(score: Any) -> Decimal:
    if isinstance(score, bool) or not isinstance(score, (int, Decimal)) or not Decimal(score).is_finite():
        raise ValueError(f"score = {score}: a number of points is asked")
    return Decimal(score)
