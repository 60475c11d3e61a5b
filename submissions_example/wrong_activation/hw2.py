import numpy as np

# HW2
# Question for office hours: does r take z = WX or s(z)?  For relu I get the same numbers.


def normed(P):
    n = np.sqrt((P ** 2).sum())
    return P / n, n


def grad_v(v, U, y):
    e = v @ U - y
    return 2 * e @ U.T


def grad_U(v, U, y):
    e = v @ U - y
    return 2 * np.outer(v, e)


def d_normalize(U_tilde, dU_tilde):
    U, n = normed(U_tilde)
    return (dU_tilde - (U * dU_tilde).sum() * U) / n


def grad_U_tilde(v, U_tilde, y):
    U, n = normed(U_tilde)
    p = v @ U
    e = p - y
    return 2 / n * (v.T @ e - (p * e).sum() * U)


def d_hidden(W, X, dW, r):
    return r(W @ X) * (dW @ X)


def derivative_W(v, W, X, y, s, r):
    H = s(W @ X)
    G = grad_U_tilde(v, H, y)
    return X @ (G * H).T


def grad_W(v, W, X, y, s, r):
    H = s(W @ X)
    G = grad_U_tilde(v, H, y)
    return (G * r(H)) @ X.T


def curve_velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1])


def curve_acceleration(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0])


def curve_taylor(t, dt):
    c, k = np.cos(t), np.sin(t)
    q = dt * dt / 2
    return np.array([2 * (c - k * dt - c * q), 4 * (k + c * dt - k * q), t + dt])


def least_squares_gradient(A, b, x):
    return A.T @ (A @ x - b)


def least_squares_hessian(A, b, x):
    return A.T @ A


def least_squares_second_differential(A, b, x, dx):
    return np.sum((A @ dx) ** 2)


def least_squares_taylor(A, b, x, dx):
    # the second order is exact here
    return 0.5 * np.sum((A @ (x + dx) - b) ** 2)


def identify_scalar_by_vector(ds, n):
    return np.array([ds(row) for row in np.identity(n)])


def identify_vector_by_vector(du, n):
    return np.array([du(row) for row in np.identity(n)]).T


def identify_scalar_by_matrix(ds, shape):
    rows, cols = shape
    units = np.identity(rows * cols).reshape(-1, rows, cols)
    return np.array([ds(E) for E in units]).reshape(shape)


def derivative_shape(of, by):
    return None if len(of) + len(by) > 2 else of + by


def d_trace_of_product(A, B, dA, dB):
    return (dA * B.T).sum() + (A * dB.T).sum()


def d_quadratic_of_transpose(A, dA):
    P = A.T @ dA
    return P + P.T
