"""Whoever is told what is under way, a line of a terminal or nobody: it decides nothing."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]


def silent(_what: str) -> None:
    """Nobody wants to know."""
