"""The class on one page: what it did not understand, what went wrong with it, and everybody in a table.

One file that loads nothing and runs one script of ours; every text in it is escaped. It says everything in
words and signs, which colours only repeat, and without a script it lacks only rows and their order. With
`anonymize` it holds no name, address, id, path or reason, only numbers that follow from nothing that
outsiders have.
"""

from __future__ import annotations

from grader.batch.gradebook import Gradebook
from grader.report import concerns, mistakes, panels, register
from grader.report.document import document
from grader.report.elements import text
from grader.report.escape import html, printable
from grader.report.people import Class, class_of
from grader.report.script import SCRIPT
from grader.report.style import STYLE

TITLES = {
    **{"scores": "Scores", "functions": "Functions", "mistakes": "Mistakes", "slow": "Slow"},
    **{"changes": "Changes", "intake": "Intake", "unsteady": "Unsteady"},
    **{"alike": "Identical", "similar": "Similar"},
}
PANELS = (
    *(panels.scores, panels.functions, mistakes.mistakes, concerns.slow),
    *(concerns.changes, concerns.intake, concerns.unsteady),
    *(concerns.alike, concerns.similar),
)


def dashboard(gradebook: Gradebook, *, anonymize: bool = False) -> str:
    """The whole file; links to pages go to `feedback/` beside it.

    Raises:
        Fault: altair or vl-convert is not installed.
    """
    them = class_of(gradebook, anonymize=anonymize)
    parts = [panel(them) for panel in PANELS]
    sets = dict([*mistakes.sets(them), *concerns.sets(them)])
    title = printable(gradebook.title)
    body = [
        f"<header>\n<h1>{html(title)}</h1>\n{panels.headline(them)}",
        _contents(parts),
        "</header>\n<main>\n",
        *parts,
        _students(them),
        "</main>\n",
        f'<script type="application/json" id="data">{register.data(them, sets)}</script>\n',
    ]
    return document(title, STYLE, "".join(body), SCRIPT)


def _contents(parts: list[str]) -> str:
    """Links to the parts that there are."""
    found = [
        f'<a href="#{key}">{title}</a>'
        for (key, title), part in zip(TITLES.items(), parts, strict=True)
        if part
    ]
    links = " ".join([*found, '<a href="#students">Students</a>'])
    return f'<nav aria-label="Parts of this page">{links}</nav>\n'


def _students(them: Class) -> str:
    """Controls that the script brings to life, and the table."""
    count = len(them.people)
    first = min(count, register.FIRST)
    note = (
        f"Without JavaScript these are the first {first:,} of {count:,} students, in the order of their "
        f"{'numbers' if them.anonymous else 'names'}; the CSV files have all of them."
    )
    return "\n".join(
        [
            '<section id="students">\n<h2>Students</h2>',
            f'<noscript><p class="quiet">{note}</p></noscript>',
            '<div id="controls" hidden>',
            _controls(them),
            "</div>",
            register.table(them),
            '<div id="pages" class="pages" hidden><button type="button" id="previous">‹ Previous</button>',
            '<span id="where"></span> <button type="button" id="next">Next ›</button></div>',
            "</section>\n",
        ]
    )


def _controls(them: Class) -> str:
    words = {0: "everybody", register.LATE: "late", **register.REMARKS}
    shown = "".join(f'<option value="{bit}">{word}</option>' for bit, word in words.items())
    names = [register.called(asked) for asked in them.gradebook.functions]
    failed = "".join(f'<option value="{place}">{text(name)}</option>' for place, name in enumerate(names))
    by = "number" if them.anonymous else "name or id"
    return f"""<label>Find a {by}
<input type="search" id="find" autocomplete="off" spellcheck="false"></label>
<label>Show <select id="flag" autocomplete="off">{shown}</select></label>
<label>Has not passed <select id="failed" autocomplete="off">
<option value="-1">any or none</option>{failed}</select></label>
<p id="only" hidden>Only: <bdi id="label"></bdi>
<button type="button" id="all">Show everybody</button></p>
<p id="count" role="status"></p>"""
