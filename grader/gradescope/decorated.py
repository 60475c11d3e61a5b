"""Tests that are decorated as gradescope-utils does, as rows of results.json.

A row is there for every planned test, with its maximum, whatever becomes of it: not run, it has no points.
Where gradescope-utils' own runner writes a row, its fields are the same; docs/tests.md lists where it does
not.

Nothing here runs a test. What one was told (`set_score`) is judged here: only finite numbers are points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from math import isfinite
from numbers import Real
from typing import Any, cast, get_args

from grader.faults import STAFFS_FAULT, Fault
from grader.gradescope.late import SCORE
from grader.gradescope.schema import Leader, Order, Results, Test, Visibility
from grader.report.escape import paragraph, printable

MAX_POINTS = 1e9  # more is a mistake; and sums stay finite
A_NUMBER = f"number from {-MAX_POINTS:,.0f} to {MAX_POINTS:,.0f}"
PREFIX = "Test Failed: "
NOT_RUN = "This test was not run: the tests ended before it. That is not necessarily a fault of yours."
THEIRS = object()  # as a score or value: an object of the hand-in's
NOTHING = object()  # a None that was told, as a hand-in's function without a return gives it
RUNNING = "tests_running"  # in extra_data: what was running when the process ended, if it did
UNLOADED = "the test could not be loaded"
FORMATS: dict[str, Any] = {
    "output_format": "text",
    "test_output_format": "text",
    "test_name_format": "text",
}


@dataclass(frozen=True)
class Planned:
    """What decorators say of a test. `sets` is how often it runs: once for each set of parameters.

    Without a weight it has no points. A test for the leaderboard has no row.
    """

    name: str
    weight: float | None = None
    number: str = ""
    visibility: Visibility | None = None
    tags: tuple[str, ...] = ()
    hide_errors: str = ""
    leaderboard: str = ""
    order: Order = "desc"
    sets: int = 1


@dataclass(frozen=True)
class Run:
    """What became of one run. `said` is all that is told of a failure; `score` and `value` what it was told.

    `label` names the set of parameters.
    """

    passed: bool
    said: str = ""
    printed: str = ""
    label: str = ""
    score: object = None
    value: object = None


Row = tuple[Planned, Sequence[Run]]


def planned(function: Any, name: str, sets: int = 1) -> Planned:
    """What the decorators of a test function say.

    Raises:
        Fault: something that would lose the grade on the platform.
    """
    weight = told(function, "__weight__")
    points = number(weight)
    if weight is not None and (points is None or points < 0):
        wanted = f"write one up to {MAX_POINTS:,.0f}, such as 2"
        raise Fault(f"{name}: the weight {weight!r} is no number of points; {wanted}")
    visibility = told(function, "__visibility__")
    if visibility and visibility not in get_args(Visibility):
        known = ", ".join(get_args(Visibility))
        raise Fault(f"{name}: there is no visibility {visibility!r}; write one of {known}")
    order = told(function, "__leaderboard_sort_order__") or "desc"
    if order not in get_args(Order):
        raise Fault(f"{name}: there is no sort order {order!r}; write one of {', '.join(get_args(Order))}")
    return Planned(
        name,
        points,
        str(told(function, "__number__") or ""),
        visibility or None,
        tuple(map(str, told(function, "__tags__") or ())),
        str(told(function, "__hide_errors__") or ""),
        str(told(function, "__leaderboard_column__") or ""),
        cast("Order", order),
        sets,
    )


def told(function: Any, attribute: str, otherwise: object = None) -> Any:
    """What a decorator, or `set_score`, has left on a function or on one that it wraps."""
    return next((vars(each)[attribute] for each in _wrapped(function) if attribute in vars(each)), otherwise)


def forget(function: Any) -> None:
    """Take away what an earlier run was told."""
    for each in _wrapped(function):
        for attribute in ("__score__", "__leaderboard_value__"):
            vars(each).pop(attribute, None)


def _wrapped(function: Any) -> Iterator[Any]:
    """The function and those that it wraps."""
    function = getattr(function, "__func__", function)
    while hasattr(function, "__dict__"):
        yield function
        function = vars(function).get("__wrapped__")


def number(value: object) -> float | None:
    """The value as a number that can be points, if it is one; a hand-in's object never is."""
    if not isinstance(value, (Real, Decimal)):
        return None
    try:
        x = float(value)
    except (OverflowError, ValueError):  # 10**400, a signalling NaN
        return None
    return x if isfinite(x) and abs(x) <= MAX_POINTS else None


def results(rows: Sequence[Row], extra_data: dict[str, Any] | None = None) -> Results:
    """All rows in their order; the score is their exact sum."""
    tests = tuple(test for each in rows if (test := _shown(*each)))
    leaders = tuple(leader for each in rows if (leader := _led(*each)))
    score = _sum(test.score for test in tests)
    return Results(score=score, tests=tests, leaderboard=leaders or None, extra_data=extra_data, **FORMATS)


