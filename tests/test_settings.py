"""assignment.toml: every key has its default, takes what is good, and says by its name what is not."""

import re
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader import files
from grader.assignment import load_assignment
from grader.faults import Fault
from grader.settings import (
    LARGEST,
    LONGEST,
    MOST,
    Display,
    Hints,
    LatePolicy,
    Limits,
    Policies,
    RateLimit,
    Settings,
    load_settings,
)

ROOT = Path(__file__).parents[1]
LEAST = 'title = "T"\nfile = "hw"\npoints = 5\ntopics = ["a"]\n'


@pytest.fixture
def loaded(tmp_path):
    """The settings of a file with the few keys that must be there, and these lines."""

    def load(lines: str = "", least: str = LEAST) -> Settings:
        (tmp_path / "assignment.toml").write_text(least + lines, encoding="utf-8")
        return load_settings(tmp_path)

    return load


@pytest.fixture
def sentence(loaded):
    """What is said about a file that cannot be used, without its path."""

    def said(lines: str = "", least: str = LEAST) -> str:
        with pytest.raises(Fault) as fault:
            loaded(lines, least)
        path, _, says = str(fault.value).partition("assignment.toml: ")
        assert Path(path).is_dir()
        assert "\n" not in says
        return says

    return said


# ---- defaults -----------------------------------------------------------------------------


def test_where_the_file_is_silent_defaults_stand(loaded):
    actual = loaded()

    assert (actual.title, actual.file, actual.points, actual.topics) == ("T", "hw", 5, ("a",))
    assert actual.tests
    assert actual.limits == Limits(10, 2, 60, 512)
    assert actual.policies == Policies(Decimal(1), "flag")
    assert actual.hints == Hints(2, 5)
    assert actual.late == LatePolicy(0, Decimal(0), None)
    assert actual.rate_limit == RateLimit(None, 1)
    assert actual.gradescope == Display("text", "visible", leaderboard=False, visibility={})


def tables(settings) -> list[str]:
    """The names of all its keys, as TOML tables have them."""
    found = []
    for field in fields(settings):
        value = getattr(settings, field.name)
        inner = tables(value) if is_dataclass(value) else []
        found += [f"{field.name}.{name}" for name in inner] or [field.name]
    return found


def test_the_shipped_file_writes_every_key_out_with_its_default(loaded):
    shipped, plain = files.toml(ROOT / "assignment.toml"), loaded()
    written = [
        f"{key}.{name}" if isinstance(value, dict) else key
        for key, value in shipped.items()
        for name in (value if isinstance(value, dict) else [key])
    ]

    assert set(tables(plain)) - set(written) <= {"limits.memory"}  # Gradescope's container has its own
    assert set(written) <= set(tables(plain))
    actual = load_settings(ROOT)
    names = ["limits", "policies", "hints", "late", "rate_limit", "gradescope"]
    assert [getattr(actual, name) for name in names] == [getattr(plain, name) for name in names]


# ---- good and bad values ------------------------------------------------------------------

