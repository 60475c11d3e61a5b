"""What a report or an exception of pytest's says, in words for a row."""

from __future__ import annotations

from typing import Any

import pytest

from grader.faults import STAFFS_FAULT
from grader.sandbox.handle import NoAnswer


def printed(report: Any) -> str:
    """What was captured in that phase, as gradescope-utils' runner joins it."""
    sections = dict.fromkeys(("stdout", "stderr"), "")
    for heading, text in report.sections:
        for stream in sections:
            if heading == f"Captured {stream} {report.when}":
                sections[stream] += text
    out, err = sections["stdout"], sections["stderr"]
    return f"{out}\n{err}" if err and not out.endswith("\n") else out + err


def subtest(report: Any) -> str:
    """Which subtest a report is of: `[message] (i=3): `."""
    context = getattr(report, "context", None)
    if context is None:
        return ""
    message = [f"[{text(context.msg)}]"] if context.msg is not None else []
    parameters = ", ".join(f"{name}={text(value)}" for name, value in context.kwargs.items())
    parts = [*message, *([f"({parameters})"] if parameters else [])]
    return f"{' '.join(parts) or '(a subtest)'}: "


def unshown(item: pytest.Item, call: Any, said: str) -> pytest.TestReport:
    """The report of a test of which none could be made."""
    return pytest.TestReport(
        item.nodeid, item.location, {}, "failed", said, call.when, duration=call.duration
    )


def explained(error: BaseException) -> str:
    """What an exception says; of a parameter that is none of pytest's which it is, and whose fault."""
    lookup = isinstance(error, pytest.FixtureLookupError)
    missing = getattr(error, "argname", None) if lookup else None
    return f"there is no fixture {missing!r}\n{STAFFS_FAULT}." if missing else text(error)


def blamed(error: BaseException) -> str:
    """Whose fault it is that a test is not loaded, if that is certain: what a hand-in raises has a place."""
    if isinstance(error, NoAnswer):
        return "".join(f"{line}\n" for line in text(error).splitlines()[1:] if line.startswith(STAFFS_FAULT))
    if hasattr(error, "place") or not isinstance(error, (SyntaxError, ImportError)):
        return ""
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    unless = f", unless {name}.py is a file that you were to hand in" if name and name.isidentifier() else ""
    return f"{STAFFS_FAULT}{unless}.\n"


def text(error: object) -> str:
    """What an exception, or another object, says, whatever its `__str__` does."""
    try:
        return str(error)
    except NoAnswer as none:
        return str(none)
    except Exception:
        return f"{kind(error)}, whose message cannot be shown"


def kind(error: object) -> str:
    return type(error).__name__
