"""The self-check is proved before a student has it: planted laws and functions that tell otherwise."""

import pytest
from courses import course, edit, proved, said, shipped

LAW = """
def is_double(answer, n):
    return answer == 2 * n

double = Value(given={"n": Size["n"]}, points=1, law=is_double)
"""
REFERENCE = """
def double(n):
    return 2 * n

MISTAKES = {"double": {"it is not squared": lambda n: n * n + 1}}
"""


def home(proof):
    (check,) = (check for check in proof.problems[0].checks if check.name == "home")
    return check


def test_a_law_that_agrees_is_proved(tmp_path):
    assert home(proved(course(tmp_path, LAW, REFERENCE))).ok


@pytest.mark.parametrize("law", ["answer == 2 * n + 1", "answer < 0"])
def test_a_law_that_refuses_the_reference_is_told(law, tmp_path):
    folder = course(tmp_path, LAW.replace("answer == 2 * n", law), REFERENCE)

    assert "double is not right at home, on " in said(folder)
    assert "there it is held against the problem's law" in said(folder)


@pytest.mark.parametrize(
    ("law", "says"),
    [("1 / 0", "ZeroDivisionError: division by zero"), ("'yes'", "which is neither True nor False")],
)
def test_a_law_that_fails_itself_is_told_with_what_it_raises(law, says, tmp_path):
    folder = course(tmp_path, LAW.replace("answer == 2 * n", law), REFERENCE)

    where = "problems/topic.py: the law of double fails on the reference's answer in the row 'core': "
    assert where in said(folder)
    assert says in said(folder)


def test_a_law_that_takes_anything_for_right_is_told_without_a_known_mistake(tmp_path):
    folder = course(tmp_path, LAW.replace("answer == 2 * n", "True"), REFERENCE.partition("MISTAKES")[0])

    assert "the law of double also holds where 1 is added to every number" in said(folder)


def test_a_law_that_lets_a_known_mistake_pass_is_told(tmp_path):
    folder = course(tmp_path, LAW.replace("answer == 2 * n", "True"), REFERENCE)

    assert "“it is not squared” of double passes at home" in said(folder)


def test_a_value_without_a_law_is_named_and_no_fault(tmp_path):
    folder = course(tmp_path, LAW.replace(", law=is_double", ""), REFERENCE)

    assert home(proved(folder)).ok is None
    assert "give its Value a law" in home(proved(folder)).sentence
    assert said(folder) == ""


def test_what_is_no_function_is_refused_when_it_is_loaded(tmp_path):
    folder = course(tmp_path, LAW.replace("law=is_double", "law=5"), REFERENCE)

    with pytest.raises(Exception, match="law = 5; write the name of a function"):
        said(folder)


def test_a_wrong_reference_is_not_blamed_twice(tmp_path):
    folder = shipped(tmp_path)
    edit(folder / "reference/rules.py", "return dA.T @ A + A.T @ dA", "return 2 * dA.T @ A + A.T @ dA")

    failed = proved(folder, "d_quadratic_of_transpose")

    assert home(failed).ok is None


def test_the_shipped_laws_are_proved(tmp_path):
    assert home(proved(shipped(tmp_path), "derivative_shape")).ok
