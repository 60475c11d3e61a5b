"""Numerical differentiation is suspected, a closed form never, and a suspicion costs what the policy says."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from courses import course

from grader import sampling
from grader.assignment import load_assignment
from grader.compare import compare
from grader.grade import grade
from grader.gradescope.results import results
from grader.key import make_key
from grader.numerical import ENOUGH, FLAGGED, TAKEN, astray, heard, marked, miscalled, settled
from grader.reference import load_reference
from grader.sandbox.outcome import Raised, Returned, TimedOut
from grader.submission import Submission, read_submission

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import idioms
from bench import numerical as bench
from bench.variants import TOPICS
from bench.variants.numerical import NUMERICAL

EXAMPLES = Path(__file__).parents[1] / "submissions_example"
RIGHT = {
    name: located
    for topic in TOPICS
    for name, located in bench.located(topic.__name__.rpartition(".")[2], "RIGHT", topic.RIGHT).items()
}
CENTRAL = """
import numpy as np

def partials(f, x):
    for index in np.ndindex(x.shape):
        E = np.zeros(x.shape)
        E[index] = 1e-6 * np.abs(x).max()
        yield (f(x + E) - f(x - E)) / (2 * E[index])

def grad_v(v, U, y):
    v = np.array(v, dtype=float)
    return np.reshape(list(partials(lambda v: np.sum((v @ U - y) ** 2), v)), v.shape)

def grad_U(v, U, y):
    return 2 * v.T @ (v @ U - y)
