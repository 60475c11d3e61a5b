"""How scores are spread: every score in one bin, and a picture that follows the page's colours."""

import re
import sys
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.faults import Fault
from grader.report.charts import COLOURS, MOST, bins, distribution

HUNDRED = Decimal(100)
numbers = st.decimals(-50, 500, places=2)


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(st.lists(numbers, max_size=30), st.decimals("0.01", 400, places=2))
def test_every_score_is_in_the_bin_that_holds_it(scores, points):
    found = bins(scores, points)
    assert 1 <= len(found) <= MOST + 2
    assert found[0].low <= 0 and found[-1].high >= points
    assert all(a.high == b.low for a, b in pairwise(found))
    for place, each in enumerate(found):
        last = place + 1 == len(found)
        inside = [s for s in scores if each.low <= s < each.high or (last and s == each.high)]
        assert each.count == len(inside)


@pytest.mark.parametrize(
    ("points", "step"), [("1", "0.05"), ("20", "1"), ("100", "5"), ("111", "5"), ("1000", "50")]
)
def test_steps_are_round(points, step):
    first, *_ = bins([], Decimal(points))
    assert first.high - first.low == Decimal(step)


def test_all_points_are_in_the_last_bin():
    assert bins([HUNDRED], HUNDRED)[-1].count == 1


def test_the_picture_is_drawn_in_the_pages_colours_and_loads_nothing():
    drawn = distribution([Decimal(score) for score in (10, 75, 75, 80, 100)], HUNDRED)
    used = set(re.findall('(?:fill|stroke)="([^"]*)"', drawn))
    assert used - {"none", "transparent"} == set(COLOURS.values())
    assert "://" not in drawn and "<script" not in drawn and "<style" not in drawn
    assert "median 75" in [element.text for element in ElementTree.fromstring(drawn).iter()]


def test_the_label_says_what_it_shows():
    drawn = distribution([Decimal(score) for score in (10, 75, 75, 80, 100)], HUNDRED)
    said = "Of 5 scores the median is 75; most often, 2 times, they are from 75 to 80."
    assert f'role="img" aria-label="{said}"' in drawn


def test_it_does_not_grow_with_the_class():
    few = distribution([Decimal(score % 100) for score in range(50)], HUNDRED)
    many = distribution([Decimal(score % 100) for score in range(5000)], HUNDRED)
    assert len(many) < 1.2 * len(few) < 30_000


def test_one_score_is_a_picture_too():
    assert "median 0" in distribution([Decimal(0)], HUNDRED)


@pytest.mark.parametrize("module", ["altair", "vl_convert"])
def test_without_the_libraries_it_says_what_to_do(monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Fault, match="pip install altair vl-convert-python"):
        distribution([HUNDRED], HUNDRED)
