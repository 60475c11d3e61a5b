"""The simplest hypothesis that explains every case at once, or none.

A hypothesis has to predict what was returned on all cases, the right ones too, to the precision that tells
right from wrong; so nothing explains noise, or a blend of right and wrong. The order of the stages is the
order of simplicity, and the first that holds is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from grader.assignment import Problem
from grader.diagnosis import answers, coefficients, operations, summands
from grader.diagnosis.changes import Changes, changes
from grader.diagnosis.coefficients import OnEachCase, Powers
from grader.diagnosis.evidence import (
    FEWEST,
    SAME,
    Evidence,
    Relation,
    ValueOn,
    explained,
    is_real,
    relation,
    remembered,
    slip,
)
from grader.diagnosis.hypothesis import (
    ENTRIES,
    FACTOR,
    OTHER,
    PLACES,
    QUANTITY,
    SEVERAL,
    STRUCTURE,
    TERM,
    TWO,
    Hypothesis,
    after,
    evaluated,
    inputs,
    sentence,
)
from grader.diagnosis.regions import content, holds, wrong_regions
from grader.key import NUMBERS, Sample
from grader.parts import parts
from grader.problem import Differential, Taylor, variables
from grader.reference import Reference
from grader.shapes import Array, Sizes, recognised, show

SOME = "It is right for some kinds of input and wrong for others."
MOST_ALTERNATIVES = 3
# ids of answers that are all but constant: times a power they would be any formula of that quantity
FILLED = ("=ones", "=I", "=0.1", ":ones", ":identity")
OFTEN = (Fraction(-1), Fraction(2), Fraction(1, 2))  # factors that are met beside another mistake


@dataclass(frozen=True)
class Finding:
    """What explains every case. `id` is stable; `family` and `place` are sentences."""

    id: str
    family: str
    place: str


@dataclass(frozen=True)
class Search:
    """What is searched with."""

    problem: Problem
    siblings: Sequence[Problem]
    reference: Reference
    evidence: tuple[Evidence, ...]

    @cached_property
    def right(self) -> ValueOn:
        """The reference, evaluated once on every case."""
        known = {id(each.sample): each.sample.expected for each in self.evidence}
        formula = evaluated(self.problem, self.reference.answers[self.problem.name])
        return lambda sample: known[id(sample)] if id(sample) in known else formula(sample)

    def part(self, sample: Sample) -> Any:
        """The right answer, or the part of it that is looked into."""
        whole, k = self.right(sample), self.evidence[0].part
        return whole if k is None else parts(whole)[k]

    @cached_property
    def real(self) -> bool:
        return is_real(self.evidence[0].expected)

    @cached_property
    def changes(self) -> Changes:
        return changes(self.problem)

    @cached_property
    def singles(self) -> list[Hypothesis]:
        changed = answers.tampered(self.problem, self.changes, self.right)
        return [*changed, *answers.exchanged_once(self.problem, self.changes, self.right)]

    @cached_property
    def others(self) -> list[Hypothesis]:
        first = self.evidence[0]
        swapped = answers.other_parts(self.right, first.sample.expected, first.part)
        return [*answers.others(self.problem, self.siblings, self.reference), *swapped]

    @cached_property
    def terms(self) -> dict[str, ValueOn]:
        """The author's terms, or those that the kind has by itself."""
        named, kind = self.reference.terms.get(self.problem.name), self.problem.kind
        if named:
            values = {name: evaluated(self.problem, term) for name, term in named.items()}
            return {name: remembered(f"term:{name}", value) for name, value in values.items()}
        if isinstance(kind, Differential) and len(variables(kind)) > 1:
            return summands.directions(self.problem, self.right)
        orders = summands.orders(kind) if isinstance(kind, Taylor) else {}
        return {name: remembered(f"term:{name}", value) for name, value in orders.items()}

    def on_each_case(self, values: dict[str, ValueOn]) -> dict[str, OnEachCase]:
        """All of them, or nothing if one is missing."""
        found = coefficients.on_each_case(self.evidence, values)
        return found if len(found) == len(values) else {}

    @cached_property
    def powers(self) -> Powers:
        named = summands.quantities(self.problem, self.reference, self.right)
        return coefficients.powers_of(self.evidence, named)

    @cached_property
    def is_odd_multiple(self) -> bool:
        """Whether it is the right answer times a constant that no slip makes: that has another cause."""
        ratios = coefficients.ratios_of(self.evidence, turned=False) if self.real else []
        return bool(ratios and np.ptp(ratios) <= SAME * abs(ratios[0]) and not slip(ratios[0]))

    @cached_property
    def is_power(self) -> bool:
        """Whether what was returned is a quantity's power alone: then many answers are, times another."""
        if any(np.ndim(each.actual) for each in self.evidence):
            return False
        numbers = [float(each.actual) for each in self.evidence]
        return next(self.powers.matching(numbers, range(len(numbers))), None) is not None


