"""How a suite is run against a hand-in, by pytest with the plugin and by gradescope-utils' own runner."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from suites import started

SAMPLES = Path(__file__).parent / "samples"
collect_ignore_glob = ["samples/*"]
RUNNER = """
import sys, unittest
from gradescope_utils.autograder_utils.files import check_submitted_files
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner
check_submitted_files.__defaults__ = (".",)
with open("theirs.json", "w") as stream:
    JSONTestRunner(stream=stream, visibility="visible").run(unittest.defaultTestLoader.discover("."))
"""


@pytest.fixture
def run(tmp_path):
    """Run tests against a hand-in: texts, or folders that are copied."""

    def ran(hand_in, tests, *options, name="hw2.py", beside=None, assignment=None):
        folder = tmp_path / "course"
        _put(tmp_path / "handed_in" / name, hand_in)
        _put(folder / "test_it.py", tests)
        for other, text in (beside or {}).items():
            _put(folder / other, text)
        if assignment:
            _put(folder / "assignment.toml", assignment)
        return started(tmp_path, "--submission", tmp_path / "handed_in" / name, *options)

    return ran


def _put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text) if isinstance(text, bytes) else path.write_text(dedent(text), encoding="utf-8")


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """One of the samples, run by us; each only once."""
    known = {}

    def ran(name):
        if name not in known:
            folder = tmp_path_factory.mktemp(name)
            shutil.copytree(SAMPLES / name, folder / "course", ignore=shutil.ignore_patterns("__pycache__"))
            for broken in (folder / "course").glob("*.txt"):
                broken.rename(broken.with_suffix(".py"))
            (folder / "in").mkdir()
            (module,) = (path for path in (folder / "course").glob("*.py") if "test_" not in path.name)
            module.rename(folder / "in" / module.name)
            known[name] = started(folder, "--submission", folder / "in" / module.name)
        return known[name]

    return ran


@pytest.fixture(scope="session")
def theirs(tmp_path_factory):
    """The file that gradescope-utils' own runner writes of a sample, with the hand-in beside the tests."""

    def ran(name):
        folder = tmp_path_factory.mktemp(name) / "course"
        shutil.copytree(SAMPLES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
        subprocess.run([sys.executable, "-c", RUNNER], cwd=folder, capture_output=True, check=True)
        return json.loads((folder / "theirs.json").read_text(encoding="utf-8"))

    return ran
