"""System calls that Python has no name for. Each raises OSError where the kernel refuses.

Numbers are those of <linux/prctl.h>, <linux/sched.h> and the unified system call table (5.13 and later),
which are the same on every architecture.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

CAPABILITY_VERSION_3 = 0x20080522

_libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None


def checked(result: int) -> int:
    """The result of a C function that says −1 where it fails.

    Raises:
        OSError: it has failed.
    """
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def syscall(number: int, *arguments: object) -> int:
    """A system call by its number; every argument must be an int, bytes or a ctypes value."""
    words = [ctypes.c_long(x) if isinstance(x, int) else x for x in arguments]
    return checked(_libc.syscall(ctypes.c_long(number), *words))


def prctl(option: int, *arguments: object) -> int:
    """prctl(2); what is not given is zero."""
    words = [ctypes.c_ulong(x) if isinstance(x, int) else x for x in arguments]
    return checked(_libc.prctl(ctypes.c_int(option), *words, *[ctypes.c_ulong(0)] * (4 - len(words))))


def unshare(flags: int) -> None:
    """unshare(2): leave the namespaces that the flags name for new ones."""
    checked(_libc.unshare(ctypes.c_int(flags)))


def drop_capabilities() -> None:
    """Give up every capability: effective, permitted and inheritable, and with them the ambient ones."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    checked(_libc.capset(header, (ctypes.c_uint32 * 6)()))


def hide_memory() -> None:
    """No other process of this user may read this one's memory or trace it. Does nothing without prctl."""
    with suppress(OSError, AttributeError):
        prctl(PR_SET_DUMPABLE, 0)
