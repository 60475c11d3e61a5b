"""A drawn input as Python text that a student can paste."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.functions import LinearMap


def paste(arguments: Mapping[str, Any], activation: str | None = None) -> str:
    """One line per argument, such as `v = np.array([[0.31, -1.2]])`; an activation is named in a comment."""
    lines = [f"{name} = {literal(value)}" for name, value in arguments.items() if _is_data(value)]
    functions = [name for name, value in arguments.items() if not _is_data(value)]
    if functions:
        lines.append(
            f"# {' and '.join(functions)}: {activation}" + (" and its derivative" if "r" in functions else "")
        )
    return "\n".join(lines)


def literal(value: Any) -> str:
    """`3`, `0.25`, `(2, 3)`, an array with dtype and order where they matter, a linear map as a lambda."""
    if isinstance(value, LinearMap):
        return f"lambda x: np.tensordot({literal(value.M)}, x, {len(value.by)})"
    if not isinstance(value, np.ndarray):
        return repr(value)
    text = f"np.array({_nested(value)}"
    if value.dtype != float:
        text += f", dtype=np.{value.dtype}"
    return text + (", order='F')" if value.flags.f_contiguous and not value.flags.c_contiguous else ")")


def _nested(x: NDArray[Any]) -> str:
    """Nested lists; a number of single precision in its own shortest form."""
    if x.ndim:
        return f"[{', '.join(_nested(row) for row in x)}]"
    return str(x[()])


def _is_data(value: Any) -> bool:
    return isinstance(value, LinearMap) or not callable(value)
