"""PrairieLearn grades what has a finite score from 0 to 1 and charges no attempt for what it cannot grade."""

import json
from dataclasses import replace
from decimal import Decimal
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import TEXTS, everywhere, harm, pile, short, texts
from pydantic import ValidationError

from grader.platforms.prairielearn import MAX_BYTES, Results, withheld, written
from grader.record import Seen
from grader.report.escape import CUT, MAX_MARKS


def accepts(data) -> bool:
    try:
        Results.model_validate_json(json.dumps(data))
    except ValidationError:
        return False
    return True


# ---- the documented format ------------------------------------------------------------------


def test_the_documented_sample_comes_back_as_it_was(sample):
    text = sample("prairielearn_results.json")

    actual = Results.model_validate_json(text).model_dump_json(exclude_none=True)

    assert json.loads(actual) == json.loads(text)


def test_ours_has_no_key_that_the_sample_lacks(sample, record):
    theirs, ours = json.loads(sample("prairielearn_results.json")), json.loads(written(record))

    assert ours.keys() <= theirs.keys()
    assert {key for row in ours["tests"] for key in row} == theirs["tests"][0].keys()


REFUSED = {
    "no score": {},
    "no score that is gradable": {"gradable": True, "message": "hello"},
    "a null": {"score": None},
    "a text": {"score": "0.5"},
    "true": {"score": True},
    "NaN": {"score": nan},
    "infinity": {"score": inf},
    "more than everything": {"score": 1.0000001},
    "less than nothing": {"score": -0.0000001},
    "a test without points, which hides all points": {"score": 1, "tests": [{"name": "a", "max_points": 1}]},
    "a test with infinite points": {"score": 1, "tests": [{"name": "a", "max_points": 1, "points": inf}]},
    "an unknown key": {"score": 1, "max_score": 1},
    "a picture without its source": {"score": 1, "images": [{"label": "a"}]},
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused(what):
    assert not accepts(REFUSED[what])


@pytest.mark.parametrize(
    "data",
    [
        {"score": 0},
        {"score": 1},
        {"gradable": False},
        {"gradable": False, "format_errors": "one"},
        {"gradable": False, "format_errors": ["one", "two"]},
    ],
)
def test_it_is_accepted(data):
    assert accepts(data)


# ---- points ---------------------------------------------------------------------------------


def test_the_score_is_the_fraction_of_the_points(record):
    file = json.loads(written(record))

    assert (file["gradable"], file["score"]) == (True, 0.45)
    assert [row["points"] for row in file["tests"]] == [problem.score for problem in record.problems]
    assert [row["max_points"] for row in file["tests"]] == [problem.points for problem in record.problems]


@settings(derandomize=True, deadline=None, database=None)
@given(
    st.lists(st.tuples(st.decimals(-1, 9, places=3), st.decimals(0, 9, places=3)), min_size=1, max_size=20)
)
def test_the_score_is_the_double_nearest_to_the_exact_fraction_within_its_bounds(record, pairs):
    problems = tuple(replace(record.problems[0], score=score, points=points) for score, points in pairs)
    score, points = (sum(column, Decimal(0)) for column in zip(*pairs, strict=True))

    actual = json.loads(written(replace(record, problems=problems)))["score"]

    inside = 0 <= score <= points
    assert 0 <= actual <= 1
    assert not (inside and points) or actual == int(score * 1000) / int(points * 1000)


def test_everything_is_one_though_the_points_are_no_binary_numbers(record):
    problems = tuple(replace(p, score=Decimal("0.1"), points=Decimal("0.1")) for p in record.problems[:7])

    assert json.loads(written(replace(record, problems=problems)))["score"] == 1


def test_an_assignment_without_points_scores_nothing(record):
    problems = tuple(replace(p, score=Decimal(0), points=Decimal(0)) for p in record.problems)

    assert json.loads(written(replace(record, problems=problems)))["score"] == 0


# ---- what students see ----------------------------------------------------------------------


def test_rows_say_what_is_asked_why_and_what_to_try(record):
    row = json.loads(written(record))["tests"][2]

    assert (row["name"], row["description"]) == ("1.3 d_normalize", record.problems[2].asks)
    assert row["message"] == record.problems[2].student.sentence
    imports = "import numpy as np\nfrom hw2 import d_normalize"
    assert row["output"] == f"An input to try:\n{imports}\n{record.problems[2].student.detail}"


def test_a_hint_and_prints_have_their_places(record):
    first = replace(record.problems[2], student=Seen("wrong", "v = 1", "a\nb", "a sign"))

    (row,) = json.loads(written(replace(record, problems=(first,))))["tests"]

    assert row["message"] == "wrong\n\nHint: a sign"
    imports = "import numpy as np\nfrom hw2 import d_normalize"
    assert row["output"] == f"An input to try:\n{imports}\nv = 1\n\nOn a public case it printed:\na\nb"


def test_on_the_whole_it_tells_the_total_and_what_was_passed_over(record):
    file = json.loads(written(replace(record, remarks=("first", "second"))))

    assert (file["message"], file["output"]) == ("45 of 100 points, 11 of 20 functions", "first\nsecond")


# ---- what is not gradable -------------------------------------------------------------------


def test_a_hand_in_without_source_charges_no_attempt_and_says_why(without_source):
    file = json.loads(written(without_source))

    assert file == {"gradable": False, "format_errors": list(without_source.remarks)}
    assert without_source.remarks


@pytest.mark.parametrize("source", ["", "def (", "import os; os._exit(0)"])
def test_source_that_does_nothing_is_gradable_and_scores_nothing(grade_text, source):
    file = json.loads(written(grade_text(source)))

    assert (file["gradable"], file["score"], len(file["tests"])) == (True, 0, 20)


def test_where_nothing_was_graded_no_attempt_is_charged():
    file = json.loads(withheld())

    assert (file["gradable"], "score" in file) == (False, False)
    assert "no fault of yours" in file["message"]


# ---- hostile texts --------------------------------------------------------------------------


def harmless(text: str, strictly) -> bool:
    found = [row[key] for row in strictly(text)["tests"] for key in ("name", "description", "message")]
    calm = all(not harm(each, kept="\n\t") and pile(each) <= MAX_MARKS for each in found)
    return calm and len(text.encode("utf-8")) <= MAX_BYTES and bool(Results.model_validate_json(text))


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(text=texts)
def test_no_text_of_a_record_does_harm(record, strictly, text):
    assert harmless(written(everywhere(short(record), text)), strictly)


@pytest.mark.parametrize("what", TEXTS)
def test_a_nasty_remark_does_no_harm_where_there_is_no_source(without_source, strictly, what):
    file = strictly(written(replace(without_source, remarks=(TEXTS[what],))))
    (told,) = file["format_errors"]

    assert not file["gradable"] and not harm(told, kept="\n\t") and pile(told) <= MAX_MARKS


def test_texts_without_end_are_cut_until_the_file_is_below_a_megabyte(record):
    seen = Seen("𝕏" * 100_000, "y" * 100_000, "z" * 100_000, "w" * 100_000)
    problems = tuple(replace(problem, student=seen) for problem in record.problems * 10)

    text = written(replace(record, problems=problems, printed="p" * 100_000))

    assert len(text.encode()) <= MAX_BYTES
    assert len(json.loads(text)["tests"]) == 200
    assert CUT in json.loads(text)["tests"][199]["message"]


def test_a_megabyte_is_used_where_there_is_so_much_to_say(record):
    problems = tuple(replace(problem, student=Seen("x" * 15_000)) for problem in record.problems)

    assert CUT not in written(replace(record, problems=problems))
