"""The command, as a teaching assistant has it: an export in, a folder out, whatever happens meanwhile."""

import csv
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote

import pytest
from courses import edit, shipped
from hand_ins import disguised
from processes import children, is_gone

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "submissions_example"
LONGEST = 120.0  # seconds for something that takes five
RIGHT = "right_closed_form"
HANGS = "def least_squares_gradient(A, b, x):\n    while True: pass\n"


@pytest.fixture
def course(tmp_path):
    return shipped(tmp_path / "course")


def export(folder, hand_ins):
    """A folder for every student; a hand-in is an example's name or source text."""
    for student, hand_in in hand_ins.items():
        there = folder / student
        there.mkdir(parents=True)
        if hand_in is not None:
            example = EXAMPLES / hand_in
            text = (example / "hw2.py").read_text(encoding="utf-8") if "\n" not in hand_in else hand_in
            (there / "hw2.py").write_text(text, encoding="utf-8")
    return folder


def begun(course, *arguments, **options):
    command = [sys.executable, "-m", "grader", "batch", *map(str, arguments), "--assignment", str(course)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def batch(course, *arguments, code=0):
    """Run it to its end; what it printed on stdout and on stderr."""
    process = begun(course, *arguments)
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == code, out + err
    return out, err


def grader(*arguments, code=0):
    """What another verb printed."""
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    process = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert process.returncode == code, process.stdout + process.stderr
    return process.stdout if code == 0 else process.stderr


def table(folder, name="grades.csv"):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def scores(folder):
    return {student: row["score"] for student, row in table(folder).items()}


CLASS = {
    "ada": RIGHT,
    "bob": "wrong_lecture_slips",
    "cleo": RIGHT,
    "dan": None,
    "eve": HANGS,
    "fay": "not python at all (\n",
}


def test_a_class_is_graded_with_one_command(course, tmp_path):
    out, err = batch(course, export(tmp_path / "class", CLASS), "-o", tmp_path / "out", "-j", 2)
    found = table(tmp_path / "out")
    assert {student: row["score"] for student, row in found.items()} == {
        **{"ada": "100", "bob": "45", "cleo": "100", "dan": "0", "eve": "0", "fay": "0"}
    }
    assert found["dan"]["status"] == "empty"
    assert "6 of 6 students have a score" in out
    assert "4 of 4 hand-ins" in err  # two are the same, one is none
    pages = sorted(path.name for path in (tmp_path / "out" / "feedback").iterdir())
    assert len(pages) == 2 * len(CLASS)
    assert (tmp_path / "out" / "dashboard.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    for name in ("gradescope.csv", "canvas.csv"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8-sig")
        assert len(text.splitlines()) >= 1 + len(CLASS)


def test_a_title_that_canvas_would_pass_over_costs_no_report(course, tmp_path):
    edit(course / "assignment.toml", 'title = "', 'title = "Final Grade exam: ')
    out, _ = batch(course, export(tmp_path / "class", {"ada": RIGHT}), "-o", tmp_path / "out")
    assert "In canvas.csv the column is called Final-Grade exam: Matrix differentials: Canvas has" in out
    assert "Final-Grade exam" in (tmp_path / "out" / "canvas.csv").read_text(encoding="utf-8")
    assert (tmp_path / "out" / "dashboard.html").exists()


def test_another_assignment_does_not_take_the_place_of_tables(course, tmp_path):
    there, into = export(tmp_path / "class", {"ada": RIGHT}), tmp_path / "out"
    batch(course, there, "-o", into)
    before = (into / "grades.csv").read_bytes()
    edit(course / "assignment.toml", 'title = "Matrix', 'title = "Other')
    _, err = batch(course, there, "-o", into, code=1)
    assert err.endswith(f"{into} has the tables of Matrix differentials: name another folder with -o\n")
    assert (into / "grades.csv").read_bytes() == before


def test_a_hand_in_that_the_export_lost_is_told_by_the_exit_code(course, tmp_path):
    there = export(tmp_path / "class", {"ada": RIGHT})
    (there / "ben").symlink_to(there / "ada")
    out, _ = batch(course, there, "-o", tmp_path / "out", code=1)
    assert "1 of 2 students have a score" in out


def test_again_nothing_is_graded_and_all_is_the_same(course, tmp_path):
    there = export(tmp_path / "class", CLASS)
    batch(course, there, "-o", tmp_path / "out")
    before = (tmp_path / "out" / "gradescope.csv").read_bytes()
    _, err = batch(course, there, "-o", tmp_path / "out")
    assert "4 from earlier" in err
    assert (tmp_path / "out" / "gradescope.csv").read_bytes() == before


def test_a_mended_reference_regrades_its_problem_and_says_whose_score_moved(course, tmp_path):
    there = export(tmp_path / "class", {"ada": RIGHT, "bob": "wrong_lecture_slips"})
    reference = course / "reference" / "least_squares.py"
    edit(reference, "return A.T @ (A @ x - b)", "return 2 * A.T @ (A @ x - b)")
    batch(course, there, "-o", tmp_path / "out")
    assert table(tmp_path / "out")["ada"]["least_squares_gradient"] == "0"
    edit(reference, "return 2 * A.T @ (A @ x - b)", "return A.T @ (A @ x - b)")
    out, _ = batch(course, there, "-o", tmp_path / "out")
    assert "Scores that changed since the last run: 1, lower now: 0." in out
    assert table(tmp_path / "out")["ada"]["least_squares_gradient"] == "5"
    rows = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    moved = {row["id"]: row["moved"] for row in rows}
    assert moved["ada"] == "the problem or its reference was changed (least_squares_gradient)"


def test_two_batches_into_one_folder_at_once_leave_it_whole(course, tmp_path):
    there, into = export(tmp_path / "class", CLASS | {"eve": RIGHT}), tmp_path / "out"
    for left in (
        into / ".grades.csv.0123456789abcdef.part",
        into / "feedback" / ".x.html.0123456789abcdef.part",
    ):
        left.parent.mkdir(parents=True, exist_ok=True)
        left.touch()
    both = [begun(course, there, "-o", into, "-j", 1) for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=LONGEST)
        assert process.returncode == 0, out + err
    assert not [*into.rglob("*.part")]
    assert scores(into)["ada"] == "100"


def test_pages_of_who_is_no_longer_there_are_removed_and_nobody_elses(course, tmp_path):
    there, into = export(tmp_path / "class", {"ada": RIGHT, "bob": RIGHT}), tmp_path / "out"
    batch(course, there, "-o", into)
    mine = {into / "feedback" / name for name in ("notes.md", "To do_ada.html", "ada_ada.txt")}
    for path in mine:
        path.touch()
    before = {*(into / "feedback").iterdir()} - mine
    (tmp_path / "class.csv").write_text("id,name\nada,Ada Lovelace\nbob,Bob Ross\n")
    batch(course, there, "-o", into, "--roster", tmp_path / "class.csv")
    after = {*(into / "feedback").iterdir()}
    assert mine < after and not before & after
    assert len(after - mine) == len(before) == 4


def linked(page):
    """Where a page leads to: files beside it, and places in it."""
    text = page.read_text(encoding="utf-8")
    found = set(re.findall('href="([^"]+)"', text))
    data = re.findall('<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    return found | {link for each in data for link in json.loads(each)["links"] if link}


def test_similar_code_is_shown_where_it_is_asked_for_and_every_link_leads_somewhere(course, tmp_path):
    theirs = (EXAMPLES / RIGHT / "hw2.py").read_text(encoding="utf-8")
    there = export(tmp_path / "class", CLASS | {"gus": f"# mine\n{disguised(theirs, 1)}"})
    batch(course, there, "-o", tmp_path / "out")
    assert not (tmp_path / "out" / "similar.html").exists()
    batch(course, there, "-o", tmp_path / "out", "--similar")
    page = (tmp_path / "out" / "similar.html").read_text(encoding="utf-8")
    assert "ada" in page and "gus" in page and "cleo" in page  # who has the same as ada
    dashboard = (tmp_path / "out" / "dashboard.html").read_text(encoding="utf-8")
    assert "hw2.py cannot be parsed" in dashboard
    pages = [*(tmp_path / "out").glob("*.html"), *(tmp_path / "out" / "feedback").glob("*.html")]
    for page in pages:
        for link in linked(page):
            name, _, place = unquote(link).partition("#")
            to = page.parent / name if name else page
            assert to.is_file(), (page.name, link)
            assert not place or f'id="{place}"' in to.read_text(encoding="utf-8"), (page.name, link)
    assert len(linked(tmp_path / "out" / "dashboard.html")) > len(CLASS)


def test_without_names_the_dashboard_has_neither_names_nor_a_link_to_them(course, tmp_path):
    theirs = (EXAMPLES / RIGHT / "hw2.py").read_text(encoding="utf-8")
    there = export(tmp_path / "class", {"adalovelace": RIGHT, "gusfring": disguised(theirs, 1)})
    batch(course, there, "-o", tmp_path / "out", "--similar", "--anonymize")
    dashboard = (tmp_path / "out" / "dashboard.html").read_text(encoding="utf-8")
    assert "Similar hand-ins" in dashboard and "100 %" in dashboard
    assert not any(word in dashboard for word in ("adalovelace", "gusfring", "similar.html", "def grad_v"))


def test_a_dry_run_only_tells_what_there_is(course, tmp_path):
    out, _ = batch(course, export(tmp_path / "class", CLASS), "-o", tmp_path / "out", "--dry-run")
    assert "6 students" in out
    assert not (tmp_path / "out").exists()


def test_lines_of_json_and_nothing_else(course, tmp_path):
    out, err = batch(course, export(tmp_path / "class", CLASS), "-o", tmp_path / "out", "--json")
    told = [json.loads(line) for line in out.splitlines()]
    events = [line["event"] for line in told]
    assert events == sorted(events)  # progress, then students
    *_, last = (line for line in told if line["event"] == "progress")
    assert (last["total"], last["done"], last["cached"], last["timed_out"], last["failed"]) == (4, 4, 0, 1, 0)
    assert {line["student"]: line["score"] for line in told if line["event"] == "student"} == {
        **dict.fromkeys(CLASS, 0),
        "ada": 100,
        "bob": 45,
        "cleo": 100,
    }
    assert "6 students" in err  # what was found in the export
    assert batch(course, tmp_path / "class", "-o", tmp_path / "out", "--json", "--quiet")[1] == ""


def test_who_is_left_out_stays_in_every_table(course, tmp_path):
    there, into = export(tmp_path / "class", CLASS), tmp_path / "out"
    out, _ = batch(course, there, "-o", into, "--only", "ada", "--only", "bob")
    assert "chosen: 2 of 4 different hand-ins" in out
    found = table(into)
    assert set(found) == set(CLASS)
    assert (found["ada"]["score"], found["eve"]["score"], found["eve"]["status"]) == ("100", "", "not yet")
    assert "2 were left out by --only: not graded yet" in out  # cleo has what ada has, dan nothing
    assert "by no fault" not in out
    (page,) = (into / "feedback").glob("eve_*.html")
    assert "has not been graded yet" in page.read_text(encoding="utf-8")
    dashboard = (into / "dashboard.html").read_text(encoding="utf-8")
    assert "2 students not graded yet: left out" in dashboard and "✗ not graded" not in dashboard
    assert found["eve"]["reason"] == "it was not graded yet: the command left it out"
    batch(course, there, "-o", into, "--skip", "eve")
    assert scores(into) == {**dict.fromkeys(CLASS, "0"), "ada": "100", "bob": "45", "cleo": "100", "eve": ""}
    _, err = batch(course, there, "-o", into)
    assert "3 from earlier" in err
    lines = [json.loads(line) for line in (into / "results.jsonl").read_text().splitlines()]
    why = {line["id"]: line["moved"].partition(" (")[0] for line in lines}
    assert why == {**dict.fromkeys(CLASS, ""), "eve": "it was not graded before"}


def test_shards_are_graded_apart_and_merged(course, tmp_path):
    there = export(tmp_path / "class", CLASS)
    batch(course, there, "-o", tmp_path / "whole")
    for number in (1, 2, 3):
        out, _ = batch(course, there, "-o", tmp_path / f"part{number}", "--shard", f"{number}/3")
        assert f"Shard {number} of 3: " in out
        assert [path.name for path in (tmp_path / f"part{number}").iterdir()] == ["grades.sqlite"]
    out = grader("db", "merge", tmp_path / "all", *(tmp_path / f"part{number}" for number in (1, 2, 3)))
    first = f"grader batch EXPORT -o {tmp_path / 'all'}"
    assert first in out
    for folder in ("all", "part1"):  # neither knows a student
        err = grader("db", "override", tmp_path / folder, "ada", "grad_W", "1", "--why", "x", code=1)
        assert err.count("\n") == 1
        assert f"run {first.replace('all', folder)} first" in err
    _, err = batch(course, there, "-o", tmp_path / "all")
    assert "4 of 4 hand-ins; 4 from earlier" in err
    for name in ("gradescope.csv", "canvas.csv", "grades.csv"):
        assert (tmp_path / "all" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_the_last_word_names_the_mistake_unless_it_shall_not(course, tmp_path):
    there, into = export(tmp_path / "class", {"bob": "wrong_lecture_slips"}), tmp_path / "out"
    said = "Hint: b is missing"
    batch(course, there, "-o", into)
    (page,) = (into / "feedback").glob("*.html")
    assert said in page.read_text(encoding="utf-8")
    assert "b is missing" in page.with_suffix(".md").read_text(encoding="utf-8")
    for text in (page.read_text(encoding="utf-8"), (into / "dashboard.html").read_text(encoding="utf-8")):
        assert "import numpy as np\nfrom hw2 import least_squares_gradient\n" in text
    batch(course, there, "-o", into, "--no-hints")
    assert said not in page.read_text(encoding="utf-8")
    edit(course / "assignment.toml", "place = 5", "place = false")
    batch(course, there, "-o", into)
    text = page.read_text(encoding="utf-8")
    assert said not in text and "Hint: " in text


def test_everything_as_parquet(course, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    batch(course, export(tmp_path / "class", {"ada": RIGHT}), "-o", tmp_path / "out", "--parquet")
    rows = parquet.read_table(tmp_path / "out" / "results.parquet").to_pylist()
    lines = (tmp_path / "out" / "results.jsonl").read_text().splitlines()
    assert rows == [json.loads(line) for line in lines]


def slow(count):
    """Hand-ins that differ and take a moment each."""
    text = (EXAMPLES / "wrong_lecture_slips" / "hw2.py").read_text(encoding="utf-8")
    return {f"s{k:02}": f"import time\ntime.sleep(0.2)\nNUMBER = {k}\n{text}" for k in range(count)}


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(course, tmp_path):
    there = export(tmp_path / "class", slow(30))
    process = begun(course, there, "-o", tmp_path / "out", preexec_fn=default_interrupt)
    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 130, out + err
    assert "of 30 hand-ins" in first
    assert f"Stopped. Go on with: grader batch {there} -o {tmp_path / 'out'}" in out
    status = [row["status"] for row in table(tmp_path / "out").values()]
    assert 0 < status.count("graded") < 30 == status.count("graded") + status.count("not yet")
    assert f"{status.count('not yet')} were not reached" in out or status.count("not yet") == 1
    batch(course, there, "-o", tmp_path / "out")
    assert scores(tmp_path / "out") == dict.fromkeys(slow(30), "45")


def test_two_who_grade_at_once_lose_nothing(course, tmp_path):
    there = export(tmp_path / "class", CLASS)
    both = [begun(course, there, "-o", tmp_path / "out", "-j", 1) for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=LONGEST)
        assert process.returncode == 0, out + err
        assert "6 of 6 students have a score" in out
        assert "came out differently" not in out
    assert scores(tmp_path / "out")["bob"] == "45"
    _, err = batch(course, there, "-o", tmp_path / "out")
    assert "4 of 4 hand-ins; 4 from earlier" in err


def default_interrupt():
    """A background job's is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_killed_run_is_finished_by_the_next_and_leaves_no_process(course, tmp_path):
    """Three times, at moments that are drawn."""
    there = export(tmp_path / "class", slow(12))
    for seed in range(3):
        process = begun(course, there, "-o", tmp_path / "out")
        time.sleep(random.Random(seed).uniform(0.3, 2.0))
        seen = children(process.pid)
        process.kill()
        process.communicate()
        late = time.monotonic() + LONGEST
        while not all(map(is_gone, seen)):
            assert time.monotonic() < late
    batch(course, there, "-o", tmp_path / "out")
    killed = (tmp_path / "out" / "gradescope.csv").read_bytes()
    shutil.rmtree(tmp_path / "out")
    batch(course, there, "-o", tmp_path / "out")
    assert (tmp_path / "out" / "gradescope.csv").read_bytes() == killed


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere.zip"], "'nowhere.zip' does not exist"),
        (["--only", "nobody"], "nobody"),
        (["--platform", "myspace"], "there is no platform myspace"),
    ],
)
def test_what_cannot_be_is_one_sentence(course, tmp_path, arguments, says):
    there = export(tmp_path / "class", {"ada": RIGHT})
    what = arguments if arguments[0] == "nowhere.zip" else [there, *arguments]
    process = begun(course, *what, "-o", tmp_path / "out", cwd=tmp_path)
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode in (1, 2)
    assert says in err
    assert out == ""
    assert not (tmp_path / "out").exists()


def test_a_score_set_by_hand_outlives_a_regrade_and_a_later_hand_in(course, tmp_path):
    there, into = export(tmp_path / "class", {"ada": "wrong_lecture_slips", "bob": RIGHT}), tmp_path / "out"
    batch(course, there, "-o", into)
    graded = table(into)["ada"]["least_squares_gradient"]
    setting = ("ada", "least_squares_gradient", "4.5", "--why", "the slip counts half", "--who", "Tea")
    out = grader("db", "override", into, *setting)
    assert out.startswith(
        f"ada, least_squares_gradient: 4.5 of 5 points from now on, by hand ({graded} before).\n"
    )
    assert out.endswith(f"grader batch EXPORT -o {into}\n")  # whatever the last run was told
    batch(course, there, "-o", into)
    assert table(into)["ada"]["least_squares_gradient"] == "4.5"
    edit(course / "reference" / "least_squares.py", "return A.T @ (A @ x - b)", "return (A @ x - b) @ A")
    export_of(there, "ada", "right_closed_form")
    batch(course, there, "-o", into)
    assert table(into)["ada"]["least_squares_gradient"] == "4.5"
    assert "Tea: the slip counts half" in (into / "results.jsonl").read_text()
    grader("db", "override", into, *setting[:2], "--withdraw", "--why", "a mistake")
    batch(course, there, "-o", into)
    assert table(into)["ada"]["least_squares_gradient"] == "5"
    log = grader("db", "overrides", into).splitlines()
    assert log[0].split("  ")[1:] == ["Tea", *setting[:3], setting[4]]
    assert log[1].endswith("ada  least_squares_gradient  withdrawn  a mistake")


def export_of(there, student, example):
    """Another hand-in of the student's."""
    shutil.copy(EXAMPLES / example / "hw2.py", there / student / "hw2.py")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["override", "{}", "adda", "grad_W", "1", "--why", "x"], "adda (near: ada)"),
        (["override", "{}", "ada", "grad_w", "1", "--why", "x"], "grad_w (near: grad_v, grad_W"),
        (
            ["override", "{}", "ada", "grad_W", "75", "--why", "x"],
            "points at most: with --bonus it may be 75",
        ),
        (["override", "{}", "ada", "grad_W", "--withdraw", "--why", "x"], "no score was set by hand"),
        (["override", "{}", "ada", "grad_W", "1", "--why", "x", "--title", "y"], "has no assignment y"),
        (["override", "{}/feedback", "ada", "grad_W", "1", "--why", "x"], "grades.sqlite is missing"),
        (["overrides", "{}/grades.csv"], "is no store of grader's"),
        (["backup", "{}", "{}/grades.csv"], "grades.csv is there already"),
        (["merge", "{}", "{}/feedback"], "grades.sqlite is not there"),
    ],
)
def test_what_the_store_does_not_know_is_one_sentence(graded_once, arguments, says):
    err = grader("db", *(text.format(graded_once) for text in arguments), code=1)
    assert says in err
    assert err.startswith("grader: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("more", "says"),
    [(["x"], "no number"), (["-1"], "No such option"), (["nan"], "no number of points"), ([], "--withdraw")],
)
def test_what_is_no_score_is_refused(graded_once, more, says):
    assert says in grader("db", "override", graded_once, "ada", "grad_W", *more, "--why", "x", code=2)


def test_a_reason_is_not_empty(graded_once):
    assert "give a reason" in grader(
        "db", "override", graded_once, "ada", "grad_W", "1", "--why", " ", code=2
    )


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "a/b", "1/0"])
def test_what_is_no_shard_is_refused(graded_once, shard):
    assert "is not like 3/64" in grader("batch", graded_once, "--shard", shard, code=2)


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    here = tmp_path_factory.mktemp("graded")
    batch(shipped(here / "course"), export(here / "class", {"ada": RIGHT}), "-o", here / "out")
    return here / "out"


def test_a_backup_holds_the_same(course, graded_once, tmp_path):
    grader("db", "backup", graded_once, tmp_path / "friday.sqlite")
    (tmp_path / "again").mkdir()
    shutil.copy(tmp_path / "friday.sqlite", tmp_path / "again" / "grades.sqlite")
    _, err = batch(course, graded_once.parent / "class", "-o", tmp_path / "again")
    assert "1 from earlier" in err
