import numpy as np


def gradient(x):
    from multiprocessing import Pool

    with Pool(2) as pool:
        return np.array(pool.map(float, 3 * x**2))


def hessian(x):
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(2) as pool:
        return np.diag(list(pool.map(float, 6 * x)))


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
