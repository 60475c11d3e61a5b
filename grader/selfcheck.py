"""Grading without the secret: a numerical derivative of the public function stands in for the formula.

What multiplies the differential is the derivative, so whoever has the function has the test. Gradients,
derivatives and first differentials are measured by complex steps, second ones by differences of these,
expansions from both, a black box on the basis; a value that no function gives is held against its public law.
Inputs, checks of form, tolerances and sentences are those of grading: the same code, with another truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import prod
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from grader import sampling, shapes
from grader.assignment import Problem
from grader.faults import Fault
from grader.key import Key, Measure, Truth, Values, draw_samples, larger, question
from grader.numeric import WIDTH, Rule, complex_step, derivative, differences, scale, trusted
from grader.problem import (
    Answer,
    Backward,
    CurveDerivative,
    Derivative,
    Gradient,
    Hessian,
    Identify,
    OfFunction,
    Value,
    order_of,
    scalar,
    unit,
    variables,
)
from grader.shapes import Array, Elementwise, Size

AGREE = 1e-6  # of a complex step and differences, relative to the largest entry
ROUGH = 100.0  # times what rounding does to a formula: what one difference upon another may lose
ROUGHEST = 1e9  # what passes as right is then off by two thousandths
NOISE = 2.0**-44  # 256 ε
DOUBTS = 1e13  # slack for a relative error of 1: what passes as right is then twenty times the error


def measured_key(problem: Problem) -> Key:
    """The key of one problem's public cases, with measured values.

    Raises:
        Fault: the public function fails, or has no derivative to be measured.
    """
    return _key(problem, _truth(problem))


def key_at_home(problem: Problem) -> Key:
    """The measured key; where nothing can be measured, which is no student's fault, one of the form alone."""
    try:
        return measured_key(problem)
    except Fault:
        form = Measure(partial(_form, problem))
        return _key(problem, Truth(problem.name, lambda _: form, lambda *_: None))


def _key(problem: Problem, truth: Truth) -> Key:
    stream = sampling.public_stream(problem)
    with np.errstate(all="ignore"), catch_warnings():
        simplefilter("ignore")  # that an imaginary part is lost is found out
        samples = draw_samples(problem, truth, stream, sampling.plan(problem, stream))
    slopes = [spec for spec in problem.parameters.values() if isinstance(spec, Elementwise) and spec.order]
    return Key(
        {problem.name: samples},
        {(problem.name, True): question(problem, samples, public=True)},
        reference=None,
        seed_id="",
        larger=larger([problem]),
        sloped=frozenset([problem.name] if slopes else []),
    )


def _truth(problem: Problem) -> Truth:
    """What is right, as far as the public half of the assignment knows."""
    kind, path = problem.kind, f"problems/{problem.topic.name}.py"
    if isinstance(kind, Value):
        form = Measure(partial(_form, problem))
        return Truth(path, lambda _: form, partial(_holds, problem))
    if isinstance(kind, Identify):
        on_the_basis = Measure(kind.derive)
        return Truth(path, lambda _: on_the_basis)
    place = f"{path}, line {kind.of.__code__.co_firstlineno}"
    rules: set[Rule] = set()  # that were believed so far

    def at(values: Values) -> Measure | None:
        try:
            return _measure(kind, values, rules)
        except (Exception, SystemExit) as error:
            said = f"{type(error).__name__}: {error}"
            raise Fault(f"{place}: {kind.of.__name__} fails on a drawn input: {said}") from error

    return Truth(place, at)


def _measure(kind: OfFunction, values: Values, rules: set[Rule]) -> Measure | None:
    """How the derivative is measured at a case: by a complex step, unless differences contradict it there.

    The two are held against each other along one direction. Where differences are rounding alone they
    contradict nothing: a complex step is believed if it was at every case before, which `rules` remembers.
    Where none agrees with another otherwise, a kink is within reach: the case is turned down.
    """
    found = trusted(partial(_along, kind, values), _alike)
    rule = found.rule
    if found.sure:
        rules.add(rule)
    elif rules == {complex_step} and _is_rounding(kind, values):
        rule = complex_step
    else:
        return None
    steps = order_of(kind) - (rule is complex_step)  # of differences, one upon another
    error = 0.0 if rule is complex_step else found.error
    slack = max(ROUGH**steps, DOUBTS * error) if steps else 1.0
    return Measure(lambda near: kind.derive(near, rule), slack) if slack <= ROUGHEST else None


def _is_rounding(kind: OfFunction, values: Values) -> bool:
    """Whether a complex step and differences are no further apart than rounding makes differences be."""
    order, wrt = order_of(kind), variables(kind)
    directed = {f"d{x}": 1.0 for x in wrt} | dict(values)  # of size 1 where none is given
    step = 1.0 if isinstance(kind, CurveDerivative) else unit(directed, wrt)
    size = 1 + float(np.max(np.abs(scalar(kind, values, {}))))  # on the way to log(1 + x) there is a 1
    noise = NOISE * size / (step**order * WIDTH * (WIDTH * 2.0 ** (order - 1)) ** (order - 1))
    apart = _along(kind, values, differences) - _along(kind, values, complex_step)
    return bool(np.max(np.abs(apart)) <= noise)


def _along(kind: OfFunction, values: Values, rule: Rule) -> Any:
    """The derivative along a direction: a random one, where none is given."""
    if not isinstance(kind, (Gradient, Backward, Derivative, Hessian)):
        return kind.derive(values, rule)
    X = {x: values[x] for x in variables(kind)}
    d = {x: scale(A) * _random(np.shape(A)) for x, A in X.items()}
    return derivative(lambda t: scalar(kind, values, {x: X[x] + t * d[x] for x in X}), order_of(kind), rule)


def _random(shape: tuple[int, ...]) -> Any:
    return np.random.default_rng(prod(shape)).normal(size=shape)


def _alike(x: Any, y: Any) -> bool:
    return bool(np.max(np.abs(x - y), initial=0.0) <= AGREE * np.max(np.abs(y), initial=0.0))


def _holds(problem: Problem, inputs: Values, answer: Any) -> bool | None:
    """The problem's public law, if its author has written one."""
    law = problem.kind.law if isinstance(problem.kind, Value) else None
    return None if law is None else held(law(answer, **{x: inputs[x] for x in problem.parameters}))


def held(said: Any) -> bool:
    """What a law says, in earnest.

    Raises:
        ValueError: it is neither true nor false.
    """
    if not isinstance(said, (bool, np.bool_)):
        raise ValueError(f"it returns {said!r:.40}, which is neither True nor False")  # noqa: TRY004 - no type of a student's
    return bool(said)


def _form(problem: Problem, inputs: Values) -> Any:
    """An answer of the shape that is asked, if one is; its numbers mean nothing."""
    answer, sizes = problem.kind.answer(), _sizes(problem, inputs)
    try:
        return _ones(answer, sizes)
    except KeyError:  # a dimension that no input has
        return None


def _ones(answer: Answer, sizes: Mapping[str, int]) -> Any:
    if isinstance(answer, tuple):
        return tuple(_ones(part, sizes) for part in answer)
    return np.ones(shapes.resolve(answer.dims, sizes)) if isinstance(answer, Array) else None


def _sizes(problem: Problem, inputs: Values) -> dict[str, int]:
    """The dimensions that can be read off the inputs."""
    found: dict[str, int] = {}
    for name, spec in problem.drawn.items():
        if isinstance(spec, Array):
            found |= {str(dim): n for dim, n in zip(spec.dims, np.shape(inputs[name]), strict=True)}
        elif isinstance(spec, Size):
            found[spec.dim] = inputs[name]
    return found
