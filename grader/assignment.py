"""The public half of an assignment, which a student may have: its settings and `problems/`.

The other half is `grader.reference`; nothing here opens it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from keyword import iskeyword
from pathlib import Path

from grader import authored
from grader.distributions import Integers
from grader.faults import Fault
from grader.functions import Activation
from grader.parts import parts
from grader.problem import KINDS, Backward, Kind, drawn, parameters, variables
from grader.sandbox.packing import Packing
from grader.settings import SETTINGS_FILE, Settings, load_settings
from grader.shapes import SPECS, Array, Linear, ShapeError, Spec, names, of_function
from grader.signature import bundles, members, packing

MOST_DIMS = 5  # the drawn sizes are distinct members of {2, 3, 4, 5, 7}


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
        """What the student's function takes, each by itself."""
        return parameters(self.kind)

    @cached_property
    def packing(self) -> Packing:
        """Which of the parameters it takes in one tuple."""
        return packing(self.kind)

    @property
    def call(self) -> str:
        """How it is called: `affine_backward(dout, cache)`."""
        return f"{self.name}({', '.join(bundles(self.kind))})"

    @cached_property
    def drawn(self) -> dict[str, Spec]:
        return drawn(self.kind)

    @cached_property
    def dims(self) -> tuple[str, ...]:
        return names(self.drawn.values())


@dataclass(frozen=True)
class Assignment:
    """The public half, which a student may have; problems in the order of `topics` and of their files."""

    folder: Path
    settings: Settings
    problems: tuple[Problem, ...]


def load_assignment(folder: Path) -> Assignment:
    """The public half from its folder.

    Raises:
        Fault: something in it cannot be used; the sentence names the file and the line or key.
    """
    settings = load_settings(folder)
    problems: dict[str, Problem] = {}
    for number, name in enumerate(settings.topics, start=1):
        path = folder / "problems" / f"{name}.py"
        for problem in _topic_problems(path, name, number):
            if problem.name in problems:
                other = problems[problem.name].topic.name
                raise Fault(f"{path}: {problem.name} is asked twice; the other is in {other}.py")
            problems[problem.name] = problem
    for name in settings.gradescope.visibility:
        if name not in problems:
            raise Fault(f"{folder / SETTINGS_FILE}: gradescope.visibility names {name}, which is no problem")
    total = sum(problem.points for problem in problems.values())
    if total != settings.points:
        found = ", ".join(f"{problem.name} {problem.points}" for problem in problems.values())
        says = f"points = {settings.points}, but the problems sum to {total}: {found}"
        raise Fault(f"{folder / SETTINGS_FILE}: {says}")
    return Assignment(folder, settings, tuple(problems.values()))


def select(assignment: Assignment, only: Collection[str]) -> Assignment:
    """The assignment with just the named problems, in its own order; all of them where none is named.

    Raises:
        KeyError: no problem has that name.
    """
    known = {problem.name for problem in assignment.problems}
    for name in only:
        if name not in known:
            raise KeyError(name)
    return replace(assignment, problems=tuple(p for p in assignment.problems if not only or p.name in only))


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
    if says := _misnamed(kind):
        return says
    for name, spec in problem.drawn.items():
        if not isinstance(spec, SPECS):
            return f'{name} is given as {spec!r}, not as a shape such as Array["n"]'
        if isinstance(spec, Linear) and not spec.by:
            return "a linear map needs a variable with a shape, as in Linear['n -> k']"
    if len(problem.dims) > MOST_DIMS:
        return f"it has more than {MOST_DIMS} dimensions: {', '.join(problem.dims)}"
    answer = kind.answer()
    odd = [spec for spec in parts(answer) if not isinstance(spec, Array)]
    if answer is not None and (odd or not parts(answer)):
        returns = "nothing" if not odd else str(odd[0]) if isinstance(odd[0], SPECS) else repr(odd[0])
        return f'it returns {returns}, not a shape such as Array["n"] or a tuple of them'
    if not isinstance(kind.asks(), str) or not kind.asks().strip():
        return "what is no text that says what is asked"
    law = getattr(kind, "law", None)
    if law is not None and not callable(law):
        return f"law = {law!r}; write the name of a function of an answer and the inputs"
    order = getattr(kind, "order", 1)
    if not isinstance(order, int) or order < 1:
        return f"order = {order!r}; write 1, 2, …"
    return _unknown_names(problem) or _without_derivative(problem) or _unpackable(problem)


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


def _without_derivative(problem: Problem) -> str:
    """A variable that moves in steps."""
    for x in variables(problem.kind):
        spec = problem.drawn[x]
        if isinstance(spec, Array) and isinstance(spec.distribution, Integers):
            return f"wrt names {x}, which holds whole numbers: there is no derivative in it"
    return ""


def _misnamed(kind: Kind) -> str:
    """A name that stands for two things, or for nothing."""
    if not hasattr(kind, "of"):
        return ""
    public, wrt = set(of_function(kind.of)[0]), variables(kind)
    if not wrt or len(set(wrt)) < len(wrt):
        return f"wrt = {wrt!r}; name each variable once"
    if isinstance(kind, Backward) and (not is_name(kind.upstream) or kind.upstream in public):
        return f"upstream = {kind.upstream!r}; give it a name of its own"
    for x, spec in parameters(replace(kind, given={})).items():
        given = kind.given.get(x, spec)  # the same shape, drawn from another distribution, is meant
        alike = isinstance(given, Array) and isinstance(spec, Array) and given.dims == spec.dims
        if given != spec and not alike:
            return f"given names {x}, which the function takes anyway; give it a name of its own"
    return ""


def is_name(text: object) -> bool:
    """Whether an argument can be called so, in the lines to paste, too."""
    taken = ("np", "problems")
    return isinstance(text, str) and text.isidentifier() and not iskeyword(text) and text not in taken


def _unpackable(problem: Problem) -> str:
    """What is wrong with the tuples that a function takes."""
    kind, example = problem.kind, "write packed={'cache': ('x', 'w')}"
    if not isinstance(kind.packed, Mapping) or not all(map(_is_bundle, kind.packed.values())):
        return f"packed = {kind.packed!r}; {example}"
    known, bound = parameters(kind), [x for bundle in kind.packed.values() for x in members(bundle)]
    for name in bound:
        if name not in known:
            return f"packed names {name}, which is no input of its function"
        if bound.count(name) > 1:
            return f"packed names {name} twice"
    taken = {*problem.drawn, *(f"d{x}" for x in problem.drawn), problem.name}
    taken |= {kind.of.__name__} if hasattr(kind, "of") else set()
    for name in kind.packed:
        if name in taken or not is_name(name):
            return f"packed calls a tuple {name!r}; give it a name of its own"
    return ""


def _is_bundle(bundle: object) -> bool:
    return isinstance(bundle, str) or (isinstance(bundle, tuple) and all(map(_is_bundle, bundle)))
