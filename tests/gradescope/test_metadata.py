"""submission_metadata.json in every shape that it has had, may get or should not have."""

import json
import math
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import texts

from grader.gradescope import refusal
from grader.gradescope.metadata import (
    FILE,
    LARGEST,
    MOST_NOTES,
    Metadata,
    Told,
    previous_results,
    read_metadata,
)
from grader.gradescope.schema import Results, to_json
from grader.settings import RateLimit

SAMPLES = Path(__file__).parent / "samples"
SHARED = Path(__file__).parents[3] / "shared" / "samples"
CREATED = "2026-03-09T12:00:00-07:00"
DUE = "2026-03-10T23:59:00-07:00"
EXTENDED = "2026-03-14T23:59:00-07:00"
EMPTY = Metadata()


@pytest.fixture
def told(tmp_path):
    """Read a file of these bytes, of this text or of this value."""

    def read(content) -> Told:
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        (tmp_path / FILE).write_bytes(data)
        return read_metadata(tmp_path / FILE)

    return read


def sample(name: str) -> Metadata:
    return read_metadata(SAMPLES / f"{name}.json").metadata


def of(*previous, created=CREATED) -> Metadata:
    data = {"created_at": created, "assignment": {}, "previous_submissions": list(previous)}
    return Metadata.model_validate(data, context=[])


def graded(metadata) -> int:
    """How many attempts there were where there is no rate limit."""
    return len(refusal.attempts(metadata, RateLimit()))


def again(previous: dict) -> Results | None:
    """What is given back of one earlier submission."""
    return previous_results(of({"submission_time": "2026-03-09T11:00:00-07:00"} | previous).earlier)


def iso(text: str) -> datetime:
    return datetime.fromisoformat(text)


# ---- the shapes that it has ---------------------------------------------------------------

FACTS = {  # when it was due, graded attempts, the score of the result to give back
    "documented": (DUE, 2, 4),
    "extension": (EXTENDED, 0, None),
    "first": (DUE, 0, None),
    "future": (DUE, 1, 4),
    "gradescope_utils": (DUE, 1, 3.5),
    "group": ("2026-03-12T23:59:00-07:00", 1, 4),
    "late": (DUE, 0, None),
    "no_due_date": (None, 0, None),
    "platform_errors": (DUE, 1, 4),
    "refused": (DUE, 1, 4),
    "regrade": (DUE, 1, 0),
    "results_on_all": (DUE, 4, 4),
    "results_on_the_latest": (DUE, 4, 4),
    "withheld": (DUE, 1, 4),
}


def test_every_sample_has_its_facts():
    assert {path.stem for path in SAMPLES.glob("*.json")} == set(FACTS)


@pytest.mark.parametrize("name", FACTS)
def test_a_sample_is_understood(name):
    metadata, (due, attempts, score) = sample(name), FACTS[name]
    given_back = previous_results(metadata.earlier)

    assert metadata.due == (due and iso(due))
    assert graded(metadata) == attempts
    assert (given_back and given_back.score) == score


@pytest.mark.parametrize("name", sorted(set(FACTS) - {"future"}))
def test_in_a_known_shape_there_is_nothing_to_note(name):
    assert read_metadata(SAMPLES / f"{name}.json").notes == ()


def test_of_a_future_version_what_is_known_is_used_and_the_rest_is_noted():
    assert read_metadata(SAMPLES / "future.json").notes == (
        "future.json: previous_submissions has entries that cannot be read",
        "future.json: autograder_error cannot be read (Input should be a valid boolean, "
        "unable to interpret input)",
        "future.json: score cannot be read (Input should be a valid number)",
    )


def test_nobodys_name_or_address_is_taken_in():
    told = repr([read_metadata(path) for path in SAMPLES.glob("*.json")])

    assert "2026" in told
    assert [word for word in ("Student", "example.edu", "1001") if word in told] == []


def test_a_real_file_is_understood():
    path = SHARED / "submission_metadata.real-2022-two-users-override.anon.json"
    if not path.is_file():
        pytest.skip(f"there is no {path}: the shared samples are not beside this repository")
    told = read_metadata(path)

    assert told.notes == ()
    assert told.metadata.due == iso("2022-02-16T04:30:00-08:00")
    assert told.metadata.created_at == iso("2022-02-14T19:51:39.947996-08:00")
    assert graded(told.metadata) == 0


# ---- what cannot be read ------------------------------------------------------------------


