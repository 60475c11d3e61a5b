"""The self-check says what grading says, without the reference."""

import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from courses import course

from bench.selfcheck import SETS, verdict
from grader import numeric
from grader.assignment import load_assignment
from grader.compare import GREEN, Verdict, compare, judge_at
from grader.faults import Fault
from grader.grade import check, grade
from grader.problem import order_of
from grader.sandbox.outcome import Returned
from grader.sandbox.session import Session
from grader.sandbox.spawner import Spawner
from grader.selfcheck import ROUGH, key_at_home, measured_key
from grader.submission import Submission, read_submission

EXAMPLES = Path(__file__).parents[1] / "submissions_example"
DIGITS = "imprecise in grading, right at home, where second derivatives are themselves measured"
DIFFERENT = {  # what the two disagree on, with the reason
    ("curve_acceleration", "gets the sine's sign wrong for negative t"): "all public t are positive",
    ("curve_acceleration", "difference of the velocity"): DIGITS,
    ("curve_acceleration", "difference of complex steps"): DIGITS,
    ("least_squares_hessian", "central, by entries"): DIGITS,
    ("least_squares_hessian", "in place"): DIGITS,
    ("least_squares_hessian", "all points in one array"): DIGITS,
    ("least_squares_hessian", "a flat vector"): DIGITS,
    ("least_squares_hessian", "an object"): DIGITS,
    ("least_squares_second_differential", "difference of the gradient"): DIGITS,
    ("least_squares_taylor", "the gradient by entries"): DIGITS,
}


@pytest.fixture(scope="module")
def home(assignment):
    return {problem.name: measured_key(problem) for problem in assignment.problems}


@pytest.fixture(scope="module")
def spawner():
    with closing(Spawner()) as spawner:
        yield spawner


@pytest.fixture
def checked(assignment, home, spawner):
    """The record of a hand-in's self-check."""

    def record(path):
        submission = read_submission(path, "hw2")
        with Session(submission, assignment.settings.limits, spawner) as session:
            return check(assignment, lambda problem: home[problem.name], session, lambda *_: None)

    return record


# ---- the same verdicts ------------------------------------------------------------------------


@pytest.mark.parametrize("what", SETS)
def test_every_variant_has_the_verdict_of_grading(what, assignment, key, home):
    different, tried = set(), set()
    for problem in assignment.problems:
        for table in SETS[what]:
            for says, answer in table.get(problem.name, {}).items():
                tried.add((problem.name, says))
                graded = verdict(answer, problem, key.samples[problem.name])
                checked = verdict(answer, problem, home[problem.name].samples[problem.name])
                if graded is not checked:
                    different.add((problem.name, says))
                    assert checked is Verdict.RIGHT
                    assert graded.passes == (DIFFERENT.get((problem.name, says)) == DIGITS)
    assert different == set(DIFFERENT) & tried


def test_there_are_enough_of_them_and_not_of_one_activation(assignment, key):
    right = sum(len(v) for table in SETS["right variants"] for v in table.values())
    wrong = sum(len(v) for table in SETS["wrong variants"] for v in table.values())
    activations = {sample.case.row.activation for sample in key.public("grad_W")}

    assert right >= 60
    assert wrong >= 100
    assert {"tanh", "softplus", "relu"} <= activations


@pytest.mark.parametrize("folder", sorted(EXAMPLES.iterdir()), ids=lambda folder: folder.name)
def test_every_example_has_the_verdicts_and_sentences_of_grading(folder, assignment, key, server, checked):
    graded, own = grade(assignment, key, read_submission(folder, "hw2"), server), checked(folder)

    for there, here in zip(graded.problems, own.problems, strict=True):
        assert (here.name, here.verdict, here.score) == (there.name, there.verdict, there.score)
        if here.verdict != "right":
            assert here.student.sentence == there.student.sentence
            assert here.student.detail == there.student.detail
    assert own.remarks == graded.remarks


def test_the_inputs_are_those_that_grading_calls_public(assignment, key, home):
    for problem in assignment.problems:
        for there, here in zip(
            key.public(problem.name), home[problem.name].public(problem.name), strict=True
        ):
            assert here.case.row == there.case.row
            assert here.case.sizes == there.case.sizes
            for name in problem.parameters:
                x, y = here.case.values[name], there.case.values[name]
                assert callable(x) or np.array_equal(x, y)


def test_the_measured_values_are_the_references(assignment, key, home):
    for problem in assignment.problems:
        for there, here in zip(
            key.public(problem.name), home[problem.name].public(problem.name), strict=True
        ):
            assert judge_at(there.expected, here).verdict is Verdict.RIGHT
            if here.law is None:
                eta = judge_at(here.expected, there).eta
                assert eta is None or eta < (1e3 if order_of(problem.kind) == 1 else 1e5)


