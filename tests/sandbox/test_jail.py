"""A student's process has what was built for it and nothing of the grader's, and none is left behind."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from processes import children, is_gone, tree_of

from grader.faults import Fault
from grader.sandbox import jail, layers
from grader.sandbox.outcome import Crashed, TimedOut
from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.settings import Limits
from grader.submission import Submission

ROOT = Path(__file__).parents[2]
NOTHING = ((),)
PYTHON = sys.executable


@pytest.fixture
def own_server():
    """A server of the test's own, to be treated badly."""
    with jail.started() as source:
        yield source


def test_the_environment_is_the_built_one_alone(value, monkeypatch):
    monkeypatch.setenv("GRADER_SECRET", "seed")

    assert value("import os\ndef f(): return sorted(os.environ.items())") == sorted(jail.ENVIRONMENT.items())


def test_the_first_environment_of_the_server_is_the_built_one_too(monkeypatch):
    monkeypatch.setenv("GRADER_SECRET", "seed")
    with jail.started() as server:
        assert server.isolation
        environment = Path(f"/proc/{server._popen.pid}/environ").read_text()
    assert sorted(environment.split("\0")[:-1]) == sorted(f"{k}={v}" for k, v in jail.ENVIRONMENT.items())


def test_the_command_line_tells_numbers_and_nothing_else(value):
    assert value("import sys\ndef f(): return [x.isdigit() for x in sys.argv[1:]]") == [True, True, True]


def test_no_descriptor_is_inherited(value, own_server, tmp_path):
    source = """\
        import os, stat
        def kind(number):
            try: mode = os.fstat(number).st_mode
            except OSError: return ""
            return "socket" if stat.S_ISSOCK(mode) else "device" if stat.S_ISCHR(mode) else "other"
        def f():
            return [kind(number) for number in range(300) if kind(number)]
    """
    with (tmp_path / "results.json").open("w") as file:
        os.set_inheritable(file.fileno(), True)

        assert value(source) == ["device", "device", "device", "socket"]


def test_the_repository_is_not_on_the_path(value):
    assert str(ROOT) not in value("import sys\ndef f(): return sys.path")


@pytest.mark.parametrize("module", ["reference.network", "problems.network", "tests.conftest"])
def test_the_secret_half_cannot_be_imported(ask, module):
    outcome = ask(f"def f():\n    import {module}")

    assert (outcome.kind, outcome.where) == ("ModuleNotFoundError", "hw2.py, line 2")


@pytest.fixture
def typed():
    """A line waits on the grader's own standard input."""
    reader, writer = os.pipe()
    os.write(writer, b"a line\n")
    kept = os.dup(0)
    os.dup2(reader, 0)
    yield
    os.dup2(kept, 0)
    for descriptor in (reader, writer, kept):
        os.close(descriptor)


def test_nothing_is_read_from_the_terminal(ask, typed):
    assert ask("def f(): return input()").kind == "EOFError"


def test_pictures_need_no_screen(value):
    assert value("import os\ndef f(): return os.environ['MPLBACKEND']") == "Agg"


def test_no_bytecode_is_written(value):
    assert value("import sys\ndef f(): return (sys.dont_write_bytecode, sys.flags.isolated)") == (True, 1)


@pytest.mark.parametrize("module", ["scipy", "numpy.random", "numpy.testing", "json", "concurrent.futures"])
def test_libraries_can_be_imported_late(ask, module):
    if module != "scipy":
        assert ask(f"def f():\n    import {module}\n    return 1.5").value == 1.5
    else:
        assert ask("def f():\n    import scipy").kind == "ModuleNotFoundError"


def test_every_process_draws_its_own_random_numbers(opened):
    source = "import numpy as np, random\ndef f(): return (np.random.rand(), random.random())"
    drawn = []
    for _ in range(3):
        with opened(source) as asked:
            drawn += [number for outcome in asked.ask(Question("f", (), NOTHING)) for number in outcome.value]

    assert len({float(number) for number in drawn}) == 6


