"""The made-up classes of `bench/classes.py`: the same for the same seed, all different, of stated shares."""

from collections import Counter

import pytest

from bench.classes import HUNDRED, SHARES, class_of, made, write

COUNT = 300


@pytest.fixture(scope="module")
def found():
    return list(class_of(COUNT))


def test_a_class_is_the_same_again_whatever_its_size(found, tmp_path):
    assert list(class_of(40)) == found[:40]
    folder = write(tmp_path / "class", 40)
    written = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*/hw2.py"))]
    assert written == [each.text for each in found[:40]]
    assert made(7, seed=2) != found[7]


def test_all_hand_ins_differ(found):
    assert len({each.text for each in found}) == COUNT


def test_every_hundred_has_its_shares(found):
    for start in range(0, COUNT, HUNDRED):
        assert Counter(each.kind for each in found[start : start + HUNDRED]) == SHARES


def test_without_hostile_ones_the_others_stay(found):
    calm = list(class_of(COUNT, hostile=False))
    assert {"hostile"} == {a.kind for a, b in zip(found, calm, strict=True) if a != b}
    assert "hostile" not in {each.kind for each in calm}


@pytest.mark.parametrize("number", range(0, COUNT, 15))
def test_a_kind_is_what_its_verdicts_say(number, grade_text):
    hand_in = made(number, hostile=False)
    verdicts = {problem.verdict for problem in grade_text(hand_in.text).problems}
    if hand_in.kind == "right":
        assert verdicts <= {"right", "imprecise"}
    elif hand_in.kind == "wrong":
        assert verdicts - {"right", "imprecise"}
    elif hand_in.kind == "starter":
        assert verdicts == {"unwritten"}
