"""Instructors' own tests: `pytest --submission hw2.py`, with the hand-in behind the wall.

What pytest loads wherever grader is installed, so it is light, and does nothing until `--submission` is
given; then `grader.suite` is loaded. See docs/tests.md.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, by names that no other plugin has."""
    group = parser.getgroup("grader", "tests of a hand-in, behind grader's wall")
    group.addoption(
        "--submission",
        dest="grader_submission",
        metavar="PATH",
        help="the hand-in: a .py, an .ipynb, a folder or a zip; tests import it from behind the wall",
    )
    group.addoption(
        "--results",
        dest="grader_results",
        metavar="PATH",
        help="write Gradescope's results.json there, before the first test and after each",
    )
    group.addoption(
        "--isolation",
        dest="grader_isolation",
        choices=("full", "process"),
        default="full",
        help="full: refuse where student code is not walled off; process: accept less, for trusted hand-ins",
    )
    group.addoption(
        "--seconds",
        dest="grader_seconds",
        type=float,
        metavar="N",
        help="how long student code may run in all",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Open the hand-in before the first conftest.py could import it."""
    options = early_config.known_args_namespace
    if options.grader_submission is None:
        if options.grader_results is not None:
            raise pytest.UsageError(
                "--results says where the rows of a hand-in go: give --submission PATH too"
            )
        return
    _keep_off_the_path(early_config.invocation_params.dir / options.grader_submission)
    from grader import suite

    suite.begin(early_config)


def _keep_off_the_path(hand_in: Path) -> None:
    """See that no module of a folder that is handed in, such as its numpy.py, is imported as one of ours."""
    whole = hand_in.resolve()
    inside = [entry for entry in sys.path if Path(entry).resolve().is_relative_to(whole)]
    if inside and whole.is_dir():
        raise pytest.UsageError(f"Python looks for modules in the hand-in {whole}: start pytest elsewhere")


@pytest.fixture(scope="session")
def submission(request: pytest.FixtureRequest) -> Any:
    """The hand-in's main module, behind the wall."""
    suite = request.config.pluginmanager.get_plugin("grader-suite")
    if suite is None:
        pytest.fail("this test needs a hand-in: give pytest --submission PATH", pytrace=False)
    return suite.hand_in.main


@pytest.fixture
def set_score() -> None:
    """So that pytest finds the parameter of a `@partial_credit` function; the decorator fills it in."""


@pytest.fixture
def set_leaderboard_value() -> None:
    """The same for `@leaderboard`."""
