"""Each tool in a virtual environment of its own, made by venv and pip, and what it came to."""

import json
import subprocess
from pathlib import Path

from bench.peers.running import told
from bench.peers.tools import OURS, REQUIRED
from grader import wheel

KEPT_OUT = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence.pth")
TOLD = ("numpy", "gradescope-utils", "otter-grader", "ipykernel", "nbconvert", "grader")


def installed(tool: str, python: str, folder: Path) -> tuple[Path, dict[str, object]]:
    """The environment, and what is in it; ours is the wheel of this checkout, without and with its extra."""
    environment = folder / f"env-{tool}"
    told([python, "-m", "venv", str(environment)], folder)
    if tool != OURS:
        return environment, _with(environment, REQUIRED[tool])
    path = folder / wheel.NAME
    path.write_bytes(wheel.wheel())
    alone = _with(environment, (str(path),))
    whole = _with(environment, (f"{path}[batch]",))
    more = {f"class_{what}": whole[what] for what in ("packages", "megabytes")}
    return environment, alone | more | {
        "asked": ["the wheel of this checkout; for a class its extra [batch]"]
    }


def _with(environment: Path, asked: tuple[str, ...]) -> dict[str, object]:
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    told([*pip, "install", "--quiet", *asked], environment)
    listed = subprocess.run([*pip, "list", "--format", "json"], capture_output=True, text=True, check=True)
    versions = {each["name"]: each["version"] for each in json.loads(listed.stdout)}
    names = [name for name in versions if name not in KEPT_OUT]
    return {
        "asked": list(asked),
        "versions": {name: versions[name] for name in TOLD if name in versions},
        "packages": len(names),
        "megabytes": _megabytes(environment),
    }


def _megabytes(environment: Path) -> int:
    """Of all files but those of pip, which every environment brings."""
    (packages,) = environment.glob("lib/python*/site-packages")
    first = [path for path in packages.iterdir() if not path.name.startswith(KEPT_OUT)]
    files = [file for path in first for file in (path, *path.rglob("*")) if file.is_file()]
    return round(sum(file.lstat().st_size for file in files) / 1e6)


def version(python: str, folder: Path) -> str:
    return told([python, "-c", "import sys; print(sys.version.split()[0])"], folder).strip()
