"""A student's process that waits for a hand-in, and what is to be said of one that does not start.

Its environment is built, not copied, so that it is the same for everybody and tells nothing of the grader's.
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
from time import monotonic
from typing import TYPE_CHECKING

from grader.faults import Fault

if TYPE_CHECKING:  # numpy comes later, while the process gets ready
    from grader.sandbox.line import Line

START_SECONDS = 30.0  # in which a process must be ready, and a server give any answer
MOST_SAID = 100_000  # bytes of what a process that did not start had to say
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    **{x: os.environ[x] for x in ("SYSTEMROOT",) if x in os.environ},  # else Windows has no sockets
}


@dataclass(frozen=True)
class Process:
    """A student's process that waits for a hand-in: its number, and the line to it."""

    pid: int
    line: Line
    popen: subprocess.Popen[bytes] | None = None  # where no server has forked it


@contextmanager
def ours_to_blame(end: socket.socket) -> Iterator[None]:
    """What goes wrong while a process is started is no student's fault; that end is closed then."""
    try:
        yield
    except OSError as error:
        end.close()
        raise Fault(f"the student's process did not start: {error}") from None


def ready_line(end: socket.socket) -> Line:
    """The line to a process that has said that it is ready.

    Raises:
        Fault: it does not say so.
    """
    from grader.sandbox.frames import FrameError
    from grader.sandbox.line import Line

    line = Line(end)
    try:
        said = line.receive(monotonic() + START_SECONDS)
    except (OSError, EOFError, FrameError):
        said = None
    match said:
        case ("ready",):
            return line
        case ("unfit", str(layer), str(error)):
            reason = f"its layer {layer} was refused: {error}"
        case _:
            reason = "it said nothing"
    end.close()
    raise Fault(f"the student's process did not start: {reason}")


def unstarted(words: str) -> Fault:
    """What to raise when all there is are an interpreter's last words."""
    return Fault(f"the student's process did not start: {advice(words)}")


def advice(words: str) -> str:
    """An interpreter's last words, or what to do where they are that it finds no grader."""
    if "No module named 'grader" in words:
        return f"install grader for {sys.executable}; it ignores PYTHONPATH and a user's own packages"
    return words or "it said nothing"


def last_words(popen: subprocess.Popen[bytes]) -> str:
    """The last line on stderr of an interpreter that never got ready; it is killed for that."""
    kill(popen)
    assert popen.stderr
    lines = popen.stderr.read(MOST_SAID).decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def kill(popen: subprocess.Popen[bytes]) -> None:
    """End an interpreter, and where sessions are known, all that it has started in its own."""
    if sys.platform == "win32":
        popen.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(popen.pid, signal.SIGKILL)
