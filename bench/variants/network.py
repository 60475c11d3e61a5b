"""Variants of the seven network functions. Every RIGHT entry computes the reference's value by another way;
every WRONG entry differs from it mathematically for generic inputs."""

from collections.abc import Callable

import numpy as np


def _unit(U_tilde):
    return U_tilde / np.linalg.norm(U_tilde)


def _two_digits(Z):
    return np.array([[float(f"{z:.1e}") for z in row] for row in Z])


def _project(U, Z):
    return Z - U * np.sum(U * Z)


# grad_v = 2(vU − y)Uᵀ


def _grad_v_loops(v, U, y):
    d, T = U.shape
    gradient = np.zeros((1, d))
    for t in range(T):
        e = sum(v[0, k] * U[k, t] for k in range(d)) - y[0, t]
        for k in range(d):
            gradient[0, k] += 2 * e * U[k, t]
    return gradient


def _grad_v_qr(v, U, y):
    Q, R = np.linalg.qr(U.T)  # Uᵀ = QR
    return 2 * ((v @ U - y) @ Q) @ R


def _grad_v_of_norm(v, U, y):
    e = v @ U - y
    return e @ U.T / np.linalg.norm(e)


# grad_U = 2vᵀ(vU − y)


def _grad_U_loops(v, U, y):
    d, T = U.shape
    gradient = np.empty((d, T))
    for t in range(T):
        e = v[0] @ U[:, t] - y[0, t]
        for i in range(d):
            gradient[i, t] = 2 * v[0, i] * e
    return gradient


def _grad_U_by_columns(v, U, y):
    return np.column_stack([2 * v[0] * (v[0] @ u - target) for u, target in zip(U.T, y[0], strict=True)])


# d_normalize = (dŨ − U tr(Uᵀ dŨ)) / ‖Ũ‖


