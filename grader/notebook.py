"""A self-check in a notebook's own kernel: the functions of its cells are called where they are.

Inputs, answers and exceptions take the forms that they take on their way to a student's process and back, so
what is said is the same. A call that does not come to an end is interrupted. What the file gives when it is
run from its top may differ from what the kernel holds: `grader check hw2.ipynb` runs that.
"""

from __future__ import annotations

import _thread
import io
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from grader.assignment import Assignment, load_assignment
from grader.faults import Fault
from grader.functions import Refused, evaluate, no_array
from grader.grade import check as check_by
from grader.record import ProblemRecord, Record
from grader.remainder import Remainders
from grader.report.check import closed, opened
from grader.sandbox import frames
from grader.sandbox.frames import Foreign, FrameError
from grader.sandbox.outcome import MAX_PRINTED, Missing, Note, NotRun, Outcome, Raised, Returned, TimedOut
from grader.sandbox.question import Question
from grader.sandbox.worker import answer, plain
from grader.selfcheck import key_at_home
from grader.settings import Limits
from grader.student import assignment_near, with_names
from grader.submission import Submission

AGAIN = 0.2  # seconds between interrupts
MOST_PICTURES = 3  # drawing one costs 0.2 s
HERE = Path()
Functions = Mapping[str, Callable[..., Any]]


class Refusal(Exception):
    """A fault, which a notebook shows as its sentence alone."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback."""
        return [f"grader: {self}"]


@dataclass(frozen=True)
class Checked:
    """What a cell shows: the table, with reasons and pictures of what is wrong."""

    record: Record
    pictures: Mapping[str, str]  # HTML by the problem's name

    def __repr__(self) -> str:
        stream = io.StringIO()
        show = opened(stream, self.record.assignment, self.record.problems)
        for problem in self.record.problems:
            show(problem)
        closed(stream, self.record)
        return stream.getvalue().rstrip()

    def _repr_html_(self) -> str:
        from grader.report.html import table

        return table(self.record, self.pictures)


def check(*functions: Callable[..., Any], folder: Path = HERE) -> Checked:
    """Check functions that the homework in the folder, or above it, asks for.

    Raises:
        Refusal: there is no homework here, or one of them is none of its functions.
    """
    with _in_one_sentence():
        assignment = load_assignment(assignment_near(folder))
        named = {_name(function): function for function in functions}
        return _checked(with_names(assignment, tuple(named)), named)


def _name(function: object) -> str:
    name = getattr(function, "__name__", None)
    if not callable(function) or not isinstance(name, str):
        raise Fault(f"check takes functions, such as check(grad_W), and was given {type(function).__name__}")
    return name


def check_all(namespace: Mapping[str, Any], folder: Path = HERE) -> Checked:
    """Check every function of the homework; those that the namespace does not have are missing.

    Raises:
        Refusal: there is no homework here.
    """
    with _in_one_sentence():
        assignment = load_assignment(assignment_near(folder))
        there = {p.name: namespace[p.name] for p in assignment.problems if callable(namespace.get(p.name))}
        if not there:
            raise Fault("none of the functions is defined here yet: run the cells above, then this one again")
        return _checked(assignment, there)


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    try:
        yield
    except Fault as fault:
        raise Refusal(str(fault)) from None


def _checked(assignment: Assignment, functions: Functions) -> Checked:
    drawn: dict[str, Remainders] = {}

    def told(record: ProblemRecord, remainders: Remainders | None) -> None:
        if remainders and not record.passed and len(drawn) < MOST_PICTURES:
            drawn[record.name] = remainders

    kernel = Kernel(functions, assignment.settings.limits)
    can_draw = all(map(find_spec, ("altair", "vl_convert")))
    record = check_by(assignment, key_at_home, kernel, told, pictures=can_draw)
    if drawn:
        from grader.report.pictures import figure

        return Checked(record, {name: figure(remainders) for name, remainders in drawn.items()})
    return Checked(record, {})


