"""One end of the socket between grader and worker: whole values go in and come out, by a deadline.

Memory grows with what has arrived, never with what a header announces.
"""

from __future__ import annotations

import socket
from time import monotonic
from typing import Any

from grader.sandbox import frames


class Line:
    """A socket and what has arrived on it. Deadlines are on the monotonic clock; None waits for ever."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._arrived = bytearray()

    def send(self, message: object, deadline: float | None = None, limit: int = frames.MAX_FRAME) -> None:
        """Send one value.

        Raises:
            TimeoutError: the other side does not read.
            OSError: it has gone.
            frames.FrameError: the value does not fit a frame.
        """
        data = frames.frame(message, limit)
        self._socket.settimeout(_left(deadline))
        self._socket.sendall(data)

    def receive(self, deadline: float | None = None, limit: int = frames.MAX_FRAME) -> Any:
        """The next value.

        Raises:
            TimeoutError: it has not arrived in full.
            EOFError, OSError: the other side has gone.
            frames.FrameError: what came is no value.
        """
        size = frames.length(self._exactly(frames.HEADER.size, deadline), limit)
        return frames.decode(self._exactly(size, deadline))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _exactly(self, count: int, deadline: float | None) -> bytes:
        while len(self._arrived) < count:
            self._socket.settimeout(_left(deadline))
            chunk = self._socket.recv(1 << 16)
            if not chunk:
                raise EOFError
            self._arrived += chunk
        taken = bytes(self._arrived[:count])
        del self._arrived[:count]
        return taken


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
