"""Lanes with little work: what dies, hangs or fails in one costs that hand-in alone, and nothing is left."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import deque
from itertools import chain
from pathlib import Path

import pytest
from processes import children, is_gone

from grader.batch.lanes import LATE, LOST, Job, Lane, _given, graded
from grader.faults import Fault
from grader.sandbox.isolation import TooWeak
from grader.submission import Submission

SECONDS = 30.0  # for work that takes none


def jobs(*names):
    return iter([Job(name, Submission(name, "hw2", {"hw2": (b"",)}), ("f",)) for name in names])


def told(work, names, lanes=2, seconds=SECONDS):
    """(hand-in, what became of it), sorted."""
    return sorted(
        (done.job.hand_in, done.record or done.fault) for done in graded(jobs(*names), work, lanes, seconds)
    )


def named(job, _source):
    return job.submission.name


def until_gone(seen):
    late = time.monotonic() + SECONDS
    while not all(map(is_gone, seen)):
        assert time.monotonic() < late


def test_every_job_is_done_once():
    names = [f"{k:03}" for k in range(200)]
    assert told(named, names, lanes=3) == [(name, name) for name in names]


def test_nothing_to_do_is_done():
    assert told(named, []) == []


def test_work_is_done_in_several_processes():
    def pid(_job, _source):
        time.sleep(0.02)  # so that no lane is done with all of them before the others are there
        return os.getpid()

    found = {pid for _, pid in told(pid, map(str, range(100)), lanes=2)}
    assert len(found) == 2
    assert os.getpid() not in found


def test_a_lane_gets_the_next_job_only_when_it_has_room():
    drawn = []

    def source():
        for job in jobs(*map(str, range(50))):
            drawn.append(job)
            yield job

    for done, _ in enumerate(graded(source(), named, 2, SECONDS)):
        assert len(drawn) <= done + 1 + 2 * 2
    assert len(drawn) == 50


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_kills_its_lane_is_tried_twice_and_costs_nobody_else(number, tmp_path):
    tries = tmp_path / "tries"

    def deadly(job, _source):
        if job.hand_in == "005":
            with tries.open("a") as file:
                file.write("x")
            os.kill(os.getpid(), number)
        return job.submission.name

    names = [f"{k:03}" for k in range(20)]
    assert told(deadly, names) == [(name, LOST if name == "005" else name) for name in names]
    assert tries.read_text() == "xx"


def test_what_kills_its_lane_once_is_graded(tmp_path):
    def deadly_once(job, _source):
        if job.hand_in == "1" and not (tmp_path / "tried").exists():
            (tmp_path / "tried").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return job.submission.name

    assert told(deadly_once, "0123") == list(zip("0123", "0123", strict=True))


def test_what_hangs_is_ended_and_costs_nobody_else():
    def hanging(job, _source):
        while job.hand_in == "1":
            pass
        return job.submission.name

    assert told(hanging, "0123", seconds=1.0) == [("0", "0"), ("1", LATE), ("2", "2"), ("3", "3")]


LARGE = 500_000  # bytes: more than a pipe keeps


def large(*names):
    return iter([Job(name, Submission(name, "hw2", {"hw2": (b"#" * LARGE,)}), ("f",)) for name in names])


@pytest.fixture
def in_time():
    """Ends a test that waits for ever."""

    def late(_number, _frame):
        pytest.fail(f"it is not done after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize("lanes", [1, 2])
def test_large_hand_ins_with_large_answers_do_not_wait_for_one_another(lanes):
    def talking(job, _source):
        return job.hand_in * 1_000_000

    found = {done.job.hand_in: len(done.record) for done in graded(large(*"012345"), talking, lanes, SECONDS)}
    assert found == dict.fromkeys("012345", 1_000_000)


@pytest.mark.usefixtures("in_time")
def test_a_lane_that_hangs_before_large_hand_ins_is_ended():
    def hanging(job, _source):
        while job.hand_in == "0":
            pass
        return job.submission.name

    found = {done.job.hand_in: done.record or done.fault for done in graded(large(*"0123"), hanging, 2, 1.0)}
    assert found == {"0": LATE, "1": "1", "2": "2", "3": "3"}


def test_small_hand_ins_lie_ready_and_large_ones_wait_for_a_lane_that_listens():
    class Heard:
        def __init__(self):
            self.sent = []

        def send(self, job):
            self.sent.append(job.hand_in)

    small, big = jobs(*"01"), large("2")
    lane, rest, again = Lane(0, Heard(), lambda: None), chain(small, big), deque()
    assert _given(lane, again, rest) and lane.end.sent == ["0", "1"]
    lane.given.popleft()
    assert _given(lane, again, rest) and lane.end.sent == ["0", "1"]
    assert [job.hand_in for job in again] == ["2"]
    lane.given.popleft()
    assert _given(lane, again, rest) and lane.end.sent == ["0", "1", "2"]
    lane.given.popleft()
    assert not _given(lane, again, rest)


def test_a_fault_is_told_with_its_hand_in():
    def failing(job, _source):
        if job.hand_in == "1":
            raise Fault("the server is gone")
        if job.hand_in == "2":
            raise ZeroDivisionError
        return job.submission.name

    found = dict(told(failing, "0123"))
    assert (found["0"], found["1"], found["3"]) == ("0", "the server is gone", "3")
    assert found["2"].startswith("this is a fault of grader's own, please report it: ZeroDivisionError")


def test_a_refusal_ends_the_batch():
    def refusing(_job, _source):
        raise TooWeak("the wall does not stand")

    with pytest.raises(TooWeak, match="does not stand"):
        told(refusing, "0123")


def test_every_job_is_done_once_whatever_dies(tmp_path):
    """Each try of each job dies with a chance of a third; what a job's tries meet is drawn beforehand."""
    rng = random.Random(1)
    fates = {f"{k:02}": [rng.random() < 1 / 3 for _ in range(2)] for k in range(30)}

    def dicing(job, _source):
        tried = tmp_path / job.hand_in
        tries = len(tried.read_text()) if tried.exists() else 0
        tried.write_text("x" * (tries + 1))
        if fates[job.hand_in][tries]:
            os.kill(os.getpid(), signal.SIGKILL)
        return job.submission.name

    assert told(dicing, fates, lanes=3) == [
        (name, LOST if all(fate) else name) for name, fate in fates.items()
    ]


