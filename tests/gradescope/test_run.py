"""The run in the container: whatever happens, a valid results.json that never tells or scores too much."""

import os
import random
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from subprocess import TimeoutExpired
from time import monotonic

import pytest
from containers import ROOT, container, texts
from courses import edit
from processes import children, is_gone, seconds

from grader.cli import main as cli
from grader.gradescope.results import NOT_GRADED
from grader.gradescope.run import time_given

EXAMPLES = ROOT / "submissions_example"
RIGHT = (EXAMPLES / "right_closed_form" / "hw2.py").read_text(encoding="utf-8")
HANGS = "def least_squares_gradient(A, b, x):\n    while True: pass\n"
WRONG = "def least_squares_gradient(A, b, x):\n    return 3 * A.T @ (A @ x - b)\n"
LONGEST = 30.0  # seconds for something that takes one


@pytest.fixture
def here(tmp_path):
    return container(tmp_path / "autograder")


def until(condition):
    """Look until it is so, and say what is so."""
    late = monotonic() + LONGEST
    while not (found := condition()):
        assert monotonic() < late
    return found


def row(results, name):
    return next(row for row in results.tests if row.name.startswith(f"{name}:"))


# ---- a submission ---------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "score"), [("right_closed_form", 100), ("wrong_lecture_slips", 45)])
def test_a_submission_is_graded(here, name, score):
    here.hand_in((EXAMPLES / name / "hw2.py").read_text(encoding="utf-8"))
    actual, _ = here.run()
    assert (actual.score, len(actual.tests)) == (score, 20)


def test_the_verb_does_what_run_autograder_does(here):
    here.hand_in(RIGHT)
    expected, _ = here.run()
    with pytest.raises(SystemExit) as ended:
        cli(["gradescope", "--root", str(here.root)])
    assert (ended.value.code, here.results().tests) == (0, expected.tests)


def test_staff_read_verdicts_and_circumstances_and_no_diagnosis(here):
    here.hand_in(WRONG)
    results, said = here.run()
    assert re.search("least_squares_gradient +wrong +0/5", said)
    assert "isolation: " in said
    diagnosis = results.extra_data["diagnoses"]["least_squares_gradient"]
    assert diagnosis
    assert diagnosis not in said


def test_nobody_but_the_owner_may_look_at_secrets_afterwards(here):
    here.hand_in(RIGHT)
    here.tell({})
    for path in (here.root / "source", here.root / "submission_metadata.json"):
        path.chmod(0o777)
    here.run()
    shut = (here.root / "source", here.root / "results", here.root / "submission_metadata.json")
    assert [path.stat().st_mode & 0o077 for path in shut] == [0, 0, 0]


def test_secrets_are_shut_before_there_is_a_first_result(here):
    here.hand_in(HANGS)
    (here.root / "source").chmod(0o755)
    process = here.begin()
    until(lambda: "killed before" in _text(here.path))
    assert (here.root / "source").stat().st_mode & 0o077 == 0
    process.kill()
    process.communicate()


def _text(path):
    return path.read_text(encoding="utf-8") if path.exists() else ""


# ---- what may come in -----------------------------------------------------------------------


def test_no_submission_has_every_row_and_no_points(here):
    results, _ = here.run()
    assert (results.score, len(results.tests)) == (0, 20)
    assert "hw2.py" in texts(results)


def test_the_folder_of_the_submission_may_be_missing(here):
    here.submission.rmdir()
    results, _ = here.run()
    assert results.score == 0


def test_several_candidates_are_one_sentence(here):
    here.hand_in(RIGHT, "first.py")
    here.hand_in(RIGHT, "second.py")
    results, _ = here.run()
    assert results.score == 0
    assert "first.py" in texts(results)


def test_a_huge_upload_is_one_sentence(here):
    with (here.submission / "hw2.py").open("wb") as file:
        file.truncate(100 << 20)
    results, _ = here.run()
    assert results.score == 0
    assert "hw2.py is too large" in texts(results)


@pytest.mark.parametrize("metadata", ["", "{", "[]", "7", '{"created_at": {"future": 1}, "users": 3}'])
def test_any_metadata_lets_it_be_graded(here, metadata):
    here.hand_in(RIGHT)
    here.tell(metadata)
    results, said = here.run()
    assert results.score == 100
    assert said.startswith("submission_metadata.json")


# ---- earlier attempts, lateness, the rate limit -----------------------------------------------


