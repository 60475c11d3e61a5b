"""One run of an instructor's tests against one hand-in: its modules to import, its results.json to keep.

The file of results is valid at every moment: it is written when the tests are known, with no points for any,
and again behind each. What pytest shows or keeps of a test has been made harmless first. A fault of ours ends
the run, and stands in the file as one.
"""

from __future__ import annotations

import ast
import faulthandler
import glob
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial, wraps
from importlib import import_module
from importlib.machinery import PathFinder
from inspect import isgeneratorfunction
from pathlib import Path
from types import MethodType
from typing import Any, NoReturn

import pytest

from grader import atomic
from grader.faults import Fault
from grader.gradescope.decorated import (
    PREFIX,
    RUNNING,
    STAFFS_FAULT,
    THEIRS,
    UNLOADED,
    Planned,
    Run,
    forget,
    planned,
    results,
    told,
)
from grader.gradescope.lost import lost, title
from grader.gradescope.schema import to_json
from grader.naming import absent
from grader.report.escape import paragraph, printable
from grader.sandbox import jail
from grader.sandbox.caller import anticipated
from grader.sandbox.handle import NoAnswer
from grader.sandbox.isolation import accepted
from grader.sandbox.landlock import readable
from grader.sandbox.modules import HandIn, importable
from grader.sandbox.remote import Remote
from grader.sandbox.session import Session
from grader.sandbox.standin import Standin
from grader.settings import LONGEST, Limits, find_assignment, load_settings
from grader.submission import CLUTTER, read_submission

OWN_SECONDS = 30.0  # of one test, beside all the time that the hand-in's code has
GRACE = 5.0  # seconds more, then the process is ended: so even C code comes to an end
OUR_FAULT = 3  # pytest's own exit code for an internal error
ENDED = "the tests ended in this one: it took more than {:g} s, or too much memory"
COLLECTING = "the collection of the tests"
UNANSWERED = "A failure was expected here, but the hand-in gave no answer at all"


def begin(config: pytest.Config) -> None:
    """Start what the tests need, and listen to them.

    Raises:
        pytest.UsageError: one sentence on what cannot be.
    """
    options = config.known_args_namespace
    if getattr(options, "numprocesses", None) or hasattr(config, "workerinput"):
        raise pytest.UsageError("--submission tests one hand-in in one process: leave out --numprocesses")
    stack = ExitStack()
    try:
        suite = _suite(config, stack)
        config.pluginmanager.register(suite, "grader-suite")
    except Fault as fault:
        stack.close()
        raise pytest.UsageError(str(fault)) from None
    except BaseException:
        stack.close()
        raise
    config.add_cleanup(stack.close)
    config.addinivalue_line("python_files", "test*.py")  # as unittest looks for them
    suite.foresee(_typed(config))
    options.continue_on_collection_errors = True
    config.option.continue_on_collection_errors = True


def _suite(config: pytest.Config, stack: ExitStack) -> Suite:
    options = config.known_args_namespace
    path = Path(config.invocation_params.dir, options.grader_submission)
    tests = _typed(config)
    _keep_apart(path, tests)
    file, limits, settled = _expected(config, path, tests)
    if options.grader_seconds is not None:
        if not 0 < options.grader_seconds <= LONGEST:
            asked = f"a number of seconds is asked, more than 0 and up to {LONGEST}"
            raise Fault(f"--seconds {options.grader_seconds:g}: {asked}")
        limits = replace(limits, hand_in_seconds=options.grader_seconds)
    submission = read_submission(path, file)
    source = stack.enter_context(jail.started())
    line = accepted(source.isolation, weaker=options.grader_isolation == "process")
    hand_in = HandIn(Remote(stack.enter_context(Session(submission, limits, source))))
    folders = {each if each.is_dir() else each.parent for each in tests}
    stack.enter_context(
        importable(
            hand_in,
            None if settled else partial(_of_the_tests, folders=folders, hand_in=path),
            partial(_is_own, folders=(*folders, config.rootpath)),
        )
    )
    stack.callback(_look_for_files_in(path if path.is_dir() else path.parent))
    out = Path(config.invocation_params.dir, options.grader_results) if options.grader_results else None
    return Suite(config, hand_in, path, line, out, limits.hand_in_seconds + OWN_SECONDS)


