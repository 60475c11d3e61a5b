"""What an engine is: a function that makes of jobs what became of them, in whatever order they get done.

An engine asks for the next job when it has room for one. It knows no store and shows no progress.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.assignment import Assignment
from grader.batch.lanes import Done, Job, Work, graded
from grader.batch.plan import Plan
from grader.grade import grade
from grader.key import Key
from grader.record import Record
from grader.sandbox.jail import Source
from grader.settings import Limits

OURS = 60.0  # seconds that comparing and diagnosing one hand-in may take


@dataclass(frozen=True)
class Brief:
    """What all jobs of a run have in common.

    `plan` is as this machine has it; `lanes` is how many it may use, and `jobs` how many there will be if
    nobody stops them.
    """

    assignment: Assignment
    key: Key
    plan: Plan
    lanes: int
    jobs: int
    weaker: bool = False

    @property
    def seconds(self) -> float:
        """How long a hand-in may take in all; whatever takes longer is a fault of ours."""
        return allowed(self.assignment.settings.limits)


Engine = Callable[[Iterator[Job], Brief], Iterator[Done]]


def in_lanes(jobs: Iterator[Job], brief: Brief) -> Iterator[Done]:
    """On this machine."""
    lanes = min(brief.lanes, max(1, brief.jobs))
    return graded(jobs, work(brief.assignment, brief.key, weaker=brief.weaker), lanes, brief.seconds)


def allowed(limits: Limits) -> float:
    """The seconds that one hand-in may take."""
    return limits.import_seconds + limits.hand_in_seconds + OURS


def work(assignment: Assignment, key: Key, *, weaker: bool) -> Work:
    """What a lane does with a job."""

    def graded_one(job: Job, source: Source) -> Record:
        return grade(assignment, key, job.submission, source, only=job.problems, weaker=weaker)

    return graded_one
