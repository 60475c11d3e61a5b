"""What is asked. Each kind knows its answer's shape, how to get it without the formula, and its law in words.

A kind is a frozen record that an author writes in `problems/`. `of` is a public function, `wrt` names the
variable, the direction that belongs to `W` is called `dW`, `given` holds what the student's function takes
besides, and `packed` which of all these it takes in one tuple: `packed={"cache": ("x", "w")}`. No kind knows
a reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from grader import numeric, shapes
from grader.functions import LinearMap
from grader.numeric import Rule, complex_step
from grader.shapes import Array, Dims, Linear, Spec

Values = Mapping[str, Any]
Form = Union[Spec, tuple["Form", ...]]  # noqa: UP007 - `|` takes no name in quotes
Answer = Union[Form, None]  # noqa: UP007
Bundle = Union[str, tuple["Bundle", ...]]  # noqa: UP007 - an input, or several in a tuple


@dataclass(frozen=True)
class Draws:
    """How a problem's inputs depart from the default.

    Args:
        scaled: the inputs that are multiplied by 1e-6 and 1e3 in the scaled rows; by default all that are
            drawn from a normal distribution. Choose them so that the terms of the formula stay balanced; with
            `()` there are no large numbers at all, for a formula that saturates, such as a softmax.
        where: which dimensions to draw, e.g. `lambda m, n: m >= n`; by default all distinct ones.
        keep: which inputs to keep, of everything drawn, e.g. away from a kink at 0
            `lambda x, dout: abs(x).min() > 1e-3 * abs(x).max()`; all others are drawn anew. For what sizes
            and distributions cannot say. Inputs come in all scales, so compare with their own size.
    """

    scaled: tuple[str, ...] | None = None
    where: Callable[..., bool] | None = None
    keep: Callable[..., Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Gradient:
    """The array G of the variable's shape with dL = ⟨G, dX⟩ = Σ G_ij dX_ij, for a scalar `of`.

    Of a function (m, n) → () the answer has the shape (m, n). It is the row ∂L/∂(vec X)ᵀ of Magnus and
    Neudecker, Matrix Differential Calculus, 3rd edition 2019, doi 10.1002/9781119541219, chapter 9, written
    in the shape of X. For a tuple `wrt` the answer is a tuple, one gradient for each variable; with `value`
    it opens with the number L itself, as in `loss, dW`.

    Raises:
        ShapeError: `wrt` names no array among the arguments of `of`, or `of` returns no number; when the
            assignment is loaded.
    """

    of: Callable[..., Any]
    wrt: str | tuple[str, ...]
    points: int | str
    value: bool = False
    given: Mapping[str, Spec] = field(default_factory=dict)
    packed: Mapping[str, Bundle] = field(default_factory=dict)
    draws: Draws = Draws()

    def answer(self) -> Answer:
        result = shapes.of_function(self.of)[1]
        if not isinstance(result, Array) or result.dims:
            raise shapes.ShapeError(f"{self.of.__name__} returns no number; a Backward serves any shape")
        return _several(self.of, self.wrt, *([result] if self.value else []))

    def derive(self, values: Values, first: Rule = complex_step) -> Any:
        return assembled(self, values, _gradients(self, values, first))

    def asks(self) -> str:
        L, wrt = self.of.__name__, _tuple(self.wrt)
        what = "gradient" if len(wrt) == 1 else "gradients"
        asked = f"the value of {L} and its {what}" if self.value else f"the {what} of {L}"
        return f"{asked} in {', '.join(wrt)}: d{_letter(self.of)} = {_pairing(wrt)}"


@dataclass(frozen=True, kw_only=True)
class Backward:
    """The backward pass through `of`: what arrives at its value goes on to its variables.

    The input `upstream`, of the shape of Y = of(X), is the gradient of some loss in Y; asked is that loss's
    gradient in X, the array G with ⟨upstream, dY⟩ = ⟨G, dX⟩, of the shape of X. One for each variable in a
    tuple `wrt`. It is the vector–Jacobian product, the reverse mode of Griewank and Walther, Evaluating
    Derivatives, 2nd edition 2008, doi 10.1137/1.9780898717761, chapter 3.

    Raises:
        ShapeError: `wrt` names no array among the arguments of `of`; when the assignment is loaded.
    """

    of: Callable[..., Any]
    wrt: str | tuple[str, ...]
    points: int | str
    upstream: str = "dout"
    given: Mapping[str, Spec] = field(default_factory=dict)
    packed: Mapping[str, Bundle] = field(default_factory=dict)
    draws: Draws = Draws()

    def answer(self) -> Answer:
        return _several(self.of, self.wrt)

    def derive(self, values: Values, first: Rule = complex_step) -> Any:
        return assembled(self, values, _gradients(self, values, first))

    def asks(self) -> str:
        wrt = _tuple(self.wrt)
        law = f"⟨{self.upstream}, d {self.of.__name__}⟩ = {_pairing(wrt)}"
        return f"the backward pass of {self.of.__name__} in {', '.join(wrt)}: {law}"


@dataclass(frozen=True, kw_only=True)
class Derivative:
    """What multiplies the differential under the trace: dL = tr(D dW), so D has the shape of Wᵀ.

    Of a function (d, m) → () the answer has the shape (m, d); it is the gradient transposed, for
    tr(D dW) = ⟨Dᵀ, dW⟩.

    Raises:
        ShapeError: `wrt` names no array among the arguments of `of`; when the assignment is loaded.
    """

    of: Callable[..., Any]
    wrt: str
    points: int | str
    given: Mapping[str, Spec] = field(default_factory=dict)
    packed: Mapping[str, Bundle] = field(default_factory=dict)
    draws: Draws = Draws()

    def answer(self) -> Answer:
        return Array(_dims(self.of, self.wrt)[::-1])

    def derive(self, values: Values, first: Rule = complex_step) -> NDArray[Any]:
        return numeric.gradient(lambda W: apply(self.of, values, {self.wrt: W}), values[self.wrt], first).T

    def asks(self) -> str:
        return f"the derivative of {self.of.__name__} in {self.wrt}: d{_letter(self.of)} = tr(D d{self.wrt})"


@dataclass(frozen=True, kw_only=True)
class Differential:
    """A direction comes in, the differential of that order goes out; `without` are not handed over.

    dᵏf = dᵏ/dtᵏ f(X + t dX) at t = 0, linear in dX for k = 1. It has the shape of the value of `of`, and each
    direction that of its variable; several variables, `wrt=("A", "B")`, move at once.

    Raises:
        ShapeError: `wrt` names no array among the arguments of `of`; when the assignment is loaded.
    """

    of: Callable[..., Any]
    wrt: str | tuple[str, ...]
    points: int | str
    order: int = 1
    given: Mapping[str, Spec] = field(default_factory=dict)
    packed: Mapping[str, Bundle] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    draws: Draws = Draws()

    def answer(self) -> Answer:
        return shapes.of_function(self.of)[1]

    def derive(self, values: Values, first: Rule = complex_step) -> NDArray[Any]:
        wrt = _tuple(self.wrt)
        return numeric.derivative(_path(self.of, values, wrt), self.order, first, unit(values, wrt))

    def asks(self) -> str:
        which = "differential" if self.order == 1 else f"{ordinal(self.order)} differential"
        along = ", ".join(f"d{x}" for x in _tuple(self.wrt))
        return f"the {which} of {self.of.__name__} along {along}"


@dataclass(frozen=True, kw_only=True)
class CurveDerivative:
    """The derivative of order k of a curve t ↦ `of(t)`, of which t is the only argument, a number.

    The answer has the curve's shape, such as (3,).

    Raises:
        ShapeError: the argument or the value of `of` has no shape; when the assignment is loaded.
    """

    of: Callable[..., Any]
    points: int | str
    order: int = 1
    given: Mapping[str, Spec] = field(default_factory=dict)
    packed: Mapping[str, Bundle] = field(default_factory=dict)
    draws: Draws = Draws()

    def answer(self) -> Answer:
        return shapes.of_function(self.of)[1]

    def derive(self, values: Values, first: Rule = complex_step) -> NDArray[Any]:
        (t,) = values.values()
        return numeric.derivative(lambda dt: self.of(t + dt), self.order, first)

    def asks(self) -> str:
        return f"the {ordinal(self.order)} derivative of {self.of.__name__}"


@dataclass(frozen=True, kw_only=True)
class Hessian:
    """The symmetric n × n matrix H with d²s = dxᵀ H dx, for a scalar `of` of a vector (n,).

    Raises:
        ShapeError: `wrt` is no vector; when the assignment is loaded.
    """

    of: Callable[..., Any]
    wrt: str
    points: int | str
    given: Mapping[str, Spec] = field(default_factory=dict)
    packed: Mapping[str, Bundle] = field(default_factory=dict)
    draws: Draws = Draws()

    def answer(self) -> Answer:
        dims = _dims(self.of, self.wrt)
        if len(dims) != 1:
            raise shapes.ShapeError(
                f"{self.wrt} has the shape {shapes.show(dims)}, and a Hessian is in a vector; "
                "a Differential of order=2 serves any shape"
            )
        return Array(dims * 2)

    def derive(self, values: Values, first: Rule = complex_step) -> NDArray[Any]:
        return numeric.hessian(lambda x: apply(self.of, values, {self.wrt: x}), values[self.wrt], first)

    def asks(self) -> str:
        return f"the Hessian of {self.of.__name__} in {self.wrt}: d²s = d{self.wrt}ᵀ H d{self.wrt}"


@dataclass(frozen=True, kw_only=True)
class Taylor:
    """The expansion f + df + … + dᵏf/k! along a direction that comes in; k is `order`.

    It has the shape of the value of `of`, the direction that of its variable. What is left of f(x + dx) is
    O(‖dx‖ᵏ⁺¹), by Taylor's theorem.

    Raises:
        ShapeError: `wrt` names no array among the arguments of `of`; when the assignment is loaded.
    """

    of: Callable[..., Any]
    wrt: str
    points: int | str
    order: int = 2
    given: Mapping[str, Spec] = field(default_factory=dict)
    packed: Mapping[str, Bundle] = field(default_factory=dict)
    draws: Draws = Draws()

    def answer(self) -> Answer:
        return shapes.of_function(self.of)[1]

    def derive(self, values: Values, first: Rule = complex_step) -> NDArray[Any]:
        path, far = _path(self.of, values, (self.wrt,)), unit(values, (self.wrt,))
        total, factorial = np.asarray(path(0.0)), 1
        for k in range(1, self.order + 1):
            factorial *= k
            total = total + numeric.derivative(path, k, first, far) / factorial
        return total

    def asks(self) -> str:
        return f"the Taylor expansion of {self.of.__name__} to order {self.order} along d{self.wrt}"


@dataclass(frozen=True, kw_only=True)
class Identify:
    """What multiplies the differential, from a black box: du(dv) = M dv, ds(dN) = tr(Mᵀ dN).

    `given` holds exactly one `Linear`, the black box; M has the shape of its value, then of its variable:
    (k, n) for `Linear["n -> k"]`, (m, n) for `Linear["m n -> "]`. That M is unique is the identification
    theorem (Magnus and Neudecker 2019, doi 10.1002/9781119541219, chapter 5).

    Raises:
        ShapeError: there is no `Linear` among `given`, or more than one; when the assignment is loaded.
    """

    given: Mapping[str, Spec]
    points: int | str
    packed: Mapping[str, Bundle] = field(default_factory=dict)
    draws: Draws = Draws()

    def answer(self) -> Answer:
        _, linear = black_box(self.given)
        return Array(linear.of + linear.by)

    def derive(self, values: Values, first: Rule = complex_step) -> NDArray[Any]:  # noqa: ARG002 - as all kinds
        box: LinearMap = values[black_box(self.given)[0]]
        columns = [box(E) for E in numeric.units(box.by)]
        return np.stack(columns, axis=-1).reshape(columns[0].shape + box.by)

    def asks(self) -> str:
        box, linear = black_box(self.given)
        law = (
            f"{box}(N) = tr(Mᵀ N)"
            if len(linear.by) > 1
            else f"{box}(v) = M v"
            if linear.of
            else f"{box}(v) = uᵀ v"
        )
        return f"what multiplies the differential in {box}: {law}"


@dataclass(frozen=True, kw_only=True)
class Value:
    """Any comparable answer: numbers, arrays, tuples of them, a shape, `None`, a string.

    `returns` fixes the shape where there is one; without it, only the reference's own answer does. `law` is
    what students are checked by at home, who have no reference: a public function of an answer and the
    inputs that says whether the answer is right, and raises TypeError if it has the wrong type. `what` is
    what is asked, in words.
    """

    given: Mapping[str, Spec]
    points: int | str
    returns: Answer = None
    what: str = "the value"
    law: Callable[..., bool] | None = None
    packed: Mapping[str, Bundle] = field(default_factory=dict)
    draws: Draws = Draws()

    def answer(self) -> Answer:
        return self.returns

    def derive(self, values: Values, first: Rule = complex_step) -> None:
        """There is no public function to derive the answer from."""

    def asks(self) -> str:
        return self.what


OfFunction = Gradient | Backward | Derivative | Differential | CurveDerivative | Hessian | Taylor
Kind = OfFunction | Identify | Value
KINDS = (Gradient, Backward, Derivative, Differential, CurveDerivative, Hessian, Taylor, Identify, Value)


def parameters(kind: Kind) -> dict[str, Spec]:
    """What the student's function takes: the arguments of `of`, the directions, then what else is given.

    Raises:
        ShapeError: one of them has no shape.
    """
    if not isinstance(kind.given, Mapping):
        raise shapes.ShapeError(f"given = {kind.given!r}; write given={{'n': Size['n']}}")
    match kind:
        case Identify() | Value():
            return dict(kind.given)
        case Differential():
            kept = {x: spec for x, spec in _public(kind.of).items() if x not in kind.without}
            return kept | _directions(kind.of, _tuple(kind.wrt)) | dict(kind.given)
        case Taylor():
            return _public(kind.of) | _directions(kind.of, (kind.wrt,)) | dict(kind.given)
        case Backward():
            upstream = {kind.upstream: shapes.of_function(kind.of)[1]}
            return _public(kind.of) | upstream | dict(kind.given)
        case _:
            return _public(kind.of) | dict(kind.given)


def drawn(kind: Kind) -> dict[str, Spec]:
    """Everything that is drawn: what the student's function takes, and what only `of` takes."""
    return parameters(kind) | ({} if isinstance(kind, (Identify, Value)) else _public(kind.of))


