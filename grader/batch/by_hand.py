"""Scores set by hand, as a person asks for them: whose and which must be known to the store.

What is refused is a word that means nobody, or no function; whatever else a teacher decides counts.
"""

from __future__ import annotations

import getpass
import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches

from grader.batch.grades.filesystem import STORE
from grader.batch.grades.overrides import Override, override, overrides, withdraw
from grader.batch.grades.runs import Standing, newest, points, standings, titles
from grader.batch.grades.store import Store
from grader.faults import Fault


@dataclass(frozen=True)
class Wish:
    """A score for a student's function; None withdraws an earlier one."""

    student: str
    function: str
    score: Decimal | None
    why: str
    who: str = ""
    bonus: bool = False  # it may be more than the function gives
    title: str = ""  # of the assignment, where the store has several


def granted(store: Store, wish: Wish) -> list[str]:
    """Note it; what to tell the one who wished.

    Raises:
        Fault: the store knows nobody, or no such assignment, student or function; or there is nothing to
            withdraw.
    """
    title, again = _title(store, wish.title), f"grader batch EXPORT -o {_folder(store)}"
    run = newest(store, title)
    if run is None:
        raise Fault(f"{store.path} has hand-ins and no students, as shards have: run {again} first")
    standing = _one(wish.student, {each.student: each for each in standings(store, run.number)})
    if wish.function not in run.plan.problems:
        raise Fault(f"there is no function {_near(wish.function, run.plan.problems)} in this assignment")
    whose, which = (run.title, standing.student, wish.function), f"{standing.student}, {wish.function}"
    who = wish.who or user()
    mark = standing.marks[wish.function]
    if wish.score is not None:
        most = points(store, run.number, wish.function)
        if most is not None and wish.score > most and not wish.bonus:
            raise Fault(f"{wish.function} gives {most:f} points at most: with --bonus it may be {wish.score}")
        override(store, *whose, wish.score, who=who, why=wish.why)
        of = "" if most is None else f" of {most:f} points"
        before = "not graded" if mark is None else f"{mark.score} before"
        told = f"{which}: {wish.score}{of} from now on, by hand ({before})."
    else:
        if mark is None or not mark.set_by:
            raise Fault(f"{which}: no score was set by hand, so there is none to withdraw")
        withdraw(store, *whose, who=who, why=wish.why)
        told = f"{which}: what was graded counts again."
    rest = [name for name, each in standing.marks.items() if each is None and name != wish.function]
    waits = f"The score shows when every function has one; these have none: {', '.join(rest)}."
    return [told, *([waits] if rest else []), f"Write the tables anew: {again}"]


def _folder(store: Store) -> str:
    """What -o takes to use this store, as a shell reads it. The last run may have had another one."""
    return shlex.quote(str(store.path.parent)) if store.path.name == STORE else "DIR"


def log(store: Store) -> Iterator[str]:
    """A line for every score that was ever set by hand or withdrawn, in order."""
    return (_line(each) for title in titles(store) for each in overrides(store, title))


def _line(each: Override) -> str:
    when = datetime.fromtimestamp(each.at / 1e9).astimezone().isoformat(" ", timespec="minutes")
    score = "withdrawn" if each.score is None else str(each.score)
    return f"{when}  {each.who}  {each.student}  {each.problem}  {score}  {each.why}"


def _title(store: Store, wanted: str) -> str:
    known = titles(store)
    if not known:
        raise Fault(f"nothing has been graded into {store.path}: run grader batch first")
    if wanted and wanted not in known:
        raise Fault(f"{store.path} has no assignment {_near(wanted, known)}")
    if not wanted and len(known) > 1:
        raise Fault(f"{store.path} has {len(known)} assignments: name one with --title: {', '.join(known)}")
    return wanted or known[0]


def _one(student: str, known: dict[str, Standing]) -> Standing:
    if student not in known:
        raise Fault(
            f"no id in the last run is {_near(student, known)}; the first column of grades.csv has them"
        )
    return known[student]


def _near(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=3)
    return f"{word} (near: {', '.join(near)})" if near else word


def user() -> str:
    """Who this is, as the system knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        if sys.platform == "win32":
            return "somebody"
        return str(os.getuid())
