"""Diagnoses: how many wrong variants are named, are right answers and nonsense left alone, and the time.

    python bench/diagnoses.py          the table
    python bench/diagnoses.py --list   and what is said about every held-out variant

Two sets of wrong variants were written by somebody who had not seen the lattice: the first, as varied as
possible, after it was frozen; the second, as students make them, after it was improved and frozen again.
Whether what is said about them is true and specific cannot be computed: `bench/judged_first.toml` and
`judged_second.toml` have a reader's verdict on what the first run on each set said.
"""

import sys
from collections import Counter
from pathlib import Path
from time import perf_counter

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import held_out, held_out_second  # noqa: E402
from bench.variants import TOPICS  # noqa: E402
from grader.assignment import load_assignment  # noqa: E402
from grader.compare import compare  # noqa: E402
from grader.diagnose import diagnose, verdict_of  # noqa: E402
from grader.key import make_key  # noqa: E402
from grader.reference import load_reference  # noqa: E402
from grader.sandbox.outcome import Raised, Returned  # noqa: E402

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ASSIGNMENT = load_assignment(ROOT)
REFERENCE = load_reference(ASSIGNMENT)
KEY = make_key(ASSIGNMENT, REFERENCE)
BLENDED = 4  # wrong variants that each kind of nonsense is made from
SETS = {"first": held_out, "second": held_out_second}


def comparisons_of(problem, answer):
    compared = []
    for sample in KEY.samples[problem.name]:
        try:
            with np.errstate(all="ignore"):
                value = answer(sample)
            outcome = Returned(np.asarray(value) if isinstance(value, np.generic) else value)
        except Exception as error:
            outcome = Raised(type(error).__name__, str(error))
        compared.append(compare(outcome, sample))
    return compared


def diagnosed(problem, answer):
    """The diagnosis, the verdict, and the seconds that it took."""
    comparisons = comparisons_of(problem, answer)
    start = perf_counter()
    diagnosis = diagnose(problem, ASSIGNMENT.problems, REFERENCE, comparisons).diagnosis
    return diagnosis, verdict_of(comparisons), perf_counter() - start


def of_variants(by_name):
    for problem in ASSIGNMENT.problems:
        for says, variant in by_name.get(problem.name, {}).items():
            answer = lambda sample, p=problem, f=variant: f(*sample.case.arguments(p))  # noqa: E731
            yield problem, says, *diagnosed(problem, answer)


def of_nonsense():
    """Every kind of nonsense, made from the right answer and a wrong one of its shape."""
    for problem in ASSIGNMENT.problems:
        if problem.name == "derivative_shape":
            continue  # its answers are no numbers
        for kind, nonsense in held_out.NONSENSE.items():
            for wrong in list(held_out.WRONG[problem.name].values())[:BLENDED]:
                rng = np.random.default_rng(list(f"{problem.name} {kind}".encode()))

                def answer(sample, problem=problem, nonsense=nonsense, wrong=wrong, rng=rng):
                    value = np.asarray(wrong(*sample.case.arguments(problem)), float)
                    same = np.shape(value) == np.shape(sample.expected)
                    return nonsense(sample.expected, value if same else -np.asarray(sample.expected), rng)

                yield problem, kind, *diagnosed(problem, answer)


def row(what, results):
    said = sum(bool(diagnosis.place) for _, _, diagnosis, _, _ in results)
    times = [seconds * 1e3 for *_, seconds in results]
    print(f"{what:44}{len(results):6}{said:7}{np.median(times):9.1f}{max(times):8.1f}")


def judged(which):
    """The reader's verdicts on the first run, and on how many variants the same is still said."""
    table = tomllib.loads((ROOT / "bench" / f"judged_{which}.toml").read_text(encoding="utf-8"))
    counted = Counter(entry["judged"] for entries in table.values() for entry in entries.values())
    total = sum(counted.values())
    print(
        f"{which} set, first run: "
        + ", ".join(f"{n} {what} ({n / total:.0%})" for what, n in counted.items())
    )


def main():
    print(f"{'':44}{'all':>6}{'named':>7}{'ms':>9}{'most':>8}")
    right = {name: variants for topic in TOPICS for name, variants in topic.RIGHT.items()}
    wrong = {name: variants for topic in TOPICS for name, variants in topic.WRONG.items()}
    row("right variants", list(of_variants(right)))
    row("wrong variants that it was written with", list(of_variants(wrong)))
    held = {which: list(of_variants(module.WRONG)) for which, module in SETS.items()}
    for which, results in held.items():
        row(f"held-out wrong variants, {which} set", results)
    nonsense = list(of_nonsense())
    row("nonsense", nonsense)
    for which in SETS:
        judged(which)
    for which, results in held.items() if "--list" in sys.argv[1:] else ():
        for problem, says, diagnosis, verdict, _ in results:
            print(f"{which} | {problem.name} | {says} | {verdict.value} | {diagnosis.id} | {diagnosis.place}")
    for problem, kind, diagnosis, *_ in nonsense:
        if diagnosis.place:
            print(f"nonsense: {problem.name} | {kind} | {diagnosis.id}")


if __name__ == "__main__":
    main()
