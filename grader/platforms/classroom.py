"""A record as the step output that GitHub Classroom's reporter reads: `result=`, and JSON in base64.

The reporter adds up `tests[].score`; its table counts tests that pass, each alike. It gets the text in an
environment variable, which Linux keeps below 131,072 bytes, and prints names and messages into a log whose
lines may be commands: none of ours is. There is no `duration`: a hand-in could tell a hidden input by it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat

from grader.gradescope.results import NOT_GRADED
from grader.platforms import told
from grader.platforms.room import fitted
from grader.record import ProblemRecord, Record
from grader.report.escape import paragraph, printable, throughout
from grader.report.paste import complete

MAX_BYTES = 120_000  # of `result=…`
MAX_OUTPUT = 500
OUTPUT_CUT = 480  # the mark of a cut comes on top
# `::name::` begins a line, `##[name]` may stand anywhere
COMMAND = re.compile(r"^(\s*:)(?=:)|(#)(?=#\[)", re.MULTILINE)


def _inert(text: str) -> str:
    """The text without a line that the log would take for a command: the marks are set apart."""
    return COMMAND.sub(r"\1\2 ", text)


Text = Annotated[str, AfterValidator(_inert)]
Output = Annotated[Text, Field(max_length=MAX_OUTPUT)]
Status = Literal["pass", "fail", "error"]


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class Test(_Schema):
    """One line of the report. Without a score the sum would be no number."""

    __test__ = False  # a row, not something that pytest should collect

    name: Text
    status: Status
    score: FiniteFloat
    message: Text | None = None
    test_code: Text = ""
    task_id: int = 0
    filename: Text = ""
    line_no: int = 0
    duration: FiniteFloat | None = None
    output: Output | None = None


class Results(_Schema):
    """What one step reports."""

    version: Literal[3] = 3
    status: Status
    message: Text | None = None
    max_score: Annotated[FiniteFloat, Field(ge=0)]
    tests: tuple[Test, ...]


def written(record: Record) -> str:
    """The line for `$GITHUB_OUTPUT`.

    Raises:
        Fault: there are too many functions.
    """
    record = throughout(complete(record), paragraph)
    return fitted(lambda limit: _line(_results(record, limit)), MAX_BYTES, "GitHub Classroom")


def withheld() -> str:
    """Nothing was graded, by no fault of the student's: where the maximum is 0 no points are reported."""
    nothing = Test(name="Nothing was graded", status="error", score=0, message=NOT_GRADED)
    return _line(Results(status="error", message=NOT_GRADED, max_score=0, tests=(nothing,)))


def _results(record: Record, limit: int) -> Results:
    """The reporter shows no message on the whole: the first problem that has not passed tells the notes."""
    notes = told.notes(record, limit)
    failed = [problem for problem in record.problems if not problem.passed]
    return Results(
        status="fail" if failed else "pass",
        message=notes or None,
        max_score=float(record.points),
        tests=tuple(
            _test(problem, record.file, limit, notes if problem in failed[:1] else "")
            for problem in record.problems
        ),
    )


def _test(problem: ProblemRecord, file: str, limit: int, notes: str) -> Test:
    """The reporter shows no output, only messages of what has not passed: they have the input to try."""
    printed = paragraph(_inert(problem.student.printed), min(limit, OUTPUT_CUT))
    texts = [told.why(problem, limit), notes, told.to_try(problem, limit)]
    return Test(
        name=printable(f"{problem.number} {problem.name}: {problem.asks}"),
        status="pass" if problem.passed else "fail",
        score=float(problem.score),
        message="\n\n".join(filter(None, texts)),
        filename=printable(file),
        output=printed or None,
    )


def _line(results: Results) -> str:
    return f"result={b64encode(results.model_dump_json(exclude_none=True).encode()).decode()}"
