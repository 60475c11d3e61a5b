"""The Taylor picture: remainders against steps on logarithmic axes, beside lines of the slopes that tell.

Pure functions of `Remainders`. What they write is whole in itself: no script, nothing from a network.
Colour alone says nothing: points differ in shape, lines in dashes, and labels stand where they end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from grader.faults import Fault
from grader.problem import ordinal
from grader.remainder import ROUNDING, Remainders, slope
from grader.report import drawing
from grader.report.drawing import FONT
from grader.report.escape import html

if TYPE_CHECKING:
    import altair

WIDTH, HEIGHT = 480, 330  # of the plot, in pixels
SHARP = 2  # pixels of a PNG for each of these
POWERS = "DejaVu Sans, Arial, Helvetica, sans-serif"  # the other has no superscripts
SIZE, LARGE = 14, 18  # of letters
LINE = 18.0  # pixels from one label to the next
INK, GREY, BAND = "#222222", "#5f5f5f", "#ececec"
VERMILION, BLUE = "#D55E00", "#0072B2"  # Okabe and Ito's, for all eyes
CLEAR = 0.25  # how far a slope may be from a whole number to be told as one
BESIDE = 5.0  # the factor between points and the line of their slope
FAINT = 0.35  # the opacity of points that say nothing
TICKS = 8  # at most
DIGITS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NO_SLOPE = "behind a right one only rounding is left: it has no slope"

CIRCLE = {"shape": "circle", "size": 50, "filled": True, "color": VERMILION}
SQUARE = {"shape": "square", "size": 120, "filled": False, "color": BLUE, "strokeWidth": 2}

Layer = Any  # of an Altair chart


def caption(remainders: Remainders) -> str:
    """What the picture shows, in a sentence of the lecture's words."""
    steep, left = slope(remainders), f"The remainder behind your {remainders.answer}"
    true = _falls(remainders.order + 1)
    if remainders.vanishes:
        exact = f"{remainders.of} is its own expansion here: behind a right answer only rounding is left"
        if steep is None:
            return f"{exact}, and behind yours too."
        return f"{exact}. {left} {_told(steep)}{_term(steep, remainders)}."
    if steep is None and max(remainders.yours) <= remainders.floor:
        return f"Behind your {remainders.answer} nothing is left: it is {remainders.of} itself, no expansion."
    if steep is None:
        return f"{left} is rounding at most steps; behind the true one it {true}."
    if _is_clear(steep) and round(steep) > remainders.order:
        return f"{left} {_told(steep)}, as behind the true one: along this direction no mistake shows."
    return f"{left} {_told(steep)}; behind the true one it {true}{_term(steep, remainders)}."


def _term(steep: float, remainders: Remainders) -> str:
    """Which term a slope accuses; nothing where it is not clear."""
    power = round(steep)
    if not _is_clear(steep) or power > remainders.order:
        return ""
    which = f"a {ordinal(power)}-order term" if power > 0 else f"{remainders.of} itself"
    return f": {which} is missing or wrong"


def _told(steep: float) -> str:
    return _falls(round(steep)) if _is_clear(steep) else f"falls with slope {steep:.1f}"


def _falls(power: int) -> str:
    if power <= 0:
        return "does not fall"
    return "falls like h" + (str(power).translate(DIGITS) if power > 1 else "")


def _is_clear(steep: float) -> bool:
    return abs(steep - round(steep)) <= CLEAR


# ---- the picture -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Axes:
    """What the axes show, in the numbers themselves; what is smaller than `bottom` is drawn there."""

    left: float
    right: float
    bottom: float
    top: float

    def height(self, size: float) -> float:
        """Where a size is, in pixels from the top."""
        return HEIGHT * log10(self.top / max(size, self.bottom)) / log10(self.top / self.bottom)


@dataclass(frozen=True)
class _Reference:
    """A line of some slope: its ends, and the point that its label is at, above or below it."""

    slope: int
    ends: tuple[tuple[float, float], tuple[float, float]]
    label: tuple[float, float]
    above: bool


def chart(remainders: Remainders) -> altair.LayerChart:
    """The picture as a chart.

    Raises:
        Fault: altair is not installed.
    """
    alt = drawing.altair()
    references = _references(remainders)
    axes = _axes(remainders, references)
    picture: altair.LayerChart = alt.layer(
        _band(alt, remainders, axes),
        *(layer for reference in references for layer in _drawn(alt, reference, axes)),
        *_series(alt, remainders, axes),
        *_labels(alt, remainders, axes),
    ).properties(
        width=WIDTH, height=HEIGHT, view=alt.ViewBackground(stroke=None), title=_title(alt, remainders)
    )
    return picture


