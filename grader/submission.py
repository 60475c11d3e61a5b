"""One hand-in, whatever its form, to source text: `.py`, `.ipynb`, a folder or a zip with one of them inside.

Nothing is executed, extracted or followed: links are passed over, sizes are capped while reading, archive
members are read from memory. What is wrong with a hand-in is a value, for it is the student's fault; what
this machine does not let us read is ours. Files from an export, which have other names on disk, are read by
the rules of a folder.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from grader.faults import Fault

if TYPE_CHECKING:
    import zipfile

Cell = bytes | str  # a Python file's bytes, or one notebook cell's text

MAX_SOURCE = 512 << 10  # of all source text together
MAX_NOTEBOOK = 32 << 20  # pictures included
MAX_BRACKETS = 1_000_000  # of a notebook: three bytes of JSON can become an object of sixty
MAX_ARCHIVE = 64 << 20
MAX_FILES = 2000
MAX_DEPTH = 30  # of folders in folders
MAX_REMARKS = 8
MAX_REMARK = 600  # characters
MAX_MEMBERS = 20_000  # of a zip, pictures and data included
CLUTTER = {"__MACOSX", ".git", ".ipynb_checkpoints", "__pycache__", ".venv", "venv", "site-packages"}


@dataclass(frozen=True)
class Submission:
    """Source text. `modules` maps dotted names to cells; `main` is the module that answers.

    `file` is where it was found inside the hand-in, `fault` says why there is no source at all, `remarks`
    what was passed over.
    """

    name: str
    main: str
    modules: Mapping[str, tuple[Cell, ...]]
    file: str = ""
    fault: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the student calls the main file, for notes and tracebacks."""
        return PurePosixPath(self.file).name or f"{self.main}.py"

    @property
    def digest(self) -> str:
        """SHA-256 over every module's name and source."""
        total = sha256()
        for name, cells in sorted(self.modules.items()):
            for cell in cells:
                data = _bytes(cell)
                total.update(f"{name}:{len(data)}:".encode() + data)
        return total.hexdigest()


class _Unusable(Exception):
    """One sentence: why a file, or the whole hand-in, cannot be read."""


Reader = Callable[[int], bytes]  # a file's first bytes, at most so many
Entries = dict[str, Reader]  # by path inside the hand-in, in POSIX form


def read_submission(path: Path, file: str) -> Submission:
    """The hand-in at `path`, of which `file` (without suffix) is asked: a .py, .ipynb, folder or zip.

    What a student got wrong in it is no error but stands in `fault` and `remarks`.

    Raises:
        Fault: something in it cannot be read here.
    """
    path = path.absolute()  # so that `.` has a name
    return _read(path.name, lambda remarks: _entries(path, remarks), file)


def gathered(name: str, files: Mapping[str, Path], file: str) -> Submission:
    """The hand-in of these files, by their paths inside it, read as a folder is that has them.

    Raises:
        Fault: one of them cannot be read here.
    """
    ordered = sorted(files.items(), key=lambda item: _walked(item[0]))
    return _read(name, lambda remarks: _folder_entries(name, ordered, remarks), file)


def is_looked_at(name: str) -> bool:
    """Whether a hand-in is read from a file of this path inside it: from a source or, without any, a zip."""
    return _is_source(name) or _is_zip(name)


def _read(hand_in: str, entries_of: Callable[[list[str]], Entries], file: str) -> Submission:
    remarks: list[str] = []
    try:
        entries = entries_of(remarks)
        main = _choose(entries, file, hand_in, remarks)
        modules = _modules(entries, main, file, remarks)
    except _Unusable as fault:
        told = _told(remarks)
        return Submission(_text(hand_in), file, {file: ()}, fault=_text(str(fault)), remarks=told)
    return Submission(_text(hand_in), file, modules, _text(main), remarks=_told(remarks))


def _text(name: str) -> str:
    """A file system's names may be no text: what is not is written as an escape."""
    return name.encode("utf-8", "backslashreplace").decode()


def _told(remarks: list[str]) -> tuple[str, ...]:
    more = len(remarks) - MAX_REMARKS
    told = [*remarks[:MAX_REMARKS], *([f"{more} more files were passed over"] if more > 0 else [])]
    return tuple(_text(remark) if len(remark) <= MAX_REMARK else _shortened(_text(remark)) for remark in told)


def _shortened(text: str) -> str:
    """Cut in the middle: a name may have any length."""
    half = MAX_REMARK // 2
    return f"{text[:half]} [... cut ...] {text[-half:]}"


def _entries(path: Path, remarks: list[str]) -> Entries:
    if path.is_symlink():
        raise Fault(f"{path} is a link; name the file or folder that it leads to")
    if path.is_dir():
        return _folder_entries(path.name, _inside(path, remarks), remarks)
    if path.suffix.lower() == ".zip":
        return _zip_entries(path, path.name, remarks)
    if not _is_source(path.name):
        raise _Unusable(f"{path.name} is no .py, .ipynb, .zip or folder; hand in one of these")
    return {path.name: lambda limit: _read_file(path, path.name, limit)}


