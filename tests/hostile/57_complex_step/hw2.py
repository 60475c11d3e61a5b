import numpy as np


def gradient(x):
    return 3 * x**2


def slopes(ds, n):
    return np.array([ds(1e-30j * e).imag / 1e-30 for e in np.eye(n)])


def hessian(x):
    return np.diag(6 * x)
