"""The lines for whoever keeps the machine: verdicts and circumstances, nothing measured in secret."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
import tellers
from hypothesis import given, settings
from nasty import TEXTS, everywhere, harm, pile, short, texts

from grader.grade import grade
from grader.record import Diagnosis, Timings
from grader.report import staff
from grader.report.escape import MAX_MARKS
from grader.submission import Submission


@pytest.fixture(scope="session")
def record(grade_text):
    return replace(grade_text("def grad_v(v, U, y):\n    return 0\n"), file="hw2.py")


def test_there_is_one_line_for_every_problem_and_four_more(record):
    actual = list(staff.lines(record))

    assert len(actual) == len(record.problems) + 4
    for line, problem in zip(actual, record.problems, strict=False):
        assert line.split() == [problem.number, problem.name, *problem.verdict.split(), f"0/{problem.points}"]


def test_the_columns_stand_below_each_other(record):
    several = record.problems[:3]
    odd = [
        replace(several[0], name="f", score=Decimal("0.75"), points=Decimal("2.5"), verdict="right"),
        replace(several[1], name="a_name_of_some_length", number="12.10", verdict="unchecked"),
        replace(several[2], score=Decimal("100"), points=Decimal("100")),
    ]

    lines = list(staff.lines(replace(record, problems=tuple(odd))))[:3]

    assert lines[0] == "1.1   f                      right        0.75/2.5"
    assert lines[1].startswith("12.10 a_name_of_some_length  unchecked ")
    assert len({len(line) for line in lines}) == 1


def test_the_circumstances_are_all_there(record):
    where = replace(
        record.staff,
        grader="1.2",
        python="3.10.12",
        numpy="2.1.0",
        seed_id="c0ffee",
        isolation="uid",
        earlier=3,
    )
    first = replace(record.problems[0], score=Decimal("0.1"), points=Decimal("4"))

    actual = list(staff.lines(replace(record, staff=where, problems=(first,))))[1:]

    assert actual == [
        "hw2.py: 0.1 of 4 points",
        "isolation: uid",
        "grader 1.2, Python 3.10.12, numpy 2.1.0, seed c0ffee",
        "earlier attempts: 3",
    ]


def test_scores_are_exact_decimals(record):
    several = [
        replace(p, score=Decimal(s)) for p, s in zip(record.problems, ["0.1", "0.2", "1E+1"], strict=False)
    ]

    assert "hw2.py: 10.3 of " in "\n".join(staff.lines(replace(record, problems=tuple(several))))


def test_a_hand_in_without_a_file_has_no_name(record):
    assert "no file: 0 of 100 points" in list(staff.lines(replace(record, file="")))


def test_a_record_of_nothing_has_lines(record):
    assert next(staff.lines(replace(record, problems=()))) == "hw2.py: 0 of 0 points"


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(text=texts)
def test_no_text_of_a_record_does_harm_in_the_lines(record, text):
    lines = list(staff.lines(everywhere(short(record), text)))

    assert [line for line in lines if harm(line) or pile(line) > MAX_MARKS] == []
    assert len("\n".join(lines).splitlines()) == len(lines) == 5


@pytest.mark.parametrize("what", TEXTS)
def test_a_nasty_file_name_stays_on_its_line(record, what):
    lines = list(staff.lines(replace(record, file=TEXTS[what])))

    assert len("\n".join(lines).splitlines()) == len(record.problems) + 4


@pytest.mark.parametrize("body", tellers.BODIES)
def test_no_secret_input_gets_into_the_lines(body, assignment, key, server):
    submission = Submission("hw2.py", "hw2", {"hw2": (tellers.source(body).encode(),)})

    lines = "\n".join(staff.lines(grade(assignment, key, submission, server)))

    assert tellers.leaks(lines, key) == set()


def test_how_long_it_took_is_not_told(record):
    """A hand-in could tell a hidden input by how long it sleeps."""
    slow = replace(record, staff=replace(record.staff, timings=Timings(123.4567, 11.1, 99.9, 7.7)))

    assert list(staff.lines(slow)) == list(staff.lines(record))
    assert not re.search(r"\b(123|11\.1|99\.9|7\.7)", "\n".join(staff.lines(slow)))


def test_neither_a_diagnosis_nor_what_was_said_on_hidden_cases_is_told(record):
    said = [replace(case, said="SAID", relative=0.123, eta=4.56) for case in record.problems[0].staff]
    told = replace(
        record.problems[0], staff=tuple(said), diagnosis=Diagnosis("ID", "FAMILY", "PLACE"), numerical="WHY"
    )

    lines = "\n".join(staff.lines(replace(record, problems=(told,))))

    assert [word for word in ("SAID", "0.123", "4.56", "ID", "FAMILY", "PLACE", "WHY") if word in lines] == []
