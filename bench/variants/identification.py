"""Variants of the three identification functions and of the table. Every RIGHT entry computes the reference's
value by another way; every WRONG entry differs from it mathematically for generic linear maps."""

from collections.abc import Callable

import numpy as np


def _units(shape):
    return np.eye(np.prod(shape, dtype=int)).reshape(-1, *shape)


def _reflection(n):
    w = np.arange(1.0, n + 1)
    return np.eye(n) - 2 * np.outer(w, w) / (w @ w)


# identify_scalar_by_vector: u_j = ds(e_j)


def _u_filled(ds, n):
    u = np.zeros(n)
    for j in range(n):
        e = np.zeros(n)
        e[j] = 1
        u[j] = ds(e)
    return u


def _u_orthonormal(ds, n):
    H = _reflection(n)  # uᵀ = (uᵀH)Hᵀ
    return np.array([ds(h) for h in H.T]) @ H.T


def _u_solved(ds, n):
    probes = np.eye(n) + np.ones((n, n))
    return np.linalg.solve(probes, np.array([ds(p) for p in probes]))


def _u_scaled(ds, n):
    return np.array([ds(4 * e) / 4 for e in np.eye(n)])


# identify_vector_by_vector: column j of M is du(e_j)


def _M_filled(du, n):
    first, *others = np.eye(n)
    column = np.asarray(du(first))
    M = np.empty((column.size, n))
    M[:, 0] = column
    for j, e in enumerate(others, start=1):
        M[:, j] = du(e)
    return M


def _M_orthonormal(du, n):
    H = _reflection(n)
    return np.column_stack([du(h) for h in H.T]) @ H.T


def _M_solved(du, n):
    probes = np.eye(n) + np.ones((n, n))
    return np.linalg.solve(probes, np.array([du(p) for p in probes])).T


# identify_scalar_by_matrix: M_ij = ds(E_ij)


def _N_loops(ds, shape):
    m, n = shape
    M = np.zeros((m, n))
    for i in range(m):
        for j in range(n):
            E = np.zeros((m, n))
            E[i, j] = 1
            M[i, j] = ds(E)
    return M


def _N_outer(ds, shape):
    m, n = shape
    return np.array([[ds(np.outer(e, f)) for f in np.eye(n)] for e in np.eye(m)])


def _N_fortran(ds, shape):
    vec = [ds(e.reshape(shape, order="F")) for e in np.eye(shape[0] * shape[1])]
    return np.array(vec).reshape(shape, order="F")


def _N_orthonormal(ds, shape):
    P, Q = _reflection(shape[0]), _reflection(shape[1])
    probed = np.array([[ds(np.outer(p, q)) for q in Q.T] for p in P.T])  # pᵀMq
    return P @ probed @ Q.T


# derivative_shape


def _shape_by_cases(of, by):
    if by == ():
        return of
    if of == ():
        return by
    if len(of) == 1 and len(by) == 1:
        return (of[0], by[0])
    return None


def _shape_by_match(of, by):
    match of, by:
        case (), _:
            return by
        case _, ():
            return of
        case (k,), (n,):
            return k, n
        case _:
            return None


def _shape_by_table(of, by):
    table = [
        [(), by, by],
        [of, of + by, None],
        [of, None, None],
    ]
    return table[len(of)][len(by)]


def _shape_by_names(of, by):
    name = {0: "scalar", 1: "vector", 2: "matrix"}
    no_matrix_form = {("vector", "matrix"), ("matrix", "vector"), ("matrix", "matrix")}
    if (name[len(of)], name[len(by)]) in no_matrix_form:
        return None
    return (*of, *by)


def _shape_by_outer_product(of, by):
    derivative = np.multiply.outer(np.zeros(of), np.zeros(by))
    return np.shape(derivative) if np.ndim(derivative) < 3 else None


def _with_cell(ranks, shape):
    """The table with the cell `ranks` = (rank of `of`, rank of `by`) replaced by shape(of, by)."""

    def table(of, by):
        return shape(of, by) if (len(of), len(by)) == ranks else _shape_by_cases(of, by)

    return table


