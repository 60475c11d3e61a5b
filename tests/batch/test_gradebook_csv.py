"""Every student in every file, with what they are known by, in the form that the platforms read."""

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from gradebooks import made
from hypothesis import given, settings
from nasty import TEXTS, everywhere, texts

from grader.batch.roster import Student
from grader.report.gradebook_csv import BYTE_ORDER_MARK, all_csv, canvas_csv, gradescope_csv, split

FORMULA = re.compile("[ '\"]*[-=+@\uff0d\uff1d\uff0b\uff20]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
WRITERS = (gradescope_csv, canvas_csv, all_csv)
CLASS = made(150, seed=3)


def read(text):
    """As RFC 4180 has it: rows end in CRLF, and nothing else breaks a line."""
    assert text.endswith("\r\n") and "\r" not in text.replace("\r\n", "")
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""), strict=True))


def of(gradebook, *students, **changed):
    """A gradebook of these students, with the lines of the first ones."""
    lines = [
        replace(line, student=student, **changed)
        for line, student in zip(gradebook.lines, students, strict=False)
    ]
    return replace(gradebook, lines=tuple(lines))


def rows_of(writer, gradebook):
    return read(writer(gradebook))[2 if writer is canvas_csv else 1 :]


@pytest.mark.parametrize("writer", WRITERS)
def test_every_student_has_one_row_and_who_failed_an_empty_score(writer):
    rows, column = rows_of(writer, CLASS), {gradescope_csv: 5, canvas_csv: 5, all_csv: 6}[writer]
    assert len(rows) == len(CLASS.lines) == 150
    assert {len(row) for row in rows} == {len(read(writer(CLASS))[0])}
    assert {line.status for line in CLASS.lines} == {"graded", "empty", "failed"}
    for row, line in zip(rows, CLASS.lines, strict=True):
        assert (row[column] == "") == (line.status == "failed")
        assert row[column] == "" or Decimal(row[column]) == line.score


def test_gradescope_has_the_header_of_its_own_download():
    header, first, *_ = read(gradescope_csv(CLASS))
    assert header[:13] == [
        *("First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points", "Status"),
        *("Submission ID", "Submission Time", "Lateness (H:M:S)", "View Count", "Submission Count"),
    ]
    assert header[13:15] == ["1.1: grad_v (4.0 pts)", "1.2: grad_U (5.0 pts)"]
    assert len(header) == 13 + len(CLASS.functions)
    line = CLASS.lines[0]
    assert first[2:5] == [line.student.sid, line.student.email, ""]
    assert first[5:9] == [str(float(line.score)), "111.0", "Graded", "300000000"]
    assert first[9:13] == ["2026-11-20 08:19:57 +0000", "", "", ""]
    assert first[13:] == [str(float(mark.score)) for mark in line.marks]


def test_gradescope_says_of_a_failed_one_that_it_is_ungraded():
    for row, line in zip(rows_of(gradescope_csv, CLASS), CLASS.lines, strict=True):
        assert row[7] == ("Ungraded" if line.status == "failed" else "Graded")
        assert line.status != "failed" or set(row[13:]) == {""}


@pytest.mark.parametrize(
    ("handed_in", "expected"),
    [
        ("2023-12-02 08:19:57.577170000 Z", "2023-12-02 08:19:57 +0000"),
        ("2023-11-04T13:57:24.522843-07:00", "2023-11-04 13:57:24 -0700"),
        ("2022-06-25 13:16:26 -0600", "2022-06-25 13:16:26 -0600"),
        ("last Tuesday", "last Tuesday"),
        ("", ""),
    ],
)
def test_gradescope_has_the_time_in_its_own_form(handed_in, expected):
    one = of(CLASS, Student("1"), handed_in=handed_in)
    assert rows_of(gradescope_csv, one)[0][9] == expected


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Lovelace, Ada", "Ada", "Lovelace"),
        ("Ada King Lovelace", "Ada King", "Lovelace"),
        ("Ada", "Ada", ""),
        ("", "", ""),
    ],
)
def test_a_name_is_split_at_the_comma_else_before_the_last_word(name, first, last):
    assert split(name) == (first, last)


def test_canvas_has_its_header_and_the_row_of_possible_points():
    header, points, *_ = read(canvas_csv(CLASS, "Homework 2 (1234)"))
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 2 (1234)"]
    assert points == ["    Points Possible", "", "", "", "", "111.00"]
    assert read(canvas_csv(CLASS))[0][5] == CLASS.title


def test_canvas_rounds_to_the_cent_and_half_of_one_up():
    mark = replace(CLASS.lines[0].marks[0], score=Decimal("2.345"))
    one = of(CLASS, Student("1"), marks=(mark,), status="graded")
    assert rows_of(canvas_csv, one)[0][5] == "2.35"


