"""The wheel of the grader that runs, from its own files: what students install is what their author tried.

No library does it: flit and pip need a pyproject.toml, which an installed grader lacks, and a network for
their build tools. The long description is left out: it quotes formulas of the example.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from grader import __version__
from grader.archive import zipped
from grader.faults import Fault

NAME = f"grader-{__version__}-py3-none-any.whl"
PACKAGE = Path(__file__).parent
CONTAINER = ("setup.sh", "run_autograder", "requirements.txt")
WHEEL = "Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel() -> bytes:
    """The file that is called NAME.

    Raises:
        Fault: the grader is not installed, or another version of it is.
    """
    return zipped(_members(_installed(), PACKAGE))


def _installed() -> Distribution:
    try:
        found = distribution("grader")
    except PackageNotFoundError:
        raise Fault("grader runs without being installed; install it with pip install -e .") from None
    if found.version != __version__:
        says = f"grader {__version__} runs, but grader {found.version} is what is installed"
        raise Fault(f"{says}; install it again with pip install -e .")
    return found


def _members(installed: Distribution, package: Path) -> dict[str, bytes]:
    """The sources, what pip has kept of the distribution, and RECORD with a hash of each."""
    inside = f"grader-{installed.version}.dist-info"
    found = {
        f"grader/{path.relative_to(package).as_posix()}": path.read_bytes() for path in _sources(package)
    }
    found |= {f"{inside}/{name}": text.encode() for name, text in _kept(installed).items()}
    found[f"{inside}/WHEEL"] = WHEEL.encode()
    lines = [f"{name},{_digest(data)},{len(data)}" for name, data in sorted(found.items())]
    found[f"{inside}/RECORD"] = "\n".join([*lines, f"{inside}/RECORD,,", ""]).encode()
    return found


def _sources(package: Path) -> list[Path]:
    """Python, the mark that it is typed, the container's scripts; nothing else that may lie about.

    The template of `grader new` is an author's alone: an assignment that keeps its formulas would leak them.
    """
    container = package / "gradescope" / "container"
    code = [path for path in package.rglob("*.py") if package / "template" not in path.parents]
    found = [*code, package / "py.typed", *(container / name for name in CONTAINER)]
    return [path for path in found if not any(p.startswith(".") for p in path.relative_to(package).parts)]


def _kept(installed: Distribution) -> dict[str, str]:
    """The metadata's fields without the text behind them, the command, the licence."""
    fields, _, _ = (installed.read_text("METADATA") or "").replace("\r\n", "\n").partition("\n\n")
    names = [path.parts[1:] for path in installed.files or () if path.parts[0].endswith(".dist-info")]
    licences = ["/".join(parts) for parts in names if parts[0] == "licenses"]
    kept = {name: installed.read_text(name) for name in ("entry_points.txt", *licences)}
    return {"METADATA": f"{fields.strip()}\n"} | {name: text for name, text in kept.items() if text}


def _digest(data: bytes) -> str:
    """As RECORD writes it."""
    return "sha256=" + base64.urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()
