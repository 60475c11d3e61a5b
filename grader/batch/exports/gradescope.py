"""Gradescope's "export submissions": a table and a folder for every submission that counts.

    assignment_4242_export/submission_metadata.yml
    assignment_4242_export/submission_217048562/hw2.py

The table is what tells it. It names those who handed in: several for a group. Of a student who is named in
two submissions, as a member of a group that was changed, the newer one counts. In a PDF assignment there are
files instead of folders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from grader.batch.exports.contents import METADATA, Contents, Piece, entry, is_ours, loose, passed_over, tops
from grader.batch.exports.metadata import Submitted, submitted
from grader.batch.exports.people import distinct, identified
from grader.batch.roster import Entry, Export, Ignored, Student
from grader.faults import Fault

NAME = "Gradescope"
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)? *(?:(Z)|([+-]\d\d):?(\d\d))?")


def share(contents: Contents) -> float:
    """1 where the table is."""
    return float(METADATA in loose(contents))


def export(contents: Contents) -> Export:
    """An entry for every submission of the table, and for every folder that is in none.

    Raises:
        Fault: the table is missing or cannot be read.
    """
    table = loose(contents).get(METADATA, Piece(None, "is missing"))
    if table.file is None:
        raise Fault(f"{METADATA} {table.why}; export the submissions from Gradescope again")
    folders = tops(contents)
    rows = _rows(submitted(table.file))
    rows |= {name: Submitted(name, (), "", "is missing") for name in folders if name not in rows}
    found = _whose(rows)
    entries, ignored = [], [*contents.stray, *found.ignored]
    for id_, students in found.students.items():
        pieces = folders[id_].pieces if id_ in folders else _file(contents, id_)
        entries.append(_entry(rows[id_], students, pieces))
        ignored += passed_over(entries[-1], pieces or {}, f"{id_}/")
    ignored += [
        Ignored(path, "it is in no submission's folder")
        for path in loose(contents)
        if path not in rows and not is_ours(path)
    ]
    return Export(NAME, tuple(entries), tuple(ignored), found.notes)


def _rows(table: Iterable[Submitted]) -> dict[str, Submitted]:
    """By their ids; of one that is there twice both name students."""
    rows: dict[str, Submitted] = {}
    for row in table:
        before = rows.get(row.id)
        rows[row.id] = replace(row, people=(*before.people, *row.people), odd="") if before else row
    return rows


def _file(contents: Contents, id_: str) -> Mapping[str, Piece] | None:
    piece = loose(contents).get(id_)
    return {id_: piece} if piece else None


def _entry(row: Submitted, students: tuple[Student, ...], pieces: Mapping[str, Piece] | None) -> Entry:
    if pieces is None:
        lost = f"its folder is not in the export, though {METADATA} names it; export it again"
        return Entry(row.id, students, {}, handed_in=row.at, problem=lost, ours=True)
    return entry(row.id, students, pieces, handed_in=row.at)


@dataclass(frozen=True)
class _Whose:
    """Every submission that counts with its students, those that do not, and what is odd."""

    students: Mapping[str, tuple[Student, ...]]
    ignored: tuple[Ignored, ...]
    notes: tuple[str, ...]


def _whose(rows: Mapping[str, Submitted]) -> _Whose:
    """Everybody in the newest of their submissions. Where nobody is named the submission is the student."""
    named, notes = identified({id_: row.people for id_, row in rows.items()})
    newest: dict[str, str] = {}
    for id_, students in named.items():
        for student in students:
            before = newest.get(student.id)
            newest[student.id] = max(id_, before, key=lambda i: _age(rows[i])) if before else id_
    counting: dict[str, tuple[Student, ...]] = {}
    ignored = []
    for id_, students in named.items():
        moved = [student.id for student in students if newest[student.id] != id_]
        told = ", ".join(f"{who} has handed in {newest[who]}, which is newer" for who in moved)
        if moved and len(moved) == len(students):
            ignored.append(Ignored(id_, told))
            continue
        notes += [f"{told}; {id_} counts for the others of the group"] if moved else []
        if odd := rows[id_].odd:
            notes.append(f"the metadata of {id_} {odd}; find out whose hand-in that is")
        counting[id_] = tuple(student for student in students if student.id not in moved)
    nobodys = [id_ for id_, students in counting.items() if not students]
    taken = [student.id for students in counting.values() for student in students]
    made = distinct([*taken, *nobodys])[len(taken) :]
    counting |= {id_: (Student(own),) for id_, own in zip(nobodys, made, strict=True)}
    return _Whose(counting, tuple(ignored), tuple(notes))


def _age(row: Submitted) -> tuple[datetime, int, str]:
    """Sorts by when it was handed in; Gradescope counts submissions up, too."""
    number = re.search(r"\d{1,18}$", row.id)
    return _moment(row.at), int(number[0]) if number else 0, row.id


def _moment(text: str) -> datetime:
    match = MOMENT.fullmatch(text.strip())
    if not match:
        return datetime.min.replace(tzinfo=timezone.utc)
    day, time, part, _, hours, minutes = match.groups()
    try:
        return datetime.fromisoformat(f"{day}T{time}.{(part or '0'):0<6}{hours or '+00'}:{minutes or '00'}")
    except ValueError:  # the thirtieth of February
        return datetime.min.replace(tzinfo=timezone.utc)
