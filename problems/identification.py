r"""# Identification of derivatives

The differential of any differentiable function is *linear* in the direction. So from a black box that
returns the differential for a direction, what multiplies it can be read off:

| | by a scalar $t$ | by a vector $v \in \mathbb{R}^n$ | by a matrix $N \in \mathbb{R}^{m \times n}$ |
|---|---|---|---|
| scalar $s$ | $ds = a\,dt$ | $ds = u^\top dv$ | $ds = \operatorname{tr}(M^\top dN)$ |
| vector $u \in \mathbb{R}^k$ | $du = v\,dt$ | $du = M\,dv$ | – |
| matrix $M \in \mathbb{R}^{k \times l}$ | $dM = N\,dt$ | – | – |

Your functions get a callable `ds` or `du`, linear in its only argument, an array of the variable's
shape; they return what multiplies the differential. `derivative_shape(of, by)` is the table itself: it
takes the shape tuples of the value and of the variable, `()` for a scalar, and returns the derivative's
shape as a tuple, or `None` for a cell that has no matrix form.
"""

from math import prod

import numpy as np

from grader.problem import Identify, Value
from grader.shapes import Linear, Size, Sizes


def is_derivative_shape(shape, of, by):
    """Whether a derivative of that shape takes a direction to the differential, and is at most a matrix."""
    if not isinstance(shape, tuple | None):
        raise TypeError("a tuple or None is asked")
    if shape is None or len(shape) > 2 or prod(shape) != prod(of) * prod(by):
        return shape is None and len(of) + len(by) > 2
    return np.tensordot(np.zeros(shape), np.zeros(by), len(by)).shape == of


identify_scalar_by_vector = Identify(given={"ds": Linear["n -> "], "n": Size["n"]}, points=4)
identify_vector_by_vector = Identify(given={"du": Linear["n -> k"], "n": Size["n"]}, points=4)
identify_scalar_by_matrix = Identify(given={"ds": Linear["m n -> "], "shape": Sizes["m n"]}, points=4)
derivative_shape = Value(
    given={"of": Sizes["", "k", "k l"], "by": Sizes["", "n", "m n"]},
    what="the shape of the derivative in the table, or None",
    law=is_derivative_shape,
    points=4,
)
