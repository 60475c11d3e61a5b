"""The engine is not about one homework: examples/ has a second one, with labels, caches and tuples."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.assignment import load_assignment, select
from grader.grade import grade
from grader.key import make_key
from grader.proving import examples
from grader.proving.verify import verify
from grader.record import from_json, to_json
from grader.reference import load_reference
from grader.submission import Submission, read_submission

FOLDER = Path(__file__).parents[1] / "examples" / "deep_learning"
HAND_INS = FOLDER / "submissions_example"
RIGHT = (HAND_INS / "right_vectorised" / "layers.py").read_text(encoding="utf-8")
NAMES = sorted(path.parent.name for path in HAND_INS.glob("*/expected.toml"))


@pytest.fixture(scope="module")
def layers():
    assignment = load_assignment(FOLDER)
    return assignment, make_key(assignment, load_reference(assignment))


@pytest.fixture(scope="module")
def wrong(layers, server):
    """What is said of the slips, by function, to staff and students who tried often."""
    submission = read_submission(HAND_INS / "wrong_slips", "layers")
    record = grade(*layers, submission, server, earlier=9)
    return {problem.name: problem for problem in record.problems}


def test_it_is_proved_with_every_mutant_caught(layers, server):
    assignment, key = layers
    proof = verify(assignment, key.reference, mutations=True)
    assert [
        check.sentence for problem in proof.problems for check in problem.checks if check.ok is False
    ] == []
    assert [problem.failing for problem in proof.problems] == [()] * 6
    assert all(problem.mutations.caught for problem in proof.problems)


@pytest.mark.parametrize("name", NAMES)
def test_a_hand_in_gets_what_its_expectation_says(name, layers, server):
    record = grade(*layers, read_submission(HAND_INS / name, "layers"), server)
    expected = examples.read(layers[0], HAND_INS / name)
    assert list(examples.deviations(expected, record, name)) == []
    assert from_json(to_json(record)) == record


@pytest.mark.parametrize(
    ("name", "sentence", "hint"),
    [
        ("softmax_loss", "value 2 is wrong: along this dW, cross_entropy changes by",
         "Value 2 of the tuple: the penalty has the factor 1/2"),
        ("affine_forward", "returns 4 values where 2 are asked", ""),
        ("affine_backward", "as value 3 where (m,) = (2,) is asked: the gradient has the shape of b",
         "Value 3 of the tuple: all entries are summed up."),
        ("relu_backward", "along this dx, ⟨dout, relu⟩ changes by",
         "The derivative is taken at dout instead of x."),
        ("batch_norm_backward", "value 1 is wrong: along this dx, ⟨dout, batch_norm⟩ changes by",
         "Mean and variance are taken for constants."),
    ],
)  # fmt: skip
def test_a_slip_is_told_by_its_law_and_its_name(name, sentence, hint, wrong):
    assert sentence in wrong[name].student.sentence
    assert hint in wrong[name].student.hint


def test_the_lines_to_paste_compute_both_numbers(wrong):
    """In a folder with the public half and the hand-in, as a student has them."""
    for name in ("softmax_loss", "batch_norm_backward", "relu_backward"):
        *lines, yours, imported, so = wrong[name].student.detail.splitlines()
        program = "\n".join(
            [
                "import numpy as np",
                f"from layers import {name}",
                *(line for line in lines if not line.startswith(f"{name}(")),
                imported,
                f"print(json.dumps([float({yours}), float({so})]))",
            ]
        )
        said = wrong[name].student.sentence
        path = os.pathsep.join([str(HAND_INS / "wrong_slips"), str(FOLDER)])
        done = subprocess.run(
            [sys.executable, "-c", f"import json\n{program}"],
            env={**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{Path(__file__).parents[1]}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        predicted, so = json.loads(done.stdout)
        assert f"changes by {so:.3g} to first order" in said
        assert f"predicts {predicted:.3g}" in said


def test_an_answer_differentiated_through_the_cache_is_noticed(layers, server):
    record = grade(*layers, read_submission(HAND_INS / "careless", "layers"), server)
    suspected = {problem.name: problem.numerical for problem in record.problems if problem.numerical}
    assert suspected.keys() == {"batch_norm_backward"}
    assert "points or more next to x" in suspected["batch_norm_backward"]


@pytest.mark.parametrize(
    ("name", "returned", "verdict", "says"),
    [
        ("softmax_loss", "None", "type", "returns None: a `return` may be missing."),
        ("softmax_loss", "1.0, W, X", "wrong", "returns 3 values where 2 are asked."),
        ("softmax_loss", "()", "wrong", "returns 0 values where 2 are asked."),
        ("affine_backward", "None", "type", "returns None: a `return` may be missing."),
        ("affine_backward", "cache[:2]", "wrong", "returns 2 values where 3 are asked."),
        ("affine_forward", "None", "type", "returns None: a `return` may be missing."),
        ("affine_forward", "x @ w + b, (x, w)", "wrong", "returns 2 values as value 2 where 3 are asked."),
        (
            "affine_forward",
            "x @ w + b, [x, w, b]",
            "type",
            "returns a list as value 2, and a tuple is asked.",
        ),
        ("relu_forward", "x * (x > 0), (x,)", "type", "returns a tuple as value 2, and none is asked."),
        ("relu_forward", "x * (x > 0), x > 0", "type", "as value 2; numbers are asked."),
        (
            "relu_backward",
            "cache.flags.writeable and cache.fill(0)",
            "mutates",
            "changes its input cache in place",
        ),
        (
            "affine_backward",
            "cache[0].flags.writeable and cache[0].fill(0)",
            "mutates",
            "changes its input x in cache in place",
        ),
    ],
)
def test_a_tuple_of_another_form_is_told_where(name, returned, verdict, says, layers, server):
    assignment, key = layers
    (problem,) = (each for each in assignment.problems if each.name == name)
    text = f"import numpy as np\n\ndef {problem.call}:\n    return {returned}\n"
    if verdict == "mutates":  # besides, it is right
        *_, arguments = problem.call.partition("(")
        text = f"{RIGHT}\nright = {name}\n\ndef {problem.call}:\n    y = right({arguments}\n"
        text += f"    {returned}\n    return y\n"
    submission = Submission("layers.py", "layers", {"layers": (text.encode(),)})
    record = grade(select(assignment, [name]), key, submission, server)
    assert (record.problems[0].verdict, says in record.problems[0].student.sentence) == (verdict, True)


def test_two_values_that_are_exchanged_are_named(layers, server):
    source = f"""{RIGHT}
