"""Gradescope's submission_metadata.yml: who handed in what, and when. Nothing else of it is looked at.

The file has the results of every attempt and may have hundreds of megabytes. So it is gone through line by
line: what stands under one hand-in's `:submitters:` and `:created_at:` is kept, the rest passes by, and only
what was kept is read as YAML, each hand-in by itself. In YAML whatever belongs to a key is indented deeper,
so no text that a student wrote can look like a key of these two levels. Every value is taken as a text: a
number keeps its zeros, a moment its form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.batch.exports.people import Named
from grader.faults import Fault, missing
from grader.report.escape import repaired

KEPT = (b":submitters:", b":created_at:", b"submitters:", b"created_at:")
MOST_KEPT = 1 << 20  # bytes of one hand-in; a group of three has 300
LONGEST_LINE = 1 << 20
UNREADABLE = "cannot be read"
BLANK = b" \t\r\n"

Load = Callable[[bytes], Any]


@dataclass(frozen=True)
class Submitted:
    """One hand-in of the table. Where it names nobody, `odd` says what is wrong with it."""

    id: str
    people: tuple[Named, ...]
    at: str
    odd: str = ""


def submitted(path: Path) -> list[Submitted]:
    """The hand-ins of the table, in its order.

    Raises:
        Fault: it cannot be read, or PyYAML is missing.
    """
    load = _loader()
    try:
        with path.open("rb") as stream:
            rows = [_submitted(head, kept, load) for head, kept in _blocks(_lines(stream))]
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror}") from None
    if rows and all(row.odd == UNREADABLE for row in rows):
        raise Fault(f"{path} is not written as Gradescope writes it; export the submissions again")
    return rows


def _loader() -> Load:
    try:
        import yaml
    except ModuleNotFoundError:
        raise Fault(f"a Gradescope export is read with the help of PyYAML, and {missing('pyyaml')}") from None
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # texts, lists and mappings, nothing else

    def load(text: bytes) -> Any:
        try:
            return yaml.load(text, Loader=loader)
        except (yaml.YAMLError, ValueError, RecursionError):
            return None

    return load


def _lines(stream: Any) -> Iterator[bytes]:
    """Lines; what is longer than any that matters is cut."""
    start = stream.read(3)
    stream.seek(3 if start == b"\xef\xbb\xbf" else 0)
    while line := stream.readline(LONGEST_LINE):
        yield line
        while line[-1:] != b"\n" and (line := stream.readline(LONGEST_LINE)):
            pass


def _blocks(lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Every key of the first level with what is kept below it."""
    head, kept, level, keeping, size = b"", list[bytes](), 0, True, 0
    for line in lines:
        body = line.lstrip(b" ")
        depth = len(line) - len(body)
        if not body.strip(BLANK) or body.startswith(b"#") or line.startswith((b"---", b"...", b"%")):
            continue
        if depth == 0:
            if head:
                yield head, b"".join(kept)
            head, kept, level, keeping, size = line, [], 0, True, 0
            continue
        level = level or depth
        if depth == level and not body.startswith(b"- "):
            keeping = body.startswith(KEPT)
        if keeping:
            size += len(line)
            kept.append(line)
            if size > MOST_KEPT:  # names nobody then, rather than some of them
                kept.clear()
    if head:
        yield head, b"".join(kept)


def _submitted(head: bytes, kept: bytes, load: Load) -> Submitted:
    table = load(head + kept)
    if not isinstance(table, dict) or len(table) != 1:
        name = head.decode("utf-8", "backslashreplace").strip().removesuffix(":")
        return Submitted(name, (), "", UNREADABLE)
    ((id_, fields),) = table.items()
    named = {key.lstrip(":"): value for key, value in fields.items()} if isinstance(fields, dict) else {}
    listed = named.get("submitters")
    people = tuple(
        Named(*(_text(person, key) for key in ("name", "sid", "email")))
        for person in (listed if isinstance(listed, list) else [])
        if isinstance(person, dict)
    )
    at = named.get("created_at")
    moment = at if isinstance(at, str) else ""
    return Submitted(repaired(str(id_)), people, moment, "" if people else "names nobody")


def _text(person: dict[Any, Any], key: str) -> str:
    value = person.get(f":{key}", person.get(key, ""))
    return repaired(value).strip() if isinstance(value, str) else ""
