"""A file is replaced whole, or left as it was."""

import os
import subprocess
import sys
import threading

import pytest

from grader.atomic import PARTS, write
from grader.faults import Fault


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"old")
    write(tmp_path / "a.zip", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.zip", b"new")]


@pytest.mark.parametrize("place", ["missing/a.zip", "folder", "file/a.zip"])
def test_where_it_cannot_be_written_one_sentence_says_so(place, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(Fault, match=r"cannot be written: (No such|Is a|Not a)"):
        write(tmp_path / place, b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe", b"new")
    reader.join(10)
    assert (read, (tmp_path / "pipe").is_fifo()) == ([b"new"], True)


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(
        "pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    with pytest.raises(Fault, match="a cannot be written: No space left"):
        write(tmp_path / "a", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


WRITER = """
import sys
from pathlib import Path
from grader.atomic import PARTS, write
path, letter = Path(sys.argv[1]), sys.argv[2].encode()
for _ in range(300):
    write(path, letter * 100_000)
    found = path.read_bytes()
    assert len(found) == 100_000 and len(set(found)) == 1
"""


def test_two_processes_may_write_one_file_at_once(tmp_path):
    path = tmp_path / "grades.csv"
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*command, letter], stderr=subprocess.PIPE, text=True) for letter in "ab"]
    said = [writer.communicate(timeout=60)[1] for writer in writers]
    assert said == ["", ""]
    assert [each.name for each in tmp_path.iterdir()] == ["grades.csv"]


def test_what_a_killed_writer_leaves_is_known_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: None)
    write(tmp_path / "a.csv", b"new")
    (left,) = tmp_path.iterdir()
    assert PARTS.fullmatch(left.name)["name"] == "a.csv"
    assert not PARTS.fullmatch(".a.csv.part")
