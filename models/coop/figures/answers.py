"""How soon requests are answered, and how many are not: rounded, and only where many were made. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.coop.figures.deciding import WHOLE, Figure, Slice
from models.coop.figures.events import BUCKETS
from models.coop.figures.periods import ALL, Period, list_ended

ENOUGH = 20
"""Requests: of fewer, one more or less would be seen in what is said of them."""

STEP = 5
"""Percent to which a share is rounded: how many requests there were is not shown, and does not follow."""

LATER = BUCKETS[-1] + 1
"""Minutes: more than half are answered later than anything is waited for, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSum:
    """So many requests that were answered after about as long, or not."""

    month: date
    commune_code: str
    epci_code: str
    kind: str
    mode: str
    answered: bool
    bucket: int
    cases: int


def describe_answers(sums: Iterable[AnswerSum], months: Sequence[date] | None) -> list[tuple[str, Figure]]:
    """Of each period of these months and each place and kind: minutes within which half are answered (`median`), and
    the share that is not, in percent (`unanswered`). Without `months`, of all that there is together.
    """
    counted: dict[tuple[Period, Slice], list[int]] = {}
    ended = None if months is None else _map_periods(months)
    for one in sums:
        for period in (ALL,) if ended is None else ended.get(one.month, ()):
            for slice in _list_slices(one):
                row = counted.setdefault((period, slice), [0] * (len(BUCKETS) + 1))
                row[one.bucket if one.answered else -1] += one.cases
    described: list[tuple[str, Figure]] = []
    for (period, slice), row in counted.items():
        cases = sum(row)
        if cases >= ENOUGH:
            share = Decimal(STEP * round(100 * row[-1] / cases / STEP))
            median = Decimal(_find_median(row, cases))
            described += [
                (what, Figure(period=period, slice=slice, cases=cases, amount=amount))
                for what, amount in (("median", median), ("unanswered", share))
            ]
    return described


def _map_periods(months: Sequence[date]) -> dict[date, list[Period]]:
    whole = [one for month in months for one in list_ended(month) if set(one.list_months()) <= set(months)]
    return {month: [one for one in whole if month in one.list_months()] for month in months}


def _list_slices(one: AnswerSum) -> list[Slice]:
    slices = [WHOLE, Slice(kind=one.kind), Slice(mode=one.mode), Slice(kind=one.kind, mode=one.mode)]
    if one.commune_code:
        slices.append(Slice(commune_code=one.commune_code))
    if one.epci_code:
        slices.append(Slice(epci_code=one.epci_code))
    return slices


def _find_median(row: Sequence[int], cases: int) -> int:
    """Minutes within which half of them are answered; the last place are those that are not."""
    answered = 0
    for most, count in zip(BUCKETS, row, strict=False):
        answered += count
        if 2 * answered >= cases:
            return most
    return LATER
