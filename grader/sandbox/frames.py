"""The wire. Both ends trust nothing: a frame is a length and that many bytes, and the bytes are one value.

Values are None, bools, integers, floats, texts, bytes, numeric arrays, tuples and lists of them, and `Stub`
and `Foreign`, which stand for what does not travel. There is no code, no pickle and no name of a type to look
up. Every size in a header is checked against the bytes in hand before anything is made from it, so a hostile
frame costs an error and no memory. Whatever is wrong with a frame is a `FrameError`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_FRAME = 1 << 20  # bytes; the shipped homework's largest message has 40 thousand
MAX_ANSWER = 1 << 17  # bytes of what a student's process may say at once: 128 × 128 doubles
MAX_WHAT = 200  # characters
MAX_DEPTH = 6
MAX_NDIM = 8
MAX_INT = 32  # bytes

HEADER = struct.Struct("<I")
DOUBLE = struct.Struct("<d")
KIND = struct.Struct("<4B")  # of an array: its dtype, layout, whether it is writeable, number of axes
ARRAY = struct.Struct("<c4B")
AXES = tuple(struct.Struct(f"<{ndim}I") for ndim in range(MAX_NDIM + 1))
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
SMALL = tuple(bytes((ord("i"), 1, number)) for number in range(128))  # integers of one byte


class FrameError(ValueError):
    """Bytes that are no frame, or a value that does not fit one."""


@dataclass(frozen=True)
class Stub:
    """Stands for a function that stays in the grader; `place` is its place among the arguments."""

    place: int
    name: str


@dataclass(frozen=True)
class Foreign:
    """Stands for an answer that is no value of ours; `what` names it: "an object of type Tensor".

    Of a longer name the beginning arrives.
    """

    what: str


def frame(value: object, limit: int = MAX_FRAME) -> bytes:
    """The value's length and bytes, ready to be sent.

    Raises:
        FrameError: it is too large or too deep, or of a type that does not travel.
    """
    encoded = encode(value, limit)
    return HEADER.pack(len(encoded)) + encoded


def encode(value: object, limit: int = MAX_FRAME) -> bytes:
    """The bytes of one value, without the length; raises as `frame` does."""
    out = bytearray()
    _write(value, out, MAX_DEPTH)
    if len(out) > limit:
        raise FrameError(f"a value of {len(out)} bytes is larger than {limit}")
    return bytes(out)


def length(header: bytes | bytearray, limit: int = MAX_FRAME) -> int:
    """How many bytes follow the four of a header.

    Raises:
        FrameError: more than a frame may have.
    """
    (size,) = HEADER.unpack(header)
    if size > limit:
        raise FrameError(f"a frame of {size} bytes is larger than {limit}")
    return int(size)


def decode(data: bytes) -> Any:
    """The value that the bytes of one frame hold.

    Raises:
        FrameError: they hold anything but exactly one value.
    """
    try:
        value, end = READERS[data[0]](data, 1, MAX_DEPTH)
    except KeyError as error:
        raise FrameError(f"no value begins with {error}") from None
    except (IndexError, struct.error):  # of whatever looks for bytes behind the last one
        raise FrameError("bytes are missing") from None
    if end != len(data):  # less where a text or an integer was cut short
        raise FrameError(f"{len(data)} bytes in place of {end}")
    return value


def _write(value: object, out: bytearray, depth: int) -> None:
    """Append a value. Only the exact types travel: a subclass could be anything."""
    write = WRITERS.get(type(value))
    if write is None:
        raise FrameError(f"a {type(value).__name__} does not travel")
    write(value, out, depth)


def _write_bool(value: bool, out: bytearray, _depth: int) -> None:
    out += b"T" if value else b"F"


def _write_int(value: int, out: bytearray, _depth: int) -> None:
    if 0 <= value < len(SMALL):
        out += SMALL[value]
        return
    size = value.bit_length() // 8 + 1
    if size > MAX_INT:
        raise FrameError(f"an integer of {size} bytes is larger than {MAX_INT}")
    out += b"i" + bytes([size]) + value.to_bytes(size, "little", signed=True)


def _write_text(value: str, out: bytearray, _depth: int) -> None:
    _write_sized(b"s", value.encode("utf-8", "backslashreplace"), out)


def _write_sized(tag: bytes, data: bytes, out: bytearray) -> None:
    out += tag + HEADER.pack(len(data)) + data


def _write_array(x: NDArray[Any], out: bytearray, _depth: int) -> None:
    code, shape = CODES.get(x.dtype), x.shape
    if code is None or len(shape) > MAX_NDIM or x.nbytes > MAX_FRAME or not (x.size or _fits(shape)):
        raise FrameError(f"an array of dtype {x.dtype} and shape {shape} does not travel")
    flags = x.flags
    layout = 0 if flags.c_contiguous else 1 if flags.f_contiguous else 2
    out += ARRAY.pack(b"a", code, layout, flags.writeable, len(shape)) + AXES[len(shape)].pack(*shape)
    out += x.tobytes()  # in C order, whatever the layout


def _write_items(value: tuple[Any, ...] | list[Any], out: bytearray, depth: int) -> None:
    out += (b"t" if type(value) is tuple else b"l") + HEADER.pack(len(value))
    depth -= 1
    if depth == 0 and value:
        raise FrameError(f"nested deeper than {MAX_DEPTH}")
    for item in value:
        _write(item, out, depth)


def _write_stub(value: Stub, out: bytearray, _depth: int) -> None:
    _write_sized(b"S" + HEADER.pack(value.place), value.name.encode(), out)


WRITERS: dict[type, Callable[[Any, bytearray, int], None]] = {
    NoneType: lambda _value, out, _depth: out.extend(b"N"),
    bool: _write_bool,
    int: _write_int,
    float: lambda value, out, _depth: out.extend(b"f" + DOUBLE.pack(value)),
    str: _write_text,
    bytes: lambda value, out, _depth: _write_sized(b"b", value, out),
    np.ndarray: _write_array,
    tuple: _write_items,
    list: _write_items,
    Stub: _write_stub,
    Foreign: lambda value, out, _depth: _write_sized(
        b"X", value.what.encode("utf-8", "backslashreplace"), out
    ),
}


def _number(data: bytes, at: int) -> int:
    (number,) = HEADER.unpack_from(data, at)
    return int(number)


def _read_int(data: bytes, at: int, _depth: int) -> tuple[int, int]:
    end = at + 1 + data[at]
    if not 0 < data[at] <= MAX_INT:
        raise FrameError(f"an integer of {data[at]} bytes")
    return int.from_bytes(data[at + 1 : end], "little", signed=True), end


def _read_float(data: bytes, at: int, _depth: int) -> tuple[float, int]:
    return DOUBLE.unpack_from(data, at)[0], at + 8


def _read_bytes(data: bytes, at: int, _depth: int) -> tuple[bytes, int]:
    end = at + 4 + _number(data, at)
    return data[at + 4 : end], end


def _read_text(data: bytes, at: int, _depth: int) -> tuple[str, int]:
    end = at + 4 + HEADER.unpack_from(data, at)[0]
    try:
        return data[at + 4 : end].decode("utf-8"), end
    except UnicodeDecodeError:
        raise FrameError("a text that is no UTF-8") from None


def _read_list(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    count, at = _number(data, at), at + 4
    if count > len(data) - at:  # every item has at least one byte
        raise FrameError(f"{count} items in {len(data) - at} bytes")
    depth -= 1
    if depth == 0 and count:
        raise FrameError(f"nested deeper than {MAX_DEPTH}")
    items = []
    for _ in range(count):
        item, at = READERS[data[at]](data, at + 1, depth)
        items.append(item)
    return items, at


def _read_tuple(data: bytes, at: int, depth: int) -> tuple[tuple[Any, ...], int]:
    items, end = _read_list(data, at, depth)
    return tuple(items), end


def _read_stub(data: bytes, at: int, depth: int) -> tuple[Stub, int]:
    name, end = _read_text(data, at + 4, depth)
    return Stub(_number(data, at), name), end


def _read_foreign(data: bytes, at: int, depth: int) -> tuple[Foreign, int]:
    what, end = _read_text(data, at, depth)
    return Foreign(what[:MAX_WHAT]), end


def _read_array(data: bytes, at: int, _depth: int) -> tuple[NDArray[Any], int]:
    code, layout, writeable, ndim = KIND.unpack_from(data, at)
    if code >= len(DTYPES) or layout >= len(LAYOUTS) or writeable > 1 or ndim > MAX_NDIM:
        raise FrameError(f"an array with dtype {code}, layout {layout}, writeable {writeable}, {ndim} axes")
    start = at + 4 + 4 * ndim
    shape = AXES[ndim].unpack_from(data, at + 4)
    count, dtype = prod(shape), DTYPES[code]
    end = start + count * dtype.itemsize
    if end > len(data):
        raise FrameError(f"{end - len(data)} bytes too few")
    if not (count or _fits(shape)):
        raise FrameError(f"an array of shape {shape}")
    x: NDArray[Any] = np.ndarray(shape, dtype, data, start) if code else _booleans(data, shape, start)
    x = x.copy() if layout == 0 else _laid_out(x, LAYOUTS[layout])
    if not writeable:
        x.flags.writeable = False
    return x, end


def _booleans(data: bytes, shape: tuple[int, ...], start: int) -> NDArray[Any]:
    """Any byte but 0 is True; a view would keep the byte."""
    return np.asarray(np.ndarray(shape, np.uint8, data, start) != 0)


def _fits(shape: tuple[int, ...]) -> bool:
    """An empty array may still claim huge other axes."""
    return prod(max(n, 1) for n in shape) <= MAX_FRAME


def _laid_out(x: NDArray[Any], layout: str) -> NDArray[Any]:
    """A copy in the memory layout that was sent."""
    if layout == "strided" and x.ndim:
        return np.repeat(x, 2, axis=-1)[..., ::2]
    return x.copy("F" if layout == "F" else "C")


# from the place behind a value's first byte to the value and the place behind it, which may lie behind
# the last byte of all where a text or an integer is cut short
READERS: dict[int, Callable[[bytes, int, int], tuple[Any, int]]] = {
    ord("N"): lambda _data, at, _depth: (None, at),
    ord("T"): lambda _data, at, _depth: (True, at),
    ord("F"): lambda _data, at, _depth: (False, at),
    ord("i"): _read_int,
    ord("f"): _read_float,
    ord("s"): _read_text,
    ord("b"): _read_bytes,
    ord("a"): _read_array,
    ord("t"): _read_tuple,
    ord("l"): _read_list,
    ord("S"): _read_stub,
    ord("X"): _read_foreign,
}
