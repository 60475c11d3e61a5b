"""What one test of pytest's says of itself: its row, its name, its conditions, its score."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from grader.gradescope.decorated import NOTHING, THEIRS, told
from grader.gradescope.lost import title
from grader.sandbox.caller import of_a_library
from grader.sandbox.standin import Standin

UNTOLD = object()


def key(item: pytest.Item) -> str:
    """One row for a function, whatever its parameters."""
    owner = item.parent.nodeid if item.parent else ""
    return f"{owner}::{getattr(item, 'originalname', None) or item.name}"


def function(item: pytest.Item) -> Any:
    """The decorated function of a test."""
    owner = getattr(item, "cls", None)
    name = getattr(item, "originalname", None) or item.name
    return getattr(owner, name, None) if owner else getattr(item, "function", None)


def name(item: pytest.Item) -> str:
    """The docstring's first line or the test's own name; of a unittest's what unittest says."""
    owner, module = getattr(item, "cls", None), getattr(getattr(item, "module", None), "__name__", "")
    name = getattr(item, "originalname", None) or item.name
    unittest = sys.modules.get("unittest")
    if owner and unittest and issubclass(owner, unittest.TestCase):
        case = owner(item.name)
        return str(case.shortDescription() or case)
    doc = (getattr(function(item), "__doc__", None) or "").strip()
    return doc.splitlines()[0].strip() if doc else title(name, module, owner.__name__ if owner else "")


def judged(function: Any, name: str) -> object:
    """What a test was told; None if nothing."""
    value = told(function, name, UNTOLD)
    if value is UNTOLD:
        return None
    return NOTHING if value is None else THEIRS if isinstance(value, Standin) else value


def conditions(item: pytest.Item) -> Iterator[str]:
    """The texts that pytest would evaluate."""
    for mark in item.iter_markers():
        if mark.name in ("skipif", "xfail"):
            conditions = (*mark.args, mark.kwargs.get("condition"))
            yield from (each for each in conditions if isinstance(each, str))


def literals(item: pytest.Item) -> set[str]:
    """The texts that stand in the test's file, or in one of the tests' that is loaded."""
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())} | {str(item.path)}
    own = [file for file in files if isinstance(file, str) and not of_a_library(file)]
    return {text for file in own if file.endswith(".py") for text in _texts_in(file)}


@lru_cache(maxsize=1000)
def _texts_in(file: str) -> frozenset[str]:
    try:
        nodes = list(ast.walk(ast.parse(Path(file).read_bytes())))
    except (SyntaxError, ValueError, OSError):
        return frozenset()
    return frozenset(x.value for x in nodes if isinstance(x, ast.Constant) and isinstance(x.value, str))