def before(count, **more):
    """Metadata of a submission that has so many before it, one an hour."""
    times = [f"2026-11-0{1 + k // 24}T{k % 24:02}:00:00+00:00" for k in range(count)]
    earlier = [{"submission_time": time, "score": "45.0", "autograder_error": False} for time in times]
    due = {"due_date": "2026-11-20T00:00:00+00:00"}
    return {
        "created_at": "2026-11-10T00:00:00+00:00",
        "assignment": due,
        "previous_submissions": earlier,
    } | more


def test_attempts_lead_to_hints(here):
    here.hand_in(WRONG)
    outputs = []
    for count in (0, 2, 5):
        here.tell(before(count))
        outputs.append(row(here.run()[0], "least_squares_gradient").output)
    assert "Hint" not in outputs[0]
    assert "Hint: " in outputs[1]
    assert outputs[1] != outputs[2]


def test_a_late_submission_is_charged_by_its_own_dates(here):
    _append(here, "[late]\nfree_days = 1\npercent_per_day = 10\n")
    here.hand_in(RIGHT)
    here.tell(before(0, created_at="2026-11-22T12:00:00+00:00"))
    results, said = here.run()
    assert results.score == 80
    assert results.output.startswith("Handed in 2 days 12 h late")
    assert said.splitlines()[-1] == "3 days late: 80 points"
    assert sum(row.score for row in results.tests) == 100


def test_staff_read_that_lateness_is_not_counted_where_it_should_be(here):
    _append(here, "[late]\npercent_per_day = 10\n")
    here.hand_in(RIGHT)
    here.tell(before(0, assignment={"due_date": None}))
    results, said = here.run()
    assert results.score == 100
    assert "[late] is set, but there is no due date: lateness is not counted" in said


def test_a_refused_submission_gets_its_previous_result_at_once(here):
    _append(here, "[rate_limit]\nsubmissions = 1\nhours = 4\n")
    here.hand_in(RIGHT)
    stored = {"score": None, "tests": [{"name": "f", "score": 3.0, "max_score": 5.0, "status": None}]}
    earlier = {"submission_time": "2026-11-09T22:00:00+00:00", "score": "3.0", "results": stored}
    here.tell(before(0, previous_submissions=[earlier]))
    results, said = here.run()
    assert results.score == 3
    assert results.output.startswith("Not graded: this assignment is graded at most once in any 4 hours")
    assert "rate limit" in said


def _append(here, text):
    path = here.assignment / "assignment.toml"
    kept, _, _ = path.read_text(encoding="utf-8").partition("[limits]")  # the first of the tables
    path.write_text(kept + text, encoding="utf-8")


# ---- the instructors' own tests -----------------------------------------------------------------

SUITE = """
import time
import unittest
from gradescope_utils.autograder_utils.decorators import leaderboard, visibility, weight
from hw2 import least_squares_hessian

@weight(2)
def test_symmetric():
    \"\"\"The Hessian is symmetric\"\"\"
    H = least_squares_hessian([[1.0, 2.0], [3.0, 4.0]], None, None)
    assert (H == H.T).all()

class Norms(unittest.TestCase):
    @weight(3)
    @visibility("hidden")
    def test_wrong(self):
        assert False

    @leaderboard("Speed", "asc")
    def test_speed(self, set_leaderboard_value=None):
        set_leaderboard_value(1.5)
"""


@pytest.fixture
def tested(here):
    """A container with tests of the instructors' beside the problems."""
    path = here.assignment / "assignment.toml"
    edit(path, "tests = false", "tests = true")
    (here.assignment / "tests").mkdir()
    (here.assignment / "tests" / "test_more.py").write_text(SUITE, encoding="utf-8")
    here.hand_in(RIGHT.replace("return A.T @ A", "A = np.asarray(A)\n    return A.T @ A"))
    return here


def test_the_instructors_tests_have_their_rows_behind_the_problems(tested):
    results, said = tested.run()
    assert (results.score, len(results.tests)) == (102, 22)
    rows = [(row.number, row.name, row.score, row.max_score, row.visibility) for row in results.tests[20:]]
    assert rows[0] == ("6.1", "The Hessian is symmetric", 2, 2, None)
    assert rows[1][2:] == (0, 3, "hidden")
    assert [(leader.name, leader.value) for leader in results.leaderboard] == [("Speed", 1.5)]
    assert "with the instructors' tests: 102 points" in said


def test_lateness_is_charged_on_them_too(tested):
    _append(tested, "[late]\npercent_per_day = 50\n")
    tested.tell(before(0, created_at="2026-11-20T12:00:00+00:00"))
    assert tested.run()[0].score == 51


