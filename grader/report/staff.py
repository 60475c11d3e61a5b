"""A few lines about one graded hand-in for whoever keeps the machine: verdicts and circumstances.

They may end up before a student's eyes, so nothing is in them that was measured on hidden cases: no seconds
either, since a hand-in could tell a hidden input by how long it sleeps.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.record import Record
from grader.report.escape import printable, throughout


def lines(record: Record) -> Iterator[str]:
    """One line for every problem, then what they were graded with."""
    record = throughout(record, printable)
    points = [f"{problem.score:f}/{problem.points:f}" for problem in record.problems]
    name = max((len(problem.name) for problem in record.problems), default=0)
    last = max(map(len, points), default=0)
    for problem, earned in zip(record.problems, points, strict=True):
        yield f"{problem.number:5} {problem.name:{name}}  {problem.verdict:12} {earned:>{last}}"
    staff = record.staff
    yield f"{record.file or 'no file'}: {record.score:f} of {record.points:f} points"
    yield f"isolation: {staff.isolation}"
    yield f"grader {staff.grader}, Python {staff.python}, numpy {staff.numpy}, seed {staff.seed_id}"
    yield f"earlier attempts: {staff.earlier}"
