r"""# Softmax

A linear classifier gives the sample $x_i$, a row of $X$, the scores $s_i = x_i W$, one for each class.
Softmax makes probabilities of them, $p_{ik} = e^{s_{ik}} / \sum_l e^{s_{il}}$, and the loss is the mean of
$-\log p_{i, y_i}$ over the samples, where $y_i$ is the label, plus $\lambda \lVert W \rVert^2$.

Return the loss and its gradient in $W$, `loss, dW`. To subtract each row's largest score before the
exponential changes neither, and keeps it from overflowing.
"""

import numpy as np

from grader.distributions import Integers, Uniform
from grader.problem import Draws, Gradient
from grader.shapes import Array


def cross_entropy(
    W: Array["d c"],
    X: Array["n d"],
    labels: Array["n", Integers(0, "c")],
    reg: Array["", Uniform(0.1, 2)],
) -> Array[""]:
    """mean over i of −log softmax(xᵢ W)[labelsᵢ], plus reg ‖W‖²"""
    scores = X @ W
    scores = scores - scores.real.max(axis=1, keepdims=True)
    right = scores[np.arange(len(labels)), labels]
    return (np.log(np.exp(scores).sum(axis=1)) - right).mean() + reg * (W * W).sum()


softmax_loss = Gradient(of=cross_entropy, wrt="W", value=True, points=12, draws=Draws(scaled=()))
