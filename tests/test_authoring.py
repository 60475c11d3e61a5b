"""Every block of the author's guide is executed, from top to bottom, in an assignment that grows with it.

A block with a title is a file, or is added to one. A console's commands run, and what is shown of their
output is in it, in that order; `…` stands for what is left out, and numbers may be others.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from courses import edit

from grader.assignment import load_assignment
from grader.diagnosis import law
from grader.key import make_key
from grader.parts import parts, partwise
from grader.problem import KINDS, Identify, Value
from grader.reference import load_reference
from grader.remainder import remainders

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
ADDED = ", continued"
LEFT_OUT = "…"
QUOTES = re.findall(r"^> (.*)$", GUIDE, re.MULTILINE)


def blocks(text=GUIDE):
    return [match.groups() for match in BLOCK.finditer(text)]


def words(line):
    """Without what a machine decides: numbers that stand alone."""
    return re.sub(r"(?<!\S)[\d.e+-]+(?!\S)", "#", " ".join(line.split()))


def shown_in(shown, printed):
    """The first line of what is shown that is not printed behind those before it."""
    lines = iter(map(words, printed.splitlines()))
    for line in filter(None, map(words, shown)):
        begins, ellipsis, _ = line.partition(LEFT_OUT)
        if not any(begins.strip() in each if ellipsis else line == each for each in lines):
            return line
    return ""


def run(command, folder):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        shlex.split(command),
        cwd=folder,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "110"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def console(text, folder):
    """Run the commands; the folder they end in."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        if command.startswith("cd "):
            folder /= command.removeprefix("cd ")
            continue
        printed = run(command, folder)
        assert shown_in(shown, printed) == "", f"{command} prints\n{printed}"
    return folder


def write(title, text, folder):
    path = folder / title.removesuffix(ADDED)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a" if title.endswith(ADDED) else "w", encoding="utf-8") as stream:
        stream.write(f"\n\n{text}" if title.endswith(ADDED) else text)


def followed(folder, until=None):
    """The folder of the assignment that results from the guide, up to a heading."""
    names = {}
    for language, title, text in blocks(GUIDE.partition(f"\n## {until}\n")[0] if until else GUIDE):
        if title:
            write(title, text, folder)
        elif language == "console":
            folder = console(text, folder)
        else:
            assert language == "python"
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(folder)
                exec(compile(text, "docs/authoring.md", "exec"), names)
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return followed(tmp_path_factory.mktemp("guide"))


def test_the_guide_can_be_followed_to_its_end(course):
    assert (course / "autograder.zip").is_file()
    assert "24 of 24 points" not in run("grader grade hw.py", course)


def test_every_kind_is_in_the_table_and_in_an_example():
    example = next(text for _, title, text in blocks() if title == "problems/kinds.py")
    for kind in KINDS:
        assert f"| `{kind.__name__}(" in GUIDE
        assert f"= {kind.__name__}(" in example


def test_every_kind_states_its_law_and_has_its_picture(course):
    """But a value, of which nothing else is known, and a black box, which is no function of a point."""
    assignment = load_assignment(course)
    key = make_key(assignment, load_reference(assignment))
    kinds = [problem for problem in assignment.problems if problem.topic.name == "kinds"]
    assert {type(problem.kind) for problem in kinds} == set(KINDS)
    for problem in kinds:
        sample = key.public(problem.name)[0]
        wrong = partwise(lambda x: 1.5 * x + 0.1, sample.expected)
        last = len(parts(wrong)) - 1 if isinstance(wrong, tuple) else None
        if not isinstance(problem.kind, Value):
            assert law.broken(problem, sample, wrong, last).sentence
        if not isinstance(problem.kind, (Value, Identify)):
            assert remainders(problem, sample.case.values, wrong, sample.expected, [wrong])


@pytest.mark.parametrize(
    ("shown", "printed", "missing"),
    [
        (["a  1.5", "…", "b"], "a 2\nx\nb", ""),
        (["b", "a"], "a\nb", "a"),
        (["ok 2/2"], "ok 1/2", "ok 2/2"),
        (["proved: 3 of 3 …"], "proved: 3 of 3 functions (0.1 s)", ""),
        (["proved: 3/3 …"], "proved: 2/3 functions", "proved: 3/3 …"),
    ],
)
def test_what_is_shown_and_not_printed_is_noticed(shown, printed, missing):
    assert shown_in(shown, printed) == missing


REFERENCE, PROBLEMS, SETTINGS = "reference/ridge.py", "problems/ridge.py", "assignment.toml"
FORMULA, PENALTY, MISSING = "(A @ x - b) + lam * x\n", "lam * x @ x", "the penalty's gradient is missing"
WITHOUT = f'"{MISSING}": lambda A, b, x, lam: A.T @ (A @ x - b)'
NOISY = "(A @ x - b + 1e12) + lam * x - A.T @ (0 * b + 1e12)\n"
TERMS = 'TERMS = {"ridge_gradient": {"the penalty": lambda A, b, x, lam: lam * x}}'
FAULTS = {  # what is said: the file, what stands there, what stands there instead
    "is not the gradient of ridge in x": (REFERENCE, FORMULA, "(A @ x - b) + 2 * lam * x\n"),
    "has no reference; define a function": (REFERENCE, "def ridge_gradient", "def _ridge_gradient"),
    "points = 24, but the problems sum to": (SETTINGS, "points = 15", "points = 24"),
    "cannot be told from the reference": (REFERENCE, WITHOUT, f"{WITHOUT} + lam * x * (len(x) > 1)"),
    "on every case: keep one of them": (
        REFERENCE,
        WITHOUT,
        f"{WITHOUT}, {WITHOUT.replace('missing', 'left out')}",
    ),
    "do not sum to it": (REFERENCE, "MISTAKES =", f"{TERMS}\nMISTAKES ="),
    "was zero, infinite or lost in rounding": (REFERENCE, FORMULA, "(A @ x - b) * 0\n"),
    "gives another value in single precision": (REFERENCE, FORMULA, NOISY),
    "a complex step through": (PROBLEMS, PENALTY, "lam * abs(x) @ x"),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The assignment as the first section leaves it."""
    return followed(tmp_path_factory.mktemp("guide"), until="Which kind asks what")


def test_every_sentence_that_is_explained_has_its_fault():
    assert len(QUOTES) == len(FAULTS)
    assert [said for said in FAULTS if sum(said in quote for quote in QUOTES) != 1] == []


@pytest.mark.parametrize("said", FAULTS)
def test_verify_says_so(said, small, tmp_path):
    (quote,) = (quote for quote in QUOTES if said in quote)
    file, old, new = FAULTS[said]
    course = tmp_path / "course"
    shutil.copytree(small, course)
    edit(course / file, old, new)
    done = subprocess.run(
        [sys.executable, "-m", "grader", "verify"],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert quote in " ".join((done.stdout + done.stderr).split())
