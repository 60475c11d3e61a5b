"""Every hand-in of submissions_example gets exactly the verdicts that its expected.toml names."""

from decimal import Decimal
from pathlib import Path

import pytest

from grader.grade import grade
from grader.record import from_json, to_json
from grader.submission import read_submission

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

EXAMPLES = Path(__file__).parents[1] / "submissions_example"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/expected.toml"))


def test_there_are_enough_examples_and_none_lacks_its_expectation():
    assert len(NAMES) >= 16
    assert sorted(path.name for path in EXAMPLES.iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_example(name, assignment, key, server):
    expected = tomllib.loads((EXAMPLES / name / "expected.toml").read_text(encoding="utf-8"))
    record = grade(assignment, key, read_submission(EXAMPLES / name, "hw2"), server)

    actual = {problem.name: problem.verdict for problem in record.problems}
    verdicts = expected.get("verdicts", {})
    assert actual == {name: verdicts.get(name, expected["default"]) for name in actual}
    assert verdicts.keys() <= actual.keys()
    assert record.score == Decimal(str(expected["score"]))
    assert from_json(to_json(record)) == record
