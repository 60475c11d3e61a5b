"""The hostile corpus passes whoever runs it: in a container with Docker's defaults, and as a plain user.

As whoever runs the suite it passes in `tests/test_hostile.py`.
"""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import environments
import pytest

CORPUS = environments.ROOT / "tests" / "test_hostile.py"
OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "test_hostile")


@pytest.mark.parametrize(
    "steps", [("root", "private", "docker"), ("root", "private", "user")], ids=["Docker", "a plain user"]
)
def test_the_corpus_passes(steps):
    if lacking := environments.missing(steps):
        pytest.skip(lacking)
    with TemporaryDirectory() as base:  # not pytest's: another run of pytest shuts that to other users
        Path(base).chmod(0o777)
        done = subprocess.run(
            environments.command(steps, "-m", "pytest", *OPTIONS, "--basetemp", f"{base}/tmp", str(CORPUS)),
            env=os.environ | {"HOME": base},
            cwd=environments.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout[-5000:]
