"""Whatever a hand-in does, every call has an outcome, and it costs no more than it must."""

import numpy as np
import pytest

from grader.faults import Fault
from grader.sandbox import frames
from grader.sandbox.frames import Foreign, Stub
from grader.sandbox.outcome import MAX_PRINTED, Crashed, Missing, NotRun, Raised, Returned, TimedOut
from grader.sandbox.question import Question
from grader.sandbox.session import MAX_NAME, MAX_TEXT, NO_ANSWER, NO_TIME, Session
from grader.submission import Submission

SOON = 0.3  # seconds
ENDED = NotRun("an earlier call ended the process")
CLOSED = "it was killed, or closed the grader's connection"
NOTHING = Question("f", (), ((),))
THRICE = Question("f", ("x",), ((1.0,), (2.0,), (3.0,)))

WIRE = """
import os
def wire():
    return 3
def say(data):
    while data:
        data = data[os.write(wire(), data):]
"""


def values(outcomes):
    """The numbers that came back, and any other outcome as it is."""
    return [float(outcome.value) if isinstance(outcome, Returned) else outcome for outcome in outcomes]


def described(outcome):
    """An outcome without the time it took, its value as types and lists: `==` of arrays is no truth value."""
    match outcome:
        case Returned(np.ndarray() as x, mutated, calls):
            return ("returned", x.dtype.str, x.tolist(), mutated, calls)
        case Returned(value, mutated, calls):
            return ("returned", type(value), value, mutated, calls)
    return outcome


def test_every_call_has_an_outcome_in_order(opened):
    with opened("def f(x): return 2 * x") as session:
        assert values(session.ask(THRICE)) == [2, 4, 6]


def test_questions_are_asked_of_one_process(opened):
    source = """\
        count = 0
        def f(x):
            global count
            count += 1
            return count
    """
    with opened(source) as session:
        assert values(session.ask(THRICE)) + values(session.ask(THRICE)) == [1, 2, 3, 4, 5, 6]


def test_a_name_that_is_nowhere_is_missing(opened):
    with opened("def g(x): return x") as session:
        assert session.ask(THRICE) == (Missing(),) * 3


def test_what_is_no_function_is_missing(opened):
    with opened("f = 3") as session:
        assert session.ask(THRICE) == (Missing(),) * 3


def test_a_missing_function_does_not_end_the_process(opened):
    with opened("import os\ndef g(): return os.getpid()") as session:
        (before,) = session.ask(Question("g", (), ((),)))
        session.ask(THRICE)
        (after,) = session.ask(Question("g", (), ((),)))

    assert after.value == before.value


def test_a_function_lost_to_a_syntax_error_is_missing_for_that_reason(opened):
    with opened("def g(x):\n    return x\n\ndef f(x):\n    return (x\n") as session:
        assert session.ask(THRICE)[0] == Missing("hw2.py, line 5: SyntaxError: '(' was never closed")


def test_a_function_lost_to_an_exception_is_missing_for_that_reason(opened):
    with opened("@nothing\ndef f(x):\n    return x\n") as session:
        assert session.ask(THRICE)[0] == Missing("hw2.py, line 1: NameError: name 'nothing' is not defined")


def test_what_could_not_be_executed_is_noted(opened):
    with opened("a = nothing\ndef f(x): return x") as session:
        session.ask(THRICE)

        assert [note.where for note in session.notes] == ["hw2.py, line 1"]


@pytest.mark.parametrize(("line", "count"), [("nothing\n", 20_000), ("no thing\n", 1000)])
def test_thousands_of_errors_cost_no_function(opened, line, count):
    with opened(f"{line * count}def f(x): return x\n") as session:
        assert (values(session.ask(THRICE)), len(session.notes)) == ([1, 2, 3], 20)


def test_a_hand_in_without_source_needs_no_process():
    submission = Submission("hw2.zip", "hw2", {"hw2": ()}, fault="it is empty")
    with Session(submission, limits=None, source=None) as session:
        assert session.ask(THRICE) == (Missing("it is empty"),) * 3


def test_an_endless_loop_costs_its_call_and_those_behind_it(opened):
    with opened("def f(x):\n    while x == 2: pass\n    return x", call_seconds=SOON) as session:
        first, second, third = session.ask(THRICE)

    assert (float(first.value), second, third) == (1, TimedOut(SOON), ENDED)


def test_waiting_is_no_better_than_computing(opened):
    with opened("import threading\ndef f(): threading.Event().wait()", call_seconds=SOON) as session:
        assert session.ask(NOTHING) == (TimedOut(SOON),)


