"""What is wrong with a source text costs as little of it as possible, and a note says what and where."""

import sys
from textwrap import dedent

import pytest

from grader.sandbox.loader import load
from grader.sandbox.outcome import Note


@pytest.fixture
def loaded():
    """Load a script's bytes, or a notebook's cells: what it defined, and the notes."""
    finders, modules, limit = list(sys.meta_path), set(sys.modules), sys.getrecursionlimit()

    def defined(*cells, **helpers):
        cells = [dedent(cell) if isinstance(cell, str) else cell for cell in cells]
        sources = {name.replace("__", "."): (text.encode(),) for name, text in helpers.items()}
        module, notes = load({"hw2": cells, **sources}, "hw2", "hw2.py")
        return {name: x for name, x in vars(module).items() if not name.startswith("__")}, notes

    yield defined
    sys.meta_path[:] = finders
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    assert sys.getrecursionlimit() == limit


def script(text):
    return dedent(text).encode()


def wheres(notes):
    return [note.where for note in notes]


def losses(notes):
    return [note.lost for note in notes]


def test_a_sound_script_is_executed_without_notes(loaded):
    defined, notes = loaded(script("a = 1\nb = a + 1\n"))

    assert (defined, notes) == ({"a": 1, "b": 2}, [])


def test_an_empty_file_defines_nothing(loaded):
    assert loaded(b"") == ({}, [])


def test_a_statement_that_fails_costs_itself(loaded):
    defined, notes = loaded(script("a = 1\nb = nothing\nc = 3\n"))

    assert defined == {"a": 1, "c": 3}
    assert notes == [Note("hw2.py, line 2", "NameError: name 'nothing' is not defined")]


def test_a_note_has_the_line_inside_the_statement_that_failed(loaded):
    _, notes = loaded(script("a = 1\ndef f():\n    return 1 / 0\n\nf()\n"))

    assert wheres(notes) == ["hw2.py, line 3"]


def test_a_definition_that_fails_is_lost_by_name(loaded):
    _, notes = loaded(script("def f(x=nothing):\n    return x\n"))

    assert losses(notes) == [("f",)]


def test_a_missing_package_costs_its_import_alone(loaded):
    defined, notes = loaded(script("import no_such_package\na = 1\n"))

    assert defined == {"a": 1}
    assert notes == [
        Note("hw2.py, line 1", "ModuleNotFoundError: No module named 'no_such_package'"),
    ]


@pytest.mark.parametrize("leave", ["sys.exit(3)", "exit()", "raise KeyboardInterrupt", "raise GeneratorExit"])
def test_leaving_at_the_top_level_costs_itself(loaded, leave):
    defined, notes = loaded(script(f"import sys\n{leave}\na = 1\n"))

    assert defined["a"] == 1
    assert wheres(notes) == ["hw2.py, line 2"]


def test_a_huge_message_is_cut(loaded):
    _, notes = loaded(script("raise ValueError('a' * 10**6)"))

    assert notes[0].message == "ValueError: " + "a" * 500


def test_a_message_that_cannot_be_shown_is_said_to_be_so(loaded):
    _, notes = loaded(
        script("""\
            class Broken(Exception):
                def __str__(self):
                    raise self
            raise Broken
        """)
    )

    assert notes[0].message == "Broken: (its message cannot be shown)"


def test_a_syntax_error_costs_the_function_it_is_in(loaded):
    defined, notes = loaded(
        script("""\
            def f(x):
                return x

            def g(x):
                return (x

            def h(x):
                return x
        """)
    )

    assert sorted(defined) == ["f", "h"]
    assert notes == [Note("hw2.py, line 5", "SyntaxError: '(' was never closed", ("g",))]


def test_every_function_of_a_broken_class_is_lost(loaded):
    _, notes = loaded(
        script("""\
            class A:
                def f(self):
                    return (1

                def g(self):
                    return 2
        """)
    )

    assert losses(notes) == [("f", "g")]


