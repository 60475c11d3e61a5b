"""Arguments as a student's function takes them: each by itself, or several in one tuple, such as a cache.

Everywhere else they are apart. A packing is a tuple of places among them, and of such tuples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Union

Packing = tuple[Union[int, "Packing"], ...]


def packed(arguments: Sequence[Any], packing: Packing) -> tuple[Any, ...]:
    """`packed((x, w, b, dout), (3, (0, 1, 2)))` is `(dout, (x, w, b))`; with `()` they stay as they are."""
    return _taken(arguments, packing) if packing else tuple(arguments)


def _taken(arguments: Sequence[Any], places: Packing) -> tuple[Any, ...]:
    return tuple(arguments[place] if isinstance(place, int) else _taken(arguments, place) for place in places)
