"""The grader's own fault: an exception that ends the run and writes no score.

A student's fault is never raised; it is a value (`grader.sandbox.outcome`) that becomes a verdict.
"""

import sys
from pathlib import Path

STAFFS_FAULT = "This is a fault of the course staff's test, please tell them"  # in a row that students read


class Fault(Exception):
    """One sentence for whoever runs the grader: what is wrong, where, what to do."""


def missing(*packages: str) -> str:
    """What to do where packages are not installed. By their own names: another grader is on PyPI."""
    python, verb = sys.executable, "is" if len(packages) == 1 else "are"
    install = f"{python} -m pip install {' '.join(packages)}"
    return f"{' and '.join(packages)} {verb} not installed for {python}: run `{install}`"


def unforeseen(error: Exception) -> str:
    """A package that is missing, or a fault that nobody has put in words yet, with its place in our files."""
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.split(".")[0] != "grader":
        return missing(error.name.split(".")[0])
    from traceback import walk_tb  # only where something failed

    home = str(Path(__file__).parent)
    places = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    name, line = [place for place in places if place[0].startswith(home)][-1]
    where = f"{Path(name).name}, line {line}"
    return f"this is a fault of grader's own, please report it: {type(error).__name__} in {where}: {error}"
