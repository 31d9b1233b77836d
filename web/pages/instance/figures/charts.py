"""Exchanges month by month, as bars and as a table with the same figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date

from models.coop.figures.cells import ShownSlice
from models.coop.figures.periods import Period
from web.pages.instance.figures.words import name_month

TALLEST = 100
"""Of a bar, in units of the drawing."""

BASE = 122

STEP = 72

MONTHS_SHOWN = 6
"""Up to the last one of the period; of a year all twelve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureBar:
    """One bar; without an amount it is hidden, and drawn as a small dotted box."""

    x: int
    y: int
    width: int
    height: int
    amount: Decimal | None

    @property
    def middle(self) -> int:
        """Where its figure stands."""
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """A month: within the cooperative, with another one, and both."""

    name: str
    short: str
    here: Decimal | None
    elsewhere: Decimal | None
    whole: Decimal | None
    bars: Sequence[FigureBar]
    middle: int


def list_shown_months(period: Period, counted: Sequence[date]) -> list[date]:
    """The months beside which a period is seen: those that were counted, up to its last one."""
    own = period.list_months()
    if len(own) == 12:
        return own
    until = [one for one in counted if not own or one <= own[-1]]
    return until[-MONTHS_SHOWN:]


def draw_months(
    months: Sequence[date],
    whole: Iterable[ShownSlice],
    here: Iterable[ShownSlice],
    elsewhere: Iterable[ShownSlice],
    *,
    language: str,
    split: bool,
) -> list[MonthLine]:
    """A line for each month, the bars in proportion to the tallest; `split` into both sides, or as one."""
    found = [_map_months(months, one) for one in (whole, here, elsewhere)]
    drawn = found[1:] if split else found[:1]
    most = max((amount for one in drawn for amount in one.values() if amount), default=Decimal(0))
    step = STEP * MONTHS_SHOWN // max(len(months), MONTHS_SHOWN)
    lines: list[MonthLine] = []
    for place, month in enumerate(months):
        amounts = [one[month] for one in drawn]
        width = (step - 14) // len(amounts)
        bars = [
            _draw(10 + step * place + index * (width + 2), width, amount, most) for index, amount in enumerate(amounts)
        ]
        lines.append(
            MonthLine(
                name=name_month(month, language),
                short=format_date(month, "LLL", locale=language),
                whole=found[0][month],
                here=found[1][month],
                elsewhere=found[2][month],
                bars=bars,
                middle=10 + step * place + (step - 12) // 2,
            )
        )
    return lines


def _map_months(months: Sequence[date], found: Iterable[ShownSlice]) -> dict[date, Decimal | None]:
    return dict.fromkeys(months, Decimal(0)) | {one.first: one.amount for one in found}


def _draw(x: int, width: int, amount: Decimal | None, most: Decimal) -> FigureBar:
    height = 9 if amount is None else round(TALLEST * amount / most) if most else 0
    return FigureBar(x=x, y=BASE - height, width=width, height=height, amount=amount)
