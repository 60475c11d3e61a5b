"""What students are given. So far the starter file: every asked function with its shapes, nothing else."""

from __future__ import annotations

from itertools import groupby
from textwrap import fill

from grader.assignment import Assignment, Problem
from grader.problem import signature
from grader.shapes import of_function


def starter(assignment: Assignment) -> str:
    """The text of the file that students complete, derived from the problems alone.

    `grader handout` will write it; so far it stands in submissions_example/starter.
    """
    settings = assignment.settings
    head = f'"""{settings.title}. Complete the functions and hand in this file as {settings.file}.py."""'
    parts = [f"{head}\n\nimport numpy as np"]
    for topic, problems in groupby(assignment.problems, key=lambda problem: problem.topic):
        parts.append(f"# {topic.number}. {topic.title}")
        parts += map(_stub, problems)
    return "\n\n\n".join(parts) + "\n"


def _stub(problem: Problem) -> str:
    """A function with what it asks, the function that it is about, and its signature with every shape."""
    asks = problem.kind.asks()
    lines = [f"{asks[0].upper()}{asks[1:]}.", ""]
    of = getattr(problem.kind, "of", None)
    if of:
        says = (of.__doc__ or "").strip().partition("\n")[0]
        lines.append(f"{of.__name__}({', '.join(of_function(of)[0])}): {says}")
    lines.append(signature(problem.name, problem.kind))
    body = "\n".join(fill(line, 100, initial_indent="    ", subsequent_indent="        ") for line in lines)
    takes = ", ".join(problem.parameters)
    return f'def {problem.name}({takes}):\n    """{body.lstrip()}\n    """\n    raise NotImplementedError'
