"""The lattice names what is wrong, for the simplest reason, and is silent where it does not know."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from courses import course

from bench import held_out
from bench.variants import TOPICS
from grader.assignment import load_assignment
from grader.compare import compare
from grader.diagnose import diagnose, explain
from grader.diagnosis import lattice
from grader.diagnosis.evidence import SLIPS, constant, evidence_of, slip
from grader.key import make_key
from grader.reference import Mistake, load_reference
from grader.sandbox.outcome import Raised, Returned


def norm(x):
    return np.sqrt((x["U_tilde"] ** 2).sum())


def derivative(x, *, projected=True):
    """X (G ∘ r(WX))ᵀ, perhaps as if the norm were a constant."""
    U_tilde = x["s"](x["W"] @ x["X"])
    norm = np.sqrt((U_tilde**2).sum())
    e = x["v"] @ U_tilde / norm - x["y"]
    G = x["v"].T @ e - projected * U_tilde / norm * (x["v"] @ U_tilde / norm @ e.T)
    return x["X"] @ (2 / norm * G * x["r"](x["W"] @ x["X"])).T


# a hand-in of each kind: the problem, what is returned given the right answer and the inputs, and the id
EXAMPLES = [
    ("grad_W", lambda R, x: R * 0, "zero"),
    ("grad_W", lambda R, x: -R, "sign"),
    ("grad_W", lambda R, x: R / 2, "factor:1/2"),
    ("grad_W", lambda R, x: R.T, "transpose"),
    ("grad_W", lambda R, x: -2 * R.T, "transpose+factor:-2"),
    ("grad_W", lambda R, x: R.reshape(-1), "entries:flat"),
    ("grad_W", lambda R, x: R.T.reshape(R.shape), "entries:column order"),
    ("grad_W", lambda R, x: abs(R), "entries:absolute"),
    ("grad_W", lambda R, x: R.sum(0), "entries:summed over rows"),
    ("grad_W", lambda R, x: np.round(R, 3), "rounded"),
    ("grad_W", lambda R, x: R * (np.arange(len(R)) > 0)[:, None], "entries:first row=0"),
    ("grad_W", lambda R, x: R / x["X"].shape[1], "quantity:1/T"),
    ("grad_W", lambda R, x: R * np.linalg.norm(x["y"]), "quantity:‖y‖"),
    ("grad_W", lambda R, x: R * np.linalg.norm(x["s"](x["W"] @ x["X"])), "quantity:‖Ũ‖"),
    ("grad_W", lambda R, x: R + x["W"], "added:input itself:W"),
    ("grad_v", lambda R, x: 2 * (x["v"] @ x["U"] + x["y"]) @ x["U"].T, "input:y=-y"),
    ("grad_v", lambda R, x: 2 * x["v"] @ x["U"] @ x["U"].T, "input:y=0"),
    ("grad_v", lambda R, x: (x["v"] @ x["U"] - 2 * x["y"]) @ x["U"].T, "input:v=v/2"),
    ("grad_U", lambda R, x: 2 * (x["v"] @ x["U"] - x["y"]), "entries:not times v.T from the left"),
    ("d_normalize", lambda R, x: x["dU_tilde"], "input itself:dU_tilde"),
    ("curve_velocity", lambda R, x: R * [1, 1, 0], "entries:[2]=0"),
    ("curve_velocity", lambda R, x: R * [1, -1, 1], "entries:[1]=-1"),
    ("curve_velocity", lambda R, x: np.where([1, 1, 0], R, x["t"]), "entries:[2]:input itself:t"),
    ("curve_velocity", lambda R, x: R * [2, 0.5, 1], "term:entry [0]=2+term:entry [1]=1/2"),
    ("curve_velocity", lambda R, x: R * [1, 1, np.cos(x["t"])], ""),
    ("grad_W", lambda R, x: 2 * R * (np.arange(len(R)) > 0)[:, None], "factor:2+entries:first row=0"),
    ("grad_W", lambda R, x: R.T.ravel() / x["X"].shape[1], "entries:flat, column order+quantity:1/T"),
    ("grad_W", lambda R, x: x["W"] - R / 100, "added:input itself:W+factor:-1/100"),
    ("d_normalize",
     lambda R, x: (x["dU_tilde"] - x["U_tilde"] * (x["U_tilde"] * x["dU_tilde"]).sum()) / norm(x),
     "term:the projection term=‖U_tilde‖^2"),
    ("least_squares_taylor", lambda R, x: R - (x["A"] @ x["dx"]) @ (x["A"] @ (x["dx"] - x["x"])) / 2,
     "term:the term of order 2:dx=x once"),
    ("derivative_W", lambda R, x: derivative(x | {"r": lambda z: x["r"](x["s"](z))}, projected=False),
     "input:r=r(s)+term:the projection term=0"),
    ("grad_v", lambda R, x: (x["v"] @ np.abs(x["U"]) + 3 * x["y"]) @ x["U"].T, ""),
    ("d_hidden", lambda R, x: x["X"].sum() * x["dW"] @ x["X"], ""),
    ("derivative_W", lambda R, x: derivative(x | {"y": x["y"] * 0, "r": lambda z: z * 0 + 1}),
     "input:y=0+input:r=1"),
    ("d_trace_of_product", lambda R, x: x["dA"] @ x["B"] + x["A"] @ x["dB"], "entries:trace not taken"),
    ("curve_acceleration", lambda R, x: np.array([-2 * np.sin(x["t"]), 4 * np.cos(x["t"]), 1]),
     "other:order 1"),
    ("curve_taylor", lambda R, x: R * 0 + 1, "constant"),
    ("d_trace_of_product", lambda R, x: np.trace(x["dA"] @ x["B"]), "term:the part along dB=0"),
    (
        "d_trace_of_product",
        lambda R, x: np.trace(x["dA"] @ x["B"]) - np.trace(x["A"] @ x["dB"]),
        "term:the part along dB=-1",
    ),
    ("d_trace_of_product", lambda R, x: R - 3 * np.trace(x["A"] @ x["dB"]) / 4, "term:the part along dB=1/4"),
    ("d_quadratic_of_transpose", lambda R, x: 2 * x["A"].T @ x["dA"],
     "term:the term dAᵀA=0+term:the term AᵀdA=2"),
    ("derivative_shape", lambda R, x: R if x["by"] != () or x["of"] == () else None, None),
]  # fmt: skip


def problem_of(assignment, name):
    return next(problem for problem in assignment.problems if problem.name == name)


def comparisons_of(problem, key, answer):
    """Of what `answer` returns, given the right answer and the inputs by name."""
    compared = []
    for sample in key.samples[problem.name]:
        inputs = dict(zip(problem.parameters, sample.case.arguments(problem), strict=True))
        try:
            with np.errstate(all="ignore"):
                value = answer(sample.expected, inputs)
        except Exception as error:
            outcome = Raised(type(error).__name__, str(error))
        else:
            outcome = Returned(np.asarray(value) if isinstance(value, np.generic) else value)
        compared.append(compare(outcome, sample))
    return compared


def searched(assignment, reference, key, name, answer):
    problem = problem_of(assignment, name)
    return found_in(assignment, reference, problem, comparisons_of(problem, key, answer))


def found_in(assignment, reference, problem, comparisons):
    parts = evidence_of(comparisons)
    wrong = [part for part in parts if not all(each.right for each in part)]
    return lattice.search(problem, assignment.problems, reference, wrong[0]) if wrong else None


def by_inputs(variant):
    """A variant as an answer: it takes the inputs alone."""
    return lambda _right, inputs: variant(*inputs.values())


@pytest.mark.parametrize(("name", "answer", "expected"), EXAMPLES)
def test_the_simplest_reason_is_named(name, answer, expected, assignment, reference, key):
    found = searched(assignment, reference, key, name, answer)
    if not expected:
        assert expected is None or found is None
    if expected == "":
        return
    if expected is None:
        assert found.id.startswith("inputs:")
        assert "returns None" in found.place
    else:
        assert found.id == expected


STAGES = [
    lattice._multiple, lattice._region, lattice._named_terms, lattice._other_answer, lattice._changed_input,
    lattice._own_terms, lattice._rearranged, lattice._without_product, lattice._quantity, lattice._rounded,
    lattice._related, lattice._added, lattice._some_inputs, lattice._components,
    lattice._weighted_terms, lattice._changed_term, lattice._terms_of_changed, lattice._changed_twice,
    lattice._multiple_but_a_region, lattice._not_reduced,
]  # fmt: skip


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
def test_every_stage_is_needed(stage, assignment, reference, key, monkeypatch):
    """Switched off, an example loses its reason."""
    monkeypatch.setattr(lattice, stage.__name__, lambda at: iter(()))
    for name, answer, expected in EXAMPLES:
        found = searched(assignment, reference, key, name, answer)
        if found is None or (expected is None and not found.id.startswith("inputs:")) or found.id != expected:
            return
    pytest.fail("no example needs it")


def right_variants():
    return [
        pytest.param(name, variant, id=f"{name}: {says}")
        for topic in TOPICS
        for name, variants in topic.RIGHT.items()
        for says, variant in variants.items()
    ]


@pytest.mark.parametrize(("name", "variant"), right_variants())
def test_a_right_answer_is_explained_by_nothing(name, variant, assignment, reference, key):
    problem = problem_of(assignment, name)
    comparisons = comparisons_of(problem, key, by_inputs(variant))
    assert diagnose(problem, assignment.problems, reference, comparisons).diagnosis.id in ("", "imprecise")


@pytest.mark.parametrize("kind", sorted(held_out.NONSENSE))
@pytest.mark.parametrize("name", ["grad_U_tilde", "grad_W", "curve_taylor", "least_squares_hessian"])
def test_nonsense_is_explained_by_nothing(name, kind, assignment, reference, key):
    rng = np.random.default_rng(list(f"{name} {kind}".encode()))
    wrong = next(iter(reference.mistakes[name].values())).formula
    nonsense = held_out.NONSENSE[kind]
    found = searched(
        assignment, reference, key, name, lambda R, inputs: nonsense(R, wrong(*inputs.values()), rng)
    )
    assert found is None


def test_an_answer_that_is_explained_on_all_cases_but_one_is_not_explained(assignment, reference, key):
    calls = iter(range(1000))
    found = searched(assignment, reference, key, "grad_W", lambda R, _: R * (3.1 if next(calls) == 5 else 2))
    assert found is None


def test_a_case_without_a_value_among_the_core_ones_explains_nothing(assignment, reference, key):
    problem = problem_of(assignment, "grad_W")
    comparisons = comparisons_of(problem, key, lambda R, _: 2 * R)
    broken = compare(Raised("ValueError", "x"), comparisons[0].sample)
    assert evidence_of([broken, *comparisons[1:]]) == ()
    crash = next(k for k, c in enumerate(comparisons) if c.sample.case.row.name == "T = 1")
    comparisons[crash] = compare(Raised("ValueError", "x"), comparisons[crash].sample)
    assert found_in(assignment, reference, problem, comparisons).id == "factor:2"


@pytest.mark.parametrize("number", [float(s) for s in SLIPS])
def test_a_slip_is_recognised_and_its_neighbours_are_not(number):
    assert float(slip(number)) == number
    assert slip(number * (1 + 1e-4)) is None
    assert float(constant([number, number])) == number
    assert constant([number, 2 * number]) is None


SMALL = """
def fit(A: Array["m n"], x: Array["n"]) -> Array[""]:
    return (A @ x) @ (A @ x)

