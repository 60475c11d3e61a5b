"""Scores as CSV: what Gradescope's download and Canvas' import look like, and one of our own with everything.

Every student of the gradebook has a row in each, whoever could not be graded with an empty score. Ids, sids
and addresses come out as they came in, leading zeros and all, unless a spreadsheet would compute with them.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

from grader.batch.gradebook import Gradebook, Line
from grader.batch.roster import Student
from grader.report.escape import cell
from grader.report.text import number

BYTE_ORDER_MARK = "\ufeff"
GRADESCOPE = (
    *("First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points", "Status"),
    *("Submission ID", "Submission Time", "Lateness (H:M:S)", "View Count", "Submission Count"),
)
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# columns that Canvas computes itself
TOTALS = re.compile("(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
POINTS_POSSIBLE = "Points Possible"
ALL = ("id", "name", "email", "sid", "status", "reason", "score")
WHOLE = 32_000  # characters; a spreadsheet's cell holds 32,767
CENT = Decimal("0.01")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)")


def gradescope_csv(gradebook: Gradebook) -> str:
    """In the form of an assignment's "Download Grades", a column for every function.

    Empty is what no export of submissions tells: sections, views, attempts, by how much it is late.
    """
    columns = [f"{each.number}: {each.name} ({float(each.points)} pts)" for each in gradebook.functions]
    header = [*GRADESCOPE, *map(cell, columns)]
    return _written([header, *(_gradescope_row(gradebook, line) for line in gradebook.lines)])


def _gradescope_row(gradebook: Gradebook, line: Line) -> list[str]:
    first, last = split(_name(line.student))
    graded = line.score is not None
    return [
        *(cell(first), cell(last), _whole(line.student.sid), _whole(line.student.email), ""),
        *(_decimal(line.score), _decimal(gradebook.points), "Graded" if graded else "Ungraded"),
        *(_whole(line.entry.removeprefix("submission_")), cell(_moment(line.handed_in)), "", "", ""),
        *_marks(gradebook, line, _decimal),
    ]


def split(name: str) -> tuple[str, str]:
    """First and last name: a comma tells them apart, else the last word is the last name."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return (first.strip(), last) if first else (last, "")


def _name(student: Student) -> str:
    """Of whom nothing else is known the id, so that somebody can tell whose row it is."""
    return student.name or ("" if student.sid or student.email else student.id)


def _moment(handed_in: str) -> str:
    """`2023-12-02 08:19:57 +0000` of what the export writes; another form stays as it is."""
    found = MOMENT.fullmatch(handed_in.strip())
    if not found:
        return handed_in
    day, time, zone = found.groups()
    return f"{day} {time} {'+0000' if zone == 'Z' else zone.replace(':', '')}"


def canvas_csv(gradebook: Gradebook, assignment: str = "") -> str:
    """What Canvas imports: who, and the total to two decimals, which is all that it shows.

    Canvas looks for a student by `ID`, which only its own export tells, then by `SIS User ID` and
    `SIS Login ID`, and last by name, where it takes the first of several: so a name that two students of
    ours share has the id behind it, and Canvas asks. An empty score takes away one that Canvas already has.

    Args:
        assignment: the column's name: `Homework 2 (1234)` with Canvas' number of an assignment that is there,
            else its title; one that is not there is made. Without it, the gradebook's title. Either is
            written as `canvas_column` has it.
    """
    column = canvas_column(assignment or gradebook.title)
    names = Counter(line.student.name for line in gradebook.lines)
    rows = (_canvas_row(gradebook, line, names[line.student.name] > 1) for line in gradebook.lines)
    points = [f"    {POINTS_POSSIBLE}", "", "", "", "", _cents(gradebook.points)]
    return _written([[*CANVAS, column], points, *rows])


def canvas_column(title: str) -> str:
    """The title as a cell; with a hyphen in what Canvas takes for a total of its own and passes over."""
    return TOTALS.sub(lambda total: total[0].replace(" ", "-"), cell(title))


def _canvas_row(gradebook: Gradebook, line: Line, shared: bool) -> list[str]:
    """Canvas reads an id as far as it is a number, so another platform's could be somebody else's."""
    student = line.student
    is_canvas = gradebook.platform == "Canvas" and student.id.isascii() and student.id.isdigit()
    name = f"{student.name} ({student.id})" if shared and student.name and not is_canvas else _name(student)
    return [
        cell(name.replace(POINTS_POSSIBLE, "Points-Possible")),  # else it would be read as the second row
        student.id if is_canvas else "",
        *(_whole(student.sid), _whole(student.email), "", _cents(line.score)),
    ]


def all_csv(gradebook: Gradebook) -> str:
    """One row for every student, for people: a byte order mark tells Excel that the names are UTF-8.

    The platforms' files have none, for there a first column of another name would be another column.
    """
    header = [*ALL, *(cell(each.name) for each in gradebook.functions)]
    rows = [
        [
            *(_whole(line.student.id), cell(line.student.name)),
            *(_whole(line.student.email), _whole(line.student.sid), cell(line.status), cell(line.reason)),
            *(_plain(line.score), *_marks(gradebook, line, _plain)),
        ]
        for line in gradebook.lines
    ]
    return BYTE_ORDER_MARK + _written([header, *rows])


def _marks(gradebook: Gradebook, line: Line, form: Callable[[Decimal | None], str]) -> list[str]:
    """A cell for every function; empty where there is no score."""
    found = [form(mark.score) for mark in line.marks] if line.score is not None else []
    return [*found, *[""] * (len(gradebook.functions) - len(found))]


def _whole(text: str) -> str:
    """What something is known by: nothing is cut out of it."""
    return cell(text, WHOLE)


def _decimal(score: Decimal | None) -> str:
    """As Gradescope writes it: 20.0, 83.5."""
    return "" if score is None else str(float(score))


def _cents(score: Decimal | None) -> str:
    return "" if score is None else f"{score.quantize(CENT, ROUND_HALF_UP):f}"


def _plain(score: Decimal | None) -> str:
    return "" if score is None else number(score)


def _written(rows: Iterable[Iterable[str]]) -> str:
    """RFC 4180."""
    stream = StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()
