"""What students are given. So far the starter file: every asked function with its shapes, nothing else."""

from __future__ import annotations

from itertools import groupby
from textwrap import fill

from grader import shapes
from grader.assignment import Assignment, Problem
from grader.shapes import Array, Spec, of_function


def starter(assignment: Assignment) -> str:
    """The text of the file that students complete, derived from the problems alone."""
    settings = assignment.settings
    head = f'"""{settings.title}. Complete the functions and hand in this file as {settings.file}.py."""'
    parts = [f"{head}\n\nimport numpy as np"]
    for topic, problems in groupby(assignment.problems, key=lambda problem: problem.topic):
        parts.append(f"# {topic.number}. {topic.title}")
        parts += map(_stub, problems)
    return "\n\n\n".join(parts) + "\n"


def _stub(problem: Problem) -> str:
    asks = problem.kind.asks()
    lines = [f"{name}: {_says(spec)}" for name, spec in problem.parameters.items()]
    of = getattr(problem.kind, "of", None)
    if of:
        head_of = f"{of.__name__}({', '.join(of_function(of)[0])})"
        lines.insert(0, f"{head_of}: {(of.__doc__ or '').strip().splitlines()[0]}" if of.__doc__ else head_of)
    answer = problem.kind.answer()
    specs = answer if isinstance(answer, tuple) else (answer,) if answer else ()
    if specs:
        lines.append(f"returns: {', '.join(map(_says, specs))}")
    doc = "\n".join(f"    {line}" for line in lines)
    head = fill(f"{asks[0].upper()}{asks[1:]}.", 96, subsequent_indent="    ")
    takes = ", ".join(problem.parameters)
    return f'def {problem.name}({takes}):\n    """{head}\n\n{doc}\n    """\n    raise NotImplementedError'


def _says(spec: Spec) -> str:
    return f"array of shape {shapes.show(spec.dims)}" if isinstance(spec, Array) and spec.dims else str(spec)
