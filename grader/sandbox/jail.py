"""How a student's process is started and ended: what it inherits, and nothing else.

The environment is built, not copied; the interpreter is isolated (`-I`) and writes no bytecode (`-B`); the
only descriptors are /dev/null and one end of a socket; the working folder is the root. Further layers of
isolation belong here, one function each.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from grader.sandbox.line import Line

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Process:
    """A running worker, the grader's end of its socket, and what it said on stderr before it was ready."""

    popen: subprocess.Popen[bytes]
    line: Line
    stderr: IO[bytes]


def start() -> Process:
    """A fresh interpreter that runs the worker, in a session of its own."""
    ours, theirs = socket.socketpair()
    stderr = tempfile.TemporaryFile()  # noqa: SIM115 - `stop` closes it
    with theirs:
        popen = subprocess.Popen(
            [sys.executable, "-I", "-B", "-m", "grader.sandbox.worker", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=ENVIRONMENT,
            cwd="/",
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    return Process(popen, Line(ours), stderr)


def last_words(process: Process) -> str:
    """The last line on stderr of a worker that never got ready."""
    process.stderr.seek(0)
    lines = process.stderr.read(100_000).decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def stop(process: Process) -> int:
    """Kill it with what it started in its session, reap it, and say how it ended: an exit code or −signal.

    A process that had ended by itself keeps its own ending, and may be stopped again.
    """
    if process.popen.returncode is not None:
        return process.popen.returncode
    with suppress(ProcessLookupError):
        os.killpg(process.popen.pid, signal.SIGKILL)
    process.line.close()
    process.stderr.close()
    return process.popen.wait()
