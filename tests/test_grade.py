"""The data flow as a whole, on source text."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from grader.assignment import select
from grader.faults import Fault
from grader.grade import grade
from grader.key import make_key
from grader.reference import Mistake
from grader.sandbox import jail, layers
from grader.submission import Submission


def verdicts(record):
    return {problem.name: problem.verdict for problem in record.problems}


def source(name, root):
    return (root / "submissions_example" / name / "hw2.py").read_text(encoding="utf-8")


def flips(text):
    """Every text that differs from this one by one sign in a function's body, with the function's name."""
    name = ""
    for match in re.finditer(r"^def (\w+)|(?<=[\w)\]] )[+-](?= [\w(])", text, re.MULTILINE):
        name = match[1] or name
        if not match[1]:
            sign = {"+": "-", "-": "+"}[match[0]]
            yield name, f"{text[: match.start()]}{sign}{text[match.end() :]}"


def test_a_flipped_sign_fails_exactly_its_function(grade_text, assignment):
    """What the README tells a newcomer to try, at every sign there is."""
    right = source("right_closed_form", assignment.folder)
    code = re.sub(r"^#.*", "", right.split('"""', 2)[2], flags=re.MULTILINE)
    flipped = [(name, text) for name, text in flips(code) if name != "derivative_shape"]
    assert len({name for name, _ in flipped}) == 11  # so many have a sum or a difference
    for name, text in flipped:
        failing = {other for other, verdict in verdicts(grade_text(text)).items() if verdict != "right"}
        assert failing == {name}, text


def test_a_hang_in_one_function_keeps_the_others(grade_text, assignment):
    right = source("right_closed_form", assignment.folder)
    hanging = right + "\n\ndef grad_U(v, U, y):\n    while True:\n        pass\n"
    record = grade_text(hanging, call_seconds=0.3)
    assert {name for name, verdict in verdicts(record).items() if verdict != "right"} == {"grad_U"}
    assert verdicts(record)["grad_U"] == "timed out"


def test_a_hang_on_hidden_cases_alone_is_told_as_a_bare_verdict(grade_text):
    """The fifth decimal tells a secret input from a public one."""
    record = grade_text(
        "def curve_velocity(t):\n"
        "    while round(t, 4) != t: pass\n"
        "    import numpy as np\n"
        "    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0])\n",
        call_seconds=0.3,
    )
    problem = next(problem for problem in record.problems if problem.name == "curve_velocity")
    assert problem.verdict == "timed out"
    assert (
        problem.student.sentence
        == "Right on the 4 public cases, but there was no answer in time on hidden ones."
    )


def test_no_public_message_can_hold_a_secret_input(grade_text, key):
    """It hoards what it is given and says it at every chance; all public calls come before any secret one."""
    record = grade_text(
        "import gc\n"
        "hoard = []\n"
        "def remember(*given):\n"
        "    hoard.append(given)\n"
        "    seen = [str(o) for o in gc.get_objects() + hoard if type(o) in (tuple, list)]\n"
        "    raise ValueError(' '.join(seen)[-450:])\n"
        "curve_velocity = curve_acceleration = curve_taylor = remember\n"
    )
    secrets = {
        repr(value)
        for name in ("curve_velocity", "curve_acceleration", "curve_taylor")
        for sample in key.secret(name)
        for value in sample.case.values.values()
    }
    shown = [text for p in record.problems for text in (p.student.sentence, p.student.detail)] + list(
        record.remarks
    )
    assert secrets
    assert not [secret for secret in secrets for text in shown if secret in text]
    staff = [measured.said for p in record.problems for measured in p.staff if not measured.public]
    assert any(secret in said for secret in secrets for said in staff)  # so the hoard was worth keeping apart


def test_a_file_that_is_loaded_again_tells_nothing_of_what_it_saw(assignment, key, tmp_path):
    """Its process dies with a secret input written to a file; the next one reads it and fails with it."""
    relay = tmp_path / "relay"
    text = (
        "import os, pathlib\n"
        f"relay = pathlib.Path({str(relay)!r})\n"
        "if relay.exists(): raise ValueError('SECRET ' + relay.read_text())\n"
        "def curve_velocity(t):\n"
        "    if round(t, 4) != t: relay.write_text(repr(t)); os._exit(0)\n"
        "    return curve_velocity_of(t)\n"
        "def curve_velocity_of(t):\n"
        "    import numpy as np\n"
        "    return np.array([-2 * np.sin(t), 4 * np.cos(t), 1.0])\n"
    )
    with jail.started(without=layers.NAMES) as open_server:
        submission = Submission("hw2.py", "hw2", {"hw2": (text.encode(),)})
        record = grade(assignment, key, submission, open_server, weaker=True)
    assert relay.read_text() in {repr(sample.case.values["t"]) for sample in key.secret("curve_velocity")}
    shown = [text for p in record.problems for text in (p.student.sentence, p.student.detail)]
    assert not [text for text in (*shown, *record.remarks) if "SECRET" in text]


def test_calls_of_the_given_functions_are_counted_for_staff(grade_text, assignment):
    record = grade_text(source("right_closed_form", assignment.folder))
    problem = next(problem for problem in record.problems if problem.name == "grad_W")
    assert all(set(measured.calls) == {"s", "r"} for measured in problem.staff)


