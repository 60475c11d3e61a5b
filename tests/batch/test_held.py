"""One process has a folder at a time, and nobody waits for one that has died."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.batch import held as module
from grader.batch.held import ROOM, held, room

HOLDER = """
import sys
from pathlib import Path
from grader.batch.held import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
COUNTER = """
import sys
from pathlib import Path
from grader.batch.held import held
folder = Path(sys.argv[1])
for _ in range(200):
    with held(folder):
        number = int((folder / "number").read_text())
        (folder / "number").write_text(str(number + 1))
"""


def test_who_holds_a_folder_has_it_alone(tmp_path):
    (tmp_path / "number").write_text("0")
    counters = [subprocess.Popen([sys.executable, "-c", COUNTER, tmp_path]) for _ in range(3)]
    assert [counter.wait(60) for counter in counters] == [0, 0, 0]
    assert (tmp_path / "number").read_text() == "600"


def test_a_folder_of_a_process_that_was_killed_is_free(tmp_path):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], **pipes) as holder:
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
    with held(tmp_path):
        assert [*tmp_path.iterdir()] == []


# ---- rooms ----------------------------------------------------------------------------------

GUEST = """
import sys
from grader.batch.held import room
with room() as path:
    (path / "code.py").touch()
    print(path, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where rooms are, of this process and of those that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def guest():
    """A process with a room, which it says."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", GUEST], text=True, **pipes)
    return process, Path(process.stdout.readline().strip())


def test_a_room_is_empty_and_goes_with_its_run(temporary):
    with room() as path:
        assert path.parent == temporary
        assert [*path.iterdir()] == []
        (path / "code.py").touch()
    assert [*temporary.iterdir()] == []


def test_rooms_of_killed_runs_are_removed_by_the_next_and_no_others(temporary):
    (temporary / "another").mkdir()
    (temporary / f"{ROOM}link").symlink_to(temporary / "another")
    (alive, kept), (dead, left) = guest(), guest()
    with alive, dead:
        dead.kill()
        dead.wait()
        assert left.is_dir()
        with room():
            assert (kept / "code.py").exists()
            assert not left.exists()
        alive.stdin.close()
    assert sorted(path.name for path in temporary.iterdir()) == ["another", f"{ROOM}link"]


def test_a_room_that_is_swept_before_it_is_held_is_not_used(temporary, monkeypatch):
    made = []

    @contextmanager
    def swept(path):
        made.append(path)
        if len(made) < 3:
            path.rmdir()
        with held(path):
            yield

    monkeypatch.setattr(module, "held", swept)
    with room() as path:
        assert path == made[2] and path.is_dir()
    assert [*temporary.iterdir()] == []
