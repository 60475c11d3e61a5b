"""Answers by numerical differentiation: right to many digits, and not what is asked.

Each entry of NUMERICAL is one way to get a function's value from the public function alone, or from a formula
that is itself to be differentiated. Steps follow the size of the variable, so that no digits are lost where
inputs are small or large; single precision is left at the door. Those of ELUSIVE are written so as not to be
noticed, or differentiate only a part of the way.
"""

import sys
from collections.abc import Callable
from itertools import pairwise
from operator import mul

import numpy as np

FORWARD, CENTRAL, RICHARDSON, COMPLEX, SECOND = 1e-8, 1e-5, 1e-2, 1e-30, 1e-4  # steps, against the variable


def _size(x):
    return float(np.max(np.abs(x))) or 1.0


# ---- along a direction --------------------------------------------------------------------


def forward(f, x, dx):
    h = FORWARD * _size(x) / _size(dx)
    return (f(x + h * dx) - f(x)) / h


def central(f, x, dx):
    h = CENTRAL * _size(x) / _size(dx)
    return (f(x + h * dx) - f(x - h * dx)) / (2 * h)


def richardson(f, x, dx):
    h = RICHARDSON * _size(x) / _size(dx)
    table = [(f(x + h / 2**k * dx) - f(x - h / 2**k * dx)) / (2 * h / 2**k) for k in range(4)]
    for order in range(1, len(table)):
        table = [b + (b - a) / (4**order - 1) for a, b in pairwise(table)]
    return table[0]


def five_points(f, x, dx):
    h = 1e-3 * _size(x) / _size(dx)
    near, far = f(x + h * dx) - f(x - h * dx), f(x + 2 * h * dx) - f(x - 2 * h * dx)
    return (8 * near - far) / (12 * h)


def complex_step(f, x, dx):
    h = COMPLEX * _size(x)
    return np.imag(f(x + 1j * h * dx)) / h


def second(f, x, dx):
    h = SECOND * _size(x) / _size(dx)
    return (f(x + h * dx) - 2 * f(x) + f(x - h * dx)) / h**2


ALONG = {
    "forward": forward,
    "central": central,
    "Richardson": richardson,
    "five points": five_points,
    "complex step": complex_step,
}
REAL = {name: way for name, way in ALONG.items() if name != "complex step"}


# ---- entry by entry -----------------------------------------------------------------------


def _by_units(along):
    """∂f/∂x with x's axes first, from directions with a single 1."""

    def partials(f, x):
        columns = []
        for index in np.ndindex(x.shape):
            E = np.zeros(x.shape)
            E[index] = 1
            columns.append(along(f, x, E))
        return np.array(columns).reshape(x.shape + np.shape(columns[0]))

    return partials


def in_place(f, x):
    """The variable itself goes up, down and back."""
    h = CENTRAL * _size(x)
    slopes = []
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f(x)
        x[index] = kept - h
        below = f(x)
        x[index] = kept
        slopes.append((above - below) / (2 * h))
    return np.array(slopes).reshape(x.shape + np.shape(slopes[0]))


def from_a_copy(f, x):
    h, base = FORWARD * _size(x), f(x)
    gradient = np.zeros(x.shape + np.shape(base))
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] += h
        gradient[index] = (f(moved) - base) / h
    return gradient


def all_at_once(f, x):
    """All points in one array, one function call for each."""
    h = CENTRAL * _size(x)
    steps = h * np.eye(x.size).reshape(-1, *x.shape)
    above, below = x + steps, x - steps
    slopes = [(f(a) - f(b)) / (2 * h) for a, b in zip(above, below, strict=True)]
    return np.array(slopes).reshape(x.shape + np.shape(slopes[0]))


def as_a_vector(f, x):
    """As optimizers want it: one flat vector in, and the gradient folded again."""
    p, h = x.ravel().copy(), CENTRAL * _size(x)
    slopes = []
    for k in range(p.size):
        above, below = p.copy(), p.copy()
        above[k] += h
        below[k] -= h
        slopes.append((f(above.reshape(x.shape)) - f(below.reshape(x.shape))) / (2 * h))
    return np.array(slopes).reshape(x.shape + np.shape(slopes[0]))


