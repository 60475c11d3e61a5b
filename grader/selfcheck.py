"""Grading without the secret: a numerical derivative of the public function stands in for the formula.

What multiplies the differential is the derivative, so whoever has the function has the test. Gradients,
derivatives and first differentials are measured by complex steps, second ones by differences of these,
expansions from both, a black box on the basis; a value that no function gives is held against its public law.
Inputs, checks of form, tolerances and sentences are those of grading: the same code, with another truth.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from grader import sampling, shapes
from grader.assignment import Problem
from grader.faults import Fault
from grader.key import Key, Sample, Truth, Values, draw_samples, exact_values, larger, question
from grader.numeric import Rule, complex_step, differences, fine_differences
from grader.problem import Identify, Kind, Value, order_of
from grader.shapes import Array, Elementwise, Size

AGREE = 1e-6  # of a complex step and differences, relative to the largest entry
ROUGH = 100.0  # times the condition: what differences, or differences of complex steps, may lose


def home_key(problem: Problem) -> Key:
    """The key of one problem's public cases, with measured values.

    Raises:
        Fault: the public function fails, or has no derivative to be measured.
    """
    with np.errstate(all="ignore"), catch_warnings():
        simplefilter("ignore")  # that an imaginary part is lost is found out
        samples = _samples(problem)
    slopes = [spec for spec in problem.parameters.values() if isinstance(spec, Elementwise) and spec.order]
    return Key(
        {problem.name: samples},
        {(problem.name, True): question(problem, samples, public=True)},
        reference=None,
        seed_id="",
        larger=larger([problem]),
        sloped=frozenset([problem.name] if slopes else []),
    )


def _samples(problem: Problem) -> tuple[Sample, ...]:
    stream = sampling.public_stream(problem)
    rows = sampling.plan(problem, stream)
    first = sampling.draw(problem, stream, rows[0], 0)
    return draw_samples(problem, _truth(problem, exact_values(first)), stream, rows)


def _truth(problem: Problem, values: Values) -> Truth:
    """What is right, as far as the public half of the assignment knows; `values` are a case to try."""
    kind, path = problem.kind, f"problems/{problem.topic.name}.py"
    if isinstance(kind, Value):
        return Truth(path, partial(_form, problem), partial(_holds, problem))
    if isinstance(kind, Identify):
        return Truth(path, kind.derive)
    place = f"{path}, line {kind.of.__code__.co_firstlineno}"
    try:
        rule = _rule(kind, values)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise Fault(
            f"{place}: {kind.of.__name__} fails on a drawn input ({said}): tell the course"
        ) from error
    exact = rule is complex_step and order_of(kind) == 1
    return Truth(place, lambda inputs: kind.derive(inputs, rule), slack=1.0 if exact else ROUGH)


def _rule(kind: Kind, values: Values) -> Rule:
    """A complex step, unless differences contradict it: `np.abs`, for one, makes it give 0."""
    rough = kind.derive(values, differences)
    try:
        stepped = kind.derive(values, complex_step)
    except Exception:  # such as a TypeError of what takes no complex numbers
        return differences
    if _alike(stepped, rough) or _alike(stepped, kind.derive(values, fine_differences)):
        return complex_step
    return differences


def _alike(x: Any, y: Any) -> bool:
    return bool(np.max(np.abs(x - y), initial=0.0) <= AGREE * np.max(np.abs(y), initial=0.0))


def _holds(problem: Problem, inputs: Values, answer: Any) -> bool | None:
    """The problem's public law, if its author has written one."""
    law = problem.kind.law if isinstance(problem.kind, Value) else None
    return None if law is None else bool(law(answer, **{x: inputs[x] for x in problem.parameters}))


def _form(problem: Problem, inputs: Values) -> Any:
    """An answer of the shape that is asked, if one is; its numbers mean nothing."""
    answer, sizes = problem.kind.answer(), _sizes(problem, inputs)
    try:
        if isinstance(answer, tuple):
            return tuple(
                np.ones(shapes.resolve(spec.dims, sizes)) for spec in answer if isinstance(spec, Array)
            )
        return np.ones(shapes.resolve(answer.dims, sizes)) if isinstance(answer, Array) else None
    except KeyError:  # a dimension that no input has
        return None


def _sizes(problem: Problem, inputs: Values) -> dict[str, int]:
    """The dimensions that can be read off the inputs."""
    found: dict[str, int] = {}
    for name, spec in problem.drawn.items():
        if isinstance(spec, Array):
            found |= {str(dim): n for dim, n in zip(spec.dims, np.shape(inputs[name]), strict=True)}
        elif isinstance(spec, Size):
            found[spec.dim] = inputs[name]
    return found
