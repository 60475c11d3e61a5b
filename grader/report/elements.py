"""Pieces of HTML that reports are made of. What is called text here is escaped, everything else is HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from grader.report.escape import html, printable

NONE = "–"
FEW, MOST = 12, 200  # rows that are open, and that are there at all


def text(value: str, limit: int = 1000) -> str:
    """One line, as the content of an element or of an attribute."""
    return html(printable(value, limit))


def section(key: str, title: str, *parts: str) -> str:
    """A part of the page; nothing where there is nothing to say."""
    said = "\n".join(filter(None, parts))
    return f'<section id="{key}">\n<h2>{title}</h2>\n{said}\n</section>\n' if said else ""


def paragraph(said: str, style: str = "") -> str:
    if not said:
        return ""
    return f'<p class="{style}">{said}</p>' if style else f"<p>{said}</p>"


def table(heads: Mapping[str, str], rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells; `heads` maps titles to the classes of their columns."""
    head = "".join(f'<th scope="col" class="{style}">{title}</th>' for title, style in heads.items())
    lines = "".join(f"<tr>{_cells(heads, row)}</tr>\n" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{lines}</tbody></table></div>'


def _cells(heads: Mapping[str, str], row: Sequence[str]) -> str:
    pairs = zip(heads.values(), row, strict=True)
    return "".join(f'<td class="{style}">{cell}</td>' for style, cell in pairs)


def long_table(heads: Mapping[str, str], rows: Sequence[Sequence[str]]) -> str:
    """Its beginning, the rest folded under a count, and of a very long one not all of it."""
    if not rows:
        return ""
    more = folded([table(heads, rows[FEW:MOST])] if rows[FEW:] else [], len(rows) - FEW)
    return "\n".join(filter(None, [table(heads, rows[:FEW]), more, left_out(len(rows))]))


def folded(parts: Iterable[str], count: int) -> str:
    """Parts under a count of what they show; nothing where there are none."""
    inside = "\n".join(parts)
    said = many(min(count, MOST - FEW), "more", "more")
    return f'<details class="more"><summary>{said}</summary>\n{inside}\n</details>' if inside else ""


def left_out(count: int) -> str:
    """What of so many is not on the page."""
    rest = count - MOST
    return paragraph(f"{many(rest, 'further one')} left out here.", "quiet") if rest > 0 else ""


def many(count: int, one: str, several: str = "") -> str:
    """`1 student`, `1,203 students`."""
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def percent(share: float) -> str:
    """A part never looks like all or nothing."""
    whole = round(100 * share)
    return f"{whole if share in (0, 1) else min(max(whole, 1), 99)} %"


def duration(seconds: float) -> str:
    """`0.04 s`, `2 min 5 s`, `1 h 12 min`."""
    if seconds < 10:
        return f"{seconds:.{1 if seconds >= 1 else 2}f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = {"h": hours, "min": minutes, "s": 0 if hours else rest}
    return " ".join(chain.from_iterable((str(count), unit) for unit, count in parts.items() if count))


def bar(share: float, style: str) -> str:
    """A small bar beside a number, which says the same."""
    width = f"width:{100 * share:.1f}%"
    return f'<span class="bar" aria-hidden="true"><i class="{style}" style="{width}"></i></span>'


def button(key: str, label: str, count: int) -> str:
    """Shows a set of students in the table below; the script, which it needs, makes it visible."""
    said = "Show this student" if count == 1 else f"Show all {count:,}"
    return (
        f'<button type="button" data-set="{key}" data-label="{text(label, 200)}" hidden>{said} below</button>'
    )