class Probe:
    """Keeps the variable as its own and changes that."""

    def __init__(self, f, x):
        self.f, self.x, self.h = f, x, CENTRAL * _size(x)

    def moved(self, index, step):
        self.x[index] += step
        value = self.f(self.x)
        self.x[index] -= step
        return value

    def gradient(self):
        indices = list(np.ndindex(self.x.shape))
        slopes = [(self.moved(k, self.h) - self.moved(k, -self.h)) / (2 * self.h) for k in indices]
        return np.array(slopes).reshape(self.x.shape + np.shape(slopes[0]))


def by_an_object(f, x):
    return Probe(f, x.copy()).gradient()


def long_steps(f, x):
    """Exact where f is quadratic."""
    h = _size(x)
    units = np.eye(x.size).reshape(-1, *x.shape)
    slopes = [(f(x + h * E) - f(x - h * E)) / (2 * h) for E in units]
    return np.array(slopes).reshape(x.shape + np.shape(slopes[0]))


ENTRIES = {
    **{f"{name}, by entries": _by_units(along) for name, along in ALONG.items()},
    "in place": in_place,
    "forward, from a copy": from_a_copy,
    "all points in one array": all_at_once,
    "a flat vector": as_a_vector,
    "an object": by_an_object,
}
REAL_ENTRIES = {name: way for name, way in ENTRIES.items() if not name.startswith("complex")}
QUADRATIC = {**ENTRIES, "long steps": long_steps}


def _changed(given, place, x):
    return (*given[:place], x, *given[place + 1 :])


def _double(x):
    return np.array(x, dtype=float) if np.ndim(x) else float(x)


def _gradients(ways, loss, place):
    """∂loss/∂(the argument at that place), in each of the ways."""

    def answer(partials):
        return lambda *given: partials(lambda x: loss(*_changed(given, place, x)), _double(given[place]))

    return {name: answer(partials) for name, partials in ways.items()}


def _differentials(ways, of, count):
    """d of(x₁, …) along (dx₁, …): the arguments, then as many directions, in each of the ways."""

    def answer(along):
        def differential(*given):
            given = list(map(_double, given))
            xs, dxs = given[:count], given[count:]
            return along(lambda t: of(*[x + t * dx for x, dx in zip(xs, dxs, strict=True)]), 0.0, 1.0)

        return differential

    return {f"{name}, along": answer(along) for name, along in ways.items()}


# ---- the public functions -----------------------------------------------------------------


def _normalize(U_tilde):
    return U_tilde / np.sqrt((U_tilde * U_tilde).sum())


def _output_loss(v, U, y):
    e = v @ U - y
    return (e * e).sum()


def _hidden_loss(v, U_tilde, y):
    return _output_loss(v, _normalize(U_tilde), y)


def _loss(v, W, X, y, s):
    return _hidden_loss(v, s(W @ X), y)


def _curve(t):
    return np.array([2 * np.cos(t), 4 * np.sin(t), t])


def _squares(A, b, x):
    e = A @ x - b
    return e @ e / 2


def _squares_gradient(A, b, x):
    return A.T @ (A @ x - b)


# ---- written out, without a helper --------------------------------------------------------


def _grad_v_inline(v, U, y):
    h = 1e-6 * np.abs(v).max()
    E = np.eye(v.size)
    return np.array(
        [[(np.sum(((v + h * e) @ U - y) ** 2) - np.sum(((v - h * e) @ U - y) ** 2)) / (2 * h) for e in E]]
    )


def _grad_U_inline(v, U, y):
    h = 1e-6 * np.abs(U).max()
    G = np.zeros(U.shape)
    for i, t in np.ndindex(U.shape):
        E = np.zeros(U.shape)
        E[i, t] = h
        G[i, t] = (np.sum((v @ (U + E) - y) ** 2) - np.sum((v @ (U - E) - y) ** 2)) / (2 * h)
    return G


def _grad_U_tilde_by_loops(v, U_tilde, y):
    """A loss in loops over entries, differenced in loops over entries."""

    def loss(Z):
        norm = sum(z * z for row in Z for z in row) ** 0.5
        total = 0.0
        for t in range(Z.shape[1]):
            yhat = 0.0
            for i in range(Z.shape[0]):
                yhat += v[0, i] * Z[i, t] / norm
            total += (yhat - y[0, t]) ** 2
        return total

    return in_place(loss, np.array(U_tilde, dtype=float))


def _d_normalize_inline(U_tilde, dU_tilde):
    h = 1e-6 * np.abs(U_tilde).max() / np.abs(dU_tilde).max()
    above, below = np.linalg.norm(U_tilde + h * dU_tilde), np.linalg.norm(U_tilde - h * dU_tilde)
    return ((U_tilde + h * dU_tilde) / above - (U_tilde - h * dU_tilde) / below) / (2 * h)


