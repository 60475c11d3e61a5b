"""What is installed is what was tested: the wheel, in an empty environment, away from the sources."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WHEELS = ROOT / ".cache" / "wheels"


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
    if not WHEELS.is_dir():
        pytest.skip("scripts/setup has not kept the wheels of the dependencies in .cache/wheels")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", "--no-index", "--find-links", WHEELS, wheel]
    subprocess.run([*install, "--disable-pip-version-check"], check=True)
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
