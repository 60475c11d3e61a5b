"""Answers that want to be taken for the right one, whatever that is. What they are told they say next."""

import sys
import unittest

import numpy as np

LEARNED = []


def lie(name):
    def method(self, *operands):
        LEARNED.extend(operand for operand in operands if type(operand) in (int, float, np.ndarray))
        LEARNED.extend(each for operand in operands if type(operand) is set for each in operand)
        return {"__sub__": 0.0, "__rsub__": 0.0, "__abs__": 0.0, "__float__": 0.0, "__len__": 1}.get(
            name, True
        )

    return method


NAMES = (
    *("iadd", "isub", "divmod", "rdivmod", "int", "index", "neg"),
    *("eq", "ne", "lt", "le", "gt", "ge", "contains", "bool", "sub", "rsub", "abs", "float", "len", "add"),
    *("radd", "mul", "rmul", "truediv", "rtruediv", "mod", "round", "instancecheck", "isclose", "exit"),
)
LIES = {f"__{name}__": lie(f"__{name}__") for name in NAMES} | {"__hash__": lambda self: 42}


class Equal:
    locals().update(LIES)

    def __getitem__(self, key):
        return LEARNED[-1] if LEARNED else self

    def __iter__(self):
        return iter([])

    def __getattr__(self, name):
        return self


class Echo(Equal):
    difference = issubset = union = searchsorted = equals = lie("difference")

    def __iter__(self):
        return iter(LEARNED[-1:])

    def __reversed__(self):
        return iter([])


class Float(float):
    locals().update(LIES)


class Text(str):
    locals().update(LIES)


class Whole(int):
    locals().update(LIES)


class Items(list):
    locals().update(LIES)


class Numbers(np.ndarray):
    locals().update(LIES)

    def __array_ufunc__(self, ufunc, method, *inputs, **named):
        return np.array(True)

    def __array_function__(self, function, types, args, named):
        return True


class Liar:
    locals().update(LIES)
    __class__ = float


class Meta(type):
    locals().update(LIES)


class ValueError(Exception):  # noqa: A001
    def __str__(self):
        raise RuntimeError("no words")


class Skipped(BaseException):
    pass


def replay(value):
    return LEARNED[-1] if LEARNED else value


def equal():
    return replay(Equal())


def echo():
    return Echo()


def number():
    return replay(Float(7))


def text():
    return replay(Text("7"))


def whole():
    return replay(Whole(7))


def items():
    return replay(Items([7]))


def array():
    return replay(np.ones(3).view(Numbers))


def liar():
    return replay(Liar())


def klass():
    return replay(Meta("Class", (), {}))


class instance(Equal):  # noqa: N801 - the test calls it as a function
    pass


class Made:
    """An object that the test makes, and that answers everything with itself."""

    locals().update(LIES)

    def __init__(self, *arguments):
        pass

    def itself(self, *arguments):
        return self

    def __iter__(self):
        return iter([])

    attribute = property(itself)
    __getitem__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __copy__ = itself
    __enter__ = itself


primes = Made


def handed_back(v):
    return v


class error(AssertionError):  # noqa: N801
    locals().update(LIES)


def nothing():
    return None


def nan():
    return float("nan")


def objects():
    return np.array([Equal(), Equal(), Equal()], object)


def tangled():
    loop = []
    loop.append(loop)
    return loop


def large():
    return np.zeros((400, 400))


def digits():
    return 10**100_000


def skips():
    raise unittest.SkipTest("not today")


def skips_itself():
    raise Skipped("not today")


def stops():
    raise StopIteration


def leaves():
    sys.exit(0)


def interrupts():
    raise KeyboardInterrupt


def raises():
    raise ValueError


def groups():
    raise BaseExceptionGroup("all", [KeyError("k"), SystemExit()])


def keeps(function=None):
    """Keeps what it is given, and looks around in it."""
    if function is not None:
        LEARNED.extend(getattr(function, "__defaults__", None) or ())
        LEARNED.extend(cell.cell_contents for cell in getattr(function, "__closure__", None) or ())
        LEARNED.extend(getattr(function, "__globals__", {}).get("EXPECTED", []) for _ in "a")
        sys.kept = function
    try:
        return sys.kept()
    except Exception:
        return replay(7.0)


def told():
    """Whether anything has told the number that tests ask for."""
    return [x for x in LEARNED if type(x) in (int, float) and x == 42]
