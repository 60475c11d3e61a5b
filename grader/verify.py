"""Proves an assignment before students see it.

Every reference is held against a numerical derivative of its public function and against itself; every known
mistake, term and quantity against the reference; every example hand-in against its expected verdicts. What
cannot be proved becomes one sentence with its file; nothing is printed here.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import median
from time import perf_counter

import numpy as np

from grader import __version__, consistency, derivation, examples, known, mutation
from grader.assignment import Assignment
from grader.definitions import definitions, parsed, reached
from grader.key import Key, make_key
from grader.proof import ExampleProof, ProblemProof, Proof, Provenance, faults
from grader.record import Record
from grader.reference import Reference
from grader.submission import Submission
from grader.trial import Subject, value

Grading = Callable[[Key, Submission], Record]
Progress = Callable[[str], None]


def _silent(_what: str) -> None:
    """Nobody wants to know."""


def verify(
    assignment: Assignment,
    reference: Reference,
    grading: Grading | None = None,
    progress: Progress = _silent,
    *,
    mutations: bool = False,
) -> Proof:
    """Prove an assignment.

    Args:
        grading: how a hand-in is graded; without it no example is.
        progress: is told what is being proved.
        mutations: also change every reference, and see whether the drawn cases notice.

    Raises:
        Fault: there can be no answer key, or a hand-in could not be graded.
    """
    start = perf_counter()
    key = make_key(assignment, reference)
    key_seconds = perf_counter() - start
    problems = list(_problems(assignment, reference, key, progress, mutations=mutations))
    proof = Proof(
        assignment=assignment.settings.title,
        proved=False,
        problems=tuple(_with_causes(assignment, problems)),
        checks=(derivation.activations(assignment, reference),),
        examples=tuple(_examples(assignment, key, grading, progress)) if grading else (),
        provenance=Provenance(
            grader=__version__,
            python=platform.python_version(),
            numpy=np.__version__,
            seed_id=key.seed_id,
            key_seconds=key_seconds,
            seconds=0,
        ),
    )
    provenance = replace(proof.provenance, seconds=perf_counter() - start)
    return replace(proof, proved=not faults(proof), provenance=provenance)


def _problems(
    assignment: Assignment, reference: Reference, key: Key, progress: Progress, *, mutations: bool
) -> Iterator[ProblemProof]:
    for problem in assignment.problems:
        progress(f"{problem.number} {problem.name}")
        path = assignment.folder / "reference" / f"{problem.topic.name}.py"
        subject = Subject(problem, reference.answers[problem.name], key.samples[problem.name], path)
        proof = _problem(subject, reference)
        yield replace(proof, mutations=mutation.prove(subject, reference)) if mutations else proof


def _with_causes(assignment: Assignment, proofs: Sequence[ProblemProof]) -> Iterator[ProblemProof]:
    """Where a reference uses another one that fails too, that one is to be mended first."""
    failing = {proof.name for proof in proofs if proof.failing}
    for proof in proofs:
        path = assignment.folder / "reference" / f"{proof.topic}.py"
        used = reached(definitions(parsed(path)), proof.name) if proof.failing else {}
        notes = (
            f"{proof.name} uses {name}, which fails too" for name in used if name in failing - {proof.name}
        )
        yield replace(proof, notes=(*proof.notes, *notes))


def _examples(
    assignment: Assignment, key: Key, grading: Grading, progress: Progress
) -> Iterator[ExampleProof]:
    for folder in examples.folders(assignment):
        progress(f"{examples.FOLDER}/{folder.name}")
        yield examples.prove(assignment, folder, lambda submission: grading(key, submission))


def _problem(subject: Subject, reference: Reference) -> ProblemProof:
    name, topic = subject.problem.name, subject.problem.topic
    against = derivation.prove(subject, {**topic.activations, **reference.activations[topic.name]})
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
            known.terms(subject, reference.terms.get(name, {})),
            known.quantities(subject, reference.quantities.get(name, {})),
        ),
        mistakes=known.mistakes(subject, reference.mistakes.get(name, {})),
        mutations=None,
        notes=against.notes,
    )


def _microseconds(subject: Subject) -> float:
    """What the reference costs on a case in the middle."""
    seconds = []
    for sample in subject.samples:
        arguments = sample.case.arguments(subject.problem)
        start = perf_counter()
        value(subject.formula, arguments)
        seconds.append(perf_counter() - start)
    return round(median(seconds) * 1e6, 1)