def test_without_the_file_one_sentence_says_what_is_not_counted(tmp_path):
    expected = "there is no submission_metadata.json: neither lateness nor attempts are counted"

    assert read_metadata(tmp_path / FILE) == Told(EMPTY, (expected,))


UNREADABLE = {
    "empty": b"",
    "blank": b" \n",
    "cut off": b'{"id": 7, "created_at": "2026-0',
    "two objects": b"{}{}",
    "no JSON": b"<html>502 Bad Gateway</html>",
    "zeros": b"\0" * 64,
    "bytes": bytes(range(256)),
    "a text": b'"{}"',
    "a list": b"[{}]",
    "null": b"null",
    "a number": b"7",
    "NaN": b"NaN",
    "deep": b"[" * 100_000,
    "deep objects": b'{"users":' * 100_000,
    "a number without end": b'{"id": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_at_all_is_one_sentence(told, what):
    actual = told(UNREADABLE[what])

    assert actual.metadata == EMPTY
    (note,) = actual.notes
    assert note.startswith("submission_metadata.json ")
    assert note.endswith(": neither lateness nor attempts are counted")


def test_a_folder_of_that_name_is_one_sentence(tmp_path):
    assert "Is a directory" in read_metadata(tmp_path).notes[0]


@pytest.mark.parametrize(("more", "expected"), [(0, "Expecting value"), (1, "it is larger than 64 MiB")])
def test_more_than_fits_into_memory_is_not_read(tmp_path, more, expected):
    with (tmp_path / FILE).open("wb") as file:
        file.write(b" ")
        file.truncate(LARGEST + more)
    with (tmp_path / FILE).open("r+b") as file:
        file.write(b"x")

    assert expected in read_metadata(tmp_path / FILE).notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_that_json_has_is_read(told, encoding):
    text = (SAMPLES / "first.json").read_text(encoding="utf-8")

    assert told(text.encode(encoding)) == told(text)


def test_a_name_that_is_no_utf_8_costs_nothing(told):
    text = (SAMPLES / "first.json").read_bytes()

    assert told(text.replace(b"Student", b"St\xfcdent \xff")) == told(text)


def test_of_a_key_that_is_there_twice_the_last_counts(told):
    text = f'{{"created_at": "x", "created_at": "{CREATED}", "assignment": {{}}, "previous_submissions": []}}'

    assert told(text) == Told(of(), ())


def test_an_object_with_nothing_we_go_by_says_what_is_missing(told):
    assert told({"id": 7}).notes == (
        "submission_metadata.json: created_at is missing",
        "submission_metadata.json: assignment is missing",
        "submission_metadata.json: previous_submissions is missing",
    )


def test_the_same_note_is_told_once_and_leaves_room_for_others(told):
    wrong = {"submission_time": 5, "score": [], "autograder_error": [], "results": []}
    actual = told(
        {"created_at": 5, "assignment": 5, "users": 5, "previous_submissions": [wrong] * 1000}
    ).notes

    assert len(set(actual)) == len(actual) == MOST_NOTES
    assert [note.split()[1] for note in actual][2:] == ["users", "submission_time", "autograder_error"]


def test_many_of_the_same_leave_room_for_another(told):
    previous = [{"score": []}] * 100 + [{"results": []}]
    actual = told({"created_at": CREATED, "assignment": {}, "previous_submissions": previous}).notes

    assert [note.split()[1] for note in actual] == ["score", "results"]


# ---- fields of the wrong kind -------------------------------------------------------------

ODD = {
    "null": None,
    "true": True,
    "a number": 5,
    "a huge number": 10**4000,
    "a huge float": 1e300,
    "not a number": math.nan,
    "infinity": math.inf,
    "a text": "x",
    "no text": "",
    "digits": "5",
    "a half character": "\ud800",
    "a zero": "\0",
    "a list": [],
    "a list of lists": [[[]]],
    "an object": {},
    "objects": {"due_date": {"due_date": {}}},
    "a day": "2026-03-09",
    "a time without a zone": "2026-03-09T12:00:00",
    "no such day": "2026-02-30T12:00:00Z",
    "no such hour": "2026-02-20T25:00:00Z",
    "a leap second": "2016-12-31T23:59:60Z",
    "a zone of a day": "2026-03-09T12:00:00+24:00",
    "the first day": "0001-01-01T00:00:00+14:00",
    "the last day": "9999-12-31T23:59:59.999999-12:00",
}
PLACES = {
    "id": lambda x: {"id": x},
    "created_at": lambda x: {"created_at": x},
    "assignment": lambda x: {"assignment": x},
    "due date": lambda x: {"assignment": {"due_date": x}},
    "users": lambda x: {"users": x},
    "a user": lambda x: {"users": [x]},
    "a user's assignment": lambda x: {"users": [{"assignment": x}]},
    "a user's due date": lambda x: {"users": [{"assignment": {"due_date": x}}]},
    "previous submissions": lambda x: {"previous_submissions": x},
    "a previous submission": lambda x: {"previous_submissions": [x]},
    "its time": lambda x: {"previous_submissions": [{"submission_time": x}]},
    "its score": lambda x: {"previous_submissions": [{"score": x}]},
    "its error": lambda x: {"previous_submissions": [{"autograder_error": x}]},
    "its results": lambda x: {"previous_submissions": [{"results": x}]},
    "its extra data": lambda x: {"previous_submissions": [{"results": {"score": 1, "extra_data": x}}]},
    "its tests": lambda x: {"previous_submissions": [{"results": {"score": 1, "tests": x}}]},
    "a test": lambda x: {"previous_submissions": [{"results": {"score": 1, "tests": [x]}}]},
    "its leaders": lambda x: {"previous_submissions": [{"results": {"score": 1, "leaderboard": x}}]},
    "everything": lambda x: dict.fromkeys(
        ("id", "users", "created_at", "assignment", "previous_submissions"), x
    ),
}


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("where", PLACES)
def test_whatever_stands_anywhere_the_rest_is_read(told, where, what):
    known = {"created_at": CREATED, "assignment": {"due_date": DUE}}
    odd = PLACES[where](ODD[what])
    metadata = told(known | odd).metadata

    assert odd.keys() & {"created_at"} or metadata.created_at == iso(CREATED)
    assert odd.keys() & {"assignment", "users"} or metadata.due == iso(DUE)
    assert graded(metadata) in (0, 1)
    given_back = previous_results(metadata.earlier)
    assert given_back is None or Results.model_validate_json(to_json(given_back)) == given_back


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from([CREATED, DUE, "20.0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
shaped = st.fixed_dictionaries(
    {},
    optional={
        "created_at": values,
        "users": st.lists(st.fixed_dictionaries({"assignment": values}), max_size=2) | values,
        "assignment": st.fixed_dictionaries({"due_date": values}) | values,
        "previous_submissions": st.lists(
            st.fixed_dictionaries(
                {"submission_time": values, "score": values, "autograder_error": values},
                optional={"results": st.fixed_dictionaries({"score": values, "output": values}) | values},
            )
            | values,
            max_size=3,
        ),
    },
)


@settings(derandomize=True, deadline=None, database=None, max_examples=200)
@given(data=shaped)
def test_no_metadata_stops_a_grading(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / FILE
    path.write_bytes(json.dumps(data).encode())
    told = read_metadata(path)
    given_back = previous_results(told.metadata.earlier)

    assert graded(told.metadata) <= 3
    assert told.metadata.due is None or told.metadata.due.utcoffset() is not None
    assert given_back is None or to_json(given_back)
    assert all(note.startswith("submission_metadata.json: ") for note in told.notes)


@pytest.mark.parametrize("what", [5, 1.5e9, "1500000000", "5", "-5.5", True])
def test_a_bare_number_is_no_date(told, what):
    actual = told({"created_at": what, "assignment": {}, "previous_submissions": []})

    assert actual.metadata.created_at is None
    assert actual.notes == (
        "submission_metadata.json: created_at cannot be read (a date with its offset from UTC is asked, such "
        "as 2026-03-09T12:00:00-07:00): neither lateness nor the rate limit is counted",
    )


# ---- when it was due ----------------------------------------------------------------------


def due(*users, common=DUE):
    own = [{} if user is None else {"assignment": {"due_date": user or None}} for user in users]
    data = {"users": own, "assignment": {"due_date": common}}
    return Metadata.model_validate(data, context=[]).due


@pytest.mark.parametrize(
    ("users", "common", "expected"),
    [
        ([], DUE, DUE),
        ([None], DUE, DUE),
        ([""], DUE, DUE),
        ([EXTENDED], DUE, EXTENDED),
        (["2026-03-08T00:00:00-08:00"], DUE, "2026-03-08T00:00:00-08:00"),
        ([DUE, EXTENDED], DUE, EXTENDED),
        ([EXTENDED, DUE, DUE], DUE, EXTENDED),
        ([EXTENDED, None], "2026-03-20T00:00:00-07:00", "2026-03-20T00:00:00-07:00"),
        (["nonsense"], DUE, DUE),
        (["nonsense", EXTENDED], None, EXTENDED),
        ([EXTENDED], None, EXTENDED),
        ([None, ""], None, None),
    ],
)
def test_a_group_has_until_the_last_of_its_members_dates(users, common, expected):
    assert due(*users, common=common) == (expected and iso(expected))


def test_the_same_moment_in_another_zone_is_the_same_moment():
    assert due("2026-03-10T23:59:00-07:00", "2026-03-11T06:59:00Z") == iso("2026-03-11T06:59:00+00:00")


def test_who_never_has_to_hand_in_is_not_late():
    assert due("9999-12-31T23:59:59-12:00") > iso("9000-01-01T00:00:00+00:00")


@pytest.mark.parametrize("end", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_no_date_is_so_near_the_end_of_time_that_sums_leave_it(end):
    moment = of(created=end).created_at
    year = timedelta(days=300)

    assert (moment + year - year).astimezone(timezone.utc) == (moment - year + year).astimezone(timezone.utc)


# ---- attempts -----------------------------------------------------------------------------


def test_earlier_submissions_are_counted_oldest_first_in_whatever_order_they_come():
    hours = [10, 8, 11, 9]
    metadata = of(*({"submission_time": f"2026-03-09T{hour:02}:00:00-07:00"} for hour in hours))

    assert [previous.submission_time.hour for previous in metadata.earlier] == [8, 9, 10, 11]


@pytest.mark.parametrize(
    ("time", "attempts"),
    [
        ("2026-03-09T11:59:59.999999-07:00", 1),
        ("2026-03-09T12:00:00-07:00", 0),
        ("2026-03-09T12:00:00.000001-07:00", 0),
        ("2026-03-09T18:59:59Z", 1),
        ("2026-03-09T19:00:01Z", 0),
        ("2027-03-09T12:00:00-07:00", 0),
        (None, 1),
        ("some time", 1),
    ],
)
def test_a_regrade_counts_what_was_handed_in_before_it(time, attempts):
    assert graded(of({"submission_time": time})) == attempts


def test_where_nobody_knows_when_it_was_handed_in_all_others_count_as_earlier():
    assert graded(of({"submission_time": "2026-03-09T11:00:00-07:00"}, {}, created="some time")) == 2


@pytest.mark.parametrize(
    ("previous", "attempts"),
    [
        ({"autograder_error": True}, 0),
        ({"autograder_error": "true"}, 0),
        ({"autograder_error": False}, 1),
        ({"autograder_error": None}, 1),
        ({"autograder_error": "no idea"}, 1),
        ({}, 1),
        ({"results": None}, 1),
        ({"results": {}}, 1),
        ({"results": {"extra_data": None}}, 1),
        ({"results": {"extra_data": []}}, 1),
        ({"results": {"extra_data": {"attempts": 3}}}, 1),
        ({"results": {"extra_data": {"withheld": "the disk is full"}}}, 0),
        ({"results": {"extra_data": {"refused": "Not graded."}}}, 0),
        ({"score": "0.0", "results": {"score": 0}}, 1),
    ],
)
def test_what_failed_by_no_fault_of_the_students_is_no_attempt(previous, attempts):
    assert graded(of(previous)) == attempts


# ---- the previous result ------------------------------------------------------------------


def stored(**results) -> dict:
    """The platform's form: null for what is absent, and no leaders."""
    keys = (
        "score tests output extra_data visibility leaderboard output_format execution_time test_name_format"
    )
    return dict.fromkeys(keys.split()) | {"tests": [], "leaderboard": []} | results


def test_of_the_stored_form_only_what_was_written_comes_back():
    row = {"name": "f", "score": 1.0, "status": None, "tags": None, "extra_data": None, "output_format": None}
    actual = again({"score": "1.0", "results": stored(score=1.0, output="x", tests=[row])})

    assert json.loads(to_json(actual)) == {
        "score": 1.0,
        "output": "x",
        "tests": [{"name": "f", "score": 1.0}],
    }


def test_what_we_write_comes_back_as_it_was_but_for_who_sees_standard_output():
    written = Results(
        score=2.5,
        output="o",
        output_format="text",
        test_output_format="md",
        test_name_format="text",
        visibility="visible",
        stdout_visibility="hidden",
        extra_data={"seed_id": "c0ffee", "deep": [{"x": None}]},
        tests=(
            {"name": "f", "number": "1.1", "score": 2.5, "max_score": 4.0, "status": "failed", "tags": ["a"]},
        ),
        leaderboard=({"name": "Score", "value": 2.5},),
    )
    data = json.loads(to_json(written))
    del data["stdout_visibility"]
    nulls = {"status": None, "visibility": None, "extra_data": None}
    in_store = stored(**data | {"tests": [nulls | row for row in data["tests"]]})
    in_store["leaderboard"] = [{"order": None} | leader for leader in data["leaderboard"]]

    assert json.loads(to_json(again({"results": in_store}))) == data


def test_what_gradescope_utils_writes_comes_back(tmp_path):
    class Suite(unittest.TestCase):
        def test_right(self):
            """The name"""

    path = tmp_path / "results.json"
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Suite)
    with path.open("w", encoding="utf-8") as stream:
        JSONTestRunner(stream=stream, visibility="visible").run(suite)
    data = json.loads(path.read_text(encoding="utf-8"))

    assert isinstance(data["execution_time"], str)
    assert again({"results": data}).score == data["score"] == 0


@pytest.mark.parametrize(
    ("outer", "results", "expected"),
    [
        ("20.0", {"score": None, "tests": [{"score": 12.0}]}, 20),
        ("20.0", {"score": None}, 20),
        ("20.0", {"score": 7}, 7),
        (20, {"score": None}, 20),
        ("20.0", {"score": "7.5"}, 7.5),
        (None, {"score": None, "tests": [{"score": 1.5}, {"score": "2.25", "max_score": "3"}]}, 3.75),
        ("NaN", {"tests": [{"score": 1.5}]}, 1.5),
        (math.nan, {"tests": [{"score": 1.5}]}, 1.5),
        ("1e999", {"tests": [{"score": 1.5}]}, 1.5),
        (None, {"score": None, "tests": []}, None),
        (None, {"score": None, "tests": [{"status": "passed"}]}, None),
        ("5.0", {"score": math.nan}, None),
        ("5.0", {"score": 5, "tests": [{"score": math.inf}]}, None),
        ("5.0", {"score": "five"}, None),
        ("5.0", {"score": 5, "tests": [{"visibility": "of a future version"}]}, None),
        ("5.0", {"score": 5, "output": 7}, None),
        ("5.0", {"score": 5, "tests": [None, 3, {"name": "f"}], "unknown": 1}, 5),
        ("5.0", {"score": 5, "extra_data": {"x": math.inf}}, None),
    ],
)
def test_the_score_that_comes_back(outer, results, expected):
    actual = again({"score": outer, "results": stored(**results)})

    assert (actual and actual.score) == expected


@pytest.mark.parametrize("depth", [5, 200, 300, 900, 20_000])
def test_what_could_not_be_written_again_is_none(depth):
    nested: dict = {}
    for _ in range(depth):
        nested = {"a": nested}
    actual = again({"results": {"score": 1, "extra_data": nested}})

    assert (actual is not None and bool(to_json(actual))) == (depth <= 200)


def test_a_result_that_cannot_be_read_is_not_replaced_by_an_older_one():
    """That could be a worse one."""
    older = {"submission_time": "2026-03-09T10:00:00-07:00", "results": {"score": 1}}
    newer = {"submission_time": "2026-03-09T11:00:00-07:00", "results": {"score": 2, "output": 7}}

    assert previous_results(of(newer, older).earlier) is None
    assert previous_results(of(older).earlier).score == 1


@pytest.mark.parametrize(
    "passed_over",
    [
        {"results": None},
        {"results": {}},
        {"autograder_error": True, "results": {"score": 0}},
        {"results": {"score": 0, "extra_data": {"withheld": "the disk is full"}}},
    ],
)
def test_what_is_no_result_is_passed_over(passed_over):
    older = {"submission_time": "2026-03-09T10:00:00-07:00", "results": {"score": 1}}
    newer = {"submission_time": "2026-03-09T11:00:00-07:00"} | passed_over

    assert previous_results(of(newer, older).earlier).score == 1


def test_a_half_character_in_an_old_result_does_not_come_back():
    actual = again({"results": {"score": 1, "output": "a\ud800\0b", "extra_data": {"\ud800": "\0"}}})

    assert json.loads(to_json(actual)) == {"score": 1, "output": "a?b", "extra_data": {"?": ""}}
