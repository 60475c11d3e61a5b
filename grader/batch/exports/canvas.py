"""Canvas's "download submissions": flat, every attachment with the student's name and number in front.

    lovelaceada_4711_90210_hw2.py        lovelaceada_LATE_4711_90210_hw2.py        anon_aB3xZ_90210_hw2.py
    lovelaceada_4711_text.html           lovelaceada_4711_link.html

The first number is the user's, the second the attachment's. A name may have digits and underscores of its
own: where the first pair of numbers gives two names for one user, the next pair is the right one. A group
hands in under its name and one member's number; the export does not name the others. A file that is handed in
again is `hw2-1.py`, then `hw2-2.py`; the newest counts, under the name that the first had.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.batch.exports import parts
from grader.batch.exports.contents import Contents, Piece, is_ours, loose, tops
from grader.batch.exports.parts import Part
from grader.batch.roster import Export, Ignored
from grader.submission import is_looked_at

NAME = "Canvas"
PAIR = re.compile(r"(?=_(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+))", re.DOTALL)
ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<user>anon_[^_]+)_(?P<attachment>\d+)_(?P<file>.+)", re.DOTALL)
TYPED = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<kind>text|link)\.html", re.DOTALL)
ANONYMOUSLY_TYPED = re.compile(r"(?P<late>LATE_)?(?P<user>anon_[^_]+)_(?P<kind>text|link)\.html")
INSTEAD = {
    "text": "a text was typed in on Canvas, which is no file",
    "link": "a link was handed in on Canvas, which is not followed",
}
AGAIN = re.compile(r"(?P<stem>.+)-(?P<time>\d+)(?P<suffix>\.[^./]+)", re.DOTALL)


@dataclass(frozen=True)
class _Read:
    """One way to read a name."""

    user: str
    name: str
    late: bool
    attachment: int = 0
    file: str = ""
    typed: str = ""


def share(contents: Contents) -> float:
    """How many of the files at the top are named as Canvas does; it makes no folders."""
    names = [path for path in loose(contents) if not is_ours(path)]
    found = sum(any(True for _ in _readings(name)) for name in names)
    return found / max(len(names) + len(tops(contents)), 1)


def export(contents: Contents) -> Export:
    """An entry for every user."""
    files = {path: piece for path, piece in loose(contents).items() if not is_ours(path)}
    read = _settled({path: list(_readings(path)) for path in files})
    latest, replaced = _latest(read)
    found = [_part(path, reading, files[path]) for path, reading in latest.items()]
    others = [Ignored(path, "it is not named as Canvas names hand-ins") for path in files if path not in read]
    folders = [Ignored(name, "it is a folder, and Canvas writes none") for name in tops(contents)]
    return parts.export(NAME, found, (*contents.stray, *others, *folders, *replaced))


def _readings(name: str) -> Iterator[_Read]:
    """Every way to read a name, the likeliest first."""
    if m := ANONYMOUS.fullmatch(name):
        yield _Read(m["user"], "", bool(m["late"]), int(m["attachment"]), m["file"])
    elif m := ANONYMOUSLY_TYPED.fullmatch(name):
        yield _Read(m["user"], "", bool(m["late"]), typed=INSTEAD[m["kind"]])
    else:
        for m in PAIR.finditer(name):
            if m.start():
                who = name[: m.start()]
                late = who.endswith("_LATE")
                yield _Read(m["user"], who.removesuffix("_LATE"), late, int(m["attachment"]), m["file"])
        if m := TYPED.fullmatch(name):
            yield _Read(m["user"], m["name"], bool(m["late"]), typed=INSTEAD[m["kind"]])


def _settled(readings: dict[str, list[_Read]]) -> dict[str, _Read]:
    """The first reading of each, or the second where the first gives two names for one user."""
    names = defaultdict(set)
    for ways in readings.values():
        for first in ways[:1]:
            names[first.user].add(first.name)
    return {
        path: ways[1] if len(names[ways[0].user]) > 1 and len(ways) > 1 else ways[0]
        for path, ways in readings.items()
        if ways
    }


def _latest(read: dict[str, _Read]) -> tuple[dict[str, _Read], list[Ignored]]:
    """Of one user's file that was handed in several times the newest, called what the first was called."""
    same: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for path, way in read.items():
        same[way.user, way.name, way.typed or _first_name(way.file)].append(path)
    latest, ignored = {}, []
    for (_, _, file), paths in same.items():
        again = len(paths) == 1 or any(read[path].file == file for path in paths)
        newest = max(paths, key=lambda path: read[path].attachment)
        for path in paths:
            if not again or read[path].typed:
                latest[path] = read[path]
            elif path == newest:
                latest[path] = replace(read[path], file=file)
            else:
                ignored.append(Ignored(path, f"it was handed in again: {newest} is newer"))
    return latest, ignored


def _first_name(file: str) -> str:
    """A source's name before it was handed in again. No module can be called `hw2-1`."""
    match = AGAIN.fullmatch(file)
    return f"{match['stem']}{match['suffix']}" if match and is_looked_at(file) else file


def _part(path: str, way: _Read, piece: Piece) -> Part:
    return Part(way.user, way.name, path, way.file, piece, way.late, way.typed)