def test_no_process_is_left_after_a_session(own_server):
    assert own_server.isolation
    idle = tree_of(own_server)
    process = own_server.fork(Limits())
    assert len(tree_of(own_server)) == len(idle) + 1

    assert (own_server.stop(process), tree_of(own_server)) == (-signal.SIGKILL, idle)


def test_no_process_is_left_where_it_ignores_signals(opened, server):
    source = """\
        import signal
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM, signal.SIGXCPU):
            signal.signal(number, signal.SIG_IGN)
        def f(): return 1.5
        def g():
            while True: pass
    """
    with opened(source, call_seconds=0.3) as asked:
        asked.ask(Question("f", (), NOTHING))
        before = tree_of(server)
        (outcome,) = asked.ask(Question("g", (), NOTHING))

        assert (outcome, len(before - tree_of(server))) == (TimedOut(0.3), 1)


def test_no_process_is_left_where_the_grader_fails(opened, server):
    idle = tree_of(server)
    with pytest.raises(KeyError), opened("def f(): return 1.5") as asked:
        asked.ask(Question("f", (), NOTHING))
        assert len(tree_of(server)) == len(idle) + 1
        raise KeyError

    assert tree_of(server) == idle


def test_a_process_that_left_its_session_is_ended_too():
    """Without a wall it can; as the first process of its namespace the server finds it all the same."""
    source = "import os, signal\ndef f():\n    if os.fork() == 0: os.setsid(); signal.pause()\n    return 1.5"
    with jail.started(without=("seccomp",)) as open_server:
        if "ns" not in open_server.isolation.layers:
            pytest.skip("this machine refuses namespaces")
        idle = tree_of(open_server)
        submission = submitted(source)
        with Session(submission, Limits(), open_server) as session:
            (outcome,) = session.ask(Question("f", (), NOTHING))
            assert (outcome.value, len(tree_of(open_server))) == (1.5, len(idle) + 2)

        assert tree_of(open_server) == idle


def submitted(source):
    return Submission("hw2.py", "hw2", {"hw2": (source.encode(),)})


def test_the_server_ends_with_its_source(own_server):
    process = own_server.fork(Limits())
    processes = tree_of(own_server)
    own_server.close()
    process.line.close()

    assert all(map(is_gone, processes))


GRADER = """
import sys, time
from grader.settings import Limits
from grader.sandbox import jail
from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.submission import Submission

server = jail.Server({without!r})
endless = Submission("hw2.py", "hw2", {{"hw2": (b"def f(): return 1\\ndef g():\\n    while True: pass",)}})
with Session(endless, Limits(), server) as session:
    session.ask(Question("f", (), ((),)))
    print(server._popen.pid, flush=True)
    session.ask(Question("g", (), ((),)))
"""


