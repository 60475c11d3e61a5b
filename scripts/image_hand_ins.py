"""Let /autograder/run_autograder of an image grade every example and every hostile hand-in.

    python scripts/image_hand_ins.py PROFILE WORK ROOT...

Each ROOT is a copy of the image's file system and becomes a container with Docker's defaults; PROFILE is
Docker's profile of system calls, WORK takes the containers' state. For each hand-in the platform's moves are
made: fresh folders, the metadata, and run_autograder as the container's root. The last line says what was
run; what is amiss goes to stderr, with exit code 1. The hostile hand-ins are made by tests/forms.py, so
tests/ must be on Python's path.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import tellers
from forms import FORMS
from image_container import Container, processes, started, without_landlock

from grader.assignment import load_assignment
from grader.gradescope.schema import Results
from grader.key import make_key
from grader.reference import load_reference

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

REPOSITORY = Path(__file__).parents[1]
EXAMPLES = REPOSITORY / "submissions_example"
CORPUS = REPOSITORY / "tests" / "hostile"
EXPECTED = "expected.toml"
SECONDS = 120  # for one hand-in, however busy the machine is; each has its own deadlines, far below
STUDENT = 31_415  # a user that no account has
SECRETS = (
    "/autograder/source",
    "/autograder/source/assignment",
    "/autograder/source/assignment/reference",
    "/autograder/source/assignment/reference/seed.txt",
    "/autograder/source/assignment/reference/cubes.py",
    "/autograder/results",
    "/autograder/results/results.json",
    "/autograder/submission_metadata.json",
)
READS = """
for path; do
    if cat "$path" || ls "$path/"; then echo "$path" >&3; fi
done 3>&1 >/dev/null 2>&1
"""
METADATA = {
    "id": 209522918,
    "users": [
        {"id": 1, "email": "a@b.edu", "name": "A Student", "sid": "", "assignment": {"due_date": None}}
    ],
    "created_at": "2026-01-04T13:57:24.522843-07:00",
    "assignment_id": None,
    "assignment": {"id": 2, "title": "Homework", "total_points": "100.0", "outline": []},
    "submission_method": "upload",
    "previous_submissions": [],
}


Graded = tuple[Mapping[str, str], list[str]]  # the files by the hand-ins' names, and what is amiss


@dataclass(frozen=True)
class HandIn:
    """What is handed in, how it gets into the submission's folder, and what it must get."""

    name: str
    put: Callable[[Path], object]
    score: Decimal


# ---- what is handed in --------------------------------------------------------------------


def examples() -> list[HandIn]:
    return [_folder(folder) for folder in _folders(EXAMPLES)]


def hostile() -> list[HandIn]:
    right = HandIn("right.py", lambda there: shutil.copy(CORPUS / "right.py", there / "hw2.py"), Decimal(10))
    return [right, *(_form(f) if f.name in FORMS else _folder(f) for f in _folders(CORPUS)), right]


def _folders(place: Path) -> list[Path]:
    return sorted(path.parent for path in place.glob(f"*/{EXPECTED}"))


def _score(folder: Path) -> Decimal:
    return Decimal(str(tomllib.loads((folder / EXPECTED).read_text(encoding="utf-8"))["score"]))


def _folder(folder: Path) -> HandIn:
    def put(there: Path) -> None:
        shutil.copytree(folder, there, dirs_exist_ok=True, ignore=shutil.ignore_patterns(EXPECTED))

    return HandIn(folder.name, put, _score(folder))


def _form(folder: Path) -> HandIn:
    return HandIn(folder.name, lambda there: FORMS[folder.name](there, Path("/autograder")), _score(folder))


# ---- one hand-in after the other ----------------------------------------------------------


def graded(container: Container, hand_in: HandIn) -> tuple[str, list[str]]:
    """The file that is left, and what is amiss."""
    for name in ("submission", "results"):
        shutil.rmtree(container.autograder / name)
        (container.autograder / name).mkdir(mode=0o755)
    hand_in.put(container.autograder / "submission")
    metadata = container.autograder / "submission_metadata.json"
    metadata.unlink(missing_ok=True)
    metadata.write_text(json.dumps(METADATA), encoding="utf-8")
    results = container.autograder / "results" / "results.json"
    try:
        with results.with_name("stdout").open("wb") as stdout:
            container.executes("/autograder/run_autograder", stdout=stdout, stderr=stdout, timeout=SECONDS)
        text = results.read_text(encoding="utf-8")
    except (subprocess.TimeoutExpired, OSError) as error:
        return "", [f"{hand_in.name}: {error}"]
    packed = [*(container.autograder / "submission").glob("*.zip")]  # which the platform would have unpacked
    found = complaints(text, hand_in.score, exactly=not packed)
    amiss = [*found, *(f"{name} still runs" for name in processes(container))]
    return text, [f"{hand_in.name}: {what}" for what in amiss]


