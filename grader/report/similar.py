"""Pairs of similar hand-ins with their code side by side, for a person to judge: a page that runs nothing.

The code is students' own, so it is shown as text, line by line, and cut where there is too much of it. What
is the same is told by a sign and a line at its left, which a colour only repeats.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.batch.gradebook import Gradebook, Similar
from grader.batch.similar.similarity import Beside, Compared, Row
from grader.report.concerns import COMMON, SIDE_BY_SIDE, functions, with_it
from grader.report.document import document
from grader.report.elements import many, paragraph, percent, table, text
from grader.report.escape import html, printable
from grader.report.people import Class, class_of
from grader.report.register import LONGEST
from grader.report.style import STYLE

FILE = SIDE_BY_SIDE
MOST_LINES = 60  # of one function's code on one side
MOST_LETTERS = 160  # of a line
MOST_BYTES = 6_000_000  # of the page; pairs below have no code
TOO_MUCH = '<p class="quiet">The page is long enough: the code of this pair is not on it.</p>'
MARKED = (
    "Marked with = are lines that are the same but for names of variables, comments and layout, also those "
    "that many in the class have. Shown are the functions in which something uncommon is the same, each "
    "with the helpers that it uses."
)
EXTRA = """
body { max-width: 110rem; }
h2 small { font-weight: 400; }
.sides { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 1.5rem; }
.sides p { margin: 0; font-weight: 600; }
.sides pre { white-space: normal; max-height: none; padding: 0.4rem 0; }
.line { display: grid; grid-template-columns: 3.2em 1.6em 1fr; padding-right: 0.5rem;
  border-left: 4px solid transparent; }
.line i { font-style: normal; color: var(--quiet); text-align: right; user-select: none; }
.line b { text-align: center; }
.line bdi { white-space: pre-wrap; overflow-wrap: anywhere; }
.same { border-left-color: var(--nearly);
  background: color-mix(in srgb, var(--nearly) var(--tint), var(--paper)); }
@media (max-width: 50rem) { .sides { grid-template-columns: minmax(0, 1fr); gap: 0.6rem; } }
@media print { .line { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
HEADS = {"": "number", "One": "who", "The other": "who", "In common": "number", "Functions": "quiet"}


def page(gradebook: Gradebook, compared: Compared) -> str:
    """The whole file; links to pages of students go to `feedback/` beside it."""
    them = class_of(gradebook)
    title = f"Similar hand-ins: {printable(gradebook.title)}"
    pairs = list(enumerate(zip(gradebook.similar or (), compared.pairs, strict=True), start=1))
    rows = [_summary(them, place, pair) for place, (pair, _) in pairs]
    body = [
        f'<header>\n<h1>{html(title)}</h1>\n<p><a href="dashboard.html">Dashboard</a></p>',
        paragraph(COMMON),
        paragraph(MARKED, "quiet"),
        table(HEADS, rows) if rows else paragraph("None was found."),
        "</header>\n<main>",
    ]
    size = 0
    for place, (pair, alike) in pairs:
        code = "\n".join(_sides(them, pair, each) for each in alike.beside)
        size += len(code)
        body.append(_pair(them, place, pair, code if size < MOST_BYTES else TOO_MUCH))
    return document(title, STYLE + EXTRA, "\n".join([*body, "</main>\n"]))


def _summary(them: Class, place: int, pair: Similar) -> Sequence[str]:
    link = f'<a href="#pair-{place}">{place}</a>'
    return link, with_it(them, pair.one), with_it(them, pair.other), percent(pair.share), functions(pair)


def _pair(them: Class, place: int, pair: Similar, code: str) -> str:
    one, other = with_it(them, pair.one), with_it(them, pair.other)
    heading = f"<h2>{place}. {one} <small>and</small> {other}</h2>"
    said = f"{percent(pair.share)} in common, in {many(len(pair.functions), 'function')}."
    return f'<section id="pair-{place}">\n{heading}\n{paragraph(said)}\n{code}\n</section>'


def _sides(them: Class, pair: Similar, beside: Beside) -> str:
    """A function's code of both, each under its name."""
    sides = ((pair.one, beside.one), (pair.other, beside.other))
    code = "".join(f"<div><p>{with_it(them, student)}</p>{_code(rows)}</div>" for student, rows in sides)
    return f'<h3><code>{text(beside.function, LONGEST)}</code></h3>\n<div class="sides">{code}</div>'


def _code(rows: Sequence[Row]) -> str:
    lines = "".join(map(_line, rows[:MOST_LINES]))
    rest = len(rows) - MOST_LINES
    more = paragraph(f"{many(rest, 'further line')} left out here.", "quiet") if rest > 0 else ""
    return f'<pre dir="ltr">{lines}</pre>{more}' if rows else paragraph("Nothing more of it.", "quiet")


def _line(row: Row) -> str:
    """Its number, the sign, the code."""
    style, sign = ("line same", "=") if row.same else ("line", "")
    number, code = row.number or "", html(row.text, MOST_LETTERS)
    return f'<span class="{style}"><i>{number}</i><b>{sign}</b><bdi dir="ltr">{code}</bdi></span>\n'
