"""The system calls that a student's process may make; whatever is not listed is refused with EPERM.

Threads may be made, processes not; files may be opened for reading, never for writing; there is no socket to
be had, and no signal can be sent to anyone. libseccomp writes the program for this machine's architecture,
once; a child only loads the bytes.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from contextlib import suppress

import pyseccomp

from grader.sandbox.kernel import PR_SET_SECCOMP, prctl

MODE_FILTER = 2
INSTRUCTION = 8  # bytes

ALLOWED = (
    # memory
    "brk mmap mmap2 munmap mprotect mremap madvise msync membarrier",
    # what is open already, and what is opened for reading (below)
    "read readv pread64 preadv write writev lseek _llseek close close_range dup dup2 dup3",
    "pipe pipe2 poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64",
    # looking at files
    "stat stat64 fstat fstat64 lstat lstat64 newfstatat fstatat64 statx",
    "access faccessat faccessat2 readlink readlinkat getdents getdents64 getcwd chdir fchdir umask",
    # time
    "clock_gettime clock_gettime64 clock_getres clock_getres_time64 gettimeofday time times",
    "clock_nanosleep clock_nanosleep_time64 nanosleep getitimer setitimer alarm",
    # threads
    "futex futex_time64 futex_waitv set_robust_list rseq gettid sched_yield getcpu exit exit_group",
    # signals that come in
    "rt_sigaction rt_sigprocmask rt_sigreturn sigreturn sigaltstack rt_sigpending rt_sigsuspend pause",
    "restart_syscall",
    # who and where it is
    "getpid getppid getpgrp getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32",
    "getresuid getresuid32 getresgid getresgid32 getgroups getgroups32",
    "uname sysinfo getrandom getrusage getrlimit ugetrlimit",
)
OTHERWISE = ("s390", "s390x", "cris")
UNKNOWN = ("clone3",)  # the C library falls back on clone, whose flags a filter can read
OF_ITSELF = ("sched_getaffinity", "getpgid", "getsid")  # their first argument is a process: 0 is this one
WRITING = 0o3 | 0o100 | 0o1000 | 0o20000000  # O_ACCMODE, O_CREAT, O_TRUNC, __O_TMPFILE
PLAIN = ("sendto", "recvfrom", "send", "recv")  # their fourth argument is flags: none is needed
OF_A_DESCRIPTOR = (0, 1, 2, 3, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC
QUESTIONS = (  # ioctls: of a terminal its settings and size, of a descriptor its own flags
    *(0x5401, 0x5413),  # TCGETS, TIOCGWINSZ
    *(0x541B, 0x5450, 0x5451),  # FIONREAD, FIONCLEX, FIOCLEX
)
PR_NAMES = (15, 16)  # PR_SET_NAME, PR_GET_NAME: of a thread
CLONE_THREAD = 0x10000
CLONE_ELSEWHERE = 0x7E020000  # CLONE_NEW…: in another namespace


def compiled() -> bytes:
    """The filter's program for this architecture.

    Raises:
        OSError: libseccomp cannot write it, or the rules would say something else here.
    """
    if platform.machine() in OTHERWISE:
        raise OSError(f"on {platform.machine()} clone has its flags in another place")
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)  # 32-bit calls and their like
    for name in " ".join(ALLOWED).split():
        _add(rules, pyseccomp.ALLOW, name)
    for name in UNKNOWN:
        _add(rules, pyseccomp.ERRNO(errno.ENOSYS), name)
    _add_conditional(rules)
    return _exported(rules)


def _add(rules: pyseccomp.SyscallFilter, action: int, name: str, *arguments: pyseccomp.Arg) -> None:
    """A rule for that call, if this architecture has it and this libseccomp knows it."""
    with suppress(OSError, ValueError):
        rules.add_rule(action, name, *arguments)


def _add_conditional(rules: pyseccomp.SyscallFilter) -> None:
    """The calls that are allowed with some arguments."""

    def allow(name: str, *conditions: tuple[int, int, int] | tuple[int, int, int, int]) -> None:
        _add(rules, pyseccomp.ALLOW, name, *(pyseccomp.Arg(*condition) for condition in conditions))

    equal, masked = pyseccomp.EQ, pyseccomp.MASKED_EQ
    allow("open", (1, masked, WRITING, 0))
    allow("openat", (2, masked, WRITING, 0))
    allow("clone", (0, masked, CLONE_THREAD | CLONE_ELSEWHERE, CLONE_THREAD))
    allow("prlimit64", (0, equal, 0), (2, equal, 0))  # to read its own limits
    for name in OF_ITSELF:
        allow(name, (0, equal, 0))
    for name in PLAIN:
        allow(name, (3, equal, 0))
    for command in OF_A_DESCRIPTOR:
        allow("fcntl", (1, equal, command))
        allow("fcntl64", (1, equal, command))
    for request in QUESTIONS:
        allow("ioctl", (1, equal, request))
    for option in PR_NAMES:
        allow("prctl", (0, equal, option))


def _exported(rules: pyseccomp.SyscallFilter) -> bytes:
    reader, writer = os.pipe()  # it holds 64 KiB, the program has one or two
    with os.fdopen(reader, "rb") as source:
        with os.fdopen(writer, "wb") as target:
            rules.export_bpf(target)
        return source.read()


def enter(program: bytes) -> None:
    """From now on this thread and those it makes can only do what the program allows. Needs no_new_privs."""
    instructions = ctypes.create_string_buffer(program, len(program))
    fprog = struct.pack("@HP", len(program) // INSTRUCTION, ctypes.addressof(instructions))
    prctl(PR_SET_SECCOMP, MODE_FILTER, fprog)
