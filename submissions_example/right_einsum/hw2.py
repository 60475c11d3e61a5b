# HW2.  Index conventions used in every einsum below:
#   k = 1 (the row of v, y),  d = hidden unit,  t = example,  m = input feature
from numpy import array, cos, einsum, eye, sin, sqrt, zeros, ndindex, stack


def _unit(Ut):
    n = sqrt(einsum('dt,dt->', Ut, Ut))
    return Ut / n, n


def _err(v, U, y):
    return einsum('kd,dt->kt', v, U) - y


def grad_v(v, U, y):
    return 2 * einsum('kt,dt->kd', _err(v, U, y), U)


def grad_U(v, U, y):
    return 2 * einsum('kd,kt->dt', v, _err(v, U, y))


def d_normalize(U_tilde, dU_tilde):
    U, n = _unit(U_tilde)
    along = einsum('dt,dt->', U, dU_tilde)        # tr(U' dU~)
    return (dU_tilde - along * U) / n


def grad_U_tilde(v, U_tilde, y):
    U, n = _unit(U_tilde)
    g = grad_U(v, U, y)
    return (g - einsum('dt,dt->', U, g) * U) / n   # same projection, it is symmetric


def d_hidden(W, X, dW, r):
    return einsum('dt,dm,mt->dt', r(einsum('dm,mt->dt', W, X)), dW, X)


def derivative_W(v, W, X, y, s, r):
    Z = einsum('dm,mt->dt', W, X)
    return einsum('dt,dt,mt->md', grad_U_tilde(v, s(Z), y), r(Z), X)


def grad_W(v, W, X, y, s, r):
    Z = einsum('dm,mt->dt', W, X)
    return einsum('dt,dt,mt->dm', grad_U_tilde(v, s(Z), y), r(Z), X)


# the curve as amplitude * phase, so every derivative is a quarter turn
_AMP = array([2., 4.])


def curve_velocity(t):
    return array([*einsum('i,i->i', _AMP, [-sin(t), cos(t)]), 1.])


def curve_acceleration(t):
    return array([*einsum('i,i->i', _AMP, [-cos(t), -sin(t)]), 0.])


def curve_taylor(t, dt):
    f = array([2 * cos(t), 4 * sin(t), t])
    return einsum('o,oi->i', array([1, dt, dt * dt / 2]),
                  stack([f, curve_velocity(t), curve_acceleration(t)]))


def least_squares_gradient(A, b, x):
    return einsum('ai,a->i', A, einsum('aj,j->a', A, x) - b)


def least_squares_hessian(A, b, x):
    return einsum('ai,aj->ij', A, A)


def least_squares_second_differential(A, b, x, dx):
    return einsum('i,ai,aj,j->', dx, A, A, dx)


def least_squares_taylor(A, b, x, dx):
    e = einsum('aj,j->a', A, x) - b
    return (einsum('a,a->', e, e) / 2
            + einsum('i,ai,a->', dx, A, e)
            + least_squares_second_differential(A, b, x, dx) / 2)


def identify_scalar_by_vector(ds, n):
    return array([ds(e) for e in eye(n)])


def identify_vector_by_vector(du, n):
    return stack([du(e) for e in eye(n)], axis=1)


def identify_scalar_by_matrix(ds, shape):
    M = zeros(shape)
    for ij in ndindex(*shape):
        E = zeros(shape)
        E[ij] = 1
        M[ij] = ds(E)
    return M


def derivative_shape(of, by):
    if len(of + by) > 2:       # would need three or more indices
        return None
    return of + by


def d_trace_of_product(A, B, dA, dB):
    return einsum('ij,ji->', dA, B) + einsum('ij,ji->', A, dB)


def d_quadratic_of_transpose(A, dA):
    half = einsum('ai,aj->ij', dA, A)
    return half + half.T
