import numpy as np
from otter.test_files import test_case
from support import reference
from support.inputs import matrices

OK_FORMAT = False

name = "gradient"
points = 2


@test_case()
def test_gradient(gradient):
    for W, X, Y in matrices():
        np.testing.assert_allclose(gradient(W, X, Y), reference.gradient(W, X, Y), rtol=1e-8)
