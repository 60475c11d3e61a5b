"""The rate limit: counted back from the submission, the same on every regrade, and it costs nobody points."""

import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.gradescope.metadata import Metadata, read_metadata
from grader.gradescope.refusal import MARK, attempts, refused
from grader.gradescope.schema import MAX_OUTPUT, Results, to_json
from grader.settings import RateLimit

SAMPLES = Path(__file__).parent / "samples"
CREATED = datetime(2026, 3, 9, 12, tzinfo=timezone(timedelta(hours=-7)))
INSTANT, SECOND, MINUTE, HOUR = (
    timedelta(microseconds=1),
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
)
RESULT = {
    "score": 4.0,
    "output": "hw2.py printed:\nhello",
    "output_format": "text",
    "extra_data": {"attempts": 0},
}
ERROR = {"autograder_error": True}
WITHHELD = {"results": {"score": 0.0, "extra_data": {"withheld": "the disk is full"}}}


def entry(before: timedelta, **more) -> dict:
    """A submission so long before this one."""
    return {"submission_time": (CREATED - before).isoformat(), "results": RESULT} | more


def of(*previous: dict, created: datetime | None = CREATED) -> Metadata:
    data = {"created_at": created and created.isoformat(), "previous_submissions": list(previous)}
    return Metadata.model_validate(data, context=[])


def limit(submissions: int | None, hours: int = 1) -> RateLimit:
    return RateLimit(submissions, hours)


def sample(name: str) -> Metadata:
    return read_metadata(SAMPLES / f"{name}.json").metadata


# ---- whether ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "is_refused"),
    [
        (INSTANT, True),
        (MINUTE, True),
        (HOUR - INSTANT, True),
        (HOUR, False),
        (HOUR + INSTANT, False),
        (-INSTANT, False),
        (-MINUTE, False),
        (timedelta(0), False),
        (timedelta(days=300_000), False),
    ],
)
def test_the_window_ends_where_the_submission_was_made(before, is_refused):
    assert (refused(of(entry(before)), limit(1)) is not None) == is_refused


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5])
def test_so_many_are_graded_and_no_more(most):
    three = [entry(k * MINUTE) for k in (1, 2, 3)]

    assert (refused(of(*three), limit(most)) is not None) == (most <= 3)


@pytest.mark.parametrize("hours", [1, 2, 24, 1000])
def test_the_window_is_as_long_as_the_author_says(hours):
    within, without = entry(hours * HOUR - SECOND), entry(hours * HOUR)

    assert refused(of(within), limit(1, hours)) is not None
    assert refused(of(without), limit(1, hours)) is None


def test_without_a_limit_nobody_is_refused():
    assert refused(of(*[entry(k * SECOND) for k in range(1, 100)]), limit(None)) is None


def test_where_nobody_knows_when_it_was_made_it_is_graded():
    assert refused(of(entry(MINUTE), created=None), limit(1)) is None


@pytest.mark.parametrize("time", [None, "soon", 5])
def test_a_submission_of_an_unknown_time_is_in_no_window(time):
    assert refused(of(entry(MINUTE, submission_time=time)), limit(1)) is None


@pytest.mark.parametrize("more", [ERROR, ERROR | {"results": None}, WITHHELD])
def test_what_failed_by_no_fault_of_the_students_is_not_counted(more):
    two = [entry(MINUTE, **more), entry(2 * MINUTE)]

    assert refused(of(*two), limit(2)) is None
    assert refused(of(*two), limit(1)).score == 4


def test_who_was_refused_is_not_counted():
    marked = {"results": RESULT | {"extra_data": {MARK: "Not graded."}}}
    metadata = of(entry(MINUTE, **marked), entry(2 * MINUTE, **marked), entry(59 * MINUTE))

    assert refused(metadata, limit(2)) is None
    assert refused(metadata, limit(1)) is not None


def test_the_order_of_the_earlier_ones_does_not_matter():
    entries = [entry(k * MINUTE, results=RESULT | {"score": k}) for k in (1, 30, 59)]
    both = [refused(of(*some), limit(2)) for some in (entries, entries[::-1])]

    assert both[0] == both[1]
    assert both[0].score == 1


@pytest.mark.parametrize("later", [timedelta(0), INSTANT, HOUR, timedelta(days=90)])
def test_a_regrade_decides_as_the_first_run_did_and_says_the_same(later):
    earlier = [entry(MINUTE), entry(90 * MINUTE)]
    more = [entry(-later, results=RESULT | {"score": 9}), entry(-later, results=None)]

    for most in (1, 2):
        assert refused(of(*more, *earlier), limit(most)) == refused(of(*earlier), limit(most))


