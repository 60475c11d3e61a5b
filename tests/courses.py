"""Small assignments in a folder of their own, to be proved or broken."""

import shutil
from pathlib import Path
from textwrap import dedent

from grader.assignment import load_assignment, select
from grader.proving.proof import Proof, faults
from grader.proving.verify import verify
from grader.reference import load_reference

ROOT = Path(__file__).parents[1]
IMPORTS = """
import numpy as np
from grader.distributions import Normal, Uniform
from grader.functions import Activation
from grader.problem import Derivative, Differential, Draws, Gradient, Hessian, Identify, Taylor, Value
from grader.shapes import Array, Function, Linear, Size, Slope
"""


def course(folder: Path, problems: str, *reference: str) -> Path:
    """An assignment of one point with one topic, "topic"; the files begin with their imports."""
    for name in ("problems", "reference"):
        (folder / name).mkdir(parents=True)
    files = {
        "assignment.toml": 'title = "Small"\nfile = "hw"\npoints = 1\ntopics = ["topic"]\n',
        "problems/topic.py": f'"""# Topic"""\n{IMPORTS}\n{dedent(problems)}\n',
        "reference/topic.py": f'"""Topic."""\n{IMPORTS}\n' + "".join(map(dedent, reference)) + "\n",
        "reference/seed.txt": "5e" * 32,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def shipped(folder: Path) -> Path:
    """A copy of the shipped assignment without its examples."""
    for name in ("problems", "reference"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "assignment.toml", folder)
    return folder


def edit(path: Path, old: str, new: str) -> int:
    """Replace a text that stands there once; returns its line."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def proved(folder: Path, *only: str, **options) -> Proof:
    """The proof of an assignment, or of some of its problems, without examples."""
    whole = load_assignment(folder)
    return verify(select(whole, only), load_reference(whole), **options)


def said(folder: Path, *only: str, **options) -> str:
    """What is wrong with it, one sentence a line."""
    return "\n".join(faults(proved(folder, *only, **options)))
