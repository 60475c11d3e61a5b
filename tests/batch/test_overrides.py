"""A score that was set by hand stays set, with who, when and why, until somebody withdraws it."""

import sqlite3
from decimal import Decimal

import pytest
from hypothesis import given, settings
from stored import ANY_TEXT

from grader.batch.grades import store as module
from grader.batch.grades.overrides import override, overrides, standing, withdraw
from grader.batch.grades.store import opened
from grader.faults import Fault


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "class.db") as store:
        yield store


def scores(store, title="hw"):
    return {key: each.score for key, each in standing(store, title).items()}


def test_the_last_one_counts_and_all_are_kept(store):
    override(store, "hw", "anna", "grad_v", Decimal("1.5"), who="ta", why="a typo")
    override(store, "hw", "anna", "grad_v", Decimal("2.50"), who="prof", why="agreed")
    assert scores(store) == {("anna", "grad_v"): Decimal("2.50")}
    assert [(str(each.score), each.who, each.why) for each in overrides(store, "hw")] == [
        ("1.5", "ta", "a typo"),
        ("2.50", "prof", "agreed"),
    ]


def test_what_is_withdrawn_does_not_count_and_is_kept(store):
    override(store, "hw", "anna", "grad_v", Decimal(1), who="ta", why="a typo")
    withdraw(store, "hw", "anna", "grad_v", who="prof", why="no typo")
    assert scores(store) == {}
    assert [each.score for each in overrides(store, "hw")] == [Decimal(1), None]


def test_it_is_of_one_student_one_problem_and_one_assignment(store):
    override(store, "hw", "anna", "grad_v", Decimal(1), who="ta", why="")
    override(store, "hw", "berta", "grad_v", Decimal(2), who="ta", why="")
    override(store, "hw", "anna", "hess", Decimal(3), who="ta", why="")
    override(store, "hw2", "anna", "grad_v", Decimal(4), who="ta", why="")
    assert scores(store) == {
        ("anna", "grad_v"): 1,
        ("berta", "grad_v"): 2,
        ("anna", "hess"): 3,
    }


def test_what_counted_at_a_time_can_be_asked(store):
    override(store, "hw", "anna", "grad_v", Decimal(1), who="ta", why="")
    override(store, "hw", "anna", "grad_v", Decimal(2), who="ta", why="")
    first, second = overrides(store, "hw")
    assert standing(store, "hw", first.at)["anna", "grad_v"].score == 1
    assert standing(store, "hw", first.at - 1) == {}
    assert standing(store, "hw", second.at)["anna", "grad_v"].score == 2


def test_the_last_one_counts_although_the_clock_was_set_back(store, monkeypatch):
    override(store, "hw", "anna", "grad_v", Decimal(1), who="ta", why="")
    monkeypatch.setattr(module, "time_ns", lambda: 5)
    override(store, "hw", "anna", "grad_v", Decimal(2), who="ta", why="")
    store.stamped = 0  # as in another process
    override(store, "hw", "anna", "grad_v", Decimal(3), who="ta", why="")
    assert scores(store) == {("anna", "grad_v"): 3}


@pytest.mark.parametrize("sql", ["UPDATE override SET score = '100'", "DELETE FROM override"])
def test_no_row_is_changed_or_deleted(store, sql):
    override(store, "hw", "anna", "grad_v", Decimal(1), who="ta", why="")
    with pytest.raises(sqlite3.IntegrityError, match="an override is never"):
        store.db.execute(sql)


@pytest.mark.parametrize("score", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_a_score_is_a_number(store, score):
    with pytest.raises(Fault, match=f"{score} is no score for grad_v: give a number"):
        override(store, "hw", "anna", "grad_v", Decimal(score), who="ta", why="")


@settings(derandomize=True, deadline=None, database=None)
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_ANY_TEXT_comes_back(tmp_path_factory, title, student, why):
    with opened(tmp_path_factory.mktemp("store") / "class.db") as store:
        override(store, title, student, "grad_v", Decimal(1), who=why, why=why)
        (actual,) = overrides(store, title)
    assert (actual.title, actual.student, actual.who, actual.why) == (title, student, why, why)
