"""A record as results.json: every planned problem has its row, whatever happened.

Every text of the record goes through `paragraph` first: lines stay lines, codes that act are written out.
What became of hidden cases has rows of its own where the author wants them shown later or never.

There is no `execution_time`: a hand-in could tell a hidden input by how long it sleeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from grader.gradescope.late import SCORE
from grader.gradescope.schema import MAX_OUTPUT, Leader, Results, Test, Visibility
from grader.record import PASSING, ProblemRecord, Record
from grader.report.escape import PARAGRAPH, fenced, markdown, paragraph, throughout
from grader.report.paste import complete
from grader.settings import Display

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
PLAIN = Display()


def results(record: Record, display: Display = PLAIN) -> Results:
    """What Gradescope is told. The top-level score is the exact sum of the rows', in points.

    Every text in it is escaped. `to_json` of `grader.gradescope.schema` writes it.
    """
    record = throughout(complete(record), paragraph)
    printed = [f"{record.file or 'The file'} printed:\n{record.printed}"] if record.printed else []
    return Results(
        score=_number(record.score),
        output="\n".join([*record.remarks, *printed]),
        **SHOWN | {"test_output_format": "md" if display.feedback == "markdown" else "text"},
        extra_data=_for_regrades(record),
        tests=tuple(row for problem in record.problems for row in _rows(problem, display)),
        leaderboard=_leaders(record) if display.leaderboard else None,
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


def _for_regrades(record: Record) -> dict[str, Any]:
    """What students do not see: why, on what, how long."""
    staff = asdict(record.staff)
    return {
        **{name: staff[name] for name in ("grader", "python", "numpy", "platform", "seed_id", "isolation")},
        "hand_in_sha256": record.staff.hand_in_sha256,
        "attempts": record.staff.earlier,
        "seconds": {name: round(seconds, 4) for name, seconds in staff["timings"].items()},
        "diagnoses": {p.name: p.diagnosis.id for p in record.problems if p.diagnosis.id},
        "numerical": {p.name: p.numerical for p in record.problems if p.numerical},
    }


def _leaders(record: Record) -> tuple[Leader, ...]:
    right = sum(problem.passed for problem in record.problems)
    return Leader(name=SCORE, value=_number(record.score)), Leader(name="Functions right", value=float(right))


def _rows(problem: ProblemRecord, display: Display) -> Iterable[Test]:
    """One row, or one for the public cases and one, with the points, for all."""
    student, visibility = problem.student, display.visibility.get(problem.name, "visible")
    told = [student.sentence, *([f"Hint: {student.hint}"] if student.hint else [])]
    pasted = [("An input to try:", student.detail)] if student.detail else []
    printed = [("On a public case it printed:", student.printed)] if student.printed else []
    if display.hidden_cases == "visible":
        yield _row(problem, _output(display, told, pasted + printed), visibility)
        return
    public = [case for case in problem.staff if case.public]
    if all(case.verdict in PASSING for case in public):
        imprecise = any(case.verdict == "imprecise" for case in public)
        first = _output(display, [_right_on(len(public), imprecise=imprecise)], printed)
        yield _public_row(problem, first, visibility, "imprecise" if imprecise else "right")
        yield _hidden_row(problem, _output(display, told, []), visibility, display)
    else:
        yield _public_row(problem, _output(display, told, pasted + printed), visibility, problem.verdict)
        again = _output(display, ["It fails on public cases already."], [])
        yield _hidden_row(problem, again, visibility, display)


def _right_on(public: int, *, imprecise: bool) -> str:
    cases = f"{public} public cases" if public > 1 else "public case"
    return f"Right on the {cases}{', but digits are lost' if imprecise else ''}."


def _row(problem: ProblemRecord, output: str, visibility: Visibility) -> Test:
    return Test(
        score=_number(problem.score),
        max_score=_number(problem.points),
        status="passed" if problem.passed else "failed",
        name=f"{problem.name}: {problem.asks}",
        number=problem.number,
        output=output,
        tags=(problem.topic, problem.verdict),
        visibility=visibility,
    )


def _public_row(problem: ProblemRecord, output: str, visibility: Visibility, verdict: str) -> Test:
    """A line of information: what the public cases alone tell."""
    status = "passed" if verdict in PASSING else "failed"
    return _row(problem, output, visibility).model_copy(
        update={"score": None, "max_score": None, "status": status, "tags": (problem.topic, verdict)}
    )


def _hidden_row(problem: ProblemRecord, output: str, visibility: Visibility, display: Display) -> Test:
    """The points; seen when the hidden cases may be, unless the problem's rows are seen even later."""
    row = _row(problem, output, max(visibility, display.hidden_cases, key=SEEN.index))
    return row.model_copy(
        update={"name": f"{problem.name}: all cases, hidden ones too", "number": f"{problem.number}h"}
    )


SEEN: tuple[Visibility, ...] = ("visible", "after_due_date", "after_published", "hidden")  # ever later


def _output(display: Display, sentences: list[str], blocks: list[tuple[str, str]]) -> str:
    """Sentences, and texts with a title, in the row's format."""
    if display.feedback == "text":
        return "\n\n".join([*sentences, *(f"{title}\n{text}" for title, text in blocks)])
    limit = PARAGRAPH
    while len(output := _in_markdown(sentences, blocks, limit)) >= MAX_OUTPUT:
        limit //= 2  # escapes and fences are longer than what they hold; nobody else may cut through them
    return output


def _in_markdown(sentences: list[str], blocks: list[tuple[str, str]], limit: int) -> str:
    told = [markdown(sentence, limit) for sentence in sentences]
    return "\n\n".join([*told, *(f"{title}\n\n{fenced(text, limit)}" for title, text in blocks)])


def _number(points: Decimal) -> float:
    """The double nearest to an exact decimal; its shortest text is that decimal again."""
    return float(points)
