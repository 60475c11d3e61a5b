"""A platform takes only so many bytes: what is too long for it has its texts cut shorter, never its rows."""

from __future__ import annotations

from collections.abc import Callable

from grader.faults import Fault

LIMITS = (20_000, 5_000, 1_000, 250, 50, 0)  # characters of one text


def fitted(write: Callable[[int], str], size: int, platform: str) -> str:
    """What `write` makes of the most generous limit on single texts that fits into so many bytes.

    Raises:
        Fault: not even the rows without their texts fit.
    """
    for limit in LIMITS:
        text = write(limit)
        if len(text.encode()) <= size:
            return text
    raise Fault(f"{platform} takes {size:,} bytes, and the rows alone of so many functions need more")
