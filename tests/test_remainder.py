"""What is left behind an expansion falls as it should: behind right answers, behind every known mistake."""

from dataclasses import replace
from decimal import Decimal
from statistics import median

import numpy as np
import pytest

from bench.variants import TOPICS
from grader import numeric
from grader.assignment import Problem, Topic
from grader.directions import directions, telling
from grader.distributions import Uniform
from grader.literals import literal
from grader.problem import CurveDerivative, Differential, Gradient, Hessian, Identify, Taylor, Value
from grader.remainder import ROUNDING, remainders, slope, taylor_calls
from grader.shapes import Array

SECOND = {"curve_acceleration", "curve_taylor"} | {
    f"least_squares_{what}" for what in ("hessian", "second_differential", "taylor")
}
ODD = {  # mistakes of another order than the last, with the slope behind them
    "the zeroth-order term s(x) is missing": 0,
    "this is f(t + dt) itself, not its expansion": None,
}


def behind(problem, values, formula):
    """The remainders of a formula on one case."""

    def called(given):
        return formula(*(given[x] for x in problem.parameters))

    scaled = [called(given) for given in taylor_calls(problem, values)]
    return remainders(problem, values, called(values), problem.kind.derive(values), scaled)


def lines(problem, key, formula):
    """Of every case in double precision on which the formula gives what is asked."""
    for sample in key.public(problem.name):
        if not sample.case.row.single:
            try:
                with np.errstate(all="ignore"):
                    actual = formula(*sample.case.arguments(problem))
            except Exception:
                continue
            if np.shape(actual) == np.shape(sample.expected) and np.isfinite(actual).all():
                yield sample.case.row, behind(problem, sample.case.values, formula)


def core(found):
    return [line for row, line in found if row.is_core]


def slopes(found):
    return [steep for line in found if (steep := slope(line)) is not None]


def right_one(line):
    return replace(line, yours=line.right)


def expanded(assignment):
    return [p for p in assignment.problems if not isinstance(p.kind, (Identify, Value))]


def test_behind_right_answers_the_slope_is_one_more_than_the_order(assignment, reference, key):
    for problem in expanded(assignment):
        found = [line for _, line in lines(problem, key, reference.answers[problem.name])]
        order = 2 if problem.name in SECOND else 1
        assert {line.order for line in found} == {order}
        if problem.name.startswith("least_squares") and order == 2:
            assert all(line.vanishes for line in found) and slopes(found) == []
            continue
        for line in found:
            if line.vanishes:  # relu where no entry changes its sign
                assert problem.name == "d_hidden" and slope(line) is None
            else:
                assert slope(line) == pytest.approx(order + 1, abs=0.2), problem.name
                assert slope(right_one(line)) == pytest.approx(order + 1, abs=0.2)
        assert median(slopes(found)) == pytest.approx(order + 1, abs=0.01)


def test_behind_every_known_mistake_it_is_the_order(assignment, reference, key):
    seen = 0
    for problem in expanded(assignment):
        for says, mistake in reference.mistakes[problem.name].items():
            found = core(lines(problem, key, mistake.formula))
            order = ODD.get(says, 2 if problem.name in SECOND else 1)
            if order is None:
                assert slopes(found) == [] and not any(line.vanishes for line in found)
            elif found:
                assert median(slopes(found)) == pytest.approx(order, abs=0.05), (problem.name, says)
            seen += bool(found)
    assert seen >= 55


def test_behind_wrong_variants_it_is_the_order_or_less_and_behind_right_ones_never(assignment, key):
    seen = {"WRONG": 0, "RIGHT": 0}
    for side in seen:
        for topic in TOPICS:
            for problem in expanded(assignment):
                for says, formula in getattr(topic, side).get(problem.name, {}).items():
                    found = core(lines(problem, key, formula))
                    if slopes(found):
                        is_steep = median(slopes(found)) > found[0].order + 0.3
                        assert is_steep == (side == "RIGHT"), (problem.name, says)
                        seen[side] += 1
    assert seen["WRONG"] >= 200 and seen["RIGHT"] >= 90


# ---- small problems --------------------------------------------------------------------------


def asked(kind, name="asked"):
    topic = Topic("topic", 1, "Topic", "", {})
    return Problem(name, "1.1", topic, kind, Decimal(1))


