"""Stand-ins for a hand-in's objects, through a real process."""

import builtins
import collections
import contextlib
import copy
import datetime
import doctest
import inspect
import io
import itertools
import math
import string
import traceback
import typing
import unittest
import unittest.mock
from collections import abc
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from grader.sandbox import values
from grader.sandbox.caller import of_a_library
from grader.sandbox.frames import FrameError
from grader.sandbox.handle import NoAnswer
from grader.sandbox.modules import HandIn, importable
from grader.sandbox.operands import copy_back
from grader.sandbox.raised import MAX_CLASSES, Classes, StudentError, exception
from grader.sandbox.remote import MAX_NESTED, MAX_RECEIVED, MAX_SHAPES, MAX_TEST_PRINTED, Remote
from grader.sandbox.values import MAX_ALIKE, MAX_DEPTH, flat, rebuilt

SOON = 0.3  # seconds

SOURCE = """\
    import numpy as np
    import os
    LIMIT = 3
    class Bad(ValueError):
        pass
    class Worse(Bad):
        code, args_too, _private = 5, [1], 6
        def __init__(self, *words):
            super().__init__(*words)
            self.words, self.place, self.message, self.object = len(words), "mine", "mine", self
    class Odd(SystemExit):
        pass
    class Vector:
        "Two numbers."
        def __init__(self, x, y): self.x, self.y = x, y
        def __add__(self, other): return Vector(self.x + getattr(other, "x", other), self.y)
        def __mul__(self, k): return k.x * self.x if isinstance(k, Vector) else Vector(self.x * k, self.y * k)
        __radd__, __rmul__ = __add__, __mul__
        def __sub__(self, other): return 0.0
        def __neg__(self): return Vector(-self.x, -self.y)
        def __eq__(self, other): return self.x == other.x
        def __lt__(self, other): return self.x < other.x
        def __len__(self): return 2
        def __getitem__(self, k): return (self.x, self.y)[k]
        def __setitem__(self, k, value): self.x = value
        def __contains__(self, value): return value in (self.x, self.y)
        def __bool__(self): return self.x != 0
        def __str__(self): return f"({self.x}, {self.y})"
        def __abs__(self): return 5.0
        def __float__(self): return 7.0
        def __enter__(self): return self.x
        def __exit__(self, *error): return True
        def __hash__(self): return 1
        __array__ = property(lambda self: 1 / 0)
        def itself(self, *_): return self
        me = property(itself)
        def shout(self, word="a"): return word.upper()
    class Node:
        def __init__(self): self.parent = self.child = None
    def tree():
        root = Node()
        root.child = Node()
        root.child.parent = root
        return root
    class Short:
        def __len__(self): return 2
        def __iter__(self): return iter(())
    class Stack:
        def __init__(self): self.items = []
        def push(self, x): self.items.append(x)
        def __len__(self): return len(self.items)
        def __iter__(self): return iter(self.items)
    class Sly:
        def __init__(self): pass
        def __sub__(self, other): return self
        def __mul__(self, other): return 0.0
        def __abs__(self): return 0.0
        __rsub__ = __truediv__ = __sub__
    cos, primes = Sly, Stack
    class Strict:
        def __add__(self, other): return self
        def __lt__(self, other):
            raise TypeError("only with a Strict")
        __ge__ = __lt__
        def __gt__(self, other): return True
    def strict(): return Strict()
    class Own:
        def __init__(self): self.added, self.items = 0, [3]
        def __len__(self): return 2
        def __reversed__(self): return iter(self.items)
        def __iadd__(self, other):
            self.added += 1
            return self
        def __isub__(self, other): return 0.0
        def __round__(self, n): return 1.3
        def __divmod__(self, n): return (3, 1)
    class Superset:
        told = []
        def __iter__(self): return iter(range(1000))
        def difference(self, other):
            self.told.extend(other)
            return set()
        def searchsorted(self, other, **named): self.told.append(other)
        def close(self): return 1
    def typed(a: int, *b, c=3, **d): pass
    def worded(a: "raised.append(1) or int", b: "int"):
        ">>> raised.append(1)"
    class Optimizer:
        def __init__(self, function): self.function = function
        def step(self, x): return self.function(x) + 1
        def steps(self): return (self.function(k) for k in range(3))
    kept = []
    def identity(x): return x
    def keep(function):
        kept.append(function)
        return function(1)
    def again(): return kept[-1](2)
    def vector(): return Vector(1, 2)
    def fail(name, *words): raise {**globals(), **vars(__import__("builtins"))}[name](*words)
    def die(): os._exit(3)
    def hang():
        while True: pass
    def count():
        n = 0
        while True:
            n += 1
            yield n
    def change(items, *more, table=None):
        items[0] = 10
        for each in more: each.append(1)
        if table is not None: table["b"] = [2]
        return items
    def apply(function, *arguments, **named): return function(*arguments, **named)
    def loud(): print("loud \\x1b[31m")
    def number_of(function): return function
    def nested(function, k): return function(k)
    def lie():
        class Liar:
            __class__ = float
        return Liar()
"""


@pytest.fixture
def remote(opened):
    """A hand-in's main module, and a way to ask it."""
    with opened(SOURCE, call_seconds=2) as session:
        hand_in = HandIn(Remote(session))
        hand_in.collecting = False
        yield hand_in.main


def described(value):
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tolist(), value.flags.writeable)
    if isinstance(value, (list, tuple)):
        return (type(value), [described(item) for item in value])
    if isinstance(value, dict):
        return (type(value), [(key, described(item)) for key, item in value.items()])
    return (type(value), value)