@pytest.mark.parametrize(
    "results",
    [None, {}, {"score": None}, {"score": 5, "output": 7}, {"score": float("nan")}, "x"],
    ids=repr,
)
def test_without_a_result_to_give_back_it_is_graded(results):
    assert refused(of(entry(MINUTE, results=results)), limit(1)) is None


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("documented", 4),
        ("first", None),
        ("future", 4),
        ("gradescope_utils", 3.5),
        ("no_due_date", None),
        ("platform_errors", None),
        ("refused", 4),
        ("regrade", 0),
        ("results_on_all", 4),
        ("results_on_the_latest", 4),
        ("withheld", None),
    ],
)
def test_of_the_samples_those_are_refused_whose_previous_was_graded_an_hour_and_a_half_before(name, score):
    again = refused(sample(name), RateLimit(1, 1 if name == "regrade" else 2))

    if name in ("platform_errors", "withheld"):  # the one before was, two hours before
        assert again is None
        again = refused(sample(name), RateLimit(1, 3))
        score = 4
    assert (again and again.score) == score


# ---- where results stand on the latest alone ----------------------------------------------


def history(times: list[timedelta], most: int, *, told: str) -> list[bool]:
    """Whether each was refused, with results on all that were before it, or on the latest alone."""
    entries: list[dict] = []
    found = []
    for time in times:
        known = [
            each if told == "all" or each is entries[-1] else each | {"results": None} for each in entries
        ]
        again = refused(of(*reversed(known), created=CREATED + time), limit(most))
        found.append(again is not None)
        now = {"submission_time": (CREATED + time).isoformat()}
        results = json.loads(to_json(again)) if again else RESULT
        entries.append(now | {"results": results})
    return found


gaps = st.lists(st.integers(1, 90), min_size=1, max_size=12)


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(gaps, st.integers(1, 3))
def test_who_was_refused_long_ago_is_found_by_the_rule_where_no_result_says_so(minutes, most):
    times = [sum(minutes[: k + 1]) * MINUTE for k in range(len(minutes))]

    assert history(times, most, told="latest") == history(times, most, told="all")


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(gaps, st.integers(1, 3))
def test_no_window_ever_has_more_than_the_limit_and_none_is_refused_below_it(minutes, most):
    times = [sum(minutes[: k + 1]) * MINUTE for k in range(len(minutes))]
    found = history(times, most, told="all")
    kept = [time for time, is_refused in zip(times, found, strict=True) if not is_refused]

    for time, is_refused in zip(times, found, strict=True):
        recent = sum(time - HOUR < other < time for other in kept)
        assert is_refused == (recent >= most)


def test_attempts_that_count_are_those_that_were_graded():
    tries = [entry(k * MINUTE, results=None) for k in range(1, 10)]
    tries[0] = entry(MINUTE, results=RESULT | {"extra_data": {MARK: "Not graded."}})

    assert len(attempts(of(*tries), limit(2))) == 2
    assert len(attempts(of(*tries), limit(None))) == 8


# ---- what is given back -------------------------------------------------------------------


def test_the_previous_result_comes_back_with_the_reason_on_top():
    again = refused(of(entry(MINUTE)), limit(1))

    assert again.output == (
        "Not graded: this assignment is graded at most once in any hour; hand in again after "
        "2026-03-09 12:59 (UTC-0700). Below is your previous result.\n\nhw2.py printed:\nhello"
    )
    data = json.loads(to_json(again))
    assert data.pop("output") == again.output
    assert data.pop("extra_data") == {"attempts": 0, MARK: again.output.partition("\n")[0]}
    assert data == {"score": 4.0, "output_format": "text"}


def test_a_result_without_words_has_the_reason_alone():
    for output in (None, "", "\n"):
        again = refused(of(entry(MINUTE, results={"score": 1, "output": output})), limit(1))
        assert again.output.endswith("Below is your previous result.")


def test_who_is_refused_again_and_again_reads_one_reason_and_keeps_the_result():
    entries = [entry(50 * MINUTE)]
    for minutes in (40, 30, 20, 10, 1):
        metadata = of(*reversed(entries), created=CREATED - minutes * MINUTE)
        again = refused(metadata, limit(1))
        entries.append(entry(minutes * MINUTE, results=json.loads(to_json(again))))
        assert again.output.count("Not graded") == 1
        assert again.output.endswith("\n\nhw2.py printed:\nhello")
        assert again.score == 4


