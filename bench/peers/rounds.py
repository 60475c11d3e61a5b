"""The measurements: one hand-in, a hundred, ten hostile ones, and three classic mistakes, in every tool.

In a round every tool has its turn, so a ratio is between two runs that stood beside each other. Every
figure is a plain number or text, as JSON keeps it.
"""

import csv
import json
import statistics
from collections.abc import Callable
from pathlib import Path

from bench.peers.page import LONGEST
from bench.peers.running import Ran, run, score, sweep
from bench.peers.tools import HERE, JOB, OTTER, OURS, UTILS, Place

RIGHT = (JOB / "right.py").read_text(encoding="utf-8")
MISTAKES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "mistakes").glob("*.py"))}
HOSTILE = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "hostile").glob("*.py"))}
STUDENTS = 100
WRONG = 10  # of them, for each of the mistakes
GLANCE = 0.002  # seconds between two looks at the memory of one hand-in
CLASS_GLANCE = 0.05  # ... of a class, while it is timed


def one(places: list[Place], rounds: int) -> dict[str, dict[str, float]]:
    """A right hand-in, after two to warm up, whose memory is looked at."""
    runs: dict[str, list[Ran]] = {place.tool: [] for place in places}
    peaks: dict[str, float] = {}
    for place in places:
        place.hand_in(RIGHT)
        peaks[place.tool] = max(_ran(place.command, place.root, GLANCE).memory for _ in range(2))
        assert score(place.results) == 10, f"{place.tool} does not grade the job"
    for _ in range(rounds):
        for place in places:
            runs[place.tool].append(_ran(place.command, place.root))
    return {name: _medians(each, runs[UTILS]) | {"memory": peaks[name]} for name, each in runs.items()}


def a_class(places: list[Place], folder: Path, rounds: int, slow_rounds: int) -> dict[str, dict[str, float]]:
    """The hundred; otter's loop only in the first rounds. Ours on two lanes, and on one."""
    students = _students(folder / "students", STUDENTS)
    runs: dict[str, list[Ran]] = {}
    graded: dict[str, int] = {}
    for turn in range(rounds):
        for place in places:
            if place.tool == OTTER and turn >= slow_rounds:
                continue
            for lanes in (2, 1) if place.tool == OURS else (1,):
                name = f"{place.tool}, {lanes} lanes" if lanes > 1 else place.tool
                out = folder / f"out-{place.tool}-{lanes}-{turn}"
                ran = _ran(place.class_command(students, out, lanes), folder, CLASS_GLANCE)
                runs.setdefault(name, []).append(ran)
                graded[name] = min(_graded(place, out), graded.get(name, STUDENTS))
                print(f"  {name}: {ran.wall:.1f} s, {graded[name]} graded", flush=True)
    return {
        name: _medians(each, runs[UTILS])
        | {"memory": max(ran.memory for ran in each), "graded": graded[name]}
        for name, each in runs.items()
    }


def _students(folder: Path, count: int) -> Path:
    """A folder for each, no two the same text: one in ten for each of the mistakes, the others are right."""
    texts = [text for text in MISTAKES.values() for _ in range(WRONG)]
    texts += [RIGHT] * (count - len(texts))
    for number, text in enumerate(texts):
        own = folder / f"student-{number:03}"
        own.mkdir(parents=True)
        (own / "hw2.py").write_text(f"# student {number}\n{text}", encoding="utf-8")
    return folder


def _graded(place: Place, out: Path) -> int:
    """How many got the score that they deserve; a loop goes on where a run of it has failed."""
    right, wrong = STUDENTS - WRONG * len(MISTAKES), WRONG * len(MISTAKES)
    if place.tool == OURS:
        with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            found = [float(row["score"]) for row in csv.DictReader(file)]
    else:
        found = [score(path) for path in out.glob("*.json")]
    return min(found.count(10.0), right) + min(found.count(8.0), wrong)


def hostile(places: list[Place], seconds: float) -> dict[str, dict[str, float | str]]:
    """By hand-in and tool: the score that the platform would read, or "hangs", or "no result"."""
    found: dict[str, dict[str, float | str]] = {}
    for name, text in HOSTILE.items():
        found[name] = {}
        for place in places:
            place.hand_in(text)
            ran = run(place.command, place.root, seconds)
            given = score(place.results)
            sweep()
            found[name][place.tool] = "hangs" if not ran.ended else "no result" if given is None else given
        print(f"  {name}: {found[name]}", flush=True)
    return found


def reading(places: list[Place]) -> dict[str, dict[str, str]]:
    """By mistake and tool: what is read of the gradient; of ours also what is said at the sixth attempt."""
    found: dict[str, dict[str, str]] = {}
    for name, text in MISTAKES.items():
        found[name] = {}
        for place in places:
            place.hand_in(text)
            run(place.command, place.root)
            sweep()
            found[name][place.tool] = _line(_of_the_gradient(place.results))
            if place.tool == OURS:
                later = place.results.with_name("later.json")
                which = ["--assignment", str(place.assignment), "--earlier", "5", "--json", str(later)]
                hand_in = str(place.root / "submission" / "hw2.py")
                run([place.program("grader"), "grade", hand_in, *which], place.root)
                sweep()
                found[name]["later"] = _line(_of_the_gradient(later))
    return found


def _of_the_gradient(results: Path) -> str:
    rows = json.loads(results.read_text(encoding="utf-8"))["tests"]
    return next(row["output"] for row in rows if "gradient" in row["name"].lower() and row.get("output"))


def _line(text: str) -> str:
    """One line, without the input to paste that ours adds below."""
    words = " ".join(text.partition("An input to try:")[0].split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST]} …"


def isolation(place: Place) -> str:
    """The layers that were active at the last run of ours."""
    return str(json.loads(place.results.read_text(encoding="utf-8"))["extra_data"]["isolation"])


def _ran(command: list[str], folder: Path, every: float | None = None) -> Ran:
    ran = run(command, folder, every=every)
    sweep()
    return ran


def _medians(runs: list[Ran], beside: list[Ran]) -> dict[str, float]:
    def ratio(of: Callable[[Ran], float]) -> float:
        return statistics.median(of(a) / of(b) for a, b in zip(runs, beside, strict=False))

    wall, cpu = (statistics.median(each) for each in zip(*((r.wall, r.cpu) for r in runs), strict=True))
    ratios = {"wall_ratio": ratio(lambda r: r.wall), "cpu_ratio": ratio(lambda r: r.cpu)}
    return {"wall": wall, "cpu": cpu, "rounds": len(runs)} | ratios
