"""A second held-out set of wrong variants, written after the lattice was frozen for the second time.

The mistakes are the ones students make in this homework, about as often as they make them, and about one
variant in ten has two of them. Whoever wrote the set had not seen the component that it measures.
`WRONG[problem][mistake]` is the wrong function, with the problem's signature; the mistake is one sentence,
as a teaching assistant would tell it.
"""

# ruff: noqa: ARG001, ARG005

from collections.abc import Callable

import numpy as np

WRONG: dict[str, dict[str, Callable]] = {}


def wrong(problem: str, mistake: str) -> Callable[[Callable], Callable]:
    """Enter a function that takes several lines."""

    def enter(function: Callable) -> Callable:
        variants = WRONG.setdefault(problem, {})
        assert mistake not in variants, (problem, mistake)
        variants[mistake] = function
        return function

    return enter


# ---- network ----

WRONG["grad_v"] = {
    "The factor 2 from the square is missing.": lambda v, U, y: (v @ U - y) @ U.T,
    "The error is taken as y − vU, so the sign is flipped.": lambda v, U, y: 2 * (y - v @ U) @ U.T,
    "The result is transposed: a column instead of a row like v.": lambda v, U, y: 2 * U @ (v @ U - y).T,
    "The target y was dropped from the error.": lambda v, U, y: 2 * v @ U @ U.T,
    "The loss was averaged over the examples, but it is a sum.": lambda v, U, y: (
        2 * (v @ U - y) @ U.T / y.shape[1]
    ),
    "Multiplied entry by entry with U instead of the matrix product with Uᵀ.": lambda v, U, y: (
        2 * (v @ U - y) * U
    ),
    "The result was flattened to one dimension.": lambda v, U, y: (2 * (v @ U - y) @ U.T).flatten(),
    "Two mistakes: the factor 2 is missing and the error has the wrong sign.": lambda v, U, y: (
        (y - v @ U) @ U.T
    ),
}

WRONG["grad_U"] = {
    "The factor 2 from the square is missing.": lambda v, U, y: v.T @ (v @ U - y),
    "The error is taken as y − vU, so the sign is flipped.": lambda v, U, y: 2 * v.T @ (y - v @ U),
    "This is the derivative, which is the transpose of the gradient.": lambda v, U, y: 2 * (v @ U - y).T @ v,
    "The target y was forgotten when differentiating.": lambda v, U, y: 2 * v.T @ (v @ U),
    "This is the gradient in v, copied from the first problem.": lambda v, U, y: 2 * (v @ U - y) @ U.T,
    "The target is added instead of subtracted.": lambda v, U, y: 2 * v.T @ (v @ U + y),
    "U was normalised once more although it is a variable of its own here.": lambda v, U, y: (
        2 * v.T @ (v @ U / np.linalg.norm(U) - y)
    ),
    "The outer factor vᵀ of the chain rule was left out, so only 2e comes back.": lambda v, U, y: (
        2 * (v @ U - y)
    ),
}


@wrong("d_normalize", "Not divided by the norm of Ũ, as if U's norm of 1 stood there.")
def _(U_tilde, dU_tilde):
    U = U_tilde / np.linalg.norm(U_tilde)
    return dU_tilde - U * np.trace(U.T @ dU_tilde)


@wrong("d_normalize", "The norm was treated as a constant, so the second term is missing.")
def _(U_tilde, dU_tilde):
    return dU_tilde / np.linalg.norm(U_tilde)


