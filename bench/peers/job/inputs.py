import numpy as np

INPUTS = 20


def matrices():
    rng = np.random.default_rng(5)
    for _ in range(INPUTS):
        n, d, k = rng.integers(2, 8, size=3)
        yield rng.normal(size=(d, k)), rng.normal(size=(n, d)), rng.normal(size=(n, k))


def vectors():
    rng = np.random.default_rng(6)
    for _ in range(INPUTS):
        m, n = rng.integers(2, 8, size=2)
        yield rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=n)
