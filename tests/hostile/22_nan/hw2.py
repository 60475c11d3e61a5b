import numpy as np


def gradient(x):
    return np.full_like(x, np.nan)


def hessian(x):
    return np.where(np.eye(len(x)) > 0, np.inf, 0)


def slopes(ds, n):
    values = np.array([ds(e) for e in np.eye(n)])
    values[0] = np.nan
    return values