def _d_normalize_trace(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    return (dU_tilde - U * np.trace(U.T @ dU_tilde)) / norm


def _d_normalize_quotient(U_tilde, dU_tilde):
    norm = np.sqrt(np.sum(U_tilde**2))
    dnorm = np.sum(U_tilde * dU_tilde) / norm
    return (dU_tilde * norm - U_tilde * dnorm) / norm**2


def _d_normalize_product(U_tilde, dU_tilde):
    norm = np.sqrt(np.vdot(U_tilde, U_tilde))
    return dU_tilde / norm - U_tilde * np.vdot(U_tilde, dU_tilde) / norm**3


def _d_normalize_projector(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde)
    u = U_tilde.ravel() / norm
    jacobian = (np.eye(u.size) - np.outer(u, u)) / norm
    return (jacobian @ dU_tilde.ravel()).reshape(U_tilde.shape)


def _d_normalize_loops(U_tilde, dU_tilde):
    d, T = U_tilde.shape
    cells = [(i, t) for i in range(d) for t in range(T)]
    norm = sum(U_tilde[c] ** 2 for c in cells) ** 0.5
    along = sum(U_tilde[c] / norm * dU_tilde[c] for c in cells)
    dU = np.zeros((d, T))
    for c in cells:
        dU[c] = (dU_tilde[c] - U_tilde[c] / norm * along) / norm
    return dU


def _d_normalize_qr(U_tilde, dU_tilde):
    q, R = np.linalg.qr(U_tilde.reshape(-1, 1))  # q = ±u, R = ±‖Ũ‖
    z = dU_tilde.reshape(-1, 1)
    return ((z - q @ (q.T @ z)) / abs(R[0, 0])).reshape(U_tilde.shape)


def _d_normalize_tensor(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    return (dU_tilde - np.einsum("it,ju,ju->it", U, U, dU_tilde)) / norm


def _d_normalize_wrong(U_tilde, dU_tilde, *, projection=1, power=1):
    U = _unit(U_tilde)
    return (dU_tilde - projection * U * np.sum(U * dU_tilde)) / np.linalg.norm(U_tilde) ** power


def _d_normalize_per_axis(U_tilde, dU_tilde, axis):
    norm = np.linalg.norm(U_tilde, axis=axis, keepdims=True)
    U = U_tilde / norm
    return (dU_tilde - U * np.sum(U * dU_tilde, axis=axis, keepdims=True)) / norm


def _d_normalize_spectral(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde, 2)
    U = U_tilde / norm
    return (dU_tilde - U * np.sum(U * dU_tilde)) / norm


# grad_U_tilde: G = (2/‖Ũ‖)[vᵀe − U tr(vUeᵀ)], e = vU − y


def _G(v, U_tilde, y, *, factor=2, power=1, projection=1, residual=1):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - residual * y
    return factor / norm**power * (v.T @ e - projection * U * np.trace(v @ U @ e.T))


def _G_backprop(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    g = 2 * v.T @ (v @ U - y)
    return (g - U * np.vdot(U, g)) / norm


def _G_without_U(v, U_tilde, y):
    norm = np.sqrt(np.einsum("it,it->", U_tilde, U_tilde))
    yhat = v @ U_tilde / norm
    e = yhat - y
    return 2 * (np.outer(v, e) / norm - U_tilde * (yhat @ e.T) / norm**2)


def _G_projector(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    u = U_tilde.reshape(-1) / norm
    g = np.kron(v.T, v @ U_tilde / norm - y).reshape(-1)
    return (2 / norm * (np.eye(u.size) - np.outer(u, u)) @ g).reshape(U_tilde.shape)


def _G_loops(v, U_tilde, y):
    d, T = U_tilde.shape
    norm = np.sqrt(sum(z**2 for row in U_tilde for z in row))
    yhat = [sum(v[0, i] * U_tilde[i, t] / norm for i in range(d)) for t in range(T)]
    e = [yhat[t] - y[0, t] for t in range(T)]
    along = sum(yhat[t] * e[t] for t in range(T))
    return np.array(
        [[2 / norm * (v[0, i] * e[t] - U_tilde[i, t] / norm * along) for t in range(T)] for i in range(d)]
    )


def _G_matrix_units(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = np.zeros(U.shape)
    for cell in np.ndindex(U.shape):
        E = np.zeros(U.shape)
        E[cell] = 1
        G[cell] = 2 * np.sum(e * (v @ (E - U[cell] * U))) / norm
    return G


def _G_wrong_norm(v, U_tilde, y, **norm):
    scale = np.linalg.norm(U_tilde, keepdims=True, **norm)
    U = U_tilde / scale
    e = v @ U - y
    return 2 / scale * (v.T @ e - U * np.trace(v @ U @ e.T))


def _G_residual_of_U_tilde(v, U_tilde, y):
    U = _unit(U_tilde)
    return 2 / np.linalg.norm(U_tilde) * _project(U, v.T @ (v @ U_tilde - y))


def _G_trace_with_U_tilde(v, U_tilde, y):
    e = v @ _unit(U_tilde) - y
    return 2 / np.linalg.norm(U_tilde) * (v.T @ e - _unit(U_tilde) * np.trace(v @ U_tilde @ e.T))


def _G_projects_targets(v, U_tilde, y):
    U = _unit(U_tilde)
    return 2 / np.linalg.norm(U_tilde) * (v.T @ (v @ U - y) + U * np.trace(v @ U @ y.T))


def _G_projects_columns(v, U_tilde, y):
    U = _unit(U_tilde)
    g = v.T @ (v @ U - y)
    return 2 / np.linalg.norm(U_tilde) * (g - U * np.sum(U * g, axis=0))


# d_hidden = r(WX) ∘ (dW X)


def _d_hidden_columns(W, X, dW, r):
    return np.column_stack([np.diag(r(W @ x)) @ dW @ x for x in X.T])


def _d_hidden_loops(W, X, dW, r):
    dS = np.zeros((W.shape[0], X.shape[1]))
    for i, t in np.ndindex(dS.shape):
        dS[i, t] = r(W[i] @ X[:, t]) * (dW[i] @ X[:, t])
    return dS


def _d_hidden_vec(W, X, dW, r):
    d, T = W.shape[0], X.shape[1]
    vec_dZ = np.kron(X.T, np.eye(d)) @ dW.ravel(order="F")  # vec(dW X) = (Xᵀ ⊗ I) vec dW
    return (r(W @ X).ravel(order="F") * vec_dZ).reshape((d, T), order="F")


def _d_hidden_broadcast(W, X, dW, r):
    Z = np.sum(W[:, :, None] * X[None, :, :], axis=1)
    dZ = np.sum(dW[:, :, None] * X[None, :, :], axis=1)
    return r(Z) * dZ


def _d_hidden_without_last_example(W, X, dW, r):
    dS = r(W @ X) * (dW @ X)
    return np.hstack([dS[:, :-1], 0 * dS[:, -1:]])


# grad_W = (G ∘ r(WX)) Xᵀ and derivative_W = X (G ∘ r(WX))ᵀ


def _H(v, W, X, y, s, r, **slip):
    Z = W @ X
    return _G(v, s(Z), y, **slip) * r(Z)


def _backprop(v, W, X, y, s, r):
    Z = W @ X
    U_tilde = s(Z)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    dyhat = 2 * (v @ U - y)
    dU = np.outer(v, dyhat)
    dU_tilde = (dU - U * np.sum(U * dU)) / norm
    dZ = dU_tilde * r(Z)
    return dZ @ X.T


def _by_examples(v, W, X, y, s, r):
    G = _G(v, s(W @ X), y)
    return sum(np.outer(G[:, t] * r(W @ X[:, t]), X[:, t]) for t in range(X.shape[1]))


def _by_matrix_units(v, W, X, y, s, r):
    U_tilde, R = s(W @ X), r(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    gradient = np.zeros(W.shape)
    for i, j in np.ndindex(W.shape):
        dU_tilde = np.zeros(U.shape)
        dU_tilde[i] = R[i] * X[j]
        dU = (dU_tilde - U * np.sum(U * dU_tilde)) / norm
        gradient[i, j] = 2 * np.trace(e.T @ v @ dU)
    return gradient


def _by_entries(v, W, X, y, s, r):
    d, m, T = *W.shape, X.shape[1]
    Z = [[sum(W[i, j] * X[j, t] for j in range(m)) for t in range(T)] for i in range(d)]
    U_tilde, R = s(np.array(Z)), r(np.array(Z))
    norm = np.sqrt(sum(U_tilde[i, t] ** 2 for i in range(d) for t in range(T)))
    yhat = [sum(v[0, i] * U_tilde[i, t] for i in range(d)) / norm for t in range(T)]
    e = [yhat[t] - y[0, t] for t in range(T)]
    along = sum(a * b for a, b in zip(yhat, e, strict=True))
    gradient = np.zeros((d, m))
    for i, j, t in np.ndindex(d, m, T):
        gradient[i, j] += 2 / norm * (v[0, i] * e[t] - U_tilde[i, t] / norm * along) * R[i, t] * X[j, t]
    return gradient


def _scalar_r(v, W, X, y, s, r):
    Z = W @ X
    R = np.array([[r(z) for z in row] for row in Z])
    return np.einsum("it,it,jt->ij", _G_backprop(v, s(Z), y), R, X)


def _kronecker(v, W, X, y, s, r):
    Z = W @ X
    U_tilde = s(Z)
    H = _G_projector(v, U_tilde, y) * r(Z)
    return (np.kron(X, np.eye(len(H))) @ H.T.ravel()).reshape(len(X), len(H))  # vec(HXᵀ) = (X ⊗ I) vec H


def _by_rows(v, W, X, y, s, r):
    H = _G_without_U(v, s(W @ X), y) * r(W @ X)
    return np.stack([X @ h for h in H])


def _r_at_output(v, W, X, y, s, r):
    return (_G(v, s(W @ X), y) * r(s(W @ X))) @ X.T


def _s_for_r(v, W, X, y, s, r):
    return (_G(v, s(W @ X), y) * s(W @ X)) @ X.T


def _without_r(v, W, X, y, s, r):
    return _G(v, s(W @ X), y) @ X.T


def _mean_of_r(v, W, X, y, s, r):
    return _G(v, s(W @ X), y) * np.mean(r(W @ X)) @ X.T


def _without_s(v, W, X, y, s, r):
    return (_G(v, W @ X, y) * r(W @ X)) @ X.T


def _without_normalisation(v, W, X, y, s, r):
    return (2 * v.T @ (v @ s(W @ X) - y) * r(W @ X)) @ X.T


def _residual_of_U_tilde(v, W, X, y, s, r):
    return (_G_residual_of_U_tilde(v, s(W @ X), y) * r(W @ X)) @ X.T


def _spectral(v, W, X, y, s, r):
    return (_G_wrong_norm(v, s(W @ X), y, ord=2) * r(W @ X)) @ X.T


def _rows_normalised(v, W, X, y, s, r):
    return (_G_wrong_norm(v, s(W @ X), y, axis=1) * r(W @ X)) @ X.T


def _r_before_projection(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    U = _unit(U_tilde)
    g = v.T @ (v @ U - y) * r(W @ X)
    return 2 / np.linalg.norm(U_tilde) * _project(U, g) @ X.T


def _without_last_example(v, W, X, y, s, r):
    return _H(v, W, X, y, s, r)[:, :-1] @ X[:, :-1].T


RIGHT: dict[str, dict[str, Callable]] = {
    "grad_v": {
        "matrix product": lambda v, U, y: 2 * (v @ U - y) @ U.T,
        "einsum": lambda v, U, y: 2 * np.einsum("at,kt->ak", np.einsum("ak,kt->at", v, U) - y, U),
        "loops over entries": _grad_v_loops,
        "broadcast and sum over examples": lambda v, U, y: 2 * np.sum((v @ U - y) * U, axis=1)[None, :],
        "column vectors, transposed at the end": lambda v, U, y: (2 * U @ (U.T @ v.T - y.T)).T,
        "inner product with each row of U": lambda v, U, y: np.array(
            [[2 * np.vdot(v @ U - y, u) for u in U]]
        ),
        "QR of Uᵀ": _grad_v_qr,
    },
    "grad_U": {
        "matrix product": lambda v, U, y: 2 * v.T @ (v @ U - y),
        "outer product": lambda v, U, y: np.outer(2 * v, v @ U - y),
        "column times row by broadcasting": lambda v, U, y: v.T * (2 * (v.dot(U) - y)),
        "Kronecker product": lambda v, U, y: 2 * np.kron(v.T, v @ U - y),
        "loops over entries": _grad_U_loops,
        "column by column": _grad_U_by_columns,
        "einsum": lambda v, U, y: np.einsum("ai,at->it", v, 2 * np.einsum("ai,it->at", v, U) - 2 * y),
        "row by row": lambda v, U, y: np.vstack([2 * c * (v @ U - y) for c in v.ravel()]),
    },
    "d_normalize": {
        "trace formula": _d_normalize_trace,
        "quotient rule": _d_normalize_quotient,
        "product rule with ‖Ũ‖⁻³": _d_normalize_product,
        "projector on the vectorised matrix": _d_normalize_projector,
        "loops over entries": _d_normalize_loops,
        "QR of the vectorised matrix": _d_normalize_qr,
        "rank-four tensor by einsum": _d_normalize_tensor,
    },
    "grad_U_tilde": {
        "trace formula": _G,
        "gradient in U, then projected": _G_backprop,
        "never forms U": _G_without_U,
        "Jacobian of the normalisation": _G_projector,
        "loops over entries": _G_loops,
        "differential along matrix units": _G_matrix_units,
    },
    "d_hidden": {
        "Hadamard product": lambda W, X, dW, r: r(W @ X) * (dW @ X),
        "np.multiply and np.dot": lambda W, X, dW, r: np.multiply(np.dot(dW, X), r(np.dot(W, X))),
        "einsum": lambda W, X, dW, r: np.einsum("it,ij,jt->it", r(np.einsum("ij,jt->it", W, X)), dW, X),
        "diagonal matrix for each example": _d_hidden_columns,
        "loops over entries, r on scalars": _d_hidden_loops,
        "vec and Kronecker product": _d_hidden_vec,
        "three-dimensional broadcast": _d_hidden_broadcast,
        "row by row": lambda W, X, dW, r: np.stack(
            [r(w @ X) * (dw @ X) for w, dw in zip(W, dW, strict=True)]
        ),
    },
    "derivative_W": {
        "formula of the lecture": lambda v, W, X, y, s, r: X @ (_G(v, s(W @ X), y) * r(W @ X)).T,
        "backpropagation, then transposed": lambda v, W, X, y, s, r: _backprop(v, W, X, y, s, r).T,
        "sum over examples": lambda v, W, X, y, s, r: _by_examples(v, W, X, y, s, r).T,
        "dL along each matrix unit": lambda v, W, X, y, s, r: _by_matrix_units(v, W, X, y, s, r).T,
        "loops over entries": lambda v, W, X, y, s, r: _by_entries(v, W, X, y, s, r).T.copy(),
        "tensordot over examples": lambda *given: np.tensordot(given[2], _H(*given), axes=(1, 1)),
        "vec and Kronecker product": _kronecker,
    },
    "grad_W": {
        "formula": lambda v, W, X, y, s, r: (_G(v, s(W @ X), y) * r(W @ X)) @ X.T,
        "backpropagation, layer by layer": _backprop,
        "sum over examples": _by_examples,
        "dL along each matrix unit": _by_matrix_units,
        "loops over entries": _by_entries,
        "r on scalars": _scalar_r,
        "row by row": _by_rows,
        "transposed derivative by vec and Kronecker": lambda *given: _kronecker(*given).T,
    },
}

WRONG: dict[str, dict[str, Callable]] = {
    "grad_v": {
        "sign: 2(y − vU)Uᵀ": lambda v, U, y: 2 * (y - v @ U) @ U.T,
        "the factor 2 is missing": lambda v, U, y: (v @ U - y) @ U.T,
        "the factor is 4": lambda v, U, y: 4 * (v @ U - y) @ U.T,
        "y is dropped": lambda v, U, y: 2 * v @ U @ U.T,
        "y is added": lambda v, U, y: 2 * (v @ U + y) @ U.T,
        "mean over the examples instead of the sum": lambda v, U, y: 2 * (v @ U - y) @ U.T / U.shape[1],
        "column instead of row": lambda v, U, y: 2 * U @ (v @ U - y).T,
        "flattened to (d,)": lambda v, U, y: (2 * (v @ U - y) @ U.T).ravel(),
        "gradient of ‖vU − y‖, not of its square": _grad_v_of_norm,
        "U instead of Uᵀ": lambda v, U, y: 2 * (v @ U - y) @ U,
        "sums over the examples before the product": lambda v, U, y: (
            2 * np.sum(v @ U - y) * U.sum(axis=1)[None]
        ),
        "residual squared": lambda v, U, y: 2 * (v @ U - y) ** 2 @ U.T,
        "the last example is dropped": lambda v, U, y: 2 * (v @ U - y)[:, :-1] @ U[:, :-1].T,
        "a number: the entries are added up": lambda v, U, y: float(np.sum(2 * (v @ U - y) @ U.T)),
    },
    "grad_U": {
        "sign: 2vᵀ(y − vU)": lambda v, U, y: 2 * v.T @ (y - v @ U),
        "the factor 2 is missing": lambda v, U, y: v.T @ (v @ U - y),
        "y is dropped": lambda v, U, y: 2 * v.T @ v @ U,
        "y is added": lambda v, U, y: 2 * v.T @ (v @ U + y),
        "transposed: (T, d)": lambda v, U, y: 2 * (v @ U - y).T @ v,
        "vᵀ is missing": lambda v, U, y: 2 * (v @ U - y),
        "mean over the examples instead of the sum": lambda v, U, y: 2 * v.T @ (v @ U - y) / U.shape[1],
        "gradient of ‖vU − y‖, not of its square": lambda v, U, y: v.T @ _unit(v @ U - y),
        "pseudo-inverse of v instead of vᵀ": lambda v, U, y: 2 * np.linalg.pinv(v) @ (v @ U - y),
        "projected as if U had to stay normalised": lambda v, U, y: _project(_unit(U), 2 * v.T @ (v @ U - y)),
        "only two digits kept": lambda v, U, y: _two_digits(2 * v.T @ (v @ U - y)),
        "v is taken entrywise: v ∘ U": lambda v, U, y: 2 * v.T * (v.T * U - y),
    },
    "d_normalize": {
        "the projection term is missing": lambda U_tilde, dU_tilde: dU_tilde / np.linalg.norm(U_tilde),
        "half the projection term": lambda *given: _d_normalize_wrong(*given, projection=0.5),
        "twice the projection term (a reflection)": lambda *given: _d_normalize_wrong(*given, projection=2),
        "the projection term is added": lambda *given: _d_normalize_wrong(*given, projection=-1),
        "divided by ‖Ũ‖²": lambda *given: _d_normalize_wrong(*given, power=2),
        "divided by ‖U‖ = 1": lambda *given: _d_normalize_wrong(*given, power=0),
        "multiplied by ‖Ũ‖": lambda *given: _d_normalize_wrong(*given, power=-1),
        "tr(Ũᵀ dŨ) instead of tr(Uᵀ dŨ)": lambda U_tilde, dU_tilde: (
            (dU_tilde - _unit(U_tilde) * np.sum(U_tilde * dU_tilde)) / np.linalg.norm(U_tilde)
        ),
        "each row normalised": lambda *given: _d_normalize_per_axis(*given, axis=1),
        "each column normalised": lambda *given: _d_normalize_per_axis(*given, axis=0),
        "spectral norm instead of Frobenius": _d_normalize_spectral,
        "UUᵀ dŨ instead of U tr(Uᵀ dŨ)": lambda U_tilde, dU_tilde: (
            (dU_tilde - _unit(U_tilde) @ _unit(U_tilde).T @ dU_tilde) / np.linalg.norm(U_tilde)
        ),
        "normalises dŨ": lambda U_tilde, dU_tilde: _unit(dU_tilde),
        "the finite increment of U": lambda U_tilde, dU_tilde: _unit(U_tilde + dU_tilde) - _unit(U_tilde),
        "transposed: (T, d)": lambda *given: _d_normalize_trace(*given).T,
        "only two digits kept": lambda *given: _two_digits(_d_normalize_trace(*given)),
    },
    "grad_U_tilde": {
        "the projection term is missing": lambda *given: _G(*given, projection=0),
        "half the projection term": lambda *given: _G(*given, projection=0.5),
        "the projection term is added": lambda *given: _G(*given, projection=-1),
        "2/‖Ũ‖ is missing: only the bracket": lambda *given: _G(*given, factor=1, power=0),
        "1/‖Ũ‖ is missing": lambda *given: _G(*given, power=0),
        "the factor 2 is missing": lambda *given: _G(*given, factor=1),
        "divided by ‖Ũ‖²": lambda *given: _G(*given, power=2),
        "sign": lambda *given: _G(*given, factor=-2),
        "y is dropped": lambda *given: _G(*given, residual=0),
        "y is added": lambda *given: _G(*given, residual=-1),
        "the residual is vŨ − y": _G_residual_of_U_tilde,
        "Ũ instead of U in the trace": _G_trace_with_U_tilde,
        "the trace takes −y instead of the residual": _G_projects_targets,
        "a projection for each column": _G_projects_columns,
        "each row normalised": lambda *given: _G_wrong_norm(*given, axis=1),
        "spectral norm instead of Frobenius": lambda *given: _G_wrong_norm(*given, ord=2),
        "this is the gradient in U": lambda v, U_tilde, y: 2 * v.T @ (v @ _unit(U_tilde) - y),
        "transposed: (T, d)": lambda *given: _G(*given).T,
    },
    "d_hidden": {
        "r is missing": lambda W, X, dW, r: dW @ X,
        "dW is missing: r(WX) alone": lambda W, X, dW, r: r(W @ X),
        "W instead of dW": lambda W, X, dW, r: r(W @ X) * (W @ X),
        "r at dW X": lambda W, X, dW, r: r(dW @ X) * (dW @ X),
        "r at dW X, times WX": lambda W, X, dW, r: r(dW @ X) * (W @ X),
        "matrix product instead of Hadamard": lambda W, X, dW, r: r(W @ X) @ (dW @ X).T,
        "r applied twice": lambda W, X, dW, r: r(r(W @ X)) * (dW @ X),
        "r squared": lambda W, X, dW, r: r(W @ X) ** 2 * (dW @ X),
        "r at the first example only": lambda W, X, dW, r: r(W @ X[:, :1]) * (dW @ X),
        "the mean of r": lambda W, X, dW, r: np.mean(r(W @ X)) * (dW @ X),
        "sum instead of product": lambda W, X, dW, r: r(W @ X) + dW @ X,
        "r at W, before the product with X": lambda W, X, dW, r: (r(W) * dW) @ X,
        "sign": lambda W, X, dW, r: -r(W @ X) * (dW @ X),
        "transposed: (T, d)": lambda W, X, dW, r: (r(W @ X) * (dW @ X)).T,
        "Xᵀ dW: factors in the wrong order": lambda W, X, dW, r: r(W @ X) * (X.T @ dW),
        "the last example is dropped": _d_hidden_without_last_example,
    },
    "derivative_W": {
        "this is the gradient, the transpose": _backprop,
        "gradient reshaped instead of transposed": lambda *given: _backprop(*given).reshape(
            len(given[2]), -1
        ),
        "the projection term is missing": lambda *given: given[2] @ _H(*given, projection=0).T,
        "half the projection term": lambda *given: given[2] @ _H(*given, projection=0.5).T,
        "2/‖Ũ‖ is missing": lambda *given: given[2] @ _H(*given, factor=1, power=0).T,
        "the factor 2 is missing": lambda *given: given[2] @ _H(*given, factor=1).T,
        "divided by ‖Ũ‖²": lambda *given: given[2] @ _H(*given, power=2).T,
        "sign": lambda *given: given[2] @ _H(*given, factor=-2).T,
        "y is dropped": lambda *given: given[2] @ _H(*given, residual=0).T,
        "r at the output s(WX)": lambda *given: _r_at_output(*given).T,
        "s instead of r": lambda *given: _s_for_r(*given).T,
        "r is missing": lambda *given: _without_r(*given).T,
        "X is missing": lambda *given: _H(*given).T,
        "mean over the examples instead of the sum": lambda *given: _backprop(*given).T / given[2].shape[1],
        "the residual is vŨ − y": lambda *given: _residual_of_U_tilde(*given).T,
        "spectral norm instead of Frobenius": lambda *given: _spectral(*given).T,
        "r inside the projection": lambda *given: _r_before_projection(*given).T,
        "the normalisation is left out": lambda *given: _without_normalisation(*given).T,
    },
    "grad_W": {
        "this is the derivative, the transpose": lambda *given: _backprop(*given).T,
        "flattened": lambda *given: _backprop(*given).ravel(),
        "the projection term is missing": lambda *given: _H(*given, projection=0) @ given[2].T,
        "twice the projection term": lambda *given: _H(*given, projection=2) @ given[2].T,
        "1/‖Ũ‖ is missing": lambda *given: _H(*given, power=0) @ given[2].T,
        "the factor 2 is missing": lambda *given: _H(*given, factor=1) @ given[2].T,
        "y is added": lambda *given: _H(*given, residual=-1) @ given[2].T,
        "y is dropped": lambda *given: _H(*given, residual=0) @ given[2].T,
        "r at the output s(WX)": _r_at_output,
        "s instead of r": _s_for_r,
        "r is missing": _without_r,
        "the mean of r": _mean_of_r,
        "the activation is left out": _without_s,
        "the normalisation is left out": _without_normalisation,
        "each row normalised": _rows_normalised,
        "r inside the projection": _r_before_projection,
        "the last example is dropped": _without_last_example,
        "X instead of Xᵀ": lambda *given: _H(*given) @ given[2],
        "only two digits kept": lambda *given: _two_digits(_backprop(*given)),
    },
}
