"""Cold `run_autograder` from exec to results.json, ours beside gradescope-utils', in turn.

    python bench/gradescope.py [RUNS]

The small job is five functions on twenty inputs each, once as gradescope-utils' documented set-up does it
(copy the submission beside the tests, import it, no wall) and once as ours does (some 25 inputs each, behind
the wall); the shipped job is our 20 functions. All use this interpreter and its packages. Prints medians of
wall and processor time, the median of the ratios run by run, and the largest sum of all processes' resident
memory, shared pages counted in each.
"""

import compileall
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from cold import ROOT, peak_memory

SMALL = ROOT / "bench" / "small"
CONTAINER = ROOT / "grader" / "gradescope" / "container"
JOBS = ("gradescope-utils, small", "grader, small", "grader, shipped")
UTILS = """#!/usr/bin/env bash
cp {root}/submission/hw2.py {root}/source/hw2.py
cd {root}/source
{python} run_tests.py
"""


def ours(root: Path, assignment: Path, submission: Path) -> None:
    """A container of ours, as the bundle unpacks to."""
    target = root / "source" / "assignment"
    target.mkdir(parents=True)
    for name in ("problems", "reference"):
        shutil.copytree(assignment / name, target / name)
    shutil.copy(assignment / "assignment.toml", target)
    shutil.copy(CONTAINER / "run_autograder", root)
    (root / "venv").symlink_to(sys.prefix)
    (root / "submission").mkdir()
    shutil.copy(submission, root / "submission" / "hw2.py")


def theirs(root: Path) -> None:
    """A container of gradescope-utils'."""
    shutil.copytree(SMALL / "unittests", root / "source")
    path = root / "source" / "run_tests.py"
    path.write_text(path.read_text().replace("/autograder", str(root)))
    shutil.copy(SMALL / "reference" / "least_squares.py", root / "source" / "reference.py")
    for name in ("submission", "results"):
        (root / name).mkdir()
    shutil.copy(SMALL / "hw2.py", root / "submission")
    (root / "run_autograder").write_text(UTILS.format(root=root, python=sys.executable))
    (root / "run_autograder").chmod(0o755)


def run(root: Path) -> tuple[float, float]:
    """Seconds on the wall until it has ended, and of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = perf_counter()
    command = [root / "run_autograder"]
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(ROOT / "grader", quiet=1)  # as setup.sh leaves it
    with tempfile.TemporaryDirectory() as folder:
        roots = {job: Path(folder, str(k)) for k, job in enumerate(JOBS)}
        theirs(roots[JOBS[0]])
        ours(roots[JOBS[1]], SMALL, SMALL / "hw2.py")
        ours(roots[JOBS[2]], ROOT, ROOT / "submissions_example" / "right_closed_form" / "hw2.py")
        scores = []
        for root in roots.values():
            run(root)
            scores.append(json.loads((root / "results" / "results.json").read_text()))
        assert [found["score"] for found in scores] == [25, 25, 100], "a job is not graded as it should be"
        print(
            f"isolation: {scores[1]['extra_data']['isolation']}; Python {scores[1]['extra_data']['python']}"
        )
        times = [{job: run(root) for job, root in roots.items()} for _ in range(runs)]
        print(f"{'':24}{'wall':>8}{'ratio':>8}{'cpu':>9}{'memory':>11}")
        for job in JOBS:
            wall = statistics.median(each[job][0] for each in times)
            cpu = statistics.median(each[job][1] for each in times)
            ratio = statistics.median(each[job][0] / each[JOBS[0]][0] for each in times)
            memory = max(peak_memory([roots[job] / "run_autograder"]) for _ in range(3))
            print(f"{job:24}{wall * 1e3:5.0f} ms{ratio:8.2f}{cpu * 1e3:6.0f} ms{memory:7.0f} MiB")


if __name__ == "__main__":
    main()