def test_a_crash_costs_its_call_and_those_behind_it(opened):
    source = "import ctypes\ndef f(x): return ctypes.string_at(0) if x == 2 else x"
    with opened(source) as session:
        first, second, third = session.ask(THRICE)

    assert (float(first.value), second, third) == (1, Crashed("it crashed (SIGSEGV)"), ENDED)


@pytest.mark.parametrize("death", ["os._exit(0)", "os.abort()", "say(b'nonsense')"])
def test_a_fresh_process_takes_up_at_the_next_question(opened, death):
    source = f"{WIRE}\ndef f():\n    {death}\nBORN = os.urandom(8)\ndef g(x): return (BORN.hex(), x)\n"
    with opened(source) as session:
        (before,) = session.ask(Question("g", ("x",), ((1,),)))
        session.ask(NOTHING)
        (after,) = session.ask(Question("g", ("x",), ((2,),)))

    assert (before.value[1], after.value[1], after.value[0] != before.value[0]) == (1, 2, True)


def test_an_exception_does_not_end_the_process(opened):
    source = "import os\ndef f(x):\n    if x == 2: raise ValueError\n    return os.getpid()"
    with opened(source) as session:
        first, second, third = session.ask(THRICE)

    assert (second.kind, third.value) == ("ValueError", first.value)


@pytest.fixture
def forked(server, monkeypatch):
    """The processes that were forked meanwhile."""
    processes, fork = [], server.fork
    monkeypatch.setattr(server, "fork", lambda limits: processes.append(fork(limits)) or processes[-1])
    return processes


def test_an_import_that_does_not_end_is_tried_once(opened, forked):
    with opened("while True: pass", import_seconds=SOON) as session:
        outcomes = (*session.ask(THRICE), *session.ask(NOTHING))

    assert (outcomes, len(forked)) == ((TimedOut(SOON, importing=True),) * 4, 1)


@pytest.mark.parametrize(
    ("death", "words"),
    [
        ("os._exit(3)", "it ended the process (exit code 3)"),
        ("ctypes.string_at(0)", "it crashed (SIGSEGV)"),
        ("say(b'nonsense')", NO_ANSWER),
        ("os.close(wire()) or signal.pause()", CLOSED),
    ],
)
def test_an_import_that_dies_is_tried_once(opened, forked, death, words):
    with opened(f"{WIRE}\nimport ctypes, signal\n{death}") as session:
        outcomes = (*session.ask(THRICE), *session.ask(NOTHING))

    assert (outcomes, len(forked)) == ((Crashed(words, importing=True),) * 4, 1)


def test_an_import_may_take_longer_than_a_call(opened):
    source = f"import threading\nthreading.Event().wait({2 * SOON})\ndef f(x): return x"
    with opened(source, call_seconds=SOON) as session:
        assert values(session.ask(THRICE)) == [1, 2, 3]


def test_time_for_the_whole_hand_in_is_shared(opened):
    with opened("def f():\n    while True: pass", hand_in_seconds=SOON) as session:
        outcomes = (*session.ask(NOTHING), *session.ask(NOTHING), *session.ask(THRICE))

    assert outcomes == (NotRun(NO_TIME),) * 5


def test_answers_before_the_end_of_the_time_are_kept(opened):
    source = "def f(x):\n    while x == 3: pass\n    return x"
    with opened(source, hand_in_seconds=1.0) as session:
        first, second, third = session.ask(THRICE)

    assert (float(first.value), float(second.value), third) == (1, 2, NotRun(NO_TIME))


def test_calls_of_a_given_function_do_not_prolong_the_deadline(opened):
    source = "def f(s):\n    while True: s(1.0)"
    with opened(source, call_seconds=SOON) as session:
        assert session.ask(Question("f", ("s",), ((np.square,),))) == (TimedOut(SOON),)


def test_inputs_that_cannot_be_sent_are_the_graders_fault(opened):
    with opened("def f(x): return x") as session, pytest.raises(Fault) as caught:
        session.ask(Question("f", ("x",), ((np.zeros(10**6),),)))

    assert str(caught.value) == (
        "f: its inputs cannot be sent: an array of dtype float64 and shape (1000000,) does not travel"
    )


REFUSED = Raised("TypeError", "TypeError: this function can only be called by the call that it was given to")
LEFT = Crashed("it ended the process (exit code 0)")
NONSENSE = Crashed(NO_ANSWER)
ONES = np.ones(2)


