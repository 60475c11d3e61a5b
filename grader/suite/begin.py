"""How a run with `--submission` begins: the hand-in behind the wall, its modules to import, a suite."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from grader.faults import Fault
from grader.sandbox import jail
from grader.sandbox.isolation import accepted
from grader.sandbox.modules import HandIn, importable
from grader.sandbox.remote import Remote
from grader.sandbox.session import Session
from grader.sandbox.texts import watched
from grader.settings import LONGEST, find_assignment
from grader.submission import read_submission
from grader.suite import clock
from grader.suite.asked import asked, of_the_tests
from grader.suite.kept_out import kept_out, places
from grader.suite.sources import Sources, is_own, keep_apart
from grader.suite.suite import Suite


def begin(config: pytest.Config) -> None:
    """Start what the tests need, and listen to them.

    Raises:
        pytest.UsageError: one sentence on what cannot be.
    """
    options = config.known_args_namespace
    if getattr(options, "numprocesses", None) or getattr(options, "tx", None):
        raise pytest.UsageError(
            "--submission tests one hand-in in one process: leave out --numprocesses and --tx"
        )
    stack = ExitStack()
    try:
        suite = _suite(config, stack)
        config.addinivalue_line("python_files", "test*.py")  # as unittest looks for them
        suite.foresee()
    except Fault as fault:
        stack.close()
        raise pytest.UsageError(str(fault)) from None
    except BaseException:
        stack.close()
        raise
    config.add_cleanup(stack.close)
    config.pluginmanager.register(suite, "grader-suite")
    options.continue_on_collection_errors = True
    config.option.continue_on_collection_errors = True


def _suite(config: pytest.Config, stack: ExitStack) -> Suite:
    options = config.known_args_namespace
    path = Path(config.invocation_params.dir, options.grader_submission)
    sources = Sources(_named(config), path)
    keep_apart(sources)
    file, limits, settled = asked(sources, config.rootpath)
    if options.grader_seconds is not None:
        if not 0 < options.grader_seconds <= LONGEST:
            wanted = f"a number of seconds is asked, more than 0 and up to {LONGEST}"
            raise Fault(f"--seconds {options.grader_seconds:g}: {wanted}")
        limits = replace(limits, hand_in_seconds=options.grader_seconds)
    submission = read_submission(path, file)
    source = stack.enter_context(jail.started())
    line = accepted(source.isolation, weaker=options.grader_isolation == "process")
    hand_in = HandIn(Remote(stack.enter_context(Session(submission, limits, source))))
    for cells in submission.modules.values():
        hand_in.remote.texts.source(cells)
    stack.enter_context(watched(hand_in.remote.texts, hand_in.remote.refuse))
    stack.enter_context(kept_out(places(sources), hand_in.remote.refuse))
    taken = None if settled else partial(of_the_tests, sources=sources)
    own = partial(is_own, folders=[*sources.folders, config.rootpath])
    stack.enter_context(importable(hand_in, taken, own))
    stack.callback(_look_for_files_in(path if path.is_dir() else path.parent))
    out = Path(config.invocation_params.dir, options.grader_results) if options.grader_results else None
    return Suite(config, hand_in, sources, line, out, limits.hand_in_seconds + clock.OWN_SECONDS)


def _named(config: pytest.Config) -> tuple[Path, ...]:
    """The files and folders of tests that were named; else `tests` in the assignment's folder.

    Raises:
        Fault: there are none.
    """
    start, options = config.invocation_params.dir, config.known_args_namespace
    if not options.file_or_dir:
        with suppress(Fault):
            folder = find_assignment(start) / "tests"
            options.file_or_dir = [str(folder)] if folder.is_dir() else []
    if not options.file_or_dir:
        raise Fault("no tests are named: write their folder, as in pytest --submission=hw2.py tests/")
    return tuple(Path(start, each.split("::")[0]) for each in options.file_or_dir)


def _look_for_files_in(folder: Path) -> Callable[[], None]:
    """Let `check_submitted_files` look there; gives what undoes it."""
    try:
        check = import_module("gradescope_utils.autograder_utils.files").check_submitted_files
    except ImportError:
        return lambda: None
    before = check.__defaults__
    check.__defaults__ = (str(folder),)
    return lambda: setattr(check, "__defaults__", before)
