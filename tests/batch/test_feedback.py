"""What one student reads: the gradebook's scores, the record's sentences, and nothing that is staff's."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from gradebooks import made
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from nasty import TEXTS, everywhere, harm, pile, texts
from pages import Tree

from grader.batch.gradebook import Line, Mark
from grader.batch.roster import Student
from grader.record import Diagnosis, Measured, ProblemRecord, Provenance, Record, Seen, Timings
from grader.report.escape import MAX_MARKS
from grader.report.feedback import FAILED, NOT_GRADED, is_stem, markdown, page, stem

STAFF = "for staff alone"
PROVENANCE = Provenance(*(STAFF,) * 7, Timings(4711.0, 4711.0, 4711.0, 4711.0))
MEASURED = Measured(STAFF, False, {STAFF: 4711}, STAFF, STAFF, 4711.0, 4711.0, {STAFF: 4711})
CLASS = made(4)
FIRST, SECOND, THIRD = CLASS.functions[:3]
CLASS = replace(CLASS, functions=(FIRST, SECOND, THIRD), points=Decimal(15))
FORMS = (page, markdown)
RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in "0123456789¹²³")}


def problem(asked, verdict, score, **seen):
    return ProblemRecord(
        name=asked.name,
        number=asked.number,
        topic=asked.topic,
        asks="the gradient",
        points=asked.points,
        score=Decimal(score),
        verdict=verdict,
        student=Seen(**{"sentence": f"It is {verdict}.", **seen}),
        staff=(MEASURED,),
        numerical=STAFF,
        diagnosis=Diagnosis(STAFF, STAFF, STAFF),
    )


RECORD = Record(
    assignment=STAFF,
    hand_in=STAFF,
    file="hw2.py",
    problems=(
        problem(FIRST, "right", 4),
        problem(SECOND, "wrong", 0, hint="a part is missing", detail="U = 1\n\ngrad_U(U)", printed="here"),
        problem(THIRD, "unwritten", 0),
    ),
    remarks=("cell 3 was passed over",),
    staff=PROVENANCE,
    printed="loaded",
)
LINE = Line(
    student=Student("7", "Ada Lovelace", "ada@uni.example", "0017"),
    entry=STAFF,
    status="graded",
    reason="",
    marks=(
        Mark("right", Decimal(4), STAFF),
        Mark("wrong", Decimal("2.5"), STAFF, "Grace: a typo in our example"),
        Mark("unwritten", Decimal(0), STAFF),
    ),
    page="ada-lovelace_7",
    hand_in=STAFF,
    late=True,
    handed_in="2026-11-20 08:19:57 Z",
    seconds=4711.0,
    before=Decimal(4711),
    moved=STAFF,
)


def said(form, record, line, gradebook=CLASS):
    """What a reader sees of it, with blanks run together."""
    text = form(record, line, gradebook)
    html = MarkdownIt("commonmark").render(text)
    if form is page:
        html = text.partition("<body>")[2].partition("</body>")[0]
    return " ".join(Tree(html).said.split())


@pytest.mark.parametrize("form", FORMS)
def test_it_has_everything_that_a_student_may_see(form):
    text = said(form, RECORD, LINE)
    for part in (
        *("Matrix differentials", "Ada Lovelace", "6.5 of 15 points", "It is wrong.", "a part is missing"),
        *("U = 1 grad_U(U)", "here", "cell 3 was passed over", "loaded", "unwritten"),
        "Handed in late: 2026-11-20 08:19:57 Z.",
    ):
        assert part in text


@pytest.mark.parametrize("form", FORMS)
def test_a_score_that_was_set_by_hand_says_so_and_why(form):
    text = said(form, RECORD, LINE)
    assert "2.5/5" in text or "2.5 of 5 points" in text
    assert text.count("Points set by hand: Grace: a typo in our example") == 1


@pytest.mark.parametrize("form", FORMS)
def test_nothing_of_staffs_is_in_it(form):
    """Every field that is staff's holds the same words, or the same number."""
    for record, line in ((RECORD, LINE), (None, replace(LINE, status="failed", marks=(), reason=STAFF))):
        text = form(record, line, CLASS)
        assert STAFF in repr((record, line))
        assert STAFF not in text and "4711" not in text


@pytest.mark.parametrize("form", FORMS)
def test_a_fault_of_ours_has_no_score_and_says_whose_it_is(form):
    waiting = said(form, None, replace(LINE, status="not yet", marks=(), reason="/srv/secret"))
    assert NOT_GRADED in waiting and "secret" not in waiting and "points**" not in waiting
    text = said(form, None, replace(LINE, status="failed", marks=(), reason="/srv/secret is full"))
    assert FAILED in text and "points" not in text.replace(FAILED, "")
    assert "/srv/secret" not in text


