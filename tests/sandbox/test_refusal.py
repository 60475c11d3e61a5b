"""Where the wall has holes nothing is graded, unless somebody types that it will do; every result says so."""

import json
import subprocess

import environments
import pytest

from grader.gradescope.schema import Results

HAND_IN = environments.ROOT / "submissions_example" / "right_closed_form" / "hw2.py"
WEAK = ("private", "without_landlock", "without_userns", "user")  # files can be read: grade B
OPEN = "seccomp+rlimits (open: reads a file, lists the machine, reads the servers environment)"


def graded(*arguments):
    """`grader grade` of a right hand-in, where layers are missing."""
    if lacking := environments.missing(WEAK):
        pytest.skip(lacking)
    main = "from grader.cli import main; main()"
    options = ("--assignment", str(environments.ROOT), "--only", "curve_velocity", *arguments)
    return subprocess.run(
        environments.command(WEAK, "-c", main, "grade", str(HAND_IN), *options),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def refused():
    return graded("--json", "-")


@pytest.fixture(scope="module")
def accepted():
    return graded("--json", "-", "--isolation", "process")


def test_grading_is_refused_in_one_sentence_that_says_what_to_do(refused):
    assert (refused.returncode, refused.stderr) == (
        1,
        "grader: nothing was graded: student code is not walled off here, isolation is "
        f"{OPEN}; use a machine that has what docs/security.md lists, or type --isolation=process for "
        "hand-ins that you trust\n",
    )


def test_a_refusal_leaves_a_valid_file_that_withholds_the_score(refused):
    file = json.loads(refused.stdout)
    (row,) = file["tests"]

    assert Results.model_validate(file)
    assert (row["visibility"], row["name"]) == ("hidden", "For staff: nothing was graded")
    assert f"isolation is {OPEN}" in row["output"]
    assert "isolation" not in file["output"]
    assert "no fault of yours" in file["output"]


def test_without_json_a_refusal_writes_nothing():
    done = graded()

    assert (done.returncode, done.stdout) == (1, "")


def test_what_was_typed_stands_in_every_result(accepted):
    file = json.loads(accepted.stdout)
    line = f"{OPEN}; accepted with --isolation=process"

    assert (accepted.returncode, file["score"], file["extra_data"]["isolation"]) == (0, 3, line)
    assert accepted.stderr == f"isolation: {line}\n"


def test_a_file_that_cannot_be_written_does_not_hide_the_reason(refused):
    done = graded("--json", "/nowhere/results.json")

    assert (done.returncode, done.stderr) == (1, refused.stderr)
