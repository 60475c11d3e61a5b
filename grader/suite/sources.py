"""Where the tests and the hand-in lie: nothing of the hand-in is executed as a test or read as one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.faults import Fault
from grader.sandbox.caller import anticipated
from grader.sandbox.landlock import readable
from grader.submission import CLUTTER


@dataclass(frozen=True)
class Sources:
    """The files and folders of tests that were named, and the hand-in."""

    tests: tuple[Path, ...]
    hand_in: Path

    @property
    def folders(self) -> list[Path]:
        """Those of the tests, each once, in the order in which they were named."""
        return list(dict.fromkeys(each if each.is_dir() else each.parent for each in self.tests))


def keep_apart(sources: Sources) -> None:
    """See that nothing of the hand-in is executed here, and no test is read there.

    Raises:
        Fault: the tests lie in the hand-in, or where student code may read.
    """
    hand_in = sources.hand_in
    if not hand_in.exists():
        raise Fault(f"there is no hand-in {hand_in}")
    whole = hand_in.resolve()
    for test in (each.resolve() for each in sources.tests):
        if test.is_relative_to(whole):
            raise Fault(f"the tests {test} lie in the hand-in {hand_in}: keep them in a folder of their own")
        beside = theirs(whole, test)
        if beside != whole and beside.name.startswith("test"):
            raise Fault(
                f"the hand-in {hand_in} lies in {beside}, where tests are looked for: move it elsewhere"
            )
        for library in readable():
            if test.is_relative_to(library):
                raise Fault(f"{test} lies in {library}, which student code may read: move it elsewhere")


def theirs(hand_in: Path, tests: Path) -> Path:
    """The hand-in, or what has it in it below that folder of tests: all of that may be students'."""
    whole, folder = hand_in.resolve(), tests.resolve()
    if whole == folder or not whole.is_relative_to(folder):
        return whole
    return folder / whole.relative_to(folder).parts[0]


def is_own(file: Path, folders: list[Path]) -> bool:
    """Whether it lies in one of the tests' folders."""
    return any(file.resolve().is_relative_to(folder.resolve()) for folder in folders)


def imports(sources: Sources) -> tuple[list[str], list[str]]:
    """The first names of modules that the tests import, each once: those they need, and the optional ones."""
    found = [each for test in sources.tests for each in _imports(test, theirs(sources.hand_in, test))]
    needed, optional = (dict.fromkeys(name for name, may in found if may is which) for which in (False, True))
    return list(needed), list(optional)


def _imports(test: Path, hand_in: Path) -> Iterator[tuple[str, bool]]:
    """The first names of modules that a file or folder imports, and whether it could do without."""
    files = sorted(test.rglob("*.py")) if test.is_dir() else [test] if test.suffix == ".py" else []
    for file in files:
        if CLUTTER & set(file.parts) or file.resolve().is_relative_to(hand_in):
            continue
        with suppress(SyntaxError, ValueError, OSError):
            tree = ast.parse(file.read_bytes())
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                else:
                    continue
                may = anticipated(tree, node.lineno)
                yield from ((name.split(".")[0], may) for name in names)