GOOD = {
    "tests": [("true", True), ("false", False)],
    "limits.import_seconds": [("0.5", 0.5), (str(LONGEST), LONGEST), ("1e-3", 0.001)],
    "limits.memory": [("64", 64), (str(LARGEST), LARGEST)],
    "policies.imprecise": [("0", 0), ("1", 1), ("0.75", Decimal("0.75"))],
    "policies.numerical": [('"allow"', "allow"), ('"flag"', "flag"), ('"zero"', "zero")],
    "hints.family": [("0", 0), (str(MOST), MOST), ("false", None)],
    "hints.place": [("0", 0), ("false", None)],
    "late.free_days": [("0", 0), ("3", 3), (str(MOST), MOST)],
    "late.percent_per_day": [
        ("0", 0),
        ("10", 10),
        ("12.5", Decimal("12.5")),
        ("0.1", Decimal("0.1")),
        ("100", 100),
    ],
    "late.cut_off_days": [("false", None), ("0", 0), ("7", 7), (str(MOST), MOST)],
    "rate_limit.submissions": [("false", None), ("1", 1), (str(MOST), MOST)],
    "rate_limit.hours": [("1", 1), ("24", 24), (str(MOST), MOST)],
    "gradescope.feedback": [('"text"', "text"), ('"markdown"', "markdown")],
    "gradescope.hidden_cases": [
        (f'"{v}"', v) for v in ("visible", "after_due_date", "after_published", "hidden")
    ],
    "gradescope.leaderboard": [("true", True), ("false", False)],
    "gradescope.visibility": [
        ("{}", {}),
        ('{ f = "hidden", g = "visible" }', {"f": "hidden", "g": "visible"}),
    ],
}
BAD = {
    "tests": ["0", '"no"', "[]"],
    "limits.import_seconds": ["0", "-1", "3600.1", "inf", "nan", "true", '"10"'],
    "limits.memory": ["63", "65537", "512.0", "true"],
    "policies.imprecise": ["-0.1", "1.01", "nan", "true", '"1"'],
    "policies.numerical": ['"deny"', "false", "0", '["flag"]'],
    "hints.family": ["-1", "1001", "2.5", "true", '"2"', "[]"],
    "hints.place": ["-1", "true"],
    "late.free_days": ["-1", "1001", "1.5", "1.0", "true", "false", '"3"', "[1]", "{}"],
    "late.percent_per_day": ["-0.1", "100.1", "nan", "inf", "-inf", "true", '"10 %"', "[10]", "1e999"],
    "late.cut_off_days": ["-1", "1001", "2.5", "true", '"never"', "[]", "2026-03-09"],
    "rate_limit.submissions": ["0", "-1", "1001", "1.0", "true", '"3"', "[3]"],
    "rate_limit.hours": ["0", "-1", "1001", "0.5", "true", "false", '"1 h"'],
    "gradescope.feedback": ['"md"', '"html"', '""', "true", "1", '["text"]'],
    "gradescope.hidden_cases": ['"never"', '"Visible"', "true", "false", '["hidden"]', "{}"],
    "gradescope.leaderboard": ["1", '"yes"', "[]", "{}"],
    "gradescope.visibility": [
        '"hidden"',
        "true",
        "[]",
        '{ f = "shown" }',
        "{ f = true }",
        "{ f = [] }",
        "{ f = {} }",
    ],
}
ASKED = {
    "tests": "true or false is asked",
    "limits.import_seconds": "a number of seconds, more than 0 and up to 3600, is asked",
    "limits.memory": "a whole number of mebibytes, from 64 to 65536, is asked",
    "policies.imprecise": "a number from 0 to 1 is asked",
    "policies.numerical": "one of 'allow', 'flag', 'zero' is asked",
    "hints.family": "a number of earlier attempts from 0 to 1000, or false for never, is asked",
    "hints.place": "a number of earlier attempts from 0 to 1000, or false for never, is asked",
    "late.free_days": "a whole number from 0 to 1000 is asked",
    "late.percent_per_day": "a number from 0 to 100 is asked",
    "late.cut_off_days": "a whole number from 0 to 1000, or false for never, is asked",
    "rate_limit.submissions": "a whole number from 1 to 1000, or false for no limit is asked",
    "rate_limit.hours": "a whole number from 1 to 1000 is asked",
    "gradescope.feedback": "one of 'text', 'markdown' is asked",
    "gradescope.hidden_cases": "one of 'visible', 'after_due_date', 'after_published', 'hidden' is asked",
    "gradescope.leaderboard": "true or false is asked",
    "gradescope.visibility": "a table of names, each with one of 'visible', 'after_due_date', "
    "'after_published', 'hidden', is asked",
}


def line(key: str, value: str) -> str:
    table, _, name = key.rpartition(".")
    return f"[{table}]\n{name} = {value}\n" if table else f"{name} = {value}\n"


def got(settings: Settings, key: str):
    for name in key.split("."):
        settings = getattr(settings, name)
    return settings


def test_every_optional_key_is_tried(loaded):
    alike = {"limits.call_seconds", "limits.hand_in_seconds"}  # seconds as the first are

    assert set(tables(loaded())) - alike - {"title", "file", "points", "topics"} == set(GOOD)
    assert set(GOOD) == set(BAD) == set(ASKED)


@pytest.mark.parametrize(("key", "value", "expected"), [(k, v, e) for k, vs in GOOD.items() for v, e in vs])
def test_a_good_value_is_taken_as_it_is(loaded, key, value, expected):
    actual = got(loaded(line(key, value)), key)

    assert actual == expected
    assert isinstance(actual, (bool, int, float, Decimal, str, dict, type(None)))


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in BAD.items() for value in values])
def test_a_bad_value_is_one_sentence_with_its_key_and_what_is_asked(sentence, key, value):
    actual = sentence(line(key, value))

    assert actual.startswith(f"{key} = ")
    assert actual.endswith(f": {ASKED[key]}")
    assert "Decimal(" not in actual


def test_an_exact_decimal_stays_one(loaded):
    actual = loaded(line("late.percent_per_day", "0.1")).late.percent_per_day

    assert (type(actual), str(actual)) == (Decimal, "0.1")


