"""Shapes are read once and say the same to everybody."""

import pytest

from grader.distributions import Normal, Uniform
from grader.shapes import Array, Linear, ShapeError, Size, Sizes, names, of_function, parse, resolve, show


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("n", ("n",)),
        ("d m", ("d", "m")),
        ("1 d", (1, "d")),
        ("3", (3,)),
        ("batch_2 T", ("batch_2", "T")),
    ],
)
def test_a_shape_is_words(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize("text", ["m n!", "0 n", "m,n", "-1", "2n", "...", "*batch", None, 3])
def test_anything_else_is_refused_with_the_word_that_is_wrong(text):
    with pytest.raises(ShapeError) as error:
        parse(text)
    assert str(text).split()[-1] in str(error.value)


def test_dimensions_become_numbers():
    assert resolve(("d", 1, "T"), {"d": 4, "T": 7}) == (4, 1, 7)


def test_shapes_are_shown_as_tuples():
    assert [show(()), show(("n",)), show(("d", "m")), show((1, "T"))] == ["()", "(n,)", "(d, m)", "(1, T)"]


def test_an_array_may_carry_its_distribution():
    assert Array["d m", Normal(fan_in="m")].distribution == Normal(fan_in="m")
    assert Array["", Uniform(-3, 3)] == Array((), Uniform(-3, 3))


def test_names_come_in_order_of_first_appearance():
    specs = [Array["1 d"], Linear["m n -> d"], Sizes["", "k", "k l"], Size["T"]]
    assert names(specs) == ("d", "m", "n", "k", "l", "T")


def test_the_annotations_of_a_function_are_its_parameters_and_result():
    def f(A: Array["m n"], x: Array["n"]) -> Array["m"]: ...

    assert of_function(f) == ({"A": Array["m n"], "x": Array["n"]}, Array["m"])


def test_a_parameter_without_a_shape_is_named():
    def f(A: Array["m n"], x) -> Array["m"]: ...

    with pytest.raises(ShapeError, match="the parameter x of f has no shape"):
        of_function(f)


@pytest.mark.parametrize("make", [lambda: Linear["n"], lambda: Size["m n"], lambda: Size["3"]])
def test_what_is_no_linear_map_or_size_is_refused(make):
    with pytest.raises(ShapeError):
        make()
