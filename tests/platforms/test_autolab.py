"""Autolab reads the last line with its own regular expression, and shows students all there is."""

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from nasty import TEXTS, everywhere, harm, pile, short, texts

from grader.platforms.autolab import MAX_BYTES, withheld, written
from grader.record import Seen
from grader.report.escape import MAX_MARKS

TRAP = re.compile("([a-zA-Z0-9]+):")
MISSED = '{"scores": {"a": 1}, "said": "%s"}'


def trapped(line: str) -> str:
    """Ruby's `autoresult.gsub(/([a-zA-Z0-9]+):/, '"\\\\1":')`."""
    return TRAP.sub(r'"\1":', line)


def points_read(output: str) -> dict:
    """What Autolab makes of the output.

    Raises:
        ValueError: it cannot be read; problems without a score get 0.
    """
    lines = output.rstrip().split("\n")
    scores = json.loads(trapped(lines[-1]), parse_float=Decimal)["scores"]
    if not scores:
        raise ValueError("Empty autoresult string")
    return scores


def table_read(output: str) -> dict:
    """The rows that Autolab shows, stage by stage; a stage of other values would be shown without colours."""
    feedback = json.loads(output.rstrip().split("\n")[-2])
    stages = {stage: feedback[stage] for stage in feedback["stages"]}
    assert feedback["_presentation"]
    assert not any(key.startswith("_") for stage in stages.values() for key in stage)
    return stages


def is_an_object(line: str) -> bool:
    try:
        return isinstance(json.loads(trapped(line)), dict)
    except ValueError:
        return False


# ---- the documented sample ------------------------------------------------------------------


def test_the_documented_sample_is_read(sample):
    text = sample("autolab_stdout_tail.txt")

    assert points_read(text) == {"Correctness": 20, "TA/Design/Readability": 40}
    assert table_read(text)["Test"]["Return Values"] == {"passed": False, "hint": "You need to return 1"}


def test_ours_has_the_samples_keys(sample, record):
    both = (sample("autolab_stdout_tail.txt"), written(record))
    theirs, ours = ([json.loads(line) for line in text.rstrip().split("\n")[-2:]] for text in both)
    rows = [row for stage in table_read(written(record)).values() for row in stage.values()]

    assert ours[1].keys() == theirs[1].keys()
    assert ours[0].keys() - set(ours[0]["stages"]) == theirs[0].keys() - set(theirs[0]["stages"])
    assert {key for row in rows for key in row} == set(theirs[0]["Test"]["Return Values"])


@pytest.mark.parametrize("said", ["note: x", "at 12:30", "http://x", "a:b"])
def test_the_trap_closes_on_a_text_with_a_colon(said):
    """Else the tests below would prove nothing."""
    with pytest.raises(ValueError, match="delimiter"):
        points_read(MISSED % said)


# ---- the last line --------------------------------------------------------------------------


def test_the_last_line_has_every_functions_points(record, assignment):
    actual = points_read(written(record))

    assert list(actual) == [problem.name for problem in assignment.problems]
    assert actual == {problem.name: problem.score for problem in record.problems}


def test_the_scoreboard_has_a_column_for_each_function_and_one_for_the_sum(record):
    columns = json.loads(written(record).split("\n")[-1])["scoreboard"]

    assert columns == [*(problem.score for problem in record.problems), 45]


def test_points_are_the_decimals_that_they_are(record):
    scores = list(map(Decimal, ["0.1", "0.2", "0.7", "1.005", "2.675", "3.3"]))
    problems = [replace(p, score=score) for p, score in zip(record.problems, scores, strict=False)]
    output = written(replace(record, problems=tuple(problems)))

    assert list(points_read(output).values()) == scores
    assert output.endswith(", 7.98]}")


def test_the_last_line_survives_the_trap_unchanged(record):
    line = written(record).split("\n")[-1]

    assert trapped(line) == line


def test_the_table_would_survive_the_trap_too(record):
    line = written(record).split("\n")[-2]

    assert ":" in json.dumps(table_read(written(record))["1. A small network"]["d_normalize"]["hint"])
    assert trapped(line) == line


