"""What the platforms' tests share: records, what each platform documents, and how strictly it is read."""

import json
from pathlib import Path

import pytest

from grader.grade import grade
from grader.submission import read_submission

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


@pytest.fixture(scope="session")
def record(assignment, key, server):
    """Eleven of twenty functions are right, 45 of 100 points."""
    folder = assignment.folder / "submissions_example" / "wrong_lecture_slips"
    return grade(assignment, key, read_submission(folder, "hw2"), server)


@pytest.fixture(scope="session")
def without_source(assignment, key, server, tmp_path_factory):
    path = tmp_path_factory.mktemp("handed_in") / "picture.zip"
    path.write_bytes(b"no zip")
    return grade(assignment, key, read_submission(path, "hw2"), server)


@pytest.fixture(scope="session")
def sample():
    def read(name: str) -> str:
        path = SAMPLES / name
        if not path.is_file():
            pytest.skip(f"there is no {path}: the shared samples are not beside this repository")
        return path.read_text(encoding="utf-8")

    return read


@pytest.fixture(scope="session")
def strictly():
    """Read what is nothing but JSON."""

    def refuse(constant: str):
        raise ValueError(f"{constant} is no JSON")

    return lambda text: json.loads(text, parse_constant=refuse)
