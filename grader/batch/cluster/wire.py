"""Jobs and records as JSON: between a driver, its cluster's workers and their lanes nothing else is sent.

What a student's process has said is in a record as text. Nobody unpickles it: a record is read by its schema,
and no more of it than MOST bytes.
"""

from __future__ import annotations

import base64
import json
import os
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader import as_json
from grader.batch.grades.packed import record_json
from grader.batch.lanes import Job, Said
from grader.record import Record
from grader.report.escape import repaired
from grader.submission import Cell, Submission

HEADER = struct.Struct("!I")
MOST = 8 << 20  # bytes of a message; a record has some 70 kB, a hand-in's source half a megabyte at most
CHUNK = 1 << 16
FAST = 1  # zlib's level: a record becomes a seventh of itself in a millisecond


@dataclass(frozen=True)
class Answer:
    """What became of a hand-in, as `Done` has it."""

    hand_in: str
    seconds: float
    fault: str = ""
    record: Record | None = None


@dataclass(frozen=True)
class Answers:
    """A worker's: to some hand-ins, or the one sentence why it grades none."""

    where: str
    refused: str = ""
    answers: tuple[Answer, ...] = ()


# ---- messages on a pipe ---------------------------------------------------------------------


def send(descriptor: int, data: bytes) -> None:
    """Send one message.

    Raises:
        OSError: the other side has gone.
    """
    rest = memoryview(HEADER.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def receive(descriptor: int) -> bytes:
    """The next message.

    Raises:
        EOFError: the other side has gone, or says what is no message.
    """
    (size,) = HEADER.unpack(_exactly(descriptor, HEADER.size))
    if size > MOST:
        raise EOFError
    return _exactly(descriptor, size)


def _exactly(descriptor: int, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        part = os.read(descriptor, min(CHUNK, size - len(found)))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


def send_said(descriptor: int, said: Said) -> None:
    """A lane's word: what it says, and the record behind it."""
    record = b"" if said.record is None else record_json(said.record)
    if len(record) > MOST:
        said = Said(
            said.seconds, fault=f"its record has {len(record)} bytes, more than the {MOST} there may be"
        )
        record = b""
    head = {"seconds": said.seconds, "fault": repaired(said.fault), "refusal": said.refusal}
    send(descriptor, json.dumps(head).encode())
    send(descriptor, record)


def receive_said(descriptor: int) -> Said:
    """What `send_said` sent; the record stays JSON."""
    head = json.loads(receive(descriptor))
    return Said(record=receive(descriptor) or None, **head)


# ---- jobs -----------------------------------------------------------------------------------


def job_json(job: Job) -> bytes:
    """The job as JSON; its cells in base 64, since JSON makes one character of two halves that meet."""
    submission = job.submission
    modules = {name: [_written(cell) for cell in cells] for name, cells in submission.modules.items()}
    told = vars(job) | {"submission": vars(submission) | {"modules": modules}}
    return json.dumps(told).encode()


def job_from(told: Any) -> Job:
    """What `job_json` wrote, once it has been parsed."""
    submission = told["submission"]
    modules = {name: tuple(map(_cell, cells)) for name, cells in submission["modules"].items()}
    submission |= {"modules": modules, "remarks": tuple(submission["remarks"])}
    return Job(told["hand_in"], Submission(**submission), tuple(told["problems"]))


def jobs_packed(jobs: Iterable[Job]) -> bytes:
    """Some jobs."""
    return zlib.compress(b"[" + b",".join(map(job_json, jobs)) + b"]", FAST)


def jobs_from(data: bytes) -> list[Job]:
    """What `jobs_packed` wrote."""
    return [job_from(told) for told in json.loads(zlib.decompress(data))]


def _written(cell: Cell) -> dict[str, str]:
    data = cell if isinstance(cell, bytes) else cell.encode("utf-8", "surrogatepass")
    return {type(cell).__name__: base64.b64encode(data).decode()}


def _cell(told: dict[str, str]) -> Cell:
    ((kind, text),) = told.items()
    data = base64.b64decode(text)
    return data if kind == "bytes" else data.decode("utf-8", "surrogatepass")


# ---- answers --------------------------------------------------------------------------------


def answers_packed(where: str, said: Iterable[tuple[Job, Said]], refused: str = "") -> bytes:
    """`Answers`, in which the records are the JSON that came from the lanes."""
    answers = b",".join(_answer_json(job, word) for job, word in said)
    head = json.dumps({"where": repaired(where), "refused": repaired(refused)}).encode()
    return zlib.compress(head[:-1] + b', "answers": [' + answers + b"]}", FAST)


def answers_from(data: bytes, hand_ins: int) -> Answers:
    """What `answers_packed` wrote, for at most so many hand-ins.

    Raises:
        ValueError: it is something else, or larger than they can be.
    """
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data, (hand_ins + 1) * MOST)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not unpacker.eof:
        raise ValueError("it is larger than it can be")
    return as_json.read(Answers, text)


def _answer_json(job: Job, said: Said) -> bytes:
    head = json.dumps({"hand_in": job.hand_in, "seconds": said.seconds, "fault": said.fault})
    return head[:-1].encode() + b', "record": ' + (said.record or b"null") + b"}"
