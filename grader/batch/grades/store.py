"""What was graded, on disk: known by hand-in, environment, and what each verdict depends on.

A result is never changed. If the same input comes out differently, both results are kept and flagged; the one
that counts is the earliest that did not time out. What is to be graded is asked of the store each time, so
nothing has to be remembered when a run is killed. `add` and `failed` wait in memory until there are 20, or
half a second has passed, and go to disk in one transaction; whoever reads writes them first. No transaction
is left open between two calls, so several processes can share a store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from time import monotonic, time_ns

from grader.batch.grades import packed
from grader.batch.grades.filesystem import refuse_network
from grader.batch.grades.packed import compressed, content, expanded, written
from grader.batch.grades.schema import NO_STORE, connected
from grader.batch.plan import Plan, digest, known, number, plan_number
from grader.faults import Fault
from grader.record import ProblemRecord, Record

MOST_WAITING = 20  # hand-ins
LONGEST = 0.5  # seconds
TIMED_OUT = "timed out"
NOW = (1 << 63) - 1  # later than everything

# Of several results of one input, the one that counts at the time :until. When stores are merged there is no
# first one, so ties in time are settled by content.
RESULT_COUNTS = f"""(result.at <= :until AND (NOT result.differs OR NOT EXISTS (
    SELECT 1 FROM result AS other WHERE other.hand_in = result.hand_in
    AND other.environment = result.environment AND other.problem = result.problem AND other.at <= :until
    AND (other.verdict = '{TIMED_OUT}', other.at, other.content)
        < (result.verdict = '{TIMED_OUT}', result.at, result.content))))"""
WHOLE_COUNTS = """(whole.at <= :until AND (NOT whole.differs OR NOT EXISTS (
    SELECT 1 FROM whole AS other WHERE other.hand_in = whole.hand_in
    AND other.environment = whole.environment AND other.whole = whole.whole AND other.at <= :until
    AND (other.at, other.content) < (whole.at, whole.content))))"""


@dataclass(frozen=True)
class Difference:
    """One input with more than one result, the one that counts first.

    `problem` is "" where it is the rest of the record that differs.
    """

    hand_in: str
    environment: str
    problem: str
    results: tuple[ProblemRecord | Record, ...]


@dataclass(frozen=True)
class _Row:
    """What waits to be written; without `whole` it is an infra error."""

    hand_in: str
    plan: Plan
    at: int
    lane: str
    seconds: float = 0.0
    reason: str = ""
    whole: bytes = b""
    problems: tuple[ProblemRecord, ...] = ()


@dataclass
class Store:
    """An open store, for one thread. Its fields are for this package."""

    path: Path
    db: sqlite3.Connection
    clock: Callable[[], float] = monotonic
    waiting: list[_Row] = field(default_factory=list)
    since: float = 0.0  # when the first of them began to wait
    stamped: int = 0  # the latest time that was given out
    patterns: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # by the problem's number
    asked: dict[tuple[str, str], int] = field(default_factory=dict)  # that number, by name and fingerprint


@contextmanager
def opened(path: Path, clock: Callable[[], float] = monotonic) -> Iterator[Store]:
    """The store in that file, which is created if nothing is there. At the end all is on disk.

    Raises:
        Fault: it cannot be used, is no store, or one of a newer grader; or it is on a network's file system.
    """
    with put_in_words(path):
        store = Store(path, _connected(path), clock)
        try:
            sql = "SELECT max(at) FROM (SELECT at FROM override UNION ALL SELECT started FROM run UNION ALL"
            store.stamped = store.db.execute(f"{sql} SELECT finished FROM run)").fetchone()[0] or 0
            try:
                yield store
            finally:
                committed(store)
        finally:
            store.db.close()


def _connected(path: Path) -> sqlite3.Connection:
    try:
        refuse_network(path)
        return connected(path)
    except (OSError, RuntimeError) as error:  # links in a circle are a RuntimeError
        raise Fault(f"{path} cannot be opened ({error}): look at its folder and its permissions") from None


@contextmanager
def put_in_words(path: Path) -> Iterator[None]:
    """What SQLite says of a disk, a lock or a damaged file is a `Fault`."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # ours
    except packed.Damaged as error:
        raise Fault(
            f"{path} is damaged ({error}): take its backup in its place, or begin a new one"
        ) from None
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            raise Fault(NO_STORE.format(path=path)) from None
        advice = "look at its disk and its permissions, or take its backup"
        if "locked" in str(error):
            advice = "another process has been writing for 30 seconds: let it finish, or stop it"
        if "full" in str(error):
            advice = "make room there, then the same command goes on where it was"
        raise Fault(f"{path} cannot be used ({error}); {advice}") from None