def divergence(p: Array["n", Uniform(0.5, 2)], q: Array["n", Uniform(0.5, 2)]) -> Array[""]:
    return (p * np.log(p / q)).sum()


value_and_gradient = Value(
    given={"A": Array["m n"], "x": Array["n"]}, returns=(Array[""], Array["n"]), what="both", points="0.2"
)
fit_gradient = Gradient(of=fit, wrt="x", points="0.2")
divergence_gradient = Gradient(of=divergence, wrt="q", points="0.2")
product = Value(given={"m": Size["m"], "n": Size["n"]}, what="mn", points="0.2")
signs = Value(given={"x": Array["n"]}, what="which are positive", points="0.1")
word = Value(given={"x": Array["n"]}, what="the sign in a word", points="0.1")
"""
ANSWERS = """
def value_and_gradient(A, x):
    return float((A @ x) @ (A @ x)), 2 * A.T @ (A @ x)


def fit_gradient(A, x):
    return 2 * A.T @ (A @ x)


def divergence_gradient(p, q):
    return -p / q


def product(m, n):
    return m * n


def signs(x):
    return x > 0


def word(x):
    return "positive" if x[0] > 0 else "negative"


MISTAKES = {"product": {"half of it": lambda m, n: m * n / 2}}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """An assignment whose author has named neither mistakes nor terms."""
    folder = course(tmp_path_factory.mktemp("small") / "course", SMALL, ANSWERS)
    loaded = load_assignment(folder)
    reference = load_reference(loaded)
    return loaded, reference, make_key(loaded, reference)


