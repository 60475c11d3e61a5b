"""What verify says of an assignment that is right, and of one in which something has been planted."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from courses import ROOT, course, edit, proved, said, shipped

from grader.assignment import load_assignment, select
from grader.faults import Fault
from grader.functions import Activation
from grader.proving import consistency, derivation, known
from grader.proving.proof import Hiding, faults, from_json, to_json
from grader.proving.trial import Subject
from grader.proving.verify import verify
from grader.reference import load_reference

CUBES = """
    def cubes(x: Array["n"]) -> Array[""]:
        return (x * x * x).sum()

    gradient = Gradient(of=cubes, wrt="x", points=1)
"""
GRADIENT = """
    def gradient(x):
        return 3 * x * x
"""
SQUARE = """
    def square(A: Array["m n"]) -> Array["n n"]:
        return A.T @ A

    d_square = Differential(of=square, wrt="A", points=1)
"""
D_SQUARE = """
    def d_square(A, dA):
        return dA.T @ A + A.T @ dA
"""


@pytest.fixture(scope="module")
def proof(assignment, reference):
    return verify(assignment, reference)


@pytest.fixture
def cubes(tmp_path):
    """Writes an assignment that asks for 3x², with something beside the formula."""
    return lambda beside="", public=CUBES, formula=GRADIENT: course(
        tmp_path / "course", public, formula, beside
    )


# ---- the shipped assignment -----------------------------------------------------------------


def test_the_shipped_assignment_is_proved(proof):
    assert faults(proof) == ()
    assert proof.proved


def test_every_problem_is_checked_in_every_way(proof):
    for problem in proof.problems:
        names = [check.name for check in problem.checks]
        assert names == [
            *("derivative", "repeated", "perturbed", "scaled", "order", "dtype", "untouched"),
            *("home", "terms", "quantities"),
        ]
        assert problem.mistakes
        assert problem.cases >= 12


def test_every_mistake_is_more_than_a_decade_from_what_passes(proof):
    margins = [mistake.margin for problem in proof.problems for mistake in problem.mistakes]
    assert len(margins) >= 55
    assert min(margins) > 2


def test_rows_that_hide_a_mistake_are_named(proof):
    hidden = {m.says: m.hidden for problem in proof.problems for m in problem.mistakes}
    assert hidden["r is evaluated at the output s(WX) instead of WX"] == (Hiding("relu", 2, 2),)
    shapes = hidden["the three cells without a matrix form are None"]
    assert shapes == (Hiding("core", 12, 18),)


def test_a_proof_comes_back_from_json_as_it_was(proof):
    assert from_json(to_json(proof)) == proof
    assert json.loads(to_json(proof))["proved"] is True


# ---- one sign ---------------------------------------------------------------------------------


ACCELERATION, CIRCLE = "curve_acceleration(t) * dt**2 / 2", "np.array([-2 * np.cos(t)"
V, W = "grad_U_tilde(v, s(W @ X), y)", "U * (v @ U @ e.T))"
EXAMPLES = ("right_closed_form", "wrong_signs_and_factors", "wrong_transposed")
ONE_SIGN = {
    "grad_v": ("network", "return 2 * (v @ U - y) @ U.T", "return 2 * (v @ U + y) @ U.T"),
    "grad_U": ("network", "return 2 * v.T @ (v @ U - y)", "return 2 * v.T @ (v @ U + y)"),
    "d_normalize": ("network", "return (dU_tilde - U *", "return (dU_tilde + U *"),
    "grad_U_tilde": ("network", f"- {W}\n\n\ndef d_hidden", f"+ {W}\n\n\ndef d_hidden"),
    "d_hidden": ("network", "return r(W @ X) * (dW @ X)", "return -r(W @ X) * (dW @ X)"),
    "derivative_W": ("network", "return X @ (grad", "return -X @ (grad"),
    "grad_W": ("network", f"return ({V} * r", f"return -({V} * r"),
    "curve_velocity": ("curve", "4 * np.cos(t), 1.0])\n\n\n", "-4 * np.cos(t), 1.0])\n\n\n"),
    "curve_acceleration": ("curve", f"return {CIRCLE}, -4 *", f"return {CIRCLE}, 4 *"),
    "curve_taylor": ("curve", f"+ {ACCELERATION}\n\n", f"- {ACCELERATION}\n\n"),
    "least_squares_gradient": ("least_squares", "return A.T @ (A @ x - b)", "return A.T @ (A @ x + b)"),
    "least_squares_hessian": ("least_squares", "return A.T @ A\n", "return -A.T @ A\n"),
    "least_squares_second_differential": (
        "least_squares", "return (A @ dx) @ (A @ dx)\n", "return -(A @ dx) @ (A @ dx)\n",
    ),
    "least_squares_taylor": ("least_squares", "/ 2 + dx @ A.T @ residual", "/ 2 - dx @ A.T @ residual"),
    "identify_scalar_by_vector": ("identification", "return np.array([ds(e) ", "return -np.array([ds(e) "),
    "identify_vector_by_vector": ("identification", "return np.stack(", "return -np.stack("),
    "identify_scalar_by_matrix": (
        "identification", "return np.array([ds(E.reshape", "return -np.array([ds(E.reshape",
    ),
    "d_trace_of_product": ("rules", "return np.trace(dA @ B) + ", "return np.trace(dA @ B) - "),
    "d_quadratic_of_transpose": ("rules", "return dA.T @ A + A.T @ dA", "return dA.T @ A - A.T @ dA"),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_SIGN)
def test_one_broken_sign_fails_and_the_sentence_says_where(name, tmp_path):
    topic, old, new = ONE_SIGN[name]
    folder = shipped(tmp_path)
    edit(folder / "reference" / f"{topic}.py", old, new)

    failed = proved(folder, name)

    line = load_reference(load_assignment(folder)).answers[name].__code__.co_firstlineno
    assert not failed.proved
    where, _, says = faults(failed)[0].partition(f": {name} ")
    assert where == f"reference/{topic}.py, line {line}"
    if name == "d_quadratic_of_transpose":  # dAᵀA − AᵀdA is antisymmetric
        assert says.startswith("was zero, infinite or lost in rounding on 100 draws for the row 'n = 1'")
    else:
        assert says.startswith("is not ")
        assert "derivative" in failed.problems[0].failing


@pytest.mark.parametrize("name", ONE_SIGN)
def test_examples_are_graded_against_a_broken_sign_too(name, tmp_path, server):
    """Right ones are wrong then, wrong ones in two ways; to say so nothing must be right."""
    from grader.grade import grade

    topic, old, new = ONE_SIGN[name]
    folder = shipped(tmp_path)
    edit(folder / "reference" / f"{topic}.py", old, new)
    for hand_in in EXAMPLES:
        shutil.copytree(ROOT / "submissions_example" / hand_in, folder / "submissions_example" / hand_in)
        (folder / "submissions_example" / hand_in / "expected.toml").write_text(
            'score = 0\ndefault = "wrong"\n'
        )
    whole = load_assignment(folder)
    assignment = select(whole, (name,))

    failed = verify(
        assignment,
        load_reference(whole),
        lambda key, submission: grade(assignment, key, submission, server, weaker=True),
    )

    graded = name != "d_quadratic_of_transpose"  # of which there is no key
    assert [example.name for example in failed.examples] == (sorted(EXAMPLES) if graded else [])
    assert all(example.isolation for example in failed.examples)
    assert "grader's own" not in "\n".join(faults(failed))


def test_there_is_a_sign_to_break_in_every_problem_but_one(assignment):
    assert {p.name for p in assignment.problems} - set(ONE_SIGN) == {"derivative_shape"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "shape = of + by",
            "shape = by + of",
            "value and variable are exchanged: the value's shape comes first",
        ),
        (
            "return shape if len(shape) <= 2 else None",
            "return shape",
            "the three cells without a matrix form are None",
        ),
    ],
)
def test_an_answer_without_a_public_function_is_proved_by_its_known_mistakes(old, new, says, tmp_path):
    """The table of shapes has no sign: the order of a sum is changed, or a condition dropped."""
    folder = shipped(tmp_path)
    edit(folder / "reference/identification.py", old, new)

    failed = proved(folder, "derivative_shape")

    assert failed.problems[0].checks[0].ok is None
    line = edit(folder / "reference/identification.py", f'"{says}"', f'"{says}"')
    assert faults(failed)[1:] == (
        f"reference/identification.py, line {line}: the mistake “{says}” of derivative_shape equals the "
        "reference on all 22 cases",
    )


def test_what_fails_beside_a_formula_is_no_cause_of_anothers_failure(tmp_path):
    folder = shipped(tmp_path)
    edit(folder / "reference/network.py", *ONE_SIGN["grad_W"][1:])
    with (folder / "reference/network.py").open("a") as file:
        file.write("\nQUANTITIES = {'grad_U_tilde': {'two': lambda v, U_tilde, y: 2.0}}\n")

    failed = proved(folder, "grad_U_tilde", "grad_W")

    assert [problem.failing[0] for problem in failed.problems] == ["quantities", "derivative"]
    assert [problem.notes for problem in failed.problems] == [(), ()]


def test_where_a_reference_uses_one_that_fails_too_a_note_says_so(tmp_path):
    folder = shipped(tmp_path)
    edit(folder / "reference/network.py", f"- {W}\n\n\ndef d_hidden", f"+ {W}\n\n\ndef d_hidden")

    failed = proved(folder, "grad_U_tilde", "grad_W")

    assert [problem.notes for problem in failed.problems] == [
        (),
        ("grad_W uses grad_U_tilde, which fails too",),
    ]


# ---- the public function ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "gradient", "cause", "instead"),
    [
        ("np.linalg.norm(x)", "x / np.linalg.norm(x)", "np.linalg.norm", "np.sqrt((Z * Z).sum())"),
        ("(np.abs(x) * x * x).sum()", "3 * np.abs(x) * x", "np.abs", "np.where(z.real > 0, z, -z)"),
        ("(x.conj() * x).sum()", "2 * x", "x.conj", ".T alone"),
        ("np.vdot(x, x)", "2 * x", "np.vdot", "(A * B).sum()"),
        ("(x.astype(float) ** 2).sum()", "2 * x", "x.astype", "the array as it is"),
    ],
)
def test_where_a_complex_step_is_silently_wrong_differences_are_used_and_the_cause_is_named(
    value, gradient, cause, instead, cubes
):
    public = CUBES.replace("(x * x * x).sum()", value)
    folder = cubes(public=public, formula=GRADIENT.replace("3 * x * x", gradient))

    (problem,) = proved(folder).problems

    assert problem.failing == ()
    assert problem.by == "differences"
    assert problem.off < 1e-7
    (note,) = problem.notes
    assert note.startswith("problems/topic.py, line 10: a complex step through cubes gives ")
    assert note.endswith(f"so they were used: {cause} in line 11 is not analytic, write {instead}")


def test_a_reference_that_is_wrong_where_the_complex_step_is_wrong_too_is_not_proved_by_it(cubes):
    """The complex step does not see |Σx| either."""
    public = CUBES.replace("(x * x * x).sum()", "(x * x).sum() + abs(x.sum())")
    folder = cubes(public=public, formula=GRADIENT.replace("3 * x * x", "2 * x"))

    assert "line 10: gradient is not the gradient of cubes in x: on 20 of 20 cases differences give" in said(
        folder
    )


def test_a_complex_step_that_fails_is_named_with_its_exception(cubes):
    public = CUBES.replace("(x * x * x).sum()", "np.cbrt(x**9).sum()")

    (problem,) = proved(cubes(public=public)).problems

    assert (problem.failing, problem.by) == ((), "differences")
    assert "a complex step through cubes fails (TypeError: ufunc 'cbrt' not supported" in problem.notes[0]


def test_a_cause_is_found_in_a_function_that_is_called_and_in_an_activation(tmp_path):
    public = """
        ACTIVATIONS = {"bent": Activation("np.abs(z) * z", "2 * np.abs(z)")}

        def norm_of(x):
            return np.linalg.norm(x)

        def bent_norm(x: Array["n"], s: Function) -> Array[""]:
            return norm_of(s(x))

        gradient = Gradient(of=bent_norm, wrt="x", points=1, given={"r": Slope})
    """
    formula = "def gradient(x, s, r): return s(x) * r(x) / np.sqrt((s(x) ** 2).sum())"

    (problem,) = proved(course(tmp_path / "course", public, formula)).problems

    assert problem.failing == ()
    assert "np.linalg.norm in line 13 is not analytic" in problem.notes[0]
    assert "np.abs in the activation bent is not analytic" in problem.notes[0]


def test_a_kink_within_reach_of_the_differences_does_no_harm(cubes):
    public = CUBES.replace("(x * x * x).sum()", "np.where(x.real > 0, x * x, x).sum()")
    folder = cubes(public=public, formula=GRADIENT.replace("3 * x * x", "np.where(x > 0, 2 * x, 1.0)"))

    (problem,) = proved(folder).problems

    assert (problem.failing, problem.by, problem.notes) == ((), "complex step", ())


def test_a_public_function_that_fails_is_the_problems_fault(cubes):
    public = CUBES.replace("(x * x * x).sum()", "x @ x.missing")

    (problem,) = (failed := proved(cubes(public=public))).problems

    assert faults(failed)[0].startswith(
        "problems/topic.py: the public function of gradient fails (AttributeError: "
    )
    assert problem.notes == ()


def test_an_activation_that_is_not_its_own_derivative_is_named(assignment, reference, monkeypatch):
    assert derivation.activations(assignment, reference).ok
    wave = Activation("np.sin(z)", "-np.cos(z)")
    monkeypatch.setitem(
        reference.__dict__, "activations", {**reference.activations, "network": {"wave": wave}}
    )

    check = derivation.activations(assignment, reference)

    assert check.sentence == (
        "reference/network.py: the activation wave is not what it says: at z = -2.99 its slope is 0.988532, "
        "its derivative -0.988532"
    )


def test_a_value_without_a_known_mistake_is_noted(tmp_path):
    public = 'total = Value(given={"x": Array["n"]}, returns=Array[""], points=1)'

    (problem,) = proved(course(tmp_path / "course", public, "def total(x): return x.sum()")).problems

    assert problem.failing == ()
    assert problem.notes == (
        "total has no public function and no known mistake: only the examples can prove it",
    )


# ---- the reference itself -----------------------------------------------------------------------


@pytest.fixture
def contradicting(assignment, reference, key):
    """What d_quadratic_of_transpose is told of itself with another formula, or with other samples."""
    problem = next(p for p in assignment.problems if p.name == "d_quadratic_of_transpose")
    samples = key.samples[problem.name]
    path = assignment.folder / "reference/rules.py"

    def sentences(formula=reference.answers[problem.name], samples=samples):
        checks = consistency.prove(Subject(problem, formula, samples, path))
        return {check.name: check.sentence.partition(": ")[2] for check in checks if not check.ok}

    return sentences


def test_the_right_formula_does_not_contradict_itself(contradicting):
    assert contradicting() == {}


def test_a_reference_that_gives_another_value_each_time_is_named(contradicting):
    calls = []

    def formula(A, dA):
        calls.append(0)
        return (dA.T @ A + A.T @ dA) * (1 + len(calls))

    assert contradicting(formula)["repeated"] == (
        "d_quadratic_of_transpose gives another value when it is called again in the row 'core'"
    )


def test_a_reference_that_moves_too_far_is_named(contradicting, key):
    """The same formula, with conditions that are too small."""
    small = [
        replace(sample, conditions=(sample.conditions[0] / 100,))
        for sample in key.samples["d_quadratic_of_transpose"]
    ]
    assert contradicting(samples=small)["perturbed"] == (
        "d_quadratic_of_transpose moves further than its condition says where its inputs move by a millionth "
        "in the row 'core'"
    )


def test_a_text_that_is_another_where_inputs_are_slightly_off_is_named(tmp_path):
    public = 'total = Value(given={"x": Array["n"]}, points=1)'
    formula = "def total(x): return f'{x.sum():.9f}'"

    first, second, _ = said(course(tmp_path / "course", public, formula)).splitlines()

    moved = "reference/topic.py, line 9: total gives another answer where its inputs move by a millionth"
    assert first == f"{moved} in the row 'core'"
    assert second == f"{moved}, with x multiplied by 1000, in the row 'core'"


@pytest.mark.parametrize(
    ("right", "check", "says"),
    [
        (lambda A: not A.flags.f_contiguous, "order", "gives another value for Fortran-ordered arrays"),
        (lambda A: A.flags.forc, "order", "gives another value for strided arrays"),
        (lambda A: A.dtype == float, "dtype", "gives another value in single precision"),
    ],
)
def test_a_reference_that_minds_the_form_of_an_array_is_named(right, check, says, contradicting):
    formula = lambda A, dA: dA.T @ A + A.T @ dA if right(A) else A.T @ A  # noqa: E731
    assert contradicting(formula)[check] == f"d_quadratic_of_transpose {says} in the row 'core'"


def test_a_reference_that_changes_an_input_in_place_is_named(contradicting):
    def formula(A, dA):
        if A.flags.writeable:
            A += 1
        return dA.T @ A + A.T @ dA

    assert contradicting(formula)["untouched"].endswith("changes its input in place in the row 'core'")


def test_the_same_is_asked_where_inputs_are_small_and_large(contradicting, monkeypatch):
    monkeypatch.setattr(consistency, "SLACK", 0.01)
    assert contradicting()["scaled"].endswith("with A, dA multiplied by 1e-06, in the row 'core'")


def test_a_problem_without_cases_does_not_hide_the_others(tmp_path):
    """dAᵀA − AᵀdA is antisymmetric, so it is 0 where it is a number."""
    folder = shipped(tmp_path)
    edit(folder / "reference/rules.py", "return dA.T @ A + A.T @ dA", "return dA.T @ A - A.T @ dA")
    edit(folder / "reference/network.py", "return 2 * (v @ U - y) @ U.T", "return 2 * (v @ U + y) @ U.T")

    failed = proved(folder, "grad_v", "curve_velocity", "d_quadratic_of_transpose")

    assert [problem.failing for problem in failed.problems] == [("derivative",), (), ("cases",)]
    assert faults(failed)[-1].startswith(
        "reference/rules.py, line 14: d_quadratic_of_transpose was zero, infinite or lost in rounding on 100 "
    )
    assert failed.notes == ("no example hand-in was graded: there is no complete answer key",)


# ---- known mistakes -----------------------------------------------------------------------------


def test_a_symmetric_sampler_that_hides_a_transpose_is_found(tmp_path):
    public = """
        class Symmetric(Normal):
            def draw(self, rng, shape, sizes):
                A = super().draw(rng, shape, sizes)
                return A + A.T

        def square(A: Array["n n", Symmetric()]) -> Array["n n"]:
            return A.T @ A

        d_square = Differential(of=square, wrt="A", points=1)
    """
    mistakes = 'MISTAKES = {"d_square": {"A is not transposed": lambda A, dA: dA.T @ A + A @ dA}}'

    failed = proved(course(tmp_path / "course", public, D_SQUARE, mistakes))

    assert failed.problems[0].failing == ("mistakes",)
    assert faults(failed) == (
        "reference/topic.py, line 12: the mistake “A is not transposed” of d_square cannot be told from the "
        "reference on any public or hidden core case, but differs where inputs are slightly off: the draws "
        "hide it",
    )


def test_the_same_mistake_is_told_where_nothing_is_symmetric(tmp_path):
    public = SQUARE.replace('"m n"', '"n n"')
    mistakes = 'MISTAKES = {"d_square": {"A is not transposed": lambda A, dA: dA.T @ A + A @ dA}}'

    (problem,) = proved(course(tmp_path / "course", public, D_SQUARE, mistakes)).problems

    assert problem.failing == ()
    assert problem.mistakes[0].margin > 4


@pytest.mark.parametrize(
    ("mistakes", "says"),
    [
        ('{"none": lambda x: 3 * x**2}', "“none” of gradient equals the reference on all 22 cases"),
        (
            '{"two": lambda x: x * x, "one": lambda x: x**2}',
            "“one” of gradient is the same as “two” on every case: keep one of them",
        ),
        (
            '{"two": lambda x: x * x * 0.3, "one": lambda x: 0.3 * (x * x)}',
            "“one” of gradient is the same as “two” on every case: keep one of them",
        ),
        (
            '{"typing": lambda x: y}',
            "“typing” of gradient fails on every case (NameError: name 'y' is not defined): mend it",
        ),
        (
            '{"large": lambda x: np.where(abs(x) > 50, 0, 3 * x * x)}',
            "“large” of gradient cannot be told from the reference on any public or hidden core case",
        ),
        (
            '{"near": lambda x: 3 * x * x * (1 + 1e-9)}',
            "“near” of gradient cannot be told from the reference on any public or hidden core case: on 12 "
            "of them it passes as imprecise, off by no more than a right formula may be",
        ),
    ],
)
def test_a_mistake_that_is_none_is_named_with_its_file(mistakes, says, cubes):
    assert said(cubes(f"MISTAKES = {{'gradient': {mistakes}}}")) == (
        f"reference/topic.py, line 12: the mistake {says}"
    )


def test_a_mistake_that_large_numbers_hide_in_both_streams_is_noted_and_what_one_alone_hides_is_not(cubes):
    folder = cubes(
        "MISTAKES = {'gradient': {'small': lambda x: np.where(abs(x) < 50, 0, 3 * x * x), "
        "'flat': lambda x: np.full(x.shape, 3 * x[0] ** 2)}}"
    )

    (problem,) = proved(folder).problems

    assert problem.failing == ()
    assert problem.notes == (
        "reference/topic.py, line 12: the mistake “small” of gradient passes in the row 'scaled by 1e3'; "
        "only other rows tell it",
    )
    assert problem.mistakes[1].hidden == (Hiding("n = 1", 1, 1),)


def test_a_mistake_that_the_form_tells_has_no_finite_margin(cubes):
    folder = cubes('MISTAKES = {"gradient": {"its sum": lambda x: (3 * x * x).sum()}}')

    (mistake,) = proved(folder).problems[0].mistakes

    assert (mistake.ok, mistake.margin, mistake.hidden) == (True, np.inf, ())


@pytest.mark.parametrize("table", ["MISTAKES", "TERMS", "QUANTITIES"])
def test_a_key_that_names_no_problem_is_a_fault_with_the_file(table, cubes):
    folder = cubes(f"{table} = {{'gradeint': {{'a slip': lambda x: x}}}}")

    with pytest.raises(Fault) as fault:
        proved(folder)

    assert str(fault.value) == (
        f"{folder}/reference/topic.py: {table} names gradeint, which is no problem of this topic"
    )


# ---- terms and quantities -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        (
            '{"dAᵀA": lambda A, dA: dA.T @ A, "AᵀdA": lambda A, dA: 2 * A.T @ dA}',
            "the terms of d_square, “dAᵀA”, “AᵀdA”, do not sum to it in the row 'core'",
        ),
        (
            '{"all": lambda A, dA: dA.T @ A + A.T @ dA, "none": lambda A, dA: 0 * A.T @ A}',
            "the term “none” of d_square is zero on all 25 cases: remove it",
        ),
        (
            '{"all": lambda A, dA: d_square(A, dA), "rounding": lambda A, dA: (dA.T @ A).T - A.T @ dA}',
            "the term “rounding” of d_square is zero on all 25 cases: remove it",
        ),
        (
            '{"shape": lambda A, dA: dA @ A}',
            "the term “shape” of d_square fails (ValueError: matmul",
        ),
        (
            '{"number": lambda A, dA: 1.0, "rest": lambda A, dA: d_square(A, dA) - 2}',
            "the terms of d_square, “number”, “rest”, do not sum to it",
        ),
    ],
)
def test_terms_that_are_none_or_do_not_sum_are_named_with_their_file(terms, says, tmp_path):
    folder = course(tmp_path / "course", SQUARE, D_SQUARE, f"TERMS = {{'d_square': {terms}}}")

    assert said(folder).startswith(f"reference/topic.py, line 12: {says}")


@pytest.mark.parametrize(
    ("quantity", "says"),
    [
        ("lambda x: 2.5", "is 2.5 on every case: a number explains nothing, remove it"),
        ("lambda x: np.sqrt(x @ x) / 0", "is inf on a case, and a positive number is asked"),
        ("lambda x: -2.0", "is -2 on a case, and a positive number is asked"),
        ("lambda x: np.eye(2)", "is an array of shape (2, 2) on a case, and a positive number is asked"),
        ("lambda x: np.complex128(1)", "is a complex128 on a case, and a positive number is asked"),
        ("lambda x: 'two'", "is a str on a case, and a positive number is asked"),
        ("lambda x: x @ missing", "fails (NameError: name 'missing' is not defined): mend it"),
    ],
)
def test_a_quantity_that_explains_nothing_is_named_with_its_file(quantity, says, cubes):
    sentence = said(cubes(f'QUANTITIES = {{"gradient": {{"‖x‖": {quantity}}}}}'))

    assert sentence.startswith("reference/topic.py, line 12: the quantity “‖x‖” of gradient ")
    assert sentence.endswith(says)


def test_what_is_named_rightly_is_proved(cubes):
    folder = cubes(
        "TERMS = {'gradient': {'one': lambda x: x * x, 'the rest': lambda x: 2 * x * x}}\n"
        "QUANTITIES = {'gradient': {'‖x‖': lambda x: np.sqrt(x @ x)}}"
    )

    assert proved(folder).proved


def test_the_margin_is_in_decades_beyond_what_passes():
    from grader.compare import AMBER, Judgement, Verdict

    assert known._decades(Judgement(Verdict.WRONG, eta=1000 * AMBER)) == pytest.approx(3)
    assert known._decades(Judgement(Verdict.RIGHT, eta=0.0)) == -np.inf
    assert known._decades(Judgement(Verdict.SHAPE)) == np.inf


# ---- example hand-ins ---------------------------------------------------------------------------


@pytest.fixture
def example(cubes, server):
    """Proves an assignment with one example of that expectation."""
    from grader.grade import grade

    def proof(expected: str, grading=grade):
        folder = cubes()
        hand_in = folder / "submissions_example/twice"
        hand_in.mkdir(parents=True)
        (hand_in / "hw.py").write_text("def gradient(x): return 2 * x * x\n")
        (hand_in / "expected.toml").write_text(expected)
        assignment = load_assignment(folder)
        return verify(
            assignment,
            load_reference(assignment),
            lambda key, submission: grading(assignment, key, submission, server, weaker=True),
        )

    return proof


def test_an_example_that_gets_its_verdicts_is_proved(example):
    proof = example('about = "2 for 3"\nscore = 0\ndefault = "right"\n[verdicts]\ngradient = "wrong"\n')
    assert proof.proved
    assert [(each.name, each.deviations) for each in proof.examples] == [("twice", ())]


def test_an_example_that_gets_others_is_named_with_both(example):
    proof = example('score = 1\ndefault = "right"\n')
    assert faults(proof) == ("submissions_example/twice: gradient is wrong, and expected.toml says right",)


def test_an_example_that_gets_another_score_is_named_with_both(example):
    proof = example('score = 1\ndefault = "wrong"\n')
    assert faults(proof) == ("submissions_example/twice: the score is 0, and expected.toml says 1",)


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        (
            'score = 0\n[verdicts]\ngradeint = "wrong"',
            "[verdicts] names gradeint, which is no problem of this",
        ),
        (
            'score = 0\ndefault = "wong"',
            "gradient has 'wong', which is none of the verdicts: right, imprecise, ",
        ),
        ("score = 0", "gradient has '', which is none of the verdicts: right, "),
        (
            'score = 0\n[verdicts]\ngradient = "wong"',
            "gradient has 'wong', which is none of the verdicts: right, imprecise, ",
        ),
        ("score = 0\ndefault = 3", "gradient has '3', which is none of the verdicts: right, "),
        ("score = 0\n[verdicts]\ngradient = {}", "gradient has '{}', which is none of the verdicts: right, "),
        ("score = 0\nverdicts = 3", "verdicts = 3: a table [verdicts] by problem is asked"),
        ('score = 0\nverdicts = ["right"]', "verdicts = ['right']: a table [verdicts] by problem is asked"),
        ('default = "wrong"', "score = None: a number of points is asked"),
        ('score = "a"\ndefault = "wrong"', "score = a: a number of points is asked"),
        ('score = nan\ndefault = "wrong"', "score = NaN: a number of points is asked"),
        ('score = true\ndefault = "wrong"', "score = True: a number of points is asked"),
        ('score = [1]\ndefault = "wrong"', "score = [1]: a number of points is asked"),
        ("score 0", "is not TOML"),
    ],
)
def test_an_expectation_that_cannot_be_used_is_named_with_its_key(expected, says, example):
    (sentence,) = faults(example(expected))
    assert "submissions_example/twice/expected.toml" in sentence
    assert says in sentence


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (Fault("the disk is full"), "the disk is full"),
        (IndexError("no such axis"), "this is a fault of grader's own, please report it: IndexError in "),
    ],
)
def test_a_grading_that_fails_is_told_and_does_not_hide_the_rest(error, says, example):
    def failing(*_arguments, **_options):
        raise error

    proof = example('score = 0\ndefault = "wrong"\n', failing)

    assert [problem.failing for problem in proof.problems] == [()]
    (sentence,) = faults(proof)
    assert sentence.startswith(f"submissions_example/twice: {says}")


def test_without_examples_none_is_graded(cubes):
    def graded(*_):
        raise AssertionError

    assert proved(cubes(), grading=graded).examples == ()


def test_scores_are_compared_as_numbers(example):
    assert example('score = 0.0\ndefault = "wrong"\n').proved
