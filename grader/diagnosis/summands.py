"""What a right answer consists of: summands, and quantities that a wrong factor may be a power of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from grader.assignment import Problem
from grader.diagnosis.changes import dropped
from grader.diagnosis.evidence import ValueOn, remembered
from grader.diagnosis.hypothesis import after, evaluated, inputs, values_of
from grader.distributions import Uniform
from grader.parts import partwise
from grader.problem import Taylor, apply, variables
from grader.reference import Reference
from grader.shapes import Array


def without(problem: Problem, right: ValueOn, names: Sequence[str]) -> ValueOn:
    """The right answer as if these inputs were 0."""
    return remembered(f"without:{' '.join(names)}", after(problem, dropped(tuple(names)), right))


def directions(problem: Problem, right: ValueOn) -> dict[str, ValueOn]:
    """A differential's parts, one along each direction."""
    every = [f"d{x}" for x in variables(problem.kind)]
    return {
        f"the part along {d}": without(problem, right, [other for other in every if other != d])
        for d in every
    }


def split(problem: Problem, right: ValueOn, x: str) -> dict[str, ValueOn]:
    """What is left without an input, and what that input adds."""
    rest = without(problem, right, [x])
    return {
        f"the part without {x}": rest,
        f"the part with {x}": lambda sample: partwise(np.subtract, right(sample), rest(sample)),
    }


def quantities(problem: Problem, reference: Reference, right: ValueOn) -> dict[str, ValueOn]:
    """Positive numbers that a factor may be a power of: sizes, norms, the function, what the author names."""

    def size(*dims: str) -> ValueOn:
        return lambda sample: float(np.prod([sample.case.sizes[dim] for dim in dims]))

    def norm(x: str) -> ValueOn:
        return lambda sample: np.linalg.norm(np.ravel(inputs(problem, sample)[x]))

    found = {dim: size(dim) for dim in problem.dims}
    found |= {" ".join(pair): size(*pair) for pair in combinations(problem.dims, 2)}
    arrays = {x: spec for x, spec in problem.parameters.items() if isinstance(spec, Array)}
    found |= {_norm_name(x, spec): norm(x) for x, spec in arrays.items()}
    named = reference.quantities.get(problem.name, {})
    found |= {name: evaluated(problem, quantity) for name, quantity in named.items()}
    if hasattr(problem.kind, "of"):
        of = problem.kind.of
        found[of.__name__] = lambda sample: apply(of, values_of(sample), {})
        found[f"2 {of.__name__}"] = lambda sample: 2 * apply(of, values_of(sample), {})  # ‖e‖² of ½‖e‖²
    answer = problem.kind.answer()
    if isinstance(answer, Array) and answer.dims:
        found["‖answer‖"] = lambda sample: np.linalg.norm(np.ravel(right(sample)))
    return {name: remembered(f"quantity:{name}", quantity) for name, quantity in found.items()}


def _norm_name(x: str, spec: Array) -> str:
    """How the norm of an input is written."""
    positive = isinstance(spec.distribution, Uniform) and spec.distribution.low >= 0
    return f"‖{x}‖" if spec.dims else x if positive else f"|{x}|"


def orders(kind: Taylor) -> dict[str, ValueOn]:
    """The terms of an expansion, from the public function."""
    lower = [replace(kind, order=k) for k in range(kind.order + 1)]

    def term(k: int) -> ValueOn:
        before = lower[k - 1].derive if k else lambda _: 0.0
        return lambda sample: lower[k].derive(values_of(sample)) - before(values_of(sample))

    names = ["the term of order 0", *(f"the term of order {k}" for k in range(1, kind.order + 1))]
    return {name: term(k) for k, name in enumerate(names)}
