"""One hand-in's conversation with its process: questions go in, outcomes come out, whatever the process does.

All deadlines are on this side's clock and end in SIGKILL. Answers come one frame per call, so a hang at one
call keeps those before it; after a death a fresh process takes up at the next question. Functions among the
arguments are evaluated here and counted. Only a process that cannot even start is the grader's fault.

What comes from the process is matched by type before it is compared: `==` of an array is no truth value.
"""

from __future__ import annotations

import math
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import TracebackType
from typing import Any

from grader.functions import Refused, evaluate, no_array, read_ahead
from grader.sandbox import jail
from grader.sandbox.frames import MAX_ANSWER, Foreign, FrameError
from grader.sandbox.line import Line
from grader.sandbox.outcome import (
    MAX_NOTES,
    MAX_PRINTED,
    Crashed,
    Missing,
    Note,
    NotRun,
    Outcome,
    Raised,
    Returned,
    TimedOut,
)
from grader.sandbox.process import Process
from grader.sandbox.question import Question
from grader.settings import Limits
from grader.submission import Submission

PATIENCE = 0.2  # seconds in which a process that has closed its socket may end by itself, and tell how
MAX_TEXT = 600  # characters of one text from the student's process
MAX_NAME = 100  # of a name
KILLED = 9  # SIGKILL, a name that Windows does not have
WINDOWS_CRASH = 0x80000000  # from here on an exit code says what went wrong, such as an access violation
NO_ANSWER = "it sent something that is no answer"
NO_TIME = "the time for the whole hand-in was used up"


class Ended(Exception):
    """The process is of no further use; carries what to say of the call it was at."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


class Session:
    """A hand-in's process while it is asked, and the next one after its death. Use it in a `with` statement.

    `notes` is what could not be executed when the source was first loaded. A hand-in without source needs no
    process: every function is missing.
    """

    def __init__(self, submission: Submission, limits: Limits, source: jail.Source) -> None:
        self.submission = submission
        self.notes: tuple[Note, ...] = ()  # of the first load alone: a later one could tell a secret input
        self.printed = ""  # by the first load, for the same reason
        self.printed_last = ""  # by the latest load: for a test that reloads
        self.loading = 0.0  # seconds that went into starting processes and executing the source
        self.asking = 0.0  # seconds in `ask`, loading included
        self.loads = 0  # processes that have executed the source
        self._limits = limits
        self._ends = math.inf  # the clock starts with the first load
        self._rests: float | None = monotonic()  # since when no exchange is under way
        self._source = source
        self._process: Process | None = None
        self._unloadable: Outcome | None = Missing(submission.fault) if submission.fault else None

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def ask(self, question: Question) -> tuple[Outcome, ...]:
        """One outcome per call, in order.

        Raises:
            Fault: no process could be started, or the arguments do not fit a frame.
        """
        start = monotonic()
        outcomes: list[Outcome] = []
        try:
            line = self._loaded_line()
            self.loading += monotonic() - start
            with self._within(self._limits.call_seconds) as deadline:
                line.send_frame(question.frame, deadline)
                for index in range(len(question.calls)):
                    outcomes.append(self._outcome(line, question, index))
                    if isinstance(outcomes[0], Missing):
                        break
        except Ended as ended:
            self._stop()
            outcomes.append(ended.outcome)
        self.asking += monotonic() - start
        return (*outcomes, *[self._after(outcomes[-1])] * (len(question.calls) - len(outcomes)))

    @contextmanager
    def exchange(self) -> Iterator[tuple[Line, float]]:
        """The loaded process's line for one message and its answer, and their deadline. May be nested.

        Between exchanges the clock of the hand-in stands still. Whatever is raised in one ends the process.

        Raises:
            Ended: the process died, was silent or said what is no answer.
            Fault: no process could be started.
        """
        outermost, self._rests = self._rests, None
        if outermost is not None:
            self._ends += monotonic() - outermost
        try:
            line = self._loaded_line()
            with self._within(self._limits.call_seconds) as deadline:
                yield line, deadline
        except BaseException:
            self._stop()
            raise
        finally:
            if outermost is not None:
                self._rests = monotonic()

    def end(self) -> None:
        """End the process: the next exchange gets a fresh one."""
        self._stop()

    def lost(self, name: str) -> str:
        """Why there is no function of that name: the error that swallowed its definition, if one did."""
        return next((f"{note.where}: {note.message}" for note in self.notes if name in note.lost), "")

    def _after(self, last: Outcome) -> Outcome:
        """What to say of the calls behind the last one that was made."""
        if isinstance(last, (Missing, NotRun)) or self._unloadable:
            return last
        return NotRun("an earlier call ended the process")

    def _loaded_line(self) -> Line:
        """The line to a process that has executed the hand-in's source."""
        if self._unloadable:
            raise Ended(self._unloadable)
        if self._process:
            return self._process.line
        self._process = self._source.fork(self._limits)
        line = self._process.line
        first = math.isinf(self._ends)
        self._ends = min(self._ends, monotonic() + self._limits.hand_in_seconds)
        message = (
            "load",
            self.submission.main,
            self.submission.label,
            tuple(self.submission.modules.items()),
        )
        try:
            with self._within(self._limits.import_seconds, importing=True) as deadline:
                line.send(message, deadline)
                notes, printed = _loaded(line.receive(deadline, MAX_ANSWER))
        except Ended as ended:
            self._unloadable = ended.outcome
            raise
        self.loads += 1
        self.printed_last = printed
        if first:
            self.notes, self.printed = notes, printed
        return line

    def _outcome(self, line: Line, question: Question, index: int) -> Outcome:
        """What became of one call; the calls of its functions are answered on the way."""
        names, arguments = question.parameters, question.calls[index]
        deadline = min(monotonic() + self._limits.call_seconds, self._ends)
        counts: dict[str, int] = {}
        while True:
            match line.receive(deadline, MAX_ANSWER):
                case (str("call"), int(at), int(place), x) if at == index and 0 <= place < len(names):
                    name = names[place]
                    message, values = _evaluated(name, arguments[place], x)
                    counts[name] = counts.get(name, 0) + values
                    _send_value(line, name, message, deadline)
                case (str("call"), *_):
                    refusal = "this function can only be called by the call that it was given to"
                    line.send(("refused", refusal), deadline)
                case (str("answer"), int(at), value, tuple(mutated), float(took), str(printed)) if (
                    at == index and _places(mutated)
                ):
                    changed = tuple(name for k, name in enumerate(names) if k in mutated) if mutated else ()
                    seconds = min(max(0.0, took), self._limits.call_seconds)  # of NaN, 0
                    return Returned(value, changed, counts, seconds, printed[:MAX_PRINTED])
                case (str("raised"), int(at), str(kind), str(message), str(where), str(printed)) if (
                    at == index
                ):
                    return Raised(
                        kind[:MAX_TEXT], message[:MAX_TEXT], where[:MAX_TEXT], printed[:MAX_PRINTED]
                    )
                case (str("metered"), int(at), tuple(beside), str()) if (
                    at == index and question.variables and _counts(beside, len(question.variables))
                ):
                    return Returned(None, beside=dict(zip(question.variables, beside, strict=True)))
                case (str("missing"),) if index == 0:
                    return Missing(self.lost(question.function))
                case _:
                    raise FrameError(NO_ANSWER)

    @contextmanager
    def _within(self, seconds: float, *, importing: bool = False) -> Iterator[float]:
        """A deadline; silence, death or nonsense before it becomes the outcome of what was going on."""
        try:
            yield min(monotonic() + seconds, self._ends)
        except FrameError:
            raise Ended(Crashed(NO_ANSWER, importing)) from None
        except TimeoutError:
            over = monotonic() >= self._ends
            raise Ended(NotRun(NO_TIME) if over else TimedOut(seconds, importing)) from None
        except (EOFError, OSError):
            raise Ended(Crashed(_ending(self._stop(PATIENCE)), importing)) from None

    def _stop(self, patience: float = 0.0) -> int:
        """End the process, if there is one, and say how it ended."""
        process, self._process = self._process, None
        return self._source.stop(process, patience) if process else 0


