"""What is asked, as one Markdown text, derived from the problems: it names no shape that is not checked.

The author's own words are the topics' statements and, if there is one, `problems/introduction.md`; their
headings go down a level. A fence with words behind its language is code to unfold, which `grader.page` does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from types import FunctionType

from grader import authored, files
from grader.assignment import Assignment, Problem, Topic
from grader.distributions import Integers, Uniform
from grader.problem import Backward, Form, variables
from grader.settings import Settings
from grader.shapes import Array, Elementwise, Linear, ShapeError, Size, Sizes, Spec, of_function, show
from grader.signature import brief, bundles, members, returned, taken, written

INTRODUCTION = "introduction.md"
VERDICTS = """| verdict | what it means | what to do |
|---|---|---|
| *right* | as far as can be told at home | go on |
| *imprecise* | the formula is right, digits are lost | use a closed form, in double precision |
| *wrong* | the law that is named does not hold | paste the input, compute both numbers |
| *shape*, *type*, *not finite* | the answer does not have the right form | the sentence says which is asked |
| *mutates* | your function changes its input | work on a copy |
| *raised*, *crashed*, *timed out* | it does not come to a good end | the line is named |
| *unreadable* | Python could not read it, or its cell | the line is named |
| *unwritten*, *missing*, *not run* | there is nothing to check yet | write it |
| *unchecked* | it ran, and only grading can tell | check its form |"""
WIDTH = 72  # of a signature on one line
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
HEADING = re.compile(r"#{1,5} ")

Asked = list[tuple[Topic, list[Problem]]]


def statement(assignment: Assignment) -> str:
    """The whole of it.

    Raises:
        Fault: a file of the author's cannot be read.
    """
    asked = [(t, list(problems)) for t, problems in groupby(assignment.problems, key=lambda p: p.topic)]
    parts = [f"# {_plain(assignment.settings.title)}", _overview(assignment), _contents(asked)]
    parts.append(_manner(assignment.settings, assignment.problems[0].name))
    introduction = assignment.folder / "problems" / INTRODUCTION
    if introduction.exists():
        parts.append(_lowered(files.read(introduction)))
    for topic, problems in asked:
        parts += _topic(assignment.folder / "problems" / f"{topic.name}.py", topic)
        parts += map(_problem, problems)
    return "\n\n".join(part for part in parts if part) + "\n"


def anchor(heading: str) -> str:
    """What a link to a heading says, here and where Markdown is shown as a page."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _overview(assignment: Assignment) -> str:
    count, file = len(assignment.problems), assignment.settings.file
    functions = f"{count} functions" if count > 1 else "one function"
    total = _points(assignment.settings.points)
    return f"""You write {functions} with numpy, for {total} in all. Complete `{file}.py` or, if you prefer,
the notebook `{file}.ipynb`: names and arguments are there, the formulas are yours."""


def _contents(asked: Asked) -> str:
    """A list, not a table: it fits a telephone."""
    lines = []
    for topic, problems in asked:
        links = ", ".join(
            f"[`{p.name}`](#{anchor(_heading(p))})\N{NO-BREAK SPACE}{p.points}" for p in problems
        )
        title, points = _title(topic), _points(sum(problem.points for problem in problems))
        lines.append(f"- [{_plain(title)}](#{anchor(title)}), {points}: {links}")
    return "\n".join(lines)


def _manner(settings: Settings, example: str) -> str:
    """How to install, check and hand in, as README.md beside it says in three lines."""
    file = settings.file
    numerical = settings.policies.numerical
    closed = (
        "" if numerical == "allow" else "\nA formula is asked: differences make a good test and no answer."
    )
    return f"""## How to work

Install the checker once, as README.md says, then check as often as you like, all functions or one, with
pictures, or whenever you save; in a notebook, type the last line in a cell:

```
python -m grader check {file}.py
python -m grader check {file}.py {example} --plot
python -m grader check {file}.py --watch
import grader; grader.check({example})
```

Then hand in `{file}.py` or `{file}.ipynb`, that file alone: it is graded without this folder, and on other
inputs than the check uses. Do not change arguments in place.{closed}

{VERDICTS}"""


def _topic(path: Path, topic: Topic) -> list[str]:
    """A topic's statement, its public functions with their code, and its activations."""
    words = topic.statement.partition("\n")[2]
    parts = [f"## {_plain(_title(topic))}", _lowered(words)]
    source = files.read(path)
    given = _given(authored.executed(source, path), path)
    if given:
        imports = f"from problems.{topic.name} import {next(iter(given))}"
        parts.append(
            f"### Given functions\n\nTo try one in this folder, but not in what you hand in: `{imports}`"
        )
    nodes = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    for name, function in given.items():
        says = (function.__doc__ or "").strip().partition("\n\n")[0]
        parts += [_fenced(_shown(name, function), "python"), _plain(" ".join(says.split()))]
        if name in nodes:
            code = ast.get_source_segment(source, nodes[name]) or ""
            parts.append(_fenced(code, f"python the code of {name}"))
    return [*parts, _activations(topic)]


def _given(namespace: Mapping[str, object], path: Path) -> dict[str, FunctionType]:
    """The functions of a file whose shapes are told."""
    return {
        name: value
        for name, value in namespace.items()
        if isinstance(value, FunctionType) and value.__code__.co_filename == str(path) and _has_shapes(value)
    }


def _has_shapes(function: FunctionType) -> bool:
    try:
        of_function(function)
    except ShapeError:
        return False
    return True


def _shown(name: str, function: FunctionType) -> str:
    """A given function's signature, with its shapes."""
    specs, gives = of_function(function)
    return _signature(name, [f"{x}: {brief(spec)}" for x, spec in specs.items()], brief(gives))


