"""gradescope-utils, otter-grader and us on the same job: what it costs, what is forged, what a student reads.

    python bench/peers --otter --save bench/peers/figures.json --write docs/comparison.md

Installs each tool in a throw-away environment, runs the job of `job/` in all of them in turn, and prints the
page; `--save` keeps the figures, `--from` prints the page of kept ones without running anything. The folder
`hostile/` has ten hand-ins that attack whichever tool runs them. The peers run them unprotected: they change
nothing but the results of the run that they are part of, yet this is for a machine that may be thrown away.
Linux only.
"""

import argparse
import datetime
import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from bench.peers import installing, page, rounds, running  # noqa: E402
from bench.peers.tools import OTTER, OURS, UTILS, Place, furnished, generated  # noqa: E402


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python bench/peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--otter", action="store_true", help="otter-grader, too: 90 packages, and slow")
    parser.add_argument("--rounds", type=int, default=9, help="for one hand-in")
    parser.add_argument("--class-rounds", type=int, default=3, help="for the hundred")
    parser.add_argument("--otter-rounds", type=int, default=1, help="for the hundred in otter's loop")
    parser.add_argument("--seconds", type=float, default=60, help="until a hostile hand-in's run is ended")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the environments")
    parser.add_argument("--save", type=Path, help="where the figures are kept")
    parser.add_argument("--from", type=Path, dest="kept", help="kept figures, in place of a run")
    parser.add_argument("--write", type=Path, help="where the page goes, beside the terminal")
    return parser.parse_args()


def measured(chosen: argparse.Namespace) -> dict[str, object]:
    running.adopt()
    tools = [UTILS, *([OTTER] if chosen.otter else []), OURS]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        folder.chmod(
            0o755
        )  # as an ordinary installation: libraries may be read, the job's folders see to theirs
        load = [os.getloadavg()[0]]
        installed, places = {}, []
        for tool in tools:
            environment, installed[tool] = installing.installed(tool, chosen.python, folder)
            places.append(furnished(Place(tool, folder / f"run-{tool}", environment)))
            if tool == OTTER:
                running.told(generated(places[-1]), places[-1].root)
            print(f"{tool}: {installed[tool]}", flush=True)
        one = rounds.one(places, chosen.rounds)
        isolation = rounds.isolation(places[-1])
        print(f"{isolation}\n{one}", flush=True)
        figures = {
            "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
            "python": installing.version(chosen.python, folder),
            "processors": os.cpu_count(),
            "isolation": isolation,
            "seconds": chosen.seconds,
            "installed": installed,
            "one": one,
            "hostile": rounds.hostile(places, chosen.seconds),
            "read": rounds.reading(places),
            "class": rounds.a_class(places, folder, chosen.class_rounds, chosen.otter_rounds),
        }
        return figures | {"load": [*load, os.getloadavg()[0]]}


def main() -> None:
    chosen = asked()
    figures = json.loads(chosen.kept.read_text(encoding="utf-8")) if chosen.kept else measured(chosen)
    if chosen.save:
        chosen.save.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = page.page(figures)
    if chosen.write:
        chosen.write.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
