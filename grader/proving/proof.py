"""What `verify` found out about an assignment: frozen, printable, and back from JSON as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from grader import as_json

INFINITE = {"ser_json_inf_nan": "strings"}
BESIDE = ("terms", "quantities", "home")  # the checks of what is named beside a formula


@dataclass(frozen=True)
class Check:
    """One thing that was tried. `ok` is `None` where there is nothing to try; the sentence says why."""

    name: str
    ok: bool | None
    sentence: str = ""


@dataclass(frozen=True)
class Hiding:
    """A row that does not tell a mistake from the truth, on `passing` of its `cases`."""

    row: str
    passing: int
    cases: int

    @property
    def whole(self) -> bool:
        """Whether none of its cases tells."""
        return self.passing == self.cases


@dataclass(frozen=True)
class MistakeProof:
    """A known mistake against the truth.

    A hand-in that makes it fails if one case tells. So `margin` is that of the best core case, in the stream
    where that is smaller, in decades beyond what still passes; `least` is that of the worst core case. It is
    infinite where the form tells, such as a shape. `hidden` are the rows with a case that cannot tell.
    """

    __pydantic_config__ = INFINITE

    says: str
    ok: bool
    margin: float
    least: float
    hidden: tuple[Hiding, ...]
    sentence: str = ""


@dataclass(frozen=True)
class MutationProof:
    """What became of a reference's mutants. `broken` of the `caught` fail or change the form."""

    caught: int
    broken: int
    equivalent: int
    survivors: tuple[str, ...]

    @property
    def changed(self) -> int:
        return self.caught + len(self.survivors)


@dataclass(frozen=True)
class ProblemProof:
    """One reference. `off` is how far it is from its numerical derivative, relative to the condition."""

    __pydantic_config__ = INFINITE

    name: str
    number: str
    topic: str
    cases: int
    microseconds: float
    off: float | None
    by: str
    checks: tuple[Check, ...]
    mistakes: tuple[MistakeProof, ...]
    mutations: MutationProof | None
    notes: tuple[str, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether the formula itself fails, not only what is named beside it."""
        return any(check.ok is False and check.name not in BESIDE for check in self.checks)

    @property
    def failing(self) -> tuple[str, ...]:
        """The names of what fails."""
        mistakes = not all(mistake.ok for mistake in self.mistakes)
        survivors = self.mutations is not None and bool(self.mutations.survivors)
        return (
            *(check.name for check in self.checks if check.ok is False),
            *(["mistakes"] if mistakes else []),
            *(["mutations"] if survivors else []),
        )


@dataclass(frozen=True)
class ExampleProof:
    """A hand-in against its expected verdicts; one sentence for each that it did not get.

    `isolation` is how its code was walled off; "" where it was not graded.
    """

    name: str
    deviations: tuple[str, ...]
    isolation: str = ""


@dataclass(frozen=True)
class Provenance:
    """What proved it, and how long that took, in seconds."""

    grader: str
    python: str
    numpy: str
    key_seconds: float
    seconds: float


@dataclass(frozen=True)
class Proof:
    """An assignment, proved or not. `checks` are about no problem in particular."""

    assignment: str
    proved: bool
    problems: tuple[ProblemProof, ...]
    checks: tuple[Check, ...]
    examples: tuple[ExampleProof, ...]
    notes: tuple[str, ...]
    provenance: Provenance


def faults(proof: Proof) -> tuple[str, ...]:
    """One sentence for whatever fails, in the assignment's order."""
    deviations = (sentence for example in proof.examples for sentence in example.deviations)
    return (*failures(proof), *deviations)


def failures(proof: Proof) -> tuple[str, ...]:
    """The same without what the examples show."""
    checks = (check.sentence for check in proof.checks if check.ok is False)
    return (*checks, *chain.from_iterable(map(_faults, proof.problems)))


def _faults(problem: ProblemProof) -> Iterator[str]:
    yield from (check.sentence for check in problem.checks if check.ok is False)
    yield from (mistake.sentence for mistake in problem.mistakes if not mistake.ok)
    yield from problem.mutations.survivors if problem.mutations else ()


def to_json(proof: Proof) -> str:
    """The proof as JSON text; what is infinite is a string."""
    return as_json.written(proof, indent=1).decode()


def from_json(text: str | bytes) -> Proof:
    """The proof that `to_json` wrote.

    Raises:
        pydantic.ValidationError: it is something else.
    """
    return as_json.read(Proof, text)