@wrong("d_normalize", "The trace has Ũ where U belongs.")
def _(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    return (dU_tilde - U * np.trace(U_tilde.T @ dU_tilde)) / norm


@wrong("d_normalize", "The second term is added instead of subtracted.")
def _(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    return (dU_tilde + U * np.trace(U.T @ dU_tilde)) / norm


@wrong("d_normalize", "Divided by the squared norm instead of the norm.")
def _(U_tilde, dU_tilde):
    norm2 = np.sum(U_tilde**2)
    U = U_tilde / np.sqrt(norm2)
    return (dU_tilde - U * np.trace(U.T @ dU_tilde)) / norm2


@wrong("d_normalize", "Every column was normalised by itself instead of the whole matrix.")
def _(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde, axis=0, keepdims=True)
    U = U_tilde / norm
    return (dU_tilde - U * np.sum(U * dU_tilde, axis=0, keepdims=True)) / norm


@wrong("d_normalize", "The entrywise product of U and dŨ was not summed up to the inner product.")
def _(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    return (dU_tilde - U * (U * dU_tilde)) / norm


@wrong(
    "d_normalize",
    "Two mistakes: Ũ stands for U in front of the trace, and the second term has the wrong sign.",
)
def _(U_tilde, dU_tilde):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    return (dU_tilde + U_tilde * np.trace(U.T @ dU_tilde)) / norm


@wrong("grad_U_tilde", "The normalisation was skipped in the chain rule: this is the gradient in U.")
def _(v, U_tilde, y):
    U = U_tilde / np.linalg.norm(U_tilde)
    return 2 * v.T @ (v @ U - y)


@wrong("grad_U_tilde", "The norm was treated as a constant, so the trace term is missing.")
def _(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    e = v @ (U_tilde / norm) - y
    return 2 / norm * v.T @ e


@wrong("grad_U_tilde", "The factor 2/‖Ũ‖ in front of the bracket is missing.")
def _(v, U_tilde, y):
    U = U_tilde / np.linalg.norm(U_tilde)
    e = v @ U - y
    return v.T @ e - U * np.trace(v @ U @ e.T)


@wrong("grad_U_tilde", "The factor 2 from the square is missing.")
def _(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    return (v.T @ e - U * np.trace(v @ U @ e.T)) / norm


@wrong("grad_U_tilde", "The error was computed with Ũ instead of U.")
def _(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U_tilde - y
    return 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))


@wrong("grad_U_tilde", "Ũ instead of U stands in front of the trace.")
def _(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    return 2 / norm * (v.T @ e - U_tilde * np.trace(v @ U @ e.T))


@wrong("grad_U_tilde", "The trace term is added instead of subtracted.")
def _(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    return 2 / norm * (v.T @ e + U * np.trace(v @ U @ e.T))


@wrong("grad_U_tilde", "Two mistakes: the target is missing in the trace, and so is the factor 2.")
def _(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    y_hat = v @ U
    return 1 / norm * (v.T @ (y_hat - y) - U * np.trace(y_hat @ y_hat.T))


WRONG["d_hidden"] = {
    "The slope r of the activation is missing.": lambda W, X, dW, r: dW @ X,
    "The slope is evaluated at dW X instead of WX.": lambda W, X, dW, r: r(dW @ X) * (dW @ X),
    "Only the slope r(WX) comes back, the inner differential dW X is missing.": lambda W, X, dW, r: r(W @ X),
    "The slope is multiplied by WX, the direction dW was not used.": lambda W, X, dW, r: r(W @ X) * (W @ X),
    "The slope of relu is hard-coded instead of calling r.": lambda W, X, dW, r: (W @ X > 0) * (dW @ X),
    "Matrix product with a transpose where the entrywise product belongs.": lambda W, X, dW, r: (
        r(W @ X) @ (dW @ X).T
    ),
    "The slope is evaluated at the moved weights W + dW.": lambda W, X, dW, r: r((W + dW) @ X) * (dW @ X),
}


@wrong("derivative_W", "This is the gradient; the derivative is its transpose.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return (G * r(W @ X)) @ X.T


@wrong("derivative_W", "The slope r(WX) of the activation is missing.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return X @ G.T


@wrong("derivative_W", "The slope is evaluated at the output Ũ instead of at WX.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return X @ (G * r(U_tilde)).T


@wrong("derivative_W", "The derivative of the normalisation was left out; the gradient in U was used for G.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    U = U_tilde / np.linalg.norm(U_tilde)
    G = 2 * v.T @ (v @ U - y)
    return X @ (G * r(W @ X)).T


@wrong("derivative_W", "The factor 2/‖Ũ‖ of G is missing.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    U = U_tilde / np.linalg.norm(U_tilde)
    e = v @ U - y
    G = v.T @ e - U * np.trace(v @ U @ e.T)
    return X @ (G * r(W @ X)).T


@wrong("derivative_W", "The error has the wrong sign, y − ŷ.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = y - v @ U
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return X @ (G * r(W @ X)).T


@wrong("derivative_W", "The network was run without normalising at all.")
def _(v, W, X, y, s, r):
    e = v @ s(W @ X) - y
    return X @ (2 * v.T @ e * r(W @ X)).T


@wrong(
    "derivative_W",
    "Two mistakes: the trace term of G is missing, and so is the transpose, so it is a gradient.",
)
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    e = v @ U_tilde / norm - y
    G = 2 / norm * v.T @ e
    return (G * r(W @ X)) @ X.T


@wrong("grad_W", "This is the derivative; the gradient is its transpose.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return X @ (G * r(W @ X)).T


@wrong("grad_W", "The activation s was used where its slope r belongs.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return (G * s(W @ X)) @ X.T


@wrong("grad_W", "The trace term of G is missing because the norm was treated as a constant.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    e = v @ (U_tilde / norm) - y
    G = 2 / norm * v.T @ e
    return (G * r(W @ X)) @ X.T


@wrong("grad_W", "G was computed from the normalised U instead of Ũ, so the factor 1/‖Ũ‖ is lost.")
def _(v, W, X, y, s, r):
    def grad_U_tilde(v, U_tilde, y):
        norm = np.linalg.norm(U_tilde)
        U = U_tilde / norm
        e = v @ U - y
        return 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))

    U_tilde = s(W @ X)
    U = U_tilde / np.linalg.norm(U_tilde)
    return (grad_U_tilde(v, U, y) * r(W @ X)) @ X.T


@wrong("grad_W", "The slope of the sigmoid, Ũ(1 − Ũ), is hard-coded instead of calling r.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return (G * U_tilde * (1 - U_tilde)) @ X.T


@wrong("grad_W", "The last step of the chain rule, the factor Xᵀ, is missing.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return G * r(W @ X)


@wrong("grad_W", "The gradient was averaged over the T examples, but the loss is a sum.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = 2 / norm * (v.T @ e - U * np.trace(v @ U @ e.T))
    return (G * r(W @ X)) @ X.T / X.shape[1]


@wrong("grad_W", "Two mistakes: the factor 2 is missing, and the slope is evaluated at the normalised U.")
def _(v, W, X, y, s, r):
    U_tilde = s(W @ X)
    norm = np.linalg.norm(U_tilde)
    U = U_tilde / norm
    e = v @ U - y
    G = (v.T @ e - U * np.trace(v @ U @ e.T)) / norm
    return (G * r(U)) @ X.T


# ---- curve ----

WRONG["curve_velocity"] = {
    "The third component is missing.": lambda t: np.array([-2 * np.sin(t), 4 * np.cos(t)]),
    "The derivative of the cosine is minus the sine; the minus is missing.": lambda t: np.array(
        [2 * np.sin(t), 4 * np.cos(t), 1]
    ),
    "The derivative of t is 1, not 0.": lambda t: np.array([-2 * np.sin(t), 4 * np.cos(t), 0]),
    "The third component was left as t.": lambda t: np.array([-2 * np.sin(t), 4 * np.cos(t), t]),
    "The derivative of the sine got a minus sign.": lambda t: np.array([-2 * np.sin(t), -4 * np.cos(t), 1]),
    "This is a column of shape (3, 1), not an array of shape (3,).": lambda t: np.array(
        [[-2 * np.sin(t)], [4 * np.cos(t)], [1]]
    ),
    "The coefficients 2 and 4 were lost.": lambda t: np.array([-np.sin(t), np.cos(t), 1]),
    "Two mistakes: the sine has the wrong sign, and the third component is t instead of 1.": lambda t: (
        np.array([2 * np.sin(t), 4 * np.cos(t), t])
    ),
}

WRONG["curve_acceleration"] = {
    "The second component has the wrong sign, 4 sin t.": lambda t: np.array(
        [-2 * np.cos(t), 4 * np.sin(t), 0]
    ),
    "The first component has the wrong sign, 2 cos t.": lambda t: np.array(
        [2 * np.cos(t), -4 * np.sin(t), 0]
    ),
    "The third component is 1, as in the velocity; differentiated once more it is 0.": lambda t: np.array(
        [-2 * np.cos(t), -4 * np.sin(t), 1]
    ),
    "This is the velocity: differentiated only once.": lambda t: np.array([-2 * np.sin(t), 4 * np.cos(t), 1]),
    "The third component is missing.": lambda t: np.array([-2 * np.cos(t), -4 * np.sin(t)]),
    "The factor ½ of the Taylor expansion does not belong to the second derivative.": lambda t: (
        np.array([-2 * np.cos(t), -4 * np.sin(t), 0]) / 2
    ),
    "Two mistakes: both trigonometric components have the wrong sign.": lambda t: np.array(
        [2 * np.cos(t), 4 * np.sin(t), 0]
    ),
}


def _curve(t):
    return np.array([2 * np.cos(t), 4 * np.sin(t), t])


def _velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1])


def _acceleration(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0])


WRONG["curve_taylor"] = {
    "The factor ½ of the second-order term is missing.": lambda t, dt: (
        _curve(t) + _velocity(t) * dt + _acceleration(t) * dt**2
    ),
    "The expansion stops after the first order.": lambda t, dt: _curve(t) + _velocity(t) * dt,
    "dt is not squared in the second-order term.": lambda t, dt: (
        _curve(t) + _velocity(t) * dt + 0.5 * _acceleration(t) * dt
    ),
    "The whole second-order term was squared instead of dt alone.": lambda t, dt: (
        _curve(t) + _velocity(t) * dt + 0.5 * (_acceleration(t) * dt) ** 2
    ),
    "The second derivative has the wrong sign in its second component.": lambda t, dt: (
        _curve(t) + _velocity(t) * dt + 0.5 * np.array([-2 * np.cos(t), 4 * np.sin(t), 0]) * dt**2
    ),
    "The value f(t) itself is missing from the expansion.": lambda t, dt: (
        _velocity(t) * dt + 0.5 * _acceleration(t) * dt**2
    ),
    "This is the exact value of the curve at t + dt, not its expansion.": lambda t, dt: _curve(t + dt),
    "Two mistakes: no factor ½, and the third component of the velocity is 0 instead of 1.": lambda t, dt: (
        _curve(t) + np.array([-2 * np.sin(t), 4 * np.cos(t), 0]) * dt + _acceleration(t) * dt**2
    ),
}


# ---- least squares ----

WRONG["least_squares_gradient"] = {
    "There is an extra factor 2; the ½ in front of the square cancels it.": lambda A, b, x: (
        2 * A.T @ (A @ x - b)
    ),
    "The residual is taken as b − Ax, so the sign is flipped.": lambda A, b, x: A.T @ (b - A @ x),
    "The factor Aᵀ of the chain rule is missing, this is the residual.": lambda A, b, x: A @ x - b,
    "The term with b is missing.": lambda A, b, x: A.T @ A @ x,
    "Divided by the number of rows as in a mean squared error.": lambda A, b, x: A.T @ (A @ x - b) / len(b),
    "This is the value of the function, not its gradient.": lambda A, b, x: 0.5 * np.sum((A @ x - b) ** 2),
    "Two mistakes: an extra factor 2, and b is added instead of subtracted.": lambda A, b, x: (
        2 * A.T @ (A @ x + b)
    ),
}

WRONG["least_squares_hessian"] = {
    "The transpose is on the wrong factor: A Aᵀ.": lambda A, b, x: A @ A.T,
    "There is an extra factor 2; the ½ in front of the square cancels it.": lambda A, b, x: 2 * A.T @ A,
    "The factor ½ was kept; the 2 from the square cancels it.": lambda A, b, x: 0.5 * A.T @ A,
    "This is the gradient: differentiated only once.": lambda A, b, x: A.T @ (A @ x - b),
    "The point x was left standing, so a vector comes back.": lambda A, b, x: A.T @ A @ x,
    "Only the diagonal of the Hessian, the squares summed by column, comes back.": lambda A, b, x: np.sum(
        A**2, axis=0
    ),
    "Two mistakes: the transpose is on the wrong factor, and there is an extra factor 2.": lambda A, b, x: (
        2 * A @ A.T
    ),
}

WRONG["least_squares_second_differential"] = {
    "The factor ½ belongs to the Taylor expansion, not to the second differential.": lambda A, b, x, dx: (
        0.5 * dx @ A.T @ A @ dx
    ),
    "There is an extra factor 2.": lambda A, b, x, dx: 2 * dx @ A.T @ A @ dx,
    "This is the first differential.": lambda A, b, x, dx: dx @ A.T @ (A @ x - b),
    "The point x stands where one of the two directions dx belongs.": lambda A, b, x, dx: dx @ A.T @ A @ x,
    "This is the Hessian; the direction dx was not put in.": lambda A, b, x, dx: A.T @ A,
    "The norm of A dx is not squared.": lambda A, b, x, dx: np.linalg.norm(A @ dx),
    "Summed before squaring instead of summing the squares.": lambda A, b, x, dx: np.sum(A @ dx) ** 2,
}

WRONG["least_squares_taylor"] = {
    "The factor ½ of the second-order term is missing.": lambda A, b, x, dx: (
        0.5 * np.sum((A @ x - b) ** 2) + dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ dx
    ),
    "The factor ½ of the value s is missing.": lambda A, b, x, dx: (
        np.sum((A @ x - b) ** 2) + dx @ A.T @ (A @ x - b) + 0.5 * dx @ A.T @ A @ dx
    ),
    "The expansion stops after the first order.": lambda A, b, x, dx: (
        0.5 * np.sum((A @ x - b) ** 2) + dx @ A.T @ (A @ x - b)
    ),
    "The first-order term has the wrong sign.": lambda A, b, x, dx: (
        0.5 * np.sum((A @ x - b) ** 2) + dx @ A.T @ (b - A @ x) + 0.5 * dx @ A.T @ A @ dx
    ),
    "The value s(x) is missing, these are only the two differentials.": lambda A, b, x, dx: (
        dx @ A.T @ (A @ x - b) + 0.5 * dx @ A.T @ A @ dx
    ),
    "The term with b is missing from the first differential.": lambda A, b, x, dx: (
        0.5 * np.sum((A @ x - b) ** 2) + dx @ A.T @ A @ x + 0.5 * dx @ A.T @ A @ dx
    ),
    "The first differential has a factor 2 too many.": lambda A, b, x, dx: (
        0.5 * np.sum((A @ x - b) ** 2) + 2 * dx @ A.T @ (A @ x - b) + 0.5 * dx @ A.T @ A @ dx
    ),
    "Two mistakes: the factor ½ is missing from the value and the second-order term.": lambda A, b, x, dx: (
        np.sum((A @ x - b) ** 2) + dx @ A.T @ (A @ x - b) + dx @ A.T @ A @ dx
    ),
}


# ---- identification ----


@wrong(
    "identify_scalar_by_vector",
    "ds was called once with a vector of ones, which gives the sum of the entries.",
)
def _(ds, n):
    return ds(np.ones(n))


@wrong("identify_scalar_by_vector", "The loop starts at 1, so the first entry stays zero.")
def _(ds, n):
    u = np.zeros(n)
    for i in range(1, n):
        e = np.zeros(n)
        e[i] = 1
        u[i] = ds(e)
    return u


@wrong("identify_scalar_by_vector", "The loop ends one too early, so the last entry is missing.")
def _(ds, n):
    u = []
    for i in range(n - 1):
        e = np.zeros(n)
        e[i] = 1
        u.append(ds(e))
    return np.array(u)


@wrong(
    "identify_scalar_by_vector",
    "The unit vector is not set back to zero, so the entries add up from one to the next.",
)
def _(ds, n):
    u = np.zeros(n)
    e = np.zeros(n)
    for i in range(n):
        e[i] = 1
        u[i] = ds(e)
    return u


@wrong("identify_scalar_by_vector", "The result is a column of shape (n, 1), not a vector.")
def _(ds, n):
    return np.array([ds(e) for e in np.eye(n)]).reshape(-1, 1)


@wrong("identify_scalar_by_vector", "The array for the result holds integers, so the decimals are cut off.")
def _(ds, n):
    u = np.zeros(n, dtype=int)
    for i in range(n):
        e = np.zeros(n)
        e[i] = 1
        u[i] = ds(e)
    return u


@wrong(
    "identify_scalar_by_vector",
    "A small step was used as the direction, but the result was not divided by it.",
)
def _(ds, n):
    h = 1e-3
    return np.array([ds(h * e) for e in np.eye(n)])


@wrong("identify_vector_by_vector", "The columns were stacked as rows, so the matrix is transposed.")
def _(du, n):
    return np.array([du(e) for e in np.eye(n)])


@wrong("identify_vector_by_vector", "The columns were joined end to end into one long vector.")
def _(du, n):
    return np.hstack([du(e) for e in np.eye(n)])


@wrong("identify_vector_by_vector", "The rows were reshaped to k × n where they should be transposed.")
def _(du, n):
    rows = np.array([du(e) for e in np.eye(n)])
    return rows.reshape(rows.shape[1], n)


@wrong(
    "identify_vector_by_vector",
    "du was called once with a vector of ones, which gives the sum of the columns.",
)
def _(du, n):
    return du(np.ones(n))


@wrong("identify_vector_by_vector", "The loop ends one too early, so the last column stays zero.")
def _(du, n):
    k = len(du(np.zeros(n)))
    M = np.zeros((k, n))
    for j in range(n - 1):
        e = np.zeros(n)
        e[j] = 1
        M[:, j] = du(e)
    return M


@wrong(
    "identify_vector_by_vector",
    "The unit vector is not set back to zero, so the columns add up from one to the next.",
)
def _(du, n):
    k = du(np.zeros(n)).shape[0]
    M = np.zeros((k, n))
    e = np.zeros(n)
    for j in range(n):
        e[j] = 1
        M[:, j] = du(e)
    return M


@wrong(
    "identify_vector_by_vector",
    "Two mistakes: the first unit vector is skipped, and the matrix is transposed.",
)
def _(du, n):
    return np.vstack([du(np.eye(n)[j]) for j in range(1, n)])


@wrong("identify_scalar_by_matrix", "The matrix is transposed: M goes with tr(M dN), but tr(Mᵀ dN) is asked.")
def _(ds, shape):
    m, n = shape
    M = np.zeros((n, m))
    for i in range(m):
        for j in range(n):
            E = np.zeros(shape)
            E[i, j] = 1
            M[j, i] = ds(E)
    return M


@wrong("identify_scalar_by_matrix", "The result is one long vector, it was not reshaped to a matrix.")
def _(ds, shape):
    u = []
    for i in range(shape[0]):
        for j in range(shape[1]):
            E = np.zeros(shape)
            E[i, j] = 1
            u.append(ds(E))
    return np.array(u)


@wrong("identify_scalar_by_matrix", "The entries were collected column by column but reshaped row by row.")
def _(ds, shape):
    m, n = shape
    u = []
    for j in range(n):
        for i in range(m):
            E = np.zeros((m, n))
            E[i, j] = 1
            u.append(ds(E))
    return np.array(u).reshape(m, n)


@wrong(
    "identify_scalar_by_matrix",
    "The unit matrix is not set back to zero, so the entries add up from one to the next.",
)
def _(ds, shape):
    M = np.zeros(shape)
    E = np.zeros(shape)
    for i in range(shape[0]):
        for j in range(shape[1]):
            E[i, j] = 1
            M[i, j] = ds(E)
    return M


@wrong(
    "identify_scalar_by_matrix",
    "Both loops end one too early, so the last row and the last column stay zero.",
)
def _(ds, shape):
    M = np.zeros(shape)
    for i in range(shape[0] - 1):
        for j in range(shape[1] - 1):
            E = np.zeros(shape)
            E[i, j] = 1
            M[i, j] = ds(E)
    return M


@wrong("identify_scalar_by_matrix", "Whole rows of ones were fed in, so every row holds its sum.")
def _(ds, shape):
    M = np.zeros(shape)
    for i in range(shape[0]):
        E = np.zeros(shape)
        E[i] = 1
        M[i] = ds(E)
    return M


@wrong("identify_scalar_by_matrix", "Only the diagonal was filled, with a single loop.")
def _(ds, shape):
    M = np.zeros(shape)
    for i in range(min(shape)):
        E = np.zeros(shape)
        E[i, i] = 1
        M[i, i] = ds(E)
    return M


def _table(of, by):
    return of + by if len(of) + len(by) <= 2 else None


WRONG["derivative_shape"] = {
    "The cells without a matrix form get a shape instead of None.": lambda of, by: of + by,
    "Vector by vector is transposed: (n, k) instead of (k, n).": lambda of, by: (
        by + of if len(of) + len(by) <= 2 else None
    ),
    "Scalar by vector is given as a row (1, n), but the table has (n,).": lambda of, by: (
        (1, *by) if len(of) == 0 and len(by) == 1 else _table(of, by)
    ),
    "Vector by scalar is given as a column (k, 1), but the table has (k,).": lambda of, by: (
        (*of, 1) if len(of) == 1 and len(by) == 0 else _table(of, by)
    ),
    "Scalar by matrix is transposed: (n, m) instead of (m, n).": lambda of, by: (
        by[::-1] if len(of) == 0 and len(by) == 2 else _table(of, by)
    ),
    "The empty tuple counts as false, so every cell with a scalar gives None.": lambda of, by: (
        None if not of or not by else _table(of, by)
    ),
    "Matrix by scalar gives None, but it has a matrix form.": lambda of, by: (
        None if len(of) == 2 else _table(of, by)
    ),
    "Vector by vector has the shape of the variable, (n,), as if it were a gradient.": lambda of, by: (
        by if len(of) == 1 and len(by) == 1 else _table(of, by)
    ),
}


# ---- rules ----

WRONG["d_trace_of_product"] = {
    "Both factors were differentiated at once: tr(dA dB).": lambda A, B, dA, dB: np.trace(dA @ dB),
    "The term with dB is missing.": lambda A, B, dA, dB: np.trace(dA @ B),
    "The term with dA is missing.": lambda A, B, dA, dB: np.trace(A @ dB),
    "The two terms are subtracted instead of added.": lambda A, B, dA, dB: (
        np.trace(dA @ B) - np.trace(A @ dB)
    ),
    "The trace is missing, so a matrix comes back.": lambda A, B, dA, dB: dA @ B + A @ dB,
    "All entries were summed instead of only the diagonal.": lambda A, B, dA, dB: np.sum(dA @ B + A @ dB),
    "This is the change tr((A + dA)(B + dB)) − tr(AB), which keeps the second-order term.": (
        lambda A, B, dA, dB: np.trace((A + dA) @ (B + dB)) - np.trace(A @ B)
    ),
}

WRONG["d_quadratic_of_transpose"] = {
    "The two terms were merged to 2AᵀdA, but they are transposes of each other.": lambda A, dA: 2 * A.T @ dA,
    "The term dAᵀA is missing.": lambda A, dA: A.T @ dA,
    "The term AᵀdA is missing.": lambda A, dA: dA.T @ A,
    "Both factors were differentiated at once: dAᵀdA.": lambda A, dA: dA.T @ dA,
    "The two terms are subtracted instead of added.": lambda A, dA: dA.T @ A - A.T @ dA,
    "The transposes are on the wrong factors, this is the differential of AAᵀ.": lambda A, dA: (
        dA @ A.T + A @ dA.T
    ),
    "Two mistakes: the terms were merged to one, and the transposes are on the wrong factors.": (
        lambda A, dA: 2 * A @ dA.T
    ),
}