def search(
    problem: Problem, siblings: Sequence[Problem], reference: Reference, evidence: tuple[Evidence, ...]
) -> Finding | None:
    """The simplest explanation of one part of a wrong answer, besides the author's own mistakes."""
    with np.errstate(all="ignore"):
        return next(_findings(Search(problem, siblings, reference, evidence)), None)


def known_mistake(problem: Problem, reference: Reference, evidence: Sequence[tuple[Evidence, ...]]) -> str:
    """What the author says about the mistake that every part of the answer is; "" where it is none."""
    mistakes = reference.mistakes.get(problem.name, {})
    with np.errstate(all="ignore"):
        for says, known in zip(mistakes, answers.known(problem, reference), strict=True):
            if all(explained(part, known.value) for part in evidence):
                return says
    return ""


def _findings(at: Search) -> Iterator[Finding]:
    """Everything that explains every case, simplest first."""
    stages: tuple[Callable[[Search], Iterable[Finding]], ...]
    if at.real:
        stages = (_constant, _multiple, _region, _named_terms, _quantity, _components)
        stages += (_other_answer, _changed_input, _own_terms, _not_reduced, _rearranged, _without_product)
        stages += (_rounded, _components_of_terms, _weighted_terms, _related, _added, _coarse_difference)
        stages += (_changed_term, _terms_of_changed, _changed_twice, _multiple_but_a_region)
    else:
        stages = (_constant, _some_inputs, _other_answer, _changed_input, _related, _changed_twice)
    return chain.from_iterable(stage(at) for stage in stages if not at.is_odd_multiple)


# --- the right answer, or another one


def _constant(at: Search) -> Iterator[Finding]:
    """The same number everywhere, whatever the input."""
    actual = at.evidence[0].actual
    first = np.ravel(actual)[:1] if isinstance(actual, NUMBERS) else np.array([])
    if not first.size or first.dtype.kind not in "biuf" or not np.isfinite(first).all():
        return
    if all(_is_filled_with(each.actual, first[0]) for each in at.evidence):
        number = f"{first[0] + 0.0:g}" if first.dtype.kind == "f" else f"{first[0]}"
        yield Finding(
            "zero" if number == "0" else "constant", OTHER, f"It is {number} everywhere, whatever the input."
        )


def _is_filled_with(x: Any, number: Any) -> bool:
    return isinstance(x, NUMBERS) and bool(np.all(np.asarray(x) == number)) and np.size(x) > 0


def _multiple(at: Search) -> Iterator[Finding]:
    """The right answer transposed, with a flipped sign, or times a constant."""
    found = relation(at.evidence, at.right)
    if found:
        family = FACTOR if not found.turned else PLACES if found.factor == 1 else TWO
        yield Finding(found.id, family, found.sentence)


def _holding(at: Search, candidates: Iterable[Hypothesis]) -> Iterator[Finding]:
    for hypothesis in candidates:
        if explained(at.evidence, hypothesis.value):
            yield Finding(hypothesis.id, hypothesis.family, hypothesis.place)


def _other_answer(at: Search) -> Iterator[Finding]:
    return _holding(at, at.others)


def _rearranged(at: Search) -> Iterator[Finding]:
    yield from _holding(at, operations.transformed(at.part))
    yield from _holding(at, operations.contracted(at.problem, at.part))


