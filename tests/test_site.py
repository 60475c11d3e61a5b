"""The documentation site is built strictly, without a network, and no page loads anything from elsewhere."""

import fcntl
import importlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from pkgutil import resolve_name
from types import SimpleNamespace

import click
import pytest
from mkdocs.exceptions import PluginError

import grader
from grader import distributions, problem, settings, shapes
from grader.assignment import load_assignment
from grader.cli import main
from grader.page import page as students_page
from grader.statement import statement

ROOT = Path(__file__).parents[1]
BUILD = """
import os, sys
from contextlib import suppress
from grader.sandbox import kernel

with suppress(OSError):  # where the kernel lets us have a network of our own, with nothing in it
    kernel.unshare(kernel.CLONE_NEWNET | (kernel.CLONE_NEWUSER if os.geteuid() else 0))
from mkdocs.__main__ import cli

cli(["build", "--strict", "--site-dir", sys.argv[1]])
"""
FROM_ELSEWHERE = re.compile(r"(https?:)?//")
LOADED_BY = {
    "script": "src",
    "link": "href",
    "img": "src",
    "source": "src",
    "iframe": "src",
    "object": "data",
}


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site; it is built once, however many workers there are."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    with (folder / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = folder / "site.txt"
        if not said.exists():
            done = subprocess.run(
                [sys.executable, "-c", BUILD, folder / "site"],
                cwd=ROOT,
                env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            said.write_text(done.stdout + done.stderr * (done.returncode or "WARNING" in done.stderr))
    assert said.read_text() == ""
    return folder / "site"


def pages(site):
    return {
        str(path.relative_to(site)): path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))
    }


def anchors(text):
    return {attributes["id"] for _, attributes in Tags(text).found if "id" in attributes}


def commands(command=main, words=("grader",)):
    """Every command, below the words that call it."""
    yield " ".join(words), command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*words, name))


