"""What a class did not understand, asked of the store over the hand-ins of one run.

An answer counts once for every student that handed it in, and is shown once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from grader.batch.gradebook import Mark, Mistake, Unsteady
from grader.batch.grades.packed import read
from grader.batch.grades.runs import standings, until
from grader.batch.grades.store import RESULT_COUNTS, TIMED_OUT, Store, committed

# every hand-in of the run, with each problem that it fails
FAILING = f"""
FROM run CROSS JOIN plan ON plan.number = run.plan
CROSS JOIN {{handed}} AS handed ON handed.run = run.number
CROSS JOIN asked ON asked.plan = plan.number
CROSS JOIN result ON result.hand_in = handed.hand_in AND result.environment = plan.environment
                 AND result.problem = asked.problem AND {RESULT_COUNTS}
"""
STUDENTS = f"""
SELECT asked.place, problem.name, result.diagnosis, handed.student
{FAILING.format(handed="handed")}
CROSS JOIN problem ON problem.number = asked.problem
WHERE run.number = :run AND result.diagnosis <> ''
ORDER BY asked.place, result.diagnosis, handed.student
"""
# the shortest text is the smallest input; an answer that fails on hidden cases alone has none
EXAMPLES = f"""
SELECT place, diagnosis, says, sentence, example FROM (
    SELECT asked.place AS place, result.diagnosis AS diagnosis,
           CASE told.place WHEN '' THEN told.family ELSE told.place END AS says,
           CASE told.example WHEN '' THEN '' ELSE told.sentence END AS sentence, told.example AS example,
           row_number() OVER (
               PARTITION BY asked.place, result.diagnosis
               ORDER BY told.example = '', length(told.example), told.example, told.sentence, told.place
           ) AS rank
    {FAILING.format(handed="(SELECT DISTINCT run, hand_in FROM handed WHERE run = :run)")}
    CROSS JOIN told ON told.result = result.number
    WHERE run.number = :run AND result.diagnosis <> ''
) WHERE rank = 1
"""


def mistakes(store: Store, run: int) -> tuple[Mistake, ...]:
    """The most frequent first; of two that are as frequent, the one whose function is asked first."""
    committed(store)
    at = {"run": run, "until": until(store, run)}
    shown = {row[:2]: tuple(map(read, row[2:])) for row in store.db.execute(EXAMPLES, at)}
    found = []
    for (place, problem, diagnosis), rows in groupby(store.db.execute(STUDENTS, at), lambda row: row[:3]):
        says, sentence, example = shown[place, diagnosis]
        students = tuple(read(row[3]) for row in rows)
        found.append(Mistake(problem, read(diagnosis), says, students, sentence, example))
    return tuple(sorted(found, key=lambda mistake: -len(mistake.students)))


def marks(store: Store, run: int) -> Iterator[tuple[str, str, Mark]]:
    """Student, problem and mark of all that is graded, one at a time."""
    for each in standings(store, run):
        yield from ((each.student, problem, mark) for problem, mark in each.marks.items() if mark)


def alike(store: Store, run: int) -> tuple[tuple[str, ...], ...]:
    """Students of different entries whose hand-ins are the same, the largest groups first."""
    committed(store)
    rows = store.db.execute(
        "SELECT hand_in, entry, student FROM handed WHERE run = ? AND hand_in IN (SELECT hand_in FROM handed"
        " WHERE run = ? GROUP BY hand_in HAVING count(DISTINCT entry) > 1) ORDER BY hand_in, student",
        (run, run),
    )
    groups = [tuple(read(row[2]) for row in same) for _, same in groupby(rows, lambda row: row[0])]
    return tuple(sorted(groups, key=lambda group: (-len(group), group)))


UNSTEADY = f"""
SELECT asked.place, result.hand_in, problem.name, result.verdict
FROM run CROSS JOIN plan ON plan.number = run.plan
CROSS JOIN (SELECT DISTINCT run, hand_in FROM handed WHERE run = :run) AS handed ON handed.run = run.number
CROSS JOIN asked ON asked.plan = plan.number
CROSS JOIN result ON result.hand_in = handed.hand_in AND result.environment = plan.environment
                 AND result.problem = asked.problem AND result.differs AND result.at <= :until
CROSS JOIN problem ON problem.number = asked.problem
WHERE run.number = :run
ORDER BY asked.place, result.hand_in, result.verdict = '{TIMED_OUT}', result.at, result.content
"""


def unsteady(store: Store, run: int) -> tuple[Unsteady, ...]:
    """What came out differently when it was graded again, in the assignment's order."""
    committed(store)
    rows = store.db.execute(UNSTEADY, {"run": run, "until": until(store, run)})
    found = []
    for (_, hand_in, function), results in groupby(rows, lambda row: row[:3]):
        whose = "SELECT student FROM handed WHERE run = ? AND hand_in = ? ORDER BY student"
        students = tuple(read(row[0]) for row in store.db.execute(whose, (run, hand_in)))
        found.append(Unsteady(function, students, tuple(row[3] for row in results)))
    return tuple(found)
