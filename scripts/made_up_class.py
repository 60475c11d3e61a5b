"""The class of docs/ta.md: an export from Gradescope of sixty that nobody has handed in.

    python scripts/made_up_class.py assignment_4242_export.zip

Some slips are many students'. There are groups, late ones, an endless loop, a notebook, a damaged zip, a PDF,
empty hand-ins, and one that is another's in disguise. The same bytes every time.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests"), str(ROOT / "tests" / "batch")]

from classes import made as made_up  # noqa: E402
from exports import class_of, made  # noqa: E402
from hand_ins import disguised  # noqa: E402

STUDENTS = 60
ON_TIME = "2026-03-08 19:21:07.000000000 Z"
DEADLINE = "2026-03-08 23:59 +0000"
LATE = "2026-03-09 01:12:40.000000000 Z"
SLIPS = {  # every so many have it
    3: """
def grad_U_tilde(v, U_tilde, y):
    norm = np.linalg.norm(U_tilde)
    return 2 / norm * v.T @ (v @ U_tilde / norm - y)
""",
    4: """
def curve_taylor(t, dt):
    f = np.array([2 * np.cos(t), 4 * np.sin(t), t])
    df, ddf = np.array([-2 * np.sin(t), 4 * np.cos(t), 1]), np.array([-2 * np.cos(t), -4 * np.sin(t), 0])
    return f + df * dt + ddf * dt**2
""",
    7: """
def least_squares_gradient(A, b, x):
    return 2 * A.T @ (A @ x - b)
""",
}
HANGS = """
def curve_velocity(*inputs):
    while True:
        pass
"""
HANGING, COPIED, COPY = 36, 20, 47  # the numbers of hand-ins


def main(path: Path) -> None:
    """Write the archive."""
    sources = [made_up(number, hostile=False).text for number in range(STUDENTS)]
    for every, slip in SLIPS.items():
        sources[1::every] = [source + slip for source in sources[1::every]]
    sources[HANGING] += HANGS
    sources[COPY] = disguised(sources[COPIED], "another hand")
    hand_ins = class_of(STUDENTS, [text.encode() for text in sources])
    dated = [replace(each, at=LATE if each.late else ON_TIME) for each in hand_ins]
    made("Gradescope", path.parent, dated, form=path.suffix).rename(path)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].endswith(".zip"):
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
