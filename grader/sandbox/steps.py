"""Which points next to an input are a difference quotient's.

A difference quotient or a complex step goes one step from its variable for every entry, always as far, or
some along a direction that was handed over. A formula has no use for that: where it sets an entry to zero or
one, or exchanges two, each entry goes as far as its value says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

NEAR = 1e-2  # a short step, against the input's largest entry
SHORT = 0.1  # a step along a direction, against that direction; x + dx itself is no difference quotient
ASIDE = 1e-3  # what a step in one entry or along a direction may have beside it, against the step
ROUNDING = 1e-13  # no step at all, against the input's largest entry


@dataclass
class Input:
    """A variable and the arguments of its shape, entries in a row, and the steps from it that were seen.

    `along` counts those in the direction of another argument. The others are counted by their length, for
    all of a difference quotient are as long, absolutely or against the entry that moves. A quotient of long
    steps is exact of a quadratic function, if it goes both ways: `sides` has the entries, down and up.
    """

    x: NDArray[Any]
    others: tuple[NDArray[Any], ...]
    along: int = 0
    short: Counter[int] = field(default_factory=Counter)
    sides: defaultdict[int, tuple[set[int], set[int]]] = field(
        default_factory=lambda: defaultdict(lambda: (set(), set()))
    )
    known: set[bytes] = field(default_factory=set)

    @cached_property
    def scale(self) -> float:
        return float(np.abs(self.x).max()) or 1.0

    @cached_property
    def said(self) -> bytes:
        return self.x.tobytes()

    @property
    def points(self) -> int:
        """How many points there are at the same distance."""
        both = (2 * len(down & up) for down, up in self.sides.values())
        return max(*self.short.values(), *both, 0, 0)


def count(point: NDArray[Any], own: Input) -> bool:
    """Count a point that is next to the input and has not been seen yet. Is it the input itself?"""
    x, near = own.x, NEAR * own.scale
    if abs(point[0] - x[0]) > near and abs(point[-1] - x[-1]) > near:
        return False  # neither a short step nor one in a single entry; here most of them end
    said = point.tobytes()
    if said not in own.known:
        own.known.add(said)
        with np.errstate(all="ignore"):
            _count_step(point - x, own)
    return said == own.said


def _count_step(step: NDArray[Any], own: Input) -> None:
    """Count a step as short or long, by its length; not a rounding error or a cast to single precision."""
    lengths = np.abs(step)
    longest = float(lengths.max())
    rounded = longest <= ROUNDING * own.scale and not step.imag.any()
    if rounded or np.array_equal(own.x + step, own.x.astype(np.float32)):
        return
    moved = np.flatnonzero(lengths > ASIDE * longest)
    entries = [abs(float(own.x[k])) for k in moved[:2]]
    if longest <= NEAR * own.scale:
        shares = [share for share in (_share(step, other) for other in own.others) if share]
        if all(share <= SHORT for share in shares):
            own.along += len(shares) > 0
            own.short.update(_lengths(longest, entries) if _is_even(step[moved] / longest) else ())
    elif len(moved) == 1 and longest <= max(1.0, own.scale):
        own.sides[_rounded(longest)][int(step[moved[0]].real > 0)].add(int(moved[0]))


def _is_even(moves: NDArray[Any]) -> bool:
    """Whether all entries move as far; not if two are exchanged."""
    return float(np.abs(moves).min()) >= 1 - ASIDE and abs(moves.sum()) > ASIDE


def _lengths(length: float, entries: Sequence[float]) -> set[int]:
    """The length of a step, and where it is short against the single entry that it moves, what it is then."""
    units = [entries[0], 1 + entries[0]] if len(entries) == 1 and length <= NEAR * entries[0] else []
    return {_rounded(length / unit) for unit in [1.0, *units]}


def _rounded(length: float) -> int:
    """As steps of a hundredth: x + h - x is not h to the last digit."""
    return round(100 * log(length))


def _share(step: NDArray[Any], direction: NDArray[Any]) -> float:
    """How far a step goes along a direction; 0 where it goes elsewhere."""
    share = np.vdot(direction, step) / np.vdot(direction, direction)
    aside = np.abs(step - share * direction).max()
    return float(abs(share)) if aside <= ASIDE * np.abs(step).max() else 0.0
