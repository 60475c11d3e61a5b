"""A class on a Dask cluster: a real scheduler and real workers on loopback, killed in every way.

Whatever dies, the table is the one of an undisturbed run on this machine, and nothing is left.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest
from courses import edit
from processes import children, is_gone

from grader.batch.cluster.driver import Cluster, engine, size
from grader.batch.cluster.lane import difference
from grader.batch.cluster.slurm import _lifetime
from grader.faults import Fault

LACKING = [name for name in ("distributed", "dask_jobqueue", "cryptography") if find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)}")

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "bench" / "small"  # five functions
LONGEST = 120.0  # seconds for something that takes five
CLASS = 40
SLOW = "import time\ntime.sleep(0.1)\n"  # so that there is a middle of a run
DEADLY = (
    "__import__('os').kill(__import__('os').getpid(), 9) if 4321.0 in np.ravel(z)[:1] else "
    "__import__('os').kill(__import__('os').getppid(), 9) if 1234.0 in np.ravel(z)[:1] else np.tanh(z)"
)
KILLS = "\ndef activation(A, x, s):\n    return s(np.full(1, {}))\n"


def small(folder):
    """A course of five functions."""
    for name in ("problems", "reference"):
        shutil.copytree(SMALL / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SMALL / "assignment.toml", folder)
    return folder


def hand_ins(count, more=SLOW):
    """Different ones: right, a wrong sign, a wrong factor."""
    right = (SMALL / "hw2.py").read_text(encoding="utf-8")
    kinds = [right, right.replace("- A.T @ b", "+ A.T @ b"), right.replace("/ 2", "")]
    return {f"s{k:02}": f"{more}NUMBER = {k}\n{kinds[k % 3]}" for k in range(count)}


def export(folder, sources):
    for student, source in sources.items():
        (folder / student).mkdir(parents=True)
        (folder / student / "hw2.py").write_text(source, encoding="utf-8")
    return folder


class Loopback:
    """Processes on loopback, whose logs are files; all of them, and all below them, end with the test."""

    def __init__(self, folder, scheme="tcp", files=None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address, self.scheme, self.folder, self.files = (
            f"{scheme}://127.0.0.1:{self.port}",
            scheme,
            folder,
            files,
        )
        self.started = []
        self.seen = set()

    def begun(self, name, *command, python=sys.executable, **environment):
        files = [f"--tls-{what}={path}" for what, path in (self.files or {}).items()]
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [str(python), "-m", *map(str, command), "--no-dashboard", *files],
                stdout=log,
                stderr=log,
                env=os.environ | environment,
                cwd=self.folder,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def scheduler(self, **environment):
        place = ("--host", "127.0.0.1", "--port", self.port, "--protocol", self.scheme)
        return self.begun("scheduler", "distributed.cli.dask_scheduler", *place, **environment)

    def worker(self, name, *arguments, nanny="--no-nanny", **more):
        where = ("--name", name, "--nthreads", 1, "--local-directory", self.folder / name, nanny)
        command = ("distributed.cli.dask_worker", self.address, *where, *arguments)
        return self.begun(name, *command, **more)

    def look(self):
        """Remember what there is by now."""
        for process in self.started:
            self.seen |= {process.pid, *children(process.pid)}

    def folders(self):
        """The assignment's, on the workers."""
        below = os.walk(self.folder)  # which takes it well that one of them goes meanwhile
        return [
            Path(place, name) for place, names, _ in below for name in names if name.startswith("grader-")
        ]

    def close(self):
        self.look()
        for process in self.started:
            process.kill()
            process.wait()
        until(lambda: all(map(is_gone, self.seen)))


def until(true):
    late = time.monotonic() + LONGEST
    while not true():
        assert time.monotonic() < late
        time.sleep(0.02)


@pytest.fixture
def cluster(tmp_path):
    made = []

    def make(*arguments):
        folder = tmp_path / f"cluster{len(made)}"
        folder.mkdir()
        made.append(Loopback(folder, *arguments))
        return made[-1]

    yield make
    for each in made:
        each.close()


