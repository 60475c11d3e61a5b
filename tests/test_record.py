"""A record is frozen, exact, comes back from JSON as it was, and keeps secrets among the staff's fields."""

import json
import math
from dataclasses import FrozenInstanceError, fields, replace
from decimal import Decimal

import pytest
import tellers
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.grade import grade
from grader.record import Measured, Seen, from_json, to_json
from grader.submission import Submission

finite = st.decimals(0, 100, places=4)
number = st.none() | st.floats(allow_nan=False)  # η overflows where a hand-in returns 1e300
text = st.text(st.characters(exclude_categories=["Cs"]))
measured = st.builds(
    Measured,
    row=text,
    public=st.booleans(),
    sizes=st.dictionaries(text, st.integers(1, 9)),
    verdict=text,
    said=text,
    eta=number,
    relative=number,
    calls=st.none() | st.dictionaries(text, st.integers(0, 99)),
)

TELLING = [
    "raises its inputs",
    "raises its inputs where they are secret",
    "raises all inputs it has seen, the latest first",
    "returns an object whose type is named like its inputs",
]


@pytest.fixture(scope="session")
def record(grade_text):
    return grade_text("def grad_v(v, U, y): return v\nx = 1 /")


@pytest.fixture(scope="session", params=TELLING)
def telling(request, assignment, key, server):
    """The record of a hand-in that tells all it is given."""
    cell = tellers.source(request.param).encode()
    return grade(assignment, key, Submission("hw2.py", "hw2", {"hw2": (cell,)}), server)


def seen_by_students(record) -> str:
    """Every text of the record but the staff's."""
    problems = [
        getattr(problem, field.name)
        for problem in record.problems
        for field in fields(problem)
        if field.name != "staff"
    ]
    return str([record.assignment, record.hand_in, record.file, record.remarks, record.printed, problems])


# ---- JSON ---------------------------------------------------------------------------------


def test_a_record_comes_back_from_json_as_it_was(record):
    assert from_json(to_json(record)) == record


def test_a_record_comes_back_from_bytes_too(record):
    assert from_json(to_json(record).encode()) == record


@settings(derandomize=True, deadline=None, database=None)
@given(text, st.lists(text).map(tuple), finite, finite, st.lists(measured).map(tuple))
def test_any_record_comes_back_from_json_as_it_was(record, words, remarks, points, score, staff):
    problem = replace(record.problems[0], student=Seen(words, words), points=points, score=score, staff=staff)
    changed = replace(record, hand_in=words, remarks=remarks, problems=(replace(problem, numerical=words),))

    assert from_json(to_json(changed)) == changed


def test_a_record_from_before_suspicions_comes_back_without(record):
    data = json.loads(to_json(record))
    for problem in data["problems"]:
        del problem["numerical"]

    assert from_json(json.dumps(data)) == record


def test_decimals_are_texts_in_json_with_every_digit(record):
    exact = Decimal("2.675000000000000000000000001")
    changed = replace(record, problems=(replace(record.problems[0], score=exact),))

    assert json.loads(to_json(changed))["problems"][0]["score"] == str(exact)


def test_decimals_come_back_with_their_trailing_zeros(record):
    changed = replace(record, problems=(replace(record.problems[0], score=Decimal("2.50")),))

    assert str(from_json(to_json(changed)).problems[0].score) == "2.50"


@pytest.mark.parametrize("eta", [math.inf, 1e308, 5e-324])
def test_an_extreme_error_comes_back(record, eta):
    case = replace(record.problems[0].staff[0], eta=eta)
    changed = replace(record, problems=(replace(record.problems[0], staff=(case,)),))

    assert from_json(to_json(changed)).problems[0].staff[0].eta == eta


def test_a_huge_answer_gives_a_record_that_is_strict_json_and_comes_back(grade_text):
    record = grade_text("def grad_v(v, U, y): return v * 0 + 1e300")

    actual = to_json(record)

    assert math.inf in {case.eta for case in record.problems[0].staff}
    assert "Infinity" not in actual.replace('"Infinity"', "")
    assert from_json(actual) == record


@pytest.mark.parametrize("broken", ["", "{}", "[]", "null", '{"assignment": 5}'])
def test_something_else_is_no_record(broken):
    with pytest.raises(ValidationError):
        from_json(broken)


# ---- fields -------------------------------------------------------------------------------


def test_the_score_is_the_exact_sum_over_the_problems(record):
    scores = [Decimal("0.1"), Decimal("0.2"), Decimal("0.3")]
    problems = tuple(replace(p, score=score) for p, score in zip(record.problems, scores, strict=False))

    assert replace(record, problems=problems).score == Decimal("0.6")


def test_a_record_without_problems_has_no_points(record):
    empty = replace(record, problems=())

    assert (empty.score, empty.points) == (0, 0)


def test_points_are_the_exact_sum_over_the_problems(record):
    assert record.points == 100


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (lambda record: record, "remarks"),
        (lambda record: record.problems[0], "score"),
        (lambda record: record.problems[0].student, "sentence"),
        (lambda record: record.problems[0].staff[0], "verdict"),
        (lambda record: record.staff, "seed_id"),
        (lambda record: record.staff.timings, "total"),
    ],
    ids=["record", "problem", "seen", "measured", "provenance", "timings"],
)
def test_no_part_of_a_record_can_be_changed(record, part, field):
    with pytest.raises(FrozenInstanceError):
        setattr(part(record), field, 100)


# ---- two kinds of readers -----------------------------------------------------------------


def test_what_students_see_has_four_texts_and_nothing_else():
    texts = ["sentence", "detail", "printed", "hint"]
    assert [(field.name, field.type) for field in fields(Seen)] == [(name, "str") for name in texts]


def test_what_students_see_holds_no_secret_number(telling, key):
    assert tellers.leaks(seen_by_students(telling), key) == set()


def test_remarks_hold_no_secret_number(telling, key):
    assert tellers.leaks(" ".join(telling.remarks), key) == set()


def test_the_search_for_secrets_finds_those_that_staff_may_read(assignment, key, server):
    cell = tellers.source("raises its inputs").encode()
    record = grade(assignment, key, Submission("hw2.py", "hw2", {"hw2": (cell,)}), server)

    assert len(tellers.leaks(to_json(record), key)) > 1000
