"""⟨dout, dx w + x dw + 1 dbᵀ⟩ = ⟨dout wᵀ, dx⟩ + ⟨xᵀ dout, dw⟩ + ⟨doutᵀ 1, db⟩.

The rectifier's derivative is 1 where x > 0 and 0 elsewhere, so ⟨dout, d relu⟩ = ⟨dout ∘ [x > 0], dx⟩.
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def _affine_averaged(dout, cache):
    dx, dw, db = affine_backward(dout, cache)
    return dx, dw, db / len(dout)


MISTAKES = {
    "affine_forward": {
        "the bias is not added": lambda x, w, b: (x @ w, (x, w, b)),
    },
    "affine_backward": {
        "db is averaged over the samples, not summed": _affine_averaged,
    },
    "relu_forward": {
        "negative numbers change their sign": lambda x: (np.abs(x), x),
    },
    "relu_backward": {
        "the derivative is taken at dout instead of x": lambda dout, cache: dout * (dout > 0),
        "dout does not enter: this is the derivative alone": lambda dout, cache: 1.0 * (cache > 0),
    },
}
