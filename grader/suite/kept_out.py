"""No file of a hand-in is executed by the tests' process or by one that it starts, whatever `sys.path` says.

Two nets. Who looks for modules where a hand-in lies finds none there, so a library that would do without does
without. Who executes a file by its path all the same (`exec_module`, `runpy`, `subprocess`) is stopped at a
step that Python announces. A file that a test has copied elsewhere is not recognised: docs/tests.md says what
no test may do.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from grader.faults import STAFFS_FAULT
from grader.sandbox.audit import heard
from grader.sandbox.texts import reads
from grader.suite.sources import Sources, theirs

EXECUTED = "a test executes files of the hand-in ({}), outside of the wall: import the module instead"
STARTS = frozenset(  # the events of a process that begins
    ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "os.startfile")
)
READ = {"open": 0, "compile": 1, "import": 1, "ctypes.dlopen": 0}  # where the events of a file have its path
IMPORTING = ("<frozen importlib", "<frozen zipimport")
BETWEEN = re.compile(r"[\s'\"`;&|<>()=,]+|:(?![\\/])")  # what stands between the words of a command
SEARCHED = ("PYTHONPATH", "PYTHONSTARTUP")  # what a process that begins takes modules from

Refuse = Callable[[str], object]


@dataclass(frozen=True)
class Places:
    """Where students' files lie: all that is below `trees`, and modules in `folders` of nobody's tests."""

    trees: frozenset[Path]
    folders: frozenset[Path]
    mixed: frozenset[Path]  # a file of theirs beside the tests' own

    def has(self, path: Path) -> bool:
        """Whether that file or folder is a student's."""
        return any(path.is_relative_to(tree) for tree in self.trees)


def places(sources: Sources) -> Places:
    """What is a student's, seen from the tests that were named."""
    hand_in = sources.hand_in.resolve()
    trees = frozenset(theirs(hand_in, each) for each in (*sources.tests, *sources.folders))
    beside = frozenset() if hand_in.is_dir() else frozenset({hand_in.parent})
    ours = {folder for folder in beside if any(x.resolve().is_relative_to(folder) for x in sources.tests)}
    return Places(trees | {hand_in}, beside - ours, frozenset(ours))


@contextmanager
def kept_out(where: Places, refuse: Refuse) -> Iterator[None]:
    """While this lasts, no file of theirs is a module; `refuse`, which must raise, hears of other ways."""

    def hook(entry: str) -> _Finder:
        folder = Path(entry).resolve()
        if not folder.is_dir():  # a zip: whoever reads modules of theirs in it is heard
            raise ImportError(entry)
        if where.has(folder) or folder in where.folders:
            return _Finder(where, None)
        if folder in where.mixed:
            return _Finder(where, _finder(entry, [each for each in sys.path_hooks if each is not hook]))
        raise ImportError(entry)

    def listen(event: str, arguments: tuple[Any, ...], frame: FrameType) -> None:
        file = _executed(event, arguments, frame, where)
        if file:
            refuse(f"{EXECUTED.format(file)}.\n{STAFFS_FAULT}")

    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()  # it is built anew, by this hook
    try:
        with heard(STARTS | READ.keys(), listen):
            yield
    finally:
        sys.path_hooks.remove(hook)
        sys.path_importer_cache.clear()


class _Finder:
    """Finds what another one does, but for a student's."""

    def __init__(self, where: Places, finder: Any) -> None:
        self._where = where
        self._finder = finder

    def find_spec(self, name: str, target: ModuleType | None = None) -> ModuleSpec | None:
        spec: ModuleSpec | None = self._finder.find_spec(name, target) if self._finder else None
        found = [
            *([spec.origin] if spec and spec.origin else []),
            *((spec and spec.submodule_search_locations) or []),
        ]
        return None if any(self._where.has(Path(each).resolve()) for each in found) else spec

    def invalidate_caches(self) -> None:
        if self._finder:
            self._finder.invalidate_caches()


def _finder(entry: str, hooks: list[Any]) -> Any:
    for each in hooks:
        with suppress(ImportError):
            return each(entry)
    return None


def _executed(event: str, arguments: tuple[Any, ...], frame: FrameType, where: Places) -> str:
    """Which file of theirs that would execute; "" if none."""
    if event in STARTS:
        return _named(event, arguments, where)
    if event == "open" and not frame.f_code.co_filename.startswith(IMPORTING):
        return ""
    if event == "compile" and reads(frame):
        return ""
    file = arguments[READ[event]]
    if not isinstance(file, (str, bytes, os.PathLike)) or not file:
        return ""
    text = os.fsdecode(file)
    return text if where.has(Path(text).resolve()) else ""


def _named(event: str, arguments: tuple[Any, ...], where: Places) -> str:
    """What of theirs a process is told that begins."""
    started = event == "subprocess.Popen"
    given = next((each for each in reversed(arguments) if isinstance(each, Mapping)), os.environ)
    first = Path(os.fsdecode(arguments[2]) if started and arguments[2] else ".").resolve()
    searched = [
        text for name in SEARCHED for text in os.fsdecode(given.get(name, "")).split(os.pathsep) if text
    ]
    folders = [first, *(Path(first, text).resolve() for text in searched)]
    for folder in folders:
        if where.has(folder) or (folder in where.folders and folder != Path.cwd()):
            return str(folder)
    told = [text for each in arguments if not isinstance(each, Mapping) for text in _texts(each)]
    for word in {word for text in told for word in (text, *BETWEEN.split(text)) if word}:
        with suppress(OSError, ValueError):
            for folder in folders:
                for file in (Path(folder, word).resolve(), Path(folder, f"{word}.py").resolve()):
                    if where.has(file):
                        return str(file)
    return ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, (str, bytes, os.PathLike)):
        yield os.fsdecode(value)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
