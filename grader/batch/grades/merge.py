"""A copy of a store, and several stores as one: nothing is overwritten, nothing is there twice.

Rows are the same if their content is. So the order of merging does not matter, and merging again changes
nothing; only the numbers of runs are the file's own.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex

from grader.batch.grades.schema import named, see_that_it_is_a_store
from grader.batch.grades.store import Store, opened, put_in_words, writing
from grader.faults import Fault

# What has a number: its table, what it is known by, and how a row of the other store reads here.
NUMBERED = (
    ("hand_in", "digest", "SELECT digest FROM other.hand_in AS theirs"),
    ("fingerprint", "digest", "SELECT digest FROM other.fingerprint AS theirs"),
    ("problem", "name, fingerprint", "SELECT name, fingerprint FROM other.problem AS theirs"),
    (
        "plan",
        "digest, environment, whole",
        "SELECT digest, environment.here AS environment, whole.here AS whole FROM other.plan AS theirs"
        " JOIN fingerprint_here AS environment ON environment.there = theirs.environment"
        " JOIN fingerprint_here AS whole ON whole.there = theirs.whole",
    ),
    (
        "pattern",
        "problem, content, text",
        "SELECT problem.here AS problem, content, text FROM other.pattern AS theirs"
        " JOIN problem_here AS problem ON problem.there = theirs.problem",
    ),
    (
        "run",
        "token, title, who, host, arguments, plan, started, finished",
        "SELECT token, title, who, host, arguments, plan.here AS plan, started, finished"
        " FROM other.run AS theirs JOIN plan_here AS plan ON plan.there = theirs.plan",
    ),
)
KNOWN_BY = {"plan": "digest", "pattern": "problem, content", "run": "token"}
ROWS = (
    "INSERT OR IGNORE INTO main.asked SELECT plan.here, place, problem.here FROM other.asked AS theirs"
    " JOIN plan_here AS plan ON plan.there = theirs.plan"
    " JOIN problem_here AS problem ON problem.there = theirs.problem",
    # equal results have the time of the first of them, and of the whole its timings
    "INSERT INTO main.whole (hand_in, environment, whole, content, at, text)"
    " SELECT hand_in.here, environment.here, whole.here, content, at, text FROM other.whole AS theirs"
    " JOIN hand_in_here AS hand_in ON hand_in.there = theirs.hand_in"
    " JOIN fingerprint_here AS environment ON environment.there = theirs.environment"
    " JOIN fingerprint_here AS whole ON whole.there = theirs.whole WHERE true"
    " ON CONFLICT (hand_in, environment, whole, content) DO UPDATE SET at = excluded.at, text = excluded.text"
    " WHERE (excluded.at, excluded.text) < (whole.at, whole.text)",
    "CREATE TEMP TABLE result_here AS"
    " SELECT theirs.number AS there, hand_in.here AS hand_in, environment.here AS environment,"
    " problem.here AS problem, content, at, verdict, score, points, diagnosis FROM other.result AS theirs"
    " JOIN hand_in_here AS hand_in ON hand_in.there = theirs.hand_in"
    " JOIN fingerprint_here AS environment ON environment.there = theirs.environment"
    " JOIN problem_here AS problem ON problem.there = theirs.problem ORDER BY theirs.number",
    "INSERT INTO main.result"
    " (hand_in, environment, problem, content, at, verdict, score, points, diagnosis)"
    " SELECT hand_in, environment, problem, content, at, verdict, score, points, diagnosis FROM result_here"
    " WHERE true ON CONFLICT (hand_in, environment, problem, content) DO UPDATE SET at = excluded.at"
    " WHERE excluded.at < result.at",
    "INSERT OR IGNORE INTO main.told"
    " SELECT ours.number, family, place, sentence, example, numerical, pattern.here, told.text"
    " FROM result_here AS theirs JOIN main.result AS ours USING (hand_in, environment, problem, content)"
    " JOIN other.told AS told ON told.result = theirs.there"
    " JOIN pattern_here AS pattern ON pattern.there = told.pattern",
    "INSERT OR IGNORE INTO main.attempt SELECT hand_in.here, plan.here, at, lane, seconds, reason"
    " FROM other.attempt AS theirs JOIN hand_in_here AS hand_in ON hand_in.there = theirs.hand_in"
    " JOIN plan_here AS plan ON plan.there = theirs.plan",
    # it may have been finished since the other store was copied
    "UPDATE main.run SET finished = (SELECT finished FROM other.run AS theirs WHERE theirs.token = run.token)"
    " WHERE finished IS NULL AND token IN (SELECT token FROM other.run)",
    "INSERT OR IGNORE INTO main.handed SELECT run.here, student, entry, hand_in.here, why"
    " FROM other.handed AS theirs JOIN run_here AS run ON run.there = theirs.run"
    " LEFT JOIN hand_in_here AS hand_in ON hand_in.there = theirs.hand_in",
    "INSERT OR IGNORE INTO main.override (at, title, student, problem, score, who, why)"
    " SELECT at, title, student, problem, score, who, why FROM other.override ORDER BY at, number",
)
COMPLETE = "immutable=1"  # the file alone, without a log
HERE = (*(f"{table}_here" for table, _, _ in NUMBERED), "result_here")


def backup(path: Path, to: Path) -> None:
    """A copy of the store as it is at one moment, while others may write to it.

    Raises:
        Fault: there is no store, or already a file of the new name.
    """
    _see_that_it_is_there(path)
    if to.exists():
        raise Fault(f"{to} is there already: give the backup another name")
    part = to.absolute().with_name(f".{to.name}.{token_hex(4)}.part")
    try:
        with opened(path) as store, put_in_words(to):
            store.db.execute("VACUUM INTO ?", (part.as_uri(),))
        with part.open("rb+") as copy:
            os.fsync(copy.fileno())
        named(part, to)
    except FileExistsError:
        raise Fault(f"{to} is there already: give the backup another name") from None
    finally:
        part.unlink(missing_ok=True)


def merged(into: Path, others: Iterable[Path]) -> None:
    """Take over what other stores hold; each is taken over whole or not at all, and stays as it is.

    Raises:
        Fault: one of them is no store.
    """
    others = tuple(others)
    for other in others:
        _see_that_it_is_there(other)
        if into.exists() and other.samefile(into):
            raise Fault(f"{other} cannot be merged into itself: name another store")
    with closing(sqlite3.connect(":memory:", uri=True)) as nowhere:
        for other in others:  # where one is no store, nothing is taken over and nothing made
            with put_in_words(other), _attached(nowhere, other, _how(other)):
                pass
    with opened(into) as store:
        for other in others:
            _merge(store, other)


def _merge(store: Store, other: Path) -> None:
    how, before = _how(other), _state(other)
    with put_in_words(other), _attached(store.db, other, how), writing(store) as db:
        _take_over(db)
        if how == COMPLETE and _state(other) != before:
            raise Fault(f"{other} was written to while it was read: merge it again")


def _see_that_it_is_there(path: Path) -> None:
    if not os.path.isfile(path):  # noqa: PTH113 - False also where nobody may look
        raise Fault(f"{path} is not there: give the path of a store")


def _how(other: Path) -> str:
    """A log that is ours could keep its owner out; so where we may not write none is created."""
    if _writable(other) and _writable(other.absolute().parent):
        return "mode=rw"
    return "mode=ro" if other.with_name(f"{other.name}-wal").exists() else COMPLETE


def _state(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@contextmanager
def _attached(db: sqlite3.Connection, other: Path, how: str) -> Iterator[None]:
    db.execute("ATTACH ? AS other", (f"{other.absolute().as_uri()}?{how}",))
    try:
        see_that_it_is_a_store(db, other, "other")
        yield
    finally:
        db.execute("DETACH other")


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _take_over(db: sqlite3.Connection) -> None:
    for table, columns, rows in NUMBERED:
        db.execute(f"INSERT OR IGNORE INTO main.{table} ({columns}) {rows} ORDER BY theirs.number")
        key = KNOWN_BY.get(table, columns)
        db.execute(f"CREATE TEMP TABLE {table}_here (there INTEGER PRIMARY KEY, here INTEGER)")
        numbers = f"WITH theirs AS ({rows.replace('SELECT', 'SELECT theirs.number AS there,', 1)})"
        db.execute(
            f"INSERT INTO {table}_here {numbers} SELECT there, ours.number FROM theirs"
            f" JOIN main.{table} AS ours USING ({key})"
        )
    for rows in ROWS:
        db.execute(rows)
    for table in HERE:
        db.execute(f"DROP TABLE temp.{table}")
