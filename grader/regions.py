"""Answers that are wrong in one region of their entries and right in the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

from grader.evidence import Evidence, Numbers, counts, ratio_of, slip

Shape = tuple[int, ...]
Region = Callable[[Shape], Numbers]  # from a shape to a mask of it


def wrong_region(evidence: Sequence[Evidence]) -> Iterator[tuple[str, str]]:
    """An id such as `last row=0`, and the sentence to it."""
    if not all(each.formed and np.ndim(each.expected) for each in evidence):
        return
    for key, says, region in _regions({np.shape(each.expected) for each in evidence}):
        masks = [region(np.shape(each.expected)) for each in evidence]
        if all(map(_is_wrong_only_in, evidence, masks)):
            content, words = _content(evidence, masks)
            yield f"{key}{content}", f"Only {says} wrong{words}."


def _regions(shapes: set[Shape]) -> Iterator[tuple[str, str, Region]]:
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
    for axis, name in enumerate(names):
        for place, which in ((0, "first"), (-1, "last")):
            yield f"{which} {name}", f"the {which} {name} is", region(axis, place)


def _is_wrong_only_in(each: Evidence, inside: Numbers) -> bool:
    """Right outside, where there is something to be right about; wrong inside on every core case."""
    near = each.near(each.actual, each.expected)
    if not near[~inside].all():
        return False
    told = counts(np.asarray(each.expected)[~inside], each.expected)
    return not each.core or bool(told and not near[inside].all())


def _content(evidence: Sequence[Evidence], masks: Sequence[Numbers]) -> tuple[str, str]:
    """What stands in the region instead: zeros, or a multiple of what is right."""
    pairs = list(zip(evidence, masks, strict=True))
    a = np.concatenate([np.asarray(each.actual, float)[mask] for each, mask in pairs])
    b = np.concatenate([np.asarray(each.expected, float)[mask] for each, mask in pairs])
    if not a.any():
        return "=0", ": it is 0 there"
    factor = slip(ratio_of(a, b))
    if factor and all(_is_multiple(each, mask, float(factor)) for each, mask in pairs):
        return (
            f"={factor}",
            ": its sign is flipped" if factor == -1 else f": it has the factor {factor} there",
        )
    return "", ""


def _is_multiple(each: Evidence, mask: Numbers, factor: float) -> bool:
    return bool(each.near(each.actual, factor * np.asarray(each.expected))[mask].all())
