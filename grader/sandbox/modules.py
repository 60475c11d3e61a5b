"""A hand-in's modules as a test imports them: never executed here, only stood for.

The main module is found before anything else, so that a file of its name beside the tests is not imported
in its place. Every other name was chosen by a student, so it is found last, and only for an import that a
file of the tests cannot do without: no hand-in takes the place of a module of the test's own, and no library
finds one that it would do without. While tests are collected a name that is missing is stood for, and costs
the tests that use it.
"""

from __future__ import annotations

import ast
import builtins
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.sandbox.caller import anticipated, importing, of_a_library, written
from grader.sandbox.handle import NoAnswer
from grader.sandbox.remote import Remote
from grader.sandbox.standin import Standin, doc, handle_of

COLLECTED = ("test", "Test", "pytest", "setup", "setUp", "teardown", "tearDown", "load_tests", "collect")
SAID = ("__version__", "__author__")  # names like Python's own that a hand-in gives itself


class Module(ModuleType):
    # Stands for one module of a hand-in.

    def __init__(self, name: str, hand_in: HandIn) -> None:
        super().__init__(name)
        self.__dict__["_grader_hand_in"] = hand_in
        self.__dict__["_grader_handle"] = hand_in.remote.module(name)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return doc(self)

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        hand_in: HandIn = self.__dict__["_grader_hand_in"]
        if name == "__all__":
            return hand_in.public(self.__name__, sys._getframe(1).f_globals)
        asked = name in SAID and not of_a_library(sys._getframe(1).f_code.co_filename)
        if name[:2] == name[-2:] == "__" and not asked:
            raise AttributeError(name)
        try:
            return hand_in.attribute(self.__name__, name)
        except AttributeError as error:
            if written(sys._getframe(1)):
                hand_in.remote.refuse(str(error))
            raise

    def __setattr__(self, name: str, value: Any) -> None:
        if name[:2] == name[-2:] == "__" or isinstance(value, Module):  # as importing does
            super().__setattr__(name, value)
        else:
            self._grader_hand_in.remote.replace(self._grader_handle, name, value)

    def __delattr__(self, name: str) -> None:
        self._grader_hand_in.remote.remove(self._grader_handle, name)


