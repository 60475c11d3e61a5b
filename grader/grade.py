"""The one data flow: a hand-in's source and an answer key go in, a record comes out.

    submission ─► session ─► outcomes ─┐
                        key ─► samples ─┴─► compare ─► diagnose ─► record

All public cases of all problems are asked before the first secret one, so nothing that a hand-in says on a
public case, and a student may read, can hold a secret input of this run.

Only this module asks a student's process, compares and diagnoses. A student's fault ends as a verdict in the
record; a fault of ours is raised and leaves no record.
"""

from __future__ import annotations

import pickle
import platform
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Protocol

import numpy as np

from grader import __version__
from grader.assignment import Assignment, Problem, select
from grader.compare import Comparison, Verdict, compare
from grader.diagnose import Diagnosed, diagnose, explain, hint, verdict_of
from grader.key import Key, Sample
from grader.numerical import astray, heard, marked, miscalled, settled
from grader.progress import Progress, silent
from grader.record import Measured, ProblemRecord, Provenance, Record, Timings
from grader.remainder import Remainders, remainders, taylor_calls
from grader.sandbox.isolation import NO_WALL, TooWeak, accepted
from grader.sandbox.jail import Source
from grader.sandbox.landlock import readable
from grader.sandbox.outcome import Crashed, Note, NotRun, Outcome, Returned, TimedOut
from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.submission import Submission

MOST_LOST = 200  # characters of names
MOST_EXPLAINED = 10_000  # wrong answers, each in half a kilobyte


class Interview(Protocol):
    """Whoever asks a hand-in's functions; a `Session`, or a notebook's own kernel."""

    submission: Submission
    notes: tuple[Note, ...]
    printed: str
    loading: float
    asking: float

    def ask(self, question: Question) -> tuple[Outcome, ...]:
        """One outcome per call, in order."""


def grade(  # noqa: PLR0913 - what is graded, with what, and two circumstances
    assignment: Assignment,
    key: Key,
    submission: Submission,
    source: Source,
    progress: Progress = silent,
    *,
    only: Collection[str] = (),
    earlier: int = 0,
    weaker: bool = False,
) -> Record:
    """Grade one hand-in.

    Args:
        source: where its processes come from; it serves for any number of hand-ins, one at a time.
        progress: is told what is being asked.
        only: the names of the problems to grade, where it is not all.
        earlier: how many attempts there were before; with more of them the hints say more.
        weaker: the operator has typed that less than a sound isolation will do.

    Raises:
        TooWeak: the isolation is not sound and the operator has not, or the assignment could be read.
        Fault: the student's process did not start, or not end in good order.
    """
    isolation = accepted(source.isolation, weaker=weaker)
    _keep_out_of_reach(assignment.folder)
    with Session(submission, assignment.settings.limits, source) as session:
        return _grade(
            assignment, select(assignment, only).problems, key, session, isolation, progress, earlier
        )


def check(
    assignment: Assignment,
    key_of: Callable[[Problem], Key],
    interview: Interview,
    told: Callable[[ProblemRecord, Remainders | None], None],
    *,
    pictures: bool = False,
) -> Record:
    """Try one hand-in on public cases alone, problem by problem, each with a key of its own.

    Args:
        interview: an open `Session` without a wall, or whoever else asks the hand-in's functions.
        told: is given every problem's record as soon as there is one and, for `pictures`, what the answer
            leaves of the function's change.

    Raises:
        Fault: the student's process did not start, or not end in good order.
    """
    start = perf_counter()
    comparisons: dict[str, list[Comparison]] = {}
    problems = []
    for problem in assignment.problems:
        key = key_of(problem)
        found = _ask(interview, key.questions[problem.name, True], key.public(problem.name))
        comparisons[problem.name] = found
        problems.append(_judged(assignment, key, interview, problem, found, earlier=0))
        told(problems[-1], _pictured(interview, problem, found) if pictures else None)
    timings = _timings(perf_counter() - start, interview, comparisons.values())
    staff = _provenance("", interview.submission, NO_WALL.line, timings, earlier=0)
    return _record(assignment, interview, problems, staff)


def _pictured(interview: Interview, problem: Problem, comparisons: Sequence[Comparison]) -> Remainders | None:
    """What the answer leaves of the function's change, on a case that shows the verdict."""
    verdict = verdict_of(comparisons)
    if verdict not in (Verdict.RIGHT, Verdict.IMPRECISE, Verdict.WRONG):
        return None
    alike = [
        (comparison.sample, comparison.outcome.value)
        for comparison in comparisons
        if comparison.verdict is verdict and isinstance(comparison.outcome, Returned)
    ]
    sample, answer = min(alike, key=lambda each: not each[0].case.row.is_core)
    calls = taylor_calls(problem, sample.case.values)
    arguments = tuple(tuple(values[x] for x in problem.parameters) for values in calls)
    outcomes = (
        interview.ask(Question(problem.name, tuple(problem.parameters), arguments, packing=problem.packing))
        if calls
        else ()
    )
    scaled = [outcome.value if isinstance(outcome, Returned) else None for outcome in outcomes]
    return remainders(problem, sample.case.values, answer, sample.expected, scaled)


