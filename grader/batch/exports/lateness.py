"""Who handed in after the deadline, where the export has times and the platform does not say who was late.

Being late is told and costs nothing here: platforms and people deduct as they have agreed to.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from grader.batch.roster import Export
from grader.faults import Fault

# 2026-03-09 12:00:00.000000000 Z, 2026-03-09T12:00:00.5+0100, 2026-03-09 12:00
TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<hour>\d\d:\d\d)(?P<second>:\d\d)?(?P<part>\.\d+)?"
    r" ?(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def moment(text: str) -> datetime | None:
    """When that is; without a zone in the local one. None where it is no time."""
    found = TIME.fullmatch(text.strip())
    if not found:
        return None
    try:
        bare = datetime.fromisoformat(f"{found['day']} {found['hour']}{found['second'] or ''}")
    except ValueError:  # the 31st of February
        return None
    bare += timedelta(microseconds=int(f"{(found['part'] or '.')[1:7]:0<6}"))
    return bare.astimezone() if found["zone"] is None else bare.replace(tzinfo=_zone(found["zone"]))


def _zone(text: str) -> timezone:
    if text in ("Z", "UTC"):
        return timezone.utc
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def deadline(text: str) -> datetime:
    """The deadline as somebody types it.

    Raises:
        Fault: it is no time.
    """
    due = moment(text)
    if due is None:
        raise Fault(f"{text!r} is no time; write the deadline as 2026-03-08 23:59, or with its zone, +0100")
    return due


def marked(export: Export, due: datetime) -> Export:
    """The export with `late` for whoever handed in after that; a note where times are missing."""
    entries, unknown = [], 0
    for entry in export.entries:
        at = moment(entry.handed_in)
        unknown += at is None and bool(entry.files)
        entries.append(replace(entry, late=entry.late or (at is not None and at > due)))
    note = f"{unknown} hand-ins have no time in the export: whether they were late is not known"
    return replace(export, entries=tuple(entries), notes=(*export.notes, *([note] if unknown else [])))
