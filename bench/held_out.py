"""Held-out wrong answers: variants written after the lattice of explanations was frozen, to measure it.

Their author has seen the assignment and the public half of the problems, and neither the lattice nor the
mistakes it knows. `WRONG` maps a problem and a sentence about the mistake to the wrong function. A sentence
that starts with "two mistakes:" names two; one that starts with "no rule:" describes a structure that nobody
could name. A few variants are right in part of their domain, as students' answers are.

`NONSENSE` holds answers that nobody should claim to explain, each a function of the right value, a wrong
variant's value of the same shape, and a generator.
"""

# ruff: noqa: ARG001, ARG005

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

# ---- what several variants share ----


def _norm(M):
    return np.sqrt((M * M).sum())


def _unit(M):
    return M / _norm(M)


def _inner(M, N):
    return (M * N).sum()


def _columns(M):
    return np.sqrt((M * M).sum(axis=0, keepdims=True))


def _rows(M):
    return np.sqrt((M * M).sum(axis=1, keepdims=True))


def _back(e_v, U, norm):
    """the gradient in U, taken back through the normalisation"""
    return (e_v - U * _inner(U, e_v)) / norm


class _Net(NamedTuple):
    Z: Any
    Ut: Any
    norm: Any
    U: Any
    e: Any
    G: Any


def _net(v, W, X, y, s):
    Z = W @ X
    Ut = s(Z)
    norm = _norm(Ut)
    U = Ut / norm
    e = v @ U - y
    return _Net(Z, Ut, norm, U, e, _back(2 * v.T @ e, U, norm))


def _G(v, Ut, y):
    U = _unit(Ut)
    return _back(2 * v.T @ (v @ U - y), U, _norm(Ut))


def _sigmoid_slope(Z):
    return np.exp(-Z) / (1 + np.exp(-Z)) ** 2


def _f(t):
    return np.array([2 * np.cos(t), 4 * np.sin(t), t])


def _f1(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0])


def _f2(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0.0])


# ---- network ----


def _v_stops_one_short(v, U, y):
    total = np.zeros(v.shape)
    for t in range(U.shape[1] - 1):
        total += 2 * (v @ U[:, t] - y[0, t]) * U[:, t]
    return total


def _v_keeps_the_last_example(v, U, y):
    for t in range(U.shape[1]):
        total = np.zeros(v.shape)
        total += 2 * (v @ U[:, t] - y[0, t]) * U[:, t]
    return total


def _U_forgets_last_column(v, U, y):
    G = np.zeros(U.shape)
    for t in range(U.shape[1] - 1):
        G[:, t] = 2 * v[0] * (v[0] @ U[:, t] - y[0, t])
    return G


def _normalize_by_columns(U_tilde, dU_tilde):
    n = _columns(U_tilde)
    U = U_tilde / n
    return (dU_tilde - U * (U * dU_tilde).sum(axis=0)) / n


def _normalize_by_spectral_norm(U_tilde, dU_tilde):
    n = np.linalg.norm(U_tilde, 2)
    U = U_tilde / n
    return (dU_tilde - U * np.trace(U.T @ dU_tilde)) / n


def _normalize_by_l1(U_tilde, dU_tilde):
    n = np.abs(U_tilde).sum()
    U = U_tilde / n
    return (dU_tilde - U * (np.sign(U_tilde) * dU_tilde).sum()) / n


def _normalize_by_mean_square(U_tilde, dU_tilde):
    n = np.sqrt(np.mean(U_tilde**2))
    U = U_tilde / n
    return (dU_tilde - U * np.mean(U * dU_tilde)) / n


def _G_by_examples(v, U_tilde, y):
    n = _columns(U_tilde)
    U = U_tilde / n
    e = v @ U - y
    return 2 / n * (v.T @ e - U * ((v @ U) * e))


def _G_max_norm(v, U_tilde, y):
    n = np.abs(U_tilde).max()
    U = U_tilde / n
    e = v @ U - y
    return 2 / n * (v.T @ e - U * np.trace(v @ U @ e.T))


def _hidden_in_a_loop(W, X, dW, r):
    out = np.zeros((W.shape[0], X.shape[1]))
    for i in range(W.shape[0]):
        for t in range(X.shape[1]):
            out[i, t] = r(W[i] @ X[:, t]) * dW[i, 0] * X[0, t]
    return out


def _W_by_steps(v, W, X, y, s, r):
    D = np.zeros((W.shape[1], W.shape[0]))
    h = 0.1
    for i, j in np.ndindex(*W.shape):
        E = np.zeros(W.shape)
        E[i, j] = h
        D[j, i] = ((_net(v, W + E, X, y, s).e ** 2).sum() - (_net(v, W, X, y, s).e ** 2).sum()) / h
    return D


def _W_per_column_norm(v, W, X, y, s, r):
    Ut = s(W @ X)
    return X @ (_G_by_examples(v, Ut, y) * r(W @ X)).T


def _W_last_neuron_missing(v, W, X, y, s, r):
    q = _net(v, W, X, y, s)
    D = X @ (q.G * r(q.Z)).T
    D[:, -1] = 0
    return D


def _W_y_in_the_trace(v, W, X, y, s, r):
    q = _net(v, W, X, y, s)
    G = 2 / q.norm * (v.T @ q.e - q.U * np.trace(v @ q.U @ y.T))
    return X @ (G * r(q.Z)).T


def _W_raw_residual(v, W, X, y, s, r):
    q = _net(v, W, X, y, s)
    e = v @ q.Ut - y
    return (_back(2 * v.T @ e, q.U, q.norm) * r(q.Z)) @ X.T


def _W_first_term_only_divided(v, W, X, y, s, r):
    q = _net(v, W, X, y, s)
    g = 2 * v.T @ q.e
    return ((g / q.norm - q.U * _inner(q.U, g)) * r(q.Z)) @ X.T


def _W_slope_before_projection(v, W, X, y, s, r):
    q = _net(v, W, X, y, s)
    return _back(2 * v.T @ q.e * r(q.Z), q.U, q.norm) @ X.T


def _W_plus_and_square(v, W, X, y, s, r):
    q = _net(v, W, X, y, s)
    g = 2 * v.T @ q.e
    return ((g + q.U * _inner(q.U, g)) / q.norm**2 * r(q.Z)) @ X.T


def _W_norm_of_W(v, W, X, y, s, r):
    Wn = _unit(W)
    Z = Wn @ X
    e = v @ s(Z) - y
    return (2 * v.T @ e * r(Z)) @ X.T


def _W_stops_one_short(v, W, X, y, s, r):
    q = _net(v, W, X, y, s)
    total = np.zeros(W.shape)
    for t in range(1, X.shape[1]):
        total += np.outer(q.G[:, t] * r(q.Z[:, t]), X[:, t])
    return total


# ---- curve ----


def _curve_about_zero(t, dt):
    return _f(0.0) + _f1(0.0) * (t + dt) + _f2(0.0) * (t + dt) ** 2 / 2


def _curve_integer_array(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0]).astype(int)


# ---- least squares ----


def _gradient_skips_first_row(A, b, x):
    g = np.zeros(x.shape)
    for i in range(1, A.shape[0]):
        g += (A[i] @ x - b[i]) * A[i]
    return g


def _gradient_residual_updated_meanwhile(A, b, x):
    g = np.zeros(x.shape)
    for i in range(A.shape[0]):
        g += (A[i] @ (x - g) - b[i]) * A[i]
    return g


def _second_one_sided(A, b, x, dx):
    s = [((A @ (x + k * dx) - b) ** 2).sum() / 2 for k in (0, 1)]
    return s[1] - s[0]


# ---- identification ----


def _unit_vector(i, n):
    e = np.zeros(n)
    e[i] = 1.0
    return e


def _unit_matrix(i, j, shape):
    E = np.zeros(shape)
    E[i, j] = 1.0
    return E


def _matrix_of(du, n):
    return np.column_stack([du(unit) for unit in np.eye(n)])


def _scalar_never_resets(ds, n):
    e = np.zeros(n)
    u = np.zeros(n)
    for i in range(n):
        e[i] = 1
        u[i] = ds(e)
    return u


def _scalar_integer_array(ds, n):
    u = np.zeros(n, dtype=int)
    for i in range(n):
        u[i] = int(ds(_unit_vector(i, n)))
    return u


def _scalar_stops_one_short(ds, n):
    u = np.zeros(n)
    for i in range(n - 1):
        u[i] = ds(_unit_vector(i, n))
    return u


def _scalar_random_average(ds, n):
    rng = np.random.default_rng(0)
    D = rng.normal(size=(20, n))
    return np.mean([ds(d) * d for d in D], axis=0)