def variables(kind: Kind) -> tuple[str, ...]:
    """What is differentiated by; nothing where the answer is a value or read off a black box."""
    match kind:
        case Identify() | Value():
            return ()
        case CurveDerivative():
            return tuple(_public(kind.of))
        case _:
            return _tuple(kind.wrt)


def order_of(kind: Kind) -> int:
    """How many times a function is differentiated, at most."""
    return 2 if isinstance(kind, Hessian) else getattr(kind, "order", 1)


def ordinal(order: int) -> str:
    """`first`, `second`, `third`, `4th`."""
    return {1: "first", 2: "second", 3: "third"}.get(order, f"{order}th")


def _public(of: Callable[..., Any]) -> dict[str, Spec]:
    return shapes.of_function(of)[0]


def _tuple(wrt: str | tuple[str, ...]) -> tuple[str, ...]:
    return wrt if isinstance(wrt, tuple) else (wrt,)


def _dims(of: Callable[..., Any], wrt: str) -> Dims:
    variable = _public(of).get(wrt) if isinstance(wrt, str) else None
    if not isinstance(variable, Array):
        raise shapes.ShapeError(f"{of.__name__} has no array parameter {wrt} to differentiate by")
    return variable.dims


def _directions(of: Callable[..., Any], wrt: tuple[str, ...]) -> dict[str, Spec]:
    return {f"d{x}": Array(_dims(of, x)) for x in wrt}