def _typed(config: pytest.Config) -> list[Path]:
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
    return [Path(start, each.split("::")[0]) for each in options.file_or_dir]


def _keep_apart(path: Path, tests: list[Path]) -> None:
    """See that nothing of the hand-in is executed here, and no test is read there.

    Raises:
        Fault: the tests lie in the hand-in, or where student code may read.
    """
    if not path.exists():
        raise Fault(f"there is no hand-in {path}")
    whole = path.resolve()
    for test in (each.resolve() for each in tests):
        if test == whole or whole in test.parents:
            raise Fault(f"the tests {test} lie in the hand-in {path}: keep them in a folder of their own")
        beside = _beside(whole, test)
        if beside is not None and beside.name.startswith("test") and beside != whole:
            raise Fault(f"the hand-in {path} lies in {beside}, where tests are looked for: move it elsewhere")
        for library in readable():
            if test.is_relative_to(library):
                raise Fault(f"{test} lies in {library}, which student code may read: move it elsewhere")


def _beside(hand_in: Path, test: Path) -> Path | None:
    """Below a folder of tests, what has the hand-in in it: all of that may be students'."""
    if not hand_in.is_relative_to(test) or hand_in == test:
        return None
    return test / hand_in.relative_to(test).parts[0]


def _expected(config: pytest.Config, path: Path, tests: list[Path]) -> tuple[str, Limits, bool]:
    """The name of the module that is asked for, the limits, and whether an assignment.toml says so.

    Raises:
        Fault: a name that a student chose is that of a module of the tests' own.
    """
    folders = [each if each.is_dir() else each.parent for each in tests]
    for start in (*folders, config.rootpath):
        with suppress(Fault):
            folder = find_assignment(start)
            break
    else:
        return _chosen(path, tests), Limits(), False
    settings = load_settings(folder)
    return settings.file, settings.limits, True


def _chosen(path: Path, tests: list[Path]) -> str:
    """The name of the main module where no assignment.toml says it."""
    folders = {each if each.is_dir() else each.parent for each in tests}
    if path.is_file() and path.suffix.lower() in (".py", ".ipynb"):
        other = _of_the_tests(path.stem, folders, path)
        if other:
            raise Fault(
                f"{path.name} is the hand-in, and {other} is a module of that name that tests could import: "
                f'write file = "{path.stem}" into assignment.toml if they mean the hand-in\'s, or rename it'
            )
        if path.stem in _imported(tests, path, optional=True) and path.stem not in _imported(tests, path):
            _doubt(path.stem)
        return path.stem
    sources = {each.stem for each in path.rglob("*.py")} | {each.stem for each in path.rglob("*.ipynb")}
    foreign = [name for name in _imported(tests, path) if not _of_the_tests(name, folders, path)]
    named = [name for name in foreign if name in sources] or foreign
    optional = [name for name in _imported(tests, path, optional=True) if name in sources and not named]
    if optional:
        _doubt(optional[0])
    return named[0] if named else "submission"


def _doubt(name: str) -> NoReturn:
    raise Fault(
        f"the tests import {name} only where they could do without it: "
        f'write file = "{name}" into assignment.toml if that is what students hand in'
    )


def _is_own(file: Path, folders: Iterable[Path]) -> bool:
    return any(file.resolve().is_relative_to(folder.resolve()) for folder in folders)


def _of_the_tests(name: str, folders: set[Path], hand_in: Path) -> str:
    """Where a module of that name is found that is not the hand-in's own; "" if there is none."""
    if name in sys.builtin_module_names:
        return name
    below = [str(place) for folder in folders for place in _below(folder, name, hand_in)]
    places = [*map(str, folders), *below, *sys.path]
    spec = PathFinder.find_spec(name, places) if name.isidentifier() else None
    found = spec.origin if spec else None
    if found is None or Path(found).resolve() == hand_in.resolve():
        return ""
    same = hand_in.is_file() and Path(found).read_bytes() == hand_in.read_bytes()
    return "" if same else found


