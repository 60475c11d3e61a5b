"""Inner product, product rule, basis elements: the tools behind every answer."""
import numpy as np


def dot(M, N):
    """tr(M' N), without the matrix product"""
    return np.sum(M * N)


def basis(shape):
    """(index, E) for every entry, E being 1 there and 0 elsewhere"""
    for index in np.ndindex(*shape):
        E = np.zeros(shape)
        E[index] = 1.0
        yield index, E


def normalized(U, norm, direction):
    """differential of M / |M| at M = norm * U; symmetric, so it serves gradients as well"""
    return (direction - U * dot(U, direction)) / norm


def product(P, Q, dP, dQ):
    return dP @ Q + P @ dQ
