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
from grader.key import Key, Sample, Truth, Values, draw_samples, larger, question
from grader.numeric import Rule, complex_step, trusted
from grader.problem import Identify, Value, order_of
from grader.sampling import Row
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
    return draw_samples(problem, _truth(problem), stream, sampling.plan(problem, stream))


def _truth(problem: Problem) -> Truth:
    """What is right, as far as the public half of the assignment knows."""
    kind, path = problem.kind, f"problems/{problem.topic.name}.py"
    if isinstance(kind, Value):
        return Truth(path, lambda values, _row: _form(problem, values), partial(_holds, problem))
    if isinstance(kind, Identify):
        return Truth(path, lambda values, _row: kind.derive(values))
    rules: dict[str | None, Rule] = {}  # by activation: what misleads a step is a function, not its numbers

    def value(values: Values, row: Row) -> Any:
        if row.activation in rules:
            return kind.derive(values, rules[row.activation])
        found = trusted(partial(kind.derive, values), _alike)
        if found.sure or row.activation:  # a function of its own may have a kink here and none elsewhere
            rules[row.activation] = found.rule
        return found.value

    def slack(row: Row) -> float:
        return 1.0 if rules.get(row.activation) is complex_step and order_of(kind) == 1 else ROUGH

    return Truth(f"{path}, line {kind.of.__code__.co_firstlineno}", value, slack=slack)


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
