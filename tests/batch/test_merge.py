"""Stores that are merged hold all that each held, in whatever order; a backup is a store."""

import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored import NAMES, PLAN, digest, entry, of, problem, record

from grader.batch.grades import merge, schema
from grader.batch.grades.findings import mistakes
from grader.batch.grades.merge import backup, merged
from grader.batch.grades.overrides import override, overrides
from grader.batch.grades.runs import attempts, begin, finish, handed, last_run, scores
from grader.batch.grades.store import TIMED_OUT, add, differing, failed, missing, opened, record_of
from grader.batch.plan import Plan
from grader.faults import Fault

TABLES = ("hand_in", "fingerprint", "problem", "plan", "asked", "whole", "result", "told", "pattern")
LOGS = ("attempt", "run", "handed", "override")
OTHER = Plan("e1", "w1", {**PLAN.problems, "hess": "hess2"})
# what a store holds, without the numbers of its rows
CONTENT = (
    "SELECT hand_in.digest, environment.digest, print.digest, content, at, differs, hex(text) FROM whole"
    " JOIN hand_in ON hand_in.number = hand_in JOIN fingerprint AS environment"
    " ON environment.number = environment JOIN fingerprint AS print ON print.number = whole.whole",
    "SELECT hand_in.digest, fingerprint.digest, name, fingerprint, content, at, differs, verdict, score,"
    " diagnosis, family, place, sentence, example, numerical FROM result"
    " JOIN hand_in ON hand_in.number = hand_in JOIN fingerprint ON fingerprint.number = environment"
    " JOIN problem ON problem.number = problem JOIN told ON told.result = result.number",
    "SELECT hand_in.digest, plan.digest, at, lane, seconds, reason FROM attempt"
    " JOIN hand_in ON hand_in.number = hand_in JOIN plan ON plan.number = plan",
    "SELECT token, title, plan.digest, started, finished, student, entry, hand_in.digest, why FROM run"
    " JOIN plan ON plan.number = plan LEFT JOIN handed ON handed.run = run.number"
    " LEFT JOIN hand_in ON hand_in.number = handed.hand_in",
    "SELECT at, title, student, problem, score, who, why FROM override",
)


def content(path):
    with opened(path), closing(sqlite3.connect(path)) as db:
        return [sorted(map(repr, db.execute(sql))) for sql in CONTENT]


def filled(path, hand_ins, plan=PLAN, student="anna", title="hw"):
    """A store with one run."""
    with opened(path) as store:
        run = begin(store, "ta", path.name, [], plan, title)
        handed(store, run, [(entry(f"{student}{k}"), digest(k)) for k in hand_ins])
        handed(store, run, [(entry(f"{student} without", problem="it is empty"), "")])
        for k, made in hand_ins.items():
            if made:
                add(store, digest(k), plan, made, path.name, 0.5)
            else:
                failed(store, digest(k), plan, "the lane died", path.name)
        override(store, title, f"{student}0", "hess", Decimal(1), who=path.name, why="")
        finish(store, run)
    return path


# ---- several as one -------------------------------------------------------------------------


def test_what_each_held_is_there(tmp_path):
    one = filled(tmp_path / "one.db", {0: of(0), 1: None, 2: of(2)})
    two = filled(tmp_path / "two.db", {1: of(1), 3: of(3)}, OTHER, "berta")
    merged(tmp_path / "all.db", [one, two])
    with opened(tmp_path / "all.db") as store:
        assert missing(store, map(digest, range(4)), PLAN) == {digest(1): ("hess",), digest(3): ("hess",)}
        assert missing(store, map(digest, range(4)), OTHER) == {digest(0): ("hess",), digest(2): ("hess",)}
        for k in (0, 2):
            assert record_of(store, digest(k), PLAN).problems == of(k).problems
        for k in (1, 3):
            assert record_of(store, digest(k), OTHER).problems == of(k).problems
        assert [each.who for each in overrides(store, "hw")] == ["one.db", "two.db"]
        run = last_run(store, "hw")
        assert (run.host, last_run(store, "hw", run.number).host) == ("two.db", "one.db")
        assert [*scores(store, run.number)] == ["berta without", "berta1", "berta3"]
        assert attempts(store, run.number)[digest(3)].lane == "two.db"
        assert {student for mistake in mistakes(store, run.number) for student in mistake.students} == {
            "berta1",
            "berta3",
        }
        assert differing(store) == ()
        assert store.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert store.db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_others_stay_as_they_are(tmp_path):
    one, two = filled(tmp_path / "one.db", {0: of(0)}), filled(tmp_path / "two.db", {1: of(1)})
    before = one.read_bytes(), two.read_bytes()
    merged(tmp_path / "all.db", [one, two])
    assert (one.read_bytes(), two.read_bytes()) == before
    assert {path.name for path in tmp_path.iterdir()} == {"one.db", "two.db", "all.db"}


