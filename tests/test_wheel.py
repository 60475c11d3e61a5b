"""What is installed is what was tested: the wheel, in an empty environment, away from the sources."""

import base64
import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader import wheel as ours
from grader.archive import members

ROOT = Path(__file__).parents[1]
WHEELS = ROOT / ".cache" / "wheels"


def empty_environment(folder):
    """A venv that knows nothing; returns its Python and how it installs."""
    if not WHEELS.is_dir():
        pytest.skip("scripts/setup has not kept the wheels of the dependencies in .cache/wheels")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index"]
    return python, [*pip, "--find-links", WHEELS]


def run(*command, cwd, **environment):
    """What it prints, away from the sources."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT]
    subprocess.run([*build, "-q", "--no-index", "--disable-pip-version-check"], check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_package_and_nothing_of_the_assignment(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"grader"}
    assert "grader/sandbox/worker.py" in names
    assert "grader/py.typed" in names


def test_an_installed_wheel_grades_an_example(wheel, tmp_path):
    _, install = empty_environment(tmp_path / "venv")
    subprocess.run([*install, wheel], check=True)
    for part in ("problems", "reference"):
        shutil.copytree(ROOT / part, tmp_path / "course" / part)
    shutil.copy(ROOT / "assignment.toml", tmp_path / "course")
    hand_in = shutil.copy(ROOT / "submissions_example/right_closed_form/hw2.py", tmp_path)

    done = subprocess.run(
        [tmp_path / "venv/bin/grader", "grade", hand_in, "--assignment", tmp_path / "course", "--json", "-"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["score"] == 100


# ---- our own ------------------------------------------------------------------------------


def test_it_holds_what_flit_puts_in_one(wheel):
    """But for the long description, which quotes formulas of the example, the tool's name, the template."""
    theirs, built = members(wheel.read_bytes()), members(ours.wheel())
    assert wheel.name == ours.NAME
    template = {name for name in theirs if name.startswith("grader/template/")}
    assert {name.rpartition("/")[2] for name in template} >= {"assignment.toml", "quadratic.py", "hw.py"}
    assert built.keys() == theirs.keys() - template
    differ = {name.rpartition("/")[2] for name in built if built[name] != theirs[name]}
    assert differ <= {"METADATA", "RECORD", "WHEEL", "entry_points.txt"}


def test_every_hash_in_the_record_is_right():
    built = members(ours.wheel())
    (record,) = (name for name in built if name.endswith("/RECORD"))
    rows = {name: (digest, size) for name, digest, size in csv.reader(built[record].decode().splitlines())}
    assert rows.pop(record) == ("", "")
    for name, (digest, size) in rows.items():
        sha = base64.urlsafe_b64encode(hashlib.sha256(built[name]).digest()).decode().rstrip("=")
        assert (digest, int(size)) == (f"sha256={sha}", len(built[name]))
    assert rows.keys() | {record} == built.keys()


def test_the_metadata_has_the_fields_and_no_description():
    built = members(ours.wheel())
    (text,) = (data.decode() for name, data in built.items() if name.endswith("/METADATA"))
    assert "Requires-Dist: numpy" in text and 'extra == "student"' in text
    assert "\n\n" not in text


def test_what_lies_about_in_the_package_stays_out(tmp_path):
    container = [f"gradescope/container/{name}" for name in ours.CONTAINER]
    junk = ["notes.txt", ".hidden.py", "__pycache__/a.cpython-311.pyc", "gradescope/container/notes.txt"]
    for name in ("a.py", "py.typed", *container, *junk):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    actual = [path.relative_to(tmp_path).as_posix() for path in ours._sources(tmp_path)]
    assert sorted(actual) == sorted(["a.py", "py.typed", *container])


def test_it_can_be_installed_and_builds_itself_again_byte_for_byte(tmp_path):
    python, install = empty_environment(tmp_path / "venv")
    built = tmp_path / ours.NAME
    built.write_bytes(ours.wheel())
    subprocess.run([*install, built], check=True)
    version = run(python, "-m", "grader", "--version", cwd=tmp_path)
    assert version == (0, f"grader, version {ours.__version__}", "")
    again = "import pathlib, grader.wheel as w; pathlib.Path('again.whl').write_bytes(w.wheel())"
    assert run(python, "-c", again, cwd=tmp_path) == (0, "", "")
    assert (tmp_path / "again.whl").read_bytes() == built.read_bytes()


def test_sources_of_another_version_than_is_installed_are_refused(tmp_path):
    package = shutil.copytree(
        ROOT / "grader", tmp_path / "grader", ignore=shutil.ignore_patterns("__pycache__")
    )
    init = package / "__init__.py"
    init.write_text(init.read_text().replace(f'"{ours.__version__}"', '"9.9"'))
    code, _, said = run(
        sys.executable, "-c", "import grader.wheel as w; w.wheel()", cwd=tmp_path, PYTHONPATH=str(tmp_path)
    )
    assert code == 1
    assert f"grader 9.9 runs, but grader {ours.__version__} is what is installed; install it again" in said
