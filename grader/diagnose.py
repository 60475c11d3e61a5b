"""From comparisons to one sentence for the student, and to a diagnosis for staff.

What is shown comes from public cases. Of hidden ones only the verdict is told, never an input, a value, a
message of the student's code, or which hidden case it was. Where an answer is wrong, the sentence says which
law it breaks; the diagnosis says why, and the ladder of hints how much of that a student is told.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from grader import shapes
from grader.assignment import Problem
from grader.compare import Comparison, Verdict, has_parts
from grader.literals import paste
from grader.parts import part_name, parts
from grader.problem import Backward, CurveDerivative, Derivative, Gradient, Hessian, gradients
from grader.record import Diagnosis, Seen
from grader.reference import Reference
from grader.sandbox.outcome import Crashed, Raised, Returned, TimedOut
from grader.settings import Hints
from grader.shapes import Array, Elementwise
from grader.signature import called, written

if TYPE_CHECKING:
    from grader.diagnosis.law import Law

NOWHERE = (  # no input is to blame
    Verdict.UNREADABLE,
    Verdict.MISSING,
    Verdict.UNWRITTEN,
    Verdict.UNCHECKED,
    Verdict.NOT_RUN,
)
HIDDEN = {
    Verdict.WRONG: "the values are wrong on hidden ones",
    Verdict.SHAPE: "the shape is wrong on hidden ones",
    Verdict.TYPE: "the answer is of another type on hidden ones",
    Verdict.NOT_FINITE: "there are NaN or infinite values on hidden ones",
    Verdict.MUTATES: "an input is changed in place on hidden ones",
    Verdict.RAISED: "an exception is raised on hidden ones",
    Verdict.UNWRITTEN: "NotImplementedError is raised on hidden ones",
    Verdict.TIMED_OUT: "there was no answer in time on hidden ones",
    Verdict.CRASHED: "the process died on hidden ones",
    Verdict.UNREADABLE: "the function could not be read on hidden ones",
    Verdict.MISSING: "the function is gone on hidden ones",
    Verdict.NOT_RUN: "hidden ones were not reached",
}


def verdict_of(comparisons: Sequence[Comparison]) -> Verdict:
    """The problem's verdict: the first failing case's, public ones first; else imprecise if any case is.

    What nobody can tell of one case, does not hide what is wrong in another.
    """
    failing = [comparison.verdict for comparison in comparisons if not comparison.verdict.passes]
    if failing:
        return next((verdict for verdict in failing if verdict is not Verdict.UNCHECKED), failing[0])
    imprecise = any(comparison.verdict is Verdict.IMPRECISE for comparison in comparisons)
    return Verdict.IMPRECISE if imprecise else Verdict.RIGHT


@dataclass(frozen=True)
class Diagnosed:
    """A diagnosis, and the share of the points that the author gives for this known mistake."""

    diagnosis: Diagnosis
    credit: Decimal = Decimal(0)


def diagnose(
    problem: Problem,
    siblings: Sequence[Problem],
    reference: Reference | None,
    comparisons: Sequence[Comparison],
) -> Diagnosed:
    """Why an answer is wrong: one of the author's mistakes, or what explains every case.

    Where nothing does, or there is no reference to look it up in, its id is the verdict.
    """
    verdict = verdict_of(comparisons)
    if verdict is Verdict.RIGHT:
        return Diagnosed(Diagnosis())
    if reference is None or verdict not in (Verdict.WRONG, Verdict.SHAPE):
        return Diagnosed(Diagnosis(_ended_id(verdict, comparisons)))
    from grader.diagnosis import lattice  # nothing that a right hand-in should wait for
    from grader.diagnosis.evidence import evidence_of
    from grader.diagnosis.hypothesis import KNOWN, SEVERAL, TWO, sentence

    parts = evidence_of(comparisons)
    first = next(each.judgement.part for each in comparisons if each.verdict is verdict)  # as it is told
    wrong = [part for part in parts if not all(each.right for each in part)]
    wrong.sort(key=lambda part: part[0].part != first)
    if not wrong:
        return Diagnosed(Diagnosis(verdict.value))
    searched = ((part[0].part, lattice.search(problem, siblings, reference, part)) for part in wrong)
    place, found = next((each for each in searched if each[1]), (None, None))
    if says := lattice.known_mistake(problem, reference, parts):
        known = reference.mistakes[problem.name][says]
        family = found.family if found and found.family not in (TWO, SEVERAL) else KNOWN
        return Diagnosed(
            Diagnosis(f"mistake:{known.id or says}", family, sentence(says)), Decimal(known.credit)
        )
    if not found:
        return Diagnosed(Diagnosis(verdict.value))
    if len(parts) == 1:
        return Diagnosed(Diagnosis(found.id, found.family, found.place))
    value = f"value {part_name(comparisons[0].sample.expected, place or 0)}"
    says = f"{value.capitalize()} of the tuple: {found.place[0].lower()}{found.place[1:]}"
    return Diagnosed(Diagnosis(f"{value}:{found.id}", found.family, says))


def _ended_id(verdict: Verdict, comparisons: Sequence[Comparison]) -> str:
    """`raised:IndexError`, or the verdict. A type of the hand-in's own could be named after its input."""
    first = next((c.outcome for c in comparisons if c.verdict is verdict), None)
    known = isinstance(first, Raised) and isinstance(getattr(builtins, first.kind, None), type)
    return f"{verdict.value}:{first.kind}" if isinstance(first, Raised) and known else verdict.value


