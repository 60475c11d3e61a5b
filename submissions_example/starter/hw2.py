"""Matrix differentials. Complete the functions and hand in this file as hw2.py."""

import numpy as np


# 1. A small network


def grad_v(v, U, y):
    """The gradient of output_loss in v: dL = ⟨G, dv⟩.

    output_loss(v, U, y): L = ‖vU − y‖²
    v: array of shape (1, d)
    U: array of shape (d, T)
    y: array of shape (1, T)
    returns: array of shape (1, d)
    """
    raise NotImplementedError


def grad_U(v, U, y):
    """The gradient of output_loss in U: dL = ⟨G, dU⟩.

    output_loss(v, U, y): L = ‖vU − y‖²
    v: array of shape (1, d)
    U: array of shape (d, T)
    y: array of shape (1, T)
    returns: array of shape (d, T)
    """
    raise NotImplementedError


def d_normalize(U_tilde, dU_tilde):
    """The differential of normalize along dU_tilde.

    normalize(U_tilde): U = Ũ / ‖Ũ‖
    U_tilde: array of shape (d, T)
    dU_tilde: array of shape (d, T)
    returns: array of shape (d, T)
    """
    raise NotImplementedError


def grad_U_tilde(v, U_tilde, y):
    """The gradient of hidden_loss in U_tilde: dL = ⟨G, dU_tilde⟩.

    hidden_loss(v, U_tilde, y): L as a function of Ũ
    v: array of shape (1, d)
    U_tilde: array of shape (d, T)
    y: array of shape (1, T)
    returns: array of shape (d, T)
    """
    raise NotImplementedError


def d_hidden(W, X, dW, r):
    """The differential of hidden along dW.

    hidden(W, X, s): Ũ = s(WX)
    W: array of shape (d, m)
    X: array of shape (m, T)
    dW: array of shape (d, m)
    r: elementwise callable (the activation's derivative)
    returns: array of shape (d, T)
    """
    raise NotImplementedError


def derivative_W(v, W, X, y, s, r):
    """The derivative of loss in W: dL = tr(D dW).

    loss(v, W, X, y, s): L = ‖ŷ − y‖²
    v: array of shape (1, d)
    W: array of shape (d, m)
    X: array of shape (m, T)
    y: array of shape (1, T)
    s: elementwise callable
    r: elementwise callable (the activation's derivative)
    returns: array of shape (m, d)
    """
    raise NotImplementedError


def grad_W(v, W, X, y, s, r):
    """The gradient of loss in W: dL = ⟨G, dW⟩.

    loss(v, W, X, y, s): L = ‖ŷ − y‖²
    v: array of shape (1, d)
    W: array of shape (d, m)
    X: array of shape (m, T)
    y: array of shape (1, T)
    s: elementwise callable
    r: elementwise callable (the activation's derivative)
    returns: array of shape (d, m)
    """
    raise NotImplementedError


# 2. A curve in space


def curve_velocity(t):
    """The first derivative of curve.

    curve(t): f(t) = (2 cos t, 4 sin t, t)
    t: float
    returns: array of shape (3,)
    """
    raise NotImplementedError


def curve_acceleration(t):
    """The second derivative of curve.

    curve(t): f(t) = (2 cos t, 4 sin t, t)
    t: float
    returns: array of shape (3,)
    """
    raise NotImplementedError


def curve_taylor(t, dt):
    """The Taylor expansion of curve to order 2 along dt.

    curve(t): f(t) = (2 cos t, 4 sin t, t)
    t: float
    dt: float
    returns: array of shape (3,)
    """
    raise NotImplementedError


# 3. Least squares


def least_squares_gradient(A, b, x):
    """The gradient of least_squares in x: dL = ⟨G, dx⟩.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    A: array of shape (m, n)
    b: array of shape (m,)
    x: array of shape (n,)
    returns: array of shape (n,)
    """
    raise NotImplementedError


def least_squares_hessian(A, b, x):
    """The Hessian of least_squares in x: d²s = dxᵀ H dx.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    A: array of shape (m, n)
    b: array of shape (m,)
    x: array of shape (n,)
    returns: array of shape (n, n)
    """
    raise NotImplementedError


def least_squares_second_differential(A, b, x, dx):
    """The second differential of least_squares along dx.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    A: array of shape (m, n)
    b: array of shape (m,)
    x: array of shape (n,)
    dx: array of shape (n,)
    returns: float
    """
    raise NotImplementedError


def least_squares_taylor(A, b, x, dx):
    """The Taylor expansion of least_squares to order 2 along dx.

    least_squares(A, b, x): s = ½‖Ax − b‖²
    A: array of shape (m, n)
    b: array of shape (m,)
    x: array of shape (n,)
    dx: array of shape (n,)
    returns: float
    """
    raise NotImplementedError


# 4. Identification of derivatives


def identify_scalar_by_vector(ds, n):
    """What multiplies the differential in ds: ds(v) = uᵀ v.

    ds: linear callable from arrays (n,) to numbers
    n: int n
    returns: array of shape (n,)
    """
    raise NotImplementedError


def identify_vector_by_vector(du, n):
    """What multiplies the differential in du: du(v) = M v.

    du: linear callable from arrays (n,) to arrays (k,)
    n: int n
    returns: array of shape (k, n)
    """
    raise NotImplementedError


def identify_scalar_by_matrix(ds, shape):
    """What multiplies the differential in ds: ds(N) = tr(Mᵀ N).

    ds: linear callable from arrays (m, n) to numbers
    shape: tuple (m, n)
    returns: array of shape (m, n)
    """
    raise NotImplementedError


def derivative_shape(of, by):
    """The shape of the derivative in the table, or None.

    of: tuple () or (k,) or (k, l)
    by: tuple () or (n,) or (m, n)
    """
    raise NotImplementedError


# 5. Rules for differentials


def d_trace_of_product(A, B, dA, dB):
    """The differential of trace_of_product along dA, dB.

    trace_of_product(A, B): tr(AB)
    A: array of shape (m, n)
    B: array of shape (n, m)
    dA: array of shape (m, n)
    dB: array of shape (n, m)
    returns: float
    """
    raise NotImplementedError


def d_quadratic_of_transpose(A, dA):
    """The differential of quadratic_of_transpose along dA.

    quadratic_of_transpose(A): AᵀA
    A: array of shape (m, n)
    dA: array of shape (m, n)
    returns: array of shape (n, n)
    """
    raise NotImplementedError