def _title(alt: Any, remainders: Remainders) -> Any:
    """The function, what is drawn, and the two slopes."""
    steep = slope(remainders)
    if steep is not None:
        yours = f"yours falls with slope {steep + 0.0:.1f}"
    else:
        is_rounding = remainders.vanishes or max(remainders.yours) <= remainders.floor
        yours = f"yours {'leaves only rounding' if is_rounding else 'has too few points for a slope'}"
    right = "leaves only rounding" if remainders.vanishes else f"falls with slope {remainders.order + 1}"
    drawn = f"what is left: |{remainders.moved} − its expansion to {ordinal(remainders.order)} order|"
    return alt.TitleParams(
        remainders.problem,
        subtitle=[drawn, f"{yours}; a right one {right}"],
        anchor="start",
        offset=14,
        **{"font": FONT, "fontSize": LARGE, "color": INK},
        **{"subtitleFont": FONT, "subtitleFontSize": SIZE, "subtitleColor": INK, "subtitlePadding": 5},
    )


def svg(remainders: Remainders) -> str:
    """The picture as an `<svg>` element, with what it shows as its label for those who do not see it.

    Raises:
        Fault: altair or vl-convert is not installed.
    """
    return drawing.svg(chart(remainders), html(f"{remainders.problem}. {caption(remainders)}"))


def png(remainders: Sequence[Remainders]) -> bytes:
    """One or more pictures below each other.

    Raises:
        Fault: there is none, or altair or vl-convert is not installed.
    """
    if not remainders:
        raise Fault(
            "there is nothing to draw: a picture needs an answer of the right shape, and a given function"
        )
    alt = drawing.altair()
    written = BytesIO()
    picture = alt.vconcat(*map(chart, remainders), spacing=40)
    drawing.save(picture, written, format="png", scale_factor=SHARP)
    return written.getvalue()


def _references(remainders: Remainders) -> list[_Reference]:
    """A line of the slope of a wrong answer above the points, one of a right answer's below the right ones.

    The first is parallel to a wrong answer's points; above a right one's both begin together.
    """
    steep, order = slope(remainders), remainders.order
    longest = max(remainders.yours[0], remainders.right[0])
    lines = []
    if steep is not None and steep < order + 0.5:
        power = max(round(steep), 0) if _is_clear(steep) else order
        lines += _reference(remainders, power, _straight(remainders, remainders.yours), BESIDE)
    elif remainders.vanishes:  # as large as the function itself
        lines += _reference(remainders, order, (remainders.steps[0], remainders.floor / ROUNDING), 1)
    else:
        lines += _reference(remainders, order, (remainders.steps[0], longest), BESIDE)
    if not remainders.vanishes:
        lines += _reference(remainders, order + 1, _straight(remainders, remainders.right), 1 / BESIDE)
    return lines


