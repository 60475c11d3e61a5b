"""The wire. Both ends trust nothing: a frame is a length and that many bytes, and the bytes are one value.

Values are None, bools, integers, floats, texts, bytes, numeric arrays, tuples and lists of them, and `Stub`
and `Foreign`, which stand for what does not travel. There is no code, no pickle and no name of a type to look
up. Every size in a header is checked against the bytes in hand before anything is made from it, so a hostile
frame costs an error and no memory. Whatever is wrong with a frame is a `FrameError`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

MAX_FRAME = 1 << 20  # bytes; the shipped homework's largest message has 40 thousand
MAX_DEPTH = 6
MAX_NDIM = 8
MAX_INT = 32  # bytes

HEADER = struct.Struct("<I")
DTYPES = tuple(
    np.dtype(code)
    for code in (
        "?",
        "i1",
        "<i2",
        "<i4",
        "<i8",
        "u1",
        "<u2",
        "<u4",
        "<u8",
        "<f2",
        "<f4",
        "<f8",
        "<c8",
        "<c16",
    )
)
CODES = {dtype: code for code, dtype in enumerate(DTYPES)}
LAYOUTS = ("C", "F", "strided")


class FrameError(ValueError):
    """Bytes that are no frame, or a value that does not fit one."""


@dataclass(frozen=True)
class Stub:
    """Stands for a function that stays in the grader; `place` is its place among the arguments."""

    place: int
    name: str


@dataclass(frozen=True)
class Foreign:
    """Stands for an answer that is no value of ours; `what` is its type's name."""

    what: str


def encode(value: object) -> bytes:
    """The bytes of one value, without the length.

    Raises:
        FrameError: it is too large or too deep, or of a type that does not travel.
    """
    parts: list[bytes] = []
    _write(value, parts, MAX_DEPTH)
    encoded = b"".join(parts)
    if len(encoded) > MAX_FRAME:
        raise FrameError(f"a value of {len(encoded)} bytes is larger than {MAX_FRAME}")
    return encoded


def frame(value: object) -> bytes:
    """The value's length and bytes, ready to be sent."""
    encoded = encode(value)
    return HEADER.pack(len(encoded)) + encoded


def length(header: bytes) -> int:
    """How many bytes follow the four of a header.

    Raises:
        FrameError: more than a frame may have.
    """
    (size,) = HEADER.unpack(header)
    if size > MAX_FRAME:
        raise FrameError(f"a frame of {size} bytes is larger than {MAX_FRAME}")
    return int(size)


def decode(data: bytes) -> Any:
    """The value that the bytes of one frame hold.

    Raises:
        FrameError: they hold anything but exactly one value.
    """
    reader = _Reader(data)
    value = _read(reader, MAX_DEPTH)
    if reader.place != len(data):
        raise FrameError(f"{len(data) - reader.place} bytes too many")
    return value


