"""Right, imprecise, wrong: by an error model, never by a tolerance that hides a scale."""

from fractions import Fraction

import numpy as np
import pytest

from grader.compare import AMBER, DOUBLE, GREEN, SINGLE, Verdict, judge
from grader.sandbox.frames import Foreign, Stub

R = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -0.25]])
CONDITION = (4.0,)


def verdict(actual, expected=R, conditions=CONDITION, epsilon=DOUBLE):
    return judge(actual, expected, conditions, epsilon).verdict


def test_the_value_itself_is_right():
    assert verdict(R.copy()) is Verdict.RIGHT


@pytest.mark.parametrize("scale", [1e-300, 1e-6, 1, 1e6, 1e300])
@pytest.mark.parametrize(
    ("eta", "expected"),
    [(83, Verdict.RIGHT), (4e5, Verdict.IMPRECISE), (5e12, Verdict.WRONG)],
)
def test_the_borders_hold_at_every_scale(eta, expected, scale):
    error = np.zeros_like(R)
    error[1, 2] = eta * DOUBLE * CONDITION[0]
    assert verdict((R + error) * scale, R * scale, (CONDITION[0] * scale,)) is expected


def test_eta_is_the_error_in_units_of_epsilon_times_the_condition():
    judgement = judge(np.array(1 + 2.0**-30), np.array(1.0), (2.0,))
    assert judgement.eta == pytest.approx(float(Fraction(1, 2**30) / (Fraction(1, 2**52) * 2)))
    assert judgement.relative == pytest.approx(2.0**-30)


def test_in_single_precision_there_is_no_band_of_lost_digits():
    assert verdict(R * (1 + 1e-5), epsilon=SINGLE) is Verdict.RIGHT
    assert verdict(R * (1 + 0.1), epsilon=SINGLE) is Verdict.WRONG


def test_the_bands_do_not_overlap():
    assert 83 < GREEN < 4e5 < AMBER < 5e12  # measured: worst right, best float32, best wrong


@pytest.mark.parametrize(
    "actual",
    [
        R[0],
        R[:1],
        R.T,
        R.ravel(),
        R[None],
        np.float64(1.0),
        np.array(2),
        3.0,
        np.zeros((2, 0)),
        np.zeros((0, 3)),
    ],
)
def test_another_shape_is_never_broadcast(actual):
    assert verdict(actual) is Verdict.SHAPE


@pytest.mark.parametrize(
    "actual",
    [
        None,
        "text",
        R.tolist(),
        (R,),
        R + 0j,
        R > 0,
        Foreign("array of dtype object"),
        Stub(0, "s"),
        b"",
        True,
    ],
)
def test_another_type_is_told_before_any_value(actual):
    assert verdict(actual) is Verdict.TYPE


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_entry_that_is_not_finite_is_enough(bad):
    actual = R.copy()
    actual[0, 1] = bad
    assert verdict(actual) is Verdict.NOT_FINITE


def test_an_overflowing_error_is_wrong():
    assert verdict(np.full_like(R, 1.5e308), np.full_like(R, -1.5e308)) is Verdict.WRONG


def test_integers_may_stand_for_floats():
    assert verdict(np.array([1, 2]), np.array([1.0, 2.0]), (2.0,)) is Verdict.RIGHT
    assert verdict(3, 3.0, (3.0,)) is Verdict.RIGHT


def test_an_integer_too_large_for_an_array_is_a_type():
    assert verdict(10**30, np.array(1.0), (1.0,)) is Verdict.TYPE


def test_floats_do_not_stand_for_integers_nor_integers_for_booleans():
    assert verdict(np.array([1.0]), np.array([1]), (0.0,)) is Verdict.TYPE
    assert verdict(np.array([1]), np.array([True]), (0.0,)) is Verdict.TYPE
    assert verdict(np.array([True]), np.array([True]), (0.0,)) is Verdict.RIGHT


@pytest.mark.parametrize(
    ("actual", "expected", "result"),
    [
        ((3, 4), (3, 4), Verdict.RIGHT),
        ((np.array(3), np.array(4)), (3, 4), Verdict.RIGHT),
        ((4, 3), (3, 4), Verdict.WRONG),
        ((3,), (3, 4), Verdict.WRONG),
        ((), (), Verdict.RIGHT),
        ((), (3,), Verdict.WRONG),
        ([3, 4], (3, 4), Verdict.TYPE),
        (None, (3, 4), Verdict.WRONG),
        (None, None, Verdict.RIGHT),
        ((3, 4), None, Verdict.WRONG),
        (0, None, Verdict.WRONG),
        ("Mᵀ", "Mᵀ", Verdict.RIGHT),
        ("M", "Mᵀ", Verdict.WRONG),
        (7, 7, Verdict.RIGHT),
        (8, 7, Verdict.WRONG),
        (True, True, Verdict.RIGHT),
    ],
)
def test_exact_answers_are_compared_exactly(actual, expected, result):
    conditions = (0.0,) * (len(expected) if isinstance(expected, tuple) else 1)
    assert verdict(actual, expected, conditions) is result


def test_a_tuple_is_as_good_as_its_worst_part():
    expected = (np.array(2.0), R)
    assert verdict((2.0, R), expected, (2.0, 4.0)) is Verdict.RIGHT
    assert verdict((2.0, R * (1 + 1e-9)), expected, (2.0, 4.0)) is Verdict.IMPRECISE
    assert verdict((2.1, R * (1 + 1e-9)), expected, (2.0, 4.0)) is Verdict.WRONG
    assert verdict((2.0, R.T), expected, (2.0, 4.0)) is Verdict.SHAPE
