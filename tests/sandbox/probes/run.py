"""Runs probes through the real path: a hand-in's function, a session, a server with its layers on.

    python run.py < requests > answers

A request is {"without": layers, "probes": names, "apart": whether each has a process of its own}; without
names it is all probes, and the legitimate uses too. Where the wall stands no probe changes its process, so
one serves for all of them, but for those that come first. An answer is {"line", "sound",
"probes": {name: what became of it}, "uses": {name: true or why not}}.
"""

import json
import re
import sys
from pathlib import Path

from grader.sandbox import jail
from grader.sandbox.outcome import Crashed, NotRun
from grader.sandbox.question import Question
from grader.sandbox.session import Session
from grader.settings import Limits
from grader.submission import Submission

import legitimate
import probes
from lures import BUDGET, lures

HERE = Path(__file__).parent
LIMITS = Limits(import_seconds=30, call_seconds=20, hand_in_seconds=60, memory=BUDGET)


def main():
    json.dump([answered(request) for request in json.load(sys.stdin)], sys.stdout)


def answered(request):
    names = request["probes"]
    with lures() as target, jail.started(request["without"]) as server:
        every = dict.fromkeys((*probes.FIRST, *probes.PROBES))
        calls = [(name, *target) for name in (every if names is None else names)]
        uses = [(name,) for name in (legitimate.USES if names is None else ())]
        size = 1 if request["apart"] else len(calls)
        return {
            "line": server.isolation.line,
            "sound": server.isolation.sound,
            "probes": dict(asked(server, "probes", calls, size)),
            "uses": dict(asked(server, "legitimate", uses, len(uses))),
        }


def asked(server, module, calls, size):
    """What a hand-in's `attempt` says to each of these calls, or how its process ended; so many in one."""
    hand_in = Submission(f"{module}.py", module, {module: ((HERE / f"{module}.py").read_bytes(),)})
    left = list(calls)
    while left:
        parameters = tuple(f"x{place}" for place in range(len(left[0])))
        with Session(hand_in, LIMITS, server) as session:
            outcomes = session.ask(Question("attempt", parameters, tuple(left[:size])))
        said = [what_of(outcome) for outcome in outcomes if not isinstance(outcome, NotRun)]
        yield from zip((name for name, *_ in left), said, strict=False)
        left = left[max(len(said), 1) :]


def what_of(outcome):
    return signal_of(outcome) if isinstance(outcome, Crashed) else getattr(outcome, "value", f"{outcome}")


def signal_of(crashed):
    """SIGSYS, say."""
    return re.search(r"SIG\w+|$", crashed.how)[0] or crashed.how


if __name__ == "__main__":
    main()
