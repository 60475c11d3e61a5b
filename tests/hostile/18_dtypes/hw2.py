import numpy as np


def gradient(x):
    return (3 * x**2).astype(str)


def hessian(x):
    return np.zeros((len(x), len(x)), dtype=[("value", float)])


def slopes(ds, n):
    return np.zeros(n, dtype="datetime64[s]")
