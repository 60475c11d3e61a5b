"""The private half of an assignment: formulas, their terms, known mistakes, secret activations, the seed.

Every function is paired with a problem by name and parameters. Only grading loads it; it never travels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import wraps
from inspect import signature, unwrap
from pathlib import Path
from types import CodeType, FunctionType, MappingProxyType
from typing import Any

from grader import authored, files
from grader.assignment import Assignment, Problem
from grader.faults import Fault
from grader.functions import Activation
from grader.sandbox.packing import packed
from grader.signature import bundles

Formula = Callable[..., Any]


@dataclass(frozen=True)
class Mistake:
    """A known wrong formula.

    `credit` is the share of the points that it is still worth. `id` is what it is counted by; without one, it
    is what it says, and changes with the words.

    Args:
        formula: takes what the student's function takes, in its order, and gives what a student who makes
            this mistake returns; the shape may be another one.
        credit: from 0 to below 1; a text such as `"0.5"` stays exact.
        id: stable, such as `"sign"`.

    Raises:
        ValueError: `formula` is no function, or `credit` no such share.
    """

    formula: Formula
    credit: Decimal | float | str = Decimal(0)
    id: str = ""

    def __post_init__(self) -> None:
        try:
            share = Decimal(str(self.credit))
        except InvalidOperation:
            share = Decimal(-1)
        if not callable(self.formula) or not 0 <= share < 1:
            raise ValueError(f"a Mistake is a function and a credit from 0 to below 1, not {self.credit!r}")
        object.__setattr__(self, "credit", share)


@dataclass(frozen=True)
class Reference:
    """All but `activations`, which are the topics', are keyed by the problem's name.

    Below that, `mistakes` by what they get wrong, `terms` by what they are called, such as "the projection
    term", and `quantities` by how they are written, such as "‖Ũ‖". The terms of a problem sum to its answer;
    a quantity is a positive number that a wrong factor may be a power of.
    """

    answers: Mapping[str, Formula]
    mistakes: Mapping[str, Mapping[str, Mistake]]
    terms: Mapping[str, Mapping[str, Formula]]
    quantities: Mapping[str, Mapping[str, Formula]]
    activations: Mapping[str, Mapping[str, Activation]]
    seed: bytes


def load_reference(assignment: Assignment) -> Reference:
    """The private half, paired with the public one by name.

    Raises:
        Fault: a problem has no reference or a reference no problem, or one of them cannot be used.
    """
    answers: dict[str, Formula] = {}
    mistakes: dict[str, dict[str, Mistake]] = {}
    terms: dict[str, dict[str, Formula]] = {}
    quantities: dict[str, dict[str, Formula]] = {}
    activations: dict[str, Mapping[str, Activation]] = {}
    topics = {problem.topic.name: problem.topic for problem in assignment.problems}
    for topic in topics.values():
        path = assignment.folder / "reference" / f"{topic.name}.py"
        asked = {p.name: p for p in assignment.problems if p.topic == topic}
        namespace = authored.execute(path)
        answers |= {name: unbundled(asked[name], f) for name, f in _pair(path, asked, namespace).items()}
        for name, known in _by_problem(path, asked, namespace, "MISTAKES").items():
            mistakes[name] = {says: _mistake(asked[name], known_one) for says, known_one in known.items()}
        terms |= _unbundled(asked, _by_problem(path, asked, namespace, "TERMS"))
        quantities |= _unbundled(asked, _by_problem(path, asked, namespace, "QUANTITIES"))
        activations[topic.name] = authored.activations(path, namespace)
    return Reference(
        MappingProxyType(answers),
        MappingProxyType(mistakes),
        MappingProxyType(terms),
        MappingProxyType(quantities),
        MappingProxyType(activations),
        _seed(assignment.folder),
    )


def unbundled(problem: Problem, formula: Formula) -> Formula:
    """A formula that takes each parameter by itself, of one that takes some in a tuple as students do."""
    packing = problem.packing  # and nothing else of the problem, for fingerprints
    if not packing:
        return formula

    @wraps(formula)
    def taking_each(*arguments: Any) -> Any:
        return formula(*packed(arguments, packing))

    return taking_each


def code_of(formula: Formula) -> CodeType:
    """Where a formula stands in its author's file."""
    code: CodeType = unwrap(formula).__code__
    return code


def _unbundled(
    asked: Mapping[str, Problem], named: Mapping[str, dict[str, Formula]]
) -> dict[str, dict[str, Formula]]:
    return {
        name: {text: unbundled(asked[name], f) for text, f in formulas.items()}
        for name, formulas in named.items()
    }


def _mistake(problem: Problem, known: Mistake | Formula) -> Mistake:
    mistake = known if isinstance(known, Mistake) else Mistake(known)
    return replace(mistake, formula=unbundled(problem, mistake.formula))


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
        takes = tuple(bundles(asked[name].kind))
        if str(signature(function)) != f"({', '.join(takes)})":
            raise Fault(f"{path}, line {line}: {name} should take ({', '.join(takes)})")
    return defined


def _by_problem(
    path: Path, asked: Mapping[str, Problem], namespace: Mapping[str, Any], table: str
) -> dict[str, dict[str, Any]]:
    """MISTAKES, TERMS or QUANTITIES: functions by a text, by the problem's name."""
    named = namespace.get(table, {})
    if not isinstance(named, dict):
        raise Fault(f"{path}: {table} is no dict by the problems' names")
    for name, functions in named.items():
        if name not in asked:
            raise Fault(f"{path}: {table} names {name}, which is no problem of this topic")
        texts = isinstance(functions, dict) and all(isinstance(text, str) and text for text in functions)
        if not texts or not all(_takes(f, asked[name]) for f in functions.values()):
            takes = ", ".join(bundles(asked[name].kind))
            raise Fault(f"{path}: {table}[{name!r}] is no dict of functions of ({takes}) by a text")
    return named


def _takes(function: object, problem: Problem) -> bool:
    """Whether it can be called with what the problem's function is called with."""
    formula = function.formula if isinstance(function, Mistake) else function
    try:
        signature(formula).bind(*bundles(problem.kind))  # type: ignore[arg-type] # a TypeError says so
    except (TypeError, ValueError):
        return False
    return True


def _seed(folder: Path) -> bytes:
    path = folder / "reference" / "seed.txt"
    text = files.read(path).strip()
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) < 16:
        raise Fault(
            f"{path}: the seed is at least 32 hexadecimal digits, such as `openssl rand -hex 32` prints"
        )
    return seed
