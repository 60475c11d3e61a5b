"""From the store to the gradebook: every student of the export, with what counts for the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from decimal import Decimal

from grader.assignment import Assignment
from grader.batch.gradebook import (
    NOT_YET,
    UNGRADED,
    Asked,
    Circumstances,
    Gradebook,
    Line,
    Mistake,
    Similar,
    Uncompared,
)
from grader.batch.grades.findings import alike, mistakes, unsteady
from grader.batch.grades.runs import Attempt, Move, Standing, attempts, last_run, moved, scores, standings
from grader.batch.grades.store import TIMED_OUT, Store
from grader.batch.hand_ins import Taken
from grader.batch.roster import Entry, Student
from grader.batch.similar.similarity import Compared
from grader.report.paste import example

STOPPED = "it was not graded yet: the run was stopped before it"
LEFT_OUT = "it was not graded yet: the command left it out"


def gradebook(
    store: Store,
    run: int,
    assignment: Assignment,
    taken: Taken,
    chosen: Set[str],
    circumstances: Circumstances,
) -> Gradebook:
    """What a run has found, beside the run before it.

    `chosen` are the digests that it was to grade; of others there may be earlier results.
    """
    earlier = last_run(store, assignment.settings.title, run)
    before = scores(store, earlier.number) if earlier else {}
    moves: dict[str, list[Move]] = defaultdict(list)
    for move in moved(store, run, earlier.number) if earlier else ():
        moves[move.student].append(move)
    return Gradebook(
        title=assignment.settings.title,
        platform=taken.export.platform,
        points=assignment.settings.points,
        functions=tuple(Asked(p.name, p.number, p.topic.title, p.points) for p in assignment.problems),
        lines=tuple(_lines(store, run, taken, chosen, before, moves)),
        mistakes=tuple(_to_paste(each, assignment.settings.file) for each in mistakes(store, run)),
        ignored=taken.export.ignored,
        alike=alike(store, run),
        circumstances=circumstances,
        unsteady=unsteady(store, run),
    )


def _to_paste(mistake: Mistake, file: str) -> Mistake:
    return replace(mistake, example=example(mistake.example, file, mistake.function))


Scores = Mapping[str, Mapping[str, Decimal] | None]


def _lines(
    store: Store, run: int, taken: Taken, chosen: Set[str], before: Scores, moves: Mapping[str, list[Move]]
) -> Iterator[Line]:
    """In the export's order."""
    from grader.report.feedback import stem

    found = {each.student: each for each in standings(store, run)}
    tried = attempts(store, run)
    for entry in taken.export.entries:
        for student in entry.students:
            standing, old = found[student.id], before.get(student.id)
            yield _line(
                entry,
                student,
                standing,
                tried.get(standing.hand_in),
                lacks=STOPPED if standing.hand_in in chosen else LEFT_OUT,
                page=stem(student),
                before=None if old is None else sum(old.values(), Decimal(0)),
                moved=_why(moves.get(student.id, [])),
            )


def _line(  # noqa: PLR0913 - what a line has
    entry: Entry,
    student: Student,
    standing: Standing,
    attempt: Attempt | None,
    *,
    lacks: str,
    page: str,
    before: Decimal | None,
    moved: str,
) -> Line:
    marks = tuple(standing.marks.values())
    status, reason = _status(entry, standing, attempt.reason if attempt else "", lacks)
    return Line(
        student=student,
        entry=entry.id,
        status=status,
        reason=reason,
        marks=() if status in UNGRADED else tuple(mark for mark in marks if mark),
        page=page,
        hand_in=standing.hand_in,
        late=entry.late,
        handed_in=entry.handed_in,
        seconds=attempt.seconds if attempt else 0.0,
        cached=bool(attempt and attempt.cached),
        timed_out=any(mark and mark.verdict == TIMED_OUT for mark in marks),
        before=before,
        moved=moved,
    )


def _status(entry: Entry, standing: Standing, failed: str, lacks: str) -> tuple[str, str]:
    """What became of a hand-in, and why where it has no grade of its own."""
    by_hand = all(mark and mark.set_by for mark in standing.marks.values())
    if entry.ours and not by_hand:
        return "failed", entry.problem
    if not standing.hand_in:
        return "empty", entry.problem
    if standing.scores is None:
        return ("failed", failed) if failed else (NOT_YET, lacks)
    return "graded", ""


def with_similar(book: Gradebook, taken: Taken, compared: Compared) -> Gradebook:
    """The same with the pairs that have much in common, each hand-in by the first of its students."""
    first = {digest: entry.students[0].id for digest, entry in taken.by_digest.items()}
    return replace(
        book,
        similar=tuple(
            Similar(
                first[pair.one], first[pair.other], pair.share, tuple(each.function for each in pair.beside)
            )
            for pair in compared.pairs
        ),
        uncompared=tuple(Uncompared(first[digest], why) for digest, why in compared.unread.items()),
    )


def _why(moves: list[Move]) -> str:
    """Why a score is another one: the reasons, each with its functions."""
    functions: dict[str, list[str]] = defaultdict(list)
    for move in moves:
        functions[move.why].append(move.problem)
    return "; ".join(f"{why} ({', '.join(names)})" for why, names in functions.items())
