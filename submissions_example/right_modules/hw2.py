"""HW 2. The tools live in forward.py and calculus/, this file only puts them together."""
import numpy as np

import calculus.differentials as cd
from forward import curve, half_square, run, scale


def grad_v(v, U, y):
    return 2 * (v @ U - y) @ U.T


def grad_U(v, U, y):
    return 2 * v.T * (v @ U - y)      # (d, 1) * (1, T), an outer product


def d_normalize(U_tilde, dU_tilde):
    return cd.normalized(*scale(U_tilde), dU_tilde)


def grad_U_tilde(v, U_tilde, y):
    U, norm = scale(U_tilde)
    return cd.normalized(U, norm, grad_U(v, U, y))


def d_hidden(W, X, dW, r):
    return r(W @ X) * cd.product(W, X, dW, np.zeros_like(X))


def grad_W(v, W, X, y, s, r):
    p = run(W, X, s)
    G = cd.normalized(p.U, p.norm, grad_U(v, p.U, y))
    return (G * r(p.Z)) @ X.T


def derivative_W(v, W, X, y, s, r):
    return grad_W(v, W, X, y, s, r).T


def curve_velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1])


def curve_acceleration(t):
    x, y, _ = curve(t)
    return np.array([-x, -y, 0])


def curve_taylor(t, dt):
    return curve(t) + dt * (curve_velocity(t) + dt / 2 * curve_acceleration(t))


def least_squares_gradient(A, b, x):
    return (A @ x - b) @ A


def least_squares_hessian(A, b, x):
    return A.T @ A


def least_squares_second_differential(A, b, x, dx):
    return 2 * half_square(A @ dx)


def least_squares_taylor(A, b, x, dx):
    e, de = A @ x - b, A @ dx
    return half_square(e) + e @ de + half_square(de)


def identify_scalar_by_vector(ds, n):
    return identify_scalar_by_matrix(ds, (n,))


def identify_vector_by_vector(du, n):
    return np.array([du(E) for _, E in cd.basis((n,))]).T


def identify_scalar_by_matrix(ds, shape):
    M = np.empty(shape)
    for index, E in cd.basis(shape):
        M[index] = ds(E)
    return M


def derivative_shape(of, by):
    match len(of), len(by):
        case (0, _) | (_, 0) | (1, 1):
            return (*of, *by)
    return None


def d_trace_of_product(A, B, dA, dB):
    return np.trace(cd.product(A, B, dA, dB))


def d_quadratic_of_transpose(A, dA):
    return cd.product(A.T, A, dA.T, dA)
