"""The command line: parse, delegate, turn a fault into one sentence and an exit code.

Results go to stdout, everything else to stderr. Exit codes: 0 graded or proved, 1 could not grade or not
proved, 2 usage. Whatever imports numpy waits until a verb needs it, so that `--help` is quick.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stdout, suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TextIO

import click

from grader import __version__, atomic
from grader.batch.command import batch_command, db_commands
from grader.faults import Fault
from grader.sandbox.isolation import TooWeak
from grader.terminal import (
    FAILED,
    assignment_option,
    faults_in_one_sentence,
    in_good_order,
    isolation_option,
    progress,
    stdout,
)

if TYPE_CHECKING:
    from grader.assignment import Assignment
    from grader.proving.proof import Proof
    from grader.record import Record
    from grader.sandbox.jail import Source
    from grader.sandbox.spawner import Spawner


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Grade homework in which students write mathematics as numpy functions.

    \b
    Example:
      grader grade hw2.py
    """


@main.command("grade")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@assignment_option
@click.option(
    "--json", "json_path", metavar="PATH", help="Write results.json there; - prints it alone on stdout."
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["gradescope", "autolab", "prairielearn", "classroom"]),
    default="gradescope",
    show_default=True,
    help="Whose results --json writes; autolab's and classroom's are lines for stdout: --json -.",
)
@click.option(
    "--only", "only", metavar="NAME", multiple=True, help="Grade this function alone; may be repeated."
)
@click.option(
    "--earlier",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="How many attempts there were before: with more of them the hints in the results say more.",
)
@isolation_option
def grade_command(  # noqa: PLR0913 - one for each option
    file: Path,
    folder: Path | None,
    json_path: str | None,
    only: tuple[str, ...],
    isolation: str,
    earlier: int,
    *,
    style: str,
) -> None:
    """Grade FILE: a .py, a notebook, a folder or a zip.

    \b
    Example:
      grader grade submissions_example/wrong_signs_and_factors/hw2.py
      grader grade hw2.ipynb --json results.json
    """
    _checked(json_path)
    _checked_format(style, json_path)
    gc.disable()  # one hand-in leaves little garbage, and looking for it costs a tenth of a cold run
    with faults_in_one_sentence():
        try:
            record = _graded(file, folder, only, earlier, weaker=isolation == "process")
        except TooWeak as refusal:
            _withhold(str(refusal), json_path, style)
            raise
        _deliver(json_path, lambda: _results(record, style), lambda stream: _show_record(record, stream))
        click.echo(f"isolation: {record.staff.isolation}", err=True)
    gc.freeze()  # nor is there any to look for at the end


@main.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
def new_command(folder: Path) -> None:
    """Begin an assignment in FOLDER, which is made: one topic, three kinds of problem, a fresh secret seed.

    \b
    Example:
      grader new week5
    """
    with faults_in_one_sentence(), stdout() as stream:
        from grader.scaffold import scaffold

        files = scaffold(folder)
        print(f"{folder} is an assignment, and sound as it is:", file=stream)
        print(
            *(f"  {name:<32} {what}".rstrip() for name, what in files.items() if what), sep="\n", file=stream
        )
        print(f"Next, in {folder}:", file=stream)
        print(
            "  grader verify                    is every reference right, is every mistake noticed?",
            file=stream,
        )
        print("  grader handout handout.zip       what students get", file=stream)
        print("  grader bundle autograder.zip     what Gradescope gets", file=stream)


@main.command("verify")
@assignment_option
@click.option(
    "--json", "json_path", metavar="PATH", help="Write the proof as JSON there; - prints it alone on stdout."
)
@click.option(
    "--mutations",
    is_flag=True,
    help="Also change every reference in every small way, and count what the drawn cases notice.",
)
@isolation_option
def verify_command(folder: Path | None, json_path: str | None, isolation: str, *, mutations: bool) -> None:
    """Prove an assignment: its references, its known mistakes, its example hand-ins.

    \b
    Example:
      grader verify
      grader verify --mutations --json proof.json
    """
    _checked(json_path)
    with faults_in_one_sentence():
        proof = _proved(folder, mutations=mutations, weaker=isolation == "process")
        _deliver(json_path, lambda: _proof_json(proof), lambda stream: _show_proof(proof, stream))
        for line in {example.isolation for example in proof.examples if example.isolation}:
            click.echo(f"isolation: {line}", err=True)
    if not proof.proved:
        sys.exit(FAILED)


