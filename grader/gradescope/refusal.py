"""Whether a submission is graded at all, by how many were graded in the hours before it was made.

The window ends where the submission was created, so that a regrade decides as the first run did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from grader.gradescope.metadata import Metadata, Previous, previous_results
from grader.gradescope.schema import Results
from grader.settings import RateLimit

MARK = "refused"
MINUTE = timedelta(minutes=1)


def refused(metadata: Metadata, limit: RateLimit) -> Results | None:
    """The previous result once more and why, where the limit is reached; None where it is to be graded.

    Without a previous result to give back it is graded.
    """
    free = _free_again(metadata.created_at, attempts(metadata, limit), limit)
    if metadata.created_at is None or free is None:
        return None
    before = previous_results(metadata.earlier)
    return before and _once_more(before, _sentence(limit, free.astimezone(metadata.created_at.tzinfo)))


def attempts(metadata: Metadata, limit: RateLimit) -> tuple[Previous, ...]:
    """The earlier submissions that were graded, oldest first: the attempts.

    A result says whether it was refused. The platform may hand out the latest one alone; whether an older
    submission was refused then follows from those before it.
    """
    found: list[Previous] = []
    for previous in metadata.earlier:
        untold = previous.results is None and _free_again(previous.submission_time, found, limit)
        if previous.counts and not untold:
            found.append(previous)
    return tuple(found)


def _free_again(at: datetime | None, before: Sequence[Previous], limit: RateLimit) -> datetime | None:
    """When the limit, reached at that moment, will be so no longer; None where it is not reached."""
    if at is None or limit.submissions is None:
        return None
    window = timedelta(hours=limit.hours)
    times = [previous.submission_time for previous in before if previous.submission_time]
    recent = [time for time in times if at - time < window]
    return recent[-limit.submissions] + window if len(recent) >= limit.submissions else None


def _sentence(limit: RateLimit, again: datetime) -> str:
    times = "once" if limit.submissions == 1 else f"{limit.submissions} times"
    hours = "hour" if limit.hours == 1 else f"{limit.hours} hours"
    whole = again.replace(second=0, microsecond=0)
    minute = whole if whole == again else whole + MINUTE
    return (
        f"Not graded: this assignment is graded at most {times} in any {hours}; "
        f"hand in again after {minute:%Y-%m-%d %H:%M} (UTC{minute:%z}). Below is your previous result."
    )


def _once_more(before: Results, sentence: str) -> Results:
    """The result with the sentence on top, in place of an earlier refusal's."""
    data = dict(before.extra_data or {})
    told = (before.output or "").removeprefix(str(data.get(MARK, ""))).lstrip("\n")
    output = f"{sentence}\n\n{told}".rstrip("\n")
    return Results(**dict(before) | {"output": output, "extra_data": data | {MARK: sentence}})
