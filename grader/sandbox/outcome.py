"""What became of one call of a student's function. Each is a value; none of them is the grader's fault.

Texts in here were written by the student's process: not to be trusted, nor shown where inputs are secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_NOTES = 20  # of one hand-in; further ones are not told
MAX_PRINTED = 2000  # bytes of what one call prints; the rest is lost


@dataclass(frozen=True)
class Returned:
    """It came back. `mutated` names the inputs it changed, `calls` counts the given functions' values told.

    `mutated`, `seconds` and `beside` are the process's own word: a hint for the honest, not to be believed.
    `beside` stands in place of a value where variables were asked about: how many points next to each of
    them the call went to, and how many of these along another input.
    """

    value: Any
    mutated: tuple[str, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    printed: str = ""
    beside: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Raised:
    """An exception, at that line of the student's file where it is known."""

    kind: str
    message: str
    where: str = ""
    printed: str = ""


@dataclass(frozen=True)
class TimedOut:
    """No answer within the deadline; the process was killed."""

    seconds: float
    importing: bool = False


@dataclass(frozen=True)
class Crashed:
    """The process died, or said something that is no answer."""

    how: str
    importing: bool = False


@dataclass(frozen=True)
class Missing:
    """There is no function of that name. `why` is the error that swallowed its definition, if one did."""

    why: str = ""


@dataclass(frozen=True)
class NotRun:
    """Its turn did not come."""

    why: str


Outcome = Returned | Raised | TimedOut | Crashed | Missing | NotRun


@dataclass(frozen=True)
class Note:
    """A statement, cell or block of a hand-in that could not be executed, and the functions lost with it."""

    where: str
    message: str
    lost: tuple[str, ...] = ()
