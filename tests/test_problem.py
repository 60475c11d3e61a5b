"""Each kind knows its parameters, its answer's shape and its numerical value."""

import numpy as np
import pytest
from courses import course

from grader.assignment import load_assignment
from grader.faults import Fault
from grader.functions import LinearMap
from grader.parts import part_name, parts, partwise
from grader.problem import (
    Backward,
    CurveDerivative,
    Derivative,
    Differential,
    Gradient,
    Hessian,
    Identify,
    Taylor,
    Value,
    drawn,
    gradients,
    parameters,
)
from grader.shapes import Array, Function, Linear, ShapeError, Size, Slope
from grader.signature import packing, signature, written


def bilinear(u: Array["m"], M: Array["m n"], v: Array["n"]) -> Array[""]:
    return u @ M @ v


def product(M: Array["m n"], N: Array["n k"]) -> Array["m k"]:
    return M @ N


def activate(W: Array["d m"], X: Array["m T"], s: Function) -> Array["d T"]:
    return s(W @ X)


def cube(t: Array[""]) -> Array[""]:
    return t**3


u, M, v = np.array([1.0, 2]), np.arange(6.0).reshape(2, 3), np.array([1.0, -1, 3])
VALUES = {"u": u, "M": M, "v": v}


PRODUCT = """
from grader.problem import Backward

def product(M: Array["m n"], N: Array["n k"]) -> Array["m k"]:
    return M @ N

backward = Backward(of=product, wrt="M", upstream={upstream!r}, points=1)
"""


def test_a_gradient_has_the_variables_shape():
    kind = Gradient(of=bilinear, wrt="M", points=1)
    assert kind.answer() == Array["m n"]
    np.testing.assert_allclose(kind.derive(VALUES), np.outer(u, v), rtol=1e-14)


def test_gradients_in_several_variables_are_a_tuple_which_the_value_may_open():
    kind = Gradient(of=bilinear, wrt=("u", "v"), points=1, value=True)
    assert kind.answer() == (Array[""], Array["m"], Array["n"])
    value, du, dv = kind.derive(VALUES)
    np.testing.assert_allclose(value, u @ M @ v)
    np.testing.assert_allclose(du, M @ v, rtol=1e-14)
    np.testing.assert_allclose(dv, u @ M, rtol=1e-14)
    law = "the value of bilinear and its gradients in u, v: dL = ⟨G_u, du⟩ + ⟨G_v, dv⟩"
    assert kind.asks() == law
    assert gradients(kind) == {"u": 1, "v": 2}
    assert gradients(Gradient(of=bilinear, wrt="u", points=1)) == {"u": None}


def test_a_gradient_is_of_a_number():
    with pytest.raises(ShapeError, match="product returns no number; a Backward serves any shape"):
        Gradient(of=product, wrt="M", points=1).answer()


def test_a_backward_pass_takes_what_arrives_at_the_value():
    """⟨dout, dM N + M dN⟩ = ⟨dout Nᵀ, dM⟩ + ⟨Mᵀ dout, dN⟩"""
    kind = Backward(of=product, wrt=("M", "N"), points=1)
    N, dout = np.array([[1.0], [2], [0.5]]), np.array([[3.0], [-1]])
    assert list(parameters(kind)) == list(drawn(kind)) == ["M", "N", "dout"]
    assert kind.answer() == (Array["m n"], Array["n k"])
    dM, dN = kind.derive({"M": M, "N": N, "dout": dout})
    np.testing.assert_allclose(dM, dout @ N.T, rtol=1e-14)
    np.testing.assert_allclose(dN, M.T @ dout, rtol=1e-14)
    assert isinstance(
        Backward(of=product, wrt="N", points=1).derive({"M": M, "N": N, "dout": dout}), np.ndarray
    )


@pytest.mark.parametrize("upstream", ["M", "d out", None, "lambda", "np"])
def test_what_arrives_has_a_name_of_its_own(upstream, tmp_path):
    folder = course(tmp_path, PRODUCT.format(upstream=upstream), "")
    with pytest.raises(Fault, match=r"upstream = .*; give it a name of its own"):
        load_assignment(folder)


def test_what_is_packed_is_taken_in_a_tuple_behind_the_rest():
    kind = Backward(of=product, wrt="M", points=1, upstream="g", packed={"cache": ("M", ("N",))})
    assert signature("f", kind) == "f(g: (m, k), cache: ((m, n), ((n, k),))) -> (m, n)"
    assert packing(kind) == (2, (0, (1,)))
    assert written(kind.packed["cache"]) == "(M, (N,))"
    assert packing(Backward(of=product, wrt="M", points=1)) == ()


def test_an_answer_in_tuples_has_components():
    nested = (1.0, (2.0, (3.0,)), 4.0)
    assert parts(nested) == (1.0, 2.0, 3.0, 4.0)
    assert [part_name(nested, k) for k in range(4)] == ["1", "2.1", "2.2.1", "3"]
    assert partwise(lambda a, b: a - b, nested, nested) == (0, (0, (0,)), 0)