def test_tests_that_hang_are_ended_in_time_and_the_rest_counts(tested):
    path = tested.assignment / "tests" / "test_slow.py"
    path.write_text(
        "from gradescope_utils.autograder_utils.decorators import weight\n"
        "@weight(7)\ndef test_endless():\n    while True: pass\n",
        encoding="utf-8",
    )
    began = monotonic()
    results, _ = tested.run(TIMEOUT_SECONDS="15")
    assert monotonic() - began < 15
    assert results.score == 102
    assert sum(row.max_score for row in results.tests) == 112


def test_tests_whose_process_is_killed_keep_what_was_tested(tested):
    path = tested.assignment / "tests" / "test_slow.py"
    path.write_text("import os\ndef test_ends(): os.kill(os.getpid(), 9)\n", encoding="utf-8")
    results, said = tested.run()
    assert results.score == 102
    assert "the tests' process was killed (signal 9)" in results.extra_data["tests_ended"]
    assert "the tests' process was killed (signal 9)" in said


@pytest.mark.parametrize(
    "text", ["import os; os.kill(os.getpid(), 9)", "import os; os._exit(7)", "import os; os._exit(0)"]
)
def test_tests_whose_process_ends_while_they_are_collected_have_rows_and_no_points(tested, text):
    (tested.assignment / "tests" / "conftest.py").write_text(text, encoding="utf-8")
    results, said = tested.run()
    assert (results.score, sum(row.max_score for row in results.tests)) == (100, 105)
    assert "in the collection of the tests: what it had not run has no points" in said
    assert "tests_running" not in results.extra_data


def test_tests_that_cannot_be_run_withhold_the_score(tested):
    (tested.assignment / "tests" / "conftest.py").write_text("pytest_plugins = ['nowhere']", encoding="utf-8")
    results, _ = tested.run(code=1)
    assert texts(results) == NOT_GRADED
    assert "the tests in tests/ could not be run" in results.tests[0].output


# ---- our own faults ---------------------------------------------------------------------------


@pytest.fixture(params=["a reference that fails", "no reference", "no settings", "nothing"])
def broken(request, here):
    here.hand_in(RIGHT)
    reference = here.assignment / "reference" / "least_squares.py"
    match request.param:
        case "a reference that fails":
            reference.write_text("1 / 0", encoding="utf-8")
        case "no reference":
            reference.unlink()
        case "no settings":
            (here.assignment / "assignment.toml").unlink()
        case "nothing":
            (here.root / "source").rename(here.root / "elsewhere")
    return here


def test_a_fault_of_ours_withholds_the_score_and_tells_staff_why(broken):
    results, said = broken.run(code=1)
    assert (results.score, [row.visibility for row in results.tests]) == (0, ["hidden"])
    assert texts(results) == NOT_GRADED
    (hidden,) = results.tests
    assert hidden.output in said


def test_a_grading_that_is_killed_withholds_the_score(here):
    here.hand_in(HANGS)
    process = here.begin()
    grading = until(lambda: next(iter(children(process.pid)), None) if "killed" in _text(here.path) else None)
    os.kill(grading, signal.SIGKILL)
    said, _ = process.communicate(timeout=LONGEST)
    assert "memory was too small" in said
    assert texts(here.results()) == NOT_GRADED


def test_what_a_course_file_prints_does_no_harm(here):
    here.hand_in(RIGHT)
    path = here.assignment / "problems" / "curve.py"
    path.write_text(path.read_text(encoding="utf-8") + "\nprint('{\"score\": 1}')\n", encoding="utf-8")
    assert here.run()[0].score == 100


# ---- time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, 540),
        ({"TIMEOUT_SECONDS": "1200"}, 1080),
        ({"TIMEOUT_SECONDS": "30"}, 25),
        ({"TIMEOUT_SECONDS": "6"}, 3),
        ({"TIMEOUT_SECONDS": "soon"}, 540),
        ({"TIMEOUT_SECONDS": "nan"}, 540),
        ({"TIMEOUT_SECONDS": "-1"}, 540),
    ],
)
def test_the_run_ends_itself_before_the_platform_does(environment, expected):
    assert time_given(environment) == expected


def test_a_submission_that_hangs_is_graded_within_the_platforms_time(here):
    here.hand_in(f"{RIGHT}\nwhile True: pass\n")
    began = monotonic()
    results, said = here.run(TIMEOUT_SECONDS="12")
    assert monotonic() - began < 12
    assert len(results.tests) == 20
    assert "the time for the whole hand-in was used up" in texts(results)
    assert re.search(r"leaves student code \d s of hand_in_seconds = 60: choose a longer one", said)


