import numpy as np


class Odd(Exception):
    __traceback__ = property(lambda self: 1 / 0)


def gradient(x):
    raise Odd


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
