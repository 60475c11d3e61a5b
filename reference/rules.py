r"""$d\operatorname{tr}(AB) = \operatorname{tr}(dA\,B + A\,dB)$, and $d(A^\top A) = dA^\top A + A^\top dA$.

The first uses that trace is linear, the second that $d(A^\top) = (dA)^\top$. The two terms of the
second are each other's transposes, so the sum is symmetric although neither of them is.
"""

import numpy as np


def d_trace_of_product(A, B, dA, dB):
    return np.trace(dA @ B) + np.trace(A @ dB)


def d_quadratic_of_transpose(A, dA):
    return dA.T @ A + A.T @ dA


TERMS = {
    "d_quadratic_of_transpose": {
        "the term dAᵀA": lambda A, dA: dA.T @ A,
        "the term AᵀdA": lambda A, dA: A.T @ dA,
    },
}

MISTAKES = {
    "d_trace_of_product": {
        "the term tr(A dB) is missing": lambda A, B, dA, dB: np.trace(dA @ B),
        "the term tr(dA B) is missing": lambda A, B, dA, dB: np.trace(A @ dB),
        "a product's differential is not the product of the differentials": lambda A, B, dA, dB: np.trace(
            dA @ dB
        ),
    },
    "d_quadratic_of_transpose": {
        "the term dAᵀA is missing: both factors vary": lambda A, dA: A.T @ dA,
        "2Aᵀ dA holds only where AᵀdA is symmetric": lambda A, dA: 2 * A.T @ dA,
    },
}
