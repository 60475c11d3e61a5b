"""The files of an export: the paths that it gives them, and where they are on disk or why they are not.

A path is a text that is compared and shown; nothing is ever opened by a name from an archive. Every folder is
known, also one with nothing in it, so that no student is lost with the last of their files.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.grades.filesystem import holds_store
from grader.batch.roster import Entry, Ignored, Student
from grader.faults import Fault
from grader.report.escape import repaired
from grader.submission import CLUTTER, is_looked_at

METADATA = "submission_metadata.yml"
ROSTERS = ("roster.csv", "classroom_roster.csv")
LEFT_BEHIND = {".DS_Store", "Thumbs.db", "desktop.ini"}  # by systems, in any folder that was looked at
MOST_FILES = 1_000_000  # of an export; a home folder has more
DEEPEST = 60  # folders in one another
MOST_NAMED = 3  # files in one sentence
REPORTS = "it is where grader batch writes its reports, and no hand-in"
HERE = "."  # the path of what is wrong with a folder itself


@dataclass(frozen=True)
class Piece:
    """One file. Without `file` no hand-in is read from its like, or `why` says what is wrong: "is a link".

    `ours`: what is wrong with it is not the student's doing.
    """

    file: Path | None = None
    why: str = ""
    ours: bool = False


@dataclass(frozen=True)
class Contents:
    """Pieces and folders by their paths in POSIX form. What is `stray` lies in none of the folders."""

    pieces: Mapping[str, Piece]
    folders: frozenset[str]
    stray: tuple[Ignored, ...] = ()


def is_wanted(path: str) -> bool:
    """Whether the intake or the grading reads a file of this path."""
    folders, _, name = path.rpartition("/")
    return is_looked_at(path) or (name in (METADATA, *ROSTERS) and "/" not in folders)


def is_ours(path: str) -> bool:
    """Whether a loose file is the platform's or the operator's own, and no hand-in."""
    return path in (METADATA, *ROSTERS)


def placed(pieces: Iterable[tuple[str, Piece]], folders: Iterable[str]) -> Contents:
    """Contents of these; what leads out of them is stray, and what systems leave behind is not in them."""
    kept: dict[str, Piece] = {}
    known: set[str] = set()
    stray: list[Ignored] = []
    for path, piece in pieces:
        if _leads_out(path):
            stray.append(Ignored(path, "it points outside the export"))
            continue
        known.update(_above(path))
        if not _is_clutter(path):
            kept[path] = piece
    for folder in folders:
        if not _leads_out(folder):
            known.update(_above(f"{folder}/{HERE}"))
    return Contents(kept, frozenset(known), tuple(stray))


def _leads_out(path: str) -> bool:
    return path.partition("/")[0] in ("", "..")


def _above(path: str) -> set[str]:
    """The folders that a path lies in, as far as the first that is clutter."""
    parts = path.split("/")[:-1]
    end = next((k for k, part in enumerate(parts, start=1) if part in CLUTTER), len(parts))
    return {"/".join(parts[: k + 1]) for k in range(end)}


def _is_clutter(path: str) -> bool:
    parts = path.split("/")
    return bool(CLUTTER.intersection(parts)) or parts[-1] in LEFT_BEHIND or parts[-1].startswith("._")


def listed(folder: Path, out: Path | None = None) -> Contents:
    """What is in a folder on this machine; reports that runs have left there, or will in `out`, are stray.

    Raises:
        Fault: it cannot be read, or is not an export's.
    """
    pieces: list[tuple[str, Piece]] = []
    known: list[str] = []
    reports: list[Ignored] = []
    top, there = folder.resolve(), out and out.resolve()

    def unreadable(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise Fault(f"the folder {folder} cannot be read: {error.strerror}") from None
        inside = _inside(Path(error.filename), folder)
        pieces.append((f"{inside}/{HERE}", Piece(None, f"cannot be read here ({error.strerror})", ours=True)))

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        here = _inside(Path(parent), folder)
        at_top = here == HERE
        known.append(here)
        for name in sorted(files):
            path = repaired(name) if at_top else f"{here}/{repaired(name)}"
            pieces.append((path, _on_disk(Path(parent, name), path)))
        for name in sorted(folders):
            path = repaired(name) if at_top else f"{here}/{repaired(name)}"
            if top / path == there or holds_store(Path(parent, name)):
                reports.append(Ignored(path, REPORTS))
                folders.remove(name)
                continue
            known.append(path)
            if at_top and Path(parent, name).is_symlink():
                why = "is a link, which is not followed; put the folder itself there"
                pieces.append((f"{path}/{HERE}", Piece(None, why, ours=True)))
        deep = here.count("/") >= DEEPEST
        folders[:] = [] if deep else sorted(name for name in folders if name not in CLUTTER)
        if len(pieces) > MOST_FILES:
            raise Fault(f"{folder} has more than {MOST_FILES:,} files; name the folder of the export alone")
    found = placed(pieces, (path for path in known if path != HERE))
    return replace(found, stray=(*found.stray, *reports))


def _inside(path: Path, folder: Path) -> str:
    return repaired(path.relative_to(folder).as_posix())


def _on_disk(path: Path, inside: str) -> Piece:
    """A file of a folder. A student's links are left to the reading, which passes them over with a remark."""
    if not is_wanted(inside):
        return Piece()
    try:
        linked = stat.S_ISLNK(path.lstat().st_mode)
    except OSError as error:
        return Piece(None, f"cannot be read here ({error.strerror})", ours=True)
    if linked and "/" not in inside:
        return Piece(None, "is a link, which is not followed; put the file itself there", ours=True)
    effective = os.access in os.supports_effective_ids
    if not linked and not os.access(path, os.R_OK, effective_ids=effective):
        return Piece(None, "cannot be read here (Permission denied)", ours=True)
    return Piece(path)


