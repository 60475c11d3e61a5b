"""The one data flow: a hand-in's source and an answer key go in, a record comes out.

    submission ─► session ─► outcomes ─┐
                        key ─► samples ─┴─► compare ─► diagnose ─► record

All public cases of all problems are asked before the first secret one, so nothing that a hand-in says on a
public case, and a student may read, can hold a secret input.

Only this module calls sandbox, compare and diagnose. A student's fault ends as a verdict in the record; a
fault of ours is raised and leaves no record.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from decimal import Decimal
from time import perf_counter

import numpy as np

from grader import __version__
from grader.assignment import Assignment, Problem
from grader.compare import Comparison, Verdict, compare
from grader.diagnose import explain, verdict_of
from grader.key import Key, Sample, make_key
from grader.record import Measured, ProblemRecord, Provenance, Record, Timings
from grader.reference import Reference
from grader.sandbox.jail import Process
from grader.sandbox.outcome import Crashed, NotRun, Outcome, Returned, TimedOut
from grader.sandbox.session import Question, Session
from grader.submission import Submission

ISOLATION = "process"  # a fresh interpreter; no further layer yet

Progress = Callable[[str], None]


def grade(assignment: Assignment, key: Key, submission: Submission) -> Record:
    """Grade one hand-in against a key that is at hand.

    Raises:
        Fault: the student's process could not be started.
    """
    with Session(submission, assignment.settings.limits) as session:
        return _grade(assignment, key, session)


def grade_one(
    assignment: Assignment,
    reference: Reference,
    submission: Submission,
    process: Process,
    progress: Progress,
) -> Record:
    """Grade one hand-in with a process that is getting ready while the key is made.

    `progress` is told what is being asked.

    Raises:
        Fault: the student's process could not be started, or the reference cannot be used.
    """
    key = make_key(assignment, reference)
    with Session(submission, assignment.settings.limits, process) as session:
        return _grade(assignment, key, session, progress)


def _grade(
    assignment: Assignment, key: Key, session: Session, progress: Progress = lambda _asked: None
) -> Record:
    start = perf_counter()
    public: dict[str, tuple[Outcome, ...]] = {}
    secret: dict[str, tuple[Outcome, ...]] = {}
    for problem in assignment.problems:
        progress(f"{problem.number} {problem.name}")
        public[problem.name] = _ask(session, problem, key.public(problem.name))
    for problem in assignment.problems:
        progress(f"{problem.number} {problem.name}, hidden cases")
        secret[problem.name] = _ask_again(session, problem, key, public[problem.name])
    asked = perf_counter()
    comparisons = {
        name: list(map(compare, (*public[name], *secret[name]), samples))
        for name, samples in key.samples.items()
    }
    problems = tuple(_problem_record(assignment, p, comparisons[p.name]) for p in assignment.problems)
    end = perf_counter()
    outcomes = [comparison.outcome for each in comparisons.values() for comparison in each]
    student = sum(outcome.seconds for outcome in outcomes if isinstance(outcome, Returned))
    return Record(
        assignment=assignment.settings.title,
        hand_in=session.submission.name,
        file=session.submission.file,
        problems=problems,
        remarks=_remarks(session),
        staff=_provenance(
            key, session.submission, Timings(end - start, session.loading, student, end - asked)
        ),
    )


def _provenance(key: Key, submission: Submission, timings: Timings) -> Provenance:
    return Provenance(
        grader=__version__,
        python=platform.python_version(),
        numpy=np.__version__,
        platform=f"{platform.system()} {platform.machine()}",
        seed_id=key.seed_id,
        isolation=ISOLATION,
        hand_in_sha256=submission.digest,
        timings=timings,
    )


def _ask(session: Session, problem: Problem, samples: Sequence[Sample]) -> tuple[Outcome, ...]:
    calls = tuple(sample.case.arguments(problem) for sample in samples)
    return session.ask(Question(problem.name, tuple(problem.parameters), calls))


def _ask_again(
    session: Session, problem: Problem, key: Key, public: Sequence[Outcome]
) -> tuple[Outcome, ...]:
    """The secret cases, unless the public ones have already cost the process."""
    samples = key.secret(problem.name)
    if any(isinstance(outcome, (TimedOut, Crashed)) for outcome in public):
        return (NotRun("a public case ended the process"),) * len(samples)
    return _ask(session, problem, samples)


def _problem_record(
    assignment: Assignment, problem: Problem, comparisons: Sequence[Comparison]
) -> ProblemRecord:
    verdict = verdict_of(comparisons)
    shares = {Verdict.RIGHT: Decimal(1), Verdict.IMPRECISE: assignment.settings.policies.imprecise}
    return ProblemRecord(
        name=problem.name,
        number=problem.number,
        topic=problem.topic.title,
        asks=problem.kind.asks(),
        points=problem.points,
        score=problem.points * shares.get(verdict, Decimal(0)),
        verdict=verdict.value,
        student=explain(problem, comparisons),
        staff=tuple(map(_measured, comparisons)),
    )


def _measured(comparison: Comparison) -> Measured:
    case, outcome, judgement = comparison.sample.case, comparison.outcome, comparison.judgement
    return Measured(
        row=case.row.name,
        public=comparison.sample.public,
        sizes=case.sizes,
        verdict=judgement.verdict.value,
        said=judgement.said,
        eta=judgement.eta,
        relative=judgement.relative,
        calls=outcome.calls if isinstance(outcome, Returned) and outcome.calls else None,
    )


def _remarks(session: Session) -> tuple[str, ...]:
    fault = [session.submission.fault] if session.submission.fault else []
    lost = [
        f"{note.where}: {note.message}" + (f"; lost: {', '.join(note.lost)}" if note.lost else "")
        for note in session.notes
    ]
    return (*fault, *session.submission.remarks, *lost)
