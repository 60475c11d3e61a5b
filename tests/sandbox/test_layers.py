"""The layers are put on in an order that leaves all of them in force; what may be read is libraries alone."""

import os
from dataclasses import replace
from pathlib import Path

import environments
import pytest

from grader.sandbox import jail, landlock, layers
from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.settings import Limits
from grader.submission import Submission

ROOT = Path(__file__).parents[2]
NOTHING = layers.Prepared(
    server=1,
    address_space=0,
    namespaces="",
    uid=None,
    empty=None,
    ruleset=None,
    program=None,
    without=frozenset(["rlimits"]),
)
WHOLE = replace(
    NOTHING, namespaces="ns", uid=20_001, empty=4, ruleset=5, program=b"program", without=frozenset()
)
needs_root = pytest.mark.skipif(not environments.is_root(), reason="it needs root")


@pytest.mark.parametrize(
    ("prepared", "names"),
    [
        (NOTHING, ()),
        (replace(NOTHING, without=frozenset()), ("rlimits",)),
        (replace(NOTHING, namespaces="userns", program=b"program"), ("userns", "seccomp")),
        (replace(NOTHING, empty=4, ruleset=5), ("chroot", f"landlock{landlock.abi()}")),
        (WHOLE, ("ns", "uid", "chroot", f"landlock{landlock.abi()}", "seccomp", "rlimits")),
    ],
)
def test_the_layers_are_named_as_people_read_them(prepared, names):
    assert layers.names(prepared) == names


def holds(folder, path):
    return Path(path).resolve().is_relative_to(folder)


def test_no_checkout_can_be_read():
    """Nor anything that it lies in; what is installed inside of it can."""
    assert not [folder for folder in landlock.readable() if holds(folder, ROOT / "reference" / "seed.txt")]
    assert not [folder for folder in landlock.readable() if holds(folder, ROOT / "grader" / "cli.py")]


@pytest.mark.parametrize(
    "path", ["/", "/home", "/root", "/etc/passwd", "/tmp", "/proc/self/environ", "/dev/shm"]
)
def test_the_machine_cannot_be_read(path):
    assert not [folder for folder in landlock.readable() if holds(folder, path)]


def test_a_course_on_the_path_cannot_be_read(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)

    assert not [folder for folder in landlock.readable() if holds(folder, tmp_path)]


def test_libraries_can_be_read():
    import numpy

    for path in (os.__file__, numpy.__file__, "/lib"):
        assert any(holds(folder, path) for folder in landlock.readable()), path


def test_nothing_that_can_be_read_is_named_by_a_link():
    """A rule follows no link that is changed later."""
    assert all(folder == os.path.realpath(folder) for folder in landlock.readable())


STATE = b"""
import ctypes, os, resource
libc = ctypes.CDLL(None)

def state():
    status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines())
    death = ctypes.c_int()
    libc.prctl(1 + 1, ctypes.byref(death), 0, 0, 0)  # PR_GET_PDEATHSIG
    return [
        ("death signal", death.value),
        ("readable memory", libc.prctl(3, 0, 0, 0, 0)),  # PR_GET_DUMPABLE
        ("no new privileges", int(status["NoNewPrivs"])),
        ("capabilities", int(status["CapEff"], 16) | int(status["CapPrm"], 16) | int(status["CapInh"], 16)),
        ("users", sorted(set(map(int, status["Uid"].split())))),
        ("groups", sorted(set(map(int, (status["Gid"] + status["Groups"]).split())))),
        ("badness", int(open("/proc/self/oom_score_adj").read())),
    ]
"""


@needs_root
def test_no_layer_undoes_the_one_before_it():
    """A change of user clears the parent-death signal and shows the memory, were it to come later."""
    with jail.started(("seccomp", "landlock", "chroot")) as server:
        uid = layers.FIRST_UID + server.number % layers.UIDS
        assert dict(told(server, STATE, "state")) == {
            "death signal": 9,
            "readable memory": 0,
            "no new privileges": 1,
            "capabilities": 0,
            "users": [uid],
            "groups": [uid],
            "badness": 1000,
        }


def told(server, source, function):
    """What a function without arguments returns behind that server's wall."""
    hand_in = Submission("hw2.py", "hw2", {"hw2": (source,)})
    with Session(hand_in, Limits(10, 10, 30, 256), server) as session:
        (outcome,) = session.ask(Question(function, (), ((),)))
    return outcome.value


LIMITED = b"""
import resource

NAMES = "AS CPU FSIZE NOFILE CORE MEMLOCK NPROC".split()

def limits():
    return [resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in NAMES]
"""


def test_no_limit_can_be_raised_again(server):
    """The soft one is the hard one."""
    soft, hard = zip(*told(server, LIMITED, "limits"), strict=True)

    assert soft == hard
    assert (soft[2:6], 30 <= soft[1] <= 40) == ((0, layers.MOST_FILES, 0, 0), True)


@needs_root
def test_nobody_can_put_anything_into_the_empty_folder():
    """It is deleted already, and whoever is in there may not even list it."""
    source = b"import os\ndef f(): return (os.stat('/').st_nlink, os.access('/', os.R_OK | os.X_OK))"
    with jail.started(("landlock",)) as server:
        assert told(server, source, "f") == (0, False)


def test_a_students_process_leads_a_session_of_its_own(server):
    source = b"import os\ndef f(): return (os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid())"

    assert told(server, source, "f") == (True, True)


def test_a_closed_folder_of_packages_is_noticed(tmp_path, monkeypatch):
    """Of a virtual environment below somebody's home, whose interpreter is the machine's."""
    home = tmp_path / "home"
    packages = home / "venv" / "site-packages"
    packages.mkdir(parents=True)
    monkeypatch.setattr("sys.path", [str(packages)])
    assert str(packages) in landlock.libraries()

    home.chmod(0o700)
    assert not layers._open_to_all(str(packages))
    assert layers._open_to_all("/usr/lib")
