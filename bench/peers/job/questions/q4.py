import numpy as np
from otter.test_files import test_case
from support import reference
from support.inputs import vectors

OK_FORMAT = False

name = "residual"
points = 2


@test_case()
def test_residual(residual):
    for A, b, x in vectors():
        np.testing.assert_allclose(residual(A, b, x), reference.residual(A, b, x), rtol=1e-8)
