"""What an author has named beside a formula, held against it: known mistakes, terms, quantities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations
from math import inf, log10
from typing import Any

import numpy as np

from grader.compare import AMBER, Judgement, Verdict
from grader.key import NUMBERS, OFFS, Sample, exact_arguments, off
from grader.parts import partwise
from grader.proving.definitions import line_of, place
from grader.proving.proof import Check, Hiding, MistakeProof
from grader.proving.trial import Failed, Subject, exactly, judged, same, tried, value
from grader.reference import Formula, Mistake

CONSTANT = 1e-9  # a quantity that varies by less of its size is a number


def mistakes(subject: Subject, known: Mapping[str, Mistake]) -> tuple[MistakeProof, ...]:
    """Every known mistake of a problem, told apart from the truth and from the others."""
    problem, samples = subject.problem, subject.samples
    answers = {says: [tried(m.formula, problem, s) for s in samples] for says, m in known.items()}
    twins = {second: first for first, second in _twins(answers, samples)}
    return tuple(
        _faulted(subject, _proof(says, samples, answers[says]), _fault(subject, mistake, answers[says], twin))
        for says, mistake in known.items()
        for twin in [twins.get(says, "")]
    )


def _faulted(subject: Subject, proof: MistakeProof, fault: str) -> MistakeProof:
    if not fault:
        return proof
    return replace(proof, ok=False, sentence=f"{_called(subject, 'mistake', proof.says)} {fault}")


def _called(subject: Subject, what: str, says: str) -> str:
    """The beginning of a sentence: `reference/rules.py, line 40: the term “dAᵀA” of d_quadratic`."""
    where = place(subject.path, line_of(subject.path, says))
    return f"{where}: the {what} “{says}” of {subject.problem.name}"


def _proof(says: str, samples: Sequence[Sample], answers: Sequence[Any]) -> MistakeProof:
    decades: dict[bool, list[float]] = {True: [], False: []}
    rows: dict[str, list[bool]] = {}
    for sample, answer in zip(samples, answers, strict=True):
        judgement = judged(answer, sample)
        rows.setdefault(sample.case.row.name, []).append(judgement.verdict.passes)
        if sample.case.row.is_core:
            decades[sample.public].append(_decades(judgement))
    hidden = tuple(Hiding(row, sum(passed), len(passed)) for row, passed in rows.items() if any(passed))
    margin = min(map(max, decades.values()))
    return MistakeProof(says, ok=True, margin=margin, least=min(map(min, decades.values())), hidden=hidden)


def _decades(judgement: Judgement) -> float:
    """How far beyond what still passes."""
    if judgement.eta is None:
        return -inf if judgement.verdict.passes else inf
    return log10(judgement.eta / AMBER) if judgement.eta else -inf


def _fault(subject: Subject, mistake: Mistake, answers: Sequence[Any], twin: str) -> str:
    """What is wrong with a known mistake, as the end of a sentence."""
    failed = [answer.said for answer in answers if isinstance(answer, Failed)]
    if len(failed) == len(answers):
        return f"fails on every case ({failed[0]}): mend it"
    told = {
        public: any(
            not judged(answer, sample).verdict.passes
            for sample, answer in zip(subject.samples, answers, strict=True)
            if sample.case.row.is_core and sample.public == public
        )
        for public in (True, False)
    }
    if not all(told.values()):
        return _hidden(subject, mistake.formula, answers, told)
    return f"is the same as “{twin}” on every case: keep one of them" if twin else ""


def _hidden(subject: Subject, wrong: Formula, answers: Sequence[Any], told: Mapping[bool, bool]) -> str:
    """Equal to the reference, nearly so, or only where it is drawn? What is to be mended differs."""
    verdicts = [judged(*each).verdict for each in zip(answers, subject.samples, strict=True)]
    hiding = [
        (sample, verdict)
        for sample, verdict in zip(subject.samples, verdicts, strict=True)
        if sample.case.row.is_core and not told[sample.public]
    ]
    streams = " or ".join(name for public, name in ((True, "public"), (False, "hidden")) if not told[public])
    says = f"cannot be told from the reference on any {streams} core case"
    near = sum(verdict is Verdict.IMPRECISE for _, verdict in hiding)
    if near:
        return f"{says}: on {near} of them it passes as imprecise, off by no more than a right formula may be"
    if all(verdict.passes for verdict in verdicts):
        says = f"equals the reference on all {len(answers)} cases"
    if any(_differ_nearby(subject, wrong, sample) for sample, _ in hiding):
        return f"{says}, but differs where inputs are slightly off: the draws hide it"
    return says


def _differ_nearby(subject: Subject, wrong: Formula, sample: Sample) -> bool:
    """Whether two formulas differ where every entry is off by its own 1 ± 2⁻²⁰, which breaks any symmetry."""
    nearby = list(map(off, exact_arguments(subject.problem, sample.case), OFFS[0]))
    return not same(value(wrong, nearby), value(subject.formula, nearby), sample)


def notes(subject: Subject, proofs: Sequence[MistakeProof]) -> Iterator[str]:
    """Where numbers of a special size hide a mistake in both streams.

    A dimension of 1, a square or a kinked activation makes some mistakes right, and nothing is to be mended.
    """
    rows = {s.case.row.name for s in subject.samples if s.case.row.exponent or s.case.row.integer}
    for proof in proofs:
        hiding = [f"'{each.row}'" for each in proof.hidden if each.row in rows and each.whole]
        if hiding and proof.ok:
            called = _called(subject, "mistake", proof.says)
            yield f"{called} passes in the row {' and '.join(hiding)}; only other rows tell it"


def _twins(answers: Mapping[str, Sequence[Any]], samples: Sequence[Sample]) -> Iterator[tuple[str, str]]:
    """Two mistakes that no case tells from each other, though some case has values of both.

    In single precision the same formula, written otherwise, rounds otherwise.
    """
    double = [k for k, sample in enumerate(samples) if not sample.case.row.single]
    for first, second in combinations(answers, 2):
        pairs = [(answers[first][k], answers[second][k], samples[k]) for k in double]
        valued = any(not isinstance(x, Failed) and not isinstance(y, Failed) for x, y, _ in pairs)
        if valued and all(_alike(*pair) for pair in pairs):
            yield first, second


def _alike(first: Any, second: Any, sample: Sample) -> bool:
    if isinstance(first, Failed) or isinstance(second, Failed):
        return isinstance(first, Failed) and isinstance(second, Failed)
    return same(first, second, sample)


def terms(subject: Subject, named: Mapping[str, Formula]) -> Check:
    """That the terms of a problem sum to its answer, and that each of them is something."""
    if not named:
        return Check("terms", None, "no terms are named")
    values = {says: [exactly(t, subject.problem, s) for s in subject.samples] for says, t in named.items()}
    faults = (
        f"{_called(subject, 'term', says)} {fault}"
        for says, at in values.items()
        for fault in [_no_term(at, subject.samples)]
        if fault
    )
    fault = next(faults, "") or _no_sum(subject, values)
    return Check("terms", not fault, fault)


def _no_term(values: Sequence[Any], samples: Sequence[Sample]) -> str:
    failed = [value.said for value in values if isinstance(value, Failed)]
    if failed:
        return f"fails ({failed[0]}): mend it"
    zero = all(same(x, partwise(_nothing, x), sample) for x, sample in zip(values, samples, strict=True))
    return f"is zero on all {len(values)} cases: remove it" if zero else ""


def _no_sum(subject: Subject, values: Mapping[str, Sequence[Any]]) -> str:
    for sample, *summands in zip(subject.samples, *values.values(), strict=True):
        if not same(value(partial(partwise, _sum), summands), sample.expected, sample):
            where = place(subject.path, line_of(subject.path, next(iter(values))))
            names = ", ".join(f"“{says}”" for says in values)
            row = f"in the row '{sample.case.row.name}'"
            return f"{where}: the terms of {subject.problem.name}, {names}, do not sum to it {row}"
    return ""


def _nothing(x: Any) -> Any:
    return np.zeros(np.shape(x))


def _sum(*summands: Any) -> Any:
    return sum(summands)


def quantities(subject: Subject, named: Mapping[str, Formula]) -> Check:
    """That each quantity is a positive number, and not the same one on every case."""
    if not named:
        return Check("quantities", None, "no quantities are named")
    faults = (
        f"{_called(subject, 'quantity', says)} {fault}"
        for says, quantity in named.items()
        for fault in [_no_quantity([exactly(quantity, subject.problem, s) for s in subject.samples])]
        if fault
    )
    fault = next(faults, "")
    return Check("quantities", not fault, fault)


def _no_quantity(values: Sequence[Any]) -> str:
    numbers = []
    for x in values:
        if isinstance(x, Failed):
            return f"fails ({x.said}): mend it"
        if not _is_number(x) or not 0 < float(x) < inf:
            return f"is {_plain(x)} on a case, and a positive number is asked"
        numbers.append(float(x))
    constant = max(numbers) - min(numbers) <= CONSTANT * max(numbers)
    return f"is {numbers[0]:.6g} on every case: a number explains nothing, remove it" if constant else ""


def _is_number(x: Any) -> bool:
    return isinstance(x, NUMBERS) and np.shape(x) == () and np.asarray(x).dtype.kind in "biuf"


def _plain(x: Any) -> str:
    if _is_number(x):
        return f"{float(x):.6g}"
    return f"an array of shape {np.shape(x)}" if isinstance(x, np.ndarray) else f"a {type(x).__name__}"
