"""Every right variant of every formula passes on every drawn case, every wrong one fails on some."""

import numpy as np
import pytest

from bench.variants import TOPICS
from grader.compare import judge_at


def variants(side):
    return [
        pytest.param(name, variant, id=f"{name}: {says}")
        for topic in TOPICS
        for name, sayings in getattr(topic, side).items()
        for says, variant in sayings.items()
    ]


def passes(variant, problem, sample):
    try:
        with np.errstate(all="ignore"):
            value = variant(*sample.case.arguments(problem))
    except Exception:
        return False
    return judge_at(value, sample).verdict.value == "right"


def named(assignment, name):
    return next(problem for problem in assignment.problems if problem.name == name)


def test_every_formula_has_enough_of_both(assignment):
    for problem in assignment.problems:
        assert sum(len(topic.RIGHT.get(problem.name, ())) for topic in TOPICS) >= 3
        assert sum(len(topic.WRONG.get(problem.name, ())) for topic in TOPICS) >= 5


@pytest.mark.parametrize(("name", "variant"), variants("RIGHT"))
def test_right(name, variant, assignment, key):
    problem = named(assignment, name)
    assert [s.case.row for s in key.samples[name] if not passes(variant, problem, s)] == []


@pytest.mark.parametrize(("name", "variant"), variants("WRONG"))
def test_wrong(name, variant, assignment, key):
    problem = named(assignment, name)
    assert not all(passes(variant, problem, s) for s in key.public(name))
    assert not all(passes(variant, problem, s) for s in key.secret(name))


def test_the_known_mistakes_are_told_from_the_truth_in_both_streams(assignment, reference, key):
    for problem in assignment.problems:
        assert reference.mistakes[problem.name]
        for says, mistake in reference.mistakes[problem.name].items():
            assert not all(passes(mistake.formula, problem, s) for s in key.public(problem.name)), says
            assert not all(passes(mistake.formula, problem, s) for s in key.secret(problem.name)), says


def test_a_symmetric_sampler_would_hide_a_transpose(assignment, reference, key):
    """The fault that distinct sizes and asymmetric draws are there to catch, planted."""
    problem = named(assignment, "d_quadratic_of_transpose")
    sample = key.public(problem.name)[0]
    S, dS = np.array([[2.0, 1], [1, 3]]), np.array([[0.5, -1], [-1, 4]])
    wrong = lambda A, dA: dA @ A.T + A @ dA.T  # noqa: E731 - d(AAᵀ)
    np.testing.assert_array_equal(wrong(S, dS), reference.answers[problem.name](S, dS))
    assert not passes(wrong, problem, sample)
