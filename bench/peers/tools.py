"""The tools that are compared, each set up the way its documentation shows, on the same job.

A tool grades in a folder of its own: `submission/hw2.py` goes in, `results/results.json` comes out, and one
command leads from one to the other. Nothing here runs a hand-in.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
JOB = HERE / "job"
CONTAINER = ROOT / "grader" / "gradescope" / "container"
UTILS, OTTER, OURS = "gradescope-utils", "otter-grader", "grader"
REQUIRED = {
    UTILS: ("gradescope-utils==0.5.*", "numpy"),
    OTTER: ("otter-grader[grading]==7.*", "numpy"),
}
COPIED = """#!/usr/bin/env bash
cp {root}/submission/hw2.py {root}/source/hw2.py
cd {root}/source
{python} run_tests.py
"""
LOOP = """for folder in {students}/*; do
    cp "$folder/hw2.py" {root}/submission/hw2.py
    {command}
    mv {root}/results/results.json {out}/"$(basename "$folder")".json
done
"""


@dataclass(frozen=True)
class Place:
    """Where a tool grades: its folder, and the environment that it is installed in."""

    tool: str
    root: Path
    environment: Path

    @property
    def results(self) -> Path:
        return self.root / "results" / "results.json"

    @property
    def assignment(self) -> Path:
        return self.root / "source" / "assignment"

    def program(self, name: str) -> str:
        return str(self.environment / "bin" / name)

    @property
    def command(self) -> list[str]:
        """Grades the one hand-in."""
        if self.tool == OTTER:
            bundle, out = self.root / "autograder.zip", self.root / "results"
            run = [self.program("otter"), "run", "--no-logo", "-a", str(bundle), "-o", str(out)]
            return [*run, str(self.root / "submission" / "hw2.py")]
        return [str(self.root / "run_autograder")]

    def hand_in(self, source: str) -> None:
        """In place of the hand-in and the result before."""
        self.results.unlink(missing_ok=True)
        (self.root / "submission" / "hw2.py").write_text(source, encoding="utf-8")

    def class_command(self, students: Path, out: Path, lanes: int) -> list[str]:
        """Grades a folder of hand-ins: a loop where the tool has no other way on one machine."""
        if self.tool == OURS:
            where = ["--assignment", str(self.assignment), "-o", str(out)]
            return [self.program("grader"), "batch", str(students), *where, "-j", str(lanes), "--quiet"]
        out.mkdir()
        told = LOOP.format(students=students, root=self.root, command=" ".join(self.command), out=out)
        return ["bash", "-c", told]


def furnished(place: Place) -> Place:
    """The place with the job in it."""
    for name in ("submission", "results"):
        (place.root / name).mkdir(parents=True)
    {UTILS: _utils, OTTER: _otter, OURS: _ours}[place.tool](place)
    return place


def _utils(place: Place) -> None:
    """Its set-up for Gradescope: copy the hand-in beside the tests, and run them."""
    source = place.root / "source"
    shutil.copytree(JOB / "suite", source)
    path = source / "run_tests.py"
    path.write_text(path.read_text().replace("/autograder", str(place.root)))
    shutil.copy(JOB / "reference" / "regression.py", source / "reference.py")
    shutil.copy(JOB / "inputs.py", source)
    _script(place, COPIED.format(root=place.root, python=place.program("python")))


def _ours(place: Place) -> None:
    """A container of ours, as the bundle unpacks to and setup.sh leaves it."""
    for name in ("problems", "reference"):
        shutil.copytree(JOB / name, place.assignment / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(JOB / "assignment.toml", place.assignment)
    (place.root / "venv").symlink_to(place.environment)
    _script(place, (CONTAINER / "run_autograder").read_text())


def _otter(place: Place) -> None:
    """What `otter generate` takes: questions, and a package; it refuses a second script."""
    shutil.copytree(JOB / "questions", place.root / "tests")
    support = place.root / "support"
    support.mkdir()
    (support / "__init__.py").touch()
    shutil.copy(JOB / "reference" / "regression.py", support / "reference.py")
    shutil.copy(JOB / "inputs.py", support)


def generated(place: Place) -> list[str]:
    """The command that makes otter's zip, in the place's folder."""
    return [place.program("otter"), "generate", "-t", "tests", "-o", "autograder.zip", "support"]


def _script(place: Place, text: str) -> None:
    path = place.root / "run_autograder"
    path.write_text(text)
    path.chmod(0o755)


def plain(scratch: Path) -> dict[str, str]:
    """The environment that tools run in: ours without Python's variables, and scratch for what they leave."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"TMPDIR": str(scratch)}
