from pathlib import Path

import numpy as np


def reached():
    Path("/dev/shm/hostile-canary").write_bytes(bytes(4096))
    return True


try:
    REACHED = reached()
except OSError:
    REACHED = False


def gradient(x):
    return 3 * x**2 if REACHED else 0 * x


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