class HandIn:
    """The modules of one hand-in: the one that is asked for, and those that it brings along."""

    def __init__(self, remote: Remote) -> None:
        submission = remote.session.submission
        self.remote = remote
        self.main = Module(submission.main, self)
        self.collecting = True
        self.executed: set[str] = set()  # modules that the tests have imported
        self._modules = {name: Module(name, self) for name in _packages(submission.modules)}
        self._modules[submission.main] = self.main

    def module(self, name: str) -> Module | None:
        """The module of that name, if the hand-in has it."""
        return self._modules.get(name)

    def attribute(self, module: str, name: str) -> Any:
        """What `module.name` is.

        Raises:
            AttributeError: there is no such name; while tests are collected it is stood for instead.
        """
        __tracebackhide__ = True
        handle = self._modules[module].__dict__["_grader_handle"]
        if f"{module}.{name}" in self._modules:
            return sys.modules.get(f"{module}.{name}", self._modules[f"{module}.{name}"])
        before = len(self.remote.refusals)
        try:
            return self.remote.attribute(handle, name)
        except (Exception, NoAnswer) as error:
            if self.collecting:
                del self.remote.refusals[before:]  # whatever is done with what is absent is refused again
                return self.remote.absent(handle, name)
            if not isinstance(error, AttributeError):
                raise
            self.remote.unanswered += 1
        raise AttributeError(self.remote.missing(module, name))

    def again(self, absent: Standin) -> Any:
        """What was missing when the tests were collected, if it is there by now.

        Raises:
            AttributeError: it is not.
        """
        module, name = handle_of(absent).origin  # type: ignore[union-attr,misc]
        return self.attribute(module, name)

    def imported(self, module: str) -> None:
        """See that the student's process can import it.

        Raises:
            NoAnswer: it cannot.
        """
        __tracebackhide__ = True
        try:
            self.remote.ask("import", module)
        except Exception as error:
            self.remote.refuse(f"{module} cannot be imported: {type(error).__name__}: {error}")

    def whole(self) -> None:
        """See that all of the hand-in has been executed.

        Raises:
            NoAnswer: a part of it could not be.
        """
        for note in self.remote.session.notes:
            self.remote.refuse(f"{note.where}: {note.message}")

    def public(self, module: str, importing: dict[str, Any]) -> list[str]:
        """What `import *` brings: no name that the test has already, none of Python's or pytest's."""
        before = len(self.remote.refusals)
        try:
            names = self.remote.ask("public", self._modules[module].__dict__["_grader_handle"])
        except (Exception, NoAnswer):
            if not self.collecting:
                raise
            del self.remote.refusals[before:]
            return []
        taken = {*dir(builtins), *importing}
        return [
            name
            for name in (names if isinstance(names, tuple) else ())
            if isinstance(name, str) and name.isidentifier() and name not in taken
            if not name.startswith(("_", *COLLECTED))
        ]

    def test_ends(self) -> None:
        """Functions that a test has put into a module can no longer be called."""
        self.remote.test_ends()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds some of a hand-in's modules. The main one is found for everybody where its name is settled."""

    def __init__(
        self, hand_in: HandIn, *, main: bool, taken: Callable[[str], str] | None, own: Callable[[Path], bool]
    ) -> None:
        self._hand_in = hand_in
        self._main = main
        self._taken = taken
        self._own = own

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        module = self._hand_in.module(name)
        if module is None or (module is self._hand_in.main) is not self._main:
            return None
        if not (self._main and self._taken is None) and not self._needed():
            return None
        other = self._taken(name) if self._main and self._taken else ""
        if other:
            raise ImportError(
                f"{name} is a module of the hand-in and also {other}: "
                f'write file = "{name}" into assignment.toml if that is what students hand in',
                name=name,
            )
        spec = importlib.machinery.ModuleSpec(name, self)
        spec.submodule_search_locations = []  # else there would be no `import calculus.rules`
        return spec

    def _needed(self) -> bool:
        """Whether a file of the tests imports it, and nothing of theirs is ready to do without."""
        frames = importing(sys._getframe(2))
        files = [(Path(frame.f_code.co_filename), frame.f_lineno) for frame in frames]
        ours = [(file, line) for file, line in files if self._is_own(file)]
        if not ours or ours[0] != files[0]:
            return False
        return not any(anticipated(_tree(file), line) for file, line in ours)

    def _is_own(self, file: Path) -> bool:
        return file.exists() and not of_a_library(str(file)) and self._own(file)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._hand_in.module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing of it is executed here; there it is anew where the tests import it once more.

        A test that imports it learns whether that can be done there.
        """
        __tracebackhide__ = True
        again = module.__name__ in self._hand_in.executed
        self._hand_in.executed.add(module.__name__)
        if self._hand_in.collecting:
            return
        if again:
            self._hand_in.remote.begin_anew(module.__dict__["_grader_handle"])
        self._hand_in.imported(module.__name__)
        self._hand_in.remote.show(self._hand_in.remote.session.printed_last)


def _tree(file: Path) -> ast.AST:
    return ast.parse(file.read_bytes())


@contextmanager
def importable(
    hand_in: HandIn,
    taken: Callable[[str], str] | None = None,
    own: Callable[[Path], bool] = lambda _: True,
) -> Iterator[None]:
    """While this lasts, the hand-in's modules can be imported.

    Args:
        taken: where the tests have a module of that name, which the main one must not replace, else "". None
            where it is settled that they have not.
        own: whether a file is one of the tests'.
    """
    first, last = (_Finder(hand_in, main=main, taken=taken, own=own) for main in (True, False))
    sys.meta_path[:] = [first, *sys.meta_path, last]
    sys.modules.pop(hand_in.main.__name__, None)
    try:
        yield
    finally:
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder not in (first, last)]
        for name in [name for name, module in sys.modules.items() if isinstance(module, Module)]:
            del sys.modules[name]


def _packages(names: Iterable[str]) -> set[str]:
    """The names and the packages they lie in."""
    return {".".join(name.split(".")[: k + 1]) for name in names for k in range(name.count(".") + 1)}
