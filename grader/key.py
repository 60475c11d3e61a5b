"""The answer key: drawn inputs, the right values, and how far rounding can move them.

It depends on the assignment and its reference alone, so it is made once and serves every hand-in. A draw that
cannot tell right from wrong is turned down: one near a kink, or one whose condition exceeds its value a
thousandfold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader import numeric, sampling, shapes
from grader.assignment import Assignment, Problem
from grader.faults import Fault
from grader.functions import LinearMap
from grader.parts import parts
from grader.problem import Answer, Kind, Value, variables
from grader.reference import Formula, Reference, code_of
from grader.sampling import Case, Row, Stream
from grader.sandbox.question import Question
from grader.shapes import Array, Elementwise

Values = Mapping[str, Any]
Law = Callable[[Any], bool | None]  # whether an answer is right; None where that cannot be told

MAX_ATTEMPTS = 100
WORST_CONDITION = 1e3  # relative to the value
NEAR_A_KINK = 1e-3
PROBES = 3
NUMBERS = (bool, int, float, np.generic, np.ndarray)  # what may hold numbers, in an answer or a reference
# 1 ± 2⁻²⁰ for every probe, argument and entry; fixed, for it decides which draws are turned down
OFFS = (
    1 + (2.0 * np.random.Generator(np.random.PCG64(0)).integers(0, 2, (PROBES, 16, 512)) - 1) * numeric.PROBE
)


@dataclass(frozen=True)
class Measure:
    """How the value is found at a case and next to it, and how many times the rounding it may be off."""

    value: Callable[[Values], Any]
    slack: float = 1.0


@dataclass(frozen=True)
class Truth:
    """Where right values come from: a reference, or a measurement.

    `place` is the file and line to blame. `at` is asked with a case's values; `None` turns the case down.
    `law` says for a case whether an answer is right, where no value is known.
    """

    place: str
    at: Callable[[Values], Measure | None]
    law: Callable[[Values, Any], bool | None] | None = None


@dataclass(frozen=True)
class Sample:
    """One case with its right value; `conditions` has a number for each part of a tuple, else one.

    Where there is a `law`, `expected` has the right form and no more. Where it is measured, it may be off by
    `slack` times what rounding does to a formula. `memory` has what wrong formulas give here, by name: they
    are the same for every hand-in of a class.
    """

    case: Case
    public: bool
    expected: Any
    conditions: tuple[float, ...]
    law: Law | None = field(default=None, compare=False, repr=False)
    slack: float = 1.0
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Key:
    """The samples of every problem, public ones first, and what is asked with them.

    `larger` asks where a hand-in goes besides its variables, and `sloped` names the problems whose reference
    calls the slope it is given. `seed_id` names the secret seed without telling it. `memory` has why wrong
    answers are wrong: many in a class give the same ones.
    """

    samples: Mapping[str, tuple[Sample, ...]]
    questions: Mapping[tuple[str, bool], Question]  # by name, and whether public
    reference: Reference | None  # to explain what is wrong
    seed_id: str
    larger: Mapping[str, Question]
    sloped: frozenset[str]
    memory: dict[bytes, Any] = field(default_factory=dict, compare=False, repr=False)

    def public(self, name: str) -> tuple[Sample, ...]:
        return tuple(sample for sample in self.samples[name] if sample.public)

    def secret(self, name: str) -> tuple[Sample, ...]:
        return tuple(sample for sample in self.samples[name] if not sample.public)


def make_key(assignment: Assignment, reference: Reference) -> Key:
    """Draw every case and evaluate the reference on it.

    The same assignment and seed give the same inputs, bit for bit; one key serves a whole class.

    Raises:
        Fault: a reference fails, or returns another shape than its problem says.
    """
    with np.errstate(all="ignore"):
        samples = {problem.name: _samples(problem, reference) for problem in assignment.problems}
        sloped = {p.name for p in assignment.problems if _is_sloped(p, reference, samples[p.name][0].case)}
    questions = {
        (problem.name, public): question(problem, samples[problem.name], public=public)
        for problem in assignment.problems
        for public in (True, False)
    }
    seed_id = sha256(b"seed id" + reference.seed).hexdigest()[:12]
    return Key(samples, questions, reference, seed_id, larger(assignment.problems), frozenset(sloped))


def question(problem: Problem, samples: Sequence[Sample], *, public: bool) -> Question:
    """What is asked with the public samples, or with the others."""
    calls = tuple(sample.case.arguments(problem) for sample in samples if sample.public == public)
    return Question(problem.name, tuple(problem.parameters), calls, packing=problem.packing)


def larger(problems: Iterable[Problem]) -> dict[str, Question]:
    """What is asked to see where a hand-in goes besides its variables."""
    return {
        p.name: Question(
            p.name,
            tuple(p.parameters),
            tuple(case.arguments(p) for case in sampling.larger(p)),
            tuple(x for x in variables(p.kind) if x in p.parameters),
            p.packing,
        )
        for p in problems
        if set(variables(p.kind)) & set(p.parameters)
    }


def _is_sloped(problem: Problem, reference: Reference, case: Case) -> bool:
    """Whether the reference calls the slope it is given: without it, others cannot be right."""
    called: set[str] = set()
    slopes = [x for x, spec in problem.parameters.items() if isinstance(spec, Elementwise) and spec.order]
    if slopes:
        told = _overheard(case.values, slopes, lambda x, _: called.add(x))
        truth = by_reference(problem, reference)
        if measure := truth.at(told):
            _value(problem, truth, measure, case.row, told)
    return bool(called)


def _overheard(values: Values, names: Iterable[str], hear: Callable[[str, Any], None]) -> Values:
    """The values with functions that tell what they are called with."""

    def telling(name: str) -> Any:
        def told(z: Any) -> Any:
            hear(name, z)
            return values[name](z)

        return told

    return {**values, **{name: telling(name) for name in names}}


def by_reference(problem: Problem, reference: Reference) -> Truth:
    """The truth that grading goes by."""
    return by_formula(problem, reference.answers[problem.name])


def by_formula(problem: Problem, formula: Formula) -> Truth:
    """What a formula says, which takes what the student's function takes."""
    code = code_of(formula)
    place = f"{code.co_filename}, line {code.co_firstlineno}"
    measure = Measure(lambda values: formula(*(values[x] for x in problem.parameters)))
    return Truth(place, lambda _values: measure)


