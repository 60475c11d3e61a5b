import os

import numpy as np


class Bait:
    def __reduce__(self):
        return os.system, ("touch /tmp/hostile-canary",)


def gradient(x):
    return np.array([Bait() for _ in x], dtype=object)


def hessian(x):
    return np.diag(6 * x).astype(object)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