def _related(at: Search) -> Iterator[Finding]:
    """Another answer, transposed, times a constant, or times a power of a quantity."""
    known = answers.known(at.problem, at.reference)
    structured = operations.transformed(at.part) if at.real else []
    for hypothesis in (*at.singles, *at.others, *known, *structured):
        found = relation(at.evidence, hypothesis.value)
        if found and found.id:
            place = f"{hypothesis.place} Besides, {found.words}."
            yield Finding(f"{hypothesis.id}+{found.id}", TWO, place)
        elif at.real and not at.is_power and not hypothesis.id.endswith(FILLED):
            yield from _times_a_power(at, hypothesis)


def _times_a_power(at: Search, hypothesis: Hypothesis) -> Iterator[Finding]:
    few = at.evidence[: FEWEST + 1]
    found = _power(at, hypothesis.value, few) and _power(at, hypothesis.value, at.evidence)
    if found:
        power, how = found
        factor = coefficients.product(how.factor, power)
        turned = " and is transposed" if how.turned else ""
        key = f"{hypothesis.id}+quantity:{factor}" + ("+transpose" if how.turned else "")
        yield Finding(key, TWO, f"{hypothesis.place} Besides, it has the factor {factor}{turned}.")


def _power(at: Search, value: ValueOn, evidence: Sequence[Evidence]) -> tuple[str, Relation] | None:
    """The power of a quantity that a value is off by on these cases, the first of the evidence."""
    changed = []
    for each in evidence:
        predicted = each.predicted(value)
        changed.append(replace(each, expected=predicted))
        if not is_real(predicted) or not coefficients.ratios_of(changed[-1:], turned=False):
            return None
    sizes = np.concatenate([np.abs(np.ravel(each.expected)) for each in changed])
    if np.ptp(sizes) <= SAME * sizes[0]:  # a constant times a power is any formula of that quantity
        return None
    return next(coefficients.times_power(changed, at.powers), None)


def _added(at: Search) -> Iterator[Finding]:
    """The right answer, or a multiple of it, and something else besides."""
    for hypothesis in (*at.others, *operations.addends(at.part)):
        found = _fitted(at, {"right": at.right, "more": hypothesis.value})
        if found and found["right"] and found["more"]:
            yield _finding_of_sum(hypothesis, found["more"], found["right"])


def _finding_of_sum(hypothesis: Hypothesis, more: Fraction, right: Fraction) -> Finding:
    what = hypothesis.place.removeprefix("It is ").rstrip(".")  # a noun
    times = "" if abs(more) == 1 else f"{abs(more)} times "
    says = sentence(f"{times}{what} is {'added' if more > 0 else 'subtracted'}")
    key = f"added:{hypothesis.id}" + ("" if more == 1 else f" times {more}")
    if right == 1:
        return Finding(key, TERM, says)
    return Finding(f"{key}+factor:{right}", TWO, f"{says} The right answer itself has the factor {right}.")


def _coarse_difference(at: Search) -> Iterator[Finding]:
    return _holding(at, answers.quotients(at.problem))


def _fitted(at: Search, values: dict[str, ValueOn]) -> dict[str, Fraction] | None:
    """Coefficients that hold on every case; tried on few first."""
    few = [each for each in at.evidence if each.core][: FEWEST + len(values)]
    some = coefficients.on_each_case(few, values)
    if len(some) < len(values) or not coefficients.coefficients(few, some):
        return None
    return coefficients.coefficients(at.evidence, at.on_each_case(values))


# --- inputs


def _changed_input(at: Search) -> Iterator[Finding]:
    """The right answer to changed inputs; of several such changes, one of an input that enters only once."""
    holding = [h for h in at.singles if explained(at.evidence, h.value)]
    touched = {f"input:{change.id}": change.touched for change in at.changes.values()}

    def far_fetched(hypothesis: Hypothesis) -> tuple[bool, int]:
        names = touched.get(hypothesis.id, ())
        specs = [at.problem.parameters[x] for x in names]
        rank = sum(len(spec.dims) for spec in specs if isinstance(spec, Array))
        return not (at.real and len(names) == 1 and _is_affine(at, *names)), rank

    for hypothesis in sorted(holding, key=far_fetched):
        yield Finding(hypothesis.id, hypothesis.family, hypothesis.place)