def _vector_never_resets(du, n):
    e = np.zeros(n)
    columns = []
    for i in range(n):
        e[i] = 1
        columns.append(du(e))
    return np.column_stack(columns)


def _vector_last_column_zero(du, n):
    M = _matrix_of(du, n)
    M[:, n - 1] = 0
    return M


def _vector_only_diagonal(du, n):
    k = len(du(np.zeros(n)))
    M = np.zeros((k, n))
    for i in range(min(k, n)):
        M[i, i] = du(_unit_vector(i, n))[i]
    return M


def _vector_counts_from_one(du, n):
    return np.column_stack([du(_unit_vector((i + 1) % n, n)) for i in range(n)])


def _vector_random_average(du, n):
    rng = np.random.default_rng(1)
    D = rng.normal(size=(30, n))
    return np.mean([np.outer(du(d), d) for d in D], axis=0)


def _entries(ds, shape):
    M = np.zeros(shape)
    for i, j in np.ndindex(*shape):
        M[i, j] = ds(_unit_matrix(i, j, shape))
    return M


def _by_matrix_whole_rows(ds, shape):
    M = np.zeros(shape)
    for i in range(shape[0]):
        E = np.zeros(shape)
        E[i] = 1
        M[i] = ds(E)
    return M


def _by_matrix_whole_columns_averaged(ds, shape):
    M = np.zeros(shape)
    for j in range(shape[1]):
        E = np.zeros(shape)
        E[:, j] = 1 / shape[0]
        M[:, j] = ds(E)
    return M


def _by_matrix_only_diagonal(ds, shape):
    M = np.zeros(shape)
    for i in range(min(shape)):
        M[i, i] = ds(_unit_matrix(i, i, shape))
    return M


def _by_matrix_never_resets(ds, shape):
    M = np.zeros(shape)
    E = np.zeros(shape)
    for i, j in np.ndindex(*shape):
        E[i, j] = 1
        M[i, j] = ds(E)
    return M


def _by_matrix_resets_per_row(ds, shape):
    M = np.zeros(shape)
    for i in range(shape[0]):
        E = np.zeros(shape)
        for j in range(shape[1]):
            E[i, j] = 1
            M[i, j] = ds(E)
    return M


def _by_matrix_from_one(ds, shape):
    M = np.zeros(shape)
    for i in range(1, shape[0]):
        for j in range(1, shape[1]):
            M[i, j] = ds(_unit_matrix(i, j, shape))
    return M


def _by_matrix_square_part(ds, shape):
    k = min(shape)
    M = np.zeros(shape)
    for i in range(k):
        for j in range(k):
            M[i, j] = ds(_unit_matrix(j, i, shape))
    return M


# ---- rules ----


def _trace_loop_slip(A, B, dA, dB):
    total = 0.0
    for i in range(min(A.shape)):
        for j in range(min(A.shape)):
            total += dA[i, j] * B[j, i] + A[i, j] * dB[j, i]
    return total


