"""Altair and vl-convert, which draw our pictures: whole in themselves, no script, nothing from a network."""

from __future__ import annotations

from io import StringIO
from typing import Any

from grader.faults import Fault, missing

PACKAGES = ("altair", "vl-convert-python")
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
PAPER = "#ffffff"


def altair() -> Any:
    """Imported only where a picture is drawn.

    Raises:
        Fault: it is not installed.
    """
    try:
        import altair
    except ImportError:
        raise Fault(missing(*PACKAGES)) from None
    return altair


def save(picture: Any, stream: Any, *, paper: str = PAPER, **options: Any) -> None:
    """Altair uses vl-convert, and knows other ways where it is missing.

    Raises:
        Fault: it is missing.
    """
    try:
        import vl_convert  # noqa: F401
    except ImportError:
        raise Fault(missing(*PACKAGES)) from None
    picture.properties(background=paper, padding=12).save(stream, **options)


def svg(picture: Any, label: str, *, paper: str = PAPER) -> str:
    """An `<svg>` element. Its label, escaped already, says what it shows to those who do not see it."""
    written = StringIO()
    save(picture, written, paper=paper, format="svg")
    return written.getvalue().replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
