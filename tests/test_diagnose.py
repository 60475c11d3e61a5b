"""What the student is told: one sentence from public cases, bare verdicts from hidden ones."""

import re

import numpy as np
import pytest

from grader.compare import Comparison, Judgement, Verdict, compare
from grader.diagnose import HIDDEN, diagnose, explain, hint, verdict_of
from grader.diagnosis.hypothesis import FACTOR
from grader.record import Diagnosis
from grader.sandbox.outcome import Missing, Raised, Returned, TimedOut
from grader.settings import Hints

NAME = "grad_W"


@pytest.fixture
def problem(assignment):
    return next(problem for problem in assignment.problems if problem.name == NAME)


@pytest.fixture
def judged(key):
    """Comparisons of what a function of (sample) returns."""

    def of(answer):
        return [compare(Returned(answer(sample)), sample) for sample in key.samples[NAME]]

    return of


def test_a_right_answer_is_counted(problem, judged, key):
    seen = explain(problem, judged(lambda sample: sample.expected))
    public, secret = len(key.public(NAME)), len(key.secret(NAME))
    assert seen.sentence == f"Right on all {public} public and {secret} hidden cases."
    assert seen.detail == ""


def test_lost_digits_are_said_and_pass(problem, judged):
    comparisons = judged(lambda sample: sample.expected * (1 + 3e-9))
    assert verdict_of(comparisons) is Verdict.IMPRECISE
    assert (
        "The formula is right, but digits are lost: errors up to 3e-09"
        in explain(problem, comparisons).sentence
    )


def test_one_wrong_public_case_decides(problem, judged):
    comparisons = judged(lambda s: s.expected * (2 if s.case.row.name == "T = 1" else 1))
    seen = explain(problem, comparisons)
    public = sum(comparison.sample.public for comparison in comparisons)
    assert verdict_of(comparisons) is Verdict.WRONG
    assert seen.sentence.startswith(
        f"On 1 of {public} public cases (T = 1) the values are wrong: along this dW"
    )


def test_failures_of_another_kind_are_not_counted(problem, key):
    """Wrong at the first public case, an exception at all the others."""
    samples = key.samples[NAME]
    outcomes = [Returned(samples[0].expected * 2)] + [Raised("ValueError", "ValueError: x")] * (
        len(samples) - 1
    )
    comparisons = list(map(compare, outcomes, samples))
    public = len(key.public(NAME))
    assert explain(problem, comparisons).sentence.startswith(
        f"On 1 of {public} public cases the values are wrong: "
    )


def test_a_file_that_never_ends_is_not_blamed_on_an_input(problem, key):
    comparisons = [compare(TimedOut(10, importing=True), sample) for sample in key.samples[NAME]]
    seen = explain(problem, comparisons)
    assert seen.sentence.startswith("The file did not come to an end within 10 s")
    assert seen.detail == ""


def test_a_part_of_a_tuple_is_counted_as_people_count(assignment, key):
    """`derivative_shape` is a tuple by itself: there the parts are no values of their own."""
    table = next(p for p in assignment.problems if p.name == "derivative_shape")
    comparisons = [compare(Returned((9, 9)), sample) for sample in key.samples["derivative_shape"]]
    assert "the values are wrong" in explain(table, comparisons).sentence


def test_the_smallest_failing_input_can_be_pasted(problem, judged):
    seen = explain(problem, judged(lambda sample: sample.expected * 2))
    namespace = {"np": np, NAME: lambda *given: given}
    lines = seen.detail.splitlines()
    place = next(k for k, line in enumerate(lines) if line.startswith(f"{NAME}("))
    exec("\n".join(lines[:place]), namespace)
    v, W, X, y, s, r = eval(lines[place], namespace)
    slope = np.imag(s(W @ X + 1e-30j)) / 1e-30
    np.testing.assert_allclose(r(W @ X), slope, rtol=1e-12)
    assert v.shape == (1, W.shape[0])
    assert W.shape[1] == X.shape[0]
    assert y.shape == (1, X.shape[1])


def test_the_law_can_be_pasted_too(problem, judged, reference):
    """One line computes what the sentence says that the hand-in predicts, the last one what is so."""
    seen = explain(problem, judged(lambda sample: sample.expected * 2))
    namespace = {"np": np, NAME: lambda *given: 2 * reference.answers[NAME](*given)}
    *lines, law, imported, so = seen.detail.splitlines()
    exec("\n".join((*lines, imported)), namespace)
    changes, predicts = re.search(
        r"changes by (\S+) to first order; your gradient predicts (\S+)\.$", seen.sentence
    ).groups()
    assert f"{eval(law, namespace):.3g}" == predicts
    assert f"{eval(so, namespace):.3g}" == changes
    assert float(predicts) == pytest.approx(2 * float(changes), rel=1e-2)


