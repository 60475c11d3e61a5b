"""Which module the tests ask for: as assignment.toml says, else the hand-in's name, else what they import."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from typing import NoReturn

from grader.faults import Fault
from grader.settings import Limits, find_assignment, load_for_tests
from grader.submission import CLUTTER
from grader.suite.sources import Sources, imports, theirs


def asked(sources: Sources, root: Path) -> tuple[str, Limits, bool]:
    """The name of the module that is asked for, the limits, and whether an assignment.toml says so.

    Raises:
        Fault: a name that a student chose is that of a module of the tests' own.
    """
    for start in (*sources.folders, root):
        with suppress(Fault):
            folder = find_assignment(start)
            break
    else:
        return _chosen(sources), Limits(), False
    file, limits = load_for_tests(folder)
    return file or _chosen(sources), limits, bool(file)


def _chosen(sources: Sources) -> str:
    """The name of the main module where no assignment.toml says it."""
    path = sources.hand_in
    needed, optional = imports(sources)
    if path.is_file() and path.suffix.lower() in (".py", ".ipynb"):
        other = of_the_tests(path.stem, sources)
        if other:
            raise Fault(
                f"{path.name} is the hand-in, and {other} is a module of that name that tests could import: "
                f'write file = "{path.stem}" into assignment.toml if they mean the hand-in\'s, or rename it'
            )
        if path.stem in optional and path.stem not in needed:
            _doubt(path.stem)
        return path.stem
    brought = {each.stem for each in path.rglob("*.py")} | {each.stem for each in path.rglob("*.ipynb")}
    foreign = [name for name in needed if not of_the_tests(name, sources)]
    named = [name for name in foreign if name in brought] or foreign
    if named:
        return named[0]
    for name in optional:
        if name in brought:
            _doubt(name)
    return "submission"


def _doubt(name: str) -> NoReturn:
    raise Fault(
        f"the tests import {name} only where they could do without it: "
        f'write file = "{name}" into assignment.toml if that is what students hand in'
    )


def of_the_tests(name: str, sources: Sources) -> str:
    """Where a module of that name is found that is not the hand-in's own; "" if there is none."""
    if name in sys.builtin_module_names:
        return name
    hand_in = sources.hand_in
    below = [str(place) for folder in sources.folders for place in _below(folder, name, hand_in)]
    whole = hand_in.resolve()
    paths = [path for path in sys.path if not Path(path).resolve().is_relative_to(whole)]
    places = [*map(str, sources.folders), *below, *paths]
    spec = PathFinder.find_spec(name, places) if name.isidentifier() else None
    found = spec.origin if spec else None
    if found is None or Path(found).resolve().is_relative_to(whole):
        return ""
    same = hand_in.is_file() and Path(found).read_bytes() == hand_in.read_bytes()
    return "" if same else found


def _below(folder: Path, name: str, hand_in: Path) -> Iterator[Path]:
    """The folders below one of the tests' with a module of that name: a conftest.py may import from any."""
    students = theirs(hand_in, folder)
    for place in sorted(folder.rglob(f"{glob.escape(name)}*")):
        apart = not place.resolve().is_relative_to(students) and not CLUTTER & set(place.parts)
        if apart and place.name.split(".")[0] == name:
            yield place.parent