VALUES = [
    None,
    True,
    3,
    -(10**300),
    1.5,
    1.5 + 2j,
    "a\ud800"[:1],
    b"\xff",
    ...,
    float,
    np.float32,
    type(None),
    np.float64(1.5),
    np.float32(1.5),
    np.bool_(True),
    np.arange(6.0).reshape(2, 3),
    np.array(2),
    np.zeros((0, 3)),
    [],
    (),
    {},
    set(),
    [1, [2.5, ("a", None)]],
    {"a": {1: np.ones(2)}, (1, 2): {3, 4}, None: frozenset("b")},
    range(1, 9, 2),
    slice(1, None, 2),
    Fraction(1, 3),
    Decimal("1.10"),
    Decimal("-Infinity"),
    collections.Counter("abca"),
    collections.OrderedDict(b=1, a=2),
    collections.defaultdict(None, {"a": [1]}),
    datetime.date(2024, 2, 29),
    datetime.datetime(2024, 2, 29, 1, 2, 3, 4),
    datetime.time(1, 2, 3),
    datetime.timedelta(-1, 2, 3),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_goes_there_and_back(value):
    assert described(rebuilt(flat(value, pytest.fail), pytest.fail)) == described(value)


def test_all_values_go_through_the_process(remote):
    assert described(remote.identity(VALUES)) == described(VALUES)


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (type("Text", (str,), {"__eq__": lambda *_: True})("a"), "a"),
        (type("Number", (float,), {"__eq__": lambda *_: True})(1.5), 1.5),
        (type("Whole", (int,), {"__int__": lambda _: 9})(1), 1),
        (type("Items", (list,), {"__iter__": lambda _: iter([9])})([1]), [1]),
        (type("Table", (dict,), {"items": lambda _: []})(a=1), {"a": 1}),
        (type("Counter", (collections.Counter,), {"__eq__": lambda *_: True})("a"), {"a": 1}),
        (np.arange(2.0).view(type("Numbers", (np.ndarray,), {})), np.arange(2.0)),
        (np.arange(3.0)[::2].astype(">f8"), np.array([0.0, 2.0])),
        (np.longdouble(1.5), 1.5),
        (np.str_("a"), "a"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_subclass_arrives_as_its_base(value, arrives):
    assert described(rebuilt(flat(value, pytest.fail), pytest.fail)) == described(
        np.float64(arrives) if isinstance(value, np.longdouble) else arrives
    )


def nowhere(item):
    raise FrameError(f"{item} is nowhere")


@pytest.mark.parametrize(
    "row",
    [
        (),
        (1, 2),
        (("list", 2), 1),
        (("list", 10**30),),
        (("Counter", 1), 1),
        (("defaultdict", 2), ("list", 0), 1),
        (("list", -1), 1),
        (("list", True),),
        (("dict", 1), 1),
        (("dict", 2), ("list", 0), 1),
        (("set", 1), ("list", 0)),
        (("slice", 4), 1, 2, 3, 4),
        (("range", 3), 1, 2, 0),
        (("range", 3), 1, 2, "3"),
        (("Fraction", 2), 1, 0),
        (("Fraction", 2), 1, "2"),
        (("Fraction", 1), "1/3"),
        (("Decimal", 1), "1E+999999999"),
        (("Decimal", 1), "sNaN"),
        (("Decimal", 1), "NaN123"),
        (("Decimal", 1), "1" * 401),
        (("Decimal", 1), 1),
        (("date", 3), 2024, 2, 30),
        (("date", 1), b"1234567890"),
        (("datetime", 3), 2024, 2, "1"),
        (("timedelta", 1), 10**30),
        (("timedelta", 1), 1.5),
        (("dict_keys", 1), ("list", 0)),
        (("dict_items", 1), "ab"),
        (("dict_items", 1), ("list", 2), 1, 2),
        (("namedtuple", 3), "P", ("tuple", 1), "__class__", 1),
        (("namedtuple", 3), "P", ("tuple", 1), "_a", 1),
        (("namedtuple", 3), "P", ("tuple", 1), "a b", 1),
        (("namedtuple", 3), "P", ("tuple", 1), "def", 1),
        (("namedtuple", 3), "P(", ("tuple", 1), "a", 1),
        (("namedtuple", 3), "P", ("list", 1), "a", 1),
        (("namedtuple", 4), "P", ("tuple", 2), "a", "a", 1, 2),
        (("namedtuple", 3), "P", ("tuple", 2), "a", "b", 1),
        (("namedtuple", 1), "P"),
        (("complex", 1, 2),),
        (("scalar", np.ones(2)),),
        (("int", b"\1" * 2000),),
        (("type", "object"),),
        (("type", "__import__"),),
        (("ellipsis", 1),),
        ([1],),
        ((),),
        ((np.ones(2), 1),),
        ((1, 2),),
        (("object", 1),),
        (("tuple", 1),) * (MAX_DEPTH + 1),
        (("set", MAX_ALIKE + 2), *(k * (2**61 - 1) for k in range(MAX_ALIKE + 2))),
    ],
    ids=repr,
)
def test_what_is_no_row_is_an_error(row):
    with pytest.raises(FrameError):
        rebuilt(row, nowhere)


def test_what_is_too_deep_or_too_large_has_no_row():
    deep = []
    for _ in range(MAX_DEPTH):
        deep = [deep]
    for value in (deep, 10**5000):
        with pytest.raises(FrameError):
            flat(value, nowhere)


def test_a_constant_is_its_value(remote):
    assert remote.LIMIT == 3


def test_attributes_methods_and_items(remote):
    v = remote.Vector(1, y=2)
    v.x = 3
    v[0] = v.x + 1
    assert (v.x, v[0], v[1], len(v), v.shout(), v.shout(word="b"), str(v)) == (4, 4, 2, 2, "A", "B", "(4, 2)")
    del v.y
    assert not hasattr(v, "y")


def test_operators_on_what_the_test_has_made(remote):
    v = remote.Vector(1, 2)
    assert ((v + v).x, (2 * v).x, (v + 1).x, (1 + v * 2 + v).x, (-v).x, v * v) == (2, 2, 2, 4, -1, 1)


def test_no_operator_makes_a_number_of_a_difference(remote):
    with pytest.raises(NoAnswer, match=r"sub|an operator of the hand-in's Vector gave a float"):
        _ = remote.Vector(1, 2) - 5
    with pytest.raises(NoAnswer):
        abs(remote.Vector(1, 2) * 3)
    assert (abs(remote.Vector(1, 2)), float(remote.Vector(1, 2))) == (5, 7)


@pytest.mark.parametrize("name", ["itself", "me"])
def test_rights_are_the_references_and_not_the_objects(name, remote):
    v = remote.Vector(1, 2)
    w = v.itself() if name == "itself" else v.me
    for use in (abs, float, lambda x: x + 1, lambda x: 2 * x, lambda x: -x):
        use(v)
        with pytest.raises(NoAnswer):
            use(w)
    assert 1 in v
    assert (v == w, hash(v) == hash(w), w in {v}, w.x) == (True, True, True, 1)


def test_what_an_operator_gives_is_no_number_even_if_it_is_the_object_itself(remote):
    v = remote.Sly()
    for difference in (v - 5.0, 5.0 - v, v / 5.0):
        with pytest.raises(NoAnswer):
            abs(difference)
        with pytest.raises(NoAnswer, match="it must give an object"):
            difference * 3.0
    assert (abs(v), v * 3.0) == (0, 0)


def test_an_object_without_operators_is_the_same_whatever_it_comes_from(remote):
    a, b = remote.Node(), remote.Node()
    a.child = b
    assert a.child is b


def test_objects_may_point_at_each_other(remote):
    root = remote.tree()
    for _ in range(3):
        assert root.child.parent is root
        root = root.child.parent
    assert root.child.child is None


@pytest.mark.parametrize(
    "use",
    [
        lambda v: v + 1,
        lambda v: 1 - v,
        lambda v: v < 1,
        lambda v: v >= np.ones(2),
        lambda v: np.ones(2) * v,
        abs,
        float,
        int,
        lambda v: -v,
        round,
        math.floor,
        range,
    ],
)
def test_what_a_function_returns_is_told_nothing(use, remote):
    with pytest.raises((NoAnswer, TypeError)):
        use(remote.vector())


def test_comparisons_are_decided_here_but_between_two_of_theirs(remote):
    v, w = remote.Vector(1, 2), remote.vector()
    assert (v == w, v != w, v < w, v == 1, v != 1, v == np.ones(1)) == (
        *(True, False, False, False, True, False),
    )
    assert (1 in w, 2 in w, 3 in w, 1 in v) == (True, True, False, True)
    assert v in [w]
    assert v not in {1: 2}


def test_truth_is_asked_of_an_object_alone(remote):
    assert (bool(remote.Vector(1, 0)), bool(remote.Vector(0, 1)), bool(remote.Vector), bool(remote.fail)) == (
        *(True, False, True, True),
    )


def test_instances_know_their_class(remote):
    v = remote.vector()
    assert isinstance(v, remote.Vector) and not isinstance(v, remote.Optimizer)
    assert not isinstance(3, remote.Vector) and not isinstance(v, (float, np.ndarray, list))
    assert not isinstance(remote.lie(), float)
    assert issubclass(remote.Vector, remote.Vector)
    assert remote.identity(v) is v
    assert (" object at " in repr(v), repr(remote.Vector)) == (True, "<Vector of the hand-in>")
    assert (remote.Vector.__doc__, remote.Vector.__name__, remote.fail.__doc__) == (
        "Two numbers.",
        "Vector",
        None,
    )


def test_a_test_cannot_make_a_subclass(remote):
    with pytest.raises(NoAnswer, match="a test cannot make a subclass of it"):
        exec("class Mine(Vector): pass", {"Vector": remote.Vector})


def test_a_with_statement_swallows_nothing(remote):
    with pytest.raises(AssertionError), remote.Vector(3, 1) as x:
        assert x == 4


def test_a_copy_is_another_object(remote):
    v = remote.Vector([1], 2)
    shallow, deep = copy.copy(v), copy.deepcopy(v)
    v.x = [5]
    assert (shallow.x, deep.x, v.x) == ([1], [1], [5])


def test_iteration_asks_step_by_step(remote):
    numbers = remote.count()
    assert [next(numbers), next(numbers)] == [1, 2]
    assert [x for x, _ in zip(numbers, range(3), strict=False)] == [3, 4, 5]
    assert list(remote.Optimizer(lambda x: 2 * x).steps()) == [0, 2, 4]


@pytest.mark.parametrize(
    ("name", "words", "kind"),
    [
        ("ValueError", ("no",), ValueError),
        ("KeyError", ("no",), KeyError),
        ("ZeroDivisionError", (), ZeroDivisionError),
        ("AssertionError", ("no",), AssertionError),
        ("FileNotFoundError", (2, "no"), FileNotFoundError),
        ("UnicodeDecodeError", ("utf-8", b"a", 0, 1, "no"), UnicodeDecodeError),
        ("RecursionError", ("no",), RecursionError),
        ("Bad", ("no", 3), ValueError),
        ("Worse", ("no",), ValueError),
        ("SystemExit", (3,), StudentError),
        ("KeyboardInterrupt", (), StudentError),
        ("GeneratorExit", (), StudentError),
        ("StopIteration", (3,), StudentError),
        ("StopAsyncIteration", (), StudentError),
        ("Odd", (1,), StudentError),
    ],
)
def test_an_exception_arrives_as_itself_where_it_cannot_steer(name, words, kind, remote):
    with pytest.raises(kind) as caught:
        remote.fail(name, *words)
    assert isinstance(caught.value, Exception)
    line = SOURCE[: SOURCE.index("def fail")].count("\n") + 1
    assert caught.value.place == f"hw2.py, line {line}"
    if issubclass(kind, StudentError):
        return
    assert caught.value.args[: len(words)] == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SyntaxError", ("x", ("hw2.py", 1, 1, 5))),
        ("SyntaxError", ("x", ("hw2.py", 1, 1, "a" * 10, 1, 3 * 10**9))),
        ("TabError", ("x", ("hw2.py", 1, 1, 5))),
        ("UnicodeEncodeError", ("utf-8", "a", 1, 1, "x")),
    ],
)
def test_what_would_break_who_shows_an_exception_stays_behind(name, words, remote):
    with pytest.raises((getattr(builtins, name), StudentError)) as caught:
        remote.fail(name, *words)
    assert "x" in str(caught.value)
    assert len(caught.value.args) == 1
    assert "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("place", [(-(10**9), 1 - 10**9), (0, 10**9), (5, 2)])
