"""`grader grade --format`, as each platform starts it: the commands are those of docs/platforms.md."""

import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest
from courses import ROOT, shipped

PAGE = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
GRADER = Path(sys.executable).with_name("grader")
HAND_IN = ROOT / "submissions_example" / "wrong_lecture_slips" / "hw2.py"
FORMATS = ["autolab", "prairielearn", "classroom"]


def shown(language: str) -> str:
    """The page's block of that language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return block


def run(*command, cwd: Path, **environment):
    """The command's output, stderr run into it, with grader where the shell finds it."""
    path = f"{GRADER.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PATH": path, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path):
    """Where a platform puts the assignment and the hand-in; student code may not enter it by itself."""
    shipped(tmp_path / "assignment")
    shutil.copy(HAND_IN, tmp_path)
    return tmp_path


# ---- the commands of the page ---------------------------------------------------------------


def test_what_autolab_reads_from_its_makefile_are_the_points(folder):
    subprocess.run(["tar", "cf", "autograde.tar", "assignment"], cwd=folder, check=True)
    shutil.rmtree(folder / "assignment")
    (folder / "Makefile").write_text(shown("make"), encoding="utf-8")

    done = run("make", cwd=folder)

    last = json.loads(done.stdout.rstrip().split("\n")[-1])
    assert (done.returncode, sum(last["scores"].values()), last["scoreboard"][-1]) == (0, 45, 45)
    assert "→" not in done.stdout


def test_what_prairielearns_entrypoint_leaves_is_a_result_and_nothing_is_printed_for_staff(folder):
    (folder / "grade" / "student").mkdir(parents=True)
    (folder / "hw2.py").rename(folder / "grade" / "student" / "hw2.py")
    (folder / "assignment").rename(folder / "grade" / "tests")
    (folder / "run.sh").write_text(shown("bash").replace("/grade/", f"{folder}/grade/"), encoding="utf-8")

    done = run("bash", "run.sh", cwd=folder)

    file = json.loads((folder / "grade" / "results" / "results.json").read_text(encoding="utf-8"))
    assert (done.returncode, file["score"], len(file["tests"])) == (0, 0.45, 20)
    assert "points" not in done.stdout


def test_the_info_of_a_question_is_json_that_names_that_entrypoint():
    options = json.loads(shown("json"))["externalGradingOptions"]

    assert options["entrypoint"].endswith("serverFilesCourse/grader/run.sh")
    assert options["timeout"] > 60


def test_the_step_of_the_workflow_appends_to_the_outputs_that_there_are(folder):
    (command,) = re.findall(r"run: (grader grade .*)", shown("yaml"))
    (folder / "assignment").rename(folder / "grading")
    (folder / "hand_in").mkdir()
    (folder / "hw2.py").rename(folder / "hand_in" / "hw2.py")
    (folder / "outputs").write_text("earlier=1\n")

    done = run("bash", "-e", "-c", command, cwd=folder, GITHUB_OUTPUT="outputs")

    earlier, result = (folder / "outputs").read_text().splitlines()
    scores = [test["score"] for test in json.loads(b64decode(result.removeprefix("result=")))["tests"]]
    assert (done.returncode, earlier, sum(scores)) == (0, "earlier=1", 45)


def test_the_reporter_gets_the_output_of_that_step():
    """It looks for the runner's name in capitals, and `_RESULTS`."""
    (name,) = re.findall(r"runners: (\w+)", shown("yaml"))

    assert f"- id: {name}\n" in shown("yaml")
    assert f"{name.upper()}_RESULTS: ${{{{ steps.{name}.outputs.result }}}}" in shown("yaml")


# ---- usage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "autolab"], "it says what --json writes: give --json, too"),
        (["--format", "prairielearn"], "it says what --json writes: give --json, too"),
        (["--format", "autolab", "--json", "x"], "autolab reads lines: print them with --json -"),
        (["--format", "classroom", "--json", "x"], "classroom reads lines: print them with --json -"),
        (["--format", "moodle", "--json", "-"], "'moodle' is not one of"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_graded(arguments, said, tmp_path):
    done = run(GRADER, "grade", HAND_IN, *arguments, cwd=tmp_path)

    assert (done.returncode, said in done.stdout, list(tmp_path.iterdir())) == (2, True, [])


def test_gradescopes_is_what_json_writes_where_no_format_is_named(tmp_path):
    options = ("--assignment", ROOT, "--only", "grad_v", "--json", "r.json")
    for arguments in ([], ["--format", "gradescope"]):
        done = run(GRADER, "grade", HAND_IN, *options, *arguments, cwd=tmp_path)

        assert done.returncode == 0
        assert json.loads((tmp_path / "r.json").read_text())["tests"][0]["max_score"] == 4


# ---- where nothing may be graded ------------------------------------------------------------


@pytest.fixture
def refused(monkeypatch, tmp_path):
    """Stdout and stderr of `grader grade` on a machine that lacks layers."""
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "sandbox"))
    import environments

    weak = ("private", "without_landlock", "without_userns", "user")
    if lacking := environments.missing(weak):
        pytest.skip(lacking)

    def graded(style: str):
        main = "from grader.cli import main; main()"
        options = ("--assignment", str(ROOT), "--format", style, "--json", "-")
        command = environments.command(weak, "-c", main, "grade", str(HAND_IN), *options)
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return graded


@pytest.mark.parametrize("style", FORMATS)
def test_a_refusal_gives_the_reason_to_staff_and_to_students_that_it_is_no_fault_of_theirs(style, refused):
    done = refused(style)
    told = done.stdout if style != "classroom" else b64decode(done.stdout.removeprefix("result=")).decode()

    assert done.returncode == 1
    assert "student code is not walled off here" in done.stderr
    assert "no fault of yours" in told and "walled" not in told


def test_a_refusal_takes_no_grade(refused):
    prairielearn = json.loads(refused("prairielearn").stdout)
    classroom = json.loads(b64decode(refused("classroom").stdout.removeprefix("result=")))

    assert "{" not in refused("autolab").stdout
    assert (prairielearn["gradable"], "score" in prairielearn) == (False, False)
    assert (classroom["status"], classroom["max_score"]) == ("error", 0)