@contextmanager
def writing(store: Store) -> Iterator[sqlite3.Connection]:
    """One transaction: on disk when this ends, and nothing of it if it fails."""
    store.db.execute("BEGIN IMMEDIATE")
    try:
        yield store.db
        store.db.execute("COMMIT")
    except BaseException:
        if store.db.in_transaction:
            store.db.execute("ROLLBACK")
        raise


def stamp(store: Store) -> int:
    """Nanoseconds since 1970, later than the last one even where somebody sets the clock back."""
    store.stamped = max(time_ns(), store.stamped + 1)
    return store.stamped


# ---- what was graded ------------------------------------------------------------------------


def add(store: Store, hand_in: str, plan: Plan, record: Record, lane: str, seconds: float) -> bool:
    """Keep a record of all problems of the plan, or of some; whether everything is on disk by now.

    Equal results are there already; of different ones both are kept, and flagged.
    """
    strangers = [problem.name for problem in record.problems if problem.name not in plan.problems]
    if strangers:
        raise ValueError(f"the plan does not ask for {', '.join(strangers)}")
    whole = packed.whole_json(record)
    return _wait(store, _Row(hand_in, plan, stamp(store), lane, seconds, "", whole, record.problems))


def failed(store: Store, hand_in: str, plan: Plan, reason: str, lane: str) -> bool:
    """Note that grading itself failed; whether everything is on disk by now."""
    return _wait(store, _Row(hand_in, plan, stamp(store), lane, reason=reason or "nobody knows why"))


def _wait(store: Store, row: _Row) -> bool:
    if not store.waiting:
        store.since = store.clock()
    store.waiting.append(row)
    return due(store)


def due(store: Store) -> bool:
    """Write what waits if it is time; whether everything is on disk by now."""
    if len(store.waiting) >= MOST_WAITING or store.clock() - store.since >= LONGEST:
        committed(store)
    return not store.waiting


def committed(store: Store) -> None:
    """Write everything that waits."""
    if not store.waiting:
        return
    try:
        with writing(store) as db:
            for row in store.waiting:
                _write(store, row, plan_number(db, row.plan))
    except BaseException:
        store.patterns.clear()  # some may not be on disk
        store.asked.clear()
        raise
    store.waiting.clear()


def _write(store: Store, row: _Row, plan: int) -> None:
    db = store.db
    hand_in = number(db, "hand_in", digest=row.hand_in)
    attempt = (hand_in, plan, row.at, written(row.lane), row.seconds, written(row.reason))
    db.execute("INSERT OR IGNORE INTO attempt VALUES (?, ?, ?, ?, ?, ?)", attempt)
    if not row.whole:
        return
    sql = "SELECT environment, whole FROM plan WHERE number = ?"
    environment, whole = db.execute(sql, (plan,)).fetchone()
    db.execute(
        "INSERT OR IGNORE INTO whole (hand_in, environment, whole, content, at, text)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (hand_in, environment, whole, packed.whole_content(row.whole), row.at, compressed(row.whole)),
    )
    for problem in row.problems:
        asked = problem.name, row.plan.problems[problem.name]
        if asked not in store.asked:
            store.asked[asked] = number(db, "problem", name=problem.name, fingerprint=asked[1])
        _write_problem(store, (hand_in, environment, store.asked[asked]), problem, row.at)


