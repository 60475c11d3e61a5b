# -*- coding: cp1252 -*-
# Hausübung 2: Matrixdifferentiale (läuft auf meinem Rechner unter Python 2.7)
from __future__ import division
import numpy as np


def laenge(M):
    # die Größe von M (Frobenius)
    return np.sqrt((M ** 2).sum())


def grad_v(v, U, y):
    return 2 * (v.dot(U) - y).dot(U.T)


def grad_U(v, U, y):
    return 2 * v.T.dot(v.dot(U) - y)


def d_normalize(U_tilde, dU_tilde):
    n = laenge(U_tilde)
    U = U_tilde / n
    return (dU_tilde - U * (U * dU_tilde).sum()) / n


def grad_U_tilde(v, U_tilde, y):
    # das Differential des Normierens ist symmetrisch, also für Gradienten dieselbe Formel
    return d_normalize(U_tilde, grad_U(v, U_tilde / laenge(U_tilde), y))


def d_hidden(W, X, dW, r):
    return r(W.dot(X)) * dW.dot(X)


def derivative_W(v, W, X, y, s, r):
    Z = W.dot(X)
    D = X.dot((grad_U_tilde(v, s(Z), y) * r(Z)).T)
    print "Größe:", D.shape
    return D


def grad_W(v, W, X, y, s, r):
    Z = W.dot(X)
    return (grad_U_tilde(v, s(Z), y) * r(Z)).dot(X.T)


def curve_velocity(t):
    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1])


def curve_acceleration(t):
    return np.array([-2 * np.cos(t), -4 * np.sin(t), 0])


def curve_taylor(t, dt):
    if dt <> 0 and abs(dt) > 1:
        print "dt ist zu groß: " + `dt`
    f = np.array([2 * np.cos(t), 4 * np.sin(t), t])
    return f + curve_velocity(t) * dt + curve_acceleration(t) * dt ** 2 / 2


def least_squares_gradient(A, b, x):
    return A.T.dot(A.dot(x) - b)


def least_squares_hessian(A, b, x):
    # nur das obere Dreieck, der Rest ist symmetrisch
    n = A.shape[1]
    H = np.zeros((n, n))
    for i in xrange(n):
        for j in xrange(i, n):
            H[i, j] = H[j, i] = A[:, i].dot(A[:, j])
    return H


def least_squares_second_differential(A, b, x, dx):
    return (A.dot(dx) ** 2).sum()


def least_squares_taylor(A, b, x, dx):
    e, de = A.dot(x) - b, A.dot(dx)
    if e.shape <> de.shape:
        raise ValueError, "verschiedene Längen"
    return e.dot(e) / 2 + e.dot(de) + de.dot(de) / 2


def identify_scalar_by_vector(ds, n):
    return np.array([ds(e) for e in np.eye(n)])


def identify_vector_by_vector(du, n):
    return np.array([du(e) for e in np.eye(n)]).T


def identify_scalar_by_matrix(ds, shape):
    M = np.zeros(shape)
    for i in range(shape[0]):
        for j in range(shape[1]):
            E = np.zeros(shape)
            E[i, j] = 1
            M[i, j] = ds(E)
    return M


def derivative_shape(of, by):
    # höchstens zwei Indizes, sonst passt es in keine Matrix
    if len(of) + len(by) > 2:
        return None
    return of + by


def d_trace_of_product(A, B, dA, dB):
    return np.trace(dA.dot(B)) + np.trace(A.dot(dB))


def d_quadratic_of_transpose(A, dA):
    return dA.T.dot(A) + A.T.dot(dA)


print "fertig"
