"""Lanes: processes that grade side by side, each with a server of its own for students' processes.

No hand-in can take the batch down. A lane that dies, takes too long or meets a fault is replaced; the hand-in
that it was at is tried once more, and then told as not graded. Lanes end with the driver, however that dies.

The driver never waits for one lane alone: a job is sent to a lane that listens, or is so small that it lies
in the line until the lane does. It has one thread while there are lanes, for a fork copies no other.

Here a lane is forked from the driver and has the key from there; `served` is also for lanes that were started
in another way.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import socket
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from time import monotonic, perf_counter
from typing import Any, NoReturn, Protocol

from grader.faults import Fault, unforeseen
from grader.record import Record
from grader.sandbox import jail, kernel
from grader.sandbox.isolation import TooWeak
from grader.submission import Submission

AHEAD = 2  # hand-ins that a lane has: the next one lies there when it is done with the first
SMALL = 32 << 10  # bytes of a job that lies in the line of a busy lane; the system keeps at least as many
TRIES = 2
LOST = "the process that graded it was killed or crashed, twice: grade it again with more memory to spare"
LATE = "grading it took longer than all its limits together, twice; this is a fault of grader's own"


@dataclass(frozen=True)
class Job:
    """One hand-in, by the digest of its content, and which functions of it are to be graded."""

    hand_in: str
    submission: Submission
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Done:
    """What became of it: a record, or the fault of ours that there is none for.

    `where` names the machine, if it is another one than the driver's.
    """

    job: Job
    lane: int
    seconds: float
    record: Record | None = None
    fault: str = ""
    where: str = ""


Work = Callable[[Job, jail.Source], Record]


@dataclass(frozen=True)
class Said:
    """A lane's word on a job. `record` is a `Record`, or its JSON where it is only passed on."""

    seconds: float
    record: Any = None
    fault: str = ""
    refusal: bool = False


class End(Protocol):
    """One end of the line between a lane and whoever has it; a `Connection` is one."""

    def fileno(self) -> int:
        """For `wait`."""

    def poll(self) -> bool:
        """Whether there is something to receive, be it the other side's end."""

    def send(self, what: Any, /) -> None:
        """Raises OSError where the other side has gone."""

    def recv(self) -> Any:
        """What comes next. Raises OSError or EOFError where the other side has gone."""


@dataclass
class Lane:
    """The driver's side: what the lane has been given, and since when it has been at the first of it.

    `ended` kills it, with its server and what that has started.
    """

    place: int
    end: End
    ended: Callable[[], None]
    given: deque[Job] = field(default_factory=deque)
    since: float = 0.0


def graded(jobs: Iterator[Job], work: Work, lanes: int, seconds: float) -> Iterator[Done]:
    """Grade them all, in whatever order they get done; whoever closes the generator ends the lanes.

    Args:
        jobs: is asked for the next job when a lane has room for one.
        work: is called in a lane.
        seconds: how long one job may take.

    Raises:
        TooWeak: what a lane says of this machine; it would be the same for every hand-in.
        Fault: no lane can be started.
    """
    if not hasattr(os, "fork"):
        raise Fault("grader batch grades in forked processes, which this system does not have: use Linux")
    gc.collect()
    gc.freeze()  # so that looking for garbage in a lane does not copy the key
    running: list[Lane] = []

    def start(place: int) -> Lane:
        return _started(place, work, [lane for lane in running if lane.place != place])

    try:
        running.extend(map(start, range(lanes)))
        for job, place, said in served(running, jobs, seconds, start):
            yield Done(job, place, said.seconds, said.record, said.fault)
    finally:
        for lane in running:
            lane.ended()


def served(
    running: list[Lane], jobs: Iterator[Job], seconds: float, start: Callable[[int], Lane]
) -> Iterator[tuple[Job, int, Said]]:
    """What the lanes say of each job, and at which place; `start` gives another lane for a place.

    The list always has the lanes that are there, for whoever is to end them.

    Raises:
        TooWeak: what a lane says of its machine.
        Fault: no lane can be started.
    """
    again: deque[Job] = deque()
    lost: Counter[str] = Counter()
    while any([_given(lane, again, jobs) for lane in running]):  # noqa: C419 - to each of them
        for lane in _answering(running, seconds):
            said = _heard(lane, seconds)
            job = lane.given.popleft()
            lane.since = monotonic()
            if said.refusal:
                raise TooWeak(said.fault)
            if said.record is None:
                again.extend(lane.given)  # it had not begun with these
                lane.given.clear()
                lane.ended()
                running[lane.place] = start(lane.place)
                lost[job.hand_in] += 1
                if lost[job.hand_in] < TRIES:
                    again.append(job)
                    continue
            yield job, lane.place, said