def hint(diagnosis: Diagnosis, hints: Hints, earlier: int) -> str:
    """As much of a diagnosis as a student is told after so many earlier attempts."""
    if hints.place is not None and earlier >= hints.place:
        return diagnosis.place
    return diagnosis.family if hints.family is not None and earlier >= hints.family else ""


def explain(problem: Problem, comparisons: Sequence[Comparison]) -> Seen:
    """What the student is told about a problem, whatever the number of attempts."""
    return replace(_explained(problem, comparisons), printed=_printed(comparisons))


def _printed(comparisons: Sequence[Comparison]) -> str:
    """By the first public case that printed anything."""
    outcomes = [comparison.outcome for comparison in comparisons if comparison.sample.public]
    texts = [outcome.printed for outcome in outcomes if isinstance(outcome, (Returned, Raised))]
    return next(filter(None, texts), "")


def _explained(problem: Problem, comparisons: Sequence[Comparison]) -> Seen:
    verdict = verdict_of(comparisons)
    public = [comparison for comparison in comparisons if comparison.sample.public]
    failing = [comparison for comparison in public if not comparison.verdict.passes]
    if verdict.passes:
        return Seen(_passed(verdict, comparisons))
    if not failing:
        return Seen(f"Right on the {len(public)} public cases, but {HIDDEN[verdict]}.")
    alike = [comparison for comparison in failing if comparison.verdict is verdict]
    first = alike[0]
    if verdict in NOWHERE or _never_loaded(first):
        return Seen(_ended(problem, first))
    if verdict in (Verdict.TIMED_OUT, Verdict.CRASHED):
        return Seen(_ended(problem, first), _pasted(problem, alike[0]))
    smallest, *_ = alike = sorted(alike, key=_size)
    broken = _broken_law(problem, smallest)
    stated = f": {broken.sentence}" if broken else ""
    lines = "\n".join(broken.lines) if broken else ""
    return Seen(
        f"{_extent(alike, public)} {_fault(problem, alike)}{stated}.", _pasted(problem, smallest, lines)
    )


def _size(failed: Comparison) -> tuple[bool, int]:
    """For the smallest case; a shape is better seen where all dimensions differ."""
    case = failed.sample.case
    return failed.verdict is Verdict.SHAPE and not case.row.is_core, sum(case.sizes.values())


def _broken_law(problem: Problem, failed: Comparison) -> Law | None:
    from grader.diagnosis import law

    if failed.verdict is not Verdict.WRONG or not isinstance(failed.outcome, Returned):
        return None
    return law.broken(problem, failed.sample, failed.outcome.value, failed.judgement.part)


def _never_loaded(failed: Comparison) -> bool:
    return isinstance(failed.outcome, (TimedOut, Crashed)) and failed.outcome.importing


def _passed(verdict: Verdict, comparisons: Sequence[Comparison]) -> str:
    if verdict is Verdict.RIGHT:
        public = sum(comparison.sample.public for comparison in comparisons)
        hidden = len(comparisons) - public
        return f"Right on all {public} public{f' and {hidden} hidden' if hidden else ''} cases."
    errors = [c.judgement.relative or 0.0 for c in comparisons if c.sample.public and c.verdict is verdict]
    size = f": errors up to {max(errors):.0e} of the largest entry" if errors else ""
    return (
        f"The formula is right, but digits are lost{size}. Compute in double precision, with the closed form "
        "instead of differences."
    )


def _ended(problem: Problem, failed: Comparison) -> str:
    """Why there are no values at all."""
    said = failed.judgement.said
    match failed.verdict:
        case Verdict.TIMED_OUT if _never_loaded(failed):
            return f"The file did not come to an end within {said}: is there a loop outside the functions?"
        case Verdict.TIMED_OUT:
            return f"It did not come to an end: no answer within {said}."
        case Verdict.CRASHED:
            return f"{said[0].upper()}{said[1:]}."
        case Verdict.UNREADABLE:
            return f"It could not be read: {said}"
        case Verdict.MISSING:
            return _undefined(problem)
        case Verdict.UNWRITTEN:
            return "Not written yet."
        case Verdict.UNCHECKED:
            return "It ran on every case; whether it is right shows when it is graded."
        case _:
            return f"It was not run: {said}."


def _undefined(problem: Problem) -> str:
    return f"There is no function {problem.name}: define {problem.call}."


