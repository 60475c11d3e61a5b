"""Where a call goes besides its inputs: to points next to them, if it takes difference quotients.

Points are looked for in the local variables of the hand-in's own functions, line by line, and in what is
computed from an input directly; which of them are a difference quotient's, `steps` says. What this costs is
limited in events and not in seconds, so the same hand-in is told the same on every machine.

All of it is the process's own word, a hint and no wall: a hand-in that ends the tracing is not seen.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import prod
from types import CodeType, FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.sandbox.packing import Packing, packed
from grader.sandbox.steps import Input, count

MOST_EVENTS = 20_000  # calls, and lines and returns in the hand-in; then nothing is looked at any more
MOST_VISITS = 20  # of one line: the inside of a matrix product by hand need not be looked at for ever
MOST_PARTS = 64  # points in one array
MOST_LISTED = 256  # numbers in a list

See = Callable[[Any], bool]  # whether it is an input itself, not watched yet
Trace = Callable[[FrameType, str, Any], Any]


def metered(
    function: Callable[..., Any], arguments: Sequence[Any], packing: Packing, places: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Call the function; for every argument at those places, the points next to it and those along another.

    Raises:
        BaseException: the function does.
    """
    reals = {place: np.array(x, float) for place, x in enumerate(arguments) if _is_real(x)}
    inputs = {place: _input(place, reals) for place in places if place in reals}
    see, see_parts = _seers(list(inputs.values()))
    numbers = any(reals[place].shape == () for place in inputs)
    watched = [_watched(x, see_parts) if place in inputs else x for place, x in enumerate(arguments)]
    handed = packed(watched, packing)
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
    return Input(x.reshape(-1), tuple(others))


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
    walks: dict[CodeType, Trace | None] = {}
    events = 0

    def enter(frame: FrameType, _event: str, _arg: Any) -> Trace | None:
        nonlocal events
        events += 1
        if events > MOST_EVENTS:
            sys.settrace(None)
        code = frame.f_code
        if code not in walks:
            walks[code] = walker() if _is_theirs(code) else None
        return walks[code]

    def walker() -> Trace:
        """A trace function of one of the hand-in's functions."""
        visits: Counter[int] = Counter()

        def walk(frame: FrameType, event: str, _arg: Any) -> Trace:
            nonlocal events
            events += 1
            if events > MOST_EVENTS:
                sys.settrace(None)
            elif event == "line":
                visits[frame.f_lineno] += 1
                if visits[frame.f_lineno] <= MOST_VISITS:
                    look(frame.f_locals)
            return walk

        return walk

    def look(variables: dict[str, Any]) -> None:
        for name, value in variables.items():
            if type(value) in shown and see(value):
                variables[name] = _watched(value, see_parts)

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


# ---- what may be a point -------------------------------------------------------------


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
        same = [count(x.reshape(-1), own) for own in owns]
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