WRONG: dict[str, dict[str, Callable[..., Any]]] = {
    "grad_v": {
        "takes the mean over the examples instead of the sum": lambda v, U, y: (
            2 * (v @ U - y) @ U.T / y.shape[1]
        ),
        "differentiates the norm itself instead of its square": lambda v, U, y: (
            (v @ U - y) @ U.T / _norm(v @ U - y)
        ),
        "normalises U first, although U is a variable of its own here": lambda v, U, y: (
            2 * (v @ _unit(U) - y) @ _unit(U).T
        ),
        "the factor 2 reaches only the first of the two terms after multiplying out": lambda v, U, y: (
            2 * v @ U @ U.T - y @ U.T
        ),
        "sums the residuals and the features over the examples separately, then multiplies the sums": (
            lambda v, U, y: 2 * (v @ U - y).sum() * U.sum(axis=1)[None, :]
        ),
        "returns the parameters after a gradient step instead of the gradient": lambda v, U, y: (
            v - 0.1 * 2 * (v @ U - y) @ U.T
        ),
        "the loop over the examples stops one short": _v_stops_one_short,
        "sets the total back to zero inside the loop, so that only the last example counts": (
            _v_keeps_the_last_example
        ),
        "differentiates the absolute error: uses the residual's sign": lambda v, U, y: (
            np.sign(v @ U - y) @ U.T
        ),
        "returns the gradient as a column": lambda v, U, y: 2 * U @ (v @ U - y).T,
        "leaves the residual squared while differentiating": lambda v, U, y: 2 * (v @ U - y) ** 2 @ U.T,
        "adds the derivative of a ridge penalty on v that the loss does not have": lambda v, U, y: (
            2 * (v @ U - y) @ U.T + 2 * v
        ),
        "two mistakes: target minus prediction, and the mean over the examples": lambda v, U, y: (
            2 * (y - v @ U) @ U.T / U.shape[1]
        ),
        "two mistakes: forgets the targets, and forgets the factor 2": lambda v, U, y: v @ U @ U.T,
        "two mistakes: normalises U first, and adds the targets": lambda v, U, y: (
            2 * (v @ _unit(U) + y) @ _unit(U).T
        ),
        "no rule: running sums of the rows of U meet the targets, scaled by v": lambda v, U, y: (
            v * (U @ y.T).T - np.cumsum(U, axis=0).mean(axis=1) * (v @ v.T)
        ),
    },
    "grad_U": {
        "computes the outer product in the other order and reshapes it instead of transposing": (
            lambda v, U, y: (2 * (v @ U - y).T @ v).reshape(U.shape)
        ),
        "uses the same total residual for every example": lambda v, U, y: (
            2 * v.T * (v @ U - y).sum() * np.ones(U.shape)
        ),
        "stops at the gradient in the prediction and repeats it for every hidden unit": lambda v, U, y: (
            np.tile(2 * (v @ U - y), (U.shape[0], 1))
        ),
        "clips the entries of the gradient to [-1, 1]": lambda v, U, y: np.clip(2 * v.T @ (v @ U - y), -1, 1),
        "the loop over the examples leaves out the last column": _U_forgets_last_column,
        "squares the weights": lambda v, U, y: 2 * (v * v).T @ (v @ U - y),
        "divides by the number of entries of U": lambda v, U, y: 2 * v.T @ (v @ U - y) / U.size,
        "divides by the length of v": lambda v, U, y: 2 * (v / _norm(v)).T @ (v @ U - y),
        "multiplies by U entry by entry at the end": lambda v, U, y: 2 * v.T @ (v @ U - y) * U,
        "returns the derivative that stands under the trace instead of the gradient": lambda v, U, y: (
            2 * (v @ U - y).T @ v
        ),
        "keeps the gradient only where the residual is positive": lambda v, U, y: (
            2 * v.T @ np.maximum(v @ U - y, 0)
        ),
        "takes the targets as plus: vU + y": lambda v, U, y: 2 * v.T @ (v @ U + y),
        "two mistakes: forgets the factor 2, and takes target minus prediction": lambda v, U, y: (
            v.T @ (y - v @ U)
        ),
        "two mistakes: forgets the targets, and puts absolute weights outside": lambda v, U, y: (
            2 * np.abs(v).T @ (v @ U)
        ),
        "no rule: row norms to the power of the targets": lambda v, U, y: (
            _rows(U) ** np.tanh(y) - np.roll(U, 1, axis=1) * v.T**3
        ),
        "no rule: the loss times v, less the targets spread over a normalised U": lambda v, U, y: (
            v.T * ((v @ U - y) ** 2).sum() - U / (1 + np.abs(U)) * y
        ),
    },
    "d_normalize": {
        "normalises every column by its own norm": _normalize_by_columns,
        "takes the spectral norm, np.linalg.norm(…, 2), for the Frobenius norm": _normalize_by_spectral_norm,
        "takes the sum of absolute values for the norm, and differentiates that rightly": _normalize_by_l1,
        "takes the root of the mean square for the norm": _normalize_by_mean_square,
        "takes the trace of the entrywise product instead of the matrix product": (
            lambda U_tilde, dU_tilde: (
                (dU_tilde - _unit(U_tilde) * np.trace(_unit(U_tilde) * dU_tilde)) / _norm(U_tilde)
            )
        ),
        "multiplies U U^T dU as matrices instead of U times the trace": lambda U_tilde, dU_tilde: (
            (dU_tilde - _unit(U_tilde) @ _unit(U_tilde).T @ dU_tilde) / _norm(U_tilde)
        ),
        "returns the difference of the normalised values instead of the differential": (
            lambda U_tilde, dU_tilde: _unit(U_tilde + dU_tilde) - _unit(U_tilde)
        ),
        "normalises the direction": lambda U_tilde, dU_tilde: _unit(dU_tilde),
        "keeps one inner product per column instead of their sum": lambda U_tilde, dU_tilde: (
            (dU_tilde - _unit(U_tilde) * (_unit(U_tilde) * dU_tilde).sum(axis=0)) / _norm(U_tilde)
        ),
        "differentiates 1/norm with the power 2 instead of 3 under the trace": lambda U_tilde, dU_tilde: (
            dU_tilde / _norm(U_tilde) - U_tilde * _inner(U_tilde, dU_tilde) / _norm(U_tilde) ** 2
        ),
        "puts the direction where U belongs in the second term": lambda U_tilde, dU_tilde: (
            (dU_tilde - dU_tilde * _inner(_unit(U_tilde), dU_tilde)) / _norm(U_tilde)
        ),
        "divides by the direction's norm": lambda U_tilde, dU_tilde: (
            (dU_tilde - _unit(U_tilde) * _inner(_unit(U_tilde), dU_tilde)) / _norm(dU_tilde)
        ),
        "forgets the square root: the norm is the sum of squares all the way through": (
            lambda U_tilde, dU_tilde: (
                dU_tilde / _norm(U_tilde) ** 2 - 2 * U_tilde * _inner(U_tilde, dU_tilde) / _norm(U_tilde) ** 4
            )
        ),
        "two mistakes: plus instead of minus, and no division by the norm": lambda U_tilde, dU_tilde: (
            dU_tilde + _unit(U_tilde) * _inner(_unit(U_tilde), dU_tilde)
        ),
        "two mistakes: the trace with the raw layer, and one division by the norm too many": (
            lambda U_tilde, dU_tilde: (
                (dU_tilde - _unit(U_tilde) * _inner(U_tilde, dU_tilde)) / _norm(U_tilde) ** 2
            )
        ),
        "two mistakes: row norms for the norm, and those taken as constants": lambda U_tilde, dU_tilde: (
            dU_tilde / _rows(U_tilde)
        ),
        "no rule: the direction loses its mean and meets the layer's row norms": lambda U_tilde, dU_tilde: (
            (dU_tilde - dU_tilde.mean()) / (1 + _rows(U_tilde)) - np.tanh(U_tilde) * dU_tilde.std()
        ),
    },
    "grad_U_tilde": {
        "normalises every example by its own norm": _G_by_examples,
        "takes the largest absolute entry for the norm": _G_max_norm,
        "the residual is that of the raw layer, the rest is right": lambda v, U_tilde, y: _back(
            2 * v.T @ (v @ U_tilde - y), _unit(U_tilde), _norm(U_tilde)
        ),
        "puts the targets for the residual in the trace": lambda v, U_tilde, y: (
            2
            / _norm(U_tilde)
            * (v.T @ (v @ _unit(U_tilde) - y) - _unit(U_tilde) * np.trace(v @ _unit(U_tilde) @ y.T))
        ),
        "puts the loss where tr(vUe^T) belongs": lambda v, U_tilde, y: (
            2
            / _norm(U_tilde)
            * (v.T @ (v @ _unit(U_tilde) - y) - _unit(U_tilde) * ((v @ _unit(U_tilde) - y) ** 2).sum())
        ),
        "sends the gradient in U forward through the normalisation": lambda v, U_tilde, y: _unit(
            2 * v.T @ (v @ _unit(U_tilde) - y)
        ),
        "the factor 2 stands on the first term only": lambda v, U_tilde, y: (
            (
                2 * v.T @ (v @ _unit(U_tilde) - y)
                - _unit(U_tilde) * _inner(v @ _unit(U_tilde), v @ _unit(U_tilde) - y)
            )
            / _norm(U_tilde)
        ),
        "takes the row sums of the product for the trace": lambda v, U_tilde, y: (
            2
            / _norm(U_tilde)
            * (
                v.T @ (v @ _unit(U_tilde) - y)
                - _unit(U_tilde)
                * (_unit(U_tilde) * (v.T @ (v @ _unit(U_tilde) - y))).sum(axis=1, keepdims=True)
            )
        ),
        "leaves v out of the trace: U is summed against the residual": lambda v, U_tilde, y: (
            2
            / _norm(U_tilde)
            * (
                v.T @ (v @ _unit(U_tilde) - y)
                - _unit(U_tilde) * (_unit(U_tilde) * (v @ _unit(U_tilde) - y)).sum()
            )
        ),
        "takes the whole normalisation off: the gradient in U at the raw layer": lambda v, U_tilde, y: (
            2 * v.T @ (v @ U_tilde - y)
        ),
        "subtracts the trace itself and forgets to multiply it by U": lambda v, U_tilde, y: (
            2
            / _norm(U_tilde)
            * (v.T @ (v @ _unit(U_tilde) - y) - np.trace(v @ _unit(U_tilde) @ (v @ _unit(U_tilde) - y).T))
        ),
        "returns the derivative (T, d) that stands under the trace": lambda v, U_tilde, y: (
            _G(v, U_tilde, y).T
        ),
        "two mistakes: target minus prediction, and the norm taken as a constant": lambda v, U_tilde, y: (
            2 / _norm(U_tilde) * v.T @ (y - v @ _unit(U_tilde))
        ),
        "two mistakes: plus before the second term, and the mean over the examples": lambda v, U_tilde, y: (
            2
            / (_norm(U_tilde) * y.size)
            * (
                v.T @ (v @ _unit(U_tilde) - y)
                + _unit(U_tilde) * _inner(v @ _unit(U_tilde), v @ _unit(U_tilde) - y)
            )
        ),
        "no rule: the signs of the layer, the rolled targets and a sine of v": lambda v, U_tilde, y: (
            np.sign(U_tilde) * np.roll(y, 1) / (1 + _columns(U_tilde))
            + np.sin(3 * v).T * U_tilde.mean(axis=1, keepdims=True)
        ),
        "no rule: sorted columns of the layer, damped by the residual's exponential": lambda v, U_tilde, y: (
            np.sort(U_tilde, axis=0) * np.exp(-((v @ _unit(U_tilde) - y) ** 2)) - v.T * y
        ),
    },
    "d_hidden": {
        "swaps the two products: r of the direction, times WX": lambda W, X, dW, r: r(dW @ X) * (W @ X),
        "takes the slope of the weights, and multiplies by X afterwards": lambda W, X, dW, r: (r(W) * dW) @ X,
        "hard-codes the slope of the logistic function": lambda W, X, dW, r: _sigmoid_slope(W @ X) * (dW @ X),
        "hard-codes the slope of relu": lambda W, X, dW, r: (W @ X > 0) * (dW @ X),
        "takes the slope at its own value: r(r(WX))": lambda W, X, dW, r: r(r(W @ X)) * (dW @ X),
        "takes the slope at the new weights W + dW": lambda W, X, dW, r: r((W + dW) @ X) * (dW @ X),
        "takes the difference of the slopes at the new and the old weights": lambda W, X, dW, r: (
            r((W + dW) @ X) - r(W @ X)
        ),
        "differentiates X too, as though dX were X": lambda W, X, dW, r: r(W @ X) * (dW @ X + W @ X),
        "averages the slope over the examples": lambda W, X, dW, r: (
            r(W @ X).mean(axis=1, keepdims=True) * (dW @ X)
        ),
        "multiplies by the slope twice": lambda W, X, dW, r: r(W @ X) ** 2 * (dW @ X),
        "sums the result over the examples": lambda W, X, dW, r: (r(W @ X) * (dW @ X)).sum(axis=1),
        "adds the slope and the direction's product instead of multiplying": lambda W, X, dW, r: (
            r(W @ X) + dW @ X
        ),
        "the inner loop over the features is missing: only the first feature counts in dW X": (
            _hidden_in_a_loop
        ),
        "two mistakes: the slope at the direction's product, and a minus": lambda W, X, dW, r: (
            -r(dW @ X) * (dW @ X)
        ),
        "two mistakes: the slope rounded to 0 or 1, and the mean over the examples": lambda W, X, dW, r: (
            np.round(r(W @ X)) * (dW @ X) / X.shape[1]
        ),
        "no rule: slopes of the first feature and cubes of the direction's sums": lambda W, X, dW, r: (
            r(np.outer(W[:, 0], X[-1])) + np.outer(dW.sum(axis=1) ** 3, np.abs(X).max(axis=0))
        ),
        "no rule: slopes of the column norms against running sums of the product": lambda W, X, dW, r: (
            r(_columns(X)) * np.cumsum(dW @ X, axis=0) - np.abs(W @ X) ** 0.5
        ),
    },
    "derivative_W": {
        "returns the gradient, shaped like W, instead of the derivative": lambda v, W, X, y, s, r: (
            (_net(v, W, X, y, s).G * r(W @ X)) @ X.T
        ),
        "reshapes the gradient instead of transposing it": lambda v, W, X, y, s, r: (
            (_net(v, W, X, y, s).G * r(W @ X)) @ X.T
        ).reshape(X.shape[0], W.shape[0]),
        "takes the slope at the layer's output": lambda v, W, X, y, s, r: (
            X @ (_net(v, W, X, y, s).G * r(s(W @ X))).T
        ),
        "multiplies by the activation instead of its slope": lambda v, W, X, y, s, r: (
            X @ (_net(v, W, X, y, s).G * s(W @ X)).T
        ),
        "takes the norm as a constant": lambda v, W, X, y, s, r: (
            X @ (2 * v.T @ _net(v, W, X, y, s).e / _norm(s(W @ X)) * r(W @ X)).T
        ),
        "forward differences with the coarse step 0.1": _W_by_steps,
        "normalises the layer example by example": _W_per_column_norm,
        "the column of the last hidden unit stays zero": _W_last_neuron_missing,
        "the targets stand for the residual in the trace": _W_y_in_the_trace,
        "applies the slope after the product with X, through W instead of WX": lambda v, W, X, y, s, r: (
            (X @ _net(v, W, X, y, s).G.T) * r(W).T
        ),
        "centres the features before the last product": lambda v, W, X, y, s, r: (
            (X - X.mean(axis=1, keepdims=True)) @ (_net(v, W, X, y, s).G * r(W @ X)).T
        ),
        "differentiates in X instead of W": lambda v, W, X, y, s, r: (
            (W.T @ (_net(v, W, X, y, s).G * r(W @ X))).T
        ),
        "two mistakes: the slope is forgotten, and the mean over the examples is taken": (
            lambda v, W, X, y, s, r: X @ _net(v, W, X, y, s).G.T / X.shape[1]
        ),
        "two mistakes: no normalisation at all, and target minus prediction": lambda v, W, X, y, s, r: (
            X @ (2 * v.T @ (y - v @ s(W @ X)) * r(W @ X)).T
        ),
        "two mistakes: the norm constant, and the slope at the layer's output": lambda v, W, X, y, s, r: (
            X @ (2 * v.T @ _net(v, W, X, y, s).e / _norm(s(W @ X)) * r(s(W @ X))).T
        ),
        "no rule: the data against exponentials of the hidden layer": lambda v, W, X, y, s, r: (
            np.tanh(X) @ np.exp(-np.abs(s(W @ X))).T * v.sum() - W.T**2 * y.mean()
        ),
        "no rule: the covariance of the data meets the weights, scaled by the loss": (
            lambda v, W, X, y, s, r: (
                X @ X.T @ W.T * (_net(v, W, X, y, s).e ** 2).sum() - np.outer(X @ y[0], r(v[0]))
            )
        ),
    },
    "grad_W": {
        "the residual is that of the raw layer, the rest is right": _W_raw_residual,
        "divides only the first term by the norm": _W_first_term_only_divided,
        "multiplies by the slope before going back through the normalisation": _W_slope_before_projection,
        "normalises the weights instead of the hidden layer": _W_norm_of_W,
        "the loop over the examples starts at the second one": _W_stops_one_short,
        "hard-codes the slope of the logistic function": lambda v, W, X, y, s, r: (
            (_net(v, W, X, y, s).G * _sigmoid_slope(W @ X)) @ X.T
        ),
        "takes the slope at the normalised layer": lambda v, W, X, y, s, r: (
            (_net(v, W, X, y, s).G * r(_net(v, W, X, y, s).U)) @ X.T
        ),
        "sends the gradient through the activation itself: s(G) instead of G times the slope": (
            lambda v, W, X, y, s, r: s(_net(v, W, X, y, s).G) @ X.T
        ),
        "returns the new weights after a step of length 0.01": lambda v, W, X, y, s, r: (
            W - 0.01 * (_net(v, W, X, y, s).G * r(W @ X)) @ X.T
        ),
        "adds weight decay": lambda v, W, X, y, s, r: (_net(v, W, X, y, s).G * r(W @ X)) @ X.T + 0.1 * W,
        "forgets v on the way back: every hidden unit gets the bare residual": lambda v, W, X, y, s, r: (
            (
                _back(
                    2 * np.tile(_net(v, W, X, y, s).e, (W.shape[0], 1)),
                    _net(v, W, X, y, s).U,
                    _norm(s(W @ X)),
                )
                * r(W @ X)
            )
            @ X.T
        ),
        "multiplies the sums over the examples instead of summing the products": lambda v, W, X, y, s, r: (
            np.outer((_net(v, W, X, y, s).G * r(W @ X)).sum(axis=1), X.sum(axis=1))
        ),
        "two mistakes: the mean over the examples, and the result flattened": lambda v, W, X, y, s, r: (
            np.ravel((_net(v, W, X, y, s).G * r(W @ X)) @ X.T / X.shape[1])
        ),
        "two mistakes: plus before the second term, and the norm squared below": _W_plus_and_square,
        "two mistakes: forgets the factor 2, and takes the slope of the slope": lambda v, W, X, y, s, r: (
            (_net(v, W, X, y, s).G / 2 * r(r(W @ X))) @ X.T
        ),
        "no rule: hidden values times the sorted data, shifted by v": lambda v, W, X, y, s, r: (
            s(W @ X) @ np.sort(X, axis=1).T / (1 + np.abs(W)) - v.T * r(W) * (y @ y.T)
        ),
    },
    "curve_velocity": {
        "takes the angle in degrees": lambda t: np.array(
            [-2 * np.sin(np.deg2rad(t)), 4 * np.cos(np.deg2rad(t)), 1.0]
        ),
        "reads 2 cos t as cos 2t and 4 sin t as sin 4t": lambda t: np.array(
            [-2 * np.sin(2 * t), 4 * np.cos(4 * t), 1.0]
        ),
        "returns the speed": lambda t: np.linalg.norm(_f1(t)),
        "returns the unit tangent": lambda t: _f1(t) / np.linalg.norm(_f1(t)),
        "swaps the factors 2 and 4": lambda t: np.array([-4 * np.sin(t), 2 * np.cos(t), 1.0]),
        "loses the minus of the cosine's derivative": lambda t: np.array([2 * np.sin(t), 4 * np.cos(t), 1.0]),
        "leaves t in the third component": lambda t: np.array([-2 * np.sin(t), 4 * np.cos(t), t]),
        "takes the absolute value of t, and so is wrong for negative t": lambda t: _f1(abs(t)),
        "a difference quotient with the coarse step 0.1": lambda t: (_f(t + 0.1) - _f(t)) / 0.1,
        "rounds to one decimal": lambda t: np.round(_f1(t), 1),
        "turns the values into integers": _curve_integer_array,
        "returns the first two components only": lambda t: _f1(t)[:2],
        "integrates instead of differentiating": lambda t: np.array(
            [2 * np.sin(t), -4 * np.cos(t), t**2 / 2]
        ),
        "multiplies each component by t, as the product rule on 2t cos t would start": lambda t: np.array(
            [2 * np.cos(t) - 2 * t * np.sin(t), 4 * np.sin(t) + 4 * t * np.cos(t), 1.0]
        ),
        "two mistakes: drops the factors 2 and 4, and the third component is 0": lambda t: np.array(
            [-np.sin(t), np.cos(t), 0.0]
        ),
        "two mistakes: both signs turned, and t left in the third component": lambda t: np.array(
            [2 * np.sin(t), -4 * np.cos(t), t]
        ),
        "no rule: running sums of exponentials of the position": lambda t: np.cumsum(
            np.exp(-np.abs(_f(t))) - 0.3 * t
        ),
    },
    "curve_acceleration": {
        "thinks that every component satisfies f'' = -f": lambda t: -_f(t),
        "squares the velocity": lambda t: _f1(t) ** 2,
        "reads 2 cos t as cos 2t and 4 sin t as sin 4t": lambda t: np.array(
            [-4 * np.cos(2 * t), -16 * np.sin(4 * t), 0.0]
        ),
        "drops the factors 2 and 4": lambda t: np.array([-np.cos(t), -np.sin(t), 0.0]),
        "differentiates once too often": lambda t: np.array([2 * np.sin(t), -4 * np.cos(t), 0.0]),
        "the third component stays 1": lambda t: np.array([-2 * np.cos(t), -4 * np.sin(t), 1.0]),
        "squares the factors when differentiating again": lambda t: np.array(
            [-4 * np.cos(t), -16 * np.sin(t), 0.0]
        ),
        "returns the length of the acceleration": lambda t: np.sqrt((_f2(t) ** 2).sum()),
        "takes off the tangential part": lambda t: _f2(t) - _f1(t) * (_f1(t) @ _f2(t)) / (_f1(t) @ _f1(t)),
        "divides the second difference by the step once instead of twice": lambda t: (
            (_f(t + 0.01) - 2 * _f(t) + _f(t - 0.01)) / 0.01
        ),
        "keeps the half of the expansion in the derivative": lambda t: _f2(t) / 2,
        "gets the sine's sign wrong for negative t": lambda t: np.array(
            [-2 * np.cos(t), -4 * np.abs(np.sin(t)), 0.0]
        ),
        "differentiates only the second component again": lambda t: np.array(
            [-2 * np.sin(t), -4 * np.sin(t), 0.0]
        ),
        "two mistakes: sine and cosine swapped, and the third component is t": lambda t: np.array(
            [-2 * np.sin(t), -4 * np.cos(t), t]
        ),
        "two mistakes: the factors 2 and 4 swapped, and the sine's minus lost": lambda t: np.array(
            [-4 * np.cos(t), 2 * np.sin(t), 0.0]
        ),
        "no rule: quotients of shifted positions": lambda t: (
            (_f(t + 1) * _f(t / 2)[::-1]) / (2 + np.cos(3 * t))
        ),
        "no rule: the velocity crossed with a shifted position": lambda t: (
            np.cross(_f1(t), _f(t) + 1) / (1 + t**2)
        ),
    },
    "curve_taylor": {
        "expands about 0 instead of t": _curve_about_zero,
        "returns the curve at t + dt itself": lambda t, dt: _f(t + dt),
        "goes on to the third order": lambda t, dt: (
            _f(t)
            + _f1(t) * dt
            + _f2(t) * dt**2 / 2
            + np.array([2 * np.sin(t), -4 * np.cos(t), 0.0]) * dt**3 / 6
        ),
        "halves the step before squaring it": lambda t, dt: _f(t) + _f1(t) * dt + _f2(t) * (dt / 2) ** 2,
        "takes the derivatives at t + dt": lambda t, dt: _f(t) + _f1(t + dt) * dt + _f2(t + dt) * dt**2 / 2,
        "takes a third instead of a half before the second differential": lambda t, dt: (
            _f(t) + _f1(t) * dt + _f2(t) * dt**2 / 3
        ),
        "does not square dt": lambda t, dt: _f(t) + _f1(t) * dt + _f2(t) * dt / 2,
        "returns the increment without the value": lambda t, dt: _f1(t) * dt + _f2(t) * dt**2 / 2,
        "takes half of the first differential too": lambda t, dt: _f(t) + (_f1(t) * dt + _f2(t) * dt**2) / 2,
        "adds the half of dt squared to the third component": lambda t, dt: (
            _f(t) + _f1(t) * dt + np.array([-2 * np.cos(t), -4 * np.sin(t), 1.0]) * dt**2 / 2
        ),
        "steps backwards": lambda t, dt: _f(t) - _f1(t) * dt + _f2(t) * dt**2 / 2,
        "subtracts the second-order term": lambda t, dt: _f(t) + _f1(t) * dt - _f2(t) * dt**2 / 2,
        "multiplies all three terms by dt": lambda t, dt: _f(t) * dt + _f1(t) * dt + _f2(t) * dt**2 / 2,
        "hard-codes the step 0.1": lambda t, dt: _f(t) + _f1(t) * 0.1 + _f2(t) * 0.1**2 / 2,
        "two mistakes: no half, and the sine's second derivative without its minus": lambda t, dt: (
            _f(t) + _f1(t) * dt + np.array([-2 * np.cos(t), 4 * np.sin(t), 0.0]) * dt**2
        ),
        "two mistakes: the third component stays t, and the second-order term is missing": (
            lambda t, dt: _f(t) + np.array([-2 * np.sin(t), 4 * np.cos(t), 0.0]) * dt
        ),
        "two mistakes: derivatives at t + dt, and no half": lambda t, dt: (
            _f(t) + _f1(t + dt) * dt + _f2(t + dt) * dt**2
        ),
        "no rule: the curve at a product of the arguments, and a root of the step": lambda t, dt: (
            _f(t * (1 + dt) ** 2) - np.sqrt(dt) * np.abs(_f1(t)) ** 1.5
        ),
        "no rule: the velocity at t dt, bent by an exponential": lambda t, dt: (
            _f(t) * np.exp(-dt) + _f1(t * dt) ** 2 * np.sqrt(dt)
        ),
    },
    "least_squares_gradient": {
        "forgets the transpose on b and cuts b to the length that fits": lambda A, b, x: (
            A.T @ A @ x - b[: x.size]
        ),
        "reshapes A instead of transposing it": lambda A, b, x: (
            A.reshape(A.shape[1], A.shape[0]) @ (A @ x - b)
        ),
        "uses the pseudo-inverse for the transpose": lambda A, b, x: np.linalg.pinv(A) @ (A @ x - b),
        "returns the minimiser of the sum of squares": lambda A, b, x: np.linalg.lstsq(A, b, rcond=None)[0],
        "multiplies by x entry by entry at the end": lambda A, b, x: A.T @ (A @ x - b) * x,
        "differentiates the norm instead of half its square": lambda A, b, x: (
            A.T @ (A @ x - b) / np.linalg.norm(A @ x - b)
        ),
        "differentiates in b instead of x": lambda A, b, x: b - A @ x,
        "the sum over the rows starts at the second row": _gradient_skips_first_row,
        "updates the residual while it sums over the rows": _gradient_residual_updated_meanwhile,
        "the mean over the rows": lambda A, b, x: A.T @ (A @ x - b) / b.size,
        "multiplies the column sums of A by the sum of the residual": lambda A, b, x: (
            A.sum(axis=0) * (A @ x - b).sum()
        ),
        "adds a ridge term x": lambda A, b, x: A.T @ (A @ x - b) + x,
        "counts positive residuals only": lambda A, b, x: A.T @ np.maximum(A @ x - b, 0),
        "the factor 2 on A^T A x only, from a square that was not halved": lambda A, b, x: (
            2 * A.T @ A @ x - A.T @ b
        ),
        "two mistakes: b minus Ax, and the factor 2 of the unhalved square": lambda A, b, x: (
            2 * A.T @ (b - A @ x)
        ),
        "two mistakes: A^T b is added, and A^T A is cut to its diagonal": lambda A, b, x: (
            (A * A).sum(axis=0) * x + A.T @ b
        ),
        "two mistakes: the mean over the columns, and a ridge term": lambda A, b, x: (
            A.T @ (A @ x - b) / x.size + 0.1 * x
        ),
        "no rule: column norms of A raised to the size of x, against the largest b": lambda A, b, x: (
            np.linalg.norm(A, axis=0) ** np.tanh(x) - b.max() * np.cumsum(x)
        ),
    },
    "least_squares_hessian": {
        "takes the covariance of the columns, which subtracts their means": lambda A, b, x: (
            np.cov(A, rowvar=False, bias=True) * A.shape[0]
        ),
        "the outer product of the gradient with itself": lambda A, b, x: np.outer(
            A.T @ (A @ x - b), A.T @ (A @ x - b)
        ),
        "returns the inverse Hessian": lambda A, b, x: np.linalg.inv(A.T @ A),
        "keeps the diagonal only": lambda A, b, x: np.diag((A * A).sum(axis=0)),
        "fills the upper triangle only": lambda A, b, x: np.triu(A.T @ A),
        "counts the mixed second derivatives twice": lambda A, b, x: 2 * A.T @ A - np.diag(np.diag(A.T @ A)),
        "transposes the wrong factor: A A^T": lambda A, b, x: A @ A.T,
        "reshapes A instead of transposing it": lambda A, b, x: A.reshape(A.shape[1], A.shape[0]) @ A,
        "adds the identity": lambda A, b, x: A.T @ A + np.eye(x.size),
        "weights the rows by the residual": lambda A, b, x: A.T @ ((A @ x - b)[:, None] * A),
        "weights the columns by x": lambda A, b, x: A.T @ (A * x),
        "the loop over the rows of A stops one short": lambda A, b, x: A[:-1].T @ A[:-1],
        "returns the gradient": lambda A, b, x: A.T @ (A @ x - b),
        "divides by the number of rows": lambda A, b, x: A.T @ A / A.shape[0],
        "divides by the column norms, as in a correlation": lambda A, b, x: (
            A.T @ A / np.outer(np.linalg.norm(A, axis=0), np.linalg.norm(A, axis=0))
        ),
        "two mistakes: factor 2 of the unhalved square, and a lower triangle only": lambda A, b, x: (
            2 * np.tril(A.T @ A)
        ),
        "two mistakes: the mean over the rows, and a minus": lambda A, b, x: -A.T @ A / b.size,
        "two mistakes: the identity added, and the columns centred": lambda A, b, x: (
            (A - A.mean(axis=0)).T @ (A - A.mean(axis=0)) + np.eye(x.size)
        ),
        "no rule: products of neighbouring rows with the signs of b": lambda A, b, x: (
            A[1:].T @ (A[:-1] ** 2 * np.sign(b[1:])[:, None]) - np.subtract.outer(x, x)
        ),
        "no rule: sorted columns against the exponentials of x": lambda A, b, x: (
            np.sort(A, axis=0)[: x.size] * np.exp(-(x**2)) + np.outer(x, A[0] - b[0])
        ),
    },
    "least_squares_second_differential": {
        "squares the sum instead of summing the squares": lambda A, b, x, dx: np.sum(A @ dx) ** 2,
        "takes the length of A dx, not squared": lambda A, b, x, dx: np.linalg.norm(A @ dx),
        "leaves out the mixed terms": lambda A, b, x, dx: ((A * A) @ (dx * dx)).sum(),
        "returns the whole change of s": _second_one_sided,
        "puts x where the left dx belongs": lambda A, b, x, dx: x @ A.T @ A @ dx,
        "puts x for dx on both sides": lambda A, b, x, dx: x @ A.T @ A @ x,
        "copies the first differential and only changes x into dx": lambda A, b, x, dx: (
            dx @ A.T @ (A @ dx - b)
        ),
        "sums the absolute entries of A dx": lambda A, b, x, dx: np.abs(A @ dx).sum(),
        "takes the trace of A^T A times dx squared": lambda A, b, x, dx: np.trace(A.T @ A) * (dx @ dx),
        "squares the first differential": lambda A, b, x, dx: (dx @ A.T @ (A @ x - b)) ** 2,
        "adds the first differential": lambda A, b, x, dx: dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ dx,
        "returns the Hessian times dx, and forgets the dx on the left": lambda A, b, x, dx: A.T @ A @ dx,
        "returns the Hessian times the outer product entry by entry, unsummed": lambda A, b, x, dx: (
            (A.T @ A) * np.outer(dx, dx)
        ),
        "divides by the length of dx, as for a unit direction": lambda A, b, x, dx: (
            dx @ A.T @ A @ dx / np.linalg.norm(dx)
        ),
        "the mean of the squares of A dx": lambda A, b, x, dx: np.mean((A @ dx) ** 2),
        "two mistakes: x on the left, and a half": lambda A, b, x, dx: (A @ x) @ (A @ dx) / 2,
        "two mistakes: doubled, and the last row of A forgotten": lambda A, b, x, dx: (
            2 * ((A[:-1] @ dx) ** 2).sum()
        ),
        "no rule: the logarithm of the step against the largest residual": lambda A, b, x, dx: (
            np.log1p(dx @ dx) * np.abs(A @ x - b).max() - np.sort(A @ dx)[0] ** 3
        ),
        "no rule: the spectral norm of A, the largest step and the median of b": lambda A, b, x, dx: (
            np.linalg.norm(A, 2) * np.abs(dx).max() + np.median(b) * np.tanh(x).sum()
        ),
    },
    "least_squares_taylor": {
        "takes the gradient at x + dx": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() / 2 + dx @ A.T @ (A @ (x + dx) - b) + dx @ A.T @ A @ dx / 2
        ),
        "forgets the half in the value": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() + dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ dx / 2
        ),
        "forgets the half before the second differential": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() / 2 + dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ dx
        ),
        "leaves A^T b out of the first-order term": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() / 2 + dx @ A.T @ A @ x + dx @ A.T @ A @ dx / 2
        ),
        "x instead of dx on the right of the second-order term": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() / 2 + dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ x / 2
        ),
        "takes the length of the residual for the value, not squared": lambda A, b, x, dx: (
            np.linalg.norm(A @ x - b) / 2 + dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ dx / 2
        ),
        "skips the first-order term": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() / 2 + dx @ A.T @ A @ dx / 2
        ),
        "forgets A^T A in the second-order term, and halves dx squared": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() / 2 + dx @ A.T @ (A @ x - b) + dx @ dx / 2
        ),
        "steps from x to x - dx": lambda A, b, x, dx: ((A @ (x - dx) - b) ** 2).sum() / 2,
        "the value is the mean of the squares, the differentials are right": lambda A, b, x, dx: (
            np.mean((A @ x - b) ** 2) / 2 + dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ dx / 2
        ),
        "adds b to Ax throughout": lambda A, b, x, dx: ((A @ (x + dx) + b) ** 2).sum() / 2,
        "counts the mixed second derivatives twice": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() / 2
            + dx @ A.T @ (A @ x - b)
            + dx @ A.T @ A @ dx
            - ((A * A) @ (dx * dx)).sum() / 2
        ),
        "adds the terms as a vector: the gradient times dx is not summed": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() / 2 + A.T @ (A @ x - b) * dx + dx @ A.T @ A @ dx / 2
        ),
        "multiplies the first-order term by 2, as from the unhalved square": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() / 2 + 2 * dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ dx / 2
        ),
        "returns the change only, without the value": lambda A, b, x, dx: (
            dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ dx / 2
        ),
        "two mistakes: no second-order term, and the first with a minus": lambda A, b, x, dx: (
            ((A @ x - b) ** 2).sum() / 2 - dx @ A.T @ (A @ x - b)
        ),
        "two mistakes: the value without its half, and the second-order term without its own": (
            lambda A, b, x, dx: ((A @ x - b) ** 2).sum() + dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ dx
        ),
        "no rule: products of medians and running sums": lambda A, b, x, dx: (
            np.median(A @ x) * np.cumsum(dx).max() + np.sqrt(b @ b) * np.cos(x @ dx)
        ),
        "no rule: the logarithm of the loss and a product of the steps": lambda A, b, x, dx: (
            np.log1p(((A @ x - b) ** 2).sum()) + np.prod(1 + dx**2) - np.abs(A).max() * x[0]
        ),
    },
    "identify_scalar_by_vector": {
        "forgets to reset the unit vector, so the ones pile up": _scalar_never_resets,
        "stores the values in an array of integers": _scalar_integer_array,
        "the loop stops one short, and the last entry stays zero": _scalar_stops_one_short,
        "fills in the entries from the back": lambda ds, n: np.array(
            [ds(_unit_vector(n - 1 - i, n)) for i in range(n)]
        ),
        "asks once, for all ones, and spreads the answer evenly": lambda ds, n: np.full(
            n, ds(np.ones(n)) / n
        ),
        "counts the unit vectors from 1, and so is one place off": lambda ds, n: np.array(
            [ds(_unit_vector((i + 1) % n, n)) for i in range(n)]
        ),
        "uses small steps and forgets to divide by them": lambda ds, n: np.array(
            [ds(0.001 * unit) for unit in np.eye(n)]
        ),
        "makes the answer a unit vector": lambda ds, n: _unit(np.array([ds(unit) for unit in np.eye(n)])),
        "takes a central difference and forgets to divide by 2": lambda ds, n: np.array(
            [ds(np.ones(n) + unit) - ds(np.ones(n) - unit) for unit in np.eye(n)]
        ),
        "puts the index into the vector instead of a one": lambda ds, n: np.array(
            [ds((i + 1) * _unit_vector(i, n)) for i in range(n)]
        ),
        "takes absolute values": lambda ds, n: np.abs([ds(unit) for unit in np.eye(n)]),
        "returns the value for all ones": lambda ds, n: ds(np.ones(n)),
        "puts zeros where ones belong and ones elsewhere": lambda ds, n: np.array(
            [ds(np.ones(n) - unit) for unit in np.eye(n)]
        ),
        "returns a column": lambda ds, n: np.array([[ds(unit)] for unit in np.eye(n)]),
        "two mistakes: the order reversed, and the step 2 not divided out": lambda ds, n: np.array(
            [ds(2 * unit) for unit in np.eye(n)]
        )[::-1],
        "two mistakes: the ones pile up, and the last entry stays zero": lambda ds, n: (
            _scalar_never_resets(ds, n) * (np.arange(n) < n - 1)
        ),
        "no rule: averages of random directions weighted by the answers": _scalar_random_average,
        "no rule: answers to squares and roots of the counting vector": lambda ds, n: np.array(
            [ds(np.arange(1.0, n + 1) ** (i / 2)) - i * ds(np.ones(n)) ** 2 for i in range(n)]
        ),
    },
    "identify_vector_by_vector": {
        "puts the answers into the rows": lambda du, n: np.array([du(unit) for unit in np.eye(n)]),
        "puts the answers into the rows and reshapes them": lambda du, n: np.array(
            [du(unit) for unit in np.eye(n)]
        ).reshape(-1, n),
        "forgets to reset the unit vector, so the ones pile up": _vector_never_resets,
        "the last column stays zero": _vector_last_column_zero,
        "keeps the diagonal only": _vector_only_diagonal,
        "counts the unit vectors from 1, and so is one column off": _vector_counts_from_one,
        "fills in the columns from the back": lambda du, n: _matrix_of(du, n)[:, ::-1],
        "asks once, for all ones, and spreads the answer over the columns": lambda du, n: (
            np.outer(du(np.ones(n)), np.ones(n)) / n
        ),
        "joins the columns to one long vector": lambda du, n: np.concatenate(
            [du(unit) for unit in np.eye(n)]
        ),
        "returns the norms of the columns": lambda du, n: np.array(
            [np.linalg.norm(du(unit)) for unit in np.eye(n)]
        ),
        "normalises every column": lambda du, n: _matrix_of(du, n) / _columns(_matrix_of(du, n)),
        "feeds in the negative unit vectors": lambda du, n: -_matrix_of(du, n),
        "turns the matrix upside down": lambda du, n: _matrix_of(du, n)[::-1],
        "takes the mean direction off every unit vector": lambda du, n: np.column_stack(
            [du(unit - 1 / n) for unit in np.eye(n)]
        ),
        "truncates the entries to integers": lambda du, n: _matrix_of(du, n).astype(int),
        "two mistakes: one column off, and the first one divided by 2": lambda du, n: (
            _vector_counts_from_one(du, n) * np.where(np.arange(n) == 0, 0.5, 1.0)
        ),
        "two mistakes: the ones pile up, and the order is reversed": lambda du, n: _vector_never_resets(
            du, n
        )[:, ::-1],
        "no rule: averages of outer products with random directions": _vector_random_average,
        "no rule: hyperbolic tangents of the answers to growing vectors": lambda du, n: np.column_stack(
            [np.tanh(du(np.arange(n) ** 0.5 * (i + 1))) for i in range(n)]
        ),
    },
    "identify_scalar_by_matrix": {
        "returns the matrix that stands under the trace without the transpose": lambda ds, shape: (
            _entries(ds, shape).T
        ),
        "runs through the columns first and fills the result row by row": lambda ds, shape: (
            _entries(ds, shape).ravel(order="F").reshape(shape)
        ),
        "fills a whole row with ones at a time": _by_matrix_whole_rows,
        "fills a whole column at a time, and averages": _by_matrix_whole_columns_averaged,
        "asks for the diagonal only": _by_matrix_only_diagonal,
        "forgets to reset the unit matrix, so the ones pile up": _by_matrix_never_resets,
        "resets the unit matrix only at the start of a row": _by_matrix_resets_per_row,
        "counts rows and columns from 1, so the first of each stay zero": _by_matrix_from_one,
        "swaps the indices inside the largest square, and leaves the rest zero": _by_matrix_square_part,
        "returns a flat vector": lambda ds, shape: _entries(ds, shape).ravel(),
        "multiplies row sums by column sums": lambda ds, shape: np.outer(
            _entries(ds, shape).sum(axis=1), _entries(ds, shape).sum(axis=0)
        ),
        "divides by the number of entries": lambda ds, shape: _entries(ds, shape) / (shape[0] * shape[1]),
        "returns the value for all ones": lambda ds, shape: ds(np.ones(shape)),
        "rounds the entries to one decimal": lambda ds, shape: np.round(_entries(ds, shape), 1),
        "reverses the order of the rows": lambda ds, shape: _entries(ds, shape)[::-1],
        "two mistakes: the rows reversed, and the last column left zero": lambda ds, shape: (
            _entries(ds, shape)[::-1] * (np.arange(shape[1]) < shape[1] - 1)
        ),
        "two mistakes: a minus, and the square of the number of rows below": lambda ds, shape: (
            -_entries(ds, shape) / shape[0] ** 2
        ),
        "no rule: sines of the answers to matrices of growing powers": lambda ds, shape: np.array(
            [
                [
                    np.sin(ds(np.arange(1.0, 1 + shape[0] * shape[1]).reshape(shape) ** (i / (j + 2))))
                    for j in range(shape[1])
                ]
                for i in range(shape[0])
            ]
        ),
    },
    "derivative_shape": {
        "puts the variable's shape first": lambda of, by: by + of if len(of) + len(by) <= 2 else None,
        "gives a shape to the three crossed-out cells too": lambda of, by: of + by,
        "vectorises the matrices, so that no cell is crossed out": lambda of, by: (
            of + by if len(of) + len(by) <= 2 else (int(np.prod(of)), int(np.prod(by)))
        ),
        "crosses out everything in the column of the matrix": lambda of, by: (
            None if len(by) == 2 or len(of) + len(by) > 2 else of + by
        ),
        "crosses out a matrix by a scalar": lambda of, by: (
            None if len(of) == 2 or len(of) + len(by) > 2 else of + by
        ),
        "returns the derivative of a scalar by a matrix transposed": lambda of, by: (
            by[::-1] if of == () and len(by) == 2 else of + by if len(of) + len(by) <= 2 else None
        ),
        "always returns the shape of the function's value": lambda of, by: of,
        "always returns the shape of the variable": lambda of, by: by,
        "treats a vector by a scalar as a column (k, 1)": lambda of, by: (
            (of[0], 1) if len(of) == 1 and by == () else of + by if len(of) + len(by) <= 2 else None
        ),
        "treats the derivative of a scalar by a vector as a row (1, n)": lambda of, by: (
            (1, by[0]) if of == () and len(by) == 1 else of + by if len(of) + len(by) <= 2 else None
        ),
        "confuses the gradient with the Hessian: (n, n) for a scalar by a vector": lambda of, by: (
            by + by if of == () and len(by) == 1 else of + by if len(of) + len(by) <= 2 else None
        ),
        "writes (1,) for a scalar": lambda of, by: (
            (1,) if of == by == () else of + by if len(of) + len(by) <= 2 else None
        ),
        "returns () for the crossed-out cells": lambda of, by: of + by if len(of) + len(by) <= 2 else (),
        "thinks a vector by a vector works entry by entry, with the value's shape": lambda of, by: (
            of if len(of) == len(by) == 1 else of + by if len(of) + len(by) <= 2 else None
        ),
        "fills the crossed-out cells by dropping the axes in the middle, as in a product": lambda of, by: (
            of + by if len(of) + len(by) <= 2 else of[:-1] + by[1:]
        ),
        "two mistakes: value and variable swapped, and scalars as (1,)": lambda of, by: (
            (by + of or (1,)) if len(of) + len(by) <= 2 else None
        ),
        "two mistakes: a vector by a vector crossed out, and a vector by a matrix with its rows only": (
            lambda of, by: (
                None if len(of) == len(by) == 1 else of + by if len(of) + len(by) <= 2 else of + by[:1]
            )
        ),
        "no rule: differences of the sizes": lambda of, by: (
            abs(sum(of) - sum(by)),
            max(of + by + (1,)) + len(of),
        ),
        "no rule: sorts all the numbers and keeps the larger ones": lambda of, by: tuple(
            sorted(of + by + (1,), reverse=True)[: max(1, len(by))]
        ),
    },
    "d_trace_of_product": {
        "differentiates only the first of the two factors": lambda A, B, dA, dB: np.trace(dA @ B),
        "subtracts the second term": lambda A, B, dA, dB: np.trace(dA @ B) - np.trace(A @ dB),
        "multiplies the two differentials": lambda A, B, dA, dB: np.trace(dA @ dB),
        "returns the whole change, with the second-order term": lambda A, B, dA, dB: (
            np.trace((A + dA) @ (B + dB)) - np.trace(A @ B)
        ),
        "adds the value": lambda A, B, dA, dB: np.trace(A @ B) + np.trace(dA @ B) + np.trace(A @ dB),
        "takes the product of the traces for the trace of the product": lambda A, B, dA, dB: (
            np.trace(dA) * np.trace(B) + np.trace(A) * np.trace(dB)
        ),
        "sums all entries of the products instead of the diagonal": lambda A, B, dA, dB: (
            (dA @ B).sum() + (A @ dB).sum()
        ),
        "takes the trace of entrywise products": lambda A, B, dA, dB: np.trace(dA * B.T + A * dB.T),
        "pairs every matrix with its own differential": lambda A, B, dA, dB: (A * dA).sum() + (B * dB).sum(),
        "reshapes B instead of transposing it": lambda A, B, dA, dB: (
            (dA * B.reshape(A.shape)).sum() + (A * dB.reshape(A.shape)).sum()
        ),
        "forgets the trace": lambda A, B, dA, dB: dA @ B + A @ dB,
        "returns the diagonal without summing it": lambda A, B, dA, dB: np.diag(dA @ B + A @ dB),
        "takes the Frobenius norm instead of the trace": lambda A, B, dA, dB: np.linalg.norm(dA @ B + A @ dB),
        "differentiates the same factor twice": lambda A, B, dA, dB: 2 * np.trace(A @ dB),
        "loops over the smaller of the two dimensions in both indices": _trace_loop_slip,
        "forgets the differential in the second term: tr(AB)": lambda A, B, dA, dB: (
            np.trace(dA @ B) + np.trace(A @ B)
        ),
        "two mistakes: the mean of the diagonal, and the second term only": lambda A, B, dA, dB: np.diag(
            A @ dB
        ).mean(),
        "two mistakes: a minus, and the entries summed instead of the trace": lambda A, B, dA, dB: (
            (dA @ B).sum() - (A @ dB).sum()
        ),
        "two mistakes: the second-order term kept, and the whole halved": lambda A, B, dA, dB: (
            (np.trace((A + dA) @ (B + dB)) - np.trace(A @ B)) / 2
        ),
        "no rule: the signs of one product weigh the roots of another": lambda A, B, dA, dB: (
            (np.sign(A @ dB) * np.sqrt(np.abs(dA @ B))).sum() - np.median(A * dA)
        ),
        "no rule: largest entries against spectral norms": lambda A, B, dA, dB: (
            dA.max() * np.linalg.norm(B, 2) - np.linalg.norm(A, 2) * np.tanh(dB).sum()
        ),
    },
    "d_quadratic_of_transpose": {
        "takes both terms for equal: 2 A^T dA": lambda A, dA: 2 * A.T @ dA,
        "leaves out the second term": lambda A, dA: dA.T @ A,
        "subtracts": lambda A, dA: dA.T @ A - A.T @ dA,
        "multiplies the differentials": lambda A, dA: dA.T @ dA,
        "returns the whole change, with the second-order term": lambda A, dA: (A + dA).T @ (A + dA) - A.T @ A,
        "transposes the wrong factors: the differential of A A^T": lambda A, dA: dA @ A.T + A @ dA.T,
        "forgets the differential in the second term": lambda A, dA: dA.T @ A + A.T @ A,
        "reshapes instead of transposing": lambda A, dA: (
            dA.reshape(dA.shape[::-1]) @ A + A.reshape(A.shape[::-1]) @ dA
        ),
        "uses the rule of scalars entry by entry": lambda A, dA: 2 * A * dA,
        "takes the trace at the end": lambda A, dA: np.trace(dA.T @ A + A.T @ dA),
        "takes off the diagonal once, as though it were counted twice": lambda A, dA: (
            dA.T @ A + A.T @ dA - np.diag(np.diag(A.T @ dA))
        ),
        "fills the upper triangle only": lambda A, dA: np.triu(dA.T @ A + A.T @ dA),
        "halves the sum, as when making a matrix symmetric": lambda A, dA: (dA.T @ A + A.T @ dA) / 2,
        "keeps the diagonal only": lambda A, dA: np.diag(np.diag(dA.T @ A + A.T @ dA)),
        "adds the value": lambda A, dA: A.T @ A + dA.T @ A + A.T @ dA,
        "two mistakes: one term only, and a minus": lambda A, dA: -A.T @ dA,
        "two mistakes: the mean over the rows, and the differentials multiplied in": lambda A, dA: (
            (dA.T @ A + A.T @ dA + dA.T @ dA) / A.shape[0]
        ),
        "two mistakes: doubled, and the lower triangle only": lambda A, dA: 2 * np.tril(dA.T @ A + A.T @ dA),
        "no rule: column means, rolled and raised to powers": lambda A, dA: (
            np.outer(A.mean(axis=0), np.roll(dA[0], 1)) - np.abs(A.T @ A) ** 0.4
        ),
        "no rule: sorted columns and the signs of the direction": lambda A, dA: (
            np.sort(A, axis=0).T @ np.sign(dA) + np.outer(A[0], dA[-1]) ** 2
        ),
    },
}


