# Homework 2.  (I come from C, hence the while loops.)
import numpy as np


def grad_v(v, U, y):
    return 2 * (v @ U - y) @ U.T


def grad_U(v, U, y):
    return 2 * v.T @ (v @ U - y)


def d_normalize(U_tilde, dU_tilde):
    n = np.sqrt(np.sum(U_tilde ** 2))
    U = U_tilde / n
    return (dU_tilde - U * np.sum(U * dU_tilde)) / n


def grad_U_tilde(v, U_tilde, y):
    n = np.sqrt(np.sum(U_tilde ** 2))
    U = U_tilde / n
    e = v @ U - y
    return (2 / n) * (v.T @ e - U * np.sum((v @ U) * e))


def d_hidden(W, X, dW, r):
    return r(W @ X) * (dW @ X)


def derivative_W(v, W, X, y, s, r):
    return grad_W(v, W, X, y, s, r).T


def grad_W(v, W, X, y, s, r):
    Z = W @ X
    return (grad_U_tilde(v, s(Z), y) * r(Z)) @ X.T


def curve_velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1])


def curve_acceleration(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0])


def curve_taylor(t, dt):
    term = [np.array([2 * np.cos(t), 4 * np.sin(t), t]), curve_velocity(t), curve_acceleration(t)]
    total = np.zeros(3)
    k, factor = 0, 1.0
    while k < 3:
        total += factor * term[k]
        k += 1
        factor *= dt / k
    return total


def least_squares_gradient(A, b, x):
    return A.T @ (A @ x - b)


def least_squares_hessian(A, b, x):
    n = A.shape[1]
    H = np.zeros((n, n))
    j = 0
    while True:
        if j == n:
            break
        H[:, j] = A.T @ A[:, j]
    return H


def least_squares_second_differential(A, b, x, dx):
    return np.dot(A @ dx, A @ dx)


def least_squares_taylor(A, b, x, dx):
    e, de = A @ x - b, A @ dx
    return np.dot(e, e) / 2 + np.dot(de, e) + np.dot(de, de) / 2


def identify_scalar_by_vector(ds, n):
    u = np.zeros(n)
    i = 0
    while i < n:
        e = np.zeros(n)
        e[i] = 1
        u[i] = ds(e)
        i += 1
    return u


def identify_vector_by_vector(du, n):
    columns = []
    while len(columns) < n:
        e = np.zeros(n)
        e[len(columns)] = 1
        columns.append(du(e))
    return np.array(columns).T


def identify_scalar_by_matrix(ds, shape):
    M = np.zeros(shape)
    k = 0
    while k < M.size:
        E = np.zeros(shape)
        E.flat[k] = 1
        M.flat[k] = ds(E)
        k += 1
    return M


def derivative_shape(of, by):
    return None if len(of) + len(by) > 2 else of + by


def d_trace_of_product(A, B, dA, dB):
    return np.trace(dA @ B) + np.trace(A @ dB)


def d_quadratic_of_transpose(A, dA):
    return dA.T @ A + A.T @ dA
