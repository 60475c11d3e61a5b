import numpy as np


def gradient(x):
    answer = 3 * x**2
    x[...] = 0
    return answer


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
