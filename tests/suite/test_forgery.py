"""No hand-in makes a test pass that asks for something else, and every row keeps its maximum."""

from textwrap import dedent

import pytest
from suites import started

TESTS = """
    import unittest
    import numpy as np
    from gradescope_utils.autograder_utils.decorators import *
    from hw2 import *
    import hw2
    from reference import expected

    class TestIt(unittest.TestCase):
        @weight(2)
        def test_equal(self):
            self.assertEqual(hw2.f(2.0), expected(2.0))

        @weight(3)
        def test_given(self):
            np.testing.assert_allclose(hw2.g(lambda x: expected(x), 3.0), expected(3.0))

        @weight(4)
        def test_raises(self):
            with self.assertRaises(Exception):
                hw2.f("no number")
            self.assertEqual(hw2.f(4.0), expected(4.0))

        @weight(5)
        @unittest.expectedFailure
        def test_expected(self):
            self.assertEqual(hw2.h(2.0), expected(2.0))

        @partial_credit(6)
        def test_loop(self, set_score=None):
            right = [x for x, y in zip(hw2.generate(), map(expected, range(6))) if x == y]
            set_score(len(right))
"""
REFERENCE = """
    def expected(x):
        secret = 41.5 + x
        return secret
"""
MAXIMUM = {"test_equal": 2, "test_expected": 5, "test_given": 3, "test_loop": 6, "test_raises": 4}
LIMITS = """
    title = "Suite"
    file = "hw2"
    points = 1
    topics = ["none"]
    [limits]
    call_seconds = 0.3
    import_seconds = 2
    hand_in_seconds = 4
"""
ALL = "f = g = h = generate = act\n"
WRITES = """
import os, sys
def say(*message):
    from grader.sandbox import frames
    data = frames.frame(message)
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
"""
ATTACKS = {
    "steers the test": """
import sys, unittest
def f(x): raise unittest.SkipTest("no")
def g(*x):
    import pytest
    pytest.skip("no")
def h(x): sys.exit(0)
def generate(): raise StopIteration
""",
    "steers the run": """
import sys
def f(x):
    import pytest
    pytest.exit("done", 0)
def g(*x):
    import pytest
    pytest.xfail("no")
def h(x): raise KeyboardInterrupt
def generate(): raise GeneratorExit
""",
    "ends the process": "import os\ndef act(*x): os._exit(0)\n" + ALL,
    "ends the process while it is loaded": "import os\nos._exit(0)\n",
    "kills its parent": "import os, signal\ndef act(*x): os.kill(os.getppid(), signal.SIGKILL)\n" + ALL,
    "kills everyone": "import os, signal\ndef act(*x): os.kill(-1, signal.SIGKILL)\n" + ALL,
    "hangs": "def act(*x):\n    while True: pass\n" + ALL,
    "hangs while it is loaded": "while True: pass\n",
    "recurses": "import sys\nsys.setrecursionlimit(10**9)\ndef act(*x): return act(*x)\n" + ALL,
    "fills the memory": "def act(*x): return [0] * 10**10\n" + ALL,
    "never ends to answer": "def act(*x):\n    while True: yield 1\n" + ALL,
    "answers with what cannot be held": "def act(*x): return {k * (2**61 - 1) for k in range(20_000)}\n"
    + ALL,
    "prints results": (
        'def act(*x): print(\'\\x1b[2J\\0{"score": 20, "tests": []}\\n5 passed\'); return 1\n' + ALL
    ),
    "is missing": "",
    "is no Python": "def act(*x:\n",
    "walks up the stack": """
import gc, sys
def act(*x):
    frame = sys._getframe()
    while frame:
        for place in (frame.f_locals, frame.f_globals):
            for name in ("secret", "expected", "self"):
                if callable(place.get("expected")):
                    return place["expected"](x[-1])
        frame = frame.f_back
    for each in gc.get_objects():
        if getattr(each, "__name__", "") == "expected" and callable(each):
            return each(x[-1])
"""
    + ALL,
    "keeps what it is given": """
kept = []
def f(x):
    return kept[0](x)
def g(function, x):
    kept.append(function)
    try:
        return function.__globals__["expected"](x)
    except KeyError:
        return function.__code__.co_consts
def h(x): return kept[0](x)
def generate():
    return map(kept[0], range(6))
""",
    "patches what decides": """
import builtins, sys, unittest
import numpy as np
def act(*x):
    for name in list(vars(np.testing)):
        setattr(np.testing, name, lambda *a, **k: None)
    for name in list(vars(unittest.TestCase)):
        if name.startswith("assert"):
            setattr(unittest.TestCase, name, lambda *a, **k: None)
    builtins.zip = lambda *a: []
    sys.modules["reference"] = sys.modules[__name__] if __name__ in sys.modules else sys
    for name in list(sys.modules):
        if name.startswith("grader"):
            for each in list(vars(sys.modules[name])):
                if each[:2] != "__":
                    setattr(sys.modules[name], each, lambda *a, **k: True)
    return 1
"""
    + ALL,
    "brings names that the test has": """
__all__ = ["np", "expected", "zip", "len", "test_free", "setUpModule", "AssertionError", "map"]
class np:
    class testing:
        assert_allclose = staticmethod(lambda *a: None)
def expected(x): return 7
def zip(*x): return [(1, 1)] * 6
def act(*x): return 7
test_free = setUpModule = len = AssertionError = map = act
"""
    + ALL,
    "writes files": """
import os
def act(*x):
    for folder in ("/tmp", ".", "..", os.environ.get("PWD", "/")):
        for name in ("out.json", "conftest.py", "reference.py"):
            try:
                open(os.path.join(folder, name), "w").write("{}")
            except OSError:
                pass
    return 1
"""
    + ALL,
    "answers before it is asked": WRITES
    + """
def act(*x):
    for serial in range(60):
        say("value", serial, (43.5,), (), "")
        say("raised", serial, (("AssertionError", True),), None, None, "", "", "")
        say("call", serial, ("tuple", 0), "")
    return 1
"""
    + ALL,
    "speaks nonsense": WRITES + "def act(*x):\n    os.write(3, b'\\xff' * 64)\n    return 1\n" + ALL,
    "raises without words": """
class ValueError(Exception):
    def __str__(self): raise RuntimeError
    __repr__ = __str__
    def __getattribute__(self, name): raise RuntimeError
def act(*x): raise ValueError
"""
    + ALL,
    "raises a class that lies": """
class Meta(type):
    __name__ = property(lambda self: 1 / 0)
    def mro(cls): return [cls, Exception, BaseException, object]
class Error(Exception, metaclass=Meta): pass
def act(*x): raise Error("\\x1b[31m" * 1000)
"""
    + ALL,
}
HONEST = """
def f(x): return 41.5 + x
def g(function, x): return function(x)
def h(x): return 7.0
def generate(): return (41.5 + x for x in range(6))
"""


