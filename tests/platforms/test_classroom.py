"""GitHub Classroom's reporter adds up scores in JavaScript, and prints what it is given into a log."""

import json
import re
from base64 import b64decode
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import TEXTS, everywhere, harm, pile, short, texts
from pydantic import ValidationError

from grader.faults import Fault
from grader.platforms.classroom import MAX_BYTES, MAX_OUTPUT, Results, withheld, written
from grader.record import Seen
from grader.report.escape import CUT, MAX_MARKS

MAX_VARIABLE = 131_072  # bytes of one environment variable on Linux, with its name
DOCUMENTED = {
    "version": 3,
    "status": "fail",
    "message": "a test failed",
    "max_score": 10,
    "tests": [
        {
            "name": "test add",
            "status": "pass",
            "test_code": "assert add(1, 1) == 2",
            "task_id": 0,
            "filename": "test_add.py",
            "line_no": 3,
            "duration": 0.5,
            "score": 5,
        },
        {
            "name": "test subtract",
            "status": "error",
            "message": "NameError",
            "test_code": "assert subtract(1, 1) == 0",
            "task_id": 1,
            "filename": "test_add.py",
            "line_no": 6,
            "duration": 0.25,
            "score": 0,
            "output": "printed",
        },
    ],
}


def decoded(line: str) -> str:
    """The output named `result` of the step whose `$GITHUB_OUTPUT` has this line."""
    name, _, value = line.partition("=")
    assert name == "result" and "\n" not in value
    return b64decode(value, validate=True).decode("utf-8")


def read(line: str) -> dict:
    return json.loads(decoded(line))


def notice(results: dict) -> str | None:
    """What the reporter sends to Classroom: nothing where there is no maximum."""
    if not results.get("max_score"):
        return None
    total = 0
    for test in results["tests"]:
        total += test["score"]
    return f"Points {total:g}/{results['max_score']:g}"


def log(results: dict) -> list[str]:
    """The lines that the reporter prints."""
    lines = []
    for test in results["tests"]:
        if test["status"] == "pass":
            lines += f"\x1b[32m✅ {test['name']}\n\x1b[0m".split("\n")
        else:
            message = test.get("message") or f"Failed to run test '{test['name']}'"
            lines += f"\x1b[31m❌ {test['name']}\n\nError: {message}\n\x1b[0m".split("\n")
    return lines


def is_command(line: str) -> bool:
    """Whether the machine that prints the log takes the line for a command."""
    return re.match(r"\s*::", line) is not None or "##[" in line


# ---- the documented format ------------------------------------------------------------------


def test_the_documented_form_comes_back_as_it_was():
    actual = Results.model_validate_json(json.dumps(DOCUMENTED)).model_dump_json(exclude_none=True)

    assert json.loads(actual) == DOCUMENTED
    assert notice(DOCUMENTED) == "Points 5/10"


def test_ours_has_the_documented_keys_but_no_duration(record):
    ours = read(written(replace(record, remarks=("note",))))
    test = read(
        written(replace(record, problems=(replace(record.problems[2], student=Seen("a", "b", "c")),)))
    )

    assert ours.keys() == DOCUMENTED.keys()
    assert test["tests"][0].keys() == DOCUMENTED["tests"][1].keys() - {"duration"}


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"status": "passed"},
        {"max_score": -1},
        {"max_score": "10"},
        {"max_score": float("inf")},
        {"tests": [{"name": "a", "status": "pass"}]},
        {"tests": [{"name": "a", "status": "pass", "score": None}]},
        {"tests": [{"name": "a", "status": "pass", "score": float("nan")}]},
        {"tests": [{"name": "a", "status": "pass", "score": 1, "output": "x" * (MAX_OUTPUT + 1)}]},
    ],
)
def test_what_the_reporter_cannot_add_up_or_show_is_refused(change):
    with pytest.raises(ValidationError):
        Results.model_validate_json(json.dumps(DOCUMENTED | change))


# ---- points ---------------------------------------------------------------------------------


def test_the_reporter_sends_the_points(record):
    results = read(written(record))

    assert notice(results) == "Points 45/100"
    assert (results["status"], results["version"]) == ("fail", 3)


def test_a_complete_hand_in_passes(record):
    problems = tuple(replace(p, verdict="right", score=p.points) for p in record.problems)

    results = read(written(replace(record, problems=problems)))

    assert (results["status"], notice(results)) == ("pass", "Points 100/100")
    assert {test["status"] for test in results["tests"]} == {"pass"}


