"""Variants of the four functions of s(x) = ½‖Ax − b‖². Every RIGHT entry computes the reference's value by
another way; every WRONG entry differs from it mathematically for generic inputs."""

from collections.abc import Callable

import numpy as np


def _s(A, b, x):
    return np.sum((A @ x - b) ** 2) / 2


def _gradient(A, b, x):
    return A.T @ (A @ x - b)


# least_squares_gradient = Aᵀ(Ax − b)


def _gradient_loops(A, b, x):
    m, n = A.shape
    gradient = np.zeros(n)
    for i in range(m):
        residual = sum(A[i, j] * x[j] for j in range(n)) - b[i]
        for j in range(n):
            gradient[j] += residual * A[i, j]
    return gradient


def _gradient_qr(A, b, x):
    Q, R = np.linalg.qr(A)
    return R.T @ (Q.T @ (A @ x - b))


def _gradient_svd(A, b, x):
    P, sigma, Qt = np.linalg.svd(A, full_matrices=False)
    return Qt.T @ (sigma * (P.T @ (A @ x - b)))


# least_squares_hessian = AᵀA


def _hessian_loops(A, b, x):
    m, n = A.shape
    H = np.zeros((n, n))
    for j, k, i in np.ndindex(n, n, m):
        H[j, k] += A[i, j] * A[i, k]
    return H


def _hessian_gram(A, b, x):
    columns = list(A.T)
    return np.array([[a @ c for c in columns] for a in columns])


def _hessian_qr(A, b, x):
    R = np.linalg.qr(A, mode="r")
    return R.T @ R


def _hessian_svd(A, b, x):
    _, sigma, Qt = np.linalg.svd(A, full_matrices=False)
    return Qt.T @ np.diag(sigma**2) @ Qt


# least_squares_second_differential = dxᵀAᵀA dx = ‖A dx‖²


def _second_loops(A, b, x, dx):
    total = 0.0
    for row in A:
        total += sum(a * h for a, h in zip(row, dx, strict=True)) ** 2
    return total


def _second_qr(A, b, x, dx):
    R = np.linalg.qr(A, mode="r")
    return np.linalg.norm(R @ dx) ** 2


# least_squares_taylor = s + dxᵀAᵀ(Ax − b) + ½ dxᵀAᵀA dx


def _taylor(A, b, x, dx, *, zeroth=1.0, first=1.0, second=0.5):
    return zeroth * _s(A, b, x) + first * dx @ _gradient(A, b, x) + second * dx @ A.T @ A @ dx


def _taylor_horner(A, b, x, dx):
    residual, step = A @ x - b, A @ dx
    return residual @ residual / 2 + step @ (residual + step / 2)


def _taylor_loops(A, b, x, dx):
    m, n = A.shape
    total = 0.0
    for i in range(m):
        residual = sum(A[i, j] * x[j] for j in range(n)) - b[i]
        step = sum(A[i, j] * dx[j] for j in range(n))
        total += residual**2 / 2 + residual * step + step**2 / 2
    return float(total)


def _taylor_einsum(A, b, x, dx):
    e = np.einsum("ij,j->i", A, x) - b
    terms = [
        np.einsum("i,i", e, e) / 2,
        np.einsum("i,ij,j", e, A, dx),
        np.einsum("ij,j,ik,k", A, dx, A, dx) / 2,
    ]
    return sum(terms)


def _taylor_quadratic_form(A, b, x, dx):
    step = np.stack([A @ x - b, A @ dx])
    return float(np.ones(2) @ (step @ step.T) @ np.ones(2) / 2)


