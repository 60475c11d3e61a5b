"""The students' package: an allow-list, each entry made from the public half. What is not named here stays.

The same sources make the same bytes. `grader.leaks` looks at all of them before a file is written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from grader import archive, atomic, files, wheel
from grader.assignment import Assignment, load_assignment
from grader.faults import Fault
from grader.leaks import refuse_leaks
from grader.page import page
from grader.selfcheck import measured_key
from grader.settings import SETTINGS_FILE, Settings
from grader.starter import notebook, starter
from grader.statement import INTRODUCTION, statement

TAKEN = ("grader", "problems")


def hand_out(assignment: Assignment, out: Path) -> tuple[str, ...]:
    """Write the package, in place of one that may be there; returns the names of what it holds.

    Raises:
        Fault: it is no .zip, cannot be written, or would hold a secret.
    """
    if out.suffix.lower() != ".zip":
        raise Fault(f"{out} is no .zip, and the package is one; name it {out.with_suffix('.zip').name}")
    if assignment.settings.file in TAKEN:
        raise Fault(f'{SETTINGS_FILE}: file = "{assignment.settings.file}" would hide a folder or the grader')
    members = package(assignment)
    refuse_leaks(assignment, members)
    _refuse_what_cannot_be_checked(members)
    folder = assignment.settings.file
    atomic.write(out, archive.zipped({f"{folder}/{name}": data for name, data in members.items()}))
    return tuple(sorted(f"{folder}/{name}" for name in members))


def _refuse_what_cannot_be_checked(members: Mapping[str, bytes]) -> None:
    """Make every key in a folder that has nothing but the package: a problem may need a file that stays here.

    Raises:
        Fault: a problem cannot be checked there.
    """
    with TemporaryDirectory() as folder:
        for name, data in members.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        try:
            for problem in load_assignment(Path(folder)).problems:
                measured_key(problem)
        except Fault as fault:
            says = str(fault).replace(f"{folder}/", "")
            raise Fault(
                f"students could not check it: {says}; the package has problems/ and no more"
            ) from None


def package(assignment: Assignment) -> dict[str, bytes]:
    """Every file of the package, by its name in the one folder that it unpacks to.

    Raises:
        Fault: one of them cannot be made.
    """
    settings = assignment.settings
    words = statement(assignment)
    texts = {
        "README.md": _readme(settings),
        "statement.md": words,
        "statement.html": page(words),
        f"{settings.file}.py": starter(assignment),
        f"{settings.file}.ipynb": notebook(assignment),
        SETTINGS_FILE: _toml(settings),
    }
    problems = assignment.folder / "problems"
    public = [problems / f"{topic}.py" for topic in settings.topics]
    if (problems / INTRODUCTION).exists():
        public.append(problems / INTRODUCTION)
    texts |= {f"problems/{path.name}": files.read(path) for path in public}
    return {name: text.encode() for name, text in texts.items()} | {wheel.NAME: wheel.wheel()}


def _readme(settings: Settings) -> str:
    file, name = settings.file, wheel.NAME
    lines = (
        f"Install (Python 3.10 or newer), once, in a terminal in this folder: `python3 -m venv .venv`, then "
        "`. .venv/bin/activate` (on Windows `.venv\\Scripts\\activate`; again in every new terminal), then "
        f'`python -m pip install "./{name}[student]"`.',
        f"Check as often as you like while you complete `{file}.py` or `{file}.ipynb` as `statement.html` "
        f"asks: `python -m grader check {file}.py`; in the notebook its last cell does it.",
        f"Hand in `{file}.py` or `{file}.ipynb`, that file alone.",
    )
    return "".join(f"{number}. {line}\n" for number, line in enumerate(lines, start=1))


def _toml(settings: Settings) -> str:
    """The settings written anew, without the author's comments and what only grading needs."""
    top = [f"{name} = {_value(getattr(settings, name))}" for name in ("title", "file", "points", "topics")]
    for table in ("limits", "policies"):
        record = getattr(settings, table)
        top += ["", f"[{table}]", *(f"{f.name} = {_value(getattr(record, f.name))}" for f in fields(record))]
    return "\n".join(top) + "\n"


def _value(value: str | float | Decimal | tuple[str, ...]) -> str:
    """In TOML: its texts are JSON's, but for DEL."""
    if isinstance(value, (str, tuple)):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)
