"""Records that nobody graded, plans, and stores with a class in them."""

import sys
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from hypothesis import strategies as st
from nasty import TEXTS

from grader.batch.grades.store import add, opened
from grader.batch.plan import Plan
from grader.batch.roster import Entry, Student
from grader.record import Diagnosis, Measured, ProblemRecord, Provenance, Record, Seen, Timings

ANY_TEXT = st.text("ab\\\0\ud800\udc00é😀'\"=\n") | st.text() | st.sampled_from([*TEXTS.values()])
NAMES = ("grad_v", "grad_U", "hess")
PLAN = Plan("e1", "w1", {name: f"{name}1" for name in NAMES})
POINTS = Decimal("2.50")


def digest(what: object) -> str:
    return sha256(repr(what).encode()).hexdigest()


def problem(name="grad_v", verdict="right", said="", **changed) -> ProblemRecord:
    right = verdict == "right"
    cases = tuple(
        Measured(row, row == "core", {"m": 3, "n": 4}, verdict, said, eta=0.125 * place, calls={"s": place})
        for place, row in enumerate(("core", "m = 1", "strided", "single precision"))
    )
    made = ProblemRecord(
        name=name,
        number="1.1",
        topic="A network",
        asks=f"the gradient {name}",
        points=POINTS,
        score=POINTS if right else Decimal(0),
        verdict=verdict,
        student=Seen("Right." if right else f"It is {verdict}.", "" if right else f"{name}(np.array([1.0]))"),
        staff=cases,
        diagnosis=Diagnosis() if right else Diagnosis(verdict),
    )
    return replace(made, **changed)


def record(*problems: ProblemRecord, total=0.25, **changed) -> Record:
    staff = Provenance("0.1", "3.11", "2.0", "Linux", "seed", "wall", "", Timings(total, 0.1, 0.1, 0.05))
    made = Record("Homework", "anna", "hw2.py", problems or tuple(map(problem, NAMES)), (), staff)
    return replace(made, **changed)


def entry(student: str, *others: str, problem="") -> Entry:
    return Entry(f"entry {student}", tuple(map(Student, (student, *others))), {}, problem=problem)


def of(hand_in: int) -> Record:
    """What the hand-in of that number gets in the tests of several processes; the same each time."""
    verdicts = ("right", "wrong", "timed out")
    return record(*(problem(name, verdicts[(hand_in * 7 + k) % 3]) for k, name in enumerate(NAMES)))


def write_for_ever(path: Path, first: int, step: int) -> None:
    """Keep hand-ins, one after the other; tell on stdout how many are on disk."""
    with opened(path) as store:
        for count, hand_in in enumerate(range(first, sys.maxsize, step), start=1):
            if add(store, digest(hand_in), PLAN, of(hand_in), "a lane", 0.1):
                print(count, flush=True)


if __name__ == "__main__":
    write_for_ever(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
