"""Where tests, hand-in and settings lie: what is the course's, what a student's, what neither's."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from grader.faults import Fault
from grader.pytest_plugin import _keep_its_settings_off, _told
from grader.suite.asked import of_the_tests
from grader.suite.items import literals
from grader.suite.sources import Sources, imports, keep_apart


@pytest.fixture
def sources(tmp_path):
    """A folder of tests, and a hand-in beside it."""
    (tmp_path / "course").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "hw2.py").write_text("x = 1\n")
    return Sources((tmp_path / "course",), tmp_path / "in" / "hw2.py")


def test_no_tests_lie_where_student_code_may_read(sources):
    with pytest.raises(Fault, match="which student code may read: move it elsewhere"):
        keep_apart(Sources((Path(pytest.__file__),), sources.hand_in))


def test_packages_below_the_tests_are_none_of_theirs(sources):
    packages = sources.tests[0] / "venv" / "lib" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "brought.py").write_text("import wanted\n")
    (sources.tests[0] / "test_it.py").write_text("import hw2\n")

    assert imports(sources) == (["hw2"], [])
    assert of_the_tests("brought", sources) == ""


def test_a_module_that_is_built_in_is_no_hand_ins(sources):
    assert of_the_tests("sys", sources) == "sys"


@pytest.mark.parametrize(("text", "taken"), [("x = 1\n", False), ("x = 2\n", True)])
def test_a_copy_of_the_hand_in_beside_the_tests_is_the_hand_in(text, taken, sources):
    beside = sources.tests[0] / "hw2.py"
    beside.write_text(text)
    assert of_the_tests("hw2", sources) == (str(beside) if taken else "")


def settings(folder, *, tests=("course/test_it.py",), ini=None, root=".", named=None, confcutdir=None):
    """What pytest knows when it has looked for its settings."""
    known = SimpleNamespace(file_or_dir=list(tests), inifilename=named, confcutdir=confcutdir)
    return SimpleNamespace(
        invocation_params=SimpleNamespace(dir=folder / "here"),
        known_args_namespace=known,
        inipath=folder / ini if ini else None,
        rootpath=folder / root,
    )


@pytest.fixture
def places(tmp_path):
    for name in ("here", "course", "in", "else"):
        (tmp_path / name).mkdir()
    (tmp_path / "course" / "test_it.py").write_text("")
    (tmp_path / "in" / "hw2.py").write_text("")
    return tmp_path


OURS = {
    "nothing": {},
    "above": {"ini": "pytest.ini"},
    "where pytest was started": {"ini": "here/pytest.ini", "root": "here"},
    "beside the tests": {"ini": "course/pytest.ini", "root": "course"},
    "of one test": {"tests": ["../course/test_it.py::test_a"], "root": "course"},
    "named": {"ini": "else/mine.ini", "root": "else", "named": "../else/mine.ini"},
}
THEIRS = {
    "a file": {"ini": "in/pytest.ini"},
    "a folder": {"root": "in"},
    "where a conftest is looked for": {"confcutdir": "../in"},
    "the hand-in itself as tests": {"tests": ["../in/hw2.py"], "root": "in"},
    "what is not there as tests": {"tests": ["../in/nothing"], "root": "in"},
}


@pytest.mark.parametrize("known", OURS)
def test_settings_above_the_tests_or_named_are_the_operators(known, places):
    values = {"tests": ["../course/test_it.py"], **OURS[known]}
    _keep_its_settings_off(settings(places, **values), "../in/hw2.py")


@pytest.mark.parametrize("known", THEIRS)
def test_settings_above_the_hand_in_alone_are_not(known, places):
    values = {"tests": ["../course/test_it.py"], **THEIRS[known]}
    with pytest.raises(pytest.UsageError, match="that may be the hand-in's"):
        _keep_its_settings_off(settings(places, **values), "../in/hw2.py")


def test_settings_in_a_folder_that_is_handed_in_are_not_even_where_they_are_named(places):
    known = {"tests": ["../course"], "ini": "in/pytest.ini", "named": "../in/pytest.ini"}
    with pytest.raises(pytest.UsageError, match="that may be the hand-in's"):
        _keep_its_settings_off(settings(places, **known), "../in")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["tests"], None),
        (["--submission", "a.py", "tests"], "a.py"),
        (["--submission=a.py", "tests"], "a.py"),
        (["--submission=a.py", "--submission=b.py"], "b.py"),
        (["--submission"], ""),
    ],
)
def test_the_hand_in_is_known_before_pytest_reads_its_options(typed, expected):
    assert _told(typed) == expected


def test_a_condition_of_a_module_that_cannot_be_read_is_written_nowhere(tmp_path, monkeypatch):
    written, unreadable = (f"{number} + 1" for number in (11, 12))
    (tmp_path / "test_it.py").write_text(f"pytest.mark.skipif({written!r})\n")
    (tmp_path / "broken.py").write_text(f"{unreadable!r} (\n")
    for name in ("nowhere", "broken"):
        module = ModuleType(name)
        module.__file__ = str(tmp_path / f"{name}.py")
        monkeypatch.setitem(sys.modules, name, module)
    actual = literals(SimpleNamespace(path=tmp_path / "test_it.py"))

    assert written in actual
    assert unreadable not in actual