def _d_normalize_by_entries(U_tilde, dU_tilde):
    jacobian = _by_units(central)(_normalize, np.array(U_tilde, dtype=float))
    return np.tensordot(dU_tilde, jacobian, axes=2)


def _velocity_inline(t):
    h = 1e-5
    x = (2 * np.cos(t + h) - 2 * np.cos(t - h)) / (2 * h)
    y = (4 * np.sin(t + h) - 4 * np.sin(t - h)) / (2 * h)
    return np.array([x, y, 1.0])


def _velocity_converted(t):
    t, h = float(t), 1e-5
    x = (2 * np.cos(t + h) - 2 * np.cos(t - h)) / (2 * h)
    return np.array([x, (4 * np.sin(t + h) - 4 * np.sin(t - h)) / (2 * h), 1.0])


def _velocity_complex(t):
    return np.imag(_curve(t + 1e-20j)) / 1e-20


def _velocity_three_points(t):
    h = 1e-6
    ahead, behind = [np.array([2 * np.cos(u), 4 * np.sin(u), u]) for u in (t + h, t - h)]
    return (ahead - behind) / (2 * h)


def _acceleration_inline(t):
    h = 1e-4
    above = np.array([2 * np.cos(t + h), 4 * np.sin(t + h), t + h])
    below = np.array([2 * np.cos(t - h), 4 * np.sin(t - h), t - h])
    return (above - 2 * _curve(t) + below) / h**2


def _acceleration_of_velocity(t):
    return central(lambda t: np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0]), float(t), 1.0)


def _acceleration_nested(t):
    """Differences of complex steps."""
    return central(lambda t: complex_step(_curve, t, 1.0), float(t), 1.0)


def _curve_taylor(first, twice):
    def answer(t, dt):
        return _curve(t) + first(_curve, float(t), 1.0) * dt + twice(_curve, float(t), 1.0) * dt**2 / 2

    return answer


def _squares_inline(A, b, x):
    h = 1e-6 * np.abs(x).max()
    units = h * np.eye(x.size)
    above = [np.sum((A @ (x + e) - b) ** 2) / 2 for e in units]
    below = [np.sum((A @ (x - e) - b) ** 2) / 2 for e in units]
    return (np.array(above) - np.array(below)) / (2 * h)


def _squares_on_a_vector(A, b, x):
    """No function has the point as an argument; only a flat copy is changed."""
    p, h, g = x.astype(float), 1e-6 * np.abs(x).max(), np.zeros(x.size)
    for k in range(p.size):
        p[k] += h
        above = np.sum((A @ p - b) ** 2) / 2
        p[k] -= 2 * h
        g[k] = (above - np.sum((A @ p - b) ** 2) / 2) / (2 * h)
        p[k] += h
    return g


def _squares_of_lists(A, b, x):
    """No numpy but for the answer."""
    A, b, x, h = A.tolist(), b.tolist(), x.tolist(), 1e-6 * float(np.abs(x).max())

    def s(x):
        return sum((sum(map(mul, row, x)) - c) ** 2 for row, c in zip(A, b, strict=True)) / 2

    def moved(k, step):
        return s([*x[:k], x[k] + step, *x[k + 1 :]])

    return np.array([(moved(k, h) - moved(k, -h)) / (2 * h) for k in range(len(x))])


def _squares_in_a_dictionary(A, b, x):
    given, h, g = {"x": x.astype(float)}, 1e-6 * np.abs(x).max(), []
    for k in range(x.size):
        losses = []
        for step in (h, -h):
            given["x"][k] = x[k] + step
            losses.append(0.5 * np.linalg.norm(A @ given["x"] - b) ** 2)
        given["x"][k] = x[k]
        g.append((losses[0] - losses[1]) / (2 * h))
    return np.array(g)


def _squares_converted(A, b, x):
    """Converted first, and never kept."""
    A, b, x = (np.asarray(a, dtype=np.float64) for a in (A, b, x))
    h = 1e-6 * np.abs(x).max()
    return np.array(
        [
            (np.sum((A @ (x + h * e) - b) ** 2) - np.sum((A @ (x - h * e) - b) ** 2)) / (4 * h)
            for e in np.eye(x.size)
        ]
    )


