"""A folder, script, notebook or zip for each student, named by their id.

    ada/hw2.py    ada/helpers/net.py    ben.ipynb    cleo.zip

Files that differ in their suffix alone are one hand-in. Nothing else tells this form, so it is what an export
is taken for that is no platform's.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from grader.batch.exports.contents import Contents, Piece, entry, is_ours, levels, loose, passed_over, tops
from grader.batch.roster import Entry, Export, Ignored, Student
from grader.submission import is_looked_at

NAME = "folders"


def level(contents: Contents, name: str) -> Contents:
    """The contents, or what is in their only folder where that stands for the export and not for a student.

    It does where it has the export's name, as most archives do, or holds folders alone, and several.
    """
    *_, inner = levels(contents)
    if inner is contents:
        return contents
    (top,) = tops(contents)
    sources = any(is_looked_at(path) for path in loose(inner))
    return inner if top == name or (len(tops(inner)) > 1 and not sources) else contents


def export(contents: Contents) -> Export:
    """An entry for every folder and for every loose source or zip."""
    entries: list[Entry] = []
    ignored = list(contents.stray)
    for name, within in tops(contents).items():
        found = entry(name, (Student(name),), within.pieces)
        entries.append(found)
        ignored += passed_over(found, within.pieces, f"{name}/")
    known = {found.id for found in entries}
    for stem, pieces in _stems(loose(contents)).items():
        if stem in known:
            why = f"there is a folder named {stem}, too, which counts"
            ignored += [Ignored(path, why) for path in pieces]
        else:
            entries.append(entry(stem, (Student(stem),), pieces))
            ignored += passed_over(entries[-1], pieces, "")
    ignored += [
        Ignored(path, "it is no Python file, notebook, zip or folder")
        for path in loose(contents)
        if not (is_looked_at(path) or is_ours(path))
    ]
    return Export(NAME, tuple(entries), tuple(ignored))


def _stems(files: dict[str, Piece]) -> dict[str, dict[str, Piece]]:
    """Loose sources and zips by their names without suffix."""
    stems: dict[str, dict[str, Piece]] = {}
    for path, piece in files.items():
        if is_looked_at(path):
            stems.setdefault(PurePosixPath(path).stem, {})[path] = piece
    return stems
