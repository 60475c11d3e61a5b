import numpy as np

FORMULAS = {
    "gradient": lambda x: 3 * x**2,
    "hessian": lambda x: np.diag(6 * x),
    "slopes": lambda ds, n: np.array([ds(e) for e in np.eye(n)]),
}


def __getattr__(name):
    return FORMULAS[name]
