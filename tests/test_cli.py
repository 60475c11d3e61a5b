"""The command line as people meet it: processes, their output and their exit codes."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from courses import edit, shipped

from grader import __version__

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "submissions_example"
GRADER = Path(sys.executable).with_name("grader")
NAMES = re.findall(
    r"^def ([a-z]\w+)", (EXAMPLES / "starter/hw2.py").read_text(encoding="utf-8"), re.MULTILINE
)
ISOLATION = "isolation: [\\w+]+\n"  # what staff are told of every run that graded


def run(*arguments: object, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """The installed command, in a folder, with an environment of its own."""
    return subprocess.run(
        [GRADER, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", **environment},
    )


def graded(*arguments: object, **options) -> dict:
    """The results of a run that prints them."""
    done = run("grade", *arguments, "--json", "-", **options)
    assert (done.returncode, bool(re.fullmatch(ISOLATION, done.stderr))) == (0, True)
    return json.loads(done.stdout)


@pytest.fixture
def hand_in(tmp_path):
    """A folder of its own with a file that answers two questions, one of them rightly."""
    (tmp_path / "hw2.py").write_text(
        "import numpy as np\n"
        "def curve_velocity(t): return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0])\n"
        "def curve_acceleration(t): return 0\n"
    )
    return tmp_path / "hw2.py"


def line_of(path: Path, part: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if part in line)


# ---- a table ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table():
    return run("grade", EXAMPLES / "wrong_signs_and_factors/hw2.py")


def test_grading_ends_with_exit_code_0_whatever_the_points(table):
    assert table.returncode == 0


def test_the_table_on_stdout_has_every_function(table):
    assert re.findall(r"^\d\.\d +(\w+)", table.stdout, re.MULTILINE) == NAMES


def test_the_table_on_stdout_ends_with_the_points(table):
    assert table.stdout.splitlines()[-1] == "27 of 100 points, 6 of 20 functions"


def test_nothing_is_on_stderr_but_how_student_code_was_walled_off(table):
    assert re.fullmatch(ISOLATION, table.stderr)


def test_output_to_a_pipe_has_no_escape_codes(table):
    assert "\x1b" not in table.stdout


def test_a_hand_in_without_source_is_graded_and_remarked(tmp_path):
    (tmp_path / "mine").mkdir()

    done = run("grade", tmp_path / "mine")

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == (
        "note: there is no hw2.py or hw2.ipynb in mine: it has no Python file or notebook"
    )


def test_the_current_folder_can_be_graded(hand_in):
    done = run("grade", ".", "--assignment", ROOT, "--only", "curve_velocity", cwd=hand_in.parent)

    assert done.stdout.splitlines()[0] == f"Matrix differentials: {hand_in.parent.name}"


@pytest.mark.parametrize("form", ["script", "notebook", "folder", "zip"])
def test_every_form_of_hand_in_is_graded(form, hand_in, tmp_path):
    source = hand_in.read_text()
    notebook = tmp_path / "hw2.ipynb"
    notebook.write_text(json.dumps({"cells": [{"cell_type": "code", "source": source}]}))
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("work/hw2.py", source)
    path = {"script": hand_in, "notebook": notebook, "folder": tmp_path, "zip": tmp_path / "x.zip"}[form]

    assert graded(path, "--only", "curve_velocity")["score"] == 3


def test_a_terminal_in_latin_1_gets_escapes_for_what_it_cannot_show(tmp_path):
    (tmp_path / "hw2.py").write_text("def curve_velocity(t): raise ValueError('é 🎉')", encoding="utf-8")

    done = subprocess.run(
        [GRADER, "grade", tmp_path / "hw2.py", "--only", "curve_velocity"],
        capture_output=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )

    assert (done.returncode, bool(re.fullmatch(ISOLATION, done.stderr.decode()))) == (0, True)
    assert "é \\U0001f389".encode("latin-1") in done.stdout


def test_a_reader_that_goes_away_meets_no_traceback(hand_in):
    with subprocess.Popen(
        [GRADER, "grade", hand_in, "--only", "grad_v"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""


@pytest.mark.parametrize("more", [[], ["--json", "-"]], ids=["table", "json"])
def test_a_full_disk_behind_stdout_is_one_sentence(hand_in, more):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [GRADER, "grade", hand_in, "--only", "grad_v", *more],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            cwd=ROOT,
        )

    assert (done.returncode, done.stderr) == (
        1,
        "grader: standard output cannot be written: No space left on device\n",
    )


def test_without_a_stdout_there_is_one_sentence(hand_in):
    done = subprocess.run(
        [GRADER, "grade", hand_in, "--only", "grad_v"],
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        preexec_fn=lambda: os.close(1),
    )

    assert (done.returncode, done.stderr.count("\n"), done.stderr[:8]) == (1, 1, "grader: ")


def test_without_a_stderr_the_table_is_printed(hand_in):
    done = subprocess.run(
        [GRADER, "grade", hand_in, "--only", "curve_velocity"],
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        preexec_fn=lambda: os.close(2),
    )

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "3 of 3 points, 1 of 1 functions")


@pytest.fixture
def terminal():
    """Both ends of a pseudo-terminal: ours to read from, theirs for a process."""
    ours, theirs = os.openpty()
    yield ours, theirs
    os.close(ours)


def test_progress_on_a_terminal_is_wiped_out_at_the_end(hand_in, terminal):
    ours, theirs = terminal
    subprocess.run(
        [GRADER, "grade", hand_in, "--only", "curve_velocity"],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        timeout=60,
        check=True,
        cwd=ROOT,
    )
    os.close(theirs)
    said = os.read(ours, 4096).decode()

    assert said.startswith("\r\x1b[K2.1 curve_velocity\r\x1b[K")
    assert "\r\x1b[Kisolation: " in said


def test_a_run_that_is_terminated_ends_the_students_process(tmp_path, terminal):
    ours, theirs = terminal
    (tmp_path / "hw2.py").write_text("def curve_velocity(t):\n    while True:\n        pass\n")
    with subprocess.Popen(
        [GRADER, "grade", tmp_path / "hw2.py", "--only", "curve_velocity"],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        cwd=ROOT,
    ) as process:
        os.close(theirs)
        said = b""
        while b"curve_velocity" not in said:
            said += os.read(ours, 4096)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.terminate()
        code = process.wait(60)

    assert (code, len(children)) == (128 + signal.SIGTERM, 1)
    assert not Path(f"/proc/{children[0]}").exists()


# ---- results.json -------------------------------------------------------------------------


def test_json_to_stdout_is_the_file_alone(hand_in):
    done = run("grade", hand_in, "--json", "-")

    assert json.loads(done.stdout)["score"] == 3
    assert (done.stdout[-2:], bool(re.fullmatch(ISOLATION, done.stderr))) == ("}\n", True)


def test_json_to_stdout_is_utf_8_on_a_terminal_in_latin_1(hand_in):
    results = graded(hand_in, "--only", "grad_v", PYTHONIOENCODING="latin-1")

    assert "⟨G, dv⟩" in results["tests"][0]["name"]


def test_json_to_stdout_is_alone_even_if_the_reference_prints(hand_in, tmp_path):
    course = shipped(tmp_path / "course")
    edit(course / "reference/curve.py", "import numpy as np", "import numpy as np; print('debugging')")

    done = run("grade", hand_in, "--json", "-", "--assignment", course, "--only", "curve_velocity")

    assert json.loads(done.stdout)["score"] == 3
    assert re.fullmatch(f"debugging\n{ISOLATION}", done.stderr)


def test_json_to_a_path_comes_beside_the_table(hand_in, tmp_path):
    done = run("grade", hand_in, "--json", tmp_path / "r.json")

    assert done.stdout.splitlines()[-1] == "3 of 100 points, 1 of 20 functions"
    assert re.fullmatch(f"wrote {tmp_path / 'r.json'}\n{ISOLATION}", done.stderr)
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["score"] == 3


def test_json_to_a_path_leaves_no_other_file(hand_in, tmp_path):
    run("grade", hand_in, "--json", tmp_path / "r.json", "--only", "grad_v")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["hw2.py", "r.json"]


def test_json_to_a_path_replaces_a_file_as_a_whole(hand_in, tmp_path):
    (tmp_path / "r.json").write_text("old")
    with (tmp_path / "r.json").open() as old:
        run("grade", hand_in, "--json", tmp_path / "r.json", "--only", "curve_velocity")

        assert old.read() == "old"  # whoever reads it meanwhile reads it to its end
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["score"] == 3


def test_json_to_a_pipe_goes_through_it_and_does_not_replace_it(hand_in, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with os.fdopen(os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)) as pipe:
        run("grade", hand_in, "--json", tmp_path / "pipe", "--only", "curve_velocity")

        assert json.load(pipe)["score"] == 3
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nowhere/r.json", "No such file or directory"),
        ("hw2.py/r.json", "Not a directory"),
        (".", "Is a directory"),
        ("folder", "Is a directory"),
        ("r" * 300, "File name too long"),
    ],
)
def test_a_path_that_cannot_be_written_is_one_sentence(hand_in, path, reason):
    (hand_in.parent / "folder").mkdir()

    done = run(
        "grade", "hw2.py", "--json", path, "--assignment", ROOT, "--only", "grad_v", cwd=hand_in.parent
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"grader: {path} cannot be written: {reason}\n",
    )


def test_a_full_disk_is_one_sentence_and_leaves_what_was_there(hand_in, tmp_path):
    (tmp_path / "r.json").write_text("old")

    done = subprocess.run(
        [GRADER, "grade", hand_in, "--json", tmp_path / "r.json", "--only", "curve_velocity"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
    )

    assert (done.returncode, done.stderr) == (
        1,
        f"grader: {tmp_path / 'r.json'} cannot be written: File too large\n",
    )
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "hw2.py": hand_in.read_text(),
        "r.json": "old",
    }


def test_an_existing_file_survives_a_run_that_fails(hand_in, tmp_path):
    course = shipped(tmp_path / "course")
    (course / "reference/seed.txt").unlink()
    (tmp_path / "r.json").write_text("old")

    done = run("grade", hand_in, "--json", tmp_path / "r.json", "--assignment", course)

    assert (done.returncode, (tmp_path / "r.json").read_text()) == (1, "old")


# ---- --only -------------------------------------------------------------------------------


def test_only_one_function_is_graded(hand_in):
    results = graded(hand_in, "--only", "curve_velocity")

    assert [(row["number"], row["score"]) for row in results["tests"]] == [("2.1", 3)]


def test_only_some_functions_are_graded_in_the_assignments_order(hand_in):
    results = graded(hand_in, "--only", "curve_acceleration", "--only", "grad_v", "--only", "grad_v")

    assert [row["number"] for row in results["tests"]] == ["1.1", "2.2"]


@pytest.fixture(scope="module")
def unknown():
    return run("grade", EXAMPLES / "empty", "--only", "grad_v", "--only", "grad_x")


def test_only_an_unknown_function_is_a_mistake_in_usage(unknown):
    assert (unknown.returncode, unknown.stdout) == (2, "")


def test_only_an_unknown_function_names_it_and_those_there_are(unknown):
    said = unknown.stderr.splitlines()[-1]

    assert said == f"Error: Invalid value for --only: there is no grad_x; there are {', '.join(NAMES)}"


# ---- --assignment -------------------------------------------------------------------------


def test_the_assignment_is_found_above_the_current_folder(hand_in):
    results = graded(hand_in, "--only", "curve_velocity", cwd=EXAMPLES / "empty")

    assert results["score"] == 3


def test_the_nearest_assignment_above_is_taken(hand_in, tmp_path):
    outer = shipped(tmp_path / "outer")
    inner = shipped(outer / "a/b")
    edit(inner / "assignment.toml", '"Matrix differentials"', '"The inner one"')
    (inner / "c").mkdir()

    done = run("grade", hand_in, "--only", "grad_v", cwd=inner / "c")

    assert done.stdout.splitlines()[0] == "The inner one: hw2.py"


def test_the_assignment_may_be_named(hand_in):
    results = graded(hand_in, "--assignment", ROOT, "--only", "curve_velocity", cwd=hand_in.parent)

    assert results["score"] == 3


def test_no_assignment_above_is_a_sentence_that_names_the_option(hand_in):
    done = run("grade", hand_in, cwd=hand_in.parent)

    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"grader: no assignment.toml in {hand_in.parent.resolve()} or above it: "
        "name the folder with --assignment DIR\n",
    )


def test_a_named_folder_without_assignment_is_a_sentence(hand_in):
    done = run("grade", hand_in, "--assignment", hand_in.parent)

    assert (done.returncode, done.stderr) == (1, f"grader: {hand_in.parent}/assignment.toml is missing\n")


def test_a_named_folder_that_is_not_there_is_a_mistake_in_usage(hand_in):
    done = run("grade", hand_in, "--assignment", hand_in.parent / "nowhere")

    assert (done.returncode, "does not exist" in done.stderr) == (2, True)


# ---- usage --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["grade"], "Missing argument 'FILE'"),
        (["grade", "nowhere.py"], "Path 'nowhere.py' does not exist"),
        (["grade", ".", "--jsn", "-"], "No such option"),
        (["grade", ".", "--json"], "requires an argument"),
        (["grade", ".", "--json", ""], "it needs a path, or - for stdout"),
        (["grade", "one.py", "two.py"], "does not exist"),
        (["grad"], "No such command 'grad'"),
    ],
)
def test_a_mistake_in_usage_says_what_it_is_with_exit_code_2(arguments, reason):
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr.splitlines()[-1]


def test_the_version_is_printed():
    assert run("--version").stdout == f"grader, version {__version__}\n"


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_lists_every_verb(option):
    done = run(option)

    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^  grade +Grade FILE", done.stdout, re.MULTILINE)


def test_help_shows_an_example_on_a_line_of_its_own():
    assert "\n  Example:\n    grader grade hw2.py\n" in run("--help").stdout


def test_help_for_grading_shows_examples_on_lines_of_their_own():
    lines = run("grade", "--help").stdout.splitlines()
    start = lines.index("  Example:")

    assert lines[start + 1 : start + 3] == [
        "    grader grade submissions_example/wrong_signs_and_factors/hw2.py",
        "    grader grade hw2.ipynb --json results.json",
    ]


def test_the_example_in_the_help_works():
    example = re.search(r"grader (grade \S+/hw2\.py)", run("grade", "--help").stdout)[1]

    assert run(*example.split(), "--only", "grad_v").returncode == 0


@pytest.mark.parametrize("arguments", [["--help"], ["grade", "--help"], ["--version"]])
def test_help_imports_neither_numpy_nor_pydantic_nor_rich(arguments):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", GRADER, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}

    assert "click" in imported
    assert imported & {"numpy", "pydantic", "rich"} == set()


def test_the_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "grader", "--version"], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == run("--version").stdout


# ---- a broken assignment ------------------------------------------------------------------

TOPICS = 'topics = ["network", "curve", "least_squares", "identification", "rules"]'


def edited(file: str, old: str, new: str, part: str | None, says: str):
    """An entry below: one edit of the file that is named."""
    return lambda course: edit(course / file, old, new), (file, part, says)


# what breaks it; the file that is named, what stands in the line if that is told, the key or name
BROKEN = {
    "a reference file is missing": (
        lambda course: (course / "reference/curve.py").unlink(),
        ("reference/curve.py", None, "is missing"),
    ),
    "a problem has no reference": edited(
        "reference/rules.py", "def d_trace_of_product", "def _d_trace", None, "d_trace_of_product"
    ),
    "a reference answers no problem": edited(
        "reference/rules.py", "MISTAKES", "def extra(A):\n    return A\n\n\nMISTAKES", "def extra", "extra"
    ),
    "a reference's parameters are in another order": edited(
        "reference/rules.py", "(A, B, dA, dB):", "(A, B, dB, dA):", "def d_trace_of_product", "(A, B, dA, dB)"
    ),
    "a reference returns a wrong shape": edited(
        "reference/least_squares.py",
        "    return A.T @ A\n",
        "    return A @ A.T\n",
        "def least_squares_hessian",
        "(n, n)",
    ),
    "a reference fails": edited(
        "reference/least_squares.py",
        "    return A.T @ A\n",
        "    return A.T @ a\n",
        "def least_squares_hessian",
        "name 'a' is not defined",
    ),
    "a reference fails with two lines": edited(
        "reference/curve.py",
        "def curve_velocity(t):\n",
        "def curve_velocity(t):\n    raise ValueError('a\\nb')\n",
        "def curve_velocity",
        "ValueError: a b",
    ),
    "a reference has a syntax error": edited(
        "reference/rules.py", "return np.trace(dA @ B) +", "return np.trace(dA @ B) +)", "+)", "SyntaxError"
    ),
    "a reference cannot be executed": edited(
        "reference/rules.py", "import numpy as np", "import numpyy as np", "import numpyy", "numpyy"
    ),
    "a mistake of no problem": edited(
        "reference/rules.py", '    "d_trace_of_product": {', '    "d_trace": {', None, "d_trace"
    ),
    "a topic file is missing": (
        lambda course: (course / "problems/curve.py").unlink(),
        ("problems/curve.py", None, "is missing"),
    ),
    "a topic has a syntax error": edited(
        "problems/rules.py", "return A.T @ A", "return A.T @", "return A.T @", "SyntaxError"
    ),
    "a topic uses an undefined name": edited(
        "problems/rules.py",
        "of=trace_of_product",
        "of=trace_of_products",
        "of=trace_of_products",
        "trace_of_products",
    ),
    "a shape cannot be read": edited(
        "problems/rules.py", 'B: Array["n m"]', 'B: Array["n m!"]', 'Array["n m!"]', "m!"
    ),
    "a public function has no shapes": edited(
        "problems/rules.py", 'B: Array["n m"]', "B", None, "parameter B"
    ),
    "a problem has no points": edited(
        "problems/rules.py", 'wrt="A", points=4', 'wrt="A"', 'wrt="A")', "points"
    ),
    "a setting is unknown": edited("assignment.toml", "file =", "subtitle = 'x'\nfile =", None, "subtitle"),
    "a limit is unknown": edited(
        "assignment.toml", "call_seconds", "cal_seconds", None, "limits.cal_seconds"
    ),
    "a setting is missing": edited("assignment.toml", "title =", "# title =", None, "title"),
    "a text stands for a number": edited(
        "assignment.toml", "points = 100", 'points = "100"', None, "points = '100'"
    ),
    "a number stands for a text": edited("assignment.toml", 'file = "hw2"', "file = 2", None, "file = 2"),
    "a text stands for a list": edited(
        "assignment.toml", TOPICS, 'topics = "curve"', None, "topics = 'curve'"
    ),
    "a limit is negative": edited(
        "assignment.toml", "call_seconds = 2", "call_seconds = -2", None, "limits.call_seconds"
    ),
    "the settings are no TOML": edited("assignment.toml", 'file = "hw2"', 'file = "hw2', None, "at line 4"),
    "the points do not sum up": edited("assignment.toml", "points = 100", "points = 99", None, "points = 99"),
    "the seed is missing": (
        lambda course: (course / "reference/seed.txt").unlink(),
        ("reference/seed.txt", None, "is missing"),
    ),
    "the seed is short": (
        lambda course: (course / "reference/seed.txt").write_text("d24d06252cc633a61a7c704f335c44\n"),
        ("reference/seed.txt", None, "32 hexadecimal digits"),
    ),
}


@pytest.fixture(scope="module", params=BROKEN)
def broken(request, tmp_path_factory):
    """What is expected of a broken assignment, and the run."""
    course = shipped(tmp_path_factory.mktemp("course"))
    break_it, expected = BROKEN[request.param]
    break_it(course)
    done = run("grade", EXAMPLES / "right_closed_form", "--json", "results.json", cwd=course)
    return course, expected, done


def test_a_broken_assignment_is_exit_code_1(broken):
    assert broken[2].returncode == 1


def test_a_broken_assignment_is_one_line_on_stderr_and_nothing_on_stdout(broken):
    done = broken[2]

    assert (done.stdout, done.stderr.count("\n"), done.stderr[:8]) == ("", 1, "grader: ")


def test_a_broken_assignment_writes_no_results(broken):
    assert list(broken[0].glob("*results*")) == []


def test_the_sentence_about_a_broken_assignment_names_the_file_and_the_line(broken):
    course, (file, part, _), done = broken
    path = course / file
    place = f"{path}, line {line_of(path, part)}:" if part and path.suffix == ".py" else f"{path}"

    assert place in done.stderr


def test_the_sentence_about_a_broken_assignment_names_what_is_wrong(broken):
    _, (_, _, name), done = broken

    assert name in done.stderr
