"""Similar code is found whatever its disguise; what was handed out, and what everybody writes, is not."""

import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from courses import shipped
from hand_ins import WAYS, disguised, source

from grader.assignment import load_assignment
from grader.batch.similar.similarity import (
    MOST_CHARACTERS,
    MOST_WORDS,
    beside,
    code_of,
    compare,
    fingerprints,
    template,
    words,
)
from grader.batch.similar.winnowing import LEAST, grams
from grader.starter import notebook, starter
from grader.submission import Submission, read_submission

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load_assignment(ROOT)
ASKED = [problem.name for problem in ASSIGNMENT.problems]


def script(text):
    return Submission("hw2", "hw2", {"hw2": (text if isinstance(text, bytes) else text.encode(),)}, "hw2.py")


def cells(*texts):
    return Submission("hw2", "hw2", {"hw2": texts}, "hw2.ipynb")


@cache
def others(count=40):
    return {f"other {n}": script(source(n)) for n in range(count)}


def compared(hand_ins):
    return compare(hand_ins, hand_ins.__getitem__, ASSIGNMENT)


def best(hand_ins):
    """The most similar pair, with its share."""
    first = compared(hand_ins).pairs[0]
    return {first.one, first.other}, first.share


def prints(submission):
    return fingerprints(code_of(submission), ASKED, template(ASSIGNMENT))


def same(one, other):
    """Whether two texts of a function have the same words."""
    return [grams([word for word, _ in words(code_of(script(each)), "f")]) for each in (one, other)]


# ---- what is found ---------------------------------------------------------------------------


def test_other_names_another_order_and_other_comments_change_nothing():
    for n in range(5):
        assert prints(script(disguised(source(n), "x"))) == prints(script(source(n)))


def test_disguised_hand_ins_are_at_the_top_and_nobody_else_is_as_similar():
    hand_ins = others() | {f"disguised {n}": script(disguised(source(n), "x")) for n in range(6)}
    pairs = compared(hand_ins).pairs
    assert {frozenset((pair.one, pair.other)) for pair in pairs[:6]} == {
        frozenset((f"other {n}", f"disguised {n}")) for n in range(6)
    }
    assert [pair.share for pair in pairs[:6]] == [1] * 6
    assert len(pairs) > 6 and all(pair.share < 1 for pair in pairs[6:])


def test_half_of_somebodys_functions_are_enough():
    mine, theirs = source(3), source(1000)
    half = "\n".join(
        re.split(r"\n(?=def )", disguised(mine, "x"))[:1]
        + [part for part in _functions(disguised(mine, "x")) if _name(part) not in ASKED[10:]]
        + [part for part in _functions(theirs) if _name(part) in ASKED[10:]]
    )
    shares = {frozenset((p.one, p.other)): p.share for p in compared(others() | {"half": script(half)}).pairs}
    assert 0.5 < shares[frozenset(("other 3", "half"))] < 1


def _functions(text):
    return [part for part in re.split(r"\n(?=def )", text) if part.startswith("def ")]


def _name(part):
    return re.match(r"def (\w+)", part).group(1)


def test_a_notebook_is_compared_with_a_script():
    parts = re.split(r"\n(?=def )", disguised(source(3), "x"))
    pair, share = best(others() | {"notebook": cells("%matplotlib inline\n" + parts[0], *parts[1:])})
    assert pair == {"other 3", "notebook"} and share == 1


def test_helpers_in_a_module_of_their_own_are_compared_too():
    text = disguised(source(3), "x")
    functions = re.split(r"\n(?=def )", text)
    mine = [part for part in functions if not part.startswith("def ") or _name(part) in ASKED]
    helpers = [part for part in functions if part not in mine or part == functions[0]]
    assert len(helpers) > 1
    modules = {"hw2": ("\n".join(mine).encode(),), "tools": ("\n".join(helpers).encode(),)}
    pair, share = best(others() | {"modules": Submission("hw2", "hw2", modules)})
    assert pair == {"other 3", "modules"} and share == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "def f(a):\n    return a + a @ a - a @ a * a",
            "def f(b):  # hm\n\n    return (b + b@b) - (b @ b)*b",
        ),
        ("def f(a: int) -> int:\n    x: int = a @ a + a @ a * a", "def f(a):\n    y = a @ a + a @ a * a"),
        (
            'def f(a):\n    "doc"\n    pass\n    b = a @ a - 2.0 * a @ a',
            "def f(a):\n    c = a @ a - 2 * a @ a",
        ),
        (
            "import numpy as np\ndef f(a):\n    return np.sum(a @ a) - np.sum(a) * np.dot(a, a)",
            "from numpy import sum, dot as d\ndef f(a):\n    return sum(a @ a) - sum(a) * d(a, a)",
        ),
        (
            "def g(a): return a\ndef f(a):\n    return g(a @ a) - g(a) * g(a + a)",
            "def unit(a): return a\ndef f(a):\n    return unit(a @ a) - unit(a) * unit(a + a)",
        ),
        ("def f(a):\r\n    return a + a @ a - a @ a * a", "def f(a):\r    return a + a @ a - a @ a * a"),
    ],
)
def test_what_does_not_count(one, other):
    first, second = same(one, other)
    assert first == second != []


