"""The zip holds what Gradescope needs and no more, is the same bytes every time, and is never unsound."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from courses import edit, shipped

from grader import wheel
from grader.assignment import load_assignment
from grader.faults import Fault
from grader.gradescope import bundle as bundling
from grader.gradescope.bundle import bundle, package

TOPICS = ("curve", "identification", "least_squares", "network", "rules")
ALLOWED = [
    "assignment/assignment.toml",
    *(f"assignment/problems/{name}.py" for name in TOPICS),
    "assignment/problems/introduction.md",
    *(f"assignment/reference/{name}.py" for name in TOPICS),
    "assignment/reference/seed.txt",
    *(wheel.NAME, "requirements.txt", "run_autograder", "setup.sh"),
]


@pytest.fixture
def course(tmp_path):
    """The shipped assignment in a folder of its own, whose `tests/` would be an instructor's."""
    folder = shipped(tmp_path / "course")
    edit(folder / "assignment.toml", "tests = false", "tests = true")
    return folder


def grader(*arguments):
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_holds_what_is_allowed_and_nothing_else(assignment, tmp_path):
    assert sorted(bundle(assignment, tmp_path / "a.zip").names) == sorted(ALLOWED)
    assert sorted(zipfile.ZipFile(tmp_path / "a.zip").namelist()) == sorted(ALLOWED)


def test_the_scripts_can_be_executed_and_stand_at_the_root(assignment, tmp_path):
    bundle(assignment, tmp_path / "a.zip")
    infos = zipfile.ZipFile(tmp_path / "a.zip").infolist()
    assert [i.filename for i in infos if i.external_attr >> 16 & 0o111] == ["run_autograder", "setup.sh"]


def test_the_same_sources_make_the_same_bytes(course, tmp_path):
    bundle(load_assignment(course), tmp_path / "first.zip")
    other = tmp_path / "elsewhere"
    shutil.copytree(course, other)
    for path in other.rglob("*.py"):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    bundle(load_assignment(other), tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_the_instructors_tests_and_packages_come_along(course):
    (course / "tests" / "__pycache__").mkdir(parents=True)
    (course / "tests" / "data").mkdir()
    for name in (
        "test_extra.py",
        "data/cases.csv",
        "__pycache__/test_extra.pyc",
        ".hidden",
        "test_extra.py~",
    ):
        (course / "tests" / name).write_text("", encoding="utf-8")
    (course / "requirements.txt").write_text("scipy\n", encoding="utf-8")
    more = set(package(load_assignment(course))) - set(ALLOWED)
    expected = {
        "assignment/tests/test_extra.py",
        "assignment/tests/data/cases.csv",
        "assignment/requirements.txt",
    }
    assert more == expected


def test_a_folder_tests_that_is_not_the_instructors_stays_behind(course):
    (course / "tests").mkdir()
    (course / "tests" / "test_extra.py").write_text("", encoding="utf-8")
    edit(course / "assignment.toml", "tests = true", "tests = false")
    assert sorted(package(load_assignment(course))) == sorted(ALLOWED)


def test_the_scripts_have_unix_line_ends_whatever_the_checkout(assignment, tmp_path, monkeypatch):
    shutil.copytree(bundling.CONTAINER, tmp_path / "container")
    for path in (tmp_path / "container").iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    expected = package(assignment)
    monkeypatch.setattr(bundling, "CONTAINER", tmp_path / "container")
    assert package(assignment) == expected


def test_what_is_no_zip_is_one_sentence(assignment, tmp_path):
    with pytest.raises(Fault, match=r"is no \.zip, and Gradescope takes one; name it autograder\.zip"):
        bundle(assignment, tmp_path / "autograder.tar")


def test_what_needs_a_file_that_stays_behind_is_refused_before_anything_is_written(course, tmp_path):
    (course / "scale.txt").write_text("2", encoding="utf-8")
    path = course / "reference" / "rules.py"
    lines = "from pathlib import Path\nSCALE = (Path(__file__).parents[1] / 'scale.txt').read_text()\n"
    path.write_text(lines + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Fault, match=r"cannot be graded with what the bundle has.*reference/rules.py, line 2"):
        bundle(load_assignment(course), tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_file_that_nobody_meant_to_upload_is_named(course):
    with (course / "problems" / "film.mov").open("wb") as file:
        file.truncate(bundling.LARGEST)
    with pytest.raises(Fault, match=r"larger than 64 MiB; the largest file is assignment/problems/film\.mov"):
        package(load_assignment(course))


def test_an_unsound_assignment_is_refused_with_its_proof(course, tmp_path):
    edit(course / "reference/rules.py", "np.trace(dA @ B) + np.trace(A @ dB)", "np.trace(dA @ B)")
    (tmp_path / "a.zip").write_bytes(b"the last good one")
    done = grader("bundle", tmp_path / "a.zip", "--assignment", course)
    assert (done.returncode, done.stdout) == (1, "")
    assert "d_trace_of_product is not the differential of trace_of_product" in done.stderr
    assert done.stderr.rstrip().endswith("was not written: the assignment is not proved, see above")
    assert (tmp_path / "a.zip").read_bytes() == b"the last good one"


def test_the_command_says_what_to_do_next(course, tmp_path):
    done = grader("bundle", tmp_path / "a.zip", "--assignment", course)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{tmp_path / 'a.zip'} is proved and ready to upload as the autograder of")
    assert "Set the assignment's autograder points to 100." in done.stdout


def test_the_repositorys_own_script_does_it_from_anywhere(tmp_path):
    script = Path(__file__).parents[2] / "scripts" / "bundle"
    subprocess.run([script, "a.zip"], cwd=tmp_path, check=True, capture_output=True)
    assert sorted(zipfile.ZipFile(tmp_path / "a.zip").namelist()) == sorted(ALLOWED)
