"""The fork server: a fresh interpreter with numpy and the worker loaded, and one forked child per hand-in.

It is told no reference, no seed, no input and no source: a child talks to the grader on a connection of its
own, which passes through here unread. The server ends when the grader does, however that ends: the kernel
kills it then, and the closed control socket would end it too; the children end with the server.

    python -I -B -m grader.sandbox.server CONTROL GRADER NUMBER [WITHOUT …]

The control socket carries packets of words. At first the server says which layers stand and, behind a
semicolon, which attacks succeed. Then it is asked `fork BYTES SECONDS`, with the child's connection as a
descriptor, and answers the process number; or `stop PATIENCE`, and answers how the child ended.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from time import monotonic, sleep
from typing import NoReturn

from grader.sandbox import attacks, kernel, layers, worker
from grader.sandbox.layers import Budget, Prepared
from grader.sandbox.line import Line

CONTROL = 3
PACKET = 1 << 16  # bytes
GLANCE = 0.002  # seconds between looks at a child that may be ending
TRIAL = Budget(memory=1 << 28, seconds=10)
LAZY = (  # what code imports late, where the libraries cannot be seen later
    "array base64 bisect calendar cmath concurrent.futures.thread copy csv datetime decimal difflib",
    "fractions functools glob graphlib hashlib heapq inspect itertools json linecache locale logging",
    "math multiprocessing numbers operator pickle pkgutil platform pprint queue random re secrets",
    "statistics string textwrap threading time timeit traceback tracemalloc types typing unicodedata",
    "unittest uuid zlib _strptime",
    *(f"encodings.{name}" for name in ("ascii", "latin_1", "cp1252", "cp1251", "cp437", "gbk", "iso8859_15")),
    *(f"encodings.{name}" for name in ("idna", "utf_8_sig", "utf_16", "utf_32")),
    "numpy.char numpy.ctypeslib numpy.fft numpy.linalg numpy.ma numpy.polynomial numpy.random numpy.rec",
    "numpy.strings numpy.testing colorsys configparser pdb shlex",
)


def main(control: int, grader: int, number: int, without: Sequence[str] = ()) -> None:
    """Get ready, say so, and serve until the grader has gone. `number` was drawn for this server."""
    _end_with(grader)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # whoever ignores it cannot wait
    os.dup2(control, CONTROL)
    os.closerange(CONTROL + 1, os.sysconf("SC_OPEN_MAX"))
    layers.lower(resource.RLIMIT_NOFILE, layers.MOST_DESCRIPTORS)
    layers.go_first()
    namespaces = layers.enter_namespaces() if "ns" not in without else ""
    if namespaces:
        _become_the_first_process()
    worker.forget_the_grader()
    prepared, succeeded = _proved(grader, number, namespaces, frozenset(without))
    standing = attacks.standing(layers.names(prepared), succeeded)
    gc.freeze()  # what is here now is never garbage; children need not look at it
    with socket.socket(fileno=CONTROL) as line:
        line.sendall(f"{' '.join(standing)};{' '.join(succeeded)}".encode())
        worker.silence(2)
        _serve(line, prepared)


def _end_with(grader: int) -> None:
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != grader:
        os._exit(1)


def _become_the_first_process() -> None:
    """Go on as the first process of the new namespace: when it ends, the kernel ends all others in there."""
    inner = os.fork()
    if inner == 0:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    os.closerange(0, layers.MOST_DESCRIPTORS)
    _, status = os.waitpid(inner, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _proved(grader: int, number: int, namespaces: str, without: frozenset[str]) -> tuple[Prepared, list[str]]:
    """The layers that this machine permits, and the attacks that succeed in spite of them."""
    prepared = layers.prepare(number, namespaces, without)
    if prepared.empty is not None:
        for name in " ".join(LAZY).split():
            import_module(name)
        os.getcwd = lambda: "/"  # the kernel has no name for a folder that is deleted
    match _tried(prepared, grader):
        case ("succeeded", *names):
            return prepared, names
        case ("unfit", layer, _) if layer not in without:
            return _proved(grader, number, namespaces, without | {layer})
        case said:
            raise OSError(f"its layers cannot be tried: {' '.join(said) or 'the trial died'}")


def _tried(prepared: Prepared, grader: int) -> tuple[str, ...]:
    """What a child says that has put all layers on and attacks; it is thrown away."""
    ours, theirs = socket.socketpair()
    target = attacks.Target(grader, prepared.server, TRIAL)
    pid = os.fork()
    if pid == 0:
        _walled_in(
            prepared,
            theirs.fileno(),
            TRIAL,
            lambda line: line.send(("succeeded", *attacks.succeeding(target))),
        )
    theirs.close()
    said = ()
    with ours, suppress(EOFError):
        said = tuple(Line(ours).receive())
    os.waitpid(pid, 0)
    return said


def _walled_in(
    prepared: Prepared, connection: int, budget: Budget, act: Callable[[Line], object]
) -> NoReturn:
    """Put the layers on, then act; nothing in here returns to the server's own loop."""
    try:
        os.setsid()
        layers.close_descriptors(prepared, connection)
        line = Line(socket.socket(fileno=layers.CONNECTION))
        try:
            layers.put_on(prepared, budget)
        except layers.Refused as refused:
            line.send(("unfit", *refused.args))
        else:
            act(line)
    finally:
        os._exit(0)


def _numbers() -> int | None:
    """A descriptor that sets the last process number; None where there is no namespace of its own."""
    if os.getpid() != 1:
        return None
    with suppress(OSError):
        return os.open("/proc/sys/kernel/ns_last_pid", os.O_WRONLY | os.O_CLOEXEC)
    return None


def _serve(line: socket.socket, prepared: Prepared) -> None:
    child, numbers = 0, _numbers()
    while True:
        request, descriptors, _, _ = socket.recv_fds(line, PACKET, 1)
        match request.decode().split():
            case ["fork", memory, seconds] if not child:
                # every hand-in has the same: a count would tell the next one something
                if numbers is not None:
                    os.pwrite(numbers, b"1", 0)
                answer = child = _forked(prepared, descriptors[0], Budget(int(memory), int(seconds)))
            case ["stop", patience] if child:
                answer, child = _ended(child, float(patience)), 0
            case []:  # the grader has gone
                if child:
                    _ended(child, 0)
                os._exit(0)
            case words:
                raise OSError(f"asked to {' '.join(words)}, with {'a' if child else 'no'} child")
        line.sendall(str(answer).encode())


def _forked(prepared: Prepared, connection: int, budget: Budget) -> int:
    pid = os.fork()
    if pid == 0:
        _walled_in(prepared, connection, budget, worker.work)
    os.close(connection)
    return pid


def _ended(child: int, patience: float) -> int:
    """Kill the child and whatever it started, reap them, and say how it ended: an exit code or −signal."""
    late = monotonic() + patience
    while monotonic() < late and not os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT | os.WNOHANG):
        sleep(GLANCE)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)  # it is not reaped yet, so the number is still its own
    _, status = os.waitpid(child, 0)
    if os.getpid() == 1:
        _sweep()
    return os.waitstatus_to_exitcode(status)


def _sweep() -> None:
    """End everything else in this namespace, which is all there can be left of the child."""
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
