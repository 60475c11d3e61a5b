"""The table on the terminal: what it says, with and without colour, and that a hand-in cannot write on it."""

import io
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from nasty import TEXTS, TOTAL, everywhere, hand_ins, harm, named, pile, short, texts

from grader.grade import grade
from grader.record import Seen
from grader.report.escape import CUT, LINE, MAX_MARKS
from grader.report.text import PIPE_WIDTH, number, show
from grader.submission import read_submission

ANSI = re.compile(r"\x1b\[[0-9;]*m")
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])[0-9;]*m")
HOSTILE = "[red]red[/red] [/] [link=http://x]y[/link] :warning: \\[b] [bold"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """A terminal with colours, about which the environment says nothing else."""
    for name in ("NO_COLOR", "FORCE_COLOR", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(PIPE_WIDTH))


@pytest.fixture(scope="session")
def graded(assignment, key, server):
    """The record of an example hand-in."""
    examples = assignment.folder / "submissions_example"
    return lambda name: grade(assignment, key, read_submission(examples / name, "hw2"), server)


@pytest.fixture(scope="session")
def right(graded):
    return graded("right_closed_form")


@pytest.fixture(scope="session")
def failing(graded):
    return graded("wrong_shapes")


@pytest.fixture(scope="session")
def empty(graded):
    return graded("empty")


def shown(record) -> str:
    stream = io.StringIO()
    show(record, stream)
    return stream.getvalue()


def shown_on_a_terminal(record) -> str:
    """What arrives at the other end of a pseudo-terminal, as wide as COLUMNS says."""
    ours, theirs = os.openpty()
    with ThreadPoolExecutor() as pool:
        arrived = pool.submit(everything, ours)
        with os.fdopen(theirs, "w", encoding="utf-8") as stream:
            show(record, stream)
        return arrived.result().decode().replace("\r\n", "\n")


def everything(descriptor: int) -> bytes:
    """All that can be read until the other end is closed."""
    data = b""
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        try:
            while chunk := stream.read(4096):
                data += chunk
        except OSError:  # how Linux says that a terminal is closed
            pass
    return data


def with_sentence(record, sentence: str):
    """The record with that sentence at its first problem, which fails."""
    first = replace(record.problems[0], verdict="raised", score=Decimal(0), student=Seen(sentence))
    return replace(record, problems=(first, *record.problems[1:]))


def rows(text: str) -> dict[str, list[str]]:
    """The words of every row's first line, by the problem's number."""
    return {line.split()[0]: line.split() for line in text.splitlines() if re.match(r"\d\.\d ", line)}


def seen(text: str) -> str:
    """What the last column says of the first problem, without the spaces, where lines are wrapped."""
    lines = text.splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("1.1"))
    end = next(k for k, line in enumerate(lines) if line.startswith("1.2"))
    column = lines[1].index("what was seen")
    return squeezed("".join(line[column:] for line in lines[start:end]))


def squeezed(text: str) -> str:
    return "".join(text.split())


# ---- what it says -------------------------------------------------------------------------


def test_the_first_line_names_the_assignment_and_the_hand_in(right):
    assert shown(right).splitlines()[0] == "Matrix differentials: right_closed_form"


def test_every_problem_has_a_row_in_the_assignments_order(failing):
    actual = [(words[0], words[1]) for words in rows(shown(failing)).values()]

    assert actual == [(problem.number, problem.name) for problem in failing.problems]


def test_a_right_hand_in_has_all_points_and_nothing_to_be_seen(right):
    assert list(rows(shown(right)).values()) == [
        [p.number, p.name, f"{number(p.points)}/{number(p.points)}", "right"] for p in right.problems
    ]


def test_a_suspicion_is_told_where_the_answer_is_right(right):
    first = right.problems[0]
    flagged = replace(first, student=Seen("Right. A closed form is asked."), numerical="for staff")
    words = rows(shown(replace(right, problems=(flagged, *right.problems[1:]))))[first.number]
    assert words[-6:] == ["Right.", "A", "closed", "form", "is", "asked."]


