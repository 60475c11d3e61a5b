"""The table of what was found: a class of 5,000 fits on a screen, nobody is hidden, and no name acts."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from nasty import everywhere, harm, pile, texts

from grader.batch.roster import Entry, Export, Ignored, Student
from grader.report.escape import MAX_MARKS
from grader.report.intake import lines, write
from grader.report.text import PIPE_WIDTH

EMPTY = "the hand-in is empty"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def entry(number: int, **fields) -> Entry:
    files = {} if "problem" in fields else {"hw2.py": Path("x")}
    return Entry(f"submission_{number}", (Student(f"{number:04}", f"Student {number}"),), files, **fields)


def a_class(count: int, missing: int) -> Export:
    problem = {"problem": "nothing was handed in"}
    return Export("Gradescope", tuple(entry(k, **(problem if k < missing else {})) for k in range(count)))


def flat(export, faults=None, **options) -> str:
    """Without line breaks, and with one space where there are several."""
    return " ".join(" ".join(lines(export, faults, **options)).split())


def test_the_first_lines_count():
    group = Entry("g", (Student("a"), Student("b")), {"hw2.py": Path("x")}, late=True)
    export = Export(
        "Canvas", (entry(1), group, entry(2, problem=EMPTY)), (Ignored("x.txt", "it is nobody's"),)
    )

    assert lines(export)[:2] == [
        "Canvas: 4 students",
        "2 hand-ins to grade, 1 of groups, 1 late; 1 student with nothing to grade; "
        "1 file or folder passed over",
    ]


def test_where_all_is_well_nothing_else_is_said():
    assert lines(a_class(60, 0)) == ["Gradescope: 60 students", "60 hand-ins to grade"]


def test_a_sentence_is_said_once_for_all_whom_it_is_true_of():
    text = flat(a_class(5000, 800))

    assert "4,200 hand-ins to grade; 800 students with nothing to grade" in text
    assert "800 nothing was handed in the student's 0000 Student 0, 0001 Student 1" in text
    assert "796 more" in text
    assert len(lines(a_class(5000, 800))) < 12


def test_what_is_not_the_students_doing_comes_first():
    export = Export(
        "Canvas", (entry(1, problem=EMPTY), entry(2, problem=EMPTY), entry(3, problem="lost", ours=True))
    )
    text = flat(export)

    assert text.index("1 lost the export's 0003") < text.index(f"2 {EMPTY} the student's 0001")


def test_faults_that_the_reading_found_are_told_with_the_rest():
    text = flat(Export("Canvas", (entry(1), entry(2))), {"submission_2": "w.zip cannot be opened"})

    assert "1 hand-in to grade; 1 student with nothing to grade" in text
    assert "1 w.zip cannot be opened the student's 0002 Student 2" in text


def test_what_was_passed_over_is_told_by_its_reason():
    passed = tuple(Ignored(f"{k}.txt", "it is nobody's") for k in range(9))
    text = flat(Export("Canvas", (entry(1),), (*passed, Ignored("x", "it is a link"))))

    assert "9 it is nobody's 0.txt, 1.txt, 2.txt, 3.txt, 5 more" in text
    assert "1 it is a link x" in text


def test_notes_are_told():
    assert "note: two share a number" in lines(Export("Canvas", (entry(1),), (), ("two share a number",)))


def test_of_many_different_sentences_the_rest_is_counted_unless_all_is_asked_for():
    many = Export(
        "Canvas",
        tuple(entry(k, problem=f"reason {k}") for k in range(90)),
        (),
        tuple(f"n {k}" for k in range(90)),
    )

    assert flat(many).count("and 65 more (--all lists everything)") == 2
    assert "reason 89" not in flat(many)
    assert "more (--all" not in flat(many, everything=True)
    assert all(f"reason {k} " in flat(many, everything=True) for k in range(90))


def test_everything_is_a_row_for_every_hand_in():
    group = Entry(
        "g-1",
        (Student("a", "A"), Student("b", "B")),
        {"hw2.py": Path(), "x.py": Path()},
        True,
        "12:00:00.071 Z",
    )
    text = flat(Export("Canvas", (group, entry(2, problem=EMPTY))), everything=True)

    assert "g-1 a A, b B hw2.py, x.py 12:00:00 Z late" in text
    assert f"submission_2 0002 Student 2 {EMPTY}" in text
    assert "g-1" not in flat(Export("Canvas", (group,)))


@settings(max_examples=60, deadline=None)
@given(texts)
def test_no_text_of_an_export_acts_on_the_terminal(text):
    export = everywhere(
        Export(
            "x",
            (
                entry(1),
                Entry("x", (Student("x", "x"),), {}, problem="x"),
                Entry("y", (Student("y"),), {"x": Path()}),
            ),
            (Ignored("x", "x"),),
            ("x",),
        ),
        text,
    )
    for everything in (False, True):
        stream = io.StringIO()
        write(export, stream, everything=everything)

        assert harm(stream.getvalue(), "\n") == set()
        assert pile(stream.getvalue()) <= MAX_MARKS


def test_no_line_is_wider_than_what_it_is_printed_on():
    long = Entry("e" * 300, (Student("i" * 300, "n" * 300),), {"f" * 300: Path()}, problem="p " * 300)

    assert max(map(len, lines(Export("x" * 300, (long,)), everything=True))) <= PIPE_WIDTH
