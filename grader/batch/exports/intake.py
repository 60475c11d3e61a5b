"""What a platform exports, or a folder, to students and their hand-ins: everybody in exactly one entry.

Which platform it was is recognised from what is there, in this order: Gradescope by its table,
submission_metadata.yml; Moodle and Canvas where half of the names at the top are written as they write them;
GitHub Classroom where half of the folders are clones. Whatever else it is has a folder or a file for each
student. All of it may lie in one folder more, as archives have it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from grader.batch.exports import canvas, classlist, classroom, folders, gradescope, moodle
from grader.batch.exports.contents import ROSTERS, Contents, levels, listed, loose
from grader.batch.exports.people import same
from grader.batch.exports.unpack import ARCHIVES, is_archive, unpacked
from grader.batch.roster import Entry, Export, Student
from grader.faults import Fault

MOST_TOLD = 5


@dataclass(frozen=True)
class _Platform:
    name: str
    share: Callable[[Contents], float]
    export: Callable[[Contents], Export]


PLATFORMS = tuple(
    _Platform(module.NAME, module.share, module.export) for module in (gradescope, moodle, canvas, classroom)
)
NAMES = (*(platform.name for platform in PLATFORMS), folders.NAME)


def read_export(
    path: Path,
    room: Path,
    roster: Path | None = None,
    platform: str | None = None,
    out: Path | None = None,
) -> Export:
    """The export at `path`, an archive or a folder; an archive is unpacked into `room`, an empty folder.

    `roster` is a class list; without it a roster.csv at the top of the export is one. `platform` is one of
    `NAMES`, where it should not be guessed. `out` is where reports go: if that is inside, it is passed over.

    Raises:
        Fault: it cannot be read, or there is no hand-in in it.
    """
    contents = _contents(path, room, out)
    export, level = _read(contents, _stem(path), platform)
    file = roster or _roster(level)
    if file is not None:
        export = classlist.joined(export, classlist.read(file), roster.name if roster else ROSTERS[0])
    if not export.entries:
        which = f"hand-ins in {path} as {platform} writes them" if platform else f"hand-ins in {path}"
        raise Fault(f"there are no {which}; name the export itself, an archive or a folder")
    return export


def _contents(path: Path, room: Path, out: Path | None) -> Contents:
    if path.is_dir():
        if out and out.resolve() == path.resolve():
            raise Fault(f"the reports would lie among the hand-ins in {path}: name another folder with -o")
        return listed(path, out)
    if not path.exists():
        raise Fault(f"{path} is missing")
    if not is_archive(path):
        raise Fault(
            f"{path} is neither a folder nor one of {', '.join(ARCHIVES)}; name what the platform exports"
        )
    return unpacked(path, room)


def _stem(path: Path) -> str:
    name = path.resolve().name
    suffix = next((s for s in ARCHIVES if name.lower().endswith(s)), "")
    return name[: len(name) - len(suffix)]


def _roster(contents: Contents) -> Path | None:
    files = loose(contents)
    return next((files[name].file for name in ROSTERS if name in files and files[name].file), None)


def _read(contents: Contents, name: str, platform: str | None) -> tuple[Export, Contents]:
    """Read as the platform that was named, or as the first that half of it looks like, and at which level."""
    wanted = _named(platform) if platform else None
    level = folders.level(contents, name)
    for each in PLATFORMS:
        best = max((level, *levels(contents)), key=each.share)
        if wanted == each.name or (wanted is None and each.share(best) >= 0.5):
            return each.export(best), best
    return folders.export(level), level


def _named(platform: str) -> str:
    fitting = [name for name in NAMES if same(platform) in (same(name), *same(name).split())]
    if not fitting:
        raise Fault(f"there is no platform {platform}; name one of {', '.join(NAMES)}")
    return fitting[0]


def selected(export: Export, only: Sequence[str] = (), skip: Sequence[str] = ()) -> Export:
    """The export with some students alone, or without some: by id, number, address or entry.

    Of a group those stay that are asked for. Neither capitals nor how an accent is encoded make a difference.

    Raises:
        Fault: one of the words means nobody.
    """
    known = _known(export)
    unknown = [word for word in (*only, *skip) if same(word) not in known]
    if unknown:
        raise Fault(_unknown(unknown, export))
    chosen, left = set(map(same, only)), set(map(same, skip))
    entries = []
    for entry in export.entries:
        called = [(student, set(map(same, _calls(entry, student)))) for student in entry.students]
        students = tuple(
            student for student, calls in called if (not only or calls & chosen) and not calls & left
        )
        entries += [replace(entry, students=students)] if students else []
    return replace(export, entries=tuple(entries))


def _calls(entry: Entry, student: Student) -> list[str]:
    """What a student may be called by."""
    return [text for text in (entry.id, student.id, student.sid, student.email) if text]


def _known(export: Export) -> dict[str, str]:
    """Whatever means somebody, by how it is compared."""
    return {
        same(text): text
        for entry in export.entries
        for student in entry.students
        for text in _calls(entry, student)
    }


def _unknown(words: list[str], export: Export) -> str:
    texts = _known(export)
    names = [(same(s.name), s.id) for entry in export.entries for s in entry.students if s.name]
    told = []
    for word in words[:MOST_TOLD]:
        called = [id_ for name, id_ in names if same(word) in (name, *name.split())]
        near = called or [texts[text] for text in get_close_matches(same(word), texts, n=3)]
        told.append(f"{word} (near: {', '.join(near[:3])})" if near else word)
    more = f" and {len(words) - MOST_TOLD} more" if len(words) > MOST_TOLD else ""
    return f"nobody here is called {', '.join(told)}{more}; name an id, a number, an address or an entry"
