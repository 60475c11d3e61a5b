"""Options, names and forms of a hand-in, and what pytest is refused in one sentence."""

import json
import subprocess
import sys
import zipfile

import pytest
from suites import started

PASSES = "from hw2 import f\ndef test_f(submission): assert f(2) == submission.f(2) == 4\n"
RIGHT = "def f(x): return 2 * x\n"
WRONG = "def f(x): return 7\n"


def test_without_a_hand_in_nothing_heavy_is_loaded():
    code = (
        "import sys, grader.pytest_plugin\n"
        "heavy = {'numpy', 'pydantic', 'grader.suite', 'grader.suite.begin', 'grader.faults'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_a_hand_in_the_fixture_says_what_is_missing(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_f(submission): pass")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", tmp_path], capture_output=True, text=True, check=False
    )
    assert "this test needs a hand-in: give pytest --submission PATH" in done.stdout
    assert "AttributeError" not in done.stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "--results says where the rows of a hand-in go: give --submission PATH too"),
        (["--submission", "nowhere.py"], "there is no hand-in "),
        (["--submission", "hw2.py", "--seconds", "0"], "--seconds 0: a number of seconds is asked"),
        (["--submission", "hw2.py", "--seconds", "inf"], "--seconds inf: a number of seconds is asked"),
        (["--submission", "hw2.py", "--seconds", "nan"], "--seconds nan: a number of seconds is asked"),
        (["--submission", "hw2.py", "-n", "2"], "leave out --numprocesses"),
        (["--submission", "hw2.py", "--dist=load", "--tx=2*popen"], "leave out --numprocesses"),
        (
            ["--submission", "hw2.py", "--results=nowhere/out.json"],
            "out.json cannot be written: No such file",
        ),
        (["--submission", "course"], "lie in the hand-in"),
        (["--submission", "named/json.py"], "json.py is the hand-in, and "),
        (["--submission", "hw2.py", "-p", "weak"], "nothing was graded: student code is not walled off here"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_what_cannot_be_is_refused_in_one_sentence(options, says, tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(PASSES)
    (tmp_path / "hw2.py").write_text(RIGHT)
    (tmp_path / "named").mkdir()
    (tmp_path / "named" / "json.py").write_text(RIGHT)
    (tmp_path / "weak.py").write_text(WEAK)
    ran = started(tmp_path, *options)
    assert ran.code == 4
    assert says in ran.said
    assert "Traceback" not in ran.said
    assert not ran.text


WEAK = """
from contextlib import contextmanager
from grader.sandbox import jail
from grader.sandbox.spawner import Spawner
@contextmanager
def started():
    spawner = Spawner()
    yield spawner
    spawner.close()
jail.started = started
"""


def test_less_than_a_wall_is_accepted_where_that_was_typed(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(PASSES)
    (tmp_path / "hw2.py").write_text(RIGHT)
    (tmp_path / "weak.py").write_text(WEAK)
    ran = started(tmp_path, "--submission", "hw2.py", "-p", "weak", "--isolation", "process")
    assert ran.code == 0
    assert "accepted with --isolation=process" in ran.results.extra_data["tests_isolation"]


UNSTARTED = WEAK.replace("    yield", "    sys.executable = '/nowhere'\n    yield").replace(
    "from contextlib", "import sys\nfrom contextlib"
)


def test_a_fault_of_ours_ends_the_run_and_stands_in_the_file(tmp_path):
    tests = (
        "import hw2, pytest\ndef test_a(): pass\ndef test_b():\n"
        "    with pytest.raises(BaseException): hw2.die()\n    hw2.f(1)\ndef test_c(): pass\n"
    )
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(tests)
    (tmp_path / "hw2.py").write_text("import os\ndef die(): os._exit(1)\n" + RIGHT)
    (tmp_path / "weak.py").write_text(UNSTARTED)
    ran = started(tmp_path, "--submission", "hw2.py", "-p", "weak", "--isolation", "process")
    assert ran.code == 3
    assert "the student's process did not start" in ran.results.extra_data["fault"]
    assert [row["status"] for row in ran.rows.values()] == ["passed", "failed", "failed"]
    assert "was not run" in ran.rows["test_b (test_it)"]["output"]


def test_a_file_of_results_that_cannot_be_written_is_one_sentence(run):
    ran = run(RIGHT, PASSES, "--results", "nowhere/x.json")
    assert (ran.code, len(ran.said.strip().splitlines())) == (4, 1), ran.said
    assert "nowhere/x.json cannot be written: No such file or directory" in ran.said


@pytest.mark.parametrize("when", ["test", "collection", "end"])
def test_a_file_of_results_that_can_no_longer_be_written_is_one_sentence(when, run):
    loses = "    shutil.rmtree('out')\n"
    tests = {
        "test": f"import shutil\ndef test_a():\n{loses}def test_b(): pass\n",
        "collection": f"import shutil\nif True:\n{loses}def test_a(): pass\n",
        "end": "def test_a(): pass\n",
    }[when]
    ends = f"import shutil, pytest\n@pytest.hookimpl(tryfirst=True)\ndef pytest_sessionfinish():\n{loses}"
    making = "import os\nos.makedirs('out', exist_ok=True)\n"
    beside = {"conftest.py": ends if when == "end" else ""}
    ran = run(
        RIGHT, tests, "-p", "making", "--results", "out/x.json", beside={**beside, "../making.py": making}
    )
    assert (ran.code, ran.said.count("cannot be written")) == (3, 1), ran.said
    assert "Traceback" not in ran.said and "INTERNALERROR" not in ran.said


def test_time_is_limited_as_a_whole(run):
    tests = "from hw2 import f\ndef test_a(): f(1)\ndef test_b(): f(1)\n"
    ran = run("def f(x):\n    while True: pass\n", tests, "--seconds", "0.3")
    outputs = [row["output"] for row in ran.rows.values()]
    assert len(outputs) == 2 and all("the time for the whole hand-in was used up" in each for each in outputs)


SETTINGS = 'title = "T"\nfile = "hw2"\npoints = 1\ntopics = ["t"]\n'


def test_the_hand_ins_module_is_taken_and_no_sample_solution(run):
    beside = {"hw2.py": WRONG, "conftest.py": "import hw2\nfrom hw2 import f\nassert f(1) == 2\n"}
    ran = run(RIGHT, PASSES, name="my file (1).py", beside=beside, assignment=SETTINGS)
    assert ran.code == 0, ran.said


def test_a_sample_solution_is_no_hand_in_where_nothing_says_so(run):
    ran = run(RIGHT, PASSES, beside={"hw2.py": WRONG})
    assert ran.code == 4
    assert "is a module of that name that tests could import" in ran.said


def test_the_hand_in_itself_may_lie_beside_the_tests(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(PASSES)
    (tmp_path / "course" / "hw2.py").write_text(
        "import os\n" + RIGHT + f"PID = os.getpid()\nassert {RIGHT!r}\n"
    )
    ran = started(tmp_path, "--submission", "course/hw2.py")
    assert ran.code == 0, ran.said


FOLDER = {
    "hw2.py": "from helper import twice\ndef f(x): return twice(x)\n",
    "helper.py": "def twice(x): return 2 * x\n",
    "reference.py": "def f(x): return 7\n",
    "conftest.py": "raise SystemExit('a conftest of the hand-in was executed')\n",
    "test_free.py": "def test_free(): pass\n",
    "numpy.py": "raise SystemExit('a module of the hand-in was executed')\n",
}
FOLDER_TESTS = (
    "import helper, hw2, numpy\nfrom reference import f\n"
    "def test_f(): assert hw2.f(2) == f(2) == helper.twice(2) and numpy.pi > 3\n"
)


@pytest.mark.parametrize("form", ["folder", "zip", "notebook"])
def test_every_form_of_a_hand_in_is_read(form, tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(PASSES if form == "notebook" else FOLDER_TESTS)
    (tmp_path / "course" / "reference.py").write_text(RIGHT)
    (tmp_path / "course" / "assignment.toml").write_text(SETTINGS) if form == "zip" else None
    if form == "folder":
        (tmp_path / "in").mkdir()
        for name, text in FOLDER.items():
            (tmp_path / "in" / name).write_text(text)
    elif form == "zip":
        with zipfile.ZipFile(tmp_path / "in", "w") as archive:
            for name, text in FOLDER.items():
                archive.writestr(name, text)
        (tmp_path / "in").rename(tmp_path / "in.zip")
    else:
        cell = {"cell_type": "code", "source": RIGHT, "metadata": {}, "outputs": []}
        (tmp_path / "hw2.ipynb").write_text(json.dumps({"cells": [cell], "nbformat": 4, "metadata": {}}))
    (path,) = [path for path in tmp_path.iterdir() if path.name != "course"]
    ran = started(tmp_path, "--submission", path)
    assert ran.code == 0, ran.said
    assert list(ran.rows) == ["test_f (test_it)"]


def test_no_test_of_the_hand_in_is_collected(tmp_path):
    (tmp_path / "course" / "in").mkdir(parents=True)
    (tmp_path / "course" / "test_it.py").write_text(PASSES)
    for name in ("test_free.py", "conftest.py"):
        (tmp_path / "course" / "in" / name).write_text(FOLDER[name])
    (tmp_path / "course" / "in" / "hw2.py").write_text(RIGHT)
    ran = started(tmp_path, "--submission", "course/in")
    assert ran.code == 0, ran.said
    assert list(ran.rows) == ["test_f (test_it)"]


def test_no_run_starts_in_the_hand_in(tmp_path):
    """Python's own imports would find modules there."""
    (tmp_path / "course").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "numpy.py").write_text(FOLDER["numpy.py"])
    ran = started(tmp_path / "in", "--submission", ".", tests="../course")
    assert ran.code == 4
    assert "Python looks for modules in the hand-in" in ran.said


SETTINGS_OF_A_HAND_IN = {
    "pytest.ini": "[pytest]\npythonpath = .\naddopts = --isolation=process\n",
    "tox.ini": "[pytest]\npythonpath = .\n",
    "setup.cfg": "[tool:pytest]\npythonpath = .\n",
    "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['.']\n",
    "setup.py": "",
    "conftest.py": "raise SystemExit('executed')\n",
}


@pytest.mark.parametrize("joined", [False, True], ids=["apart", "joined"])
@pytest.mark.parametrize("handed_in", ["in", "in/hw2.py", "in/deep/hw2.py"])
@pytest.mark.parametrize("name", SETTINGS_OF_A_HAND_IN)
def test_a_hand_in_configures_nothing(name, handed_in, joined, tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(PASSES)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for file in ("hw2.py", "deep/hw2.py"):
        (tmp_path / "in" / file).write_text(RIGHT)
    (tmp_path / "in" / name).write_text(SETTINGS_OF_A_HAND_IN[name])
    for module in ("pydantic", "numpy"):
        (tmp_path / "in" / f"{module}.py").write_text("raise SystemExit('executed')\n")
    options = [f"--submission={handed_in}"] if joined else ["--submission", handed_in]
    ran = started(tmp_path, *options)
    assert "executed" not in ran.said
    refused = ran.code == 4 and "and that may be the hand-in's: write --submission=" in ran.said
    assert ran.code == 0 if joined else ran.code == 0 or refused, ran.said
    if ran.code == 0:
        assert "isolation" in ran.text and "process" not in ran.results.extra_data["tests_isolation"]


def test_settings_beside_the_tests_are_the_operators(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = mine: a marker\n")
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(PASSES)
    (tmp_path / "hw2.py").write_text(RIGHT)
    assert started(tmp_path, "--submission", "hw2.py").code == 0


def test_a_hand_in_without_source_costs_points_and_no_row(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(PASSES)
    (tmp_path / "in").mkdir()
    ran = started(tmp_path, "--submission", "in")
    assert "there is nothing to test: " in ran.rows["test_f (test_it)"]["output"]


@pytest.mark.parametrize("caught", [False, True])
def test_a_hook_that_the_hand_in_lets_fail_costs_the_tests_and_not_the_score(run, caught):
    asks = "try:\n        hw2.table()\n    except BaseException: del items[1]" if caught else "hw2.table()"
    beside = {"conftest.py": f"import hw2\ndef pytest_collection_modifyitems(items):\n    {asks}\n"}
    hand_in = "import os\ndef table(): os._exit(0)\n" if caught else "def table(): raise ValueError('no')\n"
    ran = run(hand_in, "def test_a(): pass\ndef test_b(): pass\n", beside=beside)
    assert [row["status"] for row in ran.rows.values()] == ["failed", "failed"]
    assert all("the tests could not be put in order: " in row["output"] for row in ran.rows.values())


def test_a_hook_of_the_tests_that_fails_by_itself_is_ours(run):
    beside = {"conftest.py": "def pytest_collection_modifyitems(items): 1 / 0\n"}
    assert run(RIGHT, "def test_a(): pass\n", beside=beside).code == 3


def test_a_conftest_that_the_hand_in_lets_fail_costs_its_tests_and_not_the_run(run):
    beside = {"conftest.py": "import hw2\nX = hw2.table()\n", "deep/test_deep.py": "def test_deep(): pass\n"}
    ran = run("def table(): return 1 / 0\n" + RIGHT, PASSES, beside=beside)
    assert ran.code in (1, 2), ran.said
    assert sorted(name.split(" ")[0] for name in ran.rows) == ["test_deep", "test_f"]
    for row in ran.rows.values():
        assert "could not be loaded: ZeroDivisionError: division by zero" in row["output"]
        assert "course staff" not in row["output"]


SHARED = """
import unittest
import hw2

class TestIt(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.value = hw2.f(1)

    def test_one(self): pass
    def test_two(self): pass
    def test_three(self): pass
"""


def test_a_fixture_without_an_answer_says_so_in_every_row(run):
    ran = run("import os\ndef f(x): os._exit(3)\n", SHARED)
    outputs = [row["output"] for row in ran.rows.values()]
    assert len(outputs) == 3
    assert all("the process ended" in output or "exit code 3" in output for output in outputs), outputs


def test_the_settings_of_the_folder_where_pytest_starts_are_none_of_the_tests(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "course").mkdir()
    (tmp_path / "elsewhere" / "course" / "test_it.py").write_text(PASSES)
    (tmp_path / "elsewhere" / "hw2.py").write_text(RIGHT)
    here = tmp_path / "here"
    here.mkdir()
    lines = 'title = "x"\nfile = "other"\npoints = 1\ntopics = ["t"]\n'
    (here / "assignment.toml").write_text(lines)
    ran = started(here, "--submission", "../elsewhere/hw2.py", tests="../elsewhere/course")
    assert ran.code == 0, ran.said


@pytest.mark.parametrize("handed_in", ["sub", "sub/hw2.py", "sub/deep"])
def test_tests_may_name_the_folder_of_the_hand_in(handed_in, tmp_path):
    """As suites do that know where the hand-in lies; it is imported from behind the wall all the same."""
    hand_in = tmp_path / handed_in / ("" if handed_in.endswith(".py") else "hw2.py")
    for file in (hand_in, tmp_path / "course" / "test_it.py"):
        file.parent.mkdir(parents=True, exist_ok=True)
    hand_in.write_text(f"import os\nPID = os.getpid()\n{RIGHT}")
    (tmp_path / "course" / "test_it.py").write_text(
        f"import os, sys\nsys.path.insert(0, {str(hand_in.parent)!r})\nfrom hw2 import PID, f\n"
        "def test_f(): assert f(2) == 4 and PID != os.getpid()\n"
    )
    ran = started(tmp_path, f"--submission={handed_in}")
    assert ran.code == 0, ran.said


def test_a_module_behind_the_hand_ins_folder_is_named_with_what_to_write(tmp_path):
    for folder in ("course", "lib", "sub"):
        (tmp_path / folder).mkdir()
    for folder in ("lib", "sub"):
        (tmp_path / folder / "hw2.py").write_text(WRONG)
    (tmp_path / "course" / "test_it.py").write_text(
        f"import sys\nsys.path[:0] = {[str(tmp_path / 'sub'), str(tmp_path / 'lib')]!r}\nfrom hw2 import f\n"
        "def test_f(): assert f(2) == 4\n"
    )
    (output,) = (row["output"] for row in started(tmp_path, "--submission=sub").rows.values())
    assert str(tmp_path / "lib" / "hw2.py") in output
    assert 'write file = "hw2" into assignment.toml' in output


@pytest.mark.parametrize("place", ["course/deep/reference.py", "lib/reference.py"])
def test_no_module_of_the_tests_is_the_hand_ins(place, tmp_path):
    for folder in ("course/deep", "lib", "in"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / place).write_text(RIGHT)
    (tmp_path / "course" / "conftest.py").write_text(
        f"import sys\nsys.path.insert(0, {str((tmp_path / place).parent)!r})\n"
    )
    (tmp_path / "course" / "test_it.py").write_text(
        "from reference import f\nimport hw2\ndef test_f(): assert hw2.f(2) == f(2)\n"
    )
    for name in ("hw2.py", "reference.py"):
        (tmp_path / "in" / name).write_text(WRONG)
    ran = started(tmp_path, "--submission=in")
    assert ran.code == 1
    assert {row["status"] for row in ran.rows.values()} == {"failed"}


def test_a_test_ends_in_time_whatever_the_hand_in_makes_it_compute(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(
        "import hw2\ndef test_a(): hw2.apply(slow, 1)\ndef test_b(): assert hw2.f(2) == 4\n"
        "def slow(n):\n    while True: pass\n"
        "def test_c(): hw2.apply(lambda n: sum(range(n)), 10**12)\ndef test_d(): pass\n"
    )
    (tmp_path / "hw2.py").write_text(RIGHT + "def apply(f, n): return f(n)\n")
    (tmp_path / "soon.py").write_text("import grader.suite.clock as s\ns.OWN_SECONDS, s.GRACE = -19, 1\n")
    ran = started(tmp_path, "--submission=hw2.py", "-p", "soon", "--seconds", "20")
    assert "this was ended: it took more than 1 s" in ran.rows["test_a (test_it)"]["output"]
    assert ran.rows["test_b (test_it)"]["status"] == "passed"
    assert [ran.rows[f"test_{x} (test_it)"]["status"] for x in "cd"] == ["failed", "failed"]


SOON = "import grader.suite.clock as s\ns.OWN_SECONDS, s.GRACE = -19, 1\n"


def in_time(tmp_path, tests, hand_in, *options):
    """Run where a test, and a file's collection, has one second."""
    for name, text in tests.items():
        (tmp_path / "course" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "course" / name).write_text(text)
    (tmp_path / "hw2.py").write_text(hand_in)
    (tmp_path / "soon.py").write_text(SOON)
    return started(tmp_path, "--submission=hw2.py", "-p", "soon", "--seconds", "20", *options)


COUNTS = "import hw2\nTOTAL = sum(1 for _ in range(hw2.N))\ndef test_a(): pass\n"


@pytest.mark.parametrize("name", ["test_it.py", "conftest.py"])
def test_collection_ends_in_time_and_costs_the_files_tests(name, tmp_path):
    ran = in_time(tmp_path, {"test_it.py": "def test_a(): pass\n", name: COUNTS}, "N = 10**12\n")
    assert "this was ended: it took more than 1 s" in ran.rows["test_a (test_it)"]["output"]
    assert ran.rows["test_a (test_it)"]["status"] == "failed"


def test_collection_that_does_not_let_go_leaves_every_row(tmp_path):
    weighted = (
        "from gradescope_utils.autograder_utils.decorators import weight\n@weight(3)\ndef test_b(): pass\n"
    )
    tests = {
        "test_it.py": "import hw2\nTOTAL = sum(range(hw2.N))\ndef test_a(): pass\n",
        "test_other.py": weighted,
    }
    ran = in_time(tmp_path, tests, "N = 10**12\n")
    assert ran.points() == {"test_a": (None, None), "test_b": (0, 3)}
    assert {row["status"] for row in ran.rows.values()} == {"failed"}
    assert ran.results.extra_data["tests_running"] == "the collection of the tests"


def test_no_row_is_foreseen_of_packages_or_of_what_lies_beside_the_hand_in(tmp_path):
    texts = {"test_it.py": "import os\nos._exit(1)\ndef test_a(): pass\n", "in/hw2.py": RIGHT}
    texts["pytest.ini"] = "[pytest]\npython_files = test*\n"
    others = ("venv/test_free.py", "in/test_free.py", "test_free.txt")
    for name, text in {**texts, **dict.fromkeys(others, FOLDER["test_free.py"])}.items():
        (tmp_path / "course" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "course" / name).write_text(text)
    assert list(started(tmp_path, "--submission=course/in/hw2.py").rows) == ["test_a (test_it)"]


def test_tests_that_are_not_there_are_pytests_to_refuse(tmp_path):
    (tmp_path / "hw2.py").write_text(RIGHT)
    ran = started(tmp_path, "--submission=hw2.py", tests="nowhere")
    assert (ran.code, "not found: nowhere" in ran.said, "Traceback" in ran.said) == (4, True, False)


def test_one_test_that_is_named_is_one_row_where_its_file_cannot_be_loaded(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(
        "import hw2\ntry: hw2.die()\nexcept: pass\ndef test_a(): pass\n"
    )
    (tmp_path / "course" / "test_other.py").write_text("def test_b(): pass\n")
    (tmp_path / "hw2.py").write_text("import os\ndef die(): os._exit(1)\n")
    ran = started(tmp_path, "--submission=hw2.py", tests="course/test_it.py::test_a")
    assert list(ran.rows) == ["test_a (test_it)"], ran.said
    assert "went on where the hand-in gave no answer" in ran.rows["test_a (test_it)"]["output"]


def test_a_test_in_which_the_process_ended_says_so(tmp_path):
    tests = "import os\ndef test_a(): pass\ndef test_b(): os._exit(1)\ndef test_c(): pass\n"
    ran = in_time(tmp_path, {"test_it.py": tests}, RIGHT)
    assert "the tests ended in this one: it took more than 1 s" in ran.rows["test_b (test_it)"]["output"]
    assert "was not run" in ran.rows["test_c (test_it)"]["output"]
    assert ran.results.extra_data["tests_running"] == "test_b (test_it)"


def test_a_loop_is_no_failure_that_was_expected(tmp_path):
    tests = (
        "import unittest, hw2\nclass TestIt(unittest.TestCase):\n    @unittest.expectedFailure\n"
        "    def test_a(self):\n        while hw2.f(1): pass\n"
    )
    ran = in_time(tmp_path, {"test_it.py": tests}, RIGHT)
    assert [row["status"] for row in ran.rows.values()] == ["failed"]


STUDENTS = {"conftest.py": "raise SystemExit('executed')\n", "test_evil.py": "def test_evil(): pass\n"}


@pytest.mark.parametrize("handed_in", ["subs/alice/hw2.py", "subs/alice"])
@pytest.mark.parametrize("typed", [".", "course", None])
def test_nothing_beside_a_hand_in_is_executed(handed_in, typed, tmp_path):
    for folder in ("subs/alice", "subs/bob"):
        (tmp_path / folder).mkdir(parents=True)
        for name, text in {**STUDENTS, "hw2.py": RIGHT}.items():
            (tmp_path / folder / name).write_text(text)
    for folder in ("course", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "course" / "test_it.py").write_text(PASSES)
    out = [f"--results={tmp_path / 'out.json'}", f"--submission={handed_in}"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *out, *([typed] if typed else [])]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "executed" not in done.stdout + done.stderr and "evil" not in done.stdout
    assert done.returncode == (0 if typed else 4), done.stdout + done.stderr
    if typed is None:
        assert "no tests are named: write their folder" in done.stderr


def test_without_a_path_the_assignments_tests_are_run(tmp_path):
    for folder in ("subs", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "assignment.toml").write_text(SETTINGS)
    (tmp_path / "tests" / "test_it.py").write_text(PASSES)
    for name, text in {**STUDENTS, "hw2.py": RIGHT}.items():
        (tmp_path / "subs" / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--submission=subs/hw2.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_no_hand_in_lies_where_pytest_looks_for_a_conftest(tmp_path):
    (tmp_path / "test_subs" / "alice").mkdir(parents=True)
    (tmp_path / "test_it.py").write_text(PASSES)
    (tmp_path / "test_subs" / "conftest.py").write_text(STUDENTS["conftest.py"])
    (tmp_path / "test_subs" / "alice" / "hw2.py").write_text(RIGHT)
    ran = started(tmp_path, "--submission=test_subs/alice/hw2.py", tests=".")
    assert (ran.code, "executed" in ran.said, "where tests are looked for" in ran.said) == (4, False, True)


RELOADS = """
import contextlib, importlib, io, sys
import hw2

def printed(load):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        load()
    return out.getvalue()

def test_reload():
    hw2.count()
    assert hw2.count() == 2
    assert printed(lambda: importlib.reload(hw2)) == "Hello\\n"
    assert hw2.count() == 1

def test_forgotten():
    del sys.modules["hw2"]
    assert printed(lambda: importlib.import_module("hw2")) == "Hello\\n"
    assert hw2.count() == 1

def test_nested():
    hw2.apply(lambda: importlib.reload(hw2))
"""


def test_a_reload_executes_the_hand_in_anew(run):
    hand_in = "print('Hello')\nN = []\ndef count():\n    N.append(1)\n    return len(N)\ndef apply(f): f()\n"
    ran = run(hand_in, RELOADS)
    assert [row["status"] for row in ran.rows.values()] == ["passed", "passed", "failed"], ran.said
    assert "cannot be loaded again while a call of it runs" in ran.rows["test_nested (test_it)"]["output"]


def test_an_import_in_a_test_prints_what_the_hand_in_prints(run):
    ran = run(
        "print('Hello')\n",
        "def test_a(capsys):\n    import hw2\n    assert capsys.readouterr().out == 'Hello\\n'\n",
    )
    assert ran.code == 0, ran.said


@pytest.mark.parametrize(
    ("settings", "code", "says"),
    [
        ('file = "hw2"\n', 0, ""),
        ("[limits]\ncall_seconds = 1\n", 0, ""),
        ('flie = "hw2"\n', 4, "there is no setting flie"),
    ],
)
def test_an_assignment_of_tests_alone_needs_no_more_than_a_name(settings, code, says, run):
    name = "other.py" if "file" in settings else "hw2.py"
    ran = run(RIGHT, PASSES, assignment=settings, name=name)
    assert (ran.code, says in ran.said) == (code, True), ran.said
