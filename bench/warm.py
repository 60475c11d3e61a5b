"""Warm: a further hand-in of all problems with the key at hand, and where its time goes.

python bench/warm.py [RUNS]
"""

import statistics
import sys
from pathlib import Path

from grader.assignment import load_assignment
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
    print(f"{'':20}{'total':>8}{'loading':>9}{'student':>9}{'transport':>11}{'comparing':>11}{'calls':>8}")
    with jail.started() as server:
        for name in HAND_INS:
            submission = read_submission(ROOT / "submissions_example" / name, assignment.settings.file)
            records = [grade(assignment, key, submission, server) for _ in range(runs)]
            show(name, records)
    print(
        "loading: a fork, its layers, and the hand-in's file. The student's time includes the calls of s, r,"
    )
    print("ds and du: each a round trip to the grader, but for those that were read ahead.")


def show(name: str, records: list) -> None:
    """One line of the table."""
    timings = [record.staff.timings for record in records]
    calls = sum(sum((case.calls or {}).values()) for p in records[0].problems for case in p.staff)
    total, loading, student, comparing = (
        statistics.median(getattr(t, part) for t in timings) * 1e3
        for part in ("total", "loading", "students_code", "comparing")
    )
    transport = total - loading - student - comparing
    print(f"{name:20}{total:8.1f}{loading:9.1f}{student:9.1f}{transport:11.1f}{comparing:11.1f}{calls:8}")


if __name__ == "__main__":
    main()
