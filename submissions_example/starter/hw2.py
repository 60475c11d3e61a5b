"""Matrix differentials. Complete the functions and hand in this file as hw2.py."""

import numpy as np


# 1. A small network


def grad_v(v, U, y):
    """The gradient of output_loss in v: dL = ⟨G, dv⟩.

    output_loss(v, U, y): L = ‖vU − y‖²
    grad_v(v: (1, d), U: (d, T), y: (1, T)) -> (1, d)
    """
    raise NotImplementedError


def grad_U(v, U, y):
    """The gradient of output_loss in U: dL = ⟨G, dU⟩.

    output_loss(v, U, y): L = ‖vU − y‖²
    grad_U(v: (1, d), U: (d, T), y: (1, T)) -> (d, T)
    """
    raise NotImplementedError


def d_normalize(U_tilde, dU_tilde):
    """The differential of normalize along dU_tilde.

    normalize(U_tilde): U = Ũ / ‖Ũ‖
    d_normalize(U_tilde: (d, T), dU_tilde: (d, T)) -> (d, T)
    """
    raise NotImplementedError


def grad_U_tilde(v, U_tilde, y):
    """The gradient of hidden_loss in U_tilde: dL = ⟨G, dU_tilde⟩.

    hidden_loss(v, U_tilde, y): L = ‖vU − y‖² with U = Ũ / ‖Ũ‖
    grad_U_tilde(v: (1, d), U_tilde: (d, T), y: (1, T)) -> (d, T)
    """
    raise NotImplementedError


def d_hidden(W, X, dW, r):
    """The differential of hidden along dW.

    hidden(W, X, s): Ũ = s(WX)
    d_hidden(W: (d, m), X: (m, T), dW: (d, m), r: elementwise callable (the activation's
        derivative)) -> (d, T)
    """
    raise NotImplementedError


def derivative_W(v, W, X, y, s, r):
    """The derivative of loss in W: dL = tr(D dW).

    loss(v, W, X, y, s): L = ‖vU − y‖² with U = Ũ / ‖Ũ‖ and Ũ = s(WX)
    derivative_W(v: (1, d), W: (d, m), X: (m, T), y: (1, T), s: elementwise callable, r: elementwise
        callable (the activation's derivative)) -> (m, d)
    """
    raise NotImplementedError


def grad_W(v, W, X, y, s, r):
    """The gradient of loss in W: dL = ⟨G, dW⟩.

    loss(v, W, X, y, s): L = ‖vU − y‖² with U = Ũ / ‖Ũ‖ and Ũ = s(WX)
    grad_W(v: (1, d), W: (d, m), X: (m, T), y: (1, T), s: elementwise callable, r: elementwise
        callable (the activation's derivative)) -> (d, m)
    """
    raise NotImplementedError


# 2. A curve in space


def curve_velocity(t):
    """The first derivative of curve.

    curve(t): f(t) = (2 cos t, 4 sin t, t)
    curve_velocity(t: float) -> (3,)
    """
    raise NotImplementedError


def curve_acceleration(t):
    """The second derivative of curve.

    curve(t): f(t) = (2 cos t, 4 sin t, t)
    curve_acceleration(t: float) -> (3,)
    """
    raise NotImplementedError


def curve_taylor(t, dt):
    """The Taylor expansion of curve to order 2 along dt.

    curve(t): f(t) = (2 cos t, 4 sin t, t)
    curve_taylor(t: float, dt: float) -> (3,)
    """
    raise NotImplementedError


# 3. Least squares


def least_squares_gradient(A, b, x):
    """The gradient of least_squares in x: dL = ⟨G, dx⟩.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    least_squares_gradient(A: (m, n), b: (m,), x: (n,)) -> (n,)
    """
    raise NotImplementedError


def least_squares_hessian(A, b, x):
    """The Hessian of least_squares in x: d²s = dxᵀ H dx.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    least_squares_hessian(A: (m, n), b: (m,), x: (n,)) -> (n, n)
    """
    raise NotImplementedError


def least_squares_second_differential(A, b, x, dx):
    """The second differential of least_squares along dx.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    least_squares_second_differential(A: (m, n), b: (m,), x: (n,), dx: (n,)) -> float
    """
    raise NotImplementedError


def least_squares_taylor(A, b, x, dx):
    """The Taylor expansion of least_squares to order 2 along dx.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    least_squares_taylor(A: (m, n), b: (m,), x: (n,), dx: (n,)) -> float
    """
    raise NotImplementedError


# 4. Identification of derivatives


def identify_scalar_by_vector(ds, n):
    """What multiplies the differential in ds: ds(v) = uᵀ v.

    identify_scalar_by_vector(ds: linear callable from arrays (n,) to numbers, n: int n) -> (n,)
    """
    raise NotImplementedError


def identify_vector_by_vector(du, n):
    """What multiplies the differential in du: du(v) = M v.

    identify_vector_by_vector(du: linear callable from arrays (n,) to arrays (k,), n: int n) -> (k,
        n)
    """
    raise NotImplementedError


def identify_scalar_by_matrix(ds, shape):
    """What multiplies the differential in ds: ds(N) = tr(Mᵀ N).

    identify_scalar_by_matrix(ds: linear callable from arrays (m, n) to numbers, shape: tuple (m,
        n)) -> (m, n)
    """
    raise NotImplementedError


def derivative_shape(of, by):
    """The shape of the derivative in the table, or None.

    derivative_shape(of: tuple () or (k,) or (k, l), by: tuple () or (n,) or (m, n))
    """
    raise NotImplementedError


# 5. Rules for differentials


def d_trace_of_product(A, B, dA, dB):
    """The differential of trace_of_product along dA, dB.

    trace_of_product(A, B): tr(AB)
    d_trace_of_product(A: (m, n), B: (n, m), dA: (m, n), dB: (n, m)) -> float
    """
    raise NotImplementedError


def d_quadratic_of_transpose(A, dA):
    """The differential of quadratic_of_transpose along dA.

    quadratic_of_transpose(A): AᵀA
    d_quadratic_of_transpose(A: (m, n), dA: (m, n)) -> (n, n)
    """
    raise NotImplementedError
