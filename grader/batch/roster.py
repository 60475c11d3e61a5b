"""What an export holds: students and their hand-ins. A student is known by an id, never by a name.

Every student of the export is in exactly one entry; a group's hand-in is one entry of several. Files that
nobody can be found for are told as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Student:
    """`id` is unique in the export; `sid` is the school's number, a text with its leading zeros."""

    id: str
    name: str = ""
    email: str = ""
    sid: str = ""


@dataclass(frozen=True)
class Entry:
    """One hand-in: whose it is, and its files on disk by their paths inside the hand-in, in POSIX form.

    Only files are in it that a hand-in is read from. `id` is the platform's own name for it. `handed_in` is
    when, as the export writes it. `problem` says in one sentence why there is nothing to grade; `ours`: that
    is the export's or this machine's fault and not the student's, so it must not cost points.
    """

    id: str
    students: tuple[Student, ...]
    files: Mapping[str, Path]
    late: bool = False
    handed_in: str = ""
    problem: str = ""
    ours: bool = False


@dataclass(frozen=True)
class Ignored:
    """A file or folder of the export that is nobody's hand-in, and why."""

    path: str
    why: str


@dataclass(frozen=True)
class Export:
    """The whole export. `platform` is "Gradescope", "Canvas", "Moodle", "GitHub Classroom" or "folders".

    `notes` are sentences on what is odd about it, such as two students with one number.
    """

    platform: str
    entries: tuple[Entry, ...]
    ignored: tuple[Ignored, ...] = ()
    notes: tuple[str, ...] = ()
