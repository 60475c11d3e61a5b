"""Every hand-in of tests/hostile gets exactly the verdicts of its expected.toml, and leaves no trace.

A hand-in attacks in one function and answers the others rightly. The attacked function is right only where
the attack has reached its target, so the exact score says both that it forged nothing and that the honest
functions kept their points. Without a wall the attacks of `[unwalled]` do reach it: they are real.

Hand-ins are written against a course in /autograder, as on Gradescope; a folder of the test's own, open to
all users of the machine, stands in for it. What they write is called hostile-canary, and by another name in
every test.
"""

import io
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
import tellers
from forms import FORMS
from processes import tree_of

import grader
from grader.assignment import load_assignment
from grader.grade import grade
from grader.gradescope.results import results
from grader.gradescope.schema import to_json as published
from grader.key import make_key
from grader.record import from_json, to_json
from grader.reference import load_reference
from grader.report.text import show
from grader.sandbox import jail, layers
from grader.submission import Submission, read_submission

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

CORPUS = Path(__file__).parent / "hostile"
ASSIGNMENT = CORPUS / "assignment"
RIGHT = (CORPUS / "right.py").read_text(encoding="utf-8")
ROWS = range(1, 78)
LONGEST = 1000  # characters of a sentence that a student reads
SLACK = 0.5  # seconds of grading beyond the deadlines that a hand-in waits for,
MANY = 20  # and so many times what an honest hand-in takes at that time: the machine may be busy
TRIES = 3  # how often a slow hand-in is graded again: a busy machine is slow once, a deadline every time
ENTRANCES = (
    *map(Path, layers.TEMPORARY),
    Path.home(),
    Path("/"),
    Path(np.__file__).parents[1],
    Path(layers.__file__).parent,
    Path(grader.__file__).parents[1],
)


def expectation(name):
    return tomllib.loads((CORPUS / name / "expected.toml").read_text(encoding="utf-8"))


EXPECTED = {
    path.parent.name: expectation(path.parent.name) for path in sorted(CORPUS.glob("*/expected.toml"))
}
UNWALLED = [name for name, expected in EXPECTED.items() if "unwalled" in expected]
UNSEEN = {"25_writes_without_a_name"}  # gone with the process
TRACES = [name for name in UNWALLED if name[:2] in ("25", "26") or name in ("34_dev_shm", "48_tmp")]


def marked(name):
    """A hole that is known is expected to be seen, until it is closed."""
    hole = EXPECTED[name].get("hole")
    return pytest.param(name, marks=[pytest.mark.xfail(strict=True, reason=hole)] if hole else [])


# ---- the course ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Course:
    """A course's folder that every user of the machine may read and change, and what is graded with it."""

    folder: Path

    def furnish(self):
        shutil.copytree(ASSIGNMENT, self.folder / "source")
        for name, text in {
            "results/results.json": '{"score": 0}',
            "submissions/alice/hw2.py": RIGHT,
            "home/.netrc": "password secret",
        }.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for path in (self.folder, *self.folder.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)

    def state(self):
        """All there is to say about every file: content, mode, owner, times."""
        found = {}
        for path in sorted((self.folder, *self.folder.rglob("*"))):
            about = path.lstat()
            content = path.read_bytes() if path.is_file() else b""
            times = about.st_mtime_ns, about.st_ctime_ns  # the last change of anything but the content, too
            found[str(path)] = (content, about.st_mode, about.st_uid, about.st_nlink, times)
        return found


@contextmanager
def furnished():
    """A course with all that hand-ins are after."""
    folder = Path(tempfile.mkdtemp(prefix="course-"))
    course = Course(folder)
    course.furnish()
    yield course
    shutil.rmtree(folder)


@pytest.fixture
def own_course():
    """A course that a test may spoil."""
    with furnished() as course:
        yield course


@pytest.fixture(scope="module")
def course():
    """The course that no walled hand-in may touch; one for all of them."""
    with furnished() as course:
        yield course


@pytest.fixture(scope="module")
def small():
    """The small assignment, with its key."""
    assignment = load_assignment(ASSIGNMENT)
    return assignment, make_key(assignment, load_reference(assignment))