def test_a_broken_function_is_lost_with_its_decorator(loaded):
    defined, notes = loaded(
        script("""\
            @staticmethod
            def f(x):
                return (x

            @staticmethod
            def g(x):
                return x
        """)
    )

    assert (sorted(defined), losses(notes)) == (["g"], [("f",)])


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param("if True:\n    a = 1\nelse:\n    a = 2\n", id="else"),
        pytest.param("if False:\n    a = 2\nelif True:\n    a = 1\n", id="elif"),
        pytest.param("try:\n    a = 1 / 0\nexcept ZeroDivisionError:\n    a = 1\n", id="except"),
        pytest.param("try:\n    a = 1\nfinally:\n    b = 1\n", id="finally"),
        pytest.param("for a in range(2):\n    pass\nelse:\n    b = 1\n", id="for"),
        pytest.param("(a,\nb) = (1,\n2)\n", id="brackets"),
        pytest.param('b = """\nc = 3\nd\n"""\na = 1\n', id="text at the margin"),
        pytest.param("# a comment\n\na = 1\n", id="comment"),
    ],
)
def test_statements_beside_a_syntax_error_stay_whole(loaded, kept):
    defined, notes = loaded(script(f"{kept}this is no Python\n"))

    assert (defined["a"], len(notes)) == (1, 1)


def test_lines_are_counted_as_python_counts_them(loaded):
    _, notes = loaded(b"# wie \x85blich\n\x0c\ndef g(x):\n    return (x\n")

    assert wheres(notes) == ["hw2.py, line 4"]


def test_python_2_costs_the_statements_that_print(loaded):
    defined, notes = loaded(
        script("""\
            print "hello"
            def f(x):
                print "x is", x
                return x
            def g(x):
                return x
        """)
    )

    assert sorted(defined) == ["g"]
    assert (wheres(notes), losses(notes)) == (["hw2.py, line 1", "hw2.py, line 3"], [(), ("f",)])


def test_nul_bytes_cost_their_line(loaded):
    defined, notes = loaded(script("a = 1\n\0\0\nb = 2\n"))

    assert (defined, wheres(notes)) == ({"a": 1, "b": 2}, ["hw2.py, line 2"])


def test_mixed_tabs_and_spaces_cost_their_function(loaded):
    defined, notes = loaded(b"def f(x):\n\tif x:\n        return x\ndef g(x):\n    return x\n")

    assert (sorted(defined), losses(notes)) == (["g"], [("f",)])


