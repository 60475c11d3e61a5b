"""How the scores are spread, as a picture that follows the page's colours: light, dark, and on paper.

Scores are counted into bins here, so the picture of a large class is as small as that of a seminar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor
from statistics import median
from typing import Any

from grader.report import drawing
from grader.report.drawing import FONT
from grader.report.escape import html
from grader.report.text import number

WIDTH, HEIGHT, SIZE = 470, 190, 14  # pixels, and of letters; on a phone it is shrunk by a quarter
MOST = 25  # bins
STEPS = tuple(Decimal(first).scaleb(power) for power in range(-4, 8) for first in (1, 2, 5))
COLOURS = {  # what is drawn with, and what the page makes of it
    "#000001": "var(--ink)",
    "#000002": "var(--quiet)",
    "#000003": "var(--line)",
    "#000004": "var(--bar)",
}
INK, QUIET, LINE, BAR = COLOURS
NAMESPACES = re.compile(' xmlns(:[a-z]+)?="[^"]*"')  # which HTML implies


@dataclass(frozen=True)
class Bin:
    """Scores from `low` to below `high`; the last bin has its upper end, too."""

    low: Decimal
    high: Decimal
    count: int


def bins(scores: Sequence[Decimal], points: Decimal) -> tuple[Bin, ...]:
    """From 0 to all points, further where there are scores, in steps of 1, 2 or 5 times a power of ten."""
    lowest, highest = min([Decimal(0), *scores]), max([points, *scores])
    step = next((step for step in STEPS if (highest - lowest) / step <= MOST), STEPS[-1])
    first = floor(lowest / step)
    count = max(1, ceil(highest / step) - first)
    counts = [0] * count
    for score in scores:
        counts[min(int((score - first * step) / step), count - 1)] += 1
    return tuple(
        Bin((first + place) * step, (first + place + 1) * step, each) for place, each in enumerate(counts)
    )


def distribution(scores: Sequence[Decimal], points: Decimal) -> str:
    """An `<svg>` element; there is at least one score.

    Raises:
        Fault: altair or vl-convert is not installed.
    """
    counted, middle = bins(scores, points), median(scores)
    most = max(counted, key=lambda each: each.count)
    label = (
        f"Of {len(scores)} scores the median is {_rounded(middle)}; most often, {most.count} times, they are "
        f"from {number(most.low)} to {number(most.high)}."
    )
    drawn = drawing.svg(_chart(counted, middle), html(label), paper="transparent")
    for colour, variable in COLOURS.items():
        drawn = drawn.replace(f'"{colour}"', f'"{variable}"')
    return NAMESPACES.sub("", drawn)


def _rounded(value: Decimal) -> str:
    return number(round(value, 1))


def _chart(counted: Sequence[Bin], middle: Decimal) -> Any:
    """Bars, and a line at the median with its label."""
    alt = drawing.altair()
    axes = _axes(alt, counted)
    data = [{"low": float(each.low), "high": float(each.high), "count": each.count} for each in counted]
    gap = {"stroke": None, "xOffset": 1, "x2Offset": -1}
    bars = alt.Chart(alt.Data(values=data)).mark_rect(color=BAR, **gap)
    at = alt.Chart(alt.Data(values=[{"low": float(middle)}]))
    rule = at.mark_rule(color=INK, strokeWidth=1.5, strokeDash=[4, 3])
    words = at.mark_text(
        text=f"median {_rounded(middle)}", color=INK, font=FONT, fontSize=SIZE, dy=-8, baseline="bottom"
    )
    return alt.layer(
        bars.encode(x=axes["x"], x2="high:Q", y=axes["y"], y2=alt.datum(0)),
        rule.encode(x=axes["x"]),
        words.encode(x=axes["x"], y=alt.value(0)),
    ).properties(width=WIDTH, height=HEIGHT, view=alt.ViewBackground(stroke=None))


def _axes(alt: Any, counted: Sequence[Bin]) -> dict[str, Any]:
    style = {
        **{"domainColor": QUIET, "tickColor": QUIET, "gridColor": LINE},
        **{"labelFont": FONT, "labelFontSize": SIZE, "labelColor": INK, "labelPadding": 5},
        **{"titleFont": FONT, "titleFontSize": SIZE, "titleColor": INK, "titleFontWeight": "normal"},
    }
    width = alt.Scale(domain=[float(counted[0].low), float(counted[-1].high)], nice=False, zero=False)
    height = alt.Scale(domainMin=0, nice=True)
    across = alt.Axis(title="score", grid=False, format="~r", **style)
    upward = alt.Axis(title="students", tickMinStep=1, tickCount=5, format=",d", **style)
    return {
        "x": alt.X("low:Q", scale=width, axis=across),
        "y": alt.Y("count:Q", scale=height, axis=upward),
    }
