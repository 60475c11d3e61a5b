import numpy as np

ODD = "\ud800\x00" + "e" + "\u0301" * 1_000_000
LONG = "x" * 1_000_000

print(ODD)


def gradient(x):
    print(ODD)
    raise ValueError(ODD)


def hessian(x):
    return globals()[LONG]


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