def _below(folder: Path, name: str, hand_in: Path) -> Iterator[Path]:
    """The folders below one of the tests' with a module of that name: a conftest.py may import from any."""
    theirs = _beside(hand_in.resolve(), folder.resolve()) or hand_in.resolve()
    for place in sorted(folder.rglob(f"{glob.escape(name)}*")):
        apart = not place.resolve().is_relative_to(theirs) and not CLUTTER & set(place.parts)
        if apart and place.name.split(".")[0] == name:
            yield place.parent


def _imported(tests: list[Path], hand_in: Path, *, optional: bool = False) -> list[str]:
    """The first names of modules that the tests import, each once; of the optional imports where asked."""
    return list(
        dict.fromkeys(name for test in tests for name, may in _imports(test, hand_in) if may is optional)
    )


def _imports(test: Path, hand_in: Path) -> Iterator[tuple[str, bool]]:
    """The first names of modules that a file or folder imports, and whether it could do without."""
    files = sorted(test.rglob("*.py")) if test.is_dir() else [test] if test.suffix == ".py" else []
    theirs = _beside(hand_in.resolve(), test.resolve()) or hand_in.resolve()
    for file in files:
        if CLUTTER & set(file.parts) or file.resolve().is_relative_to(theirs):
            continue
        with suppress(SyntaxError, ValueError, OSError):
            tree = ast.parse(file.read_bytes())
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                else:
                    continue
                may = anticipated(tree, node.lineno)
                yield from ((name.split(".")[0], may) for name in names)


def _look_for_files_in(folder: Path) -> Callable[[], None]:
    """Let `check_submitted_files` look there; gives what undoes it."""
    try:
        check = import_module("gradescope_utils.autograder_utils.files").check_submitted_files
    except ImportError:
        return lambda: None
    before = check.__defaults__
    check.__defaults__ = (str(folder),)
    return lambda: setattr(check, "__defaults__", before)


