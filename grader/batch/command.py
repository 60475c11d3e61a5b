"""The commands for a class: `grader batch`, and `grader db` for the store that it leaves.

Whatever imports numpy or SQLite's schema waits until a verb needs it.
"""

from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.batch.grades.filesystem import STORE
from grader.faults import Fault
from grader.report.escape import printable
from grader.terminal import (
    FAILED,
    STOPPED,
    assignment_option,
    faults_in_one_sentence,
    in_good_order,
    isolation_option,
    stdout,
)

if TYPE_CHECKING:
    from grader.batch.engine import Engine

RETRY = {"infra": ("infra",), "timeout": ("infra", "timeout"), "none": ()}
store_path = click.Path(exists=True, path_type=Path)
store_argument = click.argument("store", type=store_path)


@click.command("batch")
@click.argument("export", type=click.Path(exists=True, path_type=Path))
@assignment_option
@click.option(
    "-o",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    default="graded",
    show_default=True,
    help="The folder for tables, feedback, the dashboard, and the store of what has been graded.",
)
@click.option(
    "-j",
    "lanes",
    type=click.IntRange(1, 1024),
    help="Lanes that grade side by side. Default: one a processor.",
)
@click.option(
    "--roster", type=click.Path(exists=True, path_type=Path), help="A class list: a CSV with its headings."
)
@click.option(
    "--platform", help="Whose export it is, where it is not recognised: gradescope, canvas, moodle, …"
)
@click.option("--due", default="", metavar="TIME", help="Tell who was later, where the export has times.")
@click.option("--only", metavar="ID", multiple=True, help="Grade this student alone; may be repeated.")
@click.option("--skip", metavar="ID", multiple=True, help="Leave this student out; may be repeated.")
@click.option(
    "--retry",
    type=click.Choice(list(RETRY)),
    default="infra",
    show_default=True,
    help="What is graded again: what failed by no fault of a student's (infra); that and what timed out.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what was found in the export.")
@click.option(
    "--all", "everything", is_flag=True, help="Tell all that was found, not only what needs attention."
)
@click.option("--parquet", is_flag=True, help="Also results.parquet, with the rows of results.jsonl.")
@click.option("--shard", metavar="K/N", help="Grade the K-th of N parts alone, into a store to be merged.")
@click.option("--anonymize", is_flag=True, help="No names, addresses or numbers in the dashboard.")
@click.option("--similar", is_flag=True, help="Tell whose code has much in common beyond the template.")
@click.option(
    "--hints/--no-hints", default=True, help="Students' pages name the mistakes, or not. Default: they do."
)
@click.option("--quiet", is_flag=True, help="No table and no progress: errors, and what it came to.")
@click.option(
    "--json", "as_json", is_flag=True, help="Lines of JSON on stdout: the progress, then every student."
)
@click.option(
    "--engine",
    default="local",
    show_default=True,
    help="Where: local, or a Dask cluster: tls://HOST:8786, tcp://127.0.0.1:8786, slurm.",
)
@click.option("--tls-ca", type=click.Path(path_type=Path), help="For tls: who signs certificates there.")
@click.option("--tls-cert", type=click.Path(path_type=Path), help="For tls: your certificate.")
@click.option("--tls-key", type=click.Path(path_type=Path), help="For tls: its key.")
@click.option(
    "--workers", type=click.IntRange(1), default=2, show_default=True, help="For slurm: how many workers."
)
@click.option(
    "--cluster-config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For slurm: a TOML file of what dask_jobqueue.SLURMCluster takes: cores, memory, queue, walltime, …",
)
@click.option(
    "--wait",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="How long a cluster may be without a worker, or silent. Default: 60, and an hour for slurm.",
)
@click.option("--insecure-cluster", is_flag=True, help="Take a tcp:// cluster that is not on this machine.")
@isolation_option
def batch_command(
    export: Path,
    folder: Path | None,
    lanes: int | None,
    retry: str,
    isolation: str,
    *,
    shard: str | None,
    **more: Any,
) -> None:
    """Grade a whole class: EXPORT is what Gradescope, Canvas, Moodle or Classroom export, or a folder.

    \b
    Example:
      grader batch assignment_4711_export.zip
      grader batch submissions/ -o week3 -j 4 --roster class.csv
    """
    with faults_in_one_sentence(), stdout() as stream, in_good_order():
        from grader.assignment import load_assignment
        from grader.batch.batch import Request, Shard, batch
        from grader.batch.run import Circumstances, lanes_here
        from grader.settings import find_assignment

        assignment = load_assignment(folder or find_assignment(Path()))
        part = Shard(*_shard(shard)) if shard else None
        arguments = tuple(sys.argv[2:])  # to go on with
        lanes, weaker = lanes or lanes_here(), isolation == "process"
        how = Circumstances(lanes, RETRY[retry], weaker, arguments, bool(part), _engine(more))
        try:
            finished = batch(assignment, Request(export, circumstances=how, shard=part, **more), stream)
        except KeyboardInterrupt:  # the second one, or before the lanes were there
            click.echo("grader: stopped at once; the same command goes on with what is stored", err=True)
            sys.exit(STOPPED)
    if finished and finished.stopped:
        sys.exit(STOPPED)
    if finished and (finished.tally.failed or finished.lost):
        sys.exit(FAILED)


