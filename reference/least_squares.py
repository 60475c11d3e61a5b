r"""With $e = Ax - b$: $ds = e^\top de = e^\top A\,dx$, so the gradient is $A^\top(Ax - b)$.

Once more: $d(ds) = de^\top A\,dx = dx^\top A^\top A\,dx$, so the Hessian is $A^\top A$. All higher
differentials vanish, hence the second-order expansion is exact: it equals $s(x + dx)$.
"""


def least_squares_gradient(A, b, x):
    return A.T @ (A @ x - b)


def least_squares_hessian(A, b, x):
    return A.T @ A


def least_squares_second_differential(A, b, x, dx):
    return (A @ dx) @ (A @ dx)


def least_squares_taylor(A, b, x, dx):
    residual = A @ x - b
    return residual @ residual / 2 + dx @ A.T @ residual + (A @ dx) @ (A @ dx) / 2


MISTAKES = {
    "least_squares_gradient": {
        "b is missing": lambda A, b, x: A.T @ A @ x,
        "the factor 2 belongs to ‖Ax − b‖² without the ½": lambda A, b, x: 2 * A.T @ (A @ x - b),
        "the residual is Ax − b: the sign is flipped": lambda A, b, x: A.T @ (b - A @ x),
        "the outer Aᵀ is missing": lambda A, b, x: A @ x - b,
    },
    "least_squares_hessian": {
        "this is AAᵀ: the transpose is on the wrong factor": lambda A, b, x: A @ A.T,
        "the factor 2 belongs to ‖Ax − b‖² without the ½": lambda A, b, x: 2 * A.T @ A,
    },
    "least_squares_second_differential": {
        "the ½ belongs to the expansion, not to d²s": lambda A, b, x, dx: (A @ dx) @ (A @ dx) / 2,
        "this is the first differential": lambda A, b, x, dx: dx @ A.T @ (A @ x - b),
    },
    "least_squares_taylor": {
        "the second-order term lacks its factor ½": lambda A, b, x, dx: (
            least_squares_taylor(A, b, x, dx) + (A @ dx) @ (A @ dx) / 2
        ),
        "the second-order term is missing": lambda A, b, x, dx: (
            least_squares_taylor(A, b, x, dx) - (A @ dx) @ (A @ dx) / 2
        ),
        "the zeroth-order term s(x) is missing": lambda A, b, x, dx: (
            least_squares_taylor(A, b, x, dx) - (A @ x - b) @ (A @ x - b) / 2
        ),
    },
}
