import io

import numpy as np


def gradient(x):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (2**37,)}
    )
    return np.load(io.BytesIO(header.getvalue()))


def hessian(x):
    return np.diag(6 * x)


def slopes(ds, n):
    return np.array([ds(e) for e in np.eye(n)])