def tops(contents: Contents) -> dict[str, Contents]:
    """What is in each folder at the top, by its name, in the order of names; clutter is none of them."""
    pieces: dict[str, dict[str, Piece]] = {}
    folders: dict[str, set[str]] = {}
    for path in sorted(contents.folders):
        top, _, rest = path.partition("/")
        folders.setdefault(top, set()).update([rest] if rest else [])
    for path, piece in contents.pieces.items():
        top, _, rest = path.partition("/")
        if rest:
            pieces.setdefault(top, {})[rest] = piece
    return {
        top: Contents(pieces.get(top, {}), frozenset(inside))
        for top, inside in folders.items()
        if top not in CLUTTER
    }


def loose(contents: Contents) -> dict[str, Piece]:
    """The files at the top, in no folder."""
    return {path: piece for path, piece in sorted(contents.pieces.items()) if "/" not in path}


def levels(contents: Contents) -> tuple[Contents, ...]:
    """The contents, and where they are nothing but one folder, what is in that."""
    folders = tops(contents)
    if loose(contents) or len(folders) != 1:
        return (contents,)
    (name, within), *_ = folders.items()
    inner = placed(within.pieces.items(), within.folders)
    stray = (Ignored(f"{name}/{item.path}", item.why) for item in inner.stray)
    return (contents, Contents(inner.pieces, inner.folders, (*contents.stray, *stray)))


def entry(
    name: str,
    students: tuple[Student, ...],
    pieces: Mapping[str, Piece],
    *,
    late: bool = False,
    handed_in: str = "",
) -> Entry:
    """The hand-in of these pieces; what keeps it from being graded is its problem."""
    files = {path: piece.file for path, piece in pieces.items() if piece.file and is_looked_at(path)}
    problem, ours = _problem(files, pieces)
    return Entry(name, students, files, late, handed_in, problem, ours)


def _problem(files: Mapping[str, Path], pieces: Mapping[str, Piece]) -> tuple[str, bool]:
    """Why there is nothing to grade, and whether that is not the student's doing.

    What was lost of a hand-in keeps all of it from being graded: the rest might be worth less without it.
    """
    wrong = {path: piece for path, piece in sorted(pieces.items()) if piece.why}
    lost = {path: piece for path, piece in wrong.items() if piece.ours}
    if lost or (wrong and not files):
        return _few([_told(path, piece.why) for path, piece in (lost or wrong).items()], "; "), bool(lost)
    return "" if files else _nothing(sorted(pieces)), False


def _told(path: str, why: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{(folder or 'the folder') if name == HERE else path} {why}"


def _nothing(names: list[str]) -> str:
    what = "there is no Python file, notebook or zip in the hand-in"
    return f"{what}: it has {_few(names, ', ')}" if names else "the hand-in is empty"


def _few(texts: list[str], between: str) -> str:
    more = len(texts) - MOST_NAMED
    return between.join([*texts[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])])


def passed_over(hand_in: Entry, pieces: Mapping[str, Piece], prefix: str) -> list[Ignored]:
    """What is wrong with single pieces of a hand-in that is graded without them."""
    if hand_in.problem:
        return []
    return [Ignored(f"{prefix}{path}", f"it {piece.why}") for path, piece in pieces.items() if piece.why]
