"""The hostile corpus passes whoever runs it: in a container with Docker's defaults, and as a plain user.

As whoever runs the suite it passes in `tests/test_hostile.py`.
"""

import os
import subprocess

import environments
import pytest

CORPUS = environments.ROOT / "tests" / "test_hostile.py"
OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "test_hostile")


@pytest.mark.parametrize(
    "steps", [("root", "private", "docker"), ("root", "private", "user")], ids=["Docker", "a plain user"]
)
def test_the_corpus_passes(steps, tmp_path_factory):
    if lacking := environments.missing(steps):
        pytest.skip(lacking)
    base = tmp_path_factory.mktemp("elsewhere")
    for folder in (base, *list(base.parents)[:3]):
        if folder.name.startswith(("pytest", "popen", "elsewhere")):
            folder.chmod(0o777)
    done = subprocess.run(
        environments.command(steps, "-m", "pytest", *OPTIONS, "--basetemp", str(base / "tmp"), str(CORPUS)),
        env=os.environ | {"HOME": str(base)},
        cwd=environments.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-5000:]
