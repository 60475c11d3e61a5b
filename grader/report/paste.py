"""Inputs on which answers fail, as lines that run when they are pasted into Python beside the hand-in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from grader.record import ProblemRecord, Record


def complete(record: Record) -> Record:
    """The record with every such input below what it needs to be imported.

    A notebook's functions are there already; a file whose name is no module's is imported in its own way.
    """
    path = PurePosixPath(record.file)
    module = path.stem if path.suffix.lower() == ".py" and path.stem.isidentifier() else ""
    return replace(record, problems=tuple(_complete(problem, module) for problem in record.problems))


def example(text: str, module: str, name: str) -> str:
    """Such an input of a function in a module, or "" where there is none."""
    return "\n".join(["import numpy as np", f"from {module} import {name}", text]) if text else ""


def _complete(problem: ProblemRecord, module: str) -> ProblemRecord:
    if not problem.student.detail:
        return problem
    source = [f"from {module} import {problem.name}"] if module else []
    lines = "\n".join(["import numpy as np", *source, problem.student.detail])
    return replace(problem, student=replace(problem.student, detail=lines))