def test_a_failing_row_has_no_points_its_verdict_and_the_sentence(failing):
    problem = next(problem for problem in failing.problems if problem.verdict == "shape")
    words = rows(shown(failing))[problem.number]

    assert words[2:4] == [f"0/{number(problem.points)}", "shape"]
    assert squeezed(problem.student.sentence).startswith(squeezed("".join(words[4:])))


def test_an_empty_hand_in_misses_every_function(empty):
    assert [words[3] for words in rows(shown(empty)).values()] == ["missing"] * 20


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("right_closed_form", "100 of 100 points, 20 of 20 functions"),
        ("incomplete", "41 of 100 points, 10 of 20 functions"),
        ("empty", "0 of 100 points, 0 of 20 functions"),
    ],
)
def test_the_total_stands_below_the_table(graded, name, total):
    assert shown(graded(name)).splitlines()[-1] == total


def test_topics_are_set_apart(right):
    lines = [line.strip() for line in shown(right).splitlines()]
    before = [lines[k - 1] for k, line in enumerate(lines) if re.match(r"[2-5]\.1 ", line)]

    assert before == [""] * 4


def test_remarks_stand_below_the_total_in_order(right):
    text = shown(replace(right, remarks=("first", "second")))

    assert text.splitlines()[-2:] == ["note: first", "note: second"]


def test_parts_of_points_are_shown(right):
    first = replace(right.problems[0], score=Decimal("1.50"), points=Decimal("2.125"))

    assert rows(shown(replace(right, problems=(first,))))["1.1"][2] == "1.5/2.125"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("4", "4"),
        ("4.0", "4"),
        ("2.5", "2.5"),
        ("2.50", "2.5"),
        ("0.125", "0.125"),
        ("0", "0"),
        ("0.000", "0"),
        ("100", "100"),
        ("1E+2", "100"),
        ("1E-7", "0.0000001"),
        ("12345678901234567890.5", "12345678901234567890.5"),
    ],
)
def test_a_number_has_no_trailing_zeros_and_no_exponent(value, expected):
    assert number(Decimal(value)) == expected


# ---- width --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "word " * 100 + "end",
        "x" * 600,
        "a.b/" * 150,
        "f(" + ", ".join(map(str, range(150))) + ")",
    ],
    ids=["words", "one word", "a path", "numbers"],
)
def test_a_long_sentence_wraps_and_loses_nothing(right, sentence):
    assert seen(shown(with_sentence(right, sentence))) == squeezed(sentence)


def test_a_long_sentence_of_wide_characters_loses_nothing(right):
    sentence = "導関数が違います。" * 40

    assert seen(shown(with_sentence(right, sentence))) == sentence


def test_a_long_remark_wraps_and_loses_nothing(right):
    remark = "hw2.py, line 3: " + "x" * 300 + " " + "words " * 50

    assert squeezed(shown(replace(right, remarks=(remark,)))).endswith(squeezed(f"note: {remark}"))


def test_no_line_is_wider_than_a_page_where_there_is_no_terminal(failing):
    assert max(map(len, shown(with_sentence(failing, "word " * 100)).splitlines())) <= PIPE_WIDTH


def test_a_pipes_width_does_not_depend_on_the_terminal_beside_it(failing, monkeypatch):
    expected = shown(failing)
    monkeypatch.setenv("COLUMNS", "50")

    assert shown(failing) == expected


@pytest.mark.parametrize("columns", [80, 132])
def test_on_a_terminal_no_line_is_wider_than_that(failing, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))

    text = ANSI.sub("", shown_on_a_terminal(with_sentence(failing, "word " * 100)))

    assert max(map(len, text.splitlines())) <= columns