def _is_affine(at: Search, x: str) -> bool:
    """Whether the right answer is affine in this input: f(2x) − f(x) = f(x) − f(0)."""
    double, zero = at.changes.get(f"{x}=2{x}"), at.changes.get(f"{x}=0")
    if double is None or zero is None:
        return False
    first = at.evidence[0]
    twice, none = (first.predicted(after(at.problem, change, at.right)) for change in (double, zero))
    if not is_real(twice) or not is_real(none):
        return False
    return first.agrees(twice - first.expected, first.expected - none)


def _changed_twice(at: Search) -> Iterator[Finding]:
    for hypothesis in answers.tampered_twice(at.problem, at.changes, at.right):
        found = relation(at.evidence, hypothesis.value)
        if found:
            besides = f" Besides, {found.words}." if found.id else ""
            yield Finding(
                hypothesis.id + (f"+{found.id}" if found.id else ""), TWO, hypothesis.place + besides
            )


# --- terms


def _named_terms(at: Search) -> Iterator[Finding]:
    yield from _of_terms(at, at.terms)


def _own_terms(at: Search) -> Iterator[Finding]:
    """Ways to split any formula in two: what is left without an input, and what that input adds."""
    for x, spec in at.problem.parameters.items():
        if isinstance(spec, Array):
            yield from _of_terms(at, summands.split(at.problem, at.right, x))


def _of_terms(at: Search, terms: dict[str, ValueOn]) -> Iterator[Finding]:
    found = _fitted(at, terms) if terms else None
    if found and any(c != 1 for c in found.values()):  # else they are no terms of the right answer
        yield _finding_of_terms(found)


def _finding_of_terms(found: dict[str, Fraction]) -> Finding:
    return _finding_of_weights({name: (c, "") for name, c in found.items() if c != 1})


def _finding_of_weights(wrong: dict[str, tuple[Fraction, str]]) -> Finding:
    ids = "+".join(f"term:{name}={coefficients.product(*weight)}" for name, weight in wrong.items())
    family = {1: TERM, 2: TWO}.get(len(wrong), SEVERAL)
    return Finding(ids, family, sentence(coefficients.wrong_weights(wrong)))


def _weighted_terms(at: Search) -> Iterator[Finding]:
    """Terms with powers of quantities too much, as where U and Ũ are mixed up."""
    terms = at.on_each_case(at.terms)
    found = coefficients.weights(at.evidence, terms, at.powers) or coefficients.one_weight(
        at.evidence, terms, at.powers
    )
    wrong = {name: (w.constant, w.power) for name, w in found.items() if w.power or w.constant != 1}
    if 0 < len(wrong) <= 2:  # with more of them it would be any formula of that quantity
        yield _finding_of_weights(wrong)


def _changed_term(at: Search) -> Iterator[Finding]:
    """One term on a changed input, the others on the right ones; or the other way round."""
    for name, term in at.terms.items():
        rest = _minus(at.right, term)
        for change in at.changes.values():
            key, says = f"term:{name}:{change.id}", f"is what comes out {change.says}"
            changed = remembered(key, after(at.problem, change, term))
            if explained(at.evidence, _plus(rest, changed)):
                yield Finding(key, TERM, sentence(f"{name} {says}"))
            key = f"term:all but {name}:{change.id}"
            if explained(at.evidence, _plus(term, remembered(key, after(at.problem, change, rest)))):
                yield Finding(key, TERM, f"Everything but {name} {says}.")
        for hypothesis in answers.exchanged_once(at.problem, at.changes, term, name):
            if explained(at.evidence, _plus(rest, hypothesis.value)):
                yield Finding(hypothesis.id, TERM, hypothesis.place)


def _plus(one: ValueOn, other: ValueOn) -> ValueOn:
    return lambda sample: one(sample) + other(sample)