"""


def named(assignment, name):
    return next(problem for problem in assignment.problems if problem.name == name)


def submitted(text):
    return Submission("hw2.py", "hw2", {"hw2": (text.encode(),)})


# ---- the calls of s and r -----------------------------------------------------------------


@pytest.fixture
def called(assignment, key):
    """Right answers to grad_W whose calls of s and r are as planted, from the sizes of each case."""

    def comparisons(s, r, samples=key.samples["grad_W"]):
        return [
            compare(
                Returned(sample.expected, calls={"s": s(**sample.case.sizes), "r": r(**sample.case.sizes)}),
                sample,
            )
            for sample in samples
        ]

    return named(assignment, "grad_W"), comparisons


def once(d, m, T):
    return 1


def never(d, m, T):
    return 0


def each_value(d, m, T):
    return d * T


def each_entry(d, m, T):
    return 2 * d * m


@pytest.mark.parametrize(
    ("s", "r"),
    [
        pytest.param(each_entry, never, id="r is never called, s for each entry"),
        pytest.param(each_entry, once, id="r once for nothing"),
        pytest.param(lambda d, m, T: d * m, once, id="forward differences that share f(W)"),
        pytest.param(each_entry, lambda d, m, T: d * m // 2, id="r a quarter as often"),
    ],
)
def test_a_difference_quotients_calls_are_noticed(called, s, r):
    problem, comparisons = called
    assert miscalled(problem, comparisons(s, r))


@pytest.mark.parametrize(
    ("s", "r"),
    [
        pytest.param(once, once, id="a closed form"),
        pytest.param(each_value, each_value, id="loops"),
        pytest.param(each_value, once, id="loops for s alone"),
        pytest.param(lambda d, m, T: d * T + 1, once, id="np.vectorize"),
        pytest.param(once, each_value, id="loops for r alone"),
        pytest.param(lambda d, m, T: d * m * T, lambda d, m, T: d * m * T, id="loops that waste"),
        pytest.param(lambda d, m, T: T, lambda d, m, T: T, id="example by example"),
        pytest.param(lambda d, m, T: 3, lambda d, m, T: 1, id="s thrice"),
        pytest.param(once, never, id="r follows from s"),
        pytest.param(each_value, never, id="r follows from s, in loops"),
        pytest.param(lambda d, m, T: 2 * d * T, never, id="r follows from s, twice in loops"),
        pytest.param(lambda d, m, T: d * m * T, never, id="r follows from s, in loops that waste"),
    ],
)
def test_no_formulas_calls_are_noticed(called, s, r):
    problem, comparisons = called
    assert miscalled(problem, comparisons(s, r)) == ""


def test_each_reason_names_what_was_counted(called):
    problem, comparisons = called
    assert miscalled(problem, comparisons(each_entry, once)) == (
        "s is called for every entry of W, 2 times each, r 4 times less often or never"
    )


def test_cases_of_two_sizes_alone_tell_nothing(called, key):
    problem, comparisons = called
    core = [s for s in key.samples["grad_W"] if s.case.row.name == "core" and s.case.values["W"].size >= 6]
    sizes = list(dict.fromkeys(s.case.values["W"].size for s in core))
    of_three, of_two = ([s for s in core if s.case.values["W"].size in sizes[:k]] for k in (3, 2))
    assert miscalled(problem, comparisons(each_entry, once, of_three))
    assert miscalled(problem, comparisons(each_entry, once, of_two)) == ""


def test_one_core_case_with_fewer_calls_clears(called):
    """Loops over d × T values call s more often than W has entries where T > m, and less where T < m."""
    problem, comparisons = called
    planted = comparisons(each_entry, once)
    place = max(
        (c.sample.case.values["W"].size, k) for k, c in enumerate(planted) if c.sample.case.row.name == "core"
    )[1]
    planted[place] = compare(
        Returned(planted[place].sample.expected, calls={"s": 1, "r": 1}), planted[place].sample
    )
    assert miscalled(problem, planted) == ""


def test_rows_of_special_sizes_do_not_clear(called, key):
    problem, comparisons = called
    special = [s for s in key.samples["grad_W"] if s.case.row.name != "core"]
    core = [s for s in key.samples["grad_W"] if s.case.row.name == "core"]
    assert special
    planted = comparisons(each_entry, once, core) + comparisons(once, once, special)
    assert miscalled(problem, planted)


def test_cases_with_few_entries_alone_tell_nothing(called, key):
    problem, comparisons = called
    core = [s for s in key.samples["grad_W"] if s.case.row.name == "core"]
    few = [replace(s, case=replace(s.case, values=s.case.values | {"W": np.ones((1, 5))})) for s in core]
    assert miscalled(problem, comparisons(each_entry, once, core))
    assert miscalled(problem, comparisons(each_entry, once, few)) == ""


def test_where_s_is_not_given_the_calls_of_r_tell_nothing(assignment, key):
    comparisons = [compare(Returned(sample.expected), sample) for sample in key.samples["d_hidden"]]
    assert miscalled(named(assignment, "d_hidden"), comparisons) == ""


def test_few_calls_of_s_settle_it(called):
    problem, comparisons = called
    assert settled(problem, comparisons(lambda d, m, T: 2, once))
    assert not settled(problem, comparisons(lambda d, m, T: 3, once))


def test_without_r_few_calls_of_s_settle_nothing(called):
    problem, comparisons = called
    assert not settled(problem, comparisons(once, never))
    planted = comparisons(once, never)
    first = planted[0]
    planted[0] = compare(Returned(first.sample.expected, calls={"s": 1, "r": 1}), first.sample)
    assert settled(problem, planted)


def test_the_key_knows_which_references_call_r(key):
    assert key.sloped == {"d_hidden", "derivative_W", "grad_W"}


def test_a_slope_that_the_reference_does_not_need_accuses_nobody(tmp_path, server):
    """In v the loss is linear: s is called for every value, r is given for nothing."""
    problems = """
        ACTIVATIONS = {"tanh": Activation("np.tanh(z)", "1 - np.tanh(z) ** 2")}

        def output(v: Array["d"], Z: Array["d T"], s: Function) -> Array[""]:
            return (v @ s(Z)).sum()

        slope = Gradient(of=output, wrt="v", points=1, given={"r": Slope})
    """
    formulas = """
        ACTIVATIONS = {"sin": Activation("z + np.sin(z)", "1 + np.cos(z)")}
        def slope(v, Z, s, r): return s(Z).sum(axis=1)
        MISTAKES = {"slope": {"r": lambda v, Z, s, r: r(Z).sum(axis=1)}}
    """
    small = load_assignment(course(tmp_path, problems, formulas))
    key = make_key(small, load_reference(small))
    text = "import numpy as np\ndef slope(v, Z, s, r): return np.array([sum(s(z) for z in row) for row in Z])"
    (problem,) = grade(small, key, submitted(text), server).problems
    assert (key.sloped, problem.verdict, problem.numerical) == (set(), "right", "")


# ---- where s is called --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("work", "suspected"),
    [
        pytest.param(lambda s, r, Z: (s(Z + 1e-6), s(Z - 1e-6)), True, id="central"),
        pytest.param(lambda s, r, Z: (s(Z), s(Z + 1e-8)), True, id="forward"),
        pytest.param(lambda s, r, Z: [(s(z + 1e-6), s(z - 1e-6)) for z in Z.flat], True, id="in loops"),
        pytest.param(lambda s, r, Z: (s(Z), s(Z + 1e-6), r(Z)), False, id="with a word to r"),
        pytest.param(lambda s, r, Z: (s(Z), s(Z)), False, id="twice"),
        pytest.param(lambda s, r, Z: (s(Z), s(Z.astype(np.float32))), False, id="in single precision"),
        pytest.param(lambda s, r, Z: (s(Z), s(Z * (1 + 1e-15))), False, id="rounded otherwise"),
        pytest.param(lambda s, r, Z: [s(z) for z in Z.flat], False, id="value by value"),
        pytest.param(lambda s, r, Z: [s(z) for z in Z], False, id="row by row"),
        pytest.param(lambda s, r, Z: s(Z[:0]), False, id="at nothing"),
        pytest.param(lambda s, r, Z: None, False, id="never"),
    ],
)
def test_calls_of_s_next_to_each_other_without_r_are_a_difference_quotient(assignment, key, work, suspected):
    problem = named(assignment, "grad_W")
    question = heard(problem, key.larger["grad_W"])
    (call,) = question.calls
    given = dict(zip(question.parameters, call, strict=True))
    work(given["s"], given["r"], np.asarray(given["W"] @ given["X"]))
    reason = astray(problem, question, points((0, 0), x="W"))
    assert reason == ("s is called at points next to each other, r never" if suspected else "")


# ---- the points that a call goes to -------------------------------------------------------


def points(*counts, x="U_tilde"):
    return [Returned(None, beside={x: pair}) for pair in counts]


@pytest.mark.parametrize(
    ("name", "counts", "reason"),
    [
        ("grad_U", [(0, 0)], ""),
        ("grad_U", [(1, 0)], ""),
        ("grad_U", [(ENOUGH - 1, 0)], ""),
        ("grad_U", [(ENOUGH, 0)], "the code goes to 16 points or more next to U, which has {size} entries"),
        ("grad_U", [(ENOUGH - 1, 1)], ""),  # it has no direction
        ("d_normalize", [(1, 0)], ""),
        ("d_normalize", [(1, 1)], "the code goes from U_tilde along dU_tilde in short steps"),
        (
            "d_normalize",
            [(ENOUGH, 0)],
            "the code goes to 16 points or more next to U_tilde, which has {size} entries",
        ),
        ("curve_velocity", [(1, 0)] * 4, "the code goes to points next to t"),
        ("curve_velocity", [(1, 0)] * 3 + [(0, 0)], ""),  # by accident
        ("curve_taylor", [(1, 1)] * 4, "the code goes to points next to t"),
    ],
)
def test_points_make_a_reason(assignment, key, name, counts, reason):
    problem, question = named(assignment, name), key.larger[name]
    (x,) = question.variables
    size = np.size(question.calls[0][question.parameters.index(x)])
    assert astray(problem, question, points(*counts, x=x)) == reason.format(size=size)


def test_a_vector_needs_a_point_for_every_entry(assignment, key):
    question = key.larger["least_squares_gradient"]
    size = question.calls[0][question.parameters.index("x")].size
    problem = named(assignment, "least_squares_gradient")
    assert 6 <= size < ENOUGH
    assert astray(problem, question, points((size, 0), x="x"))
    assert not astray(problem, question, points((size - 1, 0), x="x"))


def test_each_of_two_variables_is_looked_at(assignment, key):
    problem, question = named(assignment, "d_trace_of_product"), key.larger["d_trace_of_product"]
    beside = {"A": (0, 0), "B": (1, 1)}
    assert astray(problem, question, [Returned(None, beside=beside)]) == (
        "the code goes from B along dB in short steps"
    )


@pytest.mark.parametrize("outcome", [Raised("ValueError", ""), TimedOut(2)])
def test_who_does_not_answer_is_not_suspected(assignment, key, outcome):
    problem, question = named(assignment, "curve_velocity"), key.larger["curve_velocity"]
    assert astray(problem, question, [*points((1, 0), (1, 0), (1, 0), x="t"), outcome]) == ""


def test_every_differential_is_looked_at_and_nothing_else(assignment, key):
    asked = {p.name for p in assignment.problems if p.topic.name != "identification"}
    assert set(key.larger) == asked


def test_what_is_looked_at_is_larger_than_what_is_compared_and_holds_no_secret(assignment, reference, key):
    other = make_key(assignment, replace(reference, seed=b"another"))
    for name, question in key.larger.items():
        assert question.frame == other.larger[name].frame
        sizes = [size for case in sampling.larger(named(assignment, name)) for size in case.sizes.values()]
        assert all(6 <= size <= 11 for size in sizes)


# ---- hand-ins -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def under(assignment, key, server):
    """Grade a text under a policy."""

    def graded(policy, text, **limits):
        policies = replace(assignment.settings.policies, numerical=policy)
        limits = replace(assignment.settings.limits, **limits)
        settings = replace(assignment.settings, policies=policies, limits=limits)
        record = grade(replace(assignment, settings=settings), key, submitted(text), server)
        return record, {problem.name: problem for problem in record.problems}

    return graded


def test_to_allow_it_is_to_say_nothing(under):
    record, problems = under("allow", CENTRAL)
    assert (record.score, problems["grad_v"].numerical) == (8, "")
    assert "numerical differentiation" not in problems["grad_v"].student.sentence


def test_to_flag_it_costs_nothing_and_is_said(under):
    record, problems = under("flag", CENTRAL)
    flagged = problems["grad_v"]
    assert (record.score, flagged.score, flagged.verdict) == (8, 4, "imprecise")
    assert flagged.numerical.endswith("entries") and " next to v, which has " in flagged.numerical
    assert flagged.student.sentence.endswith(f" {FLAGGED}")
    assert {name for name, problem in problems.items() if problem.numerical} == {"grad_v"}


def test_zero_takes_the_points_and_not_the_verdict(under):
    record, problems = under("zero", CENTRAL)
    taken = problems["grad_v"]
    assert (record.score, taken.score, taken.verdict) == (4, 0, "imprecise")
    assert taken.student.sentence.endswith(f" {TAKEN}")


def test_staff_read_the_reason_and_students_the_sentence(under):
    record, problems = under("zero", CENTRAL)
    file = results(record)
    (row,) = [row for row in file.tests if row.name.startswith("grad_v:")]
    assert file.extra_data["numerical"] == {"grad_v": problems["grad_v"].numerical}
    assert (row.score, row.status) == (0, "failed")
    assert TAKEN in row.output
    assert problems["grad_v"].numerical not in row.output


def test_whoever_is_not_suspected_keeps_the_record(under):
    _, problems = under("flag", CENTRAL)
    right = problems["grad_U"]
    assert marked(right, "", "zero") == right
    assert marked(right, "a reason", "allow") == right


def test_an_answer_that_fails_is_not_looked_at(under):
    _, problems = under("zero", CENTRAL.replace("(2 * E[index])", "E[index]"))
    assert (problems["grad_v"].verdict, problems["grad_v"].numerical) == ("wrong", "")


@pytest.mark.parametrize("what", ["pass", "raise ValueError", "import os; os._exit(0)"])
def test_what_fails_on_larger_inputs_alone_costs_nothing(under, what):
    text = f"def grad_v(v, U, y):\n    while U.size > 40: {what}\n    return 2 * (v @ U - y) @ U.T\n"
    record, problems = under("zero", text, call_seconds=0.3)
    assert (record.score, problems["grad_v"].numerical) == (4, "")


def test_who_ends_the_process_does_not_clear_the_next(under):
    text = f"""{CENTRAL}
