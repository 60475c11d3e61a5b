"""What the tests share: the shipped assignment, its key, and how to grade a text."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from grader.assignment import load_assignment
from grader.grade import grade
from grader.key import make_key
from grader.reference import load_reference
from grader.sandbox import jail
from grader.submission import Submission

ROOT = Path(__file__).parents[1]


@pytest.fixture
def open_folder():
    """A folder that anybody can reach, which `tmp_path` is not."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def assignment():
    return load_assignment(ROOT)


@pytest.fixture(scope="session")
def reference(assignment):
    return load_reference(assignment)


@pytest.fixture(scope="session")
def key(assignment, reference):
    return make_key(assignment, reference)


@pytest.fixture(scope="session")
def server():
    """Where students' processes come from; one for all tests, as for a whole class."""
    with jail.started() as source:
        yield source


@pytest.fixture(scope="session")
def grade_text(assignment, key, server):
    """Grade source text as hw2.py; returns the record."""

    def graded(source: str | bytes, **limits):
        cell = source.encode() if isinstance(source, str) else source
        settings = replace(assignment.settings, limits=replace(assignment.settings.limits, **limits))
        submission = Submission("hw2.py", "hw2", {"hw2": (cell,)})
        return grade(replace(assignment, settings=settings), key, submission, server)

    return graded
