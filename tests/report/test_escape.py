"""Whatever a text holds, it comes out harmless on a terminal, in a page, in Markdown and in a spreadsheet."""

import csv
import io
import json
import math
import re
import sys
from html.parser import HTMLParser
from time import perf_counter
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from nasty import TEXTS, harm, pile, texts

from grader.record import Measured
from grader.report.escape import (
    CUT,
    LINE,
    MAX_MARKS,
    PARAGRAPH,
    cell,
    fenced,
    html,
    markdown,
    paragraph,
    printable,
    repaired,
    script_json,
    throughout,
)

ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt])")
EVERY_CHARACTER = "".join(map(chr, range(sys.maxunicode + 1)))
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
ESCAPES = {"printable": printable, "paragraph": paragraph, "html": html, "cell": cell}

fuzz = settings(derandomize=True, deadline=None, database=None, max_examples=300)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def read(escaped: str) -> str:
    """What somebody who knows the escapes reads."""
    return ESCAPE.sub(lambda found: found[0].encode().decode("unicode_escape"), escaped)


class Page(HTMLParser):
    """What a parser finds in a page: tags with their attributes, and the texts between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        self.found.append(f"/{tag}")

    def handle_data(self, data):
        if isinstance(self.found[-1], list):
            self.found[-1].append(data)
        else:
            self.found.append([data])

    def handle_comment(self, data):
        self.found.append(("comment", data))

    handle_decl = handle_pi = unknown_decl = handle_comment


def written_and_read(*rows: list[str]) -> list[list[str]]:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return list(csv.reader(io.StringIO(stream.getvalue().encode().decode(), newline="")))


def is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", text, re.ASCII) is not None


def is_formula(text: str) -> bool:
    """Whether some spreadsheet could evaluate a cell: it trims blanks and quotes, and knows wide signs."""
    trimmed = text.lstrip(" \t\r\n\"'\u00a0\u3000\ufeff")
    told_to_be_text = text.startswith("'")
    return trimmed[:1] in {*SIGNS} and not is_number(text) and not told_to_be_text


# ---- one line, several lines --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", "a b"),
        ("é ⟨G, dW⟩ 🎉 導", "é ⟨G, dW⟩ 🎉 導"),
        ("C:\\new", "C:\\new"),
        ("a\tb\nc", "a\\tb\\nc"),
        ("a\r\nb", "a\\r\\nb"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u200b\u2028\ufeff", "\\u200b\\u2028\\ufeff"),
        ("\xa0", "\\xa0"),
        ("\udcff", "\\udcff"),
        ("grad_v\ufe0f \u3164\u2800", "grad_v\\ufe0f \\u3164\\u2800"),
        ("\U000e0041", "\\U000e0041"),
        ("\x1b[31m\x9b", "\\x1b[31m\\x9b"),
        ("", ""),
    ],
)
def test_a_character_that_acts_or_hides_is_written_as_an_escape(text, expected):
    assert printable(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "e\u0301 o\u0302\u0301 Nguye\u0302\u0303n",
        "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u0596\u05d9\u05ea",
        "\u0939\u093f\u0928\u094d\u0926\u0940",
        "\u0e01\u0e34\u0e48\u0e07",
        "\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f",
    ],
    ids=["Vietnamese", "Hebrew", "Hindi", "Thai", "Arabic"],
)
def test_words_of_scripts_that_need_marks_stay_as_they_are(text):
    assert printable(text) == text


def test_marks_that_pile_up_are_written_out_from_the_fifth_on():
    assert printable("a" + "\u0301" * 6 + "b\u0301") == "a\u0301\u0301\u0301\u0301\\u0301\\u0301b\u0301"


@pytest.mark.parametrize("before", ["", "\x1b", "\n", "\u200b"])
def test_a_mark_with_no_letter_below_it_is_written_out(before):
    assert printable(f"{before}\u0338x") == f"{printable(before)}\\u0338x"


def test_a_paragraph_keeps_its_lines_and_tabs_and_nothing_else_that_acts():
    assert paragraph("a\n\tb\r\nc\rd\x85\u2028\x1b") == "a\n\tb\nc\\rd\\x85\\u2028\\x1b"


def test_no_character_there_is_does_harm_on_a_line():
    assert harm(printable(EVERY_CHARACTER, limit=20_000_000)) == set()


def test_no_character_there_is_does_harm_in_a_paragraph_but_lines_and_tabs():
    assert harm(paragraph(EVERY_CHARACTER, limit=20_000_000)) == {"\n", "\t"}


def test_no_character_there_is_is_lost_but_the_carriage_return_of_a_line():
    assert read(printable(EVERY_CHARACTER.replace("\\", ""), limit=20_000_000)) == EVERY_CHARACTER.replace(
        "\\", ""
    )


def test_the_search_for_harm_would_find_it():
    assert harm("a\x1b\x9b\n\t\u202e\u2069\u061c\u2028\xa0\ud800\ue000\ufe0f\u3164\u200b ") == {
        *"\x1b\x9b\n\t\u202e\u2069\u061c\u2028\xa0\ud800\ue000\ufe0f\u3164\u200b"
    }


@fuzz
@given(texts)
def test_a_line_is_harmless(text):
    actual = printable(text)

    assert harm(actual) == set()
    assert pile(actual) <= MAX_MARKS
    assert len(actual.splitlines()) <= 1


@fuzz
@given(texts)
def test_a_paragraph_is_harmless_but_for_its_lines_and_tabs(text):
    actual = paragraph(text)

    assert harm(actual, kept="\n\t") == set()
    assert pile(actual) <= MAX_MARKS
    assert actual.encode().decode() == actual


@fuzz
@given(texts)
def test_nothing_is_lost_that_is_not_too_long(text):
    plain = text.replace("\\", "")

    assert read(printable(plain, limit=1_000_000)) == plain
    assert read(paragraph(plain, limit=1_000_000)) == plain.replace("\r\n", "\n")


@fuzz
@given(
    st.text(
        st.characters(
            categories=["L", "N", "P", "S"],
            exclude_characters="\u115f\u1160\u2800\u3164\uffa0\ufffc\U0001d159",
        )
    )
)
def test_letters_digits_and_signs_of_every_script_stay_as_they_are(text):
    assert printable(text, limit=10_000) == paragraph(text, limit=10_000) == text


# ---- length -------------------------------------------------------------------------------


@pytest.mark.parametrize("escape", ESCAPES)
@pytest.mark.parametrize("character", ["x", "é", "\u202e", "\u0301", "\0", "=", "<", "\ud800", "\n"])
def test_a_megabyte_is_cut_in_the_middle_and_says_so(escape, character):
    text = "begin" + character * 1_000_000 + "end"

    actual = ESCAPES[escape](text)

    assert CUT in actual
    assert (actual[:5], actual[-3:]) == ("begin", "end")
    assert len(actual) <= (PARAGRAPH + len(CUT)) * len("&quot;")


@pytest.mark.parametrize(
    ("escape", "limit"), [(printable, LINE), (cell, LINE), (paragraph, PARAGRAPH), (html, PARAGRAPH)]
)
def test_what_is_just_short_enough_is_not_cut(escape, limit):
    text = "x" * limit

    assert escape(text) == text
    assert escape(f"{text}x") == f"{text[: limit // 2]}{CUT}{text[limit // 2 :]}"


@pytest.mark.parametrize("escape", ESCAPES)
def test_what_will_be_cut_is_not_looked_at(escape):
    text = "\0" * 30_000_000
    start = perf_counter()

    ESCAPES[escape](text)

    assert perf_counter() - start < 1  # ten where every character is escaped first


@pytest.mark.parametrize("limit", range(12))
def test_any_limit_is_kept(limit):
    assert len(printable("0123456789a", limit)) <= max(limit + len(CUT), 11 if limit >= 11 else 0)


@fuzz
@given(texts, st.integers(0, 60))
def test_what_is_cut_is_as_harmless_and_no_longer_than_asked(text, limit):
    actual = printable(text, limit)

    assert harm(actual) == set()
    assert pile(actual) <= MAX_MARKS
    assert len(actual) <= limit + len(CUT)


# ---- in a page ----------------------------------------------------------------------------


@fuzz
@given(texts)
@example("<>&\"'")
def test_html_is_one_text_for_a_page(text):
    page = f"<p title=\"{html(text)}\" class='{html(text)}'>{html(text)}</p>".encode().decode()
    readable = paragraph(text)

    assert Page(page).found == [
        ("p", {"title": readable, "class": readable}),
        *([[readable]] if readable else []),
        "/p",
    ]


@fuzz
@given(texts)
def test_html_is_one_text_for_xml(text):
    element = ElementTree.fromstring(f"<p>{html(text)}</p>".encode())

    assert (list(element), element.text or "") == ([], paragraph(text))


@fuzz
@given(texts)
def test_html_turns_no_page_around(text):
    assert harm(html(text), kept="\n\t") == set()


def test_html_of_plain_words_is_readable_as_it_is():
    assert html("⟨G, dW⟩ is 3 × 4\n\tat all") == "⟨G, dW⟩ is 3 × 4\n\tat all"


def embedded(value) -> list[object]:
    """What a parser finds in a page with that value in a script."""
    page = f'<script type="application/json">{script_json(value)}</script><p>after</p>'
    return Page(page.encode().decode()).found


def refuse(constant: str):
    raise ValueError(f"{constant} is no JSON")


def all_repaired(value):
    """The value without lone surrogates."""
    return json.loads(
        json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").replace(b"\\ud", b"\\\\ud")
    )


@fuzz
@given(values)
@example(list(TEXTS.values()))
def test_json_in_a_script_gives_the_value_back(value):
    start, data, *rest = embedded(value)

    assert start == ("script", {"type": "application/json"})
    assert rest == ["/script", ("p", {}), ["after"], "/p"]
    assert json.loads("".join(data), parse_constant=refuse) == all_repaired(value)


@fuzz
@given(texts)
def test_json_in_a_script_is_plain_ascii_without_a_bracket(text):
    actual = script_json({text: [text]})

    assert actual.isascii()
    assert actual.isprintable()
    assert not {*actual} & {*"<>&"}


def test_json_in_a_script_says_in_words_what_is_not_finite():
    assert script_json([math.inf, -math.inf, math.nan, 0.1]) == '["Infinity", "-Infinity", "NaN", 0.1]'


@pytest.mark.parametrize("thing", [{1, 2}, b"x", 1j])
def test_what_json_does_not_have_is_refused_in_a_script(thing):
    with pytest.raises(TypeError):
        script_json([thing])


# ---- in Markdown --------------------------------------------------------------------------

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])  # and with every markup that it knows
MARKUP = {
    "a heading": "# a",
    "a heading below": "a\n===",
    "a smaller one": "a\n---",
    "a rule": "* * *",
    "a list": "- a\n* b\n+ c",
    "a numbered list": "1. a\n2) b",
    "a task": "- [ ] a",
    "a quotation": "> a\n>> b",
    "code": "`a` ``b`c``",
    "a block": "    a",
    "a block by a tab": "\ta",
    "a fence": "```\na\n```",
    "another fence": "~~~ python\na\n~~~",
    "emphasis": "*a* **b** _c_ __d__ ***e***",
    "a deletion": "~~a~~",
    "a link": "[a](b) [c][d]\n\n[d]: http://e",
    "a link by itself": "<http://a.b> <a@b.edu> http://a.b www.a.b",
    "an image": "![a](http://b/c.png)",
    "a table": "a|b\n-|-\n1|2",
    "a footnote": "a[^1]\n\n[^1]: b",
    "an element": "<b>a</b>",
    "a script": "<script>\n\na\n\n</script>",
    "a comment": "<!-- a -->",
    "an entity": "&copy; &#60;b&#62; &amp;lt;",
    "escapes": "\\*a\\* \\\\ \\",
    "a break": "a  \nb\\\nc",
    "a formula": "$a$ $$b$$ \\\\(c\\\\)",
    "attributes": "a {: .b #c}",
}
marked = st.text("*_`~[]()<>!#+-.1 \t\n\\|=:$^&;ax\"'{}/@", max_size=40)


def lines_of(source: str) -> list[str]:
    """The lines that a reader of Markdown sees; it may be nothing but text.

    Raises:
        ValueError: something is marked up.
    """
    lines = []
    for token in READER.parse(source):
        if token.type not in ("paragraph_open", "inline", "paragraph_close"):
            raise ValueError(token.type)
        lines += [""] if token.type == "inline" else []
        for child in token.children or ():
            if child.type == "hardbreak":
                lines.append("")
            elif child.type == "text":
                lines[-1] += child.content
            else:
                raise ValueError(child.type)
    return [line.rstrip(" \t") for line in lines]


def indented(line: str) -> str:
    """Blanks before a line are seen; behind it nobody sees them."""
    words = line.lstrip(" \t")
    return "\xa0" * len(line[: len(line) - len(words)].expandtabs(4)) + words.rstrip(" \t")


def is_shown_and_marks_nothing_up(text):
    expected = [indented(line) for line in paragraph(text).split("\n")]

    assert lines_of(markdown(text)) == [line for line in expected if line]


@fuzz
@given(texts | marked)
def test_markdown_shows_the_lines_of_the_paragraph_and_marks_nothing_up(text):
    is_shown_and_marks_nothing_up(text)


@pytest.mark.parametrize("text", [*MARKUP.values(), *TEXTS.values()], ids=[*MARKUP, *TEXTS])
def test_markdown_of_markup_shows_it(text):
    is_shown_and_marks_nothing_up(text)


@pytest.mark.parametrize("what", sorted(set(MARKUP) - {"a formula", "attributes", "a footnote"}))
def test_the_search_for_markup_would_find_it(what):
    """But for what this reader does not know."""
    expected = [indented(line) for line in MARKUP[what].split("\n")]
    try:
        actual = lines_of(MARKUP[what])
    except ValueError:
        actual = None

    assert actual != [line for line in expected if line]


@pytest.mark.parametrize("what", MARKUP)
def test_markdown_of_markup_has_no_sign_that_acts_alone(what):
    """So it is harmless to readers with more markup than one has here to try."""
    plain = re.sub(r"\\[\\`*_{}\[\]()#+.!|~$^=:-]|&(nbsp|lt|gt|amp);", "x", markdown(MARKUP[what]))

    assert not {*plain} & set("\\`*_{}[]()#+.!|~$^=:-<>&")
    assert not re.search(r"^[ \t]+\S", plain, re.MULTILINE)


@fuzz
@given(texts)
def test_markdown_does_no_harm_and_loses_nothing(text):
    actual = markdown(text)
    back = actual.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    assert harm(actual, kept="\n\t") == set()
    assert pile(actual) <= MAX_MARKS
    plain = re.sub(r"\\([\\`*_{}\[\]()#+.!|~$^=:-])", r"\1", back).replace("  \n", "\n")
    assert plain.split() == paragraph(text).split()


def test_plain_words_stay_readable_as_markdown_source():
    assert markdown("⟨G, dW⟩ is 3 × 4,\nnot 5") == "⟨G, dW⟩ is 3 × 4,  \nnot 5"


@fuzz
@given(texts | st.text("`~ \t\na>", max_size=40))
def test_a_fence_holds_the_paragraph_and_nothing_in_it_can_end_it(text):
    tokens = [token for token in READER.parse(f"before\n{fenced(text)}\n*after*") if token.level < 2]
    before, block, after = (token for token in tokens if token.type in ("inline", "fence"))

    assert (before.content, after.children[0].type) == ("before", "em_open")
    assert (block.info, block.content) == ("", f"{paragraph(text)}\n")


@pytest.mark.parametrize("escape", [markdown, fenced])
def test_what_is_too_long_for_markdown_loses_its_middle(escape):
    actual = escape("begin" + "x" * 1_000_000 + "end")

    assert re.fullmatch(r"(```\n)?beginx+ \\?\[[\\.]+ cut [\\.]+\] x+end(\n```)?", actual)
    assert len(actual) < PARAGRAPH + 30


@pytest.mark.parametrize(
    "inside", ["```", "a\n```\nb", "````", "`" * 70, "~~~", " ```", "a```b", "```python"]
)
def test_a_fence_is_longer_than_any_inside(inside):
    first, *_, last = fenced(inside).split("\n")

    assert first == last
    assert set(first) == {"`"}
    assert first not in inside


# ---- in a spreadsheet ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "-1.5",
        "+2",
        "-3e-05",
        "1E+2",
        "0",
        "007",
        "0012345",
        "Ada Lovelace",
        "a-b",
        "x = 1",
        "3;4",
        "é@b.edu",
    ],
)
def test_plain_words_numbers_and_ids_stay_as_they_are_in_a_cell(text):
    assert cell(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+x", "'+x"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "\\t=1"),
        ("\r=1", "\\r=1"),
        ("\n=1", "\\n=1"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("'=1", "''=1"),
        ("\uff1d1", "'\uff1d1"),
        ("\u22121+1", "'\u22121+1"),
        ("\ufeff=1", "\\ufeff=1"),
        ("\u3000=1", "\\u3000=1"),
        ("a;=1; +2", "a;'=1;' +2"),
        ("-inf", "'-inf"),
        ("-1\n", "'-1\\n"),
        ("-\u0661", "'-\u0661"),
        ("a\0b", "a\\x00b"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_a_spreadsheet_would_evaluate_is_defused_in_a_cell(text, expected):
    assert cell(text) == expected


@fuzz
@given(st.lists(texts, min_size=1, max_size=4))
def test_cells_come_back_from_a_file_and_are_no_formulas(row):
    expected = [cell(text) for text in row]

    (actual,) = written_and_read(expected)

    assert actual == expected
    assert [text for text in actual if is_formula(text)] == []
    assert [text for text in actual if harm(text)] == []


@fuzz
@given(st.lists(texts, min_size=1, max_size=4))
def test_cells_are_no_formulas_where_lists_are_separated_by_semicolons(row):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerow(["row 1", *map(cell, row)])

    (fields,) = csv.reader(io.StringIO(stream.getvalue()), delimiter=";", quoting=csv.QUOTE_NONE)

    assert [field for field in fields if is_formula(field)] == []


@fuzz
@given(texts)
def test_a_cell_is_the_line_but_for_apostrophes_before_formulas(text):
    assert cell(text).replace("'", "") == printable(text).replace("'", "")


@fuzz
@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.decimals(-1000, 1000, places=3))
def test_every_number_is_a_number_in_a_cell(number):
    assert cell(str(number)) == str(number)


@pytest.mark.parametrize("text", ["=1", "\t=1", " =1", "'=1"[1:], "\uff1d1", "-1+1", "\n+x"])
def test_the_search_for_formulas_would_find_one(text):
    assert is_formula(text)


# ---- all of a record ----------------------------------------------------------------------


def test_every_text_of_a_record_is_escaped_and_nothing_else():
    case = Measured("<", True, {"<": 1}, "<", eta=math.inf, calls={"<": 2})

    assert throughout((case, ["<", None]), html) == (
        Measured("&lt;", True, {"&lt;": 1}, "&lt;", eta=math.inf, calls={"&lt;": 2}),
        ["&lt;", None],
    )


@fuzz
@given(texts)
def test_a_repaired_text_is_utf_8_and_loses_nothing(text):
    plain = text.replace("\\", "")

    assert read(repaired(plain).encode().decode()) == plain


# ---- every named text ---------------------------------------------------------------------


@pytest.mark.parametrize("escape", ["printable", "cell"])
@pytest.mark.parametrize("what", TEXTS)
def test_a_nasty_text_is_harmless_on_a_line(what, escape):
    actual = ESCAPES[escape](TEXTS[what])

    assert (harm(actual), pile(actual) <= MAX_MARKS, is_formula(actual) and escape == "cell") == (
        set(),
        True,
        False,
    )
