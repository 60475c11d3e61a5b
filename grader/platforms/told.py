"""What a record tells its student, in texts of a limited length: nothing of it was for staff.

The record is one whose texts are paragraphs already: lines stay lines, codes that act are written out.
"""

from __future__ import annotations

from grader.record import ProblemRecord, Record
from grader.report.escape import paragraph
from grader.report.text import number


def total(record: Record) -> str:
    passed = sum(problem.passed for problem in record.problems)
    points = f"{number(record.score)} of {number(record.points)} points"
    return f"{points}, {passed} of {len(record.problems)} functions"


def notes(record: Record, limit: int) -> str:
    """What was passed over or could not be executed, and what the file printed."""
    printed = _titled(f"{record.file or 'The file'} printed:", record.printed, limit)
    return "\n".join([*(paragraph(remark, limit) for remark in record.remarks), *printed])


def why(problem: ProblemRecord, limit: int) -> str:
    """The sentence, and the hint if there is one."""
    hint = [f"Hint: {paragraph(problem.student.hint, limit)}"] if problem.student.hint else []
    return "\n\n".join([paragraph(problem.student.sentence, limit), *hint])


def to_try(problem: ProblemRecord, limit: int) -> str:
    """An input to paste, and what the code printed."""
    detail = _titled("An input to try:", problem.student.detail, limit)
    printed = _titled("On a public case it printed:", problem.student.printed, limit)
    return "\n\n".join([*detail, *printed])


def _titled(title: str, text: str, limit: int) -> list[str]:
    return [f"{title}\n{paragraph(text, limit)}"] if text else []
