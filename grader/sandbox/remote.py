"""Stand-ins for a hand-in's objects in a test: what is done to one is asked of the student's process.

A value that has a copy arrives as one, of exact builtin types or plain arrays; of anything else a stand-in.
Its process never decides how it compares with a value of the test's: `==` is False there, an order an error,
and operators tell it such a value only through the very reference that a constructor gave to the test: `made`
is the stand-in's, never the object's, whatever answers with that object later. What it raises can fail a
test and nothing else: it arrives as the builtin exception of its name, or as a `StudentError`. Where there is
no answer at all, `NoAnswer` is no `Exception`: a test that expects one must not take a crash for it.
"""

from __future__ import annotations

import builtins
import re
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NoReturn

from grader.faults import Fault
from grader.report.escape import paragraph, printable
from grader.sandbox import frames
from grader.sandbox.frames import FrameError
from grader.sandbox.line import Line
from grader.sandbox.outcome import Crashed, Missing, NotRun, Outcome, TimedOut
from grader.sandbox.session import NO_ANSWER, Ended, Session
from grader.sandbox.values import Row, flat, rebuilt

MAX_NESTED = 20  # calls within calls of the test's functions
MAX_CLASSES = 200  # exceptions that one hand-in may define
OUTSIDE = "this function can only be called while the call that it was given to runs"
STEERING = (StopIteration, StopAsyncIteration)  # they would end a loop of the test's, and fail nothing
PRODUCTS = {"mul", "rmul", "matmul", "rmatmul"}  # they say nothing on whether two are equal
UNARY = {"neg", "pos", "invert"}
MADE, SCALED, DERIVED = (
    3,
    2,
    1,
)  # by a constructor; without a value of the test's to compare; by other operators
MAX_RECEIVED = 64 << 20  # bytes of memory that answers may come to in one test
MAX_TEST_PRINTED = 20_000  # characters that one test prints of the hand-in's
MAX_ITEMS = 20_000  # of one answer: a test compares them one by one, and shows how they differ
MAX_HANDED = 128  # bytes of an integer that a function of the test's is called with
CHANGING = {"call", "set", "del", "setitem", "delitem"}
MAX_OWNERS = 100  # whose functions an object may call: rings of objects have no end
CAP_WORDS = re.compile(r"[A-Z]\w*[a-z]")
LOCAL = re.compile(r"__\w+__|_mock_\w+|_?pytest\w*|patchings|_is_coroutine\w*")
TOLD_ATTRIBUTES = {"__name__", "__qualname__"}

Functions = dict[int, Callable[..., Any]]


class StudentError(Exception):
    """What the hand-in has raised, where no builtin exception stands for it."""

    message: str | None = None

    def __str__(self) -> str:
        return super().__str__() if self.message is None else self.message


class _Lost(FrameError):
    """A number that there is none of any more."""


class _TooMuch(BaseException):
    """More than a test can hold. Ends the exchange, and so the process."""


class NoAnswer(BaseException):
    """The hand-in has no answer: it hangs, has died or lacks the name; or the test asks what nobody can."""


@dataclass(eq=False)
class Handle:
    """What stands behind a stand-in. `origin` says where to find it again in a fresh process.

    `given` are functions of the test's that it may call. `calculates` says that its class has operators.
    """

    remote: Remote
    kind: str
    name: str
    number: int = 0
    loads: int = 0
    origin: tuple[str, str] | None = None
    parent: Handle | None = None
    calculates: bool = False
    given: Functions = field(default_factory=dict)
    length: tuple[int, int] | None = None  # what was told, and how many changes there had been
    held: Standin | None = None  # as what it was found again: else its number would be released

    @property
    def functions(self) -> Functions:
        """The test's functions that it may call: its own, and those of what it belongs to."""
        found: Functions = {}
        owner: Handle | None = self
        for _ in range(MAX_OWNERS):
            if owner is None:
                break
            found = owner.given | found
            owner = owner.parent
        return found


