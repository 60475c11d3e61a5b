import numpy as np

hessian = 5


def slopes():
    return np.zeros(3)
