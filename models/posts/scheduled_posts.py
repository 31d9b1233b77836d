"""Statuses that their authors want published later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.errors import Invalid
from models.ids import make_id
from models.limits import SCHEDULED
from models.people import accounts
from models.posts.provenance import App
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

MOST = 300
"""Statuses that one person may have waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """One status to come; `wish` is what the client sent, checked."""

    id: int
    actor_id: int
    scheduled_at: datetime
    wish: dict[str, Any]
    media_ids: list[int]
    application: str | None
    application_website: str | None

    @property
    def app(self) -> App | None:
        """The client that it was written with."""
        return App(name=self.application, website=self.application_website) if self.application else None


async def create(
    conn: Connection, actor_id: int, at: datetime, wish: dict[str, Any], media_ids: list[int], app: App | None
) -> Scheduled:
    """Keep a status for later. Raises Invalid where too many wait."""
    await require_room(conn, actor_id, at)
    created = await fetch_one(
        conn,
        Scheduled,
        """
        INSERT INTO scheduled_status (id, actor_id, scheduled_at, wish, media_ids, application, application_website)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        RETURNING id, actor_id, scheduled_at, wish, media_ids, application, application_website
        """,
        make_id(),
        actor_id,
        at,
        wish,
        media_ids,
        app.name if app else None,
        app.website if app else None,
    )
    assert created is not None
    return created


async def require_room(conn: Connection, actor_id: int, at: datetime, *, besides: int = 0) -> None:
    """Raise Invalid where this person has too many waiting, in all or for that day; `besides` does not count."""
    await accounts.lock_account(conn, actor_id)
    waiting = await fetch_value(
        conn, "SELECT count(*) FROM scheduled_status WHERE actor_id = $1 AND id <> $2", actor_id, besides
    )
    that_day = await fetch_value(
        conn,
        """
        SELECT count(*) FROM scheduled_status
        WHERE actor_id = $1 AND id <> $3 AND date_trunc('day', scheduled_at) = date_trunc('day', $2::timestamptz)
        """,
        actor_id,
        at,
        besides,
    )
    if waiting >= MOST or that_day >= SCHEDULED.most:
        raise Invalid("too_many_scheduled_statuses", most=MOST, most_a_day=SCHEDULED.most, field="scheduled_at")


async def find_own(conn: Connection, id: int, actor_id: int) -> Scheduled | None:
    """A status to come of this person."""
    return await fetch_one(
        conn,
        Scheduled,
        """
        SELECT id, actor_id, scheduled_at, wish, media_ids, application, application_website
        FROM scheduled_status WHERE id = $1 AND actor_id = $2
        """,
        id,
        actor_id,
    )


async def list_own(
    conn: Connection, actor_id: int, *, before: int | None, since: int | None, after: int | None, limit: int
) -> list[Scheduled]:
    """What this person has waiting, the newest first; `after` walks upwards from an id."""
    rows = await fetch_all(
        conn,
        Scheduled,
        """
        SELECT id, actor_id, scheduled_at, wish, media_ids, application, application_website FROM scheduled_status
        WHERE actor_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
            AND ($4::bigint IS NULL OR id > $4)
        ORDER BY CASE WHEN $4::bigint IS NULL THEN -id ELSE id END LIMIT $5
        """,
        actor_id,
        before,
        since,
        after,
        limit,
    )
    return sorted(rows, key=lambda row: -row.id)


async def reschedule(conn: Connection, id: int, at: datetime) -> None:
    """Publish it at another moment."""
    await execute(conn, "UPDATE scheduled_status SET scheduled_at = $2 WHERE id = $1", id, at)


async def find_due(conn: Connection, id: int) -> Scheduled | None:
    """The status if its moment has come; None when it was published, cancelled or put off meanwhile."""
    return await fetch_one(
        conn,
        Scheduled,
        """
        SELECT id, actor_id, scheduled_at, wish, media_ids, application, application_website
        FROM scheduled_status WHERE id = $1 AND scheduled_at <= now() + interval '1 second'
        """,
        id,
    )


async def take(conn: Connection, id: int) -> bool:
    """Take it out of what waits. Whoever gets True publishes it in the same transaction, and nobody else does."""
    return bool(await execute(conn, "DELETE FROM scheduled_status WHERE id = $1", id))


async def list_due(conn: Connection, limit: int = 100) -> list[int]:
    """Those whose moment passed a while ago: their job was lost, or given up, or their author was suspended then."""
    rows = await fetch_all(
        conn,
        Scheduled,
        """
        SELECT id, actor_id, scheduled_at, wish, media_ids, application, application_website
        FROM scheduled_status s WHERE scheduled_at < now() - interval '1 minute'
            AND NOT EXISTS (SELECT FROM actor a WHERE a.id = s.actor_id AND a.suspended_at IS NOT NULL)
        ORDER BY scheduled_at LIMIT $1
        """,
        limit,
    )
    return [row.id for row in rows]
