"""How long one phase of a test may take in the tests' process, also where a hand-in makes it compute."""

from __future__ import annotations

import faulthandler
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

OWN_SECONDS = 30.0  # of one test, beside all the time that the hand-in's code has
GRACE = 5.0  # seconds more, then the process is ended: so even C code comes to an end


@contextmanager
def in_time(seconds: float, refuse: Callable[[str], None]) -> Iterator[None]:
    """Let Python code that runs inside be interrupted by `refuse`; where C code goes on, the process ends."""

    def interrupt(*_: object) -> None:
        refuse(f"this was ended: it took more than {seconds:g} s")

    faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        with _alarm(seconds, interrupt):
            yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@contextmanager
def _alarm(seconds: float, interrupt: Callable[..., None]) -> Iterator[None]:
    """Call it after so many seconds; on Windows and outside of the main thread there is no alarm."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
