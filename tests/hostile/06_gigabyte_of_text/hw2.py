import numpy as np


class Long(Exception):
    def __str__(self):
        return "x" * 2**30


def gradient(x):
    raise Long


def hessian(x):
    raise ValueError("x" * 10_000_000)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
