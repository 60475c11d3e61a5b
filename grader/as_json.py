"""A frozen record as JSON text, and back from it as it was.

Decimals are texts, so they stay exact. pydantic reads and writes it by the record's types, and is loaded when
there is something to read or write: grading does without.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def written(record: Any, indent: int | None = None) -> bytes:
    """The record's JSON, in one line unless it is indented.

    Raises:
        ValueError: a text holds half a character (a lone surrogate), which UTF-8 does not.
    """
    kind: Any = type(record)
    return bytes(_adapter(kind).dump_json(record, indent=indent))


def read(kind: type[T], text: str | bytes) -> T:
    """The record of that type that `written` was given.

    Raises:
        pydantic.ValidationError: it is something else; that is a ValueError.
    """
    found: T = _adapter(kind).validate_json(text)  # type: ignore[arg-type] # a class has a hash, too
    return found


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
