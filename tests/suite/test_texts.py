"""No text of a hand-in is executed in the tests' process."""

import pytest

OWNED = "__import__('os').environ.__setitem__('OWNED', 'yes')"
HAND_IN = f"""
OWNED = "{OWNED} or False"
TRUE = "{OWNED} or True"
def f(x: "{OWNED} or int") -> "int":
    '''Doubles.

    >>> {OWNED}
    '''
    return 2 * x
class C:
    '''
    >>> {OWNED}
    '''
    x: "{OWNED} or int"
class Said:
    def __init__(self): pass
    def __str__(self): return OWNED
def raises(): raise ValueError(OWNED)
def shows(): print(OWNED)
def data(): return OWNED.encode()
def nested(): return [{{"a": (OWNED,)}}]
def echo(x): return x
def bang(x): print(x, "=", eval(x)); return eval(x)
"""
FORMS = {
    "hints of a function": "typing.get_type_hints(hw2.f)",
    "hints of a class": "typing.get_type_hints(hw2.C)",
    "annotations of a function": "inspect.get_annotations(hw2.f, eval_str=True)",
    "annotations of a class": "inspect.get_annotations(hw2.C, eval_str=True)",
    "a signature": "inspect.signature(hw2.f, eval_str=True)",
    "dispatch by annotation": "functools.singledispatch(print).register(hw2.f)",
    "doctest of a function": "doctest.run_docstring_examples(hw2.f, {})",
    "doctest of a class": "run_all(doctest.DocTestFinder().find(hw2.C, 'C', module=False, globs={}))",
    "doctest of the module": "doctest.testmod(hw2)",
    "doctest of a docstring": (
        "run_all([doctest.DocTestParser().get_doctest(hw2.f.__doc__, {}, 'f', None, 0)])"
    ),
    "eval": "eval(hw2.OWNED)",
    "eval of bytes": "eval(hw2.data())",
    "eval of an item": "eval(hw2.nested()[0]['a'][0])",
    "eval of a part": "eval(hw2.OWNED[:-9])",
    "eval with a frame": "eval('lambda: ' + hw2.OWNED)()",
    "eval with spaces": "eval(hw2.OWNED.replace('(', ' ( '))",
    "eval of a message": "eval(message())",
    "eval of an object's text": "eval(str(hw2.Said()))",
    "a forward reference": "typing.get_type_hints(type('A', (), {'__annotations__': {'x': hw2.OWNED}}))",
    "timeit": "timeit.timeit(hw2.OWNED, number=1)",
    "profile": "cProfile.run(hw2.OWNED)",
}
TESTS = """
    import cProfile, doctest, functools, inspect, os, timeit, typing
    import pytest
    import hw2
    from gradescope_utils.autograder_utils.decorators import *

    def message():
        try:
            hw2.raises()
        except ValueError as error:
            return str(error)

    def run_all(tests):
        for each in tests:
            doctest.DocTestRunner().run(each)

    @pytest.fixture(scope="session", autouse=True)
    def looks():
        yield
        print("OWNED" in os.environ and "was executed", file=__import__("sys").__stdout__)

    @weight(1)
    @pytest.mark.skipif(hw2.OWNED, reason="no")
    def test_skipif(): pass

    @weight(1)
    @pytest.mark.xfail(hw2.TRUE, reason="no")
    def test_xfail(): assert False

    @weight(1)
    @pytest.mark.xfail(condition="a" in "a" and f"{hw2.TRUE} or 1 is 1", reason="no")
    def test_condition(): assert False

    @weight(1)
    @pytest.mark.skipif("os.name == 'none'", reason="no")
    def test_literal(): assert hw2.f(2) == 4
"""


def owned(ran):
    return "was executed" in ran.said


def test_no_form_executes_a_text(run):
    forms = "".join(f"\n    def test_{k}():\n        {form}\n" for k, form in enumerate(FORMS.values()))
    ran = run(HAND_IN, TESTS + forms, "-s")
    assert not owned(ran), ran.said
    assert ran.points() == {
        **{f"test_{name}": (0, 1) for name in ("skipif", "xfail", "condition")},
        "test_literal": (1, 1),
        **{f"test_{k}": (None, None) for k in range(len(FORMS))},
    }


@pytest.mark.parametrize("word", ["1 + 1", "__name__"])
def test_a_condition_is_evaluated_only_where_it_is_written(word, run):
    """Also where it could do nothing, and where a library has the same text."""
    tests = (
        "import pytest, hw2\nfrom gradescope_utils.autograder_utils.decorators import weight\n"
        "@weight(1)\n@pytest.mark.xfail(hw2.WORD, reason='no')\ndef test_a(): assert False\n"
    )
    ran = run(f"WORD = {word!r}\n", tests)
    assert ran.points() == {"test_a": (0, 1)}
    assert "is not written in the tests" in ran.text


KEEPS = """
    import ast, collections, dataclasses, inspect, typing
    import hw2
    from gradescope_utils.autograder_utils.decorators import *

    @weight(1)
    def test_hints():
        assert typing.get_type_hints(hw2.f) == {"x": int, "return": int}
        assert inspect.get_annotations(hw2.f, eval_str=True) == {"x": int, "return": int}
        assert inspect.signature(hw2.f).parameters["x"].annotation is int
        assert inspect.signature(hw2.f).return_annotation is inspect.Signature.empty
        assert typing.get_type_hints(hw2.C)["x"] is float

    @weight(1)
    def test_words():
        assert hw2.words.__annotations__ == {"x": "the vector (n)"}
        assert list(inspect.signature(hw2.words).parameters) == ["x"]
        assert str(inspect.signature(hw2.words)) == "(x: 'the vector (n)')"

    @weight(1)
    def test_docstrings():
        assert hw2.f.__doc__ == "Doubles." == inspect.getdoc(hw2.f)
        assert hw2.__doc__ == "All." == inspect.getdoc(hw2)

    @weight(1)
    def test_read():
        assert ast.literal_eval(hw2.pair()) == [1, (2, 3)]

    @weight(1)
    def test_calculator():
        for text in ("2*(3+4)", "1 + 2", "[1, 2][0] + 0"):
            assert hw2.calculate(text) == eval(text)

    @weight(1)
    def test_library():
        assert collections.namedtuple("P", "x y")(1, 2).x == 1
        assert dataclasses.make_dataclass("D", ["x", "y"])(1, 2).x == 1
"""
KEPT = '''"""All."""
def f(x: "int") -> "int":
    """Doubles."""
    return 2 * x
class C:
    x: "float"
def words(x: "the vector (n)"): pass
def pair(): return "[1, (2, 3)]"
def calculate(text):
    print(text, "=", eval(text), "(x, y)")
    return eval(text)
'''


def test_what_executes_nothing_works(run):
    ran = run(KEPT, KEEPS)
    assert set(ran.points().values()) == {(1, 1)}, ran.said


@pytest.mark.parametrize("hand_in", ["OWNED = '''" + OWNED + "'''\ndef f(x: OWNED): pass\n"])
def test_an_annotation_that_is_no_literal_is_a_text_too(hand_in, run):
    ran = run(hand_in, "import typing, hw2\ndef test_a(): assert typing.get_type_hints(hw2.f)\n")
    assert not owned(ran)
