"""A student's own run: which file and which functions, checked now and again whenever the file is saved.

Nothing here knows a reference. What cannot be done is told in one sentence, with what to do instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

from grader.assignment import SETTINGS_FILE, Assignment, Problem, find_assignment, load_assignment, select
from grader.faults import Fault
from grader.grade import check
from grader.key import Key
from grader.record import ProblemRecord
from grader.remainder import Remainders
from grader.report.check import closed, opened
from grader.sandbox.session import Session
from grader.sandbox.spawner import Spawner
from grader.selfcheck import home_key
from grader.submission import read_submission

WATCHER = "--watch needs watchfiles, which is not installed: run `pip install watchfiles`"

Pictured = tuple[ProblemRecord, Remainders | None]


@dataclass(frozen=True)
class Request:
    """What a student wants checked. `every` is whether functions were named; `remark` says why this file."""

    assignment: Assignment
    path: Path
    key_of: Callable[[Problem], Key]
    every: bool = False
    remark: str = ""


def requested(words: Sequence[str], folder: Path | None) -> Request:
    """What `[FILE] [PROBLEM]...` means, in the assignment's folder if it is named.

    Raises:
        Fault: there is no assignment, no file or no function of that name.
    """
    path = Path(words[0]) if words else None
    assignment = load_assignment(
        folder or assignment_near(Path(), *([path.absolute().parent] if path else []))
    )
    names = [problem.name for problem in assignment.problems]
    if path and (words[0] in names or (words[0].isidentifier() and not path.exists())):
        path = None
    if path and not path.exists():
        raise Fault(
            f"there is no file {path}: go to its folder, or give its path, such as Downloads/{path.name}"
        )
    only = tuple(words[1:] if path else words)
    asked = with_names(assignment, only)
    path, remark = (path, "") if path else _own_file(assignment)
    keys: dict[str, Key] = {}

    def key_of(problem: Problem) -> Key:
        if problem.name not in keys:
            keys[problem.name] = home_key(problem)
        return keys[problem.name]

    return Request(asked, path, key_of, bool(only), remark)


def assignment_near(*starts: Path) -> Path:
    """The homework's folder: one of these, or the nearest above it.

    Raises:
        Fault: there is none.
    """
    for start in starts:
        try:
            return find_assignment(start)
        except Fault:
            continue
    raise Fault(
        f"there is no {SETTINGS_FILE} in {starts[0].absolute()} or above it: go to the homework's folder, "
        "the one with problems/ in it, or name it with --assignment DIR"
    )


def with_names(assignment: Assignment, only: Sequence[str]) -> Assignment:
    """The functions that are named, all where none is.

    Raises:
        Fault: the homework does not ask for one of them.
    """
    names = [problem.name for problem in assignment.problems]
    for name in only:
        if name not in names:
            raise Fault(_unknown(name, names))
    return select(assignment, tuple(only))


def _unknown(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, n=1) or get_close_matches(name.lower(), names, n=1)
    says = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    return f"there is no function {name} in this homework: {says}"


def _own_file(assignment: Assignment) -> tuple[Path, str]:
    """The file where none is named, and what is to be said of the choice: of two, the one saved last."""
    names = [f"{assignment.settings.file}{suffix}" for suffix in (".py", ".ipynb")]
    for folder in (Path(), assignment.folder):
        there = [folder / name for name in names if (folder / name).is_file()]
        if there:
            last = max(there, key=lambda path: path.stat().st_mtime)
            other = next((path.name for path in there if path != last), "")
            return last, f"{last.name} was checked, not {other}: it was saved last" if other else ""
    raise Fault(
        f"there is no {names[0]} or {names[1]} in {Path.cwd()}: go to the folder that holds yours, or name "
        f"it, such as `grader check Downloads/{names[0]}`"
    )


def checked(request: Request, spawner: Spawner, stream: TextIO, *, pictures: bool = False) -> list[Pictured]:
    """Check the file as it is now, and print every function's row as soon as it is known.

    Raises:
        Fault: the file cannot be read, or the student's process did not start.
    """
    assignment, seen = request.assignment, []
    submission = read_submission(request.path, assignment.settings.file)
    if request.remark:
        submission = replace(submission, remarks=(request.remark, *submission.remarks))
    show = opened(stream, f"{assignment.settings.title}: {submission.name}", assignment.problems)

    def told(record: ProblemRecord, remainders: Remainders | None) -> None:
        show(record)
        seen.append((record, remainders))

    with Session(submission, assignment.settings.limits, spawner) as session:
        record = check(assignment, request.key_of, session, told, pictures=pictures)
    closed(stream, record, every=request.every)
    return seen


def whenever_saved(path: Path, again: Callable[[], None]) -> None:
    """Call `again` when the file, or one that it may import, is saved; until Ctrl-C.

    Raises:
        Fault: the watcher is not installed.
    """
    try:
        from watchfiles import PythonFilter, watch
    except ImportError:
        raise Fault(WATCHER) from None
    folder = path if path.is_dir() else path.absolute().parent
    for _ in watch(folder, watch_filter=PythonFilter(extra_extensions=(".ipynb",)), raise_interrupt=False):
        again()
