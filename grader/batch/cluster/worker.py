"""What runs on a worker of a Dask cluster: it has the assignment, and lanes that grade.

A worker has threads, so nothing is forked from it: its lanes are started by exec and know nothing of the
cluster. Hand-ins come and answers go as JSON. A worker that would grade otherwise than the driver's machine
grades nothing.
"""

from __future__ import annotations

import asyncio
import platform
import shutil
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import Popen
from threading import Lock
from typing import Any

from distributed import Reschedule, Scheduler, Worker, get_worker
from distributed.diagnostics.plugin import SchedulerPlugin, WorkerPlugin

from grader import archive
from grader.batch.cluster import lane, wire
from grader.batch.lanes import Job, Lane, Said, served
from grader.faults import Fault, unforeseen
from grader.sandbox import kernel

PRIVATE = 0o700
FOREIGN = "it has not been given the assignment: start that worker again"


class Assigned(WorkerPlugin):
    """The assignment on every worker, also on one that joins later, while the run lasts."""

    def __init__(
        self, name: str, bundle: bytes, expected: Mapping[str, Any], seconds: float, *, weaker: bool
    ) -> None:
        """`name` is the folder's, by the content of the bundle; `expected` is what a lane greets with."""
        self.name = name
        self.bundle = bundle
        self.expected = dict(expected)
        self.seconds = seconds
        self.weaker = weaker
        self.numerics = lane.numerics()

    def setup(self, worker: Worker) -> None:
        """Unpack the assignment where nobody else may look."""
        kernel.hide_memory()  # the bundle is in it, and the cluster's key
        self.where = f"{platform.node()} {worker.name}"
        self.folder = Path(worker.local_directory, self.name)
        self.lock = Lock()
        self.idle: deque[Lane] = deque()
        self.started: list[Popen[bytes]] = []
        self.ended = False
        self.fault = ""
        try:
            _unpack(self.bundle, self.folder)
        except OSError as error:
            self.fault = f"the assignment cannot be unpacked into {self.folder}: {error.strerror}"

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - as Dask calls it
        """The run has ended, or the worker does: nothing of the assignment is left."""
        with self.lock:
            self.ended = True
            for popen in self.started:
                popen.kill()
            while self.idle:
                self.idle.pop().ended()
        shutil.rmtree(self.folder, ignore_errors=True)


class Swept(SchedulerPlugin):
    """Takes the assignment back from the workers when its driver is gone, however that ended."""

    def __init__(self, name: str, client: str) -> None:
        self.name = name
        self.client = client

    def remove_client(self, scheduler: Scheduler, client: str) -> None:
        """The scheduler's word that a client has gone."""
        if client == self.client:
            self.sweeping = asyncio.ensure_future(self._swept(scheduler))  # kept, else it may be forgotten

    async def _swept(self, scheduler: Scheduler) -> None:
        with suppress(ValueError):  # the driver has done so itself
            await scheduler.unregister_worker_plugin(None, self.name)
        with suppress(ValueError):
            scheduler.remove_plugin(self.name)


def chunk(name: str, data: bytes) -> bytes:
    """The task: some hand-ins in, `wire.Answers` out. Faults are values."""
    assigned = get_worker().plugins.get(name)
    if assigned is None:
        return wire.answers_packed(platform.node(), (), FOREIGN)
    said: list[tuple[Job, Said]] = []
    refused = ""
    try:
        said.extend(_graded(assigned, wire.jobs_from(data)))  # what there is when it fails is there
    except Fault as fault:
        refused = str(fault)
    except Exception as error:
        refused = unforeseen(error)
    if assigned.ended:  # the worker is being closed: what its lanes said is nobody's fault
        raise Reschedule
    return wire.answers_packed(assigned.where, said, refused)


async def ready(name: str, dask_worker: Worker) -> str:
    """The one sentence why a worker cannot grade; "" where it can, and has a lane for it by now."""
    assigned = dask_worker.plugins.get(name)
    return FOREIGN if assigned is None else await asyncio.to_thread(_tried, assigned)


def _tried(assigned: Assigned) -> str:
    try:
        assigned.idle.append(_lane(assigned))
    except Fault as fault:
        return str(fault)
    except Exception as error:
        return unforeseen(error)
    return ""


def _graded(assigned: Assigned, jobs: list[Job]) -> Iterator[tuple[Job, Said]]:
    """What a lane says of them; it is kept for the next chunk, with its key."""
    running = [_taken(assigned)]
    try:
        for job, _, said in served(running, iter(jobs), assigned.seconds, lambda _: _lane(assigned)):
            yield job, said
    except BaseException:
        running[0].ended()
        raise
    with assigned.lock:
        if not assigned.ended:
            assigned.idle.append(running.pop())
    for left in running:
        left.ended()


def _taken(assigned: Assigned) -> Lane:
    """A lane that has nothing to do; there are as many as the worker has had threads at work."""
    with assigned.lock:
        if assigned.idle:
            return assigned.idle.pop()
    return _lane(assigned)


def _lane(assigned: Assigned) -> Lane:
    """A lane that grades as the driver's machine would.

    Raises:
        Fault: it does not, or cannot be started.
    """
    if assigned.fault:
        raise Fault(assigned.fault)
    found, greeting = lane.started(assigned.folder, assigned.numerics, weaker=assigned.weaker)
    differs = lane.difference(greeting, assigned.expected)
    with assigned.lock:
        if differs or assigned.ended:
            found.ended()
            raise Fault(differs or "the run has ended")
        assigned.started.append(found.end.popen)  # type: ignore[attr-defined] # `lane.started` says so
    return found


def _unpack(bundle: bytes, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(PRIVATE, parents=True)
    for name, data in archive.members(bundle).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
