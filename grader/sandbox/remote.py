"""Whoever asks a hand-in: its objects become stand-ins, its values copies, its exceptions are raised here.

A value that has a copy arrives as one, of exact builtin types or plain arrays; of anything else a stand-in.
What the process sends can fail a test and nothing else.
"""

from __future__ import annotations

import builtins
import sys
import threading
import weakref
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from io import IOBase, StringIO
from itertools import count
from typing import Any, NoReturn

import numpy as np

from grader.faults import STAFFS_FAULT, Fault
from grader.report.escape import paragraph, printable
from grader.sandbox import frames
from grader.sandbox.frames import FrameError
from grader.sandbox.handle import Functions, Handle, NoAnswer, an
from grader.sandbox.line import Line
from grader.sandbox.operands import arguments, come_back, copy_back, handles
from grader.sandbox.outcome import Crashed, Missing, NotRun, Outcome, TimedOut
from grader.sandbox.raised import Classes, StudentError, attach, exception
from grader.sandbox.session import NO_ANSWER, Ended, Session
from grader.sandbox.standin import CALCULATING, STANDINS, Absent, Standin, handle_of, made, named, shape
from grader.sandbox.texts import Texts
from grader.sandbox.values import PARTS, Row, flat, rebuilt

MAX_NESTED = 20  # calls within calls of the test's functions
MAYBE_THEIRS = f"{STAFFS_FAULT}, unless your code has made that value."
OUTSIDE = "this function can only be called while the call that it was given to runs"
MAX_RECEIVED = 64 << 20  # bytes of memory that answers may come to in one test
MAX_TEST_PRINTED = 20_000  # characters that one test prints of the hand-in's
MAX_SHAPES = 500  # classes of objects that one hand-in may show
MAX_ITEMS = 20_000  # of one answer: a test compares them one by one, and shows how they differ
SHOWN = (list, dict, set, np.ndarray)
UNHELD = 2  # references to what only this module has: its own, and the one that asks how many
# what the hand-in has of the test's, where replaced
LENT = {"input": builtins.input, "print": builtins.print}
MAX_SHOWN = 100  # containers of attributes that a test may change and the hand-in then has
MAX_HANDED = 128  # bytes of an integer that a function of the test's is called with
CHANGING = {"call", "refill", "set", "setstatic", "restore", "del", "setitem", "delitem"}


class _Lost(FrameError):
    """A number that there is none of any more."""


class _Untravelled(FrameError):
    """A value of the test's that nothing stands for: whose fault that is, it says."""


class _TooMuch(BaseException):
    """More than a test can hold. Ends the exchange, and so the process."""


