"""The wall is as tight as the table says, in every environment, and every layer of it closes something.

`probes/probes.py` has the probes, `environments.py` the environments. A probe that is open where the table
says closed fails, and so does one that is closed where it says open: then the table is out of date. With no
layer on every probe is open, so what closes it is the wall.
"""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import environments
import pytest

from grader.sandbox import layers

HERE = Path(__file__).parent / "probes"
SECRET = {"GRADER_SECRET": "only the grader's environment holds this"}

# Without a layer's help: the server and the worker are made so that there is nothing to be found.
NEVER = {"finds_a_descriptor", "finds_the_graders_environment"}

# What a kernel says of what it does not have, or was built without.
ABSENT = {"ENOSYS", "EAFNOSUPPORT", "ENOPROTOOPT", "EOPNOTSUPP"}

# What stops a probe where it is closed; anything else is a fault of the probe's own.
REFUSED = {"EPERM", "EACCES", "ENOENT"}
STOPPED_BY = {
    "calls_as_32_bit": {"SIGSYS"},
    "clones_by_the_new_call": {"ENOSYS"},
    "finds_a_descriptor": {"failed"},
    "finds_the_graders_environment": {"failed"},
    "keeps_a_group": {"failed"},
    "opens_many": {"EMFILE"},
    "raises_a_limit": {"ValueError"},
    "reads_the_graders_limits": {"ESRCH", "EPERM"},
    "starts_many_threads": {"RuntimeError"},
    "takes_private_memory": {"ENOMEM"},
    "takes_shared_memory": {"ENOMEM"},
}

# Landlock lets everybody ask for a file's size and times, and the kernel writes down when a file was read.
METADATA = {"looks_at_a_file", "leaves_a_mark"}
SAME_USER = {"starts_many_threads"}  # a limit would count all processes of that user
FILES = {"lists_a_folder", "reads_a_command_line", "reads_a_private_file", "reads_an_open_file"}
EMPTY = frozenset({"reads_a_librarys_file"})


@dataclass(frozen=True)
class Mutation:
    """With `base` left out these probes are closed; with `layer` left out as well they are open."""

    layer: str
    probes: str
    base: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Environment:
    """What a machine has, and what the wall is expected to be there."""

    steps: str
    line: str
    open: set[str]
    mutations: tuple[Mutation, ...]
    sound: bool = True
    refused: frozenset[str] = frozenset()  # legitimate uses that do not work there


NS = Mutation(
    "ns",
    "sends_a_datagram attaches_shared_memory connects_to_a_name",
    ("seccomp", "landlock"),
    "seccomp lets nobody have a socket or shared memory, Landlock nobody reach a name",
)
RLIMITS = Mutation("rlimits", "takes_private_memory takes_shared_memory opens_many")
CHROOT = Mutation("chroot", "reads_an_open_file lists_a_folder looks_at_a_file")
CHROOT_OVER_LANDLOCK = Mutation("chroot", "looks_at_a_file")
UID = Mutation(
    "uid",
    "reads_a_private_file keeps_a_group",
    ("landlock", "chroot"),
    "Landlock and chroot hide every file from anybody",
)
NO_FILTER = Mutation("privileges", "forks", (), "without no_new_privs the kernel takes no filter of a user's")
CAPABLE = Mutation(
    "privileges",
    "makes_a_thread_elsewhere",
    ("seccomp",),
    "a user's namespace gives all capabilities; the filter reads clone's flags",
)
LANDLOCK = Mutation("landlock", "reads_an_open_file lists_a_folder")
LANDLOCK_OVER_CHROOT = Mutation(
    "landlock",
    "reads_an_open_file lists_a_folder",
    ("chroot",),
    "where Landlock is missing, chroot takes over",
)
SECCOMP = Mutation("seccomp", "forks makes_a_pair_of_sockets makes_a_file_in_memory")

