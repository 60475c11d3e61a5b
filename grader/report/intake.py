"""What was found in an export, before anything runs: counts, what needs attention, and all of it if asked.

What keeps hand-ins from being graded is a sentence, said once for all whom it is true of, so that a class of
5,000 fits on a screen. Every text of the export is printed as one line of harmless characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import TYPE_CHECKING, TextIO

from grader.batch.roster import Entry, Export, Student
from grader.report.escape import printable
from grader.report.text import printed_on, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

ALL = "--all lists everything"  # the command's own option
MOST_ROWS = 25  # of a table, unless everything is asked for
MOST_NAMED = 4  # students or paths of one row
SENTENCE = 240  # characters
NAME = 60
THEIRS, OURS = "the student's", "the export's"


def lines(export: Export, faults: Mapping[str, str] | None = None, *, everything: bool = False) -> list[str]:
    """What `write` prints where there is no terminal."""
    stream = StringIO()
    write(export, stream, faults, everything=everything)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def write(
    export: Export, stream: TextIO, faults: Mapping[str, str] | None = None, *, everything: bool = False
) -> None:
    """Print it. `faults` says by the ids of entries why nothing in their files can be graded, where known."""
    console = printed_on(stream)
    faults = faults or {}
    most = None if everything else MOST_ROWS
    for number, line in enumerate(_counts(export, faults)):
        say(console, line, style="" if number else "bold")
    if wrong := _wrong(export, faults):
        console.print(
            _table(("students", "why there is nothing to grade", "whose doing", "who"), wrong, most)
        )
        _say_more(console, len(wrong), most)
    if passed := _passed(export):
        console.print(_table(("files", "why they were passed over", "which"), passed, most))
        _say_more(console, len(passed), most)
    for note in export.notes[:most]:
        say(console, f"note: {printable(note, SENTENCE)}")
    _say_more(console, len(export.notes), most)
    if everything:
        headings = ("entry", "students", "files", "handed in", "")
        console.print(_table(headings, [_row(entry, faults) for entry in export.entries], None))


def _counts(export: Export, faults: Mapping[str, str]) -> list[str]:
    students = sum(len(entry.students) for entry in export.entries)
    graded = [entry for entry in export.entries if not _sentence(entry, faults)]
    groups = sum(len(entry.students) > 1 for entry in graded)
    late = sum(entry.late for entry in graded)
    of_them = [f"{groups} of groups"] * bool(groups) + [f"{late} late"] * bool(late)
    told = [
        f"{printable(export.platform, NAME)}: {_number(students, 'student')}",
        f"{_number(len(graded), 'hand-in')} to grade{', ' if of_them else ''}{', '.join(of_them)}",
    ]
    missing = sum(len(e.students) for e in export.entries) - sum(len(e.students) for e in graded)
    if missing:
        told.append(f"{_number(missing, 'student')} with nothing to grade")
    if export.ignored:
        told.append(f"{_number(len(export.ignored), 'file or folder', 'files or folders')} passed over")
    return [told[0], "; ".join(told[1:])]


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _sentence(entry: Entry, faults: Mapping[str, str]) -> str:
    return entry.problem or faults.get(entry.id, "")


def _wrong(export: Export, faults: Mapping[str, str]) -> list[tuple[str, ...]]:
    """One row for every sentence: what is not the students' doing first, then by how many it concerns."""
    whom: dict[tuple[bool, str], list[Student]] = {}
    for entry in export.entries:
        if sentence := _sentence(entry, faults):
            whom.setdefault((not entry.ours, sentence), []).extend(entry.students)
    ordered = sorted(whom.items(), key=lambda item: (item[0][0], -len(item[1])))
    return [
        (f"{len(who):,}", printable(sentence, SENTENCE), THEIRS if theirs else OURS, _few(map(_student, who)))
        for (theirs, sentence), who in ordered
    ]


def _passed(export: Export) -> list[tuple[str, ...]]:
    reasons = Counter(item.why for item in export.ignored)
    paths: dict[str, list[str]] = {}
    for item in export.ignored:
        paths.setdefault(item.why, []).append(item.path)
    return [
        (f"{count:,}", printable(why, SENTENCE), _few(printable(path, NAME) for path in paths[why]))
        for why, count in reasons.most_common()
    ]


def _student(student: Student) -> str:
    name = f" {student.name}" if student.name and student.name != student.id else ""
    return printable(f"{student.id}{name}", NAME)


def _few(texts: Iterable[str]) -> str:
    every = list(texts)
    more = len(every) - MOST_NAMED
    return ", ".join([*every[:MOST_NAMED], *([f"{more:,} more"] if more > 0 else [])])


def _row(entry: Entry, faults: Mapping[str, str]) -> tuple[str, ...]:
    to_the_second = re.sub(r"(:\d\d)\.\d+", r"\1", entry.handed_in)
    when = f"{printable(to_the_second, NAME)}{' late' if entry.late else ''}".strip()
    who = ", ".join(map(_student, entry.students))
    files = _few(printable(path, NAME) for path in entry.files)
    return printable(entry.id, NAME), who, files, when, printable(_sentence(entry, faults), SENTENCE)


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]], most: int | None) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        count = heading is headings[0] and heading in ("students", "files")
        table.add_column(heading, justify="right" if count else "left", overflow="fold")
    for row in rows[:most]:
        table.add_row(*(Text(cell, style="red" if cell == OURS else "") for cell in row))
    return table


def _say_more(console: Console, count: int, most: int | None) -> None:
    if most is not None and count > most:
        say(console, f"and {count - most:,} more ({ALL})")
