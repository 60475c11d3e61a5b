"""Runs: who had what graded, when and with what; whose scores these were, and how they moved since.

A run holds no scores: they are the results of its hand-ins under its plan, as many as there were when it was
finished, and what people had set by hand by then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from decimal import Decimal
from itertools import groupby
from secrets import token_hex
from typing import Any

from grader.batch.gradebook import Mark
from grader.batch.grades.overrides import Override, standing
from grader.batch.grades.packed import read, written
from grader.batch.grades.store import NOW, RESULT_COUNTS, WHOLE_COUNTS, Store, committed, stamp, writing
from grader.batch.plan import Plan, number, plan_number, plan_of
from grader.batch.roster import Entry

EMPTY, NOT_RUN = "missing", "not run"  # the verdicts where nothing was handed in, and where there is none
BY_HAND = "the score was set by hand"
HAND_IN = "another hand-in"
PROBLEM = "the problem or its reference was changed"
ENVIRONMENT = "the environment changed"
AGAIN = "the hand-in was graded again"
FIRST = "it was not graded before"


@dataclass(frozen=True)
class Run:
    """`finished` is None where it was stopped, or still goes on."""

    number: int
    title: str
    who: str
    host: str
    arguments: tuple[str, ...]
    plan: Plan
    started: datetime
    finished: datetime | None


@dataclass(frozen=True)
class Standing:
    """One student in a run. `marks` has None for a problem that is not graded.

    `hand_in` is "" where there is nothing to grade; `why` says why.
    """

    student: str
    entry: str
    hand_in: str
    why: str
    marks: Mapping[str, Mark | None]

    @property
    def scores(self) -> dict[str, Decimal] | None:
        """By problem; None where one of them is not graded."""
        found = {problem: mark.score for problem, mark in self.marks.items() if mark}
        return found if len(found) == len(self.marks) else None


@dataclass(frozen=True)
class Move:
    """A score that is another one than in an earlier run. None: it was not graded, or not asked."""

    student: str
    problem: str
    before: Decimal | None
    after: Decimal | None
    why: str


@dataclass(frozen=True)
class Attempt:
    """The last attempt at a hand-in. `cached`: in an earlier run; `reason` is why it failed, if it did.

    `seconds` is of the longest one that ended like the last: that may have been of a single function.
    """

    lane: str
    seconds: float
    reason: str
    cached: bool


RUN = "number, title, who, host, arguments, plan, started, finished"

# ---- a run ----------------------------------------------------------------------------------


def begin(store: Store, who: str, host: str, arguments: Sequence[str], plan: Plan, title: str) -> int:
    """Note a run; its number."""
    committed(store)
    with writing(store) as db:
        row = {"token": token_hex(16), "title": written(title), "who": written(who), "host": written(host)}
        sql = (
            "INSERT INTO run (token, title, who, host, arguments, plan, started)"
            " VALUES (:token, :title, :who, :host, :arguments, :plan, :started)"
        )
        more = {"arguments": json.dumps(list(arguments)), "plan": plan_number(db, plan)}
        db.execute(sql, {**row, **more, "started": stamp(store)})
        return number(db, "run", token=row["token"])


def handed(store: Store, run: int, entries: Iterable[tuple[Entry, str]]) -> None:
    """Note every student of the export with the digest of their hand-in; "" where nothing can be graded."""
    committed(store)
    with writing(store) as db:
        for entry, digest in entries:
            hand_in = number(db, "hand_in", digest=digest) if digest else None
            rest = (written(entry.id), hand_in, written(entry.problem))
            rows = ((run, written(student.id), *rest) for student in entry.students)
            db.executemany("INSERT OR REPLACE INTO handed VALUES (?, ?, ?, ?, ?)", rows)


def finish(store: Store, run: int) -> None:
    """Note that it is over: what is graded or set by hand from now on is another run's."""
    committed(store)
    with writing(store) as db:
        db.execute("UPDATE run SET finished = ? WHERE number = ?", (stamp(store), run))


