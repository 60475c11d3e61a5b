r"""# Layers and their backward passes

A layer's forward pass returns its value and a *cache*, whatever the backward pass needs. The backward pass
takes `dout`, the gradient of some loss in the layer's value, and the cache, and returns that loss's
gradient in every input: if $Y$ is the value, then $\langle \texttt{dout}, dY \rangle = \langle dX,
\mathrm{d}X \rangle + \dots$

The affine layer is $Y = XW + \mathbf{1} b^\top$ for samples in rows; its cache is `(x, w, b)`. The
rectifier is $\max(x, 0)$, entry by entry; its cache is `x`.
"""

import numpy as np

from grader.problem import Backward, Draws, Value
from grader.shapes import Array


def affine(x: Array["n d"], w: Array["d m"], b: Array["m"]) -> Array["n m"]:
    """x w + b, with b added to every row"""
    return x @ w + b


def relu(x: Array["n d"]) -> Array["n d"]:
    """max(x, 0)"""
    return np.where(x.real > 0, x, 0 * x)


def _is_affine_with_cache(answer, x, w, b):
    out, cache = answer
    return np.allclose(out, affine(x, w, b)) and all(map(np.array_equal, cache, (x, w, b)))


def _is_relu_with_cache(answer, x):
    out, cache = answer
    return np.array_equal(out, relu(x)) and np.array_equal(cache, x)


def _away_from_the_kink(x, dout):
    return np.abs(x).min() > 1e-3 * np.abs(x).max()


affine_forward = Value(
    given={"x": Array["n d"], "w": Array["d m"], "b": Array["m"]},
    returns=(Array["n m"], (Array["n d"], Array["d m"], Array["m"])),
    what="the forward pass of affine: its value, and the cache (x, w, b)",
    law=_is_affine_with_cache,
    points=4,
)
affine_backward = Backward(
    of=affine,
    wrt=("x", "w", "b"),
    packed={"cache": ("x", "w", "b")},
    points=8,
)
relu_forward = Value(
    given={"x": Array["n d"]},
    returns=(Array["n d"], Array["n d"]),
    what="the forward pass of relu: its value, and the cache x",
    law=_is_relu_with_cache,
    points=3,
)
relu_backward = Backward(
    of=relu,
    wrt="x",
    packed={"cache": "x"},
    points=4,
    draws=Draws(keep=_away_from_the_kink),
)
