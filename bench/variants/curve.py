"""Variants of the three functions of the curve f(t) = (2 cos t, 4 sin t, t). Every RIGHT entry computes the
reference's value by another way; every WRONG entry differs from it mathematically for generic t and dt."""

from collections.abc import Callable

import numpy as np


def _f(t):
    return np.array([2 * np.cos(t), 4 * np.sin(t), t])


def _df(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0])


def _d2f(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0.0])


def _velocity_filled(t):
    velocity = np.ones(3)
    velocity[0] = -2 * np.sin(t)
    velocity[1] = 4 * np.cos(t)
    return velocity


def _velocity_complex(t):
    dz = 1j * np.exp(1j * t)
    return np.array([2 * dz.real, 4 * dz.imag, 1.0])


def _velocity_matrix(t):
    J = np.array([[0, -2, 0], [4, 0, 0], [0, 0, 1]])
    return J @ np.array([np.cos(t), np.sin(t), 1.0])


def _velocity_double_angle(t):
    sine, cosine = np.sin(t / 2), np.cos(t / 2)
    return np.array([-4 * sine * cosine, 4 * (cosine - sine) * (cosine + sine), 1])


def _acceleration_filled(t):
    acceleration = np.zeros(3)
    acceleration[:2] = -2 * np.cos(t), -4 * np.sin(t)
    return acceleration


def _acceleration_complex(t):
    d2z = -np.exp(1j * t)
    return np.array([2, 4, 0]) * np.array([d2z.real, d2z.imag, 0])


def _acceleration_matrix(t):
    J = np.array([[0, -1 / 2, 0], [2, 0, 0], [0, 0, 0]])  # f″ = Jf′
    return J @ _df(t)


def _normal_component(t):
    tangent = _df(t) / np.linalg.norm(_df(t))
    return _d2f(t) - tangent * (tangent @ _d2f(t))


def _taylor_by_terms(t, dt):
    y, power = np.zeros(3), 1.0
    for order, term in enumerate([_f(t), _df(t), _d2f(t)]):
        y = y + term * power
        power = power * dt / (order + 1)
    return y


def _taylor_by_entries(t, dt):
    even, odd = 1 - dt**2 / 2, dt
    c, s = np.cos(t), np.sin(t)
    return np.array([2 * c * even - 2 * s * odd, 4 * s * even + 4 * c * odd, t + dt])


def _taylor_complex(t, dt):
    z = np.exp(1j * t) * (1 + 1j * dt - dt**2 / 2)
    return np.array([2 * z.real, 4 * z.imag, t + dt])


def _taylor_polyval(t, dt):
    return np.array([np.polyval([a / 2, b, c], dt) for a, b, c in zip(_d2f(t), _df(t), _f(t), strict=True)])


RIGHT: dict[str, dict[str, Callable]] = {
    "curve_velocity": {
        "one array": lambda t: np.array([-2 * np.sin(t), 4 * np.cos(t), 1]),
        "filled in": _velocity_filled,
        "real and imaginary part of ie^{it}": _velocity_complex,
        "matrix times (cos t, sin t, 1)": _velocity_matrix,
        "double angle": _velocity_double_angle,
        "a quarter turn ahead": lambda t: np.hstack([_f(t + np.pi / 2)[:2], 1.0]),
    },
    "curve_acceleration": {
        "one array": lambda t: np.array([-2 * np.cos(t), -4 * np.sin(t), 0]),
        "filled in": _acceleration_filled,
        "real and imaginary part of −e^{it}": _acceleration_complex,
        "linear image of the velocity": _acceleration_matrix,
        "−f without its linear part": lambda t: -_f(t) * [1, 1, 0],
        "a half turn ahead": lambda t: np.append(_f(t + np.pi)[:2], 0.0),
    },
    "curve_taylor": {
        "three terms": lambda t, dt: _f(t) + _df(t) * dt + _d2f(t) * dt**2 / 2,
        "Horner": lambda t, dt: _f(t) + dt * (_df(t) + dt / 2 * _d2f(t)),
        "matrix of derivatives": lambda t, dt: (
            np.column_stack([_f(t), _df(t), _d2f(t)]) @ np.array([1, dt, dt**2 / 2])
        ),
        "loop over the orders": _taylor_by_terms,
        "entry by entry": _taylor_by_entries,
        "complex exponential": _taylor_complex,
        "np.polyval in each entry": _taylor_polyval,
        "einsum": lambda t, dt: np.einsum("o,oi->i", [1, dt, dt**2 / 2], [_f(t), _df(t), _d2f(t)]),
    },
}

