"""A container with what Docker gives by default, of a folder that holds an image's file system.

crun makes it: 14 capabilities, the system calls that Docker's own profile allows, namespaces of its own, a
masked /proc. What is left out is what not every machine has: control groups and AppArmor.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Profile = Mapping[str, Any]  # Docker's file, read

CAPABILITIES = (
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW",
    "CAP_SYS_CHROOT",
    "CAP_MKNOD",
    "CAP_AUDIT_WRITE",
    "CAP_SETFCAP",
)
MASKED = (
    "/proc/asound /proc/acpi /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats "
    "/proc/sched_debug /proc/scsi /sys/firmware"
)
READ_ONLY = "/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger"
ARCHITECTURES = {"x86_64": ("amd64", "SCMP_ARCH_X86_64"), "aarch64": ("arm64", "SCMP_ARCH_AARCH64")}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FLAGS = ("--cwd", "/autograder", "--env", "TIMEOUT_SECONDS=1200", "--env", "GRADER_SECRET=seed")


@dataclass(frozen=True)
class Container:
    """One running container."""

    name: str
    root: Path
    state: Path
    first: int  # the number of its first process
    processes: Path  # its process namespace

    @property
    def autograder(self) -> Path:
        return self.root / "autograder"

    def executes(
        self, *command: str, flags: Sequence[str] = (), **options: Any
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command in it, as the platform's harness would; the options are those of subprocess.run."""
        inside = [*_crun(self.state), "exec", *FLAGS, *flags, self.name, *command]
        return subprocess.run(inside, check=False, stdin=subprocess.DEVNULL, **options)


def started(name: str, root: Path, profile: Profile, work: Path) -> Container:
    """A container in which nothing runs yet but a process that waits."""
    bundle, state = work / name, work / "state"
    bundle.mkdir()
    (bundle / "config.json").write_text(json.dumps(configuration(root, profile)), encoding="utf-8")
    nothing = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    subprocess.run([*_crun(state), "run", "--detach", "--bundle", bundle, name], check=True, **nothing)
    told = subprocess.run([*_crun(state), "state", name], check=True, capture_output=True).stdout
    first = json.loads(told)["pid"]
    return Container(name, root, state, first, Path(f"/proc/{first}/ns/pid").readlink())


def _crun(state: Path) -> list[str]:
    return ["crun", "--root", str(state), "--cgroup-manager=disabled"]


def configuration(root: Path, profile: Profile) -> dict[str, Any]:
    """What `docker run` asks of its runtime."""
    plain = ["nosuid", "noexec", "nodev"]
    held = dict.fromkeys(("bounding", "effective", "permitted"), CAPABILITIES)
    return {
        "ociVersion": "1.0.0",
        "root": {"path": str(root), "readonly": False},
        "hostname": "container",
        "process": {
            "user": {"uid": 0, "gid": 0},
            "args": ["sleep", "infinity"],
            "cwd": "/",
            "env": [f"PATH={PATH}", "HOME=/root"],
            "capabilities": held,
            "noNewPrivileges": False,
        },
        "mounts": [
            _mount("/proc", "proc", plain),
            _mount("/dev", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            _mount("/dev/pts", "devpts", [*plain[:2], "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            _mount("/dev/shm", "tmpfs", [*plain, "mode=1777", "size=65536k"]),
            _mount("/dev/mqueue", "mqueue", plain),
            _mount("/sys", "sysfs", [*plain, "ro"]),
        ],
        "linux": {
            "namespaces": [{"type": kind} for kind in ("pid", "network", "ipc", "uts", "mount")],
            "maskedPaths": MASKED.split(),
            "readonlyPaths": READ_ONLY.split(),
            "seccomp": seccomp(profile),
        },
    }


def _mount(place: str, kind: str, options: list[str]) -> dict[str, Any]:
    return {"destination": place, "type": kind, "source": kind, "options": options}


def seccomp(profile: Profile) -> dict[str, Any]:
    """The profile as Docker hands it to the runtime: the rules for this machine and those capabilities."""
    docker, oci = ARCHITECTURES[os.uname().machine]
    (family,) = [entry for entry in profile["archMap"] if entry["architecture"] == oci]

    def applies(rule: dict[str, Any]) -> bool:
        wanted, spared = rule.get("includes") or {}, rule.get("excludes") or {}
        return (
            set(wanted.get("caps", ())) <= {*CAPABILITIES}
            and docker in wanted.get("arches", [docker])
            and not {*CAPABILITIES} & set(spared.get("caps", ()))
            and docker not in spared.get("arches", ())
        )

    keys = ("names", "action", "errnoRet", "args")
    rules = [
        {key: rule[key] for key in keys if rule.get(key)} for rule in profile["syscalls"] if applies(rule)
    ]
    default = {key: profile[key] for key in ("defaultAction", "defaultErrnoRet") if key in profile}
    return {**default, "architectures": [oci, *(family["subArchitectures"] or ())], "syscalls": rules}


def processes(container: Container) -> list[str]:
    """What runs in it besides the process that waits."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            number, name, condition = re.match(r"(\d+) \((.*)\) (.)", (process / "stat").read_text()).groups()
            inside = (process / "ns" / "pid").readlink() == container.processes
        except OSError:  # ended meanwhile
            continue
        if inside and condition != "Z" and int(number) != container.first:
            found.append(name)
    return found


def without_landlock(profile: Profile) -> Profile:
    """As engines had it before 2022."""
    rules = [
        {**rule, "names": [name for name in rule["names"] if not name.startswith("landlock_")]}
        for rule in profile["syscalls"]
    ]
    return {**profile, "syscalls": [rule for rule in rules if rule["names"]]}
