"""What the documentation shows is what the program does."""

import html
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from courses import edit, said, shipped
from gradescope.containers import container

from grader.assignment import load_assignment

ROOT = Path(__file__).parents[1]
GRADER = Path(sys.executable).with_name("grader")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def output(*arguments):
    return subprocess.run([GRADER, *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_picture_shows_what_the_command_prints():
    picture = (ROOT / "docs" / "grade.svg").read_text(encoding="utf-8")
    shown = " ".join(html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", picture))
    words = shown.replace("\N{NO-BREAK SPACE}", " ").split()
    printed = output("grade", "submissions_example/wrong_lecture_slips/hw2.py").split()
    missing = [word for word in printed if word not in words and not set(word) <= set("─")]
    assert missing == []


def test_the_page_on_feedback_is_what_a_run_gives():
    command = [sys.executable, ROOT / "scripts" / "feedback.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run scripts/feedback.py\n{done.stdout}{done.stderr}"


def test_the_page_on_feedback_shows_three_answers_to_every_problem(assignment):
    page = (ROOT / "docs" / "feedback.md").read_text(encoding="utf-8")
    sections = page.split("\n## ")[1:]
    assert [section.split()[1] for section in sections] == [problem.name for problem in assignment.problems]
    verdicts = [re.findall(r"^\*(\w+)\* – ", section, re.MULTILINE) for section in sections]
    assert all(len(three) >= 3 and "right" not in three for three in verdicts)


def test_the_readme_shows_what_verify_prints():
    """Without what the machine decides: times, and digits that are rounding alone."""

    def told(text):
        rows = re.findall(r"^\d\.\d +(\w+) +\S+ +(\S+) +(\S+) +\d+ +(\S+) +(\w+) *$", text, re.MULTILINE)
        return rows, re.findall(r"^(proved: .*) \(", text, re.MULTILINE)

    shown, summary = told(README)
    printed, last = told(output("verify", "--mutations"))
    assert (len(shown), len(summary), len(printed)) == (3, 1, 20)
    assert [row for row in shown if row not in printed] == []
    assert summary == last


def test_the_readme_quotes_what_verify_says_of_a_broken_sign(tmp_path):
    (quoted,) = re.findall(r"`(reference/.*? cases) …`", README)
    folder = shipped(tmp_path)
    edit(folder / "reference" / "network.py", "return 2 * (v @ U - y) @ U.T", "return 2 * (v @ U + y) @ U.T")
    assert said(folder, "grad_v").startswith(f"{quoted} ")


def test_every_option_is_in_the_readme_and_every_option_of_the_readme_exists():
    verbs = ("grade", "verify", "check", "handout", "bundle", "gradescope", "batch")
    helps = "".join(output(verb, "--help") for verb in verbs)
    helps += "".join(output("db", verb, "--help") for verb in ("backup", "merge", "override", "overrides"))
    plugin = (ROOT / "grader" / "pytest_plugin.py").read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z]+", helps + "".join(re.findall(r'"(--\w+)",\n', plugin)))) - {"--help"}
    assert set(re.findall(r"(?<![\w-])--[a-z]+", README)) == options


def test_the_guide_for_assistants_shows_what_batch_prints(tmp_path):
    """Without the time that it took."""
    export = tmp_path / "assignment_4242_export.zip"
    subprocess.run([sys.executable, ROOT / "scripts" / "made_up_class.py", export], check=True)
    guide = (ROOT / "docs" / "ta.md").read_text(encoding="utf-8")
    ((command, shown),) = re.findall(
        r"^\$ grader (batch ~/Downloads/.*)\n```\n\n```\n(.*?)\n```", guide, re.M | re.S
    )
    words = shlex.split(command.replace("~/Downloads/assignment_4242_export.zip", str(export)))
    done = subprocess.run(
        [GRADER, *words, "--assignment", ROOT],
        cwd=tmp_path,
        env=os.environ | {"TZ": "UTC"},
        capture_output=True,
        text=True,
        check=True,
    )
    printed, shown = (re.sub(r"after .* s\b", "after", text).split() for text in (done.stdout, shown))
    assert printed == shown


@pytest.mark.parametrize("page", ["README.md", "docs/student.md"])
def test_every_verdict_is_explained(page):
    from grader.compare import Verdict

    text = (ROOT / page).read_text(encoding="utf-8")
    assert [verdict.value for verdict in Verdict if f"*{verdict.value}*" not in text] == []


def test_the_readme_shows_what_check_prints(tmp_path):
    shown = re.search(r"^```\n(Matrix differentials: hw2.py\n.*?)^```", README, re.MULTILINE | re.DOTALL)[1]
    shutil.copytree(ROOT / "problems", tmp_path / "problems")
    for name in ("assignment.toml", "submissions_example/wrong_lecture_slips/hw2.py"):
        shutil.copy(ROOT / name, tmp_path)
    done = subprocess.run([GRADER, "check"], cwd=tmp_path, capture_output=True, text=True, check=True)
    printed = done.stdout.split()
    words = shown.replace("…", "").split()
    assert len(words) > 50
    assert [word for word in words if word not in printed] == []


def test_the_page_for_students_counts_right():
    from bench.selfcheck import SETS

    page = (ROOT / "docs" / "student.md").read_text(encoding="utf-8")
    answers = sum(len(v) for tables in SETS.values() for table in tables for v in table.values())
    examples = len(list((ROOT / "submissions_example").iterdir()))
    assert f"Of {answers} single answers" in page
    assert f"of the {examples}\nexample hand-ins" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_script_and_module_named_exists(page):
    text = page.read_text(encoding="utf-8")
    scripts = re.findall(
        r"(?<!title=\")(?:scripts|bench|tests)/[a-z_-]+(?:\.py)?", text
    )  # a title is a reader's file
    modules = re.findall(r"`((?:[a-z]+/)?[a-z_]+\.py)`", text)
    assert [name for name in scripts if not (ROOT / name).exists()] == []
    missing = [name for name in modules if not (ROOT / name).exists()]
    assert [name for name in missing if not list((ROOT / "grader").rglob(name))] == []


def test_the_statements_open_with_a_title_and_have_balanced_mathematics(assignment):
    for topic in {problem.topic.name: problem.topic for problem in assignment.problems}.values():
        assert topic.statement.startswith("# ")
        assert topic.statement.replace("$$", "").count("$") % 2 == 0
        assert topic.statement.count("{") == topic.statement.count("}")


def test_every_claim_about_security_names_a_test_that_exists():
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", page)
    assert len(named) > 20
    assert [
        f"{path}::{name}"
        for path, name in named
        if not re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    ] == []


def test_the_page_on_security_counts_right():
    from grader.sandbox.attacks import AGAINST

    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    hand_ins = [path for path in (ROOT / "tests" / "hostile").iterdir() if (path / "expected.toml").exists()]
    attacks = {attack for attacks in AGAINST.values() for attack in attacks}
    assert f"corpus of {len(hand_ins)} hostile hand-ins" in page
    assert len(attacks) == 16 and "tries sixteen attacks" in page


GRADESCOPE = (ROOT / "docs" / "gradescope.md").read_text(encoding="utf-8")


def test_the_page_on_gradescope_shows_settings_that_there_are(tmp_path):
    (shown,) = re.findall(r"```toml\n(.*?)```", GRADESCOPE, re.DOTALL)
    path = shipped(tmp_path / "course") / "assignment.toml"
    kept, _, _ = path.read_text(encoding="utf-8").partition("[late]")
    path.write_text(kept + shown, encoding="utf-8")
    settings = load_assignment(path.parent).settings
    assert (settings.late.cut_off_days, settings.rate_limit.submissions) == (5, 4)
    assert settings.gradescope.visibility == {"grad_W": "hidden"}


def test_the_page_on_gradescope_shows_what_students_see(tmp_path):
    made = container(tmp_path / "autograder")
    edit(made.assignment / "assignment.toml", "percent_per_day = 0 ", "percent_per_day = 10 ")
    made.hand_in((ROOT / "submissions_example/wrong_lecture_slips/hw2.py").read_text(encoding="utf-8"))
    earlier = [{"submission_time": f"2026-11-2{day}T12:00:00Z"} for day in (0, 1)]
    due = {"due_date": "2026-11-21T20:00:00Z"}
    created = {"created_at": "2026-11-22T12:00:00Z", "assignment": due, "previous_submissions": earlier}
    made.tell(created)
    results, _ = made.run()
    (shown,) = re.findall(r"```\n(Handed in.*?)…\n```", GRADESCOPE, re.DOTALL)
    seen = [
        results.output,
        *(
            f"{row.number}) {row.name} ({row.score:g}/{row.max_score:g})\n{row.output}"
            for row in results.tests
        ),
    ]
    printed = " ".join("\n".join(seen).split())
    assert [block for block in shown.split("\n\n") if " ".join(block.split()) not in printed] == []


def test_the_page_on_gradescope_shows_what_bundle_says(tmp_path):
    said = output("bundle", tmp_path / "autograder.zip").replace(f"{tmp_path}/", "")
    (shown,) = re.findall(r"\$ scripts/bundle autograder.zip\n(.*?)  …\n", GRADESCOPE, re.DOTALL)
    assert said.startswith(shown)


EXTRA = """
from gradescope_utils.autograder_utils.decorators import visibility, weight

@weight(2)
def test_passes():
    \"\"\"One that passes\"\"\"

def test_fails():
    \"\"\"One without points\"\"\"
    print("seen")
    assert False

@weight(1)
@visibility("hidden")
def test_hidden():
    \"\"\"One that nobody sees\"\"\"
"""


def test_what_a_student_sees_can_be_shown_with_hidden_cases_and_tests(tmp_path):
    (shown,) = re.findall(r"```python\n(.*?)```", GRADESCOPE, re.DOTALL)
    made = container(tmp_path / "dry-run")
    settings = made.assignment / "assignment.toml"
    edit(settings, "tests = false", "tests = true")
    edit(settings, 'hidden_cases = "visible"', 'hidden_cases = "after_published"')
    (made.assignment / "tests").mkdir()
    (made.assignment / "tests" / "test_extra.py").write_text(EXTRA, encoding="utf-8")
    made.hand_in((ROOT / "submissions_example/right_closed_form/hw2.py").read_text(encoding="utf-8"))
    results, _ = made.run()
    assert results.output == ""  # as without tests
    done = subprocess.run(
        [sys.executable, "-c", shown], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sum(line.startswith("1.1) grad_v") for line in lines) == 1
    assert "6.1) One that passes (2.0/2.0)" in lines
    assert "6.2) One without points" in lines
    assert "seen" in lines
    assert "nobody sees" not in done.stdout
