"""A hook of the site's: every formula is MathML before a browser sees it, so no page needs a script for it.

A formula that cannot be shown ends the build; no page has half of one.
"""

from __future__ import annotations

import re
from html import unescape

from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page

from grader.faults import Fault
from grader.page import ENDING, mathml

INLINE = re.compile(r'<span class="arithmatex">\\\((.*?)\\\)</span>', re.DOTALL)
BLOCK = re.compile(r'<div class="arithmatex">\s*\\\[(.*?)\\\]</div>', re.DOTALL)


def on_page_content(html: str, page: Page, **_: object) -> str:
    """The page with its formulas written out.

    Raises:
        PluginError: one of them cannot be shown.
    """

    def shown(match: re.Match[str], *, block: bool) -> str:
        try:
            formula = mathml(unescape(match[1]).strip(), block=block)
        except Fault as fault:
            raise PluginError(f"{page.file.src_uri}: {fault}") from None
        tag, look = ("div", "block") if block else ("span", "inline")
        return f'<{tag} class="math {look}">{formula}</{tag}>'

    html = BLOCK.sub(lambda match: shown(match, block=True), html)
    html = INLINE.sub(lambda match: shown(match, block=False), html)
    html = ENDING.sub(r'<span class="together">\1\2</span>', html)
    return html.replace('class="math inline"', 'class="formula"')  # the theme floats what is called inline
