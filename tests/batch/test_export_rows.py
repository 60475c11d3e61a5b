"""A row for every student and function, whatever became of them, in JSON and in Parquet."""

import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from gradebooks import made
from nasty import TEXTS, everywhere

from grader.faults import Fault
from grader.report.escape import repaired
from grader.report.export import COLUMNS, json_lines, parquet, rows

CLASS = made(120, seed=3)


def strict(text):
    def refuse(name):
        raise AssertionError(name)

    return json.loads(text, parse_constant=refuse)


def test_every_student_has_a_row_for_every_function():
    found = [strict(line) for line in json_lines(CLASS)]
    expected = [(line.student.id, each.name) for line in CLASS.lines for each in CLASS.functions]
    assert [(row["id"], row["function"]) for row in found] == expected
    assert {tuple(row) for row in found} == {tuple(COLUMNS)}


def test_a_row_says_what_the_gradebook_says():
    line = next(line for line in CLASS.lines if any(mark.diagnosis for mark in line.marks))
    place = next(place for place, mark in enumerate(line.marks) if mark.diagnosis)
    asked, mark = CLASS.functions[place], line.marks[place]
    only = replace(CLASS, lines=(line,))
    row = [strict(each) for each in json_lines(only)][place]
    assert row == {
        **{"id": line.student.id, "name": repaired(line.student.name), "email": line.student.email},
        **{"sid": line.student.sid, "entry": line.entry, "status": line.status, "reason": line.reason},
        **{"hand_in": line.hand_in, "handed_in": line.handed_in, "late": line.late},
        **{"seconds": line.seconds, "cached": line.cached, "timed_out": line.timed_out},
        **{"before": None if line.before is None else float(line.before), "moved": line.moved},
        **{"function": asked.name, "number": asked.number, "topic": asked.topic},
        **{"points": float(asked.points), "score": float(mark.score), "verdict": mark.verdict},
        **{"diagnosis": mark.diagnosis, "set_by": mark.set_by},
    }


def test_a_score_is_the_decimal_again():
    line = replace(
        CLASS.lines[0], status="graded", marks=(replace(CLASS.lines[0].marks[0], score=Decimal("0.1")),)
    )
    first = next(json_lines(replace(CLASS, lines=(line,))))
    assert '"score": 0.1,' in first


def test_who_failed_has_rows_without_scores():
    failed = replace(CLASS.lines[0], status="failed", reason="The lane ended.", marks=())
    found = [strict(line) for line in json_lines(replace(CLASS, lines=(failed,)))]
    assert len(found) == len(CLASS.functions)
    assert {(row["score"], row["verdict"], row["reason"]) for row in found} == {
        (None, None, "The lane ended.")
    }


@pytest.mark.parametrize("seconds", [float("inf"), float("nan")])
def test_seconds_that_are_none_are_null(seconds):
    line = next(json_lines(replace(CLASS, lines=(replace(CLASS.lines[0], seconds=seconds),))))
    assert strict(line)["seconds"] is None


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts_are_as_they_are_but_for_half_characters(text):
    for line in json_lines(everywhere(replace(CLASS, lines=CLASS.lines[:1]), text)):
        assert line.isascii() and line.count("\n") == 1 and line.endswith("\n")
        assert strict(line)["name"] == repaired(text)


def test_parquet_has_the_same_rows():
    pyarrow = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    table = pyarrow.read_table(BytesIO(parquet(CLASS)))
    assert {field.name: str(field.type).replace("double", "float64") for field in table.schema} == COLUMNS
    assert table.to_pylist() == list(rows(CLASS))


def test_parquet_of_a_class_that_nobody_is_in():
    pyarrow = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    table = pyarrow.read_table(BytesIO(parquet(replace(CLASS, lines=()))))
    assert table.num_rows == 0 and table.column_names == list(COLUMNS)


def test_without_pyarrow_it_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Fault, match="pip install pyarrow") as fault:
        parquet(CLASS)
    assert "\n" not in str(fault.value)


def test_pyarrow_is_loaded_only_to_write():
    code = "import sys, grader.report.export; print('pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
