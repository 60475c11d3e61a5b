"""Answers in tuples: the components of an answer stand in one row, however deep the tuples are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def parts(answer: Any) -> tuple[Any, ...]:
    """The components of a tuple, also of those within it, or the answer as the only one."""
    return tuple(x for part in answer for x in parts(part)) if isinstance(answer, tuple) else (answer,)


def partwise(function: Callable[..., Any], *answers: Any) -> Any:
    """A function of answers, component by component where they are tuples, which must be alike."""
    if not isinstance(answers[0], tuple):
        return function(*answers)
    return tuple(partwise(function, *each) for each in zip(*answers, strict=True))


def part_name(expected: Any, part: int) -> str:
    """`2` for the second value of a tuple, `2.1` for the first in the tuple that is the second."""
    for place, value in enumerate(expected, start=1):
        size = len(parts(value))
        if part < size:
            return f"{place}.{part_name(value, part)}" if isinstance(value, tuple) else f"{place}"
        part -= size
    raise IndexError(part)
