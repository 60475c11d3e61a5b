import numpy as np


def gradient(x):
    return 0.0


def hessian(x):
    return np.zeros((1, len(x)))


def slopes(ds, n):
    return np.zeros(())
