"""What was graded is there, exactly, whatever happened meanwhile; and what is lacking is known."""

import sqlite3
import zlib
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored import ANY_TEXT, NAMES, PLAN, digest, problem, record

from grader.batch.grades.packed import compressed, problem_json
from grader.batch.grades.store import (
    TIMED_OUT,
    add,
    committed,
    differing,
    due,
    failed,
    missing,
    opened,
    record_of,
)
from grader.batch.plan import Plan
from grader.faults import Fault
from grader.record import Diagnosis, Seen, Timings

QUIET = settings(derandomize=True, deadline=None, database=None)
A, B = digest("a"), digest("b")


class Clock:
    """Stands still, unless told otherwise."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    with opened(tmp_path / "class.db", clock) as store:
        yield store


def on_disk(store, table="result"):
    """How many rows another process would see."""
    with closing(sqlite3.connect(store.path)) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def changed(plan=PLAN, *, environment="", whole="", **problems):
    return Plan(environment or plan.environment, whole or plan.whole, {**plan.problems, **problems})


# ---- what was graded ------------------------------------------------------------------------


def test_a_record_comes_back_as_it_was_but_for_its_name(store):
    graded = record(remarks=("cell 5 was left out",), printed="hello\n")
    add(store, A, PLAN, graded, "1", 0.5)
    assert record_of(store, A, PLAN) == replace(graded, hand_in="")


def test_what_was_really_graded_comes_back(store, grade_text):
    graded = grade_text("import numpy as np\nprint('hi')\ndef grad_v(v, U, y): return v * np.inf\nx = 1 /")
    plan = Plan("e", "w", {each.name: each.name for each in graded.problems})
    add(store, A, plan, graded, "1", 0.5)
    assert record_of(store, A, plan) == replace(graded, hand_in="")


def test_it_comes_back_when_the_store_is_opened_again(tmp_path):
    with opened(tmp_path / "class.db") as store:
        add(store, A, PLAN, record(), "1", 0.5)
    with opened(tmp_path / "class.db") as store:
        assert record_of(store, A, PLAN) == record(hand_in="")


def test_problems_come_back_in_the_order_of_the_plan(store):
    add(store, A, PLAN, record(*map(problem, reversed(NAMES))), "1", 0.5)
    turned = Plan(PLAN.environment, PLAN.whole, dict(reversed(PLAN.problems.items())))
    assert [each.name for each in record_of(store, A, PLAN).problems] == [*NAMES]
    assert [each.name for each in record_of(store, A, turned).problems] == [*reversed(NAMES)]


def test_a_part_of_a_record_is_no_record(store):
    add(store, A, PLAN, record(problem("grad_v"), problem("hess")), "1", 0.5)
    assert record_of(store, A, PLAN) is None
    add(store, A, PLAN, record(problem("grad_U")), "1", 0.5)
    assert record_of(store, A, PLAN) == record(hand_in="")


def test_a_record_of_problems_without_the_rest_is_no_record(store):
    add(store, A, PLAN, record(), "1", 0.5)
    assert record_of(store, A, changed(whole="w2")) is None


@pytest.mark.parametrize("other", [changed(environment="e2"), changed(whole="w2"), changed(hess="hess2")])
def test_nothing_is_known_under_other_fingerprints(store, other):
    add(store, A, PLAN, record(), "1", 0.5)
    assert record_of(store, A, other) is None
    assert record_of(store, B, PLAN) is None


def test_a_problem_that_the_plan_does_not_ask_for_is_our_mistake(store):
    with pytest.raises(ValueError, match="does not ask for other"):
        add(store, A, PLAN, record(problem("other")), "1", 0.5)


@QUIET
@given(text=ANY_TEXT, score=st.decimals(0, 100, places=4), verdict=st.sampled_from(["right", "wrong"]))
def test_ANY_TEXT_is_kept_or_written_out(text, score, verdict, tmp_path_factory):
    seen, diagnosis = Seen(text, text, text, text), Diagnosis(text, text, text)
    graded = record(
        problem(verdict=verdict, said=text, score=score, numerical=text, student=seen, diagnosis=diagnosis),
        *map(problem, NAMES[1:]),
        remarks=(text,),
        printed=text,
    )
    with opened(tmp_path_factory.mktemp("store") / "class.db") as store:
        add(store, A, PLAN, graded, text, 0.5)
        failed(store, B, PLAN, text, text)
        actual = record_of(store, A, PLAN)
    shown = text.encode("utf-8", "backslashreplace").decode()
    assert actual.problems[0].student == Seen(shown, shown, shown, shown)
    assert actual.problems[0].diagnosis == Diagnosis(shown, shown, shown)
    assert (actual.printed, actual.remarks, actual.problems[0].score) == (shown, (shown,), score)


def test_columns_say_what_the_record_says(store):
    seen = Seen("Off by 2.", "grad_v(1)")
    wrong = problem(
        verdict="wrong", student=seen, numerical="steps", diagnosis=Diagnosis("x", "a sign", "of v")
    )
    add(store, A, PLAN, record(replace(wrong, score=Decimal("1.25"))), "1", 0.5)
    committed(store)
    narrow = store.db.execute("SELECT verdict, score, points, diagnosis FROM result").fetchone()
    wide = store.db.execute("SELECT family, place, sentence, example, numerical FROM told").fetchone()
    assert narrow == ("wrong", "1.25", "2.50", "x")
    assert wide == ("a sign", "of v", "Off by 2.", "grad_v(1)", "steps")


def test_a_result_cannot_be_changed_or_deleted(store):
    add(store, A, PLAN, record(), "1", 0.5)
    committed(store)
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        store.db.execute("UPDATE result SET score = '100'")
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        store.db.execute("DELETE FROM result")


def test_a_mistake_of_ours_is_not_put_down_to_the_disk(tmp_path):
    with pytest.raises(sqlite3.IntegrityError), opened(tmp_path / "class.db") as store:
        store.db.execute("INSERT INTO asked VALUES (1, 1, 1)")


@pytest.mark.parametrize("table", ["whole", "told", "pattern"])
@pytest.mark.parametrize("harm", [b"x", b"", compressed(b"{}"), compressed(b"no JSON"), None])
def test_what_was_changed_on_the_disk_is_told_in_one_sentence(tmp_path, table, harm):
    path = tmp_path / "class.db"
    with opened(path) as store:
        add(store, digest(1), PLAN, record(), "1", 0.5)
    with closing(sqlite3.connect(path)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        (text,) = db.execute(f"SELECT text FROM {table} LIMIT 1").fetchone()
        db.execute(f"UPDATE {table} SET text = ?", (text[: len(text) // 2] if harm is None else harm,))
        db.commit()
    with pytest.raises(Fault, match=r"class\.db is damaged .*: take its backup"), opened(path) as store:
        record_of(store, digest(1), PLAN)


def test_a_result_needs_a_fraction_of_its_own_compressed_size(store):
    cases = problem().staff * 6
    texts = []
    for k in range(20):
        told = tuple(replace(each, eta=k / 3 + place) for place, each in enumerate(cases))
        add(store, digest(k), PLAN, record(problem(staff=told)), "1", 0.1)
        texts.append(problem_json(problem(staff=told)))
    (actual,) = store.db.execute("SELECT sum(length(text)) FROM told").fetchone()
    assert actual < 0.7 * sum(len(zlib.compress(text)) for text in texts)


# ---- the same input, graded twice -----------------------------------------------------------


@pytest.mark.parametrize(
    "same",
    [
        record(),
        record(total=9.0),
        record(hand_in="berta", file="b.py"),
        record(staff=replace(record().staff, isolation="another wall", timings=Timings(1, 1, 1, 1))),
    ],
)
def test_an_equal_result_is_there_already(store, same):
    add(store, A, PLAN, record(), "1", 0.5)
    add(store, A, PLAN, same, "2", 0.7)
    assert record_of(store, A, PLAN) == record(hand_in="")
    assert (differing(store), on_disk(store), on_disk(store, "whole")) == ((), 3, 1)


def test_of_different_results_both_are_kept_and_flagged_and_the_first_one_counts(store):
    other = problem("hess", "wrong")
    add(store, A, PLAN, record(), "1", 0.5)
    add(store, A, PLAN, record(*map(problem, NAMES[:2]), other), "2", 0.5)
    (actual,) = differing(store)
    assert (actual.hand_in, actual.environment, actual.problem) == (A, "e1", "hess")
    assert actual.results == (problem("hess"), other)
    assert record_of(store, A, PLAN) == record(hand_in="")
    assert store.db.execute("SELECT problem, verdict FROM differing").fetchall() == [
        ("hess", "right"),
        ("hess", "wrong"),
    ]


def test_a_difference_beside_the_problems_is_flagged_too(store):
    add(store, A, PLAN, record(), "1", 0.5)
    add(store, A, PLAN, record(printed="another"), "2", 0.5)
    (actual,) = differing(store)
    assert (actual.hand_in, actual.problem) == (A, "")
    assert [each.printed for each in actual.results] == ["", "another"]
    assert record_of(store, A, PLAN).printed == ""
    assert len(store.db.execute("SELECT * FROM differing").fetchall()) == 2


def test_what_did_not_time_out_counts_before_what_did(store):
    add(store, A, PLAN, record(problem(verdict=TIMED_OUT), *map(problem, NAMES[1:])), "1", 0.5)
    assert record_of(store, A, PLAN).problems[0].verdict == TIMED_OUT
    add(store, A, PLAN, record(), "1", 0.5)
    assert record_of(store, A, PLAN).problems[0].verdict == "right"
    assert [len(each.results) for each in differing(store)] == [2]


def test_the_same_problem_under_another_fingerprint_is_no_difference(store):
    add(store, A, PLAN, record(), "1", 0.5)
    add(store, A, changed(hess="hess2"), record(problem("hess", "wrong")), "1", 0.5)
    assert differing(store) == ()
    assert record_of(store, A, changed(hess="hess2")).problems[2].verdict == "wrong"
    assert record_of(store, A, PLAN).problems[2].verdict == "right"


# ---- what is lacking ------------------------------------------------------------------------


def test_everything_is_lacking_at_first(store):
    assert missing(store, [B, A, B], PLAN) == {B: NAMES, A: NAMES}
    assert [*missing(store, [B, A], PLAN)] == [B, A]
    assert missing(store, [], PLAN) == {}


def test_what_is_graded_is_not_lacking(store):
    add(store, A, PLAN, record(), "1", 0.5)
    assert missing(store, [A, B], PLAN) == {B: NAMES}


def test_a_changed_problem_is_lacking_alone(store):
    add(store, A, PLAN, record(), "1", 0.5)
    assert missing(store, [A], changed(grad_U="grad_U2")) == {A: ("grad_U",)}


def test_a_new_problem_is_lacking_alone(store):
    add(store, A, PLAN, record(), "1", 0.5)
    assert missing(store, [A], changed(new="new1")) == {A: ("new",)}


@pytest.mark.parametrize("other", [changed(environment="e2"), changed(whole="w2")])
def test_where_everything_changed_everything_is_lacking(store, other):
    add(store, A, PLAN, record(), "1", 0.5)
    assert missing(store, [A], other) == {A: NAMES}


def test_an_infra_error_is_tried_again_unless_nobody_wants_it(store):
    failed(store, A, PLAN, "the lane died", "1")
    assert missing(store, [A], PLAN) == {A: NAMES}
    assert missing(store, [A], PLAN, retry=()) == {}
    assert missing(store, [A], changed(hess="hess2"), retry=()) == {A: NAMES}


def test_only_the_last_attempt_counts_as_a_failure(store):
    failed(store, A, PLAN, "the lane died", "1")
    add(store, A, PLAN, record(problem()), "1", 0.5)
    assert missing(store, [A], PLAN, retry=()) == {A: NAMES[1:]}


def test_a_time_out_is_final_unless_it_is_tried_again(store):
    add(store, A, PLAN, record(problem(verdict=TIMED_OUT), *map(problem, NAMES[1:])), "1", 0.5)
    assert missing(store, [A], PLAN) == {}
    assert missing(store, [A], PLAN, retry=("timeout",)) == {A: NAMES[:1]}
    add(store, A, PLAN, record(problem()), "1", 0.5)
    assert missing(store, [A], PLAN, retry=("timeout",)) == {}


def test_asking_what_is_lacking_disturbs_no_reader(store):
    add(store, A, PLAN, record(), "1", 0.5)
    committed(store)
    reader = store.db.execute("SELECT number FROM result")
    next(reader)
    missing(store, [A], PLAN)
    assert len([*reader]) == 2


FINGERPRINTS = st.sampled_from("12")
plans = st.builds(
    lambda environment, whole, prints, n: Plan(
        environment, whole, {name: name + p for name, p in [*zip(NAMES, prints, strict=True)][:n]}
    ),
    FINGERPRINTS,
    FINGERPRINTS,
    st.tuples(FINGERPRINTS, FINGERPRINTS, FINGERPRINTS),
    st.integers(1, 3),
)
steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "fail", "commit"]),
        st.sampled_from([A, B]),
        plans,
        st.lists(st.sampled_from(["right", "wrong", TIMED_OUT]), min_size=3, max_size=3),
        st.sets(st.sampled_from(NAMES)),
    ),
    max_size=12,
)


class Model:
    """The same by sets and loops."""

    def __init__(self):
        self.wholes, self.verdicts, self.last = set(), {}, {}

    def take(self, hand_in, plan, verdicts):
        self.wholes.add((hand_in, plan.environment, plan.whole))
        self.last[hand_in, str(plan)] = True
        for name, verdict in verdicts.items():
            key = (hand_in, plan.environment, name, plan.problems[name])
            self.verdicts.setdefault(key, set()).add(verdict)

    def missing(self, hand_in, plan, retry):
        if "infra" not in retry and not self.last.get((hand_in, str(plan)), True):
            return ()
        if (hand_in, plan.environment, plan.whole) not in self.wholes:
            return tuple(plan.problems)
        final = {"right", "wrong"} if "timeout" in retry else {"right", "wrong", TIMED_OUT}
        return tuple(
            name
            for name, p in plan.problems.items()
            if not self.verdicts.get((hand_in, plan.environment, name, p), set()) & final
        )


@QUIET
@given(steps, plans, st.sets(st.sampled_from(["infra", "timeout"])))
def test_what_is_lacking_is_what_a_model_says(tmp_path_factory, steps, plan, retry):
    model = Model()
    with opened(tmp_path_factory.mktemp("store") / "class.db", Clock()) as store:
        for what, hand_in, of, verdicts, some in steps:
            if what == "fail":
                failed(store, hand_in, of, "a reason", "1")
                model.last[hand_in, str(of)] = False
            elif what == "add":
                told = {n: v for n, v in zip(NAMES, verdicts, strict=True) if n in some & set(of.problems)}
                kept = record(problems=tuple(problem(n, v) for n, v in told.items()))
                add(store, hand_in, of, kept, "1", 0.1)
                model.take(hand_in, of, told)
            else:
                committed(store)
        for asked in (plan, *(step[2] for step in steps)):
            expected = {hand_in: model.missing(hand_in, asked, retry) for hand_in in (A, B)}
            actual = missing(store, [A, B], asked, retry)
            assert actual == {hand_in: names for hand_in, names in expected.items() if names}
            for hand_in in (A, B):
                complete = model.missing(hand_in, asked, {"infra"}) == ()
                assert (record_of(store, hand_in, asked) is not None) == complete


# ---- when it is on disk ---------------------------------------------------------------------


def test_twenty_go_to_disk_together(store):
    kept = [add(store, digest(k), PLAN, record(problem()), "1", 0.1) for k in range(19)]
    assert (any(kept), on_disk(store)) == (False, 0)
    assert add(store, digest(19), PLAN, record(problem()), "1", 0.1)
    assert on_disk(store) == 20


def test_half_a_second_later_it_goes_to_disk(store, clock):
    assert not failed(store, A, PLAN, "the lane died", "1")
    clock.now = 0.49
    assert not add(store, A, PLAN, record(), "1", 0.1)
    assert on_disk(store, "attempt") == 0
    clock.now = 0.5
    assert due(store)
    assert on_disk(store, "attempt") == 2


def test_what_waits_is_on_disk_when_it_has_to_be(store):
    add(store, A, PLAN, record(), "1", 0.1)
    committed(store)
    assert on_disk(store) == 3
    assert due(store)


def test_what_waits_goes_to_disk_at_the_end_even_if_the_driver_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), opened(tmp_path / "class.db", Clock()) as store:
        add(store, A, PLAN, record(), "1", 0.1)
        1 / 0  # noqa: B018
    assert on_disk(store) == 3


def test_what_could_not_be_written_waits_on(store):
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        store.db.execute("PRAGMA busy_timeout = 0")
        other.execute("BEGIN IMMEDIATE")
        add(store, A, PLAN, record(), "1", 0.1)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            committed(store)
        other.execute("ROLLBACK")
    assert record_of(store, A, PLAN) == record(hand_in="")


def test_a_pattern_that_did_not_reach_the_disk_is_forgotten(store):
    store.db.execute("CREATE TEMP TRIGGER full AFTER INSERT ON told BEGIN SELECT raise(ABORT, 'full'); END")
    add(store, A, PLAN, record(), "1", 0.1)
    with pytest.raises(sqlite3.IntegrityError, match="full"):
        committed(store)
    assert on_disk(store, "hand_in") == 0
    store.db.execute("DROP TRIGGER full")
    assert record_of(store, A, PLAN) == record(hand_in="")


def test_no_transaction_stays_open(store):
    for _ in range(3):
        add(store, A, PLAN, record(), "1", 0.1)
        missing(store, [A], PLAN)
        assert not store.db.in_transaction


def test_every_commit_is_synced(store):
    assert store.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store.db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert store.db.execute("PRAGMA busy_timeout").fetchone() == (30_000,)


def test_a_lock_that_stays_is_told_in_one_sentence(tmp_path):
    path = tmp_path / "class.db"
    with opened(path), closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        says = r"class.db cannot be used \(database is locked\); another process"
        with pytest.raises(Fault, match=says), opened(path) as store:
            store.db.execute("PRAGMA busy_timeout = 0")
            failed(store, A, PLAN, "a reason", "1")
