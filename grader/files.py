"""What an author has written, as text or as a table; a fault in it names the file."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader.faults import Fault

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read(path: Path) -> str:
    """The text of a file.

    Raises:
        Fault: it is missing or no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Fault(f"{path} is missing") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"{path} cannot be read: {error}") from None


def toml(path: Path) -> dict[str, Any]:
    """The table of a TOML file, its numbers as they are written.

    Raises:
        Fault: it is missing or no TOML.
    """
    try:
        return tomllib.loads(read(path), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Fault(f"{path} is not TOML: {error}") from None
