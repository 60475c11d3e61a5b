"""Equal to gradescope-utils' own runner, field by field, on what that gets right."""

import re

import pytest

PLACE = re.compile(r"\nin \w+\.py, line \d+\n$")


def compared(row):
    """A row without what we add: the place of an exception."""
    told = {key: value for key, value in row.items() if value is not None}
    return told | {"output": PLACE.sub("\n", told["output"])} if "output" in told else told


def counted(row):
    """Theirs has whole numbers where ours has doubles, and lists of tags alike."""
    return {key: float(value) if key in ("score", "max_score") else value for key, value in row.items()}


@pytest.mark.parametrize("name", ["calculator", "decorators"])
def test_every_field_of_every_row_is_the_same(name, sample, theirs):
    expected = {row["name"]: counted(row) for row in theirs(name)["tests"]}
    actual = {row: compared(fields) for row, fields in sample(name).rows.items()}

    assert len(expected) > 15
    assert actual.keys() == expected.keys()
    assert {row: (actual[row], expected[row]) for row in expected if actual[row] != expected[row]} == {}


@pytest.mark.parametrize("name", ["calculator", "decorators"])
def test_the_leaderboard_and_the_sum_are_the_same(name, sample, theirs):
    expected, actual = theirs(name), sample(name).results

    assert [(entry.name, entry.value, entry.order) for entry in actual.leaderboard] == [
        (entry["name"], entry["value"], entry["order"]) for entry in expected["leaderboard"]
    ]
    assert actual.score == pytest.approx(expected["score"])


def test_our_rows_are_not_all_alike(sample):
    rows = sample("calculator").rows.values()

    assert {row["status"] for row in rows} == {"passed", "failed"}
    assert len({row.get("score") for row in rows}) > 4
    assert sum("output" in row for row in rows) > 4
