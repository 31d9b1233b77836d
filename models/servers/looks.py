"""A friend looks in: what cooperatives that we asked saw of us from outside, and those for whom we looked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.errors import Conflict
from models.ids import make_id
from models.limits import LOOKS_ASKED, LOOKS_GIVEN
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

KEPT = timedelta(days=30)
"""So long both sides keep a line of each look."""

WAITED = timedelta(minutes=5)
"""A friend that said nothing in this time did not answer."""

BUSY = timedelta(seconds=60)
"""A look takes less: what began before was torn off."""

CURRENT = timedelta(days=7)
"""What was seen before says nothing of today."""

_ASKING, _LOOKING = 7_660, 7_661
"""Of the advisory locks under which looks are counted, so that two at once are not both the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLook:
    """One that we asked for. `asker` is the username of who did; `waits` while an answer may still come.

    `seen` is a report as it was read, `failure` why there is none: a `Cause`, or one of `outbox/servers/looks`.
    """

    id: int
    host: str
    name: str
    asked_at: datetime
    asker: str | None
    ended_at: datetime | None
    failure: str | None
    clock: int | None
    seen: dict[str, Any] | None
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenLook:
    """One that a friend asked us for."""

    id: int
    host: str
    name: str
    asked_at: datetime
    ended_at: datetime | None
    seen: dict[str, Any] | None


async def is_friend(conn: Connection, host: str) -> bool:
    """Whether the cooperative calls exactly this server a friend: what stands under its name is somebody else."""
    return bool(await fetch_value(conn, "SELECT true FROM server WHERE host = $1 AND level = 'friend'", host))


async def ask(conn: Connection, host: str, by: int | None) -> int:
    """Write down that this friend is asked now; the id of the look. Needs the caller's transaction.

    Raises Conflict while one waits for its answer there, and beyond what one friend looks for us in a day.
    """
    await execute(conn, "SELECT pg_advisory_xact_lock($1)", _ASKING)
    if await fetch_value(
        conn,
        "SELECT true FROM asked_look WHERE host = $1 AND ended_at IS NULL AND asked_at > now() - $2::interval LIMIT 1",
        host,
        WAITED,
    ):
        raise Conflict("look_waits", field="host")
    asked = await fetch_value(
        conn,
        "SELECT count(*) FROM asked_look WHERE host = $1 AND asked_at > now() - $2::interval AND seen IS NOT NULL",
        host,
        LOOKS_ASKED.within,
    )
    if asked >= LOOKS_ASKED.most:
        raise Conflict("looks_too_many", field="host", most=LOOKS_ASKED.most)
    look_id = make_id()
    await execute(conn, "INSERT INTO asked_look (id, host, asked_by) VALUES ($1, $2, $3)", look_id, host, by)
    return look_id


async def find_waiting(conn: Connection, look_id: int) -> str | None:
    """The friend that is asked for this look; None once it ended, or nobody waits for it any more."""
    found: str | None = await fetch_value(
        conn,
        "SELECT host FROM asked_look WHERE id = $1 AND ended_at IS NULL AND asked_at > now() - $2::interval",
        look_id,
        WAITED,
    )
    return found


async def save_seen(conn: Connection, look_id: int, seen: dict[str, Any], *, clock: int | None) -> None:
    """What the friend saw."""
    await execute(
        conn, "UPDATE asked_look SET ended_at = now(), seen = $2, clock = $3 WHERE id = $1", look_id, seen, clock
    )


async def save_failure(conn: Connection, look_id: int, failure: str, *, clock: int | None) -> None:
    """Why the friend saw nothing."""
    await execute(
        conn, "UPDATE asked_look SET ended_at = now(), failure = $2, clock = $3 WHERE id = $1", look_id, failure, clock
    )


