"""What a class made of every function: how many passed it, its mean, and whether it tells good from bad.

Only hand-ins that were graded count: rows of zeros for those with nothing to grade would let every function
look as if it told the good from the bad.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import StatisticsError, correlation

from grader.batch.gradebook import Asked, Gradebook, Mark
from grader.record import PASSING


@dataclass(frozen=True)
class Item:
    """One function. `passed` is a share; the mean is in points. `verdicts` says how often which was given.

    `discrimination` is the correlation of the function's score with the sum of the others', point-biserial
    where there is no partial credit; None where one of the two is the same for everybody.
    """

    asked: Asked
    passed: float
    mean: float
    discrimination: float | None
    verdicts: Mapping[str, int]

    @property
    def suspect(self) -> bool:
        """Whether those who are good at the rest are worse here, to two decimals."""
        return self.discrimination is not None and round(self.discrimination, 2) < 0


def passes(mark: Mark) -> bool:
    """Right, perhaps with lost digits, and worth something."""
    return mark.verdict in PASSING and mark.score > 0


def items(gradebook: Gradebook) -> tuple[Item, ...]:
    """One for every function, in order; none where nothing was graded."""
    rows = [line.marks for line in gradebook.lines if line.status == "graded" and line.marks]
    totals = [sum((mark.score for mark in row), Decimal(0)) for row in rows]
    columns = zip(*rows, strict=True)
    return tuple(
        _item(asked, column, totals) for asked, column in zip(gradebook.functions, columns, strict=False)
    )


def _item(asked: Asked, marks: Sequence[Mark], totals: Sequence[Decimal]) -> Item:
    scores = [float(mark.score) for mark in marks]
    rest = [float(total - mark.score) for total, mark in zip(totals, marks, strict=True)]
    return Item(
        asked=asked,
        passed=sum(map(passes, marks)) / len(marks),
        mean=sum(scores) / len(scores),
        discrimination=_correlation(scores, rest),
        verdicts=Counter(mark.verdict for mark in marks),
    )


def _correlation(some: Sequence[float], others: Sequence[float]) -> float | None:
    try:
        return correlation(some, others)
    except StatisticsError:
        return None
