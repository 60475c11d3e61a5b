"""`grader batch`: an export in, a folder of reports out, and beside them a store of what was graded."""

from __future__ import annotations

import json
import platform
import shlex
import sys
from collections.abc import Iterator, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import TextIO

import numpy as np

from grader import __version__
from grader.assignment import Assignment
from grader.batch import book, folder, gradebook
from grader.batch.engine import in_lanes
from grader.batch.exports.intake import read_export, selected
from grader.batch.exports.lateness import deadline, marked
from grader.batch.gradebook import Gradebook, Line
from grader.batch.grades.filesystem import STORE
from grader.batch.grades.runs import last_run, titles
from grader.batch.grades.store import Store, opened
from grader.batch.hand_ins import Taken, again, taken
from grader.batch.held import held, room
from grader.batch.roster import Export
from grader.batch.run import Circumstances, Finished, run
from grader.batch.similar.similarity import Compared, compare
from grader.faults import Fault
from grader.report import intake
from grader.report.escape import cell
from grader.report.gradebook_csv import canvas_column
from grader.report.mistakes import frequent
from grader.report.progress import Kind, duration, fitting, progress
from grader.report.text import number
from grader.settings import Hints
from grader.submission import Submission

THEN = {
    "Gradescope": "the table is {}/gradescope.csv, for Gradescope imports none",
    "Canvas": "import {}/canvas.csv",
    "Moodle": "import {}/grades.csv",
}


@dataclass(frozen=True)
class _Began:
    at: datetime
    clock: float


@dataclass(frozen=True)
class Shard:
    """The `number`-th of `of` parts of a class, from 1; which one a hand-in is in its digest says."""

    number: int
    of: int

    def has(self, digest: str) -> bool:
        """Whether that hand-in is in it."""
        return int(digest[:16], 16) % self.of == self.number - 1


@dataclass(frozen=True)
class Request:
    """What the command line says. `out` is the folder of reports; `command` goes on with a stopped run."""

    export: Path
    out: Path
    circumstances: Circumstances
    roster: Path | None = None
    platform: str | None = None
    due: str = ""
    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    everything: bool = False
    dry_run: bool = False
    anonymize: bool = False
    parquet: bool = False
    shard: Shard | None = None
    similar: bool = False
    hints: bool = True
    quiet: bool = False
    as_json: bool = False

    @property
    def command(self) -> str:
        return shlex.join(["grader", "batch", *self.circumstances.arguments])


def batch(assignment: Assignment, request: Request, stream: TextIO) -> Finished | None:
    """Grade a whole export; None for a dry run.

    Raises:
        Fault: the export, the store or the folder cannot be used, or nothing may be graded here.
    """
    began = _Began(datetime.now().astimezone(), perf_counter())
    if not (request.dry_run or request.shard):
        folder.ready(parquet=request.parquet)
    with room() as empty:
        due = deadline(request.due) if request.due else None
        export = read_export(request.export, empty, request.roster, request.platform, request.out)
        export = export if due is None else marked(export, due)
        chosen = selected(export, request.only, request.skip)  # before anything is read: a word may be wrong
        all_of_it = taken(export, assignment.settings.file)
        digests = _digests(all_of_it, chosen, request.shard)
        if not request.quiet:
            _tell(all_of_it, digests, request, sys.stderr if request.as_json else stream)
        if request.dry_run:
            return None
        return _graded(assignment, request, all_of_it, digests, began, stream)


def _digests(taken: Taken, chosen: Export, shard: Shard | None) -> Set[str]:
    """Of the hand-ins that are to be graded."""
    digests = {taken.digests[entry.id] for entry in chosen.entries} - {""}
    return {each for each in digests if shard is None or shard.has(each)}


def _tell(taken: Taken, digests: Set[str], request: Request, stream: TextIO) -> None:
    """What was found, before anything runs."""
    intake.write(taken.export, stream, everything=request.everything)
    if len(digests) < len(taken.by_digest):
        print(f"chosen: {len(digests)} of {len(taken.by_digest)} different hand-ins", file=stream)
    stream.flush()


def _graded(
    assignment: Assignment, request: Request, taken: Taken, digests: Set[str], began: _Began, stream: TextIO
) -> Finished:
    try:
        request.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Fault(f"{request.out} cannot be made: {error.strerror}; name another folder with -o") from None
    with opened(request.out / STORE) as store, ExitStack() as reporting:
        _see_that_the_tables_are_its(assignment, request, store)
        kind: Kind = "json" if request.as_json else fitting(quiet=request.quiet)
        with progress(kind, stream) as told:
            finished = run(store, assignment, taken, digests, request.circumstances, told)
        if request.shard:
            said = _of_a_shard(finished, request, request.shard)
        else:
            reporting.enter_context(held(request.out))  # what is in the folder is one run's
            how = _circumstances(request, finished, began)
            found = book.gradebook(store, finished.number, assignment, taken, digests, how)
            compared = _compared(assignment, taken) if request.similar and not finished.stopped else None
            if compared:
                found = book.with_similar(found, taken, compared)
            hints = assignment.settings.hints if request.hints else Hints(None, None)
            wanted = folder.Wanted(hints, request.anonymize, request.parquet, compared)
            folder.write(request.out, store, finished.plan, found, wanted)
            seconds = perf_counter() - began.clock
            said = list(_lines(found)) if request.as_json else summary(found, finished, request, seconds)
    for line in said:
        print(line, file=stream)
    return finished


