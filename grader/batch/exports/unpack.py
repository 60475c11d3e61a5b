"""An archive to files of a private folder: it has no say in where they go and how much is written.

Files get numbers for names; the paths of the archive are kept as texts. Only what the intake or the grading
reads is unpacked, the smallest first, so that what is too much costs the largest. A damaged file costs itself
alone; an archive whose list of files cannot be read is a `Fault`, for students would be lost in silence.
"""

from __future__ import annotations

import gzip
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

from grader.batch.exports.contents import METADATA, MOST_FILES, Contents, Piece, is_wanted, placed
from grader.faults import Fault
from grader.report.escape import repaired
from grader.submission import MAX_ARCHIVE

ARCHIVES = (".zip", ".tar.gz", ".tgz")
MOST_BYTES = 16 << 30  # of all files together
LARGEST = MAX_ARCHIVE  # no hand-in is read from a larger file
LARGEST_TABLE = 4 << 30  # of the metadata, with the results of every attempt
MOST_TIMES = 200  # as large as it was packed; a notebook is five to thirty times, zeros are a thousand
SMALL = 1 << 20  # bytes for which that does not matter
CHUNK = 1 << 20
DRIVE = re.compile(r"[A-Za-z]:/")
ENCRYPTED = "is encrypted"


@dataclass(frozen=True)
class _Member:
    """One member of an archive: its place in it, its path, its bytes unpacked and packed (0 where unknown).

    `same` is equal for equal content. `why` says what forbids to unpack it; `ours`: no student did that.
    """

    place: int
    path: str
    size: int
    packed: int
    same: tuple[int, int]
    folder: bool = False
    why: str = ""
    ours: bool = False


def is_archive(path: Path) -> bool:
    return path.name.lower().endswith(ARCHIVES)


def unpacked(archive: Path, room: Path) -> Contents:
    """What is in an archive, with its files in `room`, an empty folder.

    Raises:
        Fault: its list of files cannot be read, or nothing can be written.
    """
    reader = _zip if archive.name.lower().endswith(".zip") else _tar
    try:
        return reader(archive, room)
    except OSError as error:
        raise Fault(f"{archive} cannot be read: {error.strerror or error}") from None


def _zip(path: Path, room: Path) -> Contents:
    with path.open("rb") as stream, _damage(path), zipfile.ZipFile(stream) as archive:
        infos = archive.infolist()
        _not_too_many(path, len(infos))
        members = _once(_zip_member(place, info) for place, info in enumerate(infos))
        if {member.why for member in members if not member.folder} == {ENCRYPTED}:
            raise Fault(f"{path} is encrypted; unpack it yourself and name the folder")
        written = {
            member.place: _written(room, member, partial(archive.open, infos[member.place]))
            for member in _chosen(members)
        }
    return _contents(members, written)


def _zip_member(place: int, info: zipfile.ZipInfo) -> _Member:
    path, mode = _posix(info.filename), info.external_attr >> 16
    why, ours = "", False
    if info.flag_bits & 1:
        why, ours = ENCRYPTED, True
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        why = "is a link or a device and was passed over"
    elif info.compress_type not in (0, 8):  # stored, deflated: all others unpack without a limit
        why, ours = "is packed in an unusual way", True
    same = (info.CRC, info.file_size)
    return _Member(place, path, info.file_size, info.compress_size, same, info.is_dir(), why, ours)


def _tar(path: Path, room: Path) -> Contents:
    """Gone through twice: sizes come first, so that the smallest can be chosen."""
    with _damage(path), _stream(path) as (data, archive):
        members = []
        for place, info in enumerate(archive):
            _not_too_many(path, place)
            members.append(_tar_member(place, info))
        while data.read(CHUNK):  # so that its checksum is looked at
            pass
    members = _once(members)
    chosen = {member.place: member for member in _chosen(members)}
    written = {}
    with _damage(path), _stream(path) as (_, archive):
        for place, info in enumerate(archive):
            if place in chosen:
                written[place] = _written(room, chosen[place], partial(_extracted, archive, info))
    return _contents(members, written)


@contextmanager
def _stream(path: Path) -> Iterator[tuple[_Metered, tarfile.TarFile]]:
    """The archive, member by member. It may unpack to somewhat more than is ever written."""
    most = min(2 * MOST_BYTES, SMALL + MOST_TIMES * path.stat().st_size)
    with gzip.open(path) as stream:
        data = _Metered(stream, most)
        with tarfile.open(fileobj=data, mode="r|") as archive:  # type: ignore[call-overload]
            yield data, archive