@pytest.mark.parametrize("table", ["limits", "policies", "hints", "late", "rate_limit", "gradescope"])
@pytest.mark.parametrize("value", ["false", "5", '"x"', "[]"])
def test_a_table_is_a_table(sentence, table, value):
    assert re.fullmatch(rf"{table} = .*: a table is asked", sentence(f"{table} = {value}\n"))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("[late]\nfree_day = 1\n", "late.free_day; did you mean free_days?"),
        ("[rate_limit]\nminutes = 5\n", "rate_limit.minutes; remove it"),
        ("[gradescope]\nFeedback = 'text'\n", "gradescope.Feedback; did you mean feedback?"),
        ("[gradescope.late]\n", "gradescope.late; remove it"),
        ("[ratelimit]\n", "ratelimit; did you mean rate_limit?"),
    ],
)
def test_a_misspelt_key_is_named(sentence, lines, says):
    assert sentence(lines) == f"there is no setting {says}"


@pytest.mark.parametrize("name", ["title", "file", "points", "topics"])
def test_what_must_be_there_is_named_where_it_is_missing(sentence, name):
    least = "".join(part for part in LEAST.splitlines(keepends=True) if not part.startswith(name))

    assert sentence(least=least) == f"the setting {name} is missing"


@pytest.mark.parametrize(
    "value",
    ["[1.5, [true]]", "{f = 'shown', g = {h = 2.5}}", "1e+999", "nan", "2026-03-09", "12:30:00", "''"],
)
def test_a_sentence_shows_the_value_about_as_it_stands_in_the_file(sentence, value):
    assert sentence(line("late.free_days", value)).startswith(f"late.free_days = {value}: a whole number")


# ---- what cannot be meant -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("free", "cut_off", "fits"), [(0, 0, True), (2, 2, True), (3, 2, False), (1, 0, False)]
)
def test_more_free_days_than_there_are_days_are_refused(loaded, sentence, free, cut_off, fits):
    lines = f"[late]\nfree_days = {free}\ncut_off_days = {cut_off}\n"
    if fits:
        assert loaded(lines).late.free_days == free
    else:
        assert sentence(lines) == (
            f"late.free_days = {free} is more than late.cut_off_days = {cut_off}, after which nothing counts"
        )


def test_free_days_without_end_need_no_cut_off(loaded):
    assert loaded(f"[late]\nfree_days = {MOST}\n").late.free_days == MOST


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ('hidden_cases = "hidden"', "hidden_cases"),
        ('hidden_cases = "after_published"', "hidden_cases"),
        ('visibility = { f = "after_due_date" }', "visibility"),
        ('visibility = { f = "visible", g = "hidden" }', "visibility"),
    ],
)
def test_a_leaderboard_does_not_show_what_is_hidden(loaded, sentence, lines, key):
    assert sentence(f"[gradescope]\nleaderboard = true\n{lines}\n") == (
        f"gradescope.leaderboard shows the score, which gradescope.{key} hides; take one of them back"
    )
    assert not loaded(f"[gradescope]\n{lines}\n").gradescope.open


def test_a_leaderboard_beside_rows_that_all_see_is_fine(loaded):
    actual = loaded('[gradescope]\nleaderboard = true\nvisibility = { f = "visible" }\n').gradescope

    assert (actual.leaderboard, actual.open) == (True, True)


# ---- names of problems --------------------------------------------------------------------


@pytest.fixture
def course(tmp_path):
    """An assignment with one problem, f, and these lines in its settings."""
    (tmp_path / "problems").mkdir()
    source = '"""# A"""\nfrom grader.problem import Value\nfrom grader.shapes import Array\n'
    source += 'f = Value(given={"x": Array["n"]}, points=5)\n'
    (tmp_path / "problems/a.py").write_text(source, encoding="utf-8")

    def load(lines: str):
        (tmp_path / "assignment.toml").write_text(LEAST + lines, encoding="utf-8")
        return load_assignment(tmp_path)

    return SimpleNamespace(load=load)


def test_a_problems_own_visibility_is_kept(course):
    settings = course.load('[gradescope]\nvisibility = { f = "after_published" }\n').settings

    assert settings.gradescope.visibility == {"f": "after_published"}


@pytest.mark.parametrize("name", ["g", "F", "a", "1.1", "f "])
def test_the_visibility_of_what_is_no_problem_is_refused(course, name):
    with pytest.raises(
        Fault, match=rf"assignment\.toml: gradescope\.visibility names {name}, which is no problem"
    ):
        course.load(f'[gradescope]\nvisibility = {{ "{name}" = "hidden" }}\n')
