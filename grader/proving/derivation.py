"""What a reference should be, from the public function alone: by a complex step where that tells the truth.

A complex step is exact for an analytic function and silently wrong for any other, so it is held against
differences. Where these contradict it they are believed, and what misled it is looked up in the source.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal
from warnings import catch_warnings, simplefilter

import numpy as np

from grader import numeric
from grader.assignment import Assignment, Problem
from grader.functions import Activation, Elements
from grader.key import Sample
from grader.parts import parts
from grader.problem import Identify, Kind, Value, order_of
from grader.proving.definitions import definitions, parsed, place, reached
from grader.proving.proof import Check
from grader.proving.trial import Subject, apart
from grader.reference import Reference
from grader.shapes import Elementwise

AGREE = 1e-6  # of two numerical derivatives, relative to the condition
INSTEAD = {  # what a complex step does not survive, and what it does
    "norm": "np.sqrt((Z * Z).sum())",
    "abs": "np.where(z.real > 0, z, -z)",
    "absolute": "np.where(z.real > 0, z, -z)",
    "fabs": "np.where(z.real > 0, z, -z)",
    "conj": ".T alone",
    "conjugate": ".T alone",
    "vdot": "(A * B).sum()",
    "astype": "the array as it is",
    "real": "the array as it is",
    "float": "the number as it is",
    "math": "its namesake in np",
}
GIVES = {
    "complex step": "a complex step gives",
    "differences": "differences give",
    "basis": "the black box gives",
}

GRID = np.linspace(-3, 3, 41) + 0.01  # where activations are tried

Way = Literal["complex step", "differences", "basis"]


@dataclass(frozen=True)
class Derived:
    """A numerical derivative; a black box tells its own on the basis.

    `overruled` says what the complex step did where it is not believed.
    """

    value: Any
    by: Way
    overruled: str = ""


@dataclass(frozen=True)
class Against:
    """A reference against its numerical derivative: how far it is `off`, relative to the condition."""

    check: Check
    off: float | None = None
    by: str = ""
    notes: tuple[str, ...] = ()


def derived(problem: Problem, sample: Sample) -> Derived | None:
    """The derivative of the public function at a sample's input; `None` where a kink is within reach.

    Raises:
        Exception: the public function's own, on real numbers.
    """
    kind, values = problem.kind, sample.case.values
    if isinstance(kind, Identify):
        return Derived(kind.derive(values), "basis")

    def alike(x: Any, y: Any) -> bool:
        return apart(x, y, sample.conditions) <= AGREE

    with np.errstate(all="ignore"), catch_warnings():
        simplefilter("ignore")  # that an imaginary part is lost is what is to be found out
        found = numeric.trusted(lambda rule: kind.derive(values, rule), alike)
        if found.rule is numeric.complex_step:
            return Derived(found.value, "complex step")
        return Derived(found.value, "differences", _misled(problem, sample)) if found.sure else None


def _misled(problem: Problem, sample: Sample) -> str:
    """What a complex step does that is not believed."""
    try:
        value = problem.kind.derive(sample.case.values)
    except Exception as error:
        return f"fails ({type(error).__name__}: {error})"
    return "gives another value" if any(map(np.any, parts(value))) else "gives 0"


def tolerance(kind: Kind, by: Way) -> float:
    """How far a right formula may be from its numerical derivative, relative to the condition."""
    return 1e-7 if order_of(kind) > 1 or by == "differences" else 1e-12


def prove(subject: Subject, activations: Mapping[str, Activation]) -> Against:
    """A reference against its numerical derivative, on every case in double precision without a kink."""
    problem = subject.problem
    if isinstance(problem.kind, Value):
        return Against(Check("derivative", None, "there is no public function to derive it from"))
    samples = [sample for sample in subject.samples if _is_smooth(sample, activations)]
    try:
        found = [(sample, each) for sample in samples if (each := derived(problem, sample))]
    except (Exception, SystemExit) as error:
        said = f"the public function of {problem.name} fails ({type(error).__name__}: {error})"
        return Against(Check("derivative", False, f"problems/{problem.topic.name}.py: {said}: mend it"))
    if not found:
        says = (
            f"{subject.place}: {problem.name} cannot be proved: no two numerical derivatives agree on a case"
        )
        return Against(Check("derivative", False, says))
    return _against(subject, found, activations)


def _is_smooth(sample: Sample, activations: Mapping[str, Activation]) -> bool:
    row = sample.case.row
    return not row.single and not (row.activation and activations[row.activation].kinks)


def _against(
    subject: Subject, found: Sequence[tuple[Sample, Derived]], activations: Mapping[str, Activation]
) -> Against:
    problem = subject.problem
    errors = [apart(sample.expected, each.value, sample.conditions) for sample, each in found]
    wrong = [k for k, (_, each) in enumerate(found) if errors[k] > tolerance(problem.kind, each.by)]
    overruled = [each for _, each in found if each.by == "differences"]
    by = overruled[0].by if overruled else found[0][1].by
    notes = (_overruled(problem, overruled[0].overruled, activations),) if overruled else ()
    sentence = ""
    if wrong:
        sample, each = found[wrong[0]]
        of = problem.kind.asks().partition(":")[0]
        sentence = (
            f"{subject.place}: {problem.name} is not {of}: on {len(wrong)} of {len(found)} cases "
            f"{GIVES[each.by]} something else, {_entry(sample, each)}"
        )
    return Against(Check("derivative", not wrong, sentence), max(errors), by, notes)


def _entry(sample: Sample, each: Derived) -> str:
    """`-1.03 where 1.03 is returned in the row 'core'`, at the entry that is furthest off."""
    row = f"in the row '{sample.case.row.name}'"
    actual, expected = max(
        zip(map(np.asarray, parts(sample.expected)), map(np.asarray, parts(each.value)), strict=True),
        key=lambda pair: float("inf") if pair[0].shape != pair[1].shape else np.max(abs(pair[0] - pair[1])),
    )
    if actual.shape != expected.shape:
        return f"of shape {expected.shape} where {actual.shape} is returned {row}"
    at = np.unravel_index(int(np.argmax(abs(actual - expected))), actual.shape)
    return f"such as {expected[at]:.6g} where {actual[at]:.6g} is returned {row}"


# ---- activations ----------------------------------------------------------------------------


def activations(assignment: Assignment, reference: Reference) -> Check:
    """That every activation, also one with a kink, comes with its own derivative."""
    topics = {problem.topic.name: problem.topic for problem in assignment.problems}
    found = [
        (f"{folder}/{topic.name}.py", name, activation)
        for topic in topics.values()
        for folder, each in (
            ("problems", topic.activations),
            ("reference", reference.activations[topic.name]),
        )
        for name, activation in each.items()
    ]
    for file, name, activation in found:
        if says := _other_slope(activation):
            return Check("activations", False, f"{file}: the activation {name} is not what it says: {says}")
    return Check("activations", True) if found else Check("activations", None, "there are no activations")


def _other_slope(activation: Activation) -> str:
    """Where the slope is not the derivative of the value. By differences, which a kink does not mislead."""
    function, slope = activation.function(0), activation.function(1)
    for z in GRID:
        if min((abs(z - kink) for kink in activation.kinks), default=1.0) < 2 * numeric.WIDTH:
            continue
        with np.errstate(all="ignore"):
            actual = float(slope(np.array(z)))
            expected = float(numeric.differences(partial(_at, function, z)))
        if abs(actual - expected) > AGREE * max(abs(expected), 1):
            return f"at z = {z:.2f} its slope is {actual:.6g}, its derivative {expected:.6g}"
    return ""


def _at(function: Elements, z: float, t: float) -> Any:
    return function(np.array(z + t))


# ---- what misleads a complex step -----------------------------------------------------------


def _overruled(problem: Problem, did: str, activations: Mapping[str, Activation]) -> str:
    """That the differences were believed, and why."""
    if isinstance(problem.kind, (Identify, Value)):
        return ""  # there is nothing to step through
    of = problem.kind.of
    path, line = Path(of.__code__.co_filename), of.__code__.co_firstlineno
    causes = dict(_causes(path, of.__name__))
    if any(isinstance(spec, Elementwise) for spec in problem.drawn.values()):
        causes |= dict(_causes_in_activations(activations))
    advice = "; ".join(f"{text} is not analytic, write {instead}" for text, instead in causes.items())
    return (
        f"{place(path, line)}: a complex step through {of.__name__} {did} for {problem.name}, which "
        f"differences contradict, so they were used{f': {advice}' if advice else ''}"
    )


def _causes(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """What a function, or one it calls in its file, does that is not analytic, and what to write instead."""
    if path.is_file():
        for definition in reached(definitions(parsed(path)), name).values():
            for cause, node in _not_analytic(definition):
                yield f"{ast.unparse(node)} in line {node.lineno}", INSTEAD[cause]


def _causes_in_activations(activations: Mapping[str, Activation]) -> Iterator[tuple[str, str]]:
    for name, activation in activations.items():
        if not activation.kinks:
            for cause, node in _not_analytic(ast.parse(activation.value, mode="eval")):
                yield f"{ast.unparse(node)} in the activation {name}", INSTEAD[cause]


def _not_analytic(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names such as `norm`, each with its node; in a comparison, as np.where has one, they do no harm."""
    match node:
        case ast.Compare():
            return
        case ast.Call(func=ast.Attribute(value=ast.Name("math")) as function):
            yield "math", function
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name) as function) if name in INSTEAD:
            yield name, function
        case ast.Attribute(attr="real"):
            yield "real", node
    for child in ast.iter_child_nodes(node):
        yield from _not_analytic(child)
