"""A lane that was started by exec, for who has threads and must not fork: a cluster's worker.

    python -I -B -m grader.batch.cluster.lane

It is told the assignment's folder and nothing else: its environment is built, and all that it inherits are
three pipes. It makes the key itself, says what it would grade by, and then grades what comes. The pipe it
listens to is its lifeline: when that ends, whoever started it has gone, and the lane removes the folder and
ends with its server, whatever it is at.
"""

from __future__ import annotations

import gc
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from grader.assignment import load_assignment
from grader.batch.cluster import wire
from grader.batch.engine import work
from grader.batch.fingerprint import fingerprint, plan, surroundings
from grader.batch.lanes import Job, Lane, Said, work_off
from grader.batch.plan import Plan
from grader.faults import Fault, unforeseen
from grader.key import make_key
from grader.reference import load_reference
from grader.sandbox.process import ENVIRONMENT, advice, last_words
from grader.sandbox.worker import silence

START_SECONDS = 120.0  # in which it has loaded numpy and the assignment, be it from a slow disk
NUMERICS = ("OPENBLAS_", "MKL_", "OMP_", "BLIS_", "VECLIB_", "NPY_")
MOST_NAMED = 3  # problems
SPOKEN = sorted(Path(__file__).parent.glob("*.py"))  # by driver, worker and lane to one another


# ---- whoever starts it ----------------------------------------------------------------------


@dataclass(frozen=True)
class Ours:
    """The starter's end: jobs in, the lane's word out, with the record as JSON."""

    popen: subprocess.Popen[bytes]

    def fileno(self) -> int:
        assert self.popen.stdout
        return self.popen.stdout.fileno()

    def poll(self) -> bool:
        return _readable(self.fileno(), 0.0)

    def send(self, job: Job, /) -> None:
        assert self.popen.stdin
        wire.send(self.popen.stdin.fileno(), wire.job_json(job))

    def recv(self) -> Said:
        return wire.receive_said(self.fileno())

    def close(self) -> None:
        """Kill it; its server, and what that has started, die with it."""
        self.popen.kill()
        self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            assert pipe
            pipe.close()


def numerics() -> dict[str, str]:
    """What of this process's environment may move the last digit of a number."""
    return {name: value for name, value in os.environ.items() if name.startswith(NUMERICS)}


def started(folder: Path, numerics: Mapping[str, str], *, weaker: bool) -> tuple[Lane, dict[str, Any]]:
    """A lane for the assignment in that folder, and what it would grade by; `numerics` are the driver's.

    Raises:
        Fault: it does not get ready.
    """
    try:
        end = Ours(_interpreter(numerics))
    except OSError as error:
        raise Fault(f"a lane cannot be started: {error.strerror}") from None
    try:
        assert end.popen.stdin
        wire.send(end.popen.stdin.fileno(), json.dumps({"folder": str(folder), "weaker": weaker}).encode())
        found: dict[str, Any] = json.loads(_greeting(end))
    except (OSError, EOFError):
        words = last_words(end.popen)
        end.close()
        raise Fault(f"a lane does not get ready: {advice(words)}") from None
    except BaseException:
        end.close()
        raise
    if "fault" in found:
        end.close()
        raise Fault(found["fault"])
    return Lane(0, end, end.close), found


def _interpreter(numerics: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-B", "-m", "grader.batch.cluster.lane"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,  # until it is ready; then it points it elsewhere
        bufsize=0,
        env={**ENVIRONMENT, **numerics},
        cwd="/",
        start_new_session=True,  # Ctrl-C in its terminal is the worker's to answer
    )


def _greeting(end: Ours) -> bytes:
    if not _readable(end.fileno(), START_SECONDS):
        raise EOFError
    return wire.receive(end.fileno())


def _readable(descriptor: int, seconds: float) -> bool:
    poll = select.poll()  # select alone knows no descriptor above 1023
    poll.register(descriptor, select.POLLIN | select.POLLHUP)
    return bool(poll.poll(seconds * 1000))


def difference(actual: Mapping[str, Any], expected: Mapping[str, Any]) -> str:
    """How a worker would grade otherwise than the driver's machine, in one sentence; "" if it would not."""
    there, here = actual["surroundings"], expected["surroundings"]
    found = [
        f"{name} is another one"
        if "source" in name
        else f"{name} is {there[name]} there and {here[name]} here"
        for name in here
        if there.get(name) != here[name]
    ]
    if found:
        return f"{'; '.join(found)}: install the same there"
    if actual == expected:
        return ""
    differing = [x for x, known in expected["problems"].items() if actual["problems"].get(x) != known]
    named = ", ".join(differing[:MOST_NAMED]) or "the whole"
    more = f" and {len(differing) - MOST_NAMED} more" if len(differing) > MOST_NAMED else ""
    return (
        f"the answer key comes out differently there for {named}{more}: where processors differ, set "
        "OPENBLAS_CORETYPE=Haswell for this command, and all workers follow; else the assignment needs more "
        "than its own files"
    )


# ---- the lane -------------------------------------------------------------------------------


class Theirs:
    """The lane's end. A thread reads what comes, so that the lifeline's end is noticed at once."""

    def __init__(self, listening: int, speaking: int) -> None:
        self._listening = listening
        self._speaking = speaking
        self._jobs: SimpleQueue[bytes] = SimpleQueue()

    def listen(self, gone: Callable[[], object]) -> None:
        """From now on; `gone` is called when nothing can come any more."""
        Thread(target=self._listen, args=(gone,), daemon=True).start()

    def _listen(self, gone: Callable[[], object]) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._jobs.put(wire.receive(self._listening))
        gone()

    def fileno(self) -> int:
        return self._listening

    def poll(self) -> bool:
        return not self._jobs.empty()

    def send(self, said: Said, /) -> None:
        wire.send_said(self._speaking, said)

    def greet(self, found: dict[str, Any]) -> None:
        """Say what it would grade by, or why it cannot."""
        wire.send(self._speaking, json.dumps(found).encode())

    def recv(self) -> Job:
        return wire.job_from(json.loads(self._jobs.get()))


def main() -> None:
    """Be told what to grade, and grade what comes."""
    listening, speaking = os.dup(0), os.dup(1)
    silence(0)
    silence(1)  # what an author's file prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        told = json.loads(wire.receive(listening))
    except EOFError:
        return
    folder, end = Path(told["folder"]), Theirs(listening, speaking)
    end.listen(lambda: _gone(folder))
    try:
        assignment = load_assignment(folder)
        reference = load_reference(assignment)
        key = make_key(assignment, reference)
        found = plan(assignment, reference, key)
    except Fault as fault:
        end.greet({"fault": str(fault).replace(f"{folder}/", "")})
    except Exception as error:
        end.greet({"fault": unforeseen(error)})
    else:
        end.greet(greeting(found))
        silence(2)
        gc.freeze()  # the key is never garbage
        work_off(end, work(assignment, key, weaker=told["weaker"]))


def greeting(found: Plan) -> dict[str, Any]:
    """What a lane grades by: this machine, and what the assignment comes to here."""
    here = surroundings() | {"the source of grader.batch": fingerprint(tuple(map(Path.read_bytes, SPOKEN)))}
    return {"surroundings": here, "whole": found.whole, "problems": dict(found.problems)}


def _gone(folder: Path) -> None:
    """The answers are not left on a disk where nobody would look for them."""
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main()