# ---- without the secret ------------------------------------------------------------------------


def test_no_reference_is_needed(tmp_path, spawner):
    root = EXAMPLES.parent
    shutil.copytree(root / "problems", tmp_path / "problems", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "assignment.toml", tmp_path)
    assignment = load_assignment(tmp_path)
    submission = read_submission(EXAMPLES / "right_einsum", "hw2")
    with Session(submission, assignment.settings.limits, spawner) as session:
        record = check(assignment, measured_key, session, lambda *_: None)

    assert record.score == record.points


def test_a_verdict_is_told_before_the_next_function_is_asked(assignment, home, spawner):
    told, asked = [], []

    def key_of(problem):
        asked.append((problem.name, len(told)))
        return home[problem.name]

    submission = read_submission(EXAMPLES / "right_loops", "hw2")
    with Session(submission, assignment.settings.limits, spawner) as session:
        check(assignment, key_of, session, lambda record, _: told.append(record.name))

    assert asked == [(problem.name, place) for place, problem in enumerate(assignment.problems)]


# ---- other assignments -------------------------------------------------------------------------


def answers(folder, *values):
    """The verdicts of constant or computed answers to the only problem, on every public case."""
    (problem,) = load_assignment(folder).problems
    samples = measured_key(problem).public(problem.name)
    return [
        {compare(Returned(np.asarray(f(*s.case.arguments(problem)))), s).verdict.value for s in samples}
        for f in values
    ]


def test_a_function_that_is_not_analytic_is_measured_by_differences(tmp_path):
    problems = """
    def size(x: Array["n"]) -> Array[""]:
        return np.abs(x).sum() + np.linalg.norm(x)

    gradient = Gradient(of=size, wrt="x", points=1)
    """
    right = lambda x: np.sign(x) + x / np.linalg.norm(x)  # noqa: E731
    folder = course(tmp_path, problems, "def gradient(x): return x")
    (problem,) = load_assignment(folder).problems
    assert not np.allclose(problem.kind.derive({"x": np.array([1.0, 2.0])}), right(np.array([1.0, 2.0])))

    assert answers(folder, right, np.sign) == [{"right"}, {"wrong"}]


def test_one_activation_among_others_may_not_be_analytic(tmp_path):
    """The rule is found for each; a hump, of which the complex step sees half."""
    problems = """
    ACTIVATIONS = {
        "tanh": Activation("np.tanh(z)", "1 - np.tanh(z) ** 2"),
        "bump": Activation("np.abs(z) * z + z", "2 * np.abs(z) + 1"),
        "relu": Activation("np.where(z.real > 0, z, 0)", "(z > 0) * 1.0", kinks=(0.0,)),
        "hinge": Activation("(np.abs(z) + z) / 2", "(z > 0) * 1.0", kinks=(0.0,)),
    }

    def layer(x: Array["n"], s: Function) -> Array[""]:
        return s(x).sum()

    gradient = Gradient(of=layer, wrt="x", given={"r": Slope}, points=1, draws=Draws(scaled=()))
    """
    folder = course(tmp_path, problems, "def gradient(x, s, r): return r(x)")

    assert answers(folder, lambda x, s, r: r(x), lambda x, s, r: r(x) / 2) == [{"right"}, {"wrong"}]


def test_a_function_that_takes_no_complex_numbers_is_measured_by_differences(tmp_path):
    problems = """
    import math

    def wave(t: Array["", Uniform(0.5, 1)]) -> Array[""]:
        return math.sin(t)

    slope = Gradient(of=wave, wrt="t", points=1)
    """
    folder = course(tmp_path, problems, "def slope(t): return t")

    assert answers(folder, np.cos, np.sin) == [{"right"}, {"wrong"}]


def test_a_public_function_that_fails_is_told_with_its_line(tmp_path):
    problems = """
    def broken(x: Array["n"]) -> Array[""]:
        return x.total()

    gradient = Gradient(of=broken, wrt="x", points=1)
    """
    folder = course(tmp_path, problems, "def gradient(x): return x")
    (problem,) = load_assignment(folder).problems

    with pytest.raises(
        Fault, match=r"problems/topic.py, line 10: broken fails on a drawn input: AttributeError"
    ):
        measured_key(problem)


