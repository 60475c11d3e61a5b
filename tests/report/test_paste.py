"""What a student pastes runs: everything that it names is imported above it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.record import ProblemRecord, Record, Seen
from grader.report.paste import complete

SHIPPED = Path(__file__).parents[2]
WRONG = SHIPPED / "submissions_example" / "wrong_lecture_slips"


def test_every_input_of_a_wrong_hand_in_runs_beside_it(grade_text, tmp_path):
    text = (WRONG / "hw2.py").read_text(encoding="utf-8")
    (tmp_path / "hw2.py").write_text(text, encoding="utf-8")
    (tmp_path / "problems").symlink_to(SHIPPED / "problems")
    record = replace(grade_text(text), file="hw2.py")
    details = [problem.student.detail for problem in complete(record).problems]
    script = "\n".join(filter(None, details))
    assert script.count("import numpy as np") >= 5
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("file", "imported"),
    [
        ("hw2.py", "from hw2 import grad_v\n"),
        ("src/homework2.PY", "from homework2 import grad_v\n"),
        ("hw2.ipynb", ""),
        ("my homework.py", ""),
        ("", ""),
    ],
)
def test_the_file_is_imported_where_it_can_be(grade_text, file, imported):
    record: Record = grade_text("def grad_v(): pass")
    first: ProblemRecord = replace(record.problems[0], student=Seen("wrong", "v = 1"))
    (found,) = complete(replace(record, file=file, problems=(first,))).problems
    assert found.student.detail == f"import numpy as np\n{imported}v = 1"
