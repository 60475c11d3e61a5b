"""Values between a test and a hand-in, as one flat row that a frame carries.

A row is a value in prefix order. What a frame holds stands for itself; anything else is a tuple of a name and
what belongs to it, and a container says how many of the next items are its own. So a row is never nested, and
who reads one makes exact builtin types and plain arrays of it, whatever the bytes claim. What has no copy (an
object, a function) is left to the two ends.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from keyword import iskeyword
from operator import itemgetter
from types import NoneType
from typing import Any

import numpy as np

from grader.sandbox import frames
from grader.sandbox.frames import FrameError

Row = tuple[Any, ...]
Other = Callable[[Any], Any]  # what stands for a value that is not copied, and back

MAX_DEPTH = 40
MAX_INT = 1600  # bytes: Python writes no longer integer as text
MAX_DIGITS = 400  # of a Decimal, and as far its point may lie: int() writes out all of them
MAX_FIELDS = 100  # of a named tuple
DICTS = (Counter, OrderedDict, defaultdict)
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
    "dict_keys": lambda items: dict.fromkeys(_keys(items)).keys(),
    "dict_values": lambda items: dict(enumerate(items)).values(),
    "dict_items": lambda items: _dict([x for pair in items for x in _pair(pair)]).items(),
    "Counter": lambda items: Counter(_dict(items)),
    "OrderedDict": lambda items: OrderedDict(_dict(items)),
    "defaultdict": lambda items: defaultdict(None, _dict(items)),
    "namedtuple": lambda items: _with_names(*items),
    "Decimal": lambda items: _decimal(*items),
    "date": lambda items: _of_integers(date, items),
    "datetime": lambda items: _of_integers(datetime, items),
    "time": lambda items: _of_integers(time, items),
    "timedelta": lambda items: _of_integers(timedelta, items),
    "Fraction": lambda items: _of_integers(Fraction, items),
}
# of these very types; None where they do not tell all
PARTS: dict[type, Callable[[Any], list[Any] | None]] = {
    date: lambda x: [x.year, x.month, x.day],
    datetime: lambda x: [*x.timetuple()[:6], x.microsecond] if x.tzinfo is None and not x.fold else None,
    time: lambda x: [x.hour, x.minute, x.second, x.microsecond] if x.tzinfo is None and not x.fold else None,
    timedelta: lambda x: [x.days, x.seconds, x.microseconds],
    Fraction: lambda x: [x.numerator, x.denominator],
    Decimal: lambda x: [str(x)] if _is_small(x) else None,
    **dict.fromkeys((type({}.keys()), type({}.values()), type({}.items())), list),
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
            items, fields = list(tuple.__iter__(value)), vars(type(value)).get("_fields", ())
            if _are_fields(fields) and len(fields) == len(items):
                _put_all("namedtuple", [type(value).__name__, fields, *items], row, other, depth)
            else:
                _put_all("tuple", items, row, other, depth)
        case dict():
            items = [x for pair in dict.items(value) for x in pair]
            kind = type(value).__name__ if type(value) in DICTS else "dict"
            _put_all(kind, items, row, other, depth)
        case set():
            _put_all("set", list(set.__iter__(value)), row, other, depth)
        case frozenset():
            _put_all("frozenset", list(frozenset.__iter__(value)), row, other, depth)
        case type() if value in NAMES:
            row.append(("type", NAMES[value]))
        case _ if value is ...:
            row.append(("ellipsis",))
        case _ if type(value) in PARTS and (parts := PARTS[type(value)](value)) is not None:
            _put_all(type(value).__name__, parts, row, other, depth)
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
            except (TypeError, ValueError, ArithmeticError):
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


def _pair(value: Any) -> tuple[Any, Any]:
    if type(value) is not tuple or len(value) != 2:
        raise TypeError("this is no pair")
    return value


def _of_integers(kind: Callable[..., Any], parts: list[Any]) -> Any:
    if not all(type(x) is int for x in parts):
        raise TypeError("these are no integers")
    return kind(*parts)


def _decimal(text: Any) -> Decimal:
    value = Decimal(text if isinstance(text, str) and len(text) <= 2 * MAX_DIGITS else "sNaN")
    if not _is_small(value):
        raise ValueError("a Decimal of too many digits")
    return value


def _is_small(value: Decimal) -> bool:
    """Whether it has few digits before and behind the point; a NaN says no more than that it is one."""
    _, digits, exponent = value.as_tuple()
    if isinstance(exponent, str):
        return exponent != "N" and len(digits) <= 1
    return len(digits) <= MAX_DIGITS and abs(exponent) <= MAX_DIGITS


def _are_fields(names: Any) -> bool:
    """Whether these may be the names of a tuple's items."""
    if type(names) is not tuple or not 0 < len(names) <= MAX_FIELDS:
        return False
    usable = (type(x) is str and x.isidentifier() and x[0] != "_" and not iskeyword(x) for x in names)
    return all(usable) and len({*names}) == len(names)


def _with_names(name: str, fields: tuple[str, ...], *items: Any) -> tuple[Any, ...]:
    return _named_tuple(name, fields, len(items))(items)


@lru_cache(maxsize=200)
def _named_tuple(name: str, fields: tuple[str, ...], length: int) -> type[tuple[Any, ...]]:
    """A class of tuples with names. `collections.namedtuple` would execute a text that holds them."""
    if not (_are_fields(fields) and len(fields) == length and type(name) is str and name.isidentifier()):
        raise ValueError("a tuple without names")

    def shown(self: tuple[Any, ...]) -> str:
        items = tuple.__iter__(self)
        return f"{name}({', '.join(f'{field}={x!r}' for field, x in zip(fields, items, strict=True))})"

    def as_dict(self: tuple[Any, ...]) -> dict[str, Any]:
        return dict(zip(fields, tuple.__iter__(self), strict=True))

    named = {field: property(itemgetter(place)) for place, field in enumerate(fields)}
    own = {"__slots__": (), "_fields": fields, "__repr__": shown, "_asdict": as_dict}
    return type(name, (tuple,), {**named, **own})


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
