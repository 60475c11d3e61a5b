"""Nothing private is in what students are given: the reference's lines, its mistakes' words, the seed.

Texts are compared without white space and case, so a line that was wrapped or indented anew is found. What
a starter or a statement cannot do without is no secret: imports, and `def` with an asked function's name. Nor
is what everybody writes: in grader's own files, which are public, a line counts from LONG characters on, so
that a reference may say `return np.asarray(x, float)` as they do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import unescape

from grader import archive
from grader.assignment import Assignment
from grader.faults import Fault
from grader.reference import Reference, load_reference

SHORT = 20  # characters; a line that is no longer could be anybody's
FEW = 10  # and so could so few of a mistake's words
LONG = 40
MOST_TOLD = 5
DIGITS = 32  # of the seed, wherever they begin
IMPORT = re.compile(r"(from [\w.]+ )?import [\w(]")


@dataclass(frozen=True)
class Secret:
    """A text, what it is and where, and as what it is looked for."""

    says: str
    text: str
    sought: str


def refuse_leaks(assignment: Assignment, members: Mapping[str, bytes]) -> None:
    """Look for everything private in every file, also in a wheel's; without a reference there is nothing.

    Raises:
        Fault: a file holds a secret, or the reference cannot be used.
    """
    if not (assignment.folder / "reference").is_dir():
        return
    if says := leaks(assignment, load_reference(assignment), members):
        raise Fault(says)


def leaks(assignment: Assignment, reference: Reference, members: Mapping[str, bytes]) -> str:
    """What these files hold of all that is private, in a sentence; empty where that is nothing."""
    secrets = [*_lines(assignment), *_texts(assignment, reference)]
    found = dict.fromkeys(
        f"{name} holds {leak}"
        for name, least, text in _files(members)
        for leak in _found(text, least, secrets, reference.seed)
    )
    if not found:
        return ""
    told, more = list(found)[:MOST_TOLD], len(found) - MOST_TOLD
    says = "; ".join(told) + (f"; and so on, {more} more" if more > 0 else "")
    return f"{says}; take it out, or write it otherwise where it may be known"


def _found(text: str, least: int, secrets: list[Secret], seed: bytes) -> Iterator[str]:
    """What a text holds of the secrets. The seed is told by its name alone."""
    digits, whole = re.sub(r"[\W_]", "", text.casefold()), seed.hex()
    if any(whole[i : i + DIGITS] in digits for i in range(len(whole) - DIGITS + 1)):
        yield "the seed of reference/seed.txt"
    squeezed, told = _squeezed(text), set[str]()
    for secret in secrets:
        if len(secret.text) <= least or secret.sought not in squeezed or secret.text in told:
            continue
        if _stands_in(secret.text, text):
            told |= {secret.text, secret.text.removeprefix("return ")}
            yield f"{secret.says}: {secret.text}"


def _stands_in(secret: str, text: str) -> bool:
    """Whether it does as a whole: `X - M` does not stand in `X - means`."""
    words = re.findall(r"\w+|[^\w\s]", secret.casefold())
    begins, ends = ("(?<!\\w)" if words[0][0].isalnum() else "", "(?!\\w)" if words[-1][-1].isalnum() else "")
    return bool(re.search(begins + r"\s*".join(map(re.escape, words)) + ends, text.casefold()))


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


def _secret(says: str, text: str) -> Secret:
    return Secret(says, text, _squeezed(text))


def _lines(assignment: Assignment) -> Iterator[Secret]:
    """The lines of all files of reference/, and what a long one returns."""
    asked = "|".join(re.escape(problem.name) for problem in assignment.problems)
    known = re.compile(rf"def ({asked})\([\w, ]*\):$")
    for path in sorted((assignment.folder / "reference").rglob("*")):
        if not path.is_file() or path.suffix in (".pyc", ".zip") or path.name == "seed.txt":
            continue
        where = path.relative_to(assignment.folder).as_posix()
        *_, read = _readings(where, _decoded(path.read_bytes()))
        for number, whole in enumerate(read.splitlines(), start=1):
            line = whole.strip()
            if IMPORT.match(line) or known.match(line) or not re.search(r"\w", line):
                continue
            for text in {line: 0, line.removeprefix("return "): 0}:
                if len(text) > SHORT:
                    yield _secret(f"line {number} of {where}", text)


def _texts(assignment: Assignment, reference: Reference) -> Iterator[Secret]:
    """What mistakes are called, and the activations that are nowhere public."""
    for name, known in reference.mistakes.items():
        yield from (_secret(f"a known mistake of {name}", says) for says in known if len(says) > FEW)
    public = {a.text(k) for p in assignment.problems for a in p.topic.activations.values() for k in (0, 1)}
    for topic, activations in reference.activations.items():
        texts = {a.text(order) for a in activations.values() for order in (0, 1)} - public
        yield from (_secret(f"a secret activation of {topic}", text) for text in texts if len(text) > SHORT)


def _files(members: Mapping[str, bytes]) -> Iterator[tuple[str, int, str]]:
    """Name, from how many characters on a secret counts, and text; the author's own files first."""
    for name in sorted(members, key=lambda name: (not name.startswith("problems/"), name)):
        if name.endswith(".whl"):
            for inner, data in archive.members(members[name]).items():
                yield f"{inner} in {name}", LONG, _decoded(data)
        else:
            yield from ((name, 0, text) for text in _readings(name, _decoded(members[name])))


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _readings(name: str, text: str) -> Iterator[str]:
    """As it is stored, and as it is read: a page without its tags, a notebook's cells."""
    yield text
    if name.endswith(".html"):
        yield unescape(re.sub(r"<[^>]*>", "", text))
    if name.endswith(".ipynb"):
        with suppress(ValueError, TypeError, LookupError):  # it may be a notebook in name only
            yield "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