import os
def grad_U(v, U, y):
    if U.size > 40: os._exit(0)
    return 2 * v.T @ (v @ U - y)

def d_normalize(U, dU):
    U, f = np.array(U, float), lambda U: U / np.sqrt((U * U).sum())
    h = 1e-6 * np.abs(U).max() / np.abs(dU).max()
    return (f(U + h * dU) - f(U - h * dU)) / (2 * h)
"""
    _, problems = under("flag", text)
    assert {name for name, problem in problems.items() if problem.numerical} == {"grad_v", "d_normalize"}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("2 * (v @ U - y) @ (U + 0.0).T + 0 * (v + 1e-12)", id="a guard against zero"),
        pytest.param("np.array([[2 * ((v @ U - y) @ u)[0] for u in U]])", id="loops"),
        pytest.param("2 * (v @ U - y) @ U.T + 0 * v.astype(np.float32)", id="single precision"),
        pytest.param("fill(v.copy(), 2 * (v @ U - y) @ U.T)", id="filled in place"),
        pytest.param("without(v, U, y)", id="with entries left out"),
        pytest.param("project(v, 2 * (v @ U - y) @ U.T)", id="split into parallel and orthogonal"),
    ],
)
def test_odd_closed_forms_are_not_suspected(under, answer):
    text = f"""
