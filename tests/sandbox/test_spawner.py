"""Without a wall: plain subprocesses with deadlines, whatever the system, and none left behind."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from processes import is_gone

from grader.faults import Fault
from grader.sandbox import spawner as module
from grader.sandbox.outcome import Crashed, Raised, TimedOut
from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.sandbox.spawner import Spawner
from grader.settings import Limits
from grader.submission import Submission

ROOT = Path(__file__).parents[2]


def submitted(source):
    return Submission("hw2.py", "hw2", {"hw2": (source.encode(),)})


def asked(spawner, source, limits=None, x=1.5):
    """What becomes of `f(x)`."""
    with Session(submitted(source), limits or Limits(), spawner) as session:
        return session.ask(Question("f", ("x",), ((x,),)))[0]


@pytest.fixture
def spawner():
    with closing(Spawner()) as spawner:
        yield spawner


def test_the_messages_are_the_same(spawner):
    with Session(submitted("def f(x): return 2 * x\ndef g(x): 1 / 0"), Limits(), spawner) as session:
        (right,) = session.ask(Question("f", ("x",), ((1.5,),)))
        (raised,) = session.ask(Question("g", ("x",), ((1.5,),)))

    assert (right.value, raised.kind, raised.where) == (3, "ZeroDivisionError", "hw2.py, line 2")


def test_a_process_is_ended(spawner):
    process = spawner.fork(Limits())

    assert (spawner.stop(process), is_gone(process.pid)) == (-signal.SIGKILL, True)


def test_an_endless_loop_costs_one_call(spawner):
    limits = Limits(call_seconds=0.3)

    assert asked(spawner, "def f(x):\n    while True: pass", limits) == TimedOut(0.3)
    assert asked(spawner, "def f(x): return x", limits).value == 1.5  # by a fresh one


def test_a_death_is_told(spawner):
    assert asked(spawner, "import os\ndef f(x): os._exit(3)") == Crashed("it ended the process (exit code 3)")


def test_a_crash_on_windows_is_told_by_its_code(monkeypatch, spawner):
    monkeypatch.setattr(
        spawner, "stop", lambda process, _patience=0: (Spawner.stop(spawner, process), 0xC0000005)[1]
    )

    assert asked(spawner, "import os\ndef f(x): os._exit(1)") == Crashed("it crashed (0xc0000005)")


def test_a_list_that_grows_for_ever_ends_at_the_limit(spawner):
    source = "def f(x):\n    rows = []\n    while True: rows.append(bytes(1 << 20))"
    found = asked(spawner, source, Limits(memory=64, call_seconds=20))

    assert isinstance(found, Raised)
    assert found.kind == "MemoryError"


def test_the_one_that_nobody_asked_for_is_ended_too():
    spawner = Spawner()
    pid = spawner._waiting.popen.pid
    spawner.close()

    assert is_gone(pid)


def test_nothing_is_read_from_the_terminal(spawner):
    assert asked(spawner, "def f(x): return input()").kind == "EOFError"


def test_what_lies_in_the_folder_is_not_there_for_the_students_process(tmp_path):
    """As in grading: neither the homework's problems/, nor a file that would hide a module of Python's."""
    for name in ("problems", "random", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken from the folder')", encoding="utf-8")
    (tmp_path / "try.py").write_text(TRY, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "try.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout == "ModuleNotFoundError\n"


TRY = """
import sys
folder = sys.path.pop(0)
from contextlib import closing
from grader.settings import Limits
from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.sandbox.spawner import Spawner
from grader.submission import Submission

sys.path.insert(0, folder)
source = b"import random, numpy\\ndef f(x):\\n    import problems\\n"
hand_in = Submission("hw2.py", "hw2", {"hw2": (source,)})
with closing(Spawner()) as spawner, Session(hand_in, Limits(), spawner) as s:
    print(s.ask(Question("f", ("x",), ((1.5,),)))[0].kind)
    assert s.notes == (), s.notes
"""


def test_a_process_that_does_not_start_is_our_fault(program):
    program("echo No module named numpy >&2; exit 1")

    with closing(Spawner()) as spawner, pytest.raises(Fault) as caught:
        spawner.fork(Limits())
    assert str(caught.value) == "the student's process did not start: No module named numpy"


def test_an_interpreter_that_is_missing_is_our_fault(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/python")

    with pytest.raises(Fault, match=r"did not start: .*No such file"):
        Spawner()


def test_an_interpreter_that_never_calls_is_our_fault(program, monkeypatch):
    program("sleep 60")
    monkeypatch.setattr(module, "START_SECONDS", 0.2)

    with closing(Spawner()) as spawner, pytest.raises(Fault, match="did not start"):
        spawner.fork(Limits())


def test_who_does_not_know_the_password_is_not_listened_to(spawner):
    """Another program of the machine, which calls first."""
    address = spawner._waiting.listener.getsockname()
    with socket.create_connection(address) as stranger:
        stranger.sendall(b"0" * 32)
        assert asked(spawner, "def f(x): return 2 * x").value == 3


def test_isolation_says_that_there_is_no_wall(spawner):
    assert not spawner.isolation.sound


def test_the_environment_is_built(spawner, monkeypatch):
    monkeypatch.setenv("SECRET", "1")

    assert asked(spawner, "import os\ndef f(x): return 'SECRET' in os.environ").value is False


WINDOWS = """
import os, signal, socket, sys
for module, names in {
    os: ("fork", "killpg", "getuid", "geteuid", "setsid", "O_NOFOLLOW", "O_NONBLOCK"),
    signal: ("SIGALRM", "setitimer", "pthread_sigmask"),
    socket: ("AF_UNIX", "send_fds", "recv_fds", "socketpair"),
}.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
for name in ("resource", "fcntl", "pwd", "grp"):
    sys.modules[name] = None
sys.platform = "win32"
"""


def test_what_windows_does_not_have_is_not_needed():
    """The names that it lacks are taken away from this interpreter, and the student's is a real one."""
    code = WINDOWS + (
        "import subprocess\n"
        "from grader.settings import Limits\n"
        "from grader.sandbox.question import Question\n"
        "from grader.sandbox.session import Session\n"
        "from grader.sandbox.spawner import Spawner\n"
        "from grader.submission import Submission\n"
        "s = Spawner()\n"
        "source = b'def f(x):\\n    while x > 2: pass\\n    return 2 * x'\n"
        "hand_in, limits = Submission('hw2.py', 'hw2', {'hw2': (source,)}), Limits(call_seconds=0.3)\n"
        "with Session(hand_in, limits, s) as session:\n"
        "    print(*(type(o).__name__ for o in session.ask(Question('f', ('x',), ((1.5,), (3.0,))))))\n"
        "s.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ
    )

    assert (done.stdout, done.stderr) == ("Returned TimedOut\n", "")
