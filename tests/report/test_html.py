"""The table for notebooks: what it says, that nobody can write on it, and that it has nothing of staff's."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from nasty import TEXTS, everywhere, harm, pile, texts
from pages import Tree

from grader.compare import Verdict
from grader.record import Diagnosis, Measured, ProblemRecord, Provenance, Record, Seen, Timings
from grader.report.check import summary
from grader.report.escape import MAX_MARKS
from grader.report.html import table

STAFF = "for staff alone"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" role="img"><rect width="1" height="1"/></svg>'
TABLE_TAGS = ("thead", "tbody", "tr", "th", "td")
PROVENANCE = Provenance(
    *(STAFF,) * 7,
    Timings(1.0, 1.0, 1.0, 1.0),  # what a regrade needs, which is nobody else's business
)
MEASURED = Measured(STAFF, False, {STAFF: 4711}, STAFF, STAFF, 4711.0, 4711.0, {STAFF: 4711})


def problem(name, verdict, score, **seen):
    return ProblemRecord(
        name=name,
        number="1.1",
        topic="topic",
        asks="the gradient",
        points=Decimal(4),
        score=Decimal(score),
        verdict=verdict,
        student=Seen(**{"sentence": f"{name} is {verdict}.", **seen}),
        staff=(MEASURED,),
        numerical=STAFF,
        diagnosis=Diagnosis(STAFF, STAFF, STAFF),
    )


def record(*problems, remarks=(), printed=""):
    return Record("Homework", "hw2", "hw2.py", problems, remarks, PROVENANCE, printed)


RIGHT = problem("grad_v", "right", 4)
FAILING = problem("grad_U", "wrong", 0, detail="U = np.array([[1.0]])\ngrad_U(U)", printed="here\n  it is")
SAMPLE = record(RIGHT, FAILING, remarks=("cell 3 was passed over",), printed="\nloaded")


class Fragment(Tree):
    """And the text of every cell, and of every `<pre>`."""

    def __init__(self, text):
        self.rows, self.lines = [], []
        super().__init__(text)

    def handle_starttag(self, tag, attributes):
        super().handle_starttag(tag, attributes)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "pre":
            self.lines.append("")

    def handle_data(self, data):
        super().handle_data(data)
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data
        if "pre" in self.open:
            self.lines[-1] += data

    handle_decl = handle_pi = unknown_decl = Tree.handle_comment


def test_a_row_has_number_function_points_verdict_and_sentence():
    head, right, wrong, below = Fragment(table(SAMPLE)).rows
    assert head == ["", "function", "points", "verdict", "what was seen"]
    assert right == ["1.1", "grad_v", "4/4", "✓ right", "grad_v is right."]
    assert wrong == ["1.1", "grad_U", "0/4", "✗ wrong", "grad_U is wrong."]
    assert below[0] == "" and below[1].startswith("where it fails")


def test_around_the_rows_are_title_sum_and_remarks():
    said = Fragment(table(SAMPLE)).said
    assert said.index("Homework") < said.index("grad_v") < said.index(summary(SAMPLE))
    assert said.index(summary(SAMPLE)) < said.index("note: cell 3 was passed over")


def test_below_one_that_fails_is_the_input_to_paste_and_what_it_printed():
    """Line by line as it is; a parser drops one line break behind `<pre>`, as this test does."""
    fragment = Fragment(table(SAMPLE))
    assert fragment.tags.count("details") == 1
    detail, printed, loaded = (text.removeprefix("\n") for text in fragment.lines)
    assert (detail, printed, loaded) == (FAILING.student.detail, "here\n  it is", "\nloaded")


def test_a_hint_stands_by_the_sentence():
    told = record(replace(FAILING, student=Seen("It is wrong.", hint="a part is missing")))
    assert Fragment(table(told)).rows[1][-1] == "It is wrong.\nHint: a part is missing"


def test_a_picture_stands_below_its_problem_as_it_is():
    text = table(SAMPLE, {"grad_U": PICTURE})
    assert text.count(PICTURE) == 1
    below = text[text.index(">grad_U<") :]
    assert below.index("<details") < below.index(PICTURE) < below.index("</details>")
    assert PICTURE not in table(SAMPLE, {"another": PICTURE})


def test_one_problem_alone_is_opened():
    assert "<details open>" in table(record(FAILING))
    assert "<details open>" not in table(SAMPLE) and "<details>" in table(SAMPLE)


def test_verdicts_differ_without_colour():
    """Each says its word; a sign tells right, nearly right, wrong and not there."""
    signs = {}
    for verdict in Verdict:
        shown = Fragment(table(record(problem("f", verdict.value, 0)))).rows[1][3]
        sign, _, word = shown.partition(" ")
        assert word == verdict.value
        signs.setdefault(sign, []).append(word)
    assert signs["✓"] == ["right"] and signs["≈"] == ["imprecise"]
    assert set(signs["–"]) == {"missing", "unwritten", "not run"}
    assert set(signs) == {"✓", "≈", "–", "✗"}


def test_it_is_read_on_light_and_on_dark_and_needs_no_style_sheet():
    text = table(SAMPLE)
    assert set(re.findall(r"(?<![-\w])color:\s*([^;\"]+)", text)) == {"inherit"}
    assert set(re.findall(r"background:\s*([^;\"]+)", text)) == {"transparent"}
    assert "<style" not in text and "class=" not in text and "<script" not in text and "://" not in text


def test_nothing_of_staffs_is_in_it():
    """Every field that is staff's holds the same words here."""
    assert STAFF in repr(SAMPLE)
    assert STAFF not in table(SAMPLE) and "4711" not in table(SAMPLE)


