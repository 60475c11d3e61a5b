"""Everything right, as vectorised as numpy is."""

import numpy as np


def softmax_loss(W, X, labels, reg):
    n = X.shape[0]
    rows = np.arange(n)
    scores = X @ W
    scores -= scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    loss = -log_p[rows, labels].mean() + reg * np.sum(W * W)
    dscores = np.exp(log_p)
    dscores[rows, labels] -= 1
    return loss, X.T @ dscores / n + 2 * reg * W


def affine_forward(x, w, b):
    return x.dot(w) + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, _ = cache
    return dout @ w.T, x.T @ dout, np.sum(dout, axis=0)


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0)


def batch_norm_backward(dout, cache):
    x, gamma, _ = cache
    n = len(x)
    mu, var = x.mean(axis=0), x.var(axis=0)
    inv = 1 / np.sqrt(var + 1e-5)
    x_hat = (x - mu) * inv
    dx_hat = dout * gamma
    dx = inv / n * (n * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)
