"""A record as results.json: a row for every planned problem, exact sums, nothing that is secret."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import tellers
from hypothesis import given, settings
from markdown_it import MarkdownIt
from nasty import TEXTS, everywhere, hand_ins, harm, named, pile, short, texts

from grader.assignment import select
from grader.grade import grade
from grader.gradescope.late import Lateness, charged
from grader.gradescope.results import PLAIN, results, withheld
from grader.gradescope.schema import MAX_OUTPUT, Results, to_json
from grader.key import make_key
from grader.record import PASSING, Diagnosis, Record, Seen, Timings, from_json
from grader.record import to_json as record_to_json
from grader.reference import Mistake
from grader.report.escape import CUT, MAX_MARKS
from grader.settings import Display, LatePolicy
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
    assert output.endswith("x\n\nAn input to try:\nimport numpy as np\nv = 1")
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


# ---- how the author wants it shown --------------------------------------------------------

SPLIT = Display(hidden_cases="after_published")
MARKDOWN = Display(feedback="markdown")
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@pytest.fixture(scope="session")
def one(record):
    """A record of one problem whose cases came out like this, as grading would tell it."""
    first = record.problems[0]
    case = first.staff[0]

    def of(public: list[str], hidden: list[str], **more) -> Record:
        cases = [replace(case, public=True, verdict=verdict) for verdict in public]
        cases += [replace(case, public=False, verdict=verdict) for verdict in hidden]
        failing = [verdict for verdict in public + hidden if verdict not in PASSING]
        verdict = failing[0] if failing else "imprecise" if "imprecise" in public + hidden else "right"
        score = Decimal(0) if failing else first.points
        told = {"student": Seen("THE SENTENCE", "THE INPUT", "PRINTED", "THE HINT")} | more
        problem = replace(first, staff=tuple(cases), verdict=verdict, score=score, **told)
        return replace(record, problems=(problem,))

    return of


def seen(file: Results) -> list:
    """What a student is shown at once."""
    rows = [row.model_dump() for row in file.tests if row.visibility == "visible"]
    return [file.output, *rows, *(file.leaderboard or ())]


def marked_up(source: str) -> list[str]:
    """Whatever a reader of Markdown finds besides lines of text and blocks of code."""
    plain = ("paragraph_open", "inline", "paragraph_close", "fence", "text", "hardbreak")
    tokens = READER.parse(source)
    inside = [child for token in tokens for child in token.children or ()]
    return [token.type for token in (*tokens, *inside) if token.type not in plain]


def test_as_text_every_part_of_a_row_stands_below_the_other(one):
    (row,) = results(one(["wrong"], ["wrong"])).tests

    assert row.output == (
        "THE SENTENCE\n\nHint: THE HINT\n\nAn input to try:\nimport numpy as np\nTHE INPUT\n\n"
        "On a public case it printed:\nPRINTED"
    )


def test_as_markdown_inputs_and_prints_are_blocks(one):
    told = Seen("shapes (3, 4) * <b>\nsecond", "x = 1\n\ny = *z*", "```\n# printed", "a_b_c")
    file = results(one(["wrong"], [], student=told), MARKDOWN)
    formats = file.output_format, file.test_output_format, file.test_name_format

    assert formats == ("text", "md", "text")
    assert file.tests[0].output == (
        "shapes \\(3, 4\\) \\* &lt;b&gt;  \nsecond\n\nHint\\: a\\_b\\_c\n\n"
        "An input to try:\n\n```\nimport numpy as np\nx = 1\n\ny = *z*\n```\n\n"
        "On a public case it printed:\n\n````\n```\n# printed\n````"
    )
    assert marked_up(file.tests[0].output) == []


def test_without_an_input_a_hint_or_a_print_there_is_the_sentence_alone(one):
    record = one(["right"], ["right"], student=Seen("Right."))

    assert [results(record, each).tests[0].output for each in (PLAIN, MARKDOWN)] == ["Right.", "Right\\."]


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(text=texts)
def test_no_text_of_a_record_marks_anything_up_or_does_harm(record, text):
    for display in (MARKDOWN, replace(MARKDOWN, hidden_cases="hidden")):
        file = results(everywhere(short(record), text), display)
        assert harmless(file)
        assert [marked_up(row.output) for row in file.tests if marked_up(row.output)] == []


@pytest.mark.parametrize("character", ["x", "&", " ", "`", "<", "\n", "é", "*"])
def test_long_texts_are_cut_before_they_are_escaped(one, character):
    """A cut afterwards could take a fence away and leave what it held."""
    long = f"begin{character * 30_000}end"
    told = Seen(long, long, f"{long}\n```\n*a*\n# b\n````\n**c**", long)

    output = results(one(["wrong"], [], student=told), MARKDOWN).tests[0].output

    assert len(output) < MAX_OUTPUT
    assert "truncated" not in output
    assert marked_up(output) == []
    assert output.count("An input to try:") == output.count("On a public case it printed:") == 1


def test_hidden_cases_have_rows_of_their_own_which_have_the_points(one):
    public, hidden = results(one(["right", "right"], ["wrong", "right"]), SPLIT).tests

    assert (public.score, public.max_score, public.status) == (None, None, "passed")
    assert (public.number, public.visibility) == ("1.1", "visible")
    assert public.output == "Right on the 2 public cases.\n\nOn a public case it printed:\nPRINTED"
    assert public.tags == ("A small network", "right")
    assert (hidden.score, hidden.max_score, hidden.status) == (0, 4, "failed")
    assert (hidden.number, hidden.visibility) == ("1.1h", "after_published")
    assert hidden.name == "grad_v: all cases, hidden ones too"
    assert hidden.output == "THE SENTENCE\n\nHint: THE HINT"
    assert hidden.tags == ("A small network", "wrong")


def test_what_fails_on_public_cases_is_told_in_the_row_that_all_see(one):
    public, hidden = results(one(["right", "shape"], ["wrong"]), SPLIT).tests

    assert (public.score, public.status, public.tags[1]) == (None, "failed", "shape")
    assert public.output.startswith(
        "THE SENTENCE\n\nHint: THE HINT\n\nAn input to try:\nimport numpy as np\nTHE INPUT\n\n"
    )
    assert (hidden.score, hidden.status, hidden.output) == (0, "failed", "It fails on public cases already.")


def test_lost_digits_on_public_cases_are_told_at_once(one):
    public, hidden = results(one(["right", "imprecise"], ["right"]), SPLIT).tests

    assert public.output.startswith("Right on the 2 public cases, but digits are lost.\n\n")
    assert (public.status, public.tags[1]) == ("passed", "imprecise")
    assert (hidden.score, hidden.output) == (4, "THE SENTENCE\n\nHint: THE HINT")


def test_one_public_case_is_one(one):
    assert results(one(["right"], []), SPLIT).tests[0].output.startswith("Right on the public case.\n")


ENDS = ["right", "imprecise", "wrong", "shape", "raised", "timed out", "crashed", "not run"]


@pytest.mark.parametrize("feedback", ["text", "markdown"])
@pytest.mark.parametrize("visibility", ["after_due_date", "after_published", "hidden"])
@pytest.mark.parametrize("public", [["right"] * 3, ["right", "imprecise"]])
def test_what_students_see_at_once_is_the_same_whatever_becomes_of_hidden_cases(
    one, public, visibility, feedback
):
    display = Display(feedback, visibility)
    found = [
        seen(charged(results(one(public, [end], student=Seen(f"{end} on hidden ones")), display), lateness))
        for end in ENDS
        for lateness in [Lateness(1, timedelta(1), Decimal("0.9"), LatePolicy(percent_per_day=Decimal(10)))]
    ]

    assert found == [found[0]] * len(ENDS)


def test_the_search_for_a_difference_would_find_one(one):
    found = [seen(results(one(["right"], [end], student=Seen(end)))) for end in ENDS]

    assert found[0] != found[2]


def test_a_real_hand_in_that_is_right_on_public_cases_alone_looks_like_a_right_one(assignment, key, server):
    only = select(assignment, ("curve_velocity",))
    right = "from numpy import array, cos, sin\ndef curve_velocity(t):\n"
    right += "    return array([-2 * sin(t), 4 * cos(t), 1.0])\n"
    cheat = right.replace("    return", "    if round(t, 2) != t: raise ValueError('seen')\n    return")
    files = [
        results(grade(only, key, Submission("hw2.py", "hw2", {"hw2": (text.encode(),)}), server), SPLIT)
        for text in (right, cheat)
    ]

    assert [file.score for file in files] != [0, 0]
    assert files[0].score != files[1].score
    assert seen(files[0]) == seen(files[1])


@pytest.mark.parametrize(
    ("own", "hidden_cases", "rows"),
    [
        ("visible", "visible", ["visible"]),
        ("hidden", "visible", ["hidden"]),
        ("after_due_date", "visible", ["after_due_date"]),
        ("visible", "after_due_date", ["visible", "after_due_date"]),
        ("visible", "hidden", ["visible", "hidden"]),
        ("after_due_date", "after_published", ["after_due_date", "after_published"]),
        ("after_published", "after_due_date", ["after_published", "after_published"]),
        ("hidden", "after_due_date", ["hidden", "hidden"]),
        ("after_due_date", "hidden", ["after_due_date", "hidden"]),
    ],
)
def test_a_hidden_row_is_seen_no_sooner_than_its_problem(one, own, hidden_cases, rows):
    file = results(one(["right"], ["right"]), Display("text", hidden_cases, visibility={"grad_v": own}))

    assert [row.visibility for row in file.tests] == rows
    assert file.visibility == "visible"


def test_only_the_problems_that_are_named_are_hidden(record):
    file = results(record, Display(visibility={"grad_W": "hidden", "curve_velocity": "after_published"}))
    others = {row.name.partition(":")[0]: row.visibility for row in file.tests if row.visibility != "visible"}

    assert others == {"grad_W": "hidden", "curve_velocity": "after_published"}
    assert len(file.tests) == 20


@pytest.mark.parametrize("hidden_cases", ["visible", "after_due_date", "after_published", "hidden"])
def test_the_points_are_the_same_however_it_is_shown(assignment, key, server, hidden_cases):
    submission = read_submission(assignment.folder / "submissions_example/incomplete", "hw2")
    record = grade(assignment, key, submission, server)

    text = to_json(results(record, Display("markdown", hidden_cases)))
    file = json.loads(text, parse_float=Decimal)

    assert file["score"] == record.score == sum(row.get("score", 0) for row in file["tests"])
    assert sum(row.get("max_score", 0) for row in file["tests"]) == 100
    numbers = [row["number"] for row in file["tests"]]
    assert len(set(numbers)) == len(numbers) == (20 if hidden_cases == "visible" else 40)
    assert all(row["output"].strip() and row["status"] and row["tags"] for row in file["tests"])


def test_nothing_is_on_the_leaderboard_unless_the_author_says_so(record):
    assert results(record).leaderboard is None
    assert "leaderboard" not in json.loads(to_json(results(record)))


def test_the_leaderboard_has_the_score_and_how_many_are_right(assignment, key, server):
    submission = read_submission(assignment.folder / "submissions_example/incomplete", "hw2")
    file = results(grade(assignment, key, submission, server), Display(leaderboard=True))

    score, right = file.leaderboard
    assert (score.name, score.value) == ("Score", file.score)
    assert (right.name, right.value) == ("Functions right", sum(row.status == "passed" for row in file.tests))


def test_a_late_file_is_a_valid_one_with_its_rows_as_they_were(record):
    rules = LatePolicy(percent_per_day=Decimal(10))
    before = results(replace(record, remarks=("a remark",)), Display(leaderboard=True))

    after = charged(before, Lateness(2, timedelta(2), Decimal("0.8"), rules))

    assert harmless(after)
    assert after.tests == before.tests
    assert after.output.startswith("Handed in 2 days late; each day costs 10 %")
    assert after.output.endswith("\na remark")
    assert after.extra_data == {**before.extra_data, "late_days": 2}


# ---- what a regrade needs -----------------------------------------------------------------


def test_extra_data_say_on_what_how_and_how_long(record, key):
    staff = replace(record.staff, timings=Timings(1.23456, 0.1, 0.20004, 0.00001), earlier=3)

    actual = results(replace(record, staff=staff)).extra_data

    assert actual["seed_id"] == key.seed_id
    assert (actual["isolation"], actual["attempts"]) == (staff.isolation, 3)
    assert (actual["grader"], actual["python"], actual["numpy"]) == (staff.grader, staff.python, staff.numpy)
    assert actual["platform"] == staff.platform
    assert actual["hand_in_sha256"] == staff.hand_in_sha256
    assert actual["seconds"] == {
        "total": 1.2346,
        "loading": 0.1,
        "students_code": 0.2,
        "comparing": 0.0,
    }


def test_extra_data_have_the_diagnoses_and_suspicions_of_those_that_have_any(record):
    first = replace(record.problems[0], diagnosis=Diagnosis("factor:2"), numerical="too many calls")
    second = replace(record.problems[1], diagnosis=Diagnosis(""), numerical="")

    actual = results(replace(record, problems=(first, second))).extra_data

    assert (actual["diagnoses"], actual["numerical"]) == (
        {"grad_v": "factor:2"},
        {"grad_v": "too many calls"},
    )


def test_a_diagnosis_is_for_staff_until_the_hints_tell_it(one):
    record = one(["wrong"], [], student=Seen("It is wrong."), diagnosis=Diagnosis("ID", "FAMILY", "PLACE"))

    shown = results(record).model_dump(exclude={"extra_data"})

    assert not {"ID", "FAMILY", "PLACE"} & set(str(shown).replace("'", " ").split())


def test_two_gradings_of_the_same_differ_in_their_seconds_alone(grade_text):
    first, second = (results(grade_text("def grad_v(v, U, y):\n    return 0\n")).model_dump() for _ in "12")

    first["extra_data"].pop("seconds")
    second["extra_data"].pop("seconds")
    assert first == second