def _signature(name: str, takes: list[str], gives: str) -> str:
    """On one line, or with one for each argument."""
    arrow = f" -> {gives}" if gives else ""
    line = f"{name}({', '.join(takes)}){arrow}"
    return line if len(line) <= WIDTH else "\n".join([f"{name}(", *(f"    {x}," for x in takes), f"){arrow}"])


def _activations(topic: Topic) -> str:
    if not topic.activations:
        return ""
    rows = ["| activation | `s(z)` | `r(z)` |", "|---|---|---|"]
    for name, activation in topic.activations.items():
        rows.append(f"| {_plain(name)} | {_code(activation.value)} | {_code(activation.slope)} |")
    says = "The check calls your functions with these activations, grading may use others:"
    return f"{says}\n\n" + "\n".join(rows)


def _problem(problem: Problem) -> str:
    takes = [f"{name}: {brief(spec)}" for name, spec in taken(problem.kind).items()]
    specs = returned(problem.kind)
    parts = [f"### {_heading(problem)}", f"**{_points(problem.points)}.** {_asks(problem)}"]
    parts.append(_fenced(_signature(problem.name, takes, ", ".join(map(brief, specs))), "python"))
    parts.append(_arguments(problem))
    if specs:
        parts.append(f"It returns {_results(specs)}.")
    return "\n\n".join(parts)


def _arguments(problem: Problem) -> str:
    """A table; its third column only where there is something to say."""
    rows = [("argument", "shape", "meaning"), ("---", "---", "---")]
    for name, bundle in bundles(problem.kind).items():
        inside = isinstance(bundle, tuple)
        if inside:
            rows.append((f"`{name}`", "a tuple", f"`{written(bundle)}`"))
        for x in members(bundle):
            argument = f"`{x}` in `{name}`" if inside else f"`{name}`"
            meaning = f"`{x}`: {_meaning(problem, x)}" if x != name and not inside else _meaning(problem, x)
            rows.append((argument, _shape(problem.parameters[x]), meaning.removesuffix(": ")))
    columns = 3 if any(meaning for _, _, meaning in rows[2:]) else 2
    return "\n".join(f"| {' | '.join(row[:columns])} |" for row in rows)


def _title(topic: Topic) -> str:
    return f"{topic.number}. {topic.title}"


def _heading(problem: Problem) -> str:
    return f"{problem.number} {problem.name}"


def _points(points: object) -> str:
    return f"{points} {'point' if points == 1 else 'points'}"


def _asks(problem: Problem) -> str:
    """The kind's sentence; before its law, the names in it are code."""
    what, colon, law = problem.kind.asks().partition(": ")
    of = getattr(problem.kind, "of", None)
    wrt = variables(problem.kind)
    names = "|".join(map(re.escape, (*((of.__name__,) if of else ()), *wrt, *(f"d{x}" for x in wrt))))
    words = re.split(rf"\b({names})\b", what) if names else [what]
    said = "".join(f"`{word}`" if place % 2 else _plain(word) for place, word in enumerate(words))
    return f"{said[0].upper()}{said[1:]}{colon}{_plain(law)}."


def _shape(spec: Spec) -> str:
    match spec:
        case Array(dims, Integers(low, high)):
            last = f"`{high}` − 1" if isinstance(high, str) else high - 1
            numbers = f"from {low} to {last}"
            return f"`{show(dims)}`, whole numbers {numbers}" if dims else f"a whole number {numbers}"
        case Array(dims, Uniform(low, high)):
            return f"`{show(dims)}`, {low:g} to {high:g}" if dims else f"a number from {low:g} to {high:g}"
        case Array(dims):
            return f"`{show(dims)}`" if dims else "a number"
        case Size(dim):
            return f"the number `{dim}`"
        case Sizes(choices):
            return "the tuple " + " or ".join(f"`{show(dims)}`" for dims in choices)
        case Linear(by, of):
            return f"a linear callable of `{show(by)}`, returns {_shape(Array(of))}"
        case Elementwise():
            return "a callable"


def _meaning(problem: Problem, name: str) -> str:
    """As far as the problem says it."""
    kind, spec = problem.kind, problem.parameters[name]
    if isinstance(spec, Elementwise):
        return (
            "the activation's derivative, entry by entry" if spec.order else "the activation, entry by entry"
        )
    if isinstance(spec, Linear):
        return "the differential, as a function of the direction"
    if name[0] == "d" and name[1:] in variables(kind):
        return f"a direction, that is, a change of `{name[1:]}`"
    if isinstance(kind, Backward) and name == kind.upstream:
        return f"what arrives at the value of `{kind.of.__name__}`: the gradient of some loss in it"
    if name in variables(kind):
        return "the variable"
    of = getattr(kind, "of", None)
    return f"as in `{of.__name__}`" if of and name not in kind.given else ""


def _results(specs: Sequence[Form]) -> str:
    return ", ".join(map(_result, specs[:-1])) + " and " * (len(specs) > 1) + _result(specs[-1])


def _result(spec: Form) -> str:
    if isinstance(spec, tuple):
        return f"a tuple of {_results(spec)}"
    return f"an array of shape {_shape(spec)}" if isinstance(spec, Array) and spec.dims else _shape(spec)


def _plain(text: str) -> str:
    """A text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]<>|$#~&])", r"\\\1", text)


def _code(text: str) -> str:
    """Code in a table's cell."""
    return "`" + text.replace("|", "\\|") + "`"


def _fenced(code: str, info: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{code}\n{fence}"


def _lowered(markdown: str) -> str:
    """The text with every heading one level down; a # in code stays."""
    lines, fence = [], ""
    for line in markdown.strip().splitlines():
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip(" `~"):
            fence = ""
        lines.append(f"#{line}" if not fence and HEADING.match(line) else line)
    return "\n".join(lines)
