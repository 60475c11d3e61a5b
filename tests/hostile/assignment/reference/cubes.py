r"""$ds = \sum_i 3 x_i^2 dx_i$, and $d(3 x_i^2) = 6 x_i dx_i$; $ds(e_j) = u_j$."""

import numpy as np


def gradient(x):
    return 3 * x**2


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])


MISTAKES = {
    "gradient": {"this is the Hessian's diagonal": lambda x: 6 * x},
    "hessian": {"the factor of the second derivative is 6": lambda x: np.diag(3 * x)},
    "slopes": {"only the first entry is read off": lambda ds, n: np.full(n, ds(np.eye(n)[0]))},
}
