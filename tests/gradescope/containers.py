"""The platform's folders, laid out anew for a test, and how to run what it runs there."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.gradescope.schema import Results

ROOT = Path(__file__).parents[2]
HIDDEN = "hidden"


@dataclass(frozen=True)
class Container:
    """`root` is what /autograder is there."""

    root: Path

    @property
    def assignment(self):
        return self.root / "source" / "assignment"

    @property
    def submission(self):
        return self.root / "submission"

    @property
    def path(self):
        return self.root / "results" / "results.json"

    def hand_in(self, source, name="hw2.py"):
        (self.submission / name).write_text(source, encoding="utf-8")

    def tell(self, metadata):
        text = metadata if isinstance(metadata, str) else json.dumps(metadata)
        (self.root / "submission_metadata.json").write_text(text, encoding="utf-8")

    def begin(self, **environment):
        """run_autograder, as the platform starts it."""
        return subprocess.Popen(
            ["./run_autograder"],
            cwd=self.root,
            env={"PATH": os.environ["PATH"], **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *, code=0, **environment):
        """Run to the end; returns the result and what was printed."""
        process = self.begin(**environment)
        said, _ = process.communicate(timeout=100)
        assert process.returncode == code, said
        return self.results(), said

    def results(self):
        return Results.model_validate_json(self.path.read_bytes())


def container(folder, assignment=ROOT):
    """A container with an assignment and no submission yet."""
    made = Container(folder)
    made.assignment.mkdir(parents=True)
    made.submission.mkdir()
    for name in ("problems", "reference"):
        shutil.copytree(
            assignment / name, made.assignment / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(assignment / "assignment.toml", made.assignment)
    shutil.copy(ROOT / "grader" / "gradescope" / "container" / "run_autograder", folder)
    (folder / "venv").symlink_to(sys.prefix)
    return made


def texts(results):
    """What students can read of a result."""
    rows = [row for row in results.tests if row.visibility != HIDDEN]
    return "\n".join([results.output or "", *[f"{row.name}\n{row.output}" for row in rows]])
