"""When a repairer is left alone: mails and pushes about calls wait until her quiet hours are over (pure)."""

from datetime import datetime, time, timedelta

from models.moments import PARIS
from models.repairs.calls.reaches import URGENT
from models.repairs.calls.watches import RepairWatch


def find_rest(watch: RepairWatch, urgency: str | None, at: datetime) -> timedelta:
    """How long a mail or a push about a call waits: not at all by day, nor what is urgent where she wants that."""
    if (urgency == URGENT and watch.at_night) or not is_quiet(watch, at):
        return timedelta(0)
    local = at.astimezone(PARIS)
    end = datetime.combine(local.date(), time(watch.quiet_until), PARIS)
    if end <= local:
        end = datetime.combine(local.date() + timedelta(days=1), time(watch.quiet_until), PARIS)
    return end.astimezone(at.tzinfo) - at


def is_quiet(watch: RepairWatch, at: datetime) -> bool:
    """Whether this moment is in her quiet hours; they may go over midnight, and two equal hours are none."""
    begin, end, hour = watch.quiet_from, watch.quiet_until, at.astimezone(PARIS).hour
    return begin <= hour < end if begin <= end else hour >= begin or hour < end