def answer(value=1.5, index=0, mutated=(), seconds=0.5, printed=""):
    return frames.frame(("answer", index, value, mutated, seconds, printed))


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        pytest.param(b"score: 100\n" * 100, NONSENSE, id="text"),
        pytest.param(b"\xff\xff\xff\xff", NONSENSE, id="header of 4 GiB"),
        pytest.param(b"\x00\x00\x00\x00", NONSENSE, id="empty frame"),
        pytest.param(b"\x02\x00", LEFT, id="half a header"),
        pytest.param(answer()[:-1], LEFT, id="half a frame"),
        pytest.param(answer() + b"\x00", ("returned", float, 1.5, (), {}), id="answer and a byte"),
        pytest.param(answer(), ("returned", float, 1.5, (), {}), id="answer"),
        pytest.param(answer(ONES), ("returned", "<f8", [1, 1], (), {}), id="array"),
        pytest.param(answer(Foreign("x")), ("returned", Foreign, Foreign("x"), (), {}), id="foreign"),
        pytest.param(answer(Stub(0, "x")), ("returned", Stub, Stub(0, "x"), (), {}), id="stub"),
        pytest.param(answer(b"x"), ("returned", bytes, b"x", (), {}), id="bytes"),
        pytest.param(answer(mutated=(0, 1)), ("returned", float, 1.5, ("x", "s"), {}), id="mutated"),
        pytest.param(answer(mutated=(7, -1, 2**70)), ("returned", float, 1.5, (), {}), id="mutated nowhere"),
        pytest.param(answer(seconds=-1.0), ("returned", float, 1.5, (), {}), id="negative time"),
        pytest.param(answer(mutated=(ONES,)), NONSENSE, id="mutated holds an array"),
        pytest.param(answer(mutated=("x",)), NONSENSE, id="mutated holds a text"),
        pytest.param(answer(mutated=ONES), NONSENSE, id="mutated is an array"),
        pytest.param(answer(mutated=None), NONSENSE, id="mutated is None"),
        pytest.param(answer(seconds=ONES), NONSENSE, id="time is an array"),
        pytest.param(answer(printed=ONES), NONSENSE, id="printed is an array"),
        pytest.param(answer(printed=b"x"), NONSENSE, id="printed is bytes"),
        pytest.param(answer(index=1), NONSENSE, id="another call's answer"),
        pytest.param(answer(index=-1), NONSENSE, id="answer to call -1"),
        pytest.param(answer(index=2**200), NONSENSE, id="answer to a huge call"),
        pytest.param(answer(index=ONES), NONSENSE, id="index is an array"),
        pytest.param(frames.frame((ONES, 0, 1.5, (), 0.5)), NONSENSE, id="tag is an array"),
        pytest.param(frames.frame((ONES,)), NONSENSE, id="tuple of an array"),
        pytest.param(frames.frame((ONES, ONES, ONES)), NONSENSE, id="tuple of three arrays"),
        pytest.param(frames.frame((np.array(0), np.array(0), np.array(0), 1.5)), NONSENSE, id="0-d arrays"),
        pytest.param(frames.frame((b"answer", 0, 1.5, (), 0.5, "")), NONSENSE, id="tag is bytes"),
        pytest.param(frames.frame(("answer",)), NONSENSE, id="answer without anything"),
        pytest.param(frames.frame(("answer", 0, 1.5, (), 0.5, "", 0)), NONSENSE, id="answer with more"),
        pytest.param(frames.frame(ONES), NONSENSE, id="array alone"),
        pytest.param(frames.frame("answer"), NONSENSE, id="text alone"),
        pytest.param(frames.frame(b"missing"), NONSENSE, id="bytes alone"),
        pytest.param(frames.frame(None), NONSENSE, id="None"),
        pytest.param(frames.frame(()), NONSENSE, id="nothing"),
        pytest.param(frames.frame(Stub(0, "answer")), NONSENSE, id="stub alone"),
        pytest.param(frames.frame([[[[["answer"]]]]]), NONSENSE, id="nested"),
        pytest.param(frames.frame(("ready",)), NONSENSE, id="ready"),
        pytest.param(frames.frame(("loaded", (), "")), NONSENSE, id="loaded"),
        pytest.param(frames.frame(("value", ONES)), NONSENSE, id="value"),
        pytest.param(frames.frame(("missing",)), Missing(), id="missing"),
        pytest.param(frames.frame(("missing", ONES)), NONSENSE, id="missing with more"),
        pytest.param(
            frames.frame(("raised", 0, "A", "A: b", "hw2.py, line 1", "")),
            Raised("A", "A: b", "hw2.py, line 1"),
            id="raised",
        ),
        pytest.param(
            frames.frame(("raised", 0, "A" * 10**4, "b" * 10**4, "c" * 10**4, "")),
            Raised("A" * MAX_TEXT, "b" * MAX_TEXT, "c" * MAX_TEXT),
            id="raised, with huge texts",
        ),
        pytest.param(frames.frame(("raised", 0, ONES, "b", "c", "")), NONSENSE, id="kind is an array"),
        pytest.param(frames.frame(("raised", 0, "A", ONES, "c", "")), NONSENSE, id="message is an array"),
        pytest.param(frames.frame(("raised", 0, "A", "b", ONES, "")), NONSENSE, id="place is an array"),
        pytest.param(frames.frame(("call",)), LEFT, id="call of nothing"),
        pytest.param(frames.frame(("call", 0, 0, 1.5)), LEFT, id="call of an array"),
        pytest.param(frames.frame(("call", 0, 7, 1.5)), LEFT, id="call beyond the arguments"),
        pytest.param(frames.frame(("call", 0, -1, 1.5)), LEFT, id="call before the arguments"),
        pytest.param(frames.frame(("call", ONES, ONES, ONES)), LEFT, id="call with arrays for numbers"),
        pytest.param(frames.frame(("call", 0, 1, Stub(1, "s"))), LEFT, id="call with a stub"),
        pytest.param(frames.frame(("call", 0, 1, Foreign("x"))), LEFT, id="call with a foreign"),
        pytest.param(frames.frame(("call", 0, 1, [ONES])), LEFT, id="call with a list"),
        pytest.param(frames.frame(("call", 0, 1, 2**70)), LEFT, id="call with a huge integer"),
    ],
)
def test_what_is_forged_on_the_wire_is_an_outcome(ask, said, outcome):
    source = f"{WIRE}\ndef f(x, s):\n    say({said!r})\n    os._exit(0)"

    assert described(ask(source, ONES, np.square, parameters=("x", "s"))) == outcome


