"""HW2, copied from my lecture notes line by line (the line is quoted above each answer)."""
import numpy as np


# dL = 2 (yhat - y) U' dv'
def grad_v(v, U, y):
    return 2 * (v @ U - y) @ U.T


# dL = tr( 2 (yhat - y)' v dU )
def grad_U(v, U, y):
    return 2 * v.T @ (v @ U - y)


# dU = 1/|u| (dU~ - U tr(U' dU~))
def d_normalize(U_tilde, dU_tilde):
    U = U_tilde / np.linalg.norm(U_tilde)
    return 1 / np.linalg.norm(U) * (dU_tilde - U * np.trace(U.T @ dU_tilde))


# 2/|U~| tr( [ (yhat - y)' v  -  tr(vU (yhat - y)') U' ] dU~ ),   the bracket is G'
def grad_U_tilde(v, U_tilde, y):
    U = U_tilde / np.linalg.norm(U_tilde)
    e = v @ U - y
    G_transposed = e.T @ v - np.trace(v @ U @ e.T) * U.T
    return G_transposed.T


# dU~ = r(WX) o (dW X)
def d_hidden(W, X, dW, r):
    return r(W @ X) * (dW @ X)


# dL = tr( X (G o r(WX))' dW )
def derivative_W(v, W, X, y, s, r):
    G = grad_U_tilde(v, s(W @ X), y)
    return X @ (G * r(W @ X)).T


def grad_W(v, W, X, y, s, r):
    return derivative_W(v, W, X, y, s, r).T


# df = (-2 sin t, 4 cos t) dt
def curve_velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t)])


# d2f = (-2 cos t, 4 sin t, 0) dt^2
def curve_acceleration(t):
    return np.array([-2 * np.cos(t), 4 * np.sin(t), 0])


# y ~ f + df + d2f      (df needs a third entry here, else it does not add up)
def curve_taylor(t, dt):
    f = np.array([2 * np.cos(t), 4 * np.sin(t), t])
    df = np.array([*curve_velocity(t), 1]) * dt
    d2f = curve_acceleration(t) * dt ** 2
    return f + df + d2f


# ds = dx' A'A x - ...,   "A'A x" is braced as the derivative
def least_squares_gradient(A, b, x):
    return A.T @ A @ x


# d2s = dx' A'A dx
def least_squares_hessian(A, b, x):
    return A.T @ A


def least_squares_second_differential(A, b, x, dx):
    return dx @ A.T @ A @ dx


# y ~ s + ds + d2s
def least_squares_taylor(A, b, x, dx):
    e = A @ x - b
    ds = dx @ least_squares_gradient(A, b, x)
    return 0.5 * e @ e + ds + dx @ A.T @ A @ dx


# ds = u' dv
def identify_scalar_by_vector(ds, n):
    return np.array([ds(e) for e in np.eye(n)])


# du = M dv
def identify_vector_by_vector(du, n):
    return np.array([du(e) for e in np.eye(n)]).T


# ds = tr(M' dN)
def identify_scalar_by_matrix(ds, shape):
    M = np.zeros(shape)
    for i in range(shape[0]):
        for j in range(shape[1]):
            dN = np.zeros(shape)
            dN[i, j] = 1
            M[i, j] = ds(dN)
    return M


# the table, X = no matrix form
def derivative_shape(of, by):
    table = [["a", "u", "M"],
             ["v", "M", "X"],
             ["N", "X", "X"]]
    if table[len(of)][len(by)] == "X":
        return None
    return of + by


# d tr(AB) = tr(dA B) + tr(A dB)
def d_trace_of_product(A, B, dA, dB):
    return np.trace(dA @ B) + np.trace(A @ dB)


# d(A') = (dA)'
def d_quadratic_of_transpose(A, dA):
    return dA.T @ A + A.T @ dA
