import os
import signal
import sys

import numpy as np


def reached():
    os.kill(int(sys.argv[2]), signal.SIGCONT)
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
