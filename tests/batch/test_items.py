"""How many pass a function, its mean, and whether it tells who can do the rest from who cannot."""

from dataclasses import replace
from decimal import Decimal
from math import sqrt

import pytest
from gradebooks import made

from grader.batch.gradebook import Mark
from grader.report.items import items

CLASS = made(1)


def of(*rows, status="graded"):
    """A class of these scores, a function each; what has points is right."""
    lines = [
        replace(
            CLASS.lines[0],
            status=status,
            marks=tuple(Mark("right" if score else "wrong", Decimal(str(score))) for score in row),
        )
        for row in rows
    ]
    return replace(CLASS, functions=CLASS.functions[: len(rows[0])], lines=tuple(lines))


def test_it_is_the_share_that_passed_and_the_mean_of_the_points():
    first, second = items(of((4, 0), (4, 5), (2, 0), (0, 0)))
    assert (first.passed, first.mean) == (0.75, 2.5)
    assert (second.passed, second.mean) == (0.25, 1.25)
    assert first.verdicts == {"right": 3, "wrong": 1}


def test_discrimination_is_the_point_biserial_correlation_with_the_rest():
    """Of n students of whom p passed: (M₁ − M₀) / s · √(p (1 − p)), where s is over all n."""
    rest = (9, 7, 4, 2)
    first, *_ = items(of(*zip((1, 1, 0, 1), rest, strict=True)))
    mean = sum(rest) / 4
    spread = sqrt(sum((each - mean) ** 2 for each in rest) / 4)
    expected = ((9 + 7 + 2) / 3 - 4) / spread * sqrt(0.75 * 0.25)
    assert first.discrimination == pytest.approx(expected, rel=1e-12)


def test_the_rest_is_without_the_function_itself():
    """Against the whole sum even a function of pure chance would seem to tell something."""
    first, *_ = items(of((8, 1), (8, 2), (0, 1), (0, 2)))
    assert first.discrimination == pytest.approx(0, abs=1e-12)


def test_one_that_the_better_fail_is_suspect():
    better, worse = items(of((0, 5), (0, 5), (4, 0), (4, 0)))
    assert better.discrimination == pytest.approx(-1) and better.suspect and worse.suspect


def test_what_rounds_to_zero_is_not_suspect():
    (item, _) = items(of((4, 1), (0, 2), (4, 3), (0, 1)))
    assert not replace(item, discrimination=-0.004).suspect and replace(item, discrimination=-0.006).suspect


def test_where_all_are_alike_nothing_is_told():
    first, second = items(of((4, 5), (4, 0)))
    assert first.discrimination is None and not first.suspect and second.discrimination is None


def test_decimals_that_sum_to_the_same_are_the_same():
    first, *_ = items(of((1, 0.1, 0.2), (0, 0.2, 0.1), (1, 0.3, 0)))
    assert first.discrimination is None


@pytest.mark.parametrize("status", ["empty", "failed"])
def test_only_what_was_graded_counts(status):
    graded, others = of((4, 5), (0, 1)), of((0, 0), (0, 0), status=status)
    both = replace(graded, lines=(*graded.lines, *others.lines))
    assert items(both) == items(graded)
    assert items(others) == ()


def test_partial_credit_is_no_pass_and_neither_is_a_right_one_worth_nothing():
    line = replace(CLASS.lines[0], marks=(Mark("wrong", Decimal(3)), Mark("right", Decimal(0))))
    gradebook = replace(CLASS, functions=CLASS.functions[:2], lines=(line,))
    assert [item.passed for item in items(gradebook)] == [0, 0]


def test_the_made_class_has_one_suspect():
    assert [item.asked.name for item in items(made(400)) if item.suspect] == ["derivative_shape"]
