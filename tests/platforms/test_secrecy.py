"""A student reads all that a platform is told: nothing for staff is in it, and no secret input."""

from base64 import b64decode
from dataclasses import replace

import pytest
import tellers

from grader.grade import grade
from grader.platforms import autolab, classroom, prairielearn
from grader.record import Diagnosis
from grader.submission import Submission

READ = {
    "autolab": autolab.written,
    "prairielearn": prairielearn.written,
    "classroom": lambda record: b64decode(classroom.written(record).partition("=")[2]).decode(),
}


@pytest.fixture(params=READ)
def read(request):
    """What a student can read of a record on the platform."""
    return READ[request.param]


def test_nothing_for_staff_is_in_it(read, record):
    secret = Diagnosis("staff-id", "staff-family", "staff-place")
    problems = tuple(replace(p, diagnosis=secret, numerical="staff-why") for p in record.problems)

    assert record.problems[0].name in read(record)
    assert "staff" not in read(replace(record, problems=problems))
    assert record.staff.isolation not in read(record)


@pytest.mark.parametrize("body", ["raises its inputs", "prints its inputs and fails"])
def test_no_secret_input_gets_into_it(body, read, assignment, key, server):
    submission = Submission("hw2.py", "hw2", {"hw2": (tellers.source(body).encode(),)})

    assert tellers.leaks(read(grade(assignment, key, submission, server)), key) == set()
