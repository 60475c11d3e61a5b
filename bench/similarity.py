"""Similar hand-ins among 300, 1,000 and 10,000 that are made up, one in fifty another's in disguise: how long
it takes, how much memory, and how many of the disguised are on top, of which at most 50 are shown.

Beside it copydetect, where it is installed (pip install copydetect), on 100 and on 300 of such files.

python bench/similarity.py [HAND-INS ...]
"""

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "batch"), str(ROOT)]

from hand_ins import disguised, source  # noqa: E402 - beside the tests

from grader.assignment import load_assignment  # noqa: E402
from grader.batch.similar.similarity import compare  # noqa: E402
from grader.submission import Submission  # noqa: E402

DISGUISED = 50  # one in so many
BESIDE = (100, 300)


def main() -> None:
    assignment = load_assignment(ROOT)
    print(f"{'hand-ins':>9}{'s':>8}{'ms each':>9}{'MB':>7}  disguised that are on top")
    for count in map(int, sys.argv[1:] or (300, 1_000, 10_000)):
        texts = made(count)
        hand_ins = {f"{n}": Submission("hw2", "hw2", {"hw2": (text,)}) for n, text in enumerate(texts)}
        begun = perf_counter()
        found = compare(hand_ins, hand_ins.__getitem__, assignment).pairs
        took = perf_counter() - begun
        copies = count // DISGUISED
        top = found[:copies]
        right = sum({pair.one, pair.other} in expected(count) for pair in top)
        memory = getrusage(RUSAGE_SELF).ru_maxrss / 1024
        print(f"{count:9,}{took:8.1f}{1000 * took / count:9.2f}{memory:7.0f}  {right} of {len(top)}")
    if find_spec("copydetect"):
        for count in BESIDE:
            copydetect(made(count))


def made(count: int) -> list[bytes]:
    """The last of them are others in disguise."""
    texts = [source(n) for n in range(count)]
    for n in range(count // DISGUISED):
        texts[count - 1 - n] = disguised(texts[n], f"disguise {n}")
    return [text.encode() for text in texts]


def expected(count: int) -> list[set[str]]:
    return [{f"{n}", f"{count - 1 - n}"} for n in range(count // DISGUISED)]


def copydetect(texts: list[bytes]) -> None:
    """All pairs of them, as it does; without its report."""
    from copydetect import CopyDetector

    with tempfile.TemporaryDirectory() as folder:
        for n, text in enumerate(texts):
            Path(folder, f"{n}.py").write_bytes(text)
        begun = perf_counter()
        detector = CopyDetector(
            test_dirs=[folder], extensions=["py"], display_t=0.5, autoopen=False, silent=True
        )
        detector.run()
        took = perf_counter() - begun
        pairs = len(texts) * (len(texts) - 1) / 2
        listed = len(detector.get_copied_code_list())
    each = 1000 * took / pairs
    print(f"copydetect, {len(texts)} files: {took:.1f} s, {each:.2f} ms a pair, {listed:,} pairs at 0.5")


if __name__ == "__main__":
    main()
