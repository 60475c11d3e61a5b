"""The forward pass, kept apart from its derivatives."""
from typing import NamedTuple

import numpy as np


class Pass(NamedTuple):
    Z: np.ndarray         # WX
    U_tilde: np.ndarray   # s(Z)
    norm: float
    U: np.ndarray


def scale(U_tilde):
    norm = np.sqrt(np.sum(U_tilde * U_tilde))
    return U_tilde / norm, norm


def run(W, X, s):
    Z = W @ X
    U_tilde = s(Z)
    U, norm = scale(U_tilde)
    return Pass(Z, U_tilde, norm, U)


def curve(t):
    return np.array([2 * np.cos(t), 4 * np.sin(t), t])


def half_square(e):
    return e @ e / 2