RIGHT: dict[str, dict[str, Callable]] = {
    "identify_scalar_by_vector": {
        "list over the basis": lambda ds, n: np.array([ds(e) for e in np.eye(n)]),
        "filled in entry by entry": _u_filled,
        "np.fromiter": lambda ds, n: np.fromiter(map(ds, np.eye(n)), dtype=float, count=n),
        "linear combination of the basis": lambda ds, n: sum(ds(e) * e for e in np.eye(n)),
        "orthonormal probes": _u_orthonormal,
        "linear system for other probes": _u_solved,
        "scaled basis": _u_scaled,
    },
    "identify_vector_by_vector": {
        "column_stack over the basis": lambda du, n: np.column_stack([du(e) for e in np.eye(n)]),
        "rows, then transposed": lambda du, n: np.array([du(e) for e in np.eye(n)]).T,
        "np.stack along axis 1": lambda du, n: np.stack([du(e) for e in np.eye(n)], axis=1),
        "np.apply_along_axis": lambda du, n: np.apply_along_axis(du, 0, np.eye(n)),
        "sum of outer products": lambda du, n: sum(np.outer(du(e), e) for e in np.eye(n)),
        "filled in column by column": _M_filled,
        "orthonormal probes": _M_orthonormal,
        "linear system for other probes": _M_solved,
    },
    "identify_scalar_by_matrix": {
        "double loop over matrix units": _N_loops,
        "outer products of basis vectors": _N_outer,
        "reshaped identity": lambda ds, shape: np.reshape([ds(E) for E in _units(shape)], shape),
        "linear combination of matrix units": lambda ds, shape: sum(ds(E) * E for E in _units(shape)),
        "columns first": _N_fortran,
        "orthonormal probes pqᵀ": _N_orthonormal,
    },
    "derivative_shape": {
        "cases": _shape_by_cases,
        "match": _shape_by_match,
        "table": _shape_by_table,
        "names of the ranks": _shape_by_names,
        "joined if at most two axes": lambda of, by: of + by if len(of + by) <= 2 else None,
        "shape of the outer product": _shape_by_outer_product,
        "dictionary of the six cells": lambda of, by: {
            (0, 0): (),
            (0, 1): by,
            (0, 2): by,
            (1, 0): of,
            (1, 1): of + by,
            (2, 0): of,
        }.get((len(of), len(by))),
    },
}

