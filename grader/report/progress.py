"""How far a batch is: a bar on a terminal, a plain line now and then elsewhere, lines of JSON, or nothing.

There is no thread: what is shown changes when a hand-in is done, for lanes are forked from this process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Literal, TextIO

OFTEN = 0.1  # seconds between two states of the bar
LAST = 20  # hand-ins; of the last ones each is told: they may be slow, and nothing comes after them
FEW = 3  # of lines, that stay on the screen
SELDOM = 10.0  # and between two lines, unless
STEPS = 20  # one of so many has been done


@dataclass(frozen=True)
class Tally:
    """Hand-ins: all of them, those done in an earlier run, those done now, and what became of these."""

    total: int
    cached: int = 0
    done: int = 0
    timed_out: int = 0
    failed: int = 0


Told = Callable[[Tally], None]
Kind = Literal["bar", "lines", "json", "none"]


@contextmanager
def progress(kind: Kind, stream: TextIO | None = None) -> Iterator[Told]:
    """Whoever grades tells how far it is; JSON goes to the stream."""
    if kind == "json" and stream:
        yield _json(stream)
        return
    shown = {"bar": _bar, "lines": _lines}.get(kind, _nothing)
    with shown() as told:
        yield told


def fitting(*, quiet: bool) -> Kind:
    """What this process's stderr can show."""
    if quiet or not sys.stderr:
        return "none"
    return "bar" if sys.stderr.isatty() else "lines"


def line(tally: Tally, seconds: float) -> str:
    """`120 of 600 hand-ins, 35 a second, 14 s to go; 2 timed out, 1 not graded, 80 from earlier`."""
    rest = tally.total - tally.cached - tally.done
    rate = tally.done / seconds if seconds else 0.0
    words = [f"{tally.cached + tally.done} of {tally.total} hand-ins"]
    words += [f"{rate:.3g} a second"] if tally.done else []
    words += [f"{duration(rest / rate)} to go"] if tally.done and rest else []
    counts = (tally.timed_out, "timed out"), (tally.failed, "not graded"), (tally.cached, "from earlier")
    notes = [f"{count} {what}" for count, what in counts if count]
    return "; ".join(filter(None, [", ".join(words), ", ".join(notes)]))


def duration(seconds: float) -> str:
    """As a person reads it: 14 s, 3 min 5 s, 2 h 10 min."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"


def _near_the_end(tally: Tally, few: int = LAST) -> bool:
    return tally.cached + tally.done >= tally.total - few


@contextmanager
def _nothing() -> Iterator[Told]:
    yield lambda _tally: None


def _json(stream: TextIO) -> Told:
    """A line a second, and one when all is done."""
    start = last = monotonic()
    said: Tally | None = None

    def told(tally: Tally) -> None:
        nonlocal last, said
        now = monotonic()
        if tally != said and (now - last >= 1.0 or _near_the_end(tally)):
            last, said = now, tally
            told = {"event": "progress", **asdict(tally), "seconds": round(now - start, 3)}
            print(json.dumps(told), file=stream, flush=True)

    return told


@contextmanager
def _lines() -> Iterator[Told]:
    start = last = monotonic()
    shown = 0

    def told(tally: Tally) -> None:
        nonlocal last, shown
        now, step = monotonic(), STEPS * (tally.cached + tally.done) // max(1, tally.total)
        if now - last >= SELDOM or step > shown or _near_the_end(tally, few=FEW):
            last, shown = now, step
            print(line(tally, now - start), file=sys.stderr, flush=True)

    yield told


@contextmanager
def _bar() -> Iterator[Told]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.fields[says]}")
    console = Console(stderr=True)
    start, last = monotonic(), 0.0
    with Progress(*columns, console=console, auto_refresh=False, transient=True) as shown:
        task = shown.add_task("", total=None, says="")

        def told(tally: Tally) -> None:
            nonlocal last
            now, done = monotonic(), tally.cached + tally.done
            if now - last < OFTEN and not _near_the_end(tally):
                return
            last = now
            says = line(tally, now - start)
            shown.update(task, total=tally.total, completed=done, says=says, refresh=True)

        yield told