def cubic(t: Array["", Uniform(-3, 3)]) -> Array[""]:
    """t³"""
    return t * t * t


def quartic(x: Array["n"]) -> Array[""]:
    """(Σx²)²"""
    return (x * x).sum() ** 2


def distance(x: Array["n"]) -> Array["n"]:
    """|x|, which a complex step takes for a constant"""
    return np.abs(x)


def through_numbers(x: Array["n"]) -> Array[""]:
    """Σ|x|³ in a way that complex numbers do not pass"""
    return np.sum([abs(float(entry)) ** 3 for entry in x])


def root(x: Array["n"]) -> Array["n"]:
    """√x, which raises outside its domain"""
    if np.any(np.real(x) < 0):
        raise ValueError
    return np.sqrt(x)


def rectified(x: Array["n"]) -> Array[""]:
    """½ Σ max(x, 0)²"""
    positive = np.where(np.real(x) > 0, x, 0)
    return (positive * positive).sum() / 2


def product(A: Array["n n"], B: Array["n n"]) -> Array["n n"]:
    """AB"""
    return A @ B


x, dx = np.array([1.5, -0.25, 2.0]), np.array([0.4, 1.3, -0.7])


def test_an_expansion_that_is_exact_vanishes_whatever_its_order():
    """Also of order 3, where the lower terms are measured by differences of differences of differences."""
    for order in (3, 4, 5):
        problem = asked(Taylor(of=cubic, wrt="t", order=order, points=1))
        found = behind(problem, {"t": 1.25, "dt": 0.5}, lambda t, dt: (t + dt) ** 3)
        assert found.vanishes and slope(found) is None
    problem = asked(Taylor(of=cubic, wrt="t", order=2, points=1))
    found = behind(problem, {"t": 1.25, "dt": 0.5}, lambda t, dt: t**3 + 3 * t**2 * dt + 3 * t * dt**2)
    assert not found.vanishes and slope(found) == pytest.approx(3, abs=0.01)


def test_higher_orders_than_the_second():
    problem = asked(CurveDerivative(of=cubic, order=2, points=1))
    assert slope(behind(problem, {"t": 1.25}, lambda t: 6 * t)) == pytest.approx(3, abs=0.01)
    problem = asked(Differential(of=quartic, wrt="x", order=3, points=1))
    right = problem.kind.derive({"x": x, "dx": dx})
    found = behind(problem, {"x": x, "dx": dx}, lambda x, dx: right)
    assert (found.order, found.answer) == (3, "third differential")
    assert slope(found) == pytest.approx(4, abs=0.01)
    assert slope(behind(problem, {"x": x, "dx": dx}, lambda x, dx: right / 2)) == pytest.approx(3, abs=0.05)


def test_a_hessian_is_seen_along_a_direction_alone():
    """Its skew part does nothing in d²s = dxᵀ H dx, and the picture must not pretend that it does."""
    problem = asked(Hessian(of=quartic, wrt="x", points=1))

    def hessian(x):
        return 4 * (x @ x) * np.eye(3) + 8 * np.outer(x, x)

    skew = np.triu(np.ones((3, 3)), 1) - np.tril(np.ones((3, 3)), -1)
    assert slope(behind(problem, {"x": x}, hessian)) == pytest.approx(3, abs=0.05)
    assert slope(behind(problem, {"x": x}, lambda x: hessian(x) + 9 * skew)) == pytest.approx(3, abs=0.05)
    assert slope(behind(problem, {"x": x}, lambda x: hessian(x) / 2)) == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("size", [1e-9, 1e-3, 1.0, 1e6])
def test_steps_are_as_long_as_the_inputs_are_large(size):
    """From where the straight part begins to where only rounding is left."""
    for kind, formula in (
        (Gradient(of=quartic, wrt="x", points=1), lambda x: 4 * (x @ x) * x),
        (Differential(of=product, wrt=("A", "B"), points=1), lambda A, B, dA, dB: dA @ B + A @ dB),
    ):
        rng = np.random.default_rng(7)
        values = {name: size * rng.normal(size=(3, 3)) for name in ("A", "B")}
        values |= {"x": size * x, "dA": rng.normal(size=(3, 3)), "dB": rng.normal(size=(3, 3))}
        problem = asked(kind)
        found = behind(problem, {name: values[name] for name in problem.drawn}, formula)
        assert slope(found) == pytest.approx(2, abs=0.02)
        assert found.right[-1] <= found.floor
        assert sum(left > found.floor for left in found.right) >= 8
        assert found.steps == tuple(sorted(found.steps, reverse=True))


