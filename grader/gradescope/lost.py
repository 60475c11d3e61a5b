"""The tests of a file that could not be imported, as far as its text tells: none of them loses its maximum.

The file is read, never executed: names, docstrings and decorators with literal arguments. Where it is no
Python its functions are found line by line, each with the decorators that stand above it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from grader.faults import Fault
from grader.gradescope.decorated import Planned, planned

MARKS = {  # by the decorator of gradescope-utils: the attribute that its first argument becomes
    "weight": "__weight__",
    "partial_credit": "__weight__",
    "number": "__number__",
    "visibility": "__visibility__",
    "hide_errors": "__hide_errors__",
    "leaderboard": "__leaderboard_column__",
}
DEFINITION = re.compile(r"\s*(?:async )?def (test\w*)\(")
DOCSTRING = re.compile(r"\s*[ru]?(?:\"\"\"|\'\'\'|\"|\')([^\"\']*)")


class _Function:
    """Carries attributes, as a decorated function does."""


def lost(text: str, module: str, only: str = "") -> list[Planned]:
    """What the tests of a file were to be; of one class alone where it is named."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return list(_from_text(text, module))
    names = _aliases(tree)
    constants = _constants(tree)
    return [
        _plan(node, _name(node, owner, module), names, constants)
        for owner, node in _tests(tree)
        if not only or owner == only
    ]


def _tests(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """(class, test) in the order in which they would run; "" for the class of a function."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            yield "", node
        elif isinstance(node, ast.ClassDef) and (node.bases or node.name.startswith("Test")):
            methods = [
                each
                for each in node.body
                if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.name.startswith("test")
            ]
            for method in sorted(methods, key=lambda each: each.name) if node.bases else methods:
                yield node.name, method


def _name(node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str, module: str) -> str:
    doc = ast.get_docstring(node)
    return doc.splitlines()[0].strip() if doc else title(node.name, module, owner)


def title(function: str, module: str, owner: str = "") -> str:
    """What a test is called that has no docstring, as unittest does."""
    return f"{function} ({'.'.join(filter(None, (module, owner, function if owner else '')))})"


def _aliases(tree: ast.Module) -> dict[str, str]:
    """Names under which decorators were imported."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.asname: alias.name for node in imports for alias in node.names if alias.asname}


def _constants(tree: ast.Module) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            with suppress(ValueError):
                found[node.targets[0].id] = ast.literal_eval(node.value)
    return found


def _plan(
    node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, names: dict[str, str], constants: dict[str, Any]
) -> Planned:
    function = _Function()
    for decorator in node.decorator_list:
        _mark(function, decorator, names, constants)
    return _planned(function, name)


def _mark(function: _Function, decorator: ast.expr, names: dict[str, str], constants: dict[str, Any]) -> None:
    """Note what one decorator would have."""
    if not isinstance(decorator, ast.Call):
        return
    called = decorator.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    name = names.get(name, name)
    values = [_literal(value, constants) for value in decorator.args]
    values += [_literal(each.value, constants) for each in decorator.keywords if each.arg != "sort_order"]
    if name == "tags":
        vars(function)["__tags__"] = tuple(values)
    elif name == "hide_errors" and not values:
        vars(function)["__hide_errors__"] = "Test failed"
    elif name in MARKS and values and values[0] is not None:
        vars(function)[MARKS[name]] = values[0]


def _literal(node: ast.expr, constants: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    with suppress(ValueError):
        return ast.literal_eval(node)
    return None


def _from_text(text: str, module: str) -> Iterator[Planned]:
    """The tests of a file that is no Python, line by line."""
    function, lines = _Function(), text.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        found = DEFINITION.match(line)
        if line.lstrip().startswith("@"):
            with suppress(SyntaxError, ValueError):
                _mark(function, ast.parse(line.strip()[1:], mode="eval").body, {}, {})
        elif found:
            doc = DOCSTRING.match(after)
            yield _planned(function, doc[1].strip() if doc and doc[1].strip() else title(found[1], module))
            function = _Function()


def _planned(function: _Function, name: str) -> Planned:
    try:
        return planned(function, name)
    except Fault:  # a weight that is none: there is nothing to keep
        return Planned(name)
