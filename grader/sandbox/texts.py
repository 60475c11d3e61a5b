"""No text of a hand-in is executed in the tests' process, whoever tries: typing does it to annotations,
doctest to docstrings, pytest to conditions, and `eval` to an answer.

All of them compile it first, which Python announces. What is refused is code that a hand-in's text contains,
and code written around such a text; names, numbers and operators alone do nothing, and what the test itself
has sent is its own. A text that is taken apart and put together anew is not recognised: docs/tests.md says
what no test may do.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from grader.sandbox.audit import heard

ACTS = re.compile(r"[(\[@{]|\bimport\b|\.\s*[^\W\d]")  # what code needs that does anything
SHORTEST = 8  # characters of a text that is looked for inside of other code
MOST = 256 << 20  # characters that are remembered
READS = os.path.realpath(ast.__file__)  # it compiles to read, and executes nothing
NOT_RUN = "a text of the hand-in would have been executed as code in the tests' process: no test may do that"

Refuse = Callable[[str], object]


class Texts:
    """The texts of one hand-in that could act as code."""

    def __init__(self) -> None:
        self._theirs: dict[str, None] = {}
        self._sources: set[str] = set()
        self._ours: dict[str, None] = {}
        self._size = 0

    def received(self, message: Any) -> None:
        """Note every text in what the process sent."""
        if isinstance(message, (tuple, list)):
            for each in message:
                self.received(each)
        elif isinstance(message, (str, bytes)):
            self._note(_plain(message), self._theirs)

    def source(self, cells: Iterable[str | bytes]) -> None:
        """Note the text of a whole file: of that a test's own code may have a part, but not all."""
        if len(plain := "".join(map(_plain, cells))) >= SHORTEST:
            self._sources.add(plain)

    def sent(self, value: Any) -> None:
        """Note the texts in what a test handed over: these are its own."""
        if isinstance(value, (tuple, list)):
            for each in value:
                self.sent(each)
        elif isinstance(value, (str, bytes)):
            self._note(_plain(value), self._ours)

    def _note(self, text: str, where: dict[str, None]) -> None:
        if text not in where and ACTS.search(text):
            self._size += len(text)
            if self._size <= MOST:
                where[text] = None

    def may_run(self, source: str, *, generated: bool) -> bool:
        """Whether that code is none of the hand-in's. Only generated code is looked through for its texts."""
        code = _plain(source)
        if not ACTS.search(code) or code in self._ours:
            return True
        if generated and (self._size > MOST or any(each in code for each in self._sources)):
            return False
        inside = generated and any(len(each) >= SHORTEST and each in code for each in self._theirs)
        return not inside and not any(code in each for each in self._theirs)


@contextmanager
def watched(texts: Texts, refuse: Refuse) -> Iterator[None]:
    """While this lasts, none of the texts is compiled; `refuse` is called instead, and must raise."""

    def compiled(_event: str, arguments: tuple[Any, ...], frame: FrameType) -> None:
        if not isinstance(arguments[0], (str, bytes)) or reads(frame):
            return
        source, file = arguments
        generated = not isinstance(file, str) or not os.path.isabs(file)
        if not texts.may_run(source if isinstance(source, str) else _text(source), generated=generated):
            refuse(NOT_RUN)

    with heard(frozenset({"compile"}), compiled):
        yield


def reads(frame: FrameType) -> bool:
    """Whether code is compiled there to be read, as `ast.parse` does, and not to be executed."""
    return os.path.realpath(frame.f_code.co_filename) == READS


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _plain(text: str | bytes) -> str:
    """Without the spaces, which whoever compiles it may change."""
    return "".join((text if isinstance(text, str) else _text(text)).split())