def _walked(name: str) -> list[tuple[bool, str]]:
    """Sorts paths as `_files` meets them."""
    *folders, last = name.split("/")
    return [*((True, folder) for folder in folders), (False, last)]


def _inside(folder: Path, remarks: list[str]) -> Iterator[tuple[str, Path]]:
    """The folder's files by their paths inside it."""
    return ((path.relative_to(folder).as_posix(), path) for path in _files(folder, remarks))


def _folder_entries(hand_in: str, files: Iterable[tuple[str, Path]], remarks: list[str]) -> Entries:
    """The sources among the files; where there is none, those of the only zip."""
    entries: Entries = {}
    zips: list[tuple[str, Path]] = []
    for inside, path in files:
        if not is_looked_at(inside):
            continue
        if not _is_ordinary(path):
            remarks.append(f"{inside} is a link or no ordinary file and was passed over")
        elif _is_zip(inside):
            zips.append((inside, path))
        elif len(entries) == MAX_FILES:
            raise _Unusable(f"{hand_in} has more than {MAX_FILES} source files; hand in your own alone")
        else:
            entries[inside] = lambda limit, at=path, name=inside: _read_file(at, name, limit)  # type: ignore[misc]
    if not entries and len(zips) == 1:
        inside, path = zips[0]
        return _zip_entries(path, inside, remarks)
    return entries


def _files(folder: Path, remarks: list[str]) -> Iterator[Path]:
    """What lies in the folder and, sorted, in those below it; not behind links, nor too deep down."""
    rest = [(folder, 0)]
    while rest:
        parent, depth = rest.pop()
        try:
            with os.scandir(parent) as found:
                inside = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            raise Fault(f"the folder {parent} cannot be read: {error.strerror}") from None
        yield from (Path(entry.path) for entry in inside if not _is_folder(entry))
        below = [Path(e.path) for e in reversed(inside) if e.name not in CLUTTER and _is_folder(e)]
        if depth < MAX_DEPTH:
            rest += [(path, depth + 1) for path in below]
        elif below:
            remarks.append(f"what lies more than {MAX_DEPTH} folders deep was passed over")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is one, and no link to one."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_ordinary(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:  # it was there a moment ago, so no student is to blame
        raise Fault(f"{path} is gone; leave the files in place while they are graded") from None
    except OSError:
        return False


def _zip_entries(path: Path, shown: str, remarks: list[str]) -> Entries:
    data = _read_file(path, shown, MAX_ARCHIVE + 1)
    if len(data) > MAX_ARCHIVE:
        raise _Unusable(f"{shown} is larger than {MAX_ARCHIVE >> 20} MiB; hand in the source alone")
    if data.count(b"PK\1\2") > MAX_MEMBERS:  # every member's entry begins so; zipfile would list them all
        raise _Unusable(f"{shown} has more than {MAX_MEMBERS} members; hand in the source alone")
    import zipfile  # and what it needs: few hand-ins are archives

    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [member for member in archive.infolist() if _is_source(_posix(member.filename))]
    except Exception as error:  # on damaged data zipfile raises half a dozen kinds
        raise _Unusable(f"{shown} cannot be opened as a zip file ({error}); pack it again") from None
    if len(members) > MAX_FILES:
        raise _Unusable(f"{shown} has more than {MAX_FILES} source files; hand in your own alone")
    entries: Entries = {}
    taken: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        name = _posix(member.filename)
        other = taken.setdefault(name.casefold(), member)
        if _escapes(name):
            remarks.append(f"{name} points outside the zip file and was passed over")
        elif stat.S_ISLNK(member.external_attr >> 16):
            remarks.append(f"{name} is a link and was passed over")
        elif other is member:
            entries[name] = lambda limit, member=member: _read_member(archive, member, limit)  # type: ignore[misc]
        elif (other.CRC, other.file_size) != (member.CRC, member.file_size):
            remarks.append(f"the zip file has two different files named {name}; neither was used")
            entries.pop(_posix(other.filename), None)
    return entries


def _posix(name: str) -> str:
    return name.replace("\\", "/")


