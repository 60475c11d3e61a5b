"""The law that a wrong answer breaks, on one public case, in the lecture's words and with two numbers.

"Along this dW, loss changes by 0.826 to first order; your gradient predicts 0.413." The first number belongs
to the public function, so it gives away nothing that a student could not compute; the reference's array is
never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Problem
from grader.directions import APART, telling
from grader.functions import LinearMap
from grader.key import Sample, exact_values
from grader.literals import literal
from grader.parts import parts
from grader.problem import (
    Backward,
    CurveDerivative,
    Derivative,
    Differential,
    Gradient,
    Hessian,
    Identify,
    OfFunction,
    Taylor,
    Value,
    apply,
    black_box,
    gradients,
    ordinal,
    scalar_name,
    variables,
)
from grader.shapes import of_function

FEW_PARTS, SHORT = 6, 30  # of what is written out in a sentence
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Law:
    """`sentence` says what is so and what is predicted; `lines` compute it, after the input's own lines."""

    sentence: str
    lines: tuple[str, ...] = ()


def broken(problem: Problem, sample: Sample, actual: Any, part: int | None = None) -> Law | None:
    """The law on that case; none for an answer of another shape, or of numbers that overflow.

    Args:
        part: which value of a tuple is at fault.
    """
    with np.errstate(all="ignore"):
        law = _broken(problem, sample, actual, part)
    return None if law is None or re.search(r"\b(inf|nan)\b", law.sentence) else law


def _broken(problem: Problem, sample: Sample, actual: Any, part: int | None) -> Law | None:
    expected = sample.expected
    if isinstance(problem.kind, Value):
        return _returned(problem, sample, actual)
    if isinstance(expected, tuple):
        if part is None:
            return None
        expected, actual = parts(expected)[part], parts(actual)[part]
    if np.shape(actual) != np.shape(expected) or isinstance(expected, tuple) or expected is None:
        return None
    a, e = np.asarray(actual, float), np.asarray(expected, float)
    match problem.kind:
        case Gradient() | Backward() | Derivative() as kind:
            x = next((x for x, place in gradients(kind).items() if place == part), "")
            if not x:
                return _entry("", f"the value of {kind.of.__name__}", e, a)
            return _along(problem, kind, x, e, a)
        case Hessian(of=of, wrt=wrt):
            return _form(problem, of.__name__, wrt, e, a)
        case Differential(of=of, order=order) as kind:
            along = " and ".join(f"d{x}" for x in variables(kind))
            which = "" if order == 1 else f"{ordinal(order)} "
            law = _entry(f"along this {along}, ", f"the {which}differential of {of.__name__}", e, a)
            return replace(law, lines=_measured(problem, kind, variables(kind)) if order == 1 else ())
        case CurveDerivative(of=of, order=order):
            return _entry("", f"the {ordinal(order)} derivative of {of.__name__}", e, a)
        case Taylor() as kind:
            return _remainder(problem, kind, sample, e, a)
        case Identify() as kind:
            return _identified(problem, kind, sample, a)
    return None


def _returned(problem: Problem, sample: Sample, actual: Any) -> Law | None:
    """Where there is no function to hold it against: the input and what was returned, if they are short."""
    arguments = sample.case.arguments(problem)
    if not all(map(_is_plain, (*arguments, actual))):
        return None
    given = " and ".join(f"{x} = {value!r}" for x, value in zip(problem.parameters, arguments, strict=True))
    return Law(f"for {given} it returns {actual!r}")


def _is_plain(x: Any) -> bool:
    """Whether it is short when it is written out: a number, a text, `None`, or a tuple of a few of these."""
    if isinstance(x, tuple):
        return (
            len(x) <= FEW_PARTS and not any(isinstance(part, tuple) for part in x) and all(map(_is_plain, x))
        )
    return x is None or (isinstance(x, (int, float, str)) and len(repr(x)) <= SHORT)


def _along(
    problem: Problem,
    kind: Gradient | Backward | Derivative,
    x: str,
    expected: Numbers,
    actual: Numbers,
) -> Law:
    """dL = ⟨G, dX⟩ = tr(D dX), ⟨dout, dY⟩ = ⟨G, dX⟩."""
    turned = isinstance(kind, Derivative)
    G, yours = (expected.T, actual.T) if turned else (expected, actual)
    D = telling(problem, G.shape, lambda D: ((G * D).sum(), (yours * D).sum()))
    so, predicted = _told((G * D).sum(), (yours * D).sum())
    place = gradients(kind)[x]
    called = problem.call + ("" if place is None else f"[{place}]")
    law = f"np.trace({called} @ d{x})" if turned else f"np.sum({called} * d{x})"
    what = "derivative" if turned else "gradient"
    yours_is = f"your {what} in {x}" if len(gradients(kind)) > 1 else f"your {what}"
    changes = f"{scalar_name(kind)} changes by {so} to first order"
    return Law(
        f"along this d{x}, {changes}; {yours_is} predicts {predicted}",
        (f"d{x} = {literal(D)}", law, *_measured(problem, kind, (x,))),
    )