@pytest.mark.parametrize("form", FORMS)
def test_where_there_was_nothing_to_grade_it_says_why(form):
    nothing = tuple(Mark("missing", Decimal(0)) for _ in range(3))
    empty = replace(LINE, status="empty", marks=nothing, reason="hw2.py is not among the files.", late=False)
    text = said(form, None, empty)
    assert "There was nothing to grade. hw2.py is not among the files." in text
    assert "0 of 15 points" in text and "grad_v" not in text and "late" not in text


@pytest.mark.parametrize("form", FORMS)
def test_what_somebody_gave_for_nothing_is_told(form):
    given_by = (Mark("missing", Decimal(3), "", "Grace: sent by mail"), *LINE.marks[2:], *LINE.marks[2:])
    text = said(form, None, replace(LINE, status="empty", marks=given_by, reason="No file."))
    assert "3 of 15 points" in text and "grad_v" in text and "Grace: sent by mail" in text
    assert "grad_U" not in text


def test_the_page_loads_and_runs_nothing():
    text = page(RECORD, LINE, CLASS)
    assert "default-src 'none'" in text and "<script" not in text and "://" not in text


def is_harmless(text):
    hostile = everywhere((RECORD, LINE, CLASS), text)
    gradebook = replace(hostile[2], functions=CLASS.functions[:1])
    line = replace(hostile[1], status="graded")
    tree, plain = Tree(page(hostile[0], line, gradebook)), Tree(page(RECORD, LINE, CLASS))
    assert set(tree.tags) <= {*plain.tags, "bdi"}
    assert {name for name, _ in tree.attributes} <= {name for name, _ in plain.attributes}
    assert harm(tree.said, kept="\n\t") == set() and pile(tree.said) <= MAX_MARKS
    shown = MarkdownIt("commonmark").render(markdown(hostile[0], line, gradebook))
    found = Tree(shown)
    assert set(found.tags) <= {"h1", "h2", "p", "strong", "pre", "code", "br"}
    assert harm(found.said, kept="\n\t\xa0") == set()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_acts_or_hides(text):
    is_harmless(text)


@settings(derandomize=True, deadline=None, database=None, max_examples=50)
@given(texts)
def test_no_text_that_can_be_thought_of_does(text):
    is_harmless(text)


# ---- the names of files ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("student", "expected"),
    [
        (Student("4711", "Ada Lovelace"), "ada-lovelace_4711"),
        (Student("17", "Zoë Müller"), "zoe-muller_17"),
        (Student("adal"), "adal_adal"),
        (Student("9", "李小龙", "lee@uni.example"), "lee_9"),
        (Student("9", "李小龙"), "9_9"),
        (Student("12", "x" * 500), "x" * 40 + "_12"),
    ],
)
def test_a_stem_is_readable_where_it_can_be(student, expected):
    assert stem(student) == expected


@pytest.mark.parametrize(
    "id_", ["AdaL", "ada@uni.example", "../../etc/passwd", "", "a_b", "\ud800", "x" * 300]
)
def test_an_id_that_is_not_plain_is_digested(id_):
    assert re.fullmatch("ada__[a-z2-7]{13}", stem(Student(id_, "Ada")))


def test_ids_that_differ_in_case_alone_have_different_stems():
    stems = {stem(Student(id_, "Ada")).casefold() for id_ in ("ada", "Ada", "ADA", "aDA")}
    assert len(stems) == 4


def test_a_name_and_an_id_do_not_run_together():
    students = (Student("c", "a b"), Student("b-c", "a"), Student("b_c", "a"), Student("a-b_c"))
    assert len({stem(student) for student in students}) == len(students)


ids = st.one_of(texts, st.text("aA1-_.", max_size=4), st.sampled_from(sorted(RESERVED)))


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(st.lists(st.builds(Student, ids, ids, ids), min_size=2, max_size=8, unique_by=lambda s: s.id))
def test_stems_are_safe_names_of_different_files_everywhere(students):
    stems = [stem(student) for student in students]
    assert len({each.casefold() for each in stems}) == len(students)
    assert all(map(is_stem, stems))
    assert not any(map(is_stem, ("notes", "To do_ada", "ada_", "ada_Ada", "_ada", "ada__short")))
    for each in stems:
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]*_[a-z0-9._-]+", each) and len(each) < 100
        assert each.partition(".")[0] not in RESERVED


def test_a_whole_class_has_as_many_files_as_students():
    gradebook = made(2000, seed=5)
    assert len({line.page for line in gradebook.lines}) == 2000
