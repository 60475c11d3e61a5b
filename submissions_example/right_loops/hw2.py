# Homework 2
# I wrote everything entry by entry, because then I can see what happens.
import math
import numpy as np


def mult(P, Q):
    """matrix product by hand"""
    rows, inner, cols = P.shape[0], P.shape[1], Q.shape[1]
    R = np.zeros((rows, cols))
    for i in range(rows):
        for j in range(cols):
            for k in range(inner):
                R[i, j] += P[i, k] * Q[k, j]
    return R


def flip(P):
    R = np.zeros((P.shape[1], P.shape[0]))
    for i in range(P.shape[0]):
        for j in range(P.shape[1]):
            R[j, i] = P[i, j]
    return R


def inner_product(P, Q):
    total = 0.0
    for i in range(P.shape[0]):
        for j in range(P.shape[1]):
            total += P[i, j] * Q[i, j]
    return total


def frobenius(P):
    return math.sqrt(inner_product(P, P))


def grad_v(v, U, y):
    e = mult(v, U) - y
    g = np.zeros(v.shape)
    for k in range(v.shape[1]):
        for t in range(y.shape[1]):
            g[0, k] += 2 * e[0, t] * U[k, t]
    return g


def grad_U(v, U, y):
    e = mult(v, U) - y
    g = np.zeros(U.shape)
    for k in range(U.shape[0]):
        for t in range(U.shape[1]):
            g[k, t] = 2 * v[0, k] * e[0, t]
    return g


def d_normalize(U_tilde, dU_tilde):
    norm = frobenius(U_tilde)
    trace = inner_product(U_tilde, dU_tilde) / norm
    dU = np.zeros(U_tilde.shape)
    for k in range(dU.shape[0]):
        for t in range(dU.shape[1]):
            dU[k, t] = (dU_tilde[k, t] - U_tilde[k, t] / norm * trace) / norm
    return dU


def grad_U_tilde(v, U_tilde, y):
    norm = frobenius(U_tilde)
    U = U_tilde / norm
    yhat = mult(v, U)
    e = yhat - y
    trace = inner_product(yhat, e)
    G = np.zeros(U.shape)
    for k in range(U.shape[0]):
        for t in range(U.shape[1]):
            G[k, t] = 2 / norm * (v[0, k] * e[0, t] - U[k, t] * trace)
    return G


def d_hidden(W, X, dW, r):
    Z = mult(W, X)
    dZ = mult(dW, X)
    out = np.zeros(Z.shape)
    for k in range(Z.shape[0]):
        for t in range(Z.shape[1]):
            out[k, t] = r(Z[k, t]) * dZ[k, t]
    return out


def grad_W(v, W, X, y, s, r):
    Z = mult(W, X)
    G = grad_U_tilde(v, s(Z), y)
    slope = r(Z)
    g = np.zeros(W.shape)
    for k in range(W.shape[0]):
        for j in range(W.shape[1]):
            for t in range(X.shape[1]):
                g[k, j] += G[k, t] * slope[k, t] * X[j, t]
    return g


def derivative_W(v, W, X, y, s, r):
    return flip(grad_W(v, W, X, y, s, r))


def curve_velocity(t):
    return np.array([-2 * math.sin(t), 4 * math.cos(t), 1])


def curve_acceleration(t):
    return np.array([-2 * math.cos(t), -4 * math.sin(t), 0])


def curve_taylor(t, dt):
    f = [2 * math.cos(t), 4 * math.sin(t), t]
    f1 = curve_velocity(t)
    f2 = curve_acceleration(t)
    out = np.zeros(3)
    for i in range(3):
        out[i] = f[i] + f1[i] * dt + f2[i] * dt * dt / 2
    return out


def residual(A, b, x):
    e = np.zeros(len(b))
    for i in range(len(b)):
        for j in range(len(x)):
            e[i] += A[i, j] * x[j]
        e[i] -= b[i]
    return e


def least_squares_gradient(A, b, x):
    e = residual(A, b, x)
    g = np.zeros(len(x))
    for j in range(len(x)):
        for i in range(len(b)):
            g[j] += A[i, j] * e[i]
    return g


def least_squares_hessian(A, b, x):
    return mult(flip(A), A)


def least_squares_second_differential(A, b, x, dx):
    H = least_squares_hessian(A, b, x)
    total = 0.0
    for i in range(len(dx)):
        for j in range(len(dx)):
            total += dx[i] * H[i, j] * dx[j]
    return total


def least_squares_taylor(A, b, x, dx):
    total = 0.0
    for entry in residual(A, b, x):
        total += entry * entry / 2
    g = least_squares_gradient(A, b, x)
    for j in range(len(dx)):
        total += g[j] * dx[j]
    return total + least_squares_second_differential(A, b, x, dx) / 2


def identify_scalar_by_vector(ds, n):
    u = np.zeros(n)
    for i in range(n):
        e = np.zeros(n)
        e[i] = 1
        u[i] = ds(e)
    return u


def identify_vector_by_vector(du, n):
    columns = []
    for j in range(n):
        e = np.zeros(n)
        e[j] = 1
        columns.append(du(e))
    k = len(columns[0])
    M = np.zeros((k, n))
    for i in range(k):
        for j in range(n):
            M[i, j] = columns[j][i]
    return M


def identify_scalar_by_matrix(ds, shape):
    M = np.zeros(shape)
    for i in range(shape[0]):
        for j in range(shape[1]):
            E = np.zeros(shape)
            E[i, j] = 1
            M[i, j] = ds(E)
    return M


def derivative_shape(of, by):
    answer = []
    for n in of:
        answer.append(n)
    for n in by:
        answer.append(n)
    if len(answer) > 2:
        return None
    return tuple(answer)


def d_trace_of_product(A, B, dA, dB):
    total = 0.0
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            total += dA[i, j] * B[j, i] + A[i, j] * dB[j, i]
    return total


def d_quadratic_of_transpose(A, dA):
    n = A.shape[1]
    D = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            for k in range(A.shape[0]):
                D[i, j] += dA[k, i] * A[k, j] + A[k, i] * dA[k, j]
    return D