def _minus(one: ValueOn, other: ValueOn) -> ValueOn:
    return lambda sample: one(sample) - other(sample)


def _terms_of_changed(at: Search) -> Iterator[Finding]:
    """All terms on a changed input, with wrong coefficients besides."""
    for change in (change for change in at.changes.values() if not change.id.endswith(FILLED)):
        terms = {
            name: remembered(f"term:{name}:{change.id}", after(at.problem, change, term))
            for name, term in at.terms.items()
        }
        found = _fitted(at, terms) if terms else None
        if found and any(c != 1 for c in found.values()):
            besides = f" Besides, it is what comes out {change.says}."
            of_terms = _finding_of_terms(found)
            yield Finding(f"input:{change.id}+{of_terms.id}", TWO, of_terms.place + besides)


# --- entries


def _region(at: Search) -> Iterator[Finding]:
    """Entries of one region are wrong: zero, a multiple, or those of another answer."""
    for wrong in wrong_regions(at.evidence):
        key, words = content(at.evidence, wrong)
        if key:
            yield Finding(f"entries:{wrong.key}{key}", ENTRIES, f"Only {wrong.says} wrong: {words}.")
        for hypothesis in (*at.others, *answers.constants(), *at.singles):
            there = [each.predicted(hypothesis.value) for each in at.evidence]
            if all(is_real(value) for value in there) and holds(at.evidence, wrong, there):
                says = f"Only {wrong.says} wrong; there {hypothesis.place[0].lower()}{hypothesis.place[1:]}"
                yield Finding(f"entries:{wrong.key}:{hypothesis.id}", ENTRIES, says)


def _multiple_but_a_region(at: Search) -> Iterator[Finding]:
    """A multiple or rearrangement of the right answer, and zeros in one region besides."""
    multiples = [
        Hypothesis(f"factor:{c}", FACTOR, f"It has the factor {c}.", _times(at, float(c))) for c in OFTEN
    ]
    for hypothesis in (*multiples, *operations.rearranged(at.part)):
        changed = [replace(each, expected=each.predicted(hypothesis.value)) for each in at.evidence]
        if not all(is_real(each.expected) for each in changed):
            continue
        for wrong in wrong_regions(changed):
            key, words = content(changed, wrong)
            if key == "=0":
                place = f"{hypothesis.place} Besides, only {wrong.says} wrong: {words}."
                yield Finding(f"{hypothesis.id}+entries:{wrong.key}=0", TWO, place)


def _times(at: Search, factor: float) -> ValueOn:
    return lambda sample: factor * at.part(sample)


def _components(at: Search) -> Iterator[Finding]:
    """Every entry of a vector of fixed length has its own factor."""
    yield from _of_terms(at, _entries_of(at, {"": at.part}))


def _components_of_terms(at: Search) -> Iterator[Finding]:
    """Every entry of every term has."""
    yield from _of_terms(at, _entries_of(at, at.terms))


def _entries_of(at: Search, values: dict[str, ValueOn]) -> dict[str, ValueOn]:
    """Each entry of vectors of fixed length alone; but for those that are always 0."""
    (shape, *others) = {np.shape(each.expected) for each in at.evidence}
    if others or len(shape) != 1:
        return {}
    entries = {
        f"entry [{k}]{f' of {name}' if name else ''}": _only_entry(value, k)
        for name, value in values.items()
        for k in range(*shape)
    }
    return {name: value for name, value in entries.items() if _is_there(at, value)}


def _only_entry(value: ValueOn, k: int) -> ValueOn:
    return lambda sample: np.where(np.arange(len(value(sample))) == k, value(sample), 0.0)


def _is_there(at: Search, value: ValueOn) -> bool:
    return any(np.any(each.predicted(value)) for each in at.evidence)


def _not_reduced(at: Search) -> Iterator[Finding]:
    """A sum, a trace or a product that was not taken, an axis too many."""
    if all(each.formed for each in at.evidence):
        return
    for key, says, to in operations.REDUCTIONS:
        if all(_completes(each, to) for each in at.evidence):
            yield Finding(f"entries:{key}", STRUCTURE, says)