def test_no_unicode_error_points_outside_its_text(place):
    error = exception(UnicodeDecodeError, ("utf-8", b"a", *place, "x"), "x")
    assert type(error) is StudentError


def test_an_iteration_has_as_many_items_as_were_told(remote):
    short, right, stack = remote.Short(), remote.Vector(1, 2), remote.Stack()
    assert (len(right), list(right), len(short), len(stack)) == (2, [1, 2], 2, 0)
    with pytest.raises(NoAnswer, match="the hand-in's Short has the length 2 and gives other items"):
        _ = [x for x, _ in zip(short, [1, 2], strict=False)]
    stack.push(1)
    assert list(stack) == [1]


def test_a_hang_shows_no_frame_of_ours(opened):
    with opened(SOURCE, call_seconds=SOON) as session:
        main = HandIn(Remote(session)).main
        with pytest.raises(NoAnswer) as caught:
            main.hang()
    assert caught.value.__suppress_context__
    assert [str(frame.path) for frame in caught.traceback.filter(caught)] == [__file__]


def test_an_exception_of_its_own_is_the_class_that_the_module_has(remote):
    with pytest.raises(remote.Bad) as caught:
        remote.fail("Worse", "no")
    assert (type(caught.value), str(caught.value)) == (remote.Worse, "no")
    assert issubclass(remote.Worse, remote.Bad) and issubclass(remote.Bad, (ValueError, StudentError))


def test_arguments_that_are_changed_are_changed_here(remote):
    A, inner, table = np.arange(3.0), [0], {"a": 1}
    nested = [inner]
    assert remote.change(A, nested, inner, table=table) is A
    assert (A.tolist(), nested, inner, table) == ([10, 1, 2], [[0, 1], 1], [0, 1], {"a": 1, "b": [2]})
    frozen = np.arange(3.0)
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        remote.change(frozen)