def test_closing_ends_the_lanes():
    before = children(os.getpid())  # other tests' server
    running = graded(jobs(*map(str, range(100))), named, 2, SECONDS)
    next(running)
    seen = set(children(os.getpid())) - set(before)
    running.close()
    assert seen
    until_gone(seen)


DRIVER = """
import sys, time
sys.path.insert(0, {tests!r})
from batch.test_lanes import jobs
from grader.batch.lanes import graded

def slow(job, source):
    source.isolation  # its server is there
    while True:
        pass

for done in graded(jobs("0", "1", "2"), slow, 2, 1000.0):
    pass
"""


def test_nothing_is_left_when_the_driver_is_killed():
    tests = str(Path(__file__).parents[1])
    with subprocess.Popen([sys.executable, "-c", DRIVER.format(tests=tests)]) as driver:
        late = time.monotonic() + SECONDS
        while len(seen := children(driver.pid)) < 6:  # two lanes, their servers, those's children
            assert time.monotonic() < late
            assert driver.poll() is None
        driver.kill()
    until_gone(seen)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system moves processes as it likes")
def test_a_lane_and_its_server_stay_on_one_processor_while_there_are_enough():
    here = sorted(os.sched_getaffinity(0))
    lanes = len(here) + 1

    def where(_job, source):
        time.sleep(0.02)  # so that no lane is done with all of them before the others are there
        return [tuple(sorted(os.sched_getaffinity(pid))) for pid in (0, source._popen.pid)]

    found = {
        done.lane: done.record for done in graded(jobs(*map(str, range(20 * lanes))), where, lanes, SECONDS)
    }
    assert sorted(found) == list(range(lanes))
    for place, processor in enumerate(here):
        assert found[place] == [(processor,)] * 2
    assert found[lanes - 1] == [tuple(here)] * 2
    assert sorted(os.sched_getaffinity(0)) == here
