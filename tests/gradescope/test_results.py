"""A record as results.json: a row for every planned problem, exact sums, nothing that is secret."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
import tellers
from hypothesis import given, settings
from nasty import TEXTS, everywhere, hand_ins, harm, named, pile, short, texts

from grader.assignment import select
from grader.grade import grade
from grader.gradescope.results import results, withheld
from grader.gradescope.schema import MAX_OUTPUT, Results, to_json
from grader.key import make_key
from grader.record import Seen, from_json
from grader.record import to_json as record_to_json
from grader.reference import Mistake
from grader.report.escape import CUT, MAX_MARKS
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

    assert "a\\x00b\\x1b[31m\\ud800\na\\x00b" in output


def test_remarks_without_end_are_cut_below_the_platforms_limit(record):
    file = results(replace(record, remarks=("x" * 99,) * 5000))

    assert len(file.output) < 100_000


def strictly_read(data: bytes):
    """The file as a reader sees it that takes nothing but JSON in UTF-8."""

    def refuse(constant: str):
        raise ValueError(f"{constant} is no JSON")

    return json.loads(data.decode("utf-8"), parse_constant=refuse)


def texts_of(value) -> list[str]:
    """Every text in a JSON value, keys among them."""
    match value:
        case str():
            return [value]
        case dict():
            return [*value, *texts_of(list(value.values()))]
        case list():
            return [text for item in value for text in texts_of(item)]
    return []


def harmless(file: Results) -> bool:
    """Whether it is strict JSON that comes back, with no text that does more than begin lines."""
    written = to_json(file).encode("utf-8")
    found = texts_of(strictly_read(written))
    cuts = max(map(len, found)) < MAX_OUTPUT
    calm = all(not harm(text, kept="\n\t") and pile(text) <= MAX_MARKS for text in found)
    return calm and cuts and Results.model_validate_json(written) == file


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(text=texts)
def test_no_text_of_a_record_does_harm_in_the_file(record, text):
    assert harmless(results(everywhere(short(record), text)))


@pytest.mark.parametrize("what", TEXTS)
def test_a_nasty_reason_for_not_grading_does_no_harm_in_the_file(what):
    assert harmless(withheld(TEXTS[what]))


def test_a_text_of_harmless_lines_is_told_as_it_is(record):
    text = "ValueError: é ⟨G, dW⟩ 🎉\n\tshapes (3, 4) <and> [5]\n\n    & 6"
    first = replace(record.problems[0], student=Seen(text))

    file = results(replace(record, remarks=(text,), problems=(first,)))

    assert (file.output, file.tests[0].output) == (text, text)


def test_a_text_without_end_leaves_room_for_the_input_to_try(record):
    first = replace(record.problems[0], student=Seen("x" * 1_000_000, "v = 1"))

    output = results(replace(record, problems=(first,))).tests[0].output

    assert CUT in output
    assert output.endswith("x\n\nAn input to try:\nv = 1")
    assert len(output) < MAX_OUTPUT


def test_hand_ins_that_say_nasty_texts_in_every_way_do_no_harm_in_the_file(assignment, key, server):
    names = [problem.name for problem in assignment.problems]
    records = {what: grade(assignment, key, one, server) for what, one in hand_ins(names).items()}

    assert [what for what, record in records.items() if not harmless(results(record))] == []
    assert [what for what, record in records.items() if from_json(record_to_json(record)) != record] == []


def test_files_of_nasty_names_do_no_harm_in_the_file(assignment, key, server, tmp_path):
    records = [grade(assignment, key, submission, server) for submission in named(tmp_path)]

    assert [record.hand_in for record in records if not harmless(results(record))] == []
    assert [record.hand_in for record in records if from_json(record_to_json(record)) != record] == []


# ---- secrets ------------------------------------------------------------------------------


@pytest.mark.parametrize("body", tellers.BODIES)
def test_no_secret_input_gets_into_the_file(body, assignment, key, server):
    submission = Submission("hw2.py", "hw2", {"hw2": (tellers.source(body).encode(),)})

    text = to_json(results(grade(assignment, key, submission, server)))

    assert tellers.leaks(text, key) == set()


def test_the_search_for_secrets_would_find_one(key):
    sample = next(sample for sample in key.samples["grad_v"] if not sample.public)
    text = json.dumps({"output": f"ValueError: {sample.case.values['v'].tolist()}"})

    assert len(tellers.leaks(text, key)) == sample.case.values["v"].size


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


# ---- what was printed ---------------------------------------------------------------------


PRINTING = """
print("at import")
def curve_velocity(t):
    print("first line")
    print("t is", t)
"""


def test_what_is_printed_at_import_is_part_of_the_output_on_the_whole(written):
    file = written(Submission("hw2.py", "hw2", {"hw2": (PRINTING.encode(),)}))

    assert file["output"] == "The file printed:\nat import\n"


def test_what_a_public_case_prints_stands_in_its_row_with_its_lines(written):
    file = written(Submission("hw2.py", "hw2", {"hw2": (PRINTING.encode(),)}))
    (row,) = [row for row in file["tests"] if row["name"].startswith("curve_velocity")]

    assert "\n\nOn a public case it printed:\nfirst line\nt is " in row["output"]


def test_what_a_secret_case_prints_is_nowhere(assignment, key, server):
    """The function prints what it is given, all of it; students see that of public cases, staff neither."""
    source = b"def curve_velocity(t):\n    print(repr(t))\n"
    submission = Submission("hw2.py", "hw2", {"hw2": (source,)})
    record = grade(assignment, key, submission, server)

    assert tellers.leaks(record_to_json(record), key) == set()
    assert "-0.89" in record_to_json(record)


def test_partial_credit_is_no_pass(assignment, reference, server):
    says = "the factor 2 of the square is missing"
    worth = {says: Mistake(lambda v, U, y: (v @ U - y) @ U.T, credit=0.5)}
    other = replace(reference, mistakes={**reference.mistakes, "grad_v": worth})
    only = select(assignment, ("grad_v",))
    source = b"def grad_v(v, U, y):\n    return (v @ U - y) @ U.T\n"
    record = grade(only, make_key(only, other), Submission("hw2.py", "hw2", {"hw2": (source,)}), server)
    (test,) = results(record).tests
    assert (test.score, test.max_score, test.status) == (2.0, 4.0, "failed")
    assert "worth a part of the points" in test.output
    assert results(record).extra_data["diagnoses"] == {"grad_v": f"mistake:{says}"}
