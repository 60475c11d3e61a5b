"""It cannot be imported."""

import unittest

import nowhere  # type: ignore[import-not-found]
from gradescope_utils.autograder_utils.decorators import number, partial_credit, tags
from gradescope_utils.autograder_utils.decorators import weight as w

POINTS = 4


class TestIt(unittest.TestCase):
    @w(3)
    @number("2.1")
    @tags("a", "b")
    def test_b(self):
        """lost_b is its name

        and this is not.
        """
        nowhere.f()

    @partial_credit(POINTS)
    def test_a(self, set_score):
        """lost_a"""


@w(1)
def test_function():
    """lost_function"""
