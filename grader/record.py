"""All of it for one hand-in: frozen, printable, and back from JSON as it was.

What a student may see and what only staff may see are different fields: `Seen` comes from public cases and
from bare verdicts on hidden ones; everything that was measured on hidden cases, or said by a student's
process there, is in `Measured` and `Provenance`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from grader import as_json

PASSING = ("right", "imprecise")


@dataclass(frozen=True)
class Seen:
    """For the student: one sentence, what may help, such as an input to paste, and what the code printed.

    `hint` says as much of the diagnosis as the assignment's ladder of hints allows.
    """

    sentence: str
    detail: str = ""
    printed: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """For staff: why an answer is wrong.

    `id` is stable, so that a class's can be counted; it is "" where the answer is right. `family` says what
    kind of mistake it is and `place` which one; both are empty where nothing explains every case, and `id` is
    then the verdict.
    """

    id: str = ""
    family: str = ""
    place: str = ""


@dataclass(frozen=True)
class Measured:
    """For staff: one case. `calls` counts the values that were told of the given functions."""

    __pydantic_config__ = {"ser_json_inf_nan": "strings"}  # noqa: RUF012 - pydantic's name; η may be infinite

    row: str
    public: bool
    sizes: Mapping[str, int]
    verdict: str
    said: str = ""
    eta: float | None = None
    relative: float | None = None
    calls: Mapping[str, int] | None = None


@dataclass(frozen=True)
class ProblemRecord:
    """What became of one problem.

    `numerical` tells staff why a right answer looks differentiated numerically.
    """

    name: str
    number: str
    topic: str
    asks: str
    points: Decimal
    score: Decimal
    verdict: str
    student: Seen
    staff: tuple[Measured, ...]
    numerical: str = ""
    diagnosis: Diagnosis = Diagnosis()

    @property
    def unwritten(self) -> bool:
        """Whether there is nothing to judge yet."""
        return self.verdict in ("unwritten", "missing")

    @property
    def passed(self) -> bool:
        """Right, perhaps with lost digits, and worth something; partial credit is no pass."""
        return self.verdict in PASSING and self.score > 0


@dataclass(frozen=True)
class Timings:
    """Seconds. `loading` is for processes and the hand-in's file, `students_code` by the worker's clock.

    What is left of `total` went into transport and the functions that the grader evaluates.
    """

    total: float
    loading: float
    students_code: float
    comparing: float


@dataclass(frozen=True)
class Provenance:
    """For staff: what a regrade needs to come out the same."""

    grader: str
    python: str
    numpy: str
    platform: str
    seed_id: str
    isolation: str
    hand_in_sha256: str
    timings: Timings
    earlier: int = 0  # attempts, which the hints go by


@dataclass(frozen=True)
class Record:
    """One hand-in, graded.

    For the student: `remarks`, which tell what was passed over or could not be executed, and `printed`, which
    is what the file printed when it was executed.
    """

    assignment: str
    hand_in: str
    file: str
    problems: tuple[ProblemRecord, ...]
    remarks: tuple[str, ...]
    staff: Provenance
    printed: str = ""

    @property
    def score(self) -> Decimal:
        return sum((problem.score for problem in self.problems), Decimal(0))

    @property
    def points(self) -> Decimal:
        return sum((problem.points for problem in self.problems), Decimal(0))


def to_json(record: Record) -> str:
    """The record as JSON text; decimals are strings, so they stay exact."""
    return as_json.written(record, indent=1).decode()


def from_json(text: str | bytes) -> Record:
    """The record that `to_json` wrote.

    Raises:
        pydantic.ValidationError: it is something else.
    """
    return as_json.read(Record, text)
