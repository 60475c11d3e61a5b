"""A record as PrairieLearn's results.json: the fraction of the points, and a row for every problem.

Where there was nothing to grade `gradable` is false, which charges no attempt. All of it is shown to the
student. A score that the platform would refuse is refused here, and the file has less than a megabyte.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from grader.gradescope.results import NOT_GRADED
from grader.platforms import told
from grader.platforms.room import fitted
from grader.record import ProblemRecord, Record
from grader.report.escape import paragraph, throughout
from grader.report.paste import complete

MAX_BYTES = 1_000_000

Share = Annotated[FiniteFloat, Field(ge=0, le=1)]


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class Image(_Schema):
    """A picture; the grader writes none."""

    url: str
    label: str | None = None


class Test(_Schema):
    """One row of the page."""

    __test__ = False  # a row, not something that pytest should collect

    name: str
    points: FiniteFloat
    max_points: FiniteFloat
    description: str | None = None
    message: str | None = None
    output: str | None = None
    images: tuple[Image, ...] | None = None


class Results(_Schema):
    """The whole file."""

    gradable: bool = True
    score: Share | None = None
    message: str | None = None
    output: str | None = None
    images: tuple[Image, ...] | None = None
    format_errors: str | tuple[str, ...] | None = None
    tests: tuple[Test, ...] | None = None

    @model_validator(mode="after")
    def _with_a_score(self) -> Results:
        if self.gradable and self.score is None:
            raise ValueError("a submission that is gradable needs a score")
        return self


def written(record: Record) -> str:
    """The file's text.

    Raises:
        Fault: there are too many functions.
    """
    record = throughout(complete(record), paragraph)
    return fitted(lambda limit: _json(_results(record, limit)), MAX_BYTES, "PrairieLearn")


def withheld() -> str:
    """Nothing was graded, by no fault of the student's."""
    return _json(Results(gradable=False, message=NOT_GRADED))


def _results(record: Record, limit: int) -> Results:
    if _without_source(record):
        errors = tuple(paragraph(remark, limit) for remark in record.remarks)
        return Results(gradable=False, format_errors=errors)
    return Results(
        score=_share(record.score, record.points),
        message=told.total(record),
        output=told.notes(record, limit) or None,
        tests=tuple(_test(problem, limit) for problem in record.problems),
    )


def _without_source(record: Record) -> bool:
    """Whether there was nothing that a student had written: a picture, an empty zip."""
    return not record.file and all(problem.verdict == "unreadable" for problem in record.problems)


def _test(problem: ProblemRecord, limit: int) -> Test:
    return Test(
        name=f"{problem.number} {problem.name}",
        description=problem.asks,
        points=float(problem.score),
        max_points=float(problem.points),
        message=told.why(problem, limit),
        output=told.to_try(problem, limit) or None,
    )


def _share(score: Decimal, points: Decimal) -> float:
    """The double nearest to the exact fraction, within 0 and 1."""
    return float(min(max(Fraction(score) / Fraction(points), Fraction(0)), Fraction(1))) if points else 0.0


def _json(results: Results) -> str:
    return str(results.model_dump_json(exclude_none=True, indent=1))