class _Metered:
    """A stream that ends in an error where more comes out of it than was allowed."""

    def __init__(self, data: gzip.GzipFile, most: int) -> None:
        self.data = data
        self.left = most

    def read(self, size: int) -> bytes:
        chunk = self.data.read(size)
        self.left -= len(chunk)
        if self.left < 0:
            raise tarfile.TarError("it unpacks to far more than its size")
        return chunk


def _tar_member(place: int, info: tarfile.TarInfo) -> _Member:
    path = _posix(repaired(info.name))
    ordinary = info.isdir() or info.type in (tarfile.REGTYPE, tarfile.AREGTYPE)
    why = "" if ordinary else "is a link or a device and was passed over"
    return _Member(place, path, info.size, 0, (place, 0), info.isdir(), why)


def _extracted(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = archive.extractfile(info)
    assert stream is not None  # a regular file has one
    return stream


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    """Whatever damaged data does to the reader of an archive's list becomes one sentence."""
    try:
        yield
    except gzip.BadGzipFile as error:
        raise Fault(_damaged(path, error)) from None
    except (Fault, OSError):
        raise
    except Exception as error:  # half a dozen kinds
        raise Fault(_damaged(path, error)) from None


def _damaged(path: Path, error: Exception) -> str:
    return f"{path} is damaged, or no such archive ({error}); download it again"


def _not_too_many(path: Path, count: int) -> None:
    if count > MOST_FILES:
        raise Fault(f"{path} has more than {MOST_FILES:,} files; unpack it yourself and name a part of it")


def _posix(name: str) -> str:
    """A path with "/" between its parts, and without those that say nothing."""
    name = name.replace("\\", "/")
    if name.startswith("/") or DRIVE.match(name):
        return f"/{name.lstrip('/')}"
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def _once(members: Iterable[_Member]) -> list[_Member]:
    """Every path once. Of two files with one path neither can be told to be the right one."""
    once: dict[str, _Member] = {}
    for member in members:
        other = once.setdefault(member.path, member)
        if other.same != member.same and not (other.folder or member.folder):
            once[member.path] = replace(other, why="is there twice, with different content", ours=True)
        elif other.folder:
            once[member.path] = member
    return list(once.values())


def _chosen(members: list[_Member]) -> list[_Member]:
    """What is unpacked, the smallest first, as far as there is room for."""
    wanted = [m for m in members if not m.folder and is_wanted(m.path) and not _refused(m)]
    chosen, total = [], 0
    for member in sorted(wanted, key=lambda member: member.size):
        total += member.size
        if total > MOST_BYTES:
            break
        chosen.append(member)
    return chosen


def _refused(member: _Member) -> str:
    table = member.path.rpartition("/")[2] == METADATA  # the platform's own, of many texts that are alike
    largest = LARGEST_TABLE if table else LARGEST
    if member.why:
        return member.why
    if ".." in member.path.split("/"):
        return "points outside its folder"
    if member.size > largest:
        return f"is larger than {largest >> 20} MiB"
    if member.packed and not table and member.size > max(SMALL, MOST_TIMES * member.packed):
        return f"unpacks to more than {MOST_TIMES} times its size"
    return ""


def _written(room: Path, member: _Member, opened: Callable[[], IO[bytes]]) -> Piece:
    """The member as a file of the room, or why there is none.

    Raises:
        Fault: the room cannot be written.
    """
    path = room / f"{member.place:08}"
    try:
        with path.open("xb") as out:
            why = _copied(opened, out)
    except OSError as error:
        raise Fault(f"{room} cannot be written: {error.strerror}; make room on that disk") from None
    if not why:
        return Piece(path)
    with suppress(OSError):
        path.unlink()
    return Piece(None, why, ours=True)


def _copied(opened: Callable[[], IO[bytes]], out: IO[bytes]) -> str:
    """Why a member cannot be copied, if so. Never more is read than the archive's list says."""
    chunks = _chunks(opened)
    while True:
        try:
            chunk = next(chunks, b"")
        except Exception as error:  # on damaged data zipfile and tarfile raise half a dozen kinds
            return f"cannot be unpacked ({str(error) or type(error).__name__})"
        if not chunk:
            return ""
        out.write(chunk)


def _chunks(opened: Callable[[], IO[bytes]]) -> Iterator[bytes]:
    with opened() as source:
        while chunk := source.read(CHUNK):
            yield chunk


def _contents(members: list[_Member], written: dict[int, Piece]) -> Contents:
    pieces = ((m.path, written.get(m.place) or _left(m)) for m in members if not m.folder)
    return placed(pieces, (member.path for member in members if member.folder))


def _left(member: _Member) -> Piece:
    """A member that was not unpacked."""
    if not is_wanted(member.path):
        return Piece()
    if why := _refused(member):
        return Piece(None, why, member.ours)
    return Piece(None, f"was left out: all files together have more than {MOST_BYTES >> 30} GiB", ours=True)