@main.command("check")
@click.argument("words", nargs=-1, metavar="[FILE] [PROBLEM]...")
@assignment_option
@click.option("--watch", is_flag=True, help="Check again whenever the file is saved, until Ctrl-C.")
@click.option(
    "--plot",
    is_flag=False,
    flag_value="taylor.html",
    metavar="[PATH]",
    help="Draw what every answer leaves of its function's change: a .html page or a .png. "
    "Default: taylor.html.",
)
def check_command(words: tuple[str, ...], folder: Path | None, plot: str | None, *, watch: bool) -> None:
    """Check your own FILE, or some of its functions, without the answers.

    The public functions' own derivatives, measured numerically, stand in for them. FILE is hw2.py or
    hw2.ipynb in this folder unless you name another.

    \b
    Example:
      grader check
      grader check grad_W --watch
      grader check Downloads/hw2.ipynb grad_v grad_U
    """
    picture = _picture(plot)
    with faults_in_one_sentence(), stdout() as stream, _plain_processes() as spawner:
        from grader.student import checked, requested, whenever_saved

        request = requested(words, folder)
        command = "python -m grader" if Path(sys.argv[0]).name == "__main__.py" else "grader"

        def run() -> None:
            checked(request, spawner, stream, picture, command)
            stream.flush()

        def run_and_get_ready() -> None:
            run()
            spawner.get_ready()  # for what is saved next

        if watch:
            whenever_saved(request.path, run_and_get_ready)
        else:
            run()


@main.command("handout")
@click.argument("out", type=click.Path(path_type=Path))
@assignment_option
def handout_command(out: Path, folder: Path | None) -> None:
    """Build the students' package at OUT, a new .zip: statement, starter, public problems, and grader itself.

    \b
    Example:
      grader handout hw2.zip
    """
    with faults_in_one_sentence():
        from grader.assignment import load_assignment
        from grader.handout import hand_out
        from grader.settings import find_assignment

        with redirect_stdout(sys.stderr):  # what an author's file prints is no result
            names = hand_out(load_assignment(folder or find_assignment(Path())), out)
        with stdout() as stream:
            print(f"{out} holds, from an allow-list and nothing of reference/:", file=stream)
            print(*(f"  {name}" for name in names), sep="\n", file=stream)


@main.command("bundle")
@click.argument("out", type=click.Path(path_type=Path))
@assignment_option
@isolation_option
def bundle_command(out: Path, folder: Path | None, isolation: str) -> None:
    """Prove the assignment, then build OUT, the .zip that is uploaded as Gradescope's autograder.

    \b
    Example:
      grader bundle autograder.zip
    """
    with faults_in_one_sentence():
        proof = _proved(folder, mutations=False, weaker=isolation == "process")
        if not proof.proved:
            _show_proof(proof, sys.stderr)
            raise Fault(f"{out} was not written: the assignment is not proved, see above")
        from grader.assignment import load_assignment
        from grader.gradescope.bundle import bundle, left_out
        from grader.settings import find_assignment

        with redirect_stdout(sys.stderr):  # what an author's file prints is no result
            assignment = load_assignment(folder or find_assignment(Path()))
            bundled = bundle(assignment, out, weaker=isolation == "process")
        points, tests = assignment.settings.points, bundled.tests
        sums = f": {points} for the functions, {tests.points} for {tests.rows} tests" if tests.rows else ""
        title = assignment.settings.title
        with stdout() as stream:
            print(f"{out} is proved and ready to upload as the autograder of “{title}”.", file=stream)
            print(f"Set the assignment's autograder points to {points + tests.points}{sums}.", file=stream)
            print("It holds", *(f"  {name}" for name in bundled.names), sep="\n", file=stream)
        if tests.shared:
            numbers = ", ".join(tests.shared)
            click.echo(f"note: several rows have the number {numbers}: change their tests' @number", err=True)
        for says in tests.lost:
            click.echo(f"note: {says}", err=True)
        if left_out(assignment):
            click.echo("note: tests/ is not in it: assignment.toml says tests = false", err=True)


@main.command("gradescope")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="/autograder",
    show_default=True,
    help="The platform's folder, with source/, submission/ and results/ in it.",
)
@isolation_option
def gradescope_command(root: Path, isolation: str) -> None:
    """Grade a submission in Gradescope's container: what its run_autograder starts.

    \b
    Example:
      grader gradescope
      grader gradescope --root dry-run
    """
    gc.disable()
    with faults_in_one_sentence():
        from grader.gradescope.run import run

        if not run(root.absolute(), os.environ, weaker=isolation == "process"):
            sys.exit(FAILED)


main.add_command(batch_command)
main.add_command(db_commands)


def _checked(json_path: str | None) -> None:
    if json_path == "":
        raise click.BadParameter("it needs a path, or - for stdout", param_hint="--json")


def _checked_format(style: str, json_path: str | None) -> None:
    """A table beside the lines that Autolab shows would tell students what is for staff; `$GITHUB_OUTPUT` is
    a file to append to, and a path is replaced.
    """
    if style != "gradescope" and json_path is None:
        raise click.BadParameter("it says what --json writes: give --json, too", param_hint="--format")
    if style in ("autolab", "classroom") and json_path != "-":
        raise click.BadParameter(f"{style} reads lines: print them with --json -", param_hint="--format")


