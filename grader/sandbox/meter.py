"""Where a call goes besides its inputs: to points next to them, if it takes difference quotients.

A formula has no use for such points. A difference quotient or a complex step makes one for every entry of its
variable, or some along a direction that was handed over. They are looked for in the local variables of the
hand-in's own functions, line by line, and in what is computed from an input directly. What this costs is
limited in events and not in seconds, so the same hand-in is told the same on every machine.

All of it is the process's own word, a hint and no wall: a hand-in that ends the tracing is not seen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from types import CodeType, FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_EVENTS = 20_000  # calls, and lines and returns in the hand-in; then nothing is looked at any more
MOST_VISITS = 32  # of one line: the inside of a matrix product by hand need not be looked at for ever
MOST_PARTS = 64  # points in one array
MOST_LISTED = 256  # numbers in a list
NEAR = 1e-2  # a step, against the input's largest entry or 1
SHORT = 0.1  # a step along a direction, against that direction; x + dx itself is no difference quotient
ASIDE = 1e-3  # what a step along a direction may have beside it, against the step
ROUNDING = 1e-13  # no step at all, against the input's largest entry

See = Callable[[Any], bool]  # whether it is an input itself, not watched yet
Trace = Callable[[FrameType, str, Any], Any]


@dataclass
class Input:
    """A variable and the arguments of its shape, entries in a row, and how many points were seen next to it.

    `along` counts those in the direction of another argument.
    """

    x: NDArray[Any]
    others: tuple[NDArray[Any], ...]
    scale: float
    said: bytes
    points: int = 0
    along: int = 0
    known: set[bytes] = field(default_factory=set)

    @property
    def reach(self) -> float:
        return max(1.0, self.scale)


def metered(
    function: Callable[..., Any], arguments: Sequence[Any], places: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Call the function; for every argument at those places, the points next to it and those along another.

    Raises:
        BaseException: the function does.
    """
    reals = {place: np.array(x, float) for place, x in enumerate(arguments) if _is_real(x)}
    inputs = {place: _input(place, reals) for place in places if place in reals}
    see, see_parts = _seers(list(inputs.values()))
    numbers = any(reals[place].shape == () for place in inputs)
    handed = [_watched(x, see_parts) if place in inputs else x for place, x in enumerate(arguments)]
    sys.settrace(_tracer(see, see_parts, numbers=numbers))
    try:
        function(*handed)
    finally:
        sys.settrace(None)
    return tuple((inputs[k].points, inputs[k].along) if k in inputs else (0, 0) for k in places)


def _is_real(x: Any) -> bool:
    return isinstance(x, float) or (isinstance(x, np.ndarray) and x.dtype == float and x.size > 0)


def _input(place: int, reals: Mapping[int, NDArray[Any]]) -> Input:
    x = reals[place]
    others = [y.reshape(-1) for k, y in reals.items() if k != place and y.shape == x.shape]
    return Input(x.reshape(-1), tuple(others), float(np.abs(x).max()), x.tobytes())


# ---- what is looked at --------------------------------------------------------------------


def _tracer(see: See, see_parts: See, *, numbers: bool) -> Trace:
    """A trace function that shows the local variables of the hand-in's own functions.

    One that is an input again, such as `float(t)`, is watched as the input is.
    """
    shown = {
        np.ndarray,
        Watched,
        list,
        *((Number, float, complex, np.float64, np.complex128) if numbers else ()),
    }
    visits: dict[tuple[CodeType, int], int] = {}
    events = 0

    def enter(frame: FrameType, _event: str, _arg: Any) -> Trace | None:
        nonlocal events
        events += 1
        if events > MOST_EVENTS:
            sys.settrace(None)
        return walk if _is_theirs(frame.f_code) else None

    def walk(frame: FrameType, event: str, _arg: Any) -> Trace:
        nonlocal events
        events += 1
        if events > MOST_EVENTS:
            sys.settrace(None)
        elif event == "line":
            line = frame.f_code, frame.f_lineno
            visited = visits[line] = visits.get(line, 0) + 1
            if visited <= MOST_VISITS:
                variables = frame.f_locals
                for name, value in variables.items():
                    if type(value) in shown and see(value):
                        variables[name] = _watched(value, see_parts)
        return walk

    return enter