RIGHT: dict[str, dict[str, Callable]] = {
    "least_squares_gradient": {
        "matrix product": lambda A, b, x: A.T @ (A @ x - b),
        "residual from the left": lambda A, b, x: (A.dot(x) - b) @ A,
        "einsum": lambda A, b, x: np.einsum("ij,i->j", A, np.einsum("ij,j->i", A, x) - b),
        "loops over entries": _gradient_loops,
        "sum over the rows of A": lambda A, b, x: sum((a @ x - c) * a for a, c in zip(A, b, strict=True)),
        "inner product with each column": lambda A, b, x: np.array([np.vdot(a, A @ x - b) for a in A.T]),
        "broadcast and sum": lambda A, b, x: np.sum(A * (np.sum(A * x, axis=1) - b)[:, None], axis=0),
        "QR": _gradient_qr,
        "SVD": _gradient_svd,
        "as a row, flattened": lambda A, b, x: ((x[None, :] @ A.T - b) @ A).ravel(),
    },
    "least_squares_hessian": {
        "matrix product": lambda A, b, x: A.T @ A,
        "einsum": lambda A, b, x: np.einsum("ij,ik->jk", A, A),
        "loops over entries": _hessian_loops,
        "Gram matrix of the columns": _hessian_gram,
        "sum of outer products of the rows": lambda A, b, x: sum(np.outer(a, a) for a in A),
        "QR": _hessian_qr,
        "SVD": _hessian_svd,
        "image of each basis vector": lambda A, b, x: np.column_stack(
            [A.T @ (A @ e) for e in np.eye(x.size)]
        ),
        "np.inner": lambda A, b, x: np.inner(A.T, A.T),
        "broadcast and sum": lambda A, b, x: (A[:, :, None] * A[:, None, :]).sum(axis=0),
    },
    "least_squares_second_differential": {
        "quadratic form": lambda A, b, x, dx: dx @ A.T @ A @ dx,
        "sum of squares of A dx": lambda A, b, x, dx: np.sum((A @ dx) ** 2),
        "squared norm": lambda A, b, x, dx: np.linalg.norm(A @ dx) ** 2,
        "np.vdot, as a float": lambda A, b, x, dx: float(np.vdot(A @ dx, A @ dx)),
        "trace": lambda A, b, x, dx: np.trace(A.T @ A @ np.outer(dx, dx)),
        "einsum": lambda A, b, x, dx: np.einsum("ij,j,ik,k->", A, dx, A, dx),
        "loops": _second_loops,
        "QR": _second_qr,
        "columns, .item()": lambda A, b, x, dx: ((A @ dx[:, None]).T @ (A @ dx[:, None])).item(),
    },
    "least_squares_taylor": {
        "three terms": _taylor,
        "s(x + dx): the expansion is exact": lambda A, b, x, dx: _s(A, b, x + dx),
        "half the squared norm of the moved residual": lambda A, b, x, dx: (
            0.5 * np.linalg.norm(A @ x - b + A @ dx) ** 2
        ),
        "Horner": _taylor_horner,
        "loops": _taylor_loops,
        "einsum": _taylor_einsum,
        "quadratic form in (residual, step)": _taylor_quadratic_form,
    },
}