def test_a_shape_is_told_with_its_names(problem, judged):
    seen = explain(problem, judged(lambda sample: sample.expected.T))
    assert " it returns shape (" in seen.sentence
    assert " where (d, m) = (" in seen.sentence


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda s: None, " it returns None: a `return` may be missing"),
        (lambda s: s.expected.tolist(), " it returns a list; return a numpy array, such as np.array([...])"),
        (lambda s: s.expected + 0j, " it returns numbers of dtype complex128; a real answer is asked"),
        (lambda s: s.expected * np.nan, " it returns NaN or infinity"),
    ],
)
def test_the_form_of_an_answer_is_told_with_a_remedy(answer, sentence, problem, judged):
    assert sentence in explain(problem, judged(answer)).sentence


def test_a_number_is_asked_where_a_number_is_asked(assignment, key):
    problem = next(p for p in assignment.problems if p.name == "least_squares_taylor")
    comparisons = [compare(Returned(np.array([[s.expected]])), s) for s in key.samples[problem.name]]
    assert (
        "it returns shape (1, 1) where a single number, shape (), is asked"
        in explain(problem, comparisons).sentence
    )


def test_a_changed_input_is_named(problem, key):
    comparisons = [compare(Returned(s.expected, mutated=("W", "X")), s) for s in key.samples[NAME]]
    assert verdict_of(comparisons) is Verdict.MUTATES
    assert "it changes its input W, X in place; work on a copy" in explain(problem, comparisons).sentence


def test_numpys_refusal_to_write_is_a_changed_input_too(problem, key):
    message = "ValueError: output array is read-only"
    comparisons = [
        compare(Returned(s.expected) if s.case.row.writeable else Raised("ValueError", message), s)
        for s in key.samples[NAME]
    ]
    assert verdict_of(comparisons) is Verdict.MUTATES


def test_a_missing_function_is_told_with_the_error_that_swallowed_it(problem, key):
    def sentence(why):
        return explain(problem, [compare(Missing(why), s) for s in key.samples[NAME]]).sentence

    assert sentence("") == "There is no function grad_W: define grad_W(v, W, X, y, s, r)."
    assert (
        sentence("hw2.py, line 3: SyntaxError: x") == "It could not be read: hw2.py, line 3: SyntaxError: x"
    )


def test_nothing_written_yet_is_no_error(problem, key):
    comparisons = [
        compare(Raised("NotImplementedError", "NotImplementedError"), s) for s in key.samples[NAME]
    ]
    assert explain(problem, comparisons).sentence == "Not written yet."


SECRET_TEXT = "0.123456789"


@pytest.mark.parametrize("verdict", [v for v in Verdict if not v.passes and v is not Verdict.UNCHECKED])
def test_of_hidden_cases_only_the_verdict_is_told(verdict, problem, key):
    comparisons = [
        Comparison(
            sample,
            Raised(SECRET_TEXT, SECRET_TEXT, SECRET_TEXT),
            Judgement(Verdict.RIGHT) if sample.public else Judgement(verdict, SECRET_TEXT, 0.123456789),
        )
        for sample in key.samples[NAME]
    ]
    seen = explain(problem, comparisons)
    assert HIDDEN[verdict] in seen.sentence
    assert SECRET_TEXT not in seen.sentence + seen.detail
    assert seen.detail == ""


def diagnosis_of(assignment, reference, name, comparisons):
    problem = next(problem for problem in assignment.problems if problem.name == name)
    return diagnose(problem, assignment.problems, reference, comparisons)


