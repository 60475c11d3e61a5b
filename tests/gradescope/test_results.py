"""A record as results.json: a row for every planned problem, exact sums, nothing that is secret."""

import json
from dataclasses import replace
from decimal import Decimal

import hostile
import pytest

from grader.grade import grade
from grader.gradescope.results import results
from grader.gradescope.schema import Results, to_json
from grader.submission import Submission, read_submission


@pytest.fixture(scope="session")
def written(assignment, key, server):
    """Grade a submission; returns the file as the platform reads it, numbers as they stand in the text."""

    def write(submission: Submission) -> dict:
        record = grade(assignment, key, submission, server)
        return json.loads(to_json(results(record)), parse_float=Decimal)

    return write


@pytest.fixture(scope="session")
def mixed(written, assignment):
    return written(read_submission(assignment.folder / "submissions_example/incomplete", "hw2"))


@pytest.fixture(scope="session")
def record(grade_text):
    return grade_text("")


NOTHING = {
    "an empty file": Submission("hw2.py", "hw2", {"hw2": (b"",)}),
    "no source": Submission("x.zip", "hw2", {"hw2": ()}, fault="x.zip has no Python file"),
    "a syntax error": Submission("hw2.py", "hw2", {"hw2": (b"def (",)}),
    "an end of the process": Submission("hw2.py", "hw2", {"hw2": (b"import os; os._exit(0)",)}),
}


@pytest.fixture(scope="session", params=NOTHING)
def nothing(request, written):
    return written(NOTHING[request.param])


# ---- rows ---------------------------------------------------------------------------------


def test_every_planned_problem_has_its_row_though_nothing_ran(nothing, assignment):
    assert [row["number"] for row in nothing["tests"]] == [problem.number for problem in assignment.problems]


def test_what_did_not_run_has_no_points(nothing):
    assert {row["score"] for row in nothing["tests"]} | {nothing["score"]} == {0}


def test_what_did_not_run_has_failed(nothing):
    assert {row["status"] for row in nothing["tests"]} == {"failed"}


def test_every_row_says_why_there_are_no_points(nothing):
    assert [row["number"] for row in nothing["tests"] if not row["output"].strip()] == []


def test_the_maximum_does_not_change_when_nothing_ran(nothing):
    assert sum(row["max_score"] for row in nothing["tests"]) == 100


def test_numbers_follow_the_topics(mixed):
    expected = [
        f"{topic}.{place}"
        for topic, count in enumerate([7, 3, 4, 4, 2], start=1)
        for place in range(1, count + 1)
    ]

    assert [row["number"] for row in mixed["tests"]] == expected


def test_names_begin_with_the_function(mixed, assignment):
    actual = [row["name"].partition(":")[0] for row in mixed["tests"]]

    assert actual == [problem.name for problem in assignment.problems]


def test_maximum_scores_are_the_problems_points(mixed, assignment):
    assert [row["max_score"] for row in mixed["tests"]] == [p.points for p in assignment.problems]


def test_a_right_row_has_passed_with_all_its_points(mixed):
    row = mixed["tests"][0]

    assert (row["name"].partition(":")[0], row["status"], row["score"]) == ("grad_v", "passed", 4)


def test_an_unwritten_row_has_failed_without_points(mixed):
    row = mixed["tests"][2]

    assert (row["name"].partition(":")[0], row["status"], row["score"]) == ("d_normalize", "failed", 0)


def test_tags_are_the_topic_and_the_verdict(mixed):
    assert [mixed["tests"][place]["tags"] for place in (0, 2, 7)] == [
        ["A small network", "right"],
        ["A small network", "unwritten"],
        ["A curve in space", "right"],
    ]


def test_every_row_is_visible(mixed):
    assert {row["visibility"] for row in mixed["tests"]} | {mixed["visibility"]} == {"visible"}


def test_an_input_to_try_stands_below_the_sentence(written):
    text = b"def curve_velocity(t): return 0"
    row = written(Submission("hw2.py", "hw2", {"hw2": (text,)}))["tests"][7]

    sentence, _, detail = row["output"].partition("\n\nAn input to try:\n")

    assert "shape" in sentence
    assert detail.endswith("\ncurve_velocity(t)")