def test_the_content_of_a_list_stays_the_callers(remote):
    inner = [1]
    outer = [[0], inner]
    remote.apply(remote.change, outer[0])
    remote.change(outer)
    assert outer[1] is inner


def test_functions_stay_here_and_are_called_back(remote):
    assert remote.apply(lambda x, *, k: x + k, 1, k=2) == 3
    assert remote.apply(np.sin, 0.0) == 0
    function = lambda: None  # noqa: E731
    assert remote.number_of(function) is function
    assert remote.apply(remote.Vector, 1, 2).x == 1


def test_a_function_that_raises_raises_there(remote):
    def refuse():
        raise KeyError("here")

    with pytest.raises(KeyError, match="here"):
        remote.apply(refuse)


def test_a_function_can_be_called_only_while_its_call_runs(remote):
    called = []
    assert remote.keep(lambda x: called.append(x) or x) == 1
    with pytest.raises(RuntimeError, match="can only be called while the call"):
        remote.again()
    assert remote.apply(lambda x: x, 3) == 3
    with pytest.raises(RuntimeError, match="can only be called while the call"):
        remote.apply(remote.again)
    assert called == [1]


def test_an_object_may_call_what_it_was_given(remote):
    optimizer = remote.Optimizer(lambda x: 2 * x)
    assert optimizer.step(3) == 7
    other = remote.Optimizer(lambda x: 0)
    assert (other.step(3), optimizer.step(4)) == (1, 9)


