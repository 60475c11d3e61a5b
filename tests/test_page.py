"""The page shows the statement in any browser, offline, and runs nothing."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from grader.faults import Fault
from grader.page import STYLE, mathml, page
from grader.statement import anchor, statement

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VOID = {"meta", "img", "br", "hr"}


class Outline(HTMLParser):
    """Checks that what opens closes, and keeps what is where."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def shown(assignment):
    return page(statement(assignment))


def test_it_is_well_formed_and_holds_every_problem_and_shape(assignment, shown):
    outline = Outline(shown)
    ids = {value for _, name, value in outline.attributes if name == "id"}
    for problem in assignment.problems:
        assert anchor(f"{problem.number} {problem.name}") in ids
        assert f"{problem.name}(" in outline.text
    assert outline.tags.count("table") == statement(assignment).count("\n| ---") + statement(
        assignment
    ).count("\n|---")


def test_every_link_leads_to_one_heading_of_the_page(shown):
    outline = Outline(shown)
    ids = [value for _, name, value in outline.attributes if name == "id"]
    links = [value for _, name, value in outline.attributes if name == "href"]
    assert len(set(ids)) == len(ids)
    assert len(links) == 25 and {link.removeprefix("#") for link in links} <= set(ids)


def test_nothing_runs_and_nothing_is_fetched(shown):
    outline = Outline(shown)
    assert not {"script", "iframe", "link", "object", "img", "base", "form"} & set(outline.tags)
    assert not re.search(r"https?:|//\w|url\(|@import", shown)
    assert not [name for _, name, _ in outline.attributes if name.startswith("on")]
    assert "default-src 'none'" in shown


def test_headings_go_down_one_level_at_a_time(shown):
    levels = [int(tag[1]) for tag in Outline(shown).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))


def test_the_text_stands_out_from_the_paper_in_light_and_dark():
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    schemes = STYLE.split("prefers-color-scheme: dark")
    assert len(schemes) == 2
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): (#\w{6})", scheme))
        for ink in ("ink", "quiet", "link"):
            for paper in ("paper", "shade"):
                low, high = sorted(luminance(colours[name]) for name in (ink, paper))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, paper)


# ---- formulas ---------------------------------------------------------------------------------


