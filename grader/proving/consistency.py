"""A reference against itself: what a right formula does alike however its inputs come.

Called twice, on inputs that are slightly off, in single precision, in any order in memory, small and large.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isinf
from typing import Any

import numpy as np

from grader import numeric, sampling
from grader.compare import GREEN, SINGLE
from grader.key import OFFS, Sample, conditions_of, exact_arguments, is_usable, off
from grader.proving.proof import Check
from grader.proving.trial import Subject, apart, copy, same, value

SLACK = 16  # a sampled condition may be too small by a factor; 4.2 is the largest that was met
SCALES = (1e-6, 1e3)
BESIDE = (  # 1 ± 2⁻²⁰ as in the key, with other signs
    1 + (2.0 * np.random.Generator(np.random.PCG64(1)).integers(0, 2, OFFS.shape) - 1) * numeric.PROBE
)


def prove(subject: Subject) -> tuple[Check, ...]:
    """One check for each way in which inputs may come."""
    return tuple(_check(subject, name, tries) for name, tries in TRIES.items())


def _check(subject: Subject, name: str, tries: Callable[[Subject, Sample], str]) -> Check:
    for sample in subject.samples:
        if fault := tries(subject, sample):
            row = f"in the row '{sample.case.row.name}'"
            return Check(name, False, f"{subject.place}: {subject.problem.name} {fault} {row}")
    return Check(name, True)


def _inputs(subject: Subject, sample: Sample) -> list[Any]:
    return exact_arguments(subject.problem, sample.case)


def _repeats(subject: Subject, sample: Sample) -> str:
    again = value(subject.formula, _inputs(subject, sample))
    alike = apart(again, sample.expected, sample.conditions) == 0
    return "" if alike else "gives another value when it is called again"


def _moves(subject: Subject, sample: Sample) -> str:
    """No further than its condition says: no noise, no steps."""
    return _moved(subject, _inputs(subject, sample), sample.expected, sample.conditions)


def _moved(subject: Subject, inputs: Sequence[Any], expected: Any, conditions: Sequence[float]) -> str:
    for offs in BESIDE:
        distance = apart(value(subject.formula, map(off, inputs, offs)), expected, conditions)
        if distance > SLACK * numeric.PROBE:  # infinite for a text, an integer, another form
            how = "gives another answer" if isinf(distance) else "moves further than its condition says"
            return f"{how} where its inputs move by a millionth"
    return ""


def _any_order(subject: Subject, sample: Sample) -> str:
    for name, laid_out in LAYOUTS.items():
        actual = value(subject.formula, map(laid_out, _inputs(subject, sample)))
        if not same(actual, sample.expected, sample):
            return f"gives another value for {name} arrays"
    return ""


def _single(subject: Subject, sample: Sample) -> str:
    """As exact as single precision is."""
    rounded = [_as(np.float32, x) for x in _inputs(subject, sample)]
    expected = value(subject.formula, [_as(np.float64, x) for x in rounded])
    error = apart(value(subject.formula, rounded), expected, sample.conditions)
    return "" if error <= GREEN * SINGLE else "gives another value in single precision"


def _as(dtype: type, x: Any) -> Any:
    return x.astype(dtype) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x


def _untouched(subject: Subject, sample: Sample) -> str:
    inputs = [copy(x) for x in _inputs(subject, sample)]
    value(subject.formula, inputs)
    kept = all(
        np.array_equal(x, was)
        for x, was in zip(inputs, _inputs(subject, sample), strict=True)
        if isinstance(x, np.ndarray)
    )
    return "" if kept else "changes its input in place"


def _any_scale(subject: Subject, sample: Sample) -> str:
    """It moves as its condition says where the inputs are small and where they are large."""
    names = sampling.scaled(subject.problem)
    if not sample.case.row.is_core or not names:
        return ""
    for scale in SCALES:
        factors = {
            name: np.full(OFFS.shape[-1], scale if name in names else 1.0)
            for name in subject.problem.parameters
        }
        inputs = list(map(off, _inputs(subject, sample), factors.values()))
        expected = value(subject.formula, inputs)
        conditions = conditions_of(
            expected, [value(subject.formula, map(off, inputs, offs)) for offs in OFFS]
        )
        if is_usable(expected, conditions) and (fault := _moved(subject, inputs, expected, conditions)):
            return f"{fault}, with {', '.join(names)} multiplied by {scale:g},"
    return ""


LAYOUTS: Mapping[str, Callable[[Any], Any]] = {
    "Fortran-ordered": lambda x: np.asfortranarray(x) if isinstance(x, np.ndarray) else x,
    "strided": lambda x: np.repeat(x, 2, axis=-1)[..., ::2] if isinstance(x, np.ndarray) else x,
    "writeable": copy,
}
TRIES = {
    "repeated": _repeats,
    "perturbed": _moves,
    "scaled": _any_scale,
    "order": _any_order,
    "dtype": _single,
    "untouched": _untouched,
}
