"""L = mean(log Σₖ exp sᵢₖ − sᵢ,yᵢ) + λ‖W‖², so dL = ⟨(P − Y)/n, dS⟩ + 2λ⟨W, dW⟩ with dS = X dW and Y one-hot.

Hence the gradient is Xᵀ(P − Y)/n + 2λW.
"""

import numpy as np


def _softmax(X, W):
    scores = X @ W
    E = np.exp(scores - scores.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def _data(W, X, labels):
    """The loss without its penalty, and its gradient."""
    n = len(X)
    P = _softmax(X, W)
    Y = np.eye(W.shape[1])[labels]
    return -np.log((P * Y).sum(axis=1)).mean(), X.T @ (P - Y) / n


def softmax_loss(W, X, labels, reg):
    loss, dW = _data(W, X, labels)
    return loss + reg * (W * W).sum(), dW + 2 * reg * W


def _without_labels(W, X, labels, reg):
    loss, _ = softmax_loss(W, X, labels, reg)
    return loss, X.T @ _softmax(X, W) / len(X) + 2 * reg * W


def _summed(W, X, labels, reg):
    loss, dW = _data(W, X, labels)
    return len(X) * loss + reg * (W * W).sum(), len(X) * dW + 2 * reg * W


TERMS = {
    "softmax_loss": {
        "the data's term": lambda W, X, labels, reg: _data(W, X, labels),
        "the penalty": lambda W, X, labels, reg: (reg * (W * W).sum(), 2 * reg * W),
    },
}

MISTAKES = {
    "softmax_loss": {
        "the labels' ones are not subtracted from the probabilities": _without_labels,
        "the data's term is summed over the samples, not averaged": _summed,
    },
}
