"""Attacks that a throwaway child tries at the start of a server, with its layers on.

A layer counts only if the attacks that it is there for fail. An attack returns whether it succeeded; an
exception is a failure. None of them harms where it does succeed.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from grader.sandbox.kernel import checked, syscall
from grader.sandbox.layers import MOST_FILES, TEMPORARY, Budget

MARK = ctypes.create_string_buffer(b"only the server's memory says: unmarked")  # at the same place in a child


@dataclass(frozen=True)
class Target:
    """What an attack aims at: the grader's and the server's processes, and what a child may use."""

    grader: int
    server: int
    budget: Budget


def reads_a_file(_target: Target) -> bool:
    with open("/etc/passwd") as file:
        return bool(file.read())


def lists_the_machine(_target: Target) -> bool:
    return bool(os.listdir("/"))


def reads_the_servers_environment(target: Target) -> bool:
    with open(f"/proc/{target.server}/environ") as file:
        return bool(file.read())


def reads_the_servers_memory(target: Target) -> bool:
    """Changes its own copy of a text first: only the server still has the old one."""
    size = len(MARK.raw)
    address = ctypes.addressof(MARK)
    MARK.raw = b"x" * size
    found = ctypes.create_string_buffer(size)
    ours = (ctypes.c_size_t * 2)(ctypes.addressof(found), size)
    theirs = (ctypes.c_size_t * 2)(address, size)
    checked(_process_vm_readv(target.server, ours, 1, theirs, 1, 0))
    return found.raw != MARK.raw


def _process_vm_readv(pid: int, *arguments: object) -> int:
    read: Callable[..., int] = ctypes.CDLL(None, use_errno=True).process_vm_readv
    return read(pid, *arguments)


def writes_a_file(_target: Target) -> bool:
    for folder in TEMPORARY:
        with suppress(OSError):
            path = f"{folder}/grader-probe-{os.getpid()}"
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
            os.unlink(path)
            return True
    return False


def changes_a_mode(_target: Target) -> bool:
    reader, _writer = os.pipe()
    os.fchmod(reader, 0o600)
    return True


def opens_a_socket(_target: Target) -> bool:
    for family in (socket.AF_INET, socket.AF_UNIX, socket.AF_NETLINK):
        with suppress(OSError):
            socket.socket(family, socket.SOCK_DGRAM).close()
            return True
    return False


def makes_a_process(_target: Target) -> bool:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def runs_a_program(_target: Target) -> bool:
    """Any answer but a refusal means that the call is open."""
    try:
        os.execv("/nowhere/program", ["program"])
    except FileNotFoundError:
        return True
    return True


def signals_the_grader(target: Target) -> bool:
    os.kill(target.grader, 0)
    return True


def becomes_root(_target: Target) -> bool:
    os.setresuid(0, 0, 0)
    return True


def stays_root(_target: Target) -> bool:
    return os.getuid() == 0


def uses_an_io_ring(_target: Target) -> bool:
    os.close(syscall(425, 1, bytes(120)))
    return True


def takes_memory(target: Target) -> bool:
    """Shared memory without a file, which limits on data do not count."""
    mmap.mmap(-1, target.budget.memory + (1 << 26)).close()
    return True


def raises_a_limit(_target: Target) -> bool:
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES + 1, MOST_FILES + 1))
    return True


def opens_many(_target: Target) -> bool:
    for _ in range(MOST_FILES):
        os.dup(0)
    return True


FILES = (reads_a_file, lists_the_machine, reads_the_servers_environment)
AGAINST = {  # layer: the attacks that it is there for
    "ns": (signals_the_grader, opens_a_socket),
    "userns": (signals_the_grader, opens_a_socket),
    "uid": (stays_root, becomes_root),
    "chroot": FILES,
    "landlock": FILES,
    "seccomp": (
        reads_the_servers_memory,
        writes_a_file,
        changes_a_mode,
        opens_a_socket,
        makes_a_process,
        runs_a_program,
        signals_the_grader,
        uses_an_io_ring,
    ),
    "rlimits": (takes_memory, opens_many, raises_a_limit),
}


def succeeding(target: Target) -> list[str]:
    """The names of the attacks that succeed here."""
    every = dict.fromkeys(attack for attacks in AGAINST.values() for attack in attacks)
    return [attack.__name__ for attack in every if _tried(attack, target)]


def _tried(attack: Callable[[Target], bool], target: Target) -> bool:
    try:
        return attack(target)
    except (OSError, MemoryError, ValueError):
        return False


def standing(names: tuple[str, ...], succeeded: list[str]) -> tuple[str, ...]:
    """Those of the layers whose attacks all fail."""
    return tuple(
        name
        for name in names
        if not {attack.__name__ for attack in AGAINST[name.rstrip("0123456789")]} & set(succeeded)
    )