def _measured(problem: Problem, kind: OfFunction, along: tuple[str, ...]) -> tuple[str, ...]:
    """Lines that measure the first number by a difference quotient, if the function's arguments are there."""
    of = kind.of
    names = list(of_function(of)[0])
    if not set(names) <= set(problem.parameters):
        return ()
    there, back = (
        f"{of.__name__}({', '.join(f'{x} {step} * d{x}' if x in along else x for x in names)})"
        for step in ("+ 1e-6", "- 1e-6")
    )
    change = f"({there} - {back})"
    if isinstance(kind, Backward):
        change = f"np.sum({kind.upstream} * {change})"
    return (f"from problems.{problem.topic.name} import {of.__name__}", f"{change} / 2e-6")


def _form(problem: Problem, of: str, wrt: str, expected: Numbers, actual: Numbers) -> Law:
    """d²s = dxᵀ H dx; where H is wrong in its skew part alone, which this does not see, an entry."""
    D = telling(problem, expected.shape[:1], lambda d: (d @ expected @ d, d @ actual @ d))
    so, predicted = float(D @ expected @ D), float(D @ actual @ D)
    if abs(so - predicted) < APART * abs(so):
        return _entry("", f"the Hessian of {of}", expected, actual)
    says = "along this d{0}, the second differential of {1} is {2}; your H gives d{0}ᵀ H d{0} = {3}"
    return Law(
        says.format(wrt, of, *_told(so, predicted)),
        (f"d{wrt} = {literal(D)}", f"d{wrt} @ {problem.call} @ d{wrt}"),
    )


def _entry(where: str, what: str, expected: Numbers, actual: Numbers, yours: str = "yours") -> Law:
    """The number, or the entry in which the two are furthest apart."""
    at = np.unravel_index(int(np.argmax(np.abs(actual - expected))), expected.shape) if expected.ndim else ()
    entry = f"entry [{', '.join(map(str, at))}] of " if at else ""
    so, predicted = _told(float(expected[at]), float(actual[at]))
    return Law(f"{where}{entry}{what} is {so}; {yours} is {predicted}")


def _remainder(problem: Problem, kind: Taylor, sample: Sample, expected: Numbers, actual: Numbers) -> Law:
    """How far f(x + dx) is from the expansion, and from what was returned."""
    values, x = exact_values(sample.case), kind.wrt
    moved = np.asarray(apply(kind.of, values, {x: values[x] + values[f"d{x}"]}))
    should, yours = (float(np.max(np.abs(moved - value))) for value in (expected, actual))
    says = f"{kind.of.__name__}({x} + d{x}) should be"
    lines, where = _distance(problem, kind), " in its largest entry" if expected.ndim else ""
    if should < 1e-9 * float(np.max(np.abs(moved))):  # the expansion is exact
        return Law(f"{says} the expansion exactly; it is {_number(yours)} away from yours{where}", lines)
    should_be, is_away = _told(should, yours)
    if abs(should - yours) < APART * should:
        return _entry(f"along this d{x}, ", f"the expansion of {kind.of.__name__}", expected, actual)
    order = f"an expansion to order {kind.order}"
    return Law(f"{says} {should_be} away from {order}; it is {is_away} away from yours{where}", lines)


def _distance(problem: Problem, kind: Taylor) -> tuple[str, str]:
    """Lines that compute how far f(x + dx) is from what is returned."""
    names, x = of_function(kind.of)[0], kind.wrt
    moved = f"{kind.of.__name__}({', '.join(f'{n} + d{n}' if n == x else n for n in names)})"
    imported = f"from problems.{problem.topic.name} import {kind.of.__name__}"
    return imported, f"np.max(np.abs({moved} - {problem.call}))"


def _identified(problem: Problem, kind: Identify, sample: Sample, actual: Numbers) -> Law:
    """ds(dN) = tr(Mᵀ dN), du(dv) = M dv."""
    name, linear = black_box(kind.given)
    box: LinearMap = sample.case.values[name]
    yours = LinearMap(actual, box.by)
    D = telling(problem, box.by, lambda D: (np.max(box(D)), np.max(yours(D))))
    d = "dv" if len(box.by) == 1 else "dN"
    formula = f"M {d}" if linear.of else f"tr(Mᵀ {d})" if len(box.by) > 1 else f"uᵀ {d}"
    law = _entry(f"along this {d}, ", f"{name}({d})", box(D), yours(D), f"{formula} with your answer")
    return Law(law.sentence, (f"{d} = {literal(D)}", f"{name}({d})"))


def _told(so: float, predicted: float) -> tuple[str, str]:
    """Both numbers, with as many digits as it takes to tell them apart."""
    for digits in range(3, 17):
        texts = _number(so, digits), _number(predicted, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _number(x: float, digits: int = 3) -> str:
    """`-1480`, `0.0128`, `2.5e-09`."""
    if x and not 1e-4 <= abs(x) < 1e6:
        return f"{x:.{digits}g}"
    return np.format_float_positional(x, digits, unique=False, fractional=False, trim="-")
