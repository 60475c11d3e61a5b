"""One line says which wall student code was behind; one with holes is refused unless told otherwise."""

import subprocess
import sys

import pytest

from grader.faults import Fault
from grader.sandbox.isolation import OVERRIDE, Isolation, TooWeak, accepted

WHOLE = Isolation(("uid", "landlock7", "seccomp", "rlimits"))
HOLED = Isolation(("seccomp", "rlimits"), ("reads_a_file", "lists_the_machine"))
NONE = Isolation(open=("everything: this system has no wall",))


@pytest.mark.parametrize(
    ("isolation", "line"),
    [
        (WHOLE, "uid+landlock7+seccomp+rlimits"),
        (HOLED, "seccomp+rlimits (open: reads a file, lists the machine)"),
        (NONE, "process-only (open: everything: this system has no wall)"),
        (Isolation(), "process-only"),
    ],
)
def test_the_line_names_what_stands_and_what_is_open(isolation, line):
    assert isolation.line == line


@pytest.mark.parametrize(
    ("isolation", "sound"), [(WHOLE, True), (HOLED, False), (NONE, False), (Isolation(), False)]
)
def test_a_wall_is_sound_if_there_is_one_and_nothing_is_open(isolation, sound):
    assert isolation.sound == sound


@pytest.mark.parametrize("weaker", [False, True])
def test_a_sound_wall_is_recorded_as_it_is(weaker):
    assert accepted(WHOLE, weaker=weaker) == WHOLE.line


@pytest.mark.parametrize("isolation", [HOLED, NONE, Isolation()])
def test_a_wall_with_holes_is_recorded_with_the_operators_word(isolation):
    assert accepted(isolation, weaker=True) == f"{isolation.line}; accepted with {OVERRIDE}"


@pytest.mark.parametrize("isolation", [HOLED, NONE, Isolation()])
def test_a_wall_with_holes_is_refused(isolation):
    with pytest.raises(TooWeak) as caught:
        accepted(isolation, weaker=False)

    assert isinstance(caught.value, Fault)
    assert str(caught.value) == (
        f"nothing was graded: student code is not walled off here, isolation is {isolation.line}; use a "
        f"machine that has what docs/security.md lists, or type {OVERRIDE} for hand-ins that you trust"
    )


ELSEWHERE = """
import ctypes, os, pathlib, subprocess, sys
import click, numpy, pydantic

def refuse(name, **_more):
    raise TypeError("Windows knows no library without a name")

for name in "resource fcntl pyseccomp termios pwd grp pty".split():
    sys.modules[name] = None
ctypes.CDLL = refuse
os.name = "nt"
import {module}
"""


@pytest.mark.parametrize(
    "module", ["grader.cli", "grader.grade", "grader.sandbox.jail", "grader.sandbox.isolation"]
)
def test_the_graders_side_can_be_imported_where_there_is_no_posix(module):
    code = ELSEWHERE.format(module=module)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_that_would_see_a_module_that_needs_posix():
    code = ELSEWHERE.format(module="grader.sandbox.server")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 1
