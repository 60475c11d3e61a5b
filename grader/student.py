"""A student's own run: which file and which functions, checked now and again whenever the file is saved.

Nothing here knows a reference. What cannot be done is told in one sentence, with what to do instead.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

import click

from grader import atomic
from grader.assignment import Assignment, Problem, load_assignment, select
from grader.faults import Fault, missing
from grader.grade import check
from grader.key import Key
from grader.record import ProblemRecord
from grader.remainder import Remainders
from grader.report.check import closed, opened
from grader.sandbox.session import Session
from grader.sandbox.spawner import Spawner
from grader.selfcheck import key_at_home
from grader.settings import SETTINGS_FILE, find_assignment
from grader.submission import Submission, read_submission

HAND_INS = (".py", ".ipynb", ".zip")
GLANCE = 500  # milliseconds between looks at the file, for what was saved while it was checked
DEFINED = re.compile(r"^def (\w+)\(|^(\w+) *= *lambda", re.MULTILINE)


@dataclass(frozen=True)
class Request:
    """What a student wants checked: a file, and functions if some were named; `remark` says why this file."""

    assignment: Assignment
    path: Path
    names: tuple[str, ...]  # of all that the homework asks for
    named: bool = False
    remark: str = ""
    keys: dict[str, Key] = field(default_factory=dict, compare=False, repr=False)  # of one run, made once

    def key_of(self, problem: Problem) -> Key:
        """What the problem is checked with."""
        if problem.name not in self.keys:
            self.keys[problem.name] = key_at_home(problem)
        return self.keys[problem.name]


# ---- which file, which functions ------------------------------------------------------------


def requested(words: Sequence[str], folder: Path | None) -> Request:
    """What `[FILE] [PROBLEM]...` means, in the assignment's folder if it is named.

    Raises:
        Fault: there is no assignment, no file or no function of that name.
    """
    files = [word for word in words if _looks_like_a_file(word)]
    if len(files) > 1:
        raise Fault(f"{' and '.join(files)} are {len(files)} files: check one at a time")
    assignment = load_assignment(
        folder or assignment_near(*(Path(f).absolute().parent for f in files), Path())
    )
    only = [word for word in words if word not in (*files, assignment.settings.file)]
    path, remark = (_there(files[0]), "") if files else _own_file(assignment)
    names = tuple(problem.name for problem in assignment.problems)
    return Request(with_names(assignment, only), path, names, bool(only), remark)


def _looks_like_a_file(word: str) -> bool:
    path = Path(word)
    return (
        path.suffix.lower() in HAND_INS or len(path.parts) > 1 or (path.exists() and not word.isidentifier())
    )


def _there(file: str) -> Path:
    path = Path(file).expanduser()
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        says = f"there is no file {path}: go to its folder, or give its path, such as Downloads/{path.name}"
        raise Fault(says) from None
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror}; look at its name and its folder") from None
    if path.is_file() and path.suffix.lower() not in HAND_INS:
        raise Fault(f"{path} is no hand-in: name a .py, an .ipynb, a .zip or a folder, or leave it out")
    return path


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
    """The functions that are named, by name or by number such as 1.7 or 1; all where none is.

    Raises:
        Fault: the homework does not ask for one of them.
    """
    names = [name for word in only for name in _named(assignment, word)]
    return select(assignment, tuple(names))


def _named(assignment: Assignment, word: str) -> list[str]:
    problems = assignment.problems
    found = [p.name for p in problems if word in (p.name, p.number, p.number.partition(".")[0])]
    if not found:
        raise Fault(_unknown(word, [problem.name for problem in problems]))
    return found


def _unknown(word: str, names: Sequence[str]) -> str:
    same = [name for name in names if name.lower() == word.lower()]
    near = same or get_close_matches(word, names, n=1)
    says = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    return f"there is no function {word} in this homework: {says}"


def _own_file(assignment: Assignment) -> tuple[Path, str]:
    """The file where none is named, and what is to be said of the choice: of two, the one saved last."""
    names = [f"{assignment.settings.file}{suffix}" for suffix in (".py", ".ipynb")]
    for folder in (Path(), assignment.folder):
        there = [folder / name for name in names if (folder / name).is_file()]
        if there:
            last = max(there, key=lambda path: path.stat().st_mtime)
            other = next((path.name for path in there if path != last), "")
            return last, f"this is {last.name}; to check {other}, name it" if other else ""
    raise Fault(
        f"there is no {names[0]} or {names[1]} in {Path.cwd()}: go to the folder that holds yours, or name "
        f"it, such as `grader check Downloads/{names[0]}`"
    )


# ---- the check ------------------------------------------------------------------------------


def checked(
    request: Request, spawner: Spawner, stream: TextIO, picture: Path | None = None, command: str = "grader"
) -> None:
    """Check the file as it is now, and print every function's row as soon as it is known.

    Args:
        picture: where to draw what the answers leave of their functions' changes, .html or .png.
        command: how the student calls this program.

    Raises:
        Fault: the file cannot be read, the picture not be drawn, or the student's process did not start.
    """
    assignment, seen = request.assignment, []
    submission = read_submission(request.path, assignment.settings.file)
    if submission.fault:
        raise Fault(submission.fault)
    remarks = (*([request.remark] if request.remark else []), *_misspelt(request, submission))
    submission = replace(submission, remarks=(*remarks, *submission.remarks))
    show = opened(stream, f"{assignment.settings.title}: {submission.name}", assignment.problems)

    def told(record: ProblemRecord, remainders: Remainders | None) -> None:
        show(record)
        seen.append((record, remainders))

    with Session(submission, assignment.settings.limits, spawner) as session:
        record = check(assignment, request.key_of, session, told, pictures=picture is not None)
    again = f"{command} check {shlex.quote(str(request.path))}"
    closed(stream, record, every=request.named, again=again, source=_source(request))
    if picture:
        _draw(picture, assignment.settings.title, seen)


def _source(request: Request) -> str:
    """How Python gets a function of the file, as a line with a place for its name; a notebook has it."""
    path, stem = request.path, request.path.stem
    if path.suffix != ".py":
        return ""
    own = path.absolute().parent == request.assignment.folder.absolute() and stem.isidentifier()
    if own and stem not in (*sys.stdlib_module_names, "numpy"):
        return f"from {stem} import {{0}}"
    return f"from runpy import run_path; {{0}} = run_path({str(path)!r})[{{0!r}}]"


def _misspelt(request: Request, submission: Submission) -> Iterator[str]:
    """Functions that are not asked for and nearly have the name of one that is and is not there."""
    cells = submission.modules[submission.main]
    text = "\n".join(c if isinstance(c, str) else c.decode("utf-8", "replace") for c in cells)
    defined = {first or second for first, second in DEFINED.findall(text)}
    others = defined - set(request.names)
    for name in (problem.name for problem in request.assignment.problems if problem.name not in defined):
        if near := get_close_matches(name, others, n=1, cutoff=0.8):
            yield f"{submission.label} defines {near[0]}: did you mean {name}?"


def _draw(path: Path, title: str, seen: Sequence[tuple[ProblemRecord, Remainders | None]]) -> None:
    from grader.report import pictures, taylor

    if path.suffix == ".html":
        entries = [
            pictures.Entry(r.name, r.verdict, r.student.sentence, remainders) for r, remainders in seen
        ]
        data = pictures.page(title, entries).encode()
    else:
        data = taylor.png([remainders for _, remainders in seen if remainders])
    atomic.write(path, data)
    click.echo(f"wrote {path}", err=True)


# ---- again ----------------------------------------------------------------------------------


def whenever_saved(path: Path, run: Callable[[], None]) -> None:
    """Call `run` now, and whenever the file or one beside it is saved; until Ctrl-C.

    What was saved may be half a file, or gone for a moment: that is told, and the next one awaited.

    Raises:
        Fault: the watcher is not installed.
    """
    try:
        from watchfiles import PythonFilter, watch
    except ImportError:
        raise Fault(missing("watchfiles")) from None
    folder, last = path if path.is_dir() else path.absolute().parent, _saved(path)
    changes = watch(
        folder,
        watch_filter=PythonFilter(extra_extensions=(".ipynb",)),
        rust_timeout=GLANCE,
        yield_on_timeout=True,
        recursive=path.is_dir(),
    )
    try:
        _told(run)
        click.echo(f"watching {folder}; Ctrl-C ends it", err=True)
        for change in changes:
            if change or _saved(path) != last:
                last = _saved(path)
                click.echo(click.style(f"\n{datetime.now():%H:%M:%S} saved", dim=True), err=True)
                _told(run)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)


def _told(run: Callable[[], None]) -> None:
    try:
        run()
    except Fault as fault:
        click.echo(f"grader: {fault}", err=True)


def _saved(path: Path) -> int | None:
    """When, if it is there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
