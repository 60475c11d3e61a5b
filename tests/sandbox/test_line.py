"""Whole values by a deadline, over a real socket, and no memory for what has only been announced."""

import socket
import struct
import tracemalloc
from threading import Thread
from time import monotonic

import numpy as np
import pytest

from grader.sandbox.frames import MAX_FRAME, FrameError, frame
from grader.sandbox.line import Line

SOON = 0.05  # seconds
LATER = 10.0


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_values_arrive_in_order(ends):
    ours, theirs = map(Line, ends)
    ours.send(("ask", "f"))
    ours.send([1.5, None])

    assert [theirs.receive(), theirs.receive()] == [("ask", "f"), [1.5, None]]


def test_both_ends_speak(ends):
    ours, theirs = map(Line, ends)
    ours.send("question")
    theirs.send("answer")

    assert (theirs.receive(), ours.receive()) == ("question", "answer")


def test_a_value_larger_than_what_one_read_takes_arrives(ends):
    ours, theirs = map(Line, ends)
    data = bytes(MAX_FRAME - 5)
    sender = Thread(target=ours.send, args=(data, monotonic() + LATER))
    sender.start()
    received = theirs.receive(monotonic() + LATER)
    sender.join()

    assert received == data


@pytest.mark.parametrize("sent", [0, 2, 4, 7], ids=lambda sent: f"after {sent} bytes")
def test_silence_ends_at_the_deadline(ends, sent):
    ours, theirs = ends
    theirs.sendall(frame(("answer", 0, 1.5))[:sent])

    with pytest.raises(TimeoutError):
        Line(ours).receive(monotonic() + SOON)


def test_a_deadline_that_has_passed_is_none_to_wait_for(ends):
    with pytest.raises(TimeoutError):
        Line(ends[0]).receive(monotonic() - 1)


@pytest.mark.parametrize("sent", [0, 2, 4, 7], ids=lambda sent: f"after {sent} bytes")
def test_an_end_that_has_gone_is_an_end_of_file(ends, sent):
    ours, theirs = ends
    theirs.sendall(frame(("answer", 0, 1.5))[:sent])
    theirs.close()

    with pytest.raises(EOFError):
        Line(ours).receive(monotonic() + LATER)


def test_sending_to_an_end_that_has_gone_is_an_error_of_the_system(ends):
    ours, theirs = ends
    theirs.close()

    with pytest.raises(OSError, match="Broken pipe"):
        Line(ours).send("question", monotonic() + LATER)


def test_sending_to_an_end_that_does_not_read_ends_at_the_deadline(ends):
    with pytest.raises(TimeoutError):
        Line(ends[0]).send(bytes(MAX_FRAME - 5), monotonic() + SOON)


def test_nothing_is_sent_of_a_value_that_does_not_travel(ends):
    ours, theirs = map(Line, ends)
    with pytest.raises(FrameError):
        ours.send(("value", np.array([None])))
    ours.send("next")

    assert theirs.receive() == "next"


def test_bytes_that_are_no_value_are_refused(ends):
    ours, theirs = ends
    theirs.sendall(struct.pack("<I", 3) + b"???")

    with pytest.raises(FrameError):
        Line(ours).receive(monotonic() + LATER)


def test_an_empty_frame_is_no_value(ends):
    ours, theirs = ends
    theirs.sendall(struct.pack("<I", 0))

    with pytest.raises(FrameError):
        Line(ours).receive(monotonic() + LATER)


@pytest.mark.parametrize(
    ("announced", "error"), [(2**32 - 1, FrameError), (MAX_FRAME, TimeoutError)], ids=["4 GiB", "1 MiB"]
)
def test_an_announcement_allocates_nothing(ends, announced, error):
    ours, theirs = ends
    theirs.sendall(struct.pack("<I", announced) + b"abc")
    line = Line(ours)
    tracemalloc.start()
    with pytest.raises(error):
        line.receive(monotonic() + SOON)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1 << 17  # one read of 64 KiB, whatever was announced
