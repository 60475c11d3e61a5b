"""What a hand-in raises, as an exception that can fail a test and do nothing else to it.

It arrives as the builtin exception of its name, or as a `StudentError`.
"""

from __future__ import annotations

import builtins
from contextlib import suppress
from typing import Any

from grader.report.escape import printable

MAX_CLASSES = 200  # exceptions that one hand-in may define
STEERING = (StopIteration, StopAsyncIteration)  # they would end a loop of the test's, and fail nothing


class StudentError(Exception):
    """What the hand-in has raised, where no builtin exception stands for it."""

    message: str | None = None

    def __str__(self) -> str:
        return super().__str__() if self.message is None else self.message


class Classes:
    """The classes of one hand-in's exceptions."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], type[Exception]] = {}

    def of(self, bases: tuple[Any, ...]) -> type[Exception]:
        """The builtin of its name for a hand-in's exception, or a class of its own that stems from one."""
        match bases:
            case ((str(name), True), *_):
                known = getattr(builtins, name, None)
                if isinstance(known, type) and issubclass(known, Exception):
                    return StudentError if issubclass(known, STEERING) else known
                return StudentError
            case ((str(name), False), *rest):
                names = tuple(
                    printable(str(base[0]), 100) for base in bases if isinstance(base, tuple) and base
                )
                if names not in self._known and len(self._known) < MAX_CLASSES:
                    self._known[names] = _derived(names[0], self.of(tuple(rest)))
                return self._known.get(names, StudentError)
        return StudentError


def _derived(name: str, base: type[Exception]) -> type[Exception]:
    """A class of that name; a `StudentError`, whatever else it is."""
    bases = (base,) if issubclass(base, StudentError) else (StudentError, base)
    try:
        return type(name, bases, {"__module__": "the hand-in"})
    except TypeError:  # two layouts that do not go together
        return StudentError


def attach(error: StudentError, attributes: dict[Any, Any]) -> None:
    """Give it what the hand-in's exception has under names that no exception has by itself."""
    for name, value in attributes.items():
        if isinstance(name, str) and name.isidentifier() and name[0] != "_" and not hasattr(error, name):
            setattr(error, name, value)


def exception(kind: type[Exception], arguments: tuple[Any, ...] | None, message: str) -> Exception:
    if issubclass(kind, StudentError):
        error = _blank(kind, message)
        error.args = (message,) if arguments is None else arguments
        error.message = message  # type: ignore[attr-defined]
        return error
    for told in (arguments or (), (message,)) if _own_arguments(kind, arguments) else ((message,),):
        with suppress(Exception):  # some want to be told more
            error = kind(*told)
            if type(error) is kind and str(error) == message:
                return error
    return StudentError(f"{kind.__name__}: {message}")


def _blank(kind: type[Exception], message: str) -> Exception:
    """One of that class; a group has to have something in it."""
    for told in ((), (message, [StudentError(message)])):
        with suppress(Exception):
            return kind.__new__(kind, *told)
    return StudentError()


def _own_arguments(kind: type[Exception], arguments: tuple[Any, ...] | None) -> bool:
    """Whether the class itself could have been given them: whoever shows it trusts their types and sizes."""
    if issubclass(kind, SyntaxError):
        return False
    if not issubclass(kind, UnicodeError) or kind is UnicodeError:
        return True
    match arguments:
        case (*_, str() | bytes() as text, int(start), int(end), str()):
            return 0 <= start < end <= len(text)
    return False
