"""docs/comparison.md: the template with the figures in it, so that nobody writes a measured one by hand."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Any

from bench.peers.tools import OTTER, OURS, UTILS

Figures = Mapping[str, Any]
POINTS = 10
LONGEST = 360  # characters of a sentence that is quoted
HONEST = 8.0  # without the one function that fails
HONEST_BUT_ONE = ("01_endless_loop", "02_loop_that_swallows", "03_os_exit")
ATTACKS = {
    "01_endless_loop": "one function never ends",
    "02_loop_that_swallows": "… and swallows every exception",
    "03_os_exit": "one function calls `os._exit(0)`",
    "04_rewrites_the_results": "`atexit` and a background process rewrite the results",
    "05_patches_the_comparison": "patches `np.allclose`, `np.testing`, our comparison",
    "06_patches_the_framework": "patches unittest's results, otter's test cases, our records",
    "07_calls_the_reference": "finds the reference in modules, memory or frames, and calls it",
    "08_zeroes_the_inputs": "makes the inputs zero in place, and returns zeros",
    "09_equals_everything": "returns an array that equals everything",
    "10_reads_the_file": "reads the reference's file, else writes the results itself",
}
MISTAKES = {
    "transposed": "transposed",
    "factor_2": "the factor 2 is missing",
    "one_over_n": "1/n is forgotten",
}
TEMPLATE = Path(__file__).with_name("comparison.md")
OTTERS = """by `otter generate` and `otter run`, without a container: its documentation recommends
  `otter grade`, in Docker, or Gradescope, and there was no Docker here."""
NO_OTTER = "was not run: `--otter` was not given."


def page(figures: Figures) -> str:
    """The whole text."""
    before, after = figures["load"]
    told = {
        "otter": OTTERS if OTTER in figures["one"] else NO_OTTER,
        "before": f"{before:.1f}",
        "after": f"{after:.1f}",
        "seconds": f"{figures['seconds']:g}",
        "longest": LONGEST,
        "installed": _installed(figures["installed"]),
        "one": _costs(figures["one"]),
        "class": _costs(figures["class"]),
        "hostile": _hostile(figures["hostile"]),
        "read": _read(figures["read"]),
    }
    plain = {name: figures[name] for name in ("isolation", "python", "processors", "date")}
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(told | plain)


def _installed(installed: Figures) -> str:
    rows = []
    for tool, found in installed.items():
        versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
        asked = "the wheel of this checkout" if tool == OURS else _code(found["asked"])
        rows.append((asked, versions, str(found["packages"]), str(found["megabytes"])))
        if tool == OURS:
            sizes = str(found["class_packages"]), str(found["class_megabytes"])
            rows.append(("… with its extra `[batch]`, for a class", "", *sizes))
    return _table(("installed by pip", "versions", "packages", "MB"), rows)


def _costs(rows: Figures) -> str:
    of_a_class = any("graded" in row for row in rows.values())
    heads = (
        "",
        "wall",
        "ratio",
        "processor",
        "ratio",
        "memory",
        "ratio",
        *(["graded"] * of_a_class),
        "rounds",
    )
    table, first = [], next(iter(rows.values()))
    for name, row in rows.items():
        cells = [_seconds(row["wall"]), _ratio(row["wall_ratio"]), _seconds(row["cpu"])]
        cells += [
            _ratio(row["cpu_ratio"]),
            f"{row['memory']:.0f} MiB",
            _ratio(row["memory"] / first["memory"]),
        ]
        cells += [str(row[what]) for what in ("graded", "rounds") if what in row]
        table.append((_named(name, of_a_class), *cells))
    return _table(heads, table)


def _named(name: str, of_a_class: bool) -> str:
    tool, _, lanes = name.partition(", ")
    if not of_a_class:
        return name
    return f"`grader batch`, {lanes or '1 lane'}" if tool == OURS else f"{name}, a loop"


def _hostile(found: Figures) -> str:
    tools = list(next(iter(found.values())))
    rows = [
        (ATTACKS[name], f"{worth(name):g}", *(_given(given[tool], worth(name)) for tool in tools))
        for name, given in found.items()
    ]
    for what, happened in (("forged", _is_forged), ("honest hand-ins that lost points", _is_lost)):
        counts = [sum(happened(given[tool], worth(name)) for name, given in found.items()) for tool in tools]
        rows.append((f"**{what}**", "", *(f"**{count}**" for count in counts)))
    return _table(("what it does", "worth", *tools), rows)


def worth(name: str) -> float:
    """What a hostile hand-in deserves."""
    return HONEST if name in HONEST_BUT_ONE else 0.0


def _is_forged(given: float | str, deserved: float) -> bool:
    return not isinstance(given, str) and given > deserved


def _is_lost(given: float | str, deserved: float) -> bool:
    return deserved > 0 and (isinstance(given, str) or given < deserved)


def _given(given: float | str, deserved: float) -> str:
    if isinstance(given, str):
        return "hangs" if given == "hangs" else "no result"
    return f"**F** {given:g} of {POINTS}" if given > deserved else f"{given:g}"


def _read(found: Figures) -> str:
    heads = {UTILS: UTILS, OTTER: OTTER, OURS: "grader, at once", "later": "grader, after five attempts"}
    lines = []
    for name, title in MISTAKES.items():
        lines.append(f"*{title}*\n")
        lines += [
            f"* {head}: {_code([found[name][tool]])}" for tool, head in heads.items() if tool in found[name]
        ]
        lines.append("")
    return "\n".join(lines)


def _code(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text.replace('`', chr(39))}`" for text in texts)


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 1 else f"{ratio:.2g}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s" if seconds >= 2 else f"{seconds:.2f} s"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
