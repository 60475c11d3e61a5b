"""What a student's functions are handed and what is told of them, through a real process."""

from textwrap import dedent

import numpy as np
import pytest

from grader.functions import LinearMap
from grader.sandbox.frames import Foreign
from grader.sandbox.outcome import Raised
from grader.sandbox.question import Question


def described(value):
    """What `==` passes over in an answer: its type, and of an array its dtype and shape."""
    match value:
        case np.ndarray():
            return (value.dtype.str, value.shape, value.tolist())
        case tuple() | list():
            return (type(value), [described(item) for item in value])
    return (type(value), value)


@pytest.mark.parametrize(
    ("returned", "arrives"),
    [
        pytest.param("None", None, id="None"),
        pytest.param("True", True, id="bool"),
        pytest.param("3", 3, id="int"),
        pytest.param("'(m, n)'", "(m, n)", id="text"),
        pytest.param("1.5", np.array(1.5), id="float"),
        pytest.param("1.5 + 2j", np.array(1.5 + 2j), id="complex"),
        pytest.param("(1.5, [None, 'a'])", (np.array(1.5), [None, "a"]), id="nested"),
        pytest.param("np.array([1.5, 2])", np.array([1.5, 2]), id="array"),
        pytest.param("np.float32(1.5)", np.array(1.5, np.float32), id="float32 scalar"),
        pytest.param("np.bool_(True)", np.array(True), id="numpy bool"),
        pytest.param("np.int8(3)", np.array(3, np.int8), id="numpy integer"),
        pytest.param("np.zeros((0, 3))", np.zeros((0, 3)), id="empty"),
        pytest.param("np.matrix([1.5, 2])", np.array([[1.5, 2]]), id="matrix"),
        pytest.param("np.array([1.5, 2], '>f8')", np.array([1.5, 2]), id="big-endian"),
        pytest.param("np.array([1.5, 2], np.longdouble)", np.array([1.5, 2]), id="longdouble"),
        pytest.param("np.array([1.5, 2j], np.clongdouble)", np.array([1.5, 2j]), id="clongdouble"),
        pytest.param("np.broadcast_to(1.5, (2, 3))", np.full((2, 3), 1.5), id="broadcast"),
        pytest.param("np.arange(6.0).reshape(2, 3).T", np.arange(6.0).reshape(2, 3).T, id="transposed"),
        pytest.param("type('Number', (float,), {})(1.5)", np.array(1.5), id="subclass of float"),
        pytest.param("type('Number', (int,), {})(3)", 3, id="subclass of int"),
        pytest.param("type('Text', (str,), {})('a')", "a", id="subclass of str"),
        pytest.param("type('Pair', (tuple,), {})((1, 2))", (1, 2), id="subclass of tuple"),
    ],
)
def test_a_returned_value_arrives(value, returned, arrives):
    assert described(value(f"import numpy as np\ndef f(): return {returned}")) == described(arrives)


@pytest.mark.parametrize(
    ("returned", "what"),
    [
        pytest.param("np.ma.masked_array([1.5, 2], [0, 1])", "a masked array", id="masked"),
        pytest.param("{}", "an object of type dict", id="dict"),
        pytest.param("b''", "an object of type bytes", id="bytes"),
        pytest.param("(x for x in [])", "an object of type generator", id="generator"),
        pytest.param("f", "an object of type function", id="function"),
        pytest.param("type('A' * 10**6, (), {})()", "an object of type " + "A" * 100, id="huge name"),
        pytest.param("np.array(['a'])", "an array of dtype <U1", id="texts"),
        pytest.param("np.str_('a')", "an array of dtype <U1", id="numpy text"),
        pytest.param("np.array([None])", "an array of dtype object", id="objects"),
        pytest.param("np.array(['2020'], 'M8[Y]')", "an array of dtype datetime64[Y]", id="dates"),
        pytest.param(
            "np.zeros(1, 'i4, f8')", "an array of dtype [('f0', '<i4'), ('f1', '<f8')]", id="records"
        ),
        pytest.param(
            "10**100",
            "what is too large to look at (an integer of 42 bytes is larger than 32)",
            id="huge integer",
        ),
        pytest.param("[[[[[[[]]]]]]]", "what is too large to look at (nested deeper than 6)", id="too deep"),
        pytest.param(
            "np.zeros(10**6)",
            "what is too large to look at (an array of dtype float64 and shape (1000000,) does not travel)",
            id="huge array",
        ),
        pytest.param(
            "[0.0] * 10**5",
            "what is too large to look at (a value of 1300043 bytes is larger than 131072)",
            id="huge list",
        ),
        pytest.param(
            "np.broadcast_to(1.5, (10**6, 10**6))",
            "what is too large to look at (an array of dtype float64 and shape (1000000, 1000000) "
            "does not travel)",
            id="huge broadcast",
        ),
    ],
)
def test_an_answer_of_another_type_is_named(value, returned, what):
    assert value(f"import numpy as np\ndef f(): return {returned}") == Foreign(what)