def test_a_forged_call_counts_as_one(ask):
    said = frames.frame(("call", 0, 0, 1.5)) + answer()
    source = f"{WIRE}\ndef f(s):\n    say({said!r})\n    os.read(wire(), 1)\n    os._exit(0)"

    assert ask(source, np.square, parameters=("s",)).calls == {"s": 1}


@pytest.mark.parametrize(
    ("said", "notes"),
    [
        pytest.param(("loaded", (), ""), [], id="loaded"),
        pytest.param(("loaded", (("a", "b", ("f",)),), ""), [("a", "b", ("f",))], id="note"),
        pytest.param(
            ("loaded", (("a" * 10**4, "b" * 10**4, ("f" * 10**3,) * 100),), ""),
            [("a" * MAX_NAME, "b" * MAX_TEXT, ("f" * MAX_NAME,) * 20)],
            id="huge note",
        ),
        pytest.param(("loaded", (("a", "b", ()),) * 10**3, ""), [("a", "b", ())] * 20, id="many notes"),
    ],
)
def test_what_is_forged_while_importing_is_noted(opened, said, notes):
    with opened(f"{WIRE}\nsay({frames.frame(said)!r})\nos._exit(0)") as session:
        outcomes = session.ask(NOTHING)

        assert outcomes == (LEFT,)
        assert [(note.where, note.message, note.lost) for note in session.notes] == notes


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(("loaded", ONES, ""), id="notes are an array"),
        pytest.param(("loaded", (ONES,), ""), id="note is an array"),
        pytest.param(("loaded", ((ONES, ONES, ONES),), ""), id="note of arrays"),
        pytest.param(("loaded", (("a", "b", (ONES,)),), ""), id="lost is an array"),
        pytest.param(("loaded", (("a", "b", "f"),), ""), id="lost is a text"),
        pytest.param(("loaded",), id="without notes"),
        pytest.param(("loaded", (), ONES), id="printed is an array"),
        pytest.param((ONES, ()), id="tag is an array"),
        pytest.param(ONES, id="array"),
        pytest.param(("ready",), id="ready"),
        pytest.param(("answer", 0, 1.5, (), 0.5, ""), id="answer"),
    ],
)
def test_nonsense_while_importing_is_a_crash(opened, said):
    with opened(f"{WIRE}\nsay({frames.frame(said)!r})\nos._exit(0)") as session:
        assert session.ask(NOTHING) == (Crashed(NO_ANSWER, importing=True),)


def test_answers_said_ahead_are_answers(opened):
    ahead = b"".join(answer(7.5, index) for index in range(3))
    with opened(f"{WIRE}\ndef f(x):\n    say({ahead!r})\n    os._exit(0)") as session:
        assert values(session.ask(THRICE)) == [7.5, 7.5, 7.5]


