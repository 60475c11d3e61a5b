"""Whose code is at work in the tests' process: the tests' own, or a library's that works for them.

What a library learns of a hand-in nobody asked for: an optional import that a student's file answers, a
method that `assertSetEqual` calls with the expected set. So only the tests' own code gets these.
"""

from __future__ import annotations

import ast
import builtins
import dis
import os
import sysconfig
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import FrameType

MONKEYPATCH = os.path.join("_pytest", "monkeypatch.py")  # pytest's, which does what the test has named
PACKAGES = {"site-packages", "dist-packages"}
GRADER = os.path.realpath(Path(__file__).parents[1])
STANDARD = os.path.realpath(sysconfig.get_path("stdlib"))
ON_ORDER = tuple(  # of the standard library: they do to an object what the test has named
    os.path.join(STANDARD, *parts) for parts in (("unittest", "mock.py"), ("contextlib.py",))
)
EXECUTING = os.path.join(STANDARD, "doctest.py")  # what it reads, it runs
IMPORTING = (  # they import what the test has named
    *(os.path.join(STANDARD, *parts) for parts in (("importlib", "__init__.py"), ("pkgutil.py",))),
    ON_ORDER[0],
)


@lru_cache(maxsize=1000)
def of_a_library(file: str) -> bool:
    """Whether code of that file is a library's, Python's or grader's own."""
    if file.startswith("<frozen "):  # as os and abc are, in some builds of Python
        return True
    place = Path(os.path.realpath(file))
    return bool(PACKAGES & set(place.parts)) or any(place.is_relative_to(x) for x in (STANDARD, GRADER))


@lru_cache(maxsize=1000)
def may_ask(file: str) -> bool:
    """Whether code of that file is told what a hand-in's object has under a name."""
    return not of_a_library(file) or os.path.realpath(file) in ON_ORDER or file.endswith(MONKEYPATCH)


def written(frame: FrameType) -> bool:
    """Whether code of the tests asks there for what it names (`hw2.f`), and not by `getattr` or `hasattr`."""
    asking = dis.opname[frame.f_code.co_code[frame.f_lasti]]
    return asking in ("LOAD_ATTR", "LOAD_METHOD") and not of_a_library(frame.f_code.co_filename)


def executes(file: str) -> bool:
    """Whether code of that file would execute the text that it asks for."""
    return os.path.realpath(file) == EXECUTING


def importing(frame: FrameType | None) -> Iterator[FrameType]:
    """The frame that imports a module, as seen from a finder, and those that it was called from."""
    while frame is not None and _imports(frame.f_code.co_filename):
        frame = frame.f_back
    while frame is not None:
        yield frame
        frame = frame.f_back


def _imports(file: str) -> bool:
    return file.startswith("<frozen importlib") or os.path.realpath(file) in IMPORTING


def anticipated(tree: ast.AST, line: int) -> bool:
    """Whether that line stands where an ImportError is caught: an import there is optional."""
    return any(_around(node, line) for node in ast.walk(tree))


def _around(node: ast.AST, line: int) -> bool:
    if type(node).__name__ in ("Try", "TryStar"):
        catching = any(_catches(handler.type) for handler in node.handlers)  # type: ignore[attr-defined]
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        catching = any(_names(item.context_expr) & _CATCHING for item in node.items)
    else:
        return False
    body = node.body  # type: ignore[attr-defined]
    return catching and body[0].lineno <= line <= body[-1].end_lineno


_CATCHING = {each.__name__ for each in ModuleNotFoundError.__mro__[:-1]}


def _catches(kinds: ast.expr | None) -> bool:
    """Whether an ImportError may be among them; of a name that is none of Python's nobody knows."""
    if kinds is None:
        return True
    return any(name in _CATCHING or not hasattr(builtins, name) for name in _names(kinds))


def _names(node: ast.AST) -> set[str]:
    """The names in an expression, the last of each dotted one."""
    dotted = [each for each in ast.walk(node) if isinstance(each, ast.Attribute)]
    inner = {id(each.value) for each in dotted}
    plain = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and id(each) not in inner}
    return plain | {each.attr for each in dotted}
