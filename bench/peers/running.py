"""One command from its start to its end: seconds on the wall, of processors, and memory. Linux only.

Whoever loses its parent below becomes a child of this process, so nothing that a hand-in leaves escapes from
the account, or from `sweep`.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

from bench.cold import resident, tree
from bench.peers.tools import plain

PR_SET_CHILD_SUBREAPER = 36
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclass(frozen=True)
class Ran:
    """Seconds and MiB; `memory` is 0 where nobody looked, `ended` False where the limit had to end it."""

    wall: float
    cpu: float
    memory: float
    ended: bool


def adopt() -> None:
    """Become the parent of whatever is left below."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("this kernel has no subreaper")


def run(command: list[str], folder: Path, seconds: float = 3600, every: float | None = None) -> Ran:
    """Run it; what it leaves behind still runs afterwards.

    Args:
        every: look at the memory of all its processes so often; shared pages count in each.
    """
    before, start, peak = _processor(), perf_counter(), 0.0
    process = subprocess.Popen(command, cwd=folder, env=plain(folder), start_new_session=True, **QUIET)
    with suppress(subprocess.TimeoutExpired):
        if every is None:
            process.wait(seconds)
    while process.poll() is None and perf_counter() - start < seconds:
        peak = max(peak, sum(map(resident, tree(process.pid))))
        sleep(every or 0)
    wall, ended = perf_counter() - start, process.poll() is not None
    return Ran(wall, _processor() - before, peak * os.sysconf("SC_PAGE_SIZE") / 2**20, ended)


def sweep() -> None:
    """End every process below this one."""
    while below := tree(os.getpid())[1:]:
        for pid in below:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def score(path: Path) -> float | None:
    """As the platform reads it: the file's score, else the sum of its rows'; nothing without either."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        rows = [row.get("score", 0) for row in found["tests"]]
        return round(float(found.get("score", sum(rows))), 6)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(command: list[str], folder: Path) -> str:
    """What it prints; a failure ends the bench with what it said."""
    done = subprocess.run(command, cwd=folder, env=plain(folder), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
