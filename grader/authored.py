"""An author's file: executed by path, and blamed by file and line where it fails.

Such a file is data to the grader. It is compiled from its text, so that no bytecode is left beside it, and
never enters `sys.modules`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from grader import files
from grader.faults import Fault
from grader.functions import Activation
from grader.shapes import ShapeError


def execute(path: Path) -> dict[str, Any]:
    """The names that a file defines.

    Raises:
        Fault: it is missing, or running it fails; the sentence names the line.
    """
    return executed(files.read(path), path)


def executed(source: str | ast.Module, path: Path) -> dict[str, Any]:
    """The names that a source defines which stands at that path, or might.

    Raises:
        Fault: running it fails; the sentence names the line.
    """
    namespace: dict[str, Any] = {"__name__": path.stem, "__file__": str(path)}
    try:
        exec(compile(source, str(path), "exec", dont_inherit=True), namespace)
    except (Exception, SystemExit) as error:
        raise Fault(f"{path}, line {_line(error, path)}: {_said(error)}") from error
    return namespace


def _line(error: BaseException, path: Path) -> int:
    from traceback import walk_tb  # only where something failed

    first = error.lineno or 1 if isinstance(error, SyntaxError) else 1
    reached = [n for frame, n in walk_tb(error.__traceback__) if frame.f_code.co_filename == str(path)]
    return reached[-1] if reached else first


def _said(error: BaseException) -> str:
    if isinstance(error, ShapeError):
        return str(error)
    return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"


def activations(path: Path, namespace: Mapping[str, Any]) -> Mapping[str, Activation]:
    """The file's `ACTIVATIONS`, by name.

    Raises:
        Fault: one of them is something else.
    """
    found = namespace.get("ACTIVATIONS", {})
    if not isinstance(found, dict):
        raise Fault(f"{path}: ACTIVATIONS is no dict of Activation(value, slope) by name")
    for name, activation in found.items():
        if not isinstance(activation, Activation):
            raise Fault(f"{path}: ACTIVATIONS[{name!r}] is no Activation(value, slope)")
        for order in (0, 1):
            try:
                activation.function(order)(np.array([-0.5, 0.5]))
            except Exception as error:
                says = f"{activation.text(order)} fails: {type(error).__name__}: {error}"
                raise Fault(f"{path}: ACTIVATIONS[{name!r}]: {says}") from None
    return MappingProxyType(found)
