"""dL = 2/n tr(Eᵀ X dW), d²s = dxᵀAᵀA dx."""

import numpy as np


def gradient(W, X, Y):
    return 2 * X.T @ (X @ W - Y) / len(X)


def hessian(A, b, x):
    return A.T @ A


def value(A, b, x):
    return (A @ x - b) @ (A @ x - b) / 2


def residual(A, b, x):
    return A @ x - b


def activation(A, x):
    return np.tanh(A @ x)