@cache  # once for a class
def _keep_out_of_reach(folder: Path) -> None:
    """See that the folder with the secrets is not among the libraries."""
    for path in readable():
        if folder.resolve().is_relative_to(path):
            raise TooWeak(f"{folder} lies in {path}, which student code may read: move it elsewhere")


def _grade(  # noqa: PLR0913, PLR0917 - as `grade`
    assignment: Assignment,
    problems: Sequence[Problem],
    key: Key,
    session: Session,
    isolation: str,
    progress: Progress,
    earlier: int,
) -> Record:
    start = perf_counter()
    comparisons: dict[str, list[Comparison]] = {}
    for problem in problems:
        progress(f"{problem.number} {problem.name}")
        question = key.questions[problem.name, True]
        comparisons[problem.name] = _ask(session, question, key.public(problem.name))
    for problem in problems:
        progress(f"{problem.number} {problem.name}, hidden cases")
        comparisons[problem.name] += _ask_secret(session, problem, key, comparisons[problem.name])
    records = [
        _judged(assignment, key, session, problem, comparisons[problem.name], earlier) for problem in problems
    ]
    timings = _timings(perf_counter() - start, session, comparisons.values())
    staff = _provenance(key.seed_id, session.submission, isolation, timings, earlier)
    return _record(assignment, session, records, staff)


def _record(
    assignment: Assignment, session: Interview, problems: Iterable[ProblemRecord], staff: Provenance
) -> Record:
    return Record(
        assignment=assignment.settings.title,
        hand_in=session.submission.name,
        file=session.submission.file,
        problems=tuple(problems),
        remarks=_remarks(session),
        printed=session.printed,
        staff=staff,
    )


def _judged(
    assignment: Assignment,
    key: Key,
    session: Interview,
    problem: Problem,
    comparisons: Sequence[Comparison],
    earlier: int,
) -> ProblemRecord:
    """The problem's record, with what is suspected of a right answer."""
    reaction = assignment.settings.policies.numerical
    suspicion = "" if reaction == "allow" else _suspicion(session, problem, key, comparisons)
    return marked(_problem_record(assignment, key, problem, comparisons, earlier), suspicion, reaction)


def _timings(total: float, session: Interview, comparisons: Iterable[Sequence[Comparison]]) -> Timings:
    outcomes = [comparison.outcome for each in comparisons for comparison in each]
    student = sum(outcome.seconds for outcome in outcomes if isinstance(outcome, Returned))
    return Timings(total, session.loading, student, comparing=total - session.asking)


def _provenance(
    seed_id: str, submission: Submission, isolation: str, timings: Timings, earlier: int
) -> Provenance:
    return Provenance(
        grader=__version__,
        python=platform.python_version(),
        numpy=np.__version__,
        platform=f"{platform.system()} {platform.machine()}",
        seed_id=seed_id,
        isolation=isolation,
        hand_in_sha256=submission.digest,
        timings=timings,
        earlier=earlier,
    )


def _ask(session: Interview, question: Question, samples: Sequence[Sample]) -> list[Comparison]:
    return list(map(compare, session.ask(question), samples))


def _ask_secret(
    session: Interview, problem: Problem, key: Key, public: Sequence[Comparison]
) -> list[Comparison]:
    """The secret cases, unless the public ones have already cost the process."""
    samples = key.secret(problem.name)
    if any(isinstance(comparison.outcome, (TimedOut, Crashed)) for comparison in public):
        return [compare(NotRun("a public case ended the process"), sample) for sample in samples]
    return _ask(session, key.questions[problem.name, False], samples)


def _suspicion(session: Interview, problem: Problem, key: Key, comparisons: Sequence[Comparison]) -> str:
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
    diagnosed = _diagnosed(assignment, key, problem, comparisons)
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


def _diagnosed(
    assignment: Assignment, key: Key, problem: Problem, comparisons: Sequence[Comparison]
) -> Diagnosed:
    """Why it is wrong. Answers that are the same to the bit, as one formula gives them, are explained once.

    Nothing else goes into a diagnosis, and explaining takes longer than grading a right hand-in.
    """
    if verdict_of(comparisons) not in (Verdict.WRONG, Verdict.SHAPE):
        return diagnose(problem, assignment.problems, key.reference, comparisons)
    answers = [
        (each.verdict.value, each.outcome.value if isinstance(each.outcome, Returned) else None)
        for each in comparisons
    ]
    place = sha256(pickle.dumps((problem.name, answers))).digest()
    if place not in key.memory:
        while len(key.memory) >= MOST_EXPLAINED:
            key.memory.pop(next(iter(key.memory)))
        key.memory[place] = diagnose(problem, assignment.problems, key.reference, comparisons)
    found: Diagnosed = key.memory[place]
    return found


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


def _remarks(session: Interview) -> tuple[str, ...]:
    fault = [session.submission.fault] if session.submission.fault else []
    return (*fault, *session.submission.remarks, *map(_remark, session.notes))


def _remark(note: Note) -> str:
    names = ", ".join(note.lost)
    lost = f"; lost: {names if len(names) <= MOST_LOST else f'{len(note.lost)} functions'}" if names else ""
    return f"{note.where}: {note.message}{lost}"
