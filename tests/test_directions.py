"""Directions: short decimals, always the same, and one along which a mistake shows."""

import numpy as np
import pytest

from grader.directions import APART, DIRECTIONS, directions, telling


@pytest.fixture(scope="module")
def problem(assignment):
    return next(problem for problem in assignment.problems if problem.name == "grad_W")


def test_they_are_short_decimals_and_always_the_same(problem):
    one, other = (directions(problem, (3, 4)) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert len(one) == DIRECTIONS
    assert all(len(f"{x:.15g}") <= 4 for x in np.ravel(one))


def test_another_problem_has_others(problem, assignment):
    other = next(problem for problem in assignment.problems if problem.name == "grad_v")
    assert not np.array_equal(directions(problem, (3, 4)), directions(other, (3, 4)))


def test_the_telling_one_is_the_first_along_which_the_two_numbers_are_apart(problem):
    drawn = directions(problem, (2,))
    wanted = next(D for D in drawn if D[0] > 1)
    assert not np.array_equal(wanted, drawn[0])
    D = telling(problem, (2,), lambda D: (1.0, 1.0 + 2 * APART * (D[0] > 1)))
    np.testing.assert_array_equal(D, wanted)


def test_where_they_are_nowhere_far_apart_it_is_the_one_with_the_most(problem):
    D = telling(problem, (2,), lambda D: (1.0, 1.0 + 1e-3 * D[0]))
    assert abs(D[0]) == pytest.approx(max(abs(other[0]) for other in directions(problem, (2,))))
