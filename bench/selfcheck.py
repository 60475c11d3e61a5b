"""The self-check: does it say what grading says, and how long does a student wait?

    python bench/selfcheck.py          both
    python bench/selfcheck.py --list   and every answer on which the two disagree

Verdicts: every right and wrong variant, also those that were held out for other measurements, is judged by
the key that grading uses and by the one a student has at home. Seconds: `grader check` on the complete right
hand-in from the start of its process to its first verdict and to its end, in turn with `import numpy` alone.
"""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import held_out, held_out_second  # noqa: E402
from bench.variants import TOPICS, numerical  # noqa: E402
from grader.assignment import load_assignment  # noqa: E402
from grader.compare import GREEN, compare, judge_at  # noqa: E402
from grader.diagnose import verdict_of  # noqa: E402
from grader.key import make_key  # noqa: E402
from grader.reference import load_reference  # noqa: E402
from grader.sandbox.outcome import Raised, Returned  # noqa: E402
from grader.selfcheck import measured_key  # noqa: E402

RUNS = 15
RIGHT = ROOT / "submissions_example" / "right_closed_form" / "hw2.py"
SETS = {
    "right variants": [topic.RIGHT for topic in TOPICS],
    "wrong variants": [topic.WRONG for topic in TOPICS],
    "held-out wrong ones, first set": [held_out.WRONG],
    "held-out wrong ones, second set": [held_out_second.WRONG],
    "by numerical differentiation": [numerical.NUMERICAL, numerical.ELUSIVE],
}


def verdict(answer, problem, samples):
    """What is said of a function that is called here, as a hand-in's is called there."""
    comparisons = []
    for sample in samples:
        try:
            with np.errstate(all="ignore"):
                value = answer(*sample.case.arguments(problem))
            outcome = Returned(np.asarray(value) if isinstance(value, np.generic) else value)
        except Exception as error:
            outcome = Raised(type(error).__name__, str(error))
        comparisons.append(compare(outcome, sample))
    return verdict_of(comparisons)


def verdicts(assignment, listed):
    """Prints a row for every set; returns how many answers the two disagree on."""
    key = make_key(assignment, load_reference(assignment))
    home = {problem.name: measured_key(problem).samples[problem.name] for problem in assignment.problems}
    print(f"{'':36}{'answers':>9}{'same verdict':>14}")
    for what, tables in SETS.items():
        found = [
            (
                problem.name,
                says,
                verdict(answer, problem, key.samples[problem.name]).value,
                verdict(answer, problem, home[problem.name]).value,
            )
            for problem in assignment.problems
            for table in tables
            for says, answer in table.get(problem.name, {}).items()
        ]
        same = sum(graded == checked for *_, graded, checked in found)
        print(f"{what:36}{len(found):9}{same:14}")
        for name, says, graded, checked in found if listed else ():
            if graded != checked:
                print(f"    {name}: {says}: graded {graded}, checked {checked}")
    margins(assignment, key, home)


def margins(assignment, key, home):
    """How far off measured values are, and the nearest wrong answer, in units of what passes as right."""
    print(f"\n{'':36}{'worst measured':>16}{'nearest wrong':>15}")
    slacks = {name: max(sample.slack for sample in samples) for name, samples in home.items()}
    for slack in sorted(set(slacks.values())):
        measured, wrong = 0.0, float("inf")
        for problem in (p for p in assignment.problems if slacks[p.name] == slack):
            pairs = zip(key.public(problem.name), home[problem.name], strict=True)
            etas = [judge_at(here.expected, there).eta for there, here in pairs if here.law is None]
            measured = max([measured, *filter(None, etas)])
            for table in SETS["wrong variants"]:
                for answer in table.get(problem.name, {}).values():
                    wrong = min(wrong, worst(answer, problem, home[problem.name]))
        what = "complex steps, the basis" if slack == 1 else "differences of complex steps"
        print(f"{what:36}{measured / GREEN / slack:16.1e}{wrong / GREEN / slack:15.1e}")


def worst(answer, problem, samples):
    """The largest error of a wrong answer, in units of rounding; infinite where its form is wrong."""
    with np.errstate(all="ignore"):
        try:
            judged = [judge_at(answer(*s.case.arguments(problem)), s) for s in samples if s.case.row.is_core]
        except Exception:
            return float("inf")
    return max((each.eta if each.eta is not None else float("inf") for each in judged), default=float("inf"))


def seconds(command):
    """From the start of the process to its first line that has a verdict, and to its end."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    start = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        first = next((perf_counter() - start for line in process.stdout if "right" in line), None)
        process.stdout.read()
    return first, perf_counter() - start


def waiting():
    grader = Path(sys.executable).with_name("grader")
    commands = {
        "import numpy": [sys.executable, "-c", "import numpy; print('right')"],
        "grader check, all 20": [grader, "check", RIGHT],
        "grader check grad_W": [grader, "check", RIGHT, "grad_W"],
    }
    times = {what: [] for what in commands}
    for _ in range(RUNS):
        for what, command in commands.items():
            times[what].append(seconds(command))
    base = median(end for _, end in times["import numpy"])
    print(f"\n{'median of ' + str(RUNS):36}{'first verdict':>15}{'end':>9}{'ratio':>8}")
    for what, each in times.items():
        first, end = (median(column) for column in zip(*each, strict=True))
        print(f"{what:36}{first:13.2f} s{end:7.2f} s{end / base:8.1f}")


if __name__ == "__main__":
    verdicts(load_assignment(ROOT), "--list" in sys.argv[1:])
    waiting()