def _several(of: Callable[..., Any], wrt: str | tuple[str, ...], *before: Spec) -> Form:
    """The shape of a variable, or a tuple of them where there is something before it or several are asked."""
    specs = (*before, *(Array(_dims(of, x)) for x in _tuple(wrt)))
    return specs if before or isinstance(wrt, tuple) else specs[0]


def _letter(of: Callable[..., Any]) -> str:
    """What a function's value is called in its law; not as one of its inputs."""
    return next((letter for letter in "Lf" if letter not in _public(of)), of.__name__)


def _pairing(wrt: tuple[str, ...]) -> str:
    """`⟨G, dW⟩`, or a sum of such pairs."""
    if len(wrt) == 1:
        return f"⟨G, d{wrt[0]}⟩"
    return " + ".join(f"⟨G_{x}, d{x}⟩" for x in wrt)


def _gradients(kind: Gradient | Backward, values: Values, first: Rule) -> tuple[NDArray[Any], ...]:
    def along(x: str) -> NDArray[Any]:
        return numeric.gradient(lambda X: scalar(kind, values, {x: X}), values[x], first)

    return tuple(map(along, _tuple(kind.wrt)))


def scalar(kind: OfFunction, values: Values, changed: Values) -> Any:
    """The public function's value, some inputs changed; for a backward pass the number ⟨upstream, value⟩."""
    value = apply(kind.of, values, changed)
    return np.sum(values[kind.upstream] * value) if isinstance(kind, Backward) else value


