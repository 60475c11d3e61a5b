"""The instructors' own tests of an assignment, in a process of their own.

They are trusted, but they may hang, crash or be many: what has been tested when the time is up, or when their
process is killed, counts; the rest has its rows without points, so nobody gains by it, also where a hand-in
lets them die while they are collected: the rehearsal of a bundle has seen them collected. A suite that cannot
even start is a fault of ours.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING

from grader.faults import Fault

if TYPE_CHECKING:
    from grader.gradescope.schema import Results

NOT_STARTED = (3, 4)  # pytest's exit codes for an error of its own and for a refusal
INI = "pytest.ini"  # the course's own, or an empty one: never what pytest would find
ERROR = "ERROR: "  # pytest's word before a sentence
LONGEST = 600  # characters of a reason
PYTEST = """
import ctypes, os, runpy, signal, sys
guardian = int(sys.argv.pop(1))
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
if os.getppid() == guardian:  # else it has ended meanwhile
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)
"""  # which ends with us; it imports nothing of ours, that pytest could not rewrite any more and would say so
FROM_HERE = "pythonpath="  # a sample solution beside the tests' folder can be imported


def tested(tests: Path, submission: Path, seconds: float, deadline: float, *, weaker: bool) -> Results:
    """The rows of the tests in an assignment's folder of tests.

    Args:
        seconds: how long the student's code may run.
        deadline: on the monotonic clock, when the tests are ended.

    Raises:
        Fault: they could not be run.
    """
    from grader.gradescope.schema import Results

    with TemporaryDirectory() as folder:  # which its owner alone can enter
        out = Path(folder, "results.json")
        settings = next(
            (each for each in (tests / INI, tests.parent / INI) if each.exists()), Path(folder, INI)
        )
        if settings.parent == Path(folder):
            settings.write_text("[pytest]\n", encoding="utf-8")
        command = [sys.executable, "-I", "-B", "-c", PYTEST, str(os.getpid())]
        command += ["-q", "-p", "no:cacheprovider"]
        command += ["-c", str(settings), "-o", FROM_HERE + shlex.quote(str(tests.parent))]
        command += ["--rootdir", str(tests.parent), f"--submission={submission}", f"--results={out}"]
        command += ["--seconds", str(seconds), "--isolation", "process" if weaker else "full"]
        code, said = _ended([*command, tests.name], tests.parent, deadline)
        results = Results.model_validate_json(out.read_bytes()) if out.exists() else None
        if results is None or code in NOT_STARTED:
            known = ((results and results.extra_data) or {}).get("fault")
            reason = known or said or f"pytest ended with {code}"
            raise Fault(f"the tests in {tests.name}/ could not be run: {reason}")
        return _told(results, code)


def _told(results: Results, code: int) -> Results:
    """The rows, and what staff are told where the process did not come to its end."""
    from grader.gradescope.decorated import RUNNING

    data = dict(results.extra_data or {})
    running = data.pop(RUNNING, None)
    if running is None and code >= 0:
        return results
    how = f"was killed (signal {-code})" if code < 0 else "ended" if code else "was ended"
    where = f" in {running}" if running else ""
    ended = f"the tests' process {how}{where}: what it had not run has no points"
    print(ended, flush=True)  # which staff alone can read
    return results.model_copy(update={"extra_data": {**data, "tests_ended": ended}})


def _ended(command: list[str], folder: Path, deadline: float) -> tuple[int, str]:
    """The exit code, 0 where it had to be ended, and why: its error in a sentence, else its last line."""
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        said = ""
        try:
            said, _ = process.communicate(timeout=max(0.0, deadline - monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=1)
            return 0, "they were not collected before the time was up"
    lines = said.strip().splitlines()
    errors = [line.removeprefix(ERROR) for line in lines if line.startswith(ERROR)]
    return process.returncode, [*lines[-1:], *errors[-1:]][-1][:LONGEST] if lines else ""
