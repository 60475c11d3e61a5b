import numpy as np


def gradient(x):
    return np.ones((200_000, 200_000))


def hessian(x):
    return np.ones((1000, 1000))


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