def test_a_value_without_a_law_is_tried_for_its_form_and_left_unchecked(tmp_path):
    problems = 'twice = Value(given={"x": Array["n"]}, returns=Array["n"], points=1)'
    folder = course(tmp_path, problems, "def twice(x): return 2 * x")

    twice, flat, text = answers(folder, lambda x: 2 * x, np.sum, lambda x: np.array([1 + 1j] * len(x)))
    assert (twice, flat, text) == ({"unchecked"}, {"shape"}, {"type"})


def test_a_tuple_of_values_is_tried_for_its_form(tmp_path):
    problems = 'both = Value(given={"x": Array["n"]}, returns=(Array[""], Array["n"]), points=1)'
    folder = course(tmp_path, problems, "def both(x): return x.sum(), x")
    (problem,) = load_assignment(folder).problems
    sample = measured_key(problem).public("both")[0]
    x = sample.case.values["x"]

    assert judge_at((1.0, np.zeros(x.shape)), sample).verdict is Verdict.UNCHECKED
    assert judge_at((1.0, np.zeros(9)), sample).verdict is Verdict.SHAPE
    assert judge_at(1.0, sample).verdict is Verdict.TYPE


def test_measured_values_are_far_better_than_they_are_trusted_to_be(assignment, key, home):
    worst = {1.0: 0.0, ROUGH: 0.0}
    for problem in assignment.problems:
        for there, here in zip(
            key.public(problem.name), home[problem.name].public(problem.name), strict=True
        ):
            if here.law is None:
                assert here.slack == (ROUGH if order_of(problem.kind) == 2 else 1.0)
                worst[here.slack] = max(worst[here.slack], judge_at(here.expected, there).eta or 0.0)
    assert 0 < worst[1.0] < GREEN / 100
    assert 0 < worst[ROUGH] < GREEN * ROUGH / 100


HIGH = """
from grader.problem import CurveDerivative

def wave(t: Array["", Uniform(-2, 2)]) -> Array[""]:
    return np.exp(t) + np.sin(2 * t)

asked = {}
"""


@pytest.mark.parametrize(
    ("asked", "right", "wrong"),
    [
        ("CurveDerivative(of=wave, order=3, points=1)", "np.exp(t) - 8 * np.cos(2 * t)", "np.exp(t)"),
        ("CurveDerivative(of=wave, order=4, points=1)", "np.exp(t) + 16 * np.sin(2 * t)", "1.01 * np.exp(t)"),
        (
            'Taylor(of=wave, wrt="t", order=3, given={"dt": Array["", Uniform(0.05, 0.5)]}, points=1)',
            "np.exp(t) * (1 + dt + dt**2 / 2 + dt**3 / 6)"
            " + np.sin(2 * t) * (1 - 2 * dt**2) + np.cos(2 * t) * (2 * dt - 4 / 3 * dt**3)",
            "np.exp(t + dt) + np.sin(2 * t + 2 * dt)",
        ),
    ],
)
def test_higher_orders_are_measured_well_enough(asked, right, wrong, tmp_path):
    folder = course(tmp_path, HIGH.replace("{}", asked), "def asked(t): return t")
    takes = "t, dt" if "dt" in right else "t"
    functions = [eval(f"lambda {takes}: {text}", {"np": np}) for text in (right, wrong)]

    assert answers(folder, *functions) == [{"right"}, {"wrong"}]


PIECES = {  # functions of pieces, of which a complex step sees some; the verdict must not hang on the name
    "huber": (
        "np.sum(np.where(np.abs(x) <= 1, x**2 / 2, np.abs(x) - 0.5))",
        lambda x: np.clip(x, -1, 1),
        lambda x: np.where(abs(x) <= 1, x, 0),
    ),
    "ones": ("np.abs(x).sum()", np.sign, lambda x: np.where(x > 0, 1.0, 0.0)),
    "determinant": ("np.linalg.slogdet(np.outer(x, x) + np.eye(len(x)))[1]", None, lambda x: x),
}


@pytest.mark.parametrize("name", ["gradient", "grad_huber", "g1", "g2", "huber_gradient"])
@pytest.mark.parametrize("piece", PIECES)
def test_a_function_of_pieces_is_measured_at_every_case(piece, name, tmp_path):
    of, right, wrong = PIECES[piece]
    right = right or (lambda x: 2 * x / (1 + x @ x))
    problems = f"""
    def pieces(x: Array["n"]) -> Array[""]:
        return {of}

    {name} = Gradient(of=pieces, wrt="x", points=1, draws=Draws(scaled=()))
    """
    found = answers(course(tmp_path, problems, f"def {name}(x): return x"), right, wrong)

    assert found[0] == {"right"}
    assert "wrong" in found[1]