def merged(results: Results, suite: Results, number: int) -> Results:
    """An assignment's results with the rows of a suite behind them, numbered `number.1`, `number.2`, …

    On the leaderboard the assignment's columns stay what they are. To the score there the rows are added that
    students see: the others would see the rest.
    """
    score = _sum((results.score, suite.score))
    ours = {leader.name: leader for leader in results.leaderboard or ()}
    if SCORE in ours:
        seen = [row.score for row in suite.tests or () if row.visibility in (None, "visible")]
        ours[SCORE] = ours[SCORE].model_copy(update={"value": _sum((ours[SCORE].value, *seen))})
    plain = {"output_format": "text", "name_format": "text"}  # whatever the assignment's rows are
    taken = {row.number for row in (*(results.tests or ()), *(suite.tests or ()))}
    rows = []
    for place, row in enumerate(suite.tests or (), start=1):
        own = row.number or next(free for k in count(place) if (free := f"{number}.{k}") not in taken)
        taken.add(own)
        rows.append(row.model_copy(update={"number": own, **plain}))
    outputs = [output for output in (results.output, suite.output) if output]
    leaders = [*ours.values(), *(each for each in suite.leaderboard or () if each.name not in ours)]
    data = {**(results.extra_data or {}), **(suite.extra_data or {})}
    update = {
        "score": score,
        "output": "\n\n".join(outputs),
        "tests": (*(results.tests or ()), *rows),
        "leaderboard": tuple(leaders) or None,
        "extra_data": data or None,
    }
    return Results.model_validate(results.model_copy(update=update).model_dump())


def _sum(scores: Any) -> float:
    return float(sum(Decimal(str(score)) for score in scores if score is not None))


def _shown(plan: Planned, runs: Sequence[Run]) -> Test | None:
    """The test's row; without points where what it was told lets none be made."""
    try:
        return _test(plan, runs)
    except Exception as error:
        said = f"{STAFFS_FAULT}: no row can be made of what it was told ({type(error).__name__})."
        score = None if plan.leaderboard or plan.weight is None else 0.0
        return _row(plan, score, passed=False, output=said)


def _led(plan: Planned, runs: Sequence[Run]) -> Leader | None:
    try:
        return _leader(plan, runs)
    except Exception:  # its row says so
        return None


def _test(plan: Planned, runs: Sequence[Run]) -> Test | None:
    """The test's row; of one for the leaderboard only what is wrong."""
    complete = len(runs) >= plan.sets
    if plan.leaderboard:
        wrong = [run for run in runs if not run.passed or _value(run) is None]
        return _row(plan, None, passed=False, output=_output(plan, wrong)) if wrong else None
    if plan.weight is None:
        passed = complete and all(run.passed for run in runs)
        return _row(plan, None, passed=passed, output=_output(plan, runs, complete=complete))
    score = min((_points(plan, run) for run in runs), default=0.0) if complete else 0.0
    passed = complete and all(run.passed for run in runs) and score >= plan.weight
    return _row(plan, score, passed=passed, output=_output(plan, runs, complete=complete))


def _row(plan: Planned, score: float | None, *, passed: bool, output: str) -> Test:
    return Test(
        name=printable(plan.name),
        score=score,
        max_score=plan.weight if score is not None else None,
        status="passed" if passed else "failed",
        number=plan.number or None,
        tags=plan.tags or None,
        visibility=plan.visibility,
        output=output or None,
    )


def _points(plan: Planned, run: Run) -> float:
    if run.score is not None:
        return number(run.score) or 0.0
    return (plan.weight or 0.0) if run.passed else 0.0


def _value(run: Run) -> float | str | None:
    """What goes to the leaderboard."""
    return paragraph(run.value) if isinstance(run.value, str) else number(run.value)


def _leader(plan: Planned, runs: Sequence[Run]) -> Leader | None:
    value = _value(runs[-1]) if plan.leaderboard and runs else None
    return None if value is None else Leader(name=plan.leaderboard, value=value, order=plan.order)


def _output(plan: Planned, runs: Sequence[Run], *, complete: bool = True) -> str:
    """What is told of a test: what it printed, what failed, what is wrong with the test itself."""
    texts = [_hidden(plan, run) if plan.hide_errors else _said(run) for run in runs]
    texts += sorted({said for run in runs if (said := _fault(plan, run))})
    texts += [] if complete else [NOT_RUN]
    return paragraph("\n".join(dict.fromkeys(text for text in texts if text)))


def _said(run: Run) -> str:
    said = f"[{run.label}] {run.said}" if run.label and run.said else run.said
    if not (run.printed and said):
        return run.printed or said
    gap = "\n" if run.printed.endswith("\n") else "\n\n"
    return f"{run.printed}{gap}{said}"


def _hidden(plan: Planned, run: Run) -> str:
    """Neither prints nor messages: both could tell what the test does."""
    return "" if run.passed else plan.hide_errors


def _fault(plan: Planned, run: Run) -> str:
    """What the test was told that is no number."""
    if run.score is THEIRS or run.value is THEIRS:
        return "The test's value is an object that was handed in, and no number: there are no points for it."
    if plan.leaderboard:
        if not run.passed or _value(run) is not None:
            return ""
        what = "no value" if run.value is None else f"a value that is neither a text nor a {A_NUMBER}"
        return f"{STAFFS_FAULT}: it has {what} for the leaderboard."
    if plan.weight is None or run.score is None or number(run.score) is not None:
        return ""
    return f"{STAFFS_FAULT}: it gave a score that is no {A_NUMBER}, so there are no points for it."
