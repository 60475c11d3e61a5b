def form_gradient(A, x):
    return A @ x + A.T @ x


def form_differential(A, x, dx):
    return dx @ A @ x + x @ A @ dx


def form_hessian(A, x):
    return A + A.T
