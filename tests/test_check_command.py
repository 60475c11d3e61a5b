"""`grader check` as a student meets it: processes, their output and their exit codes."""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "submissions_example"
GRADER = Path(sys.executable).with_name("grader")
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", "COLUMNS": "110"}
RIGHT = "def curve_velocity(t): return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0])\n"
WRONG = "def curve_velocity(t): return np.array([2 * np.sin(t), 4 * np.cos(t), 1.0])\n"


def check(*words, cwd=ROOT, python=(), **environment):
    command = [*python, GRADER, "check", *map(str, words)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        timeout=60,
        env=ENVIRONMENT | environment,
    )


def run_python(*arguments, cwd):
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT, check=False)


@pytest.fixture
def homework(tmp_path):
    """The folder that a student unpacks, with a file that has one right function."""
    shutil.copytree(ROOT / "problems", tmp_path / "problems", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "assignment.toml", tmp_path)
    (tmp_path / "hw2.py").write_text(f"import numpy as np\n{RIGHT}", encoding="utf-8")
    return tmp_path


def verdicts(text):
    """The verdicts by function."""
    return {
        m[1]: m[2].strip()
        for m in re.finditer(
            r"^\d\.\d\s+(\w+)\s+(right|wrong|missing|unreadable|unwritten|timed out|shape|type)", text, re.M
        )
    }


# ---- what it prints ------------------------------------------------------------------------------


def test_the_right_hand_in_is_right_and_nothing_of_the_reference_is_needed(homework):
    shutil.copy(EXAMPLES / "right_closed_form/hw2.py", homework)
    done = check(cwd=homework)

    assert (done.returncode, done.stderr) == (0, "")
    assert set(verdicts(done.stdout).values()) == {"right"}
    assert len(verdicts(done.stdout)) == 20
    assert (
        "20 of 20 functions are right, worth 100 of 100 points. Grading tries other inputs, too. "
        in done.stdout
    )


def test_the_starter_is_met_with_a_friendly_sentence(homework):
    shutil.copy(EXAMPLES / "starter/hw2.py", homework)
    done = check(cwd=homework)

    assert done.returncode == 0
    assert (
        "0 of 20 functions are right: none is written yet. Begin with grad_v: put a formula in" in done.stdout
    )


def test_the_exit_code_says_whether_it_could_be_checked_and_not_what_came_of_it(homework):
    (homework / "hw2.py").write_text(f"import numpy as np\n{WRONG}", encoding="utf-8")
    done = check("curve_velocity", cwd=homework)

    assert (done.returncode, verdicts(done.stdout)) == (0, {"curve_velocity": "wrong"})
    assert "curve_velocity is not right yet, worth 0 of 3 points." in done.stdout


@pytest.mark.parametrize("name", ["grad_W", "derivative_W", "curve_taylor", "least_squares_gradient"])
def test_what_is_shown_to_paste_computes_both_numbers(name, homework):
    shutil.copy(EXAMPLES / "wrong_lecture_slips/hw2.py", homework)
    done = check(name, cwd=homework)
    told = [float(n) for n in re.findall(r"(?:by|predicts|be|is)\s+(-?\d+\.\d+)(?=[ .\n])", done.stdout)]
    lines = done.stdout.partition("to paste into Python:\n")[2].rstrip().splitlines()
    code = "\n".join(f"_ = {line}\nprint(_)" if line[:3] in ("np.", "(lo", "(le") else line for line in lines)
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=homework
    )

    computed = [float(line) for line in run.stdout.split()]
    assert (len(told), len(computed)) == (2, 1 if name == "curve_taylor" else 2)
    for number in computed:
        assert any(number == pytest.approx(each, rel=5e-3) for each in told)


def test_every_named_function_has_its_input_and_of_all_the_first_has(homework):
    shutil.copy(EXAMPLES / "wrong_lecture_slips/hw2.py", homework)
    named, whole = check("grad_W", "curve_taylor", cwd=homework), check("hw2.py", cwd=homework)

    assert named.stdout.count("to paste into Python:") == 2
    assert whole.stdout.count("to paste into Python:") == 1
    assert "The next one's: grader check hw2.py grad_U_tilde\n" in whole.stdout


def test_an_endless_loop_costs_one_function(homework):
    loop = "def curve_acceleration(t):\n    while True: pass\n"
    (homework / "hw2.py").write_text(f"import numpy as np\n{loop}{RIGHT}", encoding="utf-8")
    done = check("curve_velocity", "curve_acceleration", cwd=homework)

    assert verdicts(done.stdout) == {"curve_velocity": "right", "curve_acceleration": "timed out"}


