import sys

import numpy as np

sys.stdin.read()


def gradient(x):
    return float(input("x? "))


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
