"""Code side by side: all that is similar is there, every text in it harmless, and the page does not grow."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from browser import CHROMIUM, browser
from gradebooks import made
from hypothesis import given, settings
from nasty import TEXTS, harm, pile, texts
from pages import Tree

from grader.batch.gradebook import Similar
from grader.batch.similar.similarity import Alike, Beside, Compared, Row
from grader.report.concerns import COMMON, SIDE_BY_SIDE
from grader.report.escape import MAX_MARKS
from grader.report.similar import FILE, MARKED, MOST_BYTES, MOST_LETTERS, MOST_LINES, page
from grader.report.style import STYLE

CLASS = made(6, seed=2)
IDS = [line.student.id for line in CLASS.lines]
ROWS = (Row(3, "def grad_v(v, U, y):", same=False), Row(4, "    return v @ U < y", same=True))


def told(*pairs):
    """A page of pairs of students, each with what they have side by side."""
    similar = tuple(
        Similar(one, other, 0.9, tuple(b.function for b in beside)) for one, other, beside in pairs
    )
    alike = tuple(Alike(one, other, 0.9, beside) for one, other, beside in pairs)
    return page(replace(CLASS, similar=similar), Compared(alike, {}))


PAGE = told((IDS[0], IDS[1], (Beside("grad_v", ROWS, ROWS[:1]),)))


def test_both_sides_are_there_and_the_same_is_marked_by_a_sign():
    lines = re.findall(r'<span class="(line[ a-z]*)"><i>(\d*)</i><b>(=?)</b><bdi dir="ltr">(.*?)</bdi>', PAGE)
    assert lines == [
        ("line", "3", "", "def grad_v(v, U, y):"),
        ("line same", "4", "=", "    return v @ U &lt; y"),
        ("line", "3", "", "def grad_v(v, U, y):"),
    ]
    assert "90 % in common, in 1 function." in Tree(PAGE).said


def test_the_dashboard_links_to_where_a_pair_is():
    assert FILE == SIDE_BY_SIDE
    text = told((IDS[0], IDS[1], ()), (IDS[2], IDS[3], ()))
    assert re.findall('<section id="([^"]+)">', text) == ["pair-1", "pair-2"]
    links = re.findall('href="([^"]+)"', text)
    assert {"#pair-1", "#pair-2", "dashboard.html"} <= set(links)
    assert all(re.match(r"#pair-\d$|dashboard\.html$|feedback/[\w%.-]+\.html$", link) for link in links)


def test_nothing_runs_and_nothing_is_loaded():
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', PAGE)
    assert "default-src 'none'" in policy and "script" not in policy
    tags = set(Tree(PAGE).tags)
    assert tags.isdisjoint({"script", "img", "link", "iframe", "form", "base"})


def test_it_accuses_nobody():
    assert not re.search("cheat|plagiar|copied|copy|dishonest|misconduct", PAGE.replace(STYLE, ""), re.I)
    assert "proves nothing" in COMMON and "=" in MARKED


def test_nothing_found_is_a_page_too():
    assert "None was found." in told()


def test_long_code_is_cut_and_says_so():
    rows = tuple(Row(n, "x" * 5000, same=True) for n in range(1, MOST_LINES + 8))
    text = told((IDS[0], IDS[1], (Beside("grad_v", rows, ()),)))
    assert text.count('class="line same"') == MOST_LINES and "7 further lines left out here." in text
    assert "Nothing more of it." in text
    assert max(map(len, re.findall(r'<bdi dir="ltr">(.*?)</bdi>', text))) < 2 * MOST_LETTERS


def test_the_page_is_capped_and_every_pair_stays_on_it():
    rows = tuple(Row(n, "<" * MOST_LETTERS, same=True) for n in range(MOST_LINES))
    beside = tuple(Beside(f"f{n}", rows, rows) for n in range(20))
    text = told(*[(IDS[0], IDS[1], beside)] * 50)
    assert MOST_BYTES * 0.5 < len(text.encode()) < MOST_BYTES * 1.2
    assert text.count("<section") == 50 and "The page is long enough" in text


def is_harmless(text):
    rows = (Row(1, text, same=True), Row(2, text, same=False))
    found = told((IDS[0], IDS[1], (Beside(text, rows, rows),)))
    tree = Tree(found.replace(f"<style>{found.partition('<style>')[2].partition('</style>')[0]}</style>", ""))
    assert set(tree.tags).isdisjoint({"script", "img", "iframe", "b2", "link", "form"})
    assert not any(name.startswith("on") for name, _ in tree.attributes)
    assert harm(tree.said, kept="\n\t") == set() and pile(tree.said) <= MAX_MARKS
    found.encode()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_code_acts_or_hides(text):
    is_harmless(text)


@settings(derandomize=True, deadline=None, database=None, max_examples=25)
@given(texts)
def test_no_code_that_can_be_thought_of_does(text):
    is_harmless(text)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_a_browser_has_no_complaint_and_shows_two_columns(tmp_path):
    path = tmp_path / FILE
    path.write_text(PAGE, encoding="utf-8")
    with browser(tmp_path / "profile") as tab:
        size = {"width": 1400, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        tab.call("Emulation.setDeviceMetricsOverride", **size)
        tab.open(f"{path.as_uri()}#pair-1")
        assert tab.complaints == []
        assert len(tab.requests) == 1
        places = tab.run(
            "Array.from(document.querySelectorAll('.sides > div'), d => d.getBoundingClientRect().left)"
        )
        assert places[0] < places[1]
        wide = tab.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0


def test_no_word_of_ours_accuses():
    """Neither in the code of the reports nor in the option's help or in the documents."""
    root = Path(__file__).parents[2]
    paths = [
        *(root / "grader" / "report").glob("*.py"),
        *(root / "grader" / "batch").glob("*.py"),
        *(root / "docs").glob("*.md"),
        *(root / name for name in ("README.md", "grader/cli.py")),
    ]
    accusing = [
        path.name
        for path in paths
        if re.search(r"cheat|plagiar|dishonest|\bcopied from\b", path.read_text("utf-8"), re.IGNORECASE)
    ]
    assert len(paths) > 30 and accusing == []
