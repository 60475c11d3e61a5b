"""The files that lie in the container: what they install, and what is left where they cannot."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from grader import wheel
from grader.gradescope.results import withheld
from grader.gradescope.schema import Results

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
CONTAINER = ROOT / "grader" / "gradescope" / "container"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WHEELS = ROOT / ".cache" / "wheels"
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
STUB = """#!/bin/sh
echo 'echo appended' >> "$(dirname "$0")/../../run_autograder"
echo "$@"
exit 7
"""


# ---- what is pinned -----------------------------------------------------------------------


def requirements():
    lines = (CONTAINER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(bare) for line in lines if (bare := re.sub(r"(^|\s)#.*", "", line))]


def applies(requirement, python):
    machine = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    return requirement.marker is None or requirement.marker.evaluate({**machine, "extra": ""})


def pins(python):
    """The version of every distribution that is installed under that Python."""
    found = {}
    for requirement in requirements():
        if applies(requirement, python):
            name = canonicalize_name(requirement.name)
            assert name not in found
            (exact,) = requirement.specifier
            assert exact.operator == "=="
            found[name] = exact.version
    return found


def asked():
    """What the grader needs and what instructors' tests need."""
    extras = PROJECT["project"]["optional-dependencies"]
    return [Requirement(text) for text in [*PROJECT["project"]["dependencies"], *extras["tests"]]]


def needs(name):
    """What a distribution says that it needs; without it those of which nothing else follows."""
    try:
        return [Requirement(text) for text in distribution(name).requires or ()]
    except ModuleNotFoundError:  # needed by an older Python than this one
        return []


@pytest.mark.parametrize("python", PYTHONS)
def test_all_that_is_needed_is_pinned_and_nothing_else(python):
    pinned, reached, open_ends = pins(python), set(), asked()
    while open_ends:
        requirement = open_ends.pop()
        name = canonicalize_name(requirement.name)
        if applies(requirement, python):
            assert requirement.specifier.contains(pinned[name]), requirement
            open_ends += needs(name) if name not in reached else []
            reached.add(name)

    assert set(pinned) - reached == {"flit-core"}


def test_the_grader_is_built_with_what_is_pinned():
    (backend,) = map(Requirement, PROJECT["build-system"]["requires"])

    assert backend.specifier.contains(pins("3.10")[canonicalize_name(backend.name)])


# ---- the Dockerfile -----------------------------------------------------------------------


def instructions(kind):
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [words[1:] for line in text.splitlines() if (words := line.split()) and words[0] == kind]


def test_the_image_inherits_the_platforms_and_is_started_by_it():
    assert instructions("ARG") == [["BASE=gradescope/autograder-base:ubuntu-22.04"]]
    assert instructions("FROM") == [["${BASE}"]]
    assert instructions("CMD") + instructions("ENTRYPOINT") == []


def test_the_image_sees_what_it_copies_and_no_more():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = {source.split("/")[0] for words in instructions("COPY") for source in words[:-1]}

    assert lines[1] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == copied
    assert not {"tests", "submissions_example", ".git"} & copied


# ---- run_autograder -----------------------------------------------------------------------


@pytest.fixture
def container(tmp_path):
    """A folder like the platform's /autograder, before setup.sh."""
    (tmp_path / "source").mkdir()
    (tmp_path / "submission").mkdir()
    shutil.copy(CONTAINER / "run_autograder", tmp_path)
    shutil.copy(CONTAINER / "setup.sh", tmp_path / "source")
    return tmp_path


def run(*command, **environment):
    """As the platform does: by its path, from any folder."""
    return subprocess.run(
        command, cwd="/", env=os.environ | environment, capture_output=True, text=True, check=False
    )


def left(container):
    return Results.model_validate_json((container / "results" / "results.json").read_text(encoding="utf-8"))


def test_without_an_environment_the_score_is_withheld(container):
    done = run(container / "run_autograder")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "setup.sh" in done.stderr
    assert left(container) == withheld(left(container).extra_data["withheld"])


def test_what_a_student_appends_is_never_read(container):
    stub = container / "venv" / "bin" / "python"
    stub.parent.mkdir(parents=True)
    stub.write_text(STUB, encoding="utf-8")
    stub.chmod(0o755)

    done = run(container / "run_autograder")

    assert (container / "run_autograder").read_text(encoding="utf-8").endswith("\necho appended\n")
    assert done.returncode == 7
    assert done.stdout == f"-I -B -m grader.gradescope.run {container}\n"
    assert left(container).extra_data["withheld"]  # the stub has written nothing


# ---- setup.sh -----------------------------------------------------------------------------


def test_an_old_python_is_refused_in_one_sentence(container):
    old = container / "python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)

    done = run(container / "source" / "setup.sh", PYTHON=str(old))

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Ubuntu 22.04" in done.stderr
    assert not (container / "venv").exists()


def test_setup_makes_an_environment_that_grades_and_may_run_again(container):
    """With the wheels of .cache in place of the pins, so that it needs no network."""
    if not WHEELS.is_dir():
        pytest.skip("scripts/setup has not kept the wheels of the dependencies in .cache/wheels")
    source = container / "source"
    kept = [parse_wheel_filename(path.name)[:2] for path in WHEELS.iterdir() if "grader" not in path.name]
    text = "".join(f"{name}=={version}\n" for name, version in kept)
    (source / "requirements.txt").write_text(text, encoding="utf-8")
    (source / "assignment").mkdir()
    (source / "assignment" / "requirements.txt").write_text("click\n", encoding="utf-8")
    (source / wheel.NAME).write_bytes(wheel.wheel())
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELS), "PYTHON": sys.executable}

    for _ in range(2):
        done = run(source / "setup.sh", **offline)

        assert done.returncode == 0, done.stderr
        helped = run(container / "venv" / "bin" / "python", "-I", "-B", "-m", "grader", "--help")
        assert "grader grade hw2.py" in helped.stdout
    assert [path for path in (source, *source.rglob("*")) if path.stat().st_mode & 0o077] == []


def test_what_no_pin_covers_is_no_environment(container):
    """`pip check` has the last word: here the grader lies alone in it."""
    (container / "source" / "requirements.txt").write_text("", encoding="utf-8")
    (container / "source" / wheel.NAME).write_bytes(wheel.wheel())

    done = run(container / "source" / "setup.sh", PIP_NO_INDEX="1", PYTHON=sys.executable)

    assert done.returncode == 1
    assert "requires numpy" in done.stdout
