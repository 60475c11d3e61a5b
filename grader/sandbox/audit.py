"""What Python announces of itself (audit events, PEP 578), for whoever listens.

A hook cannot be taken away again: there is one, which does nothing while nobody listens.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Listener = Callable[[str, tuple[Any, ...], FrameType], None]  # the event, its arguments, where it happens

_listeners: dict[Listener, frozenset[str]] = {}
_hooked: list[bool] = []


@contextmanager
def heard(events: frozenset[str], listener: Listener) -> Iterator[None]:
    """While this lasts it is told of these, and may raise, so that what is announced does not happen."""
    if not _hooked:
        sys.addaudithook(_announced)
        _hooked.append(True)
    _listeners[listener] = events
    try:
        yield
    finally:
        del _listeners[listener]


def _announced(event: str, arguments: tuple[Any, ...]) -> None:
    for listener in [each for each, events in _listeners.items() if event in events]:
        listener(event, arguments, sys._getframe(1))  # which is itself an event
