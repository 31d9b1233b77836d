"""The instance is to end for ever: when, how far its end has come, and whom it concerns."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.errors import Conflict
from models.store.database import Connection, execute, fetch_column, fetch_one, fetch_value

WAIT = timedelta(days=14)
"""How long it can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutdown:
    """It ends at `due_at`. `told_through` and `archived_through` are ids of members: those not above had their turn.

    `offered_until` is how long their archives are kept, `ended_at` when every actor was gone.
    """

    begun_at: datetime
    begun_by: int | None
    due_at: datetime
    told_through: int
    copied_at: datetime | None
    archived_through: int
    offered_until: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Whom it concerns: members, open listings, agreements that run, servers that know somebody here."""

    members: int
    listings: int
    agreements: int
    servers: int


async def find(conn: Connection) -> Shutdown | None:
    """The end, where there is to be one."""
    return await fetch_one(
        conn,
        Shutdown,
        """
        SELECT s.begun_at, s.begun_by, (p.value #>> '{}')::timestamptz AS due_at, s.told_through, s.copied_at,
            s.archived_through, s.offered_until, s.ended_at
        FROM instance_shutdown s JOIN preference p ON p.key = 'shutdown_at'
        """,
    )


async def find_for_change(conn: Connection) -> Shutdown | None:
    """The same, until the transaction ends for whoever changes it alone."""
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('instance_shutdown'))")
    return await find(conn)


async def find_day(conn: Connection) -> datetime | None:
    """When the instance ends, where it does."""
    found: datetime | None = await fetch_value(
        conn, "SELECT (value #>> '{}')::timestamptz FROM preference WHERE key = 'shutdown_at'"
    )
    return found


async def begin(conn: Connection, *, by: int | None, due_at: datetime) -> None:
    """Let it end at that time. Raises Conflict where it is to end already."""
    if await find_for_change(conn) is not None:
        raise Conflict("shutdown_already_begun")
    await execute(conn, "INSERT INTO instance_shutdown (begun_by) VALUES ($1)", by)
    await execute(
        conn,
        """
        INSERT INTO preference (key, value) VALUES ('shutdown_at', $1)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()
        """,
        due_at,
    )


async def take_back(conn: Connection, *, at: datetime) -> Shutdown:
    """Let it go on; what the end had come to. Raises Conflict where it does not end, or its time has come."""
    found = await find_for_change(conn)
    if found is None:
        raise Conflict("shutdown_not_begun")
    if found.due_at <= at:
        raise Conflict("shutdown_over")
    await execute(conn, "DELETE FROM instance_shutdown")
    await execute(conn, "DELETE FROM preference WHERE key = 'shutdown_at'")
    return found


async def list_members(conn: Connection, *, after: int, limit: int) -> list[int]:
    """Row ids of the next who have an account, whoever they are, in the order in which they have their turn."""
    return await fetch_column(
        conn,
        """
        SELECT actor_id FROM account JOIN actor ON actor.id = actor_id
        WHERE actor_id > $1 AND actor.deleted_at IS NULL AND NOT passing ORDER BY actor_id LIMIT $2
        """,
        after,
        limit,
    )


async def note_told(conn: Connection, through: int) -> None:
    """Members up to this one were told."""
    await execute(conn, "UPDATE instance_shutdown SET told_through = greatest(told_through, $1)", through)


async def count_concerned(conn: Connection) -> Concerned:
    """Whom the end concerns, as things are now."""
    found = await fetch_one(
        conn,
        Concerned,
        """
        SELECT (SELECT count(*) FROM account WHERE NOT passing) AS members,
            (SELECT count(*) FROM full_listing WHERE local AND deleted_at IS NULL AND is_open_status(status))
                AS listings,
            (SELECT count(*) FROM agreement a WHERE is_live_state(a.state) AND EXISTS (
                SELECT FROM actor WHERE id IN (a.owner_id, a.partner_id) AND local)) AS agreements,
            (SELECT count(DISTINCT host) FROM (
                SELECT other.host FROM follow f
                JOIN actor own ON own.id IN (f.follower_id, f.followed_id) AND own.local
                JOIN actor other ON other.id IN (f.follower_id, f.followed_id) AND NOT other.local
                WHERE other.deleted_at IS NULL
                UNION SELECT host FROM delivery WHERE may_have_arrived(attempts, state, cause)
            ) AS known) AS servers
        """,
    )
    assert found is not None
    return found