def _straight(remainders: Remainders, sizes: Sequence[float]) -> tuple[float, float]:
    """A point in the straight part, between the longest steps and rounding."""
    seen = [(h, size) for h, size in zip(remainders.steps, sizes, strict=True) if size > remainders.floor]
    return seen[len(seen) // 3] if seen else (remainders.steps[0], remainders.floor)


def _reference(
    remainders: Remainders, power: int, through: tuple[float, float], factor: float
) -> list[_Reference]:
    """A line beside a point, from the longest step to where rounding begins; none where that is at once."""
    h, size = through[0], through[1] * factor
    first, last, least = remainders.steps[0], remainders.steps[-1], remainders.floor

    def on(step: float) -> tuple[float, float]:
        return step, size * (step / h) ** power

    end = max(last, h * (least / size) ** (1 / power)) if power and size else last
    if end >= first or on(end)[1] <= 0:
        return []
    label = (first * end) ** 0.5 if factor < 1 else first**0.3 * end**0.7
    return [_Reference(power, (on(first), on(end)), on(label), factor >= 1)]


def _axes(remainders: Remainders, references: Sequence[_Reference]) -> _Axes:
    sizes = [*remainders.yours, *remainders.right, *(line.ends[0][1] for line in references)]
    least = remainders.floor or min((size for size in sizes if size), default=1.0)
    top = 3 * max(*sizes, 100 * least)
    return _Axes(remainders.steps[-1] / 1.5, remainders.steps[0] * 1.5, least / 300, top)


def _powers(low: float, high: float) -> list[int]:
    """The exponents of ten that the ticks are at."""
    first, last = ceil(log10(low)), floor(log10(high))
    return list(range(first, last + 1, max(1, ceil((last - first + 1) / TICKS))))


def _positions(alt: Any, axes: _Axes) -> dict[str, Any]:
    """Both axes, logarithmic, with powers of ten; every layer has the same."""

    def position(channel: Any, field: str, title: str, low: float, high: float) -> Any:
        powers = _powers(low, high)
        named = {f"1e{power:+d}": f"10{str(power).translate(DIGITS)}" if power else "1" for power in powers}
        axis = alt.Axis(
            title=title,
            values=[10.0**power for power in powers],
            labelExpr=f"({named})[format(datum.value, '.0e')]",
            **{"gridColor": "#dddddd", "domainColor": GREY, "tickColor": GREY, "labelOverlap": False},
            **{"labelFont": POWERS, "labelFontSize": SIZE, "labelColor": INK, "labelPadding": 5},
            **{"titleFont": FONT, "titleFontSize": SIZE, "titleColor": INK, "titleFontWeight": "normal"},
        )
        scale = alt.Scale(type="log", domain=[low, high], nice=False, zero=False)
        return channel(f"{field}:Q", scale=scale, axis=axis)

    return {
        "x": position(alt.X, "h", "step h", axes.left, axes.right),
        "y": position(alt.Y, "size", "what is left", axes.bottom, axes.top),
    }


def _of(alt: Any, points: Sequence[tuple[float, float]]) -> Any:
    return alt.Chart(alt.Data(values=[{"h": h, "size": size} for h, size in points]))


def _band(alt: Any, remainders: Remainders, axes: _Axes) -> Layer:
    """Where rounding is."""
    row = {"h": axes.left, "size": axes.bottom, "h2": axes.right, "size2": max(remainders.floor, axes.bottom)}
    rectangle = alt.Chart(alt.Data(values=[row])).mark_rect(color=BAND, opacity=1)
    return rectangle.encode(**_positions(alt, axes), x2="h2:Q", y2="size2:Q")


def _drawn(alt: Any, reference: _Reference, axes: _Axes) -> list[Layer]:
    """A line of some slope with its label."""
    positions = _positions(alt, axes)
    line = _of(alt, reference.ends).mark_line(color=GREY, strokeWidth=1.5, strokeDash=[2, 3])
    side = ("right", "bottom", -4) if reference.above else ("left", "top", 4)
    style = {"align": side[0], "baseline": side[1], "dx": side[2], "dy": side[2]}
    text = _of(alt, [reference.label]).mark_text(
        text=f"slope {reference.slope}", font=FONT, fontSize=SIZE, color=INK, **style
    )
    return [line.encode(**positions), text.encode(**positions)]


def _series(alt: Any, remainders: Remainders, axes: _Axes) -> list[Layer]:
    """The right ones, and on top of them yours; what may be rounding is faint and on no line."""
    positions, layers = _positions(alt, axes), []
    for sizes, marker, dash in ((remainders.right, SQUARE, [7, 4]), (remainders.yours, CIRCLE, [1, 0])):
        points = [(h, max(size, axes.bottom)) for h, size in zip(remainders.steps, sizes, strict=True)]
        is_noise = sizes is remainders.right and remainders.vanishes
        told = [] if is_noise else [point for point in points if point[1] > remainders.floor]
        line = _of(alt, told).mark_line(color=marker["color"], strokeWidth=2, strokeDash=dash)
        rest = _of(alt, [point for point in points if point not in told])
        layers += [
            line,
            rest.mark_point(opacity=FAINT, **marker),
            _of(alt, told).mark_point(opacity=1, **marker),
        ]
    return [layer.encode(**positions) for layer in layers]


def _labels(alt: Any, remainders: Remainders, axes: _Axes) -> list[Layer]:
    """At the right edge, what ends there in words that keep off each other."""
    wanted: list[tuple[float, str, dict[str, Any]]] = [
        (axes.height(remainders.yours[0]), "yours", CIRCLE),
        (axes.height(remainders.right[0]), "a right one", SQUARE),
        ((axes.height(remainders.floor) + HEIGHT) / 2, "rounding", {}),
    ]
    wanted.sort(key=lambda label: label[0])
    layers = []
    for y, (_, text, marker) in zip(_spread([label[0] for label in wanted]), wanted, strict=True):
        at = alt.Chart(alt.Data(values=[{}]))
        words = at.mark_text(text=text, color=INK, align="left", font=FONT, fontSize=SIZE)
        layers.append(words.encode(x=alt.value(WIDTH + (26 if marker else 8)), y=alt.value(y)))
        if marker:
            layers.append(at.mark_point(opacity=1, **marker).encode(x=alt.value(WIDTH + 14), y=alt.value(y)))
    if remainders.vanishes:
        above = alt.value(axes.height(remainders.floor) - LINE)
        words = alt.Chart(alt.Data(values=[{}])).mark_text(
            text=NO_SLOPE, color=INK, font=FONT, fontSize=SIZE, fontStyle="italic"
        )
        layers.append(words.encode(x=alt.value(WIDTH / 2), y=above))
    return layers


def _spread(heights: Sequence[float]) -> list[float]:
    """Increasing heights, at least a line apart."""
    spread: list[float] = []
    for height in heights:
        spread.append(max(height, spread[-1] + LINE) if spread else height)
    return spread
