"""What the probes aim at: files, listeners, memory and a process that are there for the purpose."""

import ctypes
import os
import random
import shutil
import socket
import sysconfig
import tempfile
from contextlib import ExitStack, contextmanager
from itertools import islice

from probes import MARK, Target, is_stale

BUDGET = 256  # MiB
FILES = {  # whose mode alone lets every user do it
    "open": 0o644,
    "private": 0o600,
    "victim": 0o666,
    "moved": 0o666,
    "deleted": 0o666,
    "program": 0o755,
}
FOLDERS = {"home": 0o777}
IPC_RMID = 0

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p


@contextmanager
def lures():
    """A target, set up afresh."""
    with ExitStack() as stack:
        text = ctypes.create_string_buffer(MARK)
        folder = stack.enter_context(folder_of_lures())
        tcp, udp = listener(stack, ("127.0.0.1", 0)), listener(stack, ("127.0.0.1", 0), socket.SOCK_DGRAM)
        listener(stack, f"{folder}/socket")
        os.chmod(f"{folder}/socket", 0o777)
        yield Target(
            grader=os.getpid(),
            address=ctypes.addressof(text),
            descriptor=stack.enter_context(open(f"{folder}/private")).fileno(),
            folder=folder,
            unread=unread_file(),
            tcp=tcp[1],
            udp=udp[1],
            abstract=listener(stack, f"\0grader-probe-{os.getpid()}")[1:],
            memory=stack.enter_context(shared_memory()),
            packages=sysconfig.get_path("purelib"),
            budget=BUDGET << 20,
        )


@contextmanager
def folder_of_lures():
    folder = tempfile.mkdtemp(prefix="grader-lures-")
    os.chmod(folder, 0o777)
    try:
        for name, mode in FILES.items():
            with open(f"{folder}/{name}", "w") as file:
                file.write("no program and no secret\n")
            os.chmod(f"{folder}/{name}", mode)
        for name, mode in FOLDERS.items():
            os.mkdir(f"{folder}/{name}")
            os.chmod(f"{folder}/{name}", mode)
        yield folder
    finally:
        shutil.rmtree(folder)


def unread_file():
    """A file of the standard library whose time of reading the kernel would set; empty where it sets none.

    Any of many, so that two tests at once hardly take the same.
    """
    paths = (
        f"{folder}/{name}" for folder, _, names in os.walk(os.path.dirname(os.__file__)) for name in names
    )
    stale = list(islice((path for path in paths if is_stale(os.stat(path))), 200))
    if not stale or os.statvfs(stale[0]).f_flag & (os.ST_NOATIME | os.ST_RDONLY):
        return ""
    return random.choice(stale)


def listener(stack, address, kind=socket.SOCK_STREAM):
    """Its address, once it listens."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    end = stack.enter_context(socket.socket(family, kind))
    end.bind(address)
    if kind == socket.SOCK_STREAM:
        end.listen(64)
    name = end.getsockname()
    return name.decode() if isinstance(name, bytes) else name


@contextmanager
def shared_memory():
    """The key of a segment that every user may read."""
    key = 0x6E0000 + os.getpid() % 0x10000
    segment = libc.shmget(key, 4096, 0o1644)  # IPC_CREAT
    address = libc.shmat(segment, None, 0)
    ctypes.memmove(address, MARK, len(MARK))
    try:
        yield key
    finally:
        libc.shmdt(ctypes.c_void_p(address))
        libc.shmctl(segment, IPC_RMID, None)