@pytest.fixture(scope="module")
def lane():
    """Where the hand-ins' processes come from. The grader's environment holds a secret meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_SECRET", "seed")
        with jail.started() as source:
            assert source.isolation.sound
            yield source


@pytest.fixture(scope="module")
def open_lane():
    """The same without any wall."""
    with jail.started(without=layers.NAMES) as source:
        yield source


@pytest.fixture
def canary():
    """What hand-ins of this test call their files; removed where they could write them."""
    name = f"hostile-{os.urandom(8).hex()}"
    yield name
    for path in litter(name):
        path.unlink()


# ---- what happens -------------------------------------------------------------------------


def handed_in(name, folder, course, canary):
    """The path of that hand-in, as it is for this course."""
    if name in FORMS:
        return FORMS[name](folder, course.folder)
    for path in (CORPUS / name).iterdir():
        if path.name != "expected.toml":
            text = path.read_bytes().replace(b"/autograder", str(course.folder).encode())
            (folder / path.name).write_bytes(text.replace(b"hostile-canary", canary.encode()))
    return folder


def timed(small, submission, source, **options):
    """The record, and how long it took."""
    start = monotonic()
    record = grade(*small, submission, source, **options)
    return record, monotonic() - start


def verdicts(record):
    return {problem.name: problem.verdict for problem in record.problems}


def litter(canary):
    """Files that a hand-in has left, by their name."""
    places = [folder for folder in ENTRANCES if os.access(folder, os.R_OK)]
    return [path for folder in places for path in folder.iterdir() if canary in path.name]


def leftovers(source):
    """Files and processes of the user whom only this server's children are, where it has one."""
    user = layers.FIRST_UID + source.number % layers.UIDS
    places = map(Path, ("/proc", *layers.TEMPORARY))
    return [path for folder in places for path in folder.iterdir() if owner(path) == user]


def owner(path):
    try:
        return path.lstat().st_uid
    except OSError:  # another test's, gone meanwhile
        return None


def on_the_terminal(record):
    stream = io.StringIO()
    show(record, stream)
    return stream.getvalue()


def submitted(text):
    return Submission("hw2.py", "hw2", {"hw2": (text.encode(),)})


def waiting(name, limits):
    """Seconds of the deadlines that this hand-in lets pass."""
    seconds = {"call": limits.call_seconds, "import": limits.import_seconds}
    return sum(seconds[which] for which in EXPECTED[name].get("waits", ()))


# ---- every hand-in ------------------------------------------------------------------------


@pytest.mark.parametrize("name", [marked(name) for name in EXPECTED])
def test_hostile(name, small, lane, course, canary, tmp_path):
    expected, (assignment, key) = EXPECTED[name], small
    submission = read_submission(handed_in(name, tmp_path, course, canary), "hw2")
    before, processes = course.state(), tree_of(lane)

    record, seconds = unhurried(small, submission, lane, expected)

    assert tree_of(lane) == processes
    assert course.state() == before
    assert litter(canary) == []
    assert leftovers(lane) == []
    assert fits(verdicts(record), expected)
    assert record.score == Decimal(str(expected["score"]))
    assert from_json(to_json(record)) == record
    told = published(results(record)) + on_the_terminal(record)
    assert tellers.leaks(told, key) == set()
    assert unreadable(record) == []
    honest, its_seconds = timed(small, submitted(RIGHT), lane)
    assert honest.score == assignment.settings.points
    allowed = waiting(name, assignment.settings.limits) + SLACK + MANY * its_seconds
    assert min(seconds, *again(small, submission, lane, seconds, allowed)) < allowed


def unhurried(small, submission, source, expected):
    """The record; graded again where a deadline passed that the hand-in does not wait for."""
    for _ in range(TRIES):
        record, seconds = timed(small, submission, source)
        actual = verdicts(record)
        wanted = wanted_of(actual, expected)
        if not any(v == "timed out" and v not in as_list(wanted[n]) for n, v in actual.items()):
            break
    return record, seconds


def wanted_of(actual, expected):
    return {name: expected.get("verdicts", {}).get(name, expected["default"]) for name in actual}


def fits(actual, expected):
    """Whether these are the verdicts; where it depends on Python's version, one of those named."""
    wanted = wanted_of(actual, expected)
    assert expected.get("verdicts", {}).keys() <= actual.keys()
    assert {n: v for n, v in actual.items() if v not in as_list(wanted[n])} == {}
    return True


def as_list(value):
    return value if isinstance(value, list) else [value]


def again(small, submission, source, seconds, allowed):
    return [timed(small, submission, source)[1] for _ in range(TRIES) if seconds >= allowed] or [seconds]


def unreadable(record):
    """Lines on the terminal with characters that act, and sentences that nobody reads to their end."""
    acting = [line for line in on_the_terminal(record).split("\n") if not line.isprintable()]
    texts = (*record.remarks, *[problem.student.sentence for problem in record.problems])
    return acting + [text[:80] for text in texts if len(text) > LONGEST]