def _engine(more: dict[str, Any]) -> Engine:
    """Of the options, without those that are for it alone."""
    from grader.batch.engine import in_lanes

    address, wait = more.pop("engine"), more.pop("wait")
    names = {f"tls_{name}": name for name in ("ca", "cert", "key")}
    names |= {"workers": "workers", "cluster_config": "config", "insecure_cluster": "insecure"}
    given = {name: more.pop(option) for option, name in names.items()}
    if address == "local":
        return in_lanes
    from grader.batch.cluster import driver as cluster

    wait = wait or (cluster.QUEUED if address == cluster.SLURM else cluster.WAIT)
    return cluster.engine(cluster.Cluster(address, wait=wait, **given))


def _shard(text: str) -> tuple[int, int]:
    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise click.BadParameter(f"{text!r} is not like 3/64, the third of 64", param_hint="--shard")
    return int(number), int(of)


@click.group("db")
def db_commands() -> None:
    """What was graded: STORE is a folder that grader batch wrote, or the grades.sqlite in it.

    \b
    Example:
      grader db overrides graded
    """


@db_commands.command("backup")
@store_argument
@click.argument("to", type=click.Path(path_type=Path))
def backup_command(store: Path, to: Path) -> None:
    """Copy STORE to the new file TO, as it is at one moment, also while somebody grades.

    \b
    Example:
      grader db backup graded friday.sqlite
    """
    with faults_in_one_sentence(), stdout() as stream:
        from grader.batch.grades.merge import backup

        backup(_file(store), to)
        print(f"{to} holds all that {store} does.", file=stream)


@db_commands.command("merge")
@click.argument("into", type=click.Path(path_type=Path))
@click.argument("stores", metavar="STORE...", nargs=-1, required=True, type=store_path)
def merge_command(into: Path, stores: tuple[Path, ...]) -> None:
    """Take over into INTO, a folder or file that may be new, what every STORE holds; they stay as they are.

    \b
    Example:
      grader db merge graded shard1 shard2 shard3
    """
    with faults_in_one_sentence(), stdout() as stream:
        from grader.batch.grades.merge import merged

        merged(_file(into, new=True), map(_file, stores))
        print(f"{into} has what was graded in {', '.join(map(str, stores))}.", file=stream)
        print(f"Write the tables: grader batch EXPORT -o {into}", file=stream)


@db_commands.command("override")
@store_argument
@click.argument("student")
@click.argument("function")
@click.argument("score", required=False)
@click.option("--withdraw", is_flag=True, help="Instead of a score: what was graded counts again.")
@click.option("--why", required=True, help="The reason; the student reads it, too.")
@click.option("--bonus", is_flag=True, help="SCORE may be more than the function gives.")
@click.option("--who", default="", help="Who decided. Default: your user name.")
@click.option("--title", default="", help="The assignment, where STORE has several.")
def override_command(store: Path, score: str | None, *, withdraw: bool, bonus: bool, **wish: str) -> None:
    """Set STUDENT's SCORE for FUNCTION by hand. It outlives regrades and later hand-ins until withdrawn.

    \b
    Example:
      grader db override graded ada grad_W 4.5 --why "the sign slip counts half"
      grader db override graded ada grad_W --withdraw --why "set for the wrong student"
    """
    if withdraw == (score is not None):
        raise click.UsageError("give a SCORE or --withdraw")
    if not wish["why"].strip():
        raise click.BadParameter("the student reads it: give a reason", param_hint="--why")
    with faults_in_one_sentence(), stdout() as stream:
        from grader.batch.by_hand import Wish, granted
        from grader.batch.grades.store import opened

        with opened(_there(store)) as db:
            for line in granted(db, Wish(score=_points(score), bonus=bonus, **wish)):
                print(line, file=stream)


@db_commands.command("overrides")
@store_argument
def overrides_command(store: Path) -> None:
    """List every score that was set by hand: when, who, whose, which, the score, and why.

    \b
    Example:
      grader db overrides graded
    """
    with faults_in_one_sentence(), stdout() as stream:
        from grader.batch.by_hand import log
        from grader.batch.grades.store import opened

        with opened(_there(store)) as db:
            for line in log(db):
                print(printable(line), file=stream)


def _file(store: Path, *, new: bool = False) -> Path:
    """The store's file, where somebody may name its folder."""
    if new and not store.exists() and not store.suffix:
        store.mkdir(parents=True)
    return store / STORE if store.is_dir() else store


def _there(store: Path) -> Path:
    file = _file(store)
    if not file.is_file():
        raise Fault(f"{file} is missing: name a folder that grader batch wrote")
    return file


def _points(score: str | None) -> Decimal | None:
    if score is None:
        return None
    try:
        points = Decimal(score)
    except InvalidOperation:
        raise click.BadParameter(f"{score!r} is no number", param_hint="SCORE") from None
    if not points.is_finite() or points < 0:
        raise click.BadParameter(f"{score!r} is no number of points", param_hint="SCORE")
    return points
