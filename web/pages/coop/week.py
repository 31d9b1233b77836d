"""The week in figures: what is shown of it, and how its bars are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from federation.instance import Instance
from models.coop.week_figures import WeekFigures, list_weeks
from models.store.database import Connection

TALLEST = 100
"""Of a bar, in units of the drawing."""

BASE = 122

STEP = 86


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of the drawing, with its figure above it."""

    x: int
    y: int
    height: int
    middle: int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBars:
    """A week in the drawing: agreements among members, and those with somebody of elsewhere."""

    week: WeekFigures
    here: Bar
    elsewhere: Bar
    middle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of this week, beside what it was in a usual week before; a share is in percent, None without any."""

    name: str
    value: int | None
    usual: int | None
    share: bool = False


async def load_weeks(conn: Connection, instance: Instance, today: date) -> list[WeekFigures]:
    """The weeks, the one that runs as it stands now; those that are over are counted once an hour."""
    past = instance.past_weeks.find(today)
    weeks = await list_weeks(conn, today, past=past or ())
    if past is None:
        instance.past_weeks.keep(today, tuple(weeks[:-1]))
    return weeks


COUNTED = (
    "members",
    "listings",
    "requests",
    "agreed",
    "done",
)


def list_figures(weeks: Sequence[WeekFigures]) -> list[Figure]:
    """The figures of the last week against the mean of those before, unless nothing at all is known of them."""
    *before, last = weeks
    known = any(_count(one, name) for one in before for name in COUNTED)
    counts = [
        Figure(
            name=name,
            value=_count(last, name),
            usual=round(sum(_count(one, name) for one in before) / len(before)) if known else None,
        )
        for name in COUNTED
    ]
    share = Figure(name="answered", value=_share([last]), usual=_share(before), share=True)
    return [*counts, share]


def _count(week: WeekFigures, name: str) -> int:
    found: int = getattr(week, name)
    return found + week.agreed_elsewhere if name == "agreed" else found


def _share(weeks: Sequence[WeekFigures]) -> int | None:
    asked = sum(one.asked for one in weeks)
    return round(100 * sum(one.answered for one in weeks) / asked) if asked else None


def draw(weeks: Sequence[WeekFigures]) -> list[WeekBars]:
    """The bars of all weeks; the tallest is as tall as there is room. None where nothing was agreed."""
    most = max((count for one in weeks for count in (one.agreed, one.agreed_elsewhere)), default=0)
    if not most:
        return []
    return [
        WeekBars(
            week=one,
            here=_draw(20 + STEP * place, 34, one.agreed, most),
            elsewhere=_draw(58 + STEP * place, 22, one.agreed_elsewhere, most),
            middle=50 + STEP * place,
        )
        for place, one in enumerate(weeks)
    ]


def _draw(x: int, width: int, value: int, most: int) -> Bar:
    height = round(TALLEST * value / most)
    return Bar(x=x, y=BASE - height, height=height, middle=x + width // 2, value=value)