@dataclass
class Kernel:
    """Asks functions of this process, as a `Session` asks those of another one."""

    functions: Functions
    limits: Limits
    submission: Submission = Submission("this notebook", "notebook", {})  # noqa: RUF009 - frozen
    notes: tuple[Note, ...] = ()
    printed: str = ""
    loading: float = 0.0
    asking: float = 0.0

    def ask(self, question: Question) -> tuple[Outcome, ...]:
        """One outcome per call; none where a debugger's place would be needed to see where a call goes."""
        function = self.functions.get(question.function)
        if function is None:
            return tuple(Missing() for _ in question.calls)
        if question.variables:
            return ()
        start = monotonic()
        outcomes: list[Outcome] = []
        for index in range(len(question.calls)):
            late = outcomes and isinstance(outcomes[-1], (TimedOut, NotRun))
            outcomes.append(
                NotRun("an earlier call did not come to an end")
                if late
                else self._outcome(function, index, question)
            )
        self.asking += monotonic() - start
        return tuple(outcomes)

    def _outcome(self, function: Callable[..., Any], index: int, question: Question) -> Outcome:
        names, arguments = question.parameters, question.calls[index]
        calls: dict[str, int] = {}
        handed = tuple(_handed(name, x, calls) for name, x in zip(names, arguments, strict=True))
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed), np.errstate(all="ignore"), catch_warnings():
            simplefilter("ignore")
            said = _within(
                self.limits.call_seconds, partial(answer, function, index, handed, question.packing)
            )
        text = "" if printed.closed else printed.getvalue()[:MAX_PRINTED]
        match said:
            case None:
                return TimedOut(self.limits.call_seconds)
            case ("answer", _, value, mutated, seconds):
                return Returned(_arrived(value), tuple(names[k] for k in mutated), calls, seconds, text)
            case (_, _, kind, message, where):
                return Raised(kind, message, where, text)
        raise AssertionError(said)


def _handed(name: str, x: Any, calls: dict[str, int]) -> Any:
    """An argument as it arrives in a student's process: a copy in the same layout, a function that counts."""
    if not callable(x):
        return frames.decode(frames.encode(x))

    def function(argument: Any) -> Any:
        calls[name] = calls.get(name, 0) + 1
        sent = plain(argument)
        if isinstance(sent, Foreign):
            raise TypeError(no_array(name, sent.what))
        try:
            value = evaluate(name, x, sent)
        except Refused as refused:
            raise TypeError(str(refused)) from None
        return value[()] if value.ndim == 0 else value

    return function


def _arrived(value: Any) -> Any:
    """An answer as it arrives in the grader."""
    try:
        return frames.decode(frames.encode(value, frames.MAX_ANSWER))
    except FrameError as error:
        return Foreign(f"what is too large to look at ({error})")


def _within(seconds: float, call: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """What the call says; None where it had to be interrupted, which only the main thread can be.

    Code that swallows an interrupt meets the next one.

    Raises:
        KeyboardInterrupt: the student has interrupted it.
    """
    if threading.current_thread() is not threading.main_thread():
        return call()
    over, late = threading.Event(), threading.Event()

    def interrupt() -> None:
        wait = seconds
        while not over.wait(wait):
            late.set()
            _interrupt_main()
            wait = AGAIN

    watch = threading.Thread(target=interrupt, daemon=True)
    said: tuple[Any, ...] | None = None
    try:
        watch.start()
        said = call()
        over.set()
        watch.join()  # an interrupt that was on its way arrives here
    except KeyboardInterrupt:
        over.set()
        if not late.is_set():
            raise
        with suppress(KeyboardInterrupt):
            watch.join()
    if said and said[0] == "raised" and said[2] == "KeyboardInterrupt" and not late.is_set():
        raise KeyboardInterrupt
    return None if late.is_set() else said


def _interrupt_main() -> None:
    """As Ctrl-C does; where it can be sent as a signal, a sleep ends, too."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