def _fault(problem: Problem, alike: Sequence[Comparison]) -> str:
    """What is wrong with the values, as the end of a sentence."""
    failed = alike[0]
    said, expected = failed.judgement.said, failed.sample.expected
    several = isinstance(problem.kind.answer(), tuple) or has_parts(expected)
    part = failed.judgement.part if several else None
    value = "" if part is None else f"value {part_name(expected, part)}"
    place = value and f" as {value}"
    match failed.verdict:
        case Verdict.SHAPE:
            asked = (
                f"{_asked_shape(problem, failed)} is asked{_why_that_shape(problem, failed.judgement.part)}"
            )
            return f"it returns {said}{_recognised(alike)}{place} where {asked}"
        case Verdict.TYPE:
            return f"it returns {said}{place}{_remedy(failed)}"
        case Verdict.NOT_FINITE:
            return f"it returns NaN or infinity{place}"
        case Verdict.MUTATES:
            names = ", ".join(called(problem.kind, name) for name in filter(None, said.split(", ")))
            return f"it changes its input{f' {names}' if names else ''} in place; work on a copy instead"
        case Verdict.RAISED:
            return f"it raises {said}"
        case _ if several and said:
            return f"it returns {said}"
        case _:
            return f"{value} is wrong" if value else "the values are wrong"


def _recognised(alike: Sequence[Comparison]) -> str:
    """`, that is (m, d),` for a shape whose axes are known on every case."""
    returned = []
    for comparison in alike:
        value = comparison.outcome.value if isinstance(comparison.outcome, Returned) else None
        if comparison.judgement.part is not None and isinstance(value, tuple):
            value = parts(value)[comparison.judgement.part]
        if value is None:
            return ""
        returned.append((np.shape(value), comparison.sample.case.sizes))
    dims = shapes.recognised(returned)
    return f", that is {shapes.show(dims)}," if dims and any(isinstance(dim, str) for dim in dims) else ""


def _why_that_shape(problem: Problem, part: int | None) -> str:
    match problem.kind:
        case Gradient() | Backward() as kind:
            wrt = next((x for x, place in gradients(kind).items() if place == part), "")
            return wrt and f": the gradient has the shape of {wrt}"
        case Derivative(wrt=wrt):
            return f": what multiplies d{wrt} under the trace has the shape of {wrt}ᵀ"
        case CurveDerivative(of=of):
            return f": it has the shape of {of.__name__}'s value"
        case Hessian(wrt=wrt):
            return f": d{wrt}ᵀ H d{wrt} is a number"
    return ""


def _asked_shape(problem: Problem, failed: Comparison) -> str:
    """`(d, m) = (3, 4)`"""
    part, answer = failed.judgement.part, problem.kind.answer()
    if part is not None and isinstance(answer, tuple):
        answer = parts(answer)[part]
    shape = np.shape(_expected(failed))
    if not shape:
        return "a single number, shape (),"
    if isinstance(answer, Array) and answer.dims != shape:
        return f"{shapes.show(answer.dims)} = {shape}"
    return str(shape)


def _expected(failed: Comparison) -> Any:
    """The right value, or that of the part at fault; for its shape alone."""
    part = failed.judgement.part
    return failed.sample.expected if part is None else parts(failed.sample.expected)[part]


def _remedy(failed: Comparison) -> str:
    said, expected = failed.judgement.said, _expected(failed)
    if said == "None":
        return ": a `return` may be missing"
    if said.startswith("numbers of dtype complex"):
        return "; a real answer is asked"
    if said.startswith("numbers of dtype bool"):
        return "; numbers are asked"
    if isinstance(expected, tuple):
        return ""
    kind = np.asarray(expected).dtype.kind
    if kind in "iub":
        asked = "True or False" if kind == "b" else "whole numbers"
        return f"; {asked} {'is' if kind == 'b' else 'are'} asked"
    return (
        "; return a number" if np.shape(expected) == () else "; return a numpy array, such as np.array([...])"
    )


def _extent(failing: Sequence[Comparison], public: Sequence[Comparison]) -> str:
    """`On 2 of 17 public cases (T = 1, square)`; the rows only where they tell something."""
    if len(failing) == len(public):
        return f"On all {len(public)} public cases"
    rows = list(dict.fromkeys(comparison.sample.case.row.name for comparison in failing))
    where = f" ({', '.join(rows)})" if "core" not in rows and len(rows) <= 4 else ""
    return f"On {len(failing)} of {len(public)} public cases{where}"


def _pasted(problem: Problem, failed: Comparison, lines: str = "") -> str:
    """A case to paste, the call, and what else is computed from it."""
    case = failed.sample.case
    arguments = dict(zip(problem.parameters, case.arguments(problem), strict=True))
    activation = problem.topic.activations.get(case.row.activation or "")
    formulas = {
        name: activation.text(spec.order)
        for name, spec in problem.parameters.items()
        if activation and isinstance(spec, Elementwise)
    }
    tuples = "\n".join(f"{x} = {written(bundle)}" for x, bundle in problem.kind.packed.items())
    return "\n".join(filter(None, (paste(arguments, formulas), tuples, problem.call, lines)))
