"""Made-up exports of every platform, as folder, zip or tar.gz: for tests, benches and the documentation.

    made("Gradescope", folder, class_of(60, [right, wrong]), form=".zip")

The same arguments make the same files.
"""

import io
import json
import re
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from grader.batch.roster import Student

PLATFORMS = ("Gradescope", "Canvas", "Moodle", "GitHub Classroom", "folders")
AT = "2026-03-09 12:00:00.000000000 Z"
FIRST = (
    "Ada",
    "Ben",
    "Chloé",
    "Đorđe",
    "Eun-ji",
    "Fatima",
    "Grace",
    "Håkon",
    "Ítalo",
    "Jun",
    "Kofi",
    "Łucja",
)
LAST = (
    "Lovelace",
    "O'Brien",
    "de la Cruz",
    "Müller",
    "Nguyễn",
    "Smith, Jr.",
    "van Dyk",
    "Öztürk",
    "Lee",
    "李",
)


@dataclass(frozen=True)
class HandIn:
    """What one student or group has handed in. `typed`: a text on the platform instead of files."""

    students: tuple[Student, ...]
    files: Mapping[str, bytes]
    late: bool = False
    at: str = AT
    typed: bool = False


def student(number: int) -> Student:
    """The same one for a number. Every fiftieth has one name, and their schools' numbers begin with zeros."""
    nth = number % 50
    name = f"{FIRST[nth % len(FIRST)]} {LAST[nth // len(FIRST) % len(LAST)]}"
    return Student(str(4700 + number), name, f"s{number}@example.edu", f"{60_000 + number:08}")


def class_of(count: int, sources: Sequence[bytes], file: str = "hw2") -> list[HandIn]:
    """A class as they are: every ninth is late, every tenth and eleventh a group, and each oddity is there.

    The sources go round. The oddities are a notebook, a zip, a damaged zip, a PDF, a text that was typed in,
    nothing at all, a helper beside the file, and names with an emoji, commas and quotes.
    """
    hand_ins, number = [], 0
    while number < count:
        members = 2 if number % 10 == 9 and number + 1 < count else 1
        source = sources[len(hand_ins) % len(sources)]
        files = _odd(source, file).get(number % 50, {f"{file}.py": source})
        students = tuple(student(number + k) for k in range(members))
        hand_ins.append(HandIn(students, files, late=number % 9 == 4, typed=number % 50 == 44))
        number += members
    return hand_ins


def _odd(source: bytes, file: str) -> dict[int, dict[str, bytes]]:
    return {
        3: {f"{file}.ipynb": notebook(source)},
        6: {"my work.zip": zipped({f"work/{file}.py": source})},
        12: {"broken.zip": b"PK\3\4 and no more"},
        17: {"report.pdf": b"%PDF-1.7"},
        23: {},
        28: {f"{file}.py": source, "helper.py": b"ONE = 1\n"},
        33: {'my "answer", 🧮.py': source},
        44: {},
    }


def notebook(*sources: bytes) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": s.decode()} for s in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def made(
    platform: str, folder: Path, hand_ins: Sequence[HandIn], *, form: str = "", printed: int = 0
) -> Path:
    """The export, in `folder`: itself a folder, or with a `form` (.zip, .tar.gz) an archive that holds one.

    `printed` is how many bytes of results Gradescope has kept of every hand-in.
    """
    name, files = _NAMES[platform], _FILES[platform]
    members = files(hand_ins, printed) if platform == "Gradescope" else files(hand_ins)
    path = folder / f"{name}{form}"
    if form:
        # flat on Canvas and Moodle, one folder elsewhere
        inside = "" if platform in ("Canvas", "Moodle") else f"{name}/"
        path.write_bytes(archived({f"{inside}{member}": data for member, data in members.items()}, form))
        return path
    for member, data in members.items():
        target = path / member
        (target if member.endswith("/") else target.parent).mkdir(parents=True, exist_ok=True)
        if not member.endswith("/"):
            target.write_bytes(data)
    path.mkdir(exist_ok=True)
    return path


