"""What is left of a function's change behind an expansion, at steps along one direction.

Behind a right expansion to order k it falls like hᵏ⁺¹, behind one whose last term is wrong like hᵏ, until
only rounding is left. That explains an answer and decides nothing: along one direction a mistake may not
show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, log2
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from grader import numeric
from grader.assignment import Problem
from grader.directions import directions, telling
from grader.numeric import Path
from grader.parts import parts
from grader.problem import (
    Backward,
    CurveDerivative,
    Derivative,
    Differential,
    Gradient,
    Hessian,
    Identify,
    OfFunction,
    Taylor,
    Value,
    gradients,
    ordinal,
    scalar,
    scalar_name,
    unit,
    variables,
)

ROUNDING = 2.0**-46  # 64 ε of the largest value: what is smaller may be rounding alone
BITS = 56  # behind a right expansion only rounding is left from a step of 2^(−53/(k+1)) on
NEAR = 2.0**-12  # the step at which two measured slopes are told apart
ALIKE = 1e-6  # relative: numbers that differ by less are right, or wrong in no way that shows
MOST = 1e290  # no picture has room for more
FEWEST = 3  # points that a slope is fitted to

Numbers = NDArray[Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Remainders:
    """max |f(x + h d) − its expansion| at some steps h, with a student's answer and with a right one.

    `right` has the derivative measured numerically, so that a student sees what right looks like. What is
    smaller than `floor`, 64 ε max |f|, may be rounding alone.
    """

    problem: str
    of: str  # the public function
    along: str  # "dW", "dA and dB", "t"
    order: int  # of the expansion: behind a right one the slope is order + 1, behind a wrong one order
    steps: tuple[float, ...]  # decreasing
    yours: tuple[float, ...]
    right: tuple[float, ...]
    floor: float
    answer: str  # what is asked: "gradient", "second differential", "expansion"
    moved: str  # what is expanded: "loss(W + h dW)", "curve(t + h)"

    @property
    def vanishes(self) -> bool:
        """Whether the right expansion is the function itself, as of a polynomial: there is no slope then.

        Each derivative that is measured by differences loses as many digits as these are narrow.
        """
        return max(self.right) * numeric.WIDTH ** max(self.order - 1, 1) <= self.floor


@dataclass(frozen=True)
class _Line:
    """A function along a direction, t ↦ f(x + t d), and what two answers say of its last derivative there.

    Both are `None` where the answer is the expansion itself. `unit` is how far along d is as far as x is
    large.
    """

    direction: Values
    order: int
    unit: float
    answer: str
    yours: Any = None
    right: Any = None


def remainders(
    problem: Problem, values: Values, actual: Any, expected: Any, scaled: Sequence[Any] = ()
) -> Remainders | None:
    """The remainders on one case; `None` where there is no public function, or no step where all is finite.

    Args:
        values: everything drawn for the case.
        actual: the student's answer there, of the right shape and finite.
        expected: the right one, such as `problem.kind.derive(values)`, in double precision.
        scaled: for an expansion, the student's answers to `taylor_calls`, `None` where there was none.
    """
    if isinstance(problem.kind, (Identify, Value)) or len(parts(actual)) != len(parts(expected)):
        return None
    values = {x: _exact(value) for x, value in values.items()}
    with np.errstate(all="ignore"), catch_warnings():
        simplefilter("ignore")  # that an imaginary part is lost is noticed, see _first
        line = _line(problem, values, actual, expected)
        return _measured(problem, line, _path(problem.kind, values, line.direction), scaled) if line else None


def taylor_calls(problem: Problem, values: Values) -> tuple[Values, ...]:
    """For an expansion, the values in double precision, the direction times every step; else nothing."""
    if not isinstance(problem.kind, Taylor):
        return ()
    d = f"d{problem.kind.wrt}"
    line = _given(values, (problem.kind.wrt,), problem.kind.order, "expansion")
    exact = {x: _exact(value) for x, value in values.items()}
    return tuple({**exact, d: h * exact[d]} for h in _steps(line))


def slope(remainders: Remainders) -> float | None:
    """How steeply the student's remainder falls where steps are short: the median slope between two points.

    Only points above the floor count, without those at the longest quarter of their steps; `None` where fewer
    than three are left. For a caption, never for a verdict (Theil 1950, Sen 1968).
    """
    logs = [
        (log2(h), log2(size))
        for h, size in zip(remainders.steps, remainders.yours, strict=True)
        if size > remainders.floor
    ]
    logs = logs[len(logs) // 4 :]
    if len(logs) < FEWEST:
        return None
    return float(np.median([(s - r) / (g - h) for (g, s), (h, r) in combinations(logs, 2)]))


def _line(problem: Problem, values: Values, actual: Any, expected: Any) -> _Line | None:
    match problem.kind:
        case Gradient() | Backward() as kind:
            x, place = _furthest(gradients(kind), actual, expected)
            yours, right = (
                answer if place is None else parts(answer)[place] for answer in (actual, expected)
            )
            return _linear(problem, values, x, np.asarray(yours), np.asarray(right), "gradient")
        case Derivative(wrt=x):
            return _linear(problem, values, x, np.transpose(actual), np.transpose(expected), "derivative")
        case Hessian(wrt=x):
            return _quadratic(problem, values, x, np.asarray(actual), np.asarray(expected))
        case Differential(order=order) as kind:
            answer = "differential" if order == 1 else f"{ordinal(order)} differential"
            return _given(values, variables(kind), order, answer, actual, expected)
        case CurveDerivative(order=order) as kind:
            (t,) = variables(kind)
            return _Line({t: 1.0}, order, 1.0, f"{ordinal(order)} derivative", actual, expected)
        case Taylor(wrt=x, order=order):
            return _given(values, (x,), order, "expansion")
    return None


def _furthest(places: Mapping[str, int | None], actual: Any, expected: Any) -> tuple[str, int | None]:
    """The variable whose gradient is furthest off for its size, and its place in the answer."""

    def off(each: tuple[str, int | None]) -> float:
        _, place = each
        if place is None:
            return 0.0
        x, right = np.asarray(parts(actual)[place], float), np.asarray(parts(expected)[place], float)
        return float(np.max(np.abs(x - right), initial=0.0) / np.max(np.abs(right), initial=1e-300))

    return max(places.items(), key=off)


def _linear(
    problem: Problem, values: Values, x: str, actual: Numbers, expected: Numbers, answer: str
) -> _Line:
    """dL = ⟨G, dX⟩ = tr(D dX)."""
    D = _along(problem, expected.shape, lambda D: ((expected * D).sum(), (actual * D).sum()))
    far = unit({x: values[x], f"d{x}": D}, (x,))
    return _Line({x: D}, 1, far, answer, (actual * D).sum(), (expected * D).sum())


def _quadratic(problem: Problem, values: Values, x: str, actual: Numbers, expected: Numbers) -> _Line:
    """d²s = dxᵀ H dx."""
    d = _along(problem, expected.shape[:1], lambda d: (d @ expected @ d, d @ actual @ d))
    far = unit({x: values[x], f"d{x}": d}, (x,))
    return _Line({x: d}, 2, far, "Hessian", d @ actual @ d, d @ expected @ d)


def _along(problem: Problem, shape: tuple[int, ...], numbers: Callable[[Numbers], Any]) -> Numbers:
    """The direction that the law of a wrong answer is stated along; behind a right one it is the first."""
    D = telling(problem, shape, numbers)
    so, predicted = numbers(D)
    is_wrong = abs(so - predicted) > ALIKE * max(abs(so), abs(predicted))
    return D if is_wrong else directions(problem, shape)[0]


def _given(
    values: Values, wrt: tuple[str, ...], order: int, answer: str, yours: Any = None, right: Any = None
) -> _Line:
    """Along the direction that the student's function was given."""
    far = unit(values, wrt)
    return _Line({x: values[f"d{x}"] for x in wrt}, order, far, answer, yours, right)


