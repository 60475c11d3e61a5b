"""Workers from SLURM: jobs that are submitted, and cancelled at the end; between them and here there is TLS.

The scheduler is in this process. Its credentials are made for the run and lie, for as long, in files that
only this user may read, in a folder that the nodes share.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

from grader import files
from grader.faults import Fault

WALLTIME = re.compile(r"(?:(?P<days>\d+)-)?(?P<first>\d+)(?::(?P<second>\d+))?(?::(?P<third>\d+))?")
MARGIN = 0.1  # of the walltime, before whose end a worker hands back what it has
SHARED = "shared_temp_directory"
OURS = ("security", "protocol", "n_workers", "asynchronous", "loop", "job_cls", "scheduler_cls")


@contextmanager
def cluster(workers: int, config: Path | None) -> Iterator[tuple[Any, Callable[[], object]]]:
    """A cluster of so many workers, and what is to be called from time to time: jobs end, others follow.

    Raises:
        Fault: there is no SLURM here, or the file's settings are none of its.
    """
    if shutil.which("sbatch") is None:
        raise Fault("there is no sbatch here: type this command on a machine of the SLURM cluster")
    from dask_jobqueue import SLURMCluster
    from distributed.security import Security

    settings = _settings(config)
    try:
        made = SLURMCluster(
            **settings,
            security=Security.temporary(),
            protocol="tls://",
        )
    except (TypeError, ValueError, OSError, RuntimeError) as error:
        raise Fault(f"{config or 'the configuration of SLURM'} cannot be used: {error}") from None
    try:
        made.scale(workers)
        yield made, lambda: made.scale(workers)
    finally:
        with suppress(Exception):
            made.close()


def _settings(config: Path | None) -> dict[str, Any]:
    """The file's keys, and what follows from them."""
    import dask

    found = {name: _plain(value) for name, value in (files.toml(config) if config else {}).items()}
    for name in OURS:
        if name in found:
            raise Fault(f"{config}: {name} is not for the file to say; remove it")
    walltime = str(found.get("walltime") or dask.config.get("jobqueue.slurm.walltime"))
    found.setdefault(SHARED, str(Path.cwd()))
    found["scheduler_options"] = {"dashboard": False} | found.get("scheduler_options", {})
    found["worker_extra_args"] = [*found.get("worker_extra_args", []), *_lifetime(walltime), "--no-dashboard"]
    return found


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _lifetime(walltime: str) -> list[str]:
    """Workers leave in good order before their time is up, and not all at once."""
    parts = WALLTIME.fullmatch(walltime)
    if parts is None:
        raise Fault(f"walltime = {walltime!r}: write hours, minutes and seconds, such as '02:00:00'")
    whole = _seconds(parts)
    return ["--lifetime", f"{whole * (1 - 2 * MARGIN):.0f}s", "--lifetime-stagger", f"{whole * MARGIN:.0f}s"]


def _seconds(parts: re.Match[str]) -> int:
    """As SLURM reads it: `minutes`, `minutes:seconds`, `hours:minutes:seconds`, `days-hours:minutes`."""
    days, first, second, third = (int(part or 0) for part in parts.groups())
    if parts["days"] is not None or parts["third"] is not None:
        return ((days * 24 + first) * 60 + second) * 60 + third
    return first * 60 + second