def _write_problem(store: Store, key: tuple[int, int, int], problem: ProblemRecord, at: int) -> None:
    text, diagnosis, seen = packed.problem_json(problem), problem.diagnosis, problem.student
    narrow = (problem.verdict, str(problem.score), str(problem.points), written(diagnosis.id))
    done = store.db.execute(
        "INSERT OR IGNORE INTO result"
        " (hand_in, environment, problem, content, at, verdict, score, points, diagnosis)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, content(text), at, *narrow),
    )
    if done.rowcount:
        pattern, sample = _pattern(store, key[2], text)
        wide = (diagnosis.family, diagnosis.place, seen.sentence, seen.detail, problem.numerical)
        row = (done.lastrowid, *map(written, wide), pattern, compressed(text, sample))
        store.db.execute("INSERT INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def _pattern(store: Store, problem: int, text: bytes) -> tuple[int, bytes]:
    """What results of a problem are compressed against, the first one: its number and its text."""
    sql = "SELECT number, text FROM pattern WHERE problem = ? ORDER BY number LIMIT 1"
    if problem not in store.patterns:
        found = store.db.execute(sql, (problem,)).fetchone()
        if not found:
            row = (problem, content(text), compressed(text))
            store.db.execute("INSERT INTO pattern (problem, content, text) VALUES (?, ?, ?)", row)
            found = store.db.execute(sql, (problem,)).fetchone()
        store.patterns[problem] = found[0], expanded(found[1])
    return store.patterns[problem]


# ---- what is lacking ------------------------------------------------------------------------

LACKING = f"""
SELECT wanted.digest, wanted_problem.name
FROM temp.wanted CROSS JOIN temp.wanted_problem
LEFT JOIN hand_in ON hand_in.digest = wanted.digest
WHERE (
    NOT EXISTS (SELECT 1 FROM whole WHERE whole.hand_in = hand_in.number
                AND whole.environment = :environment AND whole.whole = :whole)
    OR NOT EXISTS (SELECT 1 FROM result WHERE result.hand_in = hand_in.number
                   AND result.environment = :environment AND result.problem = wanted_problem.number
                   AND (NOT :timeout OR result.verdict <> '{TIMED_OUT}'))
) AND (:infra OR '' = coalesce((
    SELECT reason FROM attempt WHERE attempt.hand_in = hand_in.number AND attempt.plan = :plan
    ORDER BY at DESC LIMIT 1), ''))
ORDER BY wanted.place, wanted_problem.place
"""
WANTED_PROBLEM = "wanted_problem (place INTEGER PRIMARY KEY, name TEXT, number INTEGER)"


def missing(
    store: Store, hand_ins: Iterable[str], plan: Plan, retry: Collection[str] = ("infra",)
) -> dict[str, tuple[str, ...]]:
    """Which problems of which hand-ins have still to be graded; a hand-in that lacks nothing is left out.

    Args:
        retry: "infra": also where the last attempt failed by a fault of ours; "timeout": also what timed out.
    """
    committed(store)
    with _wanted(store, hand_ins, plan) as db:
        where = {
            "environment": known(db, "fingerprint", digest=plan.environment),
            "whole": known(db, "fingerprint", digest=plan.whole),
            "plan": known(db, "plan", digest=digest(plan)),
            "infra": "infra" in retry,
            "timeout": "timeout" in retry,
        }
        lacking = groupby(db.execute(LACKING, where), lambda row: row[0])
        return {hand_in: tuple(problem for _, problem in rows) for hand_in, rows in lacking}


@contextmanager
def _wanted(store: Store, hand_ins: Iterable[str], plan: Plan) -> Iterator[sqlite3.Connection]:
    """Both in tables for as long as this lasts, and one view of the store."""
    db, wanted = store.db, enumerate(dict.fromkeys(hand_ins))
    problems = [
        (place, name, known(db, "problem", name=name, fingerprint=fingerprint))
        for place, (name, fingerprint) in enumerate(plan.problems.items())
    ]
    for table in ("wanted (place INTEGER PRIMARY KEY, digest TEXT)", WANTED_PROBLEM):
        db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table}")
    db.execute("BEGIN")
    try:
        db.executemany("INSERT INTO wanted VALUES (?, ?)", wanted)
        db.executemany("INSERT INTO wanted_problem VALUES (?, ?, ?)", problems)
        yield db
    finally:
        db.execute("DELETE FROM wanted")
        db.execute("DELETE FROM wanted_problem")
        db.execute("COMMIT")


