"""Stand-ins for a hand-in's objects in a test: what is done to one is asked of the student's process.

That process never decides how an object compares with a value of the test's: `==` is False there, an order an
error, and operators tell it such a value only through the very reference that a constructor gave to the test:
`made` is the stand-in's, never the object's, whatever answers with that object later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from grader.sandbox.handle import Handle

PRODUCTS = {"mul", "rmul", "matmul", "rmatmul"}  # they say nothing on whether two are equal
UNARY = {"neg", "pos", "invert"}
MADE = 3  # by a constructor
SCALED = 2  # by operators, without a value of the test's to compare
DERIVED = 1  # by other operators
CAP_WORDS = re.compile(r"[A-Z]\w*[a-z]")
LOCAL = re.compile(r"__\w+__|_mock_\w+|_?pytest\w*|patchings|_is_coroutine\w*")
TOLD_ATTRIBUTES = {"__name__", "__qualname__"}


def handle_of(value: Any) -> Handle | None:
    """The handle of a stand-in or of a module; of anything else None."""
    if isinstance(value, Handle):
        return value
    return object.__getattribute__(value, "_grader_handle") if isinstance(value, Standin) else None


def made_of(value: Any) -> int:
    """How a stand-in was made; of anything else 0."""
    return object.__getattribute__(value, "_grader_made") if isinstance(value, Standin) else 0


def made(operation: str, operands: tuple[Any, ...], answer: Any) -> int:
    """How the test has made the answer; 0 where that may be of the hand-in's choosing."""
    target, handle = handle_of(operands[0]), handle_of(answer)
    if target is None or handle is None or not handle.calculates:
        return 0
    if operation == "call" and target.kind == "class" and CAP_WORDS.match((target.origin or ("", ""))[1]):
        return MADE
    rights = [how for each in operands if (how := made_of(each))]
    if operation in ("copy", "deepcopy"):
        return max(rights, default=0)
    if operation not in OPERATORS or not rights:
        return 0
    told = not all(isinstance(each, Standin) for each in operands)
    return DERIVED if min(rights) < SCALED or (told and operation not in PRODUCTS) else SCALED


def _counted(iterator: Standin, length: int, handle: Handle) -> Iterator[Any]:
    """So many items and no other number: `zip` would end in silence, and nothing would have been compared."""
    __tracebackhide__ = True
    given = 0
    for given, value in enumerate(iterator, start=1):
        if given > length:
            break
        yield value
    if given != length:
        handle.remote.refuse(f"the hand-in's {handle.name} has the length {length} and gives other items")


def _typed(value: Any, kind: type, what: str) -> Any:
    """The value, if it is of that very type: nothing else is an answer to what was asked."""
    if type(value) is not kind:
        raise TypeError(f"{what} of the hand-in's object is no {kind.__name__}")
    return value


def _no_operator(standin: Standin, other: object) -> NoReturn:
    __tracebackhide__ = True
    name, kind = standin._grader_handle.name, type(other).__name__
    raise TypeError(
        f"no operator goes between the hand-in's {name} and a {kind}: ask for numbers, not for objects"
    )


def _binary(name: str) -> Callable[[Any, Any], Any]:
    def operator(self: Standin, other: Any) -> Any:
        __tracebackhide__ = True
        handle, made = self._grader_handle, self._grader_made
        if not isinstance(other, Standin) and not made:
            return _no_operator(self, other)  # it may be the expected one: nobody tells it to the hand-in
        value = handle.remote.ask(name, self, other)
        if isinstance(other, Standin) or isinstance(value, Standin) or (name in PRODUCTS and made >= SCALED):
            return value
        return handle.remote.refuse(
            f"an operator of the hand-in's {handle.name} gave a {type(value).__name__}; "
            "with a value of the test's it must give an object, so that it cannot decide a comparison"
        )

    return operator


def _comparison(name: str) -> Callable[[Any, Any], Any]:
    def operator(self: Standin, other: Any) -> Any:
        __tracebackhide__ = True
        if not isinstance(other, Standin):  # with a value of the test's: the student's process is not asked
            return NotImplemented if name in ("eq", "ne") else _no_operator(self, other)
        return self._grader_handle.remote.ask(name, self, other)

    return operator


def _unary(name: str) -> Callable[[Any], Any]:
    def operator(self: Standin) -> Any:
        __tracebackhide__ = True
        handle = self._grader_handle
        value = handle.remote.ask(name, self) if self._grader_made else None
        if not isinstance(value, Standin):
            raise TypeError(f"{name}() of the hand-in's {handle.name} is no object")
        return value

    return operator


def _number(name: str, kind: type | None) -> Callable[[Any], Any]:
    def operator(self: Standin) -> Any:
        __tracebackhide__ = True
        handle = self._grader_handle
        if (
            self._grader_made != MADE
        ):  # assertAlmostEqual asks abs(difference): that is not the hand-in's to say
            raise TypeError(f"the hand-in's {handle.name} is no number")
        value = handle.remote.ask(name, self)
        return value if kind is None else _typed(value, kind, f"{name}()")

    return operator


