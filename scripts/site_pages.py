"""A hook of the site's: the pages that lie elsewhere in the repository, and links that fit both places.

Nothing is copied by hand: the overview is README.md, the homework is the statement that students get.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from grader.assignment import load_assignment
from grader.statement import statement

ROOT = Path(__file__).parents[1]
ELSEWHERE = {"README.md": "overview.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
LINKS = {**ELSEWHERE, "problems": "homework.md"}
FOLDED = re.compile(r"^(`{3,})(\w+) ([^\n]+)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
HOMEWORK = """!!! note "An example"
    This is the assignment that comes along with grader, as `grader handout` writes it for students: their
    page is made from `problems/` alone, formulas and tables of shapes included.

"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    for source, name in ELSEWHERE.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text(encoding="utf-8")))
    title, _, rest = statement(load_assignment(ROOT)).partition("\n\n")
    homework = f"{title}\n\n{HOMEWORK}{FOLDED.sub(_unfolding, rest)}"
    files.append(File.generated(config, "homework.md", content=homework))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Links as the site has its pages: those of the repository's other files among them."""
    if page.file.src_uri in ELSEWHERE.values():
        markdown = markdown.replace("](docs/", "](")
    up = "../" * page.file.src_uri.count("/")
    for source, name in LINKS.items():
        markdown = markdown.replace(f"]({up}../{source}", f"]({up}{name}")
    return markdown


def _unfolding(match: re.Match[str]) -> str:
    """Code below the words that a reader unfolds it with."""
    fence, language, words, code = match.groups()
    return f'??? note "{words[:1].upper()}{words[1:]}"\n' + indent(
        f"{fence}{language}\n{code}{fence}", " " * 4
    )