def formulas(words):
    return [a or b for a, b in re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", words, re.DOTALL)]


def test_every_formula_of_the_statement_is_shown_as_mathematics(assignment, shown):
    sources = formulas(re.sub(r"```.*?```|`[^`\n]*`", "", statement(assignment), flags=re.DOTALL))
    found = re.findall(r"<math.*?</math>", shown, re.DOTALL)
    assert len(found) == len(sources) > 80
    for formula in found:
        assert "\\" not in "".join(ElementTree.fromstring(formula).itertext())
    assert "$" not in Outline(shown).text


@pytest.mark.parametrize(
    ("latex", "holds"),
    [
        (r"\tilde U", '<mover accent="true"><mi>U</mi>'),
        (r"\hat y", '<mover accent="true"><mi>y</mi>'),
        (r"\mathbb{R}^{m \times n}", "<mi>&#x0211D;</mi><mrow><mi>m</mi><mo>&#x000D7;</mo><mi>n</mi></mrow>"),
        (r"\operatorname{tr}(A)", '<mo lspace="0.167em" rspace="0">tr</mo><mo stretchy="false">&#x00028;'),
        (r"2\cos t", '<mn>2</mn><mo lspace="0.167em" rspace="0.167em">cos</mo><mi>t</mi>'),
        (r"A^\top \circ B", "<mo>&#x022A4;</mo></msup><mo>&#x02218;</mo>"),
        (r"\langle G, dX\rangle", "&#x027E8;"),
        (r"\|x\|^2", "&#x02016;"),
        (r"\lVert x \rVert^2", '<msup><mo fence="false" stretchy="false">&#x02016;</mo><mn>2</mn></msup>'),
    ],
)
def test_the_commands_of_the_course_come_out_right(latex, holds):
    assert holds in mathml(latex)
    ElementTree.fromstring(mathml(latex, block=True))


@pytest.mark.parametrize("latex", [r"\begin{x}", "{", "a_", r"\left( x", r"\foo x"])
def test_a_formula_that_cannot_be_shown_is_a_fault_that_quotes_it(latex):
    with pytest.raises(Fault, match=re.escape(f"the formula ${latex}$ ")):
        page(f"# A\n\nLet ${latex}$ be.")


def test_mathematics_in_the_middle_of_a_sentence_keeps_its_full_stop():
    assert re.search(r'<span class="together">.*</math></span>\.</span> Then', page("# A\n\n$x$. Then"))


# ---- what an author may have written ----------------------------------------------------------


def test_raw_html_and_scripts_come_out_as_text():
    told = page(
        '# <b>A</b>\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) <img src="a" onerror="b">'
    )
    assert not {"script", "img", "b"} & set(Outline(told).tags)
    assert "javascript:" not in "".join(str(v) for _, n, v in Outline(told).attributes if n == "href")
    assert "<title>&lt;b&gt;A&lt;/b&gt;</title>" in told


def test_a_picture_is_a_fault_unless_it_is_inside_the_page():
    with pytest.raises(Fault, match=r"the picture curve\.png would not be in the students' package"):
        page("# A\n\n![a curve](curve.png)")
    told = page("# A\n\n![a <curve>](data:image/png;base64,AAAA)")
    assert '<img src="data:image/png;base64,AAAA" alt="a &lt;curve&gt;">' in told


def test_code_with_words_behind_its_language_is_folded():
    told = page("# A\n\n```python the code of f\nx < 1\n```\n\n```python\ny\n```")
    assert "<summary>The code of f</summary>\n<pre><code>x &lt; 1\n</code></pre>" in told
    assert told.count("<details>") == 1


def test_without_the_libraries_one_sentence_says_what_to_install(tmp_path):
    (tmp_path / "mdit_py_plugins.py").touch()  # stands before the package, and is none
    code = "import grader.page as p\ntry: p.page('# A')\nexcept p.Fault as fault: print(fault)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "-m pip install markdown-it-py mdit-py-plugins latex2mathml`" in done.stdout


# ---- a real browser ---------------------------------------------------------------------------


def browse(path, *options):
    """Chromium's own words about a page, and the page as it stands after loading."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed to look at the page with")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    command += ["--disable-component-update", "--disable-sync", "--no-first-run", "--enable-logging=stderr"]
    command += ["--v=0", f"--user-data-dir={path.parent / 'profile'}", *options, "--dump-dom", path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return [line for line in done.stderr.splitlines() if "CONSOLE" in line], done.stdout


def test_a_browser_has_nothing_to_complain_about(shown, tmp_path):
    path = tmp_path / "statement.html"
    path.write_text(shown, encoding="utf-8")
    complaints, dom = browse(path)
    assert complaints == []
    assert dom.count("</math>") == shown.count("</math>")


def test_the_browser_would_have_complained(shown, tmp_path):
    path = tmp_path / "planted.html"
    planted = "<script>1</script><img src='https://example.org/a.png'></main>"
    path.write_text(shown.replace("</main>", planted), encoding="utf-8")
    complaints, _ = browse(path)
    assert len(complaints) == 2


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\text{for i<n, j>0}",
        r"\text{this & that}",
        r"\begin{aligned} dL &= 2e\,de \\ &= 0\end{aligned}",
    ],
)
def test_a_formula_that_would_break_the_page_is_a_fault(latex):
    with pytest.raises(Fault, match=r"the formula .* cannot be (shown|read)"):
        mathml(latex)


def test_two_prices_are_no_formula():
    assert "costs $5 and $6" in page("# T\n\nIt costs $5 and $6.")


def test_primes_are_told_apart():
    """As superscripts they would be too small for that."""
    assert [mathml(f"f{primes}(t)").count("<msup>") for primes in ("'", "''")] == [0, 0]
