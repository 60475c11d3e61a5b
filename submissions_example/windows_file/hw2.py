# Homework 2 – edited with Notepad
import numpy as np

def Error(v, U, y):
	return np.matmul(v, U) - y

def grad_v(v, U, y):
	return 2.0 * np.matmul(Error(v, U, y), U.T)

def grad_U(v, U, y):
	return 2.0 * np.matmul(v.T, Error(v, U, y))

def d_normalize(U_tilde, dU_tilde):
	Norm = np.sqrt(np.sum(np.square(U_tilde)))
	U = U_tilde / Norm
	Trace = np.sum(U * dU_tilde)	# tr(Uᵀ dŨ)
	return (dU_tilde - U * Trace) / Norm

def grad_U_tilde(v, U_tilde, y):
	Norm = np.sqrt(np.sum(np.square(U_tilde)))
	U = U_tilde / Norm
	E = Error(v, U, y)
	Bracket = np.matmul(v.T, E) - U * np.sum(np.matmul(v, U) * E)
	return 2.0 / Norm * Bracket

def d_hidden(W, X, dW, r):
	return r(np.matmul(W, X)) * np.matmul(dW, X)

def derivative_W(v, W, X, y, s, r):
	return np.transpose(grad_W(v, W, X, y, s, r))

def grad_W(v, W, X, y, s, r):
	Z = np.matmul(W, X)
	G = grad_U_tilde(v, s(Z), y)
	return np.matmul(G * r(Z), X.T)

def curve_velocity(t):
	return np.array([-2.0 * np.sin(t), 4.0 * np.cos(t), 1.0])

def curve_acceleration(t):
	return np.array([-2.0 * np.cos(t), -4.0 * np.sin(t), 0.0])

def curve_taylor(t, dt):
	Position = np.array([2.0 * np.cos(t), 4.0 * np.sin(t), t])
	return (Position
		+ curve_velocity(t) * dt
		+ curve_acceleration(t) * dt ** 2 / 2.0)

def least_squares_gradient(A, b, x):
	return np.matmul(A.T, np.matmul(A, x) - b)

def least_squares_hessian(A, b, x):
	return np.matmul(A.T, A)

def least_squares_second_differential(A, b, x, dx):
	return np.sum(np.square(np.matmul(A, dx)))

def least_squares_taylor(A, b, x, dx):
	E = np.matmul(A, x) - b
	dE = np.matmul(A, dx)
	return np.sum(E * E) / 2.0 + np.sum(E * dE) + np.sum(dE * dE) / 2.0

def identify_scalar_by_vector(ds, n):
	Result = np.zeros(n)
	for i in range(n):
		Unit = np.zeros(n)
		Unit[i] = 1.0
		Result[i] = ds(Unit)
	return Result

def identify_vector_by_vector(du, n):
	Columns = []
	for i in range(n):
		Unit = np.zeros(n)
		Unit[i] = 1.0
		Columns.append(du(Unit))
	return np.stack(Columns, axis=1)

def identify_scalar_by_matrix(ds, shape):
	Result = np.zeros(shape)
	for i in range(shape[0]):
		for j in range(shape[1]):
			Unit = np.zeros(shape)
			Unit[i, j] = 1.0
			Result[i, j] = ds(Unit)
	return Result

def derivative_shape(of, by):
	if len(of) + len(by) > 2:
		return None
	return of + by

def d_trace_of_product(A, B, dA, dB):
	return np.trace(np.matmul(dA, B)) + np.trace(np.matmul(A, dB))

def d_quadratic_of_transpose(A, dA):
	return np.matmul(dA.T, A) + np.matmul(A.T, dA)
