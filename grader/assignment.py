"""The public half of an assignment, which a student may have: assignment.toml and `problems/`.

The other half is `grader.reference`; nothing here opens it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Literal, cast

from grader import authored
from grader.faults import Fault
from grader.functions import Activation
from grader.problem import KINDS, Kind, drawn, parameters
from grader.shapes import SPECS, Array, Linear, ShapeError, Spec, names

SETTINGS_FILE = "assignment.toml"
MOST_DIMS = 5  # the drawn sizes are distinct members of {2, 3, 4, 5, 7}

LONGEST = 3600  # seconds that a limit may be
LARGEST = 1 << 16  # mebibytes
MOST_ATTEMPTS = 1000
Identifier = str
Seconds = float
Mebibytes = int
Share = Decimal
Names = tuple[str, ...]
Reaction = Literal["allow", "flag", "zero"]
Attempts = int | None
ASKED = {
    "str": "a text",
    "Identifier": "a file's name without its suffix, such as hw2,",
    "Seconds": f"a number of seconds, more than 0 and up to {LONGEST},",
    "Mebibytes": f"a whole number of mebibytes, from 64 to {LARGEST},",
    "Decimal": "a positive number",
    "Share": "a number from 0 to 1",
    "Names": "a list of different file names without suffix",
    "Reaction": "one of 'allow', 'flag', 'zero'",
    "Attempts": f"a number of earlier attempts, from 0 to {MOST_ATTEMPTS}, or false for never",
}


@dataclass(frozen=True)
class Limits:
    """Deadlines on the grader's clock, and the memory that one hand-in may use."""

    import_seconds: Seconds = 10
    call_seconds: Seconds = 2
    hand_in_seconds: Seconds = 60
    memory: Mebibytes = 512


@dataclass(frozen=True)
class Policies:
    """What the author decides.

    Args:
        imprecise: the share of the points for a right formula that loses digits.
        numerical: what becomes of an answer by numerical differentiation; `zero` takes its points.
    """

    imprecise: Share = Decimal(1)
    numerical: Reaction = "flag"


@dataclass(frozen=True)
class Hints:
    """How many earlier attempts it takes to be told more than the law that fails; `None` is never.

    Args:
        family: the kind of mistake, such as "a constant factor".
        place: the mistake itself, such as "the projection term is missing".
    """

    family: Attempts = 2
    place: Attempts = 5


@dataclass(frozen=True)
class Settings:
    """The whole of assignment.toml. No pydantic model: its import alone would be a sixth of a cold run."""

    title: str
    file: Identifier
    points: Decimal
    topics: Names
    limits: Limits = Limits()
    policies: Policies = Policies()
    hints: Hints = Hints()


TABLES = {"Settings": Settings, "Limits": Limits, "Policies": Policies, "Hints": Hints}


@dataclass(frozen=True)
class Topic:
    """One file of `problems/`: its title and statement in Markdown, its activations by name."""

    name: str
    number: int
    title: str
    statement: str
    activations: Mapping[str, Activation]


@dataclass(frozen=True)
class Problem:
    """One function that students write. `number` is "1.7": topic 1, seventh problem."""

    name: str
    number: str
    topic: Topic
    kind: Kind
    points: Decimal

    @cached_property
    def parameters(self) -> dict[str, Spec]:
        return parameters(self.kind)

    @cached_property
    def drawn(self) -> dict[str, Spec]:
        return drawn(self.kind)

    @cached_property
    def dims(self) -> tuple[str, ...]:
        return names(self.drawn.values())


@dataclass(frozen=True)
class Assignment:
    """The public half, which a student may have."""

    folder: Path
    settings: Settings
    problems: tuple[Problem, ...]


