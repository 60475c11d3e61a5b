"""What a batch found, for reports: a line for every student of the export, and what the class got wrong.

It holds no code of a hand-in and nothing that was measured; pages for single students are written from their
records.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from grader.batch.roster import Ignored, Student

NOT_YET = "not yet"
UNGRADED = ("failed", NOT_YET)


@dataclass(frozen=True)
class Asked:
    """One function of the assignment."""

    name: str
    number: str
    topic: str
    points: Decimal


@dataclass(frozen=True)
class Mark:
    """What one student has for one function. `set_by` says who changed the score by hand and why."""

    verdict: str
    score: Decimal
    diagnosis: str = ""  # its id
    set_by: str = ""


@dataclass(frozen=True)
class Line:
    """One student.

    `status` is "graded", "empty" (nothing that can be graded was handed in: no points), "failed" (a fault of
    ours: no score) or "not yet" (nobody has tried: no score); `reason` says why in one sentence. `marks` has
    one for every function where there is a score, in order. `page` is the stem of the feedback's file.
    `seconds` went into grading; `cached`: in an earlier run. `before` is the score that the last run had, and
    `moved` why it is another now.
    """

    student: Student
    entry: str
    status: str
    reason: str
    marks: tuple[Mark, ...]
    page: str
    hand_in: str = ""  # a digest, the same for identical content
    late: bool = False
    handed_in: str = ""
    seconds: float = 0.0
    cached: bool = False
    timed_out: bool = False
    before: Decimal | None = None
    moved: str = ""

    @property
    def counts(self) -> bool:
        """Whether its score says something: it was graded, or somebody has set one by hand."""
        return self.score is not None and (self.status == "graded" or any(m.set_by for m in self.marks))

    @property
    def score(self) -> Decimal | None:
        """The sum of the marks; None where it was not graded."""
        return None if self.status in UNGRADED else sum((mark.score for mark in self.marks), Decimal(0))


@dataclass(frozen=True)
class Mistake:
    """One diagnosis of one function, with the ids of those who made it.

    `example` is the smallest input that shows it, to paste into Python, with the sentence that a student was
    told; both are empty where only hidden cases show it.
    """

    function: str
    diagnosis: str
    says: str
    students: tuple[str, ...]
    sentence: str = ""
    example: str = ""


@dataclass(frozen=True)
class Unsteady:
    """A function of a hand-in that came out differently when it was graded again; the first verdict counts.

    That is the student's doing (random numbers, the time) or a fault of grading.
    """

    function: str
    students: tuple[str, ...]
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class Similar:
    """Two students' code that has much in common beyond the template. That proves nothing.

    `share` is of what is uncommon about the shorter one's, `functions` are those in which it is. A student
    stands for all who have the same hand-in.
    """

    one: str
    other: str
    share: float
    functions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Uncompared:
    """A student whose code could not be compared with the others', or not all of it, and why."""

    student: str
    why: str


@dataclass(frozen=True)
class Circumstances:
    """Of the run, for its headline. `started` is local time in ISO form, `seconds` how long the run took.

    `lanes` is 0 where it was graded on a cluster.
    """

    started: str
    seconds: float
    lanes: int
    isolation: str
    grader: str
    environment: str


@dataclass(frozen=True)
class Gradebook:
    """The class. `alike` has the groups of students whose hand-ins are the same, byte for byte."""

    title: str
    platform: str
    points: Decimal
    functions: tuple[Asked, ...]
    lines: tuple[Line, ...]
    mistakes: tuple[Mistake, ...]
    ignored: tuple[Ignored, ...]
    alike: tuple[tuple[str, ...], ...]
    circumstances: Circumstances
    unsteady: tuple[Unsteady, ...] = ()
    similar: tuple[Similar, ...] | None = None  # None where nobody asked
    uncompared: tuple[Uncompared, ...] = ()