def _evaluated(name: str, function: Any, argument: Any) -> tuple[tuple[str, Any], int]:
    """What to say to a call of a function that stays here, and how many values that tells.

    An argument that is none is refused in words.
    """
    if isinstance(argument, Foreign):
        return ("refused", no_array(name, argument.what)), 1
    try:
        ahead = read_ahead(function, argument)
        if ahead is not None:
            return ("basis", ahead), len(ahead)
        return ("value", evaluate(name, function, argument)), 1
    except Refused as refused:
        return ("refused", str(refused)), 1
    except Exception as error:
        return ("refused", f"{name} has no value there ({type(error).__name__})"), 1


def _send_value(line: Line, name: str, message: tuple[str, Any], deadline: float) -> None:
    try:
        line.send(message, deadline)
    except FrameError as error:
        line.send(("refused", f"{name}: {error}"), deadline)


def _places(mutated: tuple[Any, ...]) -> bool:
    return all(isinstance(place, int) for place in mutated)


def _counts(beside: tuple[Any, ...], length: int) -> bool:
    """Whether it is a pair of counts for every variable."""
    pairs = [pair for pair in beside if isinstance(pair, tuple) and len(pair) == 2]
    return len(pairs) == len(beside) == length and all(type(n) is int and n >= 0 for p in pairs for n in p)


def _loaded(message: Any) -> tuple[tuple[Note, ...], str]:
    """The notes on the source, and what it printed."""
    match message:
        case (str("loaded"), tuple(notes), str(printed)):
            return tuple(_note(note) for note in notes[:MAX_NOTES]), printed[:MAX_PRINTED]
    raise FrameError(NO_ANSWER)


def _note(note: Any) -> Note:
    match note:
        case (str(where), str(message), tuple(lost)) if all(isinstance(name, str) for name in lost):
            names = tuple(name[:MAX_NAME] for name in lost[:MAX_NOTES])
            return Note(where[:MAX_NAME], message[:MAX_TEXT], names)
    raise FrameError(NO_ANSWER)


def _ending(code: int) -> str:
    if code >= WINDOWS_CRASH:
        return f"it crashed ({code:#x})"
    if code >= 0:
        return f"it ended the process (exit code {code})"
    if code == -KILLED:
        return "it was killed, or closed the grader's connection"
    named = {int(each): each.name for each in signal.Signals}  # most real-time signals have no name
    return f"it crashed ({named.get(-code, f'signal {-code}')})"
