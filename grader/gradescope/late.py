"""What lateness costs: from when it was handed in and when it was due, never from the clock of a regrade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from grader.gradescope.schema import Results
from grader.settings import LatePolicy

SCORE = "Score"  # what the leaderboard calls it
DAY = timedelta(days=1)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Lateness:
    """Of one submission: days that have begun since it was due, and what is left of its score."""

    days: int
    by: timedelta
    share: Decimal
    policy: LatePolicy

    def sentence(self, earned: Decimal | None = None) -> str:
        """For the student: how late, and what that costs; nothing where the author charges nothing.

        Args:
            earned: the points, or None where the student must not know them yet.
        """
        policy = self.policy
        if not policy.percent_per_day and policy.cut_off_days is None:
            return ""
        late = f"Handed in {_duration(self.by)} late"
        if _cut_off(self.days, policy):
            return f"{late}. {_beyond(policy.cut_off_days)} earns no points."
        if _duration(self.by) != _days(self.days):
            late += f", which counts as {_days(self.days)}"
        return f"{late}; {self._cost(earned)}."

    def _cost(self, earned: Decimal | None) -> str:
        policy = self.policy
        price = percent(policy.percent_per_day / HUNDRED)
        if not policy.percent_per_day:
            return "no points are lost"
        if not policy.free_days:
            return f"each day costs {price}, so {self._left(earned)}"
        free = f"the first {f'{policy.free_days} days are' if policy.free_days > 1 else 'day is'} free"
        if self.days <= policy.free_days:
            return f"{free}, so no points are lost"
        return f"{free} and each further day costs {price}, so {self._left(earned)}"

    def _left(self, earned: Decimal | None) -> str:
        if not self.share:
            return "the score is 0"
        if not earned:
            return f"the score is {percent(self.share)} of the points earned"
        left = points(earned * self.share)
        return f"the score is {left}, which is {percent(self.share)} of {points(earned)}"


def lateness(created: datetime | None, due: datetime | None, policy: LatePolicy) -> Lateness | None:
    """How late it is and what that costs; None where it is in time, or where nobody knows."""
    if created is None or due is None or created <= due:
        return None
    by = created - due
    days = -(-by // DAY)
    if _cut_off(days, policy):
        return Lateness(days, by, Decimal(0), policy)
    charged = max(0, days - policy.free_days)
    return Lateness(days, by, max(Decimal(0), 1 - charged * policy.percent_per_day / HUNDRED), policy)


def uncounted(created: datetime | None, due: datetime | None, policy: LatePolicy) -> str:
    """For staff: that lateness costs nothing here, although its policy says that it does; else nothing."""
    if (not policy.percent_per_day and policy.cut_off_days is None) or None not in (created, due):
        return ""
    return (
        f"[late] is set, but there is no {'due date' if created else 'created_at'}: lateness is not counted"
    )


def charged(results: Results, lateness: Lateness | None) -> Results:
    """The same rows, with the sentence on top and a total of what is left.

    The sentence has no points in it where a student does not see every row; nor has the leaderboard's score
    any of those, so it is charged by itself.
    """
    if lateness is None:
        return results
    earned = Decimal(str(results.score))
    left = float(earned * lateness.share)
    seen = all(row.visibility in (None, "visible") for row in results.tests or ())
    leaders = results.leaderboard and tuple(
        leader.model_copy(update={"value": float(Decimal(str(leader.value)) * lateness.share)})
        if leader.name == SCORE and isinstance(leader.value, (int, float))
        else leader
        for leader in results.leaderboard
    )
    changed = {
        "score": left,
        "output": "\n".join(filter(None, [lateness.sentence(earned if seen else None), results.output])),
        "extra_data": (results.extra_data or {}) | {"late_days": lateness.days},
        "leaderboard": leaders,
    }
    return Results(**dict(results) | changed)


def points(number: Decimal) -> str:
    """As a person writes it: 78.75, 80."""
    return f"{number.normalize():f}"


def percent(share: Decimal) -> str:
    """10 %, 12.5 %."""
    return f"{points(share * HUNDRED)} %"


def _cut_off(days: int, policy: LatePolicy) -> bool:
    return policy.cut_off_days is not None and days > policy.cut_off_days


def _beyond(cut_off: int | None) -> str:
    return f"Work that is more than {_days(cut_off)} late" if cut_off else "Late work"


def _days(count: int) -> str:
    return f"{count} day{'s' if count != 1 else ''}"


def _duration(by: timedelta) -> str:
    """To the minute, upwards: whoever was seconds late should not read zero."""
    minutes = -(-by // timedelta(minutes=1))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [_days(days) if days else "", f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part)
