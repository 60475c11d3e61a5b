r"""# A curve in space

The curve $f(t) = (2\cos t,\; 4\sin t,\; t)$ winds around an elliptic cylinder. With $df = f'(t)\,dt$ and
$d^2f = f''(t)\,dt^2$, its second-order expansion is

$$f(t + dt) \approx f(t) + df + \tfrac12\, d^2f .$$

All three functions return arrays of shape $(3,)$; $t$ and $dt$ are numbers.
"""

import numpy as np

from grader.distributions import Uniform
from grader.problem import CurveDerivative, Taylor
from grader.shapes import Array


def curve(t: Array["", Uniform(-3, 3)]) -> Array["3"]:
    """f(t) = (2 cos t, 4 sin t, t)"""
    return np.array([2 * np.cos(t), 4 * np.sin(t), t])


curve_velocity = CurveDerivative(of=curve, points=3)
curve_acceleration = CurveDerivative(of=curve, order=2, points=3)
curve_taylor = Taylor(of=curve, wrt="t", points=5, given={"dt": Array["", Uniform(0.05, 0.5)]})
