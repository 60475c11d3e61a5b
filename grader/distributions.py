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
    """N(0, 1), or N(0, 1/m) for `Normal(fan_in="m")`, which keeps W @ X at scale 1.

    Entries are independent. The variance 1/m is that of LeCun et al., Efficient BackProp, 1998, doi
    10.1007/3-540-49430-8_2.
    """

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

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"Uniform({self.low}, {self.high}) is empty")

    def draw(
        self, rng: np.random.Generator, shape: tuple[int, ...], _sizes: Mapping[str, int]
    ) -> NDArray[Any]:
        return np.asarray(rng.uniform(self.low, self.high, shape))


@dataclass(frozen=True)
class Integers:
    """Integers in [low, high), such as labels.

    `high` may be a dimension's name, the number of classes; it becomes one where no shape has it.
    """

    low: int
    high: int | str

    def __post_init__(self) -> None:
        if not isinstance(self.high, str) and not self.low < self.high:
            raise ValueError(f"Integers({self.low}, {self.high}) is empty")

    def draw(
        self, rng: np.random.Generator, shape: tuple[int, ...], sizes: Mapping[str, int]
    ) -> NDArray[Any]:
        high = sizes[self.high] if isinstance(self.high, str) else self.high
        return np.asarray(rng.integers(self.low, high, shape))


Distribution = Normal | Uniform | Integers
DISTRIBUTIONS = (Normal, Uniform, Integers)


def sizes_needed(distribution: Distribution) -> tuple[str, ...]:
    """The dimensions that a distribution depends on."""
    match distribution:
        case Normal(fan_in) if fan_in:
            return (fan_in,)
        case Integers(_, high) if isinstance(high, str):
            return (high,)
        case _:
            return ()
