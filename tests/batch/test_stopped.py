"""A batch that is killed or interrupted: what is stored stays, nothing is there twice, nothing keeps running.

Nothing goes by the clock: the store tells when to kill, and what would take for ever is what is stopped.
"""

import ctypes
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from courses import edit, shipped
from processes import children, is_gone

from grader.batch.held import ROOM

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "submissions_example" / "wrong_lecture_slips" / "hw2.py"
LONGEST = 120.0  # seconds for something that takes ten
FOR_EVER = "import time\ntime.sleep(3600)\n"
COUNT = 30
PR_SET_CHILD_SUBREAPER = 36


@pytest.fixture
def course(tmp_path):
    return shipped(tmp_path / "course")


@pytest.fixture
def adopting():
    """This process is the parent of whatever loses its own, so that nothing that a run leaves can hide."""
    prctl = ctypes.CDLL(None).prctl
    before = set(children(os.getpid()))
    assert prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    yield lambda: {pid for pid in set(children(os.getpid())) - before if not is_gone(pid)}
    assert prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) == 0


def default_interrupt():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def begun():
    """Starts a batch, with Ctrl-C as a terminal has it: what is started in the background ignores it."""
    started = []

    def begin(course, folder, out):
        command = [sys.executable, "-m", "grader", "batch", folder, "--assignment", course, "-o", out]
        process = subprocess.Popen(
            [*map(str, command), "-j", "2"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=default_interrupt,  # noqa: PLW1509 - there is one thread
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def handed_in(folder, first):
    """Hand-ins that differ, each behind the same lines."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for number in range(COUNT):
        own = folder / f"s{number:02}"
        own.mkdir(parents=True)
        (own / "hw2.py").write_text(f"NUMBER = {number}\n{first}\n{text}", encoding="utf-8")
    return folder


def told(process):
    out, err = process.communicate(timeout=LONGEST)
    return process.returncode, out, err


def until(happens):
    late = time.monotonic() + LONGEST
    while not happens():
        assert time.monotonic() < late


def results(out):
    with (
        suppress(sqlite3.OperationalError),  # there is no store yet
        closing(sqlite3.connect(f"{(out / 'grades.sqlite').as_uri()}?mode=ro", uri=True)) as db,
    ):
        return int(db.execute("SELECT count(*) FROM whole").fetchone()[0])
    return 0


def gradebook(out):
    """Every file that is handed on; of the JSON lines what does not tell of the run itself."""
    tables = [out / name for name in ("grades.csv", "gradescope.csv", "canvas.csv")]
    found = {path.name: path.read_bytes() for path in (*tables, *(out / "feedback").iterdir())}
    rows = map(json.loads, (out / "results.jsonl").read_text(encoding="utf-8").splitlines())
    return found, [{k: v for k, v in row.items() if k not in ("seconds", "cached")} for row in rows]


def test_a_batch_that_is_killed_twice_loses_and_doubles_nothing_and_leaves_nothing(
    course, tmp_path, begun, adopting
):
    folder, out = handed_in(tmp_path / "class", "import time\ntime.sleep(0.1)"), tmp_path / "out"
    for moment in (1, COUNT // 2):
        process = begun(course, folder, out)
        until(lambda moment=moment: results(out) >= moment)
        seen = children(process.pid)
        process.kill()
        told(process)
        until(lambda seen=seen: all(map(is_gone, seen)) and not adopting())
        assert moment <= results(out) <= COUNT
    code, _, err = told(begun(course, folder, out))
    assert code == 0, err
    assert f"{COUNT} of {COUNT} hand-ins" in err
    with closing(sqlite3.connect(out / "grades.sqlite")) as db:
        assert db.execute("SELECT count(*), count(DISTINCT hand_in) FROM attempt").fetchone() == (
            COUNT,
            COUNT,
        )
        assert db.execute("SELECT count(*) FROM result WHERE differs").fetchone() == (0,)
    code, _, err = told(begun(course, folder, tmp_path / "undisturbed"))
    assert code == 0, err
    assert gradebook(out) == gradebook(tmp_path / "undisturbed")


def test_ctrl_c_once_finishes_what_is_under_way_and_says_how_to_go_on(course, tmp_path, begun, adopting):
    folder, out = handed_in(tmp_path / "class", "import time\ntime.sleep(0.1)"), tmp_path / "out"
    process = begun(course, folder, out)
    until(lambda: results(out) >= 1)
    process.send_signal(signal.SIGINT)
    code, said, err = told(process)
    assert code == 130, err
    (command,) = re.findall("Go on with: grader (batch .*)", said)
    assert 1 <= results(out) <= COUNT
    assert not adopting()
    again = [sys.executable, "-m", "grader", *command.split()]
    subprocess.run(again, check=True, capture_output=True, timeout=LONGEST)
    assert results(out) == COUNT


def test_ctrl_c_twice_ends_at_once(course, tmp_path, begun, adopting):
    edit(course / "assignment.toml", "import_seconds = 10", "import_seconds = 3600")
    edit(course / "assignment.toml", "hand_in_seconds = 60", "hand_in_seconds = 3600")
    process = begun(course, handed_in(tmp_path / "class", FOR_EVER), tmp_path / "out")
    until(lambda: len(children(process.pid)) >= 2 * 4)  # two lanes, their servers, a student's process each
    asked = 0
    # two that come together are one; the first alone waits for what is under way
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        asked += 1
        with suppress(subprocess.TimeoutExpired):
            process.wait(1.0)
        assert asked < LONGEST
    code, _, err = told(process)
    assert asked >= 2
    assert code == 130, err
    assert "stopped at once; the same command goes on" in err
    assert "Traceback" not in err
    until(lambda: not adopting())


def test_a_lane_that_is_killed_by_hand_costs_nothing(course, tmp_path, begun):
    folder, out = handed_in(tmp_path / "class", "import time\ntime.sleep(0.1)"), tmp_path / "out"
    process = begun(course, folder, out)
    until(lambda: results(out) >= 1)
    lane = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
    os.kill(lane, signal.SIGKILL)
    code, _, err = told(process)
    assert code == 0, err
    assert f"{COUNT} of {COUNT} hand-ins" in err
    assert results(out) == COUNT


def zipped(folder):
    return shutil.make_archive(str(folder), "zip", folder)


def rooms(folder):
    return [path for path in folder.iterdir() if path.name.startswith(ROOM)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_what_was_unpacked_goes_with_the_run_or_with_the_next_one(
    course, tmp_path, begun, adopting, monkeypatch, number
):
    there = zipped(handed_in(tmp_path / "class", "import time\ntime.sleep(0.1)"))
    out, temporary = tmp_path / "out", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    process = begun(course, there, out)
    until(lambda: results(out) >= 1)
    assert len(rooms(temporary)) == 1
    process.send_signal(number)
    code, _, _ = told(process)
    assert code == (-number if number == signal.SIGKILL else 128 + number)
    until(lambda: not adopting())
    assert len(rooms(temporary)) == (number == signal.SIGKILL)
    code, _, err = told(begun(course, there, out))
    assert code == 0, err
    assert results(out) == COUNT
    assert not rooms(temporary)


def test_with_nohup_a_terminal_that_closes_ends_nothing(course, tmp_path, begun):
    folder, out = handed_in(tmp_path / "class", "import time\ntime.sleep(0.1)"), tmp_path / "out"
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup has it for whatever it starts
    try:
        process = begun(course, folder, out)
    finally:
        signal.signal(signal.SIGHUP, before)
    until(lambda: results(out) >= 1)
    os.killpg(process.pid, signal.SIGHUP)
    code, _, err = told(process)
    assert code == 0, err
    assert results(out) == COUNT