ENVIRONMENTS = {
    "root": Environment(
        "root,private,landlock",
        "ns+uid+landlock+seccomp+rlimits",
        METADATA,
        (NS, RLIMITS, UID, NO_FILTER, LANDLOCK_OVER_CHROOT, SECCOMP),
    ),
    "root, interpreter hidden": Environment(
        "root,hidden,landlock",
        "ns+uid+chroot+landlock+seccomp+rlimits",
        set(),
        (NS, RLIMITS, CHROOT_OVER_LANDLOCK, UID, NO_FILTER, LANDLOCK_OVER_CHROOT, SECCOMP),
        refused=EMPTY,
    ),
    "root, no Landlock": Environment(
        "root,private,without_landlock",
        "ns+uid+chroot+seccomp+rlimits",
        set(),
        (NS, RLIMITS, CHROOT, UID, NO_FILTER, SECCOMP),
        refused=EMPTY,
    ),
    "Docker": Environment(
        "root,private,landlock,docker",
        "uid+landlock+seccomp+rlimits",
        METADATA,
        (RLIMITS, UID, NO_FILTER, LANDLOCK_OVER_CHROOT, SECCOMP),
    ),
    "Docker, no Landlock": Environment(
        "root,private,without_landlock,docker",
        "uid+chroot+seccomp+rlimits",
        set(),
        (RLIMITS, CHROOT, UID, NO_FILTER, SECCOMP),
        refused=EMPTY,
    ),
    "user": Environment(
        "private,landlock,userns,user",
        "userns+landlock+seccomp+rlimits",
        METADATA,
        (NS, RLIMITS, CAPABLE, LANDLOCK_OVER_CHROOT, SECCOMP),
    ),
    "user, no Landlock": Environment(
        "private,userns,without_landlock,user",
        "userns+chroot+seccomp+rlimits",
        set(),
        (NS, RLIMITS, CHROOT, CAPABLE, SECCOMP),
        refused=EMPTY,
    ),
    "user, no namespaces": Environment(
        "private,landlock,without_userns,user",
        "landlock+seccomp+rlimits",
        METADATA | SAME_USER,
        (RLIMITS, NO_FILTER, LANDLOCK, SECCOMP),
    ),
    "user, no Landlock, no namespaces": Environment(
        "private,without_landlock,without_userns,user",
        "seccomp+rlimits (open: reads a file, lists the machine, reads the servers environment)",
        METADATA | SAME_USER | FILES,
        (RLIMITS, NO_FILTER, SECCOMP),
        sound=False,
    ),
}

each_environment = pytest.mark.parametrize("name", list(ENVIRONMENTS))


def answers(steps, *requests):
    """What `probes/run.py` answers in that environment; the test is skipped where it cannot be had."""
    steps = steps.split(",")
    if lacking := environments.missing(steps):
        pytest.skip(lacking)
    done = subprocess.run(
        environments.command(steps, str(HERE / "run.py")),
        input=json.dumps(requests),
        env=os.environ | SECRET,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def request(without=(), probes=None):
    """Where something is open a probe may leave its process changed: then each has its own."""
    return {"without": list(without), "probes": probes, "apart": bool(without)}


def open_probes(answer):
    return {probe for probe, became in answer["probes"].items() if became == "open"}


def absent(answer):
    """The probes at things that this kernel does not have."""
    return {probe for probe, became in answer["probes"].items() if became in ABSENT}


def wrongly_closed(answer):
    """The probes that were stopped by something else than a refusal."""
    return {
        probe: became
        for probe, became in answer["probes"].items()
        if became not in {"open", *STOPPED_BY.get(probe, REFUSED)}
    }


def test_without_a_wall_every_probe_is_open_and_every_use_works():
    (answer,) = answers("root,private", request(layers.NAMES))

    assert open_probes(answer) | absent(answer) == set(answer["probes"]) - NEVER
    assert len(open_probes(answer)) > 85
    assert set(answer["uses"].values()) == {True}


@each_environment
def test_the_wall_is_as_the_table_says(name):
    expected = ENVIRONMENTS[name]
    (answer,) = answers(expected.steps, request())

    assert re.sub(r"landlock\d+", "landlock", answer["line"]) == expected.line
    assert answer["sound"] == expected.sound
    assert open_probes(answer) == expected.open - absent(answer)
    assert {probe: became for probe, became in wrongly_closed(answer).items() if became not in ABSENT} == {}
    assert {use for use, works in answer["uses"].items() if works is not True} == expected.refused


@each_environment
def test_every_layer_closes_something(name):
    expected = ENVIRONMENTS[name]
    requests = [
        request(without, mutation.probes.split())
        for mutation in expected.mutations
        for without in (mutation.base, (*mutation.base, mutation.layer))
    ]
    answered = iter(answers(f"root,{expected.steps}", *requests))
    for mutation, closed, opened in zip(expected.mutations, answered, answered, strict=True):
        assert open_probes(closed) == set(), mutation
        assert open_probes(opened) == set(mutation.probes.split()), mutation


@each_environment
def test_no_layer_is_forgotten(name):
    """The table says of every layer that is in force what it closes."""
    expected = ENVIRONMENTS[name]
    in_force = {layer.replace("userns", "ns") for layer in expected.line.split(" ")[0].split("+")}

    assert {mutation.layer for mutation in expected.mutations} == in_force | {"privileges"}
    assert in_force <= set(layers.NAMES)