@pytest.mark.parametrize(
    ("name", "answer", "expected"),
    [
        ("value_and_gradient", lambda R, x: (R[0], -R[1]), "sign"),
        ("value_and_gradient", lambda R, x: (R[0] / 2, R[1]), "factor:1/2"),
        ("value_and_gradient", lambda R, x: (R[0], R[1] * (np.arange(len(R[1])) > 0)),
         "entries:first entry=0"),
        ("value_and_gradient", lambda R, x: (R[0], np.cumsum(R[1])), "entries:cumulative"),
        ("value_and_gradient", lambda R, x: (R[0], R[1] / len(x["A"])), "quantity:1/m"),
        ("value_and_gradient", lambda R, x: (R[0], np.sin(R[1])), None),
        ("fit_gradient", lambda R, x: x["A"].T @ (x["A"] @ x["x"]), "factor:1/2"),
        ("fit_gradient", lambda R, x: 2 * x["A"] @ x["x"], "entries:not times A.T from the left"),
        ("fit_gradient", lambda R, x: R / np.linalg.norm(x["A"] @ x["x"]), "quantity:1/√fit"),
        ("fit_gradient", lambda R, x: R + x["x"] / 10, "added:input itself:x times 1/10"),
        ("fit_gradient", lambda R, x: R * np.sin(R), None),
        ("fit_gradient", lambda R, x: np.full(R.shape, 3), "constant"),
        ("divergence_gradient", lambda R, x: np.arange(len(R)) + 0.5, None),
        ("divergence_gradient", lambda R, x: np.sin(x["p"]) + x["q"], None),
        ("divergence_gradient", lambda R, x: -R, "sign"),
        ("product", lambda R, x: R + 1, None),
        ("product", lambda R, x: x["m"], None),
        ("product", lambda R, x: 0, "zero"),
        ("signs", lambda R, x: ~R, "input:x=-x"),
        ("signs", lambda R, x: np.zeros(len(R), bool), "constant"),
        ("word", lambda R, x: "positive", "input:x=ones"),
        ("word", lambda R, x: "neither", None),
        ("value_and_gradient", lambda R, x: (R[0] * 17.3 + 1, -R[1]), None),
    ],
)  # fmt: skip
def test_a_new_problem_has_it_for_nothing(name, answer, expected, small):
    found = searched(*small, name, answer)
    assert (found and found.id) == expected


