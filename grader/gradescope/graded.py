"""The process that grades, and its guardian's hold on it.

Grading needs numpy, the secrets and a student's process; its guardian needs none of them. So it goes on in a
child: whatever becomes of that one, by want of memory, a crash or a loop of ours, the guardian is there to
say so. `ended` leaves no process alive that the child or a hand-in may have started.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NoReturn

from grader.faults import Fault, unforeseen
from grader.sandbox import kernel

if TYPE_CHECKING:
    from grader.record import Record

CHUNK = 1 << 16  # bytes


@dataclass(frozen=True)
class Orders:
    """What the guardian finds out meanwhile: earlier attempts, and seconds for the student's code."""

    earlier: int
    seconds: float


@dataclass(frozen=True)
class Grading:
    """The child: its process number, a descriptor for orders and one for what it has to say."""

    pid: int
    orders: int
    said: int


def started(assignment: Path, submission: Path, *, weaker: bool) -> Grading:
    """Begin to grade; only the asking waits for orders."""
    kernel.hide_memory()
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)  # whoever loses its parent becomes a child of this process
    guardian = os.getpid()
    (orders, ours), (said, theirs) = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        os.close(said)
        _work(guardian, assignment, submission, orders, theirs, weaker=weaker)
    os.close(orders)
    os.close(theirs)
    return Grading(pid, ours, said)


def ordered(grading: Grading, orders: Orders) -> None:
    """Let it go on; a child that has died will be noticed by its silence."""
    with suppress(BrokenPipeError), closing(os.fdopen(grading.orders, "wb")) as pipe:
        pickle.dump(orders, pipe)


def outcome(grading: Grading, deadline: float) -> Record:
    """The record.

    Raises:
        Fault: there is none: the child says why, has died, or is still at it when the deadline has come.
    """
    said = bytearray()
    while True:
        ready, _, _ = select.select([grading.said], [], [], max(0.0, deadline - monotonic()))
        if not ready:
            raise Fault("grading was not done in time and was ended, so that the platform would not end all")
        chunk = os.read(grading.said, CHUNK)
        if not chunk:
            break
        said += chunk
    if not said:
        raise Fault(f"the process that grades {_ending(grading.pid)}")
    found = pickle.loads(bytes(said))
    if isinstance(found, str):
        raise Fault(found)
    record: Record = found
    return record


def _ending(pid: int) -> str:
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGKILL:
        return "was killed; most likely the container's memory was too small"
    return f"crashed ({signal.Signals(-code).name})" if code < 0 else f"ended with exit code {code}"


def ended() -> None:
    """Kill and reap every process below this one, until there is none."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while True:
        for pid in children.read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _work(
    guardian: int, assignment: Path, submission: Path, orders: int, said: int, *, weaker: bool
) -> NoReturn:
    """In the child: grade, tell, and end without a word more."""
    try:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == guardian:  # else it has ended meanwhile
            found = _told(assignment, submission, orders, weaker=weaker)
            with os.fdopen(said, "wb") as pipe:
                pickle.dump(found, pipe)
    finally:
        os._exit(1)


def _told(assignment: Path, submission: Path, orders: int, *, weaker: bool) -> Record | str:
    """The record, or why there is none."""
    try:
        return _record(assignment, submission, orders, weaker=weaker)
    except Fault as fault:
        return str(fault)
    except Exception as error:
        return unforeseen(error)


def _record(folder: Path, hand_in: Path, orders: int, *, weaker: bool) -> Record:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: for 7 × 7 matrices threads only cost
    from grader.sandbox import jail

    with jail.started() as source:  # its numpy is imported beside ours
        from grader.assignment import load_assignment
        from grader.grade import grade
        from grader.key import make_key
        from grader.reference import load_reference
        from grader.submission import read_submission

        assignment = load_assignment(folder)
        key = make_key(assignment, load_reference(assignment))
        submission = read_submission(hand_in, assignment.settings.file)
        with os.fdopen(orders, "rb") as pipe:
            given: Orders = pickle.load(pipe)
        limits = assignment.settings.limits
        limits = replace(limits, hand_in_seconds=min(limits.hand_in_seconds, given.seconds))
        assignment = replace(assignment, settings=replace(assignment.settings, limits=limits))
        return grade(assignment, key, submission, source, earlier=given.earlier, weaker=weaker)
