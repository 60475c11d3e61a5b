"""Long texts lose their middles before anything else is lost, and what never fits is our fault."""

import pytest

from grader.faults import Fault
from grader.platforms.room import LIMITS, fitted


def test_what_fits_is_not_cut():
    assert fitted(lambda limit: "x" * min(limit, 300), 20_000, "Here") == "x" * 300


def test_what_is_too_long_is_cut_no_shorter_than_it_has_to_be():
    assert len(fitted(lambda limit: "x" * limit, 1_200, "Here")) == 1_000


def test_bytes_count_and_not_characters():
    assert len(fitted(lambda limit: "é" * limit, 1_200, "Here")) == 250


def test_texts_can_go_altogether():
    assert fitted(lambda limit: "row" + "x" * limit, 3, "Here") == "row"


def test_rows_that_never_fit_are_no_fault_of_the_students():
    with pytest.raises(Fault, match="Here takes 9 bytes, and the rows alone"):
        fitted(lambda limit: "x" * (limit + 10), 9, "Here")


def test_every_limit_is_stricter_than_the_one_before():
    assert sorted(LIMITS, reverse=True) == list(LIMITS)
