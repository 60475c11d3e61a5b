"""The statement says what is asked, with every shape that is checked, and its worked example is right."""

import contextlib
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from courses import course

from grader.assignment import load_assignment
from grader.signature import brief, returned
from grader.statement import _lowered, _plain, anchor, statement


@pytest.fixture(scope="module")
def words(assignment):
    return statement(assignment)


def section(words, heading):
    """What stands below a heading, up to the next one."""
    return re.split(r"^#+ ", words.split(f" {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_every_problem_has_its_number_points_question_and_every_shape(assignment, words):
    for problem in assignment.problems:
        text = section(words, f"{problem.number} {problem.name}")
        assert text.strip().startswith(f"**{problem.points} points.** ")
        assert problem.kind.asks().partition(": ")[0].split()[-1] in text
        assert f"{problem.name}(" in text
        for name, spec in problem.parameters.items():
            assert f"{name}: {brief(spec)}" in text
            assert f"| `{name}` |" in text
        specs = returned(problem.kind)
        assert (f"-> {brief(specs[0])}" in text and "It returns " in text) if specs else "->" not in text


def test_every_given_function_is_there_with_its_law_and_its_code(assignment, words):
    for problem in assignment.problems:
        of = getattr(problem.kind, "of", None)
        if of:
            assert _plain(of.__doc__) in words
            assert f"```python the code of {of.__name__}\ndef {of.__name__}(" in words


def test_what_has_no_shapes_is_no_given_function(words):
    assert "### Given functions" not in words.split("## 4. ")[1].split("## 5. ")[0]


def test_every_statement_and_activation_of_the_author_is_there(assignment, words):
    for topic in {problem.topic.name: problem.topic for problem in assignment.problems}.values():
        assert topic.statement.partition("\n")[2].strip() in words
        for activation in topic.activations.values():
            assert f"| `{activation.value}` | `{activation.slope}` |" in words


def test_the_contents_lead_to_every_problem_and_sum_to_the_points(assignment, words):
    links = re.findall(r"\[`\w+`\]\(#([\w-]+)\)\s(\d+)", words)
    anchors = {anchor(heading) for heading in re.findall(r"^#+ (.*)$", words, re.MULTILINE)}
    assert {link for link, _ in links} <= anchors
    assert sum(int(points) for _, points in links) == assignment.settings.points == 100


def test_meanings_are_told_where_the_problem_says_them(words):
    assert "| `v` | `(1, d)` | the variable |" in section(words, "1.1 grad_v")
    assert "| `dW` | `(d, m)` | a direction, that is, a change of `W` |" in section(words, "1.5 d_hidden")
    assert "| `r` | a callable | the activation's derivative, entry by entry |" in words
    assert "| `n` | the number `n` |  |" in section(words, "4.1 identify_scalar_by_vector")
    assert "meaning" not in section(words, "4.4 derivative_shape")


def test_a_formula_is_asked_unless_differences_are_allowed(assignment, words):
    policies = replace(assignment.settings.policies, numerical="allow")
    allowed = replace(assignment, settings=replace(assignment.settings, policies=policies))
    assert "differences make a good test and no answer" in words
    assert "differences make" not in statement(allowed)


def test_headings_go_down_a_level_but_not_in_code():
    text = "# A\n\n```python\n# no heading\n```\n\n## B\n\n~~~\n# no\n```\n# no\n~~~\n# C"
    assert _lowered(text) == text.replace("# A", "## A").replace("## B", "### B").replace("# C", "## C")


def test_what_an_author_writes_as_text_is_shown_as_it_is(tmp_path):
    folder = course(
        tmp_path,
        '''
        def f(x: Array["n"]) -> Array[""]:
            """f = a*b*c | <b> $x$ `y`"""
            note = "```"
            return x @ x

        g = Gradient(of=f, wrt="x", points=1)
        ''',
    )
    words = statement(load_assignment(folder))
    assert r"f = a\*b\*c \| \<b\> \$x\$ \`y\`" in words
    assert "````python the code of f\ndef f(" in words
    assert "for 1 point in all" in words and "one function" in words


def test_without_an_introduction_there_is_none(tmp_path):
    folder = course(tmp_path, 'f = Value(given={"x": Array["n"]}, points=1)')
    assert "worked example" not in statement(load_assignment(folder))
    (folder / "problems" / "introduction.md").write_text("# A worked example\n\nHere.")
    assert "\n## A worked example\n\nHere.\n" in statement(load_assignment(folder))


# ---- the worked example of the shipped assignment ---------------------------------------------


@pytest.fixture(scope="module")
def example(assignment):
    """Its text, what its code defines, and what it prints."""
    text = (assignment.folder / "problems" / "introduction.md").read_text(encoding="utf-8")
    namespace, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec("\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)), namespace)
    return text, namespace, printed.getvalue().split()


def test_its_code_prints_what_it_says(example):
    text, _, printed = example
    said = re.findall(r"^print.*# (\S+)$", text, re.MULTILINE)
    assert len(said) == len(printed) == 2
    assert [f"{float(number):.12f}" for number in printed] == said


def test_its_table_of_remainders_is_what_comes_out(example):
    text, names, _ = example
    f, grad_f, a, b, X, dX = (names[name] for name in ("f", "grad_f", "a", "b", "X", "dX"))
    rows = re.findall(r"^\| (0\.0*1) \| (\S+) \| (\S+) \|$", text, re.MULTILINE)
    assert len(rows) == 3
    for step, right, wrong in rows:
        h = float(step)
        for G, said in ((grad_f(X, a, b), right), (np.outer(a, b), wrong)):
            left = f(X + h * dX, a, b) - f(X, a, b) - h * (G * dX).sum()
            assert f"{left:.3g}" == f"{float(said.replace('−', '-')):.3g}"


def test_it_would_notice_a_wrong_gradient(example):
    _, names, _ = example
    f, grad_f, a, b, X, dX = (names[name] for name in ("f", "grad_f", "a", "b", "X", "dX"))
    change = f(X + 1e-20j * dX, a, b).imag / 1e-20
    assert (grad_f(X, a, b) * dX).sum() == pytest.approx(change, rel=1e-14)
    assert (-grad_f(X, a, b) * dX).sum() != pytest.approx(change, rel=1e-2)


def test_its_function_is_none_that_is_given(assignment):
    given = {problem.kind.of.__doc__ for problem in assignment.problems if hasattr(problem.kind, "of")}
    assert not any("exp" in says for says in given)