# ---- answers that nobody should claim to explain ----


def _scale(M):
    """the root mean square, 1 for zeros"""
    M = np.asarray(M, dtype=float)
    return float(np.sqrt(np.mean(M * M))) or 1.0


def _noise(M, rng):
    return rng.normal(size=np.shape(M)) * _scale(M)


def _pure_noise(right, wrong, rng):
    return rng.normal(size=np.shape(right))


def _noise_of_the_right_norm(right, wrong, rng):
    noise = rng.normal(size=np.shape(right))
    return noise * _scale(right) / _scale(noise) if np.size(right) > 1 else noise


def _uniform_noise(right, wrong, rng):
    return rng.uniform(-1, 1, size=np.shape(right)) * 3 * _scale(right)


def _heavy_noise(right, wrong, rng):
    return np.clip(rng.standard_t(1.5, size=np.shape(right)), -1e3, 1e3) * _scale(right)


def _one_percent(right, wrong, rng):
    return right + 0.01 * _noise(right, rng)


def _one_percent_of_wrong(right, wrong, rng):
    return wrong + 0.01 * _noise(wrong, rng)


def _random_factors(right, wrong, rng):
    return right * rng.uniform(0.2, 3, size=np.shape(right))


def _factor_of_the_call(right, wrong, rng):
    return right * np.exp(rng.normal())


