"""Gradescope's results.json, as documented, in pydantic.

Every key that the platform reads is here and no other. What would lose a grade there is refused here: a
NaN, a missing score, an unknown visibility, an `output` that is no text. Texts lose NUL bytes (the
platform's database takes none) and are cut in the middle at 100,000 characters, where the platform would
cut them.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    WithJsonSchema,
    model_validator,
)

MAX_OUTPUT = 100_000
CUT = "\n[...(truncated)...]\n"
SECONDS = r"^[0-9]+(\.[0-9]+)?$"

Visibility = Literal["hidden", "after_due_date", "after_published", "visible"]
Format = Literal["text", "html", "simple_format", "md", "ansi"]
Status = Literal["passed", "failed"]
Order = Literal["asc", "desc"]


def _without_nul(value: Any) -> Any:
    """The same JSON value without NUL bytes and lone surrogates, which not every reader takes."""
    match value:
        case str():
            return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        case dict():
            return {_without_nul(key): _without_nul(item) for key, item in value.items()}
        case list() | tuple():
            return [_without_nul(item) for item in value]
        case None | bool() | int():
            return value
        case float() if math.isfinite(value):
            return value
    raise ValueError(f"{value!r} is nothing that JSON has")


def _cut(text: str) -> str:
    """Start and end of a text that the platform would cut."""
    if len(text) < MAX_OUTPUT:
        return text
    half = (MAX_OUTPUT - len(CUT)) // 2 - 1
    return f"{text[:half]}{CUT}{text[-half:]}"


def _a_number(value: Any) -> Any:
    if isinstance(value, (bool, str)):
        raise ValueError(f"a number is asked, not {value!r}")  # noqa: TRY004 - pydantic reports ValueErrors
    return value


def _seconds(value: Any) -> Any:
    """gradescope-utils writes its time as a text, "0.01"."""
    return float(value) if isinstance(value, str) and re.fullmatch(SECONDS, value) else _a_number(value)


Text = Annotated[str, BeforeValidator(_without_nul)]
Output = Annotated[str, BeforeValidator(_without_nul), AfterValidator(_cut)]
Number = Annotated[FiniteFloat, BeforeValidator(_a_number)]
Seconds = Annotated[
    FiniteFloat,
    Field(ge=0),
    BeforeValidator(_seconds),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": SECONDS}]}),
]
Data = Annotated[dict[str, Any], BeforeValidator(_without_nul)]


A_SCORE: dict[str, Any] = {"required": ["score"], "properties": {"score": {"type": "number"}}}
A_SCORE_SOMEWHERE: dict[str, Any] = {
    "anyOf": [
        A_SCORE,
        {"required": ["tests"], "properties": {"tests": {"type": "array", "minItems": 1, "items": A_SCORE}}},
    ]
}


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Test(_Schema):
    """One row of the page: a problem with its score, or with only a status a line of information."""

    __test__ = False  # a row, not something that pytest should collect

    score: Number | None = None
    max_score: Number | None = None
    status: Status | None = None
    name: Text | None = None
    name_format: Format | None = None
    number: Text | None = None
    output: Output | None = None
    output_format: Format | None = None
    tags: tuple[Text, ...] | None = None
    visibility: Visibility | None = None
    extra_data: Data | None = None


class Leader(_Schema):
    """One column of the leaderboard."""

    name: Text
    value: Number | Text
    order: Order | None = None


class Results(_Schema):
    """The whole file. After validation `score` is a number: the given one, or the sum over the tests."""

    model_config = ConfigDict(json_schema_extra=A_SCORE_SOMEWHERE)

    score: Number | None = None
    execution_time: Seconds | None = None
    output: Output | None = None
    output_format: Format | None = None
    test_output_format: Format | None = None
    test_name_format: Format | None = None
    visibility: Visibility | None = None
    stdout_visibility: Visibility | None = None
    extra_data: Data | None = None
    tests: tuple[Test, ...] | None = None
    leaderboard: tuple[Leader, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_a_score(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("score") is not None:
            return data
        tests = data.get("tests")
        rows = [test for test in tests if isinstance(test, dict)] if isinstance(tests, (list, tuple)) else []
        scores = [row.get("score") for row in rows]
        if not scores or None in scores:
            raise ValueError("there is no score: give one at the top, or a number on every test")
        numbers = [Decimal(str(s)) for s in scores if isinstance(s, (int, float)) and not isinstance(s, bool)]
        if len(numbers) < len(scores) or not all(map(Decimal.is_finite, numbers)):
            return data  # refused at its row
        return data | {"score": float(sum(numbers))}


def to_json(results: Results) -> str:
    """The file's text: strict JSON, absent keys left out."""
    return str(results.model_dump_json(exclude_none=True, indent=1))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of results.json, for other tools."""
    return Results.model_json_schema()