def test_names_are_whole_on_a_terminal_of_eighty_columns(failing, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    text = ANSI.sub("", shown_on_a_terminal(failing))

    assert [words[1] for words in rows(text).values()] == [problem.name for problem in failing.problems]


@pytest.mark.parametrize("columns", ["60", "80"])
def test_on_a_narrow_terminal_the_sentences_follow_the_table_and_lose_nothing(right, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    sentence = "on all 14 public cases it raises ValueError: matmul: input operand 1 has a mismatch"

    text = ANSI.sub("", shown_on_a_terminal(with_sentence(right, sentence)))

    assert squeezed(f"{right.problems[0].name}: {sentence}") in squeezed(text)
    assert "what was seen" not in text


def test_what_to_do_next_is_said_where_there_is_an_input_to_paste(right, failing):
    hint = "results.json (--json PATH) has the smallest failing inputs of public cases, to paste."

    assert hint not in shown(right)
    assert hint in shown(failing).replace("\n", " ")


# ---- colour -------------------------------------------------------------------------------


def test_there_is_no_escape_code_where_there_is_no_terminal(failing):
    assert "\x1b" not in shown(failing)


def test_a_terminal_gets_colours(failing):
    assert COLOUR.search(shown_on_a_terminal(failing))


def test_a_terminal_gets_no_colours_with_no_color(failing, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    assert not COLOUR.search(shown_on_a_terminal(failing))


def test_a_terminal_that_knows_no_escape_codes_gets_none(failing, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")

    assert "\x1b" not in shown_on_a_terminal(failing)


def test_the_words_are_the_same_with_and_without_colour(failing):
    assert ANSI.sub("", shown_on_a_terminal(failing)) == shown(failing)


# ---- what a hand-in cannot do -------------------------------------------------------------


def test_markup_in_a_sentence_is_shown_as_it_is(right):
    assert seen(shown(with_sentence(right, HOSTILE))) == squeezed(HOSTILE)


def test_markup_in_a_sentence_does_not_colour_a_terminal(right):
    text = shown_on_a_terminal(with_sentence(right, "[green]right[/green] [blink]100[/]"))

    assert "[green]right[/green] [blink]100[/]" in text


def test_markup_in_a_remark_is_shown_as_it_is(right):
    assert shown(replace(right, remarks=(HOSTILE,))).splitlines()[-1] == f"note: {HOSTILE}"


def test_markup_in_the_hand_ins_name_is_shown_as_it_is(right):
    actual = shown(replace(right, hand_in="[red]x[/].py")).splitlines()[0]

    assert actual == "Matrix differentials: [red]x[/].py"


def test_control_characters_in_a_sentence_are_written_out(right):
    actual = seen(shown(with_sentence(right, "\x1b[2J\x1b[31mred\r\a\0\x7f\x9b")))

    assert actual == "\\x1b[2J\\x1b[31mred\\r\\x07\\x00\\x7f\\x9b"


def test_a_sentence_cannot_begin_a_line_of_its_own(right):
    text = shown(with_sentence(right, "wrong\n100 of 100 points, 20 of 20 functions"))

    assert sum(line.startswith("100 of 100") for line in text.splitlines()) == 0


def test_control_characters_in_a_remark_are_written_out(right):
    text = shown(replace(right, remarks=("a\x1b[31m\nb",)))

    assert text.splitlines()[-1] == "note: a\\x1b[31m\\nb"


def test_control_characters_in_the_hand_ins_name_are_written_out(right):
    actual = shown(replace(right, hand_in="a\nb\x1b.py")).splitlines()[0]

    assert actual == "Matrix differentials: a\\nb\\x1b.py"


def told(record, text: str):
    """The record with that text wherever a student's words may stand."""
    first = with_sentence(short(record), text).problems[0]
    return replace(
        record,
        hand_in=text,
        file=text,
        printed=text,
        remarks=(text, text),
        problems=(
            replace(first, student=everywhere(first.student, text), staff=everywhere(first.staff, text)),
        ),
    )


def said(record) -> str:
    """A student's words in a record, as they are."""
    return " ".join([record.hand_in, *record.remarks, *(p.student.sentence for p in record.problems)])


def harmless(text: str) -> bool:
    return (harm(text, kept="\n"), pile(text) <= MAX_MARKS) == (set(), True)


fuzz = settings(derandomize=True, deadline=None, database=None, max_examples=150)


@fuzz
@given(text=texts)
def test_no_text_of_a_hand_in_does_harm(right, text):
    assert harmless(shown(told(right, text)))


@fuzz
@given(text=texts)
def test_no_text_of_a_record_does_harm_wherever_it_comes_from(right, text):
    assert harmless(shown(everywhere(short(right), text)))


@pytest.mark.parametrize("columns", ["30", "80", "132"])
@pytest.mark.parametrize("what", TEXTS)
def test_a_terminal_gets_no_code_from_a_text(right, what, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    record = told(right, TEXTS[what])
    ours = set(ANSI.findall(shown_on_a_terminal(told(right, "x" * 200))))

    text = shown_on_a_terminal(record)

    assert set(ANSI.findall(text)) <= ours
    assert harmless(ANSI.sub("", text))


@fuzz
@given(text=texts)
def test_no_line_at_the_margin_is_a_students(right, text):
    lines = shown(told(right, text)).splitlines()

    assert (
        [line[:5] for line in lines if line[:1] not in ("", " ", "\u2500")]
        == [
            "Matri",
            "1.1  ",
            *(["resul"] if text else []),  # what to do next
            f"0 of {number(right.problems[0].points)}"[:5],
            "note:",
            "note:",
            *(["note:", "note:"] if text else []),  # what was printed
        ]
    )


@pytest.mark.parametrize("columns", ["40", "60", "110"])
@pytest.mark.parametrize("before", range(0, 120, 7))
def test_a_line_that_is_wrapped_cannot_pass_for_the_total(right, columns, before, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    record = told(right, "x" * before + f" {TOTAL}" * 9)

    text = ANSI.sub("", shown_on_a_terminal(record))

    assert [line for line in text.splitlines() if line.startswith("100 of")] == []


def test_a_sentence_without_end_is_cut_and_says_so(right):
    assert seen(shown(with_sentence(right, "x" * 200_000))) == squeezed(
        "x" * (LINE // 2) + CUT + "x" * (LINE // 2)
    )


@pytest.fixture(scope="session")
def spoken(assignment, key, server):
    """The records of hand-ins that say nasty texts in every way they have, by that way."""
    names = [problem.name for problem in assignment.problems]
    return {what: grade(assignment, key, one, server) for what, one in hand_ins(names).items()}


def test_hand_ins_that_say_nasty_texts_in_every_way_do_no_harm(spoken):
    assert [what for what, record in spoken.items() if not harmless(shown(record))] == []


def test_what_they_say_gets_into_their_records(spoken):
    quiet = {"returns it", "prints it", "prints it while it is executed", "loses a function of a long name"}

    assert {what for what, record in spoken.items() if not harm(said(record))} <= {
        f"{what}, part {part}" for what in quiet for part in (1, 2)
    }


def test_files_of_nasty_names_do_no_harm(assignment, key, server, tmp_path):
    records = [grade(assignment, key, submission, server) for submission in named(tmp_path)]

    assert any(harm(record.hand_in) for record in records)
    assert any(harm(remark) for record in records for remark in record.remarks)
    assert [record.hand_in for record in records if not harmless(shown(record))] == []


def test_what_public_cases_print_is_a_note_of_one_line(grade_text):
    text = shown(
        grade_text("print('at import')\ndef curve_velocity(t):\n    print('first'); print('second' * 100)")
    )
    assert "note: the file printed: at import\\n\n" in text
    assert "note: curve_velocity printed:" in text
    assert "first\\nsecondsecond" in text
    assert "cut ...]" in text
