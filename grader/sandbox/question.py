"""What a hand-in's process is asked: a function's name and the arguments of every call.

A question is the same for every hand-in of an assignment, so its bytes are made once. Functions among the
arguments stay in the grader; a stub travels in their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grader.faults import Fault
from grader.sandbox import frames
from grader.sandbox.frames import FrameError, Stub
from grader.sandbox.packing import Packing


@dataclass(frozen=True)
class Question:
    """A function's name, its parameters, and the arguments of every call.

    Where it names `variables`, the answer is not what the calls return but where they go besides these.
    `packing` says which arguments the function takes in a tuple.
    """

    function: str
    parameters: tuple[str, ...]
    calls: tuple[tuple[Any, ...], ...]
    variables: tuple[str, ...] = ()
    packing: Packing = ()

    @cached_property
    def frame(self) -> bytes:
        """What is sent.

        Raises:
            Fault: the arguments do not fit a frame.
        """
        try:
            places = map(self.parameters.index, self.variables)
            return frames.frame(("ask", self.function, self._sendable(), self.packing, *places))
        except FrameError as error:
            raise Fault(f"{self.function}: its inputs cannot be sent: {error}") from None

    def _sendable(self) -> tuple[tuple[Any, ...], ...]:
        return tuple(
            tuple(
                Stub(place, name) if callable(x) else x
                for place, (name, x) in enumerate(zip(self.parameters, arguments, strict=True))
            )
            for arguments in self.calls
        )