def test_an_answer_too_many_costs_the_next_call(opened):
    with opened(f"{WIRE}\ndef f(x):\n    say({answer()!r})\n    return x") as session:
        first, second, third = session.ask(THRICE)

    assert (first.value, second, third) == (1.5, NONSENSE, ENDED)


def test_half_a_frame_and_silence_end_at_the_deadline(ask):
    source = f"{WIRE}\nimport signal\ndef f():\n    say({answer()[:-1]!r})\n    signal.pause()"

    assert ask(source, call_seconds=SOON) == TimedOut(SOON)


def test_a_flood_ends_at_the_deadline_or_as_nonsense(ask):
    flood = frames.frame(("call",)) * 1000

    assert ask(f"{WIRE}\ndef f():\n    while True: say({flood!r})", call_seconds=SOON) == TimedOut(SOON)


def test_calling_without_listening_ends_at_the_deadline(ask):
    calls = frames.frame(("call", 0, 0, 1.5)) * 10_000

    assert ask(f"{WIRE}\ndef f(s): say({calls!r})", np.square, call_seconds=SOON) == TimedOut(SOON)


def test_closing_the_socket_costs_its_call_and_those_behind_it(opened):
    source = f"{WIRE}\nimport signal\ndef f(x): return x if x != 2 else os.close(wire()) or signal.pause()"
    with opened(source) as session:
        first, second, third = session.ask(THRICE)

    assert (float(first.value), second, third) == (1, Crashed(CLOSED), ENDED)


def test_threads_that_go_on_calling_harm_their_own_hand_in_alone(opened):
    source = """\
        import threading
        def f(s, x):
            def call():
                while True:
                    try: s(x)
                    except TypeError: pass
            threading.Thread(target=call, daemon=True).start()
            return x
    """
    with opened(source, call_seconds=SOON) as session:
        outcomes = session.ask(Question("f", ("s", "x"), ((np.square, 1.0),) * 3))

    assert all(isinstance(outcome, (Returned, Raised, Crashed, TimedOut, NotRun)) for outcome in outcomes)


def test_what_a_call_prints_comes_with_its_answer(opened):
    source = """
import sys
print("at import")
def f(x):
    print("f of", x)
    print("to stderr", file=sys.stderr)
    return x
def g(x):
    print("g of", x)
    raise ValueError
"""
    with opened(source) as session:
        returned = session.ask(THRICE)
        (raised,) = session.ask(Question("g", ("x",), ((4,),)))

    assert session.printed == "at import\n"
    assert [outcome.printed for outcome in returned] == [f"f of {x}.0\nto stderr\n" for x in (1, 2, 3)]
    assert (raised.kind, raised.printed) == ("ValueError", "g of 4\n")


def test_a_flood_of_prints_is_cut_and_costs_nothing_else(opened):
    source = "print('a' * 10**6)\ndef f(x):\n    for _ in range(10**4): print('b' * 100)\n    return x"
    with opened(source) as session:
        outcomes = session.ask(THRICE)

    assert (session.printed, values(outcomes)) == ("a" * MAX_PRINTED, [1, 2, 3])
    assert {len(outcome.printed) for outcome in outcomes} == {MAX_PRINTED}


def test_a_warning_is_printed(opened):
    with opened("import numpy as np\ndef f(x): return np.array([x]) / 0") as session:
        first, *_ = session.ask(THRICE)

    assert "hw2.py:2: RuntimeWarning: divide by zero" in first.printed


@pytest.mark.parametrize(
    "tampering",
    [
        "sys.stdout.close()",
        "sys.stdout = None",
        "sys.stdout.detach()",
        "sys.stdout.buffer.close()",
        "sys.stdout.buffer.getvalue = None",
        "sys.stdout.reconfigure(encoding='ascii')",
        "os.close(1); os.close(2)",
        "os.write(1, b'x' * 10**5)",
        "sys.stdout.buffer.write(b'\\xff' * 10**5)",
        "sys.stdout.buffer.seek(10**9)",
        "print(x); f.kept = sys.stdout.buffer.getbuffer()",
    ],
)
def test_tampering_with_standard_output_costs_no_answer(opened, tampering):
    with opened(f"import os, sys\ndef f(x):\n    {tampering}\n    return x") as session:
        outcomes = session.ask(Question("f", ("x",), ((1,),)))

    assert (values(outcomes), len(outcomes[0].printed) <= MAX_PRINTED) == ([1], True)


def test_a_later_load_prints_for_nobody(opened):
    source = "import os\nprint('loaded')\ndef f(x): os._exit(0)\ndef g(x): return x"
    with opened(source) as session:
        session.ask(THRICE)
        session.ask(Question("g", ("x",), ((1,),)))

    assert session.printed == "loaded\n"
