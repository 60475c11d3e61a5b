"""Another assignment than the shipped one: labels, tuples, flags and words, from folder to verdicts."""

import shutil
from decimal import Decimal
from textwrap import dedent

import pytest

from grader.assignment import load_assignment, select
from grader.faults import Fault
from grader.grade import grade
from grader.key import make_key
from grader.reference import load_reference
from grader.settings import find_assignment
from grader.submission import Submission

SETTINGS = """
title = "Classifiers"
file = "hw"
points = 5.5
topics = ["softmax"]
[limits]
call_seconds = 1
"""
PROBLEMS = '''
r"""# Softmax
Loss and gradient."""
import numpy as np
from grader.distributions import Integers, Uniform
from grader.problem import Draws, Gradient, Value
from grader.shapes import Array, Size

Labels = Array["N", Integers(0, "C")]

def penalty(W: Array["D C"], reg: Array["", Uniform(0.1, 1)]) -> Array[""]:
    return reg * (W * W).sum()

softmax_loss = Value(
    given={"W": Array["D C"], "X": Array["N D"], "labels": Labels},
    returns=(Array[""], Array["D C"]), points=2,
    draws=Draws(scaled=(), where=lambda N, D, C: C > 1),
)
grad_penalty = Gradient(of=penalty, wrt="W", points="1.5")
is_hit = Value(given={"scores": Array["N C"], "labels": Labels}, returns=Array["N"], points=1)
name_of_law = Value(given={"C": Size["C"]}, points=1)
'''
REFERENCE = '''
"""Softmax."""
import numpy as np

def softmax_loss(W, X, labels):
    scores = X @ W
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    n = np.arange(len(labels))
    loss = -np.log(p[n, labels]).mean()
    p[n, labels] -= 1
    return loss, X.T @ p / len(labels)

def grad_penalty(W, reg):
    return 2 * reg * W

def is_hit(scores, labels):
    return scores.argmax(axis=1) == labels

def name_of_law(C):
    return "softmax" if C > 2 else "logistic"
'''
RIGHT = dedent(
    """
    import numpy as np

    def softmax_loss(W, X, labels):
        e = np.exp(X @ W)
        p = e / e.sum(1)[:, None]
        T = np.eye(W.shape[1])[labels]
        return float(-(T * np.log(p)).sum() / len(X)), X.T @ (p - T) / len(X)

    def grad_penalty(W, reg):
        return W * reg * 2.0

    def is_hit(scores, labels):
        return np.array([np.argmax(row) == label for row, label in zip(scores, labels)])

    def name_of_law(C):
        return "logistic" if C <= 2 else "softmax"
    """
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    for path, text in {
        "assignment.toml": SETTINGS,
        "problems/softmax.py": PROBLEMS,
        "reference/softmax.py": REFERENCE,
        "reference/seed.txt": "ab" * 32,
    }.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text.strip() + "\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def verdicts(folder, server):
    assignment = load_assignment(folder)
    key = make_key(assignment, load_reference(assignment))

    def of(source):
        record = grade(assignment, key, Submission("hw.py", "hw", {"hw": (source.encode(),)}), server)
        return {problem.name: problem.verdict for problem in record.problems}, record.score

    return of


def test_a_right_hand_in_gets_all_points_as_an_exact_decimal(verdicts):
    actual, score = verdicts(RIGHT)
    assert set(actual.values()) == {"right"}
    assert score == Decimal("5.5")


@pytest.mark.parametrize(
    ("old", "new", "name", "verdict"),
    [
        (" / len(X)\n\ndef grad", "\n\ndef grad", "softmax_loss", "wrong"),  # one part of the tuple
        ("X.T @ (p - T) / len(X)", "(p - T).T @ X / len(X)", "softmax_loss", "shape"),
        ("return float(-(T * np.log(p)).sum() / len(X)), X.T", "return X.T", "softmax_loss", "type"),
        ("== label for", "!= label for", "is_hit", "wrong"),
        ("np.argmax(row) == label for", "int(np.argmax(row) == label) for", "is_hit", "type"),
        ('"softmax"', '"Softmax"', "name_of_law", "wrong"),
        ("W * reg * 2.0", "W * reg", "grad_penalty", "wrong"),
        ("T = np.eye", "labels -= 0; labels[0] += 1; labels[0] -= 1; T = np.eye", "softmax_loss", "mutates"),
    ],
)
def test_a_change_fails_exactly_its_problem(old, new, name, verdict, verdicts):
    assert old in RIGHT
    actual, _ = verdicts(RIGHT.replace(old, new))
    assert {n: v for n, v in actual.items() if v != "right"} == {name: verdict}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("points=1)\n", "points=1, draws=None)\n", "is_hit: it cannot be used: AttributeError"),
        ('returns=Array["N"]', 'returns="N"', "is_hit: it returns 'N', not a shape"),
        ('wrt="W"', "wrt=3", "grad_penalty: penalty has no array parameter 3"),
        ('wrt="W"', 'wrt="V"', "grad_penalty: penalty has no array parameter V"),
        ("of=penalty", "of=len", "grad_penalty: of = <built-in function len> is no function"),
        ("scaled=()", 'scaled="W"', "softmax_loss: scaled = 'W'; write a tuple"),
        ("scaled=()", 'scaled=("V",)', "softmax_loss: scaled names V, which is no input"),
        ("Uniform(0.1, 1)", "Uniform(1, 1)", "line 10: ValueError: Uniform(1, 1) is empty"),
        ('Array["D C"], "X"', '3, "X"', "softmax_loss: W is given as 3"),
        ('"N D"', '"N D!"', 'line 14: the shape "N D!" has "D!"'),
        ('Size["C"]}, points=1)', 'Size["C"]}, points=0)', "name_of_law has points = 0"),
        ("where=lambda N, D, C: C > 1", "where=lambda N: N > 1", "softmax_loss: `where` fails: TypeError"),
        ("where=lambda", "keep=lambda W: True, where=lambda", "softmax_loss: `keep` fails: TypeError"),
        (
            "where=lambda",
            "keep=lambda W, X, labels: abs(W).max() < 1e-30, where=lambda",
            "softmax_loss: `keep` turns down 100 draws of 100 for the row 'core'",
        ),
        (
            'wrt="W"',
            'wrt="W", packed="cache"',
            "grad_penalty: packed = 'cache'; write packed={'cache': ('x', 'w')}",
        ),
        ('wrt="W"', 'wrt="W", packed={"c": ("W", "V")}', "grad_penalty: packed names V, which is no input"),
        ('wrt="W"', 'wrt="W", packed={"c": ("W", "W")}', "grad_penalty: packed names W twice"),
        (
            'wrt="W"',
            'wrt="W", packed={"reg": "W"}',
            "grad_penalty: packed calls a tuple 'reg'; give it a name",
        ),
        (
            'wrt="W"',
            'wrt="W", packed={"c": ("W", 1)}',
            "grad_penalty: packed = {'c': ('W', 1)}; write packed=",
        ),
        (
            'wrt="W"',
            'wrt="W", packed={"dW": ("W",)}',
            "grad_penalty: packed calls a tuple 'dW'; give it a name",
        ),
        (
            'wrt="W"',
            'wrt="W", packed={"np": ("W",)}',
            "grad_penalty: packed calls a tuple 'np'; give it a name",
        ),
        ('wrt="W"', 'wrt="W", packed={"W": ("W", "reg")}', "grad_penalty: packed calls a tuple 'W'; give it"),
        ('wrt="W"', 'wrt=("W", "W")', "grad_penalty: wrt = ('W', 'W'); name each variable once"),
        ('wrt="W"', "wrt=()", "grad_penalty: wrt = (); name each variable once"),
        (
            'wrt="W"',
            'wrt="W", given={"reg": Labels}',
            "grad_penalty: given names reg, which the function takes",
        ),
        ('returns=Array["N"]', "returns=()", "is_hit: it returns nothing, not a shape"),
        ('returns=Array["N"]', 'returns=(Array["N"], Size["N"])', "is_hit: it returns int N, not a shape"),
        (
            'W: Array["D C"], reg',
            'W: Array["D", Integers(0, 5)], reg',
            "grad_penalty: wrt names W, which holds whole",
        ),
        ('wrt="W"', 'wrt=("W", "V")', "grad_penalty: penalty has no array parameter V"),
        ('r"""# Softmax', 'r"""Softmax', "line 1: the file opens with its statement"),
    ],
)
def test_an_authors_slip_is_one_sentence_with_its_place(old, new, says, folder, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(folder, course)
    text = (course / "problems/softmax.py").read_text(encoding="utf-8")
    assert old in text
    (course / "problems/softmax.py").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Fault) as fault:
        assignment = load_assignment(course)
        make_key(assignment, load_reference(assignment))
    assert says in str(fault.value)
    assert "problems/softmax.py" in str(fault.value)


