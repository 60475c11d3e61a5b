"""Warm: a further hand-in of all problems with the key at hand, and where its time goes.

python bench/warm.py [RUNS]
"""

import statistics
import sys
from dataclasses import replace
from pathlib import Path

from grader.assignment import Assignment, load_assignment
from grader.grade import grade
from grader.key import make_key
from grader.reference import load_reference
from grader.sandbox import jail
from grader.submission import read_submission

ROOT = Path(__file__).parents[1]
HAND_INS = ("right_closed_form", "right_einsum", "right_loops", "right_notebook")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    assignment = load_assignment(ROOT)
    key = make_key(assignment, load_reference(assignment))
    cases = sum(map(len, key.samples.values()))
    print(f"{len(assignment.problems)} problems, {cases} cases; medians over {runs} runs, ms")
    print(
        f"{'':20}{'total':>8}{'loading':>9}{'student':>9}{'transport':>11}{'comparing':>11}{'calls':>8}{'looking':>9}"
    )
    with jail.started() as server:
        for name in HAND_INS:
            submission = read_submission(ROOT / "submissions_example" / name, assignment.settings.file)
            pairs = [
                [grade(each, key, submission, server) for each in (trusting(assignment), assignment)]
                for _ in range(runs)
            ]
            show(name, [record for _, record in pairs], [total(b) - total(a) for a, b in pairs])
    print(
        "loading: a fork, its layers, and the hand-in's file. The student's time includes the calls of s, r,"
    )
    print("ds and du: each a round trip to the grader, but for those that were read ahead. Looking is what")
    print("numerical = 'flag' costs against 'allow', pair by pair; it is part of transport.")


def trusting(assignment: Assignment) -> Assignment:
    """The same without a look for numerical differentiation."""
    policies = replace(assignment.settings.policies, numerical="allow")
    return replace(assignment, settings=replace(assignment.settings, policies=policies))


def total(record) -> float:
    return record.staff.timings.total


def show(name: str, records: list, looking: list[float]) -> None:
    """One line of the table."""
    timings = [record.staff.timings for record in records]
    calls = sum(sum((case.calls or {}).values()) for p in records[0].problems for case in p.staff)
    whole, loading, student, comparing = (
        statistics.median(getattr(t, part) for t in timings) * 1e3
        for part in ("total", "loading", "students_code", "comparing")
    )
    transport = whole - loading - student - comparing
    print(
        f"{name:20}{whole:8.1f}{loading:9.1f}{student:9.1f}{transport:11.1f}{comparing:11.1f}{calls:8}"
        f"{statistics.median(looking) * 1e3:9.1f}"
    )


if __name__ == "__main__":
    main()
