"""What gradescope-utils' own runner loses keeps its row and its maximum."""

import json
import re
from pathlib import Path

import pytest


def output(ran, name):
    (row,) = [row for title, row in ran.rows.items() if title.split(" ")[0] == name]
    return row.get("output", "")


def test_the_other_runner_loses_all_points_of_the_file(theirs):
    (row,) = theirs("lost")["tests"]
    assert "max_score" not in row


def test_every_test_has_its_row_and_its_maximum(sample):
    assert sample("lost").points() == {
        "Subtests": (0, 5),
        "Skipped": (0, 2),
        "First": (0, 6),
        "Second": (0, 7),
        "test_subtests_that_pass": (2, 2),
        "test_skips_itself": (0, 2),
        "test_expected": (3, 3),
        "test_unexpected": (0, 3),
        "test_expected_but_missing": (0, 3),
        "test_nan": (0, 4),
        "test_infinite": (0, 4),
        "test_text": (0, 4),
        "test_missing": (0, 2),
        "test_hidden": (0, 1),
        "test_value": (0, 8),
        "test_nan_on_the_board": (None, None),
        "test_failing_on_the_board": (None, None),
    }
    assert sample("lost").results.score == 5


def test_every_failing_subtest_is_named(sample):
    assert output(sample("lost"), "Subtests") == (
        "Test Failed: [of parity] (k=1): 1 != 0\nTest Failed: [of parity] (k=3): 1 != 0\n"
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Skipped", "Skipped: not this year\n"),
        ("test_skips_itself", "Skipped: later\n"),
        ("test_unexpected", "a print\n\nTest Failed: Unexpected success\n"),
        (
            "test_expected_but_missing",
            "Test Failed: there is no never in hw2.py\n",
        ),
        ("First", "Test Failed: there is no database\n"),
        ("test_missing", "Test Failed: there is no never in hw2.py\n"),
        ("test_value", "Test Failed: there is no never in hw2.py\n"),
        ("test_hidden", "hidden"),
        ("test_expected", "a print\n"),
    ],
)
def test_a_row_says_why(name, says, sample):
    assert output(sample("lost"), name) == says


@pytest.mark.parametrize("name", ["test_nan", "test_infinite", "test_text"])
def test_a_score_that_is_no_number_is_the_staffs_fault(name, sample):
    assert output(sample("lost"), name).startswith("This is a fault of the course staff's test")


def test_a_value_that_is_no_number_is_not_on_the_leaderboard(sample):
    board = [entry.name for entry in sample("lost").results.leaderboard]
    assert board == ["fails"]
    assert "neither a text nor a number from" in output(sample("lost"), "test_nan_on_the_board")
    assert output(sample("lost"), "test_failing_on_the_board") == "Test Failed: after all\n"


def test_the_rows_stand_in_the_order_of_the_tests(sample):
    names = [row.name.split(" ")[0] for row in sample("lost").results.tests]
    assert names.index("test_value") > names.index("Second") > names.index("First") > names.index("Subtests")


def test_functions_on_arrays(sample):
    assert sample("numeric").points() == {
        "The": (0, 2),
        "test_gradient": (2, 2),
        "test_in_place": (1, 1),
        "test_newton": (2, 2),
        "test_operators": (2, 2),
        "test_statistics": (3, 3),
    } | {"The": sample("numeric").points()["The"]}
    rows = sample("numeric").rows
    assert rows["The length is one"]["score"] == 1
    assert rows["The second derivative"]["score"] == 0


def test_a_parametrized_function_is_one_row_that_names_the_sets_that_fail(sample):
    output = sample("numeric").rows["The second derivative"]["output"]
    assert "[square] Test Failed: \nNot equal to tolerance" in output
    assert "[tall] Test Failed: \nNot equal to tolerance" in output


UNLOADED = "Test Failed: the test could not be loaded: "
HEAD = "from gradescope_utils.autograder_utils.decorators import *\nimport pytest\n"


