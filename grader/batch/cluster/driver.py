"""The engine of more than one machine: chunks of hand-ins go to a Dask cluster's workers, answers come back.

The driver has everything that lasts: the cluster knows no store, and whatever of it dies costs what was under
way there. A chunk whose worker dies is split until the one hand-in is named that does it.

Whoever reaches a scheduler's port runs code on it and on its workers: so it is on this machine, or TLS says
who may. A suspect is a chunk that was under way on a worker when that died.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from math import ceil
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from grader import archive
from grader.batch.cluster import lane, wire
from grader.batch.engine import Brief, Engine
from grader.batch.lanes import Done, Job
from grader.faults import Fault
from grader.gradescope.bundle import authors_files

if TYPE_CHECKING:
    from distributed import Client, Future
    from distributed.security import Security

SLURM = "slurm"
SCHEMES = {"tcp": "tcp", "dask": "tcp", "tls": "tls"}
PORT = 8786
CONNECT = 15.0  # seconds in which a scheduler answers
GOODBYE = 5.0
WAIT = 60.0  # seconds without any worker
QUEUED = 3600.0  # ... where they wait in a queue first
GLANCE = 1.0  # seconds between looks at the workers
AHEAD = 2  # chunks that a worker's thread has: the next one lies there when it is done with the first
MOST = 50  # hand-ins of a chunk
LASTS = 3.0  # seconds that a chunk is meant to take
SHARES = 3  # of what is left, for each thread: chunks get smaller, and all threads are done at about one time
LARGE = "1 GiB"  # dask warns of tasks that are larger
DEADLY = (
    "each worker that graded it was killed or crashed: grade it on this machine, or with more memory a worker"
)


@dataclass(frozen=True)
class Cluster:
    """What the command line says: a scheduler's address, or "slurm" with how many workers to ask for.

    `wait` is how many seconds there may be no worker at all.
    """

    address: str
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    workers: int = 0
    config: Path | None = None
    insecure: bool = False
    wait: float = WAIT


@dataclass(frozen=True)
class _Out:
    """A chunk that is under way; a suspect was so where a worker died, and goes out alone of its kind."""

    future: Future
    chunk: list[Job]
    suspect: bool


@dataclass
class _Run:
    """A run on a cluster: what is out, what died with its worker, and what is known of the workers by now."""

    client: Client
    name: str
    wait: float
    upkeep: Callable[[], object]
    left: int
    arrived: SimpleQueue[tuple[str, Any]] = field(default_factory=SimpleQueue)
    out: dict[str, _Out] = field(default_factory=dict)
    suspects: deque[list[Job]] = field(default_factory=deque)
    submitted: int = 0
    threads: int = 0
    looked: float = 0.0
    alive: float = 0.0
    graded: int = 0
    seconds: float = 0.0


def engine(said: Cluster) -> Engine:
    """The engine of that cluster.

    Raises:
        Fault: it is no address, it would be open to everybody, or what it needs is not here.
    """
    _installed("distributed", "dask")
    if said.address == SLURM:
        _installed("dask_jobqueue", "slurm")
        _installed("cryptography", "slurm")
        return partial(_graded, said, "")
    parts = urlsplit(said.address)
    scheme = SCHEMES.get(parts.scheme)
    try:
        host, port = parts.hostname, parts.port or PORT
    except ValueError:
        host = None
    if not scheme or not host:
        raise Fault(
            f"--engine {said.address} is no engine: write local, slurm, tls://HOST:8786 or tcp://HOST:8786"
        )
    if scheme == "tcp" and not said.insecure:
        _refuse_open(said.address, host)
    if scheme == "tls":
        _refuse_missing(said)
    return partial(_graded, said, f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}")


def _installed(module: str, extra: str) -> None:
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise Fault(
            f"{module} is not installed, which --engine needs: run `python -m pip install 'grader[{extra}]'`"
        )


def _refuse_open(address: str, host: str) -> None:
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except OSError as error:
        raise Fault(
            f"--engine {address}: there is no machine {host} ({error.strerror}); look at its name"
        ) from None
    if not all(ipaddress.ip_address(each.partition("%")[0]).is_loopback for each in found):
        raise Fault(
            f"--engine {address} is another machine's and not encrypted, and who reaches that port runs code "
            "there: use tls://, or type --insecure-cluster on a network that is yours alone"
        )


def _refuse_missing(said: Cluster) -> None:
    for option, path in {"--tls-ca": said.ca, "--tls-cert": said.cert, "--tls-key": said.key}.items():
        if path is None:
            raise Fault(
                f"--engine {said.address} needs {option} FILE; docs/scale.md says how the files are made"
            )
        try:
            path.open("rb").close()
        except OSError as error:
            raise Fault(f"{option} {path} cannot be read: {error.strerror}") from None


# ---- a run ----------------------------------------------------------------------------------


def _graded(said: Cluster, address: str, jobs: Iterator[Job], brief: Brief) -> Iterator[Done]:
    if not brief.jobs:
        return
    bundle = archive.zipped(authors_files(brief.assignment))
    with (
        _quietly(),
        _connected(said, address) as (client, upkeep),
        _assigned(client, bundle, brief) as name,
    ):
        yield from _handed_out(_Run(client, name, said.wait, upkeep, brief.jobs), jobs)


@contextmanager
def _quietly() -> Iterator[None]:
    """What Dask logs of a lost connection is told in a sentence of ours; and a chunk may be large."""
    import dask
    import distributed  # noqa: F401 - before what is set: its own settings would go with that

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGE}):
            yield
    finally:
        logging.disable(before)


@contextmanager
def _connected(said: Cluster, address: str) -> Iterator[tuple[Client, Callable[[], object]]]:
    """A client, once there is a worker, and what is to be called from time to time."""
    if said.address == SLURM:
        from grader.batch.cluster.slurm import cluster

        with cluster(said.workers, said.config) as (target, upkeep), _client(target, said) as client:
            yield client, upkeep
    else:
        with _client(address, said) as client:
            yield client, lambda: None


@contextmanager
def _client(target: Any, said: Cluster) -> Iterator[Client]:
    from distributed import Client, TimeoutError  # noqa: A004 - asyncio's, which Python 3.10 has for itself

    security = None if said.address == SLURM else _security(said)
    try:
        client = Client(target, timeout=min(CONNECT, said.wait), security=security, set_as_default=False)
    except Exception as error:
        raise _unreachable(said, error) from None
    try:
        try:
            client.wait_for_workers(1, timeout=said.wait)
        except TimeoutError:
            raise _deserted(said.address, said.wait) from None
        except Exception as error:
            raise _unreachable(said, error) from None
        yield client
    finally:
        with suppress(Exception):  # there may be nobody left to say goodbye to
            client.close(timeout=GOODBYE)


def _security(said: Cluster) -> Security:
    from distributed.security import Security

    files = {"tls_ca_file": said.ca, "tls_client_cert": said.cert, "tls_client_key": said.key}
    given = {name: str(path) for name, path in files.items() if path}
    try:
        security = Security(require_encryption=bool(given), **given)
        security.get_connection_args("client")
    except OSError as error:  # an SSLError is one
        raise Fault(
            f"the TLS files cannot be used ({error.strerror or error}): see that they are PEM, and that the "
            "key is the certificate's"
        ) from None
    return security


def _unreachable(said: Cluster, error: Exception) -> Fault:
    words = " ".join(str(each) for each in _chain(error))
    if any(word in words.lower() for word in ("ssl", "certificate", "handshake", "tls")):
        return Fault(
            f"the scheduler at {said.address} refuses TLS with these files, or has none: --tls-ca must have "
            "signed its certificate, and its own authority --tls-cert"
        )
    seconds = min(CONNECT, said.wait)
    return Fault(
        f"no Dask scheduler answers at {said.address} within {seconds:g} s: start one with `dask scheduler`, "
        "or look at the address and the firewall"
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _deserted(address: str, seconds: float) -> Fault:
    look = "look at squeue and at the jobs' logs" if address == SLURM else "start some with `dask worker`"
    return Fault(f"{address} has had no worker for {seconds:g} s: {look}, then type the same command again")


def _lost() -> Fault:
    return Fault(
        "the scheduler is gone; what was graded is kept: start it again, then type the same command again"
    )


# ---- the assignment -------------------------------------------------------------------------


@contextmanager
def _assigned(client: Client, bundle: bytes, brief: Brief) -> Iterator[str]:
    """Every worker has the assignment, and has been seen to grade as this machine does."""
    from grader.batch.cluster.worker import Assigned, Swept, ready

    _refuse_without_grader(client)
    name = f"grader-{sha256(bundle).hexdigest()}-{client.id}"
    plugin = Assigned(name, bundle, lane.greeting(brief.plan), brief.seconds, weaker=brief.weaker)
    try:
        with _told():
            client.register_plugin(Swept(name, client.id), name=name)
            client.register_plugin(plugin, name=name)
            for address, word in client.run(ready, name, on_error="return").items():
                _refuse(address, word)
        yield name
    finally:
        with suppress(Exception):  # the scheduler has gone, or has done so itself
            client.unregister_worker_plugin(name)


def _refuse(address: str, word: str | Exception) -> None:
    if isinstance(word, Exception):
        raise Fault(f"the worker {address} cannot be used ({type(word).__name__}: {word}): start it again")
    if word:
        raise Fault(f"the worker {address} cannot be used: {word}")


def _refuse_without_grader(client: Client) -> None:
    """Asked with a function of Python's own: nothing of ours can be sent to who has no grader."""
    with _told():
        found = client.run(version, "grader", on_error="return")
        lacking = [f"worker {at}" for at, said in found.items() if isinstance(said, PackageNotFoundError)]
        try:
            client.run_on_scheduler(version, "grader")
        except PackageNotFoundError:
            lacking.insert(0, "scheduler")
    if lacking:
        raise Fault(f"grader is not installed on the {lacking[0]}: install the same version there")


