import functools

import numpy as np


def gradient(x):
    yield from 3 * x**2


async def hessian(x):
    return np.diag(6 * x)


@functools.partial
def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