def archived(members: Mapping[str, bytes], form: str) -> bytes:
    return zipped(members) if form == ".zip" else tarred(members)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip with these members; a name that ends in "/" is a folder."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo("placeholder")
            info.filename = name  # unchecked: ZipInfo would clean it
            info.compress_type = zipfile.ZIP_STORED if name.endswith("/") else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return stream.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.type, info.size = (
                (tarfile.DIRTYPE, 0) if name.endswith("/") else (tarfile.REGTYPE, len(data))
            )
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def _gradescope(hand_ins: Sequence[HandIn], printed: int = 0) -> dict[str, bytes]:
    table, members = [b"---\n"], {}
    for number, hand_in in enumerate(hand_ins):
        key = f"submission_{210_000_000 + number}"
        table.append(_block(key, hand_in, printed))
        members[f"{key}/"] = b""
        members |= {f"{key}/{name}": data for name, data in hand_in.files.items()}
    return {"submission_metadata.yml": b"".join(table), **members}


def _block(key: str, hand_in: HandIn, printed: int) -> bytes:
    """One hand-in of the table, with texts among its results that look like keys of it."""
    people = [{":name": s.name, ":sid": s.sid, ":email": s.email} for s in hand_in.students]
    fields = {":submitters": people, ":created_at": hand_in.at, ":score": 0.0, ":status": "processed"}
    head = yaml.dump({key: fields}, allow_unicode=True, sort_keys=False, Dumper=yaml.CSafeDumper).encode()
    line = b"        :submitters: - :name: nobody \xc3\xa9 0.123456789 0.987654321 mismatch in grad_W\n"
    text = line * (printed // len(line))
    return head + b"  :results:\n    score: 0.0\n    output: |-\n      x\n" + text + b"  :history: []\n"


def _canvas(hand_ins: Sequence[HandIn]) -> dict[str, bytes]:
    members, attachment = {}, 90_000
    for hand_in in hand_ins:
        who = hand_in.students[0]
        last_first = "".join(reversed(who.name.split(" ", 1)))
        name = re.sub(r"\W", "", last_first).lower() or "x"
        prefix = "_".join([name, *(["LATE"] if hand_in.late else []), who.id])
        if hand_in.typed:
            members[f"{prefix}_text.html"] = b"<p>my answer</p>"
        for file, data in hand_in.files.items():
            attachment += 1
            members[f"{prefix}_{attachment}_{re.sub('[/:*?<>|]+', '_', file)}"] = data
    return members


def _moodle(hand_ins: Sequence[HandIn], *, flat: bool = False) -> dict[str, bytes]:
    members = {}
    for hand_in in hand_ins:
        who = hand_in.students[0]
        name = re.sub(r'[/\\:*?"<>|\0]', "", who.name).replace("_", " ")
        prefix = f"{name}_{who.id}_assignsubmission_"
        if hand_in.typed:
            members[f"{prefix}onlinetext{'_' if flat else '_/'}onlinetext.html"] = b"<p>my answer</p>"
        for file, data in hand_in.files.items():
            members[f"{prefix}file{'_' if flat else '_/'}{file}"] = data
    return members


def _classroom(hand_ins: Sequence[HandIn]) -> dict[str, bytes]:
    members = {}
    for hand_in in hand_ins:
        clone = f"hw2-{hand_in.students[0].id}"
        members[f"{clone}/.git/HEAD"] = b"ref: refs/heads/main\n"
        members |= {f"{clone}/{file}": data for file, data in hand_in.files.items()}
    return members


def _folders(hand_ins: Sequence[HandIn]) -> dict[str, bytes]:
    members = {}
    for hand_in in hand_ins:
        own = hand_in.students[0].id
        members[f"{own}/"] = b""
        members |= {f"{own}/{file}": data for file, data in hand_in.files.items()}
    return members


_NAMES = {
    "Gradescope": "assignment_4242_export",
    "Canvas": "submissions",
    "Moodle": "MATH18-Homework 2-99",
    "GitHub Classroom": "hw2-submissions",
    "folders": "handed in",
}
_FILES = {
    "Gradescope": _gradescope,
    "Canvas": _canvas,
    "Moodle": _moodle,
    "GitHub Classroom": _classroom,
    "folders": _folders,
}
