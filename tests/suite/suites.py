"""A run of pytest with the plugin, in a process of its own, and what it leaves."""

import json
import subprocess
import sys

from grader.gradescope.schema import Results


class Ran:
    """A run: what pytest said, and the file of results."""

    def __init__(self, done, out):
        self.code = done.returncode
        self.said = done.stdout + done.stderr
        self.text = out.read_text(encoding="utf-8") if out.exists() else ""

    @property
    def results(self):
        assert self.text, self.said
        return Results.model_validate(json.loads(self.text))

    @property
    def rows(self):
        """Every row as the file has it, by its name."""
        return {row["name"]: row for row in json.loads(self.text)["tests"]} if self.text else {}

    def points(self):
        """(score, maximum) of every row."""
        return {
            name.split(" ")[0]: (row.get("score"), row.get("max_score")) for name, row in self.rows.items()
        }


def started(folder, *options, tests="course"):
    """pytest in a process of its own."""
    out = folder / "out.json"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--results", out, *options, tests]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    return Ran(done, out)