def test_merging_again_changes_nothing(tmp_path):
    one, two = filled(tmp_path / "one.db", {0: of(0)}), filled(tmp_path / "two.db", {0: of(1), 1: None})
    merged(one, [two])
    with opened(one) as store:
        before = "\n".join(store.db.iterdump())
    merged(one, [two, two])
    merged(one, iter([two]))
    with opened(one) as store:
        assert "\n".join(store.db.iterdump()) == before


def test_different_results_are_flagged_and_the_earlier_one_counts(tmp_path):
    wrong = record(problem("grad_v", "wrong"), *map(problem, NAMES[1:]))
    one = filled(tmp_path / "one.db", {0: record()})
    two = filled(tmp_path / "two.db", {0: wrong})
    merged(tmp_path / "all.db", [two, one])
    with opened(tmp_path / "all.db") as store:
        (actual,) = differing(store)
        assert [each.verdict for each in actual.results] == ["right", "wrong"]
        assert record_of(store, digest(0), PLAN) == record(hand_in="")


def test_a_run_that_was_copied_before_its_end_is_finished(tmp_path):
    path = tmp_path / "one.db"
    with opened(path) as store:
        run = begin(store, "ta", "host", [], PLAN, "hw")
    backup(path, tmp_path / "early.db")
    with opened(path) as store:
        finish(store, run)
    merged(tmp_path / "early.db", [path])
    with opened(tmp_path / "early.db") as store:
        assert last_run(store, "hw").finished is not None


verdicts = st.sampled_from(["right", "wrong", TIMED_OUT])
stores = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from([PLAN, OTHER]), verdicts, st.booleans(), st.text(max_size=2)
    ),
    max_size=4,
)


@settings(derandomize=True, deadline=None, database=None, max_examples=20)
@given(stores, stores)
def test_the_order_does_not_matter(tmp_path_factory, one, two):
    folder = tmp_path_factory.mktemp("stores")
    for name, steps in (("one.db", one), ("two.db", two)):
        with opened(folder / name) as store:
            for k, plan, verdict, fails, printed in steps:
                run = begin(store, "ta", name, [], plan, "hw")
                handed(store, run, [(entry(f"anna{k}"), digest(k))])
                made = record(problem("grad_v"), problem("hess", verdict), printed=printed)
                if fails:
                    failed(store, digest(k), plan, "a reason", name)
                else:
                    add(store, digest(k), plan, made, name, 0.5)
                override(store, "hw", f"anna{k}", "hess", Decimal(k), who=verdict, why=name)
                finish(store, run)
    merged(folder / "a.db", [folder / "one.db", folder / "two.db"])
    merged(folder / "b.db", [folder / "two.db", folder / "one.db"])
    merged(folder / "one.db", [folder / "two.db"])
    assert content(folder / "a.db") == content(folder / "b.db") == content(folder / "one.db")
    with opened(folder / "a.db") as a, opened(folder / "b.db") as b:
        assert differing(a) == differing(b)
        for k in range(3):
            assert record_of(a, digest(k), PLAN) == record_of(b, digest(k), PLAN)


def test_a_store_is_not_merged_into_itself(tmp_path):
    one = filled(tmp_path / "one.db", {0: of(0)})
    (tmp_path / "link.db").symlink_to(one)
    with pytest.raises(Fault, match=r"link.db cannot be merged into itself: name another store"):
        merged(one, [tmp_path / "link.db"])


def test_what_is_no_store_is_refused_before_anything_is_merged(tmp_path):
    one = filled(tmp_path / "one.db", {0: of(0)})
    with pytest.raises(Fault, match=r"nothing.db is not there: give the path of a store"):
        merged(tmp_path / "all.db", [one, tmp_path / "nothing.db"])
    assert not (tmp_path / "all.db").exists()


