"""The folder that a run leaves: tables for platforms and people, a page for every student, the dashboard.

Every file is written whole or not at all, and written anew by each run; the store beside them keeps the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from grader import atomic
from grader.batch.gradebook import Gradebook
from grader.batch.grades.store import Store, record_of
from grader.batch.plan import Plan
from grader.batch.similar.similarity import Compared
from grader.diagnose import hint
from grader.faults import Fault, missing
from grader.record import Record
from grader.report import similar
from grader.report.dashboard import dashboard
from grader.report.export import json_lines, parquet
from grader.report.feedback import is_stem, markdown, page
from grader.report.gradebook_csv import all_csv, canvas_csv, gradescope_csv
from grader.report.paste import complete
from grader.settings import Hints

DASHBOARD = "dashboard.html"
FEEDBACK = "feedback"
PARQUET = "results.parquet"
OURS = {"grades.csv", "gradescope.csv", "canvas.csv", "results.jsonl", PARQUET, similar.FILE, DASHBOARD}
ATTEMPTS = 1_000_000


@dataclass(frozen=True)
class Wanted:
    """What is asked for: how much students read of their mistakes; `compared` are hand-ins side by side."""

    hints: Hints
    anonymize: bool = False
    parquet: bool = False
    compared: Compared | None = None


def ready(*, parquet: bool) -> None:
    """See that what reports need is there, before hours of grading and not after them.

    Raises:
        Fault: it is not.
    """
    packages = {"altair": "altair", "vl_convert": "vl-convert-python"} | (
        {"pyarrow": "pyarrow"} if parquet else {}
    )
    lacking = [package for name, package in packages.items() if find_spec(name) is None]
    if lacking:
        raise Fault(missing(*lacking))


def write(folder: Path, store: Store, plan: Plan, gradebook: Gradebook, wanted: Wanted) -> None:
    """All reports of a run; what an earlier one left and this one does not make is removed.

    Whoever calls this has the folder alone.

    Raises:
        Fault: one cannot be written, or a package for the dashboard is missing.
    """
    for name, text in _tables(gradebook):
        atomic.write(folder / name, text.encode("utf-8"))
    pages = folder / FEEDBACK
    try:
        pages.mkdir(exist_ok=True)
        for name in (PARQUET, similar.FILE):
            (folder / name).unlink(missing_ok=True)
        for part in (*_parts(folder, OURS), *_parts(pages)):
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Fault(f"{error.filename} cannot be made or removed: {error.strerror}") from None
    for line in gradebook.lines:
        record = record_of(store, line.hand_in, plan) if line.hand_in else None
        record = record and _told(record, wanted.hints)
        atomic.write(pages / f"{line.page}.html", page(record, line, gradebook).encode("utf-8"))
        atomic.write(pages / f"{line.page}.md", markdown(record, line, gradebook).encode("utf-8"))
    _removed(pages, {line.page for line in gradebook.lines})
    if wanted.parquet:
        atomic.write(folder / PARQUET, parquet(gradebook))
    if wanted.compared:
        atomic.write(folder / similar.FILE, similar.page(gradebook, wanted.compared).encode("utf-8"))
    atomic.write(folder / DASHBOARD, dashboard(gradebook, anonymize=wanted.anonymize).encode("utf-8"))


def _removed(pages: Path, stems: Collection[str]) -> None:
    """Students' pages of earlier runs that are of none of these; a roster changes what somebody is called."""
    try:
        for path in pages.iterdir():
            if path.suffix in (".html", ".md") and is_stem(path.stem) and path.stem not in stems:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise Fault(f"{error.filename} cannot be removed: {error.strerror}") from None


def _parts(folder: Path, of: Collection[str] | None = None) -> list[Path]:
    """What runs that were killed have left of these files, or of any; nobody else writes here now."""
    found = ((path, atomic.PARTS.fullmatch(path.name)) for path in folder.iterdir())
    return [path for path, part in found if part and (of is None or part["name"] in of)]


def _told(record: Record, hints: Hints) -> Record:
    """With the mistakes that were found, for this grade is the last word, and inputs that can be pasted."""
    problems = [
        replace(each, student=replace(each.student, hint=hint(each.diagnosis, hints, ATTEMPTS)))
        for each in record.problems
    ]
    return complete(replace(record, problems=tuple(problems)))


def _tables(gradebook: Gradebook) -> Iterator[tuple[str, str]]:
    yield "grades.csv", all_csv(gradebook)
    yield "gradescope.csv", gradescope_csv(gradebook)
    yield "canvas.csv", canvas_csv(gradebook)
    yield "results.jsonl", "".join(json_lines(gradebook))
