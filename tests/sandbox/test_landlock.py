"""Under the rules what they name may be read, and nothing else; nothing is written, run or spoken to."""

import json
import subprocess
import sys

import environments
import pytest

from grader.sandbox import landlock

needs_landlock = pytest.mark.skipif(not environments.has_landlock(), reason="this kernel has no Landlock")

UNDER_THE_RULES = """
import json, os, pathlib, socket, sys
from grader.sandbox import kernel, landlock

readable, place, actions = json.loads(sys.argv[1])
other = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
other.bind("\\0grader-landlock-%d" % os.getpid())
other.listen()
tcp = socket.socket()
tcp.bind(("127.0.0.1", 0))
tcp.listen()
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
landlock.enter(landlock.rules(readable))

def done(action):
    try:
        eval(action)
    except OSError as error:
        return type(error).__name__
    return "done"

os.chdir(place)
print(json.dumps([done(action) for action in actions]))
"""


@pytest.fixture
def place(tmp_path):
    """A readable folder, its sibling, and a way from one to the other."""
    for name in ("open", "open/below", "shut"):
        (tmp_path / name).mkdir()
    for name in ("open/file", "open/below/file", "shut/file", "alone"):
        (tmp_path / name).write_text("text", encoding="utf-8")
    (tmp_path / "open" / "way").symlink_to(tmp_path / "shut" / "file")
    (tmp_path / "open" / "program").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "open" / "program").chmod(0o755)
    return tmp_path


@pytest.fixture
def under_the_rules(place):
    """What becomes of actions in a process that may read `open` and `alone`."""

    def run(*actions):
        readable = [str(place / name) for name in ("open", "alone", "missing")]
        told = json.dumps([readable, str(place), actions])
        done = subprocess.run(
            [sys.executable, "-c", UNDER_THE_RULES, told], capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return run


def reading(*paths):
    return [f"open({path!r}).read()" for path in paths]


@needs_landlock
def test_what_is_named_can_be_read(under_the_rules):
    actions = [
        *reading("open/file", "open/below/file", "alone"),
        "os.listdir('open')",
        "os.listdir('open/below')",
    ]

    assert under_the_rules(*actions) == ["done"] * 5


@needs_landlock
def test_its_siblings_cannot(under_the_rules):
    actions = [*reading("shut/file", "open/../shut/file"), "os.listdir('shut')", "os.listdir('.')"]

    assert under_the_rules(*actions) == ["PermissionError"] * 4


@needs_landlock
def test_a_link_that_leads_out_leads_nowhere(under_the_rules):
    assert under_the_rules(*reading("open/way")) == ["PermissionError"]


WRITING = [
    "open('open/file', 'a')",
    "open('open/file', 'r+')",
    "open('open/new', 'x')",
    "os.truncate('open/file', 0)",
    "os.unlink('open/file')",
    "os.rename('open/file', 'open/other')",
    "os.link('open/file', 'open/other')",
    "os.symlink('file', 'open/other')",
    "os.mkdir('open/folder')",
    "os.rmdir('open/below')",
    "os.mkfifo('open/fifo')",
    "open('shut/new', 'x')",
    "os.execv('open/program', ['program'])",
]


@needs_landlock
@pytest.mark.parametrize("action", WRITING)
def test_nothing_is_written_or_run(under_the_rules, action):
    if "truncate" in action and landlock.abi() < 3:
        pytest.skip("this Landlock does not know truncate")
    if "'open/other'" in action and landlock.abi() < 2:
        pytest.skip("this Landlock does not know rename and link")

    assert under_the_rules(action) == ["PermissionError"]


@needs_landlock
def test_modes_and_times_are_not_landlocks_business(under_the_rules):
    """Which is why seccomp stands behind it."""
    assert under_the_rules(
        "os.chmod('shut/file', 0o600)", "os.utime('shut/file')", "os.stat('shut/file')"
    ) == [
        "done",
        "done",
        "done",
    ]


@needs_landlock
@pytest.mark.skipif(landlock.abi() < 4, reason="this Landlock knows no network")
def test_nobody_is_spoken_to_by_tcp(under_the_rules):
    assert under_the_rules(
        "socket.create_connection(tcp.getsockname())", "socket.socket().bind(('127.0.0.1', 0))"
    ) == ["PermissionError", "PermissionError"]


@needs_landlock
@pytest.mark.skipif(landlock.abi() < 6, reason="this Landlock knows no scopes")
def test_nobody_outside_is_signalled_or_reached_by_a_name(under_the_rules):
    actions = ["os.kill(os.getppid(), 0)", "socket.socket(socket.AF_UNIX).connect(other.getsockname())"]

    assert under_the_rules(*actions) == ["PermissionError"] * 2


def test_a_kernel_without_it_says_zero():
    code = """
from grader.sandbox import landlock
print(landlock.abi())
try: landlock.rules(["/usr/lib"])
except OSError as error: print(type(error).__name__)
"""
    command = environments.command(["without_landlock"], "-c", code)
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["0", "OSError"]