def begun(course, there, out, *arguments, python=sys.executable, **options):
    command = [python, "-m", "grader", "batch", there, "-o", out, "--assignment", course, *arguments]
    return subprocess.Popen(
        [*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def batch(*arguments, code=0, **options):
    """Run it to its end; what it printed on stdout and on stderr."""
    process = begun(*arguments, **options)
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == code, out + err
    return out, err


def sentence(*arguments, **options):
    """The one line on stderr that says why nothing was graded."""
    out, err = batch(*arguments, "--quiet", code=1, **options)
    (line,) = err.splitlines()
    assert out == ""
    return line


def in_the_middle(process, count):
    """Wait until so many hand-ins are done."""
    for line in process.stderr:
        found = re.search(r"(\d+) of \d+ hand-ins", line)
        if found and int(found[1]) >= count:
            return
    raise AssertionError("it ended too early")


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """A class, and its table as this machine makes it."""
    folder = tmp_path_factory.mktemp("local")
    course, there = small(folder / "course"), export(folder / "class", hand_ins(CLASS))
    batch(course, there, folder / "out", "-j", 4)
    return course, there, (folder / "out" / "grades.csv").read_bytes()


def knows(pid, worker, dask):
    """Whether a process has the cluster's address, its worker's environment, or one of its sockets."""
    try:
        told = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
        theirs = sockets(pid)
    except (FileNotFoundError, ProcessLookupError):  # a student's process that has ended meanwhile
        return False
    return str(dask.port).encode() in told or b"hush" in told or bool(theirs & sockets(worker))


def sockets(pid):
    links = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]
    return {link for link in links if link.startswith("socket:")}


def test_a_worker_is_killed_in_the_middle(local, cluster, tmp_path):
    course, there, expected = local
    dask = cluster()
    dask.scheduler()
    victim, _ = dask.worker("one", PASSWORD="hush"), dask.worker("two")
    process = begun(course, there, tmp_path / "out", "--engine", dask.address)
    in_the_middle(process, 5)
    dask.look()
    (folder,) = {path for path in dask.folders() if "one" in path.parts}
    assert folder.stat().st_mode & 0o777 == 0o700
    below = children(victim.pid)
    assert len(below) >= 2
    assert not any(knows(pid, victim.pid, dask) for pid in below)
    victim.kill()
    victim.wait()
    until(lambda: all(map(is_gone, below)))  # its lane, that one's server and the student's process
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, out + err
    assert f"{CLASS} of {CLASS} hand-ins" in err
    assert (tmp_path / "out" / "grades.csv").read_bytes() == expected
    assert dask.folders() == []
    until(lambda: not children(dask.started[2].pid))  # the other one's lanes


def test_the_driver_and_then_the_scheduler_are_killed_and_the_next_run_finishes(local, cluster, tmp_path):
    course, there, expected = local
    dask = cluster()
    scheduler = dask.scheduler()
    dask.worker("one")
    process = begun(course, there, tmp_path / "out", "--engine", dask.address)
    in_the_middle(process, 3)
    dask.look()
    process.kill()
    process.communicate()
    until(lambda: not dask.folders())  # nobody had to ask for that
    process = begun(course, there, tmp_path / "out", "--engine", dask.address)
    in_the_middle(process, 10)
    dask.look()
    scheduler.kill()
    scheduler.wait()
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 1, out + err
    (said,) = (line for line in err.splitlines() if "hand-ins" not in line)
    assert said.startswith("grader: the scheduler is gone; what was graded is kept: start it again")
    until(lambda: all(map(is_gone, dask.seen)))  # workers go with their scheduler
    again = cluster()
    again.scheduler()
    again.worker("two")
    _, err = batch(course, there, tmp_path / "out", "--engine", again.address)
    assert int(re.search(r"(\d+) from earlier", err)[1]) >= 10
    assert (tmp_path / "out" / "grades.csv").read_bytes() == expected


def test_what_kills_its_lane_or_its_worker_costs_that_hand_in_alone(cluster, tmp_path):
    """What a hand-in passes to s is met by the author's own code, in the lane; here, that kills."""
    course = small(tmp_path / "course")
    asks, answers = (course / name / "least_squares.py" for name in ("problems", "reference"))
    given = f'ACTIVATIONS = {{"tanh": Activation("{DEADLY}", "1 - np.tanh(z) ** 2")}}\nGIVEN = '
    edit(asks, "import Array\n", "import Array, Function\nfrom grader.functions import Activation\n")
    edit(asks, "GIVEN = ", given)
    edit(
        asks,
        '"x": Array["n"]}, returns=Array["m"], points=5)\n',
        '"x": Array["n"], "s": Function}, returns=Array["m"], points=5)\n',
    )
    edit(
        answers,
        "def activation(A, x):\n    return np.tanh(A @ x)",
        "def activation(A, x, s):\n    return s(A @ x)",
    )
    sources = hand_ins(12, "")
    sources["s03"] += KILLS.format(4321.0)
    sources["s08"] += KILLS.format(1234.0)
    dask = cluster()
    dask.scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    for name in ("one", "two"):
        dask.worker(name, nanny="--nanny")
    arguments = ("--engine", dask.address, "--json")
    out, _ = batch(course, export(tmp_path / "class", sources), tmp_path / "out", *arguments, code=1)
    lines = map(json.loads, out.splitlines())
    told = {line["student"]: line for line in lines if line["event"] == "student"}
    assert sorted(name for name, line in told.items() if line["status"] == "failed") == ["s03", "s08"]
    assert "process that graded it was killed" in told["s03"]["reason"]
    assert "each worker that graded it was killed" in told["s08"]["reason"]
    assert [told[f"s{k:02}"]["score"] for k in (0, 1, 2, 9, 10)] == [20, 15, 15, 20, 15]


def without(folder, *names):
    """An interpreter that has the packages of this one but for some; those of `folder` first."""
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    (site,) = (folder / "venv").glob("lib/python*/site-packages")
    packages = folder / "packages"
    packages.mkdir()
    for path in Path(find_spec("numpy").origin).parents[1].iterdir():
        if not path.name.startswith(names) and path.suffix != ".pth":
            (packages / path.name).symlink_to(path)
    (site / "them.pth").write_text(f"{folder / 'first'}\n{packages}\n")
    return python


def test_no_worker_and_one_that_would_grade_otherwise_are_refused(cluster, tmp_path):
    course, there = small(tmp_path / "course"), export(tmp_path / "class", hand_ins(2))
    for name in ("another", "none"):
        (tmp_path / name).mkdir()
    another, none = without(tmp_path / "another", "grader.pth"), without(tmp_path / "none", "grader")
    copied = tmp_path / "another" / "first" / "grader"
    shutil.copytree(ROOT / "grader", copied, ignore=shutil.ignore_patterns("__pycache__"))
    with (copied / "compare.py").open("a") as file:
        file.write("# later\n")
    dask = cluster()
    dask.scheduler()
    asked = (course, there, tmp_path / "out", "--engine", dask.address)
    assert "has had no worker for 0.5 s: start some with `dask worker`" in sentence(*asked, "--wait", 0.5)
    odd = dask.worker("odd", python=another)
    said = sentence(*asked)
    assert re.search(r"worker tcp://127\.0\.0\.1:\d+ cannot be used: grader's source is another one", said)
    odd.kill()
    odd.wait()
    dask.worker("bare", python=none)
    assert "grader is not installed on the worker tcp://127.0.0.1:" in sentence(*asked)


def credentials(folder):
    """A certificate that signs itself, with its key, as files."""
    code = (
        "from distributed.security import Security\n"
        "made = Security.temporary()\n"
        "print(made.tls_client_cert, made.tls_client_key, sep='\\0', end='')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    certificate, key = done.stdout.split("\0")
    folder.mkdir()
    (folder / "cert.pem").write_text(certificate)
    (folder / "key.pem").write_text(key)
    return {"ca-file": folder / "cert.pem", "cert": folder / "cert.pem", "key": folder / "key.pem"}


def options(files):
    return [f"--tls-{what.removesuffix('-file')}={path}" for what, path in files.items()]


def test_with_tls_only_who_has_the_credentials_gets_in(cluster, tmp_path):
    course, there = small(tmp_path / "course"), export(tmp_path / "class", hand_ins(4, ""))
    ours, theirs = credentials(tmp_path / "ours"), credentials(tmp_path / "theirs")
    dask = cluster("tls", ours)
    dask.scheduler()
    dask.worker("one")
    asked = (course, there, tmp_path / "out", "--engine", dask.address)
    batch(*asked, *options(ours), env=os.environ | {"OPENBLAS_CORETYPE": "Prescott"})  # the lanes follow
    assert (tmp_path / "out" / "grades.csv").read_text().count(",graded,") == 4
    (tmp_path / "out" / "grades.sqlite").unlink()
    assert "refuses TLS with these files" in sentence(*asked, "--wait", 3, *options(theirs))
    assert "the TLS files cannot be used" in sentence(*asked, *options(ours | {"key": theirs["key"]}))


SBATCH = """#!/bin/sh
# Runs the job at once, on this machine, in a session of its own.
cp "$1" "{folder}/job.sh"
setsid sh -c 'exec bash "{folder}/job.sh"' > "{folder}/job.log" 2>&1 < /dev/null &
echo $! >> "{folder}/jobs"
echo "Submitted batch job $!"
"""
SCANCEL = '#!/bin/sh\nkill -TERM -"$1"\necho "$1" >> "{folder}/cancelled"\n'
CONFIG = """
cores = 2
processes = 2
memory = "2 GiB"
walltime = "01:00:00"
interface = "lo"
"""


def test_slurm_starts_the_workers_and_cancels_them(tmp_path):
    course, there = small(tmp_path / "course"), export(tmp_path / "class", hand_ins(6, ""))
    programs, shared = tmp_path / "bin", tmp_path / "shared"
    for folder in (programs, shared):
        folder.mkdir()
    for name, script in {"sbatch": SBATCH, "scancel": SCANCEL}.items():
        (programs / name).write_text(script.format(folder=shared))
        (programs / name).chmod(0o755)
    config = tmp_path / "slurm.toml"
    config.write_text(f'{CONFIG}shared_temp_directory = "{shared}"\nlocal_directory = "{shared}"\n')
    asked = ("--engine", "slurm", "--workers", 2, "--cluster-config", config)
    environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    try:
        batch(course, there, tmp_path / "out", *asked, env=environment)
        jobs = [int(number) for number in (shared / "jobs").read_text().split()]
        assert (shared / "cancelled").read_text().split() == [str(number) for number in jobs]
        assert (tmp_path / "out" / "grades.csv").read_text().count(",graded,") == 6
        script = (shared / "job.sh").read_text()
        assert " tls://127.0.0.1:" in script
        assert " --nworkers 2 " in script
        assert "--lifetime 2880s --lifetime-stagger 360s" in script
        assert "#SBATCH -t 01:00:00" in script
        assert [path.name for path in shared.iterdir() if "dask-jobqueue" in path.name] == []  # the keys
        until(lambda: all(map(is_gone, jobs)))
        assert list(shared.rglob("grader-*")) == []
    finally:
        for number in (shared / "jobs").read_text().split() if (shared / "jobs").exists() else ():
            if not is_gone(int(number)):
                os.killpg(int(number), signal.SIGKILL)


def test_a_cluster_that_loses_its_last_worker_is_not_waited_for_forever(cluster, tmp_path):
    course, there = small(tmp_path / "course"), export(tmp_path / "class", hand_ins(CLASS))
    dask = cluster()
    dask.scheduler()
    only = dask.worker("one")
    until(lambda: "Registered to" in (dask.folder / "one.log").read_text())
    process = begun(course, there, tmp_path / "out", "--engine", dask.address, "--wait", 2)
    in_the_middle(process, 3)
    dask.look()
    only.kill()
    only.wait()
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 1, out + err
    assert "grader: the cluster has had no worker for 2 s: start some with `dask worker`, then type" in err


def test_nobody_there(tmp_path):
    course, there = small(tmp_path / "course"), export(tmp_path / "class", hand_ins(1, ""))
    asked = (course, there, tmp_path / "out", "--wait", 0.5, "--engine")
    assert "no Dask scheduler answers at tcp://127.0.0.1:1 within 0.5 s" in sentence(
        *asked, "tcp://127.0.0.1:1"
    )
    assert "there is no sbatch here" in sentence(*asked, "slurm", env=os.environ | {"PATH": ""})


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("tcp://192.0.2.1:8786", "not encrypted, and who reaches that port runs code there: use tls://"),
        ("tcp://[2001:db8::1]", "not encrypted"),
        ("tcp://0.0.0.0:8786", "not encrypted"),
        ("dask://192.0.2.1", "type --insecure-cluster on a network that is yours alone"),
        ("tcp://no-such-machine.invalid:8786", "there is no machine no-such-machine.invalid"),
        ("tls://127.0.0.1:8786", "needs --tls-ca FILE"),
        ("ray://127.0.0.1:8786", "is no engine"),
        ("tcp://", "is no engine"),
        ("tcp://127.0.0.1:many", "is no engine"),
        ("127.0.0.1:8786", "is no engine"),
    ],
)
def test_what_cannot_be_is_one_sentence(address, says):
    with pytest.raises(Fault, match=re.escape(says)):
        engine(Cluster(address))