def titles(store: Store) -> tuple[str, ...]:
    """Of the assignments that were ever graded into it."""
    committed(store)
    return tuple(read(row[0]) for row in store.db.execute("SELECT DISTINCT title FROM run ORDER BY title"))


def last_run(store: Store, title: str, before: int | None = None) -> Run | None:
    """The last one for an assignment that was finished; or the last of these before another was started."""
    committed(store)
    where = (
        "finished IS NOT NULL AND number IS NOT :before"
        " AND (:before IS NULL OR started < (SELECT started FROM run WHERE number = :before))"
    )
    return _run(store, where, {"title": written(title), "before": before})


def newest(store: Store, title: str) -> Run | None:
    """The one that was started last of those that know students, whether it was finished or not.

    None where there is none: a shard notes hand-ins alone, and so do shards that were merged.
    """
    return _run(store, "EXISTS (SELECT 1 FROM handed WHERE run = number)", {"title": written(title)})


def _run(store: Store, where: str, values: Mapping[str, Any]) -> Run | None:
    sql = f"SELECT {RUN} FROM run WHERE title = :title AND {where} ORDER BY started DESC, token DESC LIMIT 1"
    row = store.db.execute(sql, values).fetchone()
    if row is None:
        return None
    started, finished = (at and datetime.fromtimestamp(at / 1e9, timezone.utc) for at in row[6:])
    plan, arguments = plan_of(store.db, row[5]), tuple(json.loads(row[4]))
    return Run(row[0], read(row[1]), read(row[2]), read(row[3]), arguments, plan, started, finished)


def until(store: Store, run: int) -> int:
    """What was there by then is the run's."""
    row = store.db.execute("SELECT coalesce(finished, ?) FROM run WHERE number = ?", (NOW, run)).fetchone()
    return int(row[0])


# ---- its scores -----------------------------------------------------------------------------

STANDINGS = f"""
SELECT handed.student, handed.entry, coalesce(hand_in.digest, ''), handed.why, problem.name,
       EXISTS (SELECT 1 FROM whole WHERE whole.hand_in = handed.hand_in
               AND whole.environment = plan.environment AND whole.whole = plan.whole AND {WHOLE_COUNTS}),
       result.verdict, result.score, result.diagnosis
FROM run CROSS JOIN plan ON plan.number = run.plan
CROSS JOIN handed ON handed.run = run.number
CROSS JOIN asked ON asked.plan = plan.number
CROSS JOIN problem ON problem.number = asked.problem
LEFT JOIN hand_in ON hand_in.number = handed.hand_in
LEFT JOIN result ON result.hand_in = handed.hand_in AND result.environment = plan.environment
                 AND result.problem = asked.problem AND {RESULT_COUNTS}
WHERE run.number = :run
ORDER BY handed.student, asked.place
"""


def standings(store: Store, run: int) -> Iterator[Standing]:
    """Every student of the run with what counted at its end, in the order of ids as they are written."""
    committed(store)
    then = until(store, run)
    (title,) = store.db.execute("SELECT title FROM run WHERE number = ?", (run,)).fetchone()
    by_hand = standing(store, read(title), then)
    rows = store.db.execute(STANDINGS, {"run": run, "until": then})
    for key, problems in groupby(rows, lambda row: row[:4]):
        student, entry, hand_in, why = map(read, key)
        marks = {row[4]: _mark(hand_in, row[5:], by_hand.get((student, row[4]))) for row in problems}
        yield Standing(student, entry, hand_in, why, marks)


