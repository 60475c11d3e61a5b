"""What gradescope-utils' own runner loses."""

import math
import unittest

from gradescope_utils.autograder_utils.decorators import (
    hide_errors,
    leaderboard,
    number,
    partial_credit,
    weight,
)
from hw2 import never, one


class TestLost(unittest.TestCase):
    @weight(5)
    @number("1")
    def test_subtests(self):
        """Subtests"""
        for k in range(4):
            with self.subTest("of parity", k=k):
                self.assertEqual(k % 2, 0)

    @weight(2)
    def test_subtests_that_pass(self):
        for k in range(4):
            with self.subTest(k=k):
                self.assertEqual(one(), 1)

    @weight(2)
    @unittest.skip("not this year")
    def test_skipped(self):
        """Skipped"""

    @weight(2)
    def test_skips_itself(self):
        self.skipTest("later")

    @weight(3)
    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(one(), 2)

    @weight(3)
    @unittest.expectedFailure
    def test_unexpected(self):
        self.assertEqual(one(), 1)

    @weight(3)
    @unittest.expectedFailure
    def test_expected_but_missing(self):
        self.assertEqual(never(), 2)

    @partial_credit(4)
    def test_nan(self, set_score=None):
        set_score(math.nan)

    @partial_credit(4)
    def test_infinite(self, set_score=None):
        set_score(math.inf)

    @partial_credit(4)
    def test_text(self, set_score=None):
        set_score("4")

    @leaderboard("nan")
    def test_nan_on_the_board(self, set_leaderboard_value=None):
        set_leaderboard_value(math.nan)

    @leaderboard("fails")
    def test_failing_on_the_board(self, set_leaderboard_value=None):
        set_leaderboard_value(3)
        self.fail("after all")

    @weight(2)
    def test_missing(self):
        self.assertEqual(never(), 2)

    @weight(1)
    @hide_errors("hidden")
    def test_hidden(self):
        self.assertEqual(one(), 2)


class TestClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("there is no database")

    @weight(6)
    def test_first(self):
        """First"""

    @weight(7)
    def test_second(self):
        """Second"""


class TestSetUp(unittest.TestCase):
    def setUp(self):
        self.value = never()

    @weight(8)
    def test_value(self):
        self.assertEqual(self.value, 1)
