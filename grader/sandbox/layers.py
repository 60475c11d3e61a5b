"""The wall, layer by layer. Each is a small function that a child applies to itself before student code runs.

The order is part of the wall: a change of user clears the parent-death signal and the flag that hides the
memory, so the user comes first; Landlock and seccomp need no_new_privs; seccomp comes last, because it
forbids the calls that the others are made of. What is dear is made once, in the server: `prepare`.
"""

from __future__ import annotations

import os
import pwd
import resource
import signal
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader.sandbox import kernel, landlock

CONNECTION = 3  # the one descriptor besides standard input, output and error
FIRST_UID, UIDS = 20_001, 20_000  # dedicated users, of whom one is drawn for each server
SEPARATE = kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWPID
MOST_DESCRIPTORS = 256  # of the server
MOST_FILES = 64
NAMES = ("ns", "rlimits", "chroot", "uid", "privileges", "landlock", "seccomp")
TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")
MOST_THREADS = 64


@dataclass(frozen=True)
class Budget:
    """What one child may use: bytes of memory beyond what the server has, seconds of processor time."""

    memory: int
    seconds: int


@dataclass(frozen=True)
class Prepared:
    """What the children of a server need for their layers; None where a layer is not to be had."""

    server: int  # its process number
    address_space: int  # bytes that the server has mapped
    namespaces: str  # "ns", "userns" or ""
    uid: int | None
    empty: int | None  # a descriptor of an empty folder
    ruleset: int | None
    program: bytes | None
    without: frozenset[str]  # layers to leave out, for those who measure or test the others


Layer = Callable[[Prepared, Budget], None]


class Refused(Exception):
    """The kernel refused a layer; the arguments are its name and the error."""


def enter_namespaces() -> str:
    """Leave the machine's network, its shared memory and its processes, for this process's children.

    Returns the layer's name, "" where the kernel refuses. Before the first thread.
    """
    enter = _enter_as_root if os.geteuid() == 0 else _enter_as_user
    if not _succeeds(enter):
        return ""
    enter()
    return "ns" if os.geteuid() == 0 else "userns"


def _enter_as_root() -> None:
    kernel.unshare(SEPARATE)


def _enter_as_user() -> None:
    uid, gid = os.getuid(), os.getgid()
    kernel.unshare(kernel.CLONE_NEWUSER | SEPARATE)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _succeeds(action: Callable[[], None]) -> bool:
    """Tried in a child: what fails half-way cannot be undone."""
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            action()
            os._exit(0)
        os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def prepare(number: int, namespaces: str, without: Collection[str] = ()) -> Prepared:
    """Make what is made once; `number` was drawn for this server and picks its user."""
    uid = _unknown_user(number) if os.geteuid() == 0 and "uid" not in without else None
    ruleset = _ruleset() if "landlock" not in without else None
    unreadable = uid is not None and not all(map(_open_to_all, landlock.libraries()))
    return Prepared(
        server=os.getpid(),
        address_space=_address_space(),
        namespaces=namespaces,
        uid=uid,
        empty=_empty_folder() if (ruleset is None or unreadable) and "chroot" not in without else None,
        ruleset=ruleset,
        program=_program() if "seccomp" not in without else None,
        without=frozenset(without),
    )


def _unknown_user(number: int) -> int:
    """A user by that number whom the machine does not know."""
    for offset in range(UIDS):
        uid = FIRST_UID + (number + offset) % UIDS
        try:
            pwd.getpwuid(uid)
        except KeyError:
            return uid
    raise OSError(f"every user from {FIRST_UID} to {FIRST_UID + UIDS - 1} has an account")


def _ruleset() -> int | None:
    """Landlock's rules; None where the kernel has none."""
    try:
        return landlock.rules(landlock.readable())
    except OSError:
        return None


def _program() -> bytes | None:
    """The seccomp filter; None where libseccomp is missing."""
    try:
        from grader.sandbox import seccomp

        return seccomp.compiled()
    except (ImportError, AttributeError, RuntimeError, OSError):  # the last but one: an old libseccomp
        return None


def _open_to_all(path: str) -> bool:
    """Whether every user may come to that folder and list it, if there is one."""
    if not os.path.isdir(path):
        return True
    ways = all(folder.stat().st_mode & 0o001 for folder in Path(path).parents)
    return ways and os.stat(path).st_mode & 0o005 == 0o005