class Standin:
    """Stands for an object of the hand-in. `hash`, `repr` and `isinstance` are decided here."""

    __slots__ = ("__weakref__", "_grader_handle", "_grader_made")
    __array_ufunc__ = None  # numpy leaves operators to the methods below
    _grader_handle: Handle
    _grader_made: int  # how the test has made it, by this reference alone

    def __init__(self, handle: Handle, made: int = 0) -> None:
        object.__setattr__(self, "_grader_handle", handle)
        object.__setattr__(self, "_grader_made", made)

    def __repr__(self) -> str:
        return f"<{self._grader_handle.name} of the hand-in>"

    def __hash__(self) -> int:
        return object.__hash__(self._grader_handle)  # the same for every reference to the object

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if LOCAL.fullmatch(name) and name not in TOLD_ATTRIBUTES:
            raise AttributeError(name)  # how it is converted or collected is not the hand-in's to say
        return self._grader_handle.remote.ask("get", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        __tracebackhide__ = True
        handle = self._grader_handle
        if handle.kind == "module":
            handle.remote.refuse(
                f"only the hand-in's own names can be patched, and {handle.name}.{name} is none"
            )
        handle.remote.ask("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        __tracebackhide__ = True
        self._grader_handle.remote.ask("del", self, name)

    def __len__(self) -> int:
        __tracebackhide__ = True
        if self._grader_made == DERIVED:  # numpy would make an array of a difference, and of any size
            raise TypeError(
                f"what an operator gave has no length: make a list of this {self._grader_handle.name}"
            )
        handle = self._grader_handle
        length = int(_typed(handle.remote.ask("len", self), int, "the length"))
        handle.length = (length, handle.remote.changes)
        return length

    def __bool__(self) -> bool:
        """Asked of an object: that tells it nothing, and as its answer True or [] would say the same."""
        __tracebackhide__ = True
        if self._grader_handle.kind != "object":
            return True
        return bool(_typed(self._grader_handle.remote.ask("bool", self), bool, "the truth"))

    def __str__(self) -> str:
        __tracebackhide__ = True
        if self._grader_handle.kind != "object":
            return repr(self)
        return str(_typed(self._grader_handle.remote.ask("str", self), str, "the text"))

    def __iter__(self) -> Any:
        __tracebackhide__ = True
        handle = self._grader_handle
        iterator = handle.remote.ask("iter", self)
        if not isinstance(iterator, Standin):
            raise TypeError("what iterates over the hand-in's object is no iterator")
        if handle.length is None or handle.length[1] != handle.remote.changes:
            return iterator
        return _counted(iterator, handle.length[0], handle)

    def __next__(self) -> Any:
        __tracebackhide__ = True
        return self._grader_handle.remote.ask("next", self)

    def __contains__(self, value: Any) -> bool:
        __tracebackhide__ = True
        if self._grader_made == MADE or isinstance(value, Standin):
            return bool(_typed(self._grader_handle.remote.ask("contains", self, value), bool, "an `in`"))
        return any(each is value or each == value for each in self)  # compared here, as in a list

    def __getitem__(self, key: Any) -> Any:
        __tracebackhide__ = True
        return self._grader_handle.remote.ask("getitem", self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        __tracebackhide__ = True
        self._grader_handle.remote.ask("setitem", self, key, value)

    def __delitem__(self, key: Any) -> None:
        __tracebackhide__ = True
        self._grader_handle.remote.ask("delitem", self, key)

    def __enter__(self) -> Any:
        __tracebackhide__ = True
        return self._grader_handle.remote.ask("call", self._asked("__enter__"), (), {})

    def __exit__(self, *_exception: object) -> None:
        """Never swallows what was raised inside: that may be the test's own."""
        __tracebackhide__ = True
        self._grader_handle.remote.ask("call", self._asked("__exit__"), (None, None, None), {})

    def _asked(self, name: str) -> Any:
        return self._grader_handle.remote.ask("get", self, name)

    def __copy__(self) -> Any:
        return self._grader_handle.remote.ask("copy", self)

    def __deepcopy__(self, _memo: object) -> Any:
        return self._grader_handle.remote.ask("deepcopy", self)

    def __eq__(self, other: object) -> Any:
        __tracebackhide__ = True
        return True if other is self else _comparison("eq")(self, other)

    def __mro_entries__(self, _bases: object) -> NoReturn:
        raise TypeError(f"{self._grader_handle.name} is the hand-in's: a test cannot make a subclass of it")

    __ne__, __lt__, __le__, __gt__, __ge__ = map(_comparison, ("ne", "lt", "le", "gt", "ge"))
    __neg__, __pos__, __invert__ = map(_unary, ("neg", "pos", "invert"))
    __abs__, __float__ = _number("abs", None), _number("float", float)
    __int__, __index__ = _number("int", int), _number("index", int)


class Function(Standin):
    # Stands for a function, or another object that can be called.
    __slots__ = ()

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        return self._grader_handle.remote.ask("call", self, arguments, named)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        doc = self._grader_handle.remote.ask("doc", self)
        return doc if isinstance(doc, str) else None


class Class(Function):
    # Stands for a class: `isinstance` of a stand-in asks for it.
    __slots__ = ()
    __doc__ = Function.__doc__  # the property: what the hand-in's own says

    def __instancecheck__(self, value: object) -> bool:
        return self._is("isinstance", value)

    def __subclasscheck__(self, value: object) -> bool:
        return self._is("issubclass", value)

    def _is(self, operation: str, value: object) -> bool:
        __tracebackhide__ = True
        if not isinstance(value, Standin):
            return False
        return bool(_typed(self._grader_handle.remote.ask(operation, value, self), bool, operation))


_NAMES = (
    "add",
    "sub",
    "mul",
    "matmul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
)
OPERATORS: Mapping[str, str] = {  # by the worker's names
    f"{r}{name}{'_' if name in ('and', 'or') else ''}": f"__{r}{name}__" for name in _NAMES for r in ("", "r")
} | {name: f"__{name}__" for name in UNARY}
for _operation, _method in OPERATORS.items():
    if _operation not in UNARY:
        setattr(Standin, _method, _binary(_operation))

STANDINS: Mapping[str, type[Standin]] = {
    "module": Standin,
    "object": Standin,
    "function": Function,
    "class": Class,
}
