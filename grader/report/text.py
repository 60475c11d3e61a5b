"""A record as a table on the terminal.

Every text of the record is printed as one line of harmless characters: control codes are written out,
markup is not read, and lines that a long one goes on in are set in, so that none can pass for another.
"""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Literal, TextIO

from grader.record import ProblemRecord, Record
from grader.report.escape import printable, throughout

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PIPE_WIDTH = 110  # columns where there is no terminal to ask
NEXT = "results.json (--json PATH) has the smallest failing inputs of public cases, to paste."
INDENT = "  "
MOST_PRINTED = 200  # characters; results.json has more
WIDE = 90  # columns from which the sentences fit beside the names
STYLES = {"right": "green", "imprecise": "yellow", "unwritten": "dim", "missing": "dim", "not run": "dim"}


def show(record: Record, stream: TextIO) -> None:
    """Print the record. Colour follows the terminal and NO_COLOR; the words alone say everything."""
    from rich.text import Text

    console = printed_on(stream)
    record = throughout(record, printable)
    say(console, f"{record.assignment}: {record.hand_in}", style="bold")
    wide = console.width >= WIDE
    console.print(_table(record, sentences=wide))
    for problem in () if wide else record.problems:
        if _seen(problem):
            say(console, f"{problem.name}: {_seen(problem)}")
    if any(problem.student.detail for problem in record.problems):
        console.print(Text(NEXT))
    passed = sum(problem.passed for problem in record.problems)
    total = f"{number(record.score)} of {number(record.points)} points"
    console.print(Text(f"{total}, {passed} of {len(record.problems)} functions", style="bold"))
    notes(console, record)


def notes(console: Console, record: Record) -> None:
    """What else is to be known: remarks on the hand-in, and what it printed."""
    for remark in record.remarks:
        say(console, f"note: {remark}")
    for name, printed in (
        (record.file or "the file", record.printed),
        *((p.name, p.student.printed) for p in record.problems),
    ):
        if printed:
            say(console, f"note: {name} printed: {printable(printed, MOST_PRINTED)}")


def printed_on(stream: TextIO) -> Console:
    """What a report is printed on: as wide as the terminal, if it is one; plain where it becomes a text."""
    from rich.console import Console

    width = None if stream.isatty() else PIPE_WIDTH
    # in a text there are none, whatever a kernel's environment says
    colours: Literal["auto"] | None = None if isinstance(stream, StringIO) else "auto"
    return Console(file=stream, highlight=False, width=width, force_jupyter=False, color_system=colours)


def say(console: Console, text: str, style: str = "") -> None:
    """A text on its own lines; those it goes on in are set in."""
    from rich.text import Text

    lines = Text(text, style=style).wrap(console, max(console.width - len(INDENT), 1), overflow="fold")
    console.print(Text(f"\n{INDENT}").join(lines))


def _table(record: Record, *, sentences: bool) -> Table:
    """The table, with the column of sentences where there is room for it."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column("function", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    if sentences:
        table.add_column("what was seen", overflow="fold")
    for place, problem in enumerate(record.problems):
        last = place + 1 == len(record.problems) or record.problems[place + 1].topic != problem.topic
        table.add_row(
            Text(problem.number),
            Text(problem.name),
            f"{number(problem.score)}/{number(problem.points)}",
            Text(problem.verdict, style=STYLES.get(problem.verdict, "red")),
            *([Text(_seen(problem))] if sentences else []),
            end_section=last,
        )
    return table


def _seen(problem: ProblemRecord) -> str:
    """What the student is told, and, for whoever has the reference to grade with, why."""
    why = "".join(f"\n→ {reason}" for reason in (problem.diagnosis.place, problem.numerical) if reason)
    return "" if problem.verdict == "right" and not problem.numerical else f"{problem.student.sentence}{why}"


def number(value: Decimal) -> str:
    """`4`, `2.5`: no trailing zeros, no exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