def test_a_reason_that_was_cut_or_changed_meanwhile_does_no_harm():
    for mark in (None, 5, [], "something else", ""):
        changed = RESULT | {"extra_data": {MARK: mark, "withhold": 1}}
        again = refused(of(entry(MINUTE, results=changed), entry(2 * MINUTE)), limit(1))
        assert again.output.endswith("hw2.py printed:\nhello")


def test_a_reason_on_top_of_an_output_without_end_stays_below_the_platforms_limit():
    again = refused(of(entry(MINUTE, results=RESULT | {"output": "x" * 99_990})), limit(1))

    assert len(again.output) < MAX_OUTPUT
    assert again.output.startswith("Not graded")


def test_rows_of_another_autograder_keep_their_looks():
    again = refused(sample("gradescope_utils"), limit(1, 2))

    assert [row.visibility for row in again.tests] == ["after_due_date", None]
    assert [leader.name for leader in again.leaderboard] == ["accuracy"]
    assert Results.model_validate_json(to_json(again)) == again


# ---- the sentence -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "hours", "words"),
    [
        (1, 1, "once in any hour"),
        (1, 24, "once in any 24 hours"),
        (2, 1, "2 times in any hour"),
        (3, 4, "3 times in any 4 hours"),
    ],
)
def test_the_sentence_says_the_limit(most, hours, words):
    again = refused(of(*[entry(k * MINUTE) for k in (1, 2, 3)]), limit(most, hours))

    assert f"graded at most {words}; hand in again after 2026-03-" in again.output


@pytest.mark.parametrize(
    ("time", "created", "says"),
    [
        ("2026-03-09T11:30:00-07:00", "2026-03-09T12:00:00-07:00", "2026-03-09 12:30 (UTC-0700)"),
        ("2026-03-09T11:30:00.000001-07:00", "2026-03-09T12:00:00-07:00", "2026-03-09 12:31 (UTC-0700)"),
        ("2026-03-09T11:30:59.999999-07:00", "2026-03-09T12:00:00-07:00", "2026-03-09 12:31 (UTC-0700)"),
        ("2026-03-09T18:30:00Z", "2026-03-09T12:00:00-07:00", "2026-03-09 12:30 (UTC-0700)"),
        ("2026-03-09T23:30:10+05:30", "2026-03-09T18:00:20Z", "2026-03-09 19:01 (UTC+0000)"),
        ("2026-12-31T23:59:30-08:00", "2026-12-31T23:59:59-08:00", "2027-01-01 01:00 (UTC-0800)"),
        ("2026-03-08T01:30:00-08:00", "2026-03-08T01:59:00-08:00", "2026-03-08 02:30 (UTC-0800)"),
        ("9999-12-31T23:30:00-12:00", "9999-12-31T23:59:00-12:00", "9999-01-01 00:30 (UTC-1200)"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:01:00+14:00", "-01-01 01:00 (UTC+1400)"),
    ],
)
def test_who_comes_when_the_sentence_says_is_graded(time, created, says):
    """To the minute upwards, with the zone: it is true across a change of the clocks, too."""
    previous = {"submission_time": time, "results": RESULT}
    metadata = Metadata.model_validate(
        {"created_at": created, "previous_submissions": [previous]}, context=[]
    )
    assert says in refused(metadata, limit(1)).output


@settings(derandomize=True, deadline=None, database=None, max_examples=200)
@given(
    st.lists(st.integers(1, 7_199_999_999), min_size=1, max_size=6, unique=True),
    st.integers(1, 3),
    st.integers(1, 2),
)
def test_the_sentence_keeps_its_word(microseconds, most, hours):
    entries = [entry(k * INSTANT) for k in microseconds]
    again = refused(of(*entries), limit(most, hours))
    if again is None:
        return
    (text,) = re.findall(r"after (.*) \(UTC", again.output)
    promised = datetime.strptime(f"{text} -0700", "%Y-%m-%d %H:%M %z")

    assert refused(of(*entries, created=promised), limit(most, hours)) is None
    sooner = max(CREATED, promised - MINUTE - INSTANT)
    assert refused(of(*entries, created=sooner), limit(most, hours)) is not None
