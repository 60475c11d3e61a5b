"""Numerical differentiation: how much of it is noticed, and that no right formula is taken for it.

    python bench/numerical.py

Every right variant of bench/variants, every right hand-in of submissions_example, and every numerical answer
of bench/variants/numerical.py goes through the whole of `grade`, behind the wall. A numerical answer that
does not pass loses its points anyway and is not counted. The idioms of bench/idioms.py are handed in to an
assignment of their own, and so are differences of the same functions.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.assignment import Assignment, load_assignment
from grader.grade import grade
from grader.key import Key, make_key
from grader.record import ProblemRecord
from grader.reference import load_reference
from grader.sandbox import jail
from grader.submission import Submission, read_submission

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import idioms  # noqa: E402
from bench.variants import TOPICS, numerical  # noqa: E402

VARIANTS = ROOT / "bench" / "variants"
Answers = Mapping[str, Mapping[str, object]]  # functions by label, by problem
Where = tuple[str, str, str]  # a module of bench/variants, its dictionary, a label


def hand_ins(found: Mapping[str, list[Where]]) -> Iterator[tuple[Submission, dict[str, Where]]]:
    """Submissions that take the next answer for every problem, until all have had their turn."""
    helpers = {path.stem: (path.read_bytes(),) for path in VARIANTS.glob("*.py") if path.stem != "__init__"}
    for turn in range(max(map(len, found.values()))):
        taken = {name: where[turn] for name, where in found.items() if turn < len(where)}
        lines = [f"{name} = {m}.{side}[{name!r}][{label!r}]" for name, (m, side, label) in taken.items()]
        text = "\n".join([f"import {', '.join(helpers)}", *lines])
        yield Submission("hw2.py", "hw2", {"hw2": (text.encode(),), **helpers}), taken


def located(module: str, side: str, answers: Answers) -> dict[str, list[Where]]:
    return {name: [(module, side, label) for label in labels] for name, labels in answers.items()}


def graded(
    assignment: Assignment, key: Key, server: jail.Source, found: Mapping[str, list[Where]]
) -> Iterator[tuple[Where, ProblemRecord]]:
    """Every answer with what became of it."""
    for submission, taken in hand_ins(found):
        for problem in grade(assignment, key, submission, server).problems:
            if problem.name in taken:
                yield taken[problem.name], problem


def right_examples(assignment: Assignment, key: Key, server: jail.Source) -> Iterator[ProblemRecord]:
    for folder in sorted((ROOT / "submissions_example").glob("right_*")):
        submission = read_submission(folder, assignment.settings.file)
        yield from grade(assignment, key, submission, server).problems


def tried(
    server: jail.Source, answers: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, ProblemRecord]]:
    """Every answer to the assignment of bench/idioms.py that passes, with its label."""
    with tempfile.TemporaryDirectory() as folder:
        assignment = load_assignment(idioms.course(Path(folder)))
        key = make_key(assignment, load_reference(assignment))
        for submission, taken in idioms.hand_ins(answers):
            for problem in grade(assignment, key, submission, server).problems:
                if problem.name in taken and problem.verdict in ("right", "imprecise"):
                    yield taken[problem.name], problem


def main() -> int:
    assignment = load_assignment(ROOT)
    key = make_key(assignment, load_reference(assignment))
    right: dict[str, list[Where]] = {}
    for topic in TOPICS:
        right.update(located(topic.__name__.rpartition(".")[2], "RIGHT", topic.RIGHT))
    with jail.started() as server:
        variants = [problem for _, problem in graded(assignment, key, server, right)]
        examples = list(right_examples(assignment, key, server))
        quotients, elusive = (
            list(graded(assignment, key, server, located("numerical", side, getattr(numerical, side))))
            for side in ("NUMERICAL", "ELUSIVE")
        )
        odd, differenced = (list(tried(server, x)) for x in (idioms.RIGHT, idioms.QUOTIENTS))
    suspected = show(quotients)
    noticed = sum(bool(problem.numerical) for _, problem in elusive)
    print(f"written so as not to be noticed: {noticed} of {len(elusive)} suspected")
    seen = sum(bool(problem.numerical) for _, problem in differenced)
    print(f"differences in an assignment of their own: {len(differenced)} pass, {seen} suspected")
    right_ones = (*variants, *examples, *(problem for _, problem in odd))
    accused = [problem for problem in right_ones if problem.numerical]
    print(
        f"right variants, functions of right hand-ins, idioms: {len(variants)}, {len(examples)}, {len(odd)}",
        end="; ",
    )
    print(f"{sum(p.verdict != 'right' for p in variants)} not right; suspected: {len(accused)}")
    for problem in accused:
        print(f"  {problem.name}: {problem.numerical}")
    return int(bool(accused) or suspected < 0.9)


def show(quotients: list[tuple[Where, ProblemRecord]]) -> float:
    """A line for each problem, then what escapes; the share that is suspected."""
    passing = [(label, p) for (_, _, label), p in quotients if p.verdict in ("right", "imprecise")]
    print(f"{'':36}{'written':>8}{'passing':>9}{'suspected':>11}")
    for name in dict.fromkeys(p.name for _, p in quotients):
        written = sum(p.name == name for _, p in quotients)
        own = [p for _, p in passing if p.name == name]
        print(f"{name:36}{written:8}{len(own):9}{sum(bool(p.numerical) for p in own):11}")
    suspected = sum(bool(p.numerical) for _, p in passing)
    print(f"{'':36}{len(quotients):8}{len(passing):9}{suspected:11}")
    for label, problem in passing:
        if not problem.numerical:
            print(f"  not suspected: {problem.name}, {label}")
    return suspected / len(passing)


if __name__ == "__main__":
    sys.exit(main())
