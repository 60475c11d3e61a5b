"""The private half of an assignment: formulas, known mistakes, secret activations, the seed.

Every function is paired with a problem by name and parameters. Only grading loads it; it never travels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from types import FunctionType, MappingProxyType
from typing import Any

from grader import authored
from grader.assignment import Assignment, Problem
from grader.faults import Fault
from grader.functions import Activation

Formula = Callable[..., Any]


@dataclass(frozen=True)
class Reference:
    """`answers` and `mistakes` are keyed by the problem's name, `activations` by the topic's."""

    answers: Mapping[str, Formula]
    mistakes: Mapping[str, Mapping[str, Formula]]
    activations: Mapping[str, Mapping[str, Activation]]
    seed: bytes


def load_reference(assignment: Assignment) -> Reference:
    """The private half, paired with the public one by name.

    Raises:
        Fault: a problem has no reference or a reference no problem, or one of them cannot be used.
    """
    answers: dict[str, Formula] = {}
    mistakes: dict[str, Mapping[str, Formula]] = {}
    activations: dict[str, Mapping[str, Activation]] = {}
    topics = {problem.topic.name: problem.topic for problem in assignment.problems}
    for topic in topics.values():
        path = assignment.folder / "reference" / f"{topic.name}.py"
        asked = {p.name: p for p in assignment.problems if p.topic == topic}
        namespace = authored.execute(path)
        answers |= _pair(path, asked, namespace)
        mistakes |= _mistakes(path, asked, namespace.get("MISTAKES", {}))
        activations[topic.name] = authored.activations(path, namespace)
    return Reference(
        MappingProxyType(answers),
        MappingProxyType(mistakes),
        MappingProxyType(activations),
        _seed(assignment.folder),
    )


def _pair(path: Path, asked: Mapping[str, Problem], namespace: Mapping[str, Any]) -> dict[str, Formula]:
    defined: dict[str, Formula] = {
        name: value
        for name, value in namespace.items()
        if isinstance(value, FunctionType) and value.__code__.co_filename == str(path) and name[0] != "_"
    }
    for name in asked:
        if name not in defined:
            raise Fault(f"{path}: the problem {name} has no reference; define a function of that name")
    for name, function in defined.items():
        line = function.__code__.co_firstlineno
        if name not in asked:
            raise Fault(
                f"{path}, line {line}: {name} is no problem of this topic; begin a helper's name with _"
            )
        takes = tuple(asked[name].parameters)
        if str(signature(function)) != f"({', '.join(takes)})":
            raise Fault(f"{path}, line {line}: {name} should take ({', '.join(takes)})")
    return defined


def _mistakes(
    path: Path, asked: Mapping[str, Problem], mistakes: Mapping[str, Mapping[str, Formula]]
) -> Mapping[str, Mapping[str, Formula]]:
    if not isinstance(mistakes, dict):
        raise Fault(f"{path}: MISTAKES is no dict by the problems' names")
    for name, known in mistakes.items():
        if name not in asked:
            raise Fault(f"{path}: MISTAKES names {name}, which is no problem of this topic")
        if not isinstance(known, dict) or not all(callable(mistake) for mistake in known.values()):
            raise Fault(f"{path}: MISTAKES[{name!r}] is no dict of functions by what they get wrong")
    return mistakes


def _seed(folder: Path) -> bytes:
    path = folder / "reference" / "seed.txt"
    text = authored.read(path).strip()
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) < 16:
        raise Fault(
            f"{path}: the seed is at least 32 hexadecimal digits, such as `openssl rand -hex 32` prints"
        )
    return seed
