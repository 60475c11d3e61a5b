"""The zip that Gradescope unpacks: the grader, the assignment with its secrets, and two scripts at the root.

The same sources make the same bytes. It is written only once it has been unpacked and tried: whatever the
assignment needs must be in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from grader import archive, atomic, wheel
from grader.assignment import Assignment, load_assignment
from grader.faults import Fault
from grader.gradescope.rehearsal import Rehearsal, rehearsed
from grader.key import make_key
from grader.proving import examples
from grader.reference import load_reference
from grader.settings import SETTINGS_FILE

CONTAINER = Path(__file__).parent / "container"
SCRIPTS = ("setup.sh", "run_autograder")
REQUIREMENTS = "requirements.txt"
CLUTTER = ("__pycache__", "node_modules")
LARGEST = 64 << 20  # bytes of an assignment; a larger one holds something that nobody meant to upload


@dataclass(frozen=True)
class Bundled:
    """The names of what the zip holds, and what the instructors' tests in it come to."""

    names: tuple[str, ...]
    tests: Rehearsal


def bundle(assignment: Assignment, out: Path, *, weaker: bool = False) -> Bundled:
    """Write the zip, in place of one that may be there.

    Raises:
        Fault: it is no .zip, cannot be written, or lacks something that grading needs.
    """
    if out.suffix.lower() != ".zip":
        raise Fault(f"{out} is no .zip, and Gradescope takes one; name it {out.with_suffix('.zip').name}")
    members = package(assignment)
    tests = _tried(members, examples.right_ones(assignment), weaker=weaker)
    atomic.write(out, archive.zipped(members, executable=SCRIPTS))
    return Bundled(tuple(sorted(members)), tests)


def left_out(assignment: Assignment) -> bool:
    """Whether there are tests in the assignment's folder that it says are none of its own."""
    return not assignment.settings.tests and any((assignment.folder / "tests").glob("**/test*.py"))


def package(assignment: Assignment) -> dict[str, bytes]:
    """Every file of the zip, by its name.

    Raises:
        Fault: one of them cannot be read.
    """
    members = {name: _unix(CONTAINER / name) for name in (*SCRIPTS, REQUIREMENTS)}
    members[wheel.NAME] = wheel.wheel()
    members |= {f"assignment/{name}": data for name, data in authors_files(assignment).items()}
    if sum(map(len, members.values())) > LARGEST:
        largest = max(members, key=lambda name: len(members[name]))
        raise Fault(f"the bundle would be larger than {LARGEST >> 20} MiB; the largest file is {largest}")
    return members


def authors_files(assignment: Assignment) -> dict[str, bytes]:
    """What grading needs of the assignment's folder, by the names there; with its secrets.

    Raises:
        Fault: one of the files cannot be read.
    """
    return {path.relative_to(assignment.folder).as_posix(): _bytes(path) for path in _files(assignment)}


def _files(assignment: Assignment) -> Iterator[Path]:
    """The assignment's own: its settings, problems and references, its packages, the instructors' tests."""
    folder = assignment.folder
    yield folder / SETTINGS_FILE
    if (folder / REQUIREMENTS).is_file():
        yield folder / REQUIREMENTS
    for name in ("problems", "reference", *(("tests",) if assignment.settings.tests else ())):
        yield from (path for path in sorted((folder / name).rglob("*")) if _wanted(path, folder))


def _wanted(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    hidden = any(part.startswith(".") or part in CLUTTER for part in parts)
    return path.is_file() and not hidden and path.suffix != ".pyc" and not path.name.endswith("~")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror}") from None


def _unix(path: Path) -> bytes:
    """A script, whatever a checkout has made of its line ends."""
    return _bytes(path).replace(b"\r\n", b"\n")


def _tried(members: Mapping[str, bytes], right: Sequence[Path], *, weaker: bool) -> Rehearsal:
    """Load the assignment, make its key and run its tests in a folder that has nothing but the bundle.

    Raises:
        Fault: something is missing there.
    """
    with TemporaryDirectory() as folder:
        for name, data in members.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        try:
            assignment = load_assignment(Path(folder, "assignment"))
            make_key(assignment, load_reference(assignment))
        except Fault as fault:
            says = str(fault).replace(f"{folder}/assignment/", "")
            raise Fault(
                f"it cannot be graded with what the bundle has, which is {SETTINGS_FILE}, problems/ and "
                f"reference/: {says}"
            ) from None
        if not (assignment.settings.tests and (assignment.folder / "tests").is_dir()):
            return Rehearsal()
        return rehearsed(assignment, right, weaker=weaker)
