import numpy as np
from otter.test_files import test_case
from support import reference
from support.inputs import vectors

OK_FORMAT = False

name = "activation"
points = 2


@test_case()
def test_activation(activation):
    for A, _, x in vectors():
        np.testing.assert_allclose(activation(A, x), reference.activation(A, x), rtol=1e-8)