def _samples(problem: Problem, reference: Reference) -> tuple[Sample, ...]:
    public = sampling.public_stream(problem)
    secret = sampling.secret_stream(problem, reference.seed, reference.activations[problem.topic.name])
    return tuple(
        sample
        for stream in (public, secret)
        for sample in draw_samples(
            problem, by_reference(problem, reference), stream, sampling.plan(problem, stream)
        )
    )


def draw_samples(problem: Problem, truth: Truth, stream: Stream, rows: Iterable[Row]) -> tuple[Sample, ...]:
    """One sample for every row of a plan.

    Raises:
        Fault: the truth fails, or has another form than the problem asks, or no draw can be used.
    """
    return tuple(_sample(problem, truth, stream, row, place) for place, row in enumerate(rows))


def _sample(problem: Problem, truth: Truth, stream: Stream, row: Row, place: int) -> Sample:
    kept = measured = False
    for attempt in range(MAX_ATTEMPTS):
        case = sampling.draw(problem, stream, row, place, attempt)
        values = exact_values(case)
        if not sampling.is_kept(problem, values):
            continue
        kept = True
        measure = truth.at(values)
        measured = measured or measure is not None
        if measure is None or _near_a_kink(problem, truth, measure, stream, case):
            continue
        expected = _value(problem, truth, measure, row, values)
        probed = [_value(problem, truth, measure, row, _values_off(values, offs)) for offs in OFFS]
        for value in () if truth.law else (expected, *probed):
            if wrong := _wrong_form(problem.kind, case, value):
                raise Fault(f"{truth.place}: {problem.name} returned {wrong}")
        conditions = conditions_of(expected, probed)
        if is_usable(expected, conditions):
            law = partial(truth.law, values) if truth.law else None
            return Sample(case, stream.name == "public", expected, conditions, law, measure.slack)
    if not kept:
        raise Fault(
            f"problems/{problem.topic.name}.py: {problem.name}: `keep` turns down {MAX_ATTEMPTS} draws of "
            f"{MAX_ATTEMPTS} for the row '{row.name}': let it compare inputs with their own size, or rule "
            "the row out with Draws(where=..., scaled=...)"
        )
    if not measured:
        raise Fault(
            f"{truth.place}: {problem.name} cannot be measured: a complex step and differences contradict "
            f"each other, or lose too many digits, on {MAX_ATTEMPTS} draws for the row '{row.name}'; smooth "
            "the function, or rule such inputs out with Draws(where=..., scaled=...)"
        )
    raise Fault(
        f"{truth.place}: {problem.name} was zero, infinite or lost in rounding on {MAX_ATTEMPTS} draws "
        f"for the row '{row.name}': mend it, or rule such inputs out with Draws(where=..., scaled=...)"
    )


def _value(problem: Problem, truth: Truth, measure: Measure, row: Row, values: Values) -> Any:
    try:
        return measure.value(values)
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {error}"
        raise Fault(f"{truth.place}: {problem.name} fails in the row '{row.name}': {said}") from error