def test_a_grading_that_hangs_itself_is_ended_in_time(here):
    here.hand_in(RIGHT)
    path = here.assignment / "reference" / "rules.py"
    path.write_text("while True: pass", encoding="utf-8")
    began = monotonic()
    results, said = here.run(code=1, TIMEOUT_SECONDS="6")
    assert monotonic() - began < 6
    assert texts(results) == NOT_GRADED
    assert "not done in time" in said


# ---- ends ---------------------------------------------------------------------------------------


def looping(process):
    """All processes of a run, once one of them has been busy for longer than anything but an endless loop."""
    seen = children(process.pid)
    assert process.poll() is None, process.communicate()
    return seen if any(seconds(pid) > 1 for pid in seen) else None


def test_no_process_is_left(here):
    here.hand_in("while True: pass")
    process = here.begin(TIMEOUT_SECONDS="20")
    seen = until(lambda: looping(process))
    process.communicate(timeout=LONGEST)
    assert [pid for pid in seen if not is_gone(pid)] == []


ORPHAN = """
import subprocess
from pathlib import Path
process = subprocess.Popen(["sleep", "1000"], start_new_session=True)
Path({!r}).write_text(str(process.pid))
"""
WATCHED = """
import os, sys
from pathlib import Path
from grader.gradescope import run
write = run._write
def watched(place, results):
    if "withheld" not in results.extra_data:
        print("below:", Path(f"/proc/self/task/{os.getpid()}/children").read_text(), flush=True)
    write(place, results)
run._write = watched
sys.exit(run.main())
"""


def test_the_result_is_written_when_no_process_is_left(here, tmp_path):
    """A process that has lost its parent is somewhere below: an author's file started it."""
    here.hand_in(RIGHT)
    path = here.assignment / "reference" / "rules.py"
    orphan = tmp_path / "orphan"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + ORPHAN.format(str(orphan)), encoding="utf-8")
    command = [sys.executable, "-c", WATCHED, str(here.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LONGEST)
    assert done.stdout.splitlines()[0] == "below: "
    assert here.results().score == 100
    assert is_gone(int(orphan.read_text()))


def test_no_process_is_left_behind_a_killed_run(here):
    _append(here, "[limits]\nimport_seconds = 1000\nhand_in_seconds = 1000\n")
    here.hand_in("while True: pass")
    process = here.begin()
    seen = until(lambda: looping(process))
    process.kill()
    process.wait()
    until(lambda: all(map(is_gone, seen)))
    process.stdout.close()


def test_no_process_is_left_behind_a_run_that_is_killed_in_its_tests(tested):
    """Neither pytest, nor its server, nor the student's process."""
    _append(tested, "[limits]\ncall_seconds = 1000\nhand_in_seconds = 1000\n")
    tested.hand_in(f"{RIGHT}\ndef spin():\n    while True: pass\n")
    test = "def test_spins(submission): submission.spin()\n"
    (tested.assignment / "tests" / "test_more.py").write_text(test, encoding="utf-8")
    process = tested.begin()
    seen = until(lambda: in_tests(process))
    process.kill()
    process.wait()
    until(lambda: all(map(is_gone, seen)))
    process.stdout.close()


def in_tests(process):
    """All processes of a run that is in its tests, once the last of them loops."""
    seen = looping(process)
    commands = [Path(f"/proc/{pid}/cmdline") for pid in seen or ()]
    return seen if len(commands) > 2 and b"--submission=" in commands[0].read_bytes() else None


@pytest.mark.parametrize("seed", range(10))
def test_a_run_killed_at_any_moment_leaves_a_valid_file_without_unearned_points(here, seed):
    """Half of its functions are right; a moment is drawn between the first and the last of a whole run."""
    here.hand_in((EXAMPLES / "wrong_lecture_slips" / "hw2.py").read_text(encoding="utf-8"))
    began = monotonic()
    process = here.begin()
    process.communicate(timeout=LONGEST)
    whole = monotonic() - began
    here.path.unlink()
    process = here.begin()
    with suppress(TimeoutExpired):
        process.communicate(timeout=random.Random(seed).uniform(0.02, whole))
    process.kill()
    process.communicate()
    if here.path.exists():  # it may have been killed before it came to anything
        actual = here.results()
        assert actual.score in (0, 45)
        assert actual.tests
