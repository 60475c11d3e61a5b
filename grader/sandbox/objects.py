"""In the student's process: the hand-in's objects by number, for tests that call them from outside.

A request is an operation and its operands; its answer is a value, or an exception. Values that have a copy
travel, of everything else a number does, and the object stays here until it is released. Functions of the
test's are stubs. Nothing here decides anything: whatever a hand-in does to it changes its own answers only.
"""

from __future__ import annotations

import builtins
import copy
import operator
import threading
import types
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial
from importlib import import_module
from itertools import count
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from grader.sandbox import frames
from grader.sandbox.frames import FrameError
from grader.sandbox.line import Line
from grader.sandbox.loader import cut, own_place
from grader.sandbox.values import Row, flat, rebuilt

MAX_NAME = 100
MAX_BASES = 20
MAX_MESSAGE = 2000
MAX_ATTRIBUTES = 50  # of an exception
MAX_TOLD = 20_000  # bytes that one request may print
NOTHING = object()
FUNCTIONS = (
    *(types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.WrapperDescriptorType),
    *(types.MethodWrapperType, types.MethodDescriptorType, types.ClassMethodDescriptorType),
    *(partial, type(lru_cache(len)), np.ufunc),
)
CHANGEABLE = (list, tuple, dict, set, np.ndarray)
NAMES = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "divmod"),
    *("and", "or", "xor", "lshift", "rshift"),
)
IN_PLACE = tuple(f"i{name}" for name in NAMES if name != "divmod")
NUMBERS = ("abs", "float", "int", "index", "round")
UNARY = ("neg", "pos", "invert")
ORDERS = ("lt", "le", "gt", "ge")
CONTAINER = ("contains", "len", "iter", "next", "reversed", "getitem", "setitem", "delitem")
ABILITIES = tuple(  # what the class of an object may say of it, and a stand-in's class then does: bit by bit
    f"__{name}__"
    for name in (
        *(f"{r}{name}" for name in NAMES for r in ("", "r")),
        *(
            *IN_PLACE,
            *UNARY,
            *NUMBERS,
            *CONTAINER,
            *ORDERS,
            "bool",
            "enter",
            "exit",
            "call",
            "hash",
            "format",
        ),
    )
)
BITS = {name: 1 << place for place, name in enumerate(ABILITIES)}


