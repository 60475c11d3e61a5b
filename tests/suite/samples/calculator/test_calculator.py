"""An instructor's suite for gradescope-utils, as courses have them."""

import sys
import time
import unittest

from calculator import Calculator, CalculatorError, factorial, words
from gradescope_utils.autograder_utils.decorators import (
    hide_errors,
    leaderboard,
    number,
    partial_credit,
    tags,
    visibility,
    weight,
)


class TestSimple(unittest.TestCase):
    def setUp(self):
        self.calculator = Calculator()

    @weight(1)
    @number("1.1")
    def test_adds(self):
        """Evaluates 1 + 1"""
        self.assertEqual(self.calculator.eval("1 + 1"), 2)

    @weight(2.5)
    @number("1.2")
    @tags("subtraction", "negative")
    def test_subtracts(self):
        """Evaluates a difference

        with a second paragraph that nobody sees.
        """
        self.assertEqual(self.calculator.eval("1 - 3"), -2)

    @weight(2)
    @number("1.3")
    def test_divides(self):
        self.assertEqual(self.calculator.eval("1 / 2"), 0.5)

    @weight(1)
    @visibility("after_published")
    def test_is_fast(self):
        start = time.perf_counter()
        self.calculator.eval("1 * 2")
        self.assertLess(time.perf_counter() - start, 5)

    @weight(1)
    @visibility("hidden")
    @hide_errors("Something is not divided well")
    def test_by_nothing(self):
        """Divides by zero in silence"""
        self.assertEqual(factorial(3) // 0, 0)

    @weight(1)
    def test_refuses(self):
        with self.assertRaises(CalculatorError) as caught:
            self.calculator.eval("1 +")
        self.assertEqual(str(caught.exception), "cannot read '1 +'")

    @weight(1)
    def test_refuses_by_the_class_it_stems_from(self):
        with self.assertRaises(ValueError):
            self.calculator.eval("")

    @weight(1)
    def test_unknown(self):
        with self.assertRaises(KeyError):
            self.calculator.eval("1 ? 2")

    @weight(3)
    def test_raises_something_else(self):
        with self.assertRaises(KeyError):
            self.calculator.eval("")

    def test_without_points(self):
        """Remembers what was asked"""
        self.calculator.eval("1 + 1")
        self.assertEqual(self.calculator.history, ["1 + 1"])

    def test_without_points_that_fails(self):
        self.assertEqual(words("a b a"), {"a": 2, "b": 2})

    @weight(1)
    def test_says_something_on_stderr(self):
        print("a hint", file=sys.stderr)
        self.assertTrue(factorial(5) == 120)

    @weight(1)
    def test_says_something_and_fails(self):
        print("no line end", end="")
        self.fail("with a message")

    @weight(1)
    def test_a_class(self):
        self.assertIsInstance(self.calculator, Calculator)
        self.assertIsNot(self.calculator, Calculator())


class TestPartial(unittest.TestCase):
    @partial_credit(4)
    @number("2.1")
    def test_some(self, set_score=None):
        """Factorials"""
        for n, expected in enumerate([1, 1, 2, 7]):
            if factorial(n) == expected:
                set_score(n + 0.5)

    @partial_credit(2)
    @visibility("visible")
    def test_all(self, set_score=None):
        set_score(factorial(2))

    @partial_credit(2)
    def test_nothing_told(self, set_score=None):
        self.assertEqual(factorial(4), 24)

    @number("2.4")
    @partial_credit(3)
    def test_score_then_failure(self, set_score=None):
        set_score(1)
        self.assertEqual(factorial(4), 25)


class TestLeaderboard(unittest.TestCase):
    @leaderboard("answers")
    def test_answers(self, set_leaderboard_value=None):
        set_leaderboard_value(sum(words("a b c").values()))

    @leaderboard("time", "asc")
    def test_time(self, set_leaderboard_value=None):
        set_leaderboard_value(0.25)


class TestFiles(unittest.TestCase):
    @weight(0)
    def test_files(self):
        """Check submitted files"""
        from gradescope_utils.autograder_utils.files import check_submitted_files

        missing = check_submitted_files(["calculator.py"])
        self.assertEqual(missing, [], "missing files: " + ", ".join(missing))
