"""Two Dask workers beside two lanes: the same hand-ins of the shipped assignment in turn, the ratio of rates.

    python bench/cluster.py [HAND_INS] [ROUNDS]

Scheduler and workers are processes of their own on loopback; records go into a store. A rate is taken from
the first hand-in that is handed out to the last answer in the store: what comes before, such as connecting
and making the key, is beside it. Also printed is the processor time that driver and scheduler use for a
hand-in, which bounds a large cluster. A first run of a few hand-ins, which is not printed, has everything
imported.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

from cold import tree

from grader.assignment import load_assignment
from grader.batch.cluster import driver as cluster
from grader.batch.engine import Brief, Engine, in_lanes, work
from grader.batch.fingerprint import plan
from grader.batch.grades.store import add, committed, opened
from grader.batch.lanes import Job
from grader.key import make_key
from grader.reference import load_reference
from grader.sandbox import jail
from grader.submission import Submission

ROOT = Path(__file__).parents[1]
KINDS = (  # of ten: right in several ways, wrong, not finished, broken
    *("right_closed_form", "right_einsum", "right_loops", "right_closed_form", "right_einsum"),
    *("wrong_lecture_slips", "wrong_signs_and_factors", "incomplete", "raises", "broken_syntax"),
)
TWO = 2
FEW = 50


def hand_ins(count: int, names: tuple[str, ...]) -> list[Job]:
    """Different ones: each begins with a line of its own."""
    texts = [(ROOT / "submissions_example" / kind / "hw2.py").read_bytes() for kind in KINDS]
    cells = [b"NUMBER = %d\n" % k + texts[k % len(texts)] for k in range(count)]
    return [
        Job(f"{k:06}", Submission("hw2", "hw2", {"hw2": (x,)}, "hw2.py"), names) for k, x in enumerate(cells)
    ]


@contextmanager
def loopback(folder: str) -> Iterator[tuple[str, int]]:
    """A scheduler's address and process number; it has two workers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m"]
    commands = [
        [
            *dask,
            "distributed.cli.dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--no-dashboard",
        ],
        *[[*dask, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]] * TWO,
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    started = [subprocess.Popen(command, **quiet) for command in commands]
    try:
        subprocess.run([sys.executable, "-c", READY, address, str(TWO)], check=True)
        yield address, started[0].pid
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


READY = (
    "import sys, distributed as d; d.Client(sys.argv[1], timeout=60).wait_for_workers(int(sys.argv[2]), 60)"
)


def used(pid: int) -> float:
    """Seconds of processor time that a process, and what it has waited for, has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def alone(jobs: list[Job], brief: Brief) -> float:
    """Seconds of processor time that a hand-in takes in a lane: here, in the server, in its own process."""
    do = work(brief.assignment, brief.key, weaker=False)
    with jail.started() as server:
        do(jobs[0], server)
        start = process_time() + sum(map(used, tree(server._popen.pid)))
        for job in jobs:
            do(job, server)
        return (process_time() + sum(map(used, tree(server._popen.pid))) - start) / len(jobs)


def timed(engine: Engine, jobs: list[Job], brief: Brief) -> tuple[float, float, float, list[float]]:
    """Seconds before the first hand-in is out, from then on, of the driver's processor; and in each lane."""
    begun, first = perf_counter(), []

    def handed() -> Iterator[Job]:
        for job in jobs:
            first.append(perf_counter()) if not first else None
            yield job

    ours = process_time()
    lane = {}
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder, "grades.sqlite")) as store:
        for done in engine(handed(), brief):
            assert done.record, done.fault
            add(store, done.job.hand_in, brief.plan, done.record, done.where, done.seconds)
            lane[done.job.hand_in] = done.seconds
        committed(store)
        end = perf_counter()
    assert sorted(lane) == [job.hand_in for job in jobs]
    return first[0] - begun, end - first[0], process_time() - ours, list(lane.values())


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    assignment = load_assignment(ROOT)
    reference = load_reference(assignment)
    key = make_key(assignment, reference)
    brief = Brief(assignment, key, plan(assignment, reference, key), TWO, count)
    jobs = hand_ins(count, tuple(brief.plan.problems))
    print(f"a hand-in takes {alone(jobs[:FEW], brief) * 1e3:.1f} ms of processor in a lane, mean of {FEW}")
    ratios = []
    print(
        f"{count} hand-ins; before: seconds until the first is out; driver, scheduler: ms of processor each"
    )
    print(f"{'':14}{'before':>8}{'a second':>10}{'in a lane':>11}{'driver':>8}{'scheduler':>11}")
    with tempfile.TemporaryDirectory() as folder, loopback(folder) as (address, scheduler):
        dask = cluster.engine(cluster.Cluster(address))
        timed(dask, jobs[:TWO], replace(brief, jobs=TWO))
        for _ in range(rounds):
            rates = {}
            for name, engine in {"two lanes": in_lanes, "two workers": dask}.items():
                before = used(scheduler)
                waited, seconds, ours, lane = timed(engine, jobs, brief)
                rates[name] = count / seconds
                print(
                    f"{name:14}{waited:8.1f}{rates[name]:10.1f}{statistics.mean(lane) * 1e3:8.1f} ms"
                    f"{ours / count * 1e3:8.2f}{(used(scheduler) - before) / count * 1e3:11.2f}"
                )
            ratios.append(rates["two workers"] / rates["two lanes"])
    print(f"two workers have {statistics.median(ratios):.0%} of the rate of two lanes (median of the rounds)")


if __name__ == "__main__":
    if "OPENBLAS_NUM_THREADS" not in os.environ:  # as the command has it, and before numpy
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"OPENBLAS_NUM_THREADS": "1"})
    main()
