"""Student code in a plain subprocess: with deadlines, without a wall, on any system, for any user.

Every process is a fresh interpreter that finds the packages this one finds. The line to it is a connection on
the loopback, which all systems have: it calls, says a password that it has read from its standard input, and
is ready. The first one gets ready while this process imports numpy.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from grader.faults import Fault
from grader.sandbox.isolation import NO_WALL
from grader.sandbox.process import (
    ENVIRONMENT,
    START_SECONDS,
    Process,
    kill,
    last_words,
    ours_to_blame,
    ready_line,
    unstarted,
)

if TYPE_CHECKING:
    from grader.settings import Limits

LOOPBACK = "127.0.0.1"
GLANCE = 0.05  # seconds between looks at an interpreter that has not called yet
WAITS = 0.5  # seconds for a caller to say the password
BOOT = """
import json, sys
told = json.loads(sys.stdin.buffer.readline())
sys.path[:] = dict.fromkeys(told["path"] + sys.path)
from grader.sandbox.worker import main
main(told["port"], told["password"])
"""


@dataclass(frozen=True)
class _Started:
    """An interpreter that will call."""

    popen: subprocess.Popen[bytes]
    listener: socket.socket
    password: bytes


class Spawner:
    """Where there is no wall: a fresh interpreter for each hand-in. Serves as a `Server` does."""

    isolation = NO_WALL

    def __init__(self) -> None:
        """Start the first interpreter.

        Raises:
            Fault: it cannot be started.
        """
        self._waiting: _Started | None = None
        self.get_ready()

    def get_ready(self) -> None:
        """Start the next interpreter, unless one waits."""
        self._waiting = self._waiting or _start()

    def fork(self, limits: Limits) -> Process:
        """A fresh interpreter that runs the worker, in a session of its own; raises as `Server.fork` does."""
        started, self._waiting = self._waiting or _start(), None
        try:
            process = Process(started.popen.pid, ready_line(_called(started)), started.popen)
        except Fault:
            raise unstarted(_ended(started)) from None
        finally:
            started.listener.close()
        _limit_memory(process.pid, limits.memory << 20)
        return process

    def stop(self, process: Process, patience: float = 0.0) -> int:
        """As `Server.stop`; but a process that has left its session lives on."""
        popen = process.popen
        assert popen
        with suppress(subprocess.TimeoutExpired):
            popen.wait(patience)
        kill(popen)
        process.line.close()
        _close(popen)
        return popen.wait()

    def close(self) -> None:
        """End the interpreter that nobody has asked for."""
        if self._waiting:
            self._waiting.listener.close()
            _ended(self._waiting)


def _start() -> _Started:
    listener = socket.create_server((LOOPBACK, 0))
    password = secrets.token_hex(16)
    with ours_to_blame(listener):
        popen = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", BOOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,  # until it is ready; then it points it elsewhere
            env=ENVIRONMENT,
            cwd=os.path.abspath(os.sep),
            start_new_session=True,
        )
        assert popen.stdin
        told = {"path": _path(), "port": listener.getsockname()[1], "password": password}
        with suppress(BrokenPipeError):  # it has died: `_called` will see
            popen.stdin.write(json.dumps(told).encode() + b"\n")
            popen.stdin.flush()  # and it stays open: the interpreter ends when that ends
    return _Started(popen, listener, password.encode())


def _path() -> list[str]:
    """Where this interpreter finds modules, but for the folder it runs in, which is not there in grading."""
    return [entry for entry in sys.path if os.path.realpath(entry) != os.getcwd()]


def _called(started: _Started) -> socket.socket:
    """The connection of the interpreter, once it has said the password.

    Raises:
        Fault: it never calls.
    """
    deadline = monotonic() + START_SECONDS
    started.listener.settimeout(GLANCE)
    while monotonic() < deadline:
        try:
            end, _ = started.listener.accept()
        except TimeoutError:
            if started.popen.poll() is not None:
                break
            continue
        except OSError:
            break
        if _said(end, len(started.password)) == started.password:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return end
        end.close()
    raise Fault("the student's process did not start")


def _said(end: socket.socket, length: int) -> bytes:
    end.settimeout(WAITS)
    with suppress(OSError):
        return end.recv(length, socket.MSG_WAITALL)
    return b""


def _ended(started: _Started) -> str:
    """The last words of an interpreter that is of no use."""
    words = last_words(started.popen)
    started.popen.wait()
    _close(started.popen)
    return words


def _close(popen: subprocess.Popen[bytes]) -> None:
    assert popen.stdin
    assert popen.stderr
    popen.stderr.close()
    with suppress(BrokenPipeError):
        popen.stdin.close()


def _limit_memory(pid: int, more: int) -> None:
    """So much memory beyond what the process has, where the system can be told to."""
    if sys.platform != "linux":
        return
    import resource

    with suppress(OSError, ValueError):  # it may have died, or the operator's own limit may be lower
        with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
            has = int(statm.read().split()[5]) * resource.getpagesize()
        resource.prlimit(pid, resource.RLIMIT_DATA, (has + more, has + more))
