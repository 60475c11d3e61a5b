import functools

import numpy as np

gradient = lambda x: 3 * x**2


class Hessian:
    @functools.cache
    def scale(self):
        return 6

    def __call__(self, x):
        return np.diag(self.scale() * x)


hessian = Hessian()


class slopes(np.ndarray):
    def __new__(cls, ds, n):
        return np.array([ds(e) for e in np.eye(n)]).view(cls)
