"""Of the calls that Linux has, a student's process may make those that the list names, as the list says.

The program is read by an interpreter of its own here, for this machine's architecture and for the other one;
what it says of this machine is then held against what the kernel does.
"""

import errno
import os
import struct
from itertools import product

import pyseccomp
import pytest

from grader.sandbox import seccomp

ALLOW, KILL = 0x7FFF0000, (0, 0x80000000)
EPERM, ENOSYS = (0x00050000 | number for number in (errno.EPERM, errno.ENOSYS))
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBERS = range(480)
NATIVE = ARCHITECTURES.get(os.uname().machine, 0)
WITH_ZEROS_REFUSED = {"clone", "ioctl", "prctl"}
# uretprobe, uprobe: they end in SIGILL
NEVER_FILTERED = {335, 336} if os.uname().machine == "x86_64" else set()
CONDITIONAL = {
    "open",
    "openat",
    "clone",
    "prlimit64",
    "fcntl",
    "ioctl",
    "prctl",
    *seccomp.OF_ITSELF,
    *seccomp.PLAIN,
}


def verdict(program, architecture, number, *arguments):
    """What the filter's program says of a call."""
    words = [word & 0xFFFF_FFFF_FFFF_FFFF for word in arguments] + [0] * (6 - len(arguments))
    data = struct.pack("=IIQ6Q", number, architecture, 0, *words)
    instructions = list(struct.iter_unpack("=HBBI", program))
    x = at = 0
    while True:
        code, if_true, if_false, k = instructions[at]
        at += 1
        match code:
            case 0x20:  # load
                (x,) = struct.unpack_from("=I", data, k)
            case 0x54:  # and
                x &= k
            case 0x05:  # jump
                at += k
            case 0x06:  # return
                return k
            case _:
                comparison = {0x15: x == k, 0x25: x > k, 0x35: x >= k, 0x45: bool(x & k)}[code]
                at += if_true if comparison else if_false


def names(architecture):
    """The calls of an architecture by number, as libseccomp knows them."""
    known = {}
    for number in NUMBERS:
        try:
            known[number] = pyseccomp.resolve_syscall(architecture, number).decode()
        except ValueError:
            continue
    return known


def numbers(architecture, name):
    return [number for number, known in names(architecture).items() if known == name]


@pytest.fixture(params=list(ARCHITECTURES))
def compiled(request, monkeypatch):
    """An architecture's number, and the program that libseccomp writes for it."""
    architecture = ARCHITECTURES[request.param]

    def rules(action):
        made = original(action)
        if architecture != NATIVE:
            made.remove_arch(NATIVE)
            made.add_arch(architecture)
        return made

    original = pyseccomp.SyscallFilter
    monkeypatch.setattr(pyseccomp, "SyscallFilter", rules)
    return architecture, seccomp.compiled()


def test_exactly_the_listed_calls_are_allowed(compiled):
    architecture, program = compiled
    listed = {*" ".join(seccomp.ALLOWED).split(), *CONDITIONAL}
    known = names(architecture)
    allowed = {known[number] for number in known if verdict(program, architecture, number) == ALLOW}

    assert allowed == (listed - WITH_ZEROS_REFUSED) & set(known.values())
    assert len(allowed) > 70


def test_everything_else_is_refused(compiled):
    architecture, program = compiled
    answers = {verdict(program, architecture, number) for number in NUMBERS}

    assert answers == {ALLOW, EPERM, ENOSYS}
    assert [n for n in NUMBERS if verdict(program, architecture, n) == ENOSYS] == [435]  # clone3


def test_the_program_is_small(compiled):
    _architecture, program = compiled

    assert 50 < len(program) // seccomp.INSTRUCTION < 500


def test_calls_of_another_architecture_end_the_process(compiled):
    architecture, program = compiled
    others = {0x40000003, 0x40000028, *ARCHITECTURES.values()} - {architecture}  # i386, arm

    assert all(verdict(program, other, number) in KILL for other in others for number in NUMBERS)


def test_x32s_numbers_are_no_way_around(compiled):
    architecture, program = compiled

    assert ALLOW not in {verdict(program, architecture, 0x40000000 | number) for number in NUMBERS}


