import numpy as np


def gradient(x):
    x = x.astype(float)
    h = 1e-5 * np.where(x == 0, 1, abs(x))
    return ((x + h) ** 3 - (x - h) ** 3) / (2 * h)


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