@pytest.mark.parametrize(
    ("of", "right"),
    [
        (
            "np.log(1 + x @ x)",
            lambda x: 2 * np.eye(len(x)) / (1 + x @ x) - 4 * np.outer(x, x) / (1 + x @ x) ** 2,
        ),
        ("100 + 3 * (x @ x) + x[0] ** 2", lambda x: np.diag([8.0] + [6.0] * (len(x) - 1))),
        ("(x**4).sum() / 12 + x @ x", lambda x: np.diag(x**2 + 2)),
    ],
)
def test_second_derivatives_are_measured_where_differences_are_rounding_alone(of, right, tmp_path):
    """As for inputs of 1e-6, a row of the default draws: they contradict no complex step there."""
    problems = f"""
    def curved(x: Array["n"]) -> Array[""]:
        return {of}

    hessian = Hessian(of=curved, wrt="x", points=1)
    """
    folder = course(tmp_path, problems, "def hessian(x): return x")
    (problem,) = load_assignment(folder).problems
    rows = {sample.case.row.name for sample in measured_key(problem).public("hessian")}

    assert "scaled by 1e-6" in rows
    assert answers(folder, right, lambda x: right(x) / 2) == [{"right"}, {"wrong"}]


def test_differences_are_believed_as_far_as_two_of_them_agree(tmp_path):
    """The slack grows with their distance: near a pole they lose more than elsewhere."""
    problems = """
    def pole(x: Array["", Uniform(0.02, 0.05)]) -> Array[""]:
        return np.abs(1 / x)

    slope = Gradient(of=pole, wrt="x", points=1)
    """
    folder = course(tmp_path, problems, "def slope(x): return x")
    (problem,) = load_assignment(folder).problems

    assert max(sample.slack for sample in measured_key(problem).public("slope")) > ROUGH
    assert answers(folder, lambda x: -1 / x**2, lambda x: -1.001 / x**2) == [{"right"}, {"wrong"}]


def test_an_order_too_high_to_be_measured_is_left_to_grading(tmp_path):
    folder = course(tmp_path, HIGH.replace("{}", "CurveDerivative(of=wave, order=7, points=1)"))
    (problem,) = load_assignment(folder).problems

    with pytest.raises(Fault, match=r"asked cannot be measured: .* lose too many digits"):
        measured_key(problem)
    assert all(sample.law for sample in key_at_home(problem).public("asked"))


def test_a_value_whose_shape_no_input_has_is_tried(tmp_path):
    folder = course(tmp_path, 'odd = Value(given={"n": Size["n"]}, returns=Array["k"], points=1)')

    assert answers(folder, lambda n: np.ones(3)) == [{"unchecked"}]


def test_single_precision_is_allowed_no_more_for_what_is_measured_in_double(assignment, home):
    (sample,) = (
        s for s in home["least_squares_hessian"].public("least_squares_hessian") if s.case.row.single
    )

    assert sample.slack == ROUGH
    assert judge_at(sample.expected * 1.05, sample).verdict is Verdict.WRONG


def test_what_cannot_be_measured_is_left_unchecked_and_the_others_are_checked(tmp_path, spawner):
    problems = """
    def steps(x: Array["n"]) -> Array[""]:
        return np.floor(1e6 * x).sum()

    def plain(x: Array["n"]) -> Array[""]:
        return x @ x

    of_steps = Gradient(of=steps, wrt="x", points="0.5")
    of_plain = Gradient(of=plain, wrt="x", points="0.5")
    """
    folder = course(tmp_path, problems)
    assignment = load_assignment(folder)
    source = b"def of_steps(x): return x\ndef of_plain(x): return 2 * x"
    with Session(
        Submission("hw.py", "hw", {"hw": (source,)}), assignment.settings.limits, spawner
    ) as session:
        record = check(assignment, key_at_home, session, lambda *_: None)

    assert [problem.verdict for problem in record.problems] == ["unchecked", "right"]


def test_a_complex_step_that_was_always_believed_would_be_caught(tmp_path, monkeypatch):
    """The planted fault: without differences to contradict it, np.abs has the derivative 0."""
    import grader.selfcheck

    problems = """
    def size(x: Array["n"]) -> Array[""]:
        return np.abs(x).sum() + (x * x).sum()

    gradient = Gradient(of=size, wrt="x", points=1)
    """
    folder = course(tmp_path, problems, "def gradient(x): return x")
    right = lambda x: np.sign(x) + 2 * x  # noqa: E731
    assert answers(folder, right) == [{"right"}]

    def believed(derive, _alike):
        return numeric.Trusted(derive(numeric.complex_step), numeric.complex_step, sure=True)

    monkeypatch.setattr(grader.selfcheck, "trusted", believed)
    assert answers(folder, right) == [{"wrong"}]
