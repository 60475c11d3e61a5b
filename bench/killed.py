"""kill -9 of `grader batch` at ten random moments of a run, which is then finished; and one undisturbed.

    python bench/killed.py [COUNT [KILLS [SEED]]]

A moment is drawn as a number of results: when the store has so many, the driver is killed. Told is what the
kills cost, and what is lost, doubled or left running: this process is the parent of whatever loses its own,
so nothing of a run can hide. The tables and every student's page must be the same bytes in both, the JSON
lines the same but for what tells of the run itself: how long it took, and whether it was an earlier one.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, perf_counter, sleep

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests")]

import classes  # noqa: E402
from batch import adopt  # noqa: E402
from processes import children, is_gone  # noqa: E402 - beside the tests

TABLES = ("grades.csv", "gradescope.csv", "canvas.csv")
OF_THE_RUN = ("seconds", "cached")  # columns of results.jsonl
GLANCE = 0.01  # seconds between looks at the store
PATIENCE = 10.0  # seconds in which the kernel has ended everything


def begun(folder: Path, out: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "grader", "batch", str(folder), "--assignment", str(ROOT)]
    return subprocess.Popen(
        [*command, "-o", str(out), "-j", "2", "--quiet"], cwd=ROOT, stdout=subprocess.DEVNULL
    )


def results(out: Path) -> int:
    """How many hand-ins are on disk."""
    with (
        suppress(sqlite3.OperationalError),  # there is no store yet
        closing(sqlite3.connect(f"{(out / 'grades.sqlite').as_uri()}?mode=ro", uri=True)) as db,
    ):
        return int(db.execute("SELECT count(DISTINCT hand_in) FROM whole").fetchone()[0])
    return 0


def killed_at(folder: Path, out: Path, moment: int) -> tuple[int, int]:
    """How many results there are after a kill, and how many processes it has left running for good."""
    process = begun(folder, out)
    while results(out) < moment:
        assert process.poll() is None, "it was done before it could be killed"
        sleep(GLANCE)
    seen = children(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return results(out), left(seen)


def left(seen: list[int]) -> int:
    late = monotonic() + PATIENCE
    while running := {pid for pid in (*seen, *children(os.getpid())) if not is_gone(pid)}:
        if monotonic() > late:
            return len(running)
        sleep(GLANCE)
    with suppress(ChildProcessError):
        while True:
            os.wait()
    return 0


def doubled(out: Path) -> int:
    """Results and attempts that are there twice for one hand-in, and those that differ."""
    with closing(sqlite3.connect(out / "grades.sqlite")) as db:
        counts = [
            "SELECT count(*) FROM (SELECT 1 FROM result GROUP BY hand_in, problem HAVING count(*) > 1)",
            "SELECT count(*) FROM (SELECT 1 FROM whole GROUP BY hand_in HAVING count(*) > 1)",
            "SELECT count(*) FROM (SELECT 1 FROM attempt GROUP BY hand_in HAVING count(*) > 1)",
        ]
        return sum(db.execute(sql).fetchone()[0] for sql in counts)


def different(out: Path, other: Path) -> list[str]:
    """The files that are not the same bytes; of the lines, those that tell more than of the run."""
    names = [*TABLES, *sorted(str(path.relative_to(other)) for path in (other / "feedback").iterdir())]
    found = [name for name in names if (out / name).read_bytes() != (other / name).read_bytes()]
    return found + ["results.jsonl"] * (lines(out) != lines(other))


def lines(out: Path) -> list[dict]:
    told = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [{k: v for k, v in json.loads(line).items() if k not in OF_THE_RUN} for line in told]


def main() -> None:
    count, kills, seed = (*map(int, sys.argv[1:]), *(500, 10, 1)[len(sys.argv) - 1 :])
    adopt()
    moments = sorted(random.Random(seed).sample(range(1, count * 9 // 10), kills))
    with tempfile.TemporaryDirectory() as scratch:
        folder = classes.write(Path(scratch, "class"), count, seed)
        whole, out = Path(scratch, "undisturbed"), Path(scratch, "killed")
        start = perf_counter()
        assert begun(folder, whole).wait() == 0
        print(f"{count} hand-ins, undisturbed: {perf_counter() - start:.0f} s")
        orphans, start = 0, perf_counter()
        for moment in moments:
            stored, orphaned = killed_at(folder, out, moment)
            orphans += orphaned
            print(
                f"  killed when {moment} were stored, {stored} are there, {orphaned} left running", flush=True
            )
        assert begun(folder, out).wait() == 0
        print(f"killed {kills} times, and finished: {perf_counter() - start:.0f} s")
        print(f"{count - results(out)} lost, {doubled(out)} doubled, {orphans} orphans")
        print(f"files that differ: {', '.join(different(out, whole)) or 'none'}")


if __name__ == "__main__":
    main()
