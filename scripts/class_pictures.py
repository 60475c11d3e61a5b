"""The pictures of docs/ta.md and the README, from a real run on the made-up class, by Chromium.

python scripts/class_pictures.py
"""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "batch")]

from browser import CHROMIUM, browser  # noqa: E402
from made_up_class import DEADLINE  # noqa: E402
from made_up_class import main as make  # noqa: E402

WIDTH, HEIGHT = 1120, 760  # of a picture, at most
OPEN_FIRST = "document.querySelector('{}').open = true"
BOX = """(() => {{
  const boxes = [...document.querySelectorAll('{}')].map((node) => node.getBoundingClientRect());
  const top = Math.min(...boxes.map((box) => box.top)) + scrollY;
  return [top, Math.max(...boxes.map((box) => box.bottom)) + scrollY - top];
}})()"""


def main() -> None:
    """Write docs/class-*.png.

    Raises:
        SystemExit: there is no Chromium.
    """
    if CHROMIUM is None:
        sys.exit("there is no Chromium here to take pictures with: install it")
    with TemporaryDirectory() as room:
        folder = _graded(Path(room))
        with browser(Path(room) / "profile") as tab:
            _take(tab, folder / "dashboard.html", "header, #scores", "dashboard")
            _take(tab, folder / "dashboard.html", "#functions", "functions")
            _take(tab, folder / "dashboard.html", "#mistakes", "mistakes", first="#mistakes details")
            _take(tab, folder / "dashboard.html", "#slow, #intake", "concerns")
            _take(tab, folder / "dashboard.html", "#students", "students")
            _take(tab, _one_who_failed(folder), "body", "page", first="details")


def _graded(room: Path) -> Path:
    make(room / "assignment_4242_export.zip")
    command = [sys.executable, "-m", "grader", "batch", "assignment_4242_export.zip"]
    options = ["--assignment", str(ROOT), "--due", DEADLINE, "--similar", "--quiet"]
    subprocess.run([*command, *options], cwd=room, check=True)
    return room / "graded"


def _one_who_failed(folder: Path) -> Path:
    """A student's page with a mistake that has a name."""
    pages = sorted((folder / "feedback").glob("*.html"))
    return next(page for page in pages if "Hint: " in page.read_text(encoding="utf-8"))


def _take(tab: Any, page: Path, what: str, name: str, first: str = "") -> None:
    tab.call(
        "Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1, mobile=False
    )
    tab.open(page.as_uri())
    if first:
        tab.run(OPEN_FIRST.format(first))
    top, height = tab.run(BOX.format(what))
    clip = {"x": 0, "y": top, "width": WIDTH, "height": min(height, HEIGHT), "scale": 1}
    taken = tab.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    (ROOT / "docs" / f"class-{name}.png").write_bytes(base64.b64decode(taken["data"]))


if __name__ == "__main__":
    main()
