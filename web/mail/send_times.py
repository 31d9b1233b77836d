"""When mails go out: at once but not at night, each morning, or at the beginning of the week; by the clock in Paris."""

from datetime import UTC, datetime, time, timedelta

from models.moments import PARIS
from models.news.mail_preferences import Rhythm

NIGHT, MORNING = time(21), time(8)
"""Between these nobody is written to; what was born then waits."""

DELAY = timedelta(minutes=5)
"""Nobody is written to about what she reads within this time, and what comes within it is one mail."""

MONDAY = 0


def is_night(at: datetime) -> bool:
    """Whether it is night."""
    local = at.astimezone(PARIS).time()
    return local >= NIGHT or local < MORNING


def postpone_to_morning(at: datetime) -> datetime:
    """This moment, or the morning after it when it is night."""
    return next_morning(at) if is_night(at) else at


def next_morning(at: datetime) -> datetime:
    """The next time that it is eight."""
    local = at.astimezone(PARIS)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, PARIS).astimezone(UTC)


def last_morning(at: datetime) -> datetime:
    """The last time that it was eight, at this moment or before it."""
    local = at.astimezone(PARIS)
    day = local.date() if local.time() >= MORNING else local.date() - timedelta(days=1)
    return datetime.combine(day, MORNING, PARIS).astimezone(UTC)


def next_monday(at: datetime) -> datetime:
    """The next Monday at eight."""
    first = next_morning(at).astimezone(PARIS)
    day = first.date() + timedelta(days=(MONDAY - first.weekday()) % 7)
    return datetime.combine(day, MORNING, PARIS).astimezone(UTC)


def list_due(at: datetime) -> dict[Rhythm, datetime]:
    """When somebody is written to, in each rhythm, about what is to be told from now on."""
    return {"now": postpone_to_morning(at), "daily": next_morning(at), "weekly": next_monday(at)}


DELAYS = (1, 5, 15, 60, 180, 360, 720)
"""Minutes until a mail that was not taken is tried again; after the last one, some 22 hours, it counts as failed."""


def next_try(attempts: int, at: datetime) -> datetime | None:
    """When a mail is tried again that was tried so often; None when it is given up."""
    if attempts > len(DELAYS):
        return None
    return postpone_to_morning(at + timedelta(minutes=DELAYS[attempts - 1]))
