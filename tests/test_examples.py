"""Every hand-in of submissions_example gets exactly the verdicts that its expected.toml names."""

from pathlib import Path

import pytest

from grader.grade import grade
from grader.proving import examples
from grader.record import from_json, to_json
from grader.submission import read_submission

EXAMPLES = Path(__file__).parents[1] / "submissions_example"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/expected.toml"))


def test_there_are_enough_examples_and_none_lacks_its_expectation(assignment):
    assert len(NAMES) >= 16
    assert [folder.name for folder in examples.folders(assignment)] == NAMES
    assert examples.unexpected(assignment) == ()


@pytest.mark.parametrize("name", NAMES)
def test_example(name, assignment, key, server):
    record = grade(assignment, key, read_submission(EXAMPLES / name, "hw2"), server)

    expected = examples.read(assignment, EXAMPLES / name)
    assert list(examples.deviations(expected, record, name)) == []
    assert from_json(to_json(record)) == record
