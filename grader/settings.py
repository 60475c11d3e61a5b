"""The whole of assignment.toml, and what stands where it is silent.

Every value is checked before anything else is loaded; what is wrong is told by its key. Nothing in here
needs numpy, so that whoever wants the settings alone has them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, cast, get_args

from grader import files
from grader.faults import Fault

SETTINGS_FILE = "assignment.toml"

LONGEST = 3600  # seconds that a limit may be
LARGEST = 1 << 16  # mebibytes
MOST = 1000  # attempts, days or hours
Identifier = str
Seconds = float
Mebibytes = int
Share = Decimal
Percent = Decimal
Names = tuple[str, ...]
Toggle = bool
Reaction = Literal["allow", "flag", "zero"]
Format = Literal["text", "markdown"]
Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]
Visibilities = Mapping[str, Visibility]
Count = int
Often = int
Attempts = int | None
Never = int | None
Unlimited = int | None


@dataclass(frozen=True)
class Limits:
    """Deadlines on the grader's clock, and the memory that one hand-in may use.

    Args:
        import_seconds: for executing the file; more than 0 and up to 3600, as the next two.
        call_seconds: for one call of one function.
        hand_in_seconds: for all of it.
        memory: in mebibytes, from 64 to 65536.
    """

    import_seconds: Seconds = 10
    call_seconds: Seconds = 2
    hand_in_seconds: Seconds = 60
    memory: Mebibytes = 512


@dataclass(frozen=True)
class Policies:
    """What becomes of an answer that is right and still not as it was asked.

    Args:
        imprecise: the share of the points for a right formula that loses digits.
        numerical: what becomes of an answer by numerical differentiation; `zero` takes its points.
    """

    imprecise: Share = Decimal(1)
    numerical: Reaction = "flag"


@dataclass(frozen=True)
class Hints:
    """How many earlier attempts it takes to be told more than the law that fails; `None` is never.

    Args:
        family: the kind of mistake, such as "a constant factor".
        place: the mistake itself, such as "the projection term is missing".
    """

    family: Attempts = 2
    place: Attempts = 5


@dataclass(frozen=True)
class LatePolicy:
    """What it costs to hand in late; nothing unless the author says so. A day counts when it has begun.

    Args:
        free_days: late days that cost nothing.
        percent_per_day: of the score, for every further day.
        cut_off_days: later than so many days, nothing is earned; `None` is never.
    """

    free_days: Count = 0
    percent_per_day: Percent = Decimal(0)
    cut_off_days: Never = None


@dataclass(frozen=True)
class RateLimit:
    """At most so many gradings in any so many hours; `None` is as many as they like.

    Args:
        submissions: from 1 to 1000; in the file `false` is no limit.
        hours: from 1 to 1000, back from the submission's own time.
    """

    submissions: Unlimited = None
    hours: Often = 1


@dataclass(frozen=True)
class Display:
    """How Gradescope shows a result.

    Args:
        feedback: the rows' texts as plain text or as Markdown.
        hidden_cases: who sees what became of the hidden cases; unless it is "visible", they and the points
            have rows of their own.
        leaderboard: whether the score enters the assignment's leaderboard.
        visibility: who sees a problem's rows, by the problem's name; "visible" for all others.
    """

    feedback: Format = "text"
    hidden_cases: Visibility = "visible"
    leaderboard: Toggle = False
    visibility: Visibilities = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether students see every row as soon as it is there, and so may know the score."""
        return {self.hidden_cases, *self.visibility.values()} == {"visible"}


@dataclass(frozen=True)
class Settings:
    """The whole of assignment.toml. No pydantic model: its import alone would be a sixth of a cold run.

    Args:
        title: of the homework, as people read it.
        file: that is handed in, without its suffix.
        points: that the problems sum to.
        topics: the files of `problems/` and `reference/`, without suffix, in their order.
        tests: whether the folder `tests/`, where there is one, holds the instructors' own tests.
    """

    title: str
    file: Identifier
    points: Decimal
    topics: Names
    tests: Toggle = True
    limits: Limits = Limits()
    policies: Policies = Policies()
    hints: Hints = Hints()
    late: LatePolicy = LatePolicy()
    rate_limit: RateLimit = RateLimit()
    gradescope: Display = Display()


# what only problems need, for an assignment of tests alone
OF_TESTS = {"title": "Tests", "file": "tests", "points": 1, "topics": ["tests"]}
TABLES: dict[str, type] = {
    each.__name__: each for each in (Settings, Limits, Policies, Hints, LatePolicy, RateLimit, Display)
}


