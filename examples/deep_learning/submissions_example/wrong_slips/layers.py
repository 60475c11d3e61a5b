"""The slips that are met most often."""

import numpy as np


def softmax_loss(W, X, labels, reg):
    n = len(X)
    P = np.exp(X @ W - (X @ W).max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(n), labels]).mean() + reg * (W * W).sum()
    P[np.arange(n), labels] -= 1
    return loss, X.T @ P / n + reg * W  # the 2 of the penalty is forgotten


def affine_forward(x, w, b):
    return x @ w + b, x, w, b  # no tuple within the tuple


def affine_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.sum()  # db is one number


def relu_forward(x):
    return np.abs(x), x


def relu_backward(dout, cache):
    return dout * (dout > 0)


def batch_norm_backward(dout, cache):
    x, gamma, beta = cache
    sigma = np.sqrt(x.var(axis=0) + 1e-5)
    x_hat = (x - x.mean(axis=0)) / sigma
    return dout * gamma / sigma, (dout * x_hat).sum(axis=0), dout.sum(axis=0)  # as if both were constant
