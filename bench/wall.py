"""What the wall costs, and how many hand-ins a second it lets through. Everything in one run, in turn.

    python bench/wall.py [RUNS]

1. One hand-in of one function, 100 calls on 10 × 10 arrays: a bare fork, the same calls behind a fork without
   layers, and behind all of them. The difference of the last two is the price of the layers.
2. A complete right hand-in of the shipped homework, warm: median and 99th percentile.
3. Two lanes side by side, each with a grader and a server of its own, tied to a processor: the same hand-in,
   and the small job that other graders were measured on (5 functions × 20 inputs).
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from grader.assignment import load_assignment
from grader.grade import grade
from grader.key import make_key
from grader.reference import load_reference
from grader.sandbox import jail, layers
from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.settings import Limits
from grader.submission import Submission, read_submission

ROOT = Path(__file__).parents[1]
LANES = 2
SECONDS = 5.0  # that a lane is watched
LINES = "def f(A): return 2 * A\n"
SMALL = "\n".join(f"def f{k}(A, x): return {k} * (A @ x)" for k in range(5))


def milliseconds(action) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1e3


def bare_fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def submission(source: str) -> Submission:
    return Submission("hw2.py", "hw2", {"hw2": (source.encode(),)})


def asked(source: str, questions: list[Question], server: jail.Source) -> None:
    """One hand-in: fork, layers, source, calls, answers, end."""
    with Session(submission(source), Limits(), server) as session:
        for question in questions:
            outcomes = session.ask(question)
            assert outcomes[-1].value is not None


def the_price_of_layers(runs: int) -> None:
    rng = np.random.default_rng(0)
    question = Question("f", ("A",), tuple((rng.standard_normal((10, 10)),) for _ in range(100)))
    with jail.started() as walled, jail.started(without=layers.NAMES) as naked:
        print(f"isolation: {walled.isolation.line}")
        pairs = []
        for _ in range(runs):
            floor = milliseconds(bare_fork)
            without = milliseconds(lambda: asked(LINES, [question], naked))
            pairs.append((floor, without, milliseconds(lambda: asked(LINES, [question], walled))))
    for name, times in zip(
        ("a bare fork", "without layers", "with all layers"), zip(*pairs, strict=True), strict=True
    ):
        print(f"  {name:18}{min(times):7.2f} ms at best {statistics.median(times):7.2f} median")
    price = [walled - naked for _, naked, walled in pairs]
    print(f"  the layers cost   {statistics.median(price):7.2f} ms, median of {runs} differences")


def homework() -> tuple:
    assignment = load_assignment(ROOT)
    key = make_key(assignment, load_reference(assignment))
    return assignment, key, read_submission(ROOT / "submissions_example/right_closed_form", "hw2")


def a_complete_hand_in(runs: int) -> None:
    assignment, key, right = homework()
    with jail.started() as server:
        grade(assignment, key, right, server)
        times = sorted(milliseconds(lambda: grade(assignment, key, right, server)) for _ in range(runs))
    cases = sum(map(len, key.samples.values()))
    last = times[min(len(times) - 1, round(0.99 * len(times)))]
    print(f"a complete right hand-in, {len(assignment.problems)} problems, {cases} cases, {runs} runs:")
    print(f"  median {statistics.median(times):.1f} ms, 99th percentile {last:.1f} ms")


def lane(job: str, begin: float) -> None:
    """Graded hand-ins per second, from a moment that all lanes share; printed for the parent."""
    with jail.started() as server:
        if job == "homework":
            assignment, key, right = homework()
            work = lambda: grade(assignment, key, right, server)  # noqa: E731
        else:
            rng = np.random.default_rng(0)
            calls = tuple((rng.standard_normal((5, 4)), rng.standard_normal(4)) for _ in range(20))
            questions = [Question(f"f{k}", ("A", "x"), calls) for k in range(5)]
            work = lambda: asked(SMALL, questions, server)  # noqa: E731
        work()
        time.sleep(max(0.0, begin - time.time()))
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            work()
            count += 1
        print(count / (time.perf_counter() - start))


def lanes(job: str) -> None:
    begin = str(time.time() + 3)
    processors = sorted(os.sched_getaffinity(0))
    running = [
        subprocess.Popen(
            [sys.executable, __file__, "lane", job, begin, str(processors[k % len(processors)])],
            stdout=subprocess.PIPE,
        )
        for k in range(LANES)
    ]
    rates = [float(process.communicate()[0]) for process in running]
    print(
        f"{LANES} lanes, {job}: {sum(rates):.0f} hand-ins per second ({', '.join(f'{r:.0f}' for r in rates)})"
    )


def main() -> None:
    if sys.argv[1:2] == ["lane"]:
        os.sched_setaffinity(0, {int(sys.argv[4])})
        lane(sys.argv[2], float(sys.argv[3]))
        return
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    the_price_of_layers(runs)
    a_complete_hand_in(runs)
    lanes("homework")
    lanes("small")


if __name__ == "__main__":
    main()
