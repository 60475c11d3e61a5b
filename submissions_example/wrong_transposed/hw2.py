# Translated line by line from my MATLAB script, where ' is the transpose.
import numpy as np

tr = np.trace
T_ = np.transpose


def grad_v(v, U, y):
    # dL = 2 (yhat - y) U' dv'  -> what stands before dv'
    return 2 * U @ T_(v @ U - y)


def grad_U(v, U, y):
    return 2 * T_(v @ U - y) @ v


def d_normalize(U_tilde, dU_tilde):
    n = np.linalg.norm(U_tilde, 'fro')
    U = U_tilde / n
    return (dU_tilde - U * tr(T_(U) @ dU_tilde)) / n


def grad_U_tilde(v, U_tilde, y):
    n = np.linalg.norm(U_tilde, 'fro')
    U = U_tilde / n
    e = v @ U - y
    return 2 / n * (T_(v) @ e - U * tr(v @ U @ T_(e)))


def d_hidden(W, X, dW, r):
    return r(W @ X) * (dW @ X)


def derivative_W(v, W, X, y, s, r):
    G = grad_U_tilde(v, s(W @ X), y)
    return (G * r(W @ X)) @ T_(X)           # same size as W


def grad_W(v, W, X, y, s, r):
    G = grad_U_tilde(v, s(W @ X), y)
    return X @ T_(G * r(W @ X))             # stands before dW under the trace


def curve_velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1])


def curve_acceleration(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0])


def curve_taylor(t, dt):
    f = np.array([2 * np.cos(t), 4 * np.sin(t), t])
    return f + curve_velocity(t) * dt + curve_acceleration(t) * dt ** 2 / 2


def least_squares_gradient(A, b, x):
    return A @ (A @ x - b)


def least_squares_hessian(A, b, x):
    return A @ T_(A)


def least_squares_second_differential(A, b, x, dx):
    return T_(dx) @ A @ T_(A) @ dx


def least_squares_taylor(A, b, x, dx):
    e = A @ x - b
    de = A @ dx
    return T_(e) @ e / 2 + T_(de) @ e + T_(de) @ de / 2


def identify_scalar_by_vector(ds, n):
    return np.array([ds(e) for e in np.eye(n)])


def identify_vector_by_vector(du, n):
    M = [du(e) for e in np.eye(n)]
    return np.array(M)                      # one row per input


def identify_scalar_by_matrix(ds, shape):
    M = np.zeros(shape)
    for i, j in np.ndindex(*shape):
        E = np.zeros(shape)
        E[i, j] = 1
        M[i, j] = ds(E)
    return T_(M)                            # because of tr(M' dN)


def derivative_shape(of, by):
    if len(of) == 1 and len(by) == 1:
        return by + of
    if of == () or by == ():
        return of + by
    return None


def d_trace_of_product(A, B, dA, dB):
    return tr(dA @ B) + tr(A @ dB)


def d_quadratic_of_transpose(A, dA):
    return dA @ T_(A) + A @ T_(dA)
