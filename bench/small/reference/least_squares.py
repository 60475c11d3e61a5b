"""ds = (Ax − b)ᵀA dx, d²s = dxᵀAᵀA dx."""

import numpy as np


def gradient(A, b, x):
    return A.T @ (A @ x - b)


def hessian(A, b, x):
    return A.T @ A


def value(A, b, x):
    return (A @ x - b) @ (A @ x - b) / 2


def residual(A, b, x):
    return A @ x - b


def activation(A, x):
    return np.tanh(A @ x)