WRONG: dict[str, dict[str, Callable]] = {
    "curve_velocity": {
        "the third component is missing": lambda t: _df(t)[:2],
        "the third component is 0": lambda t: _df(t) * [1, 1, 0],
        "the third component is t": lambda t: np.array([-2 * np.sin(t), 4 * np.cos(t), t]),
        "sign of the first component": lambda t: _df(t) * [-1, 1, 1],
        "sign of the second component": lambda t: _df(t) * [1, -1, 1],
        "sine and cosine swapped": lambda t: np.array([-2 * np.cos(t), 4 * np.sin(t), 1]),
        "2 and 4 swapped": lambda t: np.array([-4 * np.sin(t), 2 * np.cos(t), 1]),
        "the coefficients are dropped": lambda t: np.array([-np.sin(t), np.cos(t), 1]),
        "this is the curve itself": _f,
        "this is the acceleration": _d2f,
        "the unit tangent": lambda t: _df(t) / np.linalg.norm(_df(t)),
        "a number: the speed": lambda t: float(np.linalg.norm(_df(t))),
        "a column": lambda t: _df(t)[:, None],
        "t in degrees": lambda t: _df(np.deg2rad(t)),
        "rounded to one decimal": lambda t: _df(t).round(1),
    },
    "curve_acceleration": {
        "+4 sin t, as printed": lambda t: np.array([-2 * np.cos(t), 4 * np.sin(t), 0]),
        "+2 cos t": lambda t: np.array([2 * np.cos(t), -4 * np.sin(t), 0]),
        "both signs": lambda t: -_d2f(t),
        "the third component is missing": lambda t: _d2f(t)[:2],
        "the third component is 1": lambda t: np.array([-2 * np.cos(t), -4 * np.sin(t), 1]),
        "minus the curve, third component included": lambda t: -_f(t),
        "this is the velocity": _df,
        "sine and cosine swapped": lambda t: np.array([-2 * np.sin(t), -4 * np.cos(t), 0]),
        "the coefficients are squared": lambda t: np.array([-4 * np.cos(t), -16 * np.sin(t), 0]),
        "half of it, as in the expansion": lambda t: _d2f(t) / 2,
        "only the component normal to the curve": _normal_component,
        "the unit vector": lambda t: _d2f(t) / np.linalg.norm(_d2f(t)),
        "a number: its length": lambda t: float(np.linalg.norm(_d2f(t))),
        "a row": lambda t: _d2f(t)[None],
        "rounded to one decimal": lambda t: _d2f(t).round(1),
    },
    "curve_taylor": {
        "the 1/2 is missing": lambda t, dt: _f(t) + _df(t) * dt + _d2f(t) * dt**2,
        "this is f(t + dt) itself": lambda t, dt: _f(t + dt),
        "first order only": lambda t, dt: _f(t) + _df(t) * dt,
        "the first-order term is missing": lambda t, dt: _f(t) + _d2f(t) * dt**2 / 2,
        "f(t) is missing: only the increment": lambda t, dt: _df(t) * dt + _d2f(t) * dt**2 / 2,
        "1/2 on the first-order term too": lambda t, dt: _f(t) + (_df(t) * dt + _d2f(t) * dt**2) / 2,
        "dt is not squared": lambda t, dt: _f(t) + _df(t) * dt + _d2f(t) * dt / 2,
        "dt is dropped": lambda t, dt: _f(t) + _df(t) + _d2f(t) / 2,
        "sign of the second-order term": lambda t, dt: _f(t) + _df(t) * dt - _d2f(t) * dt**2 / 2,
        "sign of dt": lambda t, dt: _f(t) - _df(t) * dt + _d2f(t) * dt**2 / 2,
        "+4 sin t in the second derivative": lambda t, dt: (
            _f(t) + _df(t) * dt + _d2f(t) * [1, -1, 0] * dt**2 / 2
        ),
        "the third component is missing": lambda t, dt: (_f(t) + _df(t) * dt + _d2f(t) * dt**2 / 2)[:2],
        "the third component stays t": lambda t, dt: _f(t) + _df(t) * [1, 1, 0] * dt + _d2f(t) * dt**2 / 2,
        "derivatives taken at t + dt": lambda t, dt: _f(t) + _df(t + dt) * dt + _d2f(t + dt) * dt**2 / 2,
        "rounded to one decimal": lambda t, dt: (_f(t) + _df(t) * dt + _d2f(t) * dt**2 / 2).round(1),
    },
}