def tried(run, hand_in, *options):
    return run(hand_in, TESTS, *options, beside={"reference.py": REFERENCE}, assignment=LIMITS)


def test_an_honest_hand_in_gets_all(run):
    assert tried(run, HONEST).points() == {name: (points, points) for name, points in MAXIMUM.items()}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_gains_a_point(attack, run, tmp_path):
    ran = tried(run, ATTACKS[attack])
    points = ran.points()

    assert {name: maximum for name, (_, maximum) in points.items()} == MAXIMUM
    assert {name: score for name, (score, _) in points.items() if score and name != "test_expected"} == {}
    assert ran.code == 1
    assert not [c for c in ran.text + ran.said if ord(c) < 32 and c not in "\n\t"]
    left = sorted(path.name for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert left == ["assignment.toml", "hw2.py", "out.json", "reference.py", "test_it.py"]


@pytest.mark.parametrize("attack", ["ends the process", "hangs", "is missing"])
def test_no_answer_is_no_failure_that_was_expected(attack, run):
    assert tried(run, ATTACKS[attack]).points()["test_expected"] == (0, 5)


def test_no_form_of_comparison_believes_a_lie(sample):
    ran = sample("forgery")
    said = [line for row in ran.rows.values() for line in row.get("output", "").splitlines()]
    assert [line for line in said if line and "Test Failed: The test went on where" not in line] == []
    assert ran.points() == {  # they catch everything, which is why they have no points; no form was believed
        "test_no_form_is_believed": (0, 1),
        "test_an_object_that_the_test_made_has_no_rights_where_it_comes_back": (0, 1),
        "Behind": (1, 1),
        "The": (1, 1),
    }


UNSHOWABLE = """
    import unittest
    from gradescope_utils.autograder_utils.decorators import *
    from hw2 import *

    class TestIt(unittest.TestCase):
        @weight(1)
        def test_a_syntax(self):
            self.assertEqual(syntax(), 1)

        @weight(1)
        def test_b_large(self):
            self.assertEqual(large(), 1)

        @weight(1)
        def test_c_message(self):
            self.fail(silent())

        @weight(1)
        def test_d_subtest(self):
            with self.subTest(silent(), x=silent()):
                self.fail()

        @weight(1)
        def test_e_length(self):
            import pytest
            self.assertTrue(pytest.approx([1.0, 2.0]) == roots())

        @weight(1)
        def test_f_right(self):
            self.assertEqual(right(), 1)
"""
SHOWS = """
def syntax(): raise SyntaxError("x", ("hw2.py", 1, 1, 5))
def large(): raise SyntaxError("x", ("hw2.py", 1, 1, "a" * 10, 1, 3 * 10**9))
class Silent:
    def __str__(self):
        while True: pass
class Roots:
    def __len__(self): return 2
    def __iter__(self): return iter(())
def silent(): return Silent()
def roots(): return Roots()
def right(): return 1
"""


def test_what_cannot_be_shown_costs_one_test_alone(run):
    ran = run(SHOWS, UNSHOWABLE, assignment=LIMITS.replace("hand_in_seconds = 4", "hand_in_seconds = 10"))
    assert "INTERNALERROR" not in ran.said
    assert [score for score, _ in ran.points().values()] == [0, 0, 0, 0, 0, 1]


def test_what_an_error_of_the_tests_calls_its_place_is_none_in_a_hand_in(run):
    tests = """
        import numpy as np
        class Off(Exception):
            place = np.ones(2)
        def test_a(): raise Off
        def test_b(): pass
    """
    ran = run("", tests)
    assert [row["status"] for row in ran.rows.values()] == ["failed", "passed"], ran.said


MISSED = """
    from gradescope_utils.autograder_utils.decorators import *
    import hw2
    import library
    from reference import solve, late, suppressed

    @weight(1)
    def test_a():
        assert hw2.f(2.0) == solve(2.0)

    @weight(1)
    def test_b():
        assert hw2.f(2.0) == library.solve(2.0)

    @weight(1)
    def test_c():
        assert hw2.f(2.0) == late(2.0)

    @weight(1)
    def test_d():
        assert hw2.f(2.0) == suppressed(2.0)
"""
WITHOUT = """
    from contextlib import suppress
    from importlib import import_module

    def solve(x):
        return 41.5 + x
    late = suppressed = solve
    try:
        from quickmath import solve
    except ImportError:
        pass
    def loaded(name):
        return import_module(name).solve
    try:
        late = loaded("quickmath")
    except Exception:
        pass
    with suppress(ImportError):
        from quickmath import solve as suppressed
"""
LIBRARY = "def solve(x):\n    import quickmath\n    return quickmath.solve(x)\n"
QUICK = {"hw2.py": "from quickmath import solve as f\n", "quickmath.py": "def solve(x): return 7\n"}


@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.parametrize("form", ["folder", "quickmath.py"])
def test_no_optional_import_is_answered_by_a_hand_in(form, settled, tmp_path):
    course, handed_in = tmp_path / "course", tmp_path / "in"
    (course / "lib" / "site-packages").mkdir(parents=True)
    handed_in.mkdir()
    (course / "test_it.py").write_text(dedent(MISSED))
    (course / "reference.py").write_text(dedent(WITHOUT))
    (course / "lib" / "site-packages" / "library.py").write_text(LIBRARY)
    (course / "conftest.py").write_text(
        "import pathlib, sys\nsys.path.append(str(pathlib.Path(__file__).parent / 'lib' / 'site-packages'))\n"
    )
    for name, text in QUICK.items():
        (handed_in / name).write_text(text)
    if settled:
        (course / "assignment.toml").write_text(dedent(LIMITS))
    elif form != "folder":
        ran = started(tmp_path, f"--submission=in/{form}")
        assert (ran.code, "only where they could do without it" in ran.said) == (4, True)
        return
    ran = started(tmp_path, "--submission=in" if form == "folder" else f"--submission=in/{form}")
    assert ran.points() == {f"test_{x}": (0, 1) for x in "abcd"}, ran.said


def test_what_a_test_cannot_do_without_is_the_hand_ins(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "course" / "test_it.py").write_text(
        "import hw2, quickmath\nfrom unittest.mock import patch\nfrom importlib import import_module\n"
        "def test_a():\n    other = import_module('other')\n"
        "    with patch('third.g'): assert other.g() + hw2.f(1) + quickmath.solve(1) == 18\n"
    )
    for name, text in {**QUICK, "other.py": "def g(): return 4\n"}.items():
        (tmp_path / "in" / name).write_text(text)
    (tmp_path / "in" / "third.py").write_text("def g(): return 0\n")
    ran = started(tmp_path, "--submission=in")
    assert ran.code == 0, ran.said


ABSENT = """
    import unittest
    import hw2
    import pytest
    from gradescope_utils.autograder_utils.decorators import *
    from hw2 import normalize, SIZE, Vector

    ALL = {"all": [normalize]}

    def there():
        return callable(normalize)

    @pytest.fixture
    def fixed():
        return normalize is not None

    class TestIt(unittest.TestCase):
        def setUp(self):
            self.f = hw2.__dict__
        def helped(self):
            return Vector is not None
        @weight(1)
        def test_a(self): self.assertTrue(callable(normalize), "define normalize")
        @weight(1)
        def test_b(self): self.assertIsNotNone(SIZE)
        @weight(1)
        def test_c(self): self.assertNotEqual(SIZE, 0)
        @weight(1)
        def test_d(self): self.assertTrue(SIZE)
        @weight(1)
        def test_e(self): self.assertTrue(hasattr(Vector, "__eq__") and hasattr(Vector, "__add__"))
        @weight(1)
        def test_f(self):
            with self.assertRaises(TypeError): SIZE < 3
        @weight(1)
        def test_g(self):
            with self.assertRaises(TypeError): Vector + 3
        @weight(1)
        def test_h(self): self.assertTrue(there())
        @weight(1)
        def test_i(self): self.assertTrue(self.helped())
        @weight(1)
        def test_j(self): self.assertTrue(all(callable(f) for f in ALL["all"]))

    @weight(1)
    @pytest.mark.parametrize("f", [normalize])
    def test_k(f):
        assert callable(f)

    @weight(1)
    def test_l(f=normalize):
        assert callable(f)

    @weight(1)
    def test_m(fixed):
        assert fixed

    @weight(1)
    def test_other():
        assert hw2.other == 3
"""


def test_what_is_missing_passes_no_test(run):
    ran = run("def broken(:\nother = 3\n", ABSENT)
    assert ran.points() == {f"test_{x}": (0, 1) for x in "abcdefghijklm"} | {"test_other": (1, 1)}, ran.said
    assert all("hw2.py" in row["output"] for name, row in ran.rows.items() if "test_other" not in name)


def test_what_is_there_by_now_is_taken(run):
    hand_in = "def setup():\n    global SIZE\n    SIZE = 3\n"
    tests = "import hw2\nfrom hw2 import SIZE\ndef test_a(): hw2.setup()\ndef test_b(): assert SIZE == 3\n"
    ran = run(hand_in, tests)
    assert [row["status"] for row in ran.rows.values()] == ["passed", "passed"], ran.said


CATCHES = """
    import contextlib
    import hw2
    import pytest, unittest
    from gradescope_utils.autograder_utils.decorators import *

    class TestIt(unittest.TestCase):
        @weight(1)
        def test_bare(self):
            raised = False
            try: hw2.f(-1)
            except: raised = True
            self.assertTrue(raised)
        @weight(1)
        def test_base(self):
            with self.assertRaises(BaseException): hw2.f(-1)
        @weight(1)
        def test_suppressed(self):
            with contextlib.suppress(BaseException):
                hw2.f(-1)
                self.fail()
        @weight(1)
        def test_finally(self):
            try: hw2.f(-1)
            finally: return

    class TestClass(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            try: hw2.f(-1)
            except: cls.raised = True
        @weight(1)
        def test_once(self): self.assertTrue(self.raised)
        @weight(1)
        def test_twice(self): self.assertTrue(self.raised)

    @pytest.fixture(scope="module")
    def raised():
        try: hw2.f(-1)
        except: yield True

    @pytest.fixture(scope="module")
    def returned():
        try: hw2.f(-1)
        except: return True

    @weight(1)
    def test_fixed(raised): assert raised
    @weight(1)
    def test_fixed_too(raised): assert raised
    @weight(1)
    def test_given(returned): assert returned
    @weight(1)
    def test_given_too(returned): assert returned
"""
NAMES_CAUGHT = (
    "bare",
    "base",
    "suppressed",
    "finally",
    "once",
    "twice",
    "fixed",
    "fixed_too",
    "given",
    "given_too",
)
ENDINGS = {"hangs": "while True: pass", "ends": "__import__('os')._exit(0)"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_test_that_catches_everything_takes_an_ending_for_an_error(ending, run):
    ran = run(f"def f(x):\n    {ENDINGS[ending]}\n", CATCHES, assignment=LIMITS.replace("= 4", "= 20"))
    assert ran.points() == {f"test_{name}": (0, 1) for name in NAMES_CAUGHT}, ran.said


def test_an_error_that_was_expected_passes_them(run):
    ran = run("def f(x): raise ValueError\n", CATCHES)
    assert ran.points() == {f"test_{name}": (1, 1) for name in NAMES_CAUGHT}, ran.said


@pytest.mark.parametrize("place", ["conftest.py", "test_it.py"])
def test_no_file_of_tests_goes_on_after_an_ending(place, run):
    asks = "import hw2\nRAISED = False\ntry: hw2.f(-1)\nexcept: RAISED = True\n"
    test = (
        "from gradescope_utils.autograder_utils.decorators import weight\n@weight(1)\n"
        "def test_a(): assert RAISED\n"
    )
    beside = {"conftest.py": asks} if place == "conftest.py" else {}
    tests = "from conftest import RAISED\n" + test if beside else asks + test
    assert run("import os\ndef f(x): os._exit(0)\n", tests, beside=beside).points() == {"test_a": (0, 1)}
    assert run("def f(x): raise ValueError\n", tests, beside=beside).points() == {"test_a": (1, 1)}


IMPORTS = """
    import importlib, unittest
    import hw2
    from gradescope_utils.autograder_utils.decorators import *

    class TestIt(unittest.TestCase):
        @weight(1)
        def test_inside(self):
            import hw2
        @weight(1)
        def test_tried(self):
            try: import hw2
            except Exception as error: self.fail(str(error))
        @weight(1)
        def test_by_name(self): importlib.import_module("hw2")
        @weight(1)
        def test_again(self): importlib.reload(hw2)
        @weight(1)
        def test_some(self): self.assertIsNotNone(hw2)

    @weight(1)
    def test_fixture(submission): assert submission is not None
"""
IMPORTED = ("inside", "tried", "by_name", "again", "some", "fixture")
UNIMPORTABLE = {
    "no Python": "def broken(:\n",
    "raises": "1 / 0\n",
    "hangs": "while True: pass\n",
    "ends": "import os\nos._exit(0)\n",
    "leaves": "import sys\nsys.exit()\n",
}


@pytest.mark.parametrize("hand_in", UNIMPORTABLE)
def test_what_cannot_be_imported_passes_no_import(hand_in, run):
    ran = run(UNIMPORTABLE[hand_in], IMPORTS, assignment=LIMITS)
    assert ran.points() == {f"test_{name}": (0, 1) for name in IMPORTED}, ran.said


def test_what_can_be_imported_passes(run):
    assert run("x = 1\n", IMPORTS).points() == {f"test_{name}": (1, 1) for name in IMPORTED}
