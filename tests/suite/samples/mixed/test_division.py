"""It raises when it is imported."""

from gradescope_utils.autograder_utils.decorators import weight

NOTHING = 1 // 0


@weight(7)
def test_division():
    """lost_division"""