def _given(lane: Lane, again: deque[Job], jobs: Iterator[Job]) -> bool:
    """Hand it what it has room for; returns whether it has anything to do."""
    while len(lane.given) < AHEAD:
        job = again.popleft() if again else next(jobs, None)
        if job is None:
            break
        if lane.given and len(pickle.dumps(job)) > SMALL:
            again.appendleft(job)  # sending it would wait for a lane that may itself wait to be heard
            break
        lane.since = lane.since if lane.given else monotonic()
        lane.given.append(job)
        with suppress(OSError):  # it has died, which is noticed when it is listened to
            lane.end.send(job)
    return bool(lane.given)


def _answering(running: list[Lane], seconds: float) -> list[Lane]:
    """The lanes that have something to say, or have been silent for too long."""
    busy = {lane.end.fileno(): lane for lane in running if lane.given}
    first = min(lane.since for lane in busy.values()) + seconds
    ready = wait(list(busy), max(0.0, first - monotonic()))
    late = [lane for lane in busy.values() if lane.since + seconds <= monotonic()]
    return [busy[end] for end in ready if isinstance(end, int)] or late


def _heard(lane: Lane, seconds: float) -> Said:
    """What it says of its first job; its end is an answer, too."""
    try:
        if not lane.end.poll():
            return Said(seconds, fault=LATE)
        said: Said = lane.end.recv()
    except (OSError, EOFError, pickle.UnpicklingError):  # the last one: it died in the middle of a word
        return Said(monotonic() - lane.since, fault=LOST)
    return said


def _started(place: int, work: Work, others: list[Lane]) -> Lane:
    ours, theirs = _line()
    driver = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        pid = os.fork()
    except OSError as error:
        raise Fault(f"a lane cannot be started ({error.strerror}); use fewer: -j") from None
    if pid == 0:
        ours.close()
        for lane in others:
            os.close(lane.end.fileno())
        _settle(place)
        _lane(driver, theirs, work)
    theirs.close()
    return Lane(place, ours, partial(_killed, pid, ours))


def _line() -> tuple[Connection, Connection]:
    """A pipe with room for a small job: not every system's own has it."""
    ends = socket.socketpair()
    for end in ends:
        for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            # what lies there takes more room than it has bytes
            if end.getsockopt(socket.SOL_SOCKET, buffer) < 4 * SMALL:
                end.setsockopt(socket.SOL_SOCKET, buffer, 4 * SMALL)
    return Connection(ends[0].detach()), Connection(ends[1].detach())


def _settle(place: int) -> None:
    """Stay on one processor with the server and its children: they take turns, and share what is cached."""
    if hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        with suppress(OSError):  # processors may be taken away at any time
            os.sched_setaffinity(0, {processors[place]} if place < len(processors) else processors)


def _killed(pid: int, end: Connection) -> None:
    """Kill it; its server, and what that has started, die with it."""
    end.close()
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _lane(driver: int, end: Connection, work: Work) -> NoReturn:
    """In the lane: grade what comes, until the driver has gone or something of ours is broken."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's to answer
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if sys.platform == "linux":
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == driver:  # else it has gone meanwhile
            work_off(end, work)
    finally:
        os._exit(1)


def work_off(end: End, work: Work) -> None:
    """Grade what comes, until nothing can come any more."""
    with suppress(EOFError, OSError), jail.started() as source:
        while True:
            job: Job = end.recv()
            start = perf_counter()
            try:
                record = work(job, source)
                said = Said(perf_counter() - start, record)
            except TooWeak as fault:
                said = Said(0.0, fault=str(fault), refusal=True)
            except Fault as fault:
                said = Said(perf_counter() - start, fault=str(fault))
            except Exception as error:
                said = Said(perf_counter() - start, fault=unforeseen(error))
            end.send(said)