def test_a_name_in_another_direction_turns_nothing_around():
    name = "\u05e4\u05d5\u05e0\u05e7\u05e6\u05d9\u05d4"
    text = table(record(replace(FAILING, name=name)))
    assert f"<bdi>{name}</bdi>" in text
    assert Fragment(text).rows[1][1:4] == [name, "0/4", "✗ wrong"]


def harmless(text):
    """A record with that text in every place that has one looks like any other to a parser."""
    hostile = everywhere(SAMPLE, text)
    fragment, plain = (
        Fragment(table(one, {one.problems[1].name: PICTURE}))
        for one in (hostile, everywhere(SAMPLE, "a" if text else ""))
    )
    assert fragment.tags == plain.tags
    assert [name for name, _ in fragment.attributes] == [name for name, _ in plain.attributes]
    assert harm(fragment.said, kept="\n\t") == set()
    assert pile(fragment.said) <= MAX_MARKS


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_acts_or_hides(text):
    harmless(text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_name_acts_in_the_sum(text):
    """It has the file's name where nothing is written yet, and the function's where that is the only one."""
    for verdict in ("unwritten", "right"):
        named = replace(record(replace(RIGHT, name=text, verdict=verdict)), file=text)
        fragment = Fragment(table(named))
        assert set(fragment.tags) <= {"div", "p", "strong", "table", *TABLE_TAGS, "bdi", "span"}
        assert harm(fragment.said, kept="\n\t") == set()


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@given(texts)
def test_no_text_that_can_be_thought_of_does(text):
    harmless(text)


def test_a_real_record_is_a_well_formed_table(grade_text, assignment):
    made = grade_text("def grad_v(v, U, y):\n    print('</pre><b>')\n    return v @ U @ U.T\n")
    fragment = Fragment(table(made))
    functions = [row for row in fragment.rows[1:] if row[0]]
    assert [row[1] for row in functions] == [p.name for p in assignment.problems]
    assert functions[0][3] == "✗ wrong" and {row[3] for row in functions[1:]} == {"– missing"}
    assert made.problems[0].student.detail in {text.removeprefix("\n") for text in fragment.lines}
    assert "b" not in fragment.tags