# ---- what is there --------------------------------------------------------------------------


def record_of(store: Store, hand_in: str, plan: Plan) -> Record | None:
    """The record of a hand-in, its problems in the assignment's order; None if anything of it is missing.

    Its `hand_in` is "": the same content may be several students'.
    """
    committed(store)
    key = {
        "hand_in": known(store.db, "hand_in", digest=hand_in),
        "environment": known(store.db, "fingerprint", digest=plan.environment),
        "whole": known(store.db, "fingerprint", digest=plan.whole),
        "until": NOW,
    }
    whole = store.db.execute(WHOLE, key).fetchone()
    if whole is None:
        return None
    problems = []
    for name, fingerprint in plan.problems.items():
        problem = known(store.db, "problem", name=name, fingerprint=fingerprint)
        found = store.db.execute(PROBLEM, {**key, "problem": problem}).fetchone()
        if found is None:
            return None
        problems.append(_unpacked(*found))
    return replace(packed.whole_from(expanded(whole[0])), problems=tuple(problems))


WHOLE = f"""
SELECT text FROM whole
WHERE hand_in = :hand_in AND environment = :environment AND whole = :whole AND {WHOLE_COUNTS}
"""
PROBLEM = f"""
SELECT told.text, pattern.text FROM result
JOIN told ON told.result = result.number JOIN pattern ON pattern.number = told.pattern
WHERE hand_in = :hand_in AND environment = :environment AND result.problem = :problem AND {RESULT_COUNTS}
"""


def _unpacked(text: bytes, pattern: bytes) -> ProblemRecord:
    return packed.problem_from(expanded(text, expanded(pattern)))


DIFFERING = f"""
SELECT hand_in.digest, fingerprint.digest, problem.name, problem.fingerprint, told.text, pattern.text
FROM result JOIN hand_in ON hand_in.number = result.hand_in
JOIN fingerprint ON fingerprint.number = result.environment
JOIN problem ON problem.number = result.problem
JOIN told ON told.result = result.number JOIN pattern ON pattern.number = told.pattern
WHERE result.differs
ORDER BY 1, 2, 3, 4, result.verdict = '{TIMED_OUT}', result.at, result.content
"""
DIFFERING_WHOLE = """
SELECT hand_in.digest, fingerprint.digest, '', print.digest, whole.text
FROM whole JOIN hand_in ON hand_in.number = whole.hand_in
JOIN fingerprint ON fingerprint.number = whole.environment
JOIN fingerprint AS print ON print.number = whole.whole
WHERE whole.differs
ORDER BY 1, 2, 4, whole.at, whole.content
"""


def differing(store: Store) -> tuple[Difference, ...]:
    """Every input that came out differently in the same environment."""
    committed(store)
    problems = groupby(store.db.execute(DIFFERING), lambda row: row[:4])
    wholes = groupby(store.db.execute(DIFFERING_WHOLE), lambda row: row[:4])
    return (
        *(_difference(key, (_unpacked(*row[4:]) for row in rows)) for key, rows in problems),
        *(_difference(key, (packed.whole_from(expanded(row[4])) for row in rows)) for key, rows in wholes),
    )


def _difference(key: tuple[str, ...], results: Iterable[ProblemRecord | Record]) -> Difference:
    hand_in, environment, problem, _ = key
    return Difference(hand_in, environment, problem, tuple(results))
