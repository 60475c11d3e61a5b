"""Fixtures that ask a hand-in: what one cannot have is a failure of every test that needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any

import pytest

from grader.sandbox.handle import NoAnswer

SWALLOWED = "The test went on where the hand-in gave no answer"


def answering(fixture: Callable[..., Any], refusals: list[str]) -> Callable[..., Any]:
    """The fixture, whose NoAnswer is a failure that pytest remembers."""

    @wraps(fixture)
    def generator(*arguments: Any, **named: Any) -> Iterator[Any]:
        with _failing():
            before = len(refusals)
            for value in fixture(*arguments, **named):
                _gone_on(refusals[before:])
                yield value

    @wraps(fixture)
    def function(*arguments: Any, **named: Any) -> Any:
        with _failing():
            before = len(refusals)
            value = fixture(*arguments, **named)
            _gone_on(refusals[before:])
            return value

    made = generator if isgeneratorfunction(fixture) else function
    vars(made)["grader_answers"] = True
    return made


def _gone_on(refusals: list[str]) -> None:
    """A fixture that has caught one has nothing to give."""
    if refusals:
        raise NoAnswer(f"{SWALLOWED}: {refusals[0]}")


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except NoAnswer as error:
        pytest.fail(str(error), pytrace=False)