@pytest.mark.parametrize(
    "other",
    [
        "def f(a, b):\n    return a @ b + a @ b * a - a @ a",
        "def f(a, b):\n    return a @ b + a @ b * a - b @ b + 0",
        "def f(a, b):\n    return a @ b + b @ a * a - b @ b",
        "def f(a, b):\n    return a @ b.T + a @ b * a - b @ b",
    ],
)
def test_what_does_count(other):
    first, second = same("def f(a, b):\n    return a @ b + a @ b * a - b @ b", other)
    assert first != second


# ---- what is not -----------------------------------------------------------------------------


def test_the_starter_has_nothing_of_its_own_and_what_was_given_is_nothing():
    assert prints(script(starter(ASSIGNMENT))) == frozenset()
    read = [read_submission(ROOT / "submissions_example" / name, "hw2") for name in ("starter", "empty")]
    assert [prints(each) for each in read] == [frozenset(), frozenset()]
    given = (ROOT / "problems" / "network.py").read_text(encoding="utf-8")
    used = "\n".join(f"def {name}(*a):\n    return loss(*a)" for name in ASKED)
    assert "def loss(" in given and prints(script(given + used)) == frozenset()
    assert len(code_of(script(given)).defined) > 4


def test_the_starters_notebook_is_nothing_either(tmp_path):
    path = tmp_path / "hw2.ipynb"
    path.write_text(notebook(ASSIGNMENT), encoding="utf-8")
    assert prints(read_submission(path, "hw2")) == frozenset()


def test_starters_left_as_they_are_do_not_meet():
    text = starter(ASSIGNMENT)
    hand_ins = {f"{n}": script(f"{text}\n# {n}") for n in range(10)}
    assert compared(hand_ins).pairs == ()


def test_hand_ins_written_apart_are_not_similar():
    """The examples of the assignment, each written to be unlike the others, right ones among them."""
    paths = sorted((ROOT / "submissions_example").iterdir())
    told = compared({path.name: read_submission(path, "hw2") for path in paths})
    written_from = {"right_closed_form"}  # others were made from it
    apart = [pair for pair in told.pairs if not {pair.one, pair.other} & written_from]
    assert [(pair.one, pair.other) for pair in apart if pair.share > 0.75] == []
    pair, share = best(
        {path.name: read_submission(path, "hw2") for path in paths}
        | {"x": script(disguised((ROOT / "submissions_example/right_loops/hw2.py").read_text(), "x"))}
    )
    assert pair == {"right_loops", "x"} and share > 0.9


def test_everybodys_formula_brings_nobody_together():
    common = "import numpy as np\n" + "\n".join(WAYS[name]["RIGHT"][0] for name in ASKED)
    hand_ins = others() | {f"plain {n}": script(disguised(common, n)) for n in range(20)}
    plain = [pair for pair in compared(hand_ins).pairs if "plain" in pair.one + pair.other]
    assert plain == []


# ---- what cannot be compared -----------------------------------------------------------------


def fault(submission):
    return code_of(submission).fault


def test_what_cannot_be_read_again_is_told(assignment):
    gone = Submission("", "hw2", {"hw2": ()}, fault="hw2.py is gone")
    assert compare(["a"], lambda _digest: gone, assignment).unread == {"a": "hw2.py is gone"}


def test_what_does_not_parse_is_left_out_and_told():
    broken = script(source(3) + "\ndef half(:\n")
    told = compared(others() | {"broken": broken})
    assert told.unread == {"broken": "hw2.py cannot be parsed"}
    assert all("broken" not in (pair.one, pair.other) for pair in told.pairs)
    python2 = read_submission(ROOT / "submissions_example" / "python2", "hw2")
    assert fault(python2) == "hw2.py cannot be parsed"


def test_a_notebook_loses_only_the_broken_cell():
    parts = re.split(r"\n(?=def )", disguised(source(3), "x"))
    told = compared(others() | {"notebook": cells(*parts, "def half(:", "!ls\n%time f()")})
    assert told.unread == {"notebook": f"cell {len(parts) + 1} cannot be parsed"}
    assert told.pairs[0].share == 1