def test_an_authors_mistake_is_named_in_the_authors_words(assignment, reference, key):
    says, mistake = next(iter(reference.mistakes["grad_v"].items()))
    problem = next(problem for problem in assignment.problems if problem.name == "grad_v")
    comparisons = [
        compare(Returned(mistake.formula(*s.case.arguments(problem))), s) for s in key.samples["grad_v"]
    ]
    found = diagnosis_of(assignment, reference, "grad_v", comparisons)
    assert found.diagnosis.id == f"mistake:{says}"
    assert found.diagnosis.place == f"{says[0].upper()}{says[1:]}."
    assert found.diagnosis.family == FACTOR
    assert found.credit == 0


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (lambda s: Returned(s.expected), ""),
        (lambda s: Returned(s.expected * (1 + 3e-9)), "imprecise"),
        (lambda s: Returned(np.sin(s.expected) + 0.1), "wrong"),
        (lambda s: Returned(None), "type"),
        (lambda s: Raised("IndexError", "IndexError: x"), "raised:IndexError"),
        (lambda s: Raised("array([0.123])", "x"), "raised"),
        (lambda s: TimedOut(2.0), "timed out"),
        (lambda s: Missing(), "missing"),
    ],
)
def test_every_record_has_an_id_to_count(outcome, expected, assignment, reference, key):
    comparisons = [compare(outcome(sample), sample) for sample in key.samples[NAME]]
    assert diagnosis_of(assignment, reference, NAME, comparisons).diagnosis.id == expected


@pytest.mark.parametrize(
    ("hints", "earlier", "told"),
    [
        (Hints(2, 5), 0, ""),
        (Hints(2, 5), 1, ""),
        (Hints(2, 5), 2, "family"),
        (Hints(2, 5), 4, "family"),
        (Hints(2, 5), 5, "place"),
        (Hints(0, None), 1000, "family"),
        (Hints(None, 3), 2, ""),
        (Hints(None, 3), 3, "place"),
        (Hints(None, None), 1000, ""),
        (Hints(0, 0), 0, "place"),
    ],
)
def test_the_ladder_of_hints(hints, earlier, told):
    assert hint(Diagnosis("id", "family", "place"), hints, earlier) == told


def test_nothing_is_hinted_where_nothing_explains_it():
    assert hint(Diagnosis("wrong"), Hints(0, 0), 9) == ""


def test_a_shape_is_recognised_on_all_cases_at_once(problem, judged):
    seen = explain(problem, judged(lambda sample: sample.expected.T))
    assert re.search(r"it returns shape \((\d), (\d)\), that is \(m, d\), where", seen.sentence)
    assert seen.sentence.endswith("is asked: the gradient has the shape of W.")


def test_a_shape_that_is_always_another_is_not_named(problem, judged):
    sizes = iter(range(2, 100))
    seen = explain(problem, judged(lambda sample: np.zeros((next(sizes), 17))))
    assert "that is" not in seen.sentence


def test_an_answer_that_was_not_kept_is_not_called_none(assignment, key):
    table = next(p for p in assignment.problems if p.name == "derivative_shape")
    seen = [
        explain(table, [compare(Returned(value), sample) for sample in key.samples[table.name]]).sentence
        for value in ("x" * 1000, None)
    ]
    assert "returns" not in seen[0] or "a str" in seen[0]
    assert "it returns None" in seen[1]


def test_numbers_that_overflow_break_no_law_and_warn_nobody(problem, judged):
    seen = explain(problem, judged(lambda sample: np.full(sample.expected.shape, 1.7e308)))
    assert not re.search(r"\b(inf|nan)\b", seen.sentence)
    big = judged(lambda sample: np.sign(sample.expected) * 1.7e308)
    assert not re.search(r"\b(inf|nan)\b", explain(problem, big).sentence)


def test_the_shape_that_is_quoted_is_that_of_the_input_to_paste(problem, judged):
    seen = explain(problem, judged(lambda sample: sample.expected.T))
    quoted = re.search(r"it returns shape \((\d), (\d)\)", seen.sentence).groups()
    space = {"np": np}
    exec("\n".join(line for line in seen.detail.splitlines() if re.match(r"[a-zA-Z]+ = ", line)), space)
    assert quoted == tuple(map(str, space["W"].T.shape))


@pytest.mark.parametrize("verdict", [Verdict.RAISED, Verdict.MUTATES, Verdict.TYPE])
def test_what_nobody_can_tell_of_one_case_hides_nothing_in_another(verdict, problem, key):
    samples = key.public(problem.name)
    unchecked = [Comparison(s, Returned(s.expected), Judgement(Verdict.UNCHECKED)) for s in samples]
    assert verdict_of(unchecked) is Verdict.UNCHECKED
    last = Comparison(samples[-1], Returned(None), Judgement(verdict, "said"))
    compared = [*unchecked[:-1], last]
    assert verdict_of(compared) is verdict
    assert explain(problem, compared).sentence.startswith(f"On 1 of {len(samples)} public cases")
