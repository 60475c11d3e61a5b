"""results.json: what the platform documents and others write is accepted, what loses a grade is refused."""

import io
import json
import math
import unittest
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from gradescope_utils.autograder_utils import decorators
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import texts
from pydantic import ValidationError

from grader.gradescope.schema import MAX_OUTPUT, Results, json_schema, to_json

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
VISIBILITIES = ["hidden", "after_due_date", "after_published", "visible"]
FORMATS = ["text", "html", "simple_format", "md", "ansi"]
EVERY_KEY = {
    "score": 7.5,
    "execution_time": 12,
    "output": "on the whole",
    "output_format": "text",
    "test_output_format": "md",
    "test_name_format": "html",
    "visibility": "after_due_date",
    "stdout_visibility": "hidden",
    "extra_data": {"seed": "a1", "deep": [{"x": None}, 1, 2.5, True]},
    "tests": [
        {
            "score": 7.5,
            "max_score": 10,
            "status": "failed",
            "name": "the first",
            "name_format": "simple_format",
            "number": "1.1",
            "output": "almost",
            "output_format": "ansi",
            "tags": ["one", "two"],
            "visibility": "after_published",
            "extra_data": {},
        },
        {"status": "passed", "name": "a line of information"},
    ],
    "leaderboard": [
        {"name": "error", "value": 1.5, "order": "asc"},
        {"name": "stars", "value": "*****"},
    ],
}


def row(**test) -> dict:
    """A file with one test."""
    return {"score": 1, "tests": [test]}


def accepts(data) -> bool:
    try:
        Results.model_validate(data)
    except ValidationError:
        return False
    return True


# ---- what is accepted ---------------------------------------------------------------------


def test_the_documentations_example_is_accepted():
    path = SAMPLES / "results.docs-example.json"
    if not path.is_file():
        pytest.skip(f"there is no {path}: the shared samples are not beside this repository")
    data = json.loads(path.read_text(encoding="utf-8"))

    actual = json.loads(to_json(Results.model_validate(data)))

    assert actual == data


def test_every_documented_key_is_accepted_and_kept():
    actual = json.loads(to_json(Results.model_validate(EVERY_KEY)))

    assert actual == EVERY_KEY


@pytest.mark.parametrize("value", VISIBILITIES)
@pytest.mark.parametrize("key", ["visibility", "stdout_visibility"])
def test_every_documented_visibility_is_accepted(key, value):
    assert accepts({"score": 1, key: value})


@pytest.mark.parametrize("value", FORMATS)
@pytest.mark.parametrize("key", ["output_format", "test_output_format", "test_name_format"])
def test_every_documented_format_is_accepted(key, value):
    assert accepts({"score": 1, key: value})


def test_null_stands_for_an_absent_key_as_in_the_platforms_own_export():
    stored = dict.fromkeys(EVERY_KEY) | {"score": 3.0, "tests": [dict.fromkeys(EVERY_KEY["tests"][0])]}

    assert json.loads(to_json(Results.model_validate(stored))) == {"score": 3.0, "tests": [{}]}


# ---- what gradescope-utils writes ---------------------------------------------------------


def suite(set_to: float) -> type[unittest.TestCase]:
    class Suite(unittest.TestCase):
        @decorators.weight(2)
        @decorators.number("1.1")
        @decorators.visibility("after_due_date")
        @decorators.tags("one", "two")
        def test_right(self):
            """The first line is the name"""
            print("said in passing")

        @decorators.weight(3)
        @decorators.number("1.2")
        @decorators.hide_errors("not shown")
        def test_wrong(self):
            self.fail("secret")

        @decorators.partial_credit(5)
        @decorators.number("1.3")
        def test_partly(self, set_score=None):
            set_score(set_to)

        @decorators.leaderboard("accuracy", "asc")
        def test_board(self, set_leaderboard_value=None):
            set_leaderboard_value(0.75)

    return Suite


