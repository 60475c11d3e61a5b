"""A self-check on the terminal: a row for every function, printed as soon as it is known.

As in the other table, a text is one line of harmless characters, and lines that it goes on in are set in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TextIO

from grader.record import ProblemRecord, Record
from grader.report.escape import printable, throughout
from grader.report.text import STYLES, WIDE, notes, number, printed_on, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

GAP = 2
VERDICT = len("not finite") + 1  # columns
LONG = 20_000  # characters of a line to paste
HIDDEN = "Grading tries other inputs, too."


class Asked(Protocol):
    """A problem, of which only these are shown."""

    @property
    def name(self) -> str: ...
    @property
    def number(self) -> str: ...


def opened(stream: TextIO, title: str, problems: Sequence[Asked]) -> Callable[[ProblemRecord], None]:
    """Print the head; what comes back prints a problem's row."""
    console = printed_on(stream)
    numbers, names = (
        max(map(len, texts)) for texts in zip(*((p.number, p.name) for p in problems), strict=True)
    )
    say(console, title, style="bold")
    topics: list[str] = []

    def row(record: ProblemRecord) -> None:
        if record.topic not in topics:
            topics.append(record.topic)
            console.print()
        _show_row(console, throughout(record, printable), numbers, names)

    return row


def _show_row(console: Console, record: ProblemRecord, numbers: int, names: int) -> None:
    from rich.text import Text

    sentence = "" if record.verdict == "right" and not record.numerical else record.student.sentence
    room = console.width - (numbers + names + VERDICT + 3 * GAP)
    beside = console.width >= WIDE or len(sentence) <= room
    row = _grid(numbers, names, VERDICT)
    cells = [
        Text(record.number),
        Text(record.name),
        Text(record.verdict, style=STYLES.get(record.verdict, "red")),
    ]
    row.add_row(*cells, Text(sentence if beside else ""))
    console.print(row)
    if not beside:
        below = _grid(numbers)
        below.add_row("", Text(sentence))
        console.print(below)


def _grid(*widths: int) -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, GAP, 0, 0))
    for width in widths:
        grid.add_column(width=width, no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def closed(stream: TextIO, record: Record, *, every: bool = False, again: str = "", source: str = "") -> None:
    """Print what it comes to, and inputs to paste: of the first function that fails, or of every one.

    `again` is the command that shows another one's, without its name; `source` a line that makes a function
    of the file known, with {0} for its name.
    """
    console = printed_on(stream)
    console.print()
    say(console, summary(record), style="bold")
    failing = [problem for problem in record.problems if problem.student.detail]
    for problem in failing if every else failing[:1]:
        imports = ("import numpy as np", source.format(problem.name)) if source else ()
        _show_input(console, problem, imports)
    if failing[1:] and again and not every:
        say(console, f"The next one's: {again} {failing[1].name}")
    notes(console, throughout(record, printable))


def summary(record: Record) -> str:
    """`17 of 20 functions are right, worth 83 of 100 points; 2 not written yet. Grading …`"""
    count, first = len(record.problems), record.problems[0].name
    right, unwritten = (
        sum(each) for each in zip(*((p.passed, p.unwritten) for p in record.problems), strict=True)
    )
    if unwritten == count:
        return _beginning(record)
    said = (
        f"{right} of {count} functions are right"
        if count > 1
        else f"{first} is {'right' if right else 'not right yet'}"
    )
    worth = f"worth {number(record.score)} of {number(record.points)} points"
    unchecked = sum(problem.verdict == "unchecked" for problem in record.problems)
    left = f"; {unwritten} not written yet" if unwritten else ""
    left += f"; of {unchecked} only grading can tell" if unchecked else ""
    done = f" Now hand in {record.file}." if record.file and right == count > 1 else ""
    return f"{said}, {worth}{left}.{f' {HIDDEN}' if right else ''}{done}"


def _beginning(record: Record) -> str:
    """What to do where nothing is written yet."""
    count, first = len(record.problems), record.problems[0].name
    nothing = f"0 of {count} functions are right: none is written yet. Begin with {first}"
    place = f" in {record.file}" if record.file else ""
    return (
        f"{nothing if count > 1 else f'{first} is not written yet'}: put a formula in place of "
        f"`raise NotImplementedError`{place}, and check again."
    )


def _show_input(console: Console, problem: ProblemRecord, imports: tuple[str, ...]) -> None:
    """The lines as they are: cut off at the margin they could not be pasted."""
    console.print()
    say(console, f"The smallest input on which {printable(problem.name)} fails, to paste into Python:")
    for line in (*imports, *problem.student.detail.splitlines()):
        console.print(printable(line, LONG), soft_wrap=True, markup=False, highlight=False)