def test_lost_digits_cost_what_the_author_says(assignment, key, server):
    settings = replace(
        assignment.settings, policies=replace(assignment.settings.policies, imprecise=Decimal("0.5"))
    )
    formula = "np.array([-2 * np.sin(t), 4 * np.cos(t), 1])"
    text = f"import numpy as np\ndef curve_velocity(t): return {formula} * (1 + 1e-9)\n"
    submission = Submission("hw2.py", "hw2", {"hw2": (text.encode(),)})
    record = grade(replace(assignment, settings=settings), key, submission, server)
    assert record.score == Decimal("1.5")


def test_a_hand_in_without_source_has_every_row_and_the_reason(assignment, key, server):
    record = grade(assignment, key, Submission("x.zip", "hw2", {"hw2": ()}, fault="x.zip is empty"), server)
    assert set(verdicts(record).values()) == {"unreadable"}
    assert len(record.problems) == 20
    assert "x.zip is empty" in record.remarks
    assert {problem.student.sentence for problem in record.problems} == {
        "It could not be read: x.zip is empty"
    }


def test_whoever_waits_is_told_what_is_asked(assignment, key, server):
    small = replace(assignment, problems=assignment.problems[:1])
    text = b"def grad_v(v, U, y): return 2 * (v @ U - y) @ U.T"
    asked = []
    record = grade(small, key, Submission("hw2.py", "hw2", {"hw2": (text,)}), server, asked.append)
    assert record.score == 4
    assert asked == ["1.1 grad_v", "1.1 grad_v, hidden cases"]


def test_the_record_says_what_a_regrade_needs(grade_text, key):
    staff = grade_text("").staff
    assert staff.seed_id == key.seed_id
    assert all([staff.grader, staff.python, staff.numpy, staff.platform, staff.isolation])
    assert len(staff.hand_in_sha256) == 64


def test_an_assignment_among_the_libraries_is_refused(assignment, key, server):
    """Student code may read the libraries, and so it could read a reference that lies there."""
    among = replace(assignment, folder=Path(np.__file__).parent / "course")
    with pytest.raises(Fault, match="student code may read: move it elsewhere"):
        grade(among, key, Submission("hw2.py", "hw2", {"hw2": (b"",)}), server)


def test_many_long_names_that_are_lost_are_counted(grade_text):
    text = "if True:\n" + "".join(f"    def {'f' * 90}{k}(x): pass\n" for k in range(20)) + "    1 / 0 +\n"
    (remark,) = grade_text(text).remarks
    assert remark.endswith("; lost: 20 functions")


def test_a_known_mistake_may_be_worth_a_part_of_the_points(assignment, reference, server):
    says, formula = "the factor 2 of the square is missing", lambda v, U, y: (v @ U - y) @ U.T
    worth = {says: Mistake(formula, credit=0.25)}
    other = replace(reference, mistakes={**reference.mistakes, "grad_v": worth})
    source = "def grad_v(v, U, y):\n    return (v @ U - y) @ U.T\n"
    only = select(assignment, ("grad_v",))
    hand_in = Submission("hw2.py", "hw2", {"hw2": (source.encode(),)})
    (problem,) = grade(only, make_key(only, other), hand_in, server).problems
    assert (problem.verdict, problem.score, problem.points) == ("wrong", Decimal(1), Decimal(4))
    assert problem.diagnosis.id == f"mistake:{says}"
    (problem,) = grade(only, make_key(only, reference), hand_in, server).problems
    assert problem.score == 0


def test_hints_climb_with_earlier_attempts(assignment, key, server):
    source = "import numpy as np\ndef grad_v(v, U, y):\n    return 2 * (v @ U - y / 2) @ U.T / y.size\n"
    only = select(assignment, ("grad_v",))
    hand_in = Submission("hw2.py", "hw2", {"hw2": (source.encode(),)})
    records = {n: grade(only, key, hand_in, server, earlier=n).problems[0] for n in (0, 2, 5)}
    assert records[0].student.hint == ""
    assert records[2].student.hint == records[2].diagnosis.family != ""
    assert records[5].student.hint == records[5].diagnosis.place != ""
    assert len({record.student.sentence for record in records.values()}) == 1
    assert len({record.diagnosis for record in records.values()}) == 1


SLIP = "import numpy as np\ndef grad_v(v, U, y): return 2 * (y - v @ U) @ U.T\n"
OTHER_SLIP = "import numpy as np\ndef grad_v(v, U, y): return (v @ U - y) @ U.T\n"


def diagnosed(assignment, key, server, *sources):
    """The diagnoses of one problem, and how many wrong answers have been explained."""
    found = [
        grade(
            assignment, key, Submission("hw2.py", "hw2", {"hw2": (text.encode(),)}), server, only=["grad_v"]
        )
        for text in sources
    ]
    return [record.problems[0].diagnosis for record in found], len(key.memory)


def test_a_wrong_answer_is_explained_once_for_a_class(assignment, key, server):
    same = f"# the same formula, another hand-in\n{SLIP}"
    (first, second, other), explained = diagnosed(
        assignment, replace(key, memory={}), server, SLIP, same, OTHER_SLIP
    )
    assert explained == 2
    assert first == second != other
    alone = [diagnosed(assignment, replace(key, memory={}), server, text)[0] for text in (same, OTHER_SLIP)]
    assert alone == [[second], [other]]


def test_so_many_explanations_are_kept(assignment, key, server, monkeypatch):
    monkeypatch.setattr("grader.grade.MOST_EXPLAINED", 1)
    found, explained = diagnosed(
        assignment, replace(key, memory={}), server, SLIP, OTHER_SLIP, SLIP, OTHER_SLIP
    )
    assert explained == 1
    assert found[:2] == found[2:]
