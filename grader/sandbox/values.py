"""Values between a test and a hand-in, as one flat row that a frame carries.

A row is a value in prefix order. What a frame holds stands for itself; anything else is a tuple of a name and
what belongs to it, and a container says how many of the next items are its own. So a row is never nested, and
who reads one makes exact builtin types and plain arrays of it, whatever the bytes claim. What has no copy (an
object, a function) is left to the two ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from types import NoneType
from typing import Any

import numpy as np

from grader.sandbox import frames
from grader.sandbox.frames import FrameError

Row = tuple[Any, ...]
Other = Callable[[Any], Any]  # what stands for a value that is not copied, and back

MAX_DEPTH = 40
MAX_INT = 1600  # bytes: Python writes no longer integer as text
MAX_ALIKE = 100  # keys of one hash; more would make a dict slow on purpose
TYPES: dict[str, type] = {
    each.__name__: each
    for each in (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, type(None))
} | {f"np.{each.type.__name__}": each.type for each in frames.DTYPES}
NAMES = {each: name for name, each in TYPES.items()}
CONTAINERS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": lambda items: set(_keys(items)),
    "frozenset": lambda items: frozenset(_keys(items)),
    "slice": lambda items: slice(*items),
}


def flat(value: object, other: Other) -> Row:
    """The value's row. `other` makes an item of what is not copied.

    Raises:
        FrameError: it is too deep, or an integer too large.
    """
    row: list[Any] = []
    _put(value, row, other, MAX_DEPTH)
    return tuple(row)


def rebuilt(row: Row, other: Other) -> Any:
    """The value of a row. `other` is given items whose names are not known here.

    Raises:
        FrameError: the row holds anything but exactly one value.
    """
    items = iter(row)
    value = _taken(items, other, MAX_DEPTH)
    if any(True for _ in items):
        raise FrameError("a row with too many items")
    return value


def _put(value: Any, row: list[Any], other: Other, depth: int) -> None:
    """Append a value's items; of a subclass those of its base, asked of the base."""
    if depth == 0:
        raise FrameError(f"nested deeper than {MAX_DEPTH}")
    match value:
        case None | bool() | float() if type(value) in (NoneType, bool, float):
            row.append(value)
        case np.ndarray() | np.generic():
            row.append(_numeric(value, other))
        case int():
            row.append(_integer(int.__pos__(value)))
        case float():
            row.append(float.__pos__(value))
        case str():
            row.append(str.__getitem__(value, slice(None)))
        case bytes():
            row.append(bytes.__getitem__(value, slice(None)))
        case complex():
            z = complex.__pos__(value)
            row.append(("complex", z.real, z.imag))
        case range() | slice():
            kind = type(value).__name__
            _put_all(kind, [value.start, value.stop, value.step], row, other, depth)
        case _:
            _put_container(value, row, other, depth)


def _put_container(value: Any, row: list[Any], other: Other, depth: int) -> None:
    match value:
        case list():
            _put_all("list", list(list.__iter__(value)), row, other, depth)
        case tuple():
            _put_all("tuple", list(tuple.__iter__(value)), row, other, depth)
        case dict():
            items = [x for pair in dict.items(value) for x in pair]
            _put_all("dict", items, row, other, depth)
        case set():
            _put_all("set", list(set.__iter__(value)), row, other, depth)
        case frozenset():
            _put_all("frozenset", list(frozenset.__iter__(value)), row, other, depth)
        case type() if value in NAMES:
            row.append(("type", NAMES[value]))
        case _ if value is ...:
            row.append(("ellipsis",))
        case _:
            row.append(other(value))


def _put_all(kind: str, items: list[Any], row: list[Any], other: Other, depth: int) -> None:
    row.append((kind, len(items)))
    for item in items:
        _put(item, row, other, depth - 1)


def _integer(value: int) -> Any:
    size = value.bit_length() // 8 + 1
    if size <= frames.MAX_INT:
        return value
    if size > MAX_INT:
        raise FrameError(f"an integer of {size} bytes is larger than {MAX_INT}")
    return ("int", value.to_bytes(size, "little", signed=True))


def _numeric(value: Any, other: Other) -> Any:
    """A base array of a plain dtype, or a scalar as one without axes; other arrays are no copies."""
    if type(value).__name__ == "MaskedArray":  # what is masked has no value
        return other(value)
    x = np.asarray(value)  # of a matrix, its data
    if x.dtype in (np.longdouble, np.clongdouble):
        x = x.astype(float if x.dtype.kind == "f" else complex)
    native = x.dtype.newbyteorder("=")
    if native not in frames.CODES:
        return str(value) if isinstance(value, np.str_) else other(value)
    if type(x) is not np.ndarray or x.dtype != native:
        x = np.array(x, native)
    return x if isinstance(value, np.ndarray) else ("scalar", x)


def _taken(items: Iterator[Any], other: Other, depth: int) -> Any:
    """The next value of a row."""
    if depth == 0:
        raise FrameError(f"nested deeper than {MAX_DEPTH}")
    match next(items, NotImplemented):  # which no frame holds
        case None | bool() | int() | float() | str() | bytes() | np.ndarray() as value:
            return value
        case (str("dict" | "range") as kind, int(count)):
            parts = _parts(items, count, other, depth)
            return _dict(parts) if kind == "dict" else _range(parts)
        case (str(kind), int(count)) if kind in CONTAINERS:
            try:
                return CONTAINERS[kind](_parts(items, count, other, depth))
            except TypeError:
                raise FrameError(f"a {kind} that cannot be made") from None
        case tuple() as item:
            return _single(item, other)
    raise FrameError("a row with too few items, or one of no value")


def _parts(items: Iterator[Any], count: int, other: Other, depth: int) -> list[Any]:
    """So many values; their number is only a claim, so nothing is made before it is there."""
    return [_taken(items, other, depth - 1) for _ in range(count)]


def _single(item: tuple[Any, ...], other: Other) -> Any:
    match item:
        case (str("complex"), float(real), float(imag)):
            return complex(real, imag)
        case (str("scalar"), np.ndarray() as x) if x.ndim == 0:
            return x[()]
        case (str("int"), bytes(data)) if len(data) <= MAX_INT:
            return int.from_bytes(data, "little", signed=True)
        case (str("type"), str(name)) if name in TYPES:
            return TYPES[name]
        case (str("ellipsis"),):
            return ...
    return other(item)


def _dict(parts: list[Any]) -> dict[Any, Any]:
    if len(parts) % 2:
        raise FrameError("a dict that cannot be made")
    return dict(zip(_keys(parts[::2]), parts[1::2], strict=True))


def _range(parts: list[Any]) -> range:
    match parts:
        case [int(start), int(stop), int(step)] if step:
            return range(start, stop, step)
    raise FrameError("a range that cannot be made")


def _keys(keys: list[Hashable]) -> list[Hashable]:
    """The keys, unless many have the same hash: each would be compared with all others."""
    try:
        alike = Counter(map(hash, keys))
    except TypeError:
        raise FrameError("a key that has no hash") from None
    if alike and max(alike.values()) > MAX_ALIKE:
        raise FrameError("keys of the same hash")
    return keys
