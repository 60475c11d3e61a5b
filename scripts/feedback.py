"""docs/feedback.md from real runs: wrong answers to every problem, and what a student is told about each.

    python scripts/feedback.py           write the page
    python scripts/feedback.py --check   fail if the page is not what a run gives

Every number of `ANSWERS` is one hand-in: its functions take their inputs by the problem's names, and are
graded as any hand-in is, once for every rung of the ladder of hints.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from grader.assignment import Assignment, load_assignment
from grader.grade import grade
from grader.key import make_key
from grader.record import ProblemRecord
from grader.reference import load_reference
from grader.report.escape import printable
from grader.sandbox import jail
from grader.submission import Submission

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "feedback.md"

FORWARD = """
U_tilde = s(W @ X)
norm = np.sqrt((U_tilde**2).sum())
U = U_tilde / norm
e = v @ U - y
"""
BASIS = "E = np.eye(shape[0] * shape[1]).reshape(-1, *shape)"

ANSWERS = {
    "grad_v": [
        "return (v @ U - y) @ U.T",
        "return 2 * v @ U @ U.T",
        "return (2 * (v @ U - y) @ U.T).ravel()",
    ],
    "grad_U": [
        "return 2 * v.T @ (y - v @ U)",
        "return 2 * v.T @ (v @ U - y) / y.size",
        "return 2 * (v @ U - y)",
    ],
    "d_normalize": [
        "return dU_tilde / np.linalg.norm(U_tilde)",
        """
        U = U_tilde / np.linalg.norm(U_tilde)
        return dU_tilde - U * (U * dU_tilde).sum()
        """,
        """
        norm = np.linalg.norm(U_tilde)
        return (dU_tilde - U_tilde * (U_tilde * dU_tilde).sum()) / norm
        """,
    ],
    "grad_U_tilde": [
        """
        norm = np.linalg.norm(U_tilde)
        return 2 / norm * v.T @ (v @ U_tilde / norm - y)
        """,
        """
        norm = np.linalg.norm(U_tilde)
        U = U_tilde / norm
        e = v @ U - y
        return 2 * (v.T @ e - U * (v @ U @ e.T))
        """,
        """
        norm = np.linalg.norm(U_tilde)
        U = U_tilde / norm
        e = v @ U - y
        return 2 / norm * (v.T @ e + U * (v @ U @ e.T))
        """,
    ],
    "d_hidden": [
        "return dW @ X",
        "return r(dW @ X) * (dW @ X)",
        "return (r(W @ X) * (dW @ X)).T",
    ],
    "derivative_W": [
        f"""{FORWARD}
        G = 2 / norm * (v.T @ e - U * (v @ U @ e.T))
        return (G * r(W @ X)) @ X.T
        """,
        f"""{FORWARD}
        G = 2 / norm * (v.T @ e - U * (v @ U @ e.T))
        return X @ (G * r(U_tilde)).T
        """,
        f"""{FORWARD}
        G = 2 * (v.T @ e - U * (v @ U @ e.T))
        return X @ (G * r(W @ X)).T
        """,
    ],
    "grad_W": [
        f"""{FORWARD}
        return (2 / norm * v.T @ e * r(W @ X)) @ X.T
        """,
        f"""{FORWARD}
        G = 2 / norm * (v.T @ e - U * (v @ U @ e.T))
        return (G * s(W @ X)) @ X.T
        """,
        f"""{FORWARD}
        G = 2 / norm * (v.T @ e - U * (v @ U @ e.T))
        return (G * r(W @ X)) @ X.T / X.shape[1]
        """,
    ],
    "curve_velocity": [
        "return np.array([-2 * np.sin(t), 4 * np.cos(t)])",
        "return np.array([2 * np.sin(t), 4 * np.cos(t), 1])",
        "return np.array([-2 * np.sin(t), 4 * np.cos(t), 0])",
    ],
    "curve_acceleration": [
        "return np.array([-2 * np.cos(t), 4 * np.sin(t), 0])",
        "return np.array([-2 * np.sin(t), 4 * np.cos(t), 1])",
        "return np.array([-2 * np.cos(t), -4 * np.sin(t), 0]) / 2",
    ],
    "curve_taylor": [
        """
        f, df = np.array([2 * np.cos(t), 4 * np.sin(t), t]), np.array([-2 * np.sin(t), 4 * np.cos(t), 1])
        d2f = np.array([-2 * np.cos(t), -4 * np.sin(t), 0])
        return f + df * dt + d2f * dt**2
        """,
        "return np.array([2 * np.cos(t + dt), 4 * np.sin(t + dt), t + dt])",
        """
        f, df = np.array([2 * np.cos(t), 4 * np.sin(t), t]), np.array([-2 * np.sin(t), 4 * np.cos(t), 1])
        return f + df * dt
        """,
    ],
    "least_squares_gradient": [
        "return A.T @ A @ x",
        "return 2 * A.T @ (A @ x - b)",
        "return A @ x - b",
    ],
    "least_squares_hessian": [
        "return A @ A.T",
        "return np.diag(np.diag(A.T @ A))",
        "return A.T @ A / len(A)",
    ],
    "least_squares_second_differential": [
        "return dx @ A.T @ A @ dx / 2",
        "return dx @ A.T @ (A @ x - b)",
        "return A.T @ A @ dx",
    ],
    "least_squares_taylor": [
        "e = A @ x - b\nreturn e @ e / 2 + dx @ A.T @ e",
        "e = A @ x - b\nreturn e @ e / 2 + dx @ A.T @ e + dx @ A.T @ A @ dx",
        "e = A @ x - b\nreturn dx @ A.T @ e + dx @ A.T @ A @ dx / 2",
    ],
    "identify_scalar_by_vector": [
        "return np.full(n, ds(np.ones(n)))",
        "return np.array([[ds(e)] for e in np.eye(n)])",
        "return np.array([ds(e) for e in np.eye(n)[::-1]])",
    ],
    "identify_vector_by_vector": [
        "return np.array([du(e) for e in np.eye(n)])",
        "return du(np.ones(n))",
        "M = np.array([du(e) for e in np.eye(n)]).T\nM[:, -1] = 0\nreturn M",
    ],
    "identify_scalar_by_matrix": [
        f"{BASIS}\nreturn np.array([ds(e) for e in E])",
        f"{BASIS}\nreturn np.array([ds(e) for e in E]).reshape(shape).T",
        f"{BASIS}\nreturn -np.array([ds(e) for e in E]).reshape(shape)",
    ],
    "derivative_shape": [
        "return by + of if len(of + by) <= 2 else None",
        "return of + by",
        "return (1, *by) if of == () and len(by) == 1 else of + by if len(of + by) <= 2 else None",
    ],
    "d_trace_of_product": [
        "return np.trace(dA @ B)",
        "return np.trace(dA @ B) - np.trace(A @ dB)",
        "return dA @ B + A @ dB",
    ],
    "d_quadratic_of_transpose": [
        "return 2 * A.T @ dA",
        "return dA @ A.T + A @ dA.T",
        "return A.T @ dA",
    ],
}

INTRODUCTION = """# What a student is told

