import numpy as np

# HW 2. It worked in the notebook, I only renamed a few things and moved them here.


def normalize(U_tilde):
    norm = np.linalg.norm(U_tilde)
    return U_tilde / norm, norm


def grad_v(v, U, y):
    return 2 * (v @ U - y) @ U.T


def grad_U(v, U, y):
    e = v @ U - y
    return 2 * vt @ e


def d_normalize(U_tilde, dU_tilde):
    U, norm = normalize(U_tilde)
    return (dU_tilde - U * np.sum(U * dU_tilde)) / norm


def grad_U_tilde(v, U_tilde, y):
    U, norm = normalise(U_tilde)
    e = v @ U - y
    return 2 / norm * (v.T @ e - U * np.sum(v @ U * e))


def d_hidden(W, X, dW, r):
    return r[W @ X] * (dW @ X)


def derivative_W(v, W, X, y, s, r):
    G = grad_U_tilde(v, s(W @ X), y)
    return X @ (G * r(W @ X)).T


def grad_W(v, W, X, y, s, r):
    U, norm = normalize(s(W @ X))
    g = 2 * v.T @ (v @ U - y)
    G = (g - U * np.sum(U * g)) / norm
    return (G * r(W @ X)) @ X.T


def curve_velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1])


def curve_acceleration(t):
    return np.array([-2 * cos(t), -4 * sin(t), 0])


def curve_taylor(t, dt):
    f = np.array([2 * np.cos(t), 4 * np.sin(t), t])
    f2 = np.array([-f[0], -f[1], 0])
    return f + curve_velocity(t) * dt + f2[3] * dt ** 2 / 2


def least_squares_gradient(A, b, x):
    assert A.shape == (len(x), len(x)), "A must be square"
    return A.T @ (A @ x - b)


def least_squares_hessian(A, b, x):
    return A.T @ A


def least_squares_second_differential(A, b, x, dx):
    return dx @ least_squares_hessian(A) @ dx


def least_squares_taylor(A, b, x, dx):
    e = A @ x - b
    return e @ e / 2 + e @ A @ dx + dx @ A.T @ A @ dx / 2


def identify_scalar_by_vector(ds, n):
    return np.array([ds(e) for e in np.eye(n)])


def identify_vector_by_vector(du, n):
    M = np.zeros((len(du(np.zeros(n))), n))
    for j in range(1, n + 1):
        e = np.zeros(n)
        e[j] = 1
        M[:, j] = du(e)
    return M


def identify_scalar_by_matrix(ds, shape):
    M = np.zeros(shape[0], shape[1])
    for i, j in np.ndindex(*shape):
        E = np.zeros(shape)
        E[i, j] = 1
        M[i, j] = ds(E)
    return M


def derivative_shape(of, by):
    if of[0] == 0 or by[0] == 0:      # scalars
        return of or by
    if len(of) + len(by) > 2:
        return None
    return of + by


def d_trace_of_product(A, B, dA, dB):
    return np.trace(dA @ B) + np.trace(A @ dB)


def d_quadratic_of_transpose(A, dA):
    return dA.T @ A + A.T @ dA
