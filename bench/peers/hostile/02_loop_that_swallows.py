"""One function never ends and swallows whatever exception is to end it: worth 8 of 10."""

import numpy as np


def gradient(W, X, Y):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def hessian(A, b, x):
    return A.T @ A


def value(A, b, x):
    return np.sum((A @ x - b) ** 2) / 2


def residual(A, b, x):
    return A @ x - b


def activation(A, x):
    return np.tanh(A @ x)
