"""What a test names, as far as its code tells: a test that names what a hand-in lacks cannot pass.

That a name is there at all (`callable(f)`, `f is not None`) is asked of the stand-in's own class, which can
refuse no answer. So the test is read: its function, its class's, its fixtures and what these call.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

from grader.sandbox.caller import of_a_library
from grader.sandbox.modules import Module
from grader.sandbox.standin import Absent, Standin

ALWAYS = {  # what runs with each test of a class
    *("setUp", "tearDown", "setUpClass", "tearDownClass"),
    *("setup_method", "teardown_method", "setup_class", "teardown_class"),
}
DEEPEST = 4  # containers in containers
IMPORTING = {"import_module", "__import__", "reload", "importorskip"}

Found = tuple[dict[str, Any] | None, str, Any]  # whose globals have it, under which name


def absent(values: list[Any], owner: type | None) -> Iterator[Found]:
    """The stand-ins for what is not there that these functions and values lead to."""
    yield from (found for found in _led_to(values, owner) if isinstance(found[2], Absent))


def modules(values: list[Any], owner: type | None) -> set[str]:
    """The names of modules that these functions and values have or import, a hand-in's among them."""
    found: set[str] = set()
    for _, _, value in _led_to(values, owner):
        function = getattr(value, "__func__", value)
        if isinstance(value, Module):
            found.add(value.__name__)
        elif isinstance(function, FunctionType) and not of_a_library(function.__code__.co_filename):
            found |= _imported(function.__code__)
    return found


def _imported(code: CodeType) -> set[str]:
    """What it imports, and every text where it imports by name."""
    found = {each.argval for each in dis.get_instructions(code) if each.opname == "IMPORT_NAME"}
    if IMPORTING & set(code.co_names):
        found |= {each for each in code.co_consts if isinstance(each, str)}
    return found.union(*(_imported(each) for each in code.co_consts if isinstance(each, CodeType)))


def _led_to(values: list[Any], owner: type | None) -> Iterator[Found]:
    """All that they lead to."""
    seen: set[int] = set()
    waiting: list[tuple[dict[str, Any] | None, str, Any]] = [(None, "", value) for value in values]
    waiting += [(None, "", value) for value in _of(owner, ALWAYS)]
    while waiting:
        place, name, value = waiting.pop()
        if isinstance(value, Absent):
            yield place, name, value
        elif id(value) not in seen and not isinstance(value, Standin):
            seen.add(id(value))
            yield place, name, value
            waiting += [(None, "", each) for each in _items(value, DEEPEST)]
            waiting += _named(getattr(value, "__func__", value), owner)


def _named(function: Any, owner: type | None) -> Iterator[tuple[dict[str, Any] | None, str, Any]]:
    """What a function of the tests' names, and what any holds or wraps, as a decorated one does."""
    if not isinstance(function, FunctionType):
        return
    held = [vars(function).get("__wrapped__"), *map(_content, function.__closure__ or ())]
    yield from ((None, "", each) for each in [*held, *(function.__defaults__ or ())])
    if of_a_library(function.__code__.co_filename):
        return
    names = _names(function.__code__)
    for name in names & function.__globals__.keys():
        value = function.__globals__[name]
        yield function.__globals__, name, value
        if isinstance(value, ModuleType) and not of_a_library(getattr(value, "__file__", None) or ""):
            yield from ((vars(value), each, vars(value)[each]) for each in names & vars(value).keys())
    yield from ((None, "", each) for each in [*(function.__kwdefaults__ or {}).values(), *_of(owner, names)])


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty
        return None


def _of(owner: type | None, names: set[str]) -> Iterator[Any]:
    """What a class has under these names."""
    for name in names if owner else ():
        value = inspect.getattr_static(owner, name, None)
        yield getattr(value, "__func__", value)


def _items(value: Any, depth: int) -> Iterator[Any]:
    """Functions and stand-ins in a container."""
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, (list, tuple, set, frozenset)) and depth:
        for each in value:
            yield each
            yield from _items(each, depth - 1)


def _names(code: CodeType) -> set[str]:
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return set(code.co_names).union(*map(_names, inner))
