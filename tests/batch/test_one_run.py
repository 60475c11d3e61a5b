"""What happens to an export while it is graded costs the hand-ins that it happens to, and nobody else."""

import io
import os
import signal
import sys

import pytest
from courses import shipped

from grader.assignment import load_assignment
from grader.batch.batch import Request, Shard, _compared, batch
from grader.batch.engine import in_lanes
from grader.batch.exports.intake import read_export
from grader.batch.grades.runs import attempts, last_run
from grader.batch.grades.store import opened
from grader.batch.hand_ins import taken
from grader.batch.lanes import Done
from grader.batch.run import Circumstances, run
from grader.faults import Fault

SOURCE = "import numpy as np\ndef grad_v(*x):\n    return {}\n"


def class_of(folder, *students):
    for number, student in enumerate(students):
        (folder / student).mkdir(parents=True)
        (folder / student / "hw2.py").write_text(SOURCE.format(number))
    return folder


def changed(path):
    path.write_text("another = 1\n")


def removed(path):
    path.unlink()


@pytest.mark.parametrize(("last", "stopped"), [("cleo", False), ("bob", True)])
def test_a_run_is_stopped_only_where_something_was_left_out(tmp_path, capfd, last, stopped):
    assignment = load_assignment(shipped(tmp_path / "course"))
    all_of_it = taken(read_export(class_of(tmp_path / "class", "ada", "bob", "cleo"), tmp_path), "hw2")
    names = {digest: entry.id for digest, entry in all_of_it.by_digest.items()}

    def engine(jobs, _brief):
        for job in jobs:
            if names[job.hand_in] == last:
                os.kill(os.getpid(), signal.SIGINT)
            yield Done(job, 0, 0.0, fault="nobody graded it")

    with opened(tmp_path / "class.db") as store:
        finished = run(store, assignment, all_of_it, set(names), Circumstances(1, engine=engine), print)
        assert (last_run(store, assignment.settings.title) is None) == stopped
    assert finished.stopped == stopped
    assert "Ctrl-C once more ends at once" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("happens", "says"), [(changed, "bob has changed since"), (removed, "hw2.py is gone; leave")]
)
def test_a_hand_in_that_changes_meanwhile_costs_nobody_else(tmp_path, happens, says):
    assignment = load_assignment(shipped(tmp_path / "course"))
    folder = class_of(tmp_path / "class", "ada", "bob", "cleo")
    all_of_it = taken(read_export(folder, tmp_path), assignment.settings.file)

    def engine(jobs, brief):
        happens(folder / "bob" / "hw2.py")
        return in_lanes(jobs, brief)

    chosen, how = set(all_of_it.by_digest), Circumstances(1, engine=engine)
    tallies = []
    with opened(tmp_path / "class.db") as store:
        finished = run(store, assignment, all_of_it, chosen, how, tallies.append)
        tried = attempts(store, finished.number)
        reasons = {entry.id: tried[digest].reason for digest, entry in all_of_it.by_digest.items()}
        again = Circumstances(1)
        later = taken(read_export(folder, tmp_path), assignment.settings.file)
        run(store, assignment, later, set(later.by_digest), again, tallies.append)
    assert (finished.tally.done, finished.tally.failed, finished.tally.total) == (3, 1, 3)
    assert says in reasons.pop("bob")
    assert reasons == {"ada": "", "cleo": ""}
    assert tallies[-1].failed == 0
    unread = _compared(assignment, all_of_it).unread
    assert [says in why for why in unread.values()] == [True]


@pytest.mark.parametrize(
    ("absent", "more", "says"),
    [
        ("vl_convert", {}, "vl-convert-python is not installed"),
        ("altair", {"quiet": True}, "altair is not installed"),
        ("pyarrow", {"parquet": True}, "pip install pyarrow"),
    ],
)
def test_what_reports_need_is_asked_for_before_anything_is_graded(tmp_path, monkeypatch, absent, more, says):
    def engine(_jobs, _brief):
        pytest.fail("it is graded")

    assignment = load_assignment(shipped(tmp_path / "course"))
    folder, out = class_of(tmp_path / "class", "ada"), tmp_path / "out"
    how = Circumstances(1, engine=engine)
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(Fault, match=says):
        batch(assignment, Request(folder, out, how, **more), io.StringIO())
    assert not out.exists()
    assert batch(assignment, Request(folder, out, how, dry_run=True, **more), io.StringIO()) is None
    shard = Request(folder, out, Circumstances(1, shard=True), shard=Shard(1, 1), **more)
    assert batch(assignment, shard, io.StringIO()).tally.done == 1