def test_calls_may_be_nested(remote):
    def down(k):
        return remote.nested(down, k - 1) + 1 if k else 0

    assert down(MAX_NESTED // 2) == MAX_NESTED // 2
    with pytest.raises(NoAnswer, match="nested deeper than"):
        down(MAX_NESTED + 1)
    assert remote.LIMIT == 3


def test_what_ends_a_function_ends_the_call(remote):
    class End(BaseException):
        pass

    def end():
        raise End

    with pytest.raises(End):
        remote.apply(end)
    assert remote.LIMIT == 3


def test_prints_are_printed_here_and_harmless(remote, capsys):
    remote.loud()
    assert capsys.readouterr().out == "loud \\x1b[31m\n"


def test_a_death_costs_one_call_and_the_objects(remote):
    v, vector, kind = remote.vector(), remote.vector, remote.Vector
    with pytest.raises(NoAnswer, match=r"ended in this call: it ended the process \(exit code 3\)"):
        remote.die()
    with pytest.raises(NoAnswer, match="this Vector was lost when the hand-in's process ended"):
        _ = v.x
    assert (vector().x, kind(4, 5).y) == (1, 5)


def test_a_hang_is_stopped(opened):
    with opened(SOURCE, call_seconds=SOON) as session:
        main = HandIn(Remote(session)).main
        with pytest.raises(NoAnswer, match=r"no answer within 0\.3 s in this call"):
            main.hang()
        assert main.LIMIT == 3


def test_the_time_of_the_test_itself_does_not_count(opened):
    with opened(SOURCE, hand_in_seconds=SOON) as session:
        main = HandIn(Remote(session)).main
        assert main.LIMIT == 3
        session._rests -= 1  # as if the test had computed for a second
        assert main.LIMIT == 3
        with pytest.raises(NoAnswer, match="the time for the whole hand-in was used up"):
            main.hang()


def test_no_answer_is_no_exception(remote):
    assert not issubclass(NoAnswer, Exception)


@pytest.mark.parametrize("value", [object(), open, 3 + 0j], ids=["object", "function", "number"])
def test_what_does_not_travel_is_named(value, remote):
    if value is open or isinstance(value, complex):
        assert remote.identity(value) == value
        return
    with pytest.raises(NoAnswer, match="an object does not travel"):
        remote.identity(value)
    assert remote.LIMIT == 3


def test_a_value_that_is_too_large_says_so(remote):
    with pytest.raises(NoAnswer, match="this cannot be asked"):
        remote.identity(np.zeros(10**6))
    assert remote.LIMIT == 3


@pytest.mark.parametrize(
    "message",
    [
        "('value', {serial}, (('list', 9),), (), '')",
        "('value', {serial}, (1,), ((0, (1,)),), '')",
        "('value', {serial}, (('object', 1, 'god', 'x'),), (), '')",
        "('value', {serial}, (('function', 1),), (), '')",
        "('value', 9999, (1,), (), '')",
        "('raised', {serial}, ((1, 2),), None, None, '', '', '')",
        "('raised', {serial}, 'x', None, None, '', '', '')",
        "('call', 1, (1,), '')",
        "('answer', 0, 1, (), 0.0, '')",
        "7",
    ],
)
def test_what_is_forged_on_the_wire_is_no_answer(message, opened):
    source = f"""\
        import os
        from grader.sandbox import frames
        def f():
            for serial in range(1, 9):
                os.write(3, frames.frame({message.replace("{serial}", "serial")}))
            return 1
    """
    with opened(source) as session:
        main = HandIn(Remote(session)).main
        with pytest.raises(NoAnswer, match="it sent something that is no answer"):
            main.f()


def test_objects_are_released(opened):
    source = """\
        import gc
        class Each: pass
        def make(): return Each()
        def alive(): return sum(isinstance(x, Each) for x in gc.get_objects())
    """
    with opened(source) as session:
        main = HandIn(Remote(session)).main
        for _ in range(50):
            main.make()
        assert main.alive() <= 1


def test_modules_are_found_by_import_and_forgotten(opened):
    with opened("import helper\nx = helper.x", helper="x = 5", pack__inner="y = 6") as session:
        hand_in = HandIn(Remote(session))
        with importable(hand_in):
            import helper
            import hw2
            import pack.inner
            from hw2 import nothing, x

            assert (x, hw2.x, helper.x, pack.inner.y) == (5, 5, 5, 6)
            with pytest.raises(NoAnswer, match=r"there is no nothing in hw2\.py"):
                nothing()
            hand_in.collecting = False
            with pytest.raises(ImportError, match="cannot import name 'nothing'"):
                exec("from hw2 import nothing")
            assert not hasattr(hw2, "nothing")
        with pytest.raises(ModuleNotFoundError):
            exec("import hw2")
        with pytest.raises(ModuleNotFoundError):
            exec("import helper")


def test_a_module_of_the_tests_own_is_not_replaced(opened):
    with opened("x = 1", json="x = 2", textwrap="x = 3") as session, importable(HandIn(Remote(session))):
        import json
        import textwrap

        assert textwrap.dedent is dedent and not hasattr(json, "x")


def test_a_star_brings_nothing_that_is_there(opened):
    source = """\
        __all__ = ["f", "np", "len", "test_f", "Test", "_f", "pytest_f", "setUpModule", 3, "not a name"]
        f = np = test_f = Test = _f = pytest_f = setUpModule = print
        def len(x): return 7
    """
    with opened(source) as session, importable(HandIn(Remote(session))):
        names = {"np": np}
        exec("from hw2 import *", names)
        assert set(names) - {"__builtins__"} == {"np", "f"} and names["np"] is np


def test_every_name_of_an_operation_is_known_on_both_sides():
    from grader.sandbox.objects import OPERATIONS
    from grader.sandbox.standin import OPERATORS

    assert set(OPERATORS) <= set(OPERATIONS)
    assert values.TYPES["np.float64"] is np.float64


def test_no_test_takes_more_memory_than_it_has(opened):
    source = """\
        X = b"x" * 1_000_000
        def flood():
            while True: yield X
        def loud():
            print("x" * 15_000)
        def many(n): return list(range(n))
        def apply(f, n): return f(10**n)
    """
    with opened(source, call_seconds=5, hand_in_seconds=30) as session:
        hand_in = HandIn(Remote(session))
        for _ in range(2):
            with pytest.raises(NoAnswer, match="with more than 64 MiB in this test"):
                list(hand_in.main.flood())
            assert hand_in.remote.received < 2 * MAX_RECEIVED
            hand_in.test_ends()
        with pytest.raises(NoAnswer, match="an answer of more than 20000 items"):
            hand_in.main.many(20_001)
        with pytest.raises(TypeError, match="too large"):
            hand_in.main.apply(lambda x: 1, 1000)
        assert hand_in.main.apply(lambda x: x, 100) == 10**100


def test_prints_are_cut_and_cost_nothing(opened, capsys):
    with opened("def loud(): print('x' * 15_000)") as session:
        hand_in = HandIn(Remote(session))
        for _ in range(4):
            hand_in.main.loud()
        assert len(capsys.readouterr().out) < MAX_TEST_PRINTED + 100


def test_a_refusal_names_what_the_hand_in_calls_it(remote):
    for use in (lambda v: v < 3, lambda v: v + 3, lambda v: 3 * v):
        with pytest.raises(NoAnswer, match="between the hand-in's Vector and an int"):
            use(remote.vector())


def test_what_is_refused_here_is_no_error_that_a_test_may_expect(remote):
    v = remote.vector()
    for use in (lambda v: v + 1, lambda v: v < 1, lambda v: 2 * v, lambda v: -v, abs, float):
        with pytest.raises(NoAnswer):
            use(v)
    with pytest.raises(TypeError, match="not supported between instances of 'Node' and 'int'"):
        _ = remote.Node() < 3


def test_an_order_of_what_the_test_has_made_may_fail_and_decides_nothing(remote):
    for cut in (lambda: remote.Strict() < 3, lambda: remote.Strict() >= 3):
        with pytest.raises(TypeError, match="only with a Strict"):
            cut()
    with pytest.raises(NoAnswer, match="no operator goes between the hand-in's Strict and an int"):
        _ = remote.Strict() > 3
    with pytest.raises(NoAnswer):
        _ = remote.strict() < 3


def test_a_stand_in_can_do_what_the_class_of_its_object_says(remote):
    node, numbers, v, short = remote.Node(), remote.count(), remote.Vector(1, 2), remote.Short()
    for name in ("__add__", "__len__", "__iter__", "__contains__", "__lt__", "__call__"):
        assert (name, hasattr(node, name) and name != "__lt__") == (name, False)
        assert hasattr(v, name) == (name != "__call__")
    assert (hasattr(remote.Node, "__add__"), hasattr(remote.Vector, "__add__")) == (False, True)
    assert [isinstance(numbers, x) for x in (abc.Iterator, abc.Iterable, abc.Sized)] == [True, True, False]
    assert [isinstance(node, x) for x in (abc.Iterator, abc.Container)] == [False, False]
    assert (isinstance(short, abc.Sized), isinstance(v, abc.Reversible)) == (True, True)
    assert [type(x).__name__ for x in (node, v, remote.Short)] == ["Node", "Vector", "type"]
    assert (node.__class__.__name__, node.__dict__) == ("Node", {"parent": None, "child": None})


def test_reversed_asks_and_counts(remote):
    right, short, own = remote.Vector(1, 2), remote.Short(), remote.Own()
    assert (len(right), list(reversed(right)), list(reversed(own))) == (2, [2, 1], [3])
    own.items = []
    assert len(own) == 2
    with pytest.raises(NoAnswer, match="the hand-in's Own has the length 2 and gives other items"):
        _ = [x for x, _ in zip(reversed(own), [1, 2], strict=False)]
    with pytest.raises(TypeError):
        reversed(short)


def test_operators_in_place_and_of_two_values(remote):
    own = same = remote.Own()
    own += remote.Own()
    assert (own is same, own == same, same.added) == (False, True, 1)
    assert round(remote.Own(), 1) == 1.3
    with pytest.raises(NoAnswer, match="it must give an object"):
        divmod(remote.Own(), 2)
    with pytest.raises(NoAnswer):
        own -= 3


def test_what_a_function_says_of_itself(remote):
    signature = inspect.signature(remote.typed)
    assert str(signature) == "(a: int, *b, c=3, **d)"
    assert remote.typed.__annotations__ == {"a": int}
    assert list(inspect.signature(remote.Vector).parameters) == ["x", "y"]


def test_no_library_is_told_an_attribute(remote):
    case, sup = unittest.TestCase(), remote.Superset()
    for pair in ((sup, {1, 2}), ({1, 2}, sup)):
        with pytest.raises(AssertionError):
            case.assertSetEqual(*pair)
    with contextlib.suppress(ValueError):
        np.searchsorted(sup, 3.0)
    assert (sup.told, sup.difference({7}), sup.told) == ([], set(), [7])
    with contextlib.closing(sup):
        pass


def test_a_constructor_is_a_name_in_cap_words(remote):
    assert remote.primes is not remote.Stack and remote.primes == remote.Stack
    for make in (remote.cos, remote.identity(remote.Sly)):
        with pytest.raises(NoAnswer):
            abs(make())
    assert abs(remote.Sly()) == 0
    assert remote.Sly is remote.Sly


def test_a_named_tuple_comes_back_as_one(remote):
    pair = collections.namedtuple("Pair", "a b")
    made = pair(remote.Vector(1, 2), 2)
    back = remote.identity(made)
    assert (type(back), back.b, back.a == made.a) == (pair, 2, True)
    with pytest.raises(NoAnswer):
        abs(back.a)
    assert remote.identity(pair(1, 2)) == (1, 2)


def test_what_an_exception_has_under_names_arrives_with_it(remote):
    with pytest.raises(remote.Worse, match="no") as caught:
        remote.fail("Worse", "no", 2)
    error = caught.value
    assert (error.code, error.args_too, error.words, error.args) == (5, [1], 2, ("no", 2))
    assert (error.place[:3], error.message) == ("hw2", "('no', 2)")
    assert not hasattr(error, "object") and not hasattr(error, "_private")


def test_an_exception_that_says_something_else_is_none_of_pythons():
    assert type(exception(KeyError, ("a",), "what was never said")) is StudentError
    assert type(exception(OSError, (2, "no"), "[Errno 2] no")) is OSError


def test_a_hand_in_has_no_more_exceptions_than_so_many(remote):
    classes = Classes()
    kinds = {classes.of(((f"E{k}", False), ("Exception", True))) for k in range(MAX_CLASSES + 50)}
    assert len(kinds) <= MAX_CLASSES + 1


def test_no_object_says_how_it_is_converted(remote):
    v = remote.Vector(1, 2)
    for name in ("__array__", "__array_interface__", "__reduce_ex__x__", "_mock_name", "pytestmark"):
        assert not hasattr(v, name)


def test_what_cannot_be_written_is_not_copied_back():
    frozen = np.zeros(2)
    frozen.flags.writeable = False
    copy_back(frozen, np.ones(2))
    assert frozen.tolist() == [0, 0]


def test_a_module_forgets_a_tests_functions(opened):
    with opened("def helper(): return 1\ndef uses(): return helper()") as session:
        hand_in = HandIn(Remote(session))
        hand_in.main.helper = lambda: 9
        assert hand_in.main.uses() == 9
        hand_in.main.again = hand_in.main.uses
        hand_in.test_ends()
        assert (hand_in.main.uses(), hand_in.main.helper()) == (1, 1)
        del hand_in.main.helper
        assert hand_in.main.again() == 1


def test_a_hand_in_shows_no_more_classes_than_so_many(opened):
    source = "def make(k): return type(f'C{k}', (), {'__len__': lambda self: 0})()"
    with opened(source, call_seconds=5) as session:
        hand_in = HandIn(Remote(session))
        last = [hand_in.main.make(k) for k in range(MAX_SHAPES + 5)][-1]
        assert (len(hand_in.remote._shapes) <= MAX_SHAPES + 3, len(last)) == (True, 0)


PATCHED = """
    import math, random
    SIZE = 3
    def size(): return SIZE
    def roll(): return [random.randint(1, 6), random.randint(1, 6)]
    class Account:
        def __init__(self): self.balance = 1
        def withdraw(self, x): self.balance -= x
        @staticmethod
        def rate(): return 5
"""


@pytest.fixture
def patched(opened):
    """A hand-in that tests patch."""
    with opened(dedent(PATCHED), call_seconds=2) as session:
        hand_in = HandIn(Remote(session))
        hand_in.collecting = False
        yield hand_in.main


@pytest.mark.parametrize("ends", [False, True], ids=["lives", "ends"])
@pytest.mark.parametrize("how", ["monkeypatch", "mock"])
def test_what_a_test_has_replaced_is_there_again(how, ends, patched):
    if how == "mock":
        with unittest.mock.patch.object(patched, "SIZE", 4):
            assert patched.size() == 4
            patched._grader_hand_in.remote.session._stop() if ends else None
    else:
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(patched, "SIZE", 4)
            monkeypatch.setattr(patched, "SIZE", 5)
            assert patched.size() == 5
            patched._grader_hand_in.remote.session._stop() if ends else None
    assert patched.SIZE == patched.size() == 3


@pytest.mark.parametrize("how", ["monkeypatch", "mock"])
def test_what_the_hand_in_has_imported_can_be_patched(how, patched):
    if how == "mock":
        with unittest.mock.patch.object(patched.random, "randint", return_value=7) as randint:
            assert (patched.roll(), randint.call_count) == ([7, 7], 2)
    else:
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(patched.random, "randint", lambda *_: 7)
            assert patched.roll() == [7, 7]
    assert set(patched.roll()) <= set(range(1, 7))


@pytest.mark.parametrize("how", ["monkeypatch", "mock"])
def test_a_class_can_be_patched(how, patched):
    account = patched.Account()
    if how == "mock":
        with unittest.mock.patch.object(patched.Account, "withdraw") as withdraw:
            account.withdraw(1)
            withdraw.assert_called_once_with(1)
    else:
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(patched.Account, "withdraw", lambda self, x: [self.balance, x])
            monkeypatch.setattr(patched.Account, "rate", unittest.mock.Mock(return_value=6))
            assert (account.withdraw(2), account.rate()) == ([1, 2], 6)
    account.withdraw(1)
    assert (account.balance, account.rate()) == (0, 5)


def test_a_name_that_the_test_has_added_is_gone_again(patched):
    with unittest.mock.patch.object(patched, "extra", 1, create=True):
        assert patched.extra == 1
    assert not hasattr(patched, "extra")
    del patched.SIZE
    with pytest.raises(NameError):
        patched.size()


CALLED = """
    import numpy as np
    from functools import lru_cache, partial, wraps
    class Polynomial:
        def __init__(self, *c): self.c = c
        def __call__(self, x, scale=1): return scale * sum(a * x**k for k, a in enumerate(self.c))
        def __str__(self): return f"P{self.c}"
        def __bool__(self): return any(self.c)
        def keep(self, function): self.function = function
    class Registry:
        def __init__(self): self.all = []
        def __call__(self, function): self.all.append(function)
        def run(self): return [each() for each in self.all]
    half, twice, root = partial(pow, 0.5), lru_cache(lambda x: 2 * x), np.sqrt
    def compose(*functions):
        def composed(x):
            for each in functions: x = each(x)
            return x
        return composed
    def memo(function):
        known = {}
        @wraps(function)
        def remembering(x):
            if x not in known: known[x] = function(x)
            return known[x]
        return remembering
"""


@pytest.fixture
def called(opened):
    """A hand-in with objects that can be called, and functions that hold functions."""
    with opened(dedent(CALLED), call_seconds=2) as session:
        hand_in = HandIn(Remote(session))
        hand_in.collecting = False
        yield hand_in.main


def test_an_object_that_can_be_called_is_an_object(called):
    p = called.Polynomial(1, 2)
    assert (p(3), p(3, scale=2), callable(p), callable(called.Registry()), str(p)) == (
        7,
        14,
        True,
        True,
        "P(1, 2)",
    )
    assert (type(p).__name__, vars(p), bool(called.Polynomial(0))) == ("Polynomial", {"c": (1, 2)}, False)
    assert list(inspect.signature(p).parameters) == ["x", "scale"]
    assert [type(each).__name__ for each in (called.half, called.twice, called.root, p.keep)] == [
        "function"
    ] * 4
    register = called.Registry()
    register(lambda: 5)
    assert register.run() == [5]


def test_what_a_returned_function_holds_can_be_called(called):
    assert called.compose(lambda x: x + 1, lambda x: 2 * x)(3) == 8
    asked = []

    @called.memo
    def fib(n):
        asked.append(n)
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    assert (fib(10), len(asked)) == (55, 11)


SHOWN = """
    class Point:
        def __init__(self, x): self.x = x
        def __repr__(self): return f"Point({self.x})"
        def __eq__(self, other): return self.x == other.x
        def __hash__(self): return hash(self.x)
    class Loose:
        def __eq__(self, other): return True
    class Liar:
        def __repr__(self): raise ValueError("no")
        def __hash__(self): raise ValueError("no")
"""


def test_repr_and_hash_are_asked_by_the_tests_own_code_alone(opened):
    with opened(dedent(SHOWN), call_seconds=2) as session:
        hw2 = HandIn(Remote(session)).main
        p, q = hw2.Point(1), hw2.Point(1)
        assert (repr(p), str([p, q]), f"{p!r}") == ("Point(1)", "[Point(1), Point(1)]", "Point(1)")
        assert (hash(p) == hash(q) == hash(1), len({p, q}), q in {p: 1}, {p, 1} == {1}) == (
            True,
            1,
            True,
            False,
        )
        assert unittest.util.safe_repr(p) == "<Point of the hand-in>"
        table = {p: 1}
        unittest.TestCase().assertIn(p, table)
        for ask in (repr, hash):
            with pytest.raises(ValueError, match="no"):
                ask(hw2.Liar())
        assert unittest.util.safe_repr(hw2.Liar()) == "<Liar of the hand-in>"
        assert len(collections.Counter([hw2.Liar()])) == 1
        with pytest.raises(TypeError, match="unhashable"):
            hash(hw2.Loose())


MIRRORED = """
    import numpy as np
    class Game:
        def __init__(self):
            self.board = [[" "] * 3 for _ in range(3)]
            self.rows, self.tags, self.seen, self.listeners = self.board, {}, set(), []
            self.array = np.zeros(2)
        def corner(self): return self.board[0][0], self.rows is self.board, self.rows[0][0]
        def told(self): return self.tags, self.seen, [f(1) for f in self.listeners]
        @property
        def safe(self): return list(self.board[0])
        def total(self): return self.array.sum()
    TABLE = {"a": 1}
    def table(): return TABLE
"""


def test_what_a_test_changes_in_an_attribute_is_changed_there(opened):
    with opened(dedent(MIRRORED), call_seconds=2) as session:
        hw2 = HandIn(Remote(session)).main
        game = hw2.Game()
        game.board[0][0] = "X"
        assert game.corner() == ("X", True, "X")
        board = game.board
        assert hw2.TABLE == {"a": 1}
        board[0][0] = "O"
        game.tags["a"] = [1]
        game.tags["a"].append(2)
        game.seen.add(3)
        game.listeners.append(lambda x: x + 1)
        assert (game.corner()[0], game.told()) == ("O", ({"a": [1, 2]}, {3}, [2]))
        game.safe.append(1)
        assert game.safe == ["O", " ", " "]
        with unittest.mock.patch.dict(hw2.TABLE, b=2):
            assert hw2.table() == {"a": 1, "b": 2}
        assert hw2.table() == {"a": 1}


def test_no_array_that_a_test_has_changed_goes_there(opened):
    with opened(dedent(MIRRORED), call_seconds=2) as session:
        hw2 = HandIn(Remote(session)).main
        game = hw2.Game()
        array = game.array
        array -= 7
        assert hw2.table() == {"a": 1}
        with pytest.raises(NoAnswer, match="its copy of the array array of the hand-in's Game"):
            game.total()
        game.array = array
        assert game.total() == -14
        game.array += 1
        game.board += [3]
        assert (game.total(), game.board[3]) == (-12, 3)


NAMED = """
    import itertools
    from collections import namedtuple
    from decimal import Decimal
    Point = namedtuple("Point", "x y")
    def point(p): return Point(p.x + 1, p.y)
    def take(n, items): return list(itertools.islice(items, n))
    def keys(table): return table.keys(), table.values(), table.items()
    def half(x): return x / 2
    def large(): return Decimal("1E+999999999")
"""


def test_a_named_tuple_keeps_its_names(opened):
    with opened(dedent(NAMED), call_seconds=2) as session:
        hw2 = HandIn(Remote(session)).main
        p = hw2.point(collections.namedtuple("P", "x y")(1, 2))
        assert (p, p.x, p.y, p._fields, p._asdict()) == ((2, 2), 2, 2, ("x", "y"), {"x": 2, "y": 2})
        assert (repr(p), hw2.point(p).x, isinstance(p, tuple)) == ("Point(x=2, y=2)", 3, True)


def test_dicts_of_the_standard_library_are_what_they_are(opened):
    """Without the factory of a defaultdict, which is the hand-in's."""
    source = """
        from collections import Counter, OrderedDict, defaultdict
        def count(text): return Counter(text)
        def group(words):
            groups = defaultdict(list)
            for word in words:
                groups[len(word)].append(word)
            return groups
        def ordered(): return OrderedDict(b=1, a=2)
        def add(counts, text): counts.update(text)
    """
    with opened(dedent(source), call_seconds=2) as session:
        hw2 = HandIn(Remote(session)).main
        counts = hw2.count("abca")
        assert (type(counts), counts["z"], counts.most_common(1)) == (collections.Counter, 0, [("a", 2)])
        hw2.add(counts, "cc")
        assert (type(counts), counts) == (collections.Counter, collections.Counter("abcacc"))
        groups = hw2.group(["a", "bb", "c"])
        assert (type(groups), groups) == (collections.defaultdict, {1: ["a", "c"], 2: ["bb"]})
        assert groups.default_factory is None
        assert hw2.ordered() == collections.OrderedDict(b=1, a=2) != collections.OrderedDict(a=2, b=1)


def test_iterators_go_there_step_by_step(opened):
    with opened(dedent(NAMED), call_seconds=2) as session:
        hw2 = HandIn(Remote(session)).main
        count = itertools.count()
        assert (hw2.take(3, count), next(count)) == ([0, 1, 2], 3)
        for items in (zip("ab", [1, 2], strict=True), (pair for pair in [("a", 1), ("b", 2)])):
            assert hw2.take(9, items) == [("a", 1), ("b", 2)]
        with pytest.raises(ZeroDivisionError):
            hw2.take(3, (1 // x for x in [1, 0]))
        with Path(__file__).open() as file, pytest.raises(NoAnswer, match="a TextIOWrapper does not travel"):
            hw2.take(1, file)


def test_views_of_a_dict_and_exact_numbers_have_copies(opened):
    with opened(dedent(NAMED), call_seconds=2) as session:
        hw2 = HandIn(Remote(session)).main
        table = {"a": 1, "b": 2}
        keys, values, items = hw2.keys(table)
        assert (keys == table.keys(), list(values), items == table.items()) == (True, [1, 2], True)
        assert hw2.take(1, table.keys()) == ["a"]
        assert (hw2.half(Fraction(1, 3)), hw2.half(Decimal("1.5"))) == (Fraction(1, 6), Decimal("0.75"))
        assert type(hw2.large()).__name__ == "Decimal" and not isinstance(hw2.large(), Decimal)


ASKS = """
    import os
    def add(): return int(input("x? ")) + int(input("y? "))
    LIMIT = 3
    def twice(f):
        f()
        return add()
    def greet(name): print("Hello", name)
    def die(): os._exit(1)
"""


def test_input_and_print_are_the_tests_where_it_has_replaced_them(opened, monkeypatch, capsys):
    with opened(dedent(ASKS), call_seconds=2) as session:
        hand_in = HandIn(Remote(session))
        hw2 = hand_in.main
        with pytest.raises(EOFError):
            hw2.add()
        with unittest.mock.patch("builtins.input", side_effect=["3", "4", "5", "6"]) as asked:
            assert hw2.twice(lambda: hw2.LIMIT) == 7
            with pytest.raises(NoAnswer):
                hw2.die()
            assert (hw2.add(), asked.mock_calls[0].args) == (11, ("x? ",))
        with unittest.mock.patch("builtins.print") as printed:
            hw2.greet("you")
        printed.assert_called_once_with("Hello", "you")
        monkeypatch.setattr("sys.stdin", io.StringIO("1\n2"))
        capsys.readouterr()
        assert (hw2.add(), capsys.readouterr().out) == (3, "x? y? ")
        with pytest.raises(EOFError):
            hw2.add()
        monkeypatch.undo()
        hand_in.test_ends()
        with pytest.raises(EOFError):
            hw2.add()
        capsys.readouterr()
        hw2.greet("all")
        assert capsys.readouterr().out == "Hello all\n"


TOLD = """
    __version__ = "1.2"
    class Insufficient(Exception): pass
    class Needy(Exception):
        def __init__(self, a, b): pass
    def attempt(f):
        try: f()
        except Needy as error: return f"needy {error}"
        except Insufficient as error: return f"caught {error}"
        except Exception as error: return f"{type(error).__name__}: {error}"
    class Price:
        def __init__(self, x): self.x = x
        def __format__(self, spec): return format(self.x, spec or ".2f") + " EUR"
    class Plain: pass
"""


def test_a_function_of_the_tests_may_raise_the_hand_ins_exceptions(opened):
    with opened(dedent(TOLD), call_seconds=2) as session:
        hand_in = HandIn(Remote(session))
        hw2, hand_in.collecting = hand_in.main, False
        for error, says in [
            (hw2.Insufficient("need 5"), "caught need 5"),
            (hw2.Needy("x"), "needy x"),
            (KeyError("k"), "KeyError: \"'k'\""),
        ]:
            assert hw2.attempt(unittest.mock.Mock(side_effect=error)) == says


def test_a_format_and_a_version_are_the_hand_ins(opened):
    with opened(dedent(TOLD), call_seconds=2) as session:
        hand_in = HandIn(Remote(session))
        hw2, hand_in.collecting = hand_in.main, False
        assert (f"{hw2.Price(2)}", f"{hw2.Price(2):.1f}", hw2.__version__) == ("2.00 EUR", "2.0 EUR", "1.2")
        assert not hasattr(hw2, "__author__")
        with pytest.raises(TypeError, match="unsupported format string"):
            f"{hw2.Plain():.1f}"


def test_no_annotation_is_a_text_that_a_library_could_evaluate(remote):
    hints = typing.get_type_hints(remote.worded)
    assert hints["b"] is int
    assert not isinstance(hints["a"], str)
    assert hints["a"] == "raised.append(1) or int"
    assert not isinstance(inspect.signature(remote.worded).parameters["a"].annotation, str)


def test_doctest_is_told_no_docstring(remote):
    assert remote.worded.__doc__ == ">>> raised.append(1)"
    for asked in (remote.worded, remote):
        with pytest.raises(NoAnswer, match="is not run here"):
            doctest.DocTestFinder().find(asked, "it", module=False, globs={})


def test_a_library_is_told_no_text_of_an_object(remote):
    vector = remote.Vector(1, 2)
    assert str(vector) == "(1, 2)"
    assert string.Formatter().format("{}", vector) == "<Vector of the hand-in>"


@pytest.mark.skipif(not hasattr(builtins, "ExceptionGroup"), reason="groups came with Python 3.11")
def test_a_group_of_the_hand_ins_is_one_here():
    kind = Classes().of((("Group", False), ("ExceptionGroup", True), ("Exception", True)))
    error = exception(kind, ("said",), "said")
    assert type(error) is kind
    assert isinstance(error, ExceptionGroup)
    assert str(error) == "said"


def test_frozen_modules_are_a_librarys():
    assert of_a_library("<frozen os>")
    assert not of_a_library("<string>")


def test_what_a_stand_in_has_is_not_taken_for_the_hand_ins(remote):
    """`Node` defines its constructor and nothing else, `Vector` much."""
    Node = remote.Node
    assert Node.__eq__ is object.__eq__ and Node.__str__ is object.__str__
    assert Node.__repr__ is object.__repr__ and Node.__setattr__ is object.__setattr__
    assert Node.__init__ is not object.__init__
    assert list(inspect.signature(remote.Vector.__init__).parameters) == ["self", "x", "y"]
    assert remote.Vector.__eq__ is not object.__eq__ and remote.Vector.__hash__ is not object.__hash__
    for name in ("__slots__", "__copy__", "__deepcopy__", "__getattr__"):
        assert not hasattr(Node, name) and not hasattr(Node(), name)
    assert Node.__doc__ is None and Node().__doc__ is None and remote.__doc__ is None
    assert remote.Vector(1, 2).__doc__ == "Two numbers."
    assert copy.deepcopy(remote.Vector(1, 2)).x == copy.copy(remote.Vector(1, 2)).x == 1
