"""Hand-ins whose files carry the student's name and number, each in its path, put together by them.

A number stands for one student, and so does a name without one. If two names have one number somebody's file
was named to look like another's, or the export is odd: they stay apart, and a note says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.batch.exports.contents import Piece, entry, passed_over
from grader.batch.exports.people import distinct
from grader.batch.roster import Entry, Export, Ignored, Student


@dataclass(frozen=True)
class Part:
    """One file of a hand-in, by its path in the export and inside the hand-in; "" where there is none in it.

    `typed` says what was handed in instead of a file.
    """

    number: str
    name: str
    path: str
    inside: str
    piece: Piece
    late: bool = False
    typed: str = ""

    @property
    def student(self) -> tuple[str, str]:
        return self.number or self.name, self.name


def export(platform: str, parts: Iterable[Part], ignored: Iterable[Ignored]) -> Export:
    """An entry for everybody who has a part in it, in the order of the parts."""
    by_student: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        by_student.setdefault(part.student, []).append(part)
    ids = distinct(number for number, _ in by_student)
    found = [_entry(id_, own) for id_, own in zip(ids, by_student.values(), strict=True)]
    more = [item for _, passed in found for item in passed]
    notes = [
        f"the number {number} stands for somebody else, too; {name or 'who has no name'} is {id_} here"
        for id_, (number, name) in zip(ids, by_student, strict=True)
        if id_ != number
    ]
    return Export(platform, tuple(hand_in for hand_in, _ in found), (*ignored, *more), tuple(notes))


def _entry(id_: str, parts: list[Part]) -> tuple[Entry, list[Ignored]]:
    pieces: dict[str, Piece] = {}
    ignored = []
    for part in parts:
        if part.typed:
            ignored.append(Ignored(part.path, part.typed))
        elif part.inside and pieces.setdefault(part.inside, part.piece) is not part.piece:
            ignored.append(Ignored(part.path, f"there is another {part.inside} of the same student"))
    paths = {part.inside: part.path for part in parts}
    first = parts[0]
    students = (Student(id_, first.name),)
    late = any(part.late for part in parts)
    if ignored and not pieces and (typed := [part.typed for part in parts if part.typed]):
        return Entry(id_, students, {}, late, problem=typed[0]), []
    found = entry(id_, students, pieces, late=late)
    passed = [Ignored(paths[item.path], item.why) for item in passed_over(found, pieces, "")]
    return found, [*ignored, *passed]