class Suite:
    """What is known of every test so far. Registered as a plugin of pytest."""

    def __init__(
        self,
        config: pytest.Config,
        hand_in: HandIn,
        path: Path,
        isolation: str,
        out: Path | None,
        seconds: float,
    ) -> None:
        self.hand_in = hand_in
        self._config = config
        beside = (_beside(path.resolve(), each.resolve()) for each in _typed(config))
        self._theirs = [path.resolve(), *filter(None, beside)]
        self._isolation = isolation
        self._out = out
        self._seconds = seconds  # that one phase of a test may take
        self._modules: list[str] = []  # in the order in which they were collected
        self._reasons: dict[str, str] = {}  # why a module or class was not
        self._plans: dict[str, Planned] = {}
        self._runs: dict[str, list[Run]] = {}
        self._reports: list[Any] = []  # of the test that is running
        self._unanswered = 0  # before it

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
        with self._in_time():
            return (yield)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """While a conftest.py is loaded before anything is collected: it fails there again, and says so."""
        with suppress(NoAnswer), self._in_time():
            yield

    def foresee(self, tests: list[Path]) -> None:
        """Write the rows that the tests' text tells, in case that collecting them comes to no end."""
        for file in (file for test in tests for file in self._files(test)):
            self._plans |= {f"{file}::{place}": plan for place, plan in enumerate(_lost(file))}
        self._write(running=COLLECTING)
        self._plans.clear()

    def pytest_exception_interact(self, call: Any, report: Any) -> None:
        """Why a module could not be collected."""
        if isinstance(report, pytest.CollectReport):
            error = call.excinfo.value.__cause__ or call.excinfo.value
            lines = _text(error).splitlines() or [""]
            self._reasons[report.nodeid] = f"{PREFIX}{UNLOADED}: {_kind(error)}: {lines[0]}\n{_blamed(error)}"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note the order of modules, and those that were skipped."""
        if report.nodeid.endswith(".py"):
            self._modules.append(report.nodeid)
        if report.skipped and report.nodeid:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self._reasons[report.nodeid] = reason

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
        self._write(running=_key(session.items[0]) if session.items else "")

    def pytest_sessionfinish(self) -> None:
        """Nothing runs any more."""
        if self._plans:
            self._write()

    def _planned(self, items: list[pytest.Item]) -> Iterator[tuple[str, Planned, list[Run]]]:
        """Key, plan and, where it cannot run, the reason of every test."""
        for item in items:
            yield _key(item), planned(_function(item), _name(item)), []
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
        function = _function(item)
        forget(function)
        self._reports, self._unanswered = [], self.hand_in.remote.unanswered
        result = yield
        self.hand_in.test_ends()
        if self.hand_in.remote.fault:
            self._write()
            pytest.exit(f"grader: {self.hand_in.remote.fault}", returncode=OUR_FAULT)
        run = self._run(getattr(getattr(item, "callspec", None), "id", ""))
        score, value = (
            THEIRS if isinstance(each := told(function, name), Standin) else each
            for name in ("__score__", "__leaderboard_value__")
        )
        self._runs.setdefault(_key(item), []).append(replace(run, score=score, value=value))
        self._write(running=_key(nextitem) if nextitem else "")
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, Any]:
        """A fixture that gets no answer fails for every test that needs it, with the same words."""
        function = getattr(fixturedef.func, "__func__", fixturedef.func)
        if not hasattr(function, "grader_answers"):
            answering = _answering(function)
            bound = function is not fixturedef.func
            fixturedef.func = MethodType(answering, fixturedef.func.__self__) if bound else answering
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Generator[None, Any, Any]:
        """In time, as the two others."""
        with self._in_time():
            return (yield)

    pytest_runtest_teardown = pytest_runtest_setup

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """A test that names what the hand-in lacks is not run."""
        __tracebackhide__ = True
        with self._in_time():
            self._resolve(item)
            return (yield)

    def _resolve(self, item: pytest.Item) -> None:
        """Put what was missing in its place, if it is there by now.

        Raises:
            NoAnswer: it is not.
        """
        __tracebackhide__ = True
        fixtures = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
        values = [
            getattr(item, "obj", None),
            *getattr(getattr(item, "callspec", None), "params", {}).values(),
        ]
        values += [fixture.func for all_of_name in fixtures.values() for fixture in all_of_name]
        for place, name, value in absent(values, getattr(item, "cls", None)):
            try:
                found = self.hand_in.again(value)
            except AttributeError as error:
                raise NoAnswer(str(error)) from None
            if place is not None:
                place[name] = found

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
        if unshown is not None:
            report = _unshown(item, call, f"{_kind(unshown)}: {_text(error)}")
        place = getattr(error, "place", "")
        said = "Unexpected success" if error is None else _explained(error)
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

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """A time for what runs inside, also for what a hand-in makes a test compute.

        Python code is interrupted, and its test fails; where C code does not let go, the process ends.
        """
        over = [False]

        def interrupt(*_: object) -> None:
            if not over[0]:
                self.hand_in.remote.refuse(f"this was ended: it took more than {self._seconds:g} s")

        faulthandler.dump_traceback_later(self._seconds + GRACE, exit=True, file=sys.__stderr__ or sys.stderr)
        try:
            with _alarm(self._seconds, interrupt):
                yield
        finally:
            over[0] = True
            faulthandler.cancel_dump_traceback_later()

    def _run(self, label: str) -> Run:
        """What the reports of one run come to."""
        failures = [said for report in self._reports if (said := self._failure(report))]
        called = [report for report in self._reports if report.when == "call"]
        printed = "".join(map(_printed, called or self._reports[:1]))
        said = "\n".join(failures) + "\n" if failures else ""
        return Run(not failures and bool(called), said, printed, label)

    def _failure(self, report: Any) -> str:
        """Why a test's setup, call, subtest or teardown loses its points; "" if it does not."""
        subtest = _subtest(report)
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

    def _write(self, running: str = "") -> None:
        """The file as it is to stand if this process ends in what is now running."""
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
        try:
            atomic.write(self._out, to_json(results(rows, data)).encode())
        except Fault as fault:
            pytest.exit(f"grader: {fault}", returncode=OUR_FAULT)


def _lost(file: Path, only: str = "") -> list[Planned]:
    """What a file's text tells of its tests."""
    try:
        return lost(file.read_text(encoding="utf-8", errors="replace"), file.stem, only)
    except OSError:
        return []


