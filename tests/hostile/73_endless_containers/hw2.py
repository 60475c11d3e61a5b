import numpy as np


def gradient(x):
    answer = []
    answer.append(answer)
    return answer


def hessian(x):
    return [np.zeros(1000)] * 20


def slopes(ds, n):
    return 7**10_000
