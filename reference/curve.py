r"""Component by component: $d\cos t = -\sin t\,dt$, $d\sin t = \cos t\,dt$, $dt = 1\,dt$.

So $f' = (-2\sin t, 4\cos t, 1)$ and $f'' = (-2\cos t, -4\sin t, 0)$. The third component of $f'$ is 1,
not absent, and the expansion carries ½ in front of $d^2f$.
"""

import numpy as np


def curve_velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0])


def curve_acceleration(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0.0])


def curve_taylor(t, dt):
    f = np.array([2 * np.cos(t), 4 * np.sin(t), t])
    return f + curve_velocity(t) * dt + curve_acceleration(t) * dt**2 / 2


MISTAKES = {
    "curve_velocity": {
        "the third component is t, so its derivative is 1": lambda t: np.array(
            [-2 * np.sin(t), 4 * np.cos(t), 0.0]
        ),
        "the derivative of cos is −sin: a sign is missing": lambda t: np.array(
            [2 * np.sin(t), 4 * np.cos(t), 1.0]
        ),
        "this is the curve itself": lambda t: np.array([2 * np.cos(t), 4 * np.sin(t), t]),
    },
    "curve_acceleration": {
        "the second derivative of sin is −sin: a sign is missing": lambda t: np.array(
            [-2 * np.cos(t), 4 * np.sin(t), 0.0]
        ),
        "this is the first derivative": curve_velocity,
    },
    "curve_taylor": {
        "the second-order term lacks its factor ½": lambda t, dt: (
            curve_taylor(t, dt) + curve_acceleration(t) * dt**2 / 2
        ),
        "the second-order term is missing": lambda t, dt: (
            curve_taylor(t, dt) - curve_acceleration(t) * dt**2 / 2
        ),
        "this is f(t + dt) itself, not its expansion": lambda t, dt: np.array(
            [2 * np.cos(t + dt), 4 * np.sin(t + dt), t + dt]
        ),
    },
}