@pytest.mark.parametrize("deep", ["(" * 5000 + ")" * 5000, "-" * 50_000 + "1"])
def test_what_is_nested_too_deep_costs_itself(loaded, deep):
    defined, notes = loaded(f"a = {deep}\nb = 2\n".encode())

    assert (defined, wheres(notes)) == ({"b": 2}, ["hw2.py, line 1"])


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("x = 'é'\n".encode(), id="UTF-8"),
        pytest.param("x = 'é'\n".encode("utf-8-sig"), id="byte order mark"),
        pytest.param("x = 'é'\n".encode("latin-1"), id="undeclared Latin-1"),
        pytest.param("# coding: latin-1\nx = 'é'\n".encode("latin-1"), id="cookie"),
        pytest.param("# coding: no-such-codec\nx = 'é'\n".encode("latin-1"), id="unknown cookie"),
        pytest.param("# coding: hex\nx = 'é'\n".encode("latin-1"), id="cookie that is no text encoding"),
        pytest.param("x = 'é'\n".encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xfe\xff" + "x = 'é'\n".encode("utf-16-be"), id="UTF-16, big-endian"),
    ],
)
def test_a_text_is_read_in_the_encoding_it_is_in(loaded, data):
    assert loaded(data) == ({"x": "é"}, [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_any_end_of_line_will_do(loaded, end):
    text = end.join(["def f(x):", "    return x", "def g(x):", "    return (x", "def h(x):", "    return x"])
    defined, notes = loaded(text.encode())

    assert (sorted(defined), wheres(notes)) == (["f", "h"], ["hw2.py, line 4"])


def test_annotations_from_the_future_are_not_evaluated(loaded):
    defined, notes = loaded(
        script("""\
            '''A docstring.'''
            from __future__ import annotations
            def f(x: Nowhere) -> Nothing:
                return x
        """)
    )

    assert (defined["f"].__annotations__, notes) == ({"x": "Nowhere", "return": "Nothing"}, [])


def test_the_future_holds_beside_a_syntax_error(loaded):
    defined, _ = loaded(script("from __future__ import annotations\na b\ndef f(x: Nowhere):\n    return x\n"))

    assert defined["f"].__annotations__ == {"x": "Nowhere"}


def test_the_graders_own_future_is_not_inherited(loaded):
    _, notes = loaded(script("def f(x: Nowhere):\n    return x\n"))

    assert losses(notes) == [("f",)]


def test_what_is_for_the_main_program_is_not_executed(loaded):
    assert loaded(script("a = 1\nif __name__ == '__main__':\n    a = 2\n")) == ({"a": 1}, [])


def test_decorators_are_applied(loaded):
    defined, _ = loaded(
        script("""\
            import functools
            def doubled(f):
                @functools.wraps(f)
                def g(x):
                    return 2 * f(x)
                return g

            @doubled
            @functools.lru_cache
            def f(x):
                return x + 1
        """)
    )

    assert defined["f"](2) == 6


def test_dataclasses_are_defined(loaded):
    defined, notes = loaded(
        script("""\
            from __future__ import annotations
            from dataclasses import dataclass, field
            from typing import ClassVar, NamedTuple

            @dataclass
            class A:
                count: ClassVar[int] = 0
                x: float
                others: list[A] = field(default_factory=list)

            class B(NamedTuple):
                y: float = 2.0

            z = (A(1.0).x, B().y)
        """)
    )

    assert (defined["z"], notes) == ((1.0, 2.0), [])


def test_cells_share_their_names(loaded):
    defined, notes = loaded("a = 1\n", "b = a + 1\n")

    assert (defined, notes) == ({"a": 1, "b": 2}, [])


def test_a_broken_cell_costs_its_own_function(loaded):
    defined, notes = loaded("def f(x):\n    return (x\n", "def g(x):\n    return x\n")

    assert sorted(defined) == ["g"]
    assert notes == [Note("cell 1, line 2", "SyntaxError: '(' was never closed", ("f",))]


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("%matplotlib inline\na = 1\n", id="line magic"),
        pytest.param("!pip install numpy\na = 1\n", id="shell"),
        pytest.param("!echo it's 'mine\na = 1\n", id="shell with a quote"),
        pytest.param("?len\nlen?\nstr.join??\na = 1\n", id="help"),
        pytest.param("%%time\na = 1\n", id="timed cell"),
        pytest.param("\n%%capture output\n%matplotlib inline\na = 1\n", id="captured cell"),
        pytest.param("if True:\n    %matplotlib inline\n    a = 1\n", id="indented"),
        pytest.param(
            "try:\n    %load_ext nothing\nexcept ImportError:\n    !pip install it\na = 1\n", id="try"
        ),
    ],
)
def test_a_magic_costs_nothing_but_itself(loaded, cell):
    assert loaded(cell) == ({"a": 1}, [])


@pytest.mark.parametrize("line", ["files = !ls", "files = %sql SELECT 1", "files=!ls | wc"])
def test_what_a_magic_would_have_returned_is_none(loaded, line):
    assert loaded(f"{line}\na = 1\n") == ({"files": None, "a": 1}, [])


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile rules.py", "%%javascript"])
def test_a_cell_in_another_language_is_dropped(loaded, magic):
    assert loaded(f"{magic}\nls -l\n", "a = 1\n") == ({"a": 1}, [])


@pytest.mark.parametrize("magic", ["", "%matplotlib inline\n"], ids=["without a magic", "beside a magic"])
@pytest.mark.parametrize(
    ("cell", "a"),
    [
        pytest.param('a = """\n% a\n!b\n"""\n', "\n% a\n!b\n", id="text"),
        pytest.param('a = ("%d"\n     % 3)\n', "3", id="operator in brackets"),
        pytest.param("a = 7 \\\n  % 4\n", 3, id="operator behind a backslash"),
    ],
)
def test_a_sign_that_is_no_magic_is_left_alone(loaded, magic, cell, a):
    assert loaded(magic + cell) == ({"a": a}, [])