class Remote:
    """One hand-in's objects. It lives in a `with` statement of its session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.changes = 0  # operations that may change the length of something
        self.received = self.printed = 0  # in this test
        self.unanswered = 0  # times that there was no answer
        self.refusals: list[str] = []  # of this test and before it: whoever catches one fails
        self.asked = 0  # questions but for whether a module can be imported
        self.fault = ""  # the grader's own
        self.placed: Functions = {}  # that the test has put into a module or class
        self._replaced: Counter[tuple[Handle, str]] = Counter()  # how often a test has set a name there
        self.texts = Texts()
        self._lock = threading.RLock()
        self._nested = 0
        self._serial = count(1)
        self._fresh = count(1)
        self._handles: weakref.WeakValueDictionary[tuple[int, int], Handle] = weakref.WeakValueDictionary()
        self._standins: weakref.WeakValueDictionary[tuple[int, int], Standin] = weakref.WeakValueDictionary()
        self._released: list[tuple[int, int]] = []
        self._functions: list[tuple[Handle, str]] = []  # names where the test has put one of its own
        self._lent: dict[str, int] = {}  # the numbers of builtins that the hand-in has of the test's
        self._reader = self._read
        self._shown: deque[_Shown] = deque(maxlen=MAX_SHOWN)
        self._shapes: dict[tuple[str, str, int], type[Standin]] = {}
        self._classes = Classes()

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
        self.asked += operation != "import"
        with self._lock:
            self._give_back(operation, operands)
            self._lend()
            if self._nested == MAX_NESTED:
                self.refuse(f"calls are nested deeper than {MAX_NESTED}")
            self._nested += 1
            try:
                answer = self._answer(operation, operands)
            finally:
                self._nested -= 1
        if isinstance(answer, _Raised):
            raise answer.error
        target = handle_of(operands[0])
        if operation == "get" and target and isinstance(answer, SHOWN):
            self._shown.append(_Shown(target, operands[1], self.session.loads, answer, _image(answer)))
        return answer

    def _give_back(self, operation: str, operands: tuple[Any, ...]) -> None:
        """Change in the hand-in what the test has changed in its copies of attributes.

        Not in arrays: what a test takes away from one in place may be the expected one.
        """
        __tracebackhide__ = True
        waiting, kept = list(self._shown), []
        self._shown.clear()
        while waiting:
            each = waiting.pop(0)
            image, lives = _image(each.value), each.target.origin or each.loads == self.session.loads
            if operation == "set" and (each.target, each.name) == (handle_of(operands[0]), operands[1]):
                continue
            if lives and image != each.image and type(each.value) is np.ndarray:
                if not any(each.target in handle.owners for handle in handles(operands)):
                    image = each.image
                else:
                    self.refuse(
                        f"the test has changed its copy of the array {each.name} of the hand-in's "
                        f"{each.target.name}: set the attribute to it, or change a copy\n{STAFFS_FAULT}."
                    )
            elif lives and image != each.image:
                self._answer("refill", (each.target, each.name, each.value))
            if lives and sys.getrefcount(each.value) > UNHELD:
                kept.append(replace(each, image=image))
        self._shown.extendleft(reversed(kept))

    def _lend(self) -> None:
        """Where the test has replaced a builtin, the hand-in has that one: also in a fresh process."""
        __tracebackhide__ = True
        replaced = {name: now for name, own in LENT.items() if (now := getattr(builtins, name)) is not own}
        if isinstance(sys.stdin, StringIO):
            replaced.setdefault("input", self._reader)
        for name in [*replaced, *(self._lent.keys() - replaced)]:
            if name not in replaced or self.placed.get(self._lent.get(name, 0)) is not replaced[name]:
                self.placed.pop(self._lent.pop(name, 0), None)
            if name in replaced:  # under one number: a call that is running knows no other
                self.placed[self._lent.setdefault(name, next(self._fresh))] = replaced[name]
            self._answer("lend", (name, replaced.get(name)))

    def _read(self, prompt: object = "") -> str:
        """As `input`, of the text that the test has put into the place of the standard input."""
        self.show(str(prompt))
        line = sys.stdin.readline()
        if not line:
            raise EOFError("EOF when reading a line")
        return line.removesuffix("\n")

    def refuse(self, reason: str) -> NoReturn:
        """Say that there is no answer, and why."""
        __tracebackhide__ = True
        self.unanswered += 1
        self.refusals.append(paragraph(reason))
        raise NoAnswer(self.refusals[-1]) from None

    def test_ends(self) -> None:
        """Count anew what comes from the process, which has no function any more that a test put there."""
        unanswered = self.unanswered
        for target, name in self._functions:
            if target.loads == self.session.loads:
                with suppress(Exception, NoAnswer):
                    self.ask("restore", target, name)
        self.unanswered = unanswered
        self._functions.clear()
        self.received = self.printed = 0
        self.placed.clear()

    def show(self, text: str) -> None:
        """Print what the hand-in printed, up to so much in one test: a print costs no points."""
        left = MAX_TEST_PRINTED - self.printed
        self.printed += len(text)
        if text and left > 0:
            sys.stdout.write(paragraph(text, left))

    def begin_anew(self, module: Handle) -> None:
        """Have the hand-in executed in a fresh process when it is asked next."""
        __tracebackhide__ = True
        if self._nested:
            self.refuse(f"{module.name} cannot be loaded again while a call of it runs")
        self.session.end()

    def replace(self, target: Handle, name: str, value: Any) -> None:
        """Set a name of a module or class. What Python does not bind to an object is not bound there."""
        __tracebackhide__ = True
        bound = handle_of(value) or not callable(value) or hasattr(type(value), "__get__")
        self.ask("set" if bound or target.kind == "module" else "setstatic", target, name, value)
        self._replaced[target, name] += 1
        if callable(value) and not handle_of(value):
            self._functions.append((target, name))

    def remove(self, target: Handle, name: str) -> None:
        """Delete a name of a module or class: one that the test has set is what it was before."""
        __tracebackhide__ = True
        self.ask("restore" if self._replaced[target, name] else "del", target, name)
        self._replaced[target, name] = max(0, self._replaced[target, name] - 1)

    def attribute(self, module: Handle, name: str) -> Any:
        """What the hand-in's module has under a name."""
        __tracebackhide__ = True
        value = self.ask("get", module, name)
        handle = handle_of(value)
        if handle and handle.origin is None and handle.parent in (None, module):
            handle.origin, handle.parent = (module.name, name), module
        return named(value, name)

    def absent(self, module: Handle, name: str) -> Standin:
        """Stands for what is not there: using it says so."""
        return Absent(Handle(self, "function", name, loads=-1, origin=(module.name, name), parent=module))

    def _answer(self, operation: str, operands: tuple[Any, ...]) -> Any:
        """The operation's value, or what it raised."""
        __tracebackhide__ = True
        functions = self.placed | {k: f for handle in handles(operands) for k, f in handle.functions.items()}
        known = set(functions)
        serial = next(self._serial)
        refusal = ""
        try:
            with self.session.exchange() as (line, deadline):
                try:
                    data = self._frame(serial, operation, operands, functions)
                except FrameError as error:
                    refusal = _unaskable(error)
                else:
                    line.send_frame(data, deadline)
                    conversation = _Conversation(self, line, deadline, serial, operation, functions)
                    answer, changes = conversation.answer(arguments(operation, operands))
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
            copy_back(original, changed)
        self._own(operation, operands, answer, {k: functions[k] for k in functions.keys() - known})
        how = made(operation, operands, answer)
        return type(answer)(handle_of(answer), how) if how else answer

    def _frame(self, serial: int, operation: str, operands: tuple[Any, ...], functions: Functions) -> bytes:
        row = flat(operands, lambda value: self.item(value, functions))
        self.texts.sent(row)
        released = tuple(number for loads, number in self._released if loads == self.session.loads)
        self._released.clear()
        return frames.frame(("do", serial, operation, row, released))

    def item(self, value: Any, functions: Functions) -> tuple[Any, ...]:
        """What travels in place of a value that has no copy; a function is put among the `functions`."""
        handle = handle_of(value)
        if handle:
            return ("object", self._number(handle))
        iterates = isinstance(value, Iterator) and not isinstance(value, IOBase)
        if not callable(value) and not iterates:
            theirs = type(value) in PARTS or isinstance(value, (np.ndarray, np.generic))  # as of many digits
            whose = MAYBE_THEIRS if theirs else f"{STAFFS_FAULT}."
            what = an(type(value).__name__)
            raise _Untravelled(f"{what} does not travel to a hand-in, see docs/tests.md\n{whose}")
        if not callable(value):
            number = next(self._fresh)
            functions[number] = value.__next__
            return ("iterator", number, type(value).__name__[:100])
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
            case (str("object"), int(number), str(kind), str(name), int(abilities)) if kind in STANDINS:
                return self._standin(number, kind, printable(name, 100), abilities)
            case (str("function"), int(number)) if number in functions:
                return functions[number]
            case (str("exception"), tuple(bases)):
                return self._classes.of(bases)
        raise FrameError(NO_ANSWER)

    def _standin(self, number: int, kind: str, name: str, abilities: int) -> Standin:
        """The one stand-in for that object which has no rights."""
        key = (self.session.loads, number)
        handle = self._handles.get(key)
        if handle is None:
            calculates = bool(abilities & CALCULATING)
            handle = Handle(self, kind, name, number, self.session.loads, calculates=calculates)
            self._handles[key] = handle
            if key in self._released:
                self._released.remove(key)
            weakref.finalize(handle, self._released.append, key).atexit = False
        known = self._standins.get(key)
        if known is None:
            known = self._standins[key] = self._shape(handle.kind, handle.name, abilities)(handle)
        return known

    def _shape(self, kind: str, name: str, abilities: int) -> type[Standin]:
        """The class of stand-ins of that kind; beyond so many of them one that can do all."""
        if len(self._shapes) >= MAX_SHAPES and (kind, name, abilities) not in self._shapes:
            name, abilities = "", -1
        key = (kind, name, abilities)
        if key not in self._shapes:
            self._shapes[key] = shape(*key)
        return self._shapes[key]

    def plain(self, value: Standin) -> Standin:
        """Another reference to the object, as if the hand-in had given it."""
        handle = value._grader_handle
        key = (handle.loads, handle.number)
        known = self._standins.get(key)
        if known is None:
            known = self._standins[key] = type(value)(handle)
        return known

    def _own(self, operation: str, operands: tuple[Any, ...], answer: Any, given: Functions) -> None:
        """Note what a new object may call."""
        target, handle = handle_of(operands[0]), handle_of(answer)
        if given and target and operation in ("set", "setstatic", "refill"):
            (self.placed if target.kind in ("module", "class") else target.given).update(given)
        elif given and target and target.parent and target.parent.kind == "object":
            target.parent.given.update(given)
        elif given and target and target.kind == "object":  # one that can be called
            target.given.update(given)
        if target is None or handle is None or handle.origin or handle.parent or handle.kind == "module":
            return
        if operation == "get":
            handle.parent = target if target is not handle else None
        elif handle.kind in ("object", "function"):
            handle.given.update(
                {k: f for each in handles(operands) for k, f in each.functions.items()} | given
            )
        if operation in ("copy", "deepcopy"):
            handle.given = dict(target.functions)

    def raised(
        self, bases: tuple[Any, ...], told: tuple[Any, Any], message: str, place: str, operation: str
    ) -> _Raised:
        """The exception to raise here for one that was raised there."""
        arguments, attributes = told
        stop = operation == "next" and bases[:1] == (("StopIteration", True),)
        error = StopIteration() if stop else exception(self._classes.of(bases), _told(arguments), message)
        if isinstance(error, StudentError) and isinstance(attributes, dict):
            attach(error, attributes)
        error.place = printable(place)  # type: ignore[attr-defined]
        if place and hasattr(error, "add_note"):  # not in Python 3.10
            error.add_note(f"in {printable(place)}")
        return _Raised(error)