def find_assignment(start: Path) -> Path:
    """The folder itself or the nearest above it that holds assignment.toml.

    Raises:
        Fault: there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise Fault(f"no {SETTINGS_FILE} in {start.resolve()} or above it: name the folder with --assignment DIR")


def load_settings(folder: Path) -> Settings:
    """The settings of the assignment in that folder.

    Raises:
        Fault: one of them cannot be used; the sentence names the file and the key.
    """
    path = folder / SETTINGS_FILE
    try:
        settings = cast("Settings", _from_table("Settings", files.toml(path)))
        _refuse_contradictions(settings)
    except ValueError as error:
        raise Fault(f"{path}: {error}") from None
    return settings


def load_for_tests(folder: Path) -> tuple[str, Limits]:
    """`file`, or "" where it is not named, and the limits: an assignment of tests alone says no more.

    Raises:
        Fault: one of its settings cannot be used; the sentence names the file and the key.
    """
    path = folder / SETTINGS_FILE
    table = files.toml(path)
    try:
        settings = cast("Settings", _from_table("Settings", {**OF_TESTS, **table}))
    except ValueError as error:
        raise Fault(f"{path}: {error}") from None
    return (settings.file if "file" in table else ""), settings.limits


def _refuse_contradictions(settings: Settings) -> None:
    """Find what cannot be meant.

    Raises:
        ValueError: one sentence that names both keys.
    """
    late, display = settings.late, settings.gradescope
    if late.cut_off_days is not None and late.free_days > late.cut_off_days:
        says = f"late.free_days = {late.free_days} is more than late.cut_off_days = {late.cut_off_days}"
        raise ValueError(f"{says}, after which nothing counts")
    if display.leaderboard and not display.open:
        key = "hidden_cases" if display.hidden_cases != "visible" else "visibility"
        says = f"gradescope.leaderboard shows the score, which gradescope.{key} hides; take one of them back"
        raise ValueError(says)


def _from_table(what: str, value: object, key: str = "") -> object:
    """A TOML value as the field type that its name says; a table as the dataclass, field by field.

    Raises:
        ValueError: one sentence that names the key.
    """
    table = TABLES.get(what)
    if table and isinstance(value, dict):
        known = {each.name: each for each in fields(table)}
        where = f"{key}." if key else ""
        for name in value:
            if name not in known:
                raise ValueError(f"there is no setting {where}{name}; {_meant(name, known)}")
        for name, each in known.items():
            if each.default is each.default_factory is MISSING and name not in value:
                raise ValueError(f"the setting {where}{name} is missing")
        return table(**{n: _from_table(str(known[n].type), v, f"{where}{n}") for n, v in value.items()})
    if what in TYPES and not table:
        asked, usable, convert = TYPES[what]
        if usable(value):
            return convert(value)
    else:
        asked = "a table"
    raise ValueError(f"{key} = {_toml(value)}: {asked} is asked")


def _meant(name: str, known: Collection[str]) -> str:
    from difflib import get_close_matches  # only where something is misspelt

    near = get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else "remove it"


def _toml(value: object) -> str:
    """About as it stands in the file."""
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name} = {_toml(item)}' for name, item in value.items())}}}"
    if isinstance(value, str):
        return repr(value)
    return str(value).lower() if isinstance(value, (bool, Decimal)) else str(value)


def _number(value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool) and Decimal(value).is_finite()


def _between(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: _number(value) and low <= value <= high


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and _between(low, high)(value)


def _or_false(usable: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is False or usable(value)


def _none_for_false(value: Any) -> Any:
    return None if value is False else value


def _file_names(value: Any) -> bool:
    usable = isinstance(value, list) and all(isinstance(name, str) and name.isidentifier() for name in value)
    return usable and 0 < len(set(value)) == len(value)


def _choice(choices: Any) -> tuple[str, Callable[[Any], bool], Callable[[Any], Any]]:
    listed = ", ".join(map(repr, get_args(choices)))
    return f"one of {listed}", lambda value: isinstance(value, str) and value in get_args(choices), str


# by the name of a field's type: what is asked in words, whether a value is that, and what becomes of it
TYPES: dict[str, tuple[str, Callable[[Any], bool], Callable[[Any], Any]]] = {
    "str": ("a text", lambda value: isinstance(value, str) and value.strip() != "", str),
    "Identifier": (
        "a file's name without its suffix, such as hw2,",
        lambda value: isinstance(value, str) and value.isidentifier(),
        str,
    ),
    "Seconds": (
        f"a number of seconds, more than 0 and up to {LONGEST},",
        lambda value: _between(0, LONGEST)(value) and value > 0,
        float,
    ),
    "Mebibytes": (f"a whole number of mebibytes, from 64 to {LARGEST},", _whole(64, LARGEST), int),
    "Decimal": ("a positive number", lambda value: _number(value) and value > 0, Decimal),
    "Share": ("a number from 0 to 1", _between(0, 1), Decimal),
    "Percent": ("a number from 0 to 100", _between(0, 100), Decimal),
    "Names": ("a list of one or more different file names without suffix", _file_names, tuple),
    "Toggle": ("true or false", lambda value: isinstance(value, bool), bool),
    "Reaction": _choice(Reaction),
    "Format": _choice(Format),
    "Visibility": _choice(Visibility),
    "Visibilities": (
        f"a table of names, each with {_choice(Visibility)[0]},",
        lambda value: isinstance(value, dict) and all(map(_choice(Visibility)[1], value.values())),
        dict,
    ),
    "Count": (f"a whole number from 0 to {MOST}", _whole(0, MOST), int),
    "Often": (f"a whole number from 1 to {MOST}", _whole(1, MOST), int),
    "Attempts": (
        f"a number of earlier attempts from 0 to {MOST}, or false for never,",
        _or_false(_whole(0, MOST)),
        _none_for_false,
    ),
    "Never": (
        f"a whole number from 0 to {MOST}, or false for never,",
        _or_false(_whole(0, MOST)),
        _none_for_false,
    ),
    "Unlimited": (
        f"a whole number from 1 to {MOST}, or false for no limit",
        _or_false(_whole(1, MOST)),
        _none_for_false,
    ),
}
