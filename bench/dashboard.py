"""Reports of classes of 30, 1,000 and 20,000: how long each takes to write, how large it is, and how soon the
dashboard is open in a browser, with its first rows there; the median of five loads, where there is Chromium.

python bench/dashboard.py [STUDENTS ...]
"""

import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "batch"))

from browser import CHROMIUM, browser  # noqa: E402 - beside the tests
from gradebooks import made  # noqa: E402

from grader.report.dashboard import dashboard  # noqa: E402
from grader.report.export import json_lines  # noqa: E402
from grader.report.gradebook_csv import all_csv, canvas_csv, gradescope_csv  # noqa: E402

LOADS = 5
REPORTS = {
    "dashboard": dashboard,
    "all.csv": all_csv,
    "gradescope.csv": gradescope_csv,
    "canvas.csv": canvas_csv,
    "JSON lines": lambda gradebook: "".join(json_lines(gradebook)),
}


def main() -> None:
    print(f"{'students':>8}  {'report':15}{'MB':>8}{'s':>8}")
    for students in map(int, sys.argv[1:] or (30, 1_000, 20_000)):
        gradebook = made(students, seed=1)
        for name, write in REPORTS.items():
            begun = perf_counter()
            text = write(gradebook)
            took = perf_counter() - begun
            print(f"{students:8,}  {name:15}{len(text.encode()) / 1e6:8.2f}{took:8.2f}")
            if name == "dashboard" and CHROMIUM:
                opened(text)


def opened(page: str) -> None:
    """How soon the browser is done with it: parsed, run, drawn once."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "dashboard.html")
        path.write_text(page, encoding="utf-8")
        with browser(Path(folder, "profile")) as tab:
            times = []
            for _ in range(LOADS):
                begun = perf_counter()
                tab.open(path.as_uri())
                tab.run("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
                times.append(perf_counter() - begun)
            heap = tab.call("Runtime.getHeapUsage")["usedSize"] / 1e6
            rows = tab.run("document.querySelectorAll('#rows tr').length")
            sorting = tab.run(
                "(begun => { document.querySelector('th[data-key=score] button').click();"
                " return performance.now() - begun })(performance.now())"
            )
    print(
        f"{'':10}opened in {median(times):.2f} s (first {times[0]:.2f}), {rows} rows, heap {heap:.0f} MB, "
        f"sorted in {sorting:.0f} ms"
    )


if __name__ == "__main__":
    main()
