"""What lateness costs: to the second, in exact decimals, never more than was earned, in a true sentence."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.gradescope.late import Lateness, charged, lateness, percent, points
from grader.gradescope.schema import MAX_OUTPUT, Leader, Results, Test, to_json
from grader.settings import LatePolicy

DUE = datetime(2026, 3, 10, 23, 59, tzinfo=timezone(timedelta(hours=-7)))
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def policy(percent="0", free=0, cut_off=None) -> LatePolicy:
    return LatePolicy(free_days=free, percent_per_day=Decimal(percent), cut_off_days=cut_off)


def late(by: timedelta, rules: LatePolicy) -> Lateness | None:
    return lateness(DUE + by, DUE, rules)


def iso(text: str) -> datetime:
    return datetime.fromisoformat(text)


# ---- days ---------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [timedelta(0), -INSTANT, -DAY, -3000 * DAY])
def test_what_is_handed_in_when_it_is_due_is_in_time(by):
    assert late(by, policy("100", cut_off=0)) is None


@pytest.mark.parametrize(
    ("by", "days"),
    [
        (INSTANT, 1),
        (SECOND, 1),
        (DAY - INSTANT, 1),
        (DAY, 1),
        (DAY + INSTANT, 2),
        (2 * DAY, 2),
        (2 * DAY + SECOND, 3),
        (365 * DAY, 365),
    ],
)
def test_a_day_counts_when_it_has_begun(by, days):
    assert late(by, policy()).days == days


@pytest.mark.parametrize(
    ("created", "due"),
    [(None, DUE), (DUE + DAY, None), (None, None)],
    ids=["no time", "no due date", "neither"],
)
def test_where_nobody_knows_nobody_is_late(created, due):
    assert lateness(created, due, policy("100", cut_off=0)) is None


@pytest.mark.parametrize(
    ("created", "due", "days"),
    [
        ("2026-03-08T23:59:00-07:00", "2026-03-07T23:59:00-08:00", 1),  # spring: 23 hours
        ("2026-03-09T00:59:00-07:00", "2026-03-07T23:59:00-08:00", 1),  # and here 24
        ("2026-03-09T00:59:01-07:00", "2026-03-07T23:59:00-08:00", 2),
        ("2026-11-01T23:59:00-08:00", "2026-10-31T23:59:00-07:00", 2),  # autumn: 25 hours
        ("2026-03-11T00:00:00+00:00", "2026-03-10T23:59:00-07:00", None),
        ("2026-03-11T07:00:00+00:00", "2026-03-10T23:59:00-07:00", 1),
        ("2026-03-11T12:44:00+05:45", "2026-03-10T23:59:00-07:00", None),
    ],
)
def test_days_are_of_24_hours_whatever_the_clocks_on_the_walls_do(created, due, days):
    actual = lateness(iso(created), iso(due), policy())

    assert (actual and actual.days) == days


@pytest.mark.parametrize("offset", [-23, 0, 23])
def test_the_ends_of_time_are_far_apart_and_no_more(offset):
    zone = timezone(timedelta(hours=offset))
    first, last = (end.replace(tzinfo=zone) for end in (datetime.min, datetime.max))
    actual = lateness(last, first, policy("10"))

    assert (actual.days, actual.share) == (3_652_059, 0)
    assert actual.sentence() == "Handed in 3652059 days late; each day costs 10 %, so the score is 0."
    assert lateness(first, last, policy("10")) is None


# ---- what it costs ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "rules", "share"),
    [
        (1, policy(), "1"),
        (99, policy(), "1"),
        (1, policy("10"), "0.9"),
        (3, policy("10"), "0.7"),
        (10, policy("10"), "0"),
        (11, policy("10"), "0"),
        (1, policy("100"), "0"),
        (2, policy("100"), "0"),
        (3, policy("33.3"), "0.001"),
        (4, policy("33.3"), "0"),
        (1, policy("12.5"), "0.875"),
        (2, policy("0.01"), "0.9998"),
        (1, policy("10", free=1), "1"),
        (2, policy("10", free=1), "0.9"),
        (2, policy("10", free=2), "1"),
        (2, policy("10", free=9), "1"),
        (1, policy("10", cut_off=0), "0"),
        (1, policy("10", cut_off=1), "0.9"),
        (2, policy("10", cut_off=1), "0"),
        (3, policy("10", free=1, cut_off=3), "0.8"),
        (4, policy("10", free=1, cut_off=3), "0"),
        (1, policy(cut_off=0), "0"),
        (3, policy(cut_off=3), "1"),
        (4, policy(cut_off=3), "0"),
        (2, policy("10", free=2, cut_off=2), "1"),
        (3, policy("10", free=2, cut_off=2), "0"),
    ],
)
def test_what_is_left_after_so_many_days(days, rules, share):
    assert late(days * DAY, rules).share == Decimal(share)


rules = st.builds(
    LatePolicy,
    free_days=st.integers(0, 1000),
    percent_per_day=st.decimals(0, 100, places=3),
    cut_off_days=st.none() | st.integers(0, 1000),
)
moments = st.datetimes(timezones=st.sampled_from([timezone.utc, timezone(timedelta(hours=-8)), DUE.tzinfo]))
several = settings(derandomize=True, deadline=None, database=None, max_examples=300)


@several
@given(moments, moments, rules, st.decimals(0, 1000, places=3))
def test_nobody_gains_by_being_late_and_nobody_owes_points(created, due, rules, earned):
    actual = lateness(created, due, rules)
    results = charged(Results(score=float(earned)), actual)

    assert actual is None or (0 <= actual.share <= 1 and actual.days >= 1)
    assert 0 <= results.score <= float(earned)
    assert (actual is None) == (created <= due)


@several
@given(st.integers(1, 400), rules)
def test_later_is_never_better(days, rules):
    assert late((days + 1) * DAY, rules).share <= late(days * DAY, rules).share


@pytest.mark.parametrize("earned", ["0.1", "0.7", "78.75", "99.99", "100", "3.35", "0"])
@pytest.mark.parametrize("price", ["10", "12.5", "33.3", "0.1"])
def test_the_total_is_the_decimal_that_a_person_would_compute(earned, price):
    actual = charged(Results(score=float(earned)), late(DAY, policy(price)))
    written = json.loads(to_json(actual), parse_float=Decimal)

    assert written["score"] == Decimal(earned) * (100 - Decimal(price)) / 100


# ---- the file -----------------------------------------------------------------------------


ROWS = (Test(name="f", score=30.0, max_score=40.0), Test(name="g", score=50.0, max_score=60.0))


def test_in_time_the_results_are_what_they_were():
    results = Results(score=80.0, output="hello", tests=ROWS, extra_data={"seed_id": "c0ffee"})

    assert charged(results, None) == results


def test_the_sentence_stands_on_top_and_rows_stay_as_they_are():
    results = Results(
        score=80.0, output="hw2.py printed:\nhello", tests=ROWS, extra_data={"seed_id": "c0ffee"}
    )

    actual = charged(results, late(DAY, policy("10")))

    assert actual.output == (
        "Handed in 1 day late; each day costs 10 %, so the score is 72, which is 90 % of 80.\n"
        "hw2.py printed:\nhello"
    )
    assert (actual.score, actual.tests) == (72.0, ROWS)
    assert actual.extra_data == {"seed_id": "c0ffee", "late_days": 1}


def test_where_the_author_charges_nothing_students_are_told_nothing():
    """They may be charged by hand, or by late days of the whole course."""
    actual = charged(Results(score=80.0, output=""), late(3 * DAY, policy(free=1)))

    assert (actual.output, actual.score, actual.extra_data) == ("", 80.0, {"late_days": 3})


@pytest.mark.parametrize("visibility", ["hidden", "after_due_date", "after_published"])
def test_where_a_row_is_not_shown_the_sentence_tells_no_points(visibility):
    rows = (ROWS[0], ROWS[1].model_copy(update={"visibility": visibility}))

    actual = charged(Results(score=80.0, tests=rows), late(DAY, policy("10")))

    assert actual.output == (
        "Handed in 1 day late; each day costs 10 %, so the score is 90 % of the points earned."
    )
    assert actual.score == 72.0


def test_the_leaderboard_has_what_is_left():
    leaders = (Leader(name="Score", value=80.0), Leader(name="Functions right", value=12.0))

    actual = charged(Results(score=80.0, leaderboard=leaders), late(DAY, policy("10")))

    assert [leader.value for leader in actual.leaderboard] == [72.0, 12.0]


def test_the_leaderboards_score_is_charged_by_itself():
    results = Results(score=80.0, leaderboard=(Leader(name="Score", value=50.0),))

    assert charged(results, late(DAY, policy("10"))).leaderboard[0].value == 45.0


def test_a_sentence_on_top_of_an_output_without_end_stays_below_the_platforms_limit():
    results = Results(score=80.0, output="x" * 1_000_000)

    actual = charged(results, late(DAY, policy("10"))).output

    assert len(actual) < MAX_OUTPUT
    assert actual.startswith("Handed in 1 day late")


# ---- sentences ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "rules", "earned", "expected"),
    [
        (
            SECOND,
            policy("10"),
            "80",
            "Handed in 1 min late, which counts as 1 day; each day costs 10 %, "
            "so the score is 72, which is 90 % of 80.",
        ),
        (
            25 * HOUR,
            policy("12.5", free=1),
            "78.75",
            "Handed in 1 day 1 h late, which counts as 2 days; the first day is free and each further day "
            "costs 12.5 %, so the score is 68.90625, which is 87.5 % of 78.75.",
        ),
        (
            3 * DAY,
            policy("10", free=2),
            None,
            "Handed in 3 days late; the first 2 days are free and each further day costs 10 %, "
            "so the score is 90 % of the points earned.",
        ),
        (
            HOUR,
            policy("10"),
            "0",
            "Handed in 1 h late, which counts as 1 day; each day costs 10 %, "
            "so the score is 90 % of the points earned.",
        ),
        (2 * DAY, policy("50"), "80", "Handed in 2 days late; each day costs 50 %, so the score is 0."),
        (
            DAY,
            policy("10", free=1),
            "80",
            "Handed in 1 day late; the first day is free, so no points are lost.",
        ),
        (
            HOUR + 61 * SECOND,
            policy("10", free=3),
            "80",
            "Handed in 1 h 2 min late, which counts as 1 day; the first 3 days are free, "
            "so no points are lost.",
        ),
        (DAY, policy(cut_off=1), "80", "Handed in 1 day late; no points are lost."),
        (SECOND, policy(cut_off=0), "80", "Handed in 1 min late. Late work earns no points."),
        (
            DAY + SECOND,
            policy("10", cut_off=1),
            "80",
            "Handed in 1 day 1 min late. Work that is more than 1 day late earns no points.",
        ),
        (
            50 * HOUR,
            policy("10", free=1, cut_off=2),
            "80",
            "Handed in 2 days 2 h late. Work that is more than 2 days late earns no points.",
        ),
        (9 * DAY, policy(), "80", ""),
        (9 * DAY, policy(free=4), "80", ""),
    ],
)
def test_the_sentence(by, rules, earned, expected):
    assert late(by, rules).sentence(earned and Decimal(earned)) == expected


TABLE = list(
    product(
        [INSTANT, SECOND, 90 * SECOND, HOUR, DAY - INSTANT, DAY, DAY + SECOND, 3 * DAY, 40 * DAY + 3 * HOUR],
        [0, 1, 2, 7],
        ["0", "10", "12.5", "50", "100"],
        [None, 0, 1, 7],
        [None, "0", "1", "78.75"],
    )
)


def test_every_sentence_is_one_that_a_worried_student_can_believe():
    """Words and numbers agree, and what it says about the score is what happens."""
    for by, free, price, cut_off, earned in TABLE:
        actual = late(by, policy(price, free, cut_off))
        says = actual.sentence(earned and Decimal(earned))
        if not says:
            assert actual.share == 1
            continue
        assert re.fullmatch(r"Handed in [^.;]* late(, which counts as [0-9]+ days?)?[.;] .*\.", says), says
        assert not re.search(r"\b1 days|\b(?!1 )[0-9]+ day\b|  | 0 (h|min|days)|\.\.|None|-[0-9]", says), says
        assert ("no points are lost" in says) == (actual.share == 1), says
        assert says.endswith(("the score is 0.", "earns no points.")) == (actual.share == 0), says
        if 0 < actual.share < 1:
            assert f"{percent(actual.share)} of " in says
            left = points(Decimal(earned or 0) * actual.share)
            assert (f"the score is {left}, " in says) == (earned not in (None, "0")), says


def test_points_are_written_as_a_person_does():
    numbers = ["80.00", "1E+2", "0", "0.00", "0E+3", "78.750", "1000000"]

    assert [points(Decimal(number)) for number in numbers] == ["80", "100", "0", "0", "0", "78.75", "1000000"]


def test_a_lateness_cannot_be_changed():
    actual = late(DAY, policy("10"))

    assert replace(actual, share=Decimal(1)) != actual
    with pytest.raises(AttributeError):
        actual.share = Decimal(1)
