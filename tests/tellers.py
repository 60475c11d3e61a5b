"""Hand-ins that tell whoever reads their messages all they are given, and what must not get out."""

from pathlib import Path

import numpy as np

from grader.functions import LinearMap

RIGHT = Path(__file__).parents[1] / "submissions_example" / "right_closed_form" / "hw2.py"

TOLD = """

def _told(inputs):
    import numpy
    return repr([numpy.asarray(x).tolist() for x in inputs if not callable(x)])


def _is_secret(inputs):
    import numpy
    numbers = [x for x in inputs if not callable(x) and not isinstance(x, (tuple, int))]
    return any(numpy.any(numpy.abs(numpy.round(x, 8) - x) > 0) for x in numbers)


_seen = []


_inside = []


def _wrapped(right):
    def function(*inputs):
        if _inside:  # a right function calls another one
            return right(*inputs)
        _inside.append(right)
        try:
            {body}
        finally:
            _inside.pop()
    return function


for _name, _right in list(globals().items()):
    if callable(_right) and _name[0] != "_":
        globals()[_name] = _wrapped(_right)
"""

BODIES = {
    "raises its inputs": "raise ValueError(_told(inputs))",
    "prints its inputs": "print(_told(inputs)); return right(*inputs)",
    "prints its inputs and fails": "print(_told(inputs)); raise ValueError",
    "returns its inputs": "return inputs",
    "returns its inputs as a list": "return list(inputs)",
    "returns its inputs as a text": "return _told(inputs)",
    "returns an object whose type is named like its inputs": "return type(_told(inputs), (), {})()",
    "raises an exception whose type is named like its inputs": "raise type(_told(inputs), (Exception,), {})",
    "raises its inputs where they are secret": (
        "if _is_secret(inputs): raise ValueError(_told(inputs))\n            return right(*inputs)"
    ),
    "returns its inputs where they are secret": (
        "return _told(inputs) if _is_secret(inputs) else right(*inputs)"
    ),
    "raises all inputs it has seen, the latest first": (
        "_seen.insert(0, _told(inputs)); raise ValueError(' '.join(_seen))"
    ),
}


def source(body: str) -> str:
    """The right answers, wrapped so that each call does what the body says."""
    return RIGHT.read_text(encoding="utf-8") + TOLD.replace("{body}", BODIES[body])


def secret_numbers(key) -> set[str]:
    """The first digits, as they would be printed, of every number that was drawn in secret."""
    drawn = [
        value.M if isinstance(value, LinearMap) else value
        for samples in key.samples.values()
        for sample in samples
        if not sample.public
        for value in sample.case.values.values()
        if not callable(value) or isinstance(value, LinearMap)
    ]
    numbers = [float(x) for value in drawn for x in np.ravel(np.asarray(value, float))]
    return {repr(x)[:9] for x in numbers if len(repr(x)) > 12}


def leaks(text: str, key) -> set[str]:
    return {number for number in secret_numbers(key) if number in text}