def written_by_gradescope_utils(set_to: float) -> dict:
    stream = io.StringIO()
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(suite(set_to))
    JSONTestRunner(stream=stream, visibility="visible", stdout_visibility="hidden").run(tests)
    return json.loads(stream.getvalue())


def test_what_gradescope_utils_writes_is_accepted_with_its_time_as_a_number():
    written = written_by_gradescope_utils(1.5)

    actual = json.loads(to_json(Results.model_validate(written)))

    assert isinstance(written["execution_time"], str)
    assert actual == written | {"execution_time": float(written["execution_time"])}


def test_what_gradescope_utils_writes_after_set_score_nan_is_refused():
    assert not accepts(written_by_gradescope_utils(math.nan))


def test_what_gradescope_utils_writes_has_every_feature_that_these_tests_are_about():
    written = written_by_gradescope_utils(1.5)

    assert written["score"] == 3.5
    assert {key for test in written["tests"] for key in test} == {
        "name",
        "score",
        "max_score",
        "status",
        "tags",
        "output",
        "visibility",
        "number",
    }
    assert written["leaderboard"] == [{"name": "accuracy", "value": 0.75, "order": "asc"}]


# ---- what is refused ----------------------------------------------------------------------

REFUSED = {
    "a list": [],
    "null": None,
    "a text": "{}",
    "a number": 5,
    "nothing at all": {},
    "an unknown key": {"score": 1, "max_score": 2},
    "an unknown key of a test": row(scor=1),
    "an unknown key of the leaderboard": {
        "score": 1,
        "leaderboard": [{"name": "a", "value": 1, "sort": "asc"}],
    },
    "an unknown visibility": {"score": 1, "visibility": "shown"},
    "an unknown visibility of stdout": {"score": 1, "stdout_visibility": True},
    "an unknown visibility of a test": row(visibility="Visible"),
    "an unknown status": row(status="pass"),
    "an unknown format": {"score": 1, "output_format": "markdown"},
    "an unknown format of a test": row(output_format=""),
    "an unknown format of a name": row(name_format="txt"),
    "an unknown order": {"score": 1, "leaderboard": [{"name": "a", "value": 1, "order": "up"}]},
    "a score that is true": {"score": True},
    "a test's score that is true": row(score=True),
    "a test's score that is false, and no other": {"tests": [{"score": False}]},
    "a score that is a text": {"score": "1"},
    "a test's score that is a text": row(score="1"),
    "a test's score that is a text, and no other": {"tests": [{"score": "1"}]},
    "a score that is a list": {"score": [1]},
    "a maximum that is a text": row(max_score="10"),
    "a negative time": {"score": 1, "execution_time": -1},
    "a time in words": {"score": 1, "execution_time": "a while"},
    "a time that is true": {"score": 1, "execution_time": True},
    "a number as output": {"score": 1, "output": 5},
    "a list as output": {"score": 1, "output": ["a"]},
    "a number as a test's output": row(output=5),
    "a number as number": row(number=1.1),
    "a number as name": row(name=1),
    "a text as tags": row(tags="one"),
    "numbers as tags": row(tags=[1]),
    "a list as extra data": {"score": 1, "extra_data": []},
    "a text as tests": {"score": 1, "tests": "none"},
    "an object as tests": {"score": 1, "tests": {"a": {}}},
    "a number as tests, and no score": {"tests": 5},
    "a number as test": {"score": 1, "tests": [5]},
    "a number as the only test": {"tests": [5]},
    "no score anywhere": {"output": "hello"},
    "no score and no test": {"tests": []},
    "no score and a null": {"score": None, "tests": None},
    "a line of information and no score": {"tests": [{"status": "passed"}]},
    "a score on one of two tests": {"tests": [{"score": 1}, {"status": "passed"}]},
    "a score that is null on one of two tests": {"tests": [{"score": 1}, {"score": None}]},
    "a leader without a name": {"score": 1, "leaderboard": [{"value": 1}]},
    "a leader without a value": {"score": 1, "leaderboard": [{"name": "a"}]},
    "a leader whose value is true": {"score": 1, "leaderboard": [{"name": "a", "value": True}]},
    "a leader whose value is null": {"score": 1, "leaderboard": [{"name": "a", "value": None}]},
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused(what):
    assert not accepts(REFUSED[what])


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "place",
    [
        lambda x: {"score": x},
        lambda x: {"score": 1, "execution_time": x},
        lambda x: row(score=x),
        lambda x: row(score=1, max_score=x),
        lambda x: {"tests": [{"score": x}]},
        lambda x: {"tests": [{"score": 1}, {"score": x}, {"score": -x}]},
        lambda x: {"score": 1, "leaderboard": [{"name": "a", "value": x}]},
    ],
    ids=["score", "time", "test", "maximum", "sum", "sum of opposites", "leaderboard"],
)
def test_a_number_that_is_not_finite_is_refused(number, place):
    assert not accepts(place(number))


