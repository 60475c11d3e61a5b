"""What the commands share at a terminal: options, faults in one sentence, a line of progress, exit codes.

Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import NoReturn, TextIO

import click

from grader.faults import Fault, unforeseen

FAILED = 1
STOPPED = 130  # by Ctrl-C, as shells have it

assignment_option = click.option(
    "--assignment",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The assignment's folder. Default: this folder or the nearest above it that holds assignment.toml.",
)
isolation_option = click.option(
    "--isolation",
    type=click.Choice(["full", "process"]),
    default="full",
    help="full: refuse to grade where student code is not walled off. process: grade all the same, and say "
    "so in every result.",
)


@contextmanager
def faults_in_one_sentence() -> Iterator[None]:
    try:
        yield
    except Fault as fault:
        refuse(str(fault))
    except click.ClickException:
        raise
    except Exception as error:
        refuse(unforeseen(error))


def refuse(sentence: str) -> NoReturn:
    from grader.report.escape import printable

    progress("")
    line = printable(" ".join(sentence.splitlines()))  # it may name a student's file
    click.echo(f"grader: {line}", err=True)
    sys.exit(FAILED)


@contextmanager
def in_good_order() -> Iterator[None]:
    """The student's process ends with this one. What an author's file prints is no result: to stderr."""
    for name in ("SIGTERM", "SIGHUP"):  # the second one when a terminal is closed; Windows has none
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:  # nohup's
            signal.signal(getattr(signal, name), lambda number, _: sys.exit(128 + number))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: for 7 × 7 matrices threads only cost
    with redirect_stdout(sys.stderr):
        yield


def progress(asked: str) -> None:
    """One line on a terminal's stderr that the next one overwrites; nothing elsewhere."""
    if sys.stderr and sys.stderr.isatty():
        click.echo(f"\r\033[K{asked}", err=True, nl=False)


@contextmanager
def stdout() -> Iterator[TextIO]:
    """Standard output for text; not every one is UTF-8.

    Raises:
        Fault: it was closed, or cannot be written to.
    """
    stream = sys.stdout
    if stream is None:
        raise Fault("there is no standard output to print to: it was closed")
    try:
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        yield stream
        stream.flush()
    except OSError as error:
        if error.filename is not None:  # a file's, not the stream's
            raise
        sys.stdout = None  # else the interpreter tries again at its end
        raise Fault(f"standard output cannot be written: {error.strerror}") from None
