"""A folder that one process has at a time; the system takes it back however that process ends."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

ROOM = "grader-batch-"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Wait until nobody else has the folder, then have it for as long as this lasts.

    Nobody waits where the system or its disk has no such locks.
    """
    with ExitStack() as ours:
        if sys.platform != "win32":
            import fcntl

            descriptor = os.open(folder, os.O_RDONLY)
            ours.callback(os.close, descriptor)
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def room() -> Iterator[Path]:
    """An empty folder that this process has. Where it is killed, the next one that asks removes it."""
    for left in Path(gettempdir()).glob(f"{ROOM}*"):
        with suppress(OSError):  # somebody has it, or it is not ours to remove
            _swept(left)
    with ExitStack() as ours:
        path: Path | None = None
        while path is None or not path.exists():  # another may have swept it before we had it
            path = Path(ours.enter_context(TemporaryDirectory(prefix=ROOM)))
            with suppress(FileNotFoundError):
                ours.enter_context(held(path))
        yield path


def _swept(path: Path) -> None:
    """Remove a room of our own user that nobody has any more."""
    if sys.platform == "win32":
        return
    import fcntl

    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_uid == os.getuid():
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)
