"""What a request hands over: whose objects are in it, what was changed there, what comes back from there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grader.sandbox.handle import Handle
from grader.sandbox.standin import Standin, handle_of, made_of


def arguments(operation: str, operands: tuple[Any, ...]) -> list[Any]:
    """A call's arguments, which it may change, in the order in which they are counted."""
    return [*operands[1], *operands[2].values()] if operation == "call" else []


def handles(operands: tuple[Any, ...]) -> Iterator[Handle]:
    """The handles of a request's operands, and of a call's arguments."""
    for operand in operands:
        handle = handle_of(operand)
        if handle:
            yield handle
        elif isinstance(operand, tuple):
            yield from handles(operand)
        elif type(operand) is dict:
            yield from handles(tuple(operand.values()))


def copy_back(original: Any, changed: Any) -> None:
    """Make the caller's object what the function has made of its copy, and of what it holds the same."""
    if type(original).__name__ == "ndarray" and type(changed) is type(original):
        if changed.shape == original.shape and changed.dtype == original.dtype and original.flags.writeable:
            original[...] = changed
        return
    match original, changed:
        case list(), list():
            original[:] = [_kept(x, y) for x, y in _paired(original, changed)]
        case tuple(), tuple():
            for x, y in _paired(original, changed):
                _kept(x, y)
        case dict(), dict():
            items = {key: _kept(original.get(key), y) for key, y in changed.items()}
            original.clear()
            original.update(items)
        case set(), set():
            original.clear()
            original.update(changed)


def _paired(original: Any, changed: Any) -> Iterator[tuple[Any, Any]]:
    for place, y in enumerate(changed):
        yield (original[place] if place < len(original) else None), y


def _kept(x: Any, y: Any) -> Any:
    """The caller's own object with its new content, where it is of the same kind; else the new one."""
    if type(x) is type(y) and isinstance(x, (list, dict, set)):
        copy_back(x, y)
        return x
    if type(x) is type(y) and type(x).__name__ == "ndarray" and (x.shape, x.dtype) == (y.shape, y.dtype):
        copy_back(x, y)
        return x
    return y


def come_back(value: Any) -> Any:
    """An argument as an answer: the same container, unless it holds references with rights."""
    match value:
        case Standin() if made_of(value):
            return value._grader_handle.remote.plain(value)
        case list() | tuple() | set():
            items = [come_back(x) for x in value]
            if all(x is y for x, y in zip(items, value, strict=True)):
                return value
            if isinstance(value, tuple):
                return tuple.__new__(type(value), items)  # of a named tuple, too
            return items if isinstance(value, list) else set(items)
        case dict():
            pairs = [(come_back(key), come_back(x)) for key, x in value.items()]
            same = all(key in value and value[key] is x for key, x in pairs)
            return value if same and all(map(_unmade, value)) else dict(pairs)
    return value


def _unmade(key: Any) -> bool:
    return come_back(key) is key