@pytest.mark.parametrize(
    "answer", [lambda x: x["b"] @ x["b"] * 1.7, lambda x: np.linalg.norm(x["b"]), lambda x: len(x["x"])]
)
def test_a_formula_of_one_quantity_is_not_called_another_answer_times_that_quantity(
    answer, assignment, reference, key
):
    for name in ("least_squares_second_differential", "least_squares_taylor"):
        assert searched(assignment, reference, key, name, lambda _, x: answer(x)) is None


@pytest.mark.parametrize("name", ["least_squares_hessian", "least_squares_taylor"])
def test_a_constant_is_called_a_constant(name, assignment, reference, key):
    found = searched(assignment, reference, key, name, lambda R, _: np.full(np.shape(R), 2.0)[()])
    assert (found.id, found.place) == ("constant", "It is 2 everywhere, whatever the input.")


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, np.float32])
def test_answers_of_any_precision_are_looked_into(dtype, assignment, reference, key):
    found = searched(assignment, reference, key, "grad_W", lambda R, _: (R * 0 + 3).astype(dtype))
    assert found.id == "constant"
    searched(assignment, reference, key, "least_squares_hessian", lambda R, _: (2 * R + 1).astype(dtype))


def test_terms_that_do_not_sum_to_the_reference_explain_nothing(assignment, reference, key):
    """As where somebody has broken the reference: what is handed in is the sum of the terms."""
    broken = replace(
        reference, answers={**reference.answers, "d_normalize": lambda U_tilde, dU_tilde: dU_tilde + U_tilde}
    )
    terms = reference.terms["d_normalize"].values()
    other = replace(assignment, problems=tuple(p for p in assignment.problems if p.name == "d_normalize"))
    found = searched(
        other,
        broken,
        make_key(other, broken),
        "d_normalize",
        lambda _, x: sum(term(*x.values()) for term in terms),
    )
    assert found is None or "term:" not in found.id