@pytest.mark.parametrize("scores", [[1e308, 1e308], [10**400]])
def test_scores_whose_sum_is_no_number_are_refused(scores):
    assert not accepts({"tests": [{"score": score} for score in scores]})


def test_a_refusal_names_the_place():
    with pytest.raises(ValidationError, match=r"tests\.1\.status"):
        Results.model_validate({"score": 1, "tests": [{}, {"status": "great"}]})


def test_results_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Results(score=1).score = 100


# ---- the score ----------------------------------------------------------------------------


def test_the_score_of_tests_alone_is_their_sum():
    assert Results.model_validate({"tests": [{"score": 2}, {"score": 0.5}, {"score": 0}]}).score == 2.5


def test_a_null_at_the_top_is_filled_with_the_sum():
    assert Results.model_validate({"score": None, "tests": [{"score": 2}]}).score == 2.0


def test_a_given_score_wins_over_the_sum():
    assert Results.model_validate({"score": 0, "tests": [{"score": 2}]}).score == 0.0


@settings(derandomize=True, deadline=None, database=None)
@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=1, max_size=30))
def test_the_filled_score_is_the_exact_sum_of_the_decimals_that_are_written(scores):
    tests = [{"score": float(score)} for score in scores]

    actual = json.loads(to_json(Results.model_validate({"tests": tests})), parse_float=Decimal)

    assert Decimal(actual["score"]) == sum(scores)


# ---- texts --------------------------------------------------------------------------------


def test_nul_bytes_are_stripped_everywhere():
    data = {
        "score": 1,
        "output": "a\0b",
        "extra_data": {"k\0ey": ["v\0", {"in\0ner": "\0"}]},
        "tests": [
            {"name": "n\0", "number": "1\0", "output": "\0o", "tags": ["t\0"], "extra_data": {"x": "\0"}}
        ],
        "leaderboard": [{"name": "l\0", "value": "v\0"}],
    }

    actual = json.loads(to_json(Results.model_validate(data)))

    assert actual == {
        "score": 1,
        "output": "ab",
        "extra_data": {"key": ["v", {"inner": ""}]},
        "tests": [{"name": "n", "number": "1", "output": "o", "tags": ["t"], "extra_data": {"x": ""}}],
        "leaderboard": [{"name": "l", "value": "v"}],
    }


