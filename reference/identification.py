r"""A linear map is known from its values on a basis: $ds(e_j) = u^\top e_j = u_j$.

So column $j$ of $M$ is $du(e_j)$, and $ds(E_{ij}) = \operatorname{tr}(M^\top E_{ij}) = M_{ij}$.

In the table a scalar adds no index, on either side: the derivative's shape is the value's followed by the
variable's, as long as that makes at most a matrix.
"""

import numpy as np


def identify_scalar_by_vector(ds, n):
    return np.array([ds(e) for e in np.eye(n)])


def identify_vector_by_vector(du, n):
    return np.stack([du(e) for e in np.eye(n)], axis=1)


def identify_scalar_by_matrix(ds, shape):
    return np.array([ds(E.reshape(shape)) for E in np.eye(shape[0] * shape[1])]).reshape(shape)


def derivative_shape(of, by):
    shape = of + by
    return shape if len(shape) <= 2 else None


MISTAKES = {
    "identify_scalar_by_vector": {
        "this is the negative": lambda ds, n: -np.array([ds(e) for e in np.eye(n)]),
        "one direction of ones gives the sum of u, not u": lambda ds, n: np.full(n, ds(np.ones(n))),
    },
    "identify_vector_by_vector": {
        "the values on the basis are the columns of M, not its rows": lambda du, n: np.array(
            [du(e) for e in np.eye(n)]
        ),
    },
    "identify_scalar_by_matrix": {
        "this is Mᵀ: under the trace M is transposed": lambda ds, shape: (
            identify_scalar_by_matrix(ds, shape).T
        ),
        "the entries are in column order": lambda ds, shape: identify_scalar_by_matrix(ds, shape).T.reshape(
            shape
        ),
    },
    "derivative_shape": {
        "value and variable are exchanged: the value's shape comes first": lambda of, by: (
            by + of if len(of + by) <= 2 else None
        ),
        "the three cells without a matrix form are None": lambda of, by: of + by,
        "a scalar by a vector: with ds = uᵀdv, u has the shape of v": lambda of, by: (
            (1, *by) if of == () and len(by) == 1 else derivative_shape(of, by)
        ),
    },
}