def test_what_pretends_to_be_an_array_is_named(value):
    source = """\
        class Equal:
            __array__ = __float__ = __eq__ = lambda self, *other: True
        def f(): return Equal()
    """

    assert value(source) == Foreign("an object of type Equal")


def test_a_list_that_holds_itself_is_an_exception(ask):
    outcome = ask("def f():\n    x = []\n    x.append(x)\n    return x")

    assert (outcome.kind, outcome.where) == ("RecursionError", "")


def test_an_exception_is_told_with_its_line(ask):
    source = """\
        def g(x):
            return 1 / x

        def f():
            return g(0)
    """

    assert ask(source) == Raised("ZeroDivisionError", "ZeroDivisionError: division by zero", "hw2.py, line 2")


def test_an_exception_inside_numpy_has_the_students_line(ask):
    outcome = ask("import numpy as np\ndef f():\n    return np.linalg.inv(np.zeros((2, 2)))")

    assert (outcome.kind, outcome.where) == ("LinAlgError", "hw2.py, line 3")


def test_an_exception_in_a_helper_has_the_helpers_line(ask):
    outcome = ask("import rules\ndef f(): return rules.g()", rules="\ndef g():\n    raise ValueError\n")

    assert outcome.where == "rules.py, line 3"


def test_a_wrong_signature_is_an_exception_without_a_line(ask):
    outcome = ask("def f(A, b): return 1", 1.0)

    assert outcome == Raised("TypeError", "TypeError: f() missing 1 required positional argument: 'b'")


@pytest.mark.parametrize(
    "leave", ["sys.exit(0)", "raise KeyboardInterrupt", "raise GeneratorExit", "raise BaseException"]
)
def test_leaving_a_function_is_an_exception(ask, leave):
    assert isinstance(ask(f"import sys\ndef f():\n    {leave}"), Raised)


def test_an_exception_without_words_is_its_name(ask):
    assert ask("def f(): raise ValueError").message == "ValueError"


def test_a_huge_message_is_cut(ask):
    assert ask("def f(): raise ValueError('a' * 10**7)").message == "ValueError: " + "a" * 500


def test_a_message_that_cannot_be_shown_is_said_to_be_so(ask):
    source = """\
        class Broken(Exception):
            def __str__(self): raise self
        def f(): raise Broken
    """

    assert ask(source).message == "Broken: (its message cannot be shown)"


def test_a_message_that_is_no_text_is_written_out(ask):
    assert ask("def f(): raise ValueError('\\ud800')").message == "ValueError: \\ud800"


@pytest.mark.parametrize(
    "x",
    [
        pytest.param(np.zeros((2, 3)), id="C"),
        pytest.param(np.zeros((2, 3), order="F"), id="F"),
        pytest.param(np.zeros((2, 6))[:, ::2], id="strided"),
        pytest.param(np.broadcast_to(0.0, (2, 3)), id="read-only"),
    ],
)
def test_an_input_is_handed_over_in_its_layout(value, x):
    flags = value("def f(x): return (x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable)", x)

    assert flags == (x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable)


def test_changed_inputs_are_told_by_name(ask):
    outcome = ask("def f(A, b, x):\n    A += 1\n    x[0] = 5", *np.zeros((3, 2)), parameters=("A", "b", "x"))

    assert outcome.mutated == ("A", "x")


def test_an_input_that_has_its_value_back_is_not_changed(ask):
    assert ask("def f(x):\n    x += 1\n    x -= 1", np.zeros(2)).mutated == ()


def test_a_read_only_input_cannot_be_changed(ask):
    outcome = ask("def f(x):\n    x += 1", np.broadcast_to(0.0, 2))

    assert outcome.message == "ValueError: output array is read-only"


def test_changing_an_input_leaves_the_graders_alone(ask):
    x = np.zeros(2)
    ask("def f(x):\n    x += 1", x)

    assert x.tolist() == [0, 0]


