"""Every decorator alone, in both orders, on what passes and on what fails."""

import unittest

import hw2
from gradescope_utils.autograder_utils.decorators import (
    hide_errors,
    leaderboard,
    number,
    partial_credit,
    tags,
    visibility,
    weight,
)


class TestDecorators(unittest.TestCase):
    def test_nothing(self):
        hw2.double(1)

    def test_nothing_fails(self):
        self.assertEqual(hw2.double(1), 3)

    @weight(3)
    def test_weight(self):
        pass

    @weight(0)
    def test_weight_of_nothing(self):
        self.fail("it counts nothing")

    @number(7)
    def test_number(self):
        pass

    @weight(1)
    @number("7.1")
    def test_number_inside(self):
        pass

    @visibility("after_due_date")
    def test_visibility(self):
        pass

    @visibility("hidden")
    @weight(2)
    def test_visibility_outside(self):
        self.fail("hidden")

    @tags("one")
    def test_tag(self):
        pass

    @tags("one", "two")
    @weight(1)
    def test_tags(self):
        raise RuntimeError("of the test's own")

    @hide_errors()
    def test_hidden_by_default(self):
        self.fail("a secret")

    @hide_errors("try again")
    @weight(1)
    def test_hidden(self):
        """It is hidden"""
        self.fail("a secret")

    @hide_errors("try again")
    @weight(1)
    def test_hidden_but_right(self):
        self.assertEqual(2 * 2, 4)

    @weight(1)
    @leaderboard("best")
    def test_leaderboard(self, set_leaderboard_value=None):
        set_leaderboard_value("*****")

    @leaderboard("first", sort_order="asc")
    def test_leaderboard_ascending(self, set_leaderboard_value=None):
        set_leaderboard_value(hw2.double(2))

    @partial_credit(10)
    def test_partial(self, **kwargs):
        kwargs["set_score"](4.2)

    @partial_credit(10)
    def test_partial_more(self, set_score=None):
        set_score(1)
        set_score(12)

    @partial_credit(5)
    def test_partial_less_than_nothing(self, set_score=None):
        set_score(-1)

    @weight(1)
    def test_message(self):
        self.assertEqual(hw2.double(1), 3, "with a message of its own")

    @weight(1)
    def test_lines(self):
        print("one\ntwo")
        self.assertEqual("a\nb", "a\nc")

    @weight(1)
    def test_empty_message(self):
        raise ValueError

    @weight(1)
    def test_it_can_be_patched(self):
        from unittest.mock import patch

        with patch.object(hw2, "double", lambda x: 3 * x):
            self.assertEqual(hw2.double(2), 6)
        self.assertEqual(hw2.double(2), 4)
