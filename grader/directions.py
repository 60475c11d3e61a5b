"""Directions that a law is stated along: short decimals, the same whenever problem and shape are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Problem

APART = 0.05  # of the larger number: so far should what is predicted be from what is so
DIRECTIONS = 20


def directions(problem: Problem, shape: tuple[int, ...]) -> list[NDArray[Any]]:
    """Arrays of that shape with one decimal, so that each can be pasted."""
    rng = np.random.default_rng([*problem.name.encode(), *shape])
    return [np.round(rng.normal(size=shape), 1) + 0.0 for _ in range(DIRECTIONS)]  # no -0.0


def telling(problem: Problem, shape: tuple[int, ...], numbers: Callable[[NDArray[Any]], Any]) -> NDArray[Any]:
    """The first direction along which the two numbers are well apart, else the one with the most.

    Args:
        numbers: from a direction to what is so and what is predicted.
    """
    drawn = directions(problem, shape)

    def apart(D: NDArray[Any]) -> float:
        so, predicted = numbers(D)
        share = float(abs(so - predicted) / max(abs(so), abs(predicted), 1e-300))
        return round(share, 6)  # of directions that tell as much the first, whatever rounding does

    return next((D for D in drawn if apart(D) >= APART), max(drawn, key=apart))