def test_a_case_in_single_precision_or_whole_numbers_is_taken_exactly():
    problem = asked(Taylor(of=quartic, wrt="x", points=1))
    values = {"x": np.array([3, 1, 2]), "dx": dx.astype(np.float32)}
    (first, *_) = taylor_calls(problem, values)
    assert first["dx"].dtype == first["x"].dtype == float
    exact = {"x": np.array([3.0, 1.0, 2.0]), "dx": dx.astype(np.float32).astype(float)}
    right = behind(problem, exact, lambda x, dx: problem.kind.derive({"x": x, "dx": dx}))
    found = behind(problem, values, lambda x, dx: problem.kind.derive({"x": x, "dx": dx}))
    assert found == right and slope(found) == pytest.approx(3, abs=0.05)


def test_a_function_that_a_complex_step_does_not_survive():
    """Its first derivative, which the second needs, is measured by differences instead."""
    for of, second in {
        through_numbers: lambda x: 6 * np.abs(x),
        quartic: lambda x: 4 * (x @ x) + 8 * x * x,
    }.items():
        problem = asked(Differential(of=of, wrt="x", order=2, points=1))
        e = np.array([0.0, 0.0, 1.0])
        right = second(x)[2]
        values = {"x": x, "dx": e}
        found = remainders(problem, values, 2 * right, right)
        assert slope(found) == pytest.approx(2, abs=0.05)
        assert slope(right_one(found)) == pytest.approx(3, abs=0.05)


def test_a_kink_does_no_harm():
    problem = asked(Differential(of=distance, wrt="x", points=1))
    found = remainders(problem, {"x": x, "dx": dx}, 2 * np.sign(x) * dx, np.sign(x) * dx)
    assert slope(found) == pytest.approx(1, abs=0.05)
    problem = asked(Gradient(of=rectified, wrt="x", points=1))
    near = np.array([1.5, -1e-4, 2.0])
    assert slope(behind(problem, {"x": near}, lambda x: np.maximum(x, 0))) == pytest.approx(2, abs=0.1)


def test_steps_out_of_the_domain_are_dropped():
    problem = asked(Differential(of=root, wrt="x", points=1))
    values = {"x": np.array([1e-2, 1.0]), "dx": np.array([-1.0, 0.5])}
    found = behind(problem, values, lambda x, dx: dx / (2 * np.sqrt(x)))
    assert 0 < len(found.steps) < 14 and max(found.steps) < 1e-2
    assert np.isfinite([*found.yours, *found.right, found.floor]).all()
    assert slope(found) == pytest.approx(2, abs=0.2)
    nowhere = {"x": np.array([-1.0, 1.0]), "dx": np.array([-1.0, 0.5])}
    assert remainders(problem, nowhere, np.ones(2), np.ones(2)) is None


def test_what_cannot_be_compared_is_left_out():
    """An expansion is asked for at every step, and the answers are a student's."""
    problem = asked(Taylor(of=distance, wrt="x", order=1, points=1))
    values = {"x": x, "dx": dx}
    calls = taylor_calls(problem, values)
    answers = [call["x"] + np.sign(call["x"]) * call["dx"] for call in calls]
    odd = [
        None,
        "text",
        (1.0, 2.0),
        np.ones(2),
        np.full(3, np.nan),
        1j * np.ones(3),
        np.array(["a", "b", "c"]),
    ]
    found = remainders(problem, values, answers[0], answers[0], [*odd, *answers[len(odd) :]])
    assert len(found.steps) == len(calls) - len(odd)
    assert remainders(problem, values, answers[0], answers[0]) is None


