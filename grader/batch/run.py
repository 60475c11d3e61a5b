"""One run: whatever of an export has not been graded yet goes through the lanes into the store.

What is to be done is asked of the store, so a run that was stopped goes on where it was, and one that is
repeated grades nothing twice. Ctrl-C once: nothing more is handed out, what is under way is finished.
"""

from __future__ import annotations

import os
import platform
import signal
from collections.abc import Callable, Collection, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from types import FrameType

from grader.assignment import Assignment
from grader.batch.by_hand import user
from grader.batch.engine import Brief, Engine, in_lanes
from grader.batch.fingerprint import plan
from grader.batch.grades.runs import begin, finish, handed
from grader.batch.grades.store import TIMED_OUT, Store, add, committed, failed, missing
from grader.batch.hand_ins import Taken, again
from grader.batch.lanes import Done, Job
from grader.batch.plan import Plan
from grader.faults import Fault
from grader.key import make_key
from grader.reference import load_reference
from grader.report.progress import Tally, Told
from grader.submission import Submission

STOPPING = b"\nStopping: what is under way is finished. Ctrl-C once more ends at once.\n"


@dataclass(frozen=True)
class Circumstances:
    """How it is graded: on how many lanes, what is tried again, whether less than a wall will do; where.

    `shard`: the digests that are graded are a part of a class, for somebody to merge: of the students nothing
    is noted.
    """

    lanes: int
    retry: Collection[str] = ("infra",)
    weaker: bool = False
    arguments: tuple[str, ...] = ()
    shard: bool = False
    engine: Engine = in_lanes


@dataclass(frozen=True)
class Finished:
    """A run; `stopped` is one that Ctrl-C kept from its end. `tally` counts different hand-ins."""

    number: int
    plan: Plan
    tally: Tally
    stopped: bool
    isolation: str
    lost: frozenset[str] = frozenset()  # entries whose hand-in is not there by a fault of the export's


class _Stop:
    """Whether somebody has pressed Ctrl-C."""

    asked = False


def lanes_here() -> int:
    """As many as processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    store: Store, assignment: Assignment, taken: Taken, chosen: Set[str], how: Circumstances, told: Told
) -> Finished:
    """Grade what is missing of the hand-ins that are chosen, by their digests.

    Raises:
        TooWeak: the isolation is not sound and nobody has said that less will do.
        Fault: an author's file, a lane that cannot be started, or what the engine says.
    """
    reference = load_reference(assignment)
    key = make_key(assignment, reference)
    here = plan(assignment, reference, key)
    asked = replace(here, whole=f"{here.whole}{'-process' if how.weaker else ''}")
    hand_ins = [digest for digest in taken.by_digest if digest in chosen]
    number = begin(store, user(), platform.node(), how.arguments, asked, assignment.settings.title)
    if not how.shard:
        handed(store, number, [(entry, taken.digests[entry.id]) for entry in taken.export.entries])
    wanted = missing(store, hand_ins, asked, how.retry)
    tally = Tally(len(hand_ins), len(hand_ins) - len(wanted))
    told(tally)
    isolation = ""

    def came(done: Done) -> None:
        nonlocal isolation, tally
        isolation = _kept(store, asked, done) or isolation
        tally = _counted(tally, done)
        told(tally)

    with _ctrl_c() as stop:
        jobs = _jobs(taken, wanted, assignment.settings.file, stop, came)
        brief = Brief(assignment, key, here, how.lanes, len(wanted), weaker=how.weaker)
        for done in how.engine(jobs, brief):
            came(done)
    committed(store)
    stopped = stop.asked and tally.cached + tally.done < tally.total
    if not (stopped or how.shard):
        finish(store, number)
    lost = frozenset() if how.shard else frozenset(each.id for each in taken.export.entries if each.ours)
    return Finished(number, asked, tally, stopped, isolation, lost)


def _jobs(
    taken: Taken,
    wanted: Mapping[str, tuple[str, ...]],
    file: str,
    stop: _Stop,
    came: Callable[[Done], None],
) -> Iterator[Job]:
    """The hand-ins that lack something, read again when a lane has room; `came` is told of what is lost."""
    entries = taken.by_digest
    for digest, problems in wanted.items():
        if stop.asked:
            return
        try:
            submission = again(entries[digest], digest, file)
        except Fault as fault:
            nothing = Submission(file, file, {file: ()})
            came(Done(Job(digest, nothing, problems), 0, 0.0, fault=str(fault)))
        else:
            yield Job(digest, submission, problems)


def _kept(store: Store, asked: Plan, done: Done) -> str:
    """Into the store; returns how it was isolated, where that is known."""
    lane = done.where or f"{platform.node()}:{done.lane}"
    if done.record is None:
        failed(store, done.job.hand_in, asked, done.fault, lane)
        return ""
    add(store, done.job.hand_in, asked, done.record, lane, done.seconds)
    return done.record.staff.isolation


def _counted(tally: Tally, done: Done) -> Tally:
    late = done.record is not None and any(problem.verdict == TIMED_OUT for problem in done.record.problems)
    return replace(
        tally,
        done=tally.done + 1,
        timed_out=tally.timed_out + late,
        failed=tally.failed + (done.record is None),
    )


@contextmanager
def _ctrl_c() -> Iterator[_Stop]:
    """The first one asks to stop, the second one is Python's own."""
    stop = _Stop()

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with suppress(OSError):  # a handler may have interrupted any print
            os.write(2, STOPPING)

    before = signal.signal(signal.SIGINT, asked)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