def _steps(line: _Line) -> tuple[float, ...]:
    """Powers of two times the unit, from a half to where only rounding is left of a right answer's."""
    powers = range(1, BITS // (line.order + 1) + 1, 2 if line.order == 1 else 1)
    return tuple(line.unit * 2.0**-power for power in powers)


def _path(kind: OfFunction, values: Values, direction: Values) -> Path:
    """t ↦ f(x + t d); not a number where the function raises, as it may outside its domain."""

    def path(t: Any) -> Any:
        try:
            return np.asarray(scalar(kind, values, {x: values[x] + t * d for x, d in direction.items()}))
        except Exception:
            return np.asarray(np.nan)

    return path


def _measured(problem: Problem, line: _Line, path: Path, scaled: Sequence[Any]) -> Remainders | None:
    steps, taylor = _steps(line), line.right is None
    lower = [numeric.derivative(path, k, _first, line.unit) for k in range(1, line.order + taylor)]
    points = [path(0.0), *map(path, steps)]
    right = [_expansion([points[0], *lower, *([] if taylor else [line.right])], h) for h in steps]
    yours = scaled if taylor else [_expansion([points[0], *lower, line.yours], h) for h in steps]
    rows = [
        (h, _apart(point, mine), _apart(point, its))
        for h, point, mine, its in zip(steps, points[1:], yours, right, strict=False)
    ]
    finite = [row for row in rows if all(size < MOST for size in row)]  # which nan is not
    if not finite:
        return None
    floor = ROUNDING * max(size for size in map(_size, points) if size < MOST)
    kind: OfFunction = problem.kind  # type: ignore[assignment]  # a line has a function
    curve = isinstance(problem.kind, CurveDerivative)
    along = " and ".join(x if curve else f"d{x}" for x in line.direction)
    moved = ", ".join(f"{x} + h" if curve else f"{x} + h d{x}" for x in line.direction)
    of = scalar_name(kind)
    h, mine, its = zip(*finite, strict=True)
    return Remainders(
        problem.name, of, along, line.order, h, mine, its, floor, line.answer, scalar_name(kind, moved)
    )


def _expansion(derivatives: Sequence[Any], h: float) -> Numbers:
    """Σ hᵏ/k! f⁽ᵏ⁾."""
    return np.asarray(sum(h**k / factorial(k) * np.asarray(f) for k, f in enumerate(derivatives)))


def _apart(point: Numbers, expansion: Any) -> float:
    """max |f − expansion|; not a number where the two cannot be compared."""
    numbers = isinstance(expansion, (bool, int, float, np.generic, np.ndarray))
    array = np.asarray(expansion if numbers else np.nan)
    if array.dtype.kind not in "biuf" or array.shape != point.shape:
        return float("nan")
    return _size(point - array.astype(float))


def _size(x: Numbers) -> float:
    return float(np.max(np.abs(x), initial=0.0))


def _first(path: Path) -> Numbers:
    """f′(0) by a complex step, or by differences where these leave less of f: it is wrong of `np.abs`."""
    by_step, by_differences = numeric.complex_step(path), numeric.differences(path)

    def left(slope: Numbers) -> float:
        return _size(path(NEAR) - path(0.0) - NEAR * slope)

    return by_differences if not left(by_step) <= 2 * left(by_differences) else by_step


def _exact(x: Any) -> Any:
    """An input in double precision."""
    return x.astype(float) if isinstance(x, np.ndarray) and x.dtype.kind in "fiu" else x
