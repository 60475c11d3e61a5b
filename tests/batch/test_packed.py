"""What is kept of a record is what it was; any text can stand in SQL."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import TEXTS
from stored import ANY_TEXT, problem, record

from grader.batch.grades.packed import (
    compressed,
    expanded,
    problem_from,
    problem_json,
    read,
    whole_content,
    whole_from,
    written,
)
from grader.batch.grades.packed import whole_json as whole

QUIET = settings(derandomize=True, deadline=None, database=None)


@QUIET
@given(ANY_TEXT)
def test_a_text_comes_back_from_sql(text):
    with closing(sqlite3.connect(":memory:")) as db:
        ((kept, length),) = db.execute("SELECT x, length(x) FROM (SELECT ? AS x)", (written(text),))
    assert read(kept) == text
    assert length == len(written(text))  # a NUL would end it


@QUIET
@given(ANY_TEXT, ANY_TEXT)
def test_different_texts_stay_different(one, other):
    assert (written(one) == written(other)) == (one == other)


def test_a_plain_text_stands_there_as_it_is():
    assert written("naïve 'quotes' and\nlines") == "naïve 'quotes' and\nlines"


@QUIET
@given(st.binary(max_size=3000), st.binary(max_size=3000), st.integers(1, 30))
def test_bytes_come_back_with_any_pattern(text, pattern, times):
    assert expanded(compressed(text, pattern * times), pattern * times) == text


@pytest.mark.parametrize("name", TEXTS)
def test_a_problem_with_a_nasty_text_comes_back_with_half_characters_written_out(name):
    shown = TEXTS[name].encode("utf-8", "backslashreplace").decode()
    assert problem_from(problem_json(problem(numerical=TEXTS[name]))) == problem(numerical=shown)


def test_what_is_no_problems_keeps_neither_problems_nor_whose_it_is():
    assert whole(record(hand_in="anna")) == whole(record(problem("hess"), hand_in="berta"))


@pytest.mark.parametrize("name", TEXTS)
def test_a_nasty_remark_comes_back_with_half_characters_written_out(name):
    shown = TEXTS[name].encode("utf-8", "backslashreplace").decode()
    assert whole_from(whole(record(remarks=(TEXTS[name],)))).remarks == (shown,)


def test_remarks_count_and_times_do_not():
    assert whole_content(whole(record())) == whole_content(whole(record(total=7.0)))
    assert whole_content(whole(record())) != whole_content(whole(record(remarks=("x",))))