@contextmanager
def _students_processes() -> Iterator[Source]:
    """Where they come from, behind the wall."""
    with in_good_order():
        from grader.sandbox import jail

        with jail.started() as source:  # its numpy is imported beside ours
            yield source
            progress("")


@contextmanager
def _plain_processes() -> Iterator[Spawner]:
    """Where they come from at home; the first one imports its numpy beside ours, too."""
    with in_good_order():
        from grader.sandbox.spawner import Spawner

        with closing(Spawner()) as spawner:
            yield spawner


def _picture(plot: str | None) -> Path | None:
    if plot is None:
        return None
    if Path(plot).suffix not in (".html", ".png"):
        raise click.BadParameter(f"{plot!r} ends in neither .html nor .png", param_hint="--plot")
    return Path(plot)


def _graded(file: Path, folder: Path | None, only: tuple[str, ...], earlier: int, *, weaker: bool) -> Record:
    with _students_processes() as source:
        from grader.assignment import load_assignment
        from grader.grade import grade
        from grader.key import make_key
        from grader.reference import load_reference
        from grader.settings import find_assignment
        from grader.submission import read_submission

        whole = load_assignment(folder or find_assignment(Path()))
        reference = load_reference(whole)
        assignment = _selected(whole, only)
        submission = read_submission(file, assignment.settings.file)
        key = make_key(assignment, reference)
        return grade(assignment, key, submission, source, progress, earlier=earlier, weaker=weaker)


def _proved(folder: Path | None, *, mutations: bool, weaker: bool) -> Proof:
    with _students_processes() as source:
        from grader.assignment import load_assignment
        from grader.grade import grade
        from grader.key import Key
        from grader.proving.verify import verify
        from grader.reference import load_reference
        from grader.settings import find_assignment
        from grader.submission import Submission

        assignment = load_assignment(folder or find_assignment(Path()))

        def graded(key: Key, submission: Submission) -> Record:
            return grade(assignment, key, submission, source, weaker=weaker)

        return verify(assignment, load_reference(assignment), graded, progress, mutations=mutations)


def _selected(assignment: Assignment, only: tuple[str, ...]) -> Assignment:
    from grader.assignment import select

    try:
        return select(assignment, only)
    except KeyError as error:
        known = ", ".join(problem.name for problem in assignment.problems)
        raise click.BadParameter(
            f"there is no {error.args[0]}; there are {known}", param_hint="--only"
        ) from None


def _deliver(json_path: str | None, as_json: Callable[[], str], show: Callable[[TextIO], None]) -> None:
    """JSON where it is asked for, and the table unless stdout is taken by it.

    Raises:
        Fault: it cannot be written there.
    """
    with stdout() as stream:
        if json_path == "-":
            _write_json(as_json(), json_path)
            return
        if json_path is not None:
            _write_json(as_json(), json_path)
        show(stream)


def _show_record(record: Record, stream: TextIO) -> None:
    from grader.report import text

    text.show(record, stream)


def _show_proof(proof: Proof, stream: TextIO) -> None:
    from grader.report import proof as report

    report.show(proof, stream)


def _results(record: Record, style: str) -> str:
    if style != "gradescope":
        return str(_platform(style).written(record))
    from grader.gradescope.results import results
    from grader.gradescope.schema import to_json

    return to_json(results(record))


def _platform(style: str) -> ModuleType:
    from grader.platforms import autolab, classroom, prairielearn

    return {"autolab": autolab, "classroom": classroom, "prairielearn": prairielearn}[style]


def _proof_json(proof: Proof) -> str:
    from grader.proving.proof import to_json

    return to_json(proof)


def _withhold(reason: str, path: str | None, style: str) -> None:
    """Results without a grade, where they were asked for: who finds none blames the student."""
    with suppress(Fault, OSError):  # the reason is told in any case
        if path is not None:
            _write_json(_withheld(reason, style), path)


def _withheld(reason: str, style: str) -> str:
    """The reason is in Gradescope's file alone: the other platforms show students all there is."""
    if style != "gradescope":
        return str(_platform(style).withheld())
    from grader.gradescope.results import withheld
    from grader.gradescope.schema import to_json

    return to_json(withheld(reason))


def _write_json(text: str, path: str) -> None:
    """JSON on stdout, or atomically at the path: a reader never meets half a file."""
    data = f"{text}\n".encode()  # JSON is UTF-8, whatever the terminal
    if path == "-":
        click.echo(data, nl=False)
        return
    atomic.write(Path(path), data)
    click.echo(f"wrote {path}", err=True)
