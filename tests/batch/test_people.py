"""Who is in the table, in which order, and that numbers in place of names tell nothing."""

from dataclasses import replace

import pytest
from gradebooks import made
from hypothesis import given, settings
from nasty import texts

from grader.batch.roster import Student
from grader.report.people import class_of, names_nobody, natural

CLASS = made(40, seed=2)


def named(*names):
    lines = [replace(CLASS.lines[0], student=Student(str(n), name)) for n, name in enumerate(names)]
    return replace(CLASS, lines=tuple(lines))


def test_everybody_is_there_once_and_found_by_id():
    for anonymize in (False, True):
        them = class_of(CLASS, anonymize=anonymize)
        assert len(them.people) == 40 == len(them.places)
        for place, person in enumerate(them.people):
            assert them.places[person.line.student.id] == place
    assert them.found(["200000003", "nobody", "200000001", "200000003"]) == sorted(
        [them.places["200000001"], them.places["200000003"]]
    )


def test_names_are_in_the_order_of_their_letters():
    them = class_of(named("Zoë", "ada", "Émile", "Bob", "Ángel", "eve"))
    assert [person.name for person in them.people] == ["ada", "Ángel", "Bob", "Émile", "eve", "Zoë"]


def test_of_one_name_the_smaller_id_is_first():
    lines = [replace(CLASS.lines[0], student=Student(id_, "Wei Li")) for id_ in ("10", "9", "a2")]
    them = class_of(replace(CLASS, lines=tuple(lines)))
    assert [person.id for person in them.people] == ["9", "10", "a2"]


def test_ids_are_sorted_by_the_numbers_in_them():
    ids = ["s10", "s9", "S1", "s010b", "12", "3", "s"]
    assert sorted(ids, key=natural) == ["3", "12", "s", "S1", "s9", "s10", "s010b"]


def test_an_id_may_have_thousands_of_digits():
    assert natural("9" * 10_000) < natural("1" + "0" * 10_000)


@settings(derandomize=True, deadline=None, database=None, max_examples=200)
@given(texts, texts)
def test_any_two_ids_can_be_compared(one, other):
    assert (natural(one) < natural(other)) + (natural(other) < natural(one)) <= 1


def test_a_link_leads_to_the_page_and_nowhere_else():
    pages = {
        "ada_7": "feedback/ada_7.html",
        "": "",
        "../x": "feedback/..%2Fx.html",
        "a b#?": "feedback/a%20b%23%3F.html",
    }
    for page, link in pages.items():
        (person,) = class_of(replace(CLASS, lines=(replace(CLASS.lines[0], page=page),))).people
        assert person.link == link


# ---- numbers in place of names ---------------------------------------------------------------


def order(gradebook):
    return [person.line.student.id for person in class_of(gradebook, anonymize=True).people]


def test_numbers_are_of_the_same_length_and_have_neither_id_nor_link():
    people = class_of(CLASS, anonymize=True).people
    assert [person.name for person in people][:2] == ["Student 01", "Student 02"]
    assert {(person.id, person.link) for person in people} == {("", "")}


def test_the_order_is_the_same_for_the_same_hand_ins_however_they_are_listed():
    assert order(CLASS) == order(replace(CLASS, lines=CLASS.lines[::-1], title="Another"))


def test_the_order_is_neither_that_of_names_nor_of_ids_nor_of_the_export():
    ids = order(CLASS)
    exported = [line.student.id for line in CLASS.lines]
    assert ids not in (exported, sorted(exported), [p.line.student.id for p in class_of(CLASS).people])


def test_the_class_list_alone_does_not_tell_the_order():
    """Whoever knows every id but not the hand-ins would compute another one."""
    assert order(replace(CLASS, lines=tuple(replace(line, hand_in="") for line in CLASS.lines))) != order(
        CLASS
    )


ADA = Student("ada17", "Ada Lovelace", "countess@uni.example", "06000003")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On 9 of 14 public cases the values are wrong: 0.264.", True),
        ("It raises ValueError: this is lovelace's.", False),
        ("It raises ValueError: ADA was here.", False),
        ("It raises ValueError: 06000003", False),
        ("It raises ValueError: mail countess@uni.example", False),
        ("adapted", True),
    ],
)
def test_a_sentence_with_a_word_of_a_students_is_known(text, expected):
    assert names_nobody(text, [ADA]) is expected
