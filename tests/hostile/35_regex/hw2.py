import re

import numpy as np


def gradient(x):
    return re.match(r"(a+)+$", "a" * 64 + "b")


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
