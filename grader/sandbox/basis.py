"""Elements of the standard basis, as both sides of the wall know them: one sends what the other looks up."""

from __future__ import annotations

from typing import Any

import numpy as np


def place(x: Any) -> int | None:
    """k, where the k-th entry of an array of numbers is 1 and all others are 0."""
    if not isinstance(x, np.ndarray) or x.dtype.kind not in "iuf":
        return None
    places = np.flatnonzero(x)
    return int(places[0]) if len(places) == 1 and x.flat[places[0]] == 1 else None
