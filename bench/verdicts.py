"""Verdicts: right and wrong variants of every formula at scales 1, 1e-6 and 1e3, on the secret core draws.

    python bench/verdicts.py

A right variant is rejected when one of its values is; a wrong one is accepted when all of them pass. Where
there is nothing to scale, as for a curve's derivative, a variant counts once. η is the error in units of ε
times the condition; up to 1e4 is right, up to 1e10 right with lost digits.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from grader import sampling
from grader.assignment import load_assignment
from grader.compare import AMBER, GREEN, judge
from grader.key import by_reference, draw_samples
from grader.reference import load_reference

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.variants import TOPICS  # noqa: E402

EXPONENTS = (0, -6, 3)


def worst_eta(variant, problem, samples) -> float:
    """The largest η over the samples; infinite where the form is wrong or the variant fails."""
    etas = []
    for sample in samples:
        try:
            with np.errstate(all="ignore"):
                judgement = judge(
                    variant(*sample.case.arguments(problem)), sample.expected, sample.conditions
                )
        except Exception:
            return np.inf
        etas.append(
            judgement.eta if judgement.eta is not None else 0.0 if judgement.verdict.passes else np.inf
        )
    return max(etas)


def main() -> int:
    assignment = load_assignment(ROOT)
    reference = load_reference(assignment)
    right = {name: variants for topic in TOPICS for name, variants in topic.RIGHT.items()}
    wrong = {name: variants for topic in TOPICS for name, variants in topic.WRONG.items()}
    print(f"{'':36}{'right':>7}{'worst η':>9}{'wrong':>7}{'nearest η':>11}")
    rejected = accepted = judged_right = judged_wrong = 0
    for problem in assignment.problems:
        stream = sampling.secret_stream(problem, reference.seed, reference.activations[problem.topic.name])
        core = [row for row in sampling.plan(problem, stream) if row.name == "core"]
        etas_right, etas_wrong = [], []
        for exponent in EXPONENTS if sampling.scaled(problem) else (0,):
            rows = [replace(row, exponent=exponent) for row in core]
            samples = draw_samples(problem, by_reference(problem, reference), stream, rows)
            etas_right += [worst_eta(variant, problem, samples) for variant in right[problem.name].values()]
            etas_wrong += [worst_eta(variant, problem, samples) for variant in wrong[problem.name].values()]
        rejected += sum(eta > GREEN for eta in etas_right)
        accepted += sum(eta <= AMBER for eta in etas_wrong)
        judged_right += len(etas_right)
        judged_wrong += len(etas_wrong)
        print(
            f"{problem.name:36}{len(right[problem.name]):7}{max(etas_right):9.1f}"
            f"{len(wrong[problem.name]):7}{min(etas_wrong):11.1e}"
        )
    print(
        f"{rejected} of {judged_right} right ones rejected, {accepted} of {judged_wrong} wrong ones accepted"
    )
    return int(rejected + accepted > 0)


if __name__ == "__main__":
    sys.exit(main())