class Remote:
    """One hand-in's objects. It lives in a `with` statement of its session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.changes = 0  # operations that may change the length of something
        self.received = self.printed = 0  # in this test
        self.unanswered = 0  # times that there was no answer
        self.fault = ""  # the grader's own
        self._lock = threading.RLock()
        self._nested = 0
        self._serial = count(1)
        self._fresh = count(1)
        self._handles: weakref.WeakValueDictionary[tuple[int, int], Handle] = weakref.WeakValueDictionary()
        self._standins: weakref.WeakValueDictionary[tuple[int, int], Standin] = weakref.WeakValueDictionary()
        self._released: list[tuple[int, int]] = []
        self._classes: dict[tuple[str, ...], type[Exception]] = {}

    def module(self, name: str) -> Handle:
        """One of the hand-in's modules, which is imported when something of it is asked."""
        return Handle(self, "module", name, origin=(name, ""))

    def ask(self, operation: str, *operands: Any) -> Any:
        """What the operation of that name gives in the student's process.

        Raises:
            Exception: the hand-in's own.
            NoAnswer: there is none.
        """
        __tracebackhide__ = True
        self.changes += operation in CHANGING
        with self._lock:
            if self._nested == MAX_NESTED:
                self.refuse(f"calls are nested deeper than {MAX_NESTED}")
            self._nested += 1
            try:
                answer = self._answer(operation, operands)
            finally:
                self._nested -= 1
        if isinstance(answer, _Raised):
            raise answer.error
        return answer

    def refuse(self, reason: str) -> NoReturn:
        """Say that there is no answer, and why."""
        __tracebackhide__ = True
        self.unanswered += 1
        raise NoAnswer(paragraph(reason)) from None

    def test_ends(self) -> None:
        """Count anew what comes from the process."""
        self.received = self.printed = 0

    def show(self, text: str) -> None:
        """Print what the hand-in printed, up to so much in one test: a print costs no points."""
        left = MAX_TEST_PRINTED - self.printed
        self.printed += len(text)
        if text and left > 0:
            sys.stdout.write(paragraph(text, left))

    def attribute(self, module: Handle, name: str) -> Any:
        """What the hand-in's module has under a name."""
        __tracebackhide__ = True
        value = self.ask("get", module, name)
        handle = handle_of(value)
        if handle and handle.origin is None and handle.parent in (None, module):
            handle.origin, handle.parent = (module.name, name), module
        return value

    def absent(self, module: Handle, name: str) -> Standin:
        """Stands for what is not there: using it says so."""
        return Function(Handle(self, "function", name, loads=-1, origin=(module.name, name), parent=module))

    def _answer(self, operation: str, operands: tuple[Any, ...]) -> Any:
        """The operation's value, or what it raised."""
        __tracebackhide__ = True
        functions = {k: f for handle in _handles(operands) for k, f in handle.functions.items()}
        known = set(functions)
        serial = next(self._serial)
        refusal = ""
        try:
            with self.session.exchange() as (line, deadline):
                try:
                    data = self._frame(serial, operation, operands, functions)
                except FrameError as error:
                    said = str(error)
                    refusal = said if isinstance(error, _Lost) else f"this cannot be asked: {said}"
                else:
                    line.send_frame(data, deadline)
                    conversation = _Conversation(self, line, deadline, serial, operation, functions)
                    answer, changes = conversation.answer(_arguments(operation, operands))
        except Ended as ended:
            self.refuse(_sentence(ended.outcome, self.session.submission.label))
        except _TooMuch as much:
            self.refuse(f"the hand-in was stopped: {much}")
        except Fault as fault:  # no fault of the hand-in's: whoever runs the tests ends the run
            self.fault = str(fault)
            self.refuse(self.fault)
        if refusal:
            self.refuse(refusal)
        for original, changed in changes:
            _copy_back(original, changed)
        self._own(operation, operands, answer, {k: functions[k] for k in functions.keys() - known})
        made = _made(operation, operands, answer)
        return type(answer)(handle_of(answer), made) if made else answer

    def _frame(self, serial: int, operation: str, operands: tuple[Any, ...], functions: Functions) -> bytes:
        row = flat(operands, lambda value: self.item(value, functions))
        released = tuple(number for loads, number in self._released if loads == self.session.loads)
        self._released.clear()
        return frames.frame(("do", serial, operation, row, released))

    def item(self, value: Any, functions: Functions) -> tuple[Any, ...]:
        """What travels in place of a value that has no copy; a function is put among the `functions`."""
        handle = handle_of(value)
        if handle:
            return ("object", self._number(handle))
        if not callable(value):
            what = type(value).__name__
            raise FrameError(f"a {what} does not travel, see docs/tests.md; hand it over as numbers or texts")
        number = next((k for k, f in functions.items() if f is value), 0) or next(self._fresh)
        functions[number] = value
        return ("function", number, str(getattr(value, "__name__", "function"))[:100])

    def _number(self, handle: Handle) -> int:
        """The object's number in the process of now."""
        if handle.loads != self.session.loads:
            if handle.origin is None:
                raise _Lost(f"this {handle.name} was lost when the hand-in's process ended")
            module, name = handle.origin
            handle.held = self._found_again(module, name)
            found = handle.held._grader_handle
            handle.number, handle.loads = found.number, found.loads
        return handle.number

    def _found_again(self, module: str, name: str) -> Standin:
        try:
            value = self.ask("get", self.module(module), name) if name else self.ask("import", module)
        except Exception as error:
            reason = self.missing(module, name) if name else f"{module} cannot be imported: {error}"
            raise _Lost(reason) from None
        if not isinstance(value, Standin):
            raise _Lost(f"{name} of {module} is no longer an object")
        return value

    def missing(self, module: str, name: str) -> str:
        """One sentence on a name that a module lacks, with the error that swallowed it."""
        label = self.session.submission.label if module == self.session.submission.main else f"{module}.py"
        lost = self.session.lost(name)
        return f"there is no {name} in {label}{f': {lost}' if lost else ''}"

    def met(self, item: tuple[Any, ...], functions: Functions) -> Any:
        """What an item of the student's process stands for."""
        match item:
            case (str("object"), int(number), str(kind), str(name), bool(calculates)) if kind in STANDINS:
                return self._standin(number, kind, printable(name, 100), calculates=calculates)
            case (str("function"), int(number)) if number in functions:
                return functions[number]
            case (str("exception"), tuple(bases)):
                return self._class(bases)
        raise FrameError(NO_ANSWER)

    def _standin(self, number: int, kind: str, name: str, *, calculates: bool) -> Standin:
        """The one stand-in for that object which has no rights."""
        key = (self.session.loads, number)
        handle = self._handles.get(key)
        if handle is None:
            handle = Handle(self, kind, name, number, self.session.loads, calculates=calculates)
            self._handles[key] = handle
            if key in self._released:
                self._released.remove(key)
            weakref.finalize(handle, self._released.append, key).atexit = False
        known = self._standins.get(key)
        if known is None:
            known = self._standins[key] = STANDINS[handle.kind](handle)
        return known

    def plain(self, value: Standin) -> Standin:
        """Another reference to the object, as if the hand-in had given it."""
        handle = value._grader_handle
        return self._standin(handle.number, handle.kind, handle.name, calculates=handle.calculates)

    def _own(self, operation: str, operands: tuple[Any, ...], answer: Any, given: Functions) -> None:
        """Note what a new object may call."""
        target, handle = handle_of(operands[0]), handle_of(answer)
        if given and target and operation == "set":
            target.given.update(given)
        elif given and target and target.parent and target.parent.kind == "object":
            target.parent.given.update(given)
        if target is None or handle is None or handle.origin or handle.parent or handle.kind == "module":
            return
        if operation == "get":
            handle.parent = target if target is not handle else None
        elif handle.kind == "object":
            handle.given.update(
                {k: f for each in _handles(operands) for k, f in each.functions.items()} | given
            )
        if operation in ("copy", "deepcopy"):
            handle.given = dict(target.functions)

    def raised(
        self, bases: tuple[Any, ...], arguments: Any, message: str, place: str, operation: str
    ) -> _Raised:
        """The exception to raise here for one that was raised there."""
        stop = operation == "next" and bases[:1] == (("StopIteration", True),)
        error = StopIteration() if stop else _exception(self._class(bases), _told(arguments), message)
        error.place = printable(place)  # type: ignore[attr-defined]
        if place and hasattr(error, "add_note"):  # not in Python 3.10
            error.add_note(f"in {printable(place)}")
        return _Raised(error)

    def _class(self, bases: tuple[Any, ...]) -> type[Exception]:
        """The builtin of its name for a hand-in's exception, or a class of its own that stems from one."""
        match bases:
            case ((str(name), True), *_):
                known = getattr(builtins, name, None)
                if isinstance(known, type) and issubclass(known, Exception):
                    return StudentError if issubclass(known, STEERING) else known
                return StudentError
            case ((str(name), False), *rest):
                names = tuple(
                    printable(str(base[0]), 100) for base in bases if isinstance(base, tuple) and base
                )
                if names not in self._classes and len(self._classes) < MAX_CLASSES:
                    self._classes[names] = _derived(names[0], self._class(tuple(rest)))
                return self._classes.get(names, StudentError)
        return StudentError


