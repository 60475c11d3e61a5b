r"""$dq = dx^\top A x + x^\top A\,dx = x^\top (A + A^\top)\,dx$, so the gradient is $(A + A^\top)x$.

Once more: $d^2q = dx^\top (A + A^\top)\,dx$, so the Hessian is $A + A^\top$.
"""


def form_gradient(A, x):
    return (A + A.T) @ x


def form_differential(A, x, dx):
    return dx @ (A + A.T) @ x


def form_hessian(A, x):
    return A + A.T


MISTAKES = {
    "form_gradient": {
        "this is right for a symmetric A alone": lambda A, x: 2 * A @ x,
        "the second x has its differential, too": lambda A, x: A @ x,
    },
    "form_differential": {
        "this is right for a symmetric A alone": lambda A, x, dx: 2 * dx @ A @ x,
        "the second x has its differential, too": lambda A, x, dx: dx @ A @ x,
    },
    "form_hessian": {
        "a Hessian is symmetric: A need not be": lambda A, x: 2 * A,
    },
}