def test_calls_go_along_the_direction_at_the_steps_of_the_picture(assignment, key):
    for problem in expanded(assignment):
        sample = key.public(problem.name)[0]
        calls = taylor_calls(problem, sample.case.values)
        assert bool(calls) == isinstance(problem.kind, Taylor)
        if calls:
            d = f"d{problem.kind.wrt}"
            scaled = [problem.kind.derive(call) for call in calls]
            found = remainders(problem, sample.case.values, scaled[0], scaled[0], scaled)
            for call, h in zip(calls, found.steps, strict=True):
                np.testing.assert_allclose(call[d], h * sample.case.values[d], rtol=0)


def test_without_a_public_function_there_is_nothing_to_expand(assignment, key):
    others = [problem for problem in assignment.problems if problem not in expanded(assignment)]
    assert others
    for problem in others:
        sample = key.public(problem.name)[0]
        assert remainders(problem, sample.case.values, sample.expected, sample.expected) is None
        assert taylor_calls(problem, sample.case.values) == ()


def test_a_gradient_is_followed_along_the_direction_that_the_law_is_stated_for(assignment, key):
    problem = next(p for p in assignment.problems if p.name == "grad_v")
    sample = key.public("grad_v")[0]
    values, right = sample.case.values, sample.expected
    found = remainders(problem, values, 2 * right, right)
    D = telling(problem, right.shape, lambda D: ((right * D).sum(), (2 * right * D).sum()))
    assert found.along == "dv" and literal(D)
    h = found.steps[3]
    L, moved = (problem.kind.of(values["v"] + t * D, values["U"], values["y"]) for t in (0, h))
    assert found.yours[3] == pytest.approx(abs(moved - L - 2 * h * (right * D).sum()))


def test_behind_a_right_answer_the_direction_does_not_hang_on_rounding(assignment, key):
    problem = next(p for p in assignment.problems if p.name == "grad_v")
    sample = key.public("grad_v")[0]
    values, right = sample.case.values, sample.expected
    D = directions(problem, right.shape)[0]
    L = problem.kind.of(values["v"], values["U"], values["y"])
    for off in np.random.default_rng(3).normal(size=(5, *right.shape)):
        found = remainders(problem, values, right * (1 + 1e-15 * off), right)
        h = found.steps[0]
        moved = problem.kind.of(values["v"] + h * D, values["U"], values["y"])
        assert found.right[0] == pytest.approx(abs(moved - L - h * (right * D).sum()))


def test_answers_that_overflow_are_left_out_in_silence():
    for kind, right in (
        (Gradient(of=quartic, wrt="x", points=1), 4 * (x @ x) * x),
        (Hessian(of=quartic, wrt="x", points=1), 4 * (x @ x) * np.eye(3) + 8 * np.outer(x, x)),
    ):
        for huge in (np.full(right.shape, 1.7e308), 1.7e308 * (right / np.max(right))):
            assert remainders(asked(kind), {"x": x}, huge, right) is None


def test_short_steps_decide_on_a_slope():
    """Where they are long a second-order term may still be larger than a first-order one."""
    problem = asked(Gradient(of=quartic, wrt="x", points=1))
    found = behind(problem, {"x": x}, lambda x: 4 * (x @ x) * x)
    assert slope(replace(found, yours=tuple(h + 1e3 * h**2 for h in found.steps))) == pytest.approx(
        1, abs=0.1
    )


def test_the_floor_is_that_of_rounding():
    problem = asked(Gradient(of=quartic, wrt="x", points=1))
    found = behind(problem, {"x": x}, lambda x: 4 * (x @ x) * x)
    assert found.floor >= ROUNDING * quartic(x) > 0
    assert 64 * np.finfo(float).eps == ROUNDING
    assert found.floor <= 2 * ROUNDING * quartic(np.abs(x) + numeric.scale(x))


def test_a_slope_needs_three_points_above_the_floor():
    problem = asked(Gradient(of=quartic, wrt="x", points=1))
    found = behind(problem, {"x": x}, lambda x: 4 * (x @ x) * x)
    few = replace(found, yours=(1.0, 0.25, *(0.0 for _ in found.yours[2:])))
    assert slope(few) is None
    line = replace(found, yours=tuple(h**1.5 for h in found.steps), floor=0.0)
    assert slope(line) == pytest.approx(1.5)
    nothing = replace(found, yours=tuple(0.0 for _ in found.yours), floor=0.0)
    assert slope(nothing) is None