def as_formulas_take_it(x: Any) -> Any:
    """An input in double precision, protected against a reference that works in place."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        return x
    exact = np.array(x, dtype=float, order="C")
    exact.flags.writeable = False
    return exact


def exact_arguments(problem: Problem, case: Case) -> list[Any]:
    """What a reference is called with."""
    return [as_formulas_take_it(x) for x in case.arguments(problem)]


def exact_values(case: Case) -> dict[str, Any]:
    """Everything that was drawn, as formulas take it."""
    return {name: as_formulas_take_it(x) for name, x in case.values.items()}


def _values_off(values: Values, offs: NDArray[Any]) -> Values:
    """Every real input off by its own factors; those of the student's function come first."""
    return {name: off(x, factors) for (name, x), factors in zip(values.items(), offs, strict=False)}


def off(x: Any, factors: NDArray[Any]) -> Any:
    """A real input, entry by entry times its factor, such as 1 ± 2⁻²⁰; anything else as it is."""
    if isinstance(x, np.ndarray):
        return x * factors[: x.size].reshape(x.shape) if x.dtype.kind == "f" else x
    if isinstance(x, LinearMap):
        return LinearMap(off(x.M, factors), x.by)
    return x * float(factors[0]) if isinstance(x, float) else x


def conditions_of(expected: Any, probed: Sequence[Any]) -> tuple[float, ...]:
    """The condition of each part, from the values where every input is off by 1 ± 2⁻²⁰."""
    probes = list(map(parts, probed))
    return tuple(
        numeric.condition(value, [probe[k] for probe in probes]) if _kind(value) == "f" else 0.0
        for k, value in enumerate(parts(expected))
    )


def is_usable(expected: Any, conditions: Sequence[float]) -> bool:
    """Whether a right value can be told from a wrong one: not zero, infinite or lost in rounding."""
    return all(map(_is_usable, parts(expected), conditions))


def _is_usable(value: Any, condition: float) -> bool:
    if _kind(value) != "f":
        return True
    size = float(np.max(np.abs(value), initial=0.0))
    return bool(np.isfinite(value).all()) and 0 < condition <= WORST_CONDITION * size


def _near_a_kink(problem: Problem, truth: Truth, measure: Measure, stream: Stream, case: Case) -> bool:
    """Whether the drawn activation is evaluated where it has no derivative."""
    kinks = stream.activations[case.row.activation].kinks if case.row.activation else ()
    if not kinks:
        return False
    distances: list[float] = []

    def hear(_name: str, z: Any) -> None:
        distances.extend(float(np.min(np.abs(np.asarray(z) - kink))) for kink in kinks)

    functions = [x for x, spec in problem.drawn.items() if isinstance(spec, Elementwise)]
    _value(problem, truth, measure, case.row, _overheard(case.values, functions, hear))
    return min(distances, default=1.0) < NEAR_A_KINK


def _wrong_form(kind: Kind, case: Case, value: Any) -> str:
    """What a reference returned against its problem; otherwise its fault would become the students'."""
    answer = kind.answer()
    kinds = "biuf" if isinstance(kind, Value) else "f"
    if answer is not None:
        return _departs(answer, value, kinds, case)
    odd = [x for x in parts(value) if x is not None and not isinstance(x, str) and _kind(x) not in "biuf"]
    return f"{_says(odd[0])}; numbers, texts, None or a tuple of them are compared" if odd else ""


def _departs(answer: Answer, value: Any, kinds: str, case: Case) -> str:
    """What a value is instead of numbers of that shape and those kinds of dtype, or tuples of them."""
    if isinstance(answer, tuple):
        if not isinstance(value, tuple) or len(value) != len(answer):
            return f"{_says(value)}; a tuple of {len(answer)} is asked"
        departures = (_departs(spec, part, kinds, case) for spec, part in zip(answer, value, strict=True))
        return next(filter(None, departures), "")
    if _kind(value) not in kinds:
        return f"{_says(value)}; {'floats are' if kinds == 'f' else 'a number or array is'} asked"
    if isinstance(answer, Array) and np.shape(value) != shapes.resolve(answer.dims, case.sizes):
        sizes = ", ".join(f"{dim} = {size}" for dim, size in case.sizes.items())
        asked = f"{shapes.show(answer.dims)} is {shapes.resolve(answer.dims, case.sizes)} for {sizes}"
        return f"shape {np.shape(value)}, but {asked}"
    return ""


def _kind(x: Any) -> str:
    """The kind of its dtype, "O" for what is no number."""
    return np.asarray(x).dtype.kind if isinstance(x, NUMBERS) else "O"


def _says(x: Any) -> str:
    return f"dtype {x.dtype}" if isinstance(x, (np.ndarray, np.generic)) else f"a {type(x).__name__}"