def _without_product(at: Search) -> Iterator[Finding]:
    """The right answer before it is multiplied by an input."""
    for x in (x for x, spec in at.problem.parameters.items() if isinstance(spec, Array) and spec.dims):
        factors = [inputs(at.problem, each.sample)[x] for each in at.evidence]
        for key, says, product in operations.MISSING_PRODUCTS:
            if all(_completes(each, product, f) for each, f in zip(at.evidence, factors, strict=True)):
                yield Finding(f"entries:not {key.format(x=x)}", STRUCTURE, sentence(says.format(x=x)))


def _completes(each: Evidence, operation: Callable[..., Any], *factors: Any) -> bool:
    """Whether an operation makes what was returned right."""
    try:
        return each.agrees(operation(np.asarray(each.actual, float), *factors), each.expected)
    except (ValueError, IndexError):
        return False


def _rounded(at: Search) -> Iterator[Finding]:
    """The right answer to a few decimals or digits."""
    for digits in range(7):
        if _is_rounding(at, lambda x, digits=digits: np.round(x, digits)):
            to = f"{digits} decimal{'s' * (digits != 1)}" if digits else "whole numbers"
            yield Finding("rounded", STRUCTURE, f"It is rounded to {to}.")
        if _is_rounding(at, np.vectorize(lambda x, digits=digits: float(f"{x:.{digits}e}"), otypes=[float])):
            yield Finding("rounded", STRUCTURE, f"It is rounded to {digits + 1} digit{'s' * (digits > 0)}.")


def _is_rounding(at: Search, to: Callable[..., object]) -> bool:
    return all(each.formed and each.agrees(each.actual, to(each.expected)) for each in at.evidence)


def _some_inputs(at: Search) -> Iterator[Finding]:
    """Of inputs that are drawn from several alternatives: wrong for some, and always there."""
    names = [x for x, spec in at.problem.parameters.items() if isinstance(spec, Sizes)]
    judged: dict[tuple[int, ...], set[bool]] = {}
    for each in at.evidence:
        judged.setdefault(each.sample.case.row.choices, set()).add(each.right)
    wrong = [choices for choices, verdicts in judged.items() if verdicts == {False}]
    mixed = any(len(verdicts) > 1 for verdicts in judged.values())
    if mixed or not 0 < len(wrong) < min(len(judged), MOST_ALTERNATIVES + 1):
        return
    specs = [spec for spec in at.problem.drawn.values() if isinstance(spec, Sizes)]
    texts = {
        choices: " and ".join(
            f"{x} = {show(spec.choices[k])}" for x, spec, k in zip(names, specs, choices, strict=True)
        )
        for choices in sorted(wrong)
    }
    told = "; ".join(f"for {text} it returns {_always(at, choices)}" for choices, text in texts.items())
    yield Finding(f"inputs:{'; '.join(texts.values())}", SOME, sentence(f"{told}; the rest is right"))


def _always(at: Search, choices: tuple[int, ...]) -> str:
    """What is returned for that alternative: `None`, `(1, n)`, or something wrong."""
    alike = [each for each in at.evidence if each.sample.case.row.choices == choices]
    if all(each.actual is None for each in alike):
        return "None"
    if not all(isinstance(e.actual, tuple) and all(isinstance(n, int) for n in e.actual) for e in alike):
        return "what is no shape"
    dims = recognised([(each.actual, each.sample.case.sizes) for each in alike])
    return show(dims) if dims is not None else "a wrong shape"


# --- factors that depend on the input


def _quantity(at: Search) -> Iterator[Finding]:
    """The right answer times a power of a quantity."""
    for power, found in coefficients.times_power(at.evidence, at.powers):
        factor = coefficients.product(found.factor, power)
        place = f"Compared with the right answer, it has the factor {factor}."
        if found.turned:
            yield Finding(f"quantity:{factor}+transpose", TWO, f"{place} Besides, it is transposed.")
        else:
            yield Finding(f"quantity:{factor}", QUANTITY, place)
