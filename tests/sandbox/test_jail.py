"""A student's process has what was built for it and nothing of the grader's, and none is left behind."""

import os
import select
import signal
import sys
from pathlib import Path

import pytest

from grader.faults import Fault
from grader.sandbox import jail, session
from grader.sandbox.outcome import Crashed, TimedOut
from grader.sandbox.session import Question

ROOT = Path(__file__).parents[2]
GONE = 10.0  # seconds for the kernel to end what was killed


def is_gone(group):
    """Whether no process of that group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture
def pipe(tmp_path):
    """A named pipe; `all_closed` says whether everyone who opened it for writing has gone."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def all_closed():
        poll = select.poll()
        poll.register(descriptor, 0)  # POLLHUP is always told
        return bool(poll.poll(GONE * 1000))

    yield str(path), all_closed
    os.close(descriptor)


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put a shell script in the interpreter's place."""

    def install(text):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))

    return install


def test_the_environment_is_the_built_one_alone(value, monkeypatch):
    monkeypatch.setenv("GRADER_SECRET", "seed")

    assert value("import os\ndef f(): return sorted(os.environ.items())") == sorted(jail.ENVIRONMENT.items())


def test_the_first_environment_is_the_built_one_too(value):
    source = (
        "def f():\n    with open('/proc/self/environ') as file: return sorted(file.read().split('\\0')[:-1])"
    )

    assert value(source) == sorted(f"{name}={text}" for name, text in jail.ENVIRONMENT.items())


def test_the_command_line_tells_a_descriptor_and_nothing_else(value):
    assert value("import sys\ndef f(): return [x.isdigit() for x in sys.argv[1:]]") == [True]


def test_no_descriptor_is_inherited(value, tmp_path):
    source = """\
        import os
        def f():
            links = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
            return sorted(os.readlink(link).split(":")[0] for link in links if os.path.lexists(link))
    """
    with (tmp_path / "results.json").open("w") as file:
        os.set_inheritable(file.fileno(), True)

        assert value(source) == ["/dev/null", "/dev/null", "/dev/null", "socket"]


def test_the_repository_is_not_on_the_path(value):
    assert str(ROOT) not in value("import sys\ndef f(): return sys.path")


@pytest.mark.parametrize("module", ["reference.network", "problems.network", "tests.conftest"])
def test_the_secret_half_cannot_be_imported(ask, module):
    outcome = ask(f"def f():\n    import {module}")

    assert (outcome.kind, outcome.where) == ("ModuleNotFoundError", "hw2.py, line 2")


def test_the_working_folder_is_the_root(value):
    assert value("import os\ndef f(): return os.getcwd()") == "/"


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


def test_what_is_printed_goes_nowhere(value, capfd):
    source = """\
        import sys
        print("a" * 10**6)
        def f():
            print("b" * 10**6)
            print("c" * 10**6, file=sys.stderr)
            return 1.5
    """
    answer = value(source)

    assert (float(answer), capfd.readouterr()) == (1.5, ("", ""))


def test_pictures_need_no_screen(value):
    assert value("import os\ndef f(): return os.environ['MPLBACKEND']") == "Agg"


def test_no_bytecode_is_written(value):
    assert value("import sys\ndef f(): return (sys.dont_write_bytecode, sys.flags.isolated)") == (True, 1)


def test_the_process_leads_a_session_of_its_own(value):
    assert value("import os\ndef f(): return os.getsid(0) == os.getpid() != os.getppid()") is True


def test_no_process_is_left_after_a_session(value):
    pid = value("import os\ndef f(): return os.getpid()")

    assert is_gone(pid)


def test_no_process_is_left_where_it_ignores_signals(opened):
    source = """\
        import os, signal
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM, signal.SIGXCPU):
            signal.signal(number, signal.SIG_IGN)
        def f(): return os.getpid()
        def g():
            while True: pass
    """
    with opened(source, call_seconds=0.3) as asked:
        (answer,) = asked.ask(Question("f", (), ((),)))
        (outcome,) = asked.ask(Question("g", (), ((),)))

        assert (outcome, is_gone(answer.value)) == (TimedOut(0.3), True)


