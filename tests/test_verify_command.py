"""`grader verify` as people meet it: its output, its exit codes, and where results go."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from courses import course, edit

from grader.proving.proof import from_json

GRADER = Path(sys.executable).with_name("grader")
PUBLIC = """
    print("authors may print")

    def cubes(x: Array["n"]) -> Array[""]:
        return (x * x * x).sum()

    gradient = Gradient(of=cubes, wrt="x", points=1)
"""
FORMULA = """
    def gradient(x):
        return 3 * x * x

    MISTAKES = {"gradient": {"the factor 3 is missing": lambda x: x * x}}
"""


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GRADER, "verify", *map(str, arguments), "--isolation", "process"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"},
    )


@pytest.fixture
def folder(tmp_path):
    folder = course(tmp_path / "course", PUBLIC, FORMULA)
    example = folder / "submissions_example/twice"
    example.mkdir(parents=True)
    (example / "hw.py").write_text("def gradient(x): return 2 * x * x\n")
    (example / "expected.toml").write_text('score = 0\ndefault = "wrong"\n')
    return folder


def test_what_is_proved_ends_with_exit_code_0_and_one_line_that_counts(folder):
    done = run("--assignment", folder, "--mutations")

    assert done.returncode == 0, done.stderr
    row = re.search(r"^1\.1 +gradient +\S+ +1/1 +\S+ +\d+ +(\d+)/(\d+) +ok *$", done.stdout, re.MULTILINE)
    assert row[1] == row[2]
    assert re.match(
        r"proved: 1 of 1 functions, 1 of 1 mistakes, 1 of 1 examples, \d+ of \d+ mutants \(",
        done.stdout.splitlines()[-1],
    )
    assert re.fullmatch(r"authors may print\nisolation: .+\n", done.stderr)


def test_one_broken_sign_ends_with_exit_code_1_and_says_where(folder):
    line = edit(folder / "reference/topic.py", "    return 3 * x * x", "    return -3 * x * x")

    done = run("--assignment", folder)

    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert f"fails: reference/topic.py, line {line - 1}: gradient is not the gradient of cubes in x: " in said
    assert "not proved: 0 of 1 functions" in said


def test_an_example_that_deviates_ends_with_exit_code_1(folder):
    edit(folder / "submissions_example/twice/expected.toml", "wrong", "right")

    done = run("--assignment", folder)

    assert done.returncode == 1
    assert "submissions_example/twice: gradient is wrong, and expected.toml says right" in done.stdout


def test_what_cannot_be_loaded_is_one_sentence_with_the_file_and_exit_code_1(folder):
    edit(folder / "reference/topic.py", '{"gradient": {', '{"gradeint": {')

    done = run("--assignment", folder)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        f"grader: {folder}/reference/topic.py: MISTAKES names gradeint, which is no problem of this topic"
    )


def test_the_proof_alone_on_stdout(folder):
    done = run("--assignment", folder, "--json", "-")

    proof = from_json(done.stdout)
    assert (done.returncode, proof.proved) == (0, True)
    assert [example.name for example in proof.examples] == ["twice"]
    assert json.loads(done.stdout)["problems"][0]["mistakes"][0]["says"] == "the factor 3 is missing"


def test_the_proof_in_a_file_beside_the_table(folder, tmp_path):
    edit(folder / "submissions_example/twice/expected.toml", "wrong", "right")

    done = run("--assignment", folder, "--json", tmp_path / "proof.json")

    proof = from_json((tmp_path / "proof.json").read_text(encoding="utf-8"))
    assert (done.returncode, proof.proved) == (1, False)
    assert "not proved: " in done.stdout
    assert f"wrote {tmp_path}/proof.json\n" in done.stderr


def test_a_proof_that_cannot_be_written_is_told(folder, tmp_path):
    done = run("--assignment", folder, "--json", tmp_path / "none" / "proof.json")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"grader: {tmp_path}/none/proof.json cannot be written: No such file or directory"
    )


@pytest.mark.parametrize(
    "arguments", [("--json", ""), ("--assignment", "/nonexistent"), ("--mutation",), ("hw2.py",)]
)
def test_what_is_mistyped_ends_with_exit_code_2(arguments):
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Error: " in done.stderr
