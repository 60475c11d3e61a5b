"""Homework 2, matrix differentials: every answer is its closed formula, and none relies on another."""

import numpy as np


# ---- network: L = |vU - y|^2,  U = Ut / |Ut|,  Ut = s(WX) ----

def grad_v(v, U, y):
    return 2 * (v @ U - y) @ U.T


def grad_U(v, U, y):
    return 2 * v.T @ (v @ U - y)


def d_normalize(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    return (dU_tilde - U * np.trace(U.T @ dU_tilde)) / norm


def grad_U_tilde(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    return 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))


def d_hidden(W, X, dW, r):
    return r(W @ X) * (dW @ X)


def derivative_W(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return X @ (G * r(W @ X)).T


def grad_W(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return (G * r(W @ X)) @ X.T


# ---- curve: f(t) = (2 cos t, 4 sin t, t) ----

def curve_velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0])


def curve_acceleration(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0.0])


def curve_taylor(t, dt):
    f = np.array([2 * np.cos(t), 4 * np.sin(t), t])
    df = np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0]) * dt
    d2f = np.array([-2 * np.cos(t), -4 * np.sin(t), 0.0]) * dt**2
    return f + df + d2f / 2


# ---- least squares: s(x) = |Ax - b|^2 / 2 ----

def least_squares_gradient(A, b, x):
    return A.T @ (A @ x - b)


def least_squares_hessian(A, b, x):
    return A.T @ A


def least_squares_second_differential(A, b, x, dx):
    return dx @ A.T @ A @ dx


def least_squares_taylor(A, b, x, dx):
    e = A @ x - b
    return e @ e / 2 + dx @ A.T @ e + dx @ A.T @ A @ dx / 2


# ---- identification: feed in the unit vectors, read off the derivative ----

def identify_scalar_by_vector(ds, n):
    return np.array([ds(unit) for unit in np.eye(n)])


def identify_vector_by_vector(du, n):
    return np.column_stack([du(unit) for unit in np.eye(n)])


def identify_scalar_by_matrix(ds, shape):
    M = np.zeros(shape)
    for i, j in np.ndindex(*shape):
        E = np.zeros(shape)
        E[i, j] = 1
        M[i, j] = ds(E)
    return M


def derivative_shape(of, by):
    return of + by if len(of) + len(by) <= 2 else None


# ---- rules ----

def d_trace_of_product(A, B, dA, dB):
    return np.trace(dA @ B) + np.trace(A @ dB)


def d_quadratic_of_transpose(A, dA):
    return dA.T @ A + A.T @ dA
