"""A store lives on a local disk: SQLite's log is shared memory, which machines do not share.

Where the system does not tell what is mounted nothing is refused.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from grader.faults import Fault

STORE = "grades.sqlite"  # its name in the folder of a run
APPLICATION = 0x67726164  # "grad"
AT = 68  # where SQLite's header has it
MOUNTS = "/proc/self/mountinfo"
NETWORK = {
    *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "lustre", "gpfs", "9p", "afs", "beegfs", "ceph"),
    *("coda", "davfs", "davfs2", "glusterfs", "ncpfs", "panfs", "pvfs2", "wekafs", "sshfs"),
    *("vboxsf", "vmhgfs", "prl_fs", "s3fs", "gcsfuse", "rclone", "ceph-fuse", "vmhgfs-fuse", "goofys"),
}


def holds_store(folder: Path) -> bool:
    """Whether it is a folder that a run has left."""
    with suppress(OSError), (folder / STORE).open("rb") as file:
        return file.read(AT + 4)[AT:] == APPLICATION.to_bytes(4, "big")
    return False


def refuse_network(path: Path) -> None:
    """See that a store may lie there.

    Raises:
        Fault: it would be on a network's file system.
    """
    with suppress(OSError):  # a system without /proc
        kind = kind_of(path, Path(MOUNTS).read_text(encoding="utf-8", errors="surrogateescape"))
        if kind.removeprefix("fuse.") in NETWORK:
            says = f"{path} is on a file system of a network ({kind}), where a store loses what is written"
            raise Fault(f"{says}: use a local path, or one store for each person and then `grader db merge`")


def kind_of(path: Path, mounts: str) -> str:
    """The type of the file system that a path is on, by mountinfo's text; "" if nobody knows."""
    where = path.resolve()
    found: dict[Path, str] = {}  # of two at one place the later one covers the other
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        if len(fields.split(" ")) > 4 and rest:
            found[Path(_unescaped(fields.split(" ")[4]))] = rest.split(" ")[0]
    return next((found[place] for place in (where, *where.parents) if place in found), "")


def _unescaped(text: str) -> str:
    r"""Blanks stand there as \040."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
