"""Tests of an instructor's that would fail everybody are found before anything is uploaded."""

import shutil
import subprocess
import sys

import pytest
from courses import ROOT, edit, shipped

from grader.assignment import load_assignment
from grader.faults import Fault
from grader.gradescope.bundle import bundle, left_out

GOOD = """
from gradescope_utils.autograder_utils.decorators import weight
from hw2 import least_squares_hessian

@weight(2.5)
def test_symmetric():
    assert least_squares_hessian is not None

@weight(1)
def test_something_that_the_starter_lacks(submission):
    assert submission.bisect(1) == 2

def test_without_points(): pass
"""


@pytest.fixture
def course(tmp_path):
    folder = shipped(tmp_path / "course")
    edit(folder / "assignment.toml", "tests = false", "tests = true")
    (folder / "tests").mkdir()
    return folder


def tried(course, text, name="test_extra.py"):
    (course / "tests" / name).write_text(text, encoding="utf-8")
    return bundle(load_assignment(course), course.parent / "a.zip").tests


def test_rows_and_points_are_counted(course):
    found = tried(course, GOOD)
    assert (found.rows, str(found.points)) == (3, "3.5")
    assert (course.parent / "a.zip").exists()


def test_a_right_example_that_loses_points_is_noticed(course):
    """A name that is misspelt is missing in every hand-in, so the starter alone would not tell."""
    for name, score in (("fine", "100"), ("other", "0")):
        shutil.copytree(
            ROOT / "submissions_example" / "right_closed_form", course / "submissions_example" / name
        )
        default = "right" if name == "fine" else "missing"
        expected = f'about = "Made up."\nscore = {score}\ndefault = "{default}"\n'
        (course / "submissions_example" / name / "expected.toml").write_text(expected, encoding="utf-8")
    text = GOOD.replace("least_squares_hessian\n", "least_squares_hesian as least_squares_hessian\n", 1)
    lost = tried(course, text).lost
    assert len(lost) == 2
    assert "tests/: fine, in which every function is right, gets 0 of 2.5 for " in lost[0]
    assert "least_squares_hesian" in lost[0]
    assert "bisect" in lost[1]
    assert "test_symmetric" not in " ".join(tried(course, GOOD).lost)


def test_a_conftest_that_fails_is_refused(course):
    (course / "tests" / "conftest.py").write_text("import nonsense", encoding="utf-8")
    with pytest.raises(Fault, match="No module named 'nonsense'"):
        tried(course, GOOD)


def test_files_that_unittest_finds_are_found(course):
    assert tried(course, GOOD, "tests.py").rows == 3


def test_a_value_that_the_starter_cannot_make_refuses_nothing(course):
    text = "from hw2 import curve_velocity\nV = curve_velocity(1.0)\ndef test_v(): assert V is not None"
    assert tried(course, text).rows == 1


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("@weight(2)\ndef test_a(): pass", "test_a.py", "NameError: name 'weight' is not defined"),
        ("def test_a(:", "test_a.py", "SyntaxError"),
        ("def test_a(submission): submission.grad_v(object())", "test_a.py", "an object does not travel"),
        ("import nonsense\ndef test_a(): pass", "test_a.py", "No module named 'nonsense'"),
        (GOOD.replace("2.5", "'two'"), "test_a.py", "the weight 'two' is no number of points"),
        ("def test_a(set_score): set_score('many')", "helper.py", "tests/ has no test"),
        ("", "README.md", "tests/ has no test"),
    ],
)
def test_what_nobody_could_pass_is_refused_before_anything_is_written(course, text, name, says):
    with pytest.raises(Fault) as refused:
        tried(course, text, name)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (course.parent / "a.zip").exists()


def test_tests_without_pytest_are_one_sentence(course, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/usr/bin/false")
    with pytest.raises(Fault, match="could not be run"):
        tried(course, GOOD)


def test_tests_that_stay_behind_are_told(course):
    tests = course / "tests"
    assert not left_out(load_assignment(course))
    edit(course / "assignment.toml", "tests = true", "tests = false")
    assert not left_out(load_assignment(course))
    (tests / "test_extra.py").touch()
    assert left_out(load_assignment(course))


NUMBERED = """
from gradescope_utils.autograder_utils.decorators import number
@number("1.1")
def test_a(): pass
@number("6.2")
def test_b(): pass
@number("6.2")
def test_c(): pass
@number("6.3")
def test_d(): pass
def test_e(): pass
"""


def test_numbers_that_stand_twice_are_told_and_refuse_nothing(course):
    (course / "tests" / "test_extra.py").write_text(NUMBERED, encoding="utf-8")
    command = [sys.executable, "-m", "grader", "bundle", "a.zip", "--assignment", course]
    done = subprocess.run(command, cwd=course.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, (course.parent / "a.zip").exists()) == (0, True), done.stderr
    assert (
        done.stderr.splitlines()[-1]
        == "note: several rows have the number 1.1, 6.2: change their tests' @number"
    )


def test_tests_that_end_the_process_are_refused(course):
    with pytest.raises(Fault, match="on the starter the tests' process ended in test_ends"):
        tried(course, "import os\ndef test_ends(): os._exit(1)\n")
