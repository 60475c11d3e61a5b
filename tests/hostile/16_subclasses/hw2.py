import numpy as np


def gradient(x):
    return np.ma.masked_all(x.shape)


def hessian(x):
    return np.matrix(np.diag(6 * x))


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
