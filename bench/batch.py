"""`grader batch` on made-up classes (`bench/classes.py`), from the folder to the reports; all in one run.

    python bench/batch.py [--quick] [--lanes N ...]

1. 1,000 hand-ins on two lanes, hostile ones among them: what ran into a time-out, and how many a second.
2. The same class with right ones in the place of the hostile ones, and beside it the limit: the same calls
   and comparisons in one process without a wall, and there with diagnoses and records, too.
3. The memory of the driver, a lane and what is below it: at a tenth of the run, in the middle, at the end.
   SQLite may keep up to 8 MiB of the store in the driver, which comes to 10 KiB a hand-in until then.
4. 100, 1,000 and 10,000 without hostile ones: what a further hand-in costs.
5. With `--lanes`, the class of 1. on so many lanes, in turn; and nothing of 4.

Processor time is of all processes, students' included: whoever loses its parent becomes this process's child,
which waits for it. On a machine that others use it tells more than the rate. Linux only.
"""

import argparse
import ctypes
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import closing, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from time import perf_counter, process_time

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests")]

import classes  # noqa: E402
from processes import children, seconds  # noqa: E402 - beside the tests

PR_SET_CHILD_SUBREAPER = 36
GLANCE = 0.25  # seconds between two looks at the memory
LANES = 2
MIB = 1 << 20


@dataclass
class Ran:
    """What a run took: seconds on the wall and of processors, lane seconds, and memory in MiB as it went."""

    count: int
    wall: float = 0.0
    lanes: float = 0.0  # from the run's start to its end, without intake and reports
    cpu: float = 0.0
    driver: float = 0.0  # its share of that
    timed_out: int = 0
    waited: float = 0.0  # lane seconds of hand-ins with a time-out
    memory: list[dict[str, float]] = field(default_factory=list)


