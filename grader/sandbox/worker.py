"""The student's process: it is told source text and inputs, says what functions return, and knows no more.

Nothing here decides anything: whatever a hand-in does inside this process, it can only change its own
answers. What it may do outside of it is up to the jail.
"""

from __future__ import annotations

import io
import os
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from grader.sandbox import basis, frames
from grader.sandbox.frames import Foreign, FrameError, Stub
from grader.sandbox.line import Line
from grader.sandbox.loader import cut, kind, load, own_place, said
from grader.sandbox.meter import metered
from grader.sandbox.objects import MAX_TOLD, Objects
from grader.sandbox.outcome import MAX_NOTES, MAX_PRINTED
from grader.sandbox.packing import Packing, packed


def main(port: int, password: str) -> None:
    """Without a wall: call whoever started this interpreter, and serve one hand-in."""
    end = socket.create_connection(("127.0.0.1", port))
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    end.sendall(password.encode())
    _end_with(os.dup(0))
    silence(0)
    forget_the_grader()
    silence(2)
    work(Line(end))


def work(line: Line) -> NoReturn:
    """Serve one hand-in's questions until the grader closes the line; then end the process."""
    try:
        _serve(line)
    except (EOFError, OSError):
        os._exit(0)  # the grader has gone; a student's threads and exit handlers do not matter


def _serve(line: Line) -> NoReturn:
    line.send(("ready",))
    if "numpy.random" in sys.modules:
        np.random.seed()  # a forked process would draw what the one before it drew
    _, main_module, label, modules = line.receive()
    printed = _Printed()
    module, notes = load(dict(modules), main_module, label)
    told = tuple((note.where, note.message, note.lost) for note in notes[:MAX_NOTES])
    line.send(("loaded", told, printed.taken()))
    lock = threading.Lock()  # a student's threads may call a function at once
    running: list[int] = []  # the call that is under way
    objects: Objects | None = None
    while True:
        tag, name, calls, *rest = line.receive()
        if tag == "do":
            if objects is None:
                objects, printed.room = Objects(line, printed.taken), MAX_TOLD
            objects.serve(name, calls, *rest)
            continue
        packing, *variables = rest
        function = getattr(module, name, None)
        if not callable(function):
            line.send(("missing",))
            continue
        for index, arguments in enumerate(calls):
            running.append(index)
            handed = tuple(
                _remote(x, index, line, lock, running) if isinstance(x, Stub) else x for x in arguments
            )
            reply = answer(function, index, handed, packing, variables)
            with lock:  # whatever a thread of theirs is asking is answered first
                running.clear()
            _send_answer(line, (*reply, printed.taken()))


def answer(
    function: Callable[..., Any],
    index: int,
    arguments: tuple[Any, ...],
    packing: Packing,
    variables: Sequence[int] = (),
) -> tuple[Any, ...]:
    """What to say of one call, whatever becomes of it: its value or its exception, or where it went."""
    before = [x.tobytes() if isinstance(x, np.ndarray) else None for x in arguments]
    start = perf_counter()
    try:
        if variables:
            return ("metered", index, metered(function, arguments, packing, variables))
        value = function(*packed(arguments, packing))
        seconds = perf_counter() - start
        mutated = [k for k, x in enumerate(arguments) if before[k] is not None and x.tobytes() != before[k]]
        return ("answer", index, _travelling(value), tuple(mutated), seconds)
    except BaseException as error:
        return ("raised", index, kind(error), said(error), own_place(error))


def _send_answer(line: Line, message: tuple[Any, ...]) -> None:
    try:
        line.send(message, limit=frames.MAX_ANSWER)
    except FrameError as error:
        line.send(("answer", message[1], Foreign(f"what is too large to look at ({error})"), (), 0.0, ""))


class _Printed(io.BytesIO):
    """What the hand-in prints, in place of standard output and error: the first bytes are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.room = MAX_PRINTED
        self._text = io.TextIOWrapper(self, "utf-8", "backslashreplace", write_through=True)
        sys.stdout = sys.stderr = self._text

    def write(self, data: Any) -> int:
        room = max(0, self.room - self.tell())
        super().write(memoryview(data)[:room])
        return len(data)

    def taken(self) -> str:
        """What has been printed since the last time."""
        try:
            if not self.tell():
                return ""
            said = self.getvalue()[: self.room].decode(errors="ignore")
            self.seek(0)
            self.truncate()
        except (ValueError, BufferError):  # the hand-in has closed it, or holds on to it
            return ""
        return said


def _remote(
    stub: Stub, index: int, line: Line, lock: threading.Lock, running: list[int]
) -> Callable[[Any], Any]:
    """A function whose body is in the grader: the argument travels there, the value comes back.

    Of a linear map the values at the whole basis come at once, when it is called with one of it.
    """
    ahead: list[tuple[tuple[int, ...], NDArray[Any]]] = []  # the argument's shape, the values

    def function(x: Any) -> Any:
        sent = plain(x)
        at = basis.place(sent)
        with lock:
            if running != [index]:  # a thread that outlived its call must not speak during another
                raise RuntimeError(f"{stub.name} can only be called while the call it was given to runs")
            if not (ahead and at is not None and sent.shape == ahead[0][0]):
                tag, value = _asked(stub, index, sent, line)
                if tag == "refused":
                    raise TypeError(value)
                if tag == "value":
                    return value[()] if value.ndim == 0 else value
                ahead[:] = [(sent.shape, value)]
            value = ahead[0][1][at]
            return value.copy() if value.ndim else value

    function.__name__ = function.__qualname__ = stub.name
    return function


def _asked(stub: Stub, index: int, sent: Any, line: Line) -> tuple[str, Any]:
    try:
        line.send(("call", index, stub.place, sent), limit=frames.MAX_ANSWER)
    except FrameError as error:
        raise TypeError(f"{stub.name}: {error}") from None
    tag, value = line.receive()
    return tag, value


def _travelling(value: Any) -> Any:
    """The answer as something that the wire carries, or the name of what it is instead."""
    match value:
        case None | True | False:
            return value
        case np.ndarray():
            return plain(value)
        case np.generic() | float() | complex():
            return plain(np.asarray(value))
        case int():
            return int(value)
        case str():
            return str(value)
        case tuple():
            return tuple(_travelling(item) for item in value)
        case list():
            return [_travelling(item) for item in value]
    return Foreign(f"an object of type {cut(lambda: type(value).__name__, 100, 'that has no name')}")


def plain(x: NDArray[Any]) -> Any:
    """A base array of a plain dtype in this machine's byte order; a `Foreign` where there is none."""
    if type(x) is np.ndarray and x.dtype in frames.CODES:
        return x
    if type(x).__name__ == "MaskedArray":  # what is masked has no value
        return Foreign("a masked array")
    x = np.asarray(x)  # of a matrix, its data
    if x.dtype in (np.longdouble, np.clongdouble):
        x = x.astype(float if x.dtype.kind == "f" else complex)
    native = x.dtype.newbyteorder("=")
    if native not in frames.CODES:
        return Foreign(f"an array of dtype {x.dtype}"[:100])
    return np.array(x, native)


def _end_with(pipe: int) -> None:
    """End when whoever holds the other end does, whatever a call is at: nobody would ever stop it."""

    def wait() -> None:
        while os.read(pipe, 1):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def forget_the_grader() -> None:
    """A checkout's folder leaves the path again: nothing else in there is for students."""
    here = os.path.realpath(f"{__file__}/../../..")
    if not here.endswith("site-packages"):
        sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != here]


def silence(descriptor: int) -> None:
    """What is written there goes nowhere, and there is nothing to read."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, descriptor)
    os.close(null)