CONDITIONS = [
    ("openat", (0, 0, os.O_RDONLY | os.O_CLOEXEC), ALLOW),
    ("openat", (0, 0, os.O_WRONLY), EPERM),
    ("openat", (0, 0, 1 << 32 | os.O_RDONLY), ALLOW),  # the kernel looks at 32 bits as well
    ("clone", (0x3D0F00,), ALLOW),  # a thread as the C library makes it
    ("clone", (0x11,), EPERM),  # a process
    ("clone", (0x4111,), EPERM),  # vfork
    ("prlimit64", (0, 7, 0, 1), ALLOW),
    ("prlimit64", (0, 7, 1, 0), EPERM),
    ("fcntl", (3, 3), ALLOW),  # F_GETFL
    ("sendto", (3, 0, 8, 0), ALLOW),
    ("sendto", (3, 0, 8, 1), EPERM),  # MSG_OOB
    ("recvfrom", (3, 0, 8, 1), EPERM),
    ("fcntl", (3, 4, 0o20000), EPERM),  # F_SETFL with O_ASYNC
    ("fcntl", (3, 8, 1), EPERM),  # F_SETOWN
    ("fcntl", (3, 10, 1), EPERM),  # F_SETSIG
    ("fcntl", (3, 15, 1), EPERM),  # F_SETOWN_EX
    ("fcntl", (3, 1024, 1), EPERM),  # F_SETLEASE
    ("fcntl", (3, 1026, 1), EPERM),  # F_NOTIFY
    ("fcntl", (3, 1031, 1), EPERM),  # F_SETPIPE_SZ
    ("ioctl", (0, 0x5401), ALLOW),  # TCGETS
    ("ioctl", (0, 0x5412), EPERM),  # TIOCSTI
    ("ioctl", (0, 0x541C), EPERM),  # TIOCLINUX
    ("ioctl", (0, 0x5452), EPERM),  # FIOASYNC
    ("ioctl", (0, 1 << 32 | 0x5412), EPERM),
    ("ioctl", (0, 1 << 32 | 0x5401), EPERM),
    ("prctl", (15,), ALLOW),  # PR_SET_NAME
    ("prctl", (1, 0), EPERM),  # PR_SET_PDEATHSIG
    ("prctl", (4, 1), EPERM),  # PR_SET_DUMPABLE
    ("getpgid", (0,), ALLOW),
    ("getpgid", (1,), EPERM),
    ("getsid", (1,), EPERM),
    ("sched_getaffinity", (1,), EPERM),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), CONDITIONS)
def test_a_call_is_allowed_with_some_arguments(compiled, name, arguments, expected):
    architecture, program = compiled
    (number,) = numbers(architecture, name)

    assert verdict(program, architecture, number, *arguments) == expected


FLAGS = [
    access | sum(rest)
    for access in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR, 0o3)
    for rest in product((0, os.O_CREAT), (0, os.O_TRUNC), (0, os.O_TMPFILE), (0, os.O_APPEND), (0, os.O_PATH))
]


def writes(flags):
    """O_TMPFILE holds O_DIRECTORY, which alone writes nothing."""
    made = os.O_CREAT | os.O_TRUNC | (os.O_TMPFILE & ~os.O_DIRECTORY)
    return bool(flags & (os.O_ACCMODE | made))


@pytest.mark.parametrize("name", ["open", "openat"])
def test_opening_is_refused_with_every_flag_that_can_write(compiled, name):
    architecture, program = compiled
    place = {"open": (0,), "openat": (0, 0)}[name]
    for number in numbers(architecture, name):
        for flags in FLAGS:
            expected = EPERM if writes(flags) else ALLOW
            assert verdict(program, architecture, number, *place, flags) == expected, oct(flags)


def test_the_kernel_refuses_them_too(value):
    source = """\
        import os
        def opened(flags):
            try: os.close(os.open("/dev/null", flags, 0o600))
            except OSError as error: return error.errno
            return 0
        def f(every): return [opened(flags) for flags in every]
    """
    answers = dict(zip(FLAGS, value(source, FLAGS), strict=True))

    assert {flags: answer for flags, answer in answers.items() if writes(flags)} == {
        flags: errno.EPERM for flags in FLAGS if writes(flags)
    }
    assert answers[os.O_RDONLY] in (0, errno.EACCES)  # in an empty folder there is no /dev/null


CALLING = """\
import ctypes
syscall = ctypes.CDLL(None, use_errno=True).syscall
def called(number):
    return 0 if syscall(number, 0, 0, 0, 0, 0, 0) != -1 else ctypes.get_errno()
def f(numbers): return [called(number) for number in numbers]
"""


@pytest.mark.skipif(not NATIVE, reason="this test knows two architectures")
def test_the_kernel_refuses_what_the_program_does(value):
    program = seccomp.compiled()
    refused = [n for n in NUMBERS if n not in NEVER_FILTERED and verdict(program, NATIVE, n) != ALLOW]
    expected = [verdict(program, NATIVE, number) & 0xFFFF for number in refused]

    assert value(CALLING, refused) == expected
    assert len(refused) > 200


@pytest.mark.skipif(not NATIVE, reason="this test knows two architectures")
def test_the_kernel_allows_what_the_program_does(value):
    harmless = ["getpid", "gettid", "getuid", "sched_yield", "umask", "getpgid", "getcwd", "close", "dup"]
    answers = value(CALLING, [numbers(NATIVE, name)[0] for name in harmless])

    assert errno.EPERM not in answers
