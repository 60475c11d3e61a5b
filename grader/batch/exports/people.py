"""Who is who in an export: by the school's number, else by the email address, never by the name.

Numbers and addresses may be missing, and two people may share one. A name makes nobody the same, but two
names are two people, or somebody would be lost with their hand-in. Whoever cannot be told from somebody else
gets an id of their own, and a note says so.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.batch.roster import Student


@dataclass(frozen=True)
class Named:
    """One of those who handed something in, as the export names them; any of it may be empty."""

    name: str
    sid: str
    email: str


def same(text: str) -> str:
    """A text as it is compared: an address, an id or a file's name is the same in capitals and decomposed."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def distinct(wanted: Iterable[str]) -> list[str]:
    """The same ids, but those that were there before get a number behind."""
    taken: set[str] = set()
    given = []
    for text in wanted:
        choice, number = text, 2
        while choice in taken:
            choice, number = f"{text} ({number})", number + 1
        taken.add(choice)
        given.append(choice)
    return given


def identified(groups: Mapping[str, Sequence[Named]]) -> tuple[dict[str, tuple[Student, ...]], list[str]]:
    """The students of every hand-in, by its id: equal ones are one student, with one id. And notes."""
    keys = _keys(groups)
    people: dict[tuple[str, str], Named] = {}
    for hand_in, group in groups.items():
        for place, named in enumerate(group):
            key = keys[hand_in][place]
            people[key] = _completed(people.get(key, named), named)
    ids = distinct(_id(key, named) for key, named in people.items())
    students = {
        key: Student(id_, named.name, named.email, named.sid)
        for (key, named), id_ in zip(people.items(), ids, strict=True)
    }
    found = {hand_in: tuple(dict.fromkeys(students[key] for key in keys[hand_in])) for hand_in in groups}
    return found, _notes(students)


def _keys(groups: Mapping[str, Sequence[Named]]) -> dict[str, list[tuple[str, str]]]:
    """What each is known by: a number of their own, else an address, else the place in the hand-in.

    What several names go with is nobody's own: "N/A", or the address of an office.
    """
    everybody = [named for group in groups.values() for named in group]
    addresses, numbers, names = defaultdict(set), defaultdict(set), defaultdict(set)
    for named in everybody:
        addresses[named.sid].update([same(named.email)] if named.email else [])
        for text in (("sid", named.sid), ("email", same(named.email))):
            names[text].update([same(named.name)] if named.name else [])
    shared = {sid for sid, emails in addresses.items() if len(emails) > 1 or len(names["sid", sid]) > 1}
    for named in everybody:
        numbers[same(named.email)].update([named.sid] if named.sid and named.sid not in shared else [])

    def key(hand_in: str, place: int, named: Named) -> tuple[str, str]:
        if named.sid and named.sid not in shared:
            return ("sid", named.sid)
        email = same(named.email)
        if not email or len(names["email", email]) > 1:
            return ("place", f"{hand_in}/{place + 1}")
        if named.sid:
            return ("both", f"{named.sid} {email}")
        theirs = numbers[email]
        its = next(iter(theirs), "")
        alone = len(theirs) == 1 and len(names["sid", its] | names["email", email]) < 2
        return ("sid", its) if alone else ("email", email)

    return {
        hand_in: [key(hand_in, place, named) for place, named in enumerate(group)]
        for hand_in, group in groups.items()
    }


def _completed(one: Named, other: Named) -> Named:
    """What two entries of one person say together."""
    return Named(one.name or other.name, one.sid or other.sid, one.email or other.email)


def _id(key: tuple[str, str], named: Named) -> str:
    return named.email if key[0] in ("email", "both") else key[1]


def _notes(students: Mapping[tuple[str, str], Student]) -> list[str]:
    notes = []
    for what, shared in (
        ("number", _shared((student.sid, student.id) for student in students.values())),
        ("email address", _shared((same(student.email), student.id) for student in students.values())),
    ):
        for text, ids in shared.items():
            notes.append(f"the {what} {text} is shared by {len(ids)} students, who are {', '.join(ids)} here")
    for kind, value in students:
        if kind == "place":
            notes.append(f"somebody has neither a number nor an address of their own and is {value} here")
    return notes


def _shared(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    by_text = defaultdict(list)
    for text, id_ in pairs:
        by_text[text].append(id_)
    return {text: ids for text, ids in by_text.items() if text and len(ids) > 1}
