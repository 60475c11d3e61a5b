"""What lateness costs: from when it was handed in and when it was due, never from the clock of a regrade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from grader.gradescope.schema import Results
from grader.settings import LatePolicy

DAY = timedelta(days=1)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Lateness:
    """Of one submission: days that have begun since it was due, and what is left of its score."""

    days: int
    by: timedelta
    share: Decimal
    why: str

    def sentence(self, earned: Decimal) -> str:
        """For the student: how late, and what becomes of the points."""
        return (
            f"Handed in {_duration(self.by)} late, which counts as {_days(self.days)}: {self._cost(earned)}"
        )

    def _cost(self, earned: Decimal) -> str:
        if self.share == 1:
            return f"{self.why}, the score stays as it is."
        left = points(earned * self.share)
        return f"{self.why}, so {percent(self.share)} of {points(earned)} points count: {left}."


def lateness(created: datetime | None, due: datetime | None, policy: LatePolicy) -> Lateness | None:
    """How late it is and what that costs; None where it is in time, or where nobody knows."""
    if created is None or due is None or created <= due:
        return None
    by = created - due
    days = -(-by // DAY)
    if policy.cut_off_days is not None and days > policy.cut_off_days:
        return Lateness(days, by, Decimal(0), f"nothing counts after {_days(policy.cut_off_days)}")
    charged = max(0, days - policy.free_days)
    share = max(Decimal(0), 1 - charged * policy.percent_per_day / HUNDRED)
    free = f"{_days(min(days, policy.free_days))} cost nothing" if policy.free_days else ""
    cost = f"every {'further ' if free else ''}day costs {percent(policy.percent_per_day / HUNDRED)}"
    if not policy.percent_per_day:
        why = "late days cost nothing here"
    else:
        why = ", ".join([part for part in (free, cost if charged else "") if part])
    return Lateness(days, by, share, why)


def charged(results: Results, lateness: Lateness | None) -> Results:
    """The same rows, with the sentence on top and a total of what is left."""
    if lateness is None:
        return results
    earned = Decimal(str(results.score))
    return results.model_copy(
        update={
            "score": float(earned * lateness.share),
            "output": "\n".join(filter(None, [lateness.sentence(earned), results.output])),
            "extra_data": (results.extra_data or {}) | {"late_days": lateness.days},
        }
    )


def points(number: Decimal) -> str:
    """As a person writes it: 78.75, 80."""
    return f"{number.normalize():f}"


def percent(share: Decimal) -> str:
    """10 %, 12.5 %."""
    return f"{points(share * HUNDRED)} %"


def _days(count: int) -> str:
    return f"{count} day{'s' if count != 1 else ''}"


def _duration(by: timedelta) -> str:
    """To the minute, upwards: whoever was seconds late should not read zero."""
    minutes = -(-by // timedelta(minutes=1))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [_days(days) if days else "", f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part)
