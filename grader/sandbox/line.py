"""One end of the socket between grader and worker: whole values go in and come out, by a deadline.

Memory grows with what has arrived, never with what a header announces.
"""

from __future__ import annotations

import socket
from time import monotonic
from typing import Any

from grader.sandbox import frames

CHUNK = 1 << 16  # bytes
EARLY = 0.9  # the socket's own time-out, as a share of the time left: so it need not be set for every message
SHORT = 0.01  # seconds; less is waited for exactly


class Line:
    """A socket and what has arrived on it. Deadlines are on the monotonic clock; None waits for ever."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._patience: float | None = None  # the socket's own time-out
        self._arrived = bytearray()
        end.settimeout(None)

    def send(self, message: object, deadline: float | None = None, limit: int = frames.MAX_FRAME) -> None:
        """Send one value.

        Raises:
            TimeoutError: the other side does not read.
            OSError: it has gone.
            frames.FrameError: the value does not fit a frame.
        """
        self.send_frame(frames.frame(message, limit), deadline)

    def send_frame(self, data: bytes, deadline: float | None = None) -> None:
        """Send the bytes of one value; raises as `send` does."""
        sent = 0
        while sent < len(data):
            self._be_patient(deadline)
            try:
                sent += self._socket.send(data[sent:] if sent else data)
            except TimeoutError:
                continue  # maybe early

    def receive(self, deadline: float | None = None, limit: int = frames.MAX_FRAME) -> Any:
        """The next value.

        Raises:
            TimeoutError: it has not arrived in full.
            EOFError, OSError: the other side has gone.
            frames.FrameError: what came is no value.
        """
        arrived, header = self._arrived, frames.HEADER.size
        while len(arrived) < header:
            self._listen(deadline)
        end = header + frames.length(arrived[:header], limit)
        while len(arrived) < end:
            self._listen(deadline)
        body = bytes(memoryview(arrived)[header:end])
        del arrived[:end]
        return frames.decode(body)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _listen(self, deadline: float | None) -> None:
        self._be_patient(deadline)
        try:
            chunk = self._socket.recv(CHUNK)
        except TimeoutError:
            return  # maybe early
        if not chunk:
            raise EOFError
        self._arrived += chunk

    def _be_patient(self, deadline: float | None) -> None:
        """Let the socket give up in time.

        Raises:
            TimeoutError: the deadline has passed.
        """
        if deadline is None:
            if self._patience is not None:
                self._patience = None
                self._socket.settimeout(None)
            return
        left = deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        if self._patience is None or not EARLY / 2 * left <= self._patience <= left:
            self._patience = EARLY * left if left > SHORT else left
            self._socket.settimeout(self._patience)
