"""Matrix differentials. Complete the functions and hand in this file as hw2.py."""

from collections.abc import Callable

import numpy as np


# 1. A small network
# The given functions are in problems/network.py


def grad_v(v: np.ndarray, U: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of output_loss in v: dL = ⟨G, dv⟩.

    output_loss(v, U, y): L = ‖vU − y‖²
    v: (1, d), U: (d, T), y: (1, T)
    returns (1, d)
    """
    raise NotImplementedError


def grad_U(v: np.ndarray, U: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of output_loss in U: dL = ⟨G, dU⟩.

    output_loss(v, U, y): L = ‖vU − y‖²
    v: (1, d), U: (d, T), y: (1, T)
    returns (d, T)
    """
    raise NotImplementedError


def d_normalize(U_tilde: np.ndarray, dU_tilde: np.ndarray) -> np.ndarray:
    """The differential of normalize along dU_tilde.

    normalize(U_tilde): U = Ũ / ‖Ũ‖
    U_tilde: (d, T), dU_tilde: (d, T)
    returns (d, T)
    """
    raise NotImplementedError


def grad_U_tilde(v: np.ndarray, U_tilde: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of hidden_loss in U_tilde: dL = ⟨G, dU_tilde⟩.

    hidden_loss(v, U_tilde, y): L = ‖vU − y‖² with U = Ũ / ‖Ũ‖
    v: (1, d), U_tilde: (d, T), y: (1, T)
    returns (d, T)
    """
    raise NotImplementedError


def d_hidden(W: np.ndarray, X: np.ndarray, dW: np.ndarray, r: Callable) -> np.ndarray:
    """The differential of hidden along dW.

    hidden(W, X, s): Ũ = s(WX)
    W: (d, m), X: (m, T), dW: (d, m), r: elementwise callable (the activation's derivative)
    returns (d, T)
    """
    raise NotImplementedError


def derivative_W(
    v: np.ndarray, W: np.ndarray, X: np.ndarray, y: np.ndarray, s: Callable, r: Callable
) -> np.ndarray:
    """The derivative of loss in W: dL = tr(D dW).

    loss(v, W, X, y, s): L = ‖vU − y‖² with U = Ũ / ‖Ũ‖ and Ũ = s(WX)
    v: (1, d), W: (d, m), X: (m, T), y: (1, T), s: elementwise callable, r: elementwise callable
        (the activation's derivative)
    returns (m, d)
    """
    raise NotImplementedError


def grad_W(
    v: np.ndarray, W: np.ndarray, X: np.ndarray, y: np.ndarray, s: Callable, r: Callable
) -> np.ndarray:
    """The gradient of loss in W: dL = ⟨G, dW⟩.

    loss(v, W, X, y, s): L = ‖vU − y‖² with U = Ũ / ‖Ũ‖ and Ũ = s(WX)
    v: (1, d), W: (d, m), X: (m, T), y: (1, T), s: elementwise callable, r: elementwise callable
        (the activation's derivative)
    returns (d, m)
    """
    raise NotImplementedError


# 2. A curve in space
# The given functions are in problems/curve.py


def curve_velocity(t: float) -> np.ndarray:
    """The first derivative of curve.

    curve(t): f(t) = (2 cos t, 4 sin t, t)
    t: float
    returns (3,)
    """
    raise NotImplementedError


def curve_acceleration(t: float) -> np.ndarray:
    """The second derivative of curve.

    curve(t): f(t) = (2 cos t, 4 sin t, t)
    t: float
    returns (3,)
    """
    raise NotImplementedError


def curve_taylor(t: float, dt: float) -> np.ndarray:
    """The Taylor expansion of curve to order 2 along dt.

    curve(t): f(t) = (2 cos t, 4 sin t, t)
    t: float, dt: float
    returns (3,)
    """
    raise NotImplementedError


# 3. Least squares
# The given functions are in problems/least_squares.py


def least_squares_gradient(A: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The gradient of least_squares in x: dL = ⟨G, dx⟩.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    A: (m, n), b: (m,), x: (n,)
    returns (n,)
    """
    raise NotImplementedError


def least_squares_hessian(A: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The Hessian of least_squares in x: d²s = dxᵀ H dx.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    A: (m, n), b: (m,), x: (n,)
    returns (n, n)
    """
    raise NotImplementedError


def least_squares_second_differential(
    A: np.ndarray, b: np.ndarray, x: np.ndarray, dx: np.ndarray
) -> float:
    """The second differential of least_squares along dx.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    A: (m, n), b: (m,), x: (n,), dx: (n,)
    returns float
    """
    raise NotImplementedError


def least_squares_taylor(A: np.ndarray, b: np.ndarray, x: np.ndarray, dx: np.ndarray) -> float:
    """The Taylor expansion of least_squares to order 2 along dx.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    A: (m, n), b: (m,), x: (n,), dx: (n,)
    returns float
    """
    raise NotImplementedError


# 4. Identification of derivatives


def identify_scalar_by_vector(ds: Callable, n: int) -> np.ndarray:
    """What multiplies the differential in ds: ds(v) = uᵀ v.

    ds: linear callable from arrays (n,) to numbers, n: int n
    returns (n,)
    """
    raise NotImplementedError


def identify_vector_by_vector(du: Callable, n: int) -> np.ndarray:
    """What multiplies the differential in du: du(v) = M v.

    du: linear callable from arrays (n,) to arrays (k,), n: int n
    returns (k, n)
    """
    raise NotImplementedError


def identify_scalar_by_matrix(ds: Callable, shape: tuple[int, ...]) -> np.ndarray:
    """What multiplies the differential in ds: ds(N) = tr(Mᵀ N).

    ds: linear callable from arrays (m, n) to numbers, shape: tuple (m, n)
    returns (m, n)
    """
    raise NotImplementedError


def derivative_shape(of: tuple[int, ...], by: tuple[int, ...]):
    """The shape of the derivative in the table, or None.

    of: tuple () or (k,) or (k, l), by: tuple () or (n,) or (m, n)
    """
    raise NotImplementedError


# 5. Rules for differentials
# The given functions are in problems/rules.py


def d_trace_of_product(A: np.ndarray, B: np.ndarray, dA: np.ndarray, dB: np.ndarray) -> float:
    """The differential of trace_of_product along dA, dB.

    trace_of_product(A, B): tr(AB)
    A: (m, n), B: (n, m), dA: (m, n), dB: (n, m)
    returns float
    """
    raise NotImplementedError


def d_quadratic_of_transpose(A: np.ndarray, dA: np.ndarray) -> np.ndarray:
    """The differential of quadratic_of_transpose along dA.

    quadratic_of_transpose(A): AᵀA
    A: (m, n), dA: (m, n)
    returns (n, n)
    """
    raise NotImplementedError
