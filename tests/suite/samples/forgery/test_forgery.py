"""Every way to compare that a test may choose, on every answer of a hand-in that lies."""

import math
import unittest

import hw2
import numpy as np
import pytest
from gradescope_utils.autograder_utils.decorators import weight

EXPECTED = 41.0 + 1
ARRAY = np.full(3, EXPECTED)
case = unittest.TestCase()

ATTACKS = (
    *("equal", "number", "text", "whole", "items", "array", "liar", "klass", "instance", "error", "nothing"),
    *("echo", "nan", "objects", "tangled", "large", "digits", "skips", "skips_itself"),
    *("stops", "leaves", "interrupts", "raises", "groups", "keeps"),
)


def raises(kind, f):
    with case.assertRaises(kind):
        f()


def raises_in_pytest(kind, f):
    with pytest.raises(kind):
        f()


def called(f):
    return f()


def backwards(value):
    case.assertEqual(len(value), 1)
    for x, y in zip(reversed(value), [EXPECTED], strict=False):
        case.assertEqual(x, y)


def subtracted(value):
    value -= EXPECTED
    return value


def swallowed(f):
    with f():
        raise AssertionError
    # whoever gets here has had an assertion swallowed


FORMS = {
    "equal": lambda f: case.assertEqual(f(), EXPECTED),
    "equal, the other way round": lambda f: case.assertEqual(EXPECTED, f()),
    "almost": lambda f: case.assertAlmostEqual(f(), EXPECTED),
    "almost, the other way round": lambda f: case.assertAlmostEqual(EXPECTED, f()),
    "delta": lambda f: case.assertAlmostEqual(f(), EXPECTED, delta=0.1),
    "==": lambda f: case.assertTrue(f() == EXPECTED),
    "reversed ==": lambda f: case.assertTrue(EXPECTED == f()),  # noqa: SIM300
    "not !=": lambda f: case.assertFalse(f() != EXPECTED),
    "between": lambda f: case.assertTrue(EXPECTED <= f() <= EXPECTED),
    "less": lambda f: case.assertLess(abs(f() - EXPECTED), 1e-6),
    "less, the other way round": lambda f: case.assertLess(abs(EXPECTED - f()), 1e-6),
    "relative": lambda f: case.assertLess(abs(f() / EXPECTED - 1), 1e-6),
    "bounds": lambda f: (case.assertGreaterEqual(f(), EXPECTED), case.assertLessEqual(f(), EXPECTED)),
    "in": lambda f: case.assertIn(f(), [EXPECTED]),
    "in a set": lambda f: case.assertIn(f(), {EXPECTED}),
    "contains": lambda f: case.assertIn(EXPECTED, f()),
    "in its list": lambda f: case.assertIn(EXPECTED, [f()]),
    "key": lambda f: {EXPECTED: True}[f()],
    "same": lambda f: case.assertIs(f(), EXPECTED),
    "float": lambda f: case.assertEqual(float(f()), EXPECTED),
    "int": lambda f: case.assertEqual(int(f()), EXPECTED),
    "round": lambda f: case.assertEqual(round(f(), 3), EXPECTED),
    "str": lambda f: case.assertEqual(str(f()), str(EXPECTED)),
    "format": lambda f: case.assertEqual(f"{f():.1f}", "42.0"),
    "count": lambda f: case.assertCountEqual(f(), [EXPECTED]),
    "list": lambda f: case.assertListEqual(f(), [EXPECTED]),
    "sequence": lambda f: case.assertSequenceEqual(f(), [EXPECTED]),
    "dict": lambda f: case.assertDictEqual(f(), {"x": EXPECTED}),
    "set": lambda f: case.assertSetEqual(f(), {EXPECTED}),
    "set, the other way round": lambda f: case.assertSetEqual({EXPECTED}, f()),
    "searched": lambda f: case.assertEqual(np.searchsorted(f(), EXPECTED), 0),
    "reversed": lambda f: backwards(f()),
    "divmod": lambda f: case.assertEqual(divmod(f(), EXPECTED), (1, 0)),
    "in place": lambda f: case.assertEqual(abs(subtracted(f())), 0),
    "sum": lambda f: case.assertEqual(sum(f()), EXPECTED),
    "first": lambda f: case.assertEqual(f()[0], EXPECTED),
    "regex": lambda f: case.assertRegex(f(), "^42$"),
    "attribute": lambda f: case.assertEqual(f().shape, (3, 3)),
    "isclose": lambda f: case.assertTrue(math.isclose(f(), EXPECTED)),
    "approx": lambda f: case.assertTrue(f() == pytest.approx(EXPECTED)),
    "approx of an array": lambda f: case.assertTrue(f() == pytest.approx(ARRAY)),
    "allclose": lambda f: case.assertTrue(np.allclose(f(), ARRAY)),
    "array_equal": lambda f: case.assertTrue(np.array_equal(f(), ARRAY)),
    "assert_allclose": lambda f: np.testing.assert_allclose(f(), ARRAY),
    "assert_array_equal": lambda f: np.testing.assert_array_equal(f(), ARRAY),
    "assert_almost_equal": lambda f: np.testing.assert_almost_equal(f(), EXPECTED),
    "norm": lambda f: case.assertLess(np.linalg.norm(f() - ARRAY), 1e-6),
    "all": lambda f: case.assertTrue(all(x == y for x, y in zip(map(called, [f]), [EXPECTED], strict=False))),
    "strictly all": lambda f: case.assertTrue((f() == ARRAY).all()),
    "its own class": lambda f: (
        case.assertIsInstance(f(), (float, np.ndarray)) or case.assertEqual(f(), EXPECTED)
    ),
    "raises": lambda f: raises(LookupError, f),
    "raises in pytest": lambda f: raises_in_pytest(LookupError, f),
    "given the answer": lambda f: case.assertEqual(f(lambda: EXPECTED) and f(), EXPECTED),
    "with": swallowed,
}


def believed(form, f):
    """Whether a test of that form would pass."""
    try:
        FORMS[form](f)
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, unittest.SkipTest, pytest.skip.Exception)):
            return f"steered by {type(error).__name__}"
        return ""
    return form


@weight(1)
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_form_is_believed(attack):
    f = getattr(hw2, attack)
    assert [said for form in FORMS if (said := believed(form, f))] == []


def made():
    return hw2.Made(3.0, 4.0)


WAYS_BACK = {
    "method": lambda *x: made().itself(*x),
    "attribute": lambda *_: made().attribute,
    "item": lambda *_: made()[0],
    "function": lambda *_: hw2.handed_back(made()),
    "with": lambda *_: made().__enter__(),
    "a name in small letters": lambda *_: hw2.primes(7),
    "inside a list": lambda *_: hw2.handed_back([made()])[0],
}


@weight(1)
@pytest.mark.parametrize("way", WAYS_BACK)
def test_an_object_that_the_test_made_has_no_rights_where_it_comes_back(way):
    assert [said for form in FORMS if (said := believed(form, WAYS_BACK[way]))] == []


@weight(1)
def test_nothing_was_told():
    """Behind all of these"""
    assert hw2.told() == []


@weight(1)
def test_a_right_answer_would_be_believed():
    """The control"""
    for form in ("equal", "almost", "==", "between", "less", "in", "float", "isclose", "approx"):
        assert believed(form, lambda: EXPECTED)
    for form in ("allclose", "array_equal", "assert_allclose", "norm", "strictly all"):
        assert believed(form, ARRAY.copy)