def adopt() -> None:
    """Become the parent of whatever is left below."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("this kernel has no subreaper")


def batch(folder: Path, out: Path, lanes: int) -> Ran:
    """One run, to the end of the last process that it has started."""
    count = sum(1 for _ in folder.iterdir())
    ran = Ran(count)
    command = [sys.executable, "-m", "grader", "batch", str(folder), "--assignment", str(ROOT)]
    before, start = _processor(), perf_counter()
    process = subprocess.Popen(
        [*command, "-o", str(out), "-j", str(lanes), "--quiet"], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    watcher = threading.Thread(target=_watch, args=(process, ran))
    watcher.start()
    code = process.wait()
    ran.wall = perf_counter() - start
    watcher.join()
    with suppress(ChildProcessError):
        while True:
            os.wait()
    ran.cpu = _processor() - before
    assert code == 0, f"grader batch ended with {code}"
    _read(out / "grades.sqlite", ran)
    return ran


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _read(path: Path, ran: Ran) -> None:
    with closing(sqlite3.connect(path)) as db:
        started, finished = db.execute("SELECT started, finished FROM run").fetchone()
        late = "SELECT DISTINCT hand_in FROM result WHERE verdict = 'timed out'"
        sql = f"SELECT count(*), total(seconds) FROM attempt WHERE hand_in IN ({late})"
        ran.timed_out, ran.waited = db.execute(sql).fetchone()
        (graded,) = db.execute("SELECT count(*) FROM whole").fetchone()
    assert graded == ran.count, f"{graded} of {ran.count} have a record"
    ran.lanes = (finished - started) / 1e9


def _watch(process: subprocess.Popen, ran: Ran) -> None:
    """Of the driver while there are lanes, and the largest of these and of what is below them."""
    while process.poll() is None:
        with suppress(OSError):
            lanes = direct(process.pid)
            below = [pid for lane in lanes for pid in children(lane)]
            if below:
                found = {"driver": process.pid, "lane": lanes, "server": below}
                ran.memory.append({who: _memory(pids) for who, pids in found.items()})
            ran.driver = seconds(process.pid) or ran.driver
        with suppress(subprocess.TimeoutExpired):
            process.wait(GLANCE)


def direct(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _memory(pids: int | Sequence[int]) -> float:
    """What is resident of the largest, in MiB; shared pages count in full, so that only growth grows."""
    return max(map(_resident, [pids] if isinstance(pids, int) else pids), default=0.0)


def _resident(pid: int) -> float:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / MIB
    return 0.0  # it has gone meanwhile


# ---- the limit ------------------------------------------------------------------------------


def limit(folder: Path) -> None:
    """In a process of its own: seconds and processor seconds of calls and comparisons, then of records."""
    import numpy as np

    from grader import grade
    from grader.assignment import load_assignment
    from grader.key import make_key
    from grader.reference import load_reference
    from grader.submission import read_submission

    assignment = load_assignment(ROOT)
    key = make_key(assignment, load_reference(assignment))
    submissions = [read_submission(path, assignment.settings.file) for path in sorted(folder.iterdir())]
    times = []
    silent = StringIO()
    with redirect_stdout(silent), redirect_stderr(silent), np.errstate(all="ignore"):
        for work in (_compared, _recorded):
            start, used = perf_counter(), process_time()
            for submission in submissions:
                work(grade, assignment, key, Here(submission))
                silent.truncate(0)
            times += [perf_counter() - start, process_time() - used]
    print(*times)


def _compared(grade, assignment, key, here) -> None:
    """The questions that a session is asked, and their comparisons."""
    for problem in assignment.problems:
        asked = grade._ask(here, key.questions[problem.name, True], key.public(problem.name))
        asked += grade._ask_secret(here, problem, key, asked)
        grade._suspicion(here, problem, key, asked)


def _recorded(grade, assignment, key, here) -> None:
    grade._grade(assignment, assignment.problems, key, here, "", lambda _: None, 0)


class Here:
    """An interview in this process, without a wall: for hand-ins that mean no harm."""

    def __init__(self, submission) -> None:
        from grader.sandbox.loader import load

        self.submission, self.printed, self.loading, self.asking = submission, "", 0.0, 0.0
        finders = list(sys.meta_path)
        self.module, self.notes = load(dict(submission.modules), submission.main, submission.label)
        sys.meta_path[:] = finders
        del sys.modules[submission.main]

    def ask(self, question):
        from grader.sandbox.outcome import Missing, Raised, Returned
        from grader.sandbox.worker import answer

        function = getattr(self.module, question.function, None)
        if not callable(function):
            return (Missing(""),) * len(question.calls)
        outcomes = []
        places = [question.parameters.index(name) for name in question.variables]
        for index, arguments in enumerate(question.calls):
            counts: dict[str, int] = {}
            handed = tuple(
                _counted(name, x, counts) if callable(x) else _copied(x)
                for name, x in zip(question.parameters, arguments, strict=True)
            )
            match answer(function, index, handed, places):
                case ("answer", _, value, mutated, took):
                    changed = tuple(question.parameters[place] for place in mutated)
                    outcomes.append(Returned(value, changed, counts, took, ""))
                case ("metered", _, beside):
                    outcomes.append(Returned(None, beside=dict(zip(question.variables, beside, strict=True))))
                case ("raised", _, kind, message, where):
                    outcomes.append(Raised(kind, message, where, ""))
        return tuple(outcomes)


def _copied(x):
    """As it would arrive: the student may change it."""
    if not hasattr(x, "copy") or not getattr(x, "ndim", 0):
        return x
    own = x.copy(order="K")
    own.flags.writeable = x.flags.writeable
    return own


def _counted(name, function, counts):
    from grader.functions import Refused, evaluate

    def called(x):
        counts[name] = counts.get(name, 0) + 1
        try:
            value = evaluate(name, function, x)
        except Refused as refused:
            raise TypeError(str(refused)) from None
        return value[()] if value.ndim == 0 else value

    return called


def in_one_process(folder: Path) -> list[float]:
    told = subprocess.run([sys.executable, __file__, "limit", str(folder)], check=True, capture_output=True)
    return list(map(float, told.stdout.split()))


# ---- what is told ---------------------------------------------------------------------------


def line(what: str, count: int, wall: float, cpu: float, more: str = "") -> None:
    print(f"{what:44}{wall:8.1f}{count / wall:9.1f}{cpu / count * 1e3:9.1f}  {more}", flush=True)


def told(what: str, ran: Ran) -> None:
    line(f"{what}, to the reports", ran.count, ran.wall, ran.cpu)
    per = ran.driver / ran.count * 1e3
    line(
        "  from the first to the last of them",
        ran.count,
        ran.lanes,
        ran.cpu,
        f"the driver's own: {per:.1f} ms",
    )


def remembered(ran: Ran) -> None:
    places = [len(ran.memory) // 10, len(ran.memory) // 2, len(ran.memory) - 1]
    for who in ("driver", "lane", "server"):
        sizes = "  ".join(f"{ran.memory[place][who]:6.1f}" for place in places)
        print(f"{f'  memory of the {who}, MiB':44}{sizes}")


def load() -> str:
    return f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--lanes", type=int, nargs="*", default=[])
    chosen = parser.parse_args()
    adopt()
    scale = 10 if chosen.quick else 1
    with tempfile.TemporaryDirectory() as scratch:
        measured(Path(scratch), scale, chosen.lanes)


def measured(scratch: Path, scale: int, lanes: Sequence[int]) -> None:
    count = 1_000 // scale
    whole = classes.write(scratch / "whole", count)
    calm = classes.write(scratch / "calm", count, hostile=False)
    print(f"{load()}\n{'':44}{'s':>8}{'a second':>9}{'cpu, ms':>9}")
    ran = batch(whole, scratch / "out whole", LANES)
    told(f"{count:,} hand-ins, {LANES} lanes", ran)
    print(f"  {ran.timed_out} ran into time-outs, which kept a lane for {ran.waited:.0f} s")
    remembered(ran)
    quiet = batch(calm, scratch / "out calm", LANES)
    told("  without hostile ones", quiet)
    remembered(quiet)
    compared, used, recorded, used_in_all = in_one_process(calm)
    line("one process, no wall: calls, comparisons", count, compared, used)
    line("  and diagnoses, records", count, recorded, used_in_all)
    rates = (
        f"{compared / quiet.lanes:.2f} of that process's rate, with its records {recorded / quiet.lanes:.2f}"
    )
    costs = f"a hand-in costs {quiet.cpu / used:.2f} and {quiet.cpu / used_in_all:.2f} times as much"
    print(f"  {LANES} lanes have {rates}; {costs}")
    for number in lanes:
        told(f"{number} lanes", batch(whole, scratch / f"out {number}", number))
    print(load())
    if lanes:
        return
    grown(scratch, [100 // scale, 1_000 // scale, 10_000 // scale])


def grown(scratch: Path, counts: Sequence[int]) -> None:
    before = None
    for count in counts:
        folder = classes.write(scratch / f"{count}", count, hostile=False)
        ran = batch(folder, scratch / f"out {count}", LANES)
        told(f"{count:,} without hostile ones", ran)
        if before:
            more = ran.count - before.count
            line("  a further one", more, ran.wall - before.wall, ran.cpu - before.cpu)
        remembered(ran)
        before = ran
    print(load())


if __name__ == "__main__":
    if sys.argv[1:2] == ["limit"]:
        limit(Path(sys.argv[2]))
    else:
        main()