def test_a_part_that_is_right_but_for_another_earns_no_credit(small):
    """A known mistake has to be what every value of the tuple is."""
    loaded, reference, key = small
    formula = lambda A, x: (0.0, 2 * A.T @ (A @ x))  # noqa: E731
    known = {"value_and_gradient": {"the value is left out": Mistake(formula, credit=0.5, id="no-value")}}
    knowing = replace(reference, mistakes=known)
    problem = problem_of(loaded, "value_and_gradient")

    def diagnosed(answer):
        return diagnose(problem, loaded.problems, knowing, comparisons_of(problem, key, answer))

    whole = diagnosed(lambda R, _: (0.0, R[1]))
    assert (whole.diagnosis.id, whole.credit) == ("mistake:no-value", Decimal("0.5"))
    assert diagnosed(lambda R, _: (0.0, np.sin(R[1]))).credit == 0


def test_which_value_of_a_tuple_is_meant_is_said(small):
    loaded, reference, key = small
    problem = problem_of(loaded, "value_and_gradient")
    comparisons = comparisons_of(problem, key, lambda R, _: (R[0], -R[1]))
    found = diagnose(problem, loaded.problems, reference, comparisons).diagnosis
    assert (found.id, found.place) == ("value 2:sign", "Value 2 of the tuple: its sign is flipped.")


def test_a_tuple_of_another_length_on_some_case_explains_nothing_and_harms_nothing(small):
    loaded, reference, key = small
    problem = problem_of(loaded, "value_and_gradient")
    calls = iter(range(1000))
    comparisons = comparisons_of(problem, key, lambda R, _: (R[0],) if next(calls) == 12 else (R[0], -R[1]))
    assert diagnose(problem, loaded.problems, reference, comparisons).diagnosis.place
    comparisons = comparisons_of(problem, key, lambda R, _: (R[0],))
    assert diagnose(problem, loaded.problems, reference, comparisons).diagnosis.id == "wrong"


def test_of_two_inputs_that_explain_it_the_smaller_is_named(assignment, reference, key):
    """½‖Ax + b‖² comes out with −A and with −b."""
    found = searched(
        assignment, reference, key, "least_squares_taylor",
        lambda _, x: (x["A"] @ (x["x"] + x["dx"]) + x["b"]) @ (x["A"] @ (x["x"] + x["dx"]) + x["b"]) / 2,
    )  # fmt: skip
    assert found.id == "input:b=-b"


