"""Instructors' own tests: `pytest --submission hw2.py`, with the hand-in behind the wall.

What pytest loads wherever grader is installed, so it is light, and does nothing until `--submission` is
given; then `grader.suite` is loaded. See docs/tests.md.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """The options, by names that no other plugin has."""
    config = pluginmanager.get_plugin("pytestconfig")
    told = _told(config.invocation_params.args) if config else None
    if config is not None and told is not None:
        _keep_its_settings_off(config, told)
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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> Generator[None, Any, None]:
    """Open the hand-in before the first conftest.py could import it.

    A conftest.py that fails, as by what the hand-in does there, costs its folder's tests: collection says so.
    """
    typed = list(early_config.known_args_namespace.file_or_dir)
    _begin(early_config)
    args += [each for each in early_config.known_args_namespace.file_or_dir if each not in typed]
    suite = early_config.pluginmanager.get_plugin("grader-suite")
    try:
        with suite.loading() if suite else nullcontext():
            yield
    except Exception as error:
        if suite is None or type(error).__name__ != "ConftestImportFailure":
            raise


def _begin(early_config: pytest.Config) -> None:
    options = early_config.known_args_namespace
    if options.grader_submission is None:
        if options.grader_results is not None:
            raise pytest.UsageError(
                "--results says where the rows of a hand-in go: give --submission PATH too"
            )
        return
    _keep_its_settings_off(early_config, options.grader_submission)
    _keep_off_the_path(early_config.invocation_params.dir / options.grader_submission)
    from grader.suite.begin import begin

    begin(early_config)


def _told(arguments: Sequence[str]) -> str | None:
    """The hand-in's path as it was typed, before there is a parser that knows the option."""
    following = dict(zip(arguments, [*arguments[1:], ""], strict=True))
    joined = [each.partition("=")[2] for each in arguments if each.startswith("--submission=")]
    return joined[-1] if joined else following.get("--submission")


def _keep_its_settings_off(config: pytest.Config, told: str) -> None:
    """See that pytest is configured by nothing that a hand-in brings: whose file it is may name code to run.

    They are the operator's where they lie above the tests or above the folder in which pytest was started.
    """
    start = config.invocation_params.dir
    hand_in = Path(start, told).resolve()
    typed = [Path(start, each.split("::")[0]) for each in config.known_args_namespace.file_or_dir]
    tests = [each for path in typed if path.exists() and (each := path.resolve()) != hand_in]
    named = config.known_args_namespace.inifilename
    ours = [start.resolve(), *tests, *([Path(start, named).resolve()] if named else [])]
    confcutdir = config.known_args_namespace.confcutdir
    for place in (config.inipath, config.rootpath, Path(start, confcutdir) if confcutdir else None):
        if place is None:
            continue
        found = place.resolve()
        folder = found if found.is_dir() else found.parent
        if found.is_relative_to(hand_in) or not any(each.is_relative_to(folder) for each in ours):
            raise pytest.UsageError(
                f"pytest takes {place} for its settings, and that may be the hand-in's: "
                f"write --submission={told} with an equals sign, or start pytest elsewhere"
            )


def _keep_off_the_path(hand_in: Path) -> None:
    """See that no module of a folder that is handed in, such as its numpy.py, is imported as one of ours."""
    whole = hand_in.resolve()
    inside = [entry for entry in sys.path if Path(entry).resolve().is_relative_to(whole)]
    if inside:
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
