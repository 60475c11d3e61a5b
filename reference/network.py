r"""Layer by layer, with $e = vU - y$.

Output. $L = ee^\top$, so $dL = 2\,de\,e^\top$. In $v$: $de = dv\,U$, $dL = 2\,dv\,Ue^\top = \langle
2eU^\top, dv\rangle$. In $U$: $de = v\,dU$, $dL = 2\operatorname{tr}(e^\top v\,dU) = \langle 2v^\top e,
dU\rangle$.

Normalisation. $d\|\tilde U\| = \operatorname{tr}(U^\top d\tilde U)$, because $2\|\tilde U\|\,d\|\tilde
U\| = d\|\tilde U\|^2 = 2\operatorname{tr}(\tilde U^\top d\tilde U)$. By the quotient rule $dU = d\tilde
U/\|\tilde U\| - \tilde U\,d\|\tilde U\|/\|\tilde U\|^2 = (d\tilde U - U\operatorname{tr}(U^\top
d\tilde U))/\|\tilde U\|$.

Into the gradient in $U$: $dL = \langle 2v^\top e, dU\rangle$, and this $dU$ is symmetric as a map of
$d\tilde U$, so $G = (2/\|\tilde U\|)\,[v^\top e - U\operatorname{tr}(U^\top v^\top e)]$ with
$\operatorname{tr}(U^\top v^\top e) = \operatorname{tr}(vUe^\top)$.

Hidden layer. $d\tilde U = r(WX) \circ (dW\,X)$, hence
$dL = \langle G, r(WX) \circ (dW\,X)\rangle = \langle (G \circ r(WX))X^\top, dW\rangle
    = \operatorname{tr}(X(G \circ r(WX))^\top dW)$.
"""

import numpy as np

from grader.functions import Activation

ACTIVATIONS = {  # unlike any textbook's, so that nothing but the general formula fits
    "ripple": Activation("z + 0.5 * np.sin(2 * z)", "1 + np.cos(2 * z)"),
    "wave": Activation("np.sin(1.5 * z) - 0.4 * z", "1.5 * np.cos(1.5 * z) - 0.4"),
}


def grad_v(v, U, y):
    return 2 * (v @ U - y) @ U.T


def grad_U(v, U, y):
    return 2 * v.T @ (v @ U - y)


def d_normalize(U_tilde, dU_tilde):
    norm = np.sqrt((U_tilde**2).sum())
    U = U_tilde / norm
    return (dU_tilde - U * (U * dU_tilde).sum()) / norm


def grad_U_tilde(v, U_tilde, y):
    norm = np.sqrt((U_tilde**2).sum())
    U = U_tilde / norm
    e = v @ U - y
    return 2 / norm * (v.T @ e - U * (v @ U @ e.T))


def d_hidden(W, X, dW, r):
    return r(W @ X) * (dW @ X)


def derivative_W(v, W, X, y, s, r):
    return X @ (grad_U_tilde(v, s(W @ X), y) * r(W @ X)).T


def grad_W(v, W, X, y, s, r):
    return (grad_U_tilde(v, s(W @ X), y) * r(W @ X)) @ X.T


def _norm(U_tilde):
    return np.sqrt((U_tilde**2).sum())


def _unprojected(v, U_tilde, y):
    return 2 / _norm(U_tilde) * v.T @ (v @ U_tilde / _norm(U_tilde) - y)


def _with_residual(v, U_tilde, e):
    U = U_tilde / _norm(U_tilde)
    return 2 / _norm(U_tilde) * (v.T @ e - U * (v @ U @ e.T))


def _by_columns(formula, U_tilde, dU_tilde):
    columns = zip(U_tilde.T, dU_tilde.T, strict=True)
    return np.stack([formula(u, du) for u, du in columns], axis=1)


def _by_columns_back(v, U_tilde, y):
    columns = zip(U_tilde.T, y.T, strict=True)
    return np.stack([grad_U_tilde(v, u[:, None], yj[None])[:, 0] for u, yj in columns], axis=1)


def _projection(v, U_tilde, y):
    return grad_U_tilde(v, U_tilde, y) - _unprojected(v, U_tilde, y)


TERMS = {
    "d_normalize": {
        "the direct term": lambda U_tilde, dU_tilde: dU_tilde / _norm(U_tilde),
        "the projection term": lambda U_tilde, dU_tilde: (
            -U_tilde * (U_tilde * dU_tilde).sum() / _norm(U_tilde) ** 3
        ),
    },
    "grad_U_tilde": {"the direct term": _unprojected, "the projection term": _projection},
    "derivative_W": {
        "the direct term": lambda v, W, X, y, s, r: X @ (_unprojected(v, s(W @ X), y) * r(W @ X)).T,
        "the projection term": lambda v, W, X, y, s, r: X @ (_projection(v, s(W @ X), y) * r(W @ X)).T,
    },
    "grad_W": {
        "the direct term": lambda v, W, X, y, s, r: (_unprojected(v, s(W @ X), y) * r(W @ X)) @ X.T,
        "the projection term": lambda v, W, X, y, s, r: (_projection(v, s(W @ X), y) * r(W @ X)) @ X.T,
    },
}

QUANTITIES = {  # besides the dimensions and the norms of the inputs
    "derivative_W": {"‖Ũ‖": lambda v, W, X, y, s, r: _norm(s(W @ X))},
    "grad_W": {"‖Ũ‖": lambda v, W, X, y, s, r: _norm(s(W @ X))},
}