def test_files_that_cannot_be_loaded_keep_what_their_text_tells(sample):
    points = sample("mixed").points()
    assert {name: points[name] for name in points if name.startswith("lost")} == {
        "lost_a": (0, 4),
        "lost_b": (0, 3),
        "lost_function": (0, 1),
        "lost_broken": (0, 3),
        "lost_skipped": (0, 6),
        "lost_division": (0, 7),
    }
    assert points["test_broken_too"] == (0, 2)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lost_b", f"{UNLOADED}ModuleNotFoundError: No module named 'nowhere'"),
        ("lost_broken", f"{UNLOADED}SyntaxError: '(' was never closed"),
        ("lost_skipped", "Skipped: not now"),
        ("lost_division", f"{UNLOADED}ZeroDivisionError: integer division or modulo by zero"),
        ("test_fixture", "Test Failed: gone"),
        ("test_teardown", "Test Failed: not cleaned"),
    ],
)
def test_a_row_of_a_lost_test_says_why(name, says, sample):
    assert output(sample("mixed"), name).startswith(says)


def test_what_a_lost_tests_text_tells_is_in_its_row(sample):
    row = sample("mixed").rows["lost_b is its name"]
    assert (row["number"], row["tags"]) == ("2.1", ["a", "b"])
    assert sample("mixed").rows["lost_broken"]["number"] == "9"


def test_marks_of_pytest(sample):
    points = sample("mixed").points()
    assert {name: points[name] for name in points if not name.startswith("lost")} == {
        "test_broken_too": (0, 2),
        "test_fixture": (0, 3),
        "test_teardown": (0, 1),
        "test_forgotten": (0, 3),
        "test_lowest": (1, 3),
        "test_subtests": (0, 3),
        "test_xfail": (1, 1),
        "test_xpass": (0, 1),
        "test_not_run": (0, 1),
        "test_strict": (0, 1),
        "test_method": (1, 1),
        "test_fine": (None, None),
    }
    assert output(sample("mixed"), "test_subtests").startswith(
        "at 0\nat 1\nat 2\n\nTest Failed: (k=0): assert 0 == 1"
    )


def test_a_method_is_called_as_unittest_calls_it(sample):
    assert "test_method (test_marks.TestClass.test_method)" in sample("mixed").rows


@pytest.mark.parametrize(
    ("decorator", "says"),
    [
        ("weight('two')", "test_a (test_it): the weight 'two' is no number of points"),
        ("visibility('never')", "test_a (test_it): there is no visibility 'never'"),
        ("leaderboard('x', 'up')", "test_a (test_it): there is no sort order 'up'"),
    ],
)
def test_a_decorator_that_would_lose_the_grade_is_refused(decorator, says, run):
    ran = run("", HEAD + f"@{decorator}\ndef test_a(): pass\n")
    assert ran.code == 4
    assert says in ran.said


def test_a_run_that_is_killed_keeps_the_maximum(run):
    tests = HEAD + (
        "import os, signal\n@weight(1)\ndef test_a(): pass\n"
        "@weight(2)\ndef test_b(): os.kill(os.getpid(), signal.SIGKILL)\n"
        "@weight(3)\n@pytest.mark.parametrize('k', [1, 2])\ndef test_c(k): pass\n"
        "@number('4')\ndef test_d(): pass\n"
    )
    ran = run("", tests)
    assert ran.code == -9
    assert ran.points() == {"test_a": (1, 1), "test_b": (0, 2), "test_c": (0, 3), "test_d": (None, None)}
    assert output(ran, "test_c").startswith("This test was not run")
    assert ran.rows["test_d (test_it)"] == {
        "status": "failed",
        "name": "test_d (test_it)",
        "number": "4",
        "output": output(ran, "test_c"),
    }


def test_half_of_a_parametrized_function_is_not_the_whole(run):
    tests = HEAD + (
        "import os\n@weight(3)\n@pytest.mark.parametrize('k', [1, 2])\n"
        "def test_c(k):\n    if k == 2: os._exit(1)\n"
    )
    assert run("", tests).points() == {"test_c": (0, 3)}


