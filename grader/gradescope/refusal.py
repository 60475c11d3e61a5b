"""Whether a submission is graded at all, by how many were graded in the hours before it was made.

The window ends where the submission was created, so that a regrade decides as the first run did.
"""

from __future__ import annotations

from datetime import timedelta

from grader.gradescope.metadata import Metadata, previous_results
from grader.gradescope.schema import Results
from grader.settings import RateLimit

MARK = "refused"


def refused(metadata: Metadata, limit: RateLimit) -> Results | None:
    """The previous result once more and why, where the limit is reached; None where it is to be graded.

    Without a previous result to give back it is graded.
    """
    if limit.submissions is None or metadata.created_at is None:
        return None
    window = timedelta(hours=limit.hours)
    graded = [p.submission_time for p in metadata.previous_submissions if p.counts and p.submission_time]
    recent = sorted(time for time in graded if timedelta(0) <= metadata.created_at - time < window)
    if len(recent) < limit.submissions:
        return None
    before = previous_results(metadata.previous_submissions)
    if before is None:
        return None
    again = (recent[-limit.submissions] + window).astimezone(metadata.created_at.tzinfo)
    return _once_more(before, _sentence(limit, f"{again:%Y-%m-%d %H:%M}"))


def _sentence(limit: RateLimit, again: str) -> str:
    times = "once" if limit.submissions == 1 else f"{limit.submissions} times"
    hours = "hour" if limit.hours == 1 else f"{limit.hours} hours"
    return (
        f"Not graded: this assignment is graded at most {times} in any {hours}; hand in again after {again}. "
        "Below is your previous result."
    )


def _once_more(before: Results, sentence: str) -> Results:
    """The result with the sentence on top, in place of an earlier refusal's."""
    data = dict(before.extra_data or {})
    told = (before.output or "").removeprefix(str(data.get(MARK, ""))).lstrip("\n")
    return before.model_copy(
        update={
            "output": f"{sentence}\n\n{told}".rstrip("\n"),
            "extra_data": data | {MARK: sentence},
        }
    )
