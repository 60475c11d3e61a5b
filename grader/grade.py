"""The one data flow: a hand-in's source and an answer key go in, a record comes out.

    submission ─► session ─► outcomes ─┐
                        key ─► samples ─┴─► compare ─► diagnose ─► record

All public cases of all problems are asked before the first secret one, so nothing that a hand-in says on a
public case, and a student may read, can hold a secret input of this run.

Only this module asks a student's process, compares and diagnoses. A student's fault ends as a verdict in the
record; a fault of ours is raised and leaves no record.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from time import perf_counter

import numpy as np

from grader import __version__
from grader.assignment import Assignment, Problem
from grader.compare import Comparison, Verdict, compare
from grader.diagnose import diagnose, explain, hint, verdict_of
from grader.key import Key, Sample
from grader.numerical import astray, heard, marked, miscalled, settled
from grader.record import Measured, ProblemRecord, Provenance, Record, Timings
from grader.sandbox.isolation import TooWeak, accepted
from grader.sandbox.jail import Source
from grader.sandbox.landlock import readable
from grader.sandbox.outcome import Crashed, Note, NotRun, Returned, TimedOut
from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.submission import Submission

MOST_LOST = 200  # characters of names

Progress = Callable[[str], None]


def _silent(_asked: str) -> None:
    """Nobody wants to know."""


def grade(  # noqa: PLR0913 - what is graded, with what, and two circumstances
    assignment: Assignment,
    key: Key,
    submission: Submission,
    source: Source,
    progress: Progress = _silent,
    *,
    earlier: int = 0,
    weaker: bool = False,
) -> Record:
    """Grade one hand-in.

    Args:
        source: where its processes come from; it serves for any number of hand-ins, one at a time.
        progress: is told what is being asked.
        earlier: how many attempts there were before; with more of them the hints say more.
        weaker: the operator has typed that less than a sound isolation will do.

    Raises:
        TooWeak: the isolation is not sound and the operator has not, or the assignment could be read.
        Fault: the student's process did not start, or not end in good order.
    """
    isolation = accepted(source.isolation, weaker=weaker)
    _keep_out_of_reach(assignment.folder)
    with Session(submission, assignment.settings.limits, source) as session:
        return _grade(assignment, key, session, isolation, progress, earlier)


@cache  # once for a class
def _keep_out_of_reach(folder: Path) -> None:
    """See that the folder with the secrets is not among the libraries."""
    for path in readable():
        if folder.resolve().is_relative_to(path):
            raise TooWeak(f"{folder} lies in {path}, which student code may read: move it elsewhere")


def _grade(
    assignment: Assignment, key: Key, session: Session, isolation: str, progress: Progress, earlier: int
) -> Record:
    start = perf_counter()
    comparisons: dict[str, list[Comparison]] = {}
    for problem in assignment.problems:
        progress(f"{problem.number} {problem.name}")
        question = key.questions[problem.name, True]
        comparisons[problem.name] = _ask(session, question, key.public(problem.name))
    for problem in assignment.problems:
        progress(f"{problem.number} {problem.name}, hidden cases")
        comparisons[problem.name] += _ask_secret(session, problem, key, comparisons[problem.name])
    reaction = assignment.settings.policies.numerical
    suspicions = [
        "" if reaction == "allow" else _suspicion(session, p, key, comparisons[p.name])
        for p in assignment.problems
    ]
    problems = tuple(
        marked(_problem_record(assignment, key, p, comparisons[p.name], earlier), suspicion, reaction)
        for p, suspicion in zip(assignment.problems, suspicions, strict=True)
    )
    timings = _timings(perf_counter() - start, session, comparisons.values())
    return Record(
        assignment=assignment.settings.title,
        hand_in=session.submission.name,
        file=session.submission.file,
        problems=problems,
        remarks=_remarks(session),
        printed=session.printed,
        staff=_provenance(key, session.submission, isolation, timings, earlier),
    )


def _timings(total: float, session: Session, comparisons: Iterable[Sequence[Comparison]]) -> Timings:
    outcomes = [comparison.outcome for each in comparisons for comparison in each]
    student = sum(outcome.seconds for outcome in outcomes if isinstance(outcome, Returned))
    return Timings(total, session.loading, student, comparing=total - session.asking)


def _provenance(
    key: Key, submission: Submission, isolation: str, timings: Timings, earlier: int
) -> Provenance:
    return Provenance(
        grader=__version__,
        python=platform.python_version(),
        numpy=np.__version__,
        platform=f"{platform.system()} {platform.machine()}",
        seed_id=key.seed_id,
        isolation=isolation,
        hand_in_sha256=submission.digest,
        timings=timings,
        earlier=earlier,
    )


def _ask(session: Session, question: Question, samples: Sequence[Sample]) -> list[Comparison]:
    return list(map(compare, session.ask(question), samples))


def _ask_secret(
    session: Session, problem: Problem, key: Key, public: Sequence[Comparison]
) -> list[Comparison]:
    """The secret cases, unless the public ones have already cost the process."""
    samples = key.secret(problem.name)
    if any(isinstance(comparison.outcome, (TimedOut, Crashed)) for comparison in public):
        return [compare(NotRun("a public case ended the process"), sample) for sample in samples]
    return _ask(session, key.questions[problem.name, False], samples)


def _suspicion(session: Session, problem: Problem, key: Key, comparisons: Sequence[Comparison]) -> str:
    """Why a right answer looks differentiated numerically.

    Where the calls of s and r do not tell, it is asked once more, on inputs that nothing is compared at.
    """
    if problem.name not in key.larger or not verdict_of(comparisons).passes:
        return ""
    question = key.larger[problem.name]
    if problem.name in key.sloped:
        reason = miscalled(problem, comparisons)
        if reason or settled(problem, comparisons):
            return reason
        question = heard(problem, question)
    return astray(problem, question, session.ask(question))


def _problem_record(
    assignment: Assignment, key: Key, problem: Problem, comparisons: Sequence[Comparison], earlier: int
) -> ProblemRecord:
    verdict = verdict_of(comparisons)
    diagnosed = diagnose(problem, assignment.problems, key.reference, comparisons)
    told = hint(diagnosed.diagnosis, assignment.settings.hints, earlier)
    seen = explain(problem, comparisons)
    if diagnosed.credit:
        worth = f"{seen.sentence} This is a known mistake, which is worth a part of the points."
        seen = replace(seen, sentence=worth)
    shares = {Verdict.RIGHT: Decimal(1), Verdict.IMPRECISE: assignment.settings.policies.imprecise}
    return ProblemRecord(
        name=problem.name,
        number=problem.number,
        topic=problem.topic.title,
        asks=problem.kind.asks(),
        points=problem.points,
        score=problem.points * shares.get(verdict, diagnosed.credit),
        verdict=verdict.value,
        student=replace(seen, hint=told),
        staff=tuple(map(_measured, comparisons)),
        diagnosis=diagnosed.diagnosis,
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
    return (*fault, *session.submission.remarks, *map(_remark, session.notes))


def _remark(note: Note) -> str:
    names = ", ".join(note.lost)
    lost = f"; lost: {names if len(names) <= MOST_LOST else f'{len(note.lost)} functions'}" if names else ""
    return f"{note.where}: {note.message}{lost}"
