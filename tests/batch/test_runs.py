"""A run knows whose scores there were at its end; a later one can tell which moved, and why."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored import ANY_TEXT, NAMES, PLAN, POINTS, digest, entry, problem, record

from grader.batch.by_hand import Wish, granted
from grader.batch.grades import runs
from grader.batch.grades.overrides import override, withdraw
from grader.batch.grades.runs import Move, attempts, begin, finish, handed, last_run, moved, scores, standings
from grader.batch.grades.store import TIMED_OUT, add, failed, opened
from grader.batch.plan import Plan
from grader.batch.roster import Entry, Student
from grader.faults import Fault

A, B, C = map(digest, "abc")
FULL = dict.fromkeys(NAMES, POINTS)
LOST = {**FULL, "hess": Decimal(0)}


def with_hess(verdict):
    return record(*map(problem, NAMES[:2]), problem("hess", verdict))


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "class.db") as store:
        yield store


def graded(store, hand_ins, plan=PLAN, records=(), title="hw"):
    """A whole run: students and their hand-ins, and what becomes of some of these in it."""
    run = begin(store, "ta", "host", ["batch", "x"], plan, title)
    handed(store, run, [(entry(student), hand_in) for student, hand_in in hand_ins.items()])
    for hand_in, made in dict(records).items():
        add(store, hand_in, plan, made, "1", 0.5)
    finish(store, run)
    return run


# ---- a run ----------------------------------------------------------------------------------


def test_a_run_says_who_did_what_and_when(store):
    arguments = ["batch", "exp\udcffort.zip", ""]
    run = begin(store, "ta\0", "host", arguments, PLAN, "hw\ud800")
    assert last_run(store, "hw\ud800") is None
    finish(store, run)
    actual = last_run(store, "hw\ud800")
    assert (actual.number, actual.title, actual.who, actual.host) == (run, "hw\ud800", "ta\0", "host")
    assert (actual.arguments, actual.plan) == (tuple(arguments), PLAN)
    assert actual.started <= actual.finished


def test_the_last_run_is_of_the_same_assignment_and_was_finished(store):
    first, other = graded(store, {}), graded(store, {}, title="hw2")
    stopped = begin(store, "ta", "host", [], PLAN, "hw")
    last = graded(store, {})
    assert last_run(store, "hw").number == last
    assert last_run(store, "hw", before=last).number == first
    assert last_run(store, "hw", before=stopped).number == first
    assert last_run(store, "hw", before=first) is None
    assert last_run(store, "hw2").number == other


def test_a_plan_comes_back_in_its_order(store):
    turned = Plan("e", "w", dict(reversed(PLAN.problems.items())))
    for plan in (replace(turned, problems=PLAN.problems), turned):
        graded(store, {}, plan)
        assert [*last_run(store, "hw").plan.problems] == [*plan.problems]


# ---- its scores -----------------------------------------------------------------------------


def test_every_student_has_scores_or_none(store):
    run = begin(store, "ta", "host", [], PLAN, "hw")
    pair = (entry("anna", "berta"), A)
    nothing = (entry("carla", problem="the folder is empty"), "")
    lost = (entry("dora"), B)
    handed(store, run, [pair, nothing, lost])
    add(store, A, PLAN, with_hess("wrong"), "1", 0.5)
    failed(store, B, PLAN, "the lane died", "1")
    finish(store, run)
    zeros = dict.fromkeys(NAMES, Decimal(0))
    assert scores(store, run) == {"anna": LOST, "berta": LOST, "carla": zeros, "dora": None}
    told = {each.student: (each.entry, each.hand_in, each.why) for each in standings(store, run)}
    assert told["berta"] == ("entry anna", A, "")
    assert told["carla"] == ("entry carla", "", "the folder is empty")
    assert told["dora"] == ("entry dora", B, "")


def test_a_part_of_a_hand_in_has_no_scores(store):
    run = graded(store, {"anna": A}, records={A: record(problem())})
    assert scores(store, run) == {"anna": None}
    (actual,) = standings(store, run)
    assert [bool(mark) for mark in actual.marks.values()] == [True, False, False]


def test_problems_without_the_rest_have_no_scores(store):
    graded(store, {"anna": A}, records={A: record()})
    run = graded(store, {"anna": A}, replace(PLAN, whole="w2"))
    assert scores(store, run) == {"anna": None}


def test_a_score_that_was_set_by_hand_counts(store):
    override(store, "hw", "anna", "hess", Decimal(1), who="ta", why="a typo")
    run = graded(store, {"anna": A, "berta": A, "carla": ""}, records={A: with_hess("wrong")})
    override(store, "hw", "berta", "hess", Decimal(2), who="ta", why="too late")
    assert scores(store, run)["anna"] == {**FULL, "hess": Decimal(1)}
    assert scores(store, run)["berta"] == LOST
    anna = next(standings(store, run))
    mark = anna.marks["hess"]
    assert (mark.verdict, mark.diagnosis, mark.set_by) == ("wrong", "wrong", "ta: a typo")


def test_scores_that_are_all_set_by_hand_count_where_grading_failed(store):
    for name in NAMES:
        assert scores(store, graded(store, {"anna": A, "berta": ""}))["anna"] is None
        override(store, "hw", "anna", name, Decimal(1), who="ta", why="")
    assert scores(store, graded(store, {"anna": A}))["anna"] == dict.fromkeys(NAMES, Decimal(1))


def test_more_than_a_function_gives_is_a_bonus_and_what_is_not_graded_waits(store):
    graded(store, {"anna": A, "berta": B}, records={A: record()})
    with pytest.raises(Fault, match="with --bonus it may be 99"):
        granted(store, Wish("anna", "hess", Decimal(99), "x"))
    told, _ = granted(store, Wish("anna", "hess", Decimal(99), "x", bonus=True))
    assert f"99 of {POINTS:f} points" in told
    _, waits, _ = granted(store, Wish("berta", "hess", Decimal(0), "x"))
    assert waits == f"The score shows when every function has one; these have none: {', '.join(NAMES[:2])}."


def test_a_score_set_by_hand_survives_a_regrade_and_another_hand_in(store):
    override(store, "hw", "anna", "hess", Decimal(1), who="ta", why="")
    graded(store, {"anna": A}, records={A: record()})
    other = Plan("e2", "w2", {**PLAN.problems, "hess": "hess2"})
    run = graded(store, {"anna": B}, other, {B: record()})
    assert scores(store, run)["anna"]["hess"] == 1


def test_what_is_graded_later_does_not_change_a_finished_run(store):
    early = graded(store, {"anna": A, "berta": B}, records={A: with_hess(TIMED_OUT)})
    late = graded(store, {"anna": A, "berta": B}, records={A: record(), B: record()})
    assert scores(store, early) == {"anna": LOST, "berta": None}
    assert scores(store, late) == {"anna": FULL, "berta": FULL}


def test_the_rest_of_a_record_that_is_graded_later_does_not_change_a_finished_run(store):
    other = replace(PLAN, whole="w2")
    graded(store, {"anna": A}, records={A: record()})
    early = graded(store, {"anna": A}, other)
    late = graded(store, {"anna": A}, other, {A: record()})
    assert (scores(store, early), scores(store, late)) == ({"anna": None}, {"anna": FULL})


def test_a_run_that_goes_on_has_what_there_is(store):
    run = begin(store, "ta", "host", [], PLAN, "hw")
    handed(store, run, [(entry("anna"), A)])
    add(store, A, PLAN, record(), "1", 0.5)
    assert scores(store, run) == {"anna": FULL}


def test_a_run_counts_what_was_graded_in_it_although_the_clock_was_set_back(store, monkeypatch):
    graded(store, {})
    monkeypatch.setattr("grader.batch.grades.store.time_ns", lambda: 5)
    with opened(store.path) as later:
        run = graded(later, {"anna": A}, records={A: record()})
        assert scores(later, run) == {"anna": FULL}


@settings(derandomize=True, deadline=None, database=None)
@given(st.lists(ANY_TEXT, unique=True), ANY_TEXT)
def test_students_are_known_by_ANY_TEXT(tmp_path_factory, students, why):
    with opened(tmp_path_factory.mktemp("store") / "class.db") as store:
        run = begin(store, "ta", "host", [], PLAN, "hw")
        handed(store, run, [(Entry(why, (Student(each),), {}, problem=why), "") for each in students])
        assert sorted(scores(store, run)) == sorted(students)
        assert {(each.entry, each.why) for each in standings(store, run)} <= {(why, why)}


def test_the_last_attempt_at_every_hand_in_is_told(store):
    graded(store, {"anna": A}, records={A: record()})
    run = begin(store, "ta", "host", [], PLAN, "hw")
    handed(store, run, [(entry("anna", "bea"), A), (entry("berta"), B), (entry("carla"), C)])
    failed(store, B, PLAN, "the lane died", "2")
    add(store, B, PLAN, record(), "3", 0.7)
    add(store, B, PLAN, record(), "4", 0.1)  # of one function
    failed(store, C, PLAN, "the lane died", "2")
    finish(store, run)
    add(store, C, PLAN, record(), "3", 0.7)
    actual = attempts(store, run)
    assert actual == {
        A: runs.Attempt("1", 0.5, "", cached=True),
        B: runs.Attempt("4", 0.7, "", cached=False),
        C: runs.Attempt("2", 0.0, "the lane died", cached=False),
    }
    assert attempts(store, graded(store, {"anna": A}, replace(PLAN, environment="e2"))) == {}


# ---- whose scores moved ---------------------------------------------------------------------


def test_nothing_moves_where_nothing_changed(store):
    first = graded(store, {"anna": A, "berta": ""}, records={A: record()})
    assert [*moved(store, graded(store, {"anna": A, "berta": ""}), first)] == []


def test_another_hand_in_moves_a_score(store):
    first = graded(store, {"anna": A}, records={A: record()})
    run = graded(store, {"anna": B}, records={B: with_hess("wrong")})
    assert [*moved(store, run, first)] == [Move("anna", "hess", POINTS, Decimal(0), runs.HAND_IN)]


def test_a_hand_in_that_is_gone_moves_its_scores(store):
    first = graded(store, {"anna": A}, records={A: with_hess("wrong")})
    run = graded(store, {"anna": ""})
    assert [(move.problem, move.why) for move in moved(store, run, first)] == [
        ("grad_v", runs.HAND_IN),
        ("grad_U", runs.HAND_IN),
    ]


def test_a_changed_problem_moves_a_score(store):
    first = graded(store, {"anna": A, "berta": B}, records={A: record(), B: with_hess("wrong")})
    fixed = Plan("e1", "w1", {**PLAN.problems, "hess": "hess2"})
    wrong, right = record(problem("hess", "wrong")), record(problem("hess"))
    run = graded(store, {"anna": A, "berta": B}, fixed, {A: wrong, B: right})
    assert [*moved(store, run, first)] == [
        Move("anna", "hess", POINTS, Decimal(0), runs.PROBLEM),
        Move("berta", "hess", Decimal(0), POINTS, runs.PROBLEM),
    ]


def test_a_new_problem_and_one_that_is_gone_are_changed_problems(store):
    first = graded(store, {"anna": A}, records={A: record()})
    other = Plan("e1", "w1", {"grad_v": "grad_v1", "grad_U": "grad_U1", "new": "new1"})
    run = graded(store, {"anna": A}, other, {A: record(problem("new"))})
    assert [*moved(store, run, first)] == [
        Move("anna", "new", None, POINTS, runs.PROBLEM),
        Move("anna", "hess", POINTS, None, runs.PROBLEM),
    ]


def test_another_environment_moves_a_score(store):
    first = graded(store, {"anna": A}, records={A: record()})
    other = replace(PLAN, environment="e2")
    run = graded(store, {"anna": A}, other, {A: with_hess("wrong")})
    assert [*moved(store, run, first)] == [Move("anna", "hess", POINTS, Decimal(0), runs.ENVIRONMENT)]


@pytest.mark.parametrize(
    ("first", "why"),
    [({A: with_hess(TIMED_OUT)}, runs.AGAIN), ({A: record(*map(problem, NAMES[:2]))}, runs.FIRST)],
)
def test_grading_again_moves_a_score(store, first, why):
    early = graded(store, {"anna": A}, records=first)
    run = graded(store, {"anna": A}, records={A: record()})
    (actual,) = moved(store, run, early)
    assert (actual.problem, actual.after, actual.why) == ("hess", POINTS, why)


def test_a_hand_moves_a_score_and_back(store):
    first = graded(store, {"anna": A}, records={A: record()})
    override(store, "hw", "anna", "hess", Decimal(1), who="ta", why="copied")
    second = graded(store, {"anna": A})
    withdraw(store, "hw", "anna", "hess", who="prof", why="not copied")
    third = graded(store, {"anna": A})
    assert [*moved(store, second, first)] == [Move("anna", "hess", POINTS, Decimal(1), runs.BY_HAND)]
    assert [*moved(store, third, second)] == [Move("anna", "hess", Decimal(1), POINTS, runs.BY_HAND)]
    assert [*moved(store, third, first)] == []


def test_students_of_one_run_alone_do_not_move(store):
    some = {"anna": A, "carla": A, "éva": A, "\udc80": A}
    first = graded(store, {"berta": A, "carla": A, "\udc80": A, "😀": A}, records={A: record()})
    run = graded(store, dict.fromkeys(some, B), records={B: with_hess("wrong")})
    assert {move.student for move in moved(store, run, first)} == {"carla", "\udc80"}


def test_equal_scores_that_are_written_differently_are_equal(store):
    override(store, "hw", "anna", "hess", Decimal("2.500"), who="ta", why="")
    early = graded(store, {"anna": A}, records={A: record()})
    withdraw(store, "hw", "anna", "hess", who="ta", why="")
    assert [*moved(store, graded(store, {"anna": A}), early)] == []
