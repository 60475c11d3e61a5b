"""One page with a picture for every function that was checked: it runs nothing and loads nothing.

Every text in it is escaped; its pictures are `grader.report.taylor`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.remainder import Remainders
from grader.report.document import document
from grader.report.escape import html, printable
from grader.report.taylor import caption, svg

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
section { border-top: 1px solid; margin-top: 2rem; }
h2 { font-size: 1.15rem; margin-bottom: 0; overflow-wrap: anywhere; }
p { overflow-wrap: anywhere; white-space: pre-line; }
figure { margin: 1rem 0; }
svg { border: 1px solid #999; border-radius: 6px; max-width: 100%; height: auto; }
"""


@dataclass(frozen=True)
class Entry:
    """What a page says of one function; without `remainders` there is no picture."""

    name: str
    verdict: str
    sentence: str
    remainders: Remainders | None = None


def page(title: str, entries: Sequence[Entry]) -> str:
    """One whole page of HTML, which runs nothing and loads nothing; every text in it is escaped.

    Raises:
        Fault: a picture is to be drawn, and altair or vl-convert is not installed.
    """
    sections = "".join(f"{_section(entry)}\n" for entry in entries)
    return document(printable(title), STYLE, f"<h1>{html(printable(title))}</h1>\n{sections}")


def _section(entry: Entry) -> str:
    heading = f"<bdi>{html(printable(entry.name))}</bdi>: <bdi>{html(printable(entry.verdict))}</bdi>"
    return "\n".join(
        [
            "<section>",
            f"<h2>{heading}</h2>",
            f'<p dir="auto">{html(entry.sentence)}</p>',
            *([figure(entry.remainders)] if entry.remainders else []),
            "</section>",
        ]
    )


def figure(remainders: Remainders) -> str:
    """The picture with its sentence; raises as `page` does."""
    shown = html(caption(remainders))
    return f"<figure>\n{svg(remainders)}\n<figcaption>{shown}</figcaption>\n</figure>"