@pytest.mark.parametrize(
    ("platform", "id_", "expected"),
    [
        ("Canvas", "1234", "1234"),
        ("Canvas", "anon_4f1", ""),
        ("Canvas", "١٢", ""),
        ("Gradescope", "1234", ""),
        ("Moodle", "12 apples", ""),
    ],
)
def test_only_canvas_own_number_is_an_id_of_canvas(platform, id_, expected):
    """It reads an id as far as it is a number: another platform's would be somebody else's."""
    one = replace(of(CLASS, Student(id_, "Ada")), platform=platform)
    assert rows_of(canvas_csv, one)[0][1] == expected


def test_a_name_of_two_students_is_none_that_canvas_could_take_for_one_of_them():
    same = (Student("7", "Wei Li"), Student("8", "Wei Li"), Student("9", "Ada"))
    assert [row[0] for row in rows_of(canvas_csv, of(CLASS, *same))] == ["Wei Li (7)", "Wei Li (8)", "Ada"]
    known = replace(of(CLASS, *same), platform="Canvas")
    assert [row[0] for row in rows_of(canvas_csv, known)] == ["Wei Li", "Wei Li", "Ada"]


def test_of_whom_nothing_else_is_known_the_id_stands_in_every_table():
    unknown = of(CLASS, Student("submission_77", ""), Student("5", "", sid="0042"))
    assert [row[0] for row in rows_of(canvas_csv, unknown)] == ["submission_77", ""]
    assert [row[:3] for row in rows_of(gradescope_csv, unknown)] == [
        ["submission_77", "", ""],
        ["", "", "0042"],
    ]


def test_no_name_passes_for_the_row_of_possible_points():
    """Canvas looks for these words anywhere in the first cell of any row."""
    named = of(CLASS, Student("7", "    Points Possible"))
    assert sum("Points Possible" in row[0] for row in read(canvas_csv(named))) == 1


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Final Score", "Final-Score"),
        ("Homework, Current Points", "Homework, Current-Points"),
        ("Override Grade (2)", "Override-Grade (2)"),
        ("Final Grade exam, Final Score", "Final-Grade exam, Final-Score"),
        ("Homework 2 (1234)", "Homework 2 (1234)"),
    ],
)
def test_no_column_is_one_that_canvas_would_pass_over(title, expected):
    assert read(canvas_csv(CLASS, title))[0][5] == expected
    assert read(canvas_csv(replace(CLASS, title=title)))[0][5] == expected


def test_our_own_has_who_why_and_a_column_for_every_function():
    text = all_csv(CLASS)
    header, *rows = read(text)
    assert text.startswith(BYTE_ORDER_MARK)
    assert header[:7] == ["id", "name", "email", "sid", "status", "reason", "score"]
    assert header[7:] == [each.name for each in CLASS.functions]
    for row, line in zip(rows, CLASS.lines, strict=True):
        assert (row[0], row[4], row[5]) == (line.student.id, line.status, line.reason)
        expected = [] if line.status == "failed" else [mark.score for mark in line.marks]
        assert [Decimal(cell) for cell in row[7:] if cell] == expected


def test_the_platforms_files_begin_with_their_first_column():
    assert gradescope_csv(CLASS).startswith("First Name,")
    assert canvas_csv(CLASS).startswith("Student,")


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize(
    "known",
    ["06000003", "a+b@uni.example", "o'neil@uni.example", "2023-17", "x" * 2000, "-17", "jürgen", "a;b"],
)
def test_what_a_student_is_known_by_comes_back_unchanged(writer, known):
    one = replace(of(CLASS, Student(known, "Ada", known, known)), platform="GitHub Classroom")
    assert rows_of(writer, one)[0].count(known) == (3 if writer is all_csv else 2)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("known", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-1+1", "a;=1+1"])
def test_what_a_spreadsheet_would_compute_does_not(writer, known):
    one = of(CLASS, Student(known, known, known, known))
    for cell in rows_of(writer, one)[0]:
        assert cell == "" or NUMBER.fullmatch(cell) or not FORMULA.match(cell) or cell.startswith("'")
        assert ";=" not in cell


def is_harmless(text):
    hostile = everywhere(of(CLASS, *(line.student for line in CLASS.lines[:3])), text)
    for writer in WRITERS:
        rows = read(writer(hostile) if writer is not canvas_csv else canvas_csv(hostile, f"Homework {text}"))
        assert len(rows) == 3 + (2 if writer is canvas_csv else 1)
        assert len({len(row) for row in rows}) == 1
        for cell in (cell for row in rows for cell in row if not row[0].endswith("Points Possible")):
            assert "\n" not in cell and "\r" not in cell
            assert cell == "" or NUMBER.fullmatch(cell) or not FORMULA.match(cell) or cell.startswith("'")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_is_a_formula_or_breaks_a_row(text):
    is_harmless(text)


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@given(texts)
def test_no_text_that_can_be_thought_of_is(text):
    is_harmless(text)
