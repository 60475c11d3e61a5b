"""Who is on the dashboard, in order, and by what name: every student once, or numbers in place of them.

A number says nothing about who it is. The order comes from a digest under a key that is made of all
hand-ins: it is the same for the same hand-ins, and cannot be found again by whoever has the class list alone.
"""

from __future__ import annotations

import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from unicodedata import combining, normalize
from urllib.parse import quote

from grader.batch.gradebook import Gradebook, Line
from grader.batch.roster import Student
from grader.report.escape import repaired

WORD = re.compile(r"\w+")
SHORT = 3  # a word of fewer letters tells nobody


@dataclass(frozen=True)
class Person:
    """One row. `id` and `link` are empty where nobody is to be known."""

    line: Line
    name: str
    id: str = ""
    link: str = ""
    score: Decimal | None = None


@dataclass(frozen=True)
class Class:
    """The gradebook with its students in the order of their names, or of their numbers."""

    gradebook: Gradebook
    people: tuple[Person, ...]
    anonymous: bool

    @cached_property
    def places(self) -> Mapping[str, int]:
        """By a student's id, which is not shown."""
        return {person.line.student.id: place for place, person in enumerate(self.people)}

    def found(self, ids: Iterable[str]) -> list[int]:
        """The places of these students, in order."""
        return sorted({self.places[each] for each in ids if each in self.places})

    def where(self, status: str) -> list[int]:
        return [place for place, person in enumerate(self.people) if person.line.status == status]


def class_of(gradebook: Gradebook, *, anonymize: bool = False) -> Class:
    if not anonymize:
        lines = sorted(
            gradebook.lines, key=lambda line: (_by_name(_name(line.student)), natural(line.student.id))
        )
        names = Counter(_name(line.student) for line in lines)
        return Class(gradebook, tuple(_named(line, names) for line in lines), anonymous=False)
    key = _key(gradebook.lines)
    lines = sorted(gradebook.lines, key=lambda line: hmac.digest(key, _bytes(line.student.id), "sha256"))
    width = len(str(len(lines)))
    people = (
        Person(line, f"Student {place:0{width}}", score=line.score)
        for place, line in enumerate(lines, start=1)
    )
    return Class(gradebook, tuple(people), anonymous=True)


def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """What ids are sorted by: numbers in them by their size, letters without upper case."""
    parts = re.split("([0-9]+)", text.casefold())
    return tuple(_part(part) for part in parts if part)


def names_nobody(text: str, students: Sequence[Student]) -> bool:
    """Whether a sentence holds no word of what these students are known by."""
    known = {
        word
        for student in students
        for said in (student.id, student.name, student.email, student.sid)
        for word in _words(said)
    }
    return known.isdisjoint(_words(text))


def _words(text: str) -> set[str]:
    return {word for word in WORD.findall(text.casefold()) if len(word) >= SHORT}


def _named(line: Line, names: Mapping[str, int]) -> Person:
    """With the id where several have the name."""
    name, own = _name(line.student), line.student.id
    name = f"{name} ({own})" if names[name] > 1 else name
    link = f"feedback/{quote(repaired(line.page), safe='')}.html" if line.page else ""
    return Person(line, name, own, link, line.score)


def _name(student: Student) -> str:
    return student.name or student.email or student.id


def _by_name(name: str) -> str:
    """Letters without accents and upper case, as a list of names is read."""
    return "".join(c for c in normalize("NFKD", name) if not combining(c)).casefold()


def _part(part: str) -> tuple[bool, int, str]:
    """A number by its digits: converting thousands of them is refused."""
    if not part[0].isdigit() or not part.isascii():
        return True, 0, part
    digits = part.lstrip("0")
    return False, len(digits), digits


def _key(lines: Iterable[Line]) -> bytes:
    return sha256(b"\n".join(sorted(_bytes(f"{line.hand_in} {line.student.id}") for line in lines))).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
