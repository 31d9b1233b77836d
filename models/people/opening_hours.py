"""When a place is open: its week, and the days on which it is closed all the same. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from models.moments import PARIS

MOST_SPANS = 28
"""Four a day."""

MOST_CLOSURES = 30
LOOK_AHEAD = 14
"""Days in which the next opening is looked for."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class OpeningInterval:
    """Every week on `day` (0 is Monday) from `opens` to `closes`, which comes later on the same day."""

    day: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Closure:
    """Closed from the first day to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The week, and the exceptions to it, in order."""

    weekly: tuple[OpeningInterval, ...] = ()
    closures: tuple[Closure, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is said at all."""
        return bool(self.weekly or self.closures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How it stands: open until `at`, or closed until `at`; `at` is None where no opening is near."""

    open: bool
    at: datetime | None


def make_hours(weekly: Iterable[OpeningInterval], closures: Iterable[Closure]) -> Hours:
    """In order, without what overlaps, no more than may be kept."""
    spans: list[OpeningInterval] = []
    for span in sorted(one for one in weekly if 0 <= one.day <= 6 and one.opens < one.closes):
        if not spans or (spans[-1].day, spans[-1].closes) < (span.day, span.opens):
            spans.append(span)
        elif spans[-1].closes < span.closes:
            spans[-1] = OpeningInterval(day=span.day, opens=spans[-1].opens, closes=span.closes)
    kept = sorted({one for one in closures if one.first <= one.last})
    return Hours(weekly=tuple(spans[:MOST_SPANS]), closures=tuple(kept[:MOST_CLOSURES]))


def find_opening(hours: Hours, at: datetime) -> Opening:
    """Whether it is open at this moment, and when that changes."""
    local = at.astimezone(PARIS)
    for span in _spans_of(hours, local.date()):
        if span.opens <= local.time() < span.closes:
            return Opening(open=True, at=datetime.combine(local.date(), span.closes, PARIS))
    for ahead in range(LOOK_AHEAD):
        day = local.date() + timedelta(days=ahead)
        for span in _spans_of(hours, day):
            opens = datetime.combine(day, span.opens, PARIS)
            if opens > local:
                return Opening(open=False, at=opens)
    return Opening(open=False, at=None)


def list_openings(hours: Hours, day: date) -> list[tuple[datetime, datetime]]:
    """From when until when it is open on this day, as moments of UTC."""
    return [
        (
            datetime.combine(day, span.opens, PARIS).astimezone(UTC),
            datetime.combine(day, span.closes, PARIS).astimezone(UTC),
        )
        for span in _spans_of(hours, day)
    ]


def _spans_of(hours: Hours, day: date) -> list[OpeningInterval]:
    if any(one.first <= day <= one.last for one in hours.closures):
        return []
    return [span for span in hours.weekly if span.day == day.weekday()]


def write_hours(hours: Hours) -> dict[str, Any] | None:
    """As they are kept; None for none."""
    if not hours:
        return None
    return {
        "weekly": [[one.day, f"{one.opens:%H:%M}", f"{one.closes:%H:%M}"] for one in hours.weekly],
        "closures": [[one.first.isoformat(), one.last.isoformat()] for one in hours.closures],
    }


def read_hours(kept: dict[str, Any] | None) -> Hours:
    """As `write_hours` wrote them."""
    kept = kept or {}
    return Hours(
        weekly=tuple(
            OpeningInterval(day=day, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
            for day, opens, closes in kept.get("weekly", [])
        ),
        closures=tuple(
            Closure(first=date.fromisoformat(first), last=date.fromisoformat(last))
            for first, last in kept.get("closures", [])
        ),
    )


def read_time(written: str) -> time | None:
    """ "09:00", with or without seconds; None for anything else."""
    return time.fromisoformat(written[:5]) if _TIME.fullmatch(written) else None
