"""A file is written whole or not at all: who reads it never meets half of one.

Two processes may write one file at once; it is then one's or the other's. Each writes into a file of its own
beside it, `PARTS`. Whoever is killed meanwhile leaves that.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from grader.faults import Fault

PARTS = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{16}\.part", re.DOTALL)


def write(path: Path, data: bytes) -> None:
    """In place of a file that may be there; but a device or a pipe is written to, never replaced.

    Raises:
        Fault: it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path, data)
    except OSError as error:
        raise Fault(f"{path} cannot be written: {error.strerror}") from None


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
