"""A record as results.json: one row for every planned problem, whatever happened.

Every text of the record goes through `paragraph` first: lines stay lines, codes that act are written out.

There is no `execution_time`: a hand-in could tell a hidden input by how long it sleeps.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from grader.gradescope.schema import Results, Test
from grader.record import ProblemRecord, Record
from grader.report.escape import paragraph, throughout

SHOWN: dict[str, Any] = {
    "output_format": "text",
    "test_output_format": "text",
    "test_name_format": "text",
    "visibility": "visible",
    "stdout_visibility": "hidden",
}
NOT_GRADED = (
    "The autograder could not grade this submission. That is no fault of yours and costs no points: "
    "the course staff can see the reason and will grade it again."
)


def results(record: Record) -> Results:
    """What Gradescope is told. The top-level score is the exact sum of the rows'."""
    record = throughout(record, paragraph)
    return Results(
        score=_number(record.score),
        output="\n".join(
            [*record.remarks, *_printed(f"{record.file or 'The file'} printed:", record.printed)]
        ),
        **SHOWN,
        extra_data={
            "grader": record.staff.grader,
            "python": record.staff.python,
            "numpy": record.staff.numpy,
            "seed_id": record.staff.seed_id,
            "isolation": record.staff.isolation,
            "hand_in_sha256": record.staff.hand_in_sha256,
            "diagnoses": {p.name: p.diagnosis.id for p in record.problems if p.diagnosis.id},
            "numerical": {p.name: p.numerical for p in record.problems if p.numerical},
        },
        tests=tuple(map(_test, record.problems)),
    )


def withheld(reason: str) -> Results:
    """Nothing was graded, by no fault of the student's: an honest sentence for them, the reason for staff.

    A file without a score is no valid one; but where a row is hidden, students see no total.
    """
    reason = paragraph(reason)
    return Results(
        score=0.0,
        output=NOT_GRADED,
        **SHOWN,
        extra_data={"withheld": reason},
        tests=(
            Test(
                score=0.0,
                max_score=0.0,
                status="failed",
                name="For staff: nothing was graded",
                output=reason,
                visibility="hidden",
            ),
        ),
    )


def _test(problem: ProblemRecord) -> Test:
    student = problem.student
    hint = [f"Hint: {student.hint}"] if student.hint else []
    detail = [f"An input to try:\n{student.detail}"] if student.detail else []
    return Test(
        score=_number(problem.score),
        max_score=_number(problem.points),
        status="passed" if problem.passed else "failed",
        name=f"{problem.name}: {problem.asks}",
        number=problem.number,
        output="\n\n".join(
            [student.sentence, *hint, *detail, *_printed("On a public case it printed:", student.printed)]
        ),
        tags=(problem.topic, problem.verdict),
        visibility="visible",
    )


def _printed(title: str, text: str) -> list[str]:
    return [f"{title}\n{text}"] if text else []


def _number(points: Decimal) -> float:
    """The double nearest to an exact decimal; its shortest text is that decimal again."""
    return float(points)