def test_lines_beside_magics_keep_their_numbers(loaded):
    _, notes = loaded("%%time\n%matplotlib inline\na = nothing\n")

    assert wheres(notes) == ["cell 1, line 3"]


def test_a_syntax_error_beside_a_magic_costs_its_own_function(loaded):
    defined, notes = loaded("%matplotlib inline\ndef f(x):\n    return x x\ndef g(x):\n    return x\n")

    assert (sorted(defined), wheres(notes), losses(notes)) == (["g"], ["cell 1, line 3"], [("f",)])


def test_a_helper_module_can_be_imported(loaded):
    defined, notes = loaded(script("import rules\na = rules.a\n"), rules="a = 1\n")

    assert (defined["a"], notes) == (1, [])


def test_a_folder_is_a_package_with_or_without_its_init(loaded):
    defined, notes = loaded(
        script("from with_init import a\nfrom without.rules import b\nimport without.rules as c\n"),
        with_init="from .rules import a\n",
        with_init__rules="a = 1\n",
        without__rules="b = 2\n",
    )

    assert ((defined["a"], defined["b"], defined["c"].b), notes) == ((1, 2, 2), [])


def test_a_helper_may_import_the_hand_in(loaded):
    defined, notes = loaded(script("a = 1\nimport rules\nb = rules.b\n"), rules="import hw2\nb = hw2.a + 1\n")

    assert (defined["b"], notes) == (2, [])


def test_a_statement_that_fails_in_a_helper_costs_itself(loaded):
    defined, notes = loaded(
        script("import calculus.rules as r\na = r.a\n"), calculus__rules="nothing\na = 1\n"
    )

    assert (defined["a"], wheres(notes)) == (1, ["calculus/rules.py, line 1"])


def test_a_helper_is_executed_once(loaded):
    defined, _ = loaded(
        script("import counter\nfrom counter import count\nfrom other import again\n"),
        counter="import sys\nsys.flags_seen = getattr(sys, 'flags_seen', 0) + 1\ncount = sys.flags_seen\n",
        other="import counter\nagain = counter.count\n",
    )
    del sys.flags_seen

    assert (defined["count"], defined["again"]) == (1, 1)


@pytest.mark.parametrize("name", ["numpy", "random", "colorsys"])
def test_a_helper_never_shadows_what_is_installed(loaded, name, monkeypatch):
    monkeypatch.delitem(sys.modules, name) if name == "colorsys" and name in sys.modules else None
    defined, _ = loaded(
        script(f"import {name}\nshadowed = hasattr({name}, 'shadow')\n"), **{name: "shadow = 1\n"}
    )

    assert defined["shadowed"] is False


def test_a_module_that_nobody_has_is_still_missing(loaded):
    _, notes = loaded(script("import rule\n"), rules="a = 1\n")

    assert [note.message for note in notes] == ["ModuleNotFoundError: No module named 'rule'"]


@pytest.mark.parametrize("terms", [900, 1500, 2500])
def test_a_long_sum_is_no_lost_function(loaded, terms):
    """Text may nest deeper than the tree that it is parsed into."""
    total = " + ".join(["x"] * terms)
    defined, notes = loaded(f"import math\n\ndef f(x):\n    return {total}\n\nlast = 1\n".encode())

    assert (notes, defined["f"](1), defined["last"]) == ([], terms, 1)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = [1,\n 2]; big = {sum}", 1000),
        ('a = """é\ny"""; big = {sum}', 1000),
        ("c = []\nc.append(1); big = {sum} + len(c)", 1001),
        ("big = {sum}; big += 1", 1001),
    ],
)
def test_a_long_sum_beside_other_statements_is_executed_once_and_alone(loaded, source, expected):
    defined, notes = loaded(source.replace("{sum}", " + ".join(["1"] * 1000)).encode())

    assert (notes, defined["big"]) == ([], expected)