def safe(output: str) -> bool:
    """Whether it is harmless, and only the last line can pass for points."""
    lines = output.split("\n")
    calm = not harm(output, kept="\n\t") and pile(output) <= MAX_MARKS and lines[-1].isascii()
    whole = all(map(is_an_object, lines[-2:])) and points_read(output) == json.loads(lines[-1])["scores"]
    return calm and whole and not any(map(is_an_object, lines[:-2])) and len(output.encode()) <= MAX_BYTES


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(text=texts)
def test_no_text_of_a_record_does_harm(record, text):
    assert safe(written(everywhere(short(record), text)))


@pytest.mark.parametrize("what", TEXTS)
def test_a_nasty_text_comes_through_the_trap_as_it_is_shown(record, what):
    text = f"word:{TEXTS[what]}12:30"
    hostile = everywhere(short(record), text)

    (name,) = points_read(written(hostile))

    assert name.startswith("word:") and name.endswith("12:30")


@pytest.mark.parametrize("text", ['{"scores": {"grad_v": 4}}', ' \t{scores: {"grad_v": 4}}', "a\n{}\n{}"])
def test_no_line_before_the_last_can_be_taken_for_points(record, text):
    hostile = everywhere(short(record), text)
    before = written(hostile).split("\n")[:-2]

    assert [line for line in before if is_an_object(line)] == []
    assert [line for line in before if line.startswith("| ")] != []


def test_a_megabyte_of_text_is_cut_and_costs_no_row(record):
    problems = tuple(replace(problem, student=Seen("x" * 100_000)) for problem in record.problems)

    output = written(replace(record, problems=problems))

    assert len(output) <= MAX_BYTES
    assert len(points_read(output)) == 20


# ---- what students see ----------------------------------------------------------------------


def test_the_table_has_a_stage_for_each_topic_and_a_row_for_each_function(record):
    stages = table_read(written(record))

    assert list(stages)[:2] == ["1. A small network", "2. A curve in space"]
    assert list(stages["2. A curve in space"]) == ["curve_velocity", "curve_acceleration", "curve_taylor"]
    assert stages["1. A small network"]["grad_v"]["passed"] is True
    assert stages["1. A small network"]["d_normalize"]["passed"] is False
    assert "is 0.264; yours is 0.239" in stages["1. A small network"]["d_normalize"]["hint"]


def test_a_topic_cannot_take_a_key_of_autolabs(record):
    first = replace(record.problems[0], topic="stages")
    other = replace(record.problems[1], topic="_presentation", number="2.1")

    stages = table_read(written(replace(record, problems=(first, other))))

    assert list(stages) == ["1. stages", "2. _presentation"]


def test_a_hint_stands_on_one_line_with_the_sentence(record):
    first = replace(record.problems[3], student=Seen("It is\nwrong.", hint="a sign"))

    stages = table_read(written(replace(record, problems=(first,))))

    assert stages["1. A small network"]["grad_U_tilde"]["hint"] == "It is wrong. Hint: a sign"


def test_the_raw_output_has_the_input_to_try_with_its_lines_the_notes_and_the_total(record):
    output = written(replace(record, remarks=("a note",), printed="at import"))

    assert output.startswith("a note\nhw2.py printed:\nat import\n\n1.1 grad_v: Right on all")
    imports = "import numpy as np\nfrom hw2 import d_normalize"
    assert f"\n\nAn input to try:\n{imports}\nU_tilde = np.array([[-0.74, 0.52]])\n" in output
    assert output.split("\n")[-3] == "45 of 100 points, 11 of 20 functions"


def test_partial_credit_is_no_pass(record):
    partly = replace(record.problems[2], score=Decimal("1.5"))
    output = written(replace(record, problems=(partly,)))

    assert table_read(output)["1. A small network"]["d_normalize"]["passed"] is False
    assert points_read(output) == {"d_normalize": Decimal("1.5")}


def test_what_cannot_be_read_has_no_points_and_says_why(without_source):
    output = written(without_source)

    assert set(points_read(output).values()) == {0}
    assert output.startswith(without_source.remarks[0])


def test_where_nothing_was_graded_there_are_no_points_that_would_replace_earlier_ones():
    with pytest.raises(ValueError, match="Expecting value"):
        points_read(withheld())

    assert "no fault of yours" in withheld()
