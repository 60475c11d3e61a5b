"""A record as the store keeps it: exact, small, and in texts that every reader of SQL can take.

A record is 100 kB of JSON, nearly all of it what the cases of a problem have in common in every hand-in. So a
problem's record is compressed against the first one that was kept of the same problem, its pattern.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from hashlib import sha256

from grader import as_json
from grader.record import ProblemRecord, Record, Timings, from_json, to_json
from grader.report.escape import repaired, throughout

WINDOW = 1 << 15  # bytes of a pattern that zlib looks at
NO_TIME = Timings(0.0, 0.0, 0.0, 0.0)


class Damaged(Exception):
    """What was kept cannot be read: it has changed on the disk."""


def problem_json(problem: ProblemRecord) -> bytes:
    """A problem's record as JSON. A lone surrogate is written out as an escape, for no UTF-8 holds it."""
    try:
        return as_json.written(problem)
    except ValueError:  # pydantic's word for half a character
        return as_json.written(throughout(problem, repaired))


def problem_from(text: bytes) -> ProblemRecord:
    """What `problem_json` wrote.

    Raises:
        Damaged: it is something else.
    """
    try:
        return as_json.read(ProblemRecord, text)
    except ValueError:  # pydantic's own quotes the record
        raise Damaged("a record in it is none") from None


def record_json(record: Record) -> bytes:
    """A whole record in one line, read again by `from_json`; a lone surrogate is written out."""
    try:
        return as_json.written(record)
    except ValueError:
        return as_json.written(throughout(record, repaired))


def whole_json(record: Record) -> bytes:
    """What is not any problem's. The hand-in's name stays out: identical ones of two students are one."""
    rest = replace(record, problems=(), hand_in="")
    try:
        return to_json(rest).encode()
    except ValueError:
        return to_json(throughout(rest, repaired)).encode()


def whole_from(text: bytes) -> Record:
    """What `whole_json` wrote: a record without problems.

    Raises:
        Damaged: it is something else.
    """
    try:
        return from_json(text)
    except ValueError:
        raise Damaged("a record in it is none") from None


def whole_content(text: bytes) -> bytes:
    """A digest of what has to come out the same in the same environment: not times, names and walls."""
    record = from_json(text)
    staff = replace(record.staff, timings=NO_TIME, isolation="")
    return content(whole_json(replace(record, staff=staff, file="")))


def content(text: bytes) -> bytes:
    """A digest of a text."""
    return sha256(text).digest()[:16]


def compressed(text: bytes, pattern: bytes = b"") -> bytes:
    """The text, smaller the more it has in common with the pattern."""
    packer = zlib.compressobj(zdict=pattern[-WINDOW:])
    return packer.compress(text) + packer.flush()


def expanded(data: bytes, pattern: bytes = b"") -> bytes:
    """What `compressed` was given, with the same pattern.

    Raises:
        Damaged: it is nothing that was compressed with that.
    """
    unpacker = zlib.decompressobj(zdict=pattern[-WINDOW:])
    try:
        text = unpacker.decompress(data) + unpacker.flush()
    except zlib.error as error:
        raise Damaged(str(error)) from None
    if not unpacker.eof:
        raise Damaged("a record in it ends early")
    return text


def written(text: str) -> str:
    """Any text as one that SQL can hold and measure: with a NUL or half a character, in Python's escapes."""
    clean = "\0" not in text and not text.startswith("\\") and repaired(text) == text
    return text if clean else "\\" + text.encode("unicode_escape").decode()


def read(text: str) -> str:
    """What `written` was given."""
    return text[1:].encode().decode("unicode_escape") if text.startswith("\\") else text
