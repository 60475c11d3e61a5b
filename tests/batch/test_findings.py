"""Who made which mistake, and its smallest example; who handed in the same."""

from dataclasses import replace
from decimal import Decimal

import pytest
from stored import NAMES, PLAN, digest, entry, problem, record

from grader.batch.gradebook import Mark, Mistake, Unsteady
from grader.batch.grades.findings import alike, marks, mistakes, unsteady
from grader.batch.grades.overrides import override
from grader.batch.grades.runs import begin, finish, handed
from grader.batch.grades.store import TIMED_OUT, add, opened
from grader.record import Diagnosis, Seen

SIGN, TERM = Diagnosis("sign", "a sign", "the sign of v"), Diagnosis("term", "a term is missing")


def wrong(name, diagnosis, example, sentence="Off."):
    return problem(name, "wrong", diagnosis=diagnosis, student=Seen(sentence, example))


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "class.db") as store:
        yield store


def class_of(store, hand_ins, plan=PLAN):
    """A finished run of students with these problems' records, all others right."""
    run = begin(store, "ta", "host", [], plan, "hw")
    for students, problems in hand_ins.items():
        hand_in = digest(students)
        handed(store, run, [(entry(*students.split()), hand_in)])
        done = {each.name: each for each in problems}
        add(store, hand_in, plan, record(*(done.get(name) or problem(name) for name in NAMES)), "1", 0.1)
    finish(store, run)
    return run


def test_mistakes_come_by_frequency_with_all_who_made_them(store):
    run = class_of(
        store,
        {
            "anna bea": [wrong("hess", SIGN, "x")],
            "carla": [wrong("hess", SIGN, "x"), wrong("grad_v", TERM, "y")],
            "dora": [wrong("hess", TERM, "z"), wrong("grad_v", SIGN, "y")],
            "eva": [],
        },
    )
    assert mistakes(store, run) == (
        Mistake("hess", "sign", "the sign of v", ("anna", "bea", "carla"), "Off.", "x"),
        Mistake("grad_v", "sign", "the sign of v", ("dora",), "Off.", "y"),
        Mistake("grad_v", "term", "a term is missing", ("carla",), "Off.", "y"),
        Mistake("hess", "term", "a term is missing", ("dora",), "Off.", "z"),
    )


@pytest.mark.parametrize(
    ("examples", "expected"),
    [
        ([("long one", "A."), ("short", "B.")], ("short", "B.")),
        ([("b", "A."), ("a", "B.")], ("a", "B.")),
        ([("b", "B."), ("b", "A.")], ("b", "A.")),
        ([("", "Only on hidden cases."), ("some input", "B.")], ("some input", "B.")),
        ([("", "Only on hidden cases."), ("", "A.")], ("", "")),
        ([("x\0y", "\ud800"), ("a much longer one than this", "B.")], ("x\0y", "\ud800")),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_smallest_example_is_shown(store, examples, expected, turned):
    order = examples[::-1] if turned else examples
    run = class_of(store, {f"student{k}": [wrong("hess", SIGN, *each)] for k, each in enumerate(order)})
    (actual,) = mistakes(store, run)
    assert (actual.example, actual.sentence) == expected


def test_only_hand_ins_of_the_run_count(store):
    class_of(store, {"anna": [wrong("hess", SIGN, "")]})
    run = class_of(store, {"berta": [wrong("hess", SIGN, "example")], "carla": []})
    (actual,) = mistakes(store, run)
    assert (actual.students, actual.example) == (("berta",), "example")


def test_results_of_another_plan_or_a_later_time_do_not_count(store):
    other = replace(PLAN, problems={**PLAN.problems, "hess": "hess2"})
    run = class_of(store, {"anna": [wrong("hess", SIGN, "example")]})
    later = class_of(store, {"anna": []}, other)
    assert mistakes(store, later) == ()
    add(store, digest("anna"), PLAN, record(wrong("hess", TERM, "y")), "1", 0.1)
    assert [each.diagnosis for each in mistakes(store, run)] == ["sign"]


def test_a_result_that_does_not_count_is_no_mistake(store):
    class_of(store, {"anna": [problem("hess", TIMED_OUT)]})
    run = class_of(store, {"anna": []})
    assert mistakes(store, run) == ()
    assert {mark.verdict for _, _, mark in marks(store, run)} == {"right"}


def test_a_class_without_mistakes_has_none(store):
    assert mistakes(store, class_of(store, {"anna": []})) == ()
    assert mistakes(store, class_of(store, {})) == ()


def test_marks_are_told_one_at_a_time(store):
    run = begin(store, "ta", "host", [], PLAN, "hw")
    handed(store, run, [(entry("anna", "bea"), digest("a")), (entry("carla"), digest("c"))])
    add(store, digest("a"), PLAN, record(problem(), wrong("hess", SIGN, "x")), "1", 0.1)
    override(store, "hw", "anna", "hess", Decimal(2), who="ta", why="nearly")
    assert [*marks(store, run)] == [
        ("anna", "grad_v", Mark("right", Decimal("2.50"))),
        ("anna", "hess", Mark("wrong", Decimal(2), "sign", "ta: nearly")),
        ("bea", "grad_v", Mark("right", Decimal("2.50"))),
        ("bea", "hess", Mark("wrong", Decimal(0), "sign")),
    ]


def test_identical_hand_ins_of_different_entries_are_told(store):
    run = begin(store, "ta", "host", [], PLAN, "hw")
    entries = [("anna bea", "x"), ("carla", "y"), ("dora eva", "z"), ("fay", "z"), ("gil", "y"), ("hal", "")]
    more = [("ian", ""), ("jo", "z")]
    handed(store, run, [(entry(*who.split()), what and digest(what)) for who, what in entries + more])
    assert alike(store, run) == (("dora", "eva", "fay", "jo"), ("carla", "gil"))


def test_what_came_out_differently_is_told_with_whose_it_is(store):
    both = {"anna bea": [wrong("hess", SIGN, "x")], "carla": [problem("hess", TIMED_OUT)], "dora": []}
    class_of(store, both)
    assert unsteady(store, class_of(store, both)) == ()
    run = class_of(store, {"anna bea": [], "carla": [], "dora": []})
    assert unsteady(store, run) == (
        Unsteady("hess", ("anna", "bea"), ("wrong", "right")),
        Unsteady("hess", ("carla",), ("right", TIMED_OUT)),
    )
