"""Who was late, by the times that the export has."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.exports.lateness import deadline, marked, moment
from grader.batch.roster import Entry, Export, Student
from grader.faults import Fault

NOON = datetime(2026, 3, 9, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-09 12:00:00.000000000 Z",
        "2026-03-09T12:00:00Z",
        "2026-03-09 12:00 UTC",
        "2026-03-09 13:00:00 +0100",
        "2026-03-09T04:00:00.000000-08:00",
        "2026-03-09 17:30:00 +05:30",
    ],
)
def test_one_moment_in_the_ways_that_platforms_write_it(text):
    assert moment(text) == NOON


def test_without_a_zone_it_is_local():
    assert moment("2026-03-09 12:00") == datetime(2026, 3, 9, 12).astimezone()


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_every_moment_in_every_zone_is_read_as_it_is_written(when, minutes):
    at = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment(f"{at:%Y-%m-%d %H:%M:%S.%f %z}") == at


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-02-31 12:00", "2026-03-09", "2026-03-09 25:00", "٢٠٢٦-03-09 12:00"]
)
def test_what_is_no_time_is_none(text):
    assert moment(text) is None
    with pytest.raises(Fault, match="write the deadline as 2026-03-08 23:59"):
        deadline(text)


def test_who_came_later_is_late_and_whose_time_is_not_known_is_told():
    times = ["2026-03-09 12:00:00 Z", "2026-03-09 12:00:00.000001 Z", "", ""]
    files = {"hw2.py": Path("hw2.py")}
    entries = tuple(
        Entry(f"e{n}", (Student(f"s{n}"),), files, handed_in=at, late=n == 3) for n, at in enumerate(times)
    )
    export = marked(Export("Gradescope", entries), NOON)
    assert [entry.late for entry in export.entries] == [False, True, False, True]
    assert export.notes == ("2 hand-ins have no time in the export: whether they were late is not known",)