def _see_that_the_tables_are_its(assignment: Assignment, request: Request, store: Store) -> None:
    """Tables are written anew by each run; another assignment's would be gone.

    Raises:
        Fault: the folder has them.
    """
    title = assignment.settings.title
    others = [known for known in titles(store) if known != title]
    has_tables = (request.out / "grades.csv").exists()
    if others and has_tables and not request.shard and last_run(store, title) is None:
        raise Fault(f"{request.out} has the tables of {', '.join(others)}: name another folder with -o")


def _circumstances(request: Request, finished: Finished, began: _Began) -> gradebook.Circumstances:
    return gradebook.Circumstances(
        started=began.at.isoformat(timespec="seconds"),
        seconds=perf_counter() - began.clock,
        lanes=request.circumstances.lanes if request.circumstances.engine is in_lanes else 0,
        isolation=finished.isolation or "as in earlier runs",
        grader=__version__,
        environment=f"Python {platform.python_version()}, numpy {np.__version__}, {platform.system()}",
    )


def _compared(assignment: Assignment, taken: Taken) -> Compared:
    entries, file = taken.by_digest, assignment.settings.file

    def source(digest: str) -> Submission:
        try:
            return again(entries[digest], digest, file)
        except Fault as fault:  # it was there when the run began
            return Submission(file, file, {file: ()}, fault=str(fault))

    return compare(entries, source, assignment)


def summary(found: Gradebook, finished: Finished, request: Request, seconds: float) -> list[str]:
    """The last lines that a teacher reads."""
    scored = sum(line.score is not None for line in found.lines)
    scores = [line.score for line in found.lines if line.counts and line.score is not None]
    told = [f"{scored} of {len(found.lines)} students have a score, after {duration(seconds)}."]
    if scores:
        mean = round(sum(scores, Decimal(0)) / len(scores), 1)
        others = f", without the {scored - len(scores)} with nothing to grade" if len(scores) < scored else ""
        told.append(f"The mean is {number(mean)} of {number(found.points)} points{others}.")
    often = frequent(found)[:3]
    told += ["The most frequent mistakes:"] * bool(often)
    told += [f"{len(mistake.students):>5} × {mistake.function}: {mistake.says}" for mistake in often]
    changes = [change for change in map(_change, found.lines) if change]
    if changes:
        lower = sum(change < 0 for change in changes)
        told.append(f"Scores that changed since the last run: {len(changes)}, lower now: {lower}.")
    if found.unsteady:
        told.append(f"{len(found.unsteady)} came out differently when graded again: see the dashboard.")
    told += _failed(found, finished, request)
    told += _not_yet(found, request)
    column = canvas_column(found.title)
    if column != cell(found.title):
        told.append(f"In canvas.csv the column is called {column}: Canvas has totals of its own so called.")
    if finished.stopped:
        told.append(f"Stopped. Go on with: {request.command}")
    then = THEN.get(found.platform, "the table is {}/grades.csv").format(request.out)
    when = " when all have a score" if then.startswith("import") and scored < len(found.lines) else ""
    told.append(f"Open {request.out / folder.DASHBOARD}; {then}{when}.")
    return told


def _failed(found: Gradebook, finished: Finished, request: Request) -> Iterator[str]:
    """Who could not be graded by no fault of theirs, by what helps."""
    failed = sum(line.status == "failed" for line in found.lines)
    lost = sum(line.status == "failed" and line.entry in finished.lost for line in found.lines)
    if lost:
        missing = f"{lost} {'is' if lost == 1 else 'are'} missing in the export, or damaged there"
        yield f"{missing}, by no fault of theirs: export it again, then type the same command."
    if failed > lost:
        command = "the same command" + ("" if request.circumstances.retry else " without --retry=none")
        yield f"{failed - lost} could not be graded, by no fault of theirs; {command} tries again."


def _not_yet(found: Gradebook, request: Request) -> Iterator[str]:
    """Whom nobody has tried to grade, by why: a blank in an import may clear an older score."""
    options = " and ".join(["--only"] * bool(request.only) + ["--skip"] * bool(request.skip))
    for reason, why in ((book.LEFT_OUT, f"left out by {options}"), (book.STOPPED, "not reached")):
        if count := sum(line.status == gradebook.NOT_YET and line.reason == reason for line in found.lines):
            told = f"{count} {'was' if count == 1 else 'were'} {why}"
            yield f"{told}: not graded yet, and blank in the tables."


def _change(line: Line) -> Decimal:
    """Of a score that there was and is."""
    return Decimal(0) if line.score is None or line.before is None else line.score - line.before


def _of_a_shard(finished: Finished, request: Request, shard: Shard) -> list[str]:
    tally, store = finished.tally, request.out / STORE
    done = tally.cached + tally.done - tally.failed
    told = [f"Shard {shard.number} of {shard.of}: {done} of {tally.total} hand-ins are graded in {store}."]
    if finished.stopped:
        return [*told, f"Stopped. Go on with: {request.command}"]
    then = "When all are done: grader db merge DIR SHARD... and, for the tables, grader batch EXPORT -o DIR"
    return [*told, then]


def _lines(found: Gradebook) -> Iterator[str]:
    """A line of JSON for every student, behind those on the progress."""
    for line in found.lines:
        score = None if line.score is None else float(line.score)
        told = {"event": "student", "student": line.student.id, "entry": line.entry, "status": line.status}
        yield json.dumps(told | {"score": score, "reason": line.reason, "cached": line.cached})
