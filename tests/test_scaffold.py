"""`grader new`: an assignment that is proved, handed out and bundled as it is."""

import re
import subprocess
import sys
from dataclasses import fields

import pytest

from grader.assignment import load_assignment
from grader.faults import Fault
from grader.scaffold import FILES, SEED, TEMPLATE, scaffold
from grader.settings import TABLES, load_settings


def grader(*arguments, cwd):
    command = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_from_new_to_a_handout_and_a_bundle_in_three_commands(tmp_path):
    made = grader("new", "week5", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    folder = tmp_path / "week5"
    for verb in (["verify"], ["handout", "handout.zip"], ["bundle", "autograder.zip"]):
        assert " ".join(["grader", *verb]) in made.stdout
        done = grader(*verb, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "handout.zip").exists() and (folder / "autograder.zip").exists()


def test_it_has_one_topic_and_three_kinds(tmp_path):
    scaffold(tmp_path / "new")
    assignment = load_assignment(tmp_path / "new")
    assert len(assignment.settings.topics) == 1
    assert len({type(problem.kind) for problem in assignment.problems}) == 3


def test_every_seed_is_another(tmp_path):
    for name in "ab":
        scaffold(tmp_path / name)
    one, other = ((tmp_path / name / SEED).read_text() for name in "ab")
    assert len(one.strip()) == 64 and one != other


def test_every_file_of_the_template_is_written(tmp_path):
    scaffold(tmp_path / "new")
    template = {path.relative_to(TEMPLATE).as_posix() for path in TEMPLATE.rglob("*.*") if path.is_file()}
    actual = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*.*")}
    assert actual == FILES.keys() == {*(t for t in template if not t.endswith(".pyc")), str(SEED)}


def test_what_stands_behind_a_comment_is_the_default(tmp_path):
    text = (TEMPLATE / "assignment.toml").read_text(encoding="utf-8")
    scaffold(tmp_path / "new")
    before = load_settings(tmp_path / "new")
    uncommented = [
        line.removeprefix("# ") if " = " in line.partition("#")[2].partition("#")[0] else line
        for line in text.splitlines()
    ]
    assert sum(one != other for one, other in zip(text.splitlines(), uncommented, strict=True)) == 18
    (tmp_path / "new" / "assignment.toml").write_text(
        "\n".join(uncommented).replace('{ form_gradient = "after_published" }', "{}"), encoding="utf-8"
    )
    assert load_settings(tmp_path / "new") == before


def test_every_option_is_there():
    text = (TEMPLATE / "assignment.toml").read_text(encoding="utf-8")
    names = {field.name for table in TABLES.values() for field in fields(table)}
    told = set(re.findall(r"^(?:# )?(\w+) = ", text, re.MULTILINE)) | set(
        re.findall(r"^\[(\w+)\]", text, re.MULTILINE)
    )
    assert told == names


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(Fault, match="mine is there already: name a new folder"):
        scaffold(tmp_path / "mine")


def test_where_nobody_may_write_it_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Fault, match="cannot be written: Not a directory; name another folder"):
        scaffold(tmp_path / "file" / "new")
