"""Variants of the two differential rules. Every RIGHT entry computes the reference's value by another way;
every WRONG entry differs from it mathematically for generic inputs."""

from collections.abc import Callable

import numpy as np

# d_trace_of_product = tr(dA B) + tr(A dB)


def _trace_loops(A, B, dA, dB):
    m, n = A.shape
    total = 0.0
    for i in range(m):
        for j in range(n):
            total += dA[i, j] * B[j, i] + A[i, j] * dB[j, i]
    return total


def _trace_blocks(A, B, dA, dB):
    return np.trace(np.hstack([dA, A]) @ np.vstack([B, dB]))  # [dA A] [B; dB] = dA B + A dB


def _trace_diagonal(A, B, dA, dB):
    return float(sum(da @ b + a @ db for a, da, b, db in zip(A, dA, B.T, dB.T, strict=True)))


# d_quadratic_of_transpose = dAᵀ A + Aᵀ dA


def _quadratic_loops(A, dA):
    m, n = A.shape
    dQ = np.zeros((n, n))
    for j, k, i in np.ndindex(n, n, m):
        dQ[j, k] += dA[i, j] * A[i, k] + A[i, j] * dA[i, k]
    return dQ


def _quadratic_symmetrised(A, dA):
    P = np.dot(A.T, dA)
    return P + P.T


def _quadratic_triangle(A, dA):
    dQ = np.zeros((A.shape[1], A.shape[1]))
    for j in range(A.shape[1]):
        for k in range(j + 1):
            dQ[j, k] = dQ[k, j] = dA[:, j] @ A[:, k] + A[:, j] @ dA[:, k]
    return dQ


RIGHT: dict[str, dict[str, Callable]] = {
    "d_trace_of_product": {
        "two traces": lambda A, B, dA, dB: np.trace(dA @ B) + np.trace(A @ dB),
        "trace of the product rule": lambda A, B, dA, dB: np.trace(dA @ B + A @ dB),
        "cyclic: tr(B dA) + tr(dB A)": lambda A, B, dA, dB: np.trace(B @ dA) + np.trace(dB @ A),
        "einsum": lambda A, B, dA, dB: np.einsum("ij,ji->", dA, B) + np.einsum("ij,ji->", A, dB),
        "Frobenius inner products": lambda A, B, dA, dB: np.sum(dA * B.T) + np.sum(A.T * dB),
        "vec inner products": lambda A, B, dA, dB: np.vdot(dA.T, B) + np.vdot(A, dB.T),
        "loops over entries": _trace_loops,
        "block matrices": _trace_blocks,
        "only the diagonal is computed": _trace_diagonal,
    },
    "d_quadratic_of_transpose": {
        "product rule": lambda A, dA: dA.T @ A + A.T @ dA,
        "P + Pᵀ with P = Aᵀ dA": _quadratic_symmetrised,
        "einsum": lambda A, dA: np.einsum("ij,ik->jk", dA, A) + np.einsum("ij,ik->jk", A, dA),
        "loops over entries": _quadratic_loops,
        "upper triangle mirrored": _quadratic_triangle,
        "block matrices": lambda A, dA: np.hstack([dA.T, A.T]) @ np.vstack([A, dA]),
        "sum over the rows": lambda A, dA: sum(
            np.outer(h, a) + np.outer(a, h) for a, h in zip(A, dA, strict=True)
        ),
        "tensordot": lambda A, dA: np.tensordot(dA, A, axes=(0, 0)) + np.tensordot(A, dA, axes=(0, 0)),
        "rows of AᵀdA + dAᵀA": lambda A, dA: np.array(
            [a @ dA + h @ A for a, h in zip(A.T, dA.T, strict=True)]
        ),
    },
}

WRONG: dict[str, dict[str, Callable]] = {
    "d_trace_of_product": {
        "tr(dA dB): both factors differentiated": lambda A, B, dA, dB: np.trace(dA @ dB),
        "the term in dB is missing": lambda A, B, dA, dB: np.trace(dA @ B),
        "the term in dA is missing": lambda A, B, dA, dB: np.trace(A @ dB),
        "minus, as for a quotient": lambda A, B, dA, dB: np.trace(dA @ B) - np.trace(A @ dB),
        "2 tr(dA B)": lambda A, B, dA, dB: 2 * np.trace(dA @ B),
        "half of it": lambda A, B, dA, dB: np.trace(dA @ B + A @ dB) / 2,
        "product of the traces": lambda A, B, dA, dB: np.trace(dA) * np.trace(B) + np.trace(A) * np.trace(dB),
        "tr(AB), not its differential": lambda A, B, dA, dB: np.trace(A @ B),
        "the increment: tr(dA dB) included": lambda A, B, dA, dB: np.trace(dA @ B + A @ dB + dA @ dB),
        "tr(dA Bᵀ) instead of tr(dA B)": lambda A, B, dA, dB: np.trace(dA @ B.T) + np.trace(A @ dB.T),
        "the trace is missing": lambda A, B, dA, dB: dA @ B + A @ dB,
        "all entries are added up": lambda A, B, dA, dB: np.sum(dA @ B + A @ dB),
        "a vector: the diagonal": lambda A, B, dA, dB: np.diag(dA @ B + A @ dB),
        "mean of the diagonal": lambda A, B, dA, dB: np.trace(dA @ B + A @ dB) / len(A),
        "sign": lambda A, B, dA, dB: -np.trace(dA @ B + A @ dB),
        "A and B not crossed with the differentials": lambda A, B, dA, dB: (
            np.trace(dA @ A.T) + np.trace(B @ dB.T)
        ),
    },
    "d_quadratic_of_transpose": {
        "2Aᵀ dA": lambda A, dA: 2 * A.T @ dA,
        "the term dAᵀ A is missing": lambda A, dA: A.T @ dA,
        "the term Aᵀ dA is missing": lambda A, dA: dA.T @ A,
        "minus: AᵀdA − dAᵀA": lambda A, dA: A.T @ dA - dA.T @ A,
        "half of it": lambda A, dA: (dA.T @ A + A.T @ dA) / 2,
        "d(AAᵀ) instead of d(AᵀA)": lambda A, dA: dA @ A.T + A @ dA.T,
        "d(Aᵀ) taken as dA": lambda A, dA: dA @ A + A.T @ dA,
        "dAᵀ dA: both factors differentiated": lambda A, dA: dA.T @ dA,
        "the increment: dAᵀdA included": lambda A, dA: dA.T @ A + A.T @ dA + dA.T @ dA,
        "entrywise: 2A ∘ dA": lambda A, dA: 2 * A * dA,
        "AᵀA, not its differential": lambda A, dA: A.T @ A,
        "only the diagonal": lambda A, dA: np.diag(np.diag(dA.T @ A + A.T @ dA)),
        "only the upper triangle": lambda A, dA: np.triu(dA.T @ A + A.T @ dA),
        "a number: its trace": lambda A, dA: float(np.trace(dA.T @ A + A.T @ dA)),
        "mean over the rows": lambda A, dA: (dA.T @ A + A.T @ dA) / len(A),
        "sign": lambda A, dA: -dA.T @ A - A.T @ dA,
    },
}
