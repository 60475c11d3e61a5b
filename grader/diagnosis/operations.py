"""Operations on the entries of a right answer: one too many, one too few, or the entries in other places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from grader.assignment import Problem
from grader.diagnosis.evidence import Numbers, ValueOn
from grader.diagnosis.hypothesis import PLACES, STRUCTURE, Hypothesis, inputs
from grader.shapes import Array

Transform = tuple[str, str, Callable[[Any], Any]]
Transform2 = tuple[str, str, Callable[[Any, Any], Any]]


def _identity(R: Numbers) -> Numbers:
    return np.eye(*R.shape)


def _row_means(R: Numbers) -> Numbers:
    return np.asarray(R * 0 + R.mean(-1, keepdims=True))


def _column_means(R: Numbers) -> Numbers:
    return np.asarray(R * 0 + R.mean(0, keepdims=True))


def _mean_everywhere(R: Numbers) -> Numbers:
    return np.asarray(R * 0 + R.mean())


REARRANGED: tuple[Transform, ...] = (
    ("reversed", "The order of the entries is reversed.", np.flip),
    ("rows reversed", "The order along the first axis is reversed.", lambda R: np.flip(R, 0)),
    ("columns reversed", "The order along the last axis is reversed.", lambda R: np.flip(R, -1)),
    (
        "column order",
        "The right numbers are taken column by column and filled in row by row.",
        lambda R: R.T.reshape(R.shape),
    ),
    ("flat", "The numbers are right, but all in one axis.", np.ravel),
    ("flat, column order", "All entries are in one axis, in column order.", lambda R: R.ravel(order="F")),
    ("column", "The numbers are right, but as one column.", lambda R: R.reshape(-1, 1)),
    ("row", "The numbers are right, but as one row.", lambda R: R.reshape(1, -1)),
    ("shifted on", "The entries of every row are shifted by one place.", lambda R: np.roll(R, 1, -1)),
    ("shifted back", "The entries of every row are shifted by one place.", lambda R: np.roll(R, -1, -1)),
    ("rows shifted on", "The rows are shifted by one place.", lambda R: np.roll(R, 1, 0)),
    ("rows shifted back", "The rows are shifted by one place.", lambda R: np.roll(R, -1, 0)),
)
OPERATED: tuple[Transform, ...] = (
    ("absolute", "The signs are lost: these are absolute values.", abs),
    ("squared", "It is squared, entry by entry.", lambda R: R**2),
    ("root", "It is the square root of the right answer.", np.sqrt),
    ("sum everywhere", "Every entry is the sum of all the right ones.", lambda R: R * 0 + R.sum()),
    ("mean everywhere", "Every entry is the mean of all the right ones.", _mean_everywhere),
    ("ones", "It is 1 everywhere, whatever the input.", np.ones_like),
    ("identity", "It is the identity matrix, whatever the input.", _identity),
    ("inverse", "It is the inverse of the right answer.", np.linalg.inv),
    ("pseudo-inverse", "It is the pseudo-inverse of the right answer.", np.linalg.pinv),
    ("length", "Only the length of the right answer is returned.", np.linalg.norm),
    ("summed", "All entries are summed up.", np.sum),
    ("mean", "The mean of all entries is taken.", np.mean),
    ("summed over columns", "The entries of each row are summed up.", lambda R: R.sum(-1)),
    ("summed over rows", "The entries of each column are summed up.", lambda R: R.sum(0)),
    ("mean of rows", "The entries of each row are averaged.", lambda R: R.mean(-1)),
    ("mean of columns", "The entries of each column are averaged.", lambda R: R.mean(0)),
    ("row means", "Every entry is the mean of the right ones in its row.", _row_means),
    ("column means", "Every entry is the mean of the right ones in its column.", _column_means),
    (
        "row sums",
        "Every entry is the sum of the right ones in its row.",
        lambda R: R * 0 + R.sum(-1, keepdims=True),
    ),
    (
        "column sums",
        "Every entry is the sum of the right ones in its column.",
        lambda R: R * 0 + R.sum(0, keepdims=True),
    ),
    (
        "symmetric part",
        "It is symmetrised: the mean of the answer and its transpose.",
        lambda R: (R + R.T) / 2,
    ),
    ("plus transpose", "The transpose is added.", lambda R: R + R.T),
    ("diagonal", "Only the diagonal is returned.", np.diag),
    ("trace", "Only the trace is returned.", np.trace),
    ("first row", "Only the first entry or row is returned.", lambda R: R[0]),
    ("first column", "Only the first column is returned.", lambda R: R[:, 0]),
    ("without the last", "The last entry or row is left out.", lambda R: R[:-1]),
    ("without the last column", "The last column is left out.", lambda R: R[:, :-1]),
    ("cumulative", "The entries are summed up one after the other.", lambda R: np.cumsum(R).reshape(R.shape)),
    (
        "cumulative rows",
        "Along every row the entries are summed up, one after the other.",
        lambda R: np.cumsum(R, -1),
    ),
    (
        "cumulative columns",
        "Along every column the entries are summed up, one after the other.",
        lambda R: np.cumsum(R, 0),
    ),
    ("truncated", "The decimals are cut off: these are integers.", np.trunc),
    ("floored", "The entries are rounded down to integers.", np.floor),
    ("clipped", "The entries are cut off at -1 and 1.", lambda R: np.clip(R, -1, 1)),
    ("positive", "Negative entries are set to 0.", lambda R: R * (R > 0)),
    ("signs", "Only the signs are left.", np.sign),
    (
        "rows of length 1",
        "Every row is scaled to length 1.",
        lambda R: R / np.linalg.norm(R, axis=-1, keepdims=True),
    ),
    ("columns of length 1", "Every column is scaled to length 1.", lambda R: R / np.linalg.norm(R, axis=0)),
    ("row lengths", "Only the lengths of the rows are returned.", lambda R: np.linalg.norm(R, axis=-1)),
    ("column lengths", "Only the lengths of the columns are returned.", lambda R: np.linalg.norm(R, axis=0)),
    ("times index", "Every entry is multiplied by its index.", lambda R: R * np.arange(R.shape[-1])),
    (
        "times index + 1",
        "Every entry is multiplied by its index + 1.",
        lambda R: R * np.arange(1, R.shape[-1] + 1),
    ),
)


TOO_MANY = "The numbers are right, with an axis of length 1 too many."
REDUCTIONS: tuple[Transform, ...] = (
    ("last axis of length 1", TOO_MANY, lambda a: a.squeeze(-1)),
    ("first axis of length 1", TOO_MANY, lambda a: a.squeeze(0)),
    ("sum not taken", "Its entries sum to the right number: the sum is not taken.", np.sum),
    ("trace not taken", "Its trace is the right number: the trace is not taken.", np.trace),
    ("rows not summed", "Its rows have to be summed up.", lambda a: np.sum(a, 0)),
    ("columns not summed", "Its columns have to be summed up.", lambda a: np.sum(a, -1)),
)


MISSING_PRODUCTS: tuple[Transform2, ...] = (
    (
        "times {x}.T from the left",
        "the product with {x}ᵀ from the left is missing",
        lambda a, x: x.T @ a if x.ndim > 1 else None,
    ),
    ("times {x} from the left", "the product with {x} from the left is missing", lambda a, x: x @ a),
    ("times {x}.T", "the product with {x}ᵀ is missing", lambda a, x: a @ x.T if x.ndim > 1 else None),
    ("times {x}", "the product with {x} is missing", lambda a, x: a @ x),
    (
        "entrywise times {x}",
        "the product with {x}, entry by entry, is missing",
        lambda a, x: a * x if a.shape == x.shape else None,
    ),
    (
        "paired with {x}",
        "it is not multiplied by {x} and summed up",
        lambda a, x: (a * x).sum() if a.shape == x.shape else None,
    ),
    ("outer {x}", "the outer product with {x} is missing", np.outer),
    (
        "form {x}",
        "the product with {x} on both sides is missing",
        lambda a, x: x @ a @ x if x.ndim == 1 else None,
    ),
)


PRODUCTS: tuple[Transform2, ...] = (
    ("times", "multiplied by {x}", lambda R, a: R @ a),
    ("left times", "multiplied by {x} from the left", lambda R, a: a @ R),
    ("form", "multiplied by {x} on both sides", lambda R, a: a @ R @ a),
    ("paired", "paired with {x}: ⟨answer, {x}⟩", lambda R, a: (R * a).sum() if R.shape == a.shape else None),
    ("entrywise", "multiplied by {x} entry by entry", lambda R, a: R * a if R.shape == a.shape else None),
)


PRODUCTS_OF_NUMBERS: tuple[Transform2, ...] = (
    ("times", "multiplied by {x}", lambda R, t: R * t),
    ("divided by", "divided by {x}", lambda R, t: R / t),
)


def contracted(problem: Problem, right: ValueOn) -> Iterator[Hypothesis]:
    """The right answer multiplied by an input: on one side, on both, or entry by entry."""

    def times(x: str, product: Callable[[Any, Any], Any]) -> ValueOn:
        return lambda sample: product(right(sample), inputs(problem, sample)[x])

    for x, spec in ((x, spec) for x, spec in problem.parameters.items() if isinstance(spec, Array)):
        for key, says, product in PRODUCTS if spec.dims else PRODUCTS_OF_NUMBERS:
            place = f"It is the right answer {says.format(x=x)}."
            yield Hypothesis(f"entries:{key} {x}", STRUCTURE, place, times(x, product))


ADDENDS: tuple[Transform, ...] = (
    ("transpose", "its transpose", lambda R: R.T if R.ndim > 1 else None),
    ("identity", "the identity matrix", _identity),
    ("ones", "1", np.ones_like),
    ("row means", "the mean of every row", _row_means),
    ("column means", "the mean of every column", _column_means),
    ("mean everywhere", "the mean of all entries", _mean_everywhere),
    ("diagonal", "its diagonal", lambda R: R * _identity(R)),
)


def addends(right: ValueOn) -> list[Hypothesis]:
    """What may be added to a right answer; the words are "It is", and a noun."""
    nouns = tuple((key, f"It is {noun}.", to) for key, noun, to in ADDENDS)
    return _each(nouns, STRUCTURE, right)


def rearranged(right: ValueOn) -> list[Hypothesis]:
    """The right numbers in other places."""
    return _each(REARRANGED, PLACES, right)


def transformed(right: ValueOn) -> list[Hypothesis]:
    """The right answer after one operation on its entries, or with them in other places."""
    return [*rearranged(right), *_each(OPERATED, STRUCTURE, right)]


def _each(transforms: Sequence[Transform], family: str, right: ValueOn) -> list[Hypothesis]:
    def after_that(to: Callable[[Any], Any]) -> ValueOn:
        return lambda sample: to(right(sample))

    return [Hypothesis(f"entries:{key}", family, says, after_that(to)) for key, says, to in transforms]