@dataclass(frozen=True)
class _Raised:
    """An exception as a value."""

    error: Exception


@dataclass(frozen=True)
class _Conversation:
    """One request's: what comes from the process until its answer."""

    remote: Remote
    line: Line
    deadline: float
    serial: int
    operation: str
    functions: Functions

    def answer(self, arguments: list[Any]) -> tuple[Any, list[tuple[Any, Any]]]:
        """The answer, and the arguments that were changed with what they are now.

        Raises:
            FrameError: it is none.
        """
        while True:
            message = self.line.receive(self.deadline)
            self.remote.received += _memory(message)
            if self.remote.received > MAX_RECEIVED:
                raise _TooMuch(f"it has answered with more than {MAX_RECEIVED >> 20} MiB in this test")
            match message:
                case (str("call"), int(number), tuple(row), str(printed)):
                    self.remote.show(printed)
                    self.line.send_frame(self._called(number, row), self.deadline)
                case (str("value"), int(serial), tuple(row), tuple(changes), str(printed)) if (
                    serial == self.serial
                ):
                    self.remote.show(printed)
                    if len(row) > MAX_ITEMS:
                        raise _TooMuch(f"an answer of more than {MAX_ITEMS} items: an array is one item")
                    return self._value(row, arguments), [self._change(each, arguments) for each in changes]
                case (
                    str("raised"),
                    int(serial),
                    tuple(bases),
                    row,
                    str(message),
                    str(place),
                    str(printed),
                ) if serial == self.serial and _named(bases):
                    self.remote.show(printed)
                    args = rebuilt(row, _uncopied) if isinstance(row, tuple) else None
                    return self.remote.raised(bases, args, message, place, self.operation), []
                case _:
                    raise FrameError(NO_ANSWER)

    def _called(self, number: int, row: Row) -> bytes:
        """What to say to a call of a function that stays here."""
        match rebuilt(row, self._met):
            case (tuple(arguments), dict(named)) if all(isinstance(name, str) for name in named):
                large = any(isinstance(each, bytes) and len(each) > MAX_HANDED for each in _integers(row))
                if large or len(row) > MAX_ITEMS:
                    return frames.frame(("raised", "TypeError", "what it is called with is too large"))
            case _:
                raise FrameError(NO_ANSWER)
        function = self.functions.get(number)
        if function is None:
            return frames.frame(("raised", "RuntimeError", OUTSIDE))
        try:
            value = function(*arguments, **named)
            row = flat(value, lambda x: self.remote.item(x, self.functions))
            return frames.frame(("value", row))
        except FrameError as error:
            return frames.frame(("raised", "TypeError", str(error)))
        except Exception as error:
            return frames.frame(("raised", type(error).__name__, str(error)[: frames.MAX_WHAT]))

    def _met(self, item: Any) -> Any:
        return self.remote.met(item, self.functions)

    def _value(self, row: Row, arguments: list[Any]) -> Any:
        match row:
            case ((str("argument"), int(place)),) if 0 <= place < len(arguments):
                return _come_back(arguments[place])
        return rebuilt(row, self._met)

    def _change(self, change: Any, arguments: list[Any]) -> tuple[Any, Any]:
        match change:
            case (int(place), tuple(row)) if 0 <= place < len(arguments):
                return arguments[place], rebuilt(row, self._met)
        raise FrameError(NO_ANSWER)