def test_a_given_function_is_evaluated_in_the_grader(value):
    assert value("import numpy as np\ndef f(s): return s(np.array([0.0, 2.0]))", np.square).tolist() == [0, 4]


@pytest.mark.parametrize("x", ["2.0", "2", "np.float32(2)", "np.array(2.0)"])
def test_the_value_at_a_number_is_a_number(value, x):
    assert value(
        f"import numpy as np\ndef f(s): return isinstance(s({x}), np.generic) and s({x}) == 4", np.square
    )


def test_a_list_is_an_array_to_a_given_function(value):
    assert value("def f(s): return s([1, 2])", np.square).tolist() == [1, 4]


def test_a_linear_map_takes_the_shape_it_is_for(value):
    M = np.arange(12.0).reshape(2, 2, 3)
    answer = value(
        "import numpy as np\ndef f(M): return M(np.ones(3))", LinearMap(M, (3,)), parameters=("M",)
    )

    assert answer.tolist() == M.sum(axis=-1).tolist()


def test_of_a_linear_map_the_whole_basis_is_read_ahead(opened):
    """One call of it tells them all, and each is what the grader would say to it alone."""
    source = """\
        import numpy as np
        def units(): return [np.eye(6)[k].reshape(2, 3) for k in (4, 0, 1, 2, 3, 5)]
        def f(M): return [M(unit) for unit in units()]
        def g(M): return [M(2 * unit) / 2 for unit in units()]
    """
    M = np.random.default_rng(0).standard_normal((4, 2, 3))
    asked = ((LinearMap(M, (2, 3)),),)
    with opened(dedent(source)) as session:
        (ahead,) = session.ask(Question("f", ("M",), asked))
        (each,) = session.ask(Question("g", ("M",), asked))

    expected = [M.reshape(4, 6)[:, k].tolist() for k in (4, 0, 1, 2, 3, 5)]
    assert [x.tolist() for x in ahead.value] == [x.tolist() for x in each.value] == expected
    assert (ahead.calls, each.calls) == ({"M": 6}, {"M": 6})


def test_what_is_read_ahead_is_a_copy(value):
    source = """\
        import numpy as np
        def f(M):
            M(np.eye(3)[0])[:] = 7
            return M(np.eye(3)[0])
    """
    assert value(source, LinearMap(np.ones((2, 3)), (3,))).tolist() == [1, 1]


@pytest.mark.parametrize("x", ["np.eye(4)[0]", "np.eye(3)", "np.eye(3)[0] + 0j", "'1'", "None"])
def test_what_is_read_ahead_does_not_serve_another_kind_of_argument(ask, x):
    source = f"import numpy as np\ndef f(M):\n    M(np.eye(3)[0])\n    return M({x})"
    outcome = ask(source, LinearMap(np.ones((2, 3)), (3,)), parameters=("M",))

    assert outcome.kind == "TypeError"


def test_the_calls_of_given_functions_are_counted(ask):
    source = "def f(s, x, t): return [s(x), s(x), t(x)]"

    assert ask(source, np.square, 1.5, np.sin, parameters=("s", "x", "t")).calls == {"s": 2, "t": 1}


def test_a_given_function_has_its_name(value):
    assert value("def f(s): return (s.__name__, s.__qualname__)", np.square, parameters=("s",)) == ("s", "s")


@pytest.mark.parametrize(
    ("x", "words"),
    [
        pytest.param("1j", "s takes a real array; it was called with dtype complex128", id="complex"),
        pytest.param("'a'", "s takes a real array; it was called with an array of dtype <U1", id="text"),
        pytest.param("None", "s takes a real array; it was called with an array of dtype object", id="None"),
        pytest.param(
            "np.ones(10**6)", "s: an array of dtype float64 and shape (1000000,) does not travel", id="huge"
        ),
        pytest.param(
            "np.ones(10**6, 'i1')",
            "s: a value of 1000029 bytes is larger than 131072",
            id="huge argument",
        ),
    ],
)
def test_what_an_activation_does_not_take_is_refused_in_words(ask, x, words):
    outcome = ask(f"import numpy as np\ndef f(s):\n    return s({x})", np.square, parameters=("s",))

    assert outcome == Raised("TypeError", f"TypeError: {words}", "hw2.py, line 3")


