"""Scores that people set by hand: who, when and why. A row is never changed or removed; the last one counts.

They are a student's and a problem's, and not a hand-in's: they outlive regrades and later hand-ins.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from grader.batch.grades.packed import read, written
from grader.batch.grades.store import NOW, Store, committed, stamp, writing
from grader.faults import Fault


@dataclass(frozen=True)
class Override:
    """`score` is None where an earlier one is withdrawn. `at` is in nanoseconds since 1970."""

    title: str
    student: str
    problem: str
    score: Decimal | None
    who: str
    why: str
    at: int


def override(  # noqa: PLR0913 - a row of the log
    store: Store, title: str, student: str, problem: str, score: Decimal, *, who: str, why: str
) -> None:
    """Set a student's score for a problem of the assignment, whatever is graded from now on.

    Raises:
        Fault: it is no number.
    """
    if not score.is_finite():
        raise Fault(f"{score} is no score for {problem}: give a number")
    _note(store, (title, student, problem, str(score), who, why))


def withdraw(store: Store, title: str, student: str, problem: str, *, who: str, why: str) -> None:
    """What was graded counts again."""
    _note(store, (title, student, problem, "", who, why))


def _note(store: Store, texts: tuple[str, ...]) -> None:
    committed(store)
    sql = "INSERT INTO override (at, title, student, problem, score, who, why) VALUES (?, ?, ?, ?, ?, ?, ?)"
    with writing(store) as db:
        later = db.execute("SELECT coalesce(max(at), 0) FROM override").fetchone()[0]
        store.stamped = max(store.stamped, later)  # another process may have noted one
        db.execute(sql, (stamp(store), *map(written, texts)))


def overrides(store: Store, title: str) -> tuple[Override, ...]:
    """All that were ever noted for an assignment, in order."""
    committed(store)
    sql = "SELECT title, student, problem, score, who, why, at FROM override WHERE title = ?"
    rows = store.db.execute(f"{sql} ORDER BY at, student, problem, score, who, why", (written(title),))
    return tuple(_override(*map(read, row[:6]), row[6]) for row in rows)


def _override(title: str, student: str, problem: str, score: str, *rest: Any) -> Override:
    return Override(title, student, problem, Decimal(score) if score else None, *rest)


def standing(store: Store, title: str, until: int = NOW) -> dict[tuple[str, str], Override]:
    """Those that counted at a time, by student and problem."""
    last = {(each.student, each.problem): each for each in overrides(store, title) if each.at <= until}
    return {key: each for key, each in last.items() if each.score is not None}
