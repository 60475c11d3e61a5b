"""A record as Autolab reads it from stdout: texts for the student, the table, and last the points.

Autolab puts quotes around every `word:` of the last line before it decodes it, and gives zeros where that
fails. So no colon stands in a text of the two lines of JSON, however it got there: it is written \\u003a.
No line before those two can pass for the points, should the output ever end there. All of it is shown.
"""

from __future__ import annotations

import json
import re
from typing import Any

from grader.platforms import told
from grader.platforms.room import fitted
from grader.record import ProblemRecord, Record
from grader.report.escape import paragraph, throughout
from grader.report.paste import complete

MAX_BYTES = 200_000  # the middle of a long output is left out, and every problem keeps a copy
NOT_GRADED = (
    "The autograder could not grade this submission. That is no fault of yours: a 0 that Autolab shows here "
    "is no grade, and the course staff will have it graded again."
)
AN_OBJECT = re.compile(r"^(?=[ \t]*\{)", re.MULTILINE)


def written(record: Record) -> str:
    """What goes to stdout.

    Raises:
        Fault: there are too many functions.
    """
    record = throughout(complete(record), paragraph)
    return fitted(lambda limit: _lines(record, limit), MAX_BYTES, "Autolab")


def withheld() -> str:
    """Nothing was graded: without a line of points Autolab keeps those that it has, instead of our zeros."""
    return NOT_GRADED


def _lines(record: Record, limit: int) -> str:
    texts = [told.notes(record, limit), *(_text(problem, limit) for problem in record.problems)]
    for_people = AN_OBJECT.sub("| ", "\n\n".join([*filter(None, texts), told.total(record)]))
    return "\n".join([for_people, _json(_presentation(record, limit)), _json(_autoresult(record))])


def _text(problem: ProblemRecord, limit: int) -> str:
    said = f"{problem.number} {problem.name}: {told.why(problem, limit)}"
    return "\n\n".join(filter(None, [said, told.to_try(problem, limit)]))


def _presentation(record: Record, limit: int) -> dict[str, Any]:
    """The table: a stage for each topic. The number keeps a topic's name from being a key of Autolab's."""
    stages: dict[str, dict[str, Any]] = {}
    for problem in record.problems:
        stage = f"{problem.number.partition('.')[0]}. {problem.topic}"
        stages.setdefault(stage, {})[problem.name] = _row(problem, limit)
    return {"_presentation": "semantic", "stages": list(stages), **stages}


def _row(problem: ProblemRecord, limit: int) -> dict[str, Any]:
    """The hint stands in one cell of a table, so it is one line; Autolab shows none of what has passed."""
    return {"passed": problem.passed, "hint": " ".join(told.why(problem, limit).split())}


def _autoresult(record: Record) -> dict[str, Any]:
    """Points by the names of functions, and a scoreboard: a column for each and one for their sum."""
    scores = {problem.name: float(problem.score) for problem in record.problems}
    columns = [*(float(problem.score) for problem in record.problems), float(record.score)]
    return {"scores": scores, "scoreboard": columns}


def _json(value: dict[str, Any]) -> str:
    """One line of ASCII that has colons between keys and values alone."""
    separated = json.dumps(value, allow_nan=False, separators=(", ", "\0 "))  # which no text can hold
    return separated.replace(":", "\\u003a").replace("\0", ":")
