"""Answers that are the right terms with wrong coefficients, or the right answer times a power of a quantity.

actual = Σ cₖ termₖ is solved over all core cases at once, each divided by its condition, and has to hold on
every case. A coefficient counts only if it is the constant of a slip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from grader.diagnosis.evidence import (
    FEWEST,
    SAME,
    Evidence,
    Numbers,
    Relation,
    ValueOn,
    constant,
    counts,
    ratio_of,
    slip,
)
from grader.key import NUMBERS

EXPONENTS = tuple(
    Fraction(p, q) for p, q in ((1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2), (3, 1), (-3, 1))
)

Coefficients = dict[str, Fraction]
OnEachCase = tuple[Numbers, ...]  # a value on every case of the evidence


def on_each_case(evidence: Sequence[Evidence], values: Mapping[str, ValueOn]) -> dict[str, OnEachCase]:
    """By name; none of those that fail, have another shape than the answer, or are not there at all."""
    found = {}
    for name, value in values.items():
        drawn = [each.predicted(value) for each in evidence]
        if all(map(_fits, evidence, drawn)):
            found[name] = tuple(np.asarray(x, float) for x in drawn)
    return found


@dataclass(frozen=True)
class Powers:
    """Powers of known quantities: `values` has a row for each name and a column for each case."""

    names: tuple[str, ...]
    values: Numbers

    def matching(self, numbers: Sequence[float], cases: Sequence[int]) -> Iterator[tuple[Fraction, int]]:
        """Every constant c and power with numbers = c · power on these cases."""
        constants = np.asarray(numbers) / self.values[:, cases]
        first = constants[:, :1]
        for k in np.flatnonzero((np.abs(constants - first) <= SAME * np.abs(first)).all(axis=1)):
            if found := slip(float(constants[k, 0])):
                yield found, int(k)


def powers_of(evidence: Sequence[Evidence], quantities: Mapping[str, ValueOn]) -> Powers:
    """Of all quantities that are positive numbers on every case, and not always the same."""
    names, rows = [], []
    for name, quantity in quantities.items():
        drawn = [each.predicted(quantity) for each in evidence]
        if not all(map(_is_positive, drawn)):
            continue
        if len({float(x) for x in drawn}) >= FEWEST:
            names += [power(name, p) for p in EXPONENTS]
            rows += [np.array(drawn, float) ** float(p) for p in EXPONENTS]
    return Powers(tuple(names), np.array(rows).reshape(len(names), len(evidence)))


def _is_positive(x: object) -> bool:
    return isinstance(x, NUMBERS) and np.ndim(x) == 0 and 0 < float(x) < np.inf


def _fits(each: Evidence, x: object) -> bool:
    if not isinstance(x, NUMBERS):
        return False
    number = np.asarray(x)
    if number.dtype.kind not in "biuf" or number.shape != np.shape(each.expected):
        return False
    return bool(np.isfinite(number).all()) and (not each.core or counts(number, each.expected))


def coefficients(evidence: Sequence[Evidence], terms: Mapping[str, OnEachCase]) -> Coefficients | None:
    """The coefficient of every term, if all are constants of slips."""
    if not terms or not all(each.formed for each in evidence):
        return None
    cores = [k for k, each in enumerate(evidence) if each.core]
    columns = [
        np.concatenate([np.ravel(term[k]) / evidence[k].condition for k in cores]) for term in terms.values()
    ]
    a = np.concatenate([np.ravel(evidence[k].actual) / evidence[k].condition for k in cores])
    solved = _solved(columns, a)
    found = [_slip_or_zero(c) for c in solved]
    slips = [c for c in found if c is not None]
    if not found or len(slips) < len(found) or not any(slips):
        return None
    sums = (
        sum(float(c) * x[k] for c, x in zip(slips, terms.values(), strict=True)) for k in range(len(evidence))
    )
    if not all(each.agrees(each.actual, total) for each, total in zip(evidence, sums, strict=True)):
        return None
    return dict(zip(terms, slips, strict=True))


def _solved(columns: Sequence[Numbers], a: Numbers) -> list[float]:
    """The c with Σ cₖ columnₖ nearest to a; nothing where that is not told."""
    if a.size <= len(columns):
        return []
    solved, _, rank, _ = np.linalg.lstsq(np.stack(columns, axis=1), a, rcond=None)
    return [float(c) for c in solved] if rank == len(columns) else []


def _slip_or_zero(c: float) -> Fraction | None:
    return Fraction(0) if abs(c) < SAME else slip(c)


def wrong_weights(weights: Mapping[str, tuple[Fraction, str]]) -> str:
    """What is wrong with terms of these constants and powers, as words."""
    *first, last = (f"{name} {_has(*weight)}" for name, weight in weights.items())
    words = f"{', '.join(first)} and {last}" if first else last
    compared = any(power or abs(c) not in (0, 1) for c, power in weights.values())
    return f"{words}, compared with the right {'ones' if len(weights) > 1 else 'one'}" if compared else words


def _has(coefficient: Fraction, power: str) -> str:
    if coefficient == 0:
        return "is missing"
    if coefficient == -1 and not power:
        return "has the wrong sign"
    sign = "has the wrong sign and " if coefficient < 0 else "has "
    return f"{sign}the factor {product(abs(coefficient), power)}"


def product(coefficient: Fraction, power: str) -> str:
    """`2/T`, `T/2`, `-√T`, `1/3`."""
    sign, size = "-" if coefficient < 0 else "", abs(coefficient)
    if not power:
        return f"{coefficient}"
    if power.startswith("1/"):
        below = power[1:] if size.denominator == 1 else f"/({size.denominator} {power[2:]})"
        return f"{sign}{size.numerator}{below}"
    above = power if size.numerator == 1 else f"{size.numerator} {power}"
    return f"{sign}{above}" if size.denominator == 1 else f"{sign}{above}/{size.denominator}"


@dataclass(frozen=True)
class Weight:
    """A term's coefficient: a constant, times `power` where there is one, with its value on each case."""

    constant: Fraction
    power: str
    values: Numbers


