"""How the student's function of a problem is called: what it takes, also in tuples, and what it returns.

Everywhere else every input is by itself. Only here, in the student's call and in the reference's signature
some may be bundled in a tuple.
"""

from __future__ import annotations

from grader import shapes
from grader.distributions import Integers
from grader.problem import Bundle, Form, Kind, parameters
from grader.sandbox.packing import Packing
from grader.shapes import Array


def bundles(kind: Kind) -> dict[str, Bundle]:
    """What the student's function is called with: an input by its name, then tuples of several."""
    bound = {name for bundle in kind.packed.values() for name in members(bundle)}
    return {name: name for name in parameters(kind) if name not in bound} | dict(kind.packed)


def called(kind: Kind, name: str) -> str:
    """What an input is called in the student's function: `x`, `cache` where renamed so, or `x in cache`."""
    for argument, bundle in kind.packed.items():
        if name in members(bundle):
            return argument if isinstance(bundle, str) else f"{name} in {argument}"
    return name


def members(bundle: Bundle) -> tuple[str, ...]:
    """The inputs in a bundle, one after the other."""
    return (bundle,) if isinstance(bundle, str) else tuple(x for part in bundle for x in members(part))


def written(bundle: Bundle) -> str:
    """As Python writes it: `(x, w, b)`."""
    if isinstance(bundle, str):
        return bundle
    return f"({', '.join(map(written, bundle))}{',' * (len(bundle) == 1)})"


def packing(kind: Kind) -> Packing:
    """The places of the parameters in what the student's function takes; `()` where nothing is packed."""
    places = {name: place for place, name in enumerate(parameters(kind))}

    def placed(bundle: Bundle) -> int | Packing:
        return places[bundle] if isinstance(bundle, str) else tuple(map(placed, bundle))

    return tuple(map(placed, bundles(kind).values())) if kind.packed else ()


def taken(kind: Kind) -> dict[str, Form]:
    """The specs of what the student's function is called with."""
    specs = parameters(kind)

    def spec_of(bundle: Bundle) -> Form:
        return specs[bundle] if isinstance(bundle, str) else tuple(map(spec_of, bundle))

    return {name: spec_of(bundle) for name, bundle in bundles(kind).items()}


def signature(name: str, kind: Kind) -> str:
    """As the student sees it: `least_squares_gradient(A: (m, n), b: (m,), x: (n,)) -> (n,)`."""
    takes = ", ".join(f"{parameter}: {brief(spec)}" for parameter, spec in taken(kind).items())
    specs = returned(kind)
    return f"{name}({takes})" + (f" -> {', '.join(map(brief, specs))}" if specs else "")


def returned(kind: Kind) -> tuple[Form, ...]:
    """What the student's function returns, one after the other; nothing where only the reference knows."""
    answer = kind.answer()
    if isinstance(answer, tuple) and len(answer) > 1:
        return answer
    return (answer,) if answer else ()


def brief(spec: Form) -> str:
    """`(d, m)` for an array, such shapes in brackets for a tuple; what else it is in words."""
    if isinstance(spec, tuple):
        return f"({', '.join(map(brief, spec))}{',' * (len(spec) == 1)})"
    if not isinstance(spec, Array):
        return str(spec)
    whole = isinstance(spec.distribution, Integers)
    if not spec.dims:
        return "int" if whole else str(spec)
    return f"{shapes.show(spec.dims)}{' of int' if whole else ''}"