def _mark(hand_in: str, result: Sequence[Any], by_hand: Override | None) -> Mark | None:
    complete, verdict, score, diagnosis = result
    graded = Mark(EMPTY, Decimal(0)) if not hand_in else None
    if complete and verdict is not None:
        graded = Mark(verdict, Decimal(score), read(diagnosis))
    if by_hand and by_hand.score is not None:
        set_by = f"{by_hand.who}: {by_hand.why}"
        return replace(graded or Mark(NOT_RUN, Decimal(0)), score=by_hand.score, set_by=set_by)
    return graded


def scores(store: Store, run: int) -> dict[str, dict[str, Decimal] | None]:
    """By student and problem; zeros where nothing was handed in, None where grading has failed."""
    return {each.student: each.scores for each in standings(store, run)}


def moved(store: Store, run: int, earlier: int) -> Iterator[Move]:
    """Every score of a student of both runs that is another one, and why."""
    plans = tuple(
        plan_of(store.db, *store.db.execute("SELECT plan FROM run WHERE number = ?", (each,)).fetchone())
        for each in (earlier, run)
    )
    befores = standings(store, earlier)
    before = next(befores, None)
    for after in standings(store, run):
        while before and written(before.student) < written(after.student):
            before = next(befores, None)
        if before and before.student == after.student:
            yield from _moves(before, after, plans)


def _moves(before: Standing, after: Standing, plans: tuple[Plan, ...]) -> Iterator[Move]:
    for problem in dict.fromkeys((*after.marks, *before.marks)):
        marks = before.marks.get(problem), after.marks.get(problem)
        old, new = (mark.score if mark else None for mark in marks)
        if old != new:
            yield Move(after.student, problem, old, new, _why(problem, before, after, plans))


def _why(problem: str, before: Standing, after: Standing, plans: tuple[Plan, ...]) -> str:
    earlier, now = plans
    if any(mark and mark.set_by for mark in (before.marks.get(problem), after.marks.get(problem))):
        return BY_HAND
    if before.hand_in != after.hand_in:
        return HAND_IN
    if earlier.problems.get(problem) != now.problems.get(problem):
        return PROBLEM
    if before.marks.get(problem) is None:
        return FIRST
    return ENVIRONMENT if earlier.environment != now.environment else AGAIN


def points(store: Store, run: int, problem: str) -> Decimal | None:
    """The most that a problem of the run gives; None where nobody was graded in it."""
    sql = (
        "SELECT result.points FROM run JOIN asked ON asked.plan = run.plan"
        " JOIN problem ON problem.number = asked.problem AND problem.name = ?"
        " JOIN result ON result.problem = problem.number WHERE run.number = ? LIMIT 1"
    )
    row = store.db.execute(sql, (problem, run)).fetchone()
    return Decimal(row[0]) if row else None


LONGEST = """
SELECT max(each.seconds) FROM attempt AS each
JOIN plan AS its ON its.number = each.plan AND its.environment = plan.environment AND its.whole = plan.whole
WHERE each.hand_in = theirs.hand_in AND each.at <= :until AND each.reason = attempt.reason
"""
ATTEMPTS = f"""
SELECT hand_in.digest, attempt.lane, ({LONGEST}), attempt.reason, max(attempt.at) < run.started
FROM run CROSS JOIN plan ON plan.number = run.plan
CROSS JOIN (SELECT DISTINCT run AS number, hand_in FROM handed WHERE run = :run) AS theirs
CROSS JOIN hand_in ON hand_in.number = theirs.hand_in
CROSS JOIN attempt ON attempt.hand_in = theirs.hand_in
CROSS JOIN plan AS its ON its.number = attempt.plan AND its.environment = plan.environment
WHERE run.number = :run AND attempt.at <= :until
GROUP BY theirs.hand_in
"""


def attempts(store: Store, run: int) -> dict[str, Attempt]:
    """By hand-in, those of the run that were attempted in its environment."""
    committed(store)
    rows = store.db.execute(ATTEMPTS, {"run": run, "until": until(store, run)})
    return {row[0]: Attempt(read(row[1]), row[2], read(row[3]), bool(row[4])) for row in rows}
