"""Stand-ins for a hand-in's objects in a test: what is done to one is asked of the student's process.

That process never decides how an object compares with a value of the test's: `==` is False there, an order no
answer, and operators tell it such a value only through the very reference that a constructor gave to the
test: `made` is the stand-in's, never the object's, whatever answers with that object later. A stand-in can do
what the class of its object says and nothing else, so a test that expects a `TypeError` has it from Python;
what is refused here is `NoAnswer`, which nobody expects.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from grader.sandbox.caller import executes, may_ask, of_a_library
from grader.sandbox.handle import Handle, an
from grader.sandbox.objects import ABILITIES, BITS, IN_PLACE, NAMES, ORDERS, UNARY

# operators that say nothing on whether two are equal
PRODUCTS = {"mul", "rmul", "imul", "matmul", "rmatmul", "imatmul"}
NAMED = -1  # a class, by a name in CapWords: what it is called for has been made by the test
MADE = 3  # by a constructor
SCALED = 2  # by operators, without a value of the test's to compare
DERIVED = 1  # by other operators
CAP_WORDS = re.compile(r"[A-Z]\w*[a-z]")
LOCAL = re.compile(r"__\w+__|_mock_\w+|_?pytest\w*|patchings|_is_coroutine\w*")
TOLD_ATTRIBUTES = {"__name__", "__qualname__"}
TOLD_OF = {"class": {*ABILITIES}}  # these too, of objects of a kind
HERE = __file__.removesuffix("standin.py")
# a stand-in's, no object's
HIDDEN = {"__slots__", "__copy__", "__deepcopy__", "__getattr__", "__signature__"}
OF_OBJECT = vars(object).keys() - {"__class__", "__doc__", "__getattribute__"}  # what every class has
# of these an object must have one to be asked about a value of the test's
CALCULATING = sum(BITS[name] for name in ABILITIES[: ABILITIES.index("__contains__") + 1])


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
    handle = handle_of(answer)
    if handle is None or not handle.calculates:
        return 0
    if operation == "call" and made_of(operands[0]) == NAMED:
        return MADE
    rights = [how for each in operands if (how := made_of(each)) > 0]
    if operation in ("copy", "deepcopy"):
        return max(rights, default=0)
    if operation not in OPERATORS or not rights:
        return 0
    told = not all(isinstance(each, Standin) for each in operands)
    return DERIVED if min(rights) < SCALED or (told and operation not in PRODUCTS) else SCALED


def named(value: Any, name: str) -> Any:
    """The value as that name gives it: a class under a name in CapWords is a constructor."""
    if not isinstance(value, Class) or not CAP_WORDS.match(name):
        return value
    handle = value._grader_handle
    handle.constructor = handle.constructor or type(value)(handle, NAMED)
    return handle.constructor


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
    handle, kind = standin._grader_handle, an(type(other).__name__)
    handle.remote.refuse(
        f"no operator goes between the hand-in's {handle.name} and {kind}: ask for numbers, not for objects"
    )


def _binary(name: str) -> Callable[[Any, Any], Any]:
    def operator(self: Standin, other: Any) -> Any:
        __tracebackhide__ = True
        handle, made = self._grader_handle, self._grader_made
        if not isinstance(other, Standin) and made <= 0:
            return _no_operator(self, other)  # it may be the expected one: nobody tells it to the hand-in
        value = handle.remote.ask(name, self, other)
        if isinstance(other, Standin) or isinstance(value, Standin) or (name in PRODUCTS and made >= SCALED):
            return value
        return handle.remote.refuse(
            f"an operator of the hand-in's {handle.name} gave {an(type(value).__name__)}; "
            "with a value of the test's it must give an object, so that it cannot decide a comparison"
        )

    return operator


def _comparison(name: str) -> Callable[[Any, Any], Any]:
    def operator(self: Standin, other: Any) -> Any:
        __tracebackhide__ = True
        if isinstance(other, Standin):
            return self._grader_handle.remote.ask(name, self, other)
        if name in ("eq", "ne"):
            return NotImplemented  # with a value of the test's: the student's process is not asked
        if self._grader_made == MADE:
            self._grader_handle.remote.ask(name, self, other)  # it may raise, and decides nothing else
        return _no_operator(self, other)

    return operator


def _unary(name: str) -> Callable[[Any], Any]:
    def operator(self: Standin) -> Any:
        __tracebackhide__ = True
        handle = self._grader_handle
        value = handle.remote.ask(name, self) if self._grader_made > 0 else None
        if not isinstance(value, Standin):
            handle.remote.refuse(f"{name}() of the hand-in's {handle.name} is no object")
        return value

    return operator


def _number(name: str, kind: type | None) -> Callable[..., Any]:
    def operator(self: Standin, *digits: Any) -> Any:
        __tracebackhide__ = True
        handle = self._grader_handle
        if self._grader_made != MADE:  # assertAlmostEqual asks abs(difference), which is not its to say
            handle.remote.refuse(f"{name}() of the hand-in's {handle.name} is not asked: ask for numbers")
        value = handle.remote.ask(name, self, *digits)
        return value if kind is None else _typed(value, kind, f"{name}()")

    return operator


def _told(name: str, file: str) -> bool:
    """Whether code in that file is told an attribute.

    How an object is converted or collected is not the hand-in's to say, and a library asks for itself.
    """
    return not LOCAL.fullmatch(name) and may_ask(file)


def _asking() -> str:
    """The file of the code that asks a stand-in or a module."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(HERE):
        frame = frame.f_back
    return frame.f_code.co_filename