# ---- the attacks are real -----------------------------------------------------------------


def skip_unless_possible(name):
    """Some attacks only succeed for root, or for root outside of a container, or where a folder is open."""
    needs = EXPECTED[name].get("needs", "")
    filtered = re.search(r"^Seccomp:\s*[12]", Path("/proc/self/status").read_text(), re.MULTILINE)
    possible = {
        "root": os.geteuid() == 0,
        "own kernel": os.geteuid() == 0 and not filtered,
    }.get(needs, not needs or os.access(needs, os.W_OK))
    if not possible:
        pytest.skip("nobody here could do that, with or without a wall")


def unwalled(name, small, source, course, canary, folder):
    """The record of that hand-in where nothing holds it back."""
    skip_unless_possible(name)
    submission = read_submission(handed_in(name, folder, course, canary), "hw2")
    return timed(small, submission, source, weaker=True)[0]


@pytest.mark.parametrize("name", UNWALLED)
def test_without_a_wall_it_reaches_its_target(name, small, open_lane, own_course, canary, tmp_path):
    record = unwalled(name, small, open_lane, own_course, canary, tmp_path)

    reached = EXPECTED[name]["unwalled"]
    assert {function: verdicts(record)[function] for function in reached} == reached


@pytest.mark.parametrize("name", sorted({*TRACES} - UNSEEN))
def test_without_a_wall_its_trace_is_seen(name, small, open_lane, own_course, canary, tmp_path):
    before = own_course.state()
    unwalled(name, small, open_lane, own_course, canary, tmp_path)

    assert (own_course.state() != before) == (litter(canary) == [])


# ---- one hand-in and the next -------------------------------------------------------------


SETS_FLAGS = """
import fcntl, os
for number in (0, 1, 2):
    fcntl.fcntl(number, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK)
"""
FINDS_FLAGS = """
import fcntl, os
FLAGS = [fcntl.fcntl(number, fcntl.F_GETFL) & (os.O_APPEND | os.O_NONBLOCK) for number in (0, 1, 2)]
def gradient(x): raise ValueError(str(FLAGS))
"""
USES_NUMBERS_UP = """
import threading
for _ in range(40):
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
"""
FINDS_NUMBERS = """
import os
def gradient(x): raise ValueError(f"process {os.getpid()}.")
"""


def says(text, small, source):
    """What a hand-in tells about where it runs."""
    return timed(small, submitted(text), source)[0].problems[0].student.sentence


def test_flags_of_descriptors_are_no_message_to_the_next_hand_in(small):
    with jail.started() as source:
        first = says(FINDS_FLAGS, small, source)
        timed(small, submitted(SETS_FLAGS), source)

        assert says(FINDS_FLAGS, small, source) == first


def test_numbers_of_processes_are_no_message_to_the_next_hand_in(small, lane):
    if not {"ns", "userns"} & set(lane.isolation.layers):
        pytest.skip("numbers are the whole machine's here, and anybody uses them up")

    def number():
        return int(re.search(r"process (\d+)", says(FINDS_NUMBERS, small, lane))[1])

    first, second = number(), number()
    timed(small, submitted(USES_NUMBERS_UP), lane)
    assert number() - second <= 2 * (second - first)


# ---- the corpus ---------------------------------------------------------------------------


def test_every_row_has_a_hand_in_or_a_reason():
    lines = (CORPUS / "README.md").read_text(encoding="utf-8").splitlines()
    excused = {int(found[1]) for line in lines if (found := re.match(r"\| (\d+) \|", line))}

    assert {expected["row"] for expected in EXPECTED.values()} | excused == set(ROWS)


def test_every_folder_has_its_rows_number_and_either_files_or_a_form():
    folders = {path.name for path in CORPUS.iterdir() if path.is_dir()} - {"assignment"}

    assert folders == set(EXPECTED)
    assert [name for name in EXPECTED if int(name[:2]) != EXPECTED[name]["row"]] == []
    assert {name for name in EXPECTED if not (CORPUS / name / "hw2.py").exists()} == set(FORMS)


def test_most_attacks_are_shown_to_be_real():
    assert len(UNWALLED) >= 70


def test_the_right_hand_in_is_right(small, lane):
    assert timed(small, submitted(RIGHT), lane)[0].score == 10


def test_the_search_for_secrets_finds_what_staff_may_read(small, lane):
    text = (CORPUS / "54_tells_its_inputs" / "hw2.py").read_text(encoding="utf-8")
    record, _ = timed(small, submitted(text), lane)

    assert len(tellers.leaks(to_json(record), small[1])) > 10