class _Reader:
    """A place in bytes; `take` never goes beyond their end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def take(self, count: int) -> bytes:
        end = self.place + count
        if end > len(self.data):
            raise FrameError(f"{end - len(self.data)} bytes too few")
        taken = self.data[self.place : end]
        self.place = end
        return taken

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")


def _sized(tag: bytes, data: bytes) -> bytes:
    return tag + HEADER.pack(len(data)) + data


def _write(value: object, parts: list[bytes], depth: int) -> None:
    if depth == 0:
        raise FrameError(f"nested deeper than {MAX_DEPTH}")
    match value:
        case None:
            parts.append(b"N")
        case bool():
            parts.append(b"T" if value else b"F")
        case int():
            _write_int(value, parts)
        case float():
            parts.append(b"f" + struct.pack("<d", value))
        case str():
            parts.append(_sized(b"s", value.encode("utf-8", "backslashreplace")))
        case bytes():
            parts.append(_sized(b"b", value))
        case np.ndarray():
            _write_array(value, parts)
        case tuple() | list():
            parts.append((b"t" if isinstance(value, tuple) else b"l") + HEADER.pack(len(value)))
            for item in value:
                _write(item, parts, depth - 1)
        case Stub(place, name):
            parts.append(_sized(b"S" + HEADER.pack(place), name.encode()))
        case Foreign(what):
            parts.append(_sized(b"X", what.encode("utf-8", "backslashreplace")))
        case _:
            raise FrameError(f"a {type(value).__name__} does not travel")


def _write_int(value: int, parts: list[bytes]) -> None:
    size = value.bit_length() // 8 + 1
    if size > MAX_INT:
        raise FrameError(f"an integer of {size} bytes is larger than {MAX_INT}")
    parts.append(b"i" + bytes([size]) + int(value).to_bytes(size, "little", signed=True))


def _write_array(x: np.ndarray[Any, Any], parts: list[bytes]) -> None:
    code = CODES.get(x.dtype.newbyteorder("<"))
    if code is None or x.ndim > MAX_NDIM or x.nbytes > MAX_FRAME:
        raise FrameError(f"an array of dtype {x.dtype} and shape {x.shape} does not travel")
    flags = x.flags
    layout = 0 if flags.c_contiguous else 1 if flags.f_contiguous else 2
    parts.append(b"a" + bytes([code, layout, flags.writeable, x.ndim]) + struct.pack(f"<{x.ndim}I", *x.shape))
    parts.append(x.astype(DTYPES[code], copy=False).tobytes())  # in C order, whatever the layout


def _read(reader: _Reader, depth: int) -> Any:
    if depth == 0:
        raise FrameError(f"nested deeper than {MAX_DEPTH}")
    match reader.take(1):
        case b"N":
            return None
        case b"T":
            return True
        case b"F":
            return False
        case b"i":
            return _read_int(reader)
        case b"f":
            return struct.unpack("<d", reader.take(8))[0]
        case b"s":
            return _read_text(reader)
        case b"b":
            return reader.take(reader.number())
        case b"a":
            return _read_array(reader)
        case b"t":
            return tuple(_read_items(reader, depth))
        case b"l":
            return _read_items(reader, depth)
        case b"S":
            return Stub(reader.number(), _read_text(reader))
        case b"X":
            return Foreign(_read_text(reader))
        case tag:
            raise FrameError(f"no value begins with {tag!r}")


def _read_int(reader: _Reader) -> int:
    (size,) = reader.take(1)
    if not 0 < size <= MAX_INT:
        raise FrameError(f"an integer of {size} bytes")
    return int.from_bytes(reader.take(size), "little", signed=True)


def _read_text(reader: _Reader) -> str:
    try:
        return reader.take(reader.number()).decode("utf-8")
    except UnicodeDecodeError:
        raise FrameError("a text that is no UTF-8") from None


def _read_items(reader: _Reader, depth: int) -> list[Any]:
    count = reader.number()
    if count > len(reader.data) - reader.place:  # every item has at least one byte
        raise FrameError(f"{count} items in {len(reader.data) - reader.place} bytes")
    return [_read(reader, depth - 1) for _ in range(count)]


def _read_array(reader: _Reader) -> np.ndarray[Any, Any]:
    code, layout, writeable, ndim = reader.take(4)
    if code >= len(DTYPES) or layout >= len(LAYOUTS) or writeable > 1 or ndim > MAX_NDIM:
        raise FrameError(f"an array with dtype {code}, layout {layout}, writeable {writeable}, {ndim} axes")
    shape = struct.unpack(f"<{ndim}I", reader.take(4 * ndim))
    if prod(max(n, 1) for n in shape) > MAX_FRAME:  # an empty array may still claim huge other axes
        raise FrameError(f"an array of shape {shape}")
    data = reader.take(prod(shape) * DTYPES[code].itemsize)
    x = np.frombuffer(data, DTYPES[code]) if code else np.frombuffer(data, np.uint8) != 0
    return _lay_out(x.reshape(shape), LAYOUTS[layout], writeable=bool(writeable))


def _lay_out(x: np.ndarray[Any, Any], layout: str, *, writeable: bool) -> np.ndarray[Any, Any]:
    """A copy in the memory layout that was sent."""
    if layout == "strided" and x.ndim:
        x = np.repeat(x, 2, axis=-1)[..., ::2]
    else:
        x = x.copy(order="F" if layout == "F" else "C")
    x.flags.writeable = writeable
    return x