DEEP = {
    "brackets": "x = " + "(" * 9000 + ")" * 9000,
    "signs": "x = " + "-" * 19_000 + "1",
    "attributes": "def grad_v(v, U, y):\n    return v" + ".T" * 9000,
    "calls": "def grad_v(v, U, y):\n    return v" + "()" * 6000,
    "functions": "def grad_v(v, U, y):\n    return " + "lambda: " * 6000 + "1",
    "blocks": "".join(f"{' ' * n}if 1:\n" for n in range(90)) + " " * 90 + "1",
    "branches": "def grad_v(v, U, y):\n    if v: pass\n" + "    elif v: pass\n" * 3000,
    "sums": "def grad_v(v, U, y):\n    return 1" + " + 1" * 6000,
    "a number": "def grad_v(v, U, y):\n    return v @ U + y * 0x" + "f" * 100_000,
    "digits": "x = " + "9" * 100_000,
    "zeros": "x = 1\0",
    "a text without end": "'''" + "a " * 9000,
    "an odd escape": "def grad_v(v, U, y):\n    return '\\d'",
    "half a character": b"x = '\xed\xa0\x80'",
    "a codec": b"# coding: punycode\nx = 1\n",
    "UTF-16": "x = 1".encode("utf-16"),
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_depth_and_odd_texts_cost_the_hand_in_at_most(text):
    told = compared({"a": script(text), "b": script(source(1))})
    assert told.unread in ({}, {"a": "hw2.py cannot be parsed"})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x = 1  # " + "a" * MOST_CHARACTERS, "there are more than 200,000 characters of source"),
        ("def grad_v(v, U, y):\n" + "    v = v + 1\n" * 50_000, "more than 200,000 characters"),
        ("x = [" + "1," * 25_000 + "]", "there are more than 20,000 words and signs of source"),
    ],
)
def test_what_is_too_long_is_not_even_parsed(text, why, monkeypatch):
    monkeypatch.setattr("grader.batch.similar.similarity._parsed", None)
    assert why in fault(script(text))


def test_an_odd_escape_is_nothing_to_complain_about():
    code = code_of(script("def grad_v(v, U, y):\n    return '\\d'"))
    assert code.fault == "" and list(code.defined) == ["grad_v"]


def test_the_longest_that_is_parsed_is():
    text = "x = 1\n" * (MOST_WORDS // 3)
    assert fault(script(text)) == "" and "more than" in fault(script(text + "x = 1\n"))


# ---- side by side ----------------------------------------------------------------------------


def test_both_sides_are_shown_with_what_is_the_same_marked():
    hand_ins = others() | {"disguised": script(disguised(source(3), "x"))}
    first = compared(hand_ins).pairs[0]
    assert len(first.beside) > 3 and {each.function for each in first.beside} <= set(ASKED)
    for each in first.beside:
        for student, rows in ((first.one, each.one), (first.other, each.other)):
            text = hand_ins[student].modules["hw2"][0].decode().split("\n")
            assert all(row.text == (text[row.number - 1] if row.number else "") for row in rows)
        ones, twos = ([row for row in rows if row.same] for rows in (each.one, each.other))
        assert len(ones) == len(twos) > 0
        assert not any(row.text.strip().startswith("#") for row in ones + twos)


def test_a_line_that_is_another_one_is_not_marked():
    text = source(3)
    line = next(each for each in text.split("\n") if each.startswith("    return ") and len(each) > 50)
    changed = text.replace(line, "    return 1 if 2 else 3 if 4 else 5 if 6 else 7")
    (first, *_) = compared(others() | {"changed": script(changed)}).pairs
    assert {first.one, first.other} == {"other 3", "changed"}
    rows = [row for each in first.beside for row in (*each.one, *each.other)]
    assert not any(row.same for row in rows if row.text.startswith("    return 1 if") or row.text == line)


def test_a_line_of_which_only_the_beginning_is_the_same_is_not_marked():
    head = "import numpy as np\ndef grad_v(v, U, y):\n    e = v @ U - y * 2 + v @ y @ (y - U)\n    return "
    one, other = (code_of(script(head + tail)) for tail in ("np.sum(e * 7) @ U.T", "np.dot(v, e) - 1 / U"))
    common = fingerprints(one, ASKED, ()) & fingerprints(other, ASKED, ())
    assert common
    (shown,) = beside(one, other, ASKED, common, ())
    assert [row.same for row in shown.one] == [row.same for row in shown.other] == [True, True, False]


def test_a_helper_is_shown_once():
    hand_ins = others() | {"disguised": script(disguised(source(3), "x"))}
    pairs = compared(hand_ins).pairs
    assert max(len(pair.beside) for pair in pairs) > 1
    for pair in pairs:
        for rows in zip(*((each.one, each.other) for each in pair.beside), strict=True):
            numbers = [row.number for some in rows for row in some if row.number]
            assert len(numbers) == len(set(numbers))


# ---- in all ----------------------------------------------------------------------------------


def test_the_same_hand_ins_give_the_same_pairs():
    found = compared(others())
    assert found.pairs and found == compared(others())


def test_no_hand_ins_no_pairs():
    assert compared({}).pairs == ()
    assert LEAST > 1


def test_of_some_problems_only_those_are_compared(tmp_path):
    few = load_assignment(shipped(tmp_path / "course"))
    few = replace(few, problems=few.problems[:1])
    shutil.rmtree(tmp_path / "course" / "reference")  # which nothing here opens
    hand_ins = {f"{n}": script(source(n)) for n in range(10)}
    found = compare(hand_ins, hand_ins.__getitem__, few).pairs
    assert {each.function for pair in found for each in pair.beside} <= {"grad_v"}