def test_a_file_of_another_kind_is_not_merged(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n" * 500)
    with pytest.raises(Fault, match=r"x.csv is no store of grader's"):
        merged(tmp_path / "all.db", [filled(tmp_path / "one.db", {0: of(0)}), tmp_path / "x.csv"])
    assert not (tmp_path / "all.db").exists()


def test_a_newer_graders_store_is_not_merged(tmp_path):
    one = filled(tmp_path / "one.db", {0: of(0)})
    with closing(sqlite3.connect(one)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(Fault, match=r"one.db was written by a newer grader"):
        merged(tmp_path / "all.db", [one])


def test_a_merge_that_fails_leaves_the_store_as_it_was(tmp_path, monkeypatch):
    one, two = filled(tmp_path / "one.db", {0: of(0)}), filled(tmp_path / "two.db", {1: of(1)})
    before = content(one)
    monkeypatch.setattr(merge, "ROWS", (*merge.ROWS, "SELECT * FROM nothing"))
    with pytest.raises(Fault, match=r"two.db cannot be used"):
        merged(one, [two])
    assert content(one) == before


@contextmanager
def nobody():
    """As a user who may write only what all may."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_store_in_a_folder_that_cannot_be_written_can_be_merged():
    with tempfile.TemporaryDirectory() as folder:
        theirs, mine = Path(folder, "theirs"), Path(folder, "mine")
        theirs.mkdir()
        mine.mkdir()
        one = filled(theirs / "one.db", {0: of(0)})
        for path, mode in ((folder, 0o755), (theirs, 0o555), (one, 0o444), (mine, 0o777)):
            os.chmod(path, mode)  # noqa: PTH101
        with nobody():
            merged(mine / "all.db", [one])
            with opened(mine / "all.db") as store:
                assert record_of(store, digest(0), PLAN).problems == of(0).problems
        theirs.chmod(0o755)


def test_a_store_that_changes_while_it_is_read_as_a_complete_file_is_not_merged(tmp_path, monkeypatch):
    one = filled(tmp_path / "one.db", {0: of(0)})
    states = iter([(1, 1), (2, 1)])
    monkeypatch.setattr(merge, "_writable", lambda path: False)
    monkeypatch.setattr(merge, "_state", lambda path: next(states))
    with pytest.raises(Fault, match=r"one.db was written to while it was read: merge it again"):
        merged(tmp_path / "all.db", [one])
    with opened(tmp_path / "all.db") as store:
        assert record_of(store, digest(0), PLAN) is None


def test_a_store_in_use_can_be_merged(tmp_path):
    one = filled(tmp_path / "one.db", {0: of(0)})
    with opened(one) as store:
        add(store, digest(1), PLAN, of(1), "1", 0.5)
        missing(store, [], PLAN)
        merged(tmp_path / "all.db", [one])
    with opened(tmp_path / "all.db") as store:
        assert record_of(store, digest(1), PLAN) is not None


# ---- a copy ---------------------------------------------------------------------------------


def test_a_backup_is_a_store_with_all_that_is_on_disk(tmp_path):
    one = filled(tmp_path / "one.db", {0: of(0), 1: None})
    with opened(one) as store:
        add(store, digest(2), PLAN, of(2), "1", 0.5)
        missing(store, [], PLAN)
        backup(one, tmp_path / "copy.db")
    assert content(tmp_path / "copy.db") == content(one)
    assert {path.name for path in tmp_path.iterdir()} == {"one.db", "copy.db"}


def test_a_backup_overwrites_nothing(tmp_path):
    one = filled(tmp_path / "one.db", {0: of(0)})
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(Fault, match=r"copy.db is there already: give the backup another name"):
        backup(one, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path, monkeypatch):
    one = filled(tmp_path / "one.db", {0: of(0)})

    def late(part, path):
        path.write_text("precious")
        schema.named(part, path)

    monkeypatch.setattr(merge, "named", late)
    with pytest.raises(Fault, match=r"copy.db is there already"):
        backup(one, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"
    assert {path.name for path in tmp_path.iterdir()} == {"one.db", "copy.db"}


def test_there_is_no_backup_of_nothing(tmp_path):
    with pytest.raises(Fault, match=r"one.db is not there"):
        backup(tmp_path / "one.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_cannot_be_written_is_told_in_one_sentence(tmp_path):
    one = filled(tmp_path / "one.db", {0: of(0)})
    with pytest.raises(Fault, match=r"copy.db cannot be used"):
        backup(one, tmp_path / "nowhere" / "copy.db")
