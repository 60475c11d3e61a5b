"""submission_metadata.json: who handed in, when, and how often before. Nothing in it can stop a grading.

The platform's shape has changed over the years and will again: numbers come as texts, fields are absent or
null, results stand on all earlier submissions or on the latest alone. What cannot be read is left out and
noted, one sentence each; what nobody knows yet is ignored. Names and addresses are not even taken in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FiniteFloat,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from grader.gradescope.schema import Leader, Results, Test, to_json

FILE = "submission_metadata.json"
ALWAYS = ("created_at", "assignment", "previous_submissions")  # what we go by, and the platform always writes
LARGEST = 64 << 20  # bytes; every earlier submission may bring its results
MOST_NOTES = 5
FOLLOWS = {  # from a field that cannot be read
    "created_at": ": neither lateness nor the rate limit is counted",
    "due_date": ": lateness is not counted",
    "submission_time": ": that attempt counts as older than all others",
}


def _readable(value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """The field, or None and a note."""
    try:
        return handler(value)
    except ValidationError as error:
        says = error.errors()[0]["msg"].removeprefix("Value error, ")
        _note(info, f"cannot be read ({says}){FOLLOWS.get(info.field_name or '', '')}")
        return None


def _objects(value: Any, info: ValidationInfo) -> Any:
    """The objects of a list that may hold anything."""
    if value is None:
        return ()
    found = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(found) < len(value):
        _note(info, "has entries that cannot be read")
    return found


def _note(info: ValidationInfo, what: str) -> None:
    assert info.context is not None  # `read_metadata` collects them
    info.context.append(f"{info.field_name} {what}")


def _dated(value: Any) -> Any:
    """Null or a text with a date: a bare number would be taken for seconds since 1970."""
    if value is None or (isinstance(value, str) and re.match(r"\s*\d{4}-", value)):
        return value
    raise ValueError("a date with its offset from UTC is asked, such as 2026-03-09T12:00:00-07:00")


def _within(value: datetime | None) -> datetime | None:
    """A year away from the first and the last day that there are, so that sums stay between them."""
    return value and value.replace(year=min(max(value.year, 2), 9998))


Moment = Annotated[
    AwareDatetime | None, AfterValidator(_within), BeforeValidator(_dated), WrapValidator(_readable)
]
EARLIEST = datetime.min.replace(tzinfo=timezone.utc)


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Dates(_Part):
    """Of an assignment, or one student's own where there is an extension."""

    due_date: Moment = None


class User(_Part):
    """One of those who handed in; of them only the dates matter."""

    assignment: Annotated[Dates | None, WrapValidator(_readable)] = None


class Previous(_Part):
    """One earlier submission of the same student or group; `results` as the platform has stored them."""

    submission_time: Moment = None
    autograder_error: Annotated[bool | None, WrapValidator(_readable)] = None
    score: Annotated[FiniteFloat | None, WrapValidator(_readable)] = None
    results: Annotated[dict[str, Any] | None, WrapValidator(_readable)] = None

    @property
    def marks(self) -> dict[str, Any]:
        """What we wrote into `extra_data` then; nothing where the platform does not hand it out."""
        data = (self.results or {}).get("extra_data")
        return data if isinstance(data, dict) else {}

    @property
    def counts(self) -> bool:
        """Whether it was graded: neither failed by the platform or by us, nor refused."""
        return not self.autograder_error and not {"withheld", "refused"} & self.marks.keys()


class Metadata(_Part):
    """What the platform tells about a submission."""

    id: Annotated[int | str | None, WrapValidator(_readable)] = None
    created_at: Moment = None
    assignment: Annotated[Dates | None, WrapValidator(_readable)] = None
    users: Annotated[tuple[User, ...], BeforeValidator(_objects)] = ()
    previous_submissions: Annotated[tuple[Previous, ...], BeforeValidator(_objects)] = ()

    @property
    def due(self) -> datetime | None:
        """When it was due: for a group the latest of its members' dates; None where there is no date.

        A member without a date of their own has the assignment's.
        """
        common = self.assignment.due_date if self.assignment else None
        own = [user.assignment.due_date if user.assignment else None for user in self.users]
        return max((date for date in (each or common for each in own or [None]) if date), default=None)

    @property
    def earlier(self) -> tuple[Previous, ...]:
        """The submissions before this one, oldest first: a regrade may be told of later ones, too.

        One whose time cannot be read counts as older than all.
        """
        before = [
            previous
            for previous in self.previous_submissions
            if not (self.created_at and previous.submission_time)
            or previous.submission_time < self.created_at
        ]
        return tuple(sorted(before, key=lambda previous: previous.submission_time or EARLIEST))


@dataclass(frozen=True)
class Told:
    """The metadata, and for staff what of it could not be read."""

    metadata: Metadata
    notes: tuple[str, ...] = ()


def read_metadata(path: Path) -> Told:
    """The file, as much of it as can be read; it is absent wherever the platform does not run us."""
    try:
        text = _text(path)
        data = json.loads(text)
    except FileNotFoundError:
        return Told(Metadata(), (f"there is no {path.name}: neither lateness nor attempts are counted",))
    except (OSError, ValueError, RecursionError) as error:
        says = f"{path.name} cannot be read ({error}): neither lateness nor attempts are counted"
        return Told(Metadata(), (says,))
    if not isinstance(data, dict):
        return Told(Metadata(), (f"{path.name} holds no object: neither lateness nor attempts are counted",))
    notes = [f"{name} is missing" for name in ALWAYS if data.get(name) is None]
    metadata = Metadata.model_validate(data, context=notes)
    different = list(dict.fromkeys(notes))[:MOST_NOTES]
    return Told(metadata, tuple(f"{path.name}: {note}" for note in different))


def _text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST >> 20} MiB")
    return data.decode(json.detect_encoding(data), "replace")


def previous_results(earlier: Sequence[Previous]) -> Results | None:
    """The newest result that the platform hands out; None without one, or where it cannot be written again.

    An older one would not do then: it may be worse.

    Args:
        earlier: oldest first.
    """
    told = [p for p in earlier if p.results and not p.autograder_error and "withheld" not in p.marks]
    if not told:
        return None
    try:
        results = Results.model_validate(_writable(told[-1]))
        to_json(results)  # what is nested too deeply can be read, and not written
    except (ValueError, RecursionError):
        return None
    return results


def _writable(previous: Previous) -> dict[str, Any]:
    """The stored form has null or an empty list for an absent key, and keys that no file may have."""
    stored = _known(previous.results or {}, Results)
    tests, leaders = stored.get("tests"), stored.get("leaderboard")
    if isinstance(tests, list):
        stored["tests"] = [_known(test, Test) for test in tests if isinstance(test, dict)]
    if isinstance(leaders, list):
        stored["leaderboard"] = [_known(leader, Leader) for leader in leaders if isinstance(leader, dict)]
    if stored.get("score") is None and previous.score is not None:
        stored["score"] = previous.score
    return stored


def _known(stored: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    return {
        key: _number(value) if key in ("score", "max_score") else value
        for key, value in stored.items()
        if key in model.model_fields and value != []
    }


def _number(value: Any) -> Any:
    """The platform writes some of its own as texts: "20.0"."""
    return float(value) if isinstance(value, str) else value