def weights(
    evidence: Sequence[Evidence], terms: Mapping[str, OnEachCase], powers: Powers
) -> dict[str, Weight]:
    """Coefficients solved for case by case, where they are constants times powers of quantities."""
    cores = [k for k, each in enumerate(evidence) if each.core]
    if not terms or not all(each.formed for each in evidence):
        return {}
    solved = [
        _solved([np.ravel(term[k]) for term in terms.values()], np.ravel(evidence[k].actual)) for k in cores
    ]
    if not all(solved):
        return {}
    found = {}
    for place, name in enumerate(terms):
        weight = _weight([solution[place] for solution in solved], cores, powers)
        if weight is None:
            return {}
        found[name] = weight
    for k, each in enumerate(evidence):
        if not each.agrees(each.actual, sum(found[name].values[k] * term[k] for name, term in terms.items())):
            return {}
    return found


def _weight(solved: Sequence[float], cores: Sequence[int], powers: Powers) -> Weight | None:
    plain = Fraction(0) if all(abs(c) < SAME for c in solved) else constant(solved)
    if plain is not None:
        return Weight(plain, "", np.full(powers.values.shape[1], float(plain)))
    for found, k in powers.matching(solved, cores):
        return Weight(found, powers.names[k], float(found) * powers.values[k])
    return None


def one_weight(
    evidence: Sequence[Evidence], terms: Mapping[str, OnEachCase], powers: Powers
) -> dict[str, Weight]:
    """The same with one power alone, which is solved for over all cases: for answers of few entries."""
    if any(np.size(each.expected) > len(terms) for each in evidence if each.core):
        return {}
    few = [each for each in evidence if each.core][: len(terms) + FEWEST]
    for name, term in terms.items():
        for k, values in enumerate(powers.values):
            tried = {**terms, name: tuple(t * q for t, q in zip(term, values, strict=True))}
            found = coefficients(few, tried) and coefficients(evidence, tried)
            if found and found[name]:
                return {
                    other: Weight(c, powers.names[k] if other == name else "", values)
                    for other, c in found.items()
                }
    return {}


def times_power(evidence: Sequence[Evidence], powers: Powers) -> Iterator[tuple[str, Relation]]:
    """The right answer times a power of a quantity, and how it is related besides."""
    cases = range(len(evidence))
    for turned in (False, True) if np.ndim(evidence[0].expected) > 1 else (False,):
        if ratios := ratios_of(evidence, turned=turned):
            for found, k in powers.matching(ratios, cases):
                yield powers.names[k], Relation(turned, found)


def ratios_of(evidence: Sequence[Evidence], *, turned: bool) -> list[float]:
    """By which number the right answer is multiplied on each case; none where it is not just multiplied."""
    ratios = []
    for each in evidence:
        b = np.asarray(each.expected, float)
        b = b.T if turned else b
        ratio = ratio_of(each.actual, b)
        if not ratio or not each.agrees(each.actual, ratio * b):
            return []
        ratios.append(ratio)
    return ratios


def power(name: str, p: Fraction) -> str:
    """`T`, `1/T`, `√T`, `T^-2`."""
    inner = f"({name})" if " " in name else name
    written = {
        Fraction(1): name,
        Fraction(-1): f"1/{inner}",
        Fraction(1, 2): f"√{inner}",
        Fraction(-1, 2): f"1/√{inner}",
    }
    return written.get(p, f"{inner}^{p}")