MISTAKES = {
    "grad_v": {
        "the factor 2 of the square is missing": lambda v, U, y: (v @ U - y) @ U.T,
        "the error is y − vU here: the sign is flipped": lambda v, U, y: 2 * (y - v @ U) @ U.T,
        "the targets y are missing": lambda v, U, y: 2 * v @ U @ U.T,
    },
    "grad_U": {
        "the factor 2 of the square is missing": lambda v, U, y: v.T @ (v @ U - y),
        "the error is y − vU here: the sign is flipped": lambda v, U, y: 2 * v.T @ (y - v @ U),
        "the targets y are missing": lambda v, U, y: 2 * v.T @ v @ U,
    },
    "d_normalize": {
        "the norm is taken as a constant: its own differential, the projection term, is missing": (
            lambda U_tilde, dU_tilde: dU_tilde / _norm(U_tilde)
        ),
        "the result is not divided by ‖Ũ‖": lambda U_tilde, dU_tilde: (
            dU_tilde - U_tilde * (U_tilde * dU_tilde).sum() / (U_tilde**2).sum()
        ),
        "Ũ stands where the normalised U belongs": lambda U_tilde, dU_tilde: (
            (dU_tilde - U_tilde * (U_tilde * dU_tilde).sum()) / np.sqrt((U_tilde**2).sum())
        ),
        "every column is normalised by itself, not the whole of Ũ": lambda U_tilde, dU_tilde: _by_columns(
            d_normalize, U_tilde, dU_tilde
        ),
        "every row is normalised by itself, not the whole of Ũ": lambda U_tilde, dU_tilde: (
            _by_columns(d_normalize, U_tilde.T, dU_tilde.T).T
        ),
    },
    "grad_U_tilde": {
        "the projection term is missing: the norm is not a constant": _unprojected,
        "the factor 2/‖Ũ‖ is missing": lambda v, U_tilde, y: (
            grad_U_tilde(v, U_tilde, y) * np.sqrt((U_tilde**2).sum()) / 2
        ),
        "the factor 1/‖Ũ‖ is missing": lambda v, U_tilde, y: (
            grad_U_tilde(v, U_tilde, y) * np.sqrt((U_tilde**2).sum())
        ),
        "the residual is taken with Ũ, not with U": lambda v, U_tilde, y: _with_residual(
            v, U_tilde, v @ U_tilde - y
        ),
        "every column is normalised by itself, not the whole of Ũ": _by_columns_back,
        "this is the gradient in U, not in Ũ": lambda v, U_tilde, y: grad_U(
            v, U_tilde / np.sqrt((U_tilde**2).sum()), y
        ),
    },
    "d_hidden": {
        "the activation's derivative is missing": lambda W, X, dW, r: dW @ X,
        "r is evaluated at dW X instead of WX": lambda W, X, dW, r: r(dW @ X) * (dW @ X),
        "r acts entry by entry, not by its mean": lambda W, X, dW, r: dW @ X * r(W @ X).mean(),
    },
    "derivative_W": {
        "every column is normalised by itself, not the whole of Ũ": lambda v, W, X, y, s, r: (
            X @ (_by_columns_back(v, s(W @ X), y) * r(W @ X)).T
        ),
        "the normalisation is left out: this is the derivative of ‖vŨ − y‖²": lambda v, W, X, y, s, r: (
            X @ (grad_U(v, s(W @ X), y) * r(W @ X)).T
        ),
        "the residual is taken with Ũ, not with U": lambda v, W, X, y, s, r: (
            X @ (_with_residual(v, s(W @ X), v @ s(W @ X) - y) * r(W @ X)).T
        ),
        "the activation's derivative is missing": lambda v, W, X, y, s, r: X @ grad_U_tilde(v, s(W @ X), y).T,
        "r is evaluated at the output s(WX) instead of WX": lambda v, W, X, y, s, r: (
            X @ (grad_U_tilde(v, s(W @ X), y) * r(s(W @ X))).T
        ),
        "s stands where its derivative r belongs": lambda v, W, X, y, s, r: (
            X @ (grad_U_tilde(v, s(W @ X), y) * s(W @ X)).T
        ),
        "the projection term is missing: the norm is not a constant": lambda v, W, X, y, s, r: (
            X @ (_unprojected(v, s(W @ X), y) * r(W @ X)).T
        ),
    },
    "grad_W": {
        "every column is normalised by itself, not the whole of Ũ": lambda v, W, X, y, s, r: (
            (_by_columns_back(v, s(W @ X), y) * r(W @ X)) @ X.T
        ),
        "the normalisation is left out: this is the derivative of ‖vŨ − y‖²": lambda v, W, X, y, s, r: (
            (grad_U(v, s(W @ X), y) * r(W @ X)) @ X.T
        ),
        "the residual is taken with Ũ, not with U": lambda v, W, X, y, s, r: (
            (_with_residual(v, s(W @ X), v @ s(W @ X) - y) * r(W @ X)) @ X.T
        ),
        "the activation's derivative is missing": lambda v, W, X, y, s, r: grad_U_tilde(v, s(W @ X), y) @ X.T,
        "r is evaluated at the output s(WX) instead of WX": lambda v, W, X, y, s, r: (
            (grad_U_tilde(v, s(W @ X), y) * r(s(W @ X))) @ X.T
        ),
        "s stands where its derivative r belongs": lambda v, W, X, y, s, r: (
            (grad_U_tilde(v, s(W @ X), y) * s(W @ X)) @ X.T
        ),
        "the projection term is missing: the norm is not a constant": lambda v, W, X, y, s, r: (
            (_unprojected(v, s(W @ X), y) * r(W @ X)) @ X.T
        ),
    },
}