@pytest.mark.parametrize("without", [(), ("ns",)])
def test_no_process_is_left_when_the_grader_is_killed(without):
    """However the grader dies: here by SIGKILL while a hand-in computes for ever."""
    code = GRADER.format(without=without)
    with subprocess.Popen([PYTHON, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        server = int(grader.stdout.readline())
        descriptors = [os.pidfd_open(pid) for pid in (server, *children(server))]
        grader.kill()
        ended = [bool(ready(descriptor)) for descriptor in descriptors]

    assert (len(ended), all(ended)) == (2 if without else len(ended), True)
    assert len(ended) >= 2


def ready(descriptor):
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return poll.poll(10_000)


def test_a_server_that_was_killed_between_hand_ins_is_replaced(own_server):
    before = own_server.isolation
    own_server.stop(own_server.fork(Limits()))
    own_server._popen.kill()
    own_server._popen.wait()
    process = own_server.fork(Limits())

    assert (own_server.stop(process), own_server.isolation) == (-signal.SIGKILL, before)


def test_a_server_that_is_killed_during_a_hand_in_is_the_graders_fault(own_server):
    def kill():
        descriptors = [os.pidfd_open(pid) for pid in tree_of(own_server)]
        own_server._popen.kill()
        assert all(map(ready, descriptors))
        return np.ones(1)

    submission = submitted("def f(s): return s(1.0)")
    with (
        pytest.raises(Fault, match="grade this hand-in again"),
        Session(submission, Limits(), own_server) as session,
    ):
        session.ask(Question("f", ("s",), ((lambda _x: kill(),),)))


def test_a_process_that_ends_by_itself_keeps_its_ending(ask):
    assert ask("import os\ndef f(): os._exit(7)") == Crashed("it ended the process (exit code 7)")


def test_a_server_that_does_not_start_is_the_graders_fault(program):
    program("echo some lines >&2; echo No module named numpy >&2; exit 1")

    with pytest.raises(Fault) as caught, jail.started() as server:
        server.fork(Limits())
    assert str(caught.value) == "the student's process did not start: No module named numpy"


def test_a_grader_that_is_not_installed_is_told_to_be(program):
    program("echo \"ModuleNotFoundError: No module named 'grader'\" >&2; exit 1")

    with (
        pytest.raises(Fault, match=r"install grader for .*; it ignores PYTHONPATH"),
        jail.started() as server,
    ):
        server.fork(Limits())


def test_a_server_that_says_nothing_is_the_graders_fault(program):
    program("exit 0")

    with pytest.raises(Fault) as caught, jail.started() as server:
        server.fork(Limits())
    assert str(caught.value) == "the student's process did not start: it said nothing"


def test_a_server_that_never_gets_ready_is_the_graders_fault(program, monkeypatch):
    monkeypatch.setattr(jail, "START_SECONDS", 0.2)
    program("exec sleep 1000")

    with pytest.raises(Fault), jail.started() as server:
        server.fork(Limits())


def test_an_interpreter_that_is_missing_is_the_graders_fault(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(Fault) as caught, jail.started():
        pass
    assert str(caught.value) == (
        "the student's process did not start: [Errno 2] No such file or directory: '/nowhere/python'"
    )


@pytest.mark.parametrize(
    ("death", "words"),
    [
        ("os._exit(0)", "it ended the process (exit code 0)"),
        ("os._exit(3)", "it ended the process (exit code 3)"),
        ("ctypes.string_at(0)", "it crashed (SIGSEGV)"),
        ("signal.setitimer(signal.ITIMER_REAL, 0.01) and signal.pause()", "it crashed (SIGALRM)"),
        ("os.closerange(3, 256) or signal.pause()", "it was killed, or closed the grader's connection"),
    ],
)
def test_a_death_is_told_in_words(ask, death, words):
    assert ask(f"import ctypes, os, signal\ndef f(): {death}") == Crashed(words)


def test_layers_can_be_left_out_by_those_who_measure():
    with jail.started(without=layers.NAMES) as server:
        assert server.isolation.layers == ()


def test_two_servers_of_one_grader_have_users_of_their_own(own_server):
    with jail.started() as other:
        assert own_server.number != other.number


def test_a_server_that_was_closed_forks_no_more():
    with jail.started() as server:
        pass
    with pytest.raises(Fault, match="has been closed"):
        server.fork(Limits())


def test_a_process_whose_layers_are_refused_is_the_graders_fault_and_costs_no_server(own_server):
    """There is no such number of bytes."""
    assert own_server.isolation
    before = tree_of(own_server)
    with pytest.raises(Fault, match="did not start"):
        own_server.fork(Limits(memory=1 << 60))

    assert own_server.stop(own_server.fork(Limits())) == -signal.SIGKILL
    assert len(tree_of(own_server)) == len(before)


def test_the_graders_memory_is_hidden():
    """From other processes of the same user: its files in /proc are root's."""
    PR_GET_DUMPABLE = 3
    code = (
        "import ctypes; from grader.sandbox import jail\n"
        f"with jail.started(): print(ctypes.CDLL(None).prctl({PR_GET_DUMPABLE}))"
    )
    assert subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"


def test_tighter_limits_of_the_operators_stand():
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (20, 20))\n"
        "from grader.sandbox import jail\n"
        "with jail.started() as server: print(server.isolation.sound)"
    )
    assert subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"
