"""Everything right, in loops over samples and through the graph of batch normalisation step by step."""

import math

import numpy as np


def softmax_loss(W, X, labels, reg):
    loss, dW = 0.0, np.zeros(W.shape)
    for x, label in zip(X, labels):
        scores = x @ W
        scores = scores - max(scores)
        total = sum(math.exp(s) for s in scores)
        loss += math.log(total) - scores[label]
        for k, s in enumerate(scores):
            dW[:, k] += x * (math.exp(s) / total - (k == label))
    return loss / len(X) + reg * (W**2).sum(), dW / len(X) + 2 * reg * W


def affine_forward(x, w, b):
    out = np.array([[sum(row * column) + bias for column, bias in zip(w.T, b)] for row in x])
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for row, upstream in enumerate(dout):
        dx[row] = w @ upstream
        dw += np.outer(x[row], upstream)
        db += upstream
    return dx, dw, db


def relu_forward(x):
    return x * (x > 0), x.copy()


def relu_backward(dout, cache):
    dx = np.array(dout)
    dx[cache <= 0] = 0
    return dx


def batch_norm_backward(dout, cache):
    x, gamma, beta = cache
    n = len(x)
    centred = x - x.mean(axis=0)
    v = (centred**2).mean(axis=0)
    sigma = np.sqrt(v + 1e-5)
    dx_hat = dout * gamma
    dsigma = (-dx_hat * centred).sum(axis=0) / sigma**2
    dv = dsigma / (2 * sigma)
    dcentred = dx_hat / sigma + 2 * centred * dv / n
    dmu = -dcentred.sum(axis=0)
    return dcentred + dmu / n, (dout * centred / sigma).sum(axis=0), dout.sum(axis=0)
