"""Progress: on a terminal a bar, elsewhere few lines, on no account anything on stdout."""

import json
import os
import pty
import sys

import pytest

from grader.report import progress
from grader.report.progress import Tally, duration, fitting, line

AND = "hand-ins, 20 a second, 24 s to go; 2 timed out, 1 not graded, 80 from earlier"


def told(kind, tallies):
    with progress.progress(kind) as tell:
        for tally in tallies:
            tell(tally)


def every(total, cached=0):
    return [Tally(total, cached, done) for done in range(total - cached + 1)]


@pytest.mark.parametrize(
    ("tally", "seconds", "says"),
    [
        (Tally(600), 0.0, "0 of 600 hand-ins"),
        (Tally(600, 80, 40, 2, 1), 2.0, f"120 of 600 {AND}"),
        (Tally(600, 600), 1.0, "600 of 600 hand-ins; 600 from earlier"),
        (Tally(10, 0, 10), 20.0, "10 of 10 hand-ins, 0.5 a second"),
        (Tally(0), 0.0, "0 of 0 hand-ins"),
    ],
)  # fmt: skip
def test_a_line_says_how_far_and_how_long(tally, seconds, says):
    assert line(tally, seconds) == says


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (3599, "59 min 59 s"), (7800, "2 h 10 min")],
)
def test_durations_are_read_by_people(seconds, says):
    assert duration(seconds) == says


def test_elsewhere_a_line_stands_for_a_twentieth_of_the_whole(capsys):
    told("lines", every(1000))
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 20 + 3  # and each of the last ones
    assert err.splitlines()[-1].startswith("1000 of 1000 hand-ins")
    assert "\r" not in err and "\x1b" not in err


def test_each_of_the_last_ones_is_told_once(capsys):
    tallies = [Tally(1000, done=done) for done in range(1001)]
    with progress.progress("json", sys.stdout) as tell:
        for tally in [*tallies, tallies[-1]]:
            tell(tally)
    told = [json.loads(line)["done"] for line in capsys.readouterr().out.splitlines()]
    assert told[-21:] == list(range(980, 1001))
    assert len(told) < 40


def test_nothing_is_nothing(capsys):
    told("none", every(10))
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_a_bar_is_drawn_over_itself(monkeypatch, capsys):
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        assert fitting(quiet=False) == "bar"
        assert fitting(quiet=True) == "none"
        told("bar", every(10, cached=5))
        terminal.flush()
        shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "10 of 10 hand-ins" in shown and "100 %" in shown and "5 from earlier" in shown
    assert capsys.readouterr().out == ""


def test_where_stderr_is_no_terminal_there_are_lines(monkeypatch, capsys):
    assert fitting(quiet=False) == "lines"
    monkeypatch.setattr(sys, "stderr", None)
    assert fitting(quiet=False) == "none"