def test_the_file_is_strict_json_without_control_codes(run):
    hand_in = "def f(): print('\\x1b[31m\\0 \\u202e'); return '\\x1b]0;title\\x07'\n"
    tests = HEAD + "from hw2 import f\n@weight(1)\ndef test_a(): assert f() == 1\n"
    ran = run(hand_in, tests)
    assert json.loads(ran.text, parse_constant=pytest.fail)
    assert "\\x1b[31m" in output(ran, "test_a")
    assert (
        not [c for c in ran.text + ran.said if ord(c) < 32 and c not in "\n\t"] and "\u202e" not in ran.said
    )


def test_what_a_test_prints_of_an_answer_moves_no_cursor(run):
    tests = HEAD + "from hw2 import f\ndef test_a():\n    print(f())\n    assert f() == 1\n"
    ran = run("def f(): return 'a\\x1b[2J'\n", tests)
    assert "a\\x1b[2J" in output(ran, "test_a")
    assert "a\\x1b[2J" in ran.said and "\x1b" not in ran.said


def test_a_value_that_assert_equal_would_show_line_by_line_moves_no_cursor(run):
    hand_in = "def f(): return 'a\\n\\x1b[2J'\n"
    tests = (
        "import unittest\nfrom hw2 import f\nclass TestA(unittest.TestCase):\n"
        "    def test_a(self): self.assertEqual(f(), 'a\\nb')\n"
    )
    assert "\x1b" not in run(hand_in, tests).said


def test_a_test_that_cannot_be_loaded_says_whose_fault_that_is(run, sample):
    said = "This is a fault of the course staff's test, please tell them"
    assert said in output(sample("mixed"), "lost_b") and said in output(sample("mixed"), "lost_broken")
    assert said not in output(sample("mixed"), "lost_division")
    ran = run("f = 1\n", "def test_f(submision): pass\n")
    assert output(ran, "test_f") == f"Test Failed: there is no fixture 'submision'\n{said}.\n"


def test_what_cannot_be_handed_over_is_the_course_staffs_to_mend(run):
    """A right hand-in loses points by it, and can do nothing."""
    tests = """
        import numpy as np
        import pytest
        import hw2

        @pytest.fixture
        def noise(): return hw2.f(np.random.default_rng(0))

        def test_generator(): assert hw2.f(np.random.default_rng(0)) < 1
        def test_fixture(noise): assert noise < 1
        def test_large(): assert hw2.first(np.zeros(10**6)) == 0
        def test_made_of_an_answer(): hw2.first(np.array(hw2.table()))
        def test_called(): assert hw2.call(lambda: open) is open and hw2.call(object)
        def test_copy():
            c = hw2.C()
            x = c.x
            x += 1
            assert c.first() == 1
    """
    hand_in = """
        import numpy as np
        def f(rng): return rng.random()
        def first(x): return x[0]
        def table(): return {}
        def call(f): return f()
        class C:
            def __init__(self): self.x = np.zeros(1)
            def first(self): return self.x[0]
    """
    ran = run(hand_in, tests)
    said = "\nThis is a fault of the course staff's test, please tell them"
    unless = f"{said}, unless your code has made that value."
    assert "a Generator does not travel to a hand-in, see docs/tests.md" in output(ran, "test_generator")
    for name in ("test_generator", "test_fixture", "test_copy"):
        assert f"{said}." in output(ran, name), name
    assert unless in output(ran, "test_large") and unless in output(ran, "test_made_of_an_answer")
    assert f"an object does not travel to a hand-in, see docs/tests.md{said}." in output(ran, "test_called")
    ran = run(
        hand_in, "import numpy as np\nimport hw2\nX = hw2.f(np.random.default_rng(0))\ndef test_x(): pass\n"
    )
    assert f"{said}.\n" in output(ran, "test_x")


def test_an_object_as_a_score_is_the_hand_ins(run):
    hand_in = "class Points: pass\ndef points(): return Points()\n"
    tests = HEAD + "import hw2\n@partial_credit(3)\ndef test_a(set_score): set_score(hw2.points())\n"
    ran = run(hand_in, tests)
    assert ran.points() == {"test_a": (0, 3)}
    assert "is an object that was handed in" in output(ran, "test_a")
    assert "course staff" not in output(ran, "test_a")


