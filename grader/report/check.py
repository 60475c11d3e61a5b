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

VERDICT = len("not finite") + 1  # columns
LONG = 20_000  # characters of a line to paste
UNWRITTEN = ("unwritten", "missing")
HIDDEN = "Hidden cases have the last word."


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
    wide = console.width >= WIDE
    row = _grid(numbers, names)
    cells = [
        Text(record.number),
        Text(record.name),
        Text(record.verdict, style=STYLES.get(record.verdict, "red")),
    ]
    row.add_row(*cells, Text(sentence if wide else ""))
    console.print(row)
    if sentence and not wide:
        say(console, f"{' ' * numbers}  {sentence}")


def _grid(numbers: int, names: int) -> Table:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    for width in (numbers, names, VERDICT):
        grid.add_column(width=width, no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def closed(stream: TextIO, record: Record, *, every: bool) -> None:
    """Print what it comes to, and inputs to paste: of the first function that fails, or of every one."""
    console = printed_on(stream)
    console.print()
    say(console, summary(record), style="bold")
    failing = [problem for problem in record.problems if problem.student.detail]
    for problem in failing if every else failing[:1]:
        _show_input(console, problem)
    if failing[1:] and not every:
        say(
            console, f"Other failing inputs: grader check {' '.join(problem.name for problem in failing[1:])}"
        )
    notes(console, throughout(record, printable))


def summary(record: Record) -> str:
    """`17 of 20 functions are right, worth 83 of 100 points. Hidden cases have the last word.`"""
    right = [problem for problem in record.problems if problem.passed]
    written = [problem for problem in record.problems if problem.verdict not in UNWRITTEN]
    count, file = len(record.problems), record.file or record.hand_in
    if not written and not record.remarks:
        first = record.problems[0].name
        return (
            f"0 of {count} functions are right: none is written yet. Begin with {first}: in {file} put a "
            "formula in place of `raise NotImplementedError`, save, and check again."
        )
    left = f"; {count - len(written)} not written yet" if len(written) < count else ""
    worth = f"worth {number(record.score)} of {number(record.points)} points"
    if count == 1:
        return f"{record.problems[0].name} is {'right' if right else 'not right yet'}, {worth}. {HIDDEN}"
    return f"{len(right)} of {count} functions are right, {worth}{left}. {HIDDEN}"


def _show_input(console: Console, problem: ProblemRecord) -> None:
    """The lines as they are: cut off at the margin they could not be pasted."""
    console.print()
    say(console, f"The smallest input on which {printable(problem.name)} fails, to paste into Python:")
    for line in problem.student.detail.splitlines():
        console.print(printable(line, LONG), soft_wrap=True, markup=False, highlight=False)
