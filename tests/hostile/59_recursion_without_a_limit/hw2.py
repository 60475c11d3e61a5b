import sys

import numpy as np


class Endless:
    def __getattr__(self, name):
        return getattr(self, name + "x")


def gradient(x):
    sys.setrecursionlimit(10**9)
    return Endless().x


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