@pytest.mark.parametrize("exits", ["sys.exit(0)", "def name_of_law(C): sys.exit(0)"])
def test_a_reference_that_exits_is_a_fault_and_no_success(exits, folder, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(folder, course)
    with (course / "reference/softmax.py").open("a", encoding="utf-8") as stream:
        stream.write(f"\nimport sys\n{exits}\n")
    assignment = load_assignment(course)
    with pytest.raises(Fault, match=r"softmax\.py, line \d+: .*SystemExit"):
        make_key(assignment, load_reference(assignment))


def test_loading_leaves_nothing_behind(folder):
    load_reference(load_assignment(folder))
    assert sorted(path.name for path in folder.rglob("*")) == [
        "assignment.toml", "problems", "reference", "seed.txt", "softmax.py", "softmax.py",
    ]  # fmt: skip


def test_defaults_stand_where_the_settings_are_silent(folder):
    settings = load_assignment(folder).settings
    assert settings.limits.call_seconds == 1
    assert settings.limits.import_seconds == 10
    assert settings.policies.imprecise == 1


def test_the_nearest_folder_above_is_found(folder):
    assert find_assignment(folder / "reference") == folder.resolve()


def test_no_folder_above_is_a_fault(tmp_path):
    with pytest.raises(Fault, match=r"no assignment.toml in .* name the folder with --assignment DIR"):
        find_assignment(tmp_path)


def test_selected_problems_keep_their_order(assignment):
    chosen = select(assignment, ("grad_W", "grad_v"))
    assert [problem.name for problem in chosen.problems] == ["grad_v", "grad_W"]
    assert len(select(assignment, ()).problems) == 20


def test_the_shipped_assignment_is_the_one_that_is_fixed(assignment):
    assert sum(problem.points for problem in assignment.problems) == 100
    most = max(problem.points for problem in assignment.problems)
    assert [p.name for p in assignment.problems if p.points == most] == ["derivative_W", "grad_W"]
    assert [problem.number for problem in assignment.problems] == [
        "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "3.4",
        "4.1", "4.2", "4.3", "4.4", "5.1", "5.2",
    ]  # fmt: skip
