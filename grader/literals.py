"""A drawn input as Python text that a student can paste."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.functions import LinearMap


def paste(arguments: Mapping[str, Any], formulas: Mapping[str, str]) -> str:
    """One line per argument, such as `v = np.array([[0.31]])`; `formulas` has the elementwise functions'."""
    lines = []
    for name, value in arguments.items():
        lines.append(
            f"{name} = lambda z: {formulas[name]}" if name in formulas else f"{name} = {literal(value)}"
        )
        if isinstance(value, np.ndarray) and not value.flags.writeable:
            lines.append(f"{name}.flags.writeable = False")
    return "\n".join(lines)


def literal(value: Any) -> str:
    """`3`, `0.25`, `(2, 3)`, an array with dtype and order where they matter, a linear map as a lambda."""
    if isinstance(value, LinearMap):
        return f"lambda x: np.tensordot({literal(value.M)}, x, {len(value.by)})"
    if not isinstance(value, np.ndarray):
        return repr(value)
    flags = value.flags
    text = f"np.array({_nested(value)}"
    text += "" if value.dtype == float else f", dtype=np.{value.dtype}"
    text += ", order='F')" if flags.f_contiguous and not flags.c_contiguous else ")"
    return text if flags.forc else f"np.repeat({text}, 2, axis=-1)[..., ::2]"


def _nested(x: NDArray[Any]) -> str:
    """Nested lists; a number of single precision in its own shortest form."""
    if x.ndim:
        return f"[{', '.join(_nested(row) for row in x)}]"
    return str(x[()])