def _memory(value: Any) -> int:
    """Bytes that a message takes here; a byte of a frame may become eight."""
    inside = sum(map(_memory, value)) if isinstance(value, (tuple, list)) else 0
    return sys.getsizeof(value) + inside


def _integers(row: Row) -> Iterator[Any]:
    """The bytes of a row's larger integers."""
    return (item[1] for item in row if isinstance(item, tuple) and len(item) == 2 and item[0] == "int")


def _uncopied(_item: Any) -> NoReturn:
    raise FrameError(NO_ANSWER)


def _named(bases: tuple[Any, ...]) -> bool:
    return all(
        isinstance(base, tuple) and len(base) == 2 and isinstance(base[0], str) and isinstance(base[1], bool)
        for base in bases
    )


def _told(arguments: Any) -> tuple[Any, ...] | None:
    return arguments if isinstance(arguments, tuple) else None


def _derived(name: str, base: type[Exception]) -> type[Exception]:
    """A class of that name; a `StudentError`, whatever else it is."""
    bases = (base,) if issubclass(base, StudentError) else (StudentError, base)
    try:
        return type(name, bases, {"__module__": "the hand-in"})
    except TypeError:  # two layouts that do not go together
        return StudentError


def _exception(kind: type[Exception], arguments: tuple[Any, ...] | None, message: str) -> Exception:
    if issubclass(kind, StudentError):
        error: Exception = kind.__new__(kind)
        error.args = (message,) if arguments is None else arguments
        error.message = message  # type: ignore[attr-defined]
        return error
    for told in (arguments or (), (message,)) if _own_arguments(kind, arguments) else ((message,),):
        with suppress(Exception):  # some want to be told more
            error = kind(*told)
            if type(error) is kind and str(error) == message:
                return error
    return StudentError(f"{kind.__name__}: {message}")


