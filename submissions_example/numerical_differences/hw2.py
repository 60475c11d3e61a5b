"""HW2. I do not trust my algebra: what I can difference numerically, I difference.

The step follows the size of the argument: h = 1e-7 max|x|.
"""
import numpy as np


# ---- forward functions and central differences ----

def normalize(U_tilde):
    return U_tilde / np.sqrt(np.sum(U_tilde ** 2))


def curve(t):
    return np.array([2 * np.cos(t), 4 * np.sin(t), t])


def step(x):
    return 1e-7 * (np.max(np.abs(x)) or 1.0)


def along(f, x, dx):
    """df(x; dx), the differential of f in the direction dx"""
    x, dx = np.array(x, dtype=float), np.array(dx, dtype=float)    # float32 is too coarse
    h = step(x) / (np.max(np.abs(dx)) or 1.0)
    return (f(x + h * dx) - f(x - h * dx)) / (2 * h)


def partials(f, x):
    """(index, df/dx[index]) for every entry of x"""
    for index in np.ndindex(x.shape):
        E = np.zeros(x.shape)
        E[index] = 1
        yield index, along(f, x, E)


def loss_gradient(predict, x, y):
    """gradient of L = |predict(x) - y|^2, from dL = 2 tr((yhat - y) dyhat')"""
    e = predict(np.array(x, dtype=float)) - y
    g = np.zeros(x.shape)
    for index, dyhat in partials(predict, x):
        g[index] = 2 * np.sum(e * dyhat)
    return g


# ---- network ----

def grad_v(v, U, y):
    return loss_gradient(lambda v: v @ U, v, y)


def grad_U(v, U, y):
    return loss_gradient(lambda U: v @ U, U, y)


def d_normalize(U_tilde, dU_tilde):
    return along(normalize, U_tilde, dU_tilde)


def grad_U_tilde(v, U_tilde, y):
    return loss_gradient(lambda U_tilde: v @ normalize(U_tilde), U_tilde, y)


def d_hidden(W, X, dW, r):
    return r(W @ X) * (dW @ X)          # no s to difference here


def derivative_W(v, W, X, y, s, r):
    return grad_W(v, W, X, y, s, r).T


def grad_W(v, W, X, y, s, r):
    Z = W @ X
    return (grad_U_tilde(v, s(Z), y) * r(Z)) @ X.T


# ---- curve ----

def curve_velocity(t):
    t, h = float(t), 1e-4
    return (curve(t + h) - curve(t - h)) / (2 * h)


def curve_acceleration(t):
    # by hand: second differences lose too many digits
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0])


def curve_taylor(t, dt):
    return curve(t) + curve_velocity(t) * dt + curve_acceleration(t) * dt ** 2 / 2


# ---- least squares ----

def jacobian(A, x):
    return np.array([column for _, column in partials(lambda x: A @ x, x)]).T


def least_squares_gradient(A, b, x):
    return jacobian(A, x).T @ (A @ x - b)


def least_squares_hessian(A, b, x):
    J = jacobian(A, x)
    return J.T @ J


def least_squares_second_differential(A, b, x, dx):
    return np.sum((A @ dx) ** 2)


def least_squares_taylor(A, b, x, dx):
    return np.sum((A @ (x + dx) - b) ** 2) / 2


# ---- identification: these are linear, so the unit vectors do ----

def identify_scalar_by_vector(ds, n):
    return np.array([ds(e) for e in np.eye(n)])


def identify_vector_by_vector(du, n):
    return np.array([du(e) for e in np.eye(n)]).T


def identify_scalar_by_matrix(ds, shape):
    M = np.zeros(shape)
    for index in np.ndindex(*shape):
        E = np.zeros(shape)
        E[index] = 1
        M[index] = ds(E)
    return M


def derivative_shape(of, by):
    return of + by if len(of) + len(by) < 3 else None


# ---- rules ----

def d_trace_of_product(A, B, dA, dB):
    return np.trace(dA @ B + A @ dB)


def d_quadratic_of_transpose(A, dA):
    return along(lambda A: A.T @ A, A, dA)
