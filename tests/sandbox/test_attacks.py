"""An attack that the server tries succeeds where no layer is on, and fails where all are."""

import os

import environments
import pytest

from grader.sandbox import attacks, jail, layers
from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.settings import Limits
from grader.submission import Submission

EVERY = [attack.__name__ for attack in dict.fromkeys(sum(attacks.AGAINST.values(), ()))]
MEMORY = 256  # MiB
needs_root = pytest.mark.skipif(not environments.is_root(), reason="it needs root")

ATTACKING = b"""
import os
from grader.sandbox import attacks, layers

def attempt(name, grader, memory):
    target = attacks.Target(grader, os.getppid(), layers.Budget(memory, 10))
    try:
        return getattr(attacks, name)(target)
    except (OSError, MemoryError, ValueError):
        return False
"""


@pytest.fixture(scope="module")
def open_server():
    """One that puts no layer on."""
    with jail.started(layers.NAMES) as source:
        yield source


def succeeds(server, name):
    """Whether an attack does, in a process of its own."""
    hand_in = Submission("hw2.py", "hw2", {"hw2": (ATTACKING,)})
    question = Question("attempt", ("name", "grader", "memory"), ((name, os.getpid(), MEMORY << 20),))
    with Session(hand_in, Limits(10, 10, 30, MEMORY), server) as session:
        (outcome,) = session.ask(question)
    return outcome.value


@needs_root
@pytest.mark.parametrize("name", EVERY)
def test_without_a_layer_every_attack_succeeds(open_server, name):
    assert succeeds(open_server, name)


@pytest.mark.parametrize("name", EVERY)
def test_with_all_layers_every_attack_fails(server, name):
    assert not succeeds(server, name)


@needs_root
@pytest.mark.parametrize("name", EVERY)
def test_the_server_reports_every_attack_that_succeeds(open_server, name):
    assert name in open_server.isolation.open


LAYERS = ("userns", "uid", "landlock7", "seccomp", "rlimits")


def test_what_stands_is_what_no_attack_came_through():
    assert attacks.standing(LAYERS, []) == LAYERS


@pytest.mark.parametrize(
    ("succeeded", "standing"),
    [
        ("reads_a_file", ("userns", "uid", "seccomp", "rlimits")),
        ("takes_memory", ("userns", "uid", "landlock7", "seccomp")),
        ("makes_a_process", ("userns", "uid", "landlock7", "rlimits")),
        ("becomes_root", ("userns", "landlock7", "seccomp", "rlimits")),
        ("opens_a_socket", ("uid", "landlock7", "rlimits")),
        ("signals_the_grader", ("uid", "landlock7", "rlimits")),
    ],
)
def test_a_layer_falls_with_an_attack_that_it_is_there_for(succeeded, standing):
    assert attacks.standing(LAYERS, [succeeded]) == standing


def test_every_layer_that_has_a_name_has_attacks():
    """`privileges` has none: without it the kernel refuses Landlock and seccomp."""
    assert {*layers.NAMES, "userns"} - set(attacks.AGAINST) == {"privileges"}
    assert all(attacks.AGAINST.values())


@needs_root
@pytest.mark.parametrize(
    ("layer", "came_through"),
    [("seccomp", "makes_a_process"), ("rlimits", "takes_memory")],
)
def test_a_layer_that_is_missing_is_noticed(layer, came_through):
    with jail.started((layer,)) as server:
        isolation = server.isolation

    assert (came_through in isolation.open, layer in isolation.layers) == (True, False)
    assert not isolation.sound
