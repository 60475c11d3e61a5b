"""docs/data-flow.svg, the way of a hand-in through the code, from the boxes and arrows below.

    python scripts/data_flow.py           write the picture
    python scripts/data_flow.py --check   fail if the file is another one

The picture brings its own paper, light or dark as the reader's system is, so it can be read on any page.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

PICTURE = Path(__file__).parents[1] / "docs" / "data-flow.svg"
WIDTH, HEIGHT = 1050, 624
STYLE = """
    .paper { fill: #fdfdfc; } .box { fill: #ffffff; stroke: #5b6170; }
    .given { fill: #eef2fb; stroke: #5b6170; }
    .secret { fill: #fbeeda; stroke: #8a5a00; } .zone { fill: none; stroke: #5b6170; stroke-dasharray: 6 5; }
    .wall { fill: #f6e9ec; stroke: #a02040; stroke-width: 2.5; }
    .way { fill: none; stroke: #3a3f4b; stroke-width: 1.6; } .head { fill: #3a3f4b; }
    text { font: 15px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #1b1b1f; }
    .name { font-weight: 600; } .small { font-size: 12.5px; fill: #4c505c; } .red { fill: #8f1d3a; }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #17171a; } .box { fill: #26272d; stroke: #a5a9b5; }
      .given { fill: #232c42; stroke: #a5a9b5; }
      .secret { fill: #3b2e16; stroke: #d8a64a; } .zone { stroke: #a5a9b5; }
      .wall { fill: #341e25; stroke: #e0708c; } .way { stroke: #c9ccd4; } .head { fill: #c9ccd4; }
      text { fill: #e6e6ea; } .small { fill: #b4b7c1; } .red { fill: #f09ab0; }
    }"""


@dataclass(frozen=True)
class Box:
    """A step: its file, and a line below it that says what comes out."""

    x: int
    y: int
    name: str
    says: str
    look: str = "box"
    width: int = 150
    height: int = 52


@dataclass(frozen=True)
class Arrow:
    """From point to point, with a word beside its middle."""

    points: tuple[tuple[int, int], ...]
    word: str = ""
    at: tuple[int, int] = (0, 0)


BOXES = (
    Box(30, 60, "hand-in", "script, notebook, zip", "given"),
    Box(30, 240, "problems/", "public functions", "given"),
    Box(30, 330, "reference/", "secret formulas", "secret"),
    Box(230, 60, "submission", "source by module"),
    Box(230, 240, "assignment", "problems with shapes"),
    Box(230, 330, "reference", "formulas, mistakes"),
    Box(430, 240, "sampling", "cases: drawn inputs"),
    Box(430, 330, "key", "samples: right values"),
    Box(430, 60, "session", "questions, outcomes"),
    Box(640, 330, "compare", "a verdict for each call"),
    Box(640, 420, "diagnose", "the law that is broken"),
    Box(430, 420, "diagnosis/", "which mistake it is"),
    Box(640, 510, "record", "one hand-in, graded"),
    Box(856, 72, "worker", "functions → answers"),
    Box(430, 510, "report/", "a table; pages"),
    Box(230, 510, "gradescope/", "results.json"),
)
ARROWS = (
    Arrow(((180, 86), (230, 86))),
    Arrow(((180, 266), (230, 266))),
    Arrow(((180, 356), (230, 356))),
    Arrow(((380, 86), (430, 86))),
    Arrow(((380, 266), (430, 266))),
    Arrow(((380, 356), (430, 356))),
    Arrow(((505, 292), (505, 330))),
    Arrow(((505, 240), (505, 112)), "inputs", (515, 182)),
    Arrow(((580, 86), (856, 86)), "source, names, inputs", (594, 78)),
    Arrow(((856, 106), (580, 106)), "what was returned", (594, 123)),
    Arrow(((560, 112), (560, 190), (715, 190), (715, 330)), "outcomes", (725, 214)),
    Arrow(((580, 356), (640, 356)), "samples", (583, 348)),
    Arrow(((715, 382), (715, 420))),
    Arrow(((580, 446), (640, 446))),
    Arrow(((505, 382), (505, 420))),
    Arrow(((715, 472), (715, 510))),
    Arrow(((640, 536), (580, 536))),
    Arrow(((640, 549), (610, 549), (610, 588), (305, 588), (305, 562))),
)


def main() -> int:
    picture = drawn()
    if "--check" not in sys.argv[1:]:
        PICTURE.write_text(picture, encoding="utf-8")
        return 0
    return int(not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != picture)


def drawn() -> str:
    """The whole picture."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>The way of a hand-in through the code</title>",
        f"<style>{STYLE}\n</style>",
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path class="head" d="M0 0 10 5 0 10z"/></marker></defs>',
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="10"/>',
        '<rect class="zone" x="210" y="22" width="600" height="580" rx="10"/>',
        _text(222, 44, "the grader's process", "small"),
        '<rect class="wall" x="836" y="22" width="190" height="156" rx="10"/>',
        _text(850, 44, "behind the wall: a child", "small red"),
        _text(850, 149, "no files, no network, no", "small"),
        _text(850, 166, "answers; and a deadline", "small"),
        *map(_arrow, ARROWS),
        *map(_box, BOXES),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _box(box: Box) -> str:
    corner = f'x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"'
    return "\n".join(
        [
            f'<rect class="{box.look}" {corner} rx="6"/>',
            _text(box.x + 10, box.y + 22, box.name, "name"),
            _text(box.x + 10, box.y + 41, box.says, "small"),
        ]
    )


def _arrow(arrow: Arrow) -> str:
    points = " ".join(f"{x},{y}" for x, y in arrow.points)
    line = f'<polyline class="way" points="{points}" marker-end="url(#head)"/>'
    return f"{line}\n{_text(*arrow.at, arrow.word, 'small')}" if arrow.word else line


def _text(x: int, y: int, words: str, look: str) -> str:
    return f'<text class="{look}" x="{x}" y="{y}">{escape(words)}</text>'


if __name__ == "__main__":
    sys.exit(main())