@pytest.mark.parametrize(("columns", "beside"), [(70, False), (80, False), (120, True)])
def test_on_a_narrow_terminal_a_long_sentence_goes_below_and_stays_in_its_row(columns, beside, homework):
    (homework / "hw2.py").write_text("def curve_velocity(t): return [1, 2]\n", encoding="utf-8")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in ENVIRONMENT.items() if name != "COLUMNS"} | {
        "NO_COLOR": "1"
    }
    command = [GRADER, "check", "curve_velocity", "curve_acceleration"]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, cwd=homework, env=environment):
        os.close(theirs)
        lines = re.sub(r"\x1b\[[0-9;]*m", "", until(ours, "Grading", 5)).splitlines()
    os.close(ours)
    (row,) = (place for place, line in enumerate(lines) if line.startswith("2.1"))

    assert max(map(len, lines)) <= columns
    assert ("it returns a list" in lines[row]) == beside
    assert beside or lines[row + 1].startswith("     On all 4 public cases it returns a list")


# ---- which file, which functions -----------------------------------------------------------------


def test_a_file_elsewhere_finds_the_homework_it_lies_in(homework, tmp_path_factory):
    done = check(homework / "hw2.py", "curve_velocity", cwd=tmp_path_factory.mktemp("elsewhere"))

    assert verdicts(done.stdout) == {"curve_velocity": "right"}


def test_the_notebook_is_checked_where_it_was_saved_last(homework):
    shutil.copy(EXAMPLES / "right_notebook/hw2.ipynb", homework)
    os.utime(homework / "hw2.py", (1, 1))
    done = check("curve_velocity", cwd=homework)

    assert verdicts(done.stdout) == {"curve_velocity": "right"}
    assert "note: this is hw2.ipynb; to check hw2.py, name it\n" in done.stdout


def test_a_folder_or_zip_can_be_named(homework):
    assert verdicts(check(".", "curve_velocity", cwd=homework).stdout) == {"curve_velocity": "right"}


FAULTS = {
    "a missing file": (
        ("hw3.py",),
        "there is no file hw3.py: go to its folder, or give its path, such as Downloads/hw3.py",
    ),
    "a misspelt function": (
        ("curve_velocty",),
        "there is no function curve_velocty in this homework: did you mean curve_velocity?",
    ),
    "another case": (("Grad_w",), "there is no function Grad_w in this homework: did you mean grad_W?"),
}


