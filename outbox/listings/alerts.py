"""Alerts on searches: what is new is held against them, and members are told as often as they want."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

from federation.instance import Instance
from models.moments import PARIS
from models.news import notifications
from models.searches.alerts import alert_finds, alert_matching, matches
from models.searches.alerts.alert_finds import JOB, LINES_A_DAY, DueAlert
from models.store.background import jobs
from models.store.database import Connection, transaction

MORNING = time(7, 30)
"""When what is told each morning is told, in Paris; mails leave at eight."""

UNREAD_FOR = timedelta(minutes=5)
"""Nobody is written to about what she reads within this time."""


async def watch(instance: Instance, at: datetime | None = None) -> int:
    """Hold what is new against all alerts, then tell what is to be told by now; how many lines. A chore."""
    while True:
        async with transaction(instance.pool) as conn:
            fresh = await alert_matching.take_unmatched(conn)
            for listing in fresh:
                await alert_matching.match(conn, listing)
                if not listing.edited:
                    await matches.match(conn, listing.post_id)
        if len(fresh) < alert_matching.AT_ONCE:
            break
    at = at or datetime.now(UTC)
    told = 0
    while True:
        async with transaction(instance.pool) as conn:
            due = await alert_finds.list_due(conn, at=at, morning=last_morning(at), week=last_monday(at))
            told += await _tell(conn, due, at)
        if len(due) < alert_finds.LIMIT:
            return told + await _tell_matches(instance, at)


async def _tell(conn: Connection, due: list[DueAlert], at: datetime) -> int:
    """One line for each alert, however much it found. What passes the limit of a day waits for the morning."""
    lines = Counter[int]()
    for one in due:
        if one.at_once and one.lines + lines[one.actor_id] >= LINES_A_DAY:
            continue
        id = await notifications.notify(
            conn,
            recipient_id=one.actor_id,
            type="saved_search",
            actor_id=one.author_id,
            post_id=one.listing_ids[0],
        )
        lines[one.actor_id] += 1
        await alert_finds.save_told(conn, one, id, at=at)
        if id is not None and one.by_mail:
            await jobs.enqueue(conn, JOB, {"actor_id": one.actor_id}, key=f"{JOB}:{id}", wait=UNREAD_FOR)
    return lines.total()


async def _tell_matches(instance: Instance, at: datetime) -> int:
    """Whoever asked to be told of what fits hers, in one line for all that does since she was told last."""
    async with transaction(instance.pool) as conn:
        due = await matches.list_due(conn, at=at, limit=alert_finds.LIMIT)
        for one in due:
            id = await notifications.notify(
                conn, recipient_id=one.actor_id, type="match", actor_id=one.author_id, post_id=one.listing_ids[0]
            )
            await matches.save_told(conn, one, id, at=at)
            if id is not None and one.by_mail:
                await jobs.enqueue(conn, JOB, {"actor_id": one.actor_id}, key=f"{JOB}:{id}", wait=UNREAD_FOR)
    return len(due)


def last_morning(at: datetime) -> datetime:
    """The last time that it was MORNING, at this moment or before it."""
    local = at.astimezone(PARIS)
    day = local.date() if local.time() >= MORNING else local.date() - timedelta(days=1)
    return datetime.combine(day, MORNING, PARIS).astimezone(UTC)


def last_monday(at: datetime) -> datetime:
    """The last Monday that it was MORNING, at this moment or before it."""
    day = last_morning(at).astimezone(PARIS).date()
    return datetime.combine(day - timedelta(days=day.weekday()), MORNING, PARIS).astimezone(UTC)
