"""Proves an assignment before students see it.

Every reference is held against a numerical derivative of its public function and against itself; every known
mistake, term and quantity against the reference; every example hand-in against its expected verdicts. What
cannot be proved becomes one sentence with its file; nothing is printed here.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median
from time import perf_counter

import numpy as np

from grader import __version__
from grader.assignment import Assignment, Problem, select
from grader.faults import Fault
from grader.key import Key, make_key
from grader.leaks import leaks
from grader.problem import Value
from grader.progress import Progress, silent
from grader.proving import consistency, derivation, examples, home, known, mutation
from grader.proving.definitions import definitions, parsed, reached
from grader.proving.proof import Check, ExampleProof, ProblemProof, Proof, Provenance, faults
from grader.proving.trial import Subject, copy, value
from grader.record import Record
from grader.reference import Reference
from grader.submission import Submission

Grading = Callable[[Key, Submission], Record]


def verify(
    assignment: Assignment,
    reference: Reference,
    grading: Grading | None = None,
    progress: Progress = silent,
    *,
    mutations: bool = False,
) -> Proof:
    """Prove an assignment.

    Args:
        grading: how a hand-in is graded; without it no example is.
        progress: is told what is being proved.
        mutations: also change every reference, and see whether the drawn cases notice.
    """
    start = perf_counter()
    keys = _keys(assignment, reference)
    key_seconds = perf_counter() - start
    problems = list(_problems(assignment, reference, keys, progress, mutations=mutations))
    key = None if any(isinstance(each, Fault) for each in keys.values()) else next(iter(keys.values()))
    graded = tuple(_examples(assignment, key, grading, progress)) if grading and isinstance(key, Key) else ()
    proof = Proof(
        assignment=assignment.settings.title,
        proved=False,
        problems=tuple(_with_causes(assignment, problems)),
        checks=(derivation.activations(assignment, reference), _secrets(assignment, reference)),
        examples=graded,
        notes=tuple(_notes(assignment, has_key=key is not None)),
        provenance=Provenance(
            grader=__version__,
            python=platform.python_version(),
            numpy=np.__version__,
            key_seconds=key_seconds,
            seconds=perf_counter() - start,
        ),
    )
    return replace(proof, proved=not faults(proof))


def _secrets(assignment: Assignment, reference: Reference) -> Check:
    """That the public half holds nothing of the private one, which would stop its handout."""
    public = sorted((assignment.folder / "problems").glob("*.py"))
    says = leaks(assignment, reference, {f"problems/{path.name}": path.read_bytes() for path in public})
    return Check("secrets", not says, says)


def _keys(assignment: Assignment, reference: Reference) -> dict[str, Key | Fault]:
    """The answer key by problem. Where one of them cannot have any, each of the others has its own."""
    names = [problem.name for problem in assignment.problems]
    try:
        return dict.fromkeys(names, make_key(assignment, reference))
    except Fault:
        return {name: _key(select(assignment, (name,)), reference) for name in names}


def _key(assignment: Assignment, reference: Reference) -> Key | Fault:
    try:
        return make_key(assignment, reference)
    except Fault as fault:
        return fault


def _problems(
    assignment: Assignment,
    reference: Reference,
    keys: Mapping[str, Key | Fault],
    progress: Progress,
    *,
    mutations: bool,
) -> Iterator[ProblemProof]:
    for problem in assignment.problems:
        name, key = problem.name, keys[problem.name]
        progress(f"{problem.number} {name}")
        if isinstance(key, Fault):
            sentence = str(key).removeprefix(f"{assignment.folder}/")
            yield _unproved(problem, Check("cases", False, sentence))
            continue
        path = assignment.folder / "reference" / f"{problem.topic.name}.py"
        subject = Subject(problem, reference.answers[name], key.samples[name], path)
        proof = _problem(subject, reference)
        yield replace(proof, mutations=mutation.prove(subject, reference)) if mutations else proof


def _unproved(problem: Problem, check: Check) -> ProblemProof:
    """A problem of which there are no cases to prove anything with."""
    return ProblemProof(
        name=problem.name,
        number=problem.number,
        topic=problem.topic.name,
        cases=0,
        microseconds=0,
        off=None,
        by="",
        checks=(check,),
        mistakes=(),
        mutations=None,
        notes=(),
    )


def _with_causes(assignment: Assignment, proofs: Sequence[ProblemProof]) -> Iterator[ProblemProof]:
    """Where a reference uses another one that fails too, that one is to be mended first."""
    wrong = {proof.name for proof in proofs if proof.is_wrong}
    for proof in proofs:
        path = assignment.folder / "reference" / f"{proof.topic}.py"
        used = reached(definitions(parsed(path)), proof.name) if proof.is_wrong else {}
        notes = (
            f"{proof.name} uses {name}, which fails too" for name in used if name in wrong - {proof.name}
        )
        yield replace(proof, notes=(*proof.notes, *notes))


def _examples(
    assignment: Assignment, key: Key, grading: Grading, progress: Progress
) -> Iterator[ExampleProof]:
    for folder in examples.folders(assignment):
        progress(f"{examples.FOLDER}/{folder.name}")
        yield examples.prove(assignment, folder, lambda submission: grading(key, submission))


def _notes(assignment: Assignment, *, has_key: bool) -> Iterator[str]:
    """What was not graded, and why."""
    if not has_key:
        yield "no example hand-in was graded: there is no complete answer key"
    elif not examples.folders(assignment):
        yield f"no example hand-in was graded: there is no {examples.FOLDER}/*/{examples.FILE}"
    for name in examples.unexpected(assignment):
        yield f"{examples.FOLDER}/{name} was not graded: it has no {examples.FILE}"


def _problem(subject: Subject, reference: Reference) -> ProblemProof:
    name, topic = subject.problem.name, subject.problem.topic
    against = derivation.prove(subject, {**topic.activations, **reference.activations[topic.name]})
    mistakes = known.mistakes(subject, reference.mistakes.get(name, {}))
    unproved = isinstance(subject.problem.kind, Value) and not mistakes
    says = f"{name} has no public function and no known mistake: only the examples can prove it"
    return ProblemProof(
        name=name,
        number=subject.problem.number,
        topic=topic.name,
        cases=len(subject.samples),
        microseconds=_microseconds(subject),
        off=against.off,
        by=against.by,
        checks=(
            against.check,
            *consistency.prove(subject),
            _home(subject, reference, against.check),
            known.terms(subject, reference.terms.get(name, {})),
            known.quantities(subject, reference.quantities.get(name, {})),
        ),
        mistakes=mistakes,
        mutations=None,
        notes=(*against.notes, *known.notes(subject, mistakes), *((says,) if unproved else ())),
    )


def _home(subject: Subject, reference: Reference, derivative: Check) -> Check:
    if derivative.ok is False:
        return Check("home", None, "it was not tried: the derivative has to be mended first")
    return home.prove(subject, reference.mistakes.get(subject.problem.name, {}))


def _microseconds(subject: Subject) -> float:
    """What the reference costs on a case in the middle."""
    seconds = []
    for sample in subject.samples:
        arguments = list(map(copy, sample.case.arguments(subject.problem)))
        start = perf_counter()
        value(subject.formula, arguments)
        seconds.append(perf_counter() - start)
    return round(median(seconds) * 1e6, 1)