def test_a_linear_map_refuses_another_shape_in_words(ask):
    outcome = ask(
        "import numpy as np\ndef f(M): return M(np.ones((3, 1)))",
        LinearMap(np.ones((2, 3)), (3,)),
        parameters=("M",),
    )

    words = "TypeError: M takes an array of shape (3,); it was called with shape (3, 1)"
    assert outcome == Raised("TypeError", words, "hw2.py, line 2")


def test_a_given_function_that_fails_is_an_exception_of_the_students(ask):
    def fails(x):
        raise ZeroDivisionError("with a secret")

    assert ask("def f(s): return s(1.0)", fails, parameters=("s",)).message == (
        "TypeError: s has no value there (ZeroDivisionError)"
    )


def test_a_refusal_can_be_caught(value):
    source = """\
        def f(s):
            try:
                s("a")
            except TypeError:
                return s(3.0)
    """

    assert value(source, np.square) == 9


def test_a_given_function_may_be_called_from_threads(ask):
    source = """\
        from concurrent.futures import ThreadPoolExecutor
        def f(s):
            with ThreadPoolExecutor(4) as pool:
                return list(pool.map(s, range(100)))
    """
    outcome = ask(source, np.square, parameters=("s",))

    assert ([int(x) for x in outcome.value], outcome.calls) == ([x * x for x in range(100)], {"s": 100})


def test_a_given_function_cannot_be_called_after_its_call_has_ended(opened):
    source = """\
        kept = []
        def f(s, x):
            kept.append(s)
            return kept[0](x)
    """
    with opened(source) as session:
        first, second = session.ask(Question("f", ("s", "x"), ((np.square, 3.0), (np.sin, 3.0))))

    assert first.value == 9
    assert second.message == "RuntimeError: s can only be called while the call it was given to runs"


def test_a_thread_that_outlives_its_call_does_not_speak_during_another(opened):
    source = """\
        import threading
        kept, said, go = [], [], threading.Event()
        def later(s, x):
            go.wait()
            try:
                s(x)
            except RuntimeError as error:
                said.append(str(error))
        def f(s, x):
            if not kept:
                kept.append(threading.Thread(target=later, args=(s, x)))
                kept[0].start()
            else:
                go.set()
                kept[0].join()
            return said[0] if said else s(x)
    """
    with opened(source) as session:
        first, second = session.ask(Question("f", ("s", "x"), ((np.square, 3.0), (np.sin, 3.0))))

    assert first.value == 9
    assert second.value == "s can only be called while the call it was given to runs"


def test_a_kept_function_is_the_current_one_to_a_later_question(opened):
    source = """\
        kept = []
        def f(s, x):
            kept.append(s)
        def g(t, x):
            return kept[0](x)
    """
    with opened(source) as session:
        session.ask(Question("f", ("s", "x"), ((np.square, 3.0),)))
        (outcome,) = session.ask(Question("g", ("t", "x"), ((np.negative, 3.0),)))

    assert outcome.value == -3


def test_a_given_function_holds_nothing_of_what_it_computes(value):
    source = """\
        def f(s):
            return sorted(type(cell.cell_contents).__name__ for cell in s.__closure__)
    """

    assert value(source, np.square) == ["Line", "Stub", "int", "list", "list", "lock"]


def test_the_process_knows_nothing_but_the_wall(value):
    source = """\
        import sys
        def f(s):
            ours = ("grader", "problems", "reference")
            return sorted(name for name in sys.modules if name.startswith(ours))
    """

    modules = (
        "attacks",
        "basis",
        "frames",
        "kernel",
        "landlock",
        "layers",
        "line",
        "loader",
        "meter",
        "objects",
        "outcome",
        "packing",
        "seccomp",
        "steps",
        "values",
        "worker",
    )
    assert value(source, LinearMap(np.ones((2, 3)), (3,))) == [
        "grader",
        "grader.sandbox",
        *(f"grader.sandbox.{name}" for name in modules),
    ]


def test_a_function_that_breaks_numpy_breaks_its_own_answers_alone(opened):
    source = """\
        import numpy as np
        def f(x):
            np.asarray = np.array = None
            return x
        def g(x):
            return "a text"
    """
    with opened(source) as session:
        (broken,) = session.ask(Question("f", ("x",), ((1.5,),)))
        (sound,) = session.ask(Question("g", ("x",), ((1.5,),)))

    assert (broken.kind, sound.value) == ("TypeError", "a text")


def test_the_time_of_a_call_is_told(ask):
    assert ask("def f(): return sum(range(10**5))").seconds > 0
