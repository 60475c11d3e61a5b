"""Elements of the standard basis, as both sides of the wall know them: one sends what the other looks up."""

from __future__ import annotations

from typing import Any

import numpy as np


def place(x: Any) -> int | None:
    """k, where the k-th entry of an array of numbers is 1 and all others are 0."""
    if not isinstance(x, np.ndarray) or x.dtype.kind not in "iuf" or np.count_nonzero(x) != 1:
        return None
    (place,) = np.flatnonzero(x)
    return int(place) if x.flat[place] == 1 else None