def complaints(text: str, expected: Decimal, *, exactly: bool) -> Iterator[str]:
    try:
        results = Results.model_validate(json.loads(text, parse_constant=_no_number))
    except ValueError as error:
        yield f"results.json is not valid: {error}"
        return
    score, data = Decimal(str(results.score)), results.extra_data or {}
    if "withheld" in data:
        yield f"nothing was graded: {data['withheld']}"
    elif score > expected or (exactly and score != expected):
        yield f"{score} points, expected are {expected}"


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def all_graded(containers: list[Container], hand_ins: list[HandIn]) -> Graded:
    """Every container takes the next hand-in when it is free; in the end it must be as it was."""
    rest = iter(hand_ins)

    def works(container: Container) -> Graded:
        before = state(container.root)
        mine = [(hand_in.name, *graded(container, hand_in)) for hand_in in rest]
        changed = {path for path, _ in before ^ state(container.root)}
        amiss = [what for _, _, found in mine for what in found]
        return {name: text for name, text, _ in mine}, amiss + [f"{path} changed" for path in sorted(changed)]

    with ThreadPoolExecutor() as pool:
        done = list(pool.map(works, containers))
    return {name: text for texts, _ in done for name, text in texts.items()}, [a for _, b in done for a in b]


def state(root: Path) -> set[tuple[str, tuple[int, ...]]]:
    """All files but those that change with every hand-in; a folder's time tells no more than they do."""
    found = set()
    own = {root / "autograder" / name for name in ("submission", "results", "submission_metadata.json")}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if Path(folder, name) not in own]
        for path in (Path(folder, name) for name in (*folders, *files)):
            about = path.lstat()
            content = () if stat.S_ISDIR(about.st_mode) else (about.st_size, about.st_mtime_ns)
            said = about.st_mode, about.st_uid, about.st_gid, *content
            if path not in own:
                found.add((str(path.relative_to(root)), said))
    return found


def opened(container: Container) -> list[str]:
    """What a user without any wall can read of that which is to be secret."""
    flags = ["--user", f"{STUDENT}:{STUDENT}"]
    told = container.executes("/bin/sh", "-c", READS, "sh", *SECRETS, flags=flags, capture_output=True)
    return told.stdout.decode().split()


# ---- the run ------------------------------------------------------------------------------


def main(profile_path: Path, work: Path, *roots: Path) -> int:
    profile = json.loads(profile_path.read_text(encoding="utf-8"))
    containers = [started(f"lane{number}", root, profile, work) for number, root in enumerate(roots)]
    shown, amiss = all_graded(containers, examples())
    for root in roots:
        furnish(root)
    attacked, more = all_graded(containers, hostile())
    amiss += more
    amiss += [f"{path} is open to every user" for path in opened(containers[0])]
    if containers[0].executes("python3", "-c", "import numpy", capture_output=True).returncode == 0:
        amiss.append("the system's python3 has been given packages")
    assignment = load_assignment(CORPUS / "assignment")
    key = make_key(assignment, load_reference(assignment))
    amiss += [f"{name} tells what is secret" for name, text in attacked.items() if tellers.leaks(text, key)]
    lines = isolations([*shown.values(), *attacked.values()])
    if len(lines) != 1 or "open" in lines[0]:
        amiss.append(f"it is not one sound wall that all hand-ins met: {lines}")

    older = started("older", roots[0], without_landlock(profile), work)
    readers = [hand_in for hand_in in hostile() if hand_in.name[:3] in ("41_", "25_", "rig")]
    read, more = all_graded([older], readers)
    amiss += [f"without Landlock: {what}" for what in more]
    for what in amiss:
        print(f"image-test: {what}", file=sys.stderr)
    counts = f"{len(shown)} examples, {len(attacked) - 1} hostile hand-ins"
    walls = [", ".join(lines), ", ".join(isolations(read.values()))]
    print(
        f"image-test: {counts}, isolation {walls[0]}; without Landlock {len(read) - 1}, isolation {walls[1]}"
    )
    return bool(amiss)


def furnish(root: Path) -> None:
    """The corpus's own assignment, and what its hand-ins are after, where they look for it."""
    source = root / "autograder" / "source"
    shutil.rmtree(source / "assignment")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CORPUS / "assignment", source / "assignment", ignore=ignored)
    (source / "reference").symlink_to("assignment/reference")
    for name in ("submissions/alice/hw2.py", "home/.netrc"):
        path = root / "autograder" / name
        path.parent.mkdir(parents=True)
        shutil.copy(CORPUS / "right.py", path)
        path.chmod(0o666)
        path.parent.chmod(0o777)


def isolations(texts: Iterable[str]) -> list[str]:
    """The isolation lines that stand in those files."""
    data = [json.loads(text or "{}").get("extra_data") or {} for text in texts]
    return sorted({str(one.get("isolation")) for one in data})


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
