"""With σ = √(v + ε): dx̂ = (dx − dμ)/σ − x̂ dσ/σ, dμ = mean(dx) and dσ = mean((x − μ) dx)/σ = mean(x̂ dx).

⟨g, dx̂⟩ for g = dout γ is then ⟨g − mean(g) − x̂ mean(g x̂), dx⟩/σ, all means over the batch.
"""

import numpy as np

_EPS = 1e-5


def _normalised(x):
    sigma = np.sqrt(x.var(axis=0) + _EPS)
    return (x - x.mean(axis=0)) / sigma, sigma


def batch_norm_backward(dout, cache):
    x, gamma, beta = cache
    x_hat, sigma = _normalised(x)
    g = dout * gamma
    dx = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / sigma
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def _with(dx_of):
    """A mistake in dx alone."""

    def mistaken(dout, cache):
        x, gamma, beta = cache
        x_hat, sigma = _normalised(x)
        _, dgamma, dbeta = batch_norm_backward(dout, cache)
        return dx_of(dout * gamma, x_hat, sigma), dgamma, dbeta

    return mistaken


MISTAKES = {
    "batch_norm_backward": {
        "mean and variance are taken for constants": _with(lambda g, x_hat, sigma: g / sigma),
        "the variance is taken for a constant": _with(lambda g, x_hat, sigma: (g - g.mean(axis=0)) / sigma),
        "the mean is taken for a constant": _with(
            lambda g, x_hat, sigma: (g - x_hat * (g * x_hat).mean(axis=0)) / sigma
        ),
    },
}
