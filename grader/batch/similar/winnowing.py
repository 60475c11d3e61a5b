"""Which of many texts have much in common, in time that grows with their number, not with its square.

Winnowing (Schleimer, Wilkerson, Aiken: Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003):
of the hashes of all `K` words in a row the least of every `WINDOW` neighbours is kept. What two texts share
in a row is found for certain from `K + WINDOW - 1` words on, and never below `K`.

What many have says nothing about two of them: a short formula has one best form, and whoever is right writes
it. So a fingerprint that more than a quarter has is dropped (in a small class `FEW` may have it), and any
other one weighs ln(1 + texts/holders): to share what some have is little, to share many such things at once
is much. A text is compared with those that share its rarest fingerprints, which are looked up until
`LOOKED_AT` holders have been met: that bounds the work for each text, whatever the others are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

K, WINDOW = 10, 4
FEW, LOOKED_AT = 4, 4000
LEAST = 12  # fingerprints in common; with fewer chance decides
ENOUGH = 0.5  # share below which nothing is said
NEAREST = 20  # with so many others each text is compared
SHOWN = 50
VARIABLES = 1 << 10  # below are variables, each by the distance to where it was last, above are words

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Pair:
    """The places of two texts; the share of the shorter one's fingerprints by weight, and which these are."""

    one: int
    other: int
    share: float
    common: frozenset[int]


@dataclass(frozen=True)
class _Index:
    """Fingerprints by number: text i has `prints[begins[i] : begins[i + 1]]`, number k is in the texts
    `holders[starts[k] : starts[k] + counts[k]]`.
    """

    hashes: Integers
    prints: Integers
    begins: Integers
    holders: Integers
    starts: Integers
    counts: Integers

    def of(self, text: int) -> Integers:
        return self.prints[self.begins[text] : self.begins[text + 1]]

    def holding(self, print_: int) -> Integers:
        return self.holders[self.starts[print_] : self.starts[print_] + self.counts[print_]]


def grams(words: Sequence[int]) -> list[int]:
    """The hash of every K words in a row, the same whatever variables are called."""
    return [
        hash(
            tuple(
                [
                    0 if place < word < VARIABLES else word
                    for place, word in enumerate(words[start : start + K])
                ]
            )
        )
        for start in range(len(words) - K + 1)
    ]


def winnowed(hashes: Sequence[int]) -> set[int]:
    """The least of every window; also of the only one of a text that is shorter."""
    if not hashes:
        return set()
    return {min(hashes[start : start + WINDOW]) for start in range(max(1, len(hashes) - WINDOW + 1))}


def pairs(texts: Sequence[Collection[int]]) -> list[Pair]:
    """The most similar first, each joining two that more similar pairs have not joined already.

    So of twelve that are all alike there are eleven pairs and not sixty-six, and others can be seen.
    """
    index = _index(texts)
    weights = np.log1p(len(texts) / index.counts)
    near = {pair for text in range(len(texts)) for pair in _near(index, weights, text)}
    found = [_pair(index, weights, *pair) for pair in near]
    found = [pair for pair in found if pair.share >= ENOUGH and len(pair.common) >= LEAST]
    groups = list(range(len(texts)))
    kept = []
    for pair in sorted(found, key=lambda pair: (-pair.share, -len(pair.common), pair.one, pair.other)):
        first, second = _root(groups, pair.one), _root(groups, pair.other)
        if first != second:
            groups[max(first, second)] = min(first, second)
            kept.append(pair)
    return kept[:SHOWN]


def _index(texts: Sequence[Collection[int]]) -> _Index:
    """Without what more than a quarter has."""
    sizes = [len(text) for text in texts]
    owners = np.repeat(np.arange(len(texts)), sizes)
    every = np.fromiter(chain.from_iterable(texts), np.int64, sum(sizes))
    hashes, prints, counts = np.unique(every, return_inverse=True, return_counts=True)
    kept = counts[prints] <= max(FEW, len(texts) // 4)
    owners, prints = owners[kept], prints[kept]
    order = np.lexsort((prints, owners))  # so that sums do not depend on the order in a set
    owners, prints = owners[order], prints[order]
    return _Index(
        hashes=hashes,
        prints=prints,
        begins=np.searchsorted(owners, np.arange(len(texts) + 1)),
        holders=owners[np.argsort(prints, kind="stable")],
        starts=np.cumsum(held := np.bincount(prints, minlength=len(hashes))) - held,
        counts=counts,
    )


def _near(index: _Index, weights: NDArray[np.float64], text: int) -> Iterator[tuple[int, int]]:
    """Those that a text shares most with of what is rare, each as a pair in order."""
    prints = index.of(text)
    prints = prints[np.argsort(index.counts[prints], kind="stable")]
    rarest = prints[: np.searchsorted(np.cumsum(index.counts[prints]), LOOKED_AT, side="right")]
    holders = np.concatenate([index.holders[:0], *map(index.holding, rarest)])
    others, places = np.unique(holders, return_inverse=True)
    common = np.bincount(places, np.repeat(weights[rarest], index.counts[rarest]))
    common[others == text] = 0
    for place in np.argsort(-common, kind="stable")[:NEAREST]:
        if common[place]:
            other = int(others[place])
            yield min(text, other), max(text, other)


def _pair(index: _Index, weights: NDArray[np.float64], one: int, other: int) -> Pair:
    first, second = index.of(one), index.of(other)
    common = np.intersect1d(first, second, assume_unique=True)
    share = weights[common].sum() / min(weights[first].sum(), weights[second].sum())
    return Pair(one, other, float(min(share, 1)), frozenset(map(int, index.hashes[common])))


def _root(groups: list[int], text: int) -> int:
    """The first of the group that a text is in."""
    while groups[text] != text:
        groups[text] = groups[groups[text]]
        text = groups[text]
    return text