@pytest.mark.parametrize(("words", "says"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_sentence(words, says, homework):
    done = check(*words, cwd=homework)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"grader: {says}\n"


def test_no_file_at_all_is_one_sentence(homework):
    (homework / "hw2.py").unlink()
    done = check(cwd=homework)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"grader: there is no hw2.py or hw2.ipynb in {homework}: go to the folder that holds yours, or name "
        "it, such as `grader check Downloads/hw2.py`\n"
    )


def test_the_wrong_folder_is_one_sentence(tmp_path):
    done = check(cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr == (
        f"grader: there is no assignment.toml in {tmp_path} or above it: go to the homework's folder, the "
        "one with problems/ in it, or name it with --assignment DIR\n"
    )


def test_numpy_that_is_missing_is_one_sentence(homework):
    code = "import sys; sys.modules['numpy'] = None; from grader.cli import main; main(['check'])"
    done = run_python("-c", code, cwd=homework)

    assert done.returncode == 1
    assert done.stderr == (
        f"grader: numpy is not installed for {sys.executable}: run `{sys.executable} -m pip install numpy`\n"
    )


def test_an_old_python_is_one_sentence():
    code = "import sys; sys.version_info = (3, 8, 1); import grader"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == "grader needs Python 3.10 or newer, and this is 3.8: use a newer one\n"


@pytest.mark.parametrize(
    ("source", "verdict", "says"),
    [
        ("", "missing", "There is no function curve_velocity: define curve_velocity(t)."),
        ("def curve_velocity(t): pass", "type", "it returns None: a `return` may be missing"),
        (
            "def curve_velocity(t): return [1, 2, 3]",
            "type",
            "it returns a list; return a numpy array, such as",
        ),
        ("def curve_velocity(t): raise NotImplementedError", "unwritten", "Not written yet."),
        (
            "def curve_velocity(t) return 1",
            "unreadable",
            "It could not be read: hw2.py, line 1: SyntaxError: expected",
        ),
    ],
)
def test_first_steps_are_told_in_one_sentence(source, verdict, says, homework):
    (homework / "hw2.py").write_text(source, encoding="utf-8")
    done = check("curve_velocity", cwd=homework)

    assert verdicts(done.stdout) == {"curve_velocity": verdict}
    assert says in " ".join(done.stdout.split())


# ---- pictures ------------------------------------------------------------------------------------


def test_a_page_of_pictures_is_written(homework):
    (homework / "hw2.py").write_text(f"import numpy as np\n{WRONG}", encoding="utf-8")
    done = check("curve_velocity", "--plot", cwd=homework)

    page = (homework / "taylor.html").read_text(encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "wrote taylor.html\n")
    assert "<svg" in page
    assert "curve_velocity" in page
    assert "<script" not in page


def test_a_png_is_written(homework):
    done = check("curve_velocity", "--plot", "seen.png", cwd=homework)

    assert done.stderr == "wrote seen.png\n"
    assert (homework / "seen.png").read_bytes().startswith(b"\x89PNG")


def test_there_may_be_nothing_to_draw(homework):
    done = check("derivative_shape", "--plot", "seen.png", cwd=homework)

    assert done.returncode == 1
    assert done.stderr.startswith("grader: there is nothing to draw: a picture needs an answer of the right")


def test_another_kind_of_picture_is_a_usage_error(homework):
    done = check("--plot", "seen.gif", cwd=homework)

    assert done.returncode == 2
    assert "'seen.gif' ends in neither .html nor .png" in done.stderr


# ---- again on save -------------------------------------------------------------------------------


def until(descriptor, text, seconds=20):
    """What a terminal shows until that text."""
    shown, deadline = "", time.monotonic() + seconds
    while text not in shown and time.monotonic() < deadline:
        if select.select([descriptor], [], [], 0.1)[0]:
            try:
                shown += os.read(descriptor, 4096).decode()
            except OSError:  # how Linux says that the other end is closed
                break
    return shown


@contextmanager
def watching(homework, awaited="Ctrl-C ends it"):
    """A terminal on which the file is watched, and the process, once it says what is awaited."""
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [GRADER, "check", "curve_velocity", "--watch"],
        stdout=theirs,
        stderr=theirs,
        stdin=theirs,
        cwd=homework,
        env=ENVIRONMENT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - a background job ignores it
    )
    os.close(theirs)
    try:
        assert awaited in until(ours, awaited)
        time.sleep(0.3)  # the watcher has to be there
        yield ours, run
    finally:
        run.kill()
        run.wait()
        os.close(ours)


def test_it_checks_again_when_the_file_is_saved_and_ends_with_ctrl_c(homework):
    with watching(homework) as (terminal, run):
        for source, says in ((WRONG, "is not right yet"), ("def", "SyntaxError"), (RIGHT, "is right")):
            (homework / "hw2.py").write_text(f"import numpy as np\n{source}", encoding="utf-8")
            assert says in until(terminal, says)
            time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        assert run.wait(20) == 0


def test_a_file_that_is_gone_for_a_moment_ends_no_watch(homework):
    with watching(homework) as (terminal, _):
        (homework / "hw2.py").unlink()
        assert "cannot be read" in until(terminal, "cannot be read")
        time.sleep(0.3)
        (homework / "hw2.py").write_text(f"import numpy as np\n{RIGHT}", encoding="utf-8")
        assert "is right" in until(terminal, "is right")


def test_a_watcher_that_is_not_installed_is_one_sentence(homework):
    code = (
        "import sys; sys.modules['watchfiles'] = None\n"
        "from grader.cli import main; main(['check', '--watch'])"
    )
    done = run_python("-c", code, cwd=homework)

    assert done.returncode == 1
    assert f"grader: watchfiles is not installed for {sys.executable}: run" in done.stderr
    assert done.stdout == ""


# ---- the processes -------------------------------------------------------------------------------


def test_no_process_is_left(homework):
    (homework / "hw2.py").write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    with subprocess.Popen([GRADER, "check"], cwd=homework, env=ENVIRONMENT, start_new_session=True) as run:
        time.sleep(1)
        below = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        run.terminate()
        run.wait(20)
    assert below
    assert not any(Path(f"/proc/{pid}").exists() for pid in below)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_no_loop_goes_on_when_the_check_is_ended_or_its_terminal_closed(number, homework):
    (homework / "hw2.py").write_text("while True: pass\n", encoding="utf-8")
    with subprocess.Popen([GRADER, "check"], cwd=homework, env=ENVIRONMENT, start_new_session=True) as run:
        (below,) = until_busy(run.pid)
        run.send_signal(number)
        run.wait(20)
    deadline = time.monotonic() + 10
    while is_running(below) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(below)


def until_busy(pid):
    """The process's children, once the first has used four tenths of a second."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children and int(Path(f"/proc/{children[0]}/stat").read_text().rsplit(")", 1)[1].split()[11]) > 40:
            return children
        time.sleep(0.05)
    raise AssertionError("it has no child that is busy")


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("name", ["random", "numpy", "copy", "socket"])
def test_a_file_named_like_a_module_hides_nothing(name, homework):
    """`python -m` puts the folder first where modules are looked for; grading knows no such folder."""
    (homework / f"{name}.py").write_text("raise SystemExit('taken from the folder')", encoding="utf-8")
    done = run_python("-m", "grader", "check", "hw2.py", "curve_velocity", cwd=homework)

    assert (done.returncode, verdicts(done.stdout)) == (0, {"curve_velocity": "right"})


@pytest.mark.parametrize("command", [[GRADER], [sys.executable, "-m", "grader"]])
def test_the_public_functions_are_no_more_there_than_in_grading(command, homework):
    source = "from problems.curve import curve\nimport numpy as np\n" + RIGHT
    (homework / "hw2.py").write_text(source, encoding="utf-8")
    done = subprocess.run(
        [*command, "check", "curve_velocity"],
        capture_output=True,
        text=True,
        cwd=homework,
        env=ENVIRONMENT,
        check=True,
    )

    assert "note: hw2.py, line 1: ModuleNotFoundError: No module named 'problems'\n" in done.stdout


def test_a_folder_that_may_not_be_read_is_one_sentence(homework):
    done = check("x" * 300 + ".py", cwd=homework)

    assert (done.returncode, "File name too long" in done.stderr) == (1, True)
    assert "standard output" not in done.stderr


def test_numbers_and_topics_name_functions(homework):
    assert list(verdicts(check("2.1", cwd=homework).stdout)) == ["curve_velocity"]
    assert len(verdicts(check("hw2.py", "2", "5.1", cwd=homework).stdout)) == 4


def test_a_misspelt_definition_is_named(homework):
    (homework / "hw2.py").write_text("def curve_velocty(t): return t\n", encoding="utf-8")
    done = check("curve_velocity", cwd=homework)

    assert "note: hw2.py defines curve_velocty: did you mean curve_velocity?\n" in done.stdout


def test_a_function_of_the_homework_is_no_misspelt_other_one(homework):
    (homework / "hw2.py").write_text("def grad_U(v, U, y): return U\ndef curve_speed(t): return t\n")

    assert "did you mean" not in check("grad_W", "grad_v", cwd=homework).stdout
    assert "did you mean" not in check("grad_U", cwd=homework).stdout


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("hw2.py", "from hw2 import curve_velocity"),
        (
            "hw2 (1).py",
            "from runpy import run_path; curve_velocity = run_path('hw2 (1).py')['curve_velocity']",
        ),
        ("numpy.py", "from runpy import run_path; curve_velocity = run_path('numpy.py')['curve_velocity']"),
        ("elsewhere/hw2.py", "from runpy import run_path; curve_velocity = run_path('elsewhere/hw2.py')["),
    ],
)
def test_the_lines_to_paste_reach_the_file_that_was_checked(name, begins, homework):
    (homework / "hw2.py").unlink()
    (homework / "elsewhere").mkdir()
    (homework / name).write_text(f"import math as np\n{WRONG.replace('np.array', '')}", encoding="utf-8")
    done = check(name, "curve_velocity", "--assignment", homework, cwd=homework)

    assert begins in done.stdout


def test_a_save_during_the_first_check_is_seen(homework):
    (homework / "hw2.py").write_text("def curve_velocity(t):\n    while True: pass\n", encoding="utf-8")
    with watching(homework, awaited="Matrix differentials") as (terminal, _):
        (homework / "hw2.py").write_text(f"import numpy as np\n{RIGHT}", encoding="utf-8")
        assert "curve_velocity is right" in until(terminal, "curve_velocity is right")


def test_what_is_no_hand_in_is_refused_once(homework):
    (homework / "statement.html").touch()
    done = check("statement.html", cwd=homework)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("grader: statement.html is no hand-in: name a .py, an .ipynb, a .zip")


def test_a_reader_that_leaves_early_ends_it_without_a_traceback(homework):
    with subprocess.Popen(
        [GRADER, "check"],
        cwd=homework,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        run.stdout.close()
        assert "Traceback" not in run.stderr.read()
    assert run.returncode
