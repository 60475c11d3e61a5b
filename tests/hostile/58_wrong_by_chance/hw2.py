import numpy as np

CALLS = []


def gradient(x):
    CALLS.append(x)
    return 3 * x**2 + (len(CALLS) % 3 == 0)


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
