"""The file that students complete, as a script and as a notebook: every asked function, nothing else.

Both are derived from the problems alone, so what they say of shapes is what is checked.
"""

from __future__ import annotations

import json
from itertools import groupby
from textwrap import fill

from grader.assignment import Assignment, Problem
from grader.distributions import Integers
from grader.problem import Form
from grader.shapes import Array, Elementwise, Linear, Size, Sizes, of_function
from grader.signature import brief, returned, taken, written

WIDTH = 100
UNWRITTEN = "    raise NotImplementedError"
CALLABLE = "from collections.abc import Callable\n\n"
NUMPY = "import numpy as np"
CHECK = """\
# shows a table here, for one function grader.check(its_name); does nothing where the notebook is graded
import grader

grader.check_all()"""


def starter(assignment: Assignment) -> str:
    """The text of the script."""
    settings = assignment.settings
    head = f"{settings.title}. Complete the functions and hand in this file as {settings.file}.py."
    parts = [f'"""{_quotable(head)}"""\n\n{_imports(assignment)}']
    for topic, problems in groupby(assignment.problems, key=lambda problem: problem.topic):
        asked = list(problems)
        parts.append("\n# ".join([f"# {topic.number}. {topic.title}", *_given(asked)]))
        parts += map(_stub, asked)
    return "\n\n\n".join(parts) + "\n"


def notebook(assignment: Assignment) -> str:
    """The text of the notebook, in format 4.5; one cell a function, so that a broken one costs itself."""
    settings = assignment.settings
    head = f"Complete the functions and hand in this notebook as `{settings.file}.ipynb`."
    cells = [_prose("title", f"# {settings.title}\n\n{head}"), _code("imports", _imports(assignment))]
    for topic, problems in groupby(assignment.problems, key=lambda problem: problem.topic):
        asked = list(problems)
        cells.append(_prose(f"topic-{topic.number}", "\n\n".join([topic.statement, *_given(asked)])))
        cells += [_code(f"problem-{p.number.replace('.', '-')}", _stub(p)) for p in asked]
    cells.append(_code("check", CHECK))
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {
        "cells": cells,
        "metadata": {"kernelspec": python, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _given(asked: list[Problem]) -> list[str]:
    """Where to find the functions that a topic's problems are about, if there are any."""
    there = any(hasattr(problem.kind, "of") for problem in asked)
    return [f"The given functions are in problems/{asked[0].topic.name}.py"] if there else []


def _prose(name: str, text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(name: str, text: str) -> dict[str, object]:
    run: dict[str, object] = {"execution_count": None, "outputs": []}  # not at all
    return {"cell_type": "code", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)} | run


def _imports(assignment: Assignment) -> str:
    specs = [spec for problem in assignment.problems for spec in problem.parameters.values()]
    return (CALLABLE if any(isinstance(spec, (Linear, Elementwise)) for spec in specs) else "") + NUMPY


def _stub(problem: Problem) -> str:
    """A function with what it asks, the function that it is about, and every shape."""
    asks = problem.kind.asks()
    lines = [f"{asks[0].upper()}{asks[1:]}.", ""]
    of = getattr(problem.kind, "of", None)
    if of:
        says = (of.__doc__ or "").strip().partition("\n")[0]
        lines.append(f"{of.__name__}({', '.join(of_function(of)[0])}): {says}")
    lines.append(", ".join(f"{name}: {brief(spec)}" for name, spec in taken(problem.kind).items()))
    lines += [f"{name} is {written(bundle)}" for name, bundle in problem.kind.packed.items()]
    if returned(problem.kind):
        lines.append(f"returns {', '.join(map(brief, returned(problem.kind)))}")
    body = "\n".join(fill(line, WIDTH, initial_indent="    ", subsequent_indent="        ") for line in lines)
    return f'{_header(problem)}\n    """{_quotable(body.lstrip())}\n    """\n{UNWRITTEN}'


def _header(problem: Problem) -> str:
    """`def grad_v(v: np.ndarray, U: np.ndarray) -> np.ndarray:`, broken as formatters do where it is long."""
    takes = [f"{name}: {_type(spec)}" for name, spec in taken(problem.kind).items()]
    answer = problem.kind.answer()
    gives = f" -> {_type(answer)}" if answer else ""
    line = f"def {problem.name}({', '.join(takes)}){gives}:"
    if len(line) <= WIDTH:
        return line
    inner = f"    {', '.join(takes)}"
    inner = inner if len(inner) <= WIDTH else ",\n".join(f"    {argument}" for argument in takes) + ","
    return f"def {problem.name}(\n{inner}\n){gives}:"


def _type(spec: Form) -> str:
    match spec:
        case tuple():
            return f"tuple[{', '.join(map(_type, spec))}]"
        case Array(dims, distribution):
            return "np.ndarray" if dims else "int" if isinstance(distribution, Integers) else "float"
        case Size():
            return "int"
        case Sizes():
            return "tuple[int, ...]"
        case _:
            return "Callable"


def _quotable(text: str) -> str:
    """A text as it may stand between three double quotes."""
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
