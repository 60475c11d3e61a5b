"""Moodle's "download all submissions", in folders (since 3.1) or flat.

    Ada Lovelace_4711_assignsubmission_file_/hw2.py        Ada Lovelace_4711_assignsubmission_file_hw2.py
    Participant_4712_assignsubmission_onlinetext_/onlinetext.html

The number is the participant's, with blind marking, too; where teams hand in it is the team's, whose members
the export does not name. The default team has no number. In a name Moodle writes spaces for underscores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.batch.exports import parts
from grader.batch.exports.contents import Contents, Piece, is_ours, loose, tops
from grader.batch.exports.parts import Part
from grader.batch.roster import Export, Ignored

NAME = "Moodle"
WHOSE = r"(?P<name>.*?)(?:_(?P<id>\d+))?_assignsubmission_(?P<kind>[a-z]+)"
FOLDER = re.compile(f"{WHOSE}_?", re.DOTALL)
FILE = re.compile(f"{WHOSE}_(?P<file>.+)", re.DOTALL)
TYPED = "a text was typed in on Moodle, which is no file"


def share(contents: Contents) -> float:
    """How many of the names at the top are Moodle's."""
    folders, files = tops(contents), [path for path in loose(contents) if not is_ours(path)]
    found = sum(bool(FOLDER.fullmatch(name)) for name in folders) + sum(map(bool, map(FILE.fullmatch, files)))
    return found / max(len(folders) + len(files), 1)


def export(contents: Contents) -> Export:
    """An entry for every participant or team."""
    names = [*tops(contents), *(path for path in loose(contents) if not is_ours(path))]
    found = list(_parts(contents))
    known = {part.path.partition("/")[0] for part in found}
    other = (Ignored(name, "it is not named as Moodle names hand-ins") for name in names if name not in known)
    return parts.export(NAME, found, (*contents.stray, *other))


def _parts(contents: Contents) -> Iterator[Part]:
    for name, within in tops(contents).items():
        if match := FOLDER.fullmatch(name):
            yield _part(match, f"{name}/", "", Piece())
            for inside, piece in within.pieces.items():
                yield _part(match, f"{name}/{inside}", inside, piece)
    for path, piece in loose(contents).items():
        if match := FILE.fullmatch(path):
            yield _part(match, path, match["file"], piece)


def _part(match: re.Match[str], path: str, inside: str, piece: Piece) -> Part:
    typed = TYPED if match["kind"] != "file" and inside else ""
    return Part(match["id"] or "", match["name"], path, inside, piece, typed=typed)
