"""What an argument's entries are drawn from.

A distribution is a frozen record; a draw is a pure function of the generator's state, so a seed fixes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Normal:
    """N(0, 1), or N(0, 1/m) for `Normal(fan_in="m")`, which keeps W @ X at scale 1."""

    fan_in: str | None = None

    def draw(
        self, rng: np.random.Generator, shape: tuple[int, ...], sizes: Mapping[str, int]
    ) -> NDArray[Any]:
        variance = 1 / sizes[self.fan_in] if self.fan_in else 1.0
        return np.asarray(rng.standard_normal(shape) * np.sqrt(variance))


@dataclass(frozen=True)
class Uniform:
    """Uniform on [low, high]; it is never scaled or made integer, for its ends have a meaning."""

    low: float
    high: float

    def draw(
        self, rng: np.random.Generator, shape: tuple[int, ...], _sizes: Mapping[str, int]
    ) -> NDArray[Any]:
        return np.asarray(rng.uniform(self.low, self.high, shape))


Distribution = Normal | Uniform