def hook(name, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module(name)


def test_the_site_has_a_page_for_every_reader(site):
    names = set(pages(site))
    written = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    assert {name.replace(".md", ".html") for name in written} <= names
    assert {"overview.html", "changelog.html", "contributing.html", "homework.html"} <= names


def test_no_page_loads_anything_from_elsewhere(site):
    loaded = [
        (name, attributes[LOADED_BY[tag]])
        for name, text in pages(site).items()
        for tag, attributes in Tags(text).found
        if tag in LOADED_BY
        and attributes.get("rel") not in ("prev", "next")
        and attributes.get(LOADED_BY[tag])
    ]
    assert len(loaded) > 100
    assert [(name, what) for name, what in loaded if FROM_ELSEWHERE.match(what)] == []


def test_no_style_loads_anything_from_elsewhere(site):
    texts = [path.read_text(encoding="utf-8") for path in (*site.rglob("*.css"), *site.rglob("*.html"))]
    assert [
        found for text in texts for found in re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//.{20}", text)
    ] == []


def test_no_page_has_what_the_theme_fetches_a_script_for(site):
    """Diagrams; and an observer of sizes, which every browser since 2020 has."""
    bundle = next(path for path in site.rglob("bundle*.js")).read_text(encoding="utf-8")
    assert set(re.findall(r"https://[^\"'`]*\.com/(\w+)[@-]", bundle)) == {"mermaid", "resize"}
    assert [name for name, text in pages(site).items() if re.search(r'class="[^"]*mermaid', text)] == []


def test_every_formula_is_mathml(site):
    texts = pages(site)
    asked = students_page(statement(load_assignment(ROOT)))
    assert texts["homework.html"].count("<math") == asked.count("<math") > 50
    assert texts["student.html"].count("<math") >= 3
    assert [name for name, text in texts.items() if "arithmatex" in text] == []
    floating = re.compile(r'class="[^"]*\binline\b')  # the theme's word for what text flows around
    assert [name for name, text in texts.items() if floating.search(text)] == []


def test_a_formula_that_cannot_be_shown_ends_the_build(monkeypatch):
    formulas = hook("site_formulas", monkeypatch)
    on = SimpleNamespace(file=SimpleNamespace(src_uri="x.md"))
    shown = formulas.on_page_content(r'<span class="arithmatex">\(a &lt; b\)</span>', page=on)
    assert "<math" in shown and "arithmatex" not in shown
    with pytest.raises(PluginError, match=r"x\.md: the formula \$\\nothing\$"):
        formulas.on_page_content(r'<span class="arithmatex">\(\nothing\)</span>', page=on)


@pytest.mark.parametrize(("words", "command"), list(commands()), ids=[words for words, _ in commands()])
def test_every_command_says_what_it_does_with_an_example(words, command):
    _, example, typed = command.get_help(click.Context(command, info_name=words)).partition("Example:\n")
    assert example and re.match(rf"\s+{words}\b", typed)


def test_every_command_and_option_has_its_place(site):
    texts = pages(site)
    for words, command in commands():
        top = (*words.split(), "index")[1]
        text = texts[f"commands/{top}.html"]
        assert words == "grader" or words.replace(" ", "-") in anchors(text)
        options = [name for option in command.params for name in option.opts if name.startswith("--")]
        assert [name for name in options if name not in text and name not in ("--help", "--version")] == []


def test_the_reference_has_every_public_name(site):
    """What `import grader` offers, what an author may write, and all that the shipped assignments import."""
    named = {f"grader.{name}" for name, value in vars(grader).items() if callable(value) and name[0] != "_"}
    named |= {f"{each.__module__}.{each.__name__}" for each in (*problem.KINDS, problem.Draws)}
    named |= {f"{each.__module__}.{each.__name__}" for each in (*shapes.SPECS, *distributions.DISTRIBUTIONS)}
    named |= {f"{each.__module__}.{each.__name__}" for each in settings.TABLES.values()}
    shipped = [ROOT, ROOT / "grader" / "template"]
    for path in (
        file for top in shipped for half in ("problems", "reference") for file in (top / half).glob("*.py")
    ):
        for module, names in re.findall(r"^from (grader\.\w+) import (.*)$", path.read_text(), re.MULTILINE):
            named |= {f"{module}.{name}" for name in names.split(", ")}
    assert {"grader.check", "grader.check_all", "grader.functions.Activation", "grader.shapes.Slope"} <= named
    there = set().union(
        *(anchors(text) for name, text in pages(site).items() if name.startswith("reference/"))
    )
    assert sorted(named - there) == []


def test_whatever_the_reference_shows_is_described():
    shown = [
        name
        for path in (ROOT / "docs" / "reference").glob("*.md")
        for name in re.findall(r"^::: (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert len(shown) > 50
    generated = re.compile(r"\w+\(.*\)|$", re.DOTALL)  # a dataclass without a docstring has its signature
    assert [name for name in shown if generated.fullmatch(resolve_name(name).__doc__ or "")] == []


def test_the_example_of_a_program_that_grades_runs(tmp_path):
    text = (ROOT / "docs" / "reference" / "grading.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    program = program.replace('Path("hw2.py")', 'Path("submissions_example/right_closed_form/hw2.py")')
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout[:4]) == (0, "100 "), done.stderr


def test_the_imports_that_the_reference_shows_work():
    text = (ROOT / "docs" / "reference" / "index.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(program, {})


def test_the_picture_of_the_data_flow_is_what_its_script_draws():
    command = [sys.executable, ROOT / "scripts" / "data_flow.py", "--check"]
    assert subprocess.run(command, check=False).returncode == 0, "run scripts/data_flow.py"


COMPLETE = """
eval "$(_GRADER_COMPLETE=bash_source grader)"
COMP_WORDS=({words}) COMP_CWORD={place}
$(complete -p grader | sed 's/.* -F \\([^ ]*\\) .*/\\1/') grader
echo "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["grader", "ver"], ["verify"]),
        (["grader", "db", "over"], ["override", "overrides"]),
        (["grader", "verify", "--mu"], ["--mutations"]),
        (["grader", "grade", "--format", "a"], ["autolab"]),
    ],
)
def test_bash_completes(words, completed):
    script = COMPLETE.format(words=" ".join(words), place=len(words) - 1)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == completed, done.stderr
