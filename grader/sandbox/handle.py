"""What stands behind a stand-in for an object of the hand-in: a number in its process, and whom to ask there.

Where there is no answer at all, `NoAnswer` is no `Exception`: a test that expects one must not take a crash
for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

MAX_OWNERS = 100  # whose functions an object may call: rings of objects have no end

Functions = dict[int, Callable[..., Any]]


def an(noun: str) -> str:
    """The noun with its article."""
    return f"an {noun}" if noun[:1].lower() in {*"aeiou"} else f"a {noun}"


class Asked(Protocol):
    """Whoever asks the student's process."""

    changes: int  # operations that may change the length of something
    unanswered: int  # times that there was no answer
    refusals: list[str]  # what was said of those that nothing but a fault of the test takes for an answer

    def ask(self, operation: str, *operands: Any) -> Any:
        """What the operation of that name gives there."""

    def refuse(self, reason: str) -> NoReturn:
        """Say that there is no answer, and why."""

    def replace(self, target: Handle, name: str, value: Any) -> None:
        """Set a name of a module or class."""

    def remove(self, target: Handle, name: str) -> None:
        """Delete a name of a module or class."""

    def plain(self, value: Any) -> Any:
        """Another reference to the object, as if the hand-in had given it."""


class NoAnswer(BaseException):
    """The hand-in has no answer: it hangs, has died or lacks the name; or the test asks what nobody can."""


@dataclass(eq=False)
class Handle:
    """What stands behind a stand-in. `origin` says where to find it again in a fresh process.

    `given` are functions of the test's that it may call. `calculates` says that its class has operators.
    """

    remote: Asked
    kind: str
    name: str
    number: int = 0
    loads: int = 0
    origin: tuple[str, str] | None = None
    parent: Handle | None = None
    calculates: bool = False
    given: Functions = field(default_factory=dict)
    length: tuple[int, int] | None = None  # what was told, and how many changes there had been
    told_hash: int | None = None  # by the hand-in
    constructor: object = None  # the reference that was given under a name in CapWords
    held: object = None  # as what it was found again: else its number would be released

    @property
    def functions(self) -> Functions:
        """The test's functions that it may call: its own, and those of what it belongs to."""
        found: Functions = {}
        for owner in self.owners:
            found = owner.given | found
        return found

    @property
    def owners(self) -> list[Handle]:
        """Itself, and what it belongs to."""
        found: list[Handle] = []
        owner: Handle | None = self
        while owner is not None and len(found) < MAX_OWNERS:
            found.append(owner)
            owner = owner.parent
        return found