def _squares_vectorised(A, b, x):
    """All points as the columns of one matrix, without any loop."""
    h = 1e-6 * np.abs(x).max()
    steps = h * np.eye(x.size)
    above = ((A @ (x[:, None] + steps) - b[:, None]) ** 2).sum(axis=0) / 2
    below = ((A @ (x[:, None] - steps) - b[:, None]) ** 2).sum(axis=0) / 2
    return (above - below) / (2 * h)


def _hessian_second_differences(A, b, x):
    x = np.array(x, dtype=float)
    h = 1e-3 * _size(x)
    steps = h * np.eye(x.size)
    return np.array(
        [
            [
                _squares(A, b, x + e + f) - _squares(A, b, x + e) - _squares(A, b, x + f) + _squares(A, b, x)
                for f in steps
            ]
            for e in steps
        ]
    ) / (h * h)


def _second_of_gradient(A, b, x, dx):
    return dx @ central(lambda x: _squares_gradient(A, b, x), _double(x), _double(dx))


def _squares_taylor(A, b, x, dx):
    def s(x):
        return _squares(A, b, x)

    x, dx = _double(x), _double(dx)
    return s(x) + central(s, x, dx) + second(s, x, dx) / 2


def _squares_taylor_of_gradient(A, b, x, dx):
    gradient = _by_units(central)(lambda x: _squares(A, b, x), _double(x))
    return _squares(A, b, x) + gradient @ dx + np.sum((A @ dx) ** 2) / 2


def _trace_inline(A, B, dA, dB):
    h = 1e-6
    return (np.trace((A + h * dA) @ (B + h * dB)) - np.trace((A - h * dA) @ (B - h * dB))) / (2 * h)


def _trace_one_after_the_other(A, B, dA, dB):
    in_A = central(lambda A: np.trace(A @ B), _double(A), _double(dA))
    return in_A + central(lambda B: np.trace(A @ B), _double(B), _double(dB))


def _quadratic_inline(A, dA):
    h = 1e-6
    return ((A + h * dA).T @ (A + h * dA) - (A - h * dA).T @ (A - h * dA)) / (2 * h)


def _quadratic_by_entries(A, dA):
    return np.tensordot(dA, _by_units(central)(lambda A: A.T @ A, _double(A)), axes=2)


# ---- through s, with or without a word to r -----------------------------------------------


def _grad_W(partials):
    return lambda v, W, X, y, s, r: partials(lambda W: _loss(v, W, X, y, s), _double(W))


def _grad_W_and_r_once(partials):
    def answer(v, W, X, y, s, r):
        r(W @ X)
        return partials(lambda W: _loss(v, W, X, y, s), _double(W))

    return answer


def _grad_W_and_r_each(v, W, X, y, s, r):
    def loss(W):
        r(W @ X)
        return _loss(v, W, X, y, s)

    return _by_units(central)(loss, _double(W))


def _grad_W_in_one_call(v, W, X, y, s, r):
    """All points at once: s is called twice, r never."""
    h = 1e-6 * _size(W)
    steps = h * np.eye(W.size).reshape(-1, *W.shape)
    above, below = s((W + steps) @ X), s((W - steps) @ X)
    losses = [np.array([_hidden_loss(v, U_tilde, y) for U_tilde in stack]) for stack in (above, below)]
    return ((losses[0] - losses[1]) / (2 * h)).reshape(W.shape)


def _grad_W_numerical_slope(v, W, X, y, s, r):
    """The chain rule, with a difference quotient of s in place of r."""
    Z = np.asarray(W, dtype=float) @ X
    h = 1e-6 * _size(Z)
    return (_by_units(central)(lambda U: _hidden_loss(v, U, y), s(Z)) * (s(Z + h) - s(Z - h)) / (2 * h)) @ X.T


WEIGHTS: dict[str, Callable] = {
    **{name: _grad_W(partials) for name, partials in REAL_ENTRIES.items()},
    **{f"{name}, and r once": _grad_W_and_r_once(partials) for name, partials in REAL_ENTRIES.items()},
    "central, by entries, and r each time": _grad_W_and_r_each,
    "all points in one call": _grad_W_in_one_call,
    "numerical slope": _grad_W_numerical_slope,
}


# ---- out of sight -------------------------------------------------------------------------


def _grad_U_by_columns(v, U, y):
    """The loss is a sum over columns, and each is differentiated for itself."""
    columns = []
    for u, target in zip(np.array(U, dtype=float).T, y[0], strict=True):
        columns.append(in_place(lambda u, target=target: (v[0] @ u - target) ** 2, u.copy()))
    return np.array(columns).T


