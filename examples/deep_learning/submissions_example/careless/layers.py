"""Right formulas that a layer's caller would curse: they work in place, or leave their task to another."""

import numpy as np


def softmax_loss(W, X, labels, reg):
    scores = X @ W
    scores -= scores.max(axis=1, keepdims=True)
    P = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    rows = np.arange(len(X))
    loss = -np.log(P[rows, labels]).mean() + reg * np.sum(W * W)
    P[rows, labels] -= 1
    return [loss, X.T @ P / len(X) + 2 * reg * W]  # a list


def affine_forward(x, w, b):
    out = x @ w
    out += b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def relu_forward(x):
    x[x < 0] = 0
    return x, x


def relu_backward(dout, cache):
    dout[cache < 0] = 0
    return dout


def batch_norm_backward(dout, cache):
    x, gamma, beta = cache
    h = 1e-6

    def norm(x, gamma, beta):
        return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5) + beta

    dx = np.zeros(x.shape)
    for at in np.ndindex(*x.shape):
        E = np.zeros(x.shape)
        E[at] = h
        dx[at] = (dout * (norm(x + E, gamma, beta) - norm(x - E, gamma, beta))).sum() / (2 * h)
    x_hat = norm(x, np.ones(gamma.shape), np.zeros(beta.shape))
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)
