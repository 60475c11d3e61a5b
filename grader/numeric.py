"""Derivatives and conditions without a formula: complex steps, differences, perturbations.

Nothing here knows a reference. A path is a function of one number t; its derivatives at t = 0 give gradients,
differentials and Taylor expansions alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Path = Callable[[Any], Any]
Rule = Callable[[Path], NDArray[Any]]  # from a path to its first derivative at 0

PROBE = 2.0**-20
STEP = 1e-30  # a complex step subtracts nothing, so it may be as small as one likes
WIDTH = 2.0**-8  # of a difference quotient: two Richardson levels leave h⁶ f⁽⁷⁾ ≈ 4e-15 and rounding ≈ 6e-14


def complex_step(path: Path) -> NDArray[Any]:
    """f′(0) = Im f(ih)/h (Martins, Sturdza, Alonso 2003, doi 10.1145/838250.838251).

    Exact to rounding where `path` is analytic, and silently wrong where it is not: `np.abs`, `.conj()`,
    `np.linalg.norm` and `.astype(float)` give 0. The result has the shape of `path(0)`.

    Raises:
        Exception: what `path` raises on a complex number, such as TypeError from `math.exp`.
    """
    return np.asarray(np.imag(path(1j * STEP)) / STEP)


def differences(path: Path, width: float = WIDTH) -> NDArray[Any]:
    """f′(0) by central differences with two Richardson levels, good to about 1e-12 where `path` is smooth.

    (64 D(h/4) − 20 D(h/2) + D(h))/45 with D(h) = (f(h) − f(−h))/2h (Richardson 1911, doi
    10.1098/rsta.1911.0009). `width` is h, in units of t; the result has the shape of `path(0)`.
    """

    def central(h: float) -> NDArray[Any]:
        return np.asarray((path(h) - path(-h)) / (2 * h))

    coarse, middle, fine = central(width), central(width / 2), central(width / 4)
    return np.asarray((64 * fine - 20 * middle + coarse) / 45)  # cancels the terms in h² and h⁴


def fine_differences(path: Path) -> NDArray[Any]:
    """The same from nearer by: more rounding, but a kink is less often within reach."""
    return differences(path, WIDTH / 256)


@dataclass(frozen=True)
class Trusted:
    """A derivative, the rule that gave it, whether another rule agrees, and how far off that one is.

    `error` is relative to the largest entry; a complex step has none.
    """

    value: Any
    rule: Rule
    sure: bool
    error: float = 0.0


def trusted(derive: Callable[[Rule], Any], alike: Callable[[Any, Any], bool]) -> Trusted:
    """A complex step, unless differences contradict it: `np.abs`, for one, makes it give 0.

    Where none agrees with another a kink is within reach, of the fine differences the least.

    Args:
        derive: the derivative by a rule; by a complex step it may fail, as in `math.exp`.
        alike: whether two values are as good as equal.

    Raises:
        Exception: what `derive` raises on real numbers.
    """
    wide = derive(differences)
    try:
        stepped = derive(complex_step)
    except Exception:
        stepped = None
    if stepped is not None and alike(stepped, wide):
        return Trusted(stepped, complex_step, sure=True)
    fine = derive(fine_differences)
    if stepped is not None and alike(stepped, fine):
        return Trusted(stepped, complex_step, sure=True)
    coarse, close = _in_one(wide), _in_one(fine)
    size = float(np.max(np.abs(close), initial=0.0)) or 1.0
    error = float(np.max(np.abs(coarse - close), initial=0.0)) / size
    return Trusted(wide, differences, alike(wide, fine), error)


def _in_one(x: Any) -> NDArray[Any]:
    """All numbers of an array, or of a tuple of arrays."""
    return np.concatenate([np.ravel(part) for part in x]) if isinstance(x, tuple) else np.ravel(x)


def derivative(path: Path, order: int = 1, first: Rule = complex_step, unit: float = 1.0) -> NDArray[Any]:
    """The derivative of the given order of `path` at 0; each beyond the first is by differences.

    Every difference divides the rounding of those below it by its width, so higher orders take wider steps.
    The result has the shape of `path(0)`.

    Args:
        order: 1 or more.
        first: how the first one is obtained.
        unit: how far a step of 1 goes, where the path's own scale is another.
    """
    width = WIDTH * 2.0 ** (order - 1)

    def slope(t: float, order: int) -> NDArray[Any]:
        if order == 1:
            return np.asarray(first(lambda u: path(unit * (t + u))) / unit)
        return differences(lambda u: slope(t + u, order - 1), width) / unit

    return slope(0.0, order)


def scale(x: Any) -> float:
    """The power of two that is nearest to the largest entry; 1 where there is none."""
    size = float(np.max(np.abs(x), initial=0.0))
    return float(2.0 ** np.rint(np.log2(size))) if 0 < size < np.inf else 1.0


def units(shape: tuple[int, ...]) -> list[NDArray[Any]]:
    """The matrix units E_ij of a shape, in C order."""
    return [unit.reshape(shape) for unit in np.eye(int(np.prod(shape)))]


def gradient(f: Path, x: NDArray[Any], first: Rule = complex_step) -> NDArray[Any]:
    """The array G of the shape of `x` with df = ⟨G, dx⟩, for a scalar f; entry by entry, G_ij = df(E_ij)."""

    def entry(E: NDArray[Any]) -> float:
        return float(derivative(lambda t: f(x + t * E), 1, first, scale(x)))

    return np.array([entry(E) for E in units(np.shape(x))]).reshape(np.shape(x))


def hessian(f: Path, x: NDArray[Any], first: Rule = complex_step) -> NDArray[Any]:
    """The n × n matrix H with d²f = dxᵀ H dx, for a scalar f of a vector.

    H_ij by polarisation: d²f along e_i + e_j minus d²f along e_i − e_j is 4 H_ij. `x` has the shape (n,).
    """

    def second(dx: NDArray[Any]) -> float:
        return float(derivative(lambda t: f(x + t * dx), 2, first, scale(x)))

    E = units(x.shape)
    return np.array([[(second(ei + ej) - second(ei - ej)) / 4 for ej in E] for ei in E])


def condition(value: NDArray[Any], probed: Sequence[NDArray[Any]]) -> float:
    """How far rounding the inputs moves a value: max |f(x(1 ± δ)) − f(x)|/δ, at least max |f(x)|.

    `probed` are the values with every input off by a factor 1 ± δ, δ = 2⁻²⁰, each with other signs. A
    backward-stable routine is off by a few ε times this number: it is the componentwise condition (Higham,
    Accuracy and Stability of Numerical Algorithms, 2nd edition 2002, doi 10.1137/1.9780898718027, section
    1.6), sampled. It has the unit of the value; arrays of any shape, all of them alike.
    """
    moved = float(np.max(np.abs(np.array(probed) - value), initial=0.0))
    return max(moved / PROBE, float(np.max(np.abs(value), initial=0.0)))