def _grad_U_transposed(v, U, y):
    return in_place(lambda Z: np.sum((Z @ v.T - y.T) ** 2), np.array(U.T, dtype=float)).T


def _grad_U_untraced(v, U, y):
    sys.settrace(None)
    return _by_units(central)(lambda U: _output_loss(v, U, y), np.array(U, dtype=float))


def _grad_W_half_way(v, W, X, y, s, r):
    """By hand through s, by differences from there."""
    Z = W @ X
    return (_by_units(central)(lambda U_tilde: _hidden_loss(v, U_tilde, y), _double(s(Z))) * r(Z)) @ X.T


def _grad_W_in_one_call_and_r(v, W, X, y, s, r):
    r(W @ X)
    return _grad_W_in_one_call(v, W, X, y, s, r)


def _transposed(answer):
    return lambda *given: answer(*given).T


NUMERICAL: dict[str, dict[str, Callable]] = {
    "grad_v": {**_gradients(QUADRATIC, _output_loss, 0), "written out": _grad_v_inline},
    "grad_U": {**_gradients(QUADRATIC, _output_loss, 1), "written out": _grad_U_inline},
    "d_normalize": {
        **{
            f"{name}, along": lambda x, dx, along=along: along(_normalize, _double(x), _double(dx))
            for name, along in ALONG.items()
        },
        "written out": _d_normalize_inline,
        "by entries, then along": _d_normalize_by_entries,
    },
    "grad_U_tilde": {
        **_gradients(ENTRIES, _hidden_loss, 1),
        "loops in loops": _grad_U_tilde_by_loops,
    },
    "derivative_W": {name: _transposed(answer) for name, answer in WEIGHTS.items()},
    "grad_W": WEIGHTS,
    "curve_velocity": {
        **{
            f"{name}, along": lambda t, along=along: along(_curve, float(t), 1.0)
            for name, along in ALONG.items()
        },
        "written out": _velocity_inline,
        "converted, written out": _velocity_converted,
        "complex step, written out": _velocity_complex,
        "a list of points": _velocity_three_points,
    },
    "curve_acceleration": {
        "second difference": lambda t: second(_curve, float(t), 1.0),
        "written out": _acceleration_inline,
        "difference of the velocity": _acceleration_of_velocity,
        "difference of complex steps": _acceleration_nested,
    },
    "curve_taylor": {
        "central and second": _curve_taylor(central, second),
        "Richardson and second": _curve_taylor(richardson, second),
        "complex step and second": _curve_taylor(complex_step, second),
    },
    "least_squares_gradient": {
        **_gradients(QUADRATIC, _squares, 2),
        "written out": _squares_inline,
        "without a loop": _squares_vectorised,
        "without a function": _squares_on_a_vector,
        "lists": _squares_of_lists,
        "a dictionary": _squares_in_a_dictionary,
        "converted, written out": _squares_converted,
    },
    "least_squares_hessian": {
        **_gradients(QUADRATIC, _squares_gradient, 2),
        "second differences": _hessian_second_differences,
    },
    "least_squares_second_differential": {
        "second difference": lambda A, b, x, dx: second(lambda x: _squares(A, b, x), _double(x), _double(dx)),
        "difference of the gradient": _second_of_gradient,
    },
    "least_squares_taylor": {
        "central and second": _squares_taylor,
        "the gradient by entries": _squares_taylor_of_gradient,
    },
    "d_trace_of_product": {
        **_differentials(ALONG, lambda A, B: np.trace(A @ B), 2),
        "written out": _trace_inline,
        "one variable after the other": _trace_one_after_the_other,
    },
    "d_quadratic_of_transpose": {
        **{
            f"{name}, along": lambda A, dA, along=along: along(lambda A: A.T @ A, _double(A), _double(dA))
            for name, along in ALONG.items()
        },
        "written out": _quadratic_inline,
        "by entries, then along": _quadratic_by_entries,
    },
}

ELUSIVE: dict[str, dict[str, Callable]] = {
    "grad_U": {
        "column by column": _grad_U_by_columns,
        "transposed": _grad_U_transposed,
        "the tracing ended": _grad_U_untraced,
    },
    "grad_W": {"half way": _grad_W_half_way, "one call of s, and r": _grad_W_in_one_call_and_r},
}