def doc(asked: Any) -> str | None:
    """The docstring of a stand-in or a module."""
    __tracebackhide__ = True
    handle = handle_of(asked) or asked._grader_handle
    if executes(_asking()):
        handle.remote.refuse(
            f"the docstring of the hand-in's {handle.name} is not run here, as doctest would"
        )
    text = handle.remote.ask("doc", asked if isinstance(asked, Standin) else handle)
    return text if isinstance(text, str) else None


class Standin:
    # Stands for an object of the hand-in. `isinstance` is decided here, for libraries `hash` and `repr`.
    __slots__ = ("__weakref__", "_grader_handle", "_grader_made")
    __array_ufunc__ = None  # numpy leaves operators to the methods below
    _grader_handle: Handle
    _grader_made: int  # how the test has made it, by this reference alone

    def __init__(self, handle: Handle, made: int = 0) -> None:
        object.__setattr__(self, "_grader_handle", handle)
        object.__setattr__(self, "_grader_made", made)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return doc(self)

    def __repr__(self) -> str:
        __tracebackhide__ = True
        handle = self._grader_handle
        if handle.kind == "object" and not of_a_library(sys._getframe(1).f_code.co_filename):
            return str(_typed(handle.remote.ask("repr", self), str, "the repr"))
        return f"<{handle.name} of the hand-in>"

    def __hash__(self) -> int:
        return object.__hash__(self._grader_handle)  # the same for every reference to the object

    def __getattribute__(self, name: str) -> Any:
        if name in HIDDEN and not of_a_library(_asking()):
            raise AttributeError(name)
        return super().__getattribute__(name)

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        handle = self._grader_handle
        if name == "__dict__" and handle.kind == "object" and may_ask(sys._getframe(1).f_code.co_filename):
            return handle.remote.ask("dict", self)
        if name == "__annotations__" and handle.kind in ("function", "class"):
            return _annotations(handle.remote.ask("annotations", self))
        told = name in TOLD_ATTRIBUTES or name in TOLD_OF.get(handle.kind, ())
        if not told and not _told(name, sys._getframe(1).f_code.co_filename):
            raise AttributeError(name)
        return handle.remote.ask("get", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        __tracebackhide__ = True
        handle = self._grader_handle
        if handle.kind in ("module", "class"):
            handle.remote.replace(handle, name, value)
        else:
            handle.remote.ask("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        __tracebackhide__ = True
        handle = self._grader_handle
        if handle.kind in ("module", "class"):
            handle.remote.remove(handle, name)
        else:
            handle.remote.ask("del", self, name)

    def __str__(self) -> str:
        __tracebackhide__ = True
        if self._grader_handle.kind != "object" or not may_ask(sys._getframe(1).f_code.co_filename):
            return repr(self)  # a library may take the text for code, as sympy does
        return str(_typed(self._grader_handle.remote.ask("str", self), str, "the text"))

    def __copy__(self) -> Any:
        return self._grader_handle.remote.ask("copy", self)

    def __deepcopy__(self, _memo: object) -> Any:
        return self._grader_handle.remote.ask("deepcopy", self)

    def __eq__(self, other: object) -> Any:
        __tracebackhide__ = True
        return True if other is self else _comparison("eq")(self, other)

    __ne__ = _comparison("ne")

    def __mro_entries__(self, _bases: object) -> NoReturn:
        handle = self._grader_handle
        handle.remote.refuse(f"{handle.name} is the hand-in's: a test cannot make a subclass of it")


del Standin.__annotations__  # else these would be every stand-in's


def _len(self: Standin) -> int:
    __tracebackhide__ = True
    handle = self._grader_handle
    if self._grader_made == DERIVED:  # numpy would make an array of a difference, and of any size
        handle.remote.unanswered += 1  # no NoAnswer: `list` asks too, and does without
        raise TypeError(f"what an operator gave has no length: make a list of this {handle.name}")
    length = int(_typed(handle.remote.ask("len", self), int, "the length"))
    handle.length = (length, handle.remote.changes)
    return length


def _hash(self: Standin) -> int:
    """Asked where the test itself wants it. A library finds again what the test has put into a set."""
    __tracebackhide__ = True
    handle = self._grader_handle
    if handle.kind == "object" and not of_a_library(sys._getframe(1).f_code.co_filename):
        handle.told_hash = int(_typed(handle.remote.ask("hash", self), int, "the hash"))
    return object.__hash__(handle) if handle.told_hash is None else handle.told_hash


def _bool(self: Standin) -> bool:
    """Asked of an object: that tells it nothing, and as its answer True or [] would say the same."""
    __tracebackhide__ = True
    if self._grader_handle.kind != "object":
        return True
    return bool(_typed(self._grader_handle.remote.ask("bool", self), bool, "the truth"))


def _iterated(operation: str) -> Callable[[Standin], Any]:
    def iterate(self: Standin) -> Any:
        __tracebackhide__ = True
        handle = self._grader_handle
        iterator = handle.remote.ask(operation, self)
        if not isinstance(iterator, Standin):
            raise TypeError("what iterates over the hand-in's object is no iterator")
        if handle.length is None or handle.length[1] != handle.remote.changes:
            return iterator
        return _counted(iterator, handle.length[0], handle)

    return iterate


def _contains(self: Standin, value: Any) -> bool:
    __tracebackhide__ = True
    handle = self._grader_handle
    if self._grader_made == MADE or isinstance(value, Standin):
        return bool(_typed(handle.remote.ask("contains", self, value), bool, "an `in`"))
    if not hasattr(type(self), "__iter__"):
        handle.remote.refuse(f"the hand-in's {handle.name} gives no items to look through")
    return any(each is value or each == value for each in self)  # type: ignore[attr-defined]  # as in a list


def _asked(name: str) -> Callable[..., Any]:
    def operator(self: Standin, *operands: Any) -> Any:
        __tracebackhide__ = True
        return self._grader_handle.remote.ask(name, self, *operands)

    return operator


def _format(self: Standin, spec: str) -> str:
    __tracebackhide__ = True
    if self._grader_handle.kind != "object":
        return format(repr(self), spec)
    return str(_typed(self._grader_handle.remote.ask("format", self, spec), str, "the text"))


def _enter(self: Standin) -> Any:
    __tracebackhide__ = True
    ask = self._grader_handle.remote.ask
    return ask("call", ask("get", self, "__enter__"), (), {})


def _exit(self: Standin, *_exception: object) -> None:
    """Never swallows what was raised inside: that may be the test's own."""
    __tracebackhide__ = True
    ask = self._grader_handle.remote.ask
    ask("call", ask("get", self, "__exit__"), (None, None, None), {})


def _call(self: Standin, *arguments: Any, **named: Any) -> Any:
    __tracebackhide__ = True
    return self._grader_handle.remote.ask("call", self, arguments, named)


class Function(Standin):
    # Stands for a function.
    __slots__ = ()
    __call__ = _call

    @property
    def __signature__(self) -> inspect.Signature:
        return _signature(self._grader_handle, self._grader_handle.remote.ask("signature", self))


class Class(Function):
    # Stands for a class: `isinstance` of a stand-in asks for it.
    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        """Of what every class has, the hand-in's own where it has one, else Python's."""
        __tracebackhide__ = True
        if name not in OF_OBJECT or of_a_library(_asking()):
            return super().__getattribute__(name)
        ask = self._grader_handle.remote.ask
        return ask("get", self, name) if ask("has", self, name) is True else getattr(object, name)

    def __instancecheck__(self, value: object) -> bool:
        return self._is("isinstance", value)

    def __subclasscheck__(self, value: object) -> bool:
        return self._is("issubclass", value)

    def _is(self, operation: str, value: object) -> bool:
        __tracebackhide__ = True
        if not isinstance(value, Standin):
            return False
        return bool(_typed(self._grader_handle.remote.ask(operation, value, self), bool, operation))


class Absent(Function):
    # Stands for a name that the hand-in lacks: whatever is asked, there is no answer.
    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name not in BITS and not _told(name, sys._getframe(1).f_code.co_filename):
            raise AttributeError(name)
        _refuse(self)


def _refuse(self: Standin, *_operands: object, **_named: object) -> NoReturn:
    __tracebackhide__ = True
    handle = self._grader_handle
    handle.remote.ask("there", self)  # as a rule that says why there is none
    handle.remote.refuse(f"{handle.name} was not there when the tests were collected")


class Words:
    """An annotation that is a text and nothing else: no `str`, so nobody evaluates it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return repr(self._text)

    def __str__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return other == self._text if isinstance(other, str) else self is other

    def __hash__(self) -> int:
        return hash(self._text)


def _inert(annotation: Any) -> Any:
    """The annotation, whose texts nobody evaluates."""
    match annotation:
        case str():
            return Words(annotation)
        case list() | tuple():
            return type(annotation)(map(_inert, annotation))
        case dict():
            return {key: _inert(each) for key, each in annotation.items()}
    return annotation


def _annotations(found: Any) -> dict[str, Any]:
    """By name, and of a class or function never a text."""
    return _typed(_inert(found), dict, "what is annotated")  # type: ignore[no-any-return]


def _signature(handle: Handle, parameters: Any) -> inspect.Signature:
    """A signature of what was told about the parameters."""
    found = []
    try:
        for name, kind, default, annotation in parameters:
            more = [("default", x) for x in default] + [("annotation", _inert(x)) for x in annotation]
            found.append(inspect.Parameter(name, list(inspect._ParameterKind)[kind], **dict(more)))
        return inspect.Signature(found)
    except (TypeError, ValueError, IndexError, AttributeError):
        handle.remote.refuse(f"the hand-in's {handle.name} has no signature")


OPERATORS: Mapping[str, str] = (  # by the worker's names
    {
        f"{r}{name}{'_' if name in ('and', 'or') else ''}": f"__{r}{name}__"
        for name in NAMES
        for r in ("", "r")
    }
    | {name: f"__{name}__" for name in (*UNARY, *IN_PLACE)}
)
METHODS: Mapping[str, Callable[..., Any]] = {
    **{method: _binary(name) for name, method in OPERATORS.items()},
    **{f"__{name}__": _unary(name) for name in UNARY},
    **{f"__{name}__": _comparison(name) for name in ORDERS},
    **{f"__{name}__": _number(name, None) for name in ("abs", "round")},
    **{f"__{name}__": _number(name, kind) for name, kind in (("float", float), ("int", int), ("index", int))},
    **{f"__{name}__": _asked(name) for name in ("next", "getitem", "setitem", "delitem")},
    **{"__iter__": _iterated("iter"), "__reversed__": _iterated("reversed"), "__contains__": _contains},
    **{
        "__hash__": _hash,
        "__format__": _format,
        "__call__": _call,
        "__len__": _len,
        "__bool__": _bool,
        "__enter__": _enter,
        "__exit__": _exit,
    },
}
STANDINS: Mapping[str, type[Standin]] = {
    "module": Standin,
    "object": Standin,
    "function": Function,
    "class": Class,
}
REFUSED = ("__bool__", "__eq__", "__ne__", "__call__", "__str__", "__instancecheck__", "__subclasscheck__")
for _method in (*METHODS.keys() - {"__hash__"}, *REFUSED, "__mro_entries__", "__copy__", "__deepcopy__"):
    setattr(Absent, _method, _refuse)


def shape(kind: str, name: str, abilities: int) -> type[Standin]:
    """A class of stand-ins that can do what the bits say, and what follows from it."""
    can = {method for method, bit in BITS.items() if abilities & bit}
    if "__getitem__" in can:
        can |= {"__iter__", "__reversed__"} if "__len__" in can else {"__iter__"}
    if "__len__" in can:
        can.add("__bool__")
    base = STANDINS[kind]
    called = name if kind == "object" and name.isidentifier() else {"class": "type"}.get(kind, kind)
    own = {"__slots__": (), "__doc__": Standin.__dict__["__doc__"]}
    if kind == "object" and "__call__" in can:
        own["__signature__"] = vars(Function)["__signature__"]
    return type(called, (base,), own | {method: METHODS[method] for method in can})
