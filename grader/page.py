"""Markdown with dollar mathematics as one page: no script, no font, no picture from elsewhere, no network.

Formulas become MathML, which browsers show themselves. Raw HTML comes out as text. A formula that cannot be
shown is a fault that quotes it; a page never holds half of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from grader.faults import Fault, missing
from grader.report.document import document
from grader.statement import anchor

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

PACKAGES = ("markdown-it-py", "mdit-py-plugins", "latex2mathml")
NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'  # which HTML implies
FUNCTION = re.compile(r"<m([io])>([A-Za-z]{2,})</m\1>(?=(<mo[^>]*>&#x00028;)?)")
ACCENT = re.compile(
    r"<mover>(?=(?:<mi>[^<]*</mi>|<mrow>(?:(?!</mrow>).)*</mrow>)<mo[^>]*>&#x0(?:007E|00AF|02D9);)"
)
PRIMES = re.compile(r"<msup>(<mi>[^<]*</mi>)<mi>(&#x0203[234];)</mi></msup>")  # raised as they are
BAR = re.compile(r"<mo>(&#x02016;|&#x0007C;)</mo>")  # of \lVert: one with an exponent would shrink
UNKNOWN = re.compile(r"\\[A-Za-z]+")
# the end of a clause behind a formula: no break before
ENDING = re.compile(r'(<span class="math inline">(?:(?!</span>).)*</span>)([.,;:!?)]+)')
STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fdfdfc; --quiet: #5a5a64; --line: #d5d5db;
  --shade: #f1f1f4; --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e4e8; --paper: #17171a; --quiet: #a5a5b0; --line: #3c3c44; --shade: #232328;
    --link: #8ab8f5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1.25rem 5rem; color: var(--ink);
  background: var(--paper);
  font: 1.0625rem/1.6 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2.2em 0 0.6em; text-wrap: balance; }
h1 { font-size: 2rem; margin-top: 0; }
h2 { font-size: 1.5rem; margin-top: 3rem; padding-top: 1.2rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.15rem; }
ul { padding-left: 1.25rem; }
li { margin: 0.35rem 0; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code { font: 0.9em ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; }
:not(pre) > code { background: var(--shade); border-radius: 0.25em; padding: 0.08em 0.3em;
  overflow-wrap: break-word; }
a > code { color: inherit; text-decoration: none; }
a:has(> code) { text-decoration: none; }
pre { background: var(--shade); border-radius: 0.4em; padding: 0.75rem 1rem; overflow-x: auto;
  line-height: 1.45; }
details { margin: -0.4rem 0 1.2rem; }
summary { color: var(--quiet); cursor: pointer; font-size: 0.9em; }
table { border-collapse: collapse; font-size: 0.95em; }
th, td { border-bottom: 1px solid var(--line); padding: 0.35rem 1rem 0.35rem 0; text-align: left;
  vertical-align: top; }
th { color: var(--quiet); font-weight: 600; }
math { font-size: 1.06em; font-family: "Latin Modern Math", "STIX Two Math", "Cambria Math",
  "DejaVu Math TeX Gyre", math; }
.wide, .block { overflow-x: auto; margin: 1rem 0; }
.block { overflow-y: hidden; padding: 0.2rem 0; }
.together { white-space: nowrap; }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } h2, h3 { break-after: avoid; }
  pre, table { break-inside: avoid; } details::details-content { content-visibility: visible; } }
"""


def page(markdown: str) -> str:
    """The whole HTML file; its title is the first heading's.

    Raises:
        Fault: the libraries for it are missing, or a formula or a picture cannot be shown.
    """
    reader = _reader()
    tokens = reader.parse(markdown)
    title = next((b.content for a, b in pairwise(tokens) if a.type == "heading_open"), "")
    body = ENDING.sub(
        r'<span class="together">\1\2</span>', reader.renderer.render(tokens, reader.options, {})
    )
    return document(title, STYLE, f"<main>\n{body}</main>\n")


def _reader() -> MarkdownIt:
    """CommonMark with tables, dollar mathematics, and an id for every heading."""
    try:
        import latex2mathml.converter  # noqa: F401 - for the formulas, later
        from markdown_it import MarkdownIt
        from mdit_py_plugins.anchors import anchors_plugin
        from mdit_py_plugins.dollarmath import dollarmath_plugin
    except ImportError:
        raise Fault(missing(*PACKAGES)) from None
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    dollarmath_plugin(reader, renderer=_formula, allow_labels=False, allow_digits=False, double_inline=True)
    anchors_plugin(reader, max_level=6, slug_func=anchor)
    for name, rule in RULES.items():
        reader.add_render_rule(name, rule)
    return reader


def _formula(latex: str, options: dict[str, Any]) -> str:
    return mathml(latex, block=options["display_mode"])


def mathml(latex: str, *, block: bool = False) -> str:
    """A formula as browsers show it.

    Raises:
        Fault: it is not understood; else it would be shown as its own source.
    """
    from latex2mathml.converter import convert

    try:
        found = convert(latex, display="block" if block else "inline").replace(NAMESPACE, "")
    except Exception as error:  # on what is no LaTeX it raises two dozen kinds
        raise Fault(f"the formula ${latex}$ cannot be read ({type(error).__name__}); mend it") from None
    unknown = UNKNOWN.search(found)
    if not _is_sound(found):
        raise Fault(f"the formula ${latex}$ cannot be shown: write words, <, > and & outside of it")
    if unknown:
        raise Fault(f"the formula ${latex}$ has {unknown[0]}, which the page cannot show; write it otherwise")
    found = BAR.sub(r'<mo fence="false" stretchy="false">\1</mo>', found)
    found = PRIMES.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', found)
    return ACCENT.sub('<mover accent="true">', FUNCTION.sub(_function, found))


def _is_sound(found: str) -> bool:
    """Whether it is well-formed and nothing but mathematics; words are taken over as they are."""
    try:
        elements = list(ElementTree.fromstring(found).iter())
    except ElementTree.ParseError:
        return False
    return all(re.fullmatch("m[a-z]+", element.tag) for element in elements)


def _function(match: re.Match[str]) -> str:
    """The name of a function, such as tr or cos, with TeX's space on either side: none before a bracket."""
    behind = "0" if match[3] else "0.167em"
    return f'<mo lspace="0.167em" rspace="{behind}">{match[2]}</mo>'


def _fence(_: object, tokens: Sequence[Token], place: int, *__: object) -> str:
    """Code; with words behind its language it is folded under them."""
    _language, _, words = tokens[place].info.strip().partition(" ")
    code = f"<pre><code>{escape(tokens[place].content)}</code></pre>\n"
    said = escape(words[:1].upper() + words[1:])
    return f"<details>\n<summary>{said}</summary>\n{code}</details>\n" if words else code


def _image(_: object, tokens: Sequence[Token], place: int, *__: object) -> str:
    token = tokens[place]
    source = str(token.attrs.get("src", ""))
    if not source.startswith("data:"):
        raise Fault(f"the picture {source} would not be in the students' package; leave it out")
    return f'<img src="{escape(source)}" alt="{escape(token.content)}">'


RULES: dict[str, Callable[..., str]] = {
    "fence": _fence,
    "image": _image,
    "table_open": lambda *_: '<div class="wide"><table>\n',
    "table_close": lambda *_: "</table></div>\n",
}