WRONG: dict[str, dict[str, Callable]] = {
    "least_squares_gradient": {
        "sign: Aᵀ(b − Ax)": lambda A, b, x: A.T @ (b - A @ x),
        "factor 2: the 1/2 is forgotten": lambda A, b, x: 2 * A.T @ (A @ x - b),
        "factor 1/2 kept": lambda A, b, x: A.T @ (A @ x - b) / 2,
        "A instead of Aᵀ": lambda A, b, x: A @ (A @ x - b),
        "A b instead of Aᵀ b, as printed": lambda A, b, x: A.T @ A @ x - A @ b,
        "b is dropped": lambda A, b, x: A.T @ A @ x,
        "b is added": lambda A, b, x: A.T @ (A @ x + b),
        "x is dropped: −Aᵀb": lambda A, b, x: -A.T @ b,
        "Aᵀ is missing": lambda A, b, x: A @ x - b,
        "mean over the rows": lambda A, b, x: A.T @ (A @ x - b) / len(b),
        "gradient of ‖Ax − b‖": lambda A, b, x: A.T @ (A @ x - b) / np.linalg.norm(A @ x - b),
        "pseudo-inverse instead of Aᵀ": lambda A, b, x: np.linalg.pinv(A) @ (A @ x - b),
        "a column": lambda A, b, x: _gradient(A, b, x)[:, None],
        "a number: x paired with the gradient": lambda A, b, x: float(x @ _gradient(A, b, x)),
        "residual squared": lambda A, b, x: A.T @ (A @ x - b) ** 2,
        "the last row is dropped": lambda A, b, x: _gradient(A[:-1], b[:-1], x),
        "the minimiser": lambda A, b, x: np.linalg.lstsq(A, b, rcond=None)[0],
    },
    "least_squares_hessian": {
        "this is AAᵀ": lambda A, b, x: A @ A.T,
        "factor 2: the 1/2 is forgotten": lambda A, b, x: 2 * A.T @ A,
        "factor 1/2 kept": lambda A, b, x: A.T @ A / 2,
        "this is A": lambda A, b, x: A + 0,
        "only the diagonal": lambda A, b, x: np.diag(np.diag(A.T @ A)),
        "a vector: the diagonal": lambda A, b, x: np.sum(A**2, axis=0),
        "only the upper triangle": lambda A, b, x: np.triu(A.T @ A),
        "mean over the rows": lambda A, b, x: A.T @ A / len(A),
        "the inverse": lambda A, b, x: np.linalg.inv(A.T @ A),
        "sign": lambda A, b, x: -A.T @ A,
        "applied to x": lambda A, b, x: A.T @ A @ x,
        "this is the gradient": _gradient,
        "a number: the quadratic form at x": lambda A, b, x: float(x @ A.T @ A @ x),
        "outer product of the gradient with itself": lambda A, b, x: np.outer(
            _gradient(A, b, x), _gradient(A, b, x)
        ),
        "columns centred first (covariance)": lambda A, b, x: (A - A.mean(axis=0)).T @ (A - A.mean(axis=0)),
        "only the first row of A": lambda A, b, x: np.outer(A[0], A[0]),
    },
    "least_squares_second_differential": {
        "factor 1/2, as in the expansion": lambda A, b, x, dx: dx @ A.T @ A @ dx / 2,
        "factor 2": lambda A, b, x, dx: 2 * dx @ A.T @ A @ dx,
        "the norm is not squared": lambda A, b, x, dx: np.linalg.norm(A @ dx),
        "this is the first differential": lambda A, b, x, dx: dx @ _gradient(A, b, x),
        "first and second differential together": lambda A, b, x, dx: (
            dx @ _gradient(A, b, x) + dx @ A.T @ A @ dx
        ),
        "x instead of dx": lambda A, b, x, dx: x @ A.T @ A @ x,
        "x on one side": lambda A, b, x, dx: x @ A.T @ A @ dx,
        "A is dropped: dxᵀdx": lambda A, b, x, dx: dx @ dx,
        "one A is missing: dxᵀA dx": lambda A, b, x, dx: dx @ A @ dx,
        "AAᵀ instead of AᵀA": lambda A, b, x, dx: dx @ A @ A.T @ dx,
        "sign": lambda A, b, x, dx: -dx @ A.T @ A @ dx,
        "the cross terms are missing": lambda A, b, x, dx: np.sum(A**2 @ dx**2),
        "sum before the square": lambda A, b, x, dx: np.sum(A @ dx) ** 2,
        "mean over the rows": lambda A, b, x, dx: np.mean((A @ dx) ** 2),
        "b is kept: ‖A dx − b‖²": lambda A, b, x, dx: np.sum((A @ dx - b) ** 2),
        "‖A‖²‖dx‖² instead of ‖A dx‖²": lambda A, b, x, dx: np.linalg.norm(A) ** 2 * (dx @ dx),
        "a vector: AᵀA dx": lambda A, b, x, dx: A.T @ A @ dx,
        "a 1 × 1 matrix": lambda A, b, x, dx: dx[None] @ A.T @ A @ dx[:, None],
    },
    "least_squares_taylor": {
        "the 1/2 of the second order is missing": lambda *given: _taylor(*given, second=1),
        "first order only": lambda *given: _taylor(*given, second=0),
        "the first-order term is missing": lambda *given: _taylor(*given, first=0),
        "s(x) is missing: only the increment": lambda *given: _taylor(*given, zeroth=0),
        "s(x) without its 1/2": lambda *given: _taylor(*given, zeroth=2),
        "1/2 on the first order too": lambda *given: _taylor(*given, first=0.5),
        "first order doubled": lambda *given: _taylor(*given, first=2),
        "sign of the first order: s(x − dx)": lambda *given: _taylor(*given, first=-1),
        "sign of the second order": lambda *given: _taylor(*given, second=-0.5),
        "everything doubled: ‖A(x + dx) − b‖²": lambda A, b, x, dx: np.sum((A @ (x + dx) - b) ** 2),
        "b is dropped": lambda A, b, x, dx: _s(A, 0 * b, x + dx),
        "b is dropped in the first order": lambda A, b, x, dx: (
            _s(A, b, x) + dx @ A.T @ A @ x + dx @ A.T @ A @ dx / 2
        ),
        "x instead of dx in the second order": lambda A, b, x, dx: (
            _s(A, b, x) + dx @ _gradient(A, b, x) + x @ A.T @ A @ x / 2
        ),
        "dx is dropped: s(x)": lambda A, b, x, dx: _s(A, b, x),
        "A b instead of Aᵀ b, as printed": lambda A, b, x, dx: (
            _s(A, b, x) + dx @ (A.T @ A @ x - A @ b) + dx @ A.T @ A @ dx / 2
        ),
        "mean over the rows": lambda A, b, x, dx: np.mean((A @ (x + dx) - b) ** 2) / 2,
        "a vector: the terms are not paired with dx": lambda A, b, x, dx: (
            _s(A, b, x) + _gradient(A, b, x) * dx + A.T @ A @ dx * dx / 2
        ),
        "three numbers instead of their sum": lambda A, b, x, dx: np.array(
            [_s(A, b, x), dx @ _gradient(A, b, x), dx @ A.T @ A @ dx / 2]
        ),
    },
}
