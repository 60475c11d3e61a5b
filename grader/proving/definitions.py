"""An author's file as syntax: what it defines at its top, what a definition uses, and on which line."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from grader import files

Definitions = Mapping[str, ast.stmt]


def parsed(path: Path) -> ast.Module:
    """A file that has been executed before, so that it is there and no syntax error."""
    return ast.parse(files.read(path))


def definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    """The statements at the top of a file, by the names that they bind."""
    return {name: statement for statement in tree.body for name in _bound(statement)}


def _bound(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def reached(defined: Definitions, name: str) -> dict[str, ast.stmt]:
    """The definition of a name and those of all that it uses, and they in turn."""
    found: dict[str, ast.stmt] = {}
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name in defined and name not in found:
            found[name] = defined[name]
            waiting += [node.id for node in ast.walk(defined[name]) if isinstance(node, ast.Name)]
    return found


def line_of(path: Path, text: str) -> int:
    """The line on which a text such as a dict's key stands; 1 where it is put together."""
    lines = (
        node.lineno
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and node.value == text
    )
    return min(lines, default=1)


def place(path: Path, line: int) -> str:
    """As a sentence names it: `reference/network.py, line 42`."""
    return f"{path.parent.name}/{path.name}, line {line}"
