"""Cold start: `grader grade` of a complete right hand-in beside `python -c "import numpy"`, in turn.

    python bench/cold.py [RUNS]

Prints medians of wall time, the median of the ratios pair by pair, and the peak memory of all processes.
"""

import compileall
import os
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
NUMPY = [sys.executable, "-c", "import numpy"]
GRADE = [
    Path(sys.executable).with_name("grader"),
    "grade",
    ROOT / "submissions_example/right_closed_form/hw2.py",
]
QUIET = {"stdout": subprocess.DEVNULL, "cwd": ROOT}


def wall(command: list) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, **QUIET)
    return perf_counter() - start


def peak_memory(command: list) -> float:
    """MiB: the largest sum of resident memory over the command and its descendants, over and over."""
    peak = 0
    with subprocess.Popen(command, **QUIET) as process:
        while process.poll() is None:
            peak = max(peak, sum(resident(pid) for pid in tree(process.pid)))
    return peak * os.sysconf("SC_PAGE_SIZE") / 2**20


def tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(member for child in children for member in tree(int(child)))]


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    compileall.compile_dir(ROOT / "grader", quiet=1)  # as an installed package is
    wall(NUMPY), wall(GRADE)
    pairs = [(wall(GRADE), wall(NUMPY)) for _ in range(runs)]
    grade, numpy = zip(*pairs, strict=True)
    ratios = [a / b for a, b in pairs]
    print(f"import numpy            {statistics.median(numpy) * 1e3:6.0f} ms")
    print(f"grader grade, cold      {statistics.median(grade) * 1e3:6.0f} ms")
    print(
        f"ratio, pair by pair     {statistics.median(ratios):6.2f}  ({min(ratios):.2f} to {max(ratios):.2f})"
    )
    print(f"peak memory, all        {max(peak_memory(GRADE) for _ in range(3)):6.0f} MiB")


if __name__ == "__main__":
    main()