def _own_arguments(kind: type[Exception], arguments: tuple[Any, ...] | None) -> bool:
    """Whether the class itself could have been given them: whoever shows it trusts their types and sizes."""
    if issubclass(kind, SyntaxError):
        return False
    if not issubclass(kind, UnicodeError) or kind is UnicodeError:
        return True
    match arguments:
        case (*_, str() | bytes() as text, int(start), int(end), str()):
            return 0 <= start < end <= len(text)
    return False


def _sentence(outcome: Outcome, label: str) -> str:
    """One sentence: why there is no answer."""
    match outcome:
        case TimedOut(seconds, importing):
            at = f"while {label} was imported" if importing else "in this call"
            return f"the hand-in was stopped: no answer within {seconds:g} s {at}"
        case Crashed(how, importing):
            at = f"while {label} was imported" if importing else "in this call"
            return f"the hand-in's process ended {at}: {how}"
        case Missing(why):
            return f"there is nothing to test: {why}"
        case NotRun(why):
            return f"the hand-in was stopped: {why}"
    raise AssertionError(outcome)


def _arguments(operation: str, operands: tuple[Any, ...]) -> list[Any]:
    """A call's arguments, which it may change, in the order in which they are counted."""
    return [*operands[1], *operands[2].values()] if operation == "call" else []


