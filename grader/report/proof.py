"""A proof as a table on the terminal: one line for every function, then a sentence for whatever fails."""

from __future__ import annotations

from math import inf, isinf
from typing import TYPE_CHECKING, TextIO

from grader.proving.proof import MistakeProof, ProblemProof, Proof, failures
from grader.report.escape import printable, throughout
from grader.report.text import printed_on, say

if TYPE_CHECKING:
    from rich.table import Table

NONE = "–"  # where there is nothing to say


def show(proof: Proof, stream: TextIO) -> None:
    """Print the proof. Colour follows the terminal and NO_COLOR; the words alone say everything."""
    console = printed_on(stream)
    proof = throughout(proof, printable)
    say(console, f"{proof.assignment}: is every reference right, and is every mistake noticed?", style="bold")
    console.print(_table(proof))
    say(console, _legend(proof), style="dim")
    for sentence in (*failures(proof), *_deviations(proof)):
        say(console, f"fails: {sentence}", style="red")
    for note in _notes(proof):
        say(console, f"note: {note}")
    say(console, _summary(proof), style="bold")


def _table(proof: Proof) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    mutated = any(problem.mutations for problem in proof.problems)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column("function", no_wrap=True)
    for name in ("derivative", "mistakes", "nearest", "µs", *(["mutants"] if mutated else [])):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("proved", overflow="fold")
    for place, problem in enumerate(proof.problems):
        last = place + 1 == len(proof.problems) or proof.problems[place + 1].topic != problem.topic
        failing = ", ".join(problem.failing)
        table.add_row(
            *(Text(cell) for cell in _cells(problem, mutated=mutated)),
            Text(failing or "ok", style="red" if failing else "green"),
            end_section=last,
        )
    return table


def _cells(problem: ProblemProof, *, mutated: bool) -> list[str]:
    """How far it is from its derivative, how many mistakes are told apart, by how much the nearest one, …"""
    told = sum(mistake.margin > 0 for mistake in problem.mistakes)
    cells = [
        problem.number,
        problem.name,
        _error(problem),
        f"{told}/{len(problem.mistakes)}" if problem.mistakes else NONE,
        _decades(problem.mistakes),
        f"{problem.microseconds:.0f}",
    ]
    if mutated:
        proof = problem.mutations
        cells.append(f"{proof.caught}/{proof.changed}" if proof else NONE)
    return cells


def _error(problem: ProblemProof) -> str:
    if problem.off is None:
        return NONE
    error = "other shape" if isinf(problem.off) else "0" if problem.off == 0 else f"{problem.off:.0e}"
    return f"{error} *" if problem.by == "differences" else error


def _decades(mistakes: tuple[MistakeProof, ...]) -> str:
    nearest = min((mistake.margin for mistake in mistakes), default=None)
    if nearest is None:
        return NONE
    return "form" if nearest == inf else "same" if nearest == -inf else f"{nearest:.1f}"


def _legend(proof: Proof) -> str:
    says = [
        "derivative: how far the reference is from that of the public function, relative to its condition",
        "nearest: decades from the nearest known mistake to what still passes (form: told without numbers)",
        "µs: for one case",
    ]
    if any(problem.by == "differences" for problem in proof.problems):
        says[0] += " (*: by differences)"
    if any(problem.mutations for problem in proof.problems):
        says.append("mutants: caught, of those that change a value")
    return "; ".join(says) + "."


def _deviations(proof: Proof) -> list[str]:
    """What the examples show; a broken function shows in many of them, and that is said once."""
    alike: dict[str, list[str]] = {}
    for sentence in (sentence for example in proof.examples for sentence in example.deviations):
        where, _, says = sentence.partition(": ")
        alike.setdefault(says, []).append(where)
    return [
        f"{where[0]}: {says}" if len(where) == 1 else f"{len(where)} examples: {says} ({', '.join(where)})"
        for says, where in alike.items()
    ]


def _notes(proof: Proof) -> list[str]:
    notes = [note for problem in proof.problems for note in problem.notes] + list(proof.notes)
    hiding = {
        (problem.name, hidden.row)
        for problem in proof.problems
        for mistake in problem.mistakes
        for hidden in mistake.hidden
        if mistake.ok and hidden.row != "core" and hidden.whole
    }
    if hiding:
        rows, them = ("row hides", "it") if len(hiding) == 1 else ("rows hide", "them")
        notes.append(f"{len(hiding)} special {rows} a mistake that others tell (--json names {them})")
    return notes


def _summary(proof: Proof) -> str:
    failing = sum(bool(problem.failing) for problem in proof.problems)
    told = sum(mistake.margin > 0 for problem in proof.problems for mistake in problem.mistakes)
    mutations = [problem.mutations for problem in proof.problems if problem.mutations]
    right = sum(not example.deviations for example in proof.examples)
    counted = [
        f"{len(proof.problems) - failing} of {len(proof.problems)} functions",
        f"{told} of {sum(len(problem.mistakes) for problem in proof.problems)} mistakes",
        *([f"{right} of {len(proof.examples)} examples"] if proof.examples else []),
        *(
            [f"{sum(m.caught for m in mutations)} of {sum(m.changed for m in mutations)} mutants"]
            if mutations
            else []
        ),
    ]
    took = f"{proof.provenance.seconds:.1f} s, the key {proof.provenance.key_seconds:.2f} s"
    return f"{'proved' if proof.proved else 'not proved'}: {', '.join(counted)} ({took})"