@contextmanager
def _alarm(seconds: float, interrupt: Callable[..., None]) -> Iterator[None]:
    """Call it after so many seconds; on Windows and outside of the main thread there is no alarm."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _answering(fixture: Callable[..., Any]) -> Callable[..., Any]:
    """The fixture, whose NoAnswer is a failure that pytest remembers."""

    @wraps(fixture)
    def generator(*arguments: Any, **named: Any) -> Iterator[Any]:
        with _failing():
            yield from fixture(*arguments, **named)

    @wraps(fixture)
    def function(*arguments: Any, **named: Any) -> Any:
        with _failing():
            return fixture(*arguments, **named)

    answering = generator if isgeneratorfunction(fixture) else function
    vars(answering)["grader_answers"] = True
    return answering


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except NoAnswer as error:
        pytest.fail(str(error), pytrace=False)


def _unshown(item: pytest.Item, call: Any, said: str) -> pytest.TestReport:
    """The report of a test of which none could be made."""
    return pytest.TestReport(
        item.nodeid, item.location, {}, "failed", said, call.when, duration=call.duration
    )


def _key(item: pytest.Item) -> str:
    """One row for a function, whatever its parameters."""
    owner = item.parent.nodeid if item.parent else ""
    return f"{owner}::{getattr(item, 'originalname', None) or item.name}"


def _function(item: pytest.Item) -> Any:
    """The decorated function of a test."""
    owner = getattr(item, "cls", None)
    name = getattr(item, "originalname", None) or item.name
    return getattr(owner, name, None) if owner else getattr(item, "function", None)


def _name(item: pytest.Item) -> str:
    """The docstring's first line or the test's own name; of a unittest's what unittest says."""
    owner, module = getattr(item, "cls", None), getattr(getattr(item, "module", None), "__name__", "")
    name = getattr(item, "originalname", None) or item.name
    unittest = sys.modules.get("unittest")
    if owner and unittest and issubclass(owner, unittest.TestCase):
        case = owner(item.name)
        return str(case.shortDescription() or case)
    doc = (getattr(_function(item), "__doc__", None) or "").strip()
    return doc.splitlines()[0].strip() if doc else title(name, module, owner.__name__ if owner else "")


def _printed(report: Any) -> str:
    """What was captured in that phase, as gradescope-utils' runner joins it."""
    sections = dict.fromkeys(("stdout", "stderr"), "")
    for heading, text in report.sections:
        for stream in sections:
            if heading == f"Captured {stream} {report.when}":
                sections[stream] += text
    out, err = sections["stdout"], sections["stderr"]
    return f"{out}\n{err}" if err and not out.endswith("\n") else out + err


def _subtest(report: Any) -> str:
    """Which subtest a report is of: `[message] (i=3): `."""
    context = getattr(report, "context", None)
    if context is None:
        return ""
    message = [f"[{_text(context.msg)}]"] if context.msg is not None else []
    parameters = ", ".join(f"{name}={_text(value)}" for name, value in context.kwargs.items())
    parts = [*message, *([f"({parameters})"] if parameters else [])]
    return f"{' '.join(parts) or '(a subtest)'}: "


def _explained(error: BaseException) -> str:
    """What an exception says; of a parameter that is none of pytest's which it is, and whose fault."""
    lookup = isinstance(error, pytest.FixtureLookupError)
    missing = getattr(error, "argname", None) if lookup else None
    return f"there is no fixture {missing!r}\n{STAFFS_FAULT}." if missing else _text(error)


def _blamed(error: BaseException) -> str:
    """Whose fault it is that a test is not loaded, if that is certain: what a hand-in raises has a place."""
    if hasattr(error, "place") or not isinstance(error, (SyntaxError, ImportError)):
        return ""
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    unless = f", unless {name}.py is a file that you were to hand in" if name and name.isidentifier() else ""
    return f"{STAFFS_FAULT}{unless}.\n"


def _text(error: object) -> str:
    """What an exception, or another object, says, whatever its `__str__` does."""
    try:
        return str(error)
    except NoAnswer as none:
        return str(none)
    except Exception:
        return f"{_kind(error)}, whose message cannot be shown"


def _kind(error: object) -> str:
    return type(error).__name__
