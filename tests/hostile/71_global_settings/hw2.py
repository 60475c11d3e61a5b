import decimal
import gc
import locale
import os
import sys
import warnings

import numpy as np

np.seterr(all="raise")
np.set_printoptions(precision=1, threshold=1)
np.random.seed(0)
warnings.simplefilter("error")
decimal.getcontext().prec = 1
gc.disable()
sys.setrecursionlimit(60)
os.umask(0o777)
os.environ.clear()
try:
    os.chdir("/usr/lib")
except OSError:
    pass


def gradient(x):
    return 3 * x**2


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
