"""Answers that are wrong in one region of their entries and right in the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from grader.diagnosis.evidence import Evidence, Numbers, counts, ratio_of, slip

Shape = tuple[int, ...]
Region = Callable[[Shape], Numbers]  # from a shape to a mask of it
MOST_KEPT = 256  # sets of shapes; the answers to one problem have the same


@dataclass(frozen=True)
class Wrong:
    """A region that is wrong, and only that; `masks` has it on every case."""

    key: str
    says: str  # "the last row is"
    masks: tuple[Numbers, ...]


def wrong_regions(evidence: Sequence[Evidence]) -> Iterator[Wrong]:
    """The regions outside of which everything is right, on every case."""
    if not all(each.formed and np.ndim(each.expected) for each in evidence):
        return
    near = [each.near(each.actual, each.expected) for each in evidence]
    for key, says, region in _regions(frozenset(np.shape(each.expected) for each in evidence)):
        masks = tuple(region(np.shape(each.expected)) for each in evidence)
        if all(map(_is_wrong_only_in, evidence, near, masks)):
            yield Wrong(key, says, masks)


@lru_cache(MOST_KEPT)
def _regions(shapes: frozenset[Shape]) -> tuple[tuple[str, str, Region], ...]:
    """Their keys, words and masks, which are the same for every hand-in and made once for every shape."""
    return tuple((key, says, cache(region)) for key, says, region in _regions_of(shapes))


def _regions_of(shapes: frozenset[Shape]) -> Iterator[tuple[str, str, Region]]:
    (rank, *others) = {len(shape) for shape in shapes}
    if others:
        return
    if rank == 1 and len(shapes) == 1:
        yield from _components(*shapes)
    yield from _slabs(rank)
    if rank == 2:
        yield "diagonal", "the diagonal is", lambda shape: np.equal(*np.indices(shape))
        yield (
            "below the diagonal",
            "the part below the diagonal is",
            lambda shape: np.greater(*np.indices(shape)),
        )
        yield (
            "above the diagonal",
            "the part above the diagonal is",
            lambda shape: np.less(*np.indices(shape)),
        )
        yield (
            "off the diagonal",
            "the part off the diagonal is",
            lambda shape: np.not_equal(*np.indices(shape)),
        )


def _components(shape: Shape) -> Iterator[tuple[str, str, Region]]:
    """One or two entries of a vector whose length is fixed."""

    def region(places: tuple[int, ...]) -> Region:
        return lambda shape: np.isin(np.arange(shape[0]), places)

    for k in range(*shape):
        yield f"[{k}]", f"entry [{k}] is", region((k,))
    for j, k in combinations(range(*shape), 2):
        yield f"[{j}] and [{k}]", f"the entries [{j}] and [{k}] are", region((j, k))


def _slabs(rank: int) -> Iterator[tuple[str, str, Region]]:
    """The first or last row, column or entry."""

    def region(axis: int, place: int) -> Region:
        return lambda shape: np.indices(shape)[axis] == place % shape[axis]

    names = {1: ("entry",), 2: ("row", "column")}.get(
        rank, tuple(f"slice along axis {k}" for k in range(rank))
    )
    if rank == 2:
        for place, which in ((0, "first"), (-1, "last")):
            yield (
                f"{which} row and column",
                f"the {which} row and column are",
                lambda shape, place=place: region(0, place)(shape) | region(1, place)(shape),  # type: ignore[misc]
            )
    for axis, name in enumerate(names):
        for place, which in ((0, "first"), (-1, "last")):
            yield f"{which} {name}", f"the {which} {name} is", region(axis, place)


def _is_wrong_only_in(each: Evidence, near: Numbers, inside: Numbers) -> bool:
    """Right outside, where there is something to be right about; wrong inside on every core case."""
    if not near[~inside].all():
        return False
    told = counts(np.asarray(each.expected)[~inside], each.expected)
    return not each.core or bool(told and not near[inside].all())


def content(evidence: Sequence[Evidence], wrong: Wrong) -> tuple[str, str]:
    """What stands there, if it is zeros or a multiple of what is right: an id, the end of a sentence."""
    pairs = list(zip(evidence, wrong.masks, strict=True))
    a = np.concatenate([np.asarray(each.actual, float)[mask] for each, mask in pairs])
    b = np.concatenate([np.asarray(each.expected, float)[mask] for each, mask in pairs])
    if not a.any():
        return "=0", "zeros stand there"
    factor = slip(ratio_of(a, b))
    if factor and holds(evidence, wrong, [float(factor) * np.asarray(each.expected) for each in evidence]):
        return f"={factor}", "the sign is flipped" if factor == -1 else f"the factor {factor} stands there"
    return "", ""


def holds(evidence: Sequence[Evidence], wrong: Wrong, there: Sequence[Any]) -> bool:
    """Whether these values, or these numbers, stand in the region."""
    for each, mask, value in zip(evidence, wrong.masks, there, strict=True):
        if np.ndim(value) and np.shape(value) != mask.shape:
            return False
        if not each.near(each.actual, np.broadcast_to(np.asarray(value, float), mask.shape))[mask].all():
            return False
    return True