def scalar_name(kind: OfFunction, at: str = "") -> str:
    """How that value is written: `loss`, `loss(W + h dW)`, `⟨dout, affine⟩`."""
    name = f"{kind.of.__name__}({at})" if at else kind.of.__name__
    return f"⟨{kind.upstream}, {name}⟩" if isinstance(kind, Backward) else name


def gradients(kind: Gradient | Backward | Derivative) -> dict[str, int | None]:
    """The part of the answer that belongs to each variable; `None` where the answer is no tuple."""
    wrt = _tuple(kind.wrt)
    first = int(isinstance(kind, Gradient) and kind.value)
    several = first or isinstance(kind.wrt, tuple)
    return {x: first + place if several else None for place, x in enumerate(wrt)}


def assembled(kind: Gradient | Backward, values: Values, found: Sequence[Any]) -> Any:
    """The answer that the gradients in each variable make; the value opens it where that is asked."""
    if None in gradients(kind).values():
        return found[0]
    number = (np.asarray(apply(kind.of, values, {})),) if isinstance(kind, Gradient) and kind.value else ()
    return (*number, *found)


def apply(of: Callable[..., Any], values: Values, changed: Values) -> Any:
    """A public function's value at a case's values, some of them changed."""
    return of(**{name: changed.get(name, values[name]) for name in _public(of)})


def _path(of: Callable[..., Any], values: Values, wrt: tuple[str, ...]) -> numeric.Path:
    """t ↦ of(X + t dX)."""
    return lambda t: apply(of, values, {x: values[x] + t * values[f"d{x}"] for x in wrt})


def unit(values: Values, wrt: tuple[str, ...]) -> float:
    """How far along dX is as far as X is large; of several variables, where that is the least."""
    return min(numeric.scale(values[x]) / numeric.scale(values[f"d{x}"]) for x in wrt)


def black_box(given: Mapping[str, Spec]) -> tuple[str, Linear]:
    """The one linear callable among what is given, and its name.

    Raises:
        ShapeError: there is none, or more than one.
    """
    boxes = [(name, spec) for name, spec in given.items() if isinstance(spec, Linear)]
    if len(boxes) != 1:
        raise shapes.ShapeError(f'Identify needs exactly one Linear["n -> k"] among given, not {len(boxes)}')
    return boxes[0]
