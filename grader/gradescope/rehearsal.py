"""An assignment's own tests, run before anybody hands in: do they load, what are they worth, are they fair?

On the starter no answer is right, so failures say nothing; but what a test itself is to blame for every
submission would meet. On an example that is right everywhere, a lost point is to be looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from grader.assignment import Assignment
from grader.faults import STAFFS_FAULT, Fault
from grader.gradescope.decorated import UNLOADED
from grader.gradescope.instructors import tested
from grader.starter import starter

UNWRITTEN = "NotImplementedError"  # what the starter's functions say
MOST_SAID = 200  # characters
LONGEST = 540.0  # seconds: what the platform's default time-out leaves


@dataclass(frozen=True)
class Rehearsal:
    """How many rows the tests have, for how many points together, and what is odd about them.

    `shared` are numbers that are others' rows' too, `lost` says which right examples lose points.
    """

    rows: int = 0
    points: Decimal = Decimal(0)
    shared: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def rehearsed(assignment: Assignment, right: Iterable[Path], *, weaker: bool) -> Rehearsal:
    """What the tests in the assignment's folder come to.

    Args:
        right: example hand-ins in which every function is right.

    Raises:
        Fault: one of them, or all, could not be run for anybody.
    """
    tests = assignment.folder / "tests"
    with TemporaryDirectory() as folder:
        Path(folder, f"{assignment.settings.file}.py").write_text(starter(assignment), encoding="utf-8")
        seconds = assignment.settings.limits.hand_in_seconds
        found = tested(tests, Path(folder), seconds, monotonic() + LONGEST, weaker=weaker)
    ended = (found.extra_data or {}).get("tests_ended")
    if ended:
        raise Fault(f"tests/: on the starter {ended}")
    rows = found.tests or ()
    if not rows:
        raise Fault(
            "tests/ has no test: functions and methods named test_… in files named test….py are looked for; "
            "add one, or write tests = false into assignment.toml"
        )
    for row in rows:
        said = row.output or ""
        if STAFFS_FAULT in said or (UNLOADED in said and UNWRITTEN not in said):
            raise Fault(f"tests/: {row.name}: everybody would read “{' '.join(said.split())}”")
    points = sum((Decimal(str(row.max_score)) for row in rows if row.max_score is not None), Decimal(0))
    numbers = Counter([row.number for row in rows if row.number])
    numbers.update({problem.number for problem in assignment.problems} & numbers.keys())
    shared = tuple(sorted(each for each, count in numbers.items() if count > 1))
    lost = chain.from_iterable(_lost(tests, example, seconds, weaker=weaker) for example in right)
    return Rehearsal(len(rows), points, shared, tuple(lost))


def _lost(tests: Path, example: Path, seconds: float, *, weaker: bool) -> Iterator[str]:
    """A sentence for every row that does not give all its points to an example."""
    for row in tested(tests, example, seconds, monotonic() + LONGEST, weaker=weaker).tests or ():
        if row.max_score and (row.score or 0) < row.max_score:
            said = " ".join((row.output or "").split())[:MOST_SAID]
            gets = f"gets {row.score or 0:g} of {row.max_score:g} for {row.name}: “{said}”"
            yield f"tests/: {example.name}, in which every function is right, {gets}; see whether the test is"