def test_a_derivative_is_the_transposed_gradient_because_it_stands_under_a_trace():
    kind = Derivative(of=bilinear, wrt="M", points=1)
    assert kind.answer() == Array["n m"]
    np.testing.assert_allclose(kind.derive(VALUES), np.outer(v, u), rtol=1e-14)


def test_a_differential_takes_directions_and_may_leave_out_a_function():
    kind = Differential(of=activate, wrt="W", points=1, without=("s",), given={"r": Slope})
    assert list(parameters(kind)) == ["W", "X", "dW", "r"]
    assert list(drawn(kind)) == ["W", "X", "dW", "r", "s"]
    assert kind.answer() == Array["d T"]


def test_a_differential_varies_all_its_variables_at_once():
    """d(uᵀMv) = duᵀMv + uᵀMdv"""
    du, dv = np.array([0.5, -1]), np.array([2.0, 0, 1])
    kind = Differential(of=bilinear, wrt=("u", "v"), points=1)
    actual = kind.derive({**VALUES, "du": du, "dv": dv})
    assert actual == pytest.approx(du @ M @ v + u @ M @ dv, rel=1e-14)


def test_a_second_differential_is_twice_the_mixed_term_of_a_bilinear_form():
    du, dv = np.array([0.5, -1]), np.array([2.0, 0, 1])
    kind = Differential(of=bilinear, wrt=("u", "v"), order=2, points=1)
    assert kind.derive({**VALUES, "du": du, "dv": dv}) == pytest.approx(2 * du @ M @ dv, rel=1e-11)


@pytest.mark.parametrize(("order", "expected"), [(1, 3 * 4), (2, 6 * 2), (3, 6)])
def test_a_curve_has_derivatives_of_any_order(order, expected):
    assert CurveDerivative(of=cube, order=order, points=1).derive({"t": 2.0}) == pytest.approx(
        expected, rel=1e-7
    )


@pytest.mark.parametrize(("order", "expected"), [(1, 8 + 12 * 0.1), (2, 8 + 1.2 + 6 * 0.01), (3, 2.1**3)])
def test_a_taylor_expansion_stops_at_its_order(order, expected):
    kind = Taylor(of=cube, wrt="t", order=order, points=1)
    assert list(parameters(kind)) == ["t", "dt"]
    assert kind.derive({"t": 2.0, "dt": 0.1}) == pytest.approx(expected, rel=1e-9)


def test_a_hessian_is_square_in_the_variable():
    def quadratic(A: Array["n n"], x: Array["n"]) -> Array[""]:
        return x @ A @ x / 2

    A = np.array([[1.0, 2], [0, 3]])
    kind = Hessian(of=quadratic, wrt="x", points=1)
    assert kind.answer() == Array["n n"]
    np.testing.assert_allclose(kind.derive({"A": A, "x": np.ones(2)}), (A + A.T) / 2, atol=1e-9)


@pytest.mark.parametrize(("wrt", "shape"), [("t", "()"), ("A", "(n, n)")])
def test_a_hessian_is_in_a_vector_and_nothing_else(wrt, shape):
    def scaled(A: Array["n n"], t: Array[""]) -> Array[""]:
        return t * t * (A * A).sum()

    with pytest.raises(ShapeError) as error:
        Hessian(of=scaled, wrt=wrt, points=1).answer()
    assert str(error.value) == (
        f"{wrt} has the shape {shape}, and a Hessian is in a vector; "
        "a Differential of order=2 serves any shape"
    )


@pytest.mark.parametrize(
    ("linear", "shape", "by", "answer"),
    [
        (Linear["n -> "], (3,), (3,), Array["n"]),
        (Linear["n -> k"], (2, 3), (3,), Array["k n"]),
        (Linear["m n -> "], (2, 3), (2, 3), Array["m n"]),
        (Linear["m n -> k"], (4, 2, 3), (2, 3), Array["k m n"]),
    ],
)
def test_identification_reads_the_map_off_a_basis(linear, shape, by, answer):
    M = np.arange(np.prod(shape), dtype=float).reshape(shape)
    kind = Identify(given={"du": linear, "n": Size["n"]}, points=1)
    assert kind.answer() == answer
    np.testing.assert_array_equal(kind.derive({"du": LinearMap(M, by)}), M)


def test_identification_needs_one_black_box():
    with pytest.raises(ShapeError, match="exactly one Linear"):
        Identify(given={"n": Size["n"]}, points=1).answer()


def test_a_value_is_derived_from_nothing():
    assert Value(given={"n": Size["n"]}, points=1).derive({"n": 3}) is None


def test_a_variable_that_the_function_lacks_is_named():
    with pytest.raises(ShapeError, match="bilinear has no array parameter x"):
        Gradient(of=bilinear, wrt="x", points=1).answer()


def test_the_printed_signature_has_every_shape():
    kind = Gradient(of=bilinear, wrt="M", points=1)
    assert signature("grad_M", kind) == "grad_M(u: (m,), M: (m, n), v: (n,)) -> (m, n)"


def test_every_kind_says_what_it_asks(assignment):
    says = [problem.kind.asks() for problem in assignment.problems]
    assert says[6] == "the gradient of loss in W: dL = ⟨G, dW⟩"
    assert len(set(says)) == len(says)
