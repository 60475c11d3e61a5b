"""Gradescope's results.json, as documented, in pydantic.

Every key that the platform reads is here and no other. What would lose a grade there is refused here: a
NaN, a missing score, an unknown visibility, an `output` that is no text. Texts lose NUL bytes (the
platform's database takes none) and are cut in the middle at 100,000 characters, where the platform would
cut them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    model_validator,
)

MAX_OUTPUT = 100_000
CUT = "\n[...(truncated)...]\n"

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
        case _:
            return value


def _cut(text: str) -> str:
    """Start and end of a text that the platform would cut."""
    if len(text) < MAX_OUTPUT:
        return text
    half = (MAX_OUTPUT - len(CUT)) // 2 - 1
    return f"{text[:half]}{CUT}{text[-half:]}"


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number is asked, not true or false")  # noqa: TRY004 - pydantic reports ValueErrors
    return value


Text = Annotated[str, BeforeValidator(_without_nul)]
Output = Annotated[str, BeforeValidator(_without_nul), AfterValidator(_cut)]
Number = Annotated[FiniteFloat, BeforeValidator(_no_bool)]
Data = Annotated[dict[str, Any], BeforeValidator(_without_nul)]


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

    score: Number | None = None
    execution_time: Number | None = Field(default=None, ge=0)
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
        scores = [test.get("score") for test in data.get("tests") or [] if isinstance(test, dict)]
        numbers = [score for score in scores if isinstance(score, (int, float))]
        if not scores or len(numbers) < len(scores):
            raise ValueError("there is no score: give one at the top, or a number on every test")
        return data | {"score": float(sum(map(Decimal, numbers)))}


def to_json(results: Results) -> str:
    """The file's text: strict JSON, absent keys left out."""
    return str(results.model_dump_json(exclude_none=True, indent=1))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of results.json, for other tools."""
    return Results.model_json_schema()