def _reflected(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda x, y: operation(y, x)


def _has(owner: type, name: str) -> bool:
    """Whether the class itself, or one that it stems from, has that name: all have what `object` has."""
    return any(name in vars(base) for base in type.mro(owner) if base is not object)


def _annotations(owner: Any) -> dict[str, Any]:
    """What is annotated, each text as what it says if it says anything."""
    import inspect

    inner = inspect.unwrap(owner)
    space = vars(owner) if isinstance(owner, type) else {}
    names = inner.__globals__ if hasattr(inner, "__globals__") else vars(import_module(owner.__module__))
    return {name: _meant(x, names, space) for name, x in inspect.get_annotations(inner).items()}


def _meant(annotation: Any, names: dict[str, Any], space: Any) -> Any:
    try:
        return eval(annotation, names, dict(space)) if isinstance(annotation, str) else annotation
    except Exception:
        return annotation


def _signature(function: Any) -> tuple[Any, ...]:
    """Name, kind, default and annotation of every parameter; the last two in a tuple if there is one."""
    import inspect

    def told(value: Any) -> tuple[Any, ...]:
        return () if value is inspect.Parameter.empty else (value,)

    names = getattr(inspect.unwrap(function), "__globals__", vars(builtins))
    return tuple(
        (each.name, int(each.kind), told(each.default), told(_meant(each.annotation, names, {})))
        for each in inspect.signature(function).parameters.values()
    )


def _refilled(there: Any, value: Any) -> Any:
    """The object's own container, with what the test has made of its copy; the value where it is none."""
    match there, value:
        case list(), list():
            kept = [_refilled(x, y) for x, y in zip(there, value, strict=False)]
            there[:] = kept + value[len(kept) :]
        case dict(), dict():
            items = {key: _refilled(there.get(key), y) for key, y in value.items()}
            there.clear()
            there.update(items)
        case set(), set():
            there.clear()
            there.update(value)
        case _:
            return value
    return there


BINARY = {"divmod": divmod} | {
    named: getattr(operator, named)
    for name in NAMES
    if name != "divmod" and (named := f"{name}_" if name in ("and", "or") else name)
}
# what needs no memory of what was there before; `Objects` has the rest
OPERATIONS: dict[str, Callable[..., Any]] = {
    "import": import_module,
    "there": lambda _: True,
    "get": getattr,
    "refill": lambda target, name, value: _refilled(getattr(target, name), value) and None,
    "del": delattr,
    "call": lambda function, arguments, named: function(*arguments, **named),
    "doc": lambda x: x.__doc__,
    "dict": lambda x: dict(vars(x)),
    "signature": _signature,
    "annotations": _annotations,
    "has": _has,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "reversed": reversed,
    "public": lambda module: tuple(getattr(module, "__all__", [n for n in vars(module) if n[0] != "_"])),
    **{
        each.__name__: each
        for each in (len, bool, str, repr, hash, format, iter, next, isinstance, issubclass)
    },
    **{each.__name__: each for each in (abs, float, int, round)},
    **{name: getattr(operator, name) for name in ("eq", "ne", *ORDERS, *UNARY, *IN_PLACE)},
    **{name: getattr(operator, name) for name in ("getitem", "setitem", "delitem", "contains", "index")},
    **BINARY,
    **{f"r{name}": _reflected(operation) for name, operation in BINARY.items()},
}


class Objects:
    """The numbers of one process's objects, and the line to whoever asks for them."""

    def __init__(self, line: Line, printed: Callable[[], str]) -> None:
        self._line = line
        self._printed = printed
        self._thread = threading.get_ident()
        self._fresh = count(1)
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # of an object's id
        self._stubs: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self._before: dict[tuple[int, str], tuple[Any, Any, Any]] = {}  # what a test has replaced
        self._exceptions: dict[str, type[BaseException]] = {}  # the hand-in's, by name
        self._builtins = {name: getattr(builtins, name) for name in ("input", "print")}
        self._own: dict[str, Callable[..., Any]] = {
            "set": self._set,
            "setstatic": lambda target, name, value: self._set(target, name, staticmethod(value)),
            "restore": self._restore,
            "lend": lambda name, function: setattr(builtins, name, function or self._builtins[name]),
        }

    def serve(self, serial: int, operation: str, row: Row, released: tuple[int, ...]) -> None:
        """Answer one request."""
        for number in released:
            self._numbers.pop(id(self._objects.pop(number, None)), None)
        reply = self._reply(serial, operation, row)
        try:
            self._line.send(reply)
        except FrameError as error:
            lineage = (("ValueError", True), ("Exception", True))
            self._line.send(
                ("raised", serial, lineage, None, None, f"what it said is too large: {error}", "", "")
            )

    def _reply(self, serial: int, operation: str, row: Row) -> tuple[Any, ...]:
        try:
            operands = rebuilt(row, self._handed)
            arguments = [*operands[1], *operands[2].values()] if operation == "call" else []
            before = [_image(x, self._told) for x in arguments]
            value = (self._own.get(operation) or OPERATIONS[operation])(*operands)
            after = [_image(x, self._told) for x in arguments]
            changed = [k for k, image in enumerate(after) if image != before[k]]
            changes = tuple((k, flat(arguments[k], self._told)) for k in changed)
            return ("value", serial, self._result(value, arguments), changes, self._printed())
        except BaseException as error:
            return ("raised", serial, *_described(error), self._printed())

    def _set(self, target: Any, name: str, value: Any) -> None:
        """Set a name; of a module or class remember what was there, also what only its own dict shows."""
        key = (id(target), name)
        if not isinstance(target, (ModuleType, type)):
            setattr(target, name, value)
        elif key in self._before and value is self._before[key][2]:
            self._restore(target, name)
        else:
            before = (target, vars(target).get(name, NOTHING), getattr(target, name, NOTHING))
            setattr(target, name, value)
            self._before.setdefault(key, before)

    def _restore(self, target: Any, name: str) -> None:
        """What was there before the test; in a process that the test has not changed it still is."""
        key = (id(target), name)
        if key not in self._before:
            return
        _, own, _ = self._before.pop(key)
        if own is NOTHING:
            delattr(target, name)
        else:
            setattr(target, name, own)

    def _result(self, value: Any, arguments: list[Any]) -> Row:
        """The value's row; one of the arguments that comes back is named as such."""
        for place, argument in enumerate(arguments):
            if argument is value and isinstance(value, CHANGEABLE):
                return (("argument", place),)
        try:
            row = flat(value, self._told)
            frames.encode(row)
        except Exception:  # too deep, too large, or it lies about what it is
            return (self._told(value),)
        return row

    def _told(self, value: Any) -> tuple[Any, ...]:
        """What travels in place of an object."""
        stub = self._stubs.get(value) if type(value) is type(_reflected) else None
        if stub is not None:
            return ("function", stub)
        if isinstance(value, type) and issubclass(value, BaseException):
            bases = _bases(value)
            self._exceptions[bases[0][0]] = value
            return ("exception", bases)
        number = self._numbers.get(id(value)) or next(self._fresh)
        self._numbers[id(value)], self._objects[number] = number, value
        named = _sort(value) != "object"
        instead = cut(lambda: type(value).__name__, MAX_NAME, "")  # a partial has no name
        name = cut(lambda: value.__name__, MAX_NAME, instead) if named else instead
        return ("object", number, _sort(value), name, _abilities(value))

    def _handed(self, item: Any) -> Any:
        """The object or stub that an item stands for."""
        match item:
            case ("object", number):
                return self._objects[number]
            case ("function", number, name):
                return self._stub(number, name)
            case ("iterator", number, name):
                return _Items(self._stub(number, name))
        raise FrameError(f"no value is {item!r}")

    def _stub(self, number: int, name: str) -> Callable[..., Any]:
        def function(*arguments: Any, **named: Any) -> Any:
            return self._called(name, number, arguments, named)

        function.__name__ = function.__qualname__ = name
        self._stubs[function] = number
        return function

    def _called(self, name: str, number: int, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """What a function of the test's returns; while it runs, the test may ask for more."""
        if threading.get_ident() != self._thread:
            raise RuntimeError(f"{name} can only be called in the thread that it was given to")
        try:
            self._line.send(("call", number, flat((arguments, named), self._told), self._printed()))
        except FrameError as error:
            raise TypeError(f"{name}: {error}") from None
        while True:
            match self._line.receive():
                case ("do", *request):
                    self.serve(*request)
                case ("value", row):
                    return rebuilt(row, self._handed)
                case (_, class_name, message):
                    raise _exception(class_name, message, self._exceptions)


class _Items:
    """An iterator of the test's."""

    def __init__(self, following: Callable[[], Any]) -> None:
        self._following = following

    def __iter__(self) -> _Items:
        return self

    def __next__(self) -> Any:
        return self._following()


def _sort(value: Any) -> str:
    if isinstance(value, ModuleType):
        return "module"
    return "class" if isinstance(value, type) else "function" if isinstance(value, FUNCTIONS) else "object"


def _abilities(value: Any) -> int:
    """The bits of what its class says of it."""
    found: dict[str, bool] = {}
    try:
        for base in reversed(type.mro(type(value))):
            names = BITS.keys() & vars(base).keys() if base is not object else ()
            found |= {name: vars(base)[name] is not None or name == "__hash__" for name in names}
    except Exception:
        return 0
    if isinstance(value, type) and hasattr(value, "__class_getitem__"):
        found["__getitem__"] = True
    return sum(BITS[name] for name, there in found.items() if there)


def _image(value: Any, told: Callable[[Any], Any]) -> bytes | None:
    """The bytes of an argument that a function may change."""
    if not isinstance(value, CHANGEABLE):
        return None
    try:
        return frames.encode(flat(value, told))
    except Exception:
        return None


def _exception(name: str, message: str, own: dict[str, type[BaseException]]) -> Exception:
    """A builtin exception by its name, or the hand-in's that the test knows; else one that says the name."""
    named = getattr(builtins, name, None) or own.get(name)
    if isinstance(named, type) and issubclass(named, Exception):
        with suppress(Exception):  # it wants to be told more
            return named(message)
        if name in own:
            with suppress(Exception):
                return named.__new__(named, message)
    return RuntimeError(f"{name}: {message}")


def _described(error: BaseException) -> tuple[Any, ...]:
    """Its classes, what it was made with, what it says, and its place in the hand-in."""
    message = cut(lambda: str(error), MAX_MESSAGE, "(its message cannot be shown)")
    return (_lineage(error), _arguments(error), _attributes(error), message, own_place(error))


def _lineage(error: BaseException) -> tuple[Any, ...]:
    try:
        return _bases(type(error))
    except BaseException:  # a metaclass with ideas of its own
        return (("Exception", True),)


def _bases(each: type) -> tuple[Any, ...]:
    """An exception's class and those it stems from: each by name, and whether Python has it."""
    return tuple(
        (cut(lambda base=base: base.__name__, MAX_NAME, "?"), getattr(builtins, base.__name__, None) is base)  # type: ignore[misc]
        for base in type.mro(each)[:MAX_BASES]
        if base is not object
    )


def _arguments(error: BaseException) -> Row | None:
    """What the exception was made with, where that has a copy."""
    return _copied(lambda: BaseException.args.__get__(error))  # type: ignore[attr-defined]


def _attributes(error: BaseException) -> Row | None:
    """What its own classes and it have under names, where that has a copy."""
    found: dict[str, Any] = {}
    try:
        own = [vars(each) for each in reversed(type.mro(type(error))) if each.__module__ != "builtins"]
        for name, value in [pair for names in (*own, vars(error)) for pair in names.items()]:
            if isinstance(name, str) and not name.startswith("_") and _copied(partial(_same, value)):
                found[name] = value
    except BaseException:
        return None
    return _copied(lambda: dict(list(found.items())[:MAX_ATTRIBUTES]))


def _same(value: Any) -> Any:
    return value


def _copied(told: Callable[[], Any]) -> Row | None:
    """The row of a value that has a copy and is of some size."""

    def refused(_value: Any) -> Any:
        raise FrameError("no copy")

    try:
        row = flat(told(), refused)
        return row if len(frames.encode(row)) < frames.MAX_ANSWER else None
    except BaseException:
        return None
