"""What a student had a say in comes out as harmless text, and nothing is lost that a person could read.

Names, messages, prints and file names may hold anything: codes that move a cursor or turn a line around,
markup, formulas, half characters, a megabyte. What would act, hide or pile up is written out as `\\x1b`;
what is too long loses its middle, visibly. Letters stay as they are, whatever their script and direction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from math import isfinite
from typing import Any
from unicodedata import category

LINE = 1000  # characters that are shown of a text on one line
PARAGRAPH = 20_000  # and of one that keeps its lines
CUT = " [... cut ...] "
MOST_KNOWN = 1 << 10  # characters
MAX_MARKS = 4  # on one letter; Hebrew with vowels and accents has four, Vietnamese two
RANGES = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))  # variation selectors
# what Python calls printable, and nobody sees
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\U00016fe4\U0001d159").union(
    chr(code) for first, last in RANGES for code in range(first, last + 1)
)
LEAVES = (str, float, int, type(None))
SCRIPT = {ord(c): f"\\u{ord(c):04x}" for c in "<>&"}
MARKS = re.compile(r"[\\\\`*_{}\[\]()#+.!|~$^=:-]")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
FORMULA = re.compile("[ '\"]*[-=+@\uff0d\uff1d\uff0b\uff20\ufe63\ufe66\ufe62\ufe6b\u2212]")


def printable(text: str, limit: int = LINE) -> str:
    """The text on one line: whatever is not printable is written as an escape."""
    return _shown(text, "", limit)


def paragraph(text: str, limit: int = PARAGRAPH) -> str:
    """The same, but line breaks and tabs stay what they are."""
    return _shown(text.replace("\r\n", "\n"), "\n\t", limit)


def html(text: str, limit: int = PARAGRAPH) -> str:
    """A paragraph as the content of an element, or as an attribute between quotes."""
    from html import escape  # only where a page is written

    return escape(paragraph(text, limit))


def markdown(text: str, limit: int = PARAGRAPH) -> str:
    """A paragraph that Markdown shows as it stands: nothing in it marks anything up, lines stay lines.

    Ampersands and angle brackets become entities, so it is harmless to a reader without backslashes, too.
    """
    return "  \n".join(map(_literally, paragraph(text, limit).split("\n")))


def _literally(line: str) -> str:
    from html import escape  # only where markup is written

    words = line.lstrip(" \t")  # behind four spaces Markdown takes a line for code
    margin = line[: len(line) - len(words)].expandtabs(4)
    return "&nbsp;" * len(margin) + escape(MARKS.sub(r"\\\g<0>", words), quote=False)


def fenced(text: str, limit: int = PARAGRAPH) -> str:
    """A paragraph as a block of code in Markdown, which nothing in it can end."""
    inside = paragraph(text, limit)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", inside)), default=0))
    return f"{fence}\n{inside}\n{fence}"


def script_json(value: Any) -> str:
    """A value of JSON's types, for `<script type="application/json">`: ASCII that cannot end the script.

    The texts are in it as they are, but for lone surrogates; numbers that are not finite become texts. What
    a script shows on the page it should get `throughout` as `paragraph`s: a text node knows bidi controls.
    """
    return json.dumps(_mapped(value, _strict), allow_nan=False).translate(SCRIPT)


def cell(text: str, limit: int = LINE) -> str:
    """One line for a cell of a CSV file, which no spreadsheet takes for a formula; plain numbers stay.

    Where lists are separated by semicolons a spreadsheet also begins a cell behind each of them.
    """
    line = printable(text, limit)
    return line if NUMBER.fullmatch(line) else ";".join(map(_no_formula, line.split(";")))


def throughout(value: Any, escape: Callable[[str], str]) -> Any:
    """The same record, mapping, tuple or list, with every text in it escaped."""
    return _mapped(value, lambda leaf: escape(leaf) if isinstance(leaf, str) else leaf)


def repaired(text: str) -> str:
    """The text as one that UTF-8 can hold: a lone surrogate is written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode()


def _shown(text: str, kept: str, limit: int) -> str:
    if text.isascii() and text.isprintable():
        return _cut(text, limit)
    cut = _cut(text, limit)
    if not all(map(_is_plain, {*cut}.difference(kept))):  # few different ones, and most texts are plain
        cut = "".join(_escaped(cut, kept))
    return _cut(cut, limit)


def _cut(text: str, limit: int) -> str:
    """Start and end of what is too long."""
    return text if len(text) <= limit else text[: limit - limit // 2] + CUT + text[len(text) - limit // 2 :]


@lru_cache(MOST_KNOWN)
def _is_plain(c: str) -> bool:
    """Whether a character stays as it is wherever it stands."""
    return c.isprintable() and c not in UNSEEN and category(c)[0] != "M"


def _escaped(text: str, kept: str) -> Iterator[str]:
    """Character by character. A mark needs a letter to stand on, and one letter carries only so many."""
    marks = MAX_MARKS
    for c in text:
        marks = marks + 1 if category(c)[0] == "M" else 0
        plain = c.isprintable() and c not in UNSEEN and marks <= MAX_MARKS
        if not plain:
            marks = MAX_MARKS
        yield c if plain or c in kept else c.encode("unicode_escape").decode()


def _no_formula(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same value with every leaf changed, keys of mappings among them."""
    if isinstance(value, LEAVES):
        return change(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_mapped(item, change) for item in value)
    if isinstance(value, Mapping):
        return {change(key): _mapped(item, change) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{name: _mapped(item, change) for name, item in vars(value).items()})
    return value


def _strict(leaf: Any) -> Any:
    """A leaf that every reader of JSON takes, with the names that pydantic gives what is not finite."""
    if isinstance(leaf, float) and not isfinite(leaf):
        return {"inf": "Infinity", "-inf": "-Infinity"}.get(str(float(leaf)), "NaN")
    return repaired(leaf) if isinstance(leaf, str) else leaf