WRONG: dict[str, dict[str, Callable]] = {
    "identify_scalar_by_vector": {
        "a number: ds of the vector of ones": lambda ds, n: float(ds(np.ones(n))),
        "the sum of the entries everywhere": lambda ds, n: np.full(n, ds(np.ones(n))),
        "a column": lambda ds, n: np.array([[ds(e)] for e in np.eye(n)]),
        "a row: this is uᵀ": lambda ds, n: np.array([[ds(e) for e in np.eye(n)]]),
        "the last entry is missing": lambda ds, n: _u_filled(ds, n)[:-1],
        "the last entry stays 0": lambda ds, n: np.append(_u_filled(ds, n)[:-1], 0),
        "the order is reversed": lambda ds, n: _u_filled(ds, n)[::-1],
        "index off by one": lambda ds, n: np.roll(_u_filled(ds, n), 1),
        "sign": lambda ds, n: -_u_filled(ds, n),
        "mean instead of sum": lambda ds, n: _u_filled(ds, n) / n,
        "the basis vectors pile up": lambda ds, n: np.array([ds(p) for p in np.tri(n)]),
        "probes of length 1/100, not divided back": lambda ds, n: np.array([ds(0.01 * e) for e in np.eye(n)]),
        "normalised": lambda ds, n: _u_filled(ds, n) / np.linalg.norm(_u_filled(ds, n)),
        "a diagonal matrix": lambda ds, n: np.diag(_u_filled(ds, n)),
    },
    "identify_vector_by_vector": {
        "transposed: rows instead of columns": lambda du, n: np.array([du(e) for e in np.eye(n)]),
        "reshaped instead of transposed": lambda du, n: np.array([du(e) for e in np.eye(n)]).reshape(-1, n),
        "a vector: du of the vector of ones": lambda du, n: np.array(du(np.ones(n))),
        "the row sums in every column": lambda du, n: np.column_stack([du(np.ones(n))] * n),
        "flattened": lambda du, n: _M_filled(du, n).ravel(),
        "sign": lambda du, n: -_M_filled(du, n),
        "the columns are reversed": lambda du, n: _M_filled(du, n)[:, ::-1],
        "the rows are reversed": lambda du, n: _M_filled(du, n)[::-1],
        "the last column is missing": lambda du, n: _M_filled(du, n)[:, :-1],
        "column index off by one": lambda du, n: np.roll(_M_filled(du, n), 1, axis=1),
        "the basis vectors pile up": lambda du, n: np.column_stack([du(p) for p in np.tri(n)]),
        "probes of length 1/100, not divided back": lambda du, n: np.column_stack(
            [du(0.01 * e) for e in np.eye(n)]
        ),
        "the pseudo-inverse": lambda du, n: np.linalg.pinv(_M_filled(du, n)),
        "M is taken as square": lambda du, n: _M_filled(du, n) @ _M_filled(du, n).T,
        "only the first component of du": lambda du, n: np.array([[du(e)[0] for e in np.eye(n)]]),
    },
    "identify_scalar_by_matrix": {
        "transposed: ds(dN) = tr(M dN)": lambda ds, shape: _N_loops(ds, shape).T,
        "flattened": lambda ds, shape: _N_loops(ds, shape).ravel(),
        "filled in the wrong order": lambda ds, shape: _N_loops(ds, shape).ravel().reshape(shape, order="F"),
        "rows instead of columns in the matrix units": lambda ds, shape: np.array(
            [[ds(np.outer(f, e)) for f in np.eye(shape[1])] for e in np.eye(shape[0])]
        ),
        "transposed, then reshaped": lambda ds, shape: _N_loops(ds, shape).T.reshape(shape),
        "a number: ds of the matrix of ones": lambda ds, shape: float(ds(np.ones(shape))),
        "the sum of the entries everywhere": lambda ds, shape: np.full(shape, ds(np.ones(shape))),
        "only the diagonal": lambda ds, shape: np.eye(*shape) * _N_loops(ds, shape),
        "sign": lambda ds, shape: -_N_loops(ds, shape),
        "half of it": lambda ds, shape: _N_loops(ds, shape) / 2,
        "the last row stays 0": lambda ds, shape: np.vstack(
            [_N_loops(ds, shape)[:-1], np.zeros((1, shape[1]))]
        ),
        "the last column is missing": lambda ds, shape: _N_loops(ds, shape)[:, :-1],
        "whole rows are probed": lambda ds, shape: np.column_stack(
            [[ds(np.outer(e, np.ones(shape[1]))) for e in np.eye(shape[0])]] * shape[1]
        ),
        "divided by the Frobenius norm": lambda ds, shape: (
            _N_loops(ds, shape) / np.linalg.norm(_N_loops(ds, shape))
        ),
        "the identity: tr(dN) for any ds": lambda ds, shape: ds(np.eye(*shape)) * np.eye(*shape),
    },
    "derivative_shape": {
        "scalar by vector: ()": _with_cell((0, 1), lambda of, by: ()),
        "scalar by vector: a row (1, n)": _with_cell((0, 1), lambda of, by: (1, *by)),
        "scalar by vector: a column (n, 1)": _with_cell((0, 1), lambda of, by: (*by, 1)),
        "scalar by vector: n × n, as the second derivative": _with_cell((0, 1), lambda of, by: by + by),
        "scalar by matrix: transposed (n, m)": _with_cell((0, 2), lambda of, by: by[::-1]),
        "scalar by matrix: None": _with_cell((0, 2), lambda of, by: None),
        "scalar by scalar: (1,)": _with_cell((0, 0), lambda of, by: (1,)),
        "scalar by scalar: None": _with_cell((0, 0), lambda of, by: None),
        "vector by scalar: ()": _with_cell((1, 0), lambda of, by: ()),
        "vector by scalar: (k, 1)": _with_cell((1, 0), lambda of, by: (*of, 1)),
        "vector by vector: transposed (n, k)": _with_cell((1, 1), lambda of, by: by + of),
        "vector by vector: (k, k)": _with_cell((1, 1), lambda of, by: of + of),
        "vector by vector: (n,), entrywise": _with_cell((1, 1), lambda of, by: by),
        "vector by vector: None": _with_cell((1, 1), lambda of, by: None),
        "vector by matrix: (k, m, n)": _with_cell((1, 2), lambda of, by: of + by),
        "matrix by scalar: transposed (l, k)": _with_cell((2, 0), lambda of, by: of[::-1]),
        "matrix by vector: (k, l, n)": _with_cell((2, 1), lambda of, by: of + by),
        "matrix by vector: vec, (kl, n)": _with_cell((2, 1), lambda of, by: (of[0] * of[1], *by)),
        "matrix by matrix: (k, l)": _with_cell((2, 2), lambda of, by: of),
        "matrix by matrix: vec, (kl, mn)": _with_cell((2, 2), lambda of, by: (of[0] * of[1], by[0] * by[1])),
        "no cell is None": lambda of, by: of + by,
        "the three X cells are ()": lambda of, by: of + by if len(of + by) <= 2 else (),
        "rows and columns of the table swapped": lambda of, by: by + of if len(of + by) <= 2 else None,
        "only matrix by matrix is None": lambda of, by: None if len(of + by) == 4 else of + by,
        "always the shape of the function": lambda of, by: of,
        "always the shape of the variable": lambda of, by: by,
    },
}