def _empty_folder() -> int | None:
    """A folder that nobody can put anything into, for it is deleted already; None where chroot is refused."""
    for parent in TEMPORARY:
        folder = f"{parent}/grader-{os.urandom(8).hex()}"
        with suppress(OSError):
            os.mkdir(folder, 0o500)
            opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            os.rmdir(folder)
            return opened if _succeeds(partial(_lock_into, opened)) else None
    return None


def _lock_into(folder: int) -> None:
    os.fchdir(folder)
    os.chroot(".")


def _address_space() -> int:
    pages = Path("/proc/self/statm").read_text().split()[0]
    return int(pages) * resource.getpagesize()


def names(prepared: Prepared) -> tuple[str, ...]:
    """The layers that a child will put on, by the names that people read."""
    here = {
        prepared.namespaces: prepared.namespaces,
        "uid": prepared.uid,
        "chroot": prepared.empty,
        f"landlock{landlock.abi()}": prepared.ruleset,
        "seccomp": prepared.program,
        "rlimits": "rlimits" not in prepared.without,
    }
    return tuple(
        name for name, present in here.items() if name and present is not None and present is not False
    )


def put_on(prepared: Prepared, budget: Budget) -> None:
    """All layers, in order.

    Raises:
        Refused: one of them; then no student code may run.
    """
    for name, present, layer in (
        ("rlimits", "rlimits" not in prepared.without, limit_resources),
        ("chroot", prepared.empty is not None, change_root),
        ("uid", prepared.uid is not None, change_user),
        ("privileges", "privileges" not in prepared.without, give_up_privileges),
        ("landlock", prepared.ruleset is not None, restrict_files),
        ("seccomp", prepared.program is not None, restrict_calls),
    ):
        try:
            if present:
                layer(prepared, budget)
        except (OSError, ValueError, OverflowError) as error:  # resource raises any of them
            raise Refused(name, str(error)) from None


def close_descriptors(prepared: Prepared, connection: int) -> None:
    """Keep the connection, as descriptor 3, what stands in place of 0, 1 and 2, and what the layers need."""
    os.dup2(connection, CONNECTION)
    kept = [CONNECTION, *(fd for fd in (prepared.empty, prepared.ruleset) if fd is not None)]
    ends = sorted(kept)
    for low, high in zip(ends, [*ends[1:], MOST_DESCRIPTORS], strict=True):
        os.closerange(low + 1, high)


def go_first() -> None:
    """Where memory is short, this process and its children go before any other: never the grader."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def limit_resources(prepared: Prepared, budget: Budget) -> None:
    """Memory, processor time, descriptors and threads; no file may grow, and no core is left."""
    limits = {
        resource.RLIMIT_AS: prepared.address_space + budget.memory,
        resource.RLIMIT_CPU: budget.seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: MOST_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    if prepared.uid is not None or prepared.namespaces == "userns":  # else the user's other processes count
        limits[resource.RLIMIT_NPROC] = MOST_THREADS
    for which, most in limits.items():
        lower(which, most)


def lower(which: int, most: int) -> None:
    """Set a limit, unless the operator has set a tighter one."""
    set_before = [limit for limit in resource.getrlimit(which) if limit != resource.RLIM_INFINITY]
    most = min([most, *set_before])
    resource.setrlimit(which, (most, most))


def change_root(prepared: Prepared, _budget: Budget) -> None:
    assert prepared.empty is not None
    _lock_into(prepared.empty)
    os.close(prepared.empty)


def change_user(prepared: Prepared, _budget: Budget) -> None:
    assert prepared.uid is not None
    os.setgroups([])
    os.setresgid(prepared.uid, prepared.uid, prepared.uid)
    os.setresuid(prepared.uid, prepared.uid, prepared.uid)


def give_up_privileges(prepared: Prepared, _budget: Budget) -> None:
    """No capability, no way to one, memory that nobody reads; and this process ends when the server does."""
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != prepared.server:  # it has ended meanwhile
        os._exit(1)


def restrict_files(prepared: Prepared, _budget: Budget) -> None:
    assert prepared.ruleset is not None
    landlock.enter(prepared.ruleset)
    os.close(prepared.ruleset)


def restrict_calls(prepared: Prepared, _budget: Budget) -> None:
    from grader.sandbox import seccomp

    assert prepared.program is not None
    seccomp.enter(prepared.program)
