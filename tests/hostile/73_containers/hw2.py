import numpy as np


def gradient(x):
    return list(3 * x**2)


def hessian(x):
    return tuple(6 * x)


def slopes(ds, n):
    return None
