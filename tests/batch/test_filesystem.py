"""No store on a network's file system; the longest mount point that a path lies under decides."""

from pathlib import Path

import pytest

from grader.batch.grades import filesystem
from grader.batch.grades.filesystem import kind_of, refuse_network
from grader.batch.grades.store import opened
from grader.faults import Fault

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:20 / /proc rw - proc proc rw
40 22 0:40 / /home rw,relatime shared:2 master:1 - nfs4 server:/home rw,vers=4.2
41 40 8:2 / /home/scratch rw - xfs /dev/sdb rw
42 22 0:42 / /mnt/my\\040course rw - cifs //server/course rw
43 22 0:43 / /mnt/a rw - fuse.sshfs me@host: rw
44 22 8:3 / /mnt/b rw - lustre x rw
45 22 8:4 / /mnt/b rw - btrfs /dev/sdc rw
a line that nobody understands
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/anna/class.db", "nfs4"),
        ("/home/scratch/class.db", "xfs"),
        ("/home/scratch", "xfs"),
        ("/home/scratch2/class.db", "nfs4"),
        ("/homework/class.db", "ext4"),
        ("/mnt/my course/class.db", "cifs"),
        ("/mnt/a/b/c", "fuse.sshfs"),
        ("/mnt/b/class.db", "btrfs"),
        ("/", "ext4"),
    ],
)
def test_the_nearest_mount_point_decides(path, expected):
    assert kind_of(Path(path), MOUNTS) == expected


def test_nobody_knows_where_nothing_is_told():
    assert kind_of(Path("/home"), "") == ""


def test_a_link_to_a_network_is_on_the_network(tmp_path):
    (tmp_path / "link").symlink_to("/home/anna")
    assert kind_of(tmp_path / "link" / "class.db", MOUNTS) == "nfs4"


def mounted(tmp_path, monkeypatch, kind):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 8:1 / / rw - ext4 a rw\n2 1 0:9 / {tmp_path} rw - {kind} b rw\n")
    monkeypatch.setattr(filesystem, "MOUNTS", mounts)


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "lustre", "gpfs", "9p", "fuse.sshfs", "fuse.glusterfs", "ceph"]
)
def test_no_store_is_opened_on_a_network(tmp_path, monkeypatch, kind):
    mounted(tmp_path, monkeypatch, kind)
    says = rf"class.db is on .* \({kind}\).*local path.*`grader db merge`$"
    with pytest.raises(Fault, match=says), opened(tmp_path / "class.db"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["mountinfo"]


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "tmpfs", "overlay", "fuseblk", "zfs"])
def test_a_local_disk_will_do(tmp_path, monkeypatch, kind):
    mounted(tmp_path, monkeypatch, kind)
    refuse_network(tmp_path / "class.db")


def test_a_system_that_does_not_tell_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(filesystem, "MOUNTS", tmp_path / "nothing")
    refuse_network(tmp_path / "class.db")
