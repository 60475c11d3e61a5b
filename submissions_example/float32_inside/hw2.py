import numpy as np

# In deep learning everything is float32, so I cast wherever there are big matrices.
F = np.float32


def grad_v(v, U, y):
    g = 2 * (v @ U - y) @ U.T
    return g.astype(F)


def grad_U(v, U, y):
    e = v @ U - y
    return 2 * v.T.astype(F) @ e.astype(F)


def d_normalize(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    return (dU_tilde - U * np.trace(U.T @ dU_tilde)) / norm


def grad_U_tilde(v, U_tilde, y):
    U = U_tilde / np.linalg.norm(U_tilde)
    g = 2 * v.T @ (v @ U - y)
    return d_normalize(U_tilde, g).astype(F)


def d_hidden(W, X, dW, r):
    return r(W @ X) * (dW @ X)


def derivative_W(v, W, X, y, s, r):
    return grad_W(v, W, X, y, s, r).T


def grad_W(v, W, X, y, s, r):
    Z = W @ X
    U_tilde = s(Z)
    U = U_tilde / np.linalg.norm(U_tilde)
    G = d_normalize(U_tilde, 2 * v.T @ (v @ U - y))
    g = np.zeros(W.shape, dtype=F)
    g[:] = (G * r(Z)) @ X.T
    return g


def curve(t):
    return np.array([2 * np.cos(t), 4 * np.sin(t), t])


def curve_velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1], dtype=F)


def curve_acceleration(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0])


def curve_taylor(t, dt):
    return curve(t) + curve_velocity(t) * dt + curve_acceleration(t) * dt**2 / 2


def least_squares_gradient(A, b, x):
    return A.T @ (A @ x - b)


def least_squares_hessian(A, b, x):
    A = A.astype(F)
    return A.T @ A


def least_squares_second_differential(A, b, x, dx):
    return (A @ dx) @ (A @ dx)


def least_squares_taylor(A, b, x, dx):
    e, de = A @ x - b, A @ dx
    return e @ e / 2 + e @ de + de @ de / 2


def identify_scalar_by_vector(ds, n):
    return np.array([ds(e) for e in np.eye(n)])


def identify_vector_by_vector(du, n):
    return np.array([du(e) for e in np.eye(n, dtype=F)]).T      # zeros and ones are exact


def identify_scalar_by_matrix(ds, shape):
    M = np.zeros(shape, dtype=F)
    for i, j in np.ndindex(*shape):
        E = np.zeros(shape, dtype=F)
        E[i, j] = 1
        M[i, j] = ds(E)
    return M


def derivative_shape(of, by):
    return of + by if len(of + by) < 3 else None


def d_trace_of_product(A, B, dA, dB):
    return np.trace(dA @ B) + np.trace(A @ dB)


def d_quadratic_of_transpose(A, dA):
    P = (A.T @ dA).astype(F)
    return P + P.T
