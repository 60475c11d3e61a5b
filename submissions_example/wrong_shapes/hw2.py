import numpy as np

### HW2 ### the numbers agree with my notes, the brackets maybe not


def grad_v(v, U, y):
    e = v.ravel() @ U - y.ravel()
    return 2 * U @ e                      # v is a vector anyway


def grad_U(v, U, y):
    e = v @ U - y
    return (2 * v.T @ e).tolist()


def d_normalize(U_tilde, dU_tilde):
    n = np.linalg.norm(U_tilde, keepdims=True)
    U = U_tilde / n
    return (dU_tilde - U * np.sum(U * dU_tilde, keepdims=True)) / n


def grad_U_tilde(v, U_tilde, y):
    n = np.linalg.norm(U_tilde)
    U = U_tilde / n
    e = v @ U - y
    G = 2 / n * (v.T @ e - U * np.sum(v @ U * e))
    return G.ravel()


def d_hidden(W, X, dW, r):
    return r(W @ X) * (dW @ X)


def derivative_W(v, W, X, y, s, r):
    Z = W @ X
    G = grad_U_tilde(v, s(Z), y).reshape(Z.shape)
    D = X @ (G * r(Z)).T


def grad_W(v, W, X, y, s, r):
    Z = W @ X
    G = grad_U_tilde(v, s(Z), y).reshape(Z.shape)
    return np.array([(G * r(Z)) @ X.T])


def curve_velocity(t):
    return [-2 * np.sin(t), 4 * np.cos(t), 1]


def curve_acceleration(t):
    return np.array([[-2 * np.cos(t)], [-4 * np.sin(t)], [0]])


def curve_taylor(t, dt):
    x = 2 * np.cos(t) - 2 * np.sin(t) * dt - np.cos(t) * dt ** 2
    y = 4 * np.sin(t) + 4 * np.cos(t) * dt - 2 * np.sin(t) * dt ** 2
    return x, y, t + dt


def least_squares_gradient(A, b, x):
    e = A @ x.reshape(-1, 1) - b.reshape(-1, 1)
    return A.T @ e


def least_squares_hessian(A, b, x):
    return A.T @ A


def least_squares_second_differential(A, b, x, dx):
    dx = dx.reshape(-1, 1)
    return dx.T @ A.T @ A @ dx


def least_squares_taylor(A, b, x, dx):
    e = A @ (x + dx) - b
    return np.sum(e ** 2, keepdims=True) / 2


def identify_scalar_by_vector(ds, n):
    u = np.zeros((n, 1))
    for i in range(n):
        u[i, 0] = ds(np.eye(n)[i])
    return u


def identify_vector_by_vector(du, n):
    M = [du(e) for e in np.eye(n)]
    return np.array(M).T


def identify_scalar_by_matrix(ds, shape):
    M = []
    for index in np.ndindex(*shape):
        E = np.zeros(shape)
        E[index] = 1
        M.append(ds(E))
    return np.array(M)


def derivative_shape(of, by):
    if len(of) + len(by) > 2:
        return None
    return of + by


def d_trace_of_product(A, B, dA, dB):
    print(np.trace(dA @ B + A @ dB))


def d_quadratic_of_transpose(A, dA):
    return dA.T @ A + A.T @ dA