@contextmanager
def _told() -> Iterator[None]:
    """What Dask raises where the scheduler goes away is one sentence."""
    from distributed import CancelledError, TimeoutError  # noqa: A004

    try:
        yield
    except (OSError, TimeoutError, CancelledError):
        raise _lost() from None


# ---- hand-ins out, answers in ---------------------------------------------------------------


def _handed_out(run: _Run, jobs: Iterator[Job]) -> Iterator[Done]:
    try:
        while True:
            _look(run)
            while len(run.out) < AHEAD * max(1, run.threads) and _handed(run, jobs):
                pass
            if not run.out:
                return
            try:
                key, outcome = run.arrived.get(timeout=GLANCE)
            except Empty:
                continue
            yield from _done(run, run.out.pop(key), outcome)
    finally:
        with suppress(Exception):
            run.client.cancel([out.future for out in run.out.values()])


def _handed(run: _Run, jobs: Iterator[Job]) -> bool:
    """Hand out a chunk, if there is one. Of two suspects at a time nobody would know which it was."""
    if run.suspects and not any(out.suspect for out in run.out.values()):
        _submit(run, run.suspects.popleft(), suspect=True)
        return True
    mean = run.seconds / run.graded if run.graded else 0.0
    chunk = list(islice(jobs, size(run.left, run.threads, mean)))
    run.left -= len(chunk)
    if chunk:
        _submit(run, chunk)
    return bool(chunk)


