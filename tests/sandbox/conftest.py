"""How the sandbox's tests put a text into a real process and ask it."""

import sys
from textwrap import dedent

import pytest

from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.settings import Limits
from grader.submission import Submission


def submitted(source, **helpers):
    """The text as hw2.py; helper modules by name, `__` for a dot."""
    modules = {"hw2": source, **{name.replace("__", "."): text for name, text in helpers.items()}}
    return Submission("hw2.py", "hw2", {name: (dedent(text).encode(),) for name, text in modules.items()})


@pytest.fixture
def opened(server):
    """A session with that text. Deadlines are long; a test that waits for one shortens it."""

    def session(source, import_seconds=10, call_seconds=5, hand_in_seconds=30, memory=512, **helpers):
        limits = Limits(import_seconds, call_seconds, hand_in_seconds, memory)
        return Session(submitted(source, **helpers), limits, server)

    return session


@pytest.fixture
def ask(opened):
    """The outcome of one call of the text's `f`, in a process of its own."""

    def outcome(source, *arguments, parameters=None, **limits):
        parameters = parameters or tuple(f"x{place}" for place in range(len(arguments)))
        with opened(source, **limits) as session:
            (only,) = session.ask(Question("f", parameters, (arguments,)))
        return only

    return outcome


@pytest.fixture
def value(ask):
    """What one call of the text's `f` returned; the whole outcome where it did not."""

    def returned(source, *arguments, **more):
        outcome = ask(source, *arguments, **more)
        return getattr(outcome, "value", outcome)

    return returned


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put a shell script in the interpreter's place."""

    def install(text):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))

    return install
