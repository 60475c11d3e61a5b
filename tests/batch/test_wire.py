"""Jobs and answers survive the wire as they were, and what is neither is refused."""

import os
import threading
import zlib

import pytest
import stored
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch.cluster import wire
from grader.batch.lanes import Job, Said
from grader.report.escape import repaired, throughout
from grader.submission import Submission

CELLS = st.lists(st.binary(max_size=40) | stored.ANY_TEXT, max_size=3).map(tuple)
NAMES = st.lists(st.text(), max_size=2).map(tuple)
MODULES = st.dictionaries(st.text(), CELLS, max_size=3)
SUBMISSIONS = st.builds(Submission, st.text(), st.text(), MODULES, st.text(), st.text(), NAMES)
JOBS = st.lists(st.builds(Job, st.text(), SUBMISSIONS, NAMES), max_size=3)
JOB = Job("4711", Submission("hw2", "hw2", {"hw2": (b"",)}), ("f",))


def through(said):
    """What a lane says, as its worker hears it."""
    listening, speaking = os.pipe()
    threading.Thread(target=wire.send_said, args=(speaking, said)).start()
    heard = wire.receive_said(listening)
    for end in (listening, speaking):
        os.close(end)
    return heard


@settings(deadline=None)
@given(JOBS)
def test_jobs_arrive_as_they_were(jobs):
    assert wire.jobs_from(wire.jobs_packed(jobs)) == jobs


@settings(deadline=None)
@given(stored.ANY_TEXT, stored.ANY_TEXT, st.floats(0, 1e6))
def test_answers_arrive_as_they_were_but_for_half_characters(text, where, seconds):
    record = stored.record(printed=text)
    heard = [through(Said(seconds, record)), through(Said(seconds, fault=text))]
    found = wire.answers_from(wire.answers_packed(where, [(JOB, said) for said in heard], text), 2)
    graded, failed = found.answers
    assert (found.where, found.refused) == (repaired(where), repaired(text))
    assert graded == wire.Answer("4711", seconds, "", throughout(record, repaired))
    assert failed == wire.Answer("4711", seconds, repaired(text), None)


def test_a_refusal_arrives_as_one():
    assert through(Said(0.0, fault="no wall", refusal=True)) == Said(0.0, None, "no wall", refusal=True)


def test_a_record_that_is_too_large_is_a_fault():
    heard = through(Said(1.0, stored.record(printed="x" * (wire.MOST + 1))))
    assert heard.record is None
    assert "more than the 8388608 there may be" in heard.fault


@pytest.mark.parametrize("data", [b"", b"nonsense", zlib.compress(b"{}"), zlib.compress(b"[" * 10_000)])
def test_other_bytes_are_no_answers(data):
    with pytest.raises(ValueError):
        wire.answers_from(data, 1)


def test_no_more_is_unpacked_than_answers_can_be():
    bomb = zlib.compress(b" " * (3 * wire.MOST) + b'{"where": "", "refused": "", "answers": []}')
    assert wire.answers_from(bomb, 3).answers == ()
    with pytest.raises(ValueError, match="larger than it can be"):
        wire.answers_from(bomb, 1)


@pytest.mark.parametrize("sent", [b"", b"\0\0\0\5abc", b"\xff\xff\xff\xff"])
def test_half_a_message_and_a_huge_one_are_an_end(sent):
    listening, speaking = os.pipe()
    os.write(speaking, sent)
    os.close(speaking)
    with pytest.raises(EOFError):
        wire.receive(listening)
    os.close(listening)