@dataclass(frozen=True)
class _Shown:
    """A copy of what an attribute gave, as it was when the hand-in last had the same."""

    target: Handle
    name: str
    loads: int
    value: Any
    image: bytes | None


def _unaskable(error: FrameError) -> str:
    """Why a question was not sent."""
    if isinstance(error, _Lost):
        return str(error)
    whose = "" if isinstance(error, _Untravelled) else f"\n{MAYBE_THEIRS}"
    return f"this cannot be asked: {error}{whose}"


def _image(value: Any) -> bytes | None:
    try:
        return frames.encode(flat(value, lambda x: ("object", id(x))))
    except FrameError:  # the test has made it too deep or too large: asking says so
        return None


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
            self.remote.texts.received(message)
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
                    attributes,
                    str(message),
                    str(place),
                    str(printed),
                ) if serial == self.serial and _named(bases):
                    self.remote.show(printed)
                    told = _copied(row), _copied(attributes)
                    return self.remote.raised(bases, told, message, place, self.operation), []
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
                return come_back(arguments[place])
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


def _copied(row: Any) -> Any:
    return rebuilt(row, _uncopied) if isinstance(row, tuple) else None


def _uncopied(_item: Any) -> NoReturn:
    raise FrameError(NO_ANSWER)


def _named(bases: tuple[Any, ...]) -> bool:
    return all(
        isinstance(base, tuple) and len(base) == 2 and isinstance(base[0], str) and isinstance(base[1], bool)
        for base in bases
    )


def _told(arguments: Any) -> tuple[Any, ...] | None:
    return arguments if isinstance(arguments, tuple) else None


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