@pytest.mark.parametrize("address", ["tcp://localhost:8786", "tcp://127.1.2.3", "dask://[::1]:8786"])
def test_this_machine_needs_no_encryption(address):
    assert callable(engine(Cluster(address)))


def test_who_insists_gets_a_cluster_that_is_open():
    assert callable(engine(Cluster("tcp://192.0.2.1:8786", insecure=True)))


def test_a_tls_file_that_is_not_there(tmp_path):
    with pytest.raises(Fault, match=re.escape("--tls-ca nowhere.pem cannot be read")):
        engine(Cluster("tls://127.0.0.1:8786", Path("nowhere.pem")))


def test_the_settings_of_dask_stay_as_they_were():
    code = (
        "from grader.batch.cluster.driver import _quietly\n"
        "with _quietly():\n"
        "    pass\n"
        "import dask\n"
        "print(dask.config.get('distributed.admin.large-graph-warning-threshold'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "10MB\n"


@pytest.mark.parametrize(("hand_ins", "threads"), [(1, 1), (60, 2), (1000, 2), (1000, 64), (30_000, 7)])
def test_chunks_get_smaller_and_all_of_them_are_handed_out(hand_ins, threads):
    left, sizes = hand_ins, []
    while left:
        sizes.append(min(left, size(left, threads, 0.05)))
        left -= sizes[-1]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] <= 50
    assert sizes[-1] == 1
    assert sum(sizes[-threads:]) <= 2 * threads


