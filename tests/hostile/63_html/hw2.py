import numpy as np

MARKUP = '<script>alert(1)</script><img src=x onerror=alert(1)>[link](javascript:alert(1))[bold red]'

print(MARKUP)


def gradient(x):
    raise ValueError(MARKUP)


def hessian(x):
    return type(MARKUP, (), {})()


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
