r"""# A small network

The data $X \in \mathbb{R}^{m \times T}$ hold one example per column, the targets are $y \in
\mathbb{R}^{1 \times T}$. The network has a hidden layer, a normalisation of the whole layer, and a
linear output:

$$\tilde U = s(WX), \qquad U = \tilde U / \|\tilde U\|, \qquad \hat y = vU, \qquad L = \|\hat y - y\|^2 ,$$

with parameters $W \in \mathbb{R}^{d \times m}$ and $v \in \mathbb{R}^{1 \times d}$. All norms are
Frobenius norms, $\|\tilde U\|^2 = \sum_{ij} \tilde U_{ij}^2$. The activation $s$ acts on every entry;
its derivative is handed to you as $r$, so $dS = r(Z) \circ dZ$ for $S = s(Z)$, where $\circ$ multiplies
entry by entry.

Take the differential of $L$ layer by layer, from the output back to $W$. A *gradient* has the shape of
its variable, $dL = \langle G, dW \rangle$. A *derivative* is what multiplies the differential under the
trace, $dL = \operatorname{tr}(D\, dW)$. The losses `output_loss(v, U, y)`, `hidden_loss(v, U_tilde, y)`
and `loss(v, W, X, y, s)` are the same $L$ as a function of $U$, of $\tilde U$ and of $W$. In `grad_v`
and `grad_U`, $U$ is any $d \times T$ matrix: it is a variable of its own there.
"""

import numpy as np

from grader.distributions import Normal
from grader.functions import Activation
from grader.problem import Derivative, Differential, Draws, Gradient
from grader.shapes import Array, Function, Slope

Weights = Array["d m", Normal(fan_in="m")]

ACTIVATIONS = {
    "tanh": Activation("np.tanh(z)", "1 - np.tanh(z) ** 2"),
    "softplus": Activation("np.log(1 + np.exp(z))", "1 / (1 + np.exp(-z))"),
    "relu": Activation("np.where(z.real > 0, z, 0)", "(z > 0) * 1.0", kinks=(0.0,)),
}


def normalize(U_tilde: Array["d T"]) -> Array["d T"]:
    """U = Ũ / ‖Ũ‖"""
    return U_tilde / np.sqrt((U_tilde * U_tilde).sum())


def hidden(W: Weights, X: Array["m T"], s: Function) -> Array["d T"]:
    """Ũ = s(WX)"""
    return s(W @ X)


def predict(v: Array["1 d"], W: Weights, X: Array["m T"], s: Function) -> Array["1 T"]:
    """ŷ = vU"""
    return v @ normalize(hidden(W, X, s))


def output_loss(v: Array["1 d"], U: Array["d T"], y: Array["1 T"]) -> Array[""]:
    """L = ‖vU − y‖²"""
    e = v @ U - y
    return (e * e).sum()


def hidden_loss(v: Array["1 d"], U_tilde: Array["d T"], y: Array["1 T"]) -> Array[""]:
    """L = ‖vU − y‖² with U = Ũ / ‖Ũ‖"""
    return output_loss(v, normalize(U_tilde), y)


def loss(v: Array["1 d"], W: Weights, X: Array["m T"], y: Array["1 T"], s: Function) -> Array[""]:
    """L = ‖vU − y‖² with U = Ũ / ‖Ũ‖ and Ũ = s(WX)"""
    return hidden_loss(v, hidden(W, X, s), y)


output_layer = Draws(scaled=("v", "y"))

grad_v = Gradient(of=output_loss, wrt="v", points=4, draws=output_layer)
grad_U = Gradient(of=output_loss, wrt="U", points=4, draws=output_layer)
d_normalize = Differential(of=normalize, wrt="U_tilde", points=6)
grad_U_tilde = Gradient(of=hidden_loss, wrt="U_tilde", points=7, draws=output_layer)
d_hidden = Differential(
    of=hidden, wrt="W", points=5, without=("s",), given={"r": Slope}, draws=Draws(scaled=("dW",))
)
derivative_W = Derivative(of=loss, wrt="W", points=10, given={"r": Slope}, draws=output_layer)
grad_W = Gradient(of=loss, wrt="W", points=10, given={"r": Slope}, draws=output_layer)