def _escapes(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or ":" in path.parts[0]


def _is_source(name: str) -> bool:
    return name.lower().endswith((".py", ".ipynb")) and not _is_cluttered(name)


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip") and not _is_cluttered(name)


def _is_cluttered(name: str) -> bool:
    return any(part in CLUTTER or part.startswith("._") for part in PurePosixPath(name).parts)


def _is_script(name: str) -> bool:
    """A source that is no notebook."""
    return name.lower().endswith(".py")


def _read_file(path: Path, shown: str, limit: int) -> bytes:
    """A regular file's bytes; never a link's, a device's or a pipe's. `shown` is what a student calls it.

    Raises:
        Fault: the system does not give them, which is not the student's fault.
    """
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise _Unusable(f"{shown} is no ordinary file")
            return stream.read(limit)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _Unusable(f"{shown} is a link; hand in the file itself") from None
        raise Fault(f"{path} cannot be read: {error.strerror}") from None


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    if member.compress_type not in (0, 8):  # stored, deflated: all others unpack without a limit
        raise _Unusable(
            f"{member.filename} is packed in an unusual way; pack it again as an ordinary zip file"
        )
    try:
        with archive.open(member) as stream:
            return stream.read(limit)
    except Exception as error:  # damaged, encrypted, or an unknown compression
        raise _Unusable(f"{member.filename} cannot be unpacked ({error}); pack it again") from None


def _choose(entries: Entries, file: str, hand_in: str, remarks: list[str]) -> str:
    """The asked file: the one nearest the top, a script before a notebook, else the only one there is."""
    named = [path for path in entries if PurePosixPath(path).stem.casefold() == file.casefold()]
    if not named:
        scripts = [path for path in entries if _is_script(path)] or list(entries)
        if len(scripts) == 1:
            if entries.keys() != {hand_in}:
                remarks.insert(0, f"there is no {file}.py; {scripts[0]} was taken for it")
            return scripts[0]
        there = f"it has {', '.join(sorted(scripts)[:5])}" if scripts else "it has no Python file or notebook"
        raise _Unusable(f"there is no {file}.py or {file}.ipynb in {hand_in}: {there}")
    depth = min(path.count("/") for path in named)
    nearest = sorted(
        (path for path in named if path.count("/") == depth),
        key=lambda path: (not _is_script(path), PurePosixPath(path).stem != file, path),
    )
    rivals = [path for path in nearest if _is_script(path) == _is_script(nearest[0])]
    if len({PurePosixPath(path).parent for path in rivals}) > 1:
        raise _Unusable(f"{hand_in} has {' and '.join(rivals)}; hand in one of them")
    if len(nearest) > 1:
        remarks.insert(0, f"{nearest[0]} was graded; {', '.join(nearest[1:])} was not")
    return nearest[0]


def _modules(entries: Entries, main: str, file: str, remarks: list[str]) -> dict[str, tuple[Cell, ...]]:
    """The asked module, and every script at or below its folder under the name it is imported by."""
    folder = PurePosixPath(main).parent
    if _is_script(main):
        modules: dict[str, tuple[Cell, ...]] = {file: (_source(main, entries[main], MAX_SOURCE),)}
    else:
        modules = {file: _notebook_cells(main, entries[main])}
    left = max(0, MAX_SOURCE - sum(map(_weight, modules[file])))
    for path in entries:
        name = _module_name(path, folder)
        if path == main or not name or name in modules:
            continue
        try:
            modules[name] = (_source(path, entries[path], left),)
            left = max(0, left - _weight(modules[name][0]) - len(name.encode()))
        except _Unusable as fault:
            remarks.append(f"{fault}; it was passed over")
    return modules


def _weight(cell: Cell) -> int:
    """About as many bytes as it takes on the wire."""
    return 8 + len(_bytes(cell))


def _bytes(cell: Cell) -> bytes:
    """A text in UTF-8, with a lone surrogate written out, as the wire does."""
    return cell if isinstance(cell, bytes) else cell.encode("utf-8", "backslashreplace")


def _module_name(path: str, folder: PurePosixPath) -> str:
    """`calculus/rules.py` is `calculus.rules`; "" for what cannot be imported from `folder`."""
    pure = PurePosixPath(path)
    if not path.endswith(".py") or not pure.is_relative_to(folder):
        return ""
    parts = pure.relative_to(folder).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def _source(path: str, read: Reader, limit: int) -> bytes:
    data = read(limit + 1)
    if len(data) > limit:
        raise _Unusable(f"{path} is too large: a hand-in may have {MAX_SOURCE >> 10} KiB of source text")
    return data


def _notebook_cells(path: str, read: Reader) -> tuple[Cell, ...]:
    data = read(MAX_NOTEBOOK + 1)
    if len(data) > MAX_NOTEBOOK:
        raise _Unusable(
            f"{path} is larger than {MAX_NOTEBOOK >> 20} MiB; clear its output and hand it in again"
        )
    if data.count(b"[") + data.count(b"{") > MAX_BRACKETS:
        raise _Unusable(f"{path} has too much output; clear it and hand it in again")
    import json  # only where there is a notebook

    try:
        cells = tuple(_code_cells(json.loads(data.decode("utf-8-sig"))))
    except (ValueError, RecursionError, TypeError, AttributeError, KeyError, IndexError):
        raise _Unusable(f"{path} is no notebook; save it again as .ipynb") from None
    if len(cells) > MAX_FILES or sum(map(_weight, cells)) > MAX_SOURCE:
        raise _Unusable(
            f"{path} is too large: {MAX_FILES} cells and {MAX_SOURCE >> 10} KiB of source are read"
        )
    return cells


def _code_cells(notebook: Any) -> list[str]:
    """The text of every code cell, in notebook format 4 or 3."""
    cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
    sources = [cell.get("source", cell.get("input", "")) for cell in cells if cell["cell_type"] == "code"]
    return ["".join(source) for source in sources]
