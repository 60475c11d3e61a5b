"""From decorators and what became of tests to rows, without running any."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from gradescope_utils.autograder_utils import decorators as d

from grader.faults import Fault
from grader.gradescope.decorated import (
    MAX_POINTS,
    NOT_RUN,
    Planned,
    Run,
    forget,
    merged,
    number,
    planned,
    results,
    told,
)
from grader.gradescope.late import SCORE
from grader.gradescope.lost import lost
from grader.gradescope.schema import Leader, Results, Test, to_json

PASSED, FAILED = Run(passed=True), Run(passed=False, said="Test Failed: no\n")


def row(plan, *runs):
    (only,) = results([(plan, runs)]).tests
    return only


def test_every_decorator_is_read():
    @d.weight(2.5)
    @d.number(3)
    @d.visibility("hidden")
    @d.tags("a", "b")
    @d.hide_errors("no")
    def test():
        pass

    assert planned(test, "it") == Planned("it", 2.5, "3", "hidden", ("a", "b"), "no")


def test_what_is_below_another_decorator_is_read_too():
    def outer(function):
        def wrapper(*arguments, **named):
            return function(*arguments, **named)

        wrapper.__wrapped__ = function
        return wrapper

    @outer
    @d.partial_credit(3)
    def test(set_score=None):
        set_score(2)

    test()
    assert (planned(test, "it").weight, told(test, "__score__")) == (3, 2)
    forget(test)
    assert told(test, "__score__") is None


@pytest.mark.parametrize("weight", ["1", float("nan"), float("inf"), MAX_POINTS * 2, -1, None, [1]])
def test_a_weight_that_is_no_number_is_refused(weight):
    function = d.weight(weight)(lambda: None)
    if weight is None:
        assert planned(function, "it").weight is None
        return
    with pytest.raises(Fault, match=r"it: the weight .* is no number of points"):
        planned(function, "it")


@pytest.mark.parametrize(
    ("value", "points"),
    [
        *[(x, 2.0) for x in (2, 2.0, np.float64(2), np.int8(2), Decimal(2), Fraction(2))],
        *[(x, None) for x in ("2", b"2", None, [2], np.ones(2), 2j, object(), 10**400, Decimal("sNaN"))],
        *[(x, None) for x in (float("nan"), float("inf"), -float("inf"), 1e300)],
        (True, 1.0),
    ],
)
def test_points_are_finite_numbers(value, points):
    assert number(value) == points


@pytest.mark.parametrize("score", [float("nan"), "2", 1e18, -1e18])
def test_a_score_that_is_no_number_of_points_is_told_which_are(score):
    said = "it gave a score that is no number from -1,000,000,000 to 1,000,000,000, so there are no points"
    assert said in row(Planned("it", 3.0), replace(PASSED, score=score)).output
    led = row(Planned("it", leaderboard="best"), replace(PASSED, value=[score]))
    assert "a value that is neither a text nor a number from -1,000,000,000 to" in led.output


@pytest.mark.parametrize(
    ("runs", "score", "status"),
    [
        ([PASSED], 3, "passed"),
        ([FAILED], 0, "failed"),
        ([], 0, "failed"),
        ([replace(PASSED, score=1)], 1, "failed"),
        ([replace(PASSED, score=4)], 4, "passed"),
        ([replace(FAILED, score=3)], 3, "failed"),
        ([replace(PASSED, score=float("nan"))], 0, "failed"),
        ([replace(PASSED, score=-1)], -1, "failed"),
    ],
)
def test_points_of_a_row(runs, score, status):
    test = row(Planned("it", 3.0), *runs)
    assert (test.score, test.max_score, test.status) == (score, 3, status)


def test_a_set_of_parameters_that_was_not_run_counts_as_not_passed():
    test = row(Planned("it", 3.0, sets=2), PASSED)
    assert (test.score, test.output) == (0, NOT_RUN)


def test_without_points_there_is_only_a_status():
    assert row(Planned("it"), PASSED) == Test(name="it", status="passed")


@pytest.mark.parametrize(
    ("run", "output"),
    [
        (Run(True, printed="a\n"), "a\n"),
        (Run(False, "Test Failed: no\n"), "Test Failed: no\n"),
        (Run(False, "Test Failed: no\n", "a\n"), "a\n\nTest Failed: no\n"),
        (Run(False, "Test Failed: no\n", "a"), "a\n\nTest Failed: no\n"),
        (Run(False, "Test Failed: no\n", "a", "x=1"), "a\n\n[x=1] Test Failed: no\n"),
    ],
)
def test_prints_stand_before_the_failure(run, output):
    assert row(Planned("it"), run).output == output


@pytest.mark.parametrize("run", [Run(False, "secret", "secret"), Run(True, "", "secret")])
def test_hidden_errors_hide_prints_too(run):
    assert "secret" not in (row(Planned("it", 1.0, hide_errors="no"), run).output or "")


@pytest.mark.parametrize("value", [3, 2.5, np.float32(2.5), "*****"])
def test_a_value_goes_to_the_leaderboard(value):
    found = results([(Planned("it", leaderboard="best"), [replace(PASSED, value=value)])])
    assert (found.tests, found.leaderboard) == ((), (Leader(name="best", value=value, order="desc"),))
    assert json.loads(to_json(found))["score"] == 0


@pytest.mark.parametrize("value", [None, float("nan"), [1], object()])
def test_another_value_is_a_line_for_the_staff(value):
    found = results([(Planned("it", leaderboard="best"), [replace(PASSED, value=value)])])
    assert found.leaderboard is None
    assert (found.tests[0].score, found.tests[0].status) == (None, "failed")


def test_the_sum_is_exact():
    rows = [(Planned(str(k), 0.1), [PASSED]) for k in range(10)]
    assert results(rows).score == 1


ASSIGNMENT = Results(
    score=80.1,
    output="graded",
    extra_data={"seed": 1},
    tests=(Test(score=80.1, max_score=100, number="1.1"),),
    leaderboard=(Leader(name="a", value=1),),
    visibility="visible",
)


def test_a_suite_is_merged_behind_the_assignment():
    suite = Results(
        score=2.2,
        output="tested",
        extra_data={"tests_isolation": "full"},
        tests=(Test(score=1.1, max_score=2), Test(score=1.1, max_score=2, number="x"), Test(status="passed")),
        leaderboard=(Leader(name="b", value=2),),
    )
    found = merged(ASSIGNMENT, suite, 6)
    assert (found.score, found.output, found.visibility) == (82.3, "graded\n\ntested", "visible")
    assert [test.number for test in found.tests] == ["1.1", "6.1", "x", "6.3"]
    assert [leader.name for leader in found.leaderboard] == ["a", "b"]
    assert found.extra_data == {"seed": 1, "tests_isolation": "full"}


def test_on_the_leaderboard_the_score_is_the_sum_and_no_column_is_there_twice():
    leaders = (Leader(name=SCORE, value=80.1), Leader(name="Functions right", value=3))
    theirs = (Leader(name=SCORE, value=2.2), Leader(name="speed", value=9))
    suite = Results(score=2.2, tests=(Test(score=2.2, max_score=3),), leaderboard=theirs)
    found = merged(ASSIGNMENT.model_copy(update={"leaderboard": leaders}), suite, 6)
    columns = [(leader.name, leader.value) for leader in found.leaderboard]
    assert columns == [(SCORE, 82.3), ("Functions right", 3), ("speed", 9)]


@pytest.mark.parametrize("visibility", ["hidden", "after_due_date", "after_published"])
def test_the_score_on_the_leaderboard_has_no_points_of_rows_that_nobody_sees(visibility):
    leaders = (Leader(name=SCORE, value=80.1),)
    rows = (Test(score=2.2, max_score=3), Test(score=4.0, max_score=4, visibility=visibility))
    found = merged(ASSIGNMENT.model_copy(update={"leaderboard": leaders}), Results(score=6.2, tests=rows), 6)
    assert (found.score, found.leaderboard[0].value) == (86.3, 82.3)


def test_rows_of_a_suite_are_text_among_rows_of_markdown():
    suite = Results(score=1.0, tests=(Test(name="__init__", score=1.0, max_score=1, output="*x*"),))
    found = merged(ASSIGNMENT.model_copy(update={"test_output_format": "md"}), suite, 6)
    assert [(row.output_format, row.name_format) for row in found.tests] == [(None, None), ("text", "text")]


def test_an_empty_suite_changes_nothing():
    assert merged(ASSIGNMENT, results([]), 6) == ASSIGNMENT


@pytest.mark.parametrize(
    ("text", "plans"),
    [
        ("@weight(2)\ndef test_a(): pass", [Planned("test_a (m)", 2.0)]),
        ("@d.weight(val=2)\ndef test_a(): pass", [Planned("test_a (m)", 2.0)]),
        ("@weight(UNKNOWN)\ndef test_a(): pass", [Planned("test_a (m)")]),
        ("@weight('x')\ndef test_a(): pass", [Planned("test_a (m)")]),
        ("@hide_errors()\ndef test_a(): pass", [Planned("test_a (m)", hide_errors="Test failed")]),
        ("@leaderboard('x', sort_order='asc')\ndef test_a(): pass", [Planned("test_a (m)", leaderboard="x")]),
        ("def helper(): pass\nclass Helper:\n    def test_a(self): pass", []),
        ("class TestA:\n    def test_a(self): pass", [Planned("test_a (m.TestA.test_a)")]),
        ("@weight(2)\nasync def test_a(): pass", [Planned("test_a (m)", 2.0)]),
        ("", []),
        ("(", []),
        ("\0", []),
        ("@weight(2)\ndef test_a(x):\n    '''It'''\n    ((", [Planned("It", 2.0)]),
        ("((\n@weight(2)\n@\ndef test_a(x):\n    pass", [Planned("test_a (m)", 2.0)]),
    ],
)
def test_a_file_tells_its_tests(text, plans):
    assert lost(text, "m") == plans


def test_a_number_that_a_test_has_is_given_to_no_other():
    ours = Results(score=0, tests=())
    rows = [(Planned(name, 1.0, number=own), []) for name, own in (("a", ""), ("b", "6.1"), ("c", ""))]
    total = merged(ours, results(rows), number=6)
    assert [row.number for row in total.tests] == ["6.2", "6.1", "6.3"]


class Unbearable(float):
    """A value that cannot be judged."""

    def __float__(self):
        raise RuntimeError("no")


def test_what_lets_no_row_be_made_costs_its_own_row():
    bad, good = Planned("a", 2.0), Planned("b", 3.0)
    plan = Planned("c", leaderboard="c")
    rows = [
        (bad, [replace(PASSED, score=Unbearable(1))]),
        (good, [PASSED]),
        (plan, [replace(PASSED, value=Unbearable(1))]),
    ]
    found = results(rows)
    assert [(row.score, row.max_score) for row in found.tests] == [(0, 2), (3, 3), (None, None)]
    assert "fault of the course staff" in found.tests[0].output
