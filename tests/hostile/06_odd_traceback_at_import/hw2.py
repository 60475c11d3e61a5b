import numpy as np


class Name(type):
    __name__ = property(lambda self: 1 / 0)


class Odd(Exception, metaclass=Name):
    __traceback__ = property(lambda self: 1 / 0)


def gradient(x):
    return 3 * x**2


raise Odd


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
