import numpy as np
from otter.test_files import test_case
from support import reference
from support.inputs import vectors

OK_FORMAT = False

name = "value"
points = 2


@test_case()
def test_value(value):
    for A, b, x in vectors():
        np.testing.assert_allclose(value(A, b, x), reference.value(A, b, x), rtol=1e-8)