TOLD = """
@partial_credit(3)
def test_array(set_score): set_score(hw2.array())

@leaderboard("accuracy")
def test_leader(set_leaderboard_value): set_leaderboard_value(hw2.array())

@partial_credit(3)
def test_nothing(set_score): set_score(hw2.nothing())

@partial_credit(3)
def test_number(set_score): set_score(hw2.number())
"""


def test_whatever_is_told_as_a_score_the_run_goes_on(run):
    hand_in = (
        "import numpy as np\ndef array(): return np.ones(2)\ndef nothing(): pass\ndef number(): return 3\n"
    )
    ran = run(hand_in, HEAD + "import hw2\n" + TOLD)
    assert ran.points() == {
        "test_array": (0, 3),
        "test_leader": (None, None),
        "test_nothing": (0, 3),
        "test_number": (3, 3),
    }, ran.said
    assert "no number from -1,000,000,000 to 1,000,000,000" in output(ran, "test_nothing")
    assert "no row can be made" not in ran.text


LACKS = """
import pytest, unittest, hw2
from gradescope_utils.autograder_utils.decorators import partial_credit, weight

@weight(1)
def test_raises():
    with pytest.raises(Exception): hw2.validate(-1)
@weight(1)
def test_fixture(submission):
    with pytest.raises(AttributeError): submission.validate
@weight(1)
def test_caught():
    try: hw2.validate(-1)
    except Exception: return
@weight(1)
def test_asked(): assert not hasattr(hw2, "validate") and getattr(hw2, "validate", 3) == 3
@partial_credit(5)
def test_went_on(set_score):
    try: hw2.crash()
    except: set_score(5)
@partial_credit(5)
def test_before(set_score):
    set_score(2)
    hw2.crash()
"""


def test_what_a_hand_in_lacks_or_does_not_answer_gives_no_points(run):
    ran = run("import os\ndef crash(): os._exit(3)\n", LACKS)
    assert ran.points() == {
        **{"test_raises": (0, 1), "test_fixture": (0, 1), "test_caught": (0, 1), "test_asked": (1, 1)},
        **{"test_went_on": (0, 5), "test_before": (2, 5)},
    }
    for name in ("test_raises", "test_fixture", "test_caught"):
        assert "there is no validate in hw2.py" in ran.rows[f"{name} (test_it)"]["output"]


PAGE = (Path(__file__).parents[2] / "docs" / "tests.md").read_text(encoding="utf-8")
RIGHT_ONE = """
import numpy as np
def normalize(x): return x / np.linalg.norm(x)
def sort(values): values.sort()
def bisect(f, a, b): return np.sqrt(2)
"""
EMPTY = """
import numpy as np
def normalize(x): return np.array([])
def sort(values): values[:] = [np.array([]) for _ in values]
def bisect(f, a, b): return np.array([])
"""


@pytest.mark.parametrize(("hand_in", "status"), [(RIGHT_ONE, "passed"), (EMPTY, "failed")])
def test_the_pages_example_is_passed_by_right_answers_and_by_no_empty_one(hand_in, status, run):
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    ran = run(hand_in, example)
    assert [row["status"] for row in ran.rows.values()] == [status] * 3, ran.said


def test_what_the_page_says_of_an_empty_answer_is_so(run):
    """Every comparison that it names is passed by one, and what it advises is not."""
    (bullet,) = re.findall(r"^\* An empty answer.*?(?=^\*)", PAGE, re.DOTALL | re.MULTILINE)
    passed, advised = bullet.split("Write")
    passing = re.findall(r"`([^`]*f\(x\)[^`]*)`", passed)
    failing = re.findall(r"`([^`]*f\(x\)[^`]*)`", advised)
    assert (len(passing), len(failing)) == (7, 3)
    head = "import numpy as np, pytest\nfrom numpy.testing import *\nfrom hw2 import f\nx = 1\n"
    form = "def test_{}(): {}{}\n"
    texts = [
        form.format(k, "" if "assert_" in each else "assert ", each)
        for k, each in enumerate(passing + failing)
    ]
    rows = run("import numpy as np\ndef f(x): return np.array([])\n", head + "".join(texts)).rows
    assert [row["status"] for row in rows.values()] == ["passed"] * 7 + ["failed"] * 3