right = batch_norm_backward

def batch_norm_backward(dout, cache):
    dx, dgamma, dbeta = right(dout, cache)
    return dx, dbeta, dgamma
"""
    submission = Submission("layers.py", "layers", {"layers": (source.encode(),)})
    *_, last = grade(*layers, submission, server, earlier=9).problems
    assert last.student.hint == "Value 2 of the tuple: it is what value 3 should be."


def test_a_value_that_nothing_explains_hides_no_hint_about_another(layers, server):
    """Value 2 is wrong in a way that nothing explains, but only where n > 3; value 3 is a mean everywhere."""
    source = f"""{RIGHT}
right = affine_backward

def affine_backward(dout, cache):
    dx, dw, db = right(dout, cache)
    return dx, dw + (np.sin(7 * dw) if len(dx) > 3 else 0), db / len(dout)
"""
    submission = Submission("layers.py", "layers", {"layers": (source.encode(),)})
    record = grade(*layers, submission, server, earlier=9)
    (told,) = (problem.student for problem in record.problems if problem.name == "affine_backward")
    assert told.hint.startswith("Value 3 of the tuple: ")


def test_a_coarse_difference_in_several_variables_is_named(layers, server):
    source = f"""{RIGHT}
def _norm(x, gamma, beta):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5) + beta

def batch_norm_backward(dout, cache):
    def quotient(place, at):
        moved = [np.array(x) for x in cache]
        moved[place][at] += 0.01
        return (dout * (_norm(*moved) - _norm(*cache))).sum() / 0.01
    return tuple(
        np.reshape([quotient(place, at) for at in np.ndindex(x.shape)], x.shape)
        for place, x in enumerate(cache)
    )
"""
    submission = Submission("layers.py", "layers", {"layers": (source.encode(),)})
    *_, last = grade(*layers, submission, server, earlier=9).problems
    assert last.student.hint == "Value 1 of the tuple: it is a forward difference with the step 0.01."


def test_it_is_handed_out_and_checked_at_home_without_the_answers(tmp_path):
    course = tmp_path / "course"
    shutil.copytree(FOLDER, course)

    def grader(*words, cwd):
        return subprocess.run(
            [sys.executable, "-m", "grader", *words], cwd=cwd, capture_output=True, text=True, check=False
        )

    handed_out = grader("handout", "handout.zip", cwd=course)
    assert handed_out.returncode == 0, handed_out.stderr
    shutil.unpack_archive(course / "handout.zip", tmp_path)
    home = tmp_path / "layers"
    starter = (home / "layers.py").read_text(encoding="utf-8")
    assert "cache: tuple[np.ndarray, np.ndarray, np.ndarray]" in starter
    assert "labels: (n,) of int" in starter
    statement = (home / "statement.md").read_text(encoding="utf-8")
    assert "whole numbers from 0 to `c` − 1" in statement
    assert "a number from 0.1 to 2" in statement
    assert "| `cache` | `(n, d)` | `x`: the variable |" in statement  # renamed, and no tuple
    assert "| `cache` | a tuple | `(x, w, b)` |\n| `x` in `cache` | `(n, d)` | the variable |" in statement

    for name, says in (("right_loops", "6 of 6 functions"), ("wrong_slips", "0 of 6 functions")):
        shutil.copyfile(HAND_INS / name / "layers.py", home / "layers.py")
        assert says in grader("check", cwd=home).stdout
