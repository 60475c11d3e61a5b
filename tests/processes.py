"""Which processes are there, by the kernel's word."""

import os
from pathlib import Path


def children(pid):
    """The numbers of a process's descendants, whichever thread started them; none where it has gone."""
    try:
        tasks = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
        direct = [int(child) for path in tasks for child in path.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [number for child in direct for number in (child, *children(child))]


def tree_of(server):
    """The server's process, and every process below it."""
    return {server._popen.pid, *children(server._popen.pid)}


def is_gone(pid):
    """Whether it has ended; its parent need not have asked for its exit code yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def seconds(pid):
    """How much processor time a process has used; none where it has gone meanwhile."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
