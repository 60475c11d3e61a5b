import numpy as np


def gradient(x):
    return np.broadcast_to(1.0, (100_000, 100_000))


def hessian(x):
    return np.empty((0, 2**31, 2))


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
