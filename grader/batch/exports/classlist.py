"""A class list, roster.csv: who should have handed in. Everybody on it is in the export afterwards, once.

Columns are known by their headings, in the spellings of Gradescope, Canvas, Moodle, GitHub Classroom and of
people. A line is matched by id, address or number; a name matches nobody, for two students may have one. All
cells are texts, so that numbers keep their leading zeros.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.exports.people import distinct, same
from grader.batch.roster import Entry, Export, Student
from grader.faults import Fault

HEADINGS = {
    "id": "id userid canvasid username user login loginid githubusername participant participantid",
    "sid": "sid studentid studentnumber studentno sisuserid sisid idnumber universityid matriculationnumber "
    "matrikelnummer matrikelnr",
    "email": "email emailaddress mail",
    "name": "name fullname student studentname displayname",
    "first": "firstname givenname forename first vorname",
    "last": "lastname surname familyname last nachname",
    "identifier": "identifier",
}
ROLES = {heading: role for role, headings in HEADINGS.items() for heading in headings.split()}
PARTICIPANT = re.compile(r"\D+ (\d+)")
FORMULA = re.compile(r'="(.*)"')  # how numbers are kept from losing their zeros
SEPARATOR = re.compile(r'"?sep=([,;\t|])"?', re.IGNORECASE)
LARGEST = 32 << 20
MOST_NAMED = 5


@dataclass(frozen=True)
class Row:
    """One line of the list; any of the texts may be empty."""

    line: int
    id: str
    sid: str
    email: str
    name: str

    @property
    def own(self) -> str:
        """What the student is known by where the export does not know them."""
        return self.id or self.sid or self.email


def read(path: Path) -> list[Row]:
    """The lines of a class list that name somebody.

    Raises:
        Fault: it cannot be read, is no CSV file, or has none of the columns.
    """
    if path.is_file() and path.stat().st_size > LARGEST:
        raise Fault(
            f"{path} is larger than {LARGEST >> 20} MiB; name a CSV file with one line for each student"
        )
    text = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begins = 0  # the line before the one that a record begins in
    lines = []
    try:
        for cells in reader:
            lines += (
                [(reader.line_num, [cell.strip() for cell in cells])] if any(map(str.strip, cells)) else []
            )
            begins = reader.line_num
    except csv.Error as error:  # a quote that is not closed would take in everybody behind it
        raise Fault(f"{path} is no CSV file from line {begins + 1} on: {error}") from None
    lines = lines[1:] if lines and lines[0][1][0].casefold().startswith("sep=") else lines
    headings = [_role(cell) for cell in lines[0][1]] if lines else []
    if not {"id", "sid", "email", "identifier"} & set(headings):
        raise Fault(f"{path} has no column called id, sid or email in its first line; name its columns there")
    if "id" in headings and "identifier" in headings:  # GitHub Classroom's; else it is Moodle's
        headings[headings.index("identifier")] = "sid"
    rows = [_row(line, headings, cells) for line, cells in lines[1:]]
    return [row for row in rows if row.own or (row.name and row.name != "Points Possible")]


def _text(path: Path) -> str:
    """UTF-8, or UTF-16 as spreadsheets write it, where its first bytes tell that.

    Raises:
        Fault: it cannot be read, or is written in something else, which nothing tells.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Fault(f"{path} is missing") from None
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror}") from None
    try:
        return data.decode("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError:
        raise Fault(f"{path} is not written in UTF-8: save it as CSV UTF-8 in the spreadsheet") from None


def _delimiter(text: str) -> str:
    """What a spreadsheet says in a line of its own, else what the headings have most of."""
    heading = next((line for line in text.splitlines() if line.strip(' \t,;|"')), "")
    said = SEPARATOR.fullmatch(heading.strip())
    return said[1] if said else max(",;\t|", key=heading.count)


def _role(heading: str) -> str:
    return ROLES.get("".join(c for c in heading.casefold() if c.isalnum()), "")


def _row(line: int, headings: list[str], cells: list[str]) -> Row:
    found: dict[str, str] = {}
    for role, cell in zip(headings, cells, strict=False):
        formula = FORMULA.fullmatch(cell)
        found.setdefault(role, formula[1] if formula else cell)
    participant = PARTICIPANT.fullmatch(found.get("identifier", ""))
    id_ = found.get("id") or (participant[1] if participant else found.get("identifier", ""))
    name = found.get("name") or f"{found.get('first', '')} {found.get('last', '')}".strip()
    return Row(line, id_, found.get("sid", ""), found.get("email", ""), name)


def joined(export: Export, rows: list[Row], file: str) -> Export:
    """The export with what the list knows of its students, and an entry for each who handed in nothing."""
    students = {student.id: student for entry in export.entries for student in entry.students}
    matched, absent, notes = _matched(list(students.values()), rows, file)
    known = {id_: _completed(students[id_], row) for id_, row in matched.items()}
    entries = [
        replace(entry, students=tuple(known.get(student.id, student) for student in entry.students))
        for entry in export.entries
    ]
    added = _absent(absent, list(students), [entry.id for entry in entries])
    notes += [*_names_only(absent, file), *_zeros(absent, students, file)]
    return replace(export, entries=(*entries, *added), notes=(*export.notes, *notes))


def _matched(
    students: list[Student], rows: list[Row], file: str
) -> tuple[dict[str, Row], list[Row], list[str]]:
    """The line of each student who has one, the lines that nobody has, and what is odd."""
    index = _index(students)
    matched: dict[str, Row] = {}
    absent: dict[str | int, Row] = {}  # by what they are known by, or by their line
    notes = []
    for row in rows:
        found = _found(row, index)
        if len(found) > 1:
            notes.append(f"{file}, line {row.line} fits several students: {', '.join(found[:MOST_NAMED])}")
            continue
        if found:
            before = matched.setdefault(found[0], row)
        else:
            before = absent.setdefault(same(row.own) or row.line, row)
        if before is not row:
            notes.append(f"{file}, lines {before.line} and {row.line} are both {(*found, row.own)[0]}")
            if _contradicts(before, row):
                absent[row.line] = row
    return matched, list(absent.values()), notes


def _index(students: list[Student]) -> dict[str, list[str]]:
    """The ids of those whom a text may mean."""
    index = defaultdict(list)
    for student in students:
        for text in {same(student.id), same(student.sid), same(student.email)} - {""}:
            index[text].append(student.id)
    return index


def _found(row: Row, index: Mapping[str, list[str]]) -> list[str]:
    """The one student whom a line means; several where it cannot be told which."""
    hits = [index[same(text)] for text in (row.id, row.email, row.sid) if text and same(text) in index]
    return min(hits, key=len, default=[])


def _contradicts(one: Row, other: Row) -> bool:
    pairs = ((one.id, other.id), (one.sid, other.sid), (one.email, other.email))
    return any(a and b and same(a) != same(b) for a, b in pairs)


def _completed(student: Student, row: Row) -> Student:
    """The list has the school's own spelling of a name."""
    return Student(student.id, row.name or student.name, student.email or row.email, student.sid or row.sid)


def _absent(rows: list[Row], students: list[str], entries: list[str]) -> list[Entry]:
    wanted = [row.own or f"line {row.line}" for row in rows]
    ids = distinct([*students, *wanted])[len(students) :]
    names = distinct([*entries, *ids])[len(entries) :]
    return [
        Entry(name, (Student(id_, row.name, row.email, row.sid),), {}, problem="nothing was handed in")
        for name, id_, row in zip(names, ids, rows, strict=True)
    ]


def _names_only(absent: list[Row], file: str) -> list[str]:
    lines = [str(row.line) for row in absent if not row.own]
    few = ", ".join(lines[:MOST_NAMED])
    what = f"{file} has lines with a name alone, which matches nobody: {few}"
    return [f"{what}{' and more' if len(lines) > MOST_NAMED else ''}"] if lines else []


def _zeros(absent: list[Row], students: Mapping[str, Student], file: str) -> list[str]:
    """A spreadsheet that took numbers for numbers shows in their zeros."""
    theirs = {text.lstrip("0") for student in students.values() for text in (student.id, student.sid)} - {""}
    lines = [row for row in absent if {row.id.lstrip("0"), row.sid.lstrip("0")} & theirs]
    why = (
        "differ from numbers in the export by leading zeros alone; export it again, not through a spreadsheet"
    )
    return [f"{len(lines)} of the numbers in {file} {why}"] if lines else []
