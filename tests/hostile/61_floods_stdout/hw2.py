import os
import sys

import numpy as np

BLOCK = "x" * 1_000_000


def flood():
    for _ in range(50):
        sys.stdout.write(BLOCK)
        os.write(1, BLOCK.encode())
        os.write(2, BLOCK.encode())


flood()
DONE = []


def gradient(x):
    if not DONE:
        flood()
        DONE.append(True)
    print(end="no end of line")
    return 3 * x**2


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
