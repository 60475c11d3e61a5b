"""How a student's process is started and ended: what it inherits, and nothing else.

The environment is built, not copied; the interpreter is isolated (`-I`) and writes no bytecode (`-B`); the
only descriptors are /dev/null and one end of a socket (and stderr until it is ready); the working folder is
the root. Further layers of isolation belong here, one function each.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from grader.faults import Fault

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Process:
    """A running worker and the grader's end of its socket."""

    popen: subprocess.Popen[bytes]
    end: socket.socket


@contextmanager
def started() -> Iterator[Process]:
    """A process that gets ready meanwhile, and is stopped at the end if nobody has done so.

    Raises:
        Fault: it could not be started.
    """
    process = start()
    try:
        yield process
    finally:
        if process.popen.returncode is None:
            stop(process)


def start() -> Process:
    """A fresh interpreter that runs the worker, in a session of its own.

    Raises:
        Fault: it could not be started.
    """
    ours, theirs = socket.socketpair()
    with theirs, _ours_to_blame(ours):
        popen = subprocess.Popen(
            [sys.executable, "-I", "-B", "-m", "grader.sandbox.worker", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,  # until it is ready; then the worker points it elsewhere
            env=ENVIRONMENT,
            cwd="/",
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    return Process(popen, ours)


@contextmanager
def _ours_to_blame(end: socket.socket) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        end.close()
        raise Fault(f"the student's process did not start: {error}") from None


def last_words(process: Process) -> str:
    """The last line on stderr of a worker that never got ready; it is killed for that."""
    with suppress(ProcessLookupError):
        os.killpg(process.popen.pid, signal.SIGKILL)
    assert process.popen.stderr
    lines = process.popen.stderr.read(100_000).decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def stop(process: Process, patience: float = 0.0) -> int:
    """Kill it with what it started in its session, reap it, and say how it ended: an exit code or −signal.

    A process that ends by itself within `patience` seconds keeps its own ending.
    """
    with suppress(subprocess.TimeoutExpired):
        process.popen.wait(patience)
    with suppress(ProcessLookupError):
        os.killpg(process.popen.pid, signal.SIGKILL)
    process.end.close()
    assert process.popen.stderr
    process.popen.stderr.close()
    return process.popen.wait()
