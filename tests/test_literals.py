"""What is shown of an input can be pasted, and is that input again."""

import re

import numpy as np
import pytest

from grader.functions import LinearMap
from grader.literals import literal, paste

ARRAYS = {
    "a vector": np.array([0.31, -1.2, 3.0]),
    "a row": np.array([[0.5, -7.25]]),
    "a column": np.array([[0.5], [-7.25]]),
    "a matrix": np.array([[1.5, 2.0, -3.0], [4e-6, 5e3, 0.0]]),
    "three axes": np.arange(24.0).reshape(2, 3, 4),
    "a number with an axis": np.array([0.1]),
    "no axes": np.array(0.1),
    "an empty vector": np.array([]),
    "every digit": np.array([0.1 + 0.2, 1 / 3, 1e-300, 5e-324, 1.7976931348623157e308]),
    "negative zero": np.array([-0.0]),
    "integers": np.array([[1, -2], [3, 4]]),
    "bytes": np.array([1, 255], np.uint8),
    "truths": np.array([True, False]),
    "single precision": np.array([0.1, 1 / 3, 1e10], np.float32),
    "half precision": np.array([0.1, 2], np.float16),
    "complex numbers": np.array([1 + 2j, -0.5j]),
    "Fortran order": np.asfortranarray([[1.5, 2.0, 3.0], [4.0, 5.0, 6.0]]),
    "Fortran order in single precision": np.asfortranarray(np.ones((2, 3), np.float32)),
    "a strided vector": np.arange(6.0)[::2],
    "a strided matrix": np.arange(12.0).reshape(2, 6)[:, ::2],
    "a strided matrix in single precision": np.arange(12, dtype=np.float32).reshape(2, 6)[:, ::2],
}


def pasted(text: str):
    """The value of an expression, as a student gets it who pastes it below `import numpy as np`."""
    return eval(text, {"np": np})


@pytest.mark.parametrize("what", ARRAYS)
def test_an_array_has_the_same_numbers_when_pasted(what):
    actual = pasted(literal(ARRAYS[what]))

    np.testing.assert_array_equal(actual, ARRAYS[what], strict=True)


@pytest.mark.parametrize("what", ARRAYS)
def test_an_array_has_the_same_layout_when_pasted(what):
    actual, expected = pasted(literal(ARRAYS[what])).flags, ARRAYS[what].flags

    assert (actual.c_contiguous, actual.f_contiguous) == (expected.c_contiguous, expected.f_contiguous)


def test_negative_zero_keeps_its_sign():
    assert np.signbit(pasted(literal(np.array([-0.0]))))[0]


@pytest.mark.parametrize("value", [3, 0.25, -1e-6, 1e22, (2, 3), (), (4,), None, "text", True])
def test_a_value_that_is_no_array_is_itself_when_pasted(value):
    actual = pasted(literal(value))

    assert (type(actual), actual) == (type(value), value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.array([[0.31, -1.2]]), "np.array([[0.31, -1.2]])"),
        (np.array([0.1], np.float32), "np.array([0.1], dtype=np.float32)"),
        (np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]), "np.array([[1.0, 2.0], [3.0, 4.0]], order='F')"),
        (0.5, "0.5"),
    ],
)
def test_a_literal_is_as_short_as_it_can_be(value, expected):
    assert literal(value) == expected


@pytest.mark.parametrize(
    ("shape", "by"),
    [((3,), (3,)), ((2, 3), (3,)), ((2, 3), (2, 3)), ((4, 2, 3), (2, 3)), ((2, 2), (2, 2)), ((1, 3), (3,))],
)
def test_a_linear_map_has_the_same_values_and_shapes_when_pasted(shape, by):
    rng = np.random.default_rng(0)
    linear = LinearMap(rng.standard_normal(shape), by)
    x = rng.standard_normal(by)

    np.testing.assert_allclose(pasted(literal(linear))(x), linear(x), rtol=1e-14, strict=True)


def test_a_paste_has_one_line_for_each_argument():
    actual = paste({"A": np.array([[1.5]]), "n": 3, "shape": (2, 3)}, {})

    assert actual == "A = np.array([[1.5]])\nn = 3\nshape = (2, 3)"


def test_a_paste_has_the_formula_of_an_elementwise_function():
    actual = paste({"x": 0.5, "s": np.tanh, "r": np.cosh}, {"s": "np.tanh(z)", "r": "1 - np.tanh(z) ** 2"})

    assert actual == "x = 0.5\ns = lambda z: np.tanh(z)\nr = lambda z: 1 - np.tanh(z) ** 2"


def test_a_paste_of_a_read_only_array_is_read_only():
    x = np.array([1.5])
    x.flags.writeable = False

    names: dict = {"np": np}
    exec(paste({"x": x}, {}), names)

    assert not names["x"].flags.writeable


def data(case) -> dict:
    """A case's values but for its elementwise functions."""
    return {
        name: value
        for name, value in case.values.items()
        if isinstance(value, LinearMap) or not callable(value)
    }


def public_cases(key, assignment) -> list:
    return [sample.case for problem in assignment.problems for sample in key.public(problem.name)]


def test_every_public_array_is_itself_when_pasted(key, assignment):
    for case in public_cases(key, assignment):
        names: dict = {"np": np}
        exec(paste(data(case), {}), names)
        for name, expected in data(case).items():
            if isinstance(expected, np.ndarray):
                np.testing.assert_array_equal(names[name], expected, strict=True)
                assert names[name].strides == expected.strides
                assert names[name].flags.writeable == expected.flags.writeable


def test_every_public_linear_map_has_its_values_when_pasted(key, assignment):
    maps = [
        value
        for case in public_cases(key, assignment)
        for value in case.values.values()
        if isinstance(value, LinearMap)
    ]

    assert len(maps) > 10
    for linear in maps:
        x = np.linspace(-1, 1, int(np.prod(linear.by))).reshape(linear.by)
        np.testing.assert_allclose(pasted(literal(linear))(x), linear(x), rtol=1e-13, atol=1e-15, strict=True)


def test_every_number_of_a_public_case_has_at_most_four_digits(key, assignment):
    text = "\n".join(paste(data(case), {}) for case in public_cases(key, assignment))
    numbers = re.findall(r"(?<![\w.])\d+\.?\d*(?:e[-+]\d+)?", text)

    assert len(numbers) > 5000
    assert [x for x in numbers if len(x.partition("e")[0].replace(".", "").strip("0")) > 4] == []


def test_a_secret_case_has_numbers_with_more_than_four_digits(key, assignment):
    secret = [sample.case for problem in assignment.problems for sample in key.secret(problem.name)]
    text = "\n".join(paste(data(case), {}) for case in secret)

    assert len(re.findall(r"\d\.\d{10}", text)) > 1000


@pytest.mark.parametrize(
    "name", ["grad_v", "d_hidden", "grad_W", "curve_taylor", "identify_vector_by_vector"]
)
def test_what_a_student_is_shown_can_be_pasted_below_the_hand_in_and_runs(name, grade_text):
    record = grade_text(f"def {name}(*given): return ()")
    detail = next(problem.student.detail for problem in record.problems if problem.name == name)
    taken: list = []

    exec(detail, {"np": np, name: lambda *given: taken.append(given)})

    assert len(taken[0]) == detail.splitlines()[-1].count(",") + 1


def test_the_shortest_failing_input_fits_on_a_screen(grade_text):
    record = grade_text("def least_squares_gradient(A, b, x): return x")
    detail = next(p.student.detail for p in record.problems if p.name == "least_squares_gradient")

    assert "least_squares_gradient(A, b, x)" in detail.splitlines()
    assert len(detail) < 400