import numpy as np
def fill(g, values):
    for k in range(g.shape[1]):
        g[0, k] = values[0, k]
    return np.array(g, float)
def without(v, U, y):
    total = v @ U
    for k in range(v.shape[1]):
        others = v.copy()
        others[0, k] = 0
        assert np.allclose(others @ U + v[0, k] * U[k], total, rtol=1e-3, atol=1e-3)
    return 2 * (total - y) @ U.T
def project(v, g):
    along = (g * v).sum() / (v * v).sum() * v
    return along + (g - along)
def grad_v(v, U, y):
    v = v if v.dtype == float and v.flags.writeable else np.array(v, float)
    return {answer}
"""
    _, problems = under("flag", text)
    assert (problems["grad_v"].verdict, problems["grad_v"].numerical) == ("right", "")


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.glob("right_*")))
def test_no_right_example_is_suspected(assignment, key, server, example):
    record = grade(assignment, key, read_submission(EXAMPLES / example, "hw2"), server)
    assert {problem.name: problem.numerical for problem in record.problems if problem.numerical} == {}


@pytest.mark.parametrize("turn", range(max(map(len, RIGHT.values()))))
def test_no_right_variant_is_suspected(assignment, key, server, turn):
    found = {name: where[turn : turn + 1] for name, where in RIGHT.items() if turn < len(where)}
    graded = list(bench.graded(assignment, key, server, found))
    assert len(graded) == len(found)
    assert [
        (where, p.verdict, p.numerical) for where, p in graded if p.verdict != "right" or p.numerical
    ] == []


@pytest.mark.parametrize("turn", range(0, max(map(len, NUMERICAL.values())), 4))
def test_every_numerical_variant_that_passes_is_suspected(assignment, key, server, turn):
    """A quarter of them; bench/numerical.py has them all."""
    found = {
        name: where[turn : turn + 1]
        for name, where in bench.located("numerical", "NUMERICAL", NUMERICAL).items()
        if turn < len(where)
    }
    graded = list(bench.graded(assignment, key, server, found))
    passing = [(where, p.numerical) for where, p in graded if p.verdict in ("right", "imprecise")]
    assert len(passing) >= len(found) / 2
    assert [where for where, reason in passing if not reason] == []


def test_whoever_calls_r_each_time_for_nothing_is_seen_by_the_points(assignment, key, server):
    label = "central, by entries, and r each time"
    ((_, problem),) = bench.graded(assignment, key, server, {"grad_W": [("numerical", "NUMERICAL", label)]})
    assert problem.numerical.startswith("the code goes to 16 points or more next to W")


def test_an_assignment_whose_sizes_cannot_grow_is_looked_at_as_it_is(tmp_path, server):
    """Three entries, three points; and a `where` that knows no sizes but those that are compared at."""
    problems = """
        def cubes(x: Array["3"], a: Array["n"]) -> Array[""]:
            return (x * x * x).sum() + a.sum()

        known = Draws(where=lambda n: {size: True for size in (1, 2, 3, 4, 5, 7)}[n])
        slope = Gradient(of=cubes, wrt="x", points="0.5", draws=known)
        ones = Gradient(of=cubes, wrt="a", points="0.5", draws=known)
    """
    formulas = """
        def slope(x, a): return 3 * x * x
        def ones(x, a): return 1.0 + 0 * a
        MISTAKES = {"slope": {"x": lambda x, a: x}, "ones": {"a": lambda x, a: a}}
    """
    small = load_assignment(course(tmp_path, problems, formulas))
    text = (
        "import numpy as np\n"
        "def slope(x, a):\n    x = np.array(x, float)\n    h = 1e-6 * np.abs(x).max()\n"
        "    f = lambda z: (z * z * z).sum()\n"
        "    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(3)])\n"
        "def ones(x, a): return np.ones(len(a))\n"
    )
    record = grade(small, make_key(small, load_reference(small)), submitted(text), server)
    assert record.score == 1
    assert [p.numerical for p in record.problems] == [
        "the code goes to 3 points or more next to x, which has 3 entries",
        "",
    ]


# ---- what looks like it -------------------------------------------------------------------


def test_no_right_idiom_is_suspected(server):
    """Entries set to one or zero, exchanged, left out; Jacobians; the slope of tanh from its value."""
    tried = list(bench.tried(server, idioms.RIGHT))
    assert len(tried) == sum(map(len, idioms.RIGHT.values()))
    assert [(p.name, label, p.numerical) for label, p in tried if p.numerical] == []


def test_differences_of_the_same_functions_are_suspected(server):
    tried = list(bench.tried(server, idioms.QUOTIENTS))
    assert len(tried) >= sum(map(len, idioms.QUOTIENTS.values())) - 1  # one loses its digits in a small case
    assert [(p.name, label) for label, p in tried if not p.numerical] == []