@pytest.mark.parametrize(
    ("name", "answer", "says"),
    [
        ("value_and_gradient", lambda R: (R[0],), " it returns 1 value where 2 are asked."),
        ("value_and_gradient", lambda R: (R[0], -R[1]), " value 2 is wrong"),
        ("product", lambda R: R + 0.5, " it returns numbers of dtype float64; whole numbers are asked."),
        ("signs", lambda R: R * 1.5, " it returns numbers of dtype float64; True or False is asked."),
    ],
)
def test_what_is_wrong_with_other_answers_than_arrays_of_floats(name, answer, says, small):
    loaded, _, key = small
    problem = problem_of(loaded, name)
    assert says in explain(problem, comparisons_of(problem, key, lambda R, _: answer(R))).sentence


@pytest.mark.parametrize("size", [2e-6, 1e-7, 1e-12, 1e-30])
@pytest.mark.parametrize("name", ["grad_W", "d_normalize", "least_squares_hessian", "d_trace_of_product"])
def test_what_is_tiny_is_not_called_zero(name, size, assignment, reference, key):
    rng = np.random.default_rng(0)
    assert searched(assignment, reference, key, name, lambda R, _: R * size) is None
    noise = lambda R, _: size * rng.normal(size=np.shape(R))  # noqa: E731
    assert searched(assignment, reference, key, name, noise) is None


def test_a_multiple_that_no_slip_makes_has_no_other_reason(assignment, reference, key):
    for name in ("grad_v", "least_squares_gradient", "least_squares_taylor", "curve_velocity"):
        assert searched(assignment, reference, key, name, lambda R, _: R * 2**0.5) is None


ODD = """
two = Value(given={"x": Array["n"]}, what="two", points="0.4")
three = Value(given={"x": Array["n"]}, what="three", points="0.3")
some = Value(given={"x": Array["n"]}, what="two or three", points="0.3")
"""
ODD_ANSWERS = """
def two(x):
    return float(x.sum()), 2 * x


def three(x):
    return float(x.sum()), 2 * x, float(x.max())


def some(x):
    return (float(1.5 * x[0]), x) if x[0] > 0 else (float(2.5 * x[0]), x * x, 3.0)
"""


def test_tuples_of_different_lengths_harm_nothing(tmp_path):
    loaded = load_assignment(course(tmp_path / "course", ODD, ODD_ANSWERS))
    reference = load_reference(loaded)
    key = make_key(loaded, reference)
    for name, answer in (
        ("three", lambda R, _: (R[0], R[1], R[2] + 0.3 * np.sin(R[2]))),
        ("some", lambda R, _: tuple(0.7 * part for part in R)),
    ):
        problem = problem_of(loaded, name)
        comparisons = comparisons_of(problem, key, answer)
        assert diagnose(problem, loaded.problems, reference, comparisons).diagnosis.id == "wrong"


def test_long_answers_are_not_written_out(assignment, key):
    table = problem_of(assignment, "derivative_shape")
    nested = ("x" * 90,) * 15
    for answer in ((nested,) * 15, (np.zeros(()), np.ones(40)), nested):
        sentence = explain(table, comparisons_of(table, key, lambda R, _, a=answer: a)).sentence
        assert len(sentence) < 300
        assert "array" not in sentence


def test_a_known_mistake_that_fails_is_not_what_returns_none(small):
    loaded, reference, key = small
    known = {"word": {"a typing error": Mistake(lambda x: undefined, credit=0.5)}}
    problem = problem_of(loaded, "word")
    comparisons = comparisons_of(problem, key, lambda R, _: None)
    found = diagnose(problem, loaded.problems, replace(reference, mistakes=known), comparisons)
    assert (found.diagnosis.id, found.credit) == ("wrong", 0)