async def list_asked(conn: Connection, *, within: timedelta = KEPT, limit: int = 10) -> list[AskedLook]:
    """What we asked for, the newest first."""
    return await fetch_all(
        conn,
        AskedLook,
        """
        SELECT l.id, l.host, l.asked_at, l.ended_at, l.failure, l.clock, l.seen, by.username AS asker,
            l.ended_at IS NULL AND l.asked_at > now() - $2::interval AS waits,
            coalesce((SELECT nullif(a.name, '') FROM actor a WHERE a.host = l.host AND a.username = 'coop'
                AND a.type = 'Organization' AND a.deleted_at IS NULL ORDER BY a.id LIMIT 1), l.host) AS name
        FROM asked_look l LEFT JOIN actor by ON by.id = l.asked_by WHERE l.asked_at > now() - $3::interval
        ORDER BY l.asked_at DESC, l.id DESC LIMIT $1
        """,
        limit,
        WAITED,
        within,
    )


async def list_current(conn: Connection) -> list[AskedLook]:
    """Those that ended, or that nobody answered, and that still say something of today; the newest first."""
    return [one for one in await list_asked(conn, within=CURRENT) if not one.waits]


async def find_given(conn: Connection, host: str, uri: str) -> GivenLook | None:
    """What this very request of this server was answered before, or that it is under way; None for a new one."""
    return await fetch_one(
        conn,
        GivenLook,
        "SELECT id, host, host AS name, asked_at, ended_at, seen FROM given_look WHERE host = $1 AND uri = $2",
        host,
        uri,
    )


async def begin(conn: Connection, host: str, uri: str) -> int | None:
    """Look for this friend from now on; None while a look for anybody is under way. Needs the caller's transaction.

    Raises Conflict beyond what one friend may ask in a day.
    """
    await execute(conn, "SELECT pg_advisory_xact_lock($1)", _LOOKING)
    given = await fetch_value(
        conn,
        "SELECT count(*) FROM given_look WHERE host = $1 AND asked_at > now() - $2::interval",
        host,
        LOOKS_GIVEN.within,
    )
    if given >= LOOKS_GIVEN.most:
        raise Conflict("looks_too_many", most=LOOKS_GIVEN.most)
    if await fetch_value(
        conn,
        "SELECT true FROM given_look WHERE ended_at IS NULL AND asked_at > now() - $1::interval LIMIT 1",
        BUSY,
    ):
        return None
    look_id = make_id()
    await execute(conn, "INSERT INTO given_look (id, host, uri) VALUES ($1, $2, $3)", look_id, host, uri)
    return look_id


async def save_given(conn: Connection, look_id: int, seen: dict[str, Any]) -> None:
    """What we saw of the friend."""
    await execute(conn, "UPDATE given_look SET ended_at = now(), seen = $2 WHERE id = $1", look_id, seen)


async def list_given(conn: Connection, *, limit: int = 10) -> list[GivenLook]:
    """Those for whom we looked, the newest first."""
    return await fetch_all(
        conn,
        GivenLook,
        """
        SELECT l.id, l.host, l.asked_at, l.ended_at, l.seen,
            coalesce((SELECT nullif(a.name, '') FROM actor a WHERE a.host = l.host AND a.username = 'coop'
                AND a.type = 'Organization' AND a.deleted_at IS NULL ORDER BY a.id LIMIT 1), l.host) AS name
        FROM given_look l ORDER BY l.asked_at DESC, l.id DESC LIMIT $1
        """,
        limit,
    )


async def forget_asker(conn: Connection, actor_id: int) -> None:
    """She left: the team's lines say no more who asked."""
    await execute(conn, "UPDATE asked_look SET asked_by = NULL WHERE asked_by = $1", actor_id)


async def forget_asked(conn: Connection) -> int:
    """What we asked for more than a month ago. A sweep."""
    return await execute(conn, "DELETE FROM asked_look WHERE asked_at < now() - $1::interval", KEPT)


async def forget_given(conn: Connection) -> int:
    """What we were asked for more than a month ago. A sweep."""
    return await execute(conn, "DELETE FROM given_look WHERE asked_at < now() - $1::interval", KEPT)
