"""Where students' processes come from: on Linux forked by a server that this module starts, watches and ends.

A server's interpreter is isolated (`-I`) and writes no bytecode (`-B`); it gets one socket and nothing else
of the grader's. Elsewhere there is no wall: every process is a fresh interpreter, and `isolation` says so.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from math import ceil
from typing import TYPE_CHECKING

from grader.faults import Fault
from grader.sandbox import kernel
from grader.sandbox.isolation import Isolation
from grader.sandbox.process import (
    ENVIRONMENT,
    START_SECONDS,
    Process,
    last_words,
    ours_to_blame,
    ready_line,
    unstarted,
)
from grader.sandbox.spawner import Spawner

if TYPE_CHECKING:  # the server starts before anything that imports numpy
    from grader.settings import Limits

PATIENCE = 1.0  # seconds in which a server may end by itself
PACKET = 1 << 16  # bytes


class Server:
    """A fork server, which gets ready meanwhile. It has one student's process at a time.

    Make it in a thread that lives as long: the kernel ends it with the thread that started it. `number` is
    drawn for it and picks the user of its children.
    """

    def __init__(self, without: Sequence[str] = ()) -> None:
        """`without` names layers to leave out, for those who measure or test the others.

        Raises:
            Fault: the interpreter does not start.
        """
        kernel.hide_memory()  # this process holds the answers
        self.number = int.from_bytes(os.urandom(4), "little")
        self._without = without
        self._closed = False
        self._isolation: Isolation | None = None
        self._popen, self._control = _served(self.number, without)

    @property
    def isolation(self) -> Isolation:
        """What stood up to the attacks that the server tried when it started; waits until it has.

        Raises:
            Fault: it does not get ready.
        """
        if self._closed:
            raise Fault("the student's process did not start: its server has been closed")
        if self._isolation is None:
            self._isolation = self._ready()
        return self._isolation

    def fork(self, limits: Limits) -> Process:
        """A fresh process with all layers on, ready to be told a hand-in.

        Raises:
            Fault: there is none to be had.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                pid = self._forked(limits, theirs)
            return self._worker(pid, ours)
        except BaseException:
            ours.close()
            raise

    def _worker(self, pid: int, end: socket.socket) -> Process:
        try:
            return Process(pid, ready_line(end))
        except Fault:
            self._asked("stop 0")
            raise

    def _forked(self, limits: Limits, end: socket.socket) -> int:
        """The number of a new process that has that end."""
        before = self.isolation
        request = f"fork {limits.memory << 20} {ceil(limits.hand_in_seconds) + 1}"
        forked = self._asked(request, end)
        if forked is None:  # killed while it had nothing to do: another one serves as well
            self._restart(before)
            forked = self._asked(request, end)
        if forked is None:
            raise Fault("the student's process did not start: its server is gone")
        return int(forked)

    def stop(self, process: Process, patience: float = 0.0) -> int:
        """Kill it with all that it started, reap it, and say how it ended: an exit code or −signal.

        A process that ends by itself within `patience` seconds keeps its own ending.

        Raises:
            Fault: the server has gone, and has taken the process along; nobody knows what it would have said.
        """
        code = self._asked(f"stop {patience}")
        process.line.close()
        if code is None:
            raise Fault("the student's process was lost, its server was killed: grade this hand-in again")
        return int(code)

    def close(self) -> None:
        """End the server and every process that it has."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        self._control.close()  # it sees that, ends its child and itself
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(PATIENCE)
        self._popen.kill()
        self._popen.wait()
        assert self._popen.stderr
        self._popen.stderr.close()

    def _ready(self) -> Isolation:
        self._control.settimeout(START_SECONDS)
        said = self._answer()
        if said is None:
            raise unstarted(last_words(self._popen))
        standing, succeeded = said.split(";")
        return Isolation(tuple(standing.split()), tuple(succeeded.split()))

    def _asked(self, request: str, descriptor: socket.socket | None = None) -> str | None:
        """The server's answer; None where it has gone."""
        try:
            socket.send_fds(self._control, [request.encode()], [descriptor.fileno()] if descriptor else [])
        except OSError:
            return None
        return self._answer()

    def _answer(self) -> str | None:
        try:
            return self._control.recv(PACKET).decode() or None
        except OSError:
            self._popen.kill()  # what it says later would be taken for another answer
            return None

    def _restart(self, before: Isolation) -> None:
        self._end()
        self._popen, self._control = _served(self.number, self._without)
        self._isolation = self._ready()
        if self._isolation != before:
            raise Fault(f"isolation was {before.line} and is now {self._isolation.line}: grade again")


Source = Server | Spawner


@contextmanager
def started(without: Sequence[str] = ()) -> Iterator[Source]:
    """A source of students' processes that gets ready meanwhile, and is closed at the end.

    It serves one hand-in at a time, and ends with the thread that started it. `without` names layers to leave
    out, for those who measure or test the others.

    Raises:
        Fault: it could not be started.
    """
    source = Server(without) if sys.platform == "linux" else Spawner()
    try:
        yield source
    finally:
        source.close()


def _served(number: int, without: Sequence[str]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A server in a fresh interpreter, and the grader's end of its control socket."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, ours_to_blame(ours):
        return _interpreter("grader.sandbox.server", theirs, str(os.getpid()), str(number), *without), ours


def _interpreter(module: str, end: socket.socket, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-B", "-m", module, str(end.fileno()), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,  # until it is ready; then it points it elsewhere
        env=ENVIRONMENT,
        cwd="/",
        pass_fds=(end.fileno(),),
        start_new_session=True,
    )