def find_assignment(start: Path) -> Path:
    """The folder itself or the nearest above it that holds assignment.toml.

    Raises:
        Fault: there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise Fault(f"no {SETTINGS_FILE} in {start.resolve()} or above it: name the folder with --assignment DIR")


def load_assignment(folder: Path) -> Assignment:
    """The public half from its folder.

    Raises:
        Fault: something in it cannot be used; the sentence names the file and the line or key.
    """
    settings = _settings(folder / SETTINGS_FILE)
    problems: dict[str, Problem] = {}
    for number, name in enumerate(settings.topics, start=1):
        path = folder / "problems" / f"{name}.py"
        for problem in _topic_problems(path, name, number):
            if problem.name in problems:
                other = problems[problem.name].topic.name
                raise Fault(f"{path}: {problem.name} is asked twice; the other is in {other}.py")
            problems[problem.name] = problem
    total = sum(problem.points for problem in problems.values())
    if total != settings.points:
        found = ", ".join(f"{problem.name} {problem.points}" for problem in problems.values())
        says = f"points = {settings.points}, but the problems sum to {total}: {found}"
        raise Fault(f"{folder / SETTINGS_FILE}: {says}")
    return Assignment(folder, settings, tuple(problems.values()))


def select(assignment: Assignment, only: tuple[str, ...]) -> Assignment:
    """The assignment with just the named problems, in its own order; all of them where none is named.

    Raises:
        KeyError: no problem has that name.
    """
    known = {problem.name for problem in assignment.problems}
    for name in only:
        if name not in known:
            raise KeyError(name)
    return replace(assignment, problems=tuple(p for p in assignment.problems if not only or p.name in only))


def _settings(path: Path) -> Settings:
    try:
        return cast("Settings", _from_table("Settings", authored.toml(path)))
    except ValueError as error:
        raise Fault(f"{path}: {error}") from None


def _from_table(what: str, value: object, key: str = "") -> object:
    """A TOML value as the field type that its name says; a table as the dataclass, field by field.

    Raises:
        ValueError: one sentence that names the key.
    """
    table = TABLES.get(what)
    if table and isinstance(value, dict):
        known = {field.name: field for field in fields(table)}
        where = f"{key}." if key else ""
        for name in value:
            if name not in known:
                raise ValueError(f"there is no setting {where}{name}; remove it or mend its spelling")
        for name, field in known.items():
            if field.default is MISSING and name not in value:
                raise ValueError(f"the setting {where}{name} is missing")
        return table(**{n: _from_table(str(known[n].type), v, f"{where}{n}") for n, v in value.items()})
    return _from_value(what, value, key)


def _from_value(what: str, value: object, key: str) -> object:
    number = isinstance(value, (int, Decimal)) and not isinstance(value, bool) and Decimal(value).is_finite()
    match what, value:
        case "str", str() if value.strip():
            return value
        case "Identifier", str() if value.isidentifier():
            return value
        case "Seconds", int() | Decimal() if number and 0 < value <= LONGEST:
            return float(value)
        case "Mebibytes", int() if number and 64 <= value <= LARGEST:
            return value
        case "Decimal", int() | Decimal() if number and value > 0:
            return Decimal(value)
        case "Share", int() | Decimal() if number and 0 <= value <= 1:
            return Decimal(value)
        case "Reaction", "allow" | "flag" | "zero":
            return value
        case "Attempts", bool() if value is False:
            return None
        case "Attempts", int() if number and 0 <= value <= MOST_ATTEMPTS:
            return value
        case "Names", [_, *_] if all(isinstance(name, str) and name.isidentifier() for name in value):
            if len(set(value)) == len(value):
                return tuple(value)
    raise ValueError(f"{key} = {_toml(value)}: {ASKED.get(what, 'a table')} is asked")


def _toml(value: object) -> str:
    """About as it stands in the file."""
    return str(value).lower() if isinstance(value, (bool, Decimal)) else repr(value)


def _topic_problems(path: Path, name: str, number: int) -> list[Problem]:
    namespace = authored.execute(path)
    statement = (namespace.get("__doc__") or "").strip()
    title, _, _ = statement.partition("\n")
    if not title.startswith("# "):
        raise Fault(f'{path}, line 1: the file opens with its statement, whose first line is "# Title"')
    topic = Topic(name, number, title[2:].strip(), statement, authored.activations(path, namespace))
    kinds = {key: value for key, value in namespace.items() if isinstance(value, KINDS)}
    if not kinds:
        raise Fault(
            f"{path} asks nothing: write a problem such as `f = Gradient(of=loss, wrt='x', points=5)`"
        )
    return [
        _checked(path, Problem(key, f"{number}.{place}", topic, kind, _points(path, key, kind)))
        for place, (key, kind) in enumerate(kinds.items(), start=1)
    ]


def _points(path: Path, name: str, kind: Kind) -> Decimal:
    try:
        points = Decimal(str(kind.points))
    except InvalidOperation:
        points = Decimal(0)
    if not (points.is_finite() and points > 0):
        raise Fault(
            f"{path}: {name} has points = {kind.points!r}; write a positive number such as 5 or '2.5'"
        )
    return points


def _checked(path: Path, problem: Problem) -> Problem:
    """The problem, once everything that is derived from its annotations has been derived."""
    try:
        fault = _fault(problem)
    except ShapeError as error:
        fault = str(error)
    except Exception as error:  # whatever else an author may have written
        fault = f"it cannot be used: {type(error).__name__}: {error}"
    if fault:
        raise Fault(f"{path}: {problem.name}: {fault}")
    return problem


def _fault(problem: Problem) -> str:
    """What an author got wrong in a problem, if anything."""
    kind = problem.kind
    for name, spec in problem.drawn.items():
        if not isinstance(spec, SPECS):
            return f'{name} is given as {spec!r}, not as a shape such as Array["n"]'
        if isinstance(spec, Linear) and not spec.by:
            return "a linear map needs a variable with a shape, as in Linear['n -> k']"
    if len(problem.dims) > MOST_DIMS:
        return f"it has more than {MOST_DIMS} dimensions: {', '.join(problem.dims)}"
    answer = kind.answer()
    specs = answer if isinstance(answer, tuple) else () if answer is None else (answer,)
    if not all(isinstance(spec, Array) for spec in specs):
        return f'it returns {answer!r}, not a shape such as Array["n"] or a tuple of them'
    if not isinstance(kind.asks(), str) or not kind.asks().strip():
        return "what is no text that says what is asked"
    law = getattr(kind, "law", None)
    if law is not None and not callable(law):
        return f"law = {law!r}; write the name of a function of an answer and the inputs"
    order = getattr(kind, "order", 1)
    if not isinstance(order, int) or order < 1:
        return f"order = {order!r}; write 1, 2, …"
    return _unknown_names(problem)


def _unknown_names(problem: Problem) -> str:
    """Inputs that are named and that there are none of."""
    kind = problem.kind
    for setting, names_given in {
        "scaled": kind.draws.scaled,
        "without": getattr(kind, "without", ()),
    }.items():
        if not isinstance(names_given, (tuple, type(None))):
            return f"{setting} = {names_given!r}; write a tuple of names such as ('x',)"
        unknown = set(names_given or ()) - set(problem.drawn)
        if unknown:
            return f"{setting} names {', '.join(map(str, unknown))}, which is no input"
    return ""
