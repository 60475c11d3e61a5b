"""Everything in a table for those who analyse it: a row for every student and function, texts as they are.

Whoever could not be graded has all the rows, too, with nothing in the columns that grading fills.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from math import isfinite
from typing import Any

from grader.batch.gradebook import Asked, Gradebook, Line, Mark
from grader.faults import Fault, missing
from grader.report.escape import repaired

STUDENT = {
    **dict.fromkeys(("id", "name", "email", "sid", "entry", "status", "reason"), "string"),
    **{"hand_in": "string", "handed_in": "string", "late": "bool", "seconds": "float64"},
    **{"cached": "bool", "timed_out": "bool", "before": "float64", "moved": "string"},
}
FUNCTION = {
    **dict.fromkeys(("function", "number", "topic"), "string"),
    **{"points": "float64", "score": "float64"},
    **dict.fromkeys(("verdict", "diagnosis", "set_by"), "string"),
}
COLUMNS = STUDENT | FUNCTION  # names with Arrow's names of their types

Row = dict[str, Any]


def rows(gradebook: Gradebook) -> Iterator[Row]:
    """Values of JSON's types under the names of COLUMNS."""
    asked = [_of_function(each) for each in gradebook.functions]
    for line in gradebook.lines:
        student = _of_student(line)
        marks = line.marks if line.score is not None else ()
        for place, function in enumerate(asked):
            yield student | function | _of_mark(marks[place] if place < len(marks) else None)


def json_lines(gradebook: Gradebook) -> Iterator[str]:
    """A line of strict JSON for every row, with its line break. ASCII; lone surrogates are written out."""
    return (json.dumps(row, allow_nan=False) + "\n" for row in rows(gradebook))


def parquet(gradebook: Gradebook) -> bytes:
    """The same rows as a Parquet file.

    Raises:
        Fault: pyarrow is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise Fault(f"{missing('pyarrow')}, or take the JSON lines, which hold the same") from None
    types = {"string": pyarrow.string(), "bool": pyarrow.bool_(), "float64": pyarrow.float64()}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for row in rows(gradebook):
        for name, value in row.items():
            columns[name].append(value)
    written = BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns, schema=schema), written, compression="zstd")
    return written.getvalue()


def _of_student(line: Line) -> Row:
    student = line.student
    return {
        **{"id": repaired(student.id), "name": repaired(student.name)},
        **{"email": repaired(student.email), "sid": repaired(student.sid)},
        **{"entry": repaired(line.entry), "status": repaired(line.status), "reason": repaired(line.reason)},
        **{"hand_in": repaired(line.hand_in), "handed_in": repaired(line.handed_in), "late": line.late},
        "seconds": line.seconds if isfinite(line.seconds) else None,
        **{"cached": line.cached, "timed_out": line.timed_out},
        **{"before": _number(line.before), "moved": repaired(line.moved)},
    }


def _of_function(asked: Asked) -> Row:
    return {
        **{"function": repaired(asked.name), "number": repaired(asked.number)},
        **{"topic": repaired(asked.topic), "points": _number(asked.points)},
    }


def _of_mark(mark: Mark | None) -> Row:
    if mark is None:
        return {"score": None, "verdict": None, "diagnosis": None, "set_by": None}
    return {
        **{"score": _number(mark.score), "verdict": repaired(mark.verdict)},
        **{"diagnosis": repaired(mark.diagnosis), "set_by": repaired(mark.set_by)},
    }


def _number(value: Decimal | None) -> float | None:
    """The double nearest to an exact decimal; its shortest text is that decimal again."""
    return None if value is None else float(value)