def _handles(operands: tuple[Any, ...]) -> Iterator[Handle]:
    """The handles of a request's operands, and of a call's arguments."""
    for operand in operands:
        handle = handle_of(operand)
        if handle:
            yield handle
        elif isinstance(operand, tuple):
            yield from _handles(operand)
        elif type(operand) is dict:
            yield from _handles(tuple(operand.values()))


def _copy_back(original: Any, changed: Any) -> None:
    """Make the caller's object what the function has made of its copy, and of what it holds the same."""
    if type(original).__name__ == "ndarray" and type(changed) is type(original):
        if changed.shape == original.shape and changed.dtype == original.dtype and original.flags.writeable:
            original[...] = changed
        return
    match original, changed:
        case list(), list():
            original[:] = [_kept(x, y) for x, y in _paired(original, changed)]
        case tuple(), tuple():
            for x, y in _paired(original, changed):
                _kept(x, y)
        case dict(), dict():
            items = {key: _kept(original.get(key), y) for key, y in changed.items()}
            original.clear()
            original.update(items)
        case set(), set():
            original.clear()
            original.update(changed)


def _paired(original: Any, changed: Any) -> Iterator[tuple[Any, Any]]:
    for place, y in enumerate(changed):
        yield (original[place] if place < len(original) else None), y


def _kept(x: Any, y: Any) -> Any:
    """The caller's own object with its new content, where it is of the same kind; else the new one."""
    if type(x) is type(y) and isinstance(x, (list, dict, set)):
        _copy_back(x, y)
        return x
    if type(x) is type(y) and type(x).__name__ == "ndarray" and (x.shape, x.dtype) == (y.shape, y.dtype):
        _copy_back(x, y)
        return x
    return y


def handle_of(value: Any) -> Handle | None:
    """The handle of a stand-in or of a module; of anything else None."""
    if isinstance(value, Handle):
        return value
    return object.__getattribute__(value, "_grader_handle") if isinstance(value, Standin) else None


def made_of(value: Any) -> int:
    """How a stand-in was made; of anything else 0."""
    return object.__getattribute__(value, "_grader_made") if isinstance(value, Standin) else 0


def _made(operation: str, operands: tuple[Any, ...], answer: Any) -> int:
    """How the test has made the answer; 0 where that may be of the hand-in's choosing."""
    target, handle = handle_of(operands[0]), handle_of(answer)
    if target is None or handle is None or not handle.calculates:
        return 0
    if operation == "call" and target.kind == "class" and CAP_WORDS.match((target.origin or ("", ""))[1]):
        return MADE
    made = [how for each in operands if (how := made_of(each))]
    if operation in ("copy", "deepcopy"):
        return max(made, default=0)
    if operation not in OPERATORS or not made:
        return 0
    told = not all(isinstance(each, Standin) for each in operands)
    return DERIVED if min(made) < SCALED or (told and operation not in PRODUCTS) else SCALED


def _come_back(value: Any) -> Any:
    """An argument as an answer: the same container, unless it holds references with rights."""
    match value:
        case Standin() if made_of(value):
            return value._grader_handle.remote.plain(value)
        case list() | tuple() | set():
            items = [_come_back(x) for x in value]
            return value if all(x is y for x, y in zip(items, value, strict=True)) else type(value)(items)
        case dict():
            pairs = [(_come_back(key), _come_back(x)) for key, x in value.items()]
            same = all(key in value and value[key] is x for key, x in pairs)
            return value if same and all(map(_unmade, value)) else dict(pairs)
    return value


def _unmade(key: Any) -> bool:
    return _come_back(key) is key


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