def _is_theirs(code: CodeType) -> bool:
    """Whether it is the hand-in's, where files have no path, or was made by it."""
    return not os.path.isabs(code.co_filename) and not code.co_filename.startswith("<frozen")


class Watched(np.ndarray[Any, Any]):
    """An input, or a copy of one, that shows what numpy computes from it."""

    see: See

    def __array_finalize__(self, other: Any) -> None:
        self.see = getattr(other, "see", _blind)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if "out" in options:
            options["out"] = tuple(map(_bare, options["out"]))
        value = getattr(ufunc, method)(*map(_bare, inputs), **options)
        self.see(value)
        self.see(self)  # a copy may have been changed
        return value


class Number(float):
    """An input that shows its sums and differences."""

    see: See

    def __add__(self, other: Any) -> Any:
        return self._shown(float(self) + other)

    def __radd__(self, other: Any) -> Any:
        return self._shown(other + float(self))

    def __sub__(self, other: Any) -> Any:
        return self._shown(float(self) - other)

    def _shown(self, value: Any) -> Any:
        self.see(value)
        return value


def _watched(x: Any, see: See) -> Any:
    watched: Watched | Number = x.view(Watched) if isinstance(x, np.ndarray) else Number(x)
    watched.see = see
    return watched


def _bare(x: Any) -> Any:
    return x.view(np.ndarray) if isinstance(x, Watched) else x


def _blind(_value: Any) -> bool:
    """Sees nothing."""
    return False


# ---- what is next to an input -------------------------------------------------------------


def _seers(inputs: Sequence[Input]) -> tuple[See, See]:
    """What looks at a value, and what looks at its rows and columns too, which may be many points at once.

    Shapes do not matter: whoever differentiates may have made a vector of a matrix.
    """
    by_size: dict[int, list[Input]] = {}
    for own in inputs:
        by_size.setdefault(own.x.size, []).append(own)

    def see(value: Any) -> bool:
        x = _array(value) if type(value) is list else np.asarray(value)
        owns = by_size.get(x.size, ()) if x.dtype.kind in "fc" else ()
        same = [_count(x.reshape(-1), own) for own in owns]
        return any(same) and type(value) in (np.ndarray, float)

    def see_parts(value: Any) -> bool:
        x = np.asarray(value)
        for turned in (x, x.T) if x.ndim else ():
            for part in turned[:MOST_PARTS] if prod(turned.shape[1:]) in by_size else ():
                see(part)
        return see(value)

    return see, see_parts


def _array(numbers: list[Any]) -> NDArray[Any]:
    """A list as an array, an empty one where it holds something else."""
    try:
        return np.array(numbers if len(numbers) <= MOST_LISTED else [])
    except Exception:
        return np.array([])


def _count(point: NDArray[Any], own: Input) -> bool:
    """Count a point that is next to the input and has not been seen yet. Is it the input itself?"""
    x, short = own.x, NEAR * own.reach
    if abs(point[0] - x[0]) > short and abs(point[-1] - x[-1]) > short:
        return False  # neither a short step nor one in a single entry; here most of them end
    said = point.tobytes()
    if said not in own.known:
        own.known.add(said)
        with np.errstate(all="ignore"):
            if _is_next(point, own):
                shares = [share for share in (_share(point - x, other) for other in own.others) if share]
                own.points += all(share <= SHORT for share in shares)
                own.along += len(shares) > 0 and max(shares) <= SHORT
    return said == own.said


def _is_next(point: NDArray[Any], own: Input) -> bool:
    """Whether it is a short step from the input, or one in a single entry.

    Of a quadratic function, a quotient of long steps is exact. An entry that is put to zero is no step.
    """
    step = np.abs(point - own.x)
    size = float(step.max())
    rounded = size <= ROUNDING * own.scale and not point.imag.any()
    if rounded or np.array_equal(point, own.x.astype(np.float32)):
        return False
    if size <= NEAR * own.reach:
        return True
    moved = np.flatnonzero(step)
    return size <= own.reach and len(moved) == 1 and bool(point[moved[0]] != 0)


def _share(step: NDArray[Any], direction: NDArray[Any]) -> float:
    """How far a step goes along a direction; 0 where it goes elsewhere."""
    share = np.vdot(direction, step) / np.vdot(direction, direction)
    aside = np.abs(step - share * direction).max()
    return float(abs(share)) if aside <= ASIDE * np.abs(step).max() else 0.0
