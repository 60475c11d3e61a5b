"""The table of students: as JSON for the script, and its first rows for readers without one.

Compact, for classes of many thousands: a letter for every verdict, a number for every remark, and each text
once. Texts are lines already, as nobody can harm; the script shows them as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.batch.gradebook import NOT_YET, Asked, Gradebook, Line, Mark
from grader.report.escape import html, printable, script_json
from grader.report.html import SIGNS, WRONG
from grader.report.items import passes
from grader.report.people import Class, Person, natural
from grader.report.text import number

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
CLASSES = {"✓": "right", "≈": "nearly", "–": "nothing", "✗": "wrong"}
LATE, EMPTY, FAILED, TIMED_OUT, MOVED, BY_HAND, WAITING = (1 << bit for bit in range(7))
REMARKS = {
    EMPTY: "nothing to grade",
    FAILED: "not graded",
    WAITING: "not graded yet",
    TIMED_OUT: "timed out",
    MOVED: "score changed",
    BY_HAND: "set by hand",
}
COLUMNS = {"name": "Student", "id": "Id", "score": "Score", "late": "Late", "passed": "Functions"}
FIRST = 50  # rows that are there without a script
LONGEST = 80  # characters of a name


@dataclass(frozen=True)
class Kind:
    """What one mark looks like: a class of colours, a sign and a word."""

    style: str
    sign: str
    word: str
    passes: bool


def kind(mark: Mark) -> Kind:
    sign, _ = SIGNS.get(mark.verdict, WRONG)
    word = printable(mark.verdict) + (", set by hand" if mark.set_by else "")
    style = CLASSES[sign] + (" set" if mark.set_by else "")
    return Kind(style, sign, word, passes(mark))


def flags(line: Line) -> int:
    """Bits of what the table remarks on, and of what it can be filtered by."""
    said = {
        LATE: line.late,
        EMPTY: line.status == "empty",
        FAILED: line.status == "failed",
        WAITING: line.status == NOT_YET,
        TIMED_OUT: line.timed_out,
        MOVED: has_moved(line),
        BY_HAND: any(mark.set_by for mark in line.marks),
    }
    return sum(bit for bit, true in said.items() if true)


def has_moved(line: Line) -> bool:
    """Whether the last run had another score; one that is lost since is another, one to come is not."""
    return line.before is not None and line.before != line.score and line.status != NOT_YET


def data(them: Class, sets: Mapping[str, Sequence[int]]) -> str:
    """What the script works on, by its own names, as JSON.

    Args:
        sets: places of students under names that buttons of the page refer to.
    """
    rows = [marks(person) for person in them.people]
    kinds = {essence(mark): kind(mark) for row in rows for mark in row}
    letters = dict(zip(sorted(kinds), ALPHABET, strict=False))  # of verdicts there are 15, so 60 of these
    ids = [] if them.anonymous else [short(person.id) for person in them.people]
    return script_json(
        {
            "names": [short(person.name) for person in them.people],
            "ids": ids,
            "links": [person.link for person in them.people] if ids else [],
            "by_id": by_id(them.people),
            "scores": [None if person.score is None else float(person.score) for person in them.people],
            "flags": [flags(person.line) for person in them.people],
            "strips": ["".join(letters[essence(mark)] for mark in row) for row in rows],
            "alphabet": "".join(letters.values()),
            "kinds": [[k.style, k.sign, k.word, k.passes] for k in map(kinds.__getitem__, letters)],
            "functions": [[called(asked), first] for asked, first in begun(them.gradebook)],
            "remarks": [[bit, word] for bit, word in REMARKS.items()],
            "sets": dict(sets),
        }
    )


def marks(person: Person) -> tuple[Mark, ...]:
    """None where there is no score."""
    return person.line.marks if person.score is not None else ()


def essence(mark: Mark) -> tuple[str, bool, bool]:
    """What makes two marks look the same."""
    return mark.verdict, bool(mark.set_by), passes(mark)


def by_id(people: Sequence[Person]) -> list[int]:
    """The rank of every student among the ids."""
    order = sorted(range(len(people)), key=lambda place: natural(people[place].id))
    ranks = [0] * len(people)
    for rank, place in enumerate(order):
        ranks[place] = rank
    return ranks


def begun(gradebook: Gradebook) -> Iterator[tuple[Asked, bool]]:
    """Every function, and whether a topic begins with it."""
    before = None
    for asked in gradebook.functions:
        yield asked, before is not None and asked.topic != before
        before = asked.topic


def called(asked: Asked) -> str:
    return printable(f"{asked.number} {asked.name}", LONGEST)


def short(text: str) -> str:
    return printable(text, LONGEST)


# ---- as HTML ---------------------------------------------------------------------------------


def table(them: Class) -> str:
    """The table with its first rows; where there is a script it takes over."""
    columns = {key: word for key, word in COLUMNS.items() if key != "id" or not them.anonymous}
    heads = "".join(
        f'<th scope="col" data-key="{key}"><button type="button" disabled>{word}</button></th>'
        for key, word in columns.items()
    )
    firsts = [first for _, first in begun(them.gradebook)]
    names = [called(asked) for asked in them.gradebook.functions]
    rows = (_row(them, person, names, firsts) for person in them.people[:FIRST])
    return "\n".join(
        [
            '<div class="wide" role="region" aria-label="Table of students" tabindex="0">',
            f'<table class="students"><thead><tr>{heads}<th scope="col">Remarks</th></tr></thead>',
            '<tbody id="rows">',
            *rows,
            "</tbody></table></div>",
        ]
    )


def _row(them: Class, person: Person, names: Sequence[str], firsts: Sequence[bool]) -> str:
    name = named(person)
    said = flags(person.line)
    remarks = ", ".join(word for bit, word in REMARKS.items() if said & bit)
    return "".join(
        [
            f'<tr><th scope="row">{name}</th>',
            "" if them.anonymous else f'<td class="id"><bdi>{html(short(person.id))}</bdi></td>',
            f'<td class="number">{"–" if person.score is None else number(person.score)}</td>',
            f"<td>{'late' if said & LATE else ''}</td>",
            _strip(marks(person), names, firsts),
            f'<td class="quiet">{remarks}</td></tr>',
        ]
    )


def named(person: Person) -> str:
    """The name, linked to the page where there is one."""
    name = f"<bdi>{html(short(person.name))}</bdi>"
    return f'<a href="{html(person.link)}">{name}</a>' if person.link else name


def _strip(row: Sequence[Mark], names: Sequence[str], firsts: Sequence[bool]) -> str:
    """A sign for every function, and for those who cannot see them how many were passed."""
    if not row:
        return '<td class="strip"></td>'
    signs = "".join(
        _sign(kind(mark), name, first) for mark, name, first in zip(row, names, firsts, strict=False)
    )
    said = f'<span class="said">{sum(map(passes, row))} of {len(row)}</span>'
    return f'<td class="strip">{said}<span aria-hidden="true">{signs}</span></td>'


def _sign(each: Kind, name: str, first: bool) -> str:
    style = f"{each.style} first" if first else each.style
    return f'<i class="{style}" title="{html(f"{name}: {each.word}")}">{each.sign}</i>'
