"""A proof on the terminal: a line for every function, and a sentence for whatever fails."""

import io
from dataclasses import replace
from math import inf

import pytest

from grader.proving.proof import (
    Check,
    ExampleProof,
    Hiding,
    MistakeProof,
    MutationProof,
    ProblemProof,
    Proof,
    Provenance,
)
from grader.report.proof import show
from grader.report.text import PIPE_WIDTH

TOLD = MistakeProof(
    "a factor", ok=True, margin=4.66, least=3.0, hidden=(Hiding("T = 1", 1, 1), Hiding("core", 2, 12))
)
BY_FORM = MistakeProof("a transpose", ok=True, margin=inf, least=inf, hidden=())
SAME = MistakeProof(
    "nothing", False, -inf, -inf, (Hiding("core", 12, 12),), "reference/a.py, line 7: nothing is no mistake"
)
RIGHT = ProblemProof(
    name="grad_a",
    number="1.1",
    topic="a",
    cases=25,
    microseconds=12.4,
    off=3.2e-16,
    by="complex step",
    checks=(Check("derivative", ok=True), Check("terms", None, "no terms are named")),
    mistakes=(TOLD, BY_FORM),
    mutations=None,
    notes=(),
)
WRONG = replace(
    RIGHT,
    name="grad_b",
    number="1.2",
    topic="b",
    off=inf,
    checks=(Check("derivative", ok=False, sentence="reference/b.py, line 3: grad_b is not the gradient"),),
    mistakes=(TOLD, SAME),
)
VALUE = replace(RIGHT, name="shape", off=None, by="", mistakes=(BY_FORM,))
PROOF = Proof(
    assignment="Small",
    proved=True,
    problems=(RIGHT,),
    checks=(Check("activations", ok=True),),
    examples=(ExampleProof("right", ()),),
    notes=(),
    provenance=Provenance("0.1.0", "3.11", "2.0", key_seconds=0.052, seconds=3.21),
)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def shown(proof) -> str:
    stream = io.StringIO()
    show(proof, stream)
    return stream.getvalue()


def row(proof, name) -> list[str]:
    """The cells of a function's line."""
    (line,) = [line for line in shown(proof).splitlines() if line.split()[1:2] == [name]]
    return line.split()


def with_problems(*problems, **changes):
    return replace(PROOF, problems=problems, **changes)


def test_a_function_has_one_line_with_its_numbers():
    assert row(PROOF, "grad_a") == ["1.1", "grad_a", "3e-16", "2/2", "4.7", "12", "ok"]


def test_where_there_is_nothing_to_say_there_is_a_dash():
    assert row(with_problems(VALUE), "shape") == ["1.1", "shape", "–", "1/1", "form", "12", "ok"]
    assert row(with_problems(replace(VALUE, mistakes=())), "shape")[2:5] == ["–", "–", "–"]


def test_what_fails_is_named_in_its_line_and_told_in_full_below():
    text = shown(with_problems(RIGHT, WRONG, proved=False))
    assert row(with_problems(WRONG), "grad_b")[2:] == [
        *("other", "shape", "1/2", "same", "12", "derivative,", "mistakes"),
    ]
    assert "fails: reference/b.py, line 3: grad_b is not the gradient\n" in text
    assert "fails: reference/a.py, line 7: nothing is no mistake\n" in text


def test_the_last_line_counts():
    assert shown(PROOF).splitlines()[-1] == (
        "proved: 1 of 1 functions, 2 of 2 mistakes, 1 of 1 examples (3.2 s, the key 0.05 s)"
    )
    failed = with_problems(RIGHT, WRONG, proved=False, examples=())
    assert shown(failed).splitlines()[-1].startswith("not proved: 1 of 2 functions, 3 of 4 mistakes (")


def test_mutants_have_a_column_where_there_are_any():
    mutated = replace(RIGHT, mutations=MutationProof(30, 4, 9, ("reference/a.py, line 9: no case notices",)))
    text = shown(with_problems(mutated, proved=False))
    assert row(with_problems(mutated), "grad_a")[5:] == ["12", "30/31", "mutations"]
    assert "fails: reference/a.py, line 9: no case notices\n" in text
    assert "30 of 31 mutants" in text
    assert "mutants" not in shown(PROOF)


def test_differences_are_marked_and_explained():
    differences = replace(RIGHT, by="differences", notes=("problems/a.py, line 2: np.abs is not analytic",))
    text = shown(with_problems(differences))
    assert row(with_problems(differences), "grad_a")[2:4] == ["3e-16", "*"]
    assert "(*: by differences)" in " ".join(text.split())
    assert "note: problems/a.py, line 2: np.abs is not analytic\n" in text


def test_special_rows_that_hide_a_mistake_are_counted_and_those_that_tell_it_in_part_are_not():
    assert "note: 1 special row hides a mistake that others tell (--json names it)\n" in shown(PROOF)
    hidden = (Hiding("T = 1", 1, 1), Hiding("d = 1", 1, 1), Hiding("relu", 1, 2))
    again = replace(RIGHT, mistakes=(TOLD, replace(TOLD, hidden=hidden)))
    assert "note: 2 special rows hide a mistake that others tell (--json names them)\n" in shown(
        with_problems(again)
    )
    assert "special row" not in shown(with_problems(VALUE))


def test_deviations_of_examples_are_told():
    deviating = ExampleProof(
        "wrong", ("submissions_example/wrong: f is right, and expected.toml says wrong",)
    )
    text = shown(with_problems(RIGHT, proved=False, examples=(*PROOF.examples, deviating)))
    assert "fails: submissions_example/wrong: f is right, and expected.toml says wrong\n" in text
    assert "1 of 2 examples" in text


def test_what_many_examples_show_is_told_once():
    says = "f is wrong, and expected.toml says right"
    many = tuple(ExampleProof(name, (f"submissions_example/{name}: {says}",)) for name in ("one", "two"))
    text = " ".join(shown(with_problems(RIGHT, proved=False, examples=many)).split())
    assert f"fails: 2 examples: {says} (submissions_example/one, submissions_example/two)" in text
    assert text.count("fails: ") == 1


def test_no_text_of_an_author_acts_on_the_terminal():
    hostile = Check("derivative", ok=False, sentence="[red]x[/red] \x1b[2J\n:warning: [/]")
    text = shown(with_problems(replace(RIGHT, checks=(hostile,)), proved=False))
    assert "fails: [red]x[/red] \\x1b[2J\\n:warning: [/]\n" in text
    assert "\x1b" not in text


def test_no_line_is_wider_than_what_it_is_printed_on():
    long = Check("derivative", ok=False, sentence="reference/a.py, line 3: " + "a long sentence " * 20)
    text = shown(with_problems(replace(RIGHT, checks=(long,)), proved=False))
    assert max(map(len, text.splitlines())) <= PIPE_WIDTH
