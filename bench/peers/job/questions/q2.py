import numpy as np
from otter.test_files import test_case
from support import reference
from support.inputs import vectors

OK_FORMAT = False

name = "hessian"
points = 2


@test_case()
def test_hessian(hessian):
    for A, b, x in vectors():
        np.testing.assert_allclose(hessian(A, b, x), reference.hessian(A, b, x), rtol=1e-8)