def test_half_a_character_becomes_a_question_mark_everywhere():
    data = {
        "score": 1,
        "output": "a\ud800b",
        "extra_data": {"k\udfff": ["\ud83d"]},
        "tests": [{"name": "\udc00", "tags": ["\udc00"]}],
    }

    actual = json.loads(to_json(Results.model_validate(data)))

    assert actual == {
        "score": 1,
        "output": "a?b",
        "extra_data": {"k?": ["?"]},
        "tests": [{"name": "?", "tags": ["?"]}],
    }


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(texts)
def test_any_text_anywhere_gives_a_file_in_utf_8_that_reads_back_without_zeros(text):
    test = {"name": text, "number": text, "output": text, "tags": [text], "extra_data": {text: [text]}}
    leader = {"name": text, "value": text}
    data = {"score": 1, "output": text, "extra_data": {text: text}, "tests": [test], "leaderboard": [leader]}
    results = Results.model_validate(data)

    written = to_json(results).encode("utf-8")

    assert Results.model_validate_json(written) == results
    assert "\0" not in str(json.loads(written, parse_constant=refuse)["tests"][0]["output"])
    assert b"\\u0000" not in written.replace(b"\\\\", b"")


def test_characters_beyond_ascii_stay_as_they_are():
    text = "dL = ⟨G, dW⟩ 🎉 e\u0301"

    assert json.loads(to_json(Results(score=1, output=text)))["output"] == text


@pytest.mark.parametrize("length", [0, 1, MAX_OUTPUT - 1])
def test_an_output_below_the_platforms_limit_is_not_cut(length):
    text = "x" * length

    assert Results(score=1, output=text).output == text


@pytest.mark.parametrize("length", [MAX_OUTPUT, MAX_OUTPUT + 1, 1_000_001])
def test_an_output_at_the_platforms_limit_is_cut_below_it(length):
    assert len(Results(score=1, output="x" * length).output) < 100_000


def test_a_cut_output_keeps_its_start_and_its_end_and_says_so():
    text = "".join(f"{k:07}" for k in range(30_000))

    actual = Results.model_validate(row(output=text)).tests[0].output
    start, end = actual.split("\n[...(truncated)...]\n")

    assert text.startswith(start)
    assert text.endswith(end)
    assert min(len(start), len(end)) > 49_000


# ---- the file -----------------------------------------------------------------------------


def refuse(constant: str):
    raise ValueError(f"{constant} is no JSON")


@pytest.mark.parametrize("thing", [math.nan, math.inf, -math.inf, b"bytes", {1, 2}, 1j, Decimal(1)], ids=repr)
@pytest.mark.parametrize("where", [lambda x: {"a": x}, lambda x: {"a": [1, {"b": x}]}], ids=["top", "deep"])
def test_what_json_does_not_have_is_refused_in_extra_data(thing, where):
    assert not accepts({"score": 1, "extra_data": where(thing)})


def test_the_file_can_be_written_again_by_the_platforms_own_strict_writer():
    data = json.loads(to_json(Results.model_validate(EVERY_KEY)), parse_constant=refuse)

    assert json.loads(json.dumps(data, allow_nan=False)) == EVERY_KEY


def test_reading_the_file_gives_the_same_results():
    results = Results.model_validate(EVERY_KEY)

    assert Results.model_validate_json(to_json(results)) == results


# ---- the JSON Schema ----------------------------------------------------------------------


def schema_accepts(data) -> bool:
    return jsonschema.Draft202012Validator(json_schema()).is_valid(data)


def test_the_json_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_json_schema_survives_being_written():
    assert json.loads(json.dumps(json_schema(), allow_nan=False)) == json_schema()


@pytest.mark.parametrize("what", REFUSED)
def test_the_json_schema_refuses_it_too(what):
    assert not schema_accepts(REFUSED[what])


@pytest.mark.parametrize(
    "data",
    [
        EVERY_KEY,
        {"score": 0},
        {"score": 1, "execution_time": "0.01"},
        {"score": 1, "tests": []},
        {"tests": [{"score": 1}, {"score": 2.5}]},
        {"score": None, "tests": [{"score": 1}]},
        row(status="passed"),
        written_by_gradescope_utils(1.5),
    ],
    ids=["all keys", "score", "time", "no tests", "sum", "null", "information", "gradescope-utils"],
)
def test_the_json_schema_accepts_what_pydantic_accepts(data):
    assert (schema_accepts(data), accepts(data)) == (True, True)
