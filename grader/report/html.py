"""A self-check as a piece of HTML, for a notebook: a row for every problem, below it what helps if it fails.

It shows what a student may see and nothing that is staff's. Every text in it is escaped. Styles stand at the
elements, for notebooks drop style sheets, and none sets a colour of text, so it is read on light and on dark.
A verdict is a sign and a word; its colour only repeats that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.record import ProblemRecord, Record
from grader.report.check import summary
from grader.report.escape import html, printable
from grader.report.text import number

GREEN, ORANGE, VERMILION, GREY = "#009E73", "#E69F00", "#D55E00", "#8a8a8a"  # Okabe and Ito's, for all eyes
SIGNS = {
    "right": ("✓", GREEN),
    "imprecise": ("≈", ORANGE),
    **dict.fromkeys(("unwritten", "missing", "not run"), ("–", GREY)),
}
WRONG = ("✗", VERMILION)
HEAD = ("", "function", "points", "verdict", "what was seen")
MOST = 40  # characters of a name that stay on one line
NONE: Mapping[str, str] = {}

WORDS = "white-space:pre-line;overflow-wrap:anywhere"
CELL = f"padding:.35em 1em .35em 0;vertical-align:top;text-align:left;border:0;border-top:1px solid {GREY}"
TABLE = "table-layout:auto;border-collapse:collapse;border:0;width:100%;margin:0;font-size:inherit"
NAME, LONG_NAME = "font-family:monospace;white-space:nowrap", "font-family:monospace;overflow-wrap:anywhere"
BELOW = "padding:0 0 .6em;text-align:left;border:0;max-width:none"
CODE = (
    "margin:.3em 0 .8em;padding:.5em .8em;border:1px solid;border-radius:4px;white-space:pre-wrap;"
    "overflow-wrap:anywhere;font-family:monospace;background:transparent;color:inherit"
)
PICTURE = "margin:.3em 0 .8em;width:0;min-width:100%;overflow-x:auto"  # scrolls where the cell would grow


def table(record: Record, pictures: Mapping[str, str] = NONE) -> str:
    """The record as one `<div>`.

    Args:
        pictures: HTML by the problem's name, as `report.pictures.figure` has it; it is taken as it is.
    """
    return "\n".join(
        [
            '<div style="max-width:66em;text-align:left">',
            _paragraph(f"<strong>{html(printable(record.assignment))}</strong>"),
            problems_table(record.problems, pictures),
            _paragraph(f"<strong>{html(summary(record))}</strong>"),
            *notes(record),
            "</div>",
        ]
    )


def problems_table(problems: Sequence[ProblemRecord], pictures: Mapping[str, str] = NONE) -> str:
    """The rows alone; what helps with a single one is open."""
    opened = " open" if len(problems) == 1 else ""
    return "\n".join(
        [
            f'<table style="{TABLE}">',
            f"<thead><tr>{''.join(map(_head, HEAD))}</tr></thead>",
            "<tbody>",
            *(_rows(problem, pictures.get(problem.name, ""), opened) for problem in problems),
            "</tbody>",
            "</table>",
        ]
    )


def notes(record: Record) -> Iterator[str]:
    """What was passed over or could not be executed, and what the file printed: paragraphs."""
    for remark in record.remarks:
        yield _paragraph(f"note: {html(remark)}")
    if record.printed:
        yield _paragraph("note: the file printed")
        yield _code(record.printed)


def _head(text: str) -> str:
    return f'<th scope="col" style="{CELL};border-top:0">{text}</th>'


def _rows(problem: ProblemRecord, picture: str, opened: str) -> str:
    """The problem's row, and below it one for what helps, if anything does."""
    sign, colour = SIGNS.get(problem.verdict, WRONG)
    mark = f'<span aria-hidden="true" style="border-left:4px solid {colour};padding-left:.5em">{sign}</span>'
    cells = (
        (html(printable(problem.number)), ""),
        (f"<bdi>{html(printable(problem.name))}</bdi>", NAME if len(problem.name) <= MOST else LONG_NAME),
        (f"{number(problem.score)}/{number(problem.points)}", "white-space:nowrap"),
        (f"{mark} {html(printable(problem.verdict))}", "white-space:nowrap"),
        (_seen(problem), "max-width:none;width:100%"),
    )
    row = "".join(f'<td style="{CELL};{style}">{cell}</td>' for cell, style in cells)
    helps = "".join(_helps(problem, picture))
    if not helps:
        return _row(row)
    what = "where it fails" if problem.student.detail or picture else "what it printed"
    details = f"<details{opened}><summary>{what}</summary>{helps}</details>"
    below = f'<td style="{BELOW}"></td><td colspan="4" style="{BELOW}">{details}</td>'
    return f"{_row(row)}\n{_row(below)}"


def _row(cells: str) -> str:
    return f'<tr style="background:transparent">{cells}</tr>'


def _seen(problem: ProblemRecord) -> str:
    """The sentence, and the hint where there is one."""
    hint = f"\nHint: {problem.student.hint}" if problem.student.hint else ""
    return f'<div dir="auto" style="{WORDS}">{html(problem.student.sentence + hint)}</div>'


def _helps(problem: ProblemRecord, picture: str) -> Iterator[str]:
    """The picture, the smallest failing input, what was printed."""
    if picture:
        yield f'<div style="{PICTURE}">{picture}</div>'
    if problem.student.detail:
        yield _paragraph("The smallest input on which it fails, to paste into Python:")
        yield _code(problem.student.detail)
    if problem.student.printed:
        yield _paragraph("On a public case it printed:")
        yield _code(problem.student.printed)


def _paragraph(content: str) -> str:
    return f'<p dir="auto" style="margin:.5em 0;{WORDS}">{content}</p>'


def _code(text: str) -> str:
    """Lines as they are. HTML drops a line break at the start, so there is one to drop."""
    return f'<pre dir="ltr" style="{CODE}">\n{html(text)}</pre>'
