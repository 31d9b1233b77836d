"""When a chore is due: `minute hour * * *` as crontab(5) writes them, in UTC, and seconds behind them if any."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache


@dataclass(frozen=True, slots=True)
class ChoreTimes:
    """The seconds, minutes and hours that an expression names, in order."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]


def find_next(expression: str, after: datetime) -> datetime:
    """The first time after this one."""
    times = read_times(expression)
    hour = after.replace(minute=0, second=0, microsecond=0)
    while True:
        if hour.hour in times.hours:
            for minute in times.minutes:
                for second in times.seconds:
                    if (found := hour + timedelta(minutes=minute, seconds=second)) > after:
                        return found
        hour += timedelta(hours=1)


@cache
def read_times(expression: str) -> ChoreTimes:
    """What it says. Raises ValueError for what our chores do not use: days and months."""
    minutes, hours, *days = expression.split()
    if days[:3] != ["*"] * 3 or len(days) > 4:
        raise ValueError(f"{expression!r} names days: chores go by the hour and the minute")
    seconds = days[3] if days[3:] else "0"
    return ChoreTimes(seconds=_read(seconds, 60), minutes=_read(minutes, 60), hours=_read(hours, 24))


def _read(field: str, end: int) -> tuple[int, ...]:
    """`*`, `7`, `8-20`, and each with `/10`."""
    span, _, step = field.partition("/")
    first, _, last = ("0", "", str(end - 1)) if span == "*" else span.partition("-")
    found = tuple(range(int(first), int(last or first) + 1, int(step or 1)))
    if not found or found[-1] >= end:
        raise ValueError(f"{field!r} is no time of a chore")
    return found