def test_partial_credit_counts_and_is_no_pass(record):
    partly = replace(record.problems[2], score=Decimal("1.5"))

    results = read(written(replace(record, problems=(partly,))))

    assert (results["tests"][0]["status"], notice(results)) == ("fail", "Points 1.5/6")


@settings(derandomize=True, deadline=None, database=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=30))
def test_quarters_of_points_add_up_exactly(record, quarters):
    problems = tuple(replace(record.problems[0], score=Decimal(quarter) / 4) for quarter in quarters)

    assert sum(t["score"] for t in read(written(replace(record, problems=problems)))["tests"]) * 4 == sum(
        quarters
    )


def test_a_hand_in_without_source_has_no_points_of_all(without_source):
    results = read(written(without_source))

    assert (notice(results), results["message"]) == ("Points 0/100", without_source.remarks[0])


def test_where_nothing_was_graded_the_reporter_sends_no_points_and_says_so_in_the_log():
    results = read(withheld())

    assert (notice(results), results["status"]) == (None, "error")
    assert any("no fault of yours" in line for line in log(results))
    assert Results.model_validate_json(decoded(withheld()))


# ---- what students see ----------------------------------------------------------------------


def test_the_log_tells_why_and_what_to_try(record):
    lines = log(read(written(record)))

    assert "\x1b[32m✅ 1.1 grad_v: the gradient of output_loss in v: dL = ⟨G, dv⟩" in lines
    assert f"Error: {record.problems[2].student.sentence}" in lines
    assert "U_tilde = np.array([[-0.74, 0.52]])" in lines


def test_notes_are_told_once_with_the_first_problem_that_has_not_passed(record):
    results = read(written(replace(record, remarks=("line 3 was passed over",))))
    told = [t["name"] for t in results["tests"] if "line 3 was passed over" in t["message"]]

    assert told == [f"1.3 d_normalize: {record.problems[2].asks}"]


@pytest.mark.parametrize("length", [0, 1, 480])
def test_what_was_printed_is_told_whole_where_it_is_short(record, length):
    first = replace(record.problems[0], student=Seen("right", printed="x" * length))

    (test,) = read(written(replace(record, problems=(first,))))["tests"]

    assert test.get("output", "") == "x" * length


@pytest.mark.parametrize("printed", ["x" * 481, "x" * 100_000, "\n::" * 160, "##[" * 160], ids=len)
def test_what_was_printed_has_at_most_500_characters(record, printed):
    first = replace(record.problems[0], student=Seen("right", printed=printed))

    (test,) = read(written(replace(record, problems=(first,))))["tests"]

    assert len(test["output"]) == 480 + len(CUT) <= MAX_OUTPUT


# ---- hostile texts --------------------------------------------------------------------------


def harmless(line: str, strictly) -> bool:
    results = strictly(decoded(line))
    found = [value for test in results["tests"] for value in test.values() if isinstance(value, str)]
    calm = all(not harm(text, kept="\n\t") and pile(text) <= MAX_MARKS for text in found)
    orders = [line for line in log(results) if is_command(line)]
    return calm and not orders and len(line) <= MAX_BYTES and bool(Results.model_validate_json(decoded(line)))


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(text=texts)
def test_no_text_of_a_record_does_harm(record, strictly, text):
    assert harmless(written(everywhere(short(record), text)), strictly)


ORDERS = ["a\n::add-mask::1", "\n \t::error file=x::y", "##[error]x", "a\n::::x", "###[[##[##[x", ":\n:::"]


@pytest.mark.parametrize("text", [*ORDERS, *TEXTS.values()])
def test_no_line_of_the_log_is_a_command(record, strictly, text):
    assert harmless(written(everywhere(short(record), text)), strictly)
    assert harmless(written(everywhere(short(record), f"\n::{text}\n{text}##[")), strictly)


def test_the_log_would_take_those_for_commands():
    assert [text for text in ORDERS[:5] if not any(map(is_command, text.split("\n")))] == []


def test_texts_without_end_are_cut_until_they_fit_into_an_environment_variable(record):
    seen = Seen("𝕏" * 100_000, "y" * 100_000, "z" * 100_000, "w" * 100_000)
    problems = tuple(replace(problem, student=seen) for problem in record.problems * 2)

    line = written(replace(record, problems=problems, printed="p" * 100_000))

    assert len(f"GRADER_RESULTS{line}\0") < MAX_VARIABLE
    assert len(read(line)["tests"]) == 40


def test_so_many_functions_that_nothing_fits_are_a_fault_of_ours(record):
    with pytest.raises(Fault, match="GitHub Classroom takes 120,000 bytes"):
        written(replace(record, problems=record.problems * 40))