def test_slow_hand_ins_go_out_in_small_chunks():
    assert size(10_000, 2, 0.01) == 50
    assert size(10_000, 2, 0.5) == 6
    assert size(10_000, 2, 70.0) == 1


def test_how_a_worker_differs_is_told_by_name():
    here = {
        "surroundings": {"Python": "3.12.1", "grader's source": "a"},
        "whole": "w",
        "problems": {"f": "1", "g": "1"},
    }
    there = here | {"surroundings": {"Python": "3.11.7", "grader's source": "b"}}
    assert difference(here, here) == ""
    says = "Python is 3.11.7 there and 3.12.1 here; grader's source is another one: install the same there"
    assert difference(there, here) == says
    assert "differently there for g: " in difference(here | {"problems": {"f": "1", "g": "2"}}, here)
    assert "differently there for the whole: " in difference(here | {"whole": "v"}, here)


@pytest.mark.parametrize(
    ("walltime", "seconds"), [("01:00:00", 3600), ("30", 1800), ("2:30", 150), ("1-12", 129_600)]
)
def test_workers_leave_before_their_time_is_up(walltime, seconds):
    _, lifetime, _, stagger = _lifetime(walltime)
    assert float(lifetime[:-1]) + float(stagger[:-1]) <= 0.9 * seconds + 1


def test_a_walltime_that_is_none():
    with pytest.raises(Fault, match="walltime = 'soon': write hours, minutes and seconds"):
        _lifetime("soon")


def test_without_dask_it_says_what_to_install(tmp_path):
    course, there = small(tmp_path / "course"), export(tmp_path / "class", hand_ins(1, ""))
    python = without(tmp_path, "distributed", "grader.pth")
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "grader").symlink_to(ROOT / "grader")
    asked = (course, there, tmp_path / "out", "--engine", "tcp://127.0.0.1:8786")
    assert "run `python -m pip install 'grader[dask]'`" in sentence(*asked, python=python)
