"""No file of a hand-in is executed in the tests' process, however a test reaches for it."""

import pytest
from suites import started

OWNS = "try: open({!r}, 'w').close()\nexcept OSError: pass\n"  # behind the wall it may not
RIGHT = "def f(x): return 2 * x\n"
BY_PATH = {
    "runpy": "runpy.run_path(FILE)",
    "a spec": "s = u.spec_from_file_location('x', FILE)\n    s.loader.exec_module(u.module_from_spec(s))",
    "a loader": "SourceFileLoader('x', FILE).load_module()",
    "its text": "exec(open(FILE).read())",
    "its text in other code": "exec('x = 1\\n' + open(FILE).read())",
    "compiled": "exec(compile(open(FILE).read(), FILE, 'exec'))",
    "a process": "subprocess.run([sys.executable, FILE], check=True)",
    "a shell": "subprocess.run(f'{sys.executable} {FILE}', shell=True, check=True)",
    "the system": "os.system(f'{sys.executable} {FILE}')",
    "a process there": "subprocess.run([sys.executable, 'hw2.py'], cwd=SUB, check=True)",
    "a process after chdir": "os.chdir(SUB)\n    subprocess.run([sys.executable, 'hw2.py'], check=True)",
    "all files there": "subprocess.run(f'for x in *; do {sys.executable} $x; done', shell=True, cwd=SUB)",
    "a relative path": "subprocess.run([sys.executable, os.path.relpath(FILE)], check=True)",
    "a module of a process": (
        "subprocess.run([sys.executable, '-c', 'import hw2'], env={'PYTHONPATH': SUB}, check=True)"
    ),
}


REACHES = """
import os, runpy, subprocess, sys, importlib.util as u
from importlib.machinery import SourceFileLoader
SUB, FILE = {!r}, {!r}
"""


@pytest.fixture
def handed_in(tmp_path):
    """Run a text of tests on files that are handed in; whether one was executed outside of the wall."""

    def ran(files, tests, submission="handed_in"):
        folder, owned = tmp_path / "handed_in", tmp_path / "owned"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(OWNS.format(str(owned)) + text)
        (tmp_path / "course").mkdir()
        reaches = REACHES.format(str(folder), str(folder / "hw2.py"))
        (tmp_path / "course" / "test_it.py").write_text(reaches + tests)
        return started(tmp_path, f"--submission={submission}"), owned.exists()

    return ran


@pytest.mark.parametrize("submission", ["handed_in", "handed_in/hw2.py"])
@pytest.mark.parametrize("how", BY_PATH)
def test_no_file_is_executed_by_its_path(handed_in, how, submission):
    tests = f"import hw2\ndef test_it():\n    {BY_PATH[how]}\ndef test_f(): assert hw2.f(2) == 4\n"
    ran, owned = handed_in({"hw2.py": RIGHT}, tests, submission)
    assert not owned
    assert [row["status"] for row in ran.rows.values()] == ["failed", "passed"], ran.text
    assert "the hand-in" in ran.rows["test_it (test_it)"]["output"]


@pytest.mark.parametrize("submission", ["handed_in", "handed_in/hw2.py"])
@pytest.mark.parametrize(
    "entry", ["sys.path.insert(0, SUB)", "sys.path.append(SUB)", "os.chdir(SUB); sys.path[0] = ''"]
)
def test_no_file_is_a_module_of_the_tests(handed_in, entry, submission):
    files = {"hw2.py": RIGHT, "timeit.py": "", "colorsys.py": "", "matplotlib.py": "RIGHT = 1\n"}
    tests = (
        f"{entry}\nfrom hw2 import f\nimport timeit, colorsys\n"
        "try: import matplotlib\nexcept ImportError: matplotlib = None\n"
        "def test_f(): assert f(2) == 4\n"
        "def test_others(): assert matplotlib is None and hasattr(timeit, 'Timer')\n"
    )
    ran, owned = handed_in(files, tests, submission)
    assert not owned
    assert [row["status"] for row in ran.rows.values()] == ["passed", "passed"], ran.text + ran.said


def test_a_compiled_file_is_none_either(handed_in):
    tests = (
        "import py_compile\nMADE = os.path.join(SUB, 'made.pyc')\n"
        "py_compile.compile(FILE, MADE, dfile='/x.py')\n"
        "def test_it():\n    from importlib.machinery import SourcelessFileLoader\n"
        "    SourcelessFileLoader('made', MADE).load_module()\n"
    )
    assert not handed_in({"hw2.py": RIGHT}, tests)[1]


def test_the_tests_own_modules_beside_a_file_that_is_handed_in_are_found(tmp_path):
    course = tmp_path / "course"
    course.mkdir()
    (course / "helper.py").write_text("def g(x): return 4\n")
    (course / "hw2.py").write_text(RIGHT)
    (course / "test_it.py").write_text("import hw2, helper\ndef test_f(): assert hw2.f(2) == helper.g(2)\n")
    ran = started(tmp_path, "--submission=course/hw2.py")
    assert [row["status"] for row in ran.rows.values()] == ["passed"], ran.said


def test_the_text_of_a_file_may_be_read(handed_in):
    tests = "import ast, hw2\ndef test_it(): assert ast.parse(open(FILE).read()).body and hw2.f(1) == 2\n"
    ran, _ = handed_in({"hw2.py": RIGHT}, tests)
    assert [row["status"] for row in ran.rows.values()] == ["passed"], ran.said
