r"""# Batch normalisation

Over a batch of $n$ samples, the rows of $x$, each feature is brought to mean 0 and variance 1, then scaled
and shifted: $\hat x = (x - \mu) / \sqrt{v + \varepsilon}$ and $y = \gamma \hat x + \beta$, with the batch's
mean $\mu$ and variance $v = \frac1n \sum_i (x_i - \mu)^2$ of each feature and $\varepsilon = 10^{-5}$.

Both $\mu$ and $v$ depend on $x$: the differential of $\hat x$ has three terms. The cache is `(x, gamma,
beta)`.
"""

import numpy as np

from grader.problem import Backward, Draws
from grader.shapes import Array

EPS = 1e-5


def batch_norm(x: Array["n d"], gamma: Array["d"], beta: Array["d"]) -> Array["n d"]:
    """gamma (x − mean) / √(variance + 1e-5) + beta, with the mean and variance of every column"""
    centred = x - x.mean(axis=0)
    return gamma * centred / np.sqrt((centred * centred).mean(axis=0) + EPS) + beta


batch_norm_backward = Backward(
    of=batch_norm,
    wrt=("x", "gamma", "beta"),
    packed={"cache": ("x", "gamma", "beta")},
    points=9,
    draws=Draws(where=lambda n, d: n > 2),  # of two samples, x̂ is ±1 whatever they are
)
