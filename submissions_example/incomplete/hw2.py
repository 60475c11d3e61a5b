"""Homework 2: matrix differentials. Replace each `raise NotImplementedError` by your answer."""

import numpy as np


# --- the network ---------------------------------------------------------------------------

def grad_v(v, U, y):
    """Gradient of |vU - y|^2 in v, shape (1, d)."""
    return 2 * (v @ U - y) @ U.T


def grad_U(v, U, y):
    """Gradient of |vU - y|^2 in U, shape (d, T)."""
    return 2 * v.T @ (v @ U - y)


def d_normalize(U_tilde, dU_tilde):
    """Differential of U = U_tilde / |U_tilde|, shape (d, T)."""
    # I have 1/|U~| dU~ but the other half (derivative of the norm) is still open
    raise NotImplementedError


def grad_U_tilde(v, U_tilde, y):
    """Gradient of the loss in U_tilde, shape (d, T)."""
    raise NotImplementedError


def d_hidden(W, X, dW, r):
    """Differential of s(WX), shape (d, T)."""
    return r(W @ X) * (dW @ X)


def derivative_W(v, W, X, y, s, r):
    """D with dL = tr(D dW), shape (m, d)."""
    raise NotImplementedError


def grad_W(v, W, X, y, s, r):
    """Gradient of the loss in W, shape (d, m)."""
    raise NotImplementedError


# --- the curve -----------------------------------------------------------------------------

def curve_velocity(t):
    """First derivative of (2 cos t, 4 sin t, t), shape (3,)."""
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1])


def curve_acceleration(t):
    """Second derivative, shape (3,)."""
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0])


def curve_taylor(t, dt):
    """Second-order expansion of the curve at t, shape (3,)."""
    f = np.array([2 * np.cos(t), 4 * np.sin(t), t])
    return f + curve_velocity(t) * dt + 0.5 * curve_acceleration(t) * dt ** 2


# --- least squares -------------------------------------------------------------------------

def least_squares_gradient(A, b, x):
    """Gradient of |Ax - b|^2 / 2, shape (n,)."""
    return A.T @ (A @ x - b)


def least_squares_hessian(A, b, x):
    """Hessian, shape (n, n)."""
    return A.T @ A


def least_squares_second_differential(A, b, x, dx):
    """Second differential, a scalar."""
    raise NotImplementedError("dx' H dx ?")


def least_squares_taylor(A, b, x, dx):
    """Second-order expansion, a scalar."""
    raise NotImplementedError


# --- identification ------------------------------------------------------------------------

def identify_scalar_by_vector(ds, n):
    """u with ds(dv) = u' dv, shape (n,)."""
    u = np.zeros(n)
    for i in range(n):
        e = np.zeros(n)
        e[i] = 1
        u[i] = ds(e)
    return u


def identify_vector_by_vector(du, n):
    """M with du(dv) = M dv, shape (k, n)."""
    raise NotImplementedError


def identify_scalar_by_matrix(ds, shape):
    """M with ds(dN) = tr(M' dN)."""
    raise NotImplementedError


def derivative_shape(of, by):
    """Shape of the derivative in the lecture's table, None where there is none."""
    raise NotImplementedError


# --- rules ---------------------------------------------------------------------------------

def d_trace_of_product(A, B, dA, dB):
    """Differential of tr(AB), a scalar."""
    return np.trace(dA @ B + A @ dB)


def d_quadratic_of_transpose(A, dA):
    """Differential of A'A."""
    raise NotImplementedError
