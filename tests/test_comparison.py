"""docs/comparison.md says what was measured, and its ten hostile hand-ins are what it says of them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.peers import page
from bench.peers.running import score
from bench.peers.tools import HERE, JOB, UTILS, Place, furnished
from grader.assignment import load_assignment
from grader.grade import grade
from grader.key import make_key
from grader.reference import load_reference
from grader.submission import read_submission

ROOT = Path(__file__).parents[1]
FIGURES = json.loads((HERE / "figures.json").read_text(encoding="utf-8"))
HOSTILE = sorted((HERE / "hostile").glob("*.py"))


@pytest.fixture(scope="module")
def job():
    assignment = load_assignment(JOB)
    return assignment, make_key(assignment, load_reference(assignment))


@pytest.fixture
def unprotected(tmp_path):
    """The suite as gradescope-utils' example has it, in this environment."""
    return furnished(Place(UTILS, tmp_path / "autograder", Path(sys.prefix)))


def graded(place, source):
    place.hand_in(source)
    subprocess.run(place.command, cwd=place.root, check=False, capture_output=True, timeout=60)
    return score(place.results)


def test_the_page_is_the_template_with_the_figures():
    written = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
    assert written == page.page(FIGURES), "run python bench/peers --from bench/peers/figures.json --write …"


def test_every_hostile_hand_in_was_measured_in_every_tool():
    tools = [*FIGURES["one"]]
    assert {name: [*given] for name, given in FIGURES["hostile"].items()} == {p.stem: tools for p in HOSTILE}
    assert page.ATTACKS.keys() == FIGURES["hostile"].keys()


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_behind_the_wall_a_hostile_hand_in_gets_what_it_is_worth(path, job, server):
    assert grade(*job, read_submission(path, "hw2"), server).score == page.worth(path.stem)


@pytest.mark.parametrize("name", ["right", "factor_2", "one_over_n", "transposed"])
def test_both_give_the_same_points_for_honest_work(name, job, server, unprotected):
    path = next(
        folder / f"{name}.py" for folder in (JOB, HERE / "mistakes") if (folder / f"{name}.py").exists()
    )
    points = 10 if name == "right" else 8
    assert grade(*job, read_submission(path, "hw2"), server).score == points
    assert graded(unprotected, path.read_text(encoding="utf-8")) == points


@pytest.mark.parametrize("path", HOSTILE[4:9], ids=lambda path: path.stem)
def test_without_a_wall_the_attack_is_real(path, unprotected):
    assert graded(unprotected, path.read_text(encoding="utf-8")) == 10