Made by `scripts/feedback.py` from real runs; a test runs it again and compares. Each box is a wrong answer,
below it stand the verdict and what its author is told. The first line comes at once: the law that the
answer breaks, on a public case, with an input to paste (left out here but for the first problem). A hint
comes later: after {family} attempts which kind of mistake it is, after {place} which one. Both numbers are
in `[hints]` of `assignment.toml`; staff see the whole diagnosis at once.

Where no hint is shown, nothing explains *all* cases: no hint is better than a wrong one.
"""


def main() -> int:
    page = _page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    difference = difflib.unified_diff(
        before.splitlines(), page.splitlines(), "docs/feedback.md", "a run", lineterm=""
    )
    print("\n".join(difference))
    return int(before != page)


def _page() -> str:
    assignment = load_assignment(ROOT)
    hints = assignment.settings.hints
    rungs = (0, hints.family or 0, hints.place or 0)
    key = make_key(assignment, load_reference(assignment))
    with jail.started() as server:
        hand_ins = [
            Submission("hw2.py", "hw2", {"hw2": (source.encode(),)}) for source in _sources(assignment)
        ]
        records = [
            [grade(assignment, key, hand_in, server, earlier=earlier, weaker=True) for earlier in rungs]
            for hand_in in hand_ins
        ]
    sections = [INTRODUCTION.format(family=hints.family, place=hints.place)]
    for place, problem in enumerate(assignment.problems):
        sections.append(f"## {problem.number} {problem.name}\n\nAsked is {problem.kind.asks()}.\n")
        for answer, graded in zip(ANSWERS[problem.name], records, strict=True):
            sections.append(_answer(answer, [record.problems[place] for record in graded], whole=place == 0))
    return "\n".join(sections)


def _sources(assignment: Assignment) -> list[str]:
    """The hand-ins: the first answer to every problem, the second, the third."""
    count = min(map(len, ANSWERS.values()))
    sources = []
    for number in range(count):
        source = "import numpy as np\n"
        for problem in assignment.problems:
            body = "\n    ".join(_lines(ANSWERS[problem.name][number]))
            source += f"\n\ndef {problem.name}({', '.join(problem.parameters)}):\n    {body}\n"
        sources.append(source)
    return sources


def _lines(body: str) -> list[str]:
    return [line.strip() for line in body.strip().splitlines()]


def _answer(answer: str, rungs: Sequence[ProblemRecord], *, whole: bool) -> str:
    first, family, place = rungs
    lines = [
        "```python",
        *_lines(answer),
        "```",
        "",
        f"*{first.verdict}* – {_text(first.student.sentence)}",
        "",
    ]
    if whole:
        lines += ["```python", *first.student.detail.splitlines(), "```", ""]
    if family.student.hint:
        lines += [f"- {_text(family.student.hint)}", f"- {_text(place.student.hint)}", ""]
    return "\n".join(lines)


def _text(text: str) -> str:
    """As Markdown shows it unchanged."""
    for sign in "\\`*_[]<>":
        text = text.replace(sign, f"\\{sign}")
    return printable(text)


if __name__ == "__main__":
    sys.exit(main())