def test_lost_digits_that_cost_everything_have_failed(record):
    imprecise = replace(record.problems[0], verdict="imprecise", score=Decimal(0))

    row = results(replace(record, problems=(imprecise,))).tests[0]

    assert (row.status, row.score) == ("failed", 0)


def test_lost_digits_that_cost_a_part_have_passed_with_the_rest(record):
    imprecise = replace(record.problems[0], verdict="imprecise", score=Decimal("1.5"))

    row = results(replace(record, problems=(imprecise,))).tests[0]

    assert (row.status, row.score) == ("passed", 1.5)


# ---- sums ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["incomplete", "raises", "wrong_activation"])
def test_the_score_is_the_sum_of_the_rows_as_written(written, assignment, name):
    file = written(read_submission(assignment.folder / "submissions_example" / name, "hw2"))

    assert file["score"] == sum(row["score"] for row in file["tests"])


def test_scores_that_binary_numbers_cannot_hold_still_sum_exactly(record):
    scores = ["0.1", "0.2", "0.7", "1.005", "2.675", "3.3"]
    problems = [
        replace(problem, score=Decimal(score), points=Decimal(4))
        for problem, score in zip(record.problems, scores, strict=False)
    ]

    text = to_json(results(replace(record, problems=tuple(problems))))
    file = json.loads(text, parse_float=Decimal)

    assert [row["score"] for row in file["tests"]] == list(map(Decimal, scores))
    assert file["score"] == Decimal("7.980")


# ---- the whole file -----------------------------------------------------------------------


def test_formats_are_text_wherever_a_student_has_a_say(mixed):
    formats = {mixed[key] for key in ("output_format", "test_output_format", "test_name_format")}

    assert formats == {"text"}


def test_what_students_print_is_for_instructors_alone(mixed):
    assert mixed["stdout_visibility"] == "hidden"


def test_remarks_are_the_output_on_the_whole(record):
    file = results(replace(record, remarks=("first", "second")))

    assert file.output == "first\nsecond"


def test_extra_data_hold_what_a_regrade_needs(mixed, key):
    assert set(mixed["extra_data"]) >= {"grader", "python", "numpy", "seed_id", "hand_in_sha256"}
    assert mixed["extra_data"]["seed_id"] == key.seed_id


def test_the_file_reads_back_as_the_same_results(record):
    file = results(record)

    assert Results.model_validate_json(to_json(file)) == file


def test_control_characters_of_a_student_do_not_break_the_file(written):
    text = b"def grad_v(v, U, y): raise ValueError('a\\0b\\x1b[31m\\ud800\\n' * 9)"
    output = written(Submission("hw2.py", "hw2", {"hw2": (text,)}))["tests"][0]["output"]

    assert "ab\x1b[31m" in output


def test_remarks_without_end_are_cut_below_the_platforms_limit(record):
    file = results(replace(record, remarks=("x" * 99,) * 5000))

    assert len(file.output) < 100_000


# ---- secrets ------------------------------------------------------------------------------


@pytest.mark.parametrize("body", hostile.BODIES)
def test_no_secret_input_gets_into_the_file(body, assignment, key, server):
    submission = Submission("hw2.py", "hw2", {"hw2": (hostile.source(body).encode(),)})

    text = to_json(results(grade(assignment, key, submission, server)))

    assert hostile.leaks(text, key) == set()


def test_the_search_for_secrets_would_find_one(key):
    sample = next(sample for sample in key.samples["grad_v"] if not sample.public)
    text = json.dumps({"output": f"ValueError: {sample.case.values['v'].tolist()}"})

    assert len(hostile.leaks(text, key)) == sample.case.values["v"].size


def test_the_seed_does_not_get_into_the_file_but_a_name_of_it_does(reference, record, key):
    text = to_json(results(record))

    assert (reference.seed.hex() in text, key.seed_id in text) == (False, True)


def test_an_exception_on_hidden_cases_alone_is_told_without_its_message(written):
    text = (
        b"import numpy as np\n"
        b"def curve_velocity(t):\n"
        b"    if round(t, 2) != t: raise ValueError('seen a hidden one')\n"
        b"    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0])\n"
    )
    output = written(Submission("hw2.py", "hw2", {"hw2": (text,)}))["tests"][7]["output"]

    assert output == "Right on the 4 public cases, but an exception is raised on hidden ones."