def test_no_process_is_left_where_the_grader_fails(opened):
    pids = []
    with pytest.raises(KeyError), opened("import os\ndef f(): return os.getpid()") as asked:
        pids += [outcome.value for outcome in asked.ask(Question("f", (), ((),)))]
        raise KeyError

    assert [is_gone(pid) for pid in pids] == [True]


def test_no_child_is_left(ask, pipe):
    path, all_closed = pipe
    source = f"""\
        import os, signal
        def f():
            held = os.open({path!r}, os.O_WRONLY)
            for _ in range(3):
                if os.fork() == 0:
                    signal.pause()
            return 1.5
    """
    answer = ask(source)

    assert (answer.value, all_closed()) == (1.5, True)


def test_a_child_that_holds_the_socket_does_not_outlive_the_deadline(ask, pipe):
    path, all_closed = pipe
    source = f"""\
        import os, signal
        def f():
            held = os.open({path!r}, os.O_WRONLY)
            if os.fork() == 0:
                signal.pause()
            os._exit(3)
    """

    assert (ask(source, call_seconds=0.3), all_closed()) == (TimedOut(0.3), True)


def test_a_process_started_ahead_is_the_one_that_answers(opened):
    source = "import os\ndef f(): return os.getpid()"
    with jail.started() as process, opened(source, process=process) as asked:
        (outcome,) = asked.ask(Question("f", (), ((),)))

    assert outcome.value == process.popen.pid


def test_a_process_started_ahead_is_stopped_where_nobody_asks():
    with jail.started() as process:
        pass

    assert is_gone(process.popen.pid)


def test_the_process_leaves_by_itself_when_the_grader_has_gone():
    process = jail.start()
    process.end.close()
    os.waitid(os.P_PID, process.popen.pid, os.WEXITED | os.WNOWAIT)

    assert jail.stop(process) == 0


def test_a_process_that_runs_is_killed():
    assert jail.stop(jail.start()) == -signal.SIGKILL


def test_a_process_that_does_not_start_is_the_graders_fault(ask, program):
    program("echo some lines >&2; echo No module named numpy >&2; exit 1")

    with pytest.raises(Fault) as caught:
        ask("def f(): return 1.5")
    assert str(caught.value) == "the student's process did not start: No module named numpy"


def test_a_process_that_says_nothing_is_the_graders_fault(ask, program):
    program("exit 0")

    with pytest.raises(Fault) as caught:
        ask("def f(): return 1.5")
    assert str(caught.value) == "the student's process did not start: it said nothing"


def test_a_process_that_never_gets_ready_is_the_graders_fault(ask, program, monkeypatch):
    monkeypatch.setattr(session, "START_SECONDS", 0.2)
    program("exec sleep 1000")

    with pytest.raises(Fault):
        ask("def f(): return 1.5")


def test_an_interpreter_that_is_missing_is_the_graders_fault(ask, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(Fault) as caught:
        ask("def f(): return 1.5")
    assert str(caught.value) == (
        "the student's process did not start: [Errno 2] No such file or directory: '/nowhere/python'"
    )


@pytest.mark.parametrize(
    ("death", "words"),
    [
        ("os._exit(0)", "it ended the process (exit code 0)"),
        ("os._exit(3)", "it ended the process (exit code 3)"),
        ("ctypes.string_at(0)", "it crashed (SIGSEGV)"),
        ("os.abort()", "it crashed (SIGABRT)"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "it crashed (SIGTERM)"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "it was killed, or closed the grader's connection"),
        ("os.kill(os.getpid(), signal.SIGRTMIN + 6)", "it crashed (signal 40)"),
        ("os.closerange(3, 256) or signal.pause()", "it was killed, or closed the grader's connection"),
    ],
)
def test_a_death_is_told_in_words(ask, death, words):
    assert ask(f"import ctypes, os, signal\ndef f(): {death}") == Crashed(words)
