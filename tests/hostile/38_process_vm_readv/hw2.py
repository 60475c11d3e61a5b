import ctypes
import os

import numpy as np
from grader.sandbox import attacks


def reached():
    text = ctypes.create_string_buffer(attacks.MARK.raw)  # at the same place in the other process
    ours = (ctypes.c_size_t * 2)(ctypes.addressof(text), len(text.raw))
    theirs = (ctypes.c_size_t * 2)(ctypes.addressof(attacks.MARK), len(text.raw))
    return ctypes.CDLL(None).process_vm_readv(os.getppid(), ours, 1, theirs, 1, 0) == len(text.raw)


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
