"""Every derivative reference is proved against the public function, never against the lecture notes."""

from dataclasses import replace

import numpy as np
import pytest

from grader.functions import Activation
from grader.problem import Value
from grader.proving import derivation
from grader.proving.trial import Failed, Subject, tried
from grader.proving.verify import verify

DERIVED = [
    "grad_v", "grad_U", "d_normalize", "grad_U_tilde", "d_hidden", "derivative_W", "grad_W", "curve_velocity",
    "curve_acceleration", "curve_taylor", "least_squares_gradient", "least_squares_hessian",
    "least_squares_second_differential", "least_squares_taylor", "identify_scalar_by_vector",
    "identify_vector_by_vector", "identify_scalar_by_matrix", "d_trace_of_product",
    "d_quadratic_of_transpose",
]  # fmt: skip


@pytest.fixture(scope="module")
def proof(assignment, reference):
    return {problem.name: problem for problem in verify(assignment, reference).problems}


def subject(name, assignment, reference, key):
    problem = next(problem for problem in assignment.problems if problem.name == name)
    path = assignment.folder / "reference" / f"{problem.topic.name}.py"
    return Subject(problem, reference.answers[name], key.samples[name], path)


def test_every_problem_but_the_table_has_a_derivative_to_compare_with(assignment, proof):
    assert [p.name for p in assignment.problems if not isinstance(p.kind, Value)] == DERIVED
    assert [name for name, problem in proof.items() if problem.off is not None] == DERIVED


@pytest.mark.parametrize("name", DERIVED)
def test_the_reference_is_the_derivative_of_the_public_function(name, proof):
    assert proof[name].checks[0].ok
    assert proof[name].by in ("complex step", "basis")
    assert proof[name].off <= 1e-7
    assert proof[name].cases >= 12


@pytest.mark.parametrize("name", DERIVED)
def test_no_known_mistake_passes_that_proof(name, assignment, reference, key):
    right = subject(name, assignment, reference, key)
    for says, mistake in reference.mistakes[name].items():
        answers = [tried(mistake.formula, right.problem, sample) for sample in right.samples]
        wrong = [
            replace(sample, expected=answer)
            for sample, answer in zip(right.samples, answers, strict=True)
            if not isinstance(answer, Failed)
        ]
        check = derivation.prove(
            replace(right, samples=tuple(wrong)), all_activations(assignment, reference)
        ).check
        assert check.ok is False, says


def test_the_table_of_shapes_is_the_rank_of_the_differential(reference):
    """A derivative's array has the value's axes, then the variable's; more than two have no matrix form."""
    values, variables = [(), (3,), (3, 4)], [(), (5,), (7, 5)]
    actual = [[reference.answers["derivative_shape"](of, by) for by in variables] for of in values]
    expected = [
        [(), (5,), (7, 5)],
        [(3,), (3, 5), None],
        [(3, 4), None, None],
    ]
    assert actual == expected


def all_activations(assignment, reference):
    topic = assignment.problems[0].topic
    return {**topic.activations, **reference.activations[topic.name]}


def test_every_activation_comes_with_its_own_derivative(assignment, reference):
    assert derivation.activations(assignment, reference).ok
    assert len(all_activations(assignment, reference)) >= 4


def test_the_secret_activations_are_smooth_and_none_of_the_public_ones(assignment, reference):
    z = np.linspace(-2, 2, 9) + 0.01
    public, secret = assignment.problems[0].topic.activations, reference.activations["network"]
    assert len(secret) >= 1
    for activation in secret.values():
        assert isinstance(activation, Activation)
        assert activation.kinks == ()
        assert all(
            np.max(np.abs(activation.function(0)(z) - other.function(0)(z))) > 0.1
            for other in public.values()
        )