def size(left: int, threads: int, seconds: float) -> int:
    """How many of the hand-ins that are left go into the next chunk; one takes so many seconds."""
    fair = ceil(left / (SHARES * max(1, threads)))
    quick = int(LASTS / seconds) if seconds else MOST
    return max(1, min(fair, quick, MOST))


def _submit(run: _Run, chunk: list[Job], *, suspect: bool = False) -> None:
    from grader.batch.cluster import worker

    run.submitted += 1
    key = f"{run.name}-{run.submitted}"
    with _told():
        future = run.client.submit(worker.chunk, run.name, wire.jobs_packed(chunk), key=key, pure=False)
    run.out[key] = _Out(future, chunk, suspect)
    future.add_done_callback(partial(_arrived, run.arrived))


def _arrived(queue: SimpleQueue[tuple[str, Any]], future: Future) -> None:
    """In a thread of Dask's: fetch the answer, too."""
    try:
        queue.put((future.key, future.result()))
    except BaseException as error:
        queue.put((future.key, error))


def _done(run: _Run, out: _Out, outcome: Any) -> Iterator[Done]:
    """What became of a chunk; where its worker has died, its halves go out again."""
    from distributed import CancelledError, KilledWorker

    if isinstance(outcome, CancelledError):
        raise _lost()
    if isinstance(outcome, KilledWorker):
        if len(out.chunk) == 1 and out.suspect:
            yield Done(out.chunk[0], 0, 0.0, fault=DEADLY)
        else:
            middle = len(out.chunk) // 2
            run.suspects += filter(None, (out.chunk[:middle], out.chunk[middle:]))
        return
    if isinstance(outcome, BaseException):
        raise Fault(
            f"a worker fails ({type(outcome).__name__}: {outcome}): see that it has the same versions"
        )
    try:
        said = wire.answers_from(outcome, len(out.chunk))
    except ValueError:
        raise Fault("a worker does not answer as this grader does: install the same version there") from None
    yield from _answered(run, out.chunk, said)


def _answered(run: _Run, chunk: list[Job], said: wire.Answers) -> Iterator[Done]:
    jobs = {job.hand_in: job for job in chunk}
    for each in said.answers:
        run.graded += 1
        run.seconds += each.seconds
        yield Done(jobs.pop(each.hand_in), 0, each.seconds, each.record, each.fault, said.where)
    if said.refused:
        raise Fault(f"the worker {said.where} cannot be used: {said.refused}")


def _look(run: _Run) -> None:
    """From time to time: how many threads there are, and whether there are any.

    Raises:
        Fault: there have been none for too long, or the scheduler has gone.
    """
    if monotonic() < run.looked + GLANCE:
        return
    with _told():
        run.upkeep()
        run.threads = sum(run.client.nthreads().values())
    run.looked = monotonic()
    if run.threads or not run.alive:
        run.alive = run.looked
    if run.looked - run.alive > run.wait:
        raise _deserted("the cluster", run.wait)