def _shift_of_the_call(right, wrong, rng):
    return right + rng.normal() * _scale(right)


def _blend(right, wrong, rng):
    a = rng.uniform(0.3, 0.7)
    return a * right + (1 - a) * wrong


def _convex_mixture(right, wrong, rng):
    a, b, c = rng.dirichlet((2, 2, 2))
    return a * right + b * wrong + c * _noise(right, rng)


def _entries_by_coin(right, wrong, rng):
    coin = rng.random(np.shape(right)) < 0.5
    return np.where(coin, right, wrong) + 0.05 * _noise(right, rng)


def _some_entries_replaced(right, wrong, rng):
    out = np.array(right, dtype=float)
    count = max(1, int(rng.integers(1, out.size + 1)) // 2)
    places = rng.choice(out.size, size=count, replace=False)
    out.ravel()[places] = rng.normal(size=count) * _scale(right)
    return out


def _permuted(right, wrong, rng):
    right = np.asarray(right, dtype=float)
    for _ in range(20):
        out = rng.permutation(right.ravel()).reshape(right.shape)
        if not np.allclose(out, right):
            return out
    return _noise(right, rng)  # nothing to permute


def _power(right, wrong, rng):
    p = rng.uniform(1.3, 2.5) if rng.random() < 0.5 else rng.uniform(0.2, 0.7)
    return np.sign(right) * np.abs(right) ** p


def _signs_by_coin(right, wrong, rng):
    return right * rng.choice((-1.0, 1.0), size=np.shape(right)) * rng.uniform(0.5, 1.5)


def _turned(right, wrong, rng):
    right = np.asarray(right, dtype=float)
    if right.size < 2:
        return _noise(right, rng)
    Q, _ = np.linalg.qr(rng.normal(size=(right.size, right.size)))
    return (Q @ right.ravel()).reshape(right.shape)


def _waves(right, wrong, rng):
    return np.sin(rng.uniform(1, 5) * np.asarray(right) + rng.uniform(0, 6)) * _scale(right)


def _product_with_wrong(right, wrong, rng):
    return right + np.asarray(right) * wrong * rng.normal(size=np.shape(right))


NONSENSE: dict[str, Callable[..., Any]] = {
    "pure noise": _pure_noise,
    "noise of the right norm": _noise_of_the_right_norm,
    "uniform noise of the right size": _uniform_noise,
    "noise with heavy tails": _heavy_noise,
    "right plus 1 % noise": _one_percent,
    "wrong plus 1 % noise": _one_percent_of_wrong,
    "right times random factors entry by entry": _random_factors,
    "right times one random factor per call": _factor_of_the_call,
    "right plus one random shift per call": _shift_of_the_call,
    "random blend of right and wrong per call": _blend,
    "random convex mixture of right, wrong and noise per call": _convex_mixture,
    "entries of right or wrong by a coin, with noise": _entries_by_coin,
    "right with random entries replaced by noise": _some_entries_replaced,
    "right with its entries permuted per call": _permuted,
    "right to a random power per call": _power,
    "right with random signs and a random factor": _signs_by_coin,
    "right turned by a random rotation": _turned,
    "a sine of right with random frequency": _waves,
    "right plus right times wrong times noise": _product_with_wrong,
}
