"""The dashboard's beginning: counts, how the scores are spread, and what each function made of the class."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median, pstdev

from grader.batch.gradebook import NOT_YET
from grader.report.charts import distribution
from grader.report.elements import NONE, duration, many, paragraph, percent, section, table, text
from grader.report.html import SIGNS, WRONG
from grader.report.items import Item, items
from grader.report.people import Class
from grader.report.register import CLASSES, LONGEST
from grader.report.text import number

WEAK = 0.2  # a discrimination below this tells little
FUNCTIONS = {
    **{"": "quiet", "Function": "code name", "Points": "number", "Passed": "number", "What came back": ""},
    **{"Mean": "number", "Discrimination": "number", "Remark": ""},
}
LEGEND = {
    **{"right": "✓ right", "nearly": "≈ imprecise", "wrong": "✗ fails"},
    **{"nothing": "– not written or not run"},
}
EXPLAINED = (
    "Passed: right or imprecise. Discrimination: the correlation of a function's score with the sum of the "
    "others'. Near 0 a function tells little about who can do the rest; below 0 those who can are worse at "
    "it, so its cases or its statement are suspect."
)


def headline(them: Class) -> str:
    """Counts of students, then how they were graded."""
    lines = [person.line for person in them.people]
    counts = {
        "graded": len(them.where("graded")),
        "graded earlier": sum(line.cached for line in lines),
        "nothing to grade": len(them.where("empty")),
        "not graded": len(them.where("failed")),
        "timed out": sum(line.timed_out for line in lines),
        "late": sum(line.late for line in lines),
    }
    counts |= {"not graded yet": waiting} if (waiting := len(them.where(NOT_YET))) else {}
    grave = {"not graded"} if counts["not graded"] else set()
    cells = "".join(
        f'<div class="{"grave" if said in grave else ""}"><dt>{said}</dt><dd>{count:,}</dd></div>'
        for said, count in counts.items()
    )
    where = them.gradebook.circumstances
    took = (
        f"{many(len(lines), 'student')} with {many(len({line.entry for line in lines}), 'hand-in')} from "
        f"{text(them.gradebook.platform)}. {text(_minute(where.started))}, {duration(where.seconds)} on "
        f"{many(where.lanes, 'lane') if where.lanes else 'a cluster'}."
    )
    how = f"isolation: {text(where.isolation)} · grader {text(where.grader)} · {text(where.environment)}"
    return f'<dl class="counts">{cells}</dl>\n{paragraph(took)}\n{paragraph(how, "quiet")}\n'


def _minute(started: str) -> str:
    """`2026-11-23 15:27` of a time in ISO form."""
    return started[:16].replace("T", " ")


def scores(them: Class) -> str:
    """How the scores of what was graded are spread."""
    found = [p.score for p in them.people if p.line.counts and p.score is not None]
    if not found:
        return section("scores", "Scores", paragraph("Nothing was graded."))
    points, values = them.gradebook.points, [float(score) for score in found]
    said = (
        f"Mean {fmean(values):.1f}, median {median(values):.1f}, standard deviation {pstdev(values):.1f}, "
        f"from {number(min(found))} to {number(max(found))} of {number(points)} points. {_beside(them)}"
    )
    picture = distribution(found, points)
    return section(
        "scores",
        "Scores",
        f"<figure>{picture}<figcaption>{said}</figcaption></figure>",
    )


def _beside(them: Class) -> str:
    """Who is not in the picture."""
    apart = [person.line.status for person in them.people if not person.line.counts]
    empty, failed, waiting = (apart.count(status) for status in ("empty", "failed", NOT_YET))
    told = [
        f"{many(empty, 'student')} with nothing to grade and 0 points" if empty else "",
        f"{many(failed, 'student')} without a score" if failed else "",
        f"{many(waiting, 'student')} not graded yet" if waiting else "",
    ]
    return f"Not counted: {' and '.join(filter(None, told))}." if any(told) else ""


def functions(them: Class) -> str:
    """Each function's pass rate, mean and discrimination."""
    found = items(them.gradebook)
    if not found:
        return ""
    legend = "".join(
        f'<span class="key"><i class="{style}"></i>{said}</span>' for style, said in LEGEND.items()
    )
    rows = table(FUNCTIONS, map(_function, found))
    return section("functions", "Functions", paragraph(legend, "legend"), rows, paragraph(EXPLAINED, "quiet"))


def _function(item: Item) -> Sequence[str]:
    asked, told = item.asked, item.discrimination
    if told is None:
        remark = ""
    elif item.suspect:
        remark = '<span class="sign wrong">✗ suspect</span>'
    else:
        remark = '<span class="sign nearly">≈ tells little</span>' if told < WEAK else ""
    return (
        *(text(asked.number), f"<bdi>{text(asked.name, LONGEST)}</bdi>", number(asked.points)),
        *(percent(item.passed), _stacked(item), f"{item.mean:.2f}"),
        *(NONE if told is None else f"{told:.2f}".replace("-", "−"), remark),
    )


def _stacked(item: Item) -> str:
    """One bar of four parts; what it says of every verdict is its label."""
    total = sum(item.verdicts.values())
    parts = dict.fromkeys(LEGEND, 0)
    for verdict, count in item.verdicts.items():
        parts[CLASSES[SIGNS.get(verdict, WRONG)[0]]] += count
    drawn = "".join(
        f'<i class="{style}" style="width:{100 * count / total:.2f}%"></i>'
        for style, count in parts.items()
        if count
    )
    often = sorted(item.verdicts.items(), key=lambda each: -each[1])
    said = text(", ".join(f"{verdict} {count:,}" for verdict, count in often))
    return f'<span class="bar stacked" role="img" title="{said}" aria-label="{said}">{drawn}</span>'
