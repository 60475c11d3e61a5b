"""One run of an instructor's tests against one hand-in: what every test has come to, and its results.json.

The file of results is valid at every moment: it is written before any test is loaded, with the rows that the
tests' text tells, when the tests are known, with no points for any, and again behind each. What pytest shows
or keeps of a test has been made harmless first. A fault of ours ends the run, and stands in the file as one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import MethodType
from typing import Any

import pytest

from grader import atomic
from grader.faults import Fault
from grader.gradescope.decorated import PREFIX, RUNNING, UNLOADED, Planned, Run, forget, planned, results
from grader.gradescope.lost import lost
from grader.gradescope.schema import to_json
from grader.report.escape import paragraph, printable
from grader.sandbox.handle import NoAnswer
from grader.sandbox.modules import HandIn
from grader.submission import CLUTTER
from grader.suite import clock, fixtures, items, reports
from grader.suite.naming import absent, modules
from grader.suite.sources import Sources, theirs

OUR_FAULT = 3  # pytest's own exit code for an internal error
ENDED = "the tests ended in this one: it took more than {:g} s, or too much memory"
COLLECTING = "the collection of the tests"
UNANSWERED = "A failure was expected here, but the hand-in gave no answer at all"


class Suite:
    """What is known of every test so far. Registered as a plugin of pytest."""

    def __init__(
        self,
        config: pytest.Config,
        hand_in: HandIn,
        sources: Sources,
        isolation: str,
        out: Path | None,
        seconds: float,
    ) -> None:
        self.hand_in = hand_in
        self._config = config
        self._sources = sources
        self._theirs = {theirs(sources.hand_in, each) for each in sources.tests}
        self._isolation = isolation
        self._out = out
        self._seconds = seconds  # that one phase of a test may take
        self._modules: list[str] = []  # in the order in which they were collected
        self._reasons: dict[str, str] = {}  # why a module or class was not
        self._plans: dict[str, Planned] = {}
        self._runs: dict[str, list[Run]] = {}
        self._reports: list[Any] = []  # of the test that is running
        self._unanswered = self._refused = 0  # before it
        self._alone = -1  # questions before a test that names a module of the hand-in
        self._went_on = False  # the test that is running has, without an answer
        self._loaded = ""  # what a conftest.py has gone on after
        self._unarranged = ""  # why a hook of the tests' could not sort or choose them

    def pytest_report_header(self) -> str:
        """What is tested, and how it is walled off."""
        submission = self.hand_in.remote.session.submission
        return f"grader: {printable(submission.name)} as {submission.main}, isolation {self._isolation}"

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Nothing of the hand-in is a test, nor anything that lies in a folder with it."""
        found = collection_path.resolve()
        return True if any(found.is_relative_to(place) for place in self._theirs) else None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        """In time, as a test: a module may ask the hand-in. The session's own has all others inside."""
        if isinstance(collector, pytest.Session):
            return (yield)
        refusals = self.hand_in.remote.refusals
        before = len(refusals)
        with self._in_time():
            report = yield
        said = [self._loaded] if self._loaded and isinstance(collector, pytest.Module) else refusals[before:]
        if report.passed and said:
            report.outcome, report.longrepr, report.result = "failed", f"{fixtures.SWALLOWED}: {said[0]}", []
            self._reasons[report.nodeid] = f"{PREFIX}{UNLOADED}: {report.longrepr}\n"
        return report

    @contextmanager
    def loading(self) -> Iterator[None]:
        """While a conftest.py is loaded before anything is collected: it fails there again, and says so."""
        with suppress(NoAnswer), self._in_time():
            yield
            self._loaded = "".join(self.hand_in.remote.refusals[:1])

    def foresee(self) -> None:
        """Write the rows that the tests' text tells, in case that collecting them comes to no end.

        Raises:
            Fault: the file cannot be written.
        """
        for file in (file for test in self._sources.tests for file in self._files(test)):
            self._plans |= {f"{file}::{place}": plan for place, plan in enumerate(_lost(file))}
        self._write(running=COLLECTING)
        self._plans.clear()

    def pytest_exception_interact(self, call: Any, report: Any) -> None:
        """Why a module could not be collected."""
        if isinstance(report, pytest.CollectReport):
            error = call.excinfo.value.__cause__ or call.excinfo.value
            lines = reports.text(error).splitlines() or [""]
            self._reasons[report.nodeid] = (
                f"{PREFIX}{UNLOADED}: {reports.kind(error)}: {lines[0]}\n{reports.blamed(error)}"
            )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note the order of modules, and those that were skipped."""
        if report.nodeid.endswith(".py"):
            self._modules.append(report.nodeid)
        if report.skipped and report.nodeid:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self._reasons[report.nodeid] = reason

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, Any, Any]:
        """A conftest.py that sorts or chooses tests by what the hand-in says: its error costs them all."""
        collected, refusals = list(items), self.hand_in.remote.refusals
        before = len(refusals)
        try:
            with self._in_time():
                result = yield
        except (Exception, NoAnswer) as error:
            if not (isinstance(error, NoAnswer) or hasattr(error, "place")):
                raise
            result, said = None, reports.text(error)
        else:
            said = "".join(refusals[before : before + 1])
        if said:
            items[:] = collected
            self._unarranged = f"the tests could not be put in order: {said}"
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Every planned row is in the file before the first test runs."""
        self.hand_in.collecting = False
        try:
            found = list(self._planned(session.items))
        except Fault as fault:
            raise pytest.UsageError(str(fault)) from None
        order = {module: place for place, module in enumerate(self._modules)}
        for _, key, plan, run in sorted(
            ((order.get(key.split("::")[0], len(order)), key, plan, run) for key, plan, run in found),
            key=lambda each: each[0],
        ):
            before = self._plans.get(key)
            self._plans[key] = replace(before, sets=before.sets + 1) if before else plan
            self._runs.setdefault(key, []).extend(run)
        self._save(running=items.key(session.items[0]) if session.items else "")

    def pytest_sessionfinish(self) -> None:
        """Nothing runs any more."""
        if self._plans:
            self._save()

    def _planned(self, found: list[pytest.Item]) -> Iterator[tuple[str, Planned, list[Run]]]:
        """Key, plan and, where it cannot run, the reason of every test."""
        for item in found:
            yield items.key(item), planned(items.function(item), items.name(item)), []
        for node, reason in self._reasons.items():
            name, _, only = node.partition("::")
            for file in self._files(self._config.rootpath / name):
                for place, plan in enumerate(_lost(file, only)):
                    yield f"{node}::{file.name}::{place}", plan, [Run(passed=False, said=reason)]

    def _files(self, place: Path) -> list[Path]:
        """A file of tests, or those of a folder."""
        if not place.is_dir():
            return [place]
        files = {file for form in self._config.getini("python_files") for file in place.rglob(form)}
        return sorted(
            file
            for file in files
            if file.suffix == ".py" and not CLUTTER & set(file.parts) and not self.pytest_ignore_collect(file)
        )

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, Any, Any]:
        """One run: what an earlier one was told is forgotten, what this one tells is written."""
        function = items.function(item)
        forget(function)
        self._reports, self._unanswered = [], self.hand_in.remote.unanswered
        self._refused, self._alone, self._went_on = len(self.hand_in.remote.refusals), -1, False
        result = yield
        self.hand_in.test_ends()
        if self.hand_in.remote.fault:
            self._save()
            pytest.exit(f"grader: {self.hand_in.remote.fault}", returncode=OUR_FAULT)
        run = self._run(getattr(getattr(item, "callspec", None), "id", ""))
        told = [items.judged(function, name) for name in ("__score__", "__leaderboard_value__")]
        score, value = (None, None) if self._went_on else told
        self._runs.setdefault(items.key(item), []).append(replace(run, score=score, value=value))
        self._save(running=items.key(nextitem) if nextitem else "")
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, Any]:
        """A fixture that gets no answer fails for every test that needs it, with the same words."""
        function = getattr(fixturedef.func, "__func__", fixturedef.func)
        if not hasattr(function, "grader_answers"):
            asking = fixtures.answering(function, self.hand_in.remote.refusals)
            bound = function is not fixturedef.func
            fixturedef.func = MethodType(asking, fixturedef.func.__self__) if bound else asking
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """In time, as the two others. pytest evaluates conditions that are texts."""
        with self._in_time():
            if self._unarranged:
                self.hand_in.remote.refuse(self._unarranged)
            for text in items.conditions(item):
                if text not in items.literals(item):
                    self.hand_in.remote.refuse(
                        f"the condition {text!r} of a skipif or xfail is not written in the tests: "
                        "what a hand-in says is not evaluated here"
                    )
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None, Any, Any]:
        """In time, too."""
        with self._in_time():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """A test that names what the hand-in lacks is not run."""
        __tracebackhide__ = True
        with self._in_time():
            self._resolve(item)
            result = yield
            if self._alone == self.hand_in.remote.asked:  # it asks for the module and for nothing in it
                self.hand_in.whole()
            return result

    def _resolve(self, item: pytest.Item) -> None:
        """Put what was missing in its place, if it is there by now.

        Raises:
            NoAnswer: it is not.
        """
        __tracebackhide__ = True
        needed = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
        values = [
            getattr(item, "obj", None),
            *getattr(getattr(item, "callspec", None), "params", {}).values(),
        ]
        values += [fixture.func for all_of_name in needed.values() for fixture in all_of_name]
        for place, name, value in absent(values, getattr(item, "cls", None)):
            try:
                found = self.hand_in.again(value)
            except AttributeError as error:
                raise NoAnswer(str(error)) from None
            if place is not None:
                place[name] = found
        named = {name for name in modules(values, getattr(item, "cls", None)) if self.hand_in.module(name)}
        if "submission" in getattr(item, "fixturenames", ()):
            named.add(self.hand_in.main.__name__)
        for name in sorted(named):
            self.hand_in.imported(name)
        self._alone = self.hand_in.remote.asked if named else -1

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Any, Any]:
        """Keep what an exception says, and make harmless what is shown."""
        unshown: BaseException | None = None
        try:
            report = yield
        except (Exception, NoAnswer) as fault:  # what is shown may ask the hand-in: it costs this test alone
            unshown = fault
        error = call.excinfo.value if call.excinfo else unshown
        caught = self.hand_in.remote.refusals[self._refused :]
        if unshown is None and report.passed and caught and not any(each.failed for each in self._reports):
            self._went_on, error = True, NoAnswer(f"{fixtures.SWALLOWED}: {caught[0]}")
            report.outcome, report.longrepr = "failed", str(error)
        if unshown is not None:
            report = reports.unshown(item, call, f"{reports.kind(unshown)}: {reports.text(error)}")
        place = getattr(error, "place", "")
        said = "Unexpected success" if error is None else reports.explained(error)
        report.grader_said = f"{said}\nin {place}" if isinstance(place, str) and place else said
        report.sections = [(title, paragraph(text)) for title, text in report.sections]
        if report.longrepr is not None and not isinstance(report.longrepr, tuple):
            shown = str(report.longrepr)
            if paragraph(shown, len(shown)) != shown:
                report.longrepr = paragraph(shown, 2 * len(shown))
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> Generator[None, Any, Any]:
        """Setup, subtests, call and teardown of a test."""
        self._reports.append(report)
        capture = self._config.pluginmanager.getplugin("capturemanager")
        if capture is None or not hasattr(report, "context"):
            return (yield)
        with capture.global_and_fixture_disabled():  # else pytest's own line would be the test's output
            return (yield)

    def _in_time(self) -> AbstractContextManager[None]:
        return clock.in_time(self._seconds, self.hand_in.remote.refuse)

    def _run(self, label: str) -> Run:
        """What the reports of one run come to."""
        failures = [said for report in self._reports if (said := self._failure(report))]
        called = [report for report in self._reports if report.when == "call"]
        printed = "".join(map(reports.printed, called or self._reports[:1]))
        said = "\n".join(failures) + "\n" if failures else ""
        return Run(not failures and bool(called), said, printed, label)

    def _failure(self, report: Any) -> str:
        """Why a test's setup, call, subtest or teardown loses its points; "" if it does not."""
        subtest = reports.subtest(report)
        said = report.grader_said
        if hasattr(report, "wasxfail") and report.when == "call":
            if not report.skipped:
                return f"{PREFIX}Unexpected success"
            lacking = self.hand_in.remote.unanswered > self._unanswered
            return f"{PREFIX}{UNANSWERED}" if lacking else ""
        if report.skipped:
            return f"Skipped: {subtest}{said}"
        if report.failed:
            return f"{PREFIX}{subtest}{said}"
        return ""

    def _save(self, running: str = "") -> None:
        """Write the file; where that cannot be done any more, the run ends."""
        try:
            self._write(running)
        except Fault as fault:
            self._out = None  # it is said once
            pytest.exit(f"grader: {fault}", returncode=OUR_FAULT)

    def _write(self, running: str = "") -> None:
        """The file as it is to stand if this process ends in what is now running.

        Raises:
            Fault: it cannot be written.
        """
        if self._out is None:
            return
        data = {"tests_isolation": self._isolation}
        if self.hand_in.remote.fault:
            data["fault"] = paragraph(self.hand_in.remote.fault)
        if running:
            data[RUNNING] = printable(self._plans[running].name if running in self._plans else running)
        ended = Run(passed=False, said=f"{PREFIX}{ENDED.format(self._seconds)}\n")
        rows = [
            (plan, [*self._runs.get(key, []), *([ended] if key == running else [])])
            for key, plan in self._plans.items()
        ]
        atomic.write(self._out, to_json(results(rows, data)).encode())


def _lost(file: Path, only: str = "") -> list[Planned]:
    """What a file's text tells of its tests."""
    try:
        return lost(file.read_text(encoding="utf-8", errors="replace"), file.stem, only)
    except OSError:
        return []
