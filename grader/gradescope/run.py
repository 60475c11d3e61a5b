"""The run in the platform's container: from its folders to results.json, which never loses a grade.

First the secrets are shut. From the first moment a result lies there that withholds the score; the last act,
when no process of the student's is alive, puts the true one in its place, and always before the platform's
own time-out, which would write a zero over it. What students may see is in that file; standard output is for
staff, and says nothing about hidden inputs or diagnoses.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from grader.faults import Fault, unforeseen
from grader.gradescope import graded

if TYPE_CHECKING:  # the guardian's own imports come when the other process is under way
    from grader.gradescope.schema import Results
    from grader.record import Record
    from grader.settings import Settings

ROOT = Path("/autograder")
TIMEOUT = "TIMEOUT_SECONDS"  # in the environment: when the platform ends the run
USUAL = 600.0  # seconds, where it does not say; its default
MARGIN = 0.1  # of the time-out, kept for what is to be done at the end
LEAST_MARGIN = 5.0  # seconds
STUDENTS = 2 / 3  # of the time that is left; the rest is for comparing, diagnosing and the instructors' tests
KILLED = "the run was killed before it was done; most likely the container's memory was too small"


@dataclass(frozen=True)
class Place:
    """The folders of a run, as the platform lays them out below its root."""

    root: Path

    @property
    def assignment(self) -> Path:
        return self.root / "source" / "assignment"

    @property
    def tests(self) -> Path:
        return self.assignment / "tests"

    @property
    def submission(self) -> Path:
        return self.root / "submission"

    @property
    def results(self) -> Path:
        return self.root / "results" / "results.json"

    @property
    def metadata(self) -> Path:
        return self.root / "submission_metadata.json"

    @property
    def secrets(self) -> tuple[Path, ...]:
        """What no student's process may read."""
        return self.root / "source", self.root / "results", self.metadata


def run(root: Path, environment: Mapping[str, str], *, weaker: bool = False) -> bool:
    """Grade what lies below the root; returns whether there is a result, and not only a reason for none.

    Raises:
        Fault: nothing can be written there.
    """
    place, deadline = Place(root), monotonic() + time_given(environment)
    if sys.platform != "linux":
        raise Fault("grader gradescope runs in the platform's container, which is a Linux")
    place.results.parent.mkdir(parents=True, exist_ok=True)
    try:
        results, words = _graded(place, deadline, weaker=weaker)
    except Exception as error:
        reason = str(error) if isinstance(error, Fault) else unforeseen(error)
        results, words = _withheld(reason), f"no score: {reason}"
    graded.ended()
    _write(place, results)
    _say(words)
    return "withheld" not in (results.extra_data or {})


def time_given(environment: Mapping[str, str]) -> float:
    """Seconds until we end by ourselves: the platform's time-out less a margin."""
    try:
        seconds = float(environment.get(TIMEOUT, USUAL))
    except ValueError:
        seconds = USUAL
    if not 0 < seconds < float("inf"):
        seconds = USUAL
    return max(seconds - max(LEAST_MARGIN, MARGIN * seconds), seconds / 2)


def _shut(path: Path) -> None:
    """Let nobody but its owner in.

    Raises:
        Fault: others could read it.
    """
    if not path.exists():
        return
    mode = path.stat().st_mode
    try:
        path.chmod(mode & 0o700)
    except OSError as error:
        if mode & 0o077:
            raise Fault(f"{path} cannot be made unreadable for student code: {error.strerror}") from None


def _graded(place: Place, deadline: float, *, weaker: bool) -> tuple[Results, str]:
    """The result, and what to tell staff.

    Raises:
        Fault: there is none, by no fault of the student's.
    """
    for path in place.secrets:
        _shut(path)
    grading = graded.started(place.assignment, place.submission, weaker=weaker)
    _write(place, _withheld(KILLED))
    from grader.gradescope.late import charged, lateness, uncounted
    from grader.gradescope.metadata import read_metadata
    from grader.gradescope.refusal import attempts, refused
    from grader.gradescope.results import results
    from grader.report import staff
    from grader.settings import load_settings

    settings = load_settings(place.assignment)
    told = read_metadata(place.metadata)
    again = refused(told.metadata, settings.rate_limit)
    if again is not None:
        return again, "\n".join([*told.notes, "not graded again: the rate limit is reached"])
    earlier, share = len(attempts(told.metadata, settings.rate_limit)), _students_share(deadline)
    graded.ordered(grading, graded.Orders(earlier, share))
    record = graded.outcome(grading, deadline)
    graded.ended()
    total = results(record, settings.gradescope)
    if settings.tests and place.tests.is_dir():
        total = _with_tests(place, settings, total, deadline, weaker=weaker)
    dates = told.metadata.created_at, told.metadata.due
    final = charged(total, lateness(*dates, settings.late))
    words = [*told.notes, uncounted(*dates, settings.late), _cut(share, settings), *staff.lines(record)]
    words += _sums(record, total, final)
    return final, "\n".join(filter(None, words))


def _cut(share: float, settings: Settings) -> str:
    """For staff: that student code had less time than the assignment gives it."""
    asked = settings.limits.hand_in_seconds
    if share >= asked:
        return ""
    says = f"the platform's time-out leaves student code {share:.0f} s of hand_in_seconds = {asked:g}"
    return f"{says}: choose a longer one"


def _sums(record: Record, total: Results, final: Results) -> Iterator[str]:
    """For staff: by what the score differs from the problems' sum."""
    if total.score != float(record.score):
        yield f"with the instructors' tests: {total.score:g} points"
    if final.score != total.score:
        days = (final.extra_data or {})["late_days"]
        yield f"{days} day{'s' if days != 1 else ''} late: {final.score:g} points"


def _with_tests(
    place: Place, settings: Settings, total: Results, deadline: float, *, weaker: bool
) -> Results:
    """The result with the rows of the instructors' own tests behind the problems'."""
    from grader.gradescope.decorated import merged
    from grader.gradescope.instructors import tested

    seconds = min(settings.limits.hand_in_seconds, _students_share(deadline))
    suite = tested(place.tests, place.submission, seconds, deadline, weaker=weaker)
    return merged(total, suite, number=len(settings.topics) + 1)


def _students_share(deadline: float) -> float:
    """Seconds that the student's code may take of the time that is left."""
    return STUDENTS * max(1.0, deadline - monotonic())


def _withheld(reason: str) -> Results:
    from grader.gradescope.results import withheld

    return withheld(reason)


def _write(place: Place, results: Results) -> None:
    from grader import atomic
    from grader.gradescope.schema import to_json

    atomic.write(place.results, f"{to_json(results)}\n".encode())


def _say(words: str) -> None:
    from grader.report.escape import paragraph

    os.write(1, f"{paragraph(words)}\n".encode())


def main() -> int:
    """`grader gradescope --root ROOT` without the command line's own imports, a tenth of a cold run."""
    try:
        return not run(Path(sys.argv[1]).absolute(), os.environ)
    except Fault as fault:
        _say(f"grader: {fault}")
        return 1


if __name__ == "__main__":
    os._exit(main())  # what an interpreter does at its end takes a tenth of a cold run
