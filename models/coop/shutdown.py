"""The instance is to end for ever: when, how far its end has come, and whom it concerns."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.errors import Conflict
from models.people.actors import BUILT_IN
from models.store.database import Connection, execute, fetch_column, fetch_one, fetch_value

WAIT = timedelta(days=14)
"""How long it can be taken back."""

REMINDERS = (timedelta(days=3), timedelta(days=1))
"""So long before its day it is said again, to each member."""

OFFERED = timedelta(days=14)
"""How long members can fetch their data once its time has come; then every actor ends."""

ARCHIVES_WAIT = timedelta(days=3)
"""How long after its day the instance waits for archives that are being made, or are to be made once more."""

PAGES_WAIT = timedelta(days=1)
"""How long actors wait, once nothing is offered any more, for public pages that cannot be written as files."""

FAREWELLS_WAIT = timedelta(days=3)
"""How long it is tried, once the pages are written, to end those whose end fails; then they go without a farewell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutdown:
    """It ends at `due_at`. `told_through` and `archived_through` are ids of members: those not above had their turn.

    `reminded` is how many days before its day it was said again, the last time. `offered_until` is how long their
    archives are kept, `ended_at` when every actor was gone.
    """

    begun_at: datetime
    begun_by: int | None
    due_at: datetime
    told_through: int
    copied_at: datetime | None
    archived_through: int
    offered_until: datetime | None
    ended_at: datetime | None
    reminded: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Whom it concerns: members, open listings, agreements that run, servers that know somebody here."""

    members: int
    listings: int
    agreements: int
    servers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewells:
    """How many actors are still here, and how many farewells of the others wait, arrived, and did not."""

    left_here: int
    waiting: int
    told: int
    failed: int


async def find(conn: Connection) -> Shutdown | None:
    """The end, where there is to be one."""
    return await fetch_one(
        conn,
        Shutdown,
        """
        SELECT s.begun_at, s.begun_by, (p.value #>> '{}')::timestamptz AS due_at, s.told_through, s.copied_at,
            s.archived_through, s.offered_until, s.ended_at, s.reminded
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


async def require_open(conn: Connection) -> None:
    """Raise Conflict where the instance is to end: nobody joins any more, whoever lets her in."""
    if await find_day(conn) is not None:
        raise Conflict("shutdown_closing_joins", field="")


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


async def note_archived(conn: Connection, through: int) -> None:
    """The archives of members up to this one were asked for."""
    await execute(conn, "UPDATE instance_shutdown SET archived_through = greatest(archived_through, $1)", through)


async def note_copied(conn: Connection) -> None:
    """The public pages were written as files."""
    await execute(conn, "UPDATE instance_shutdown SET copied_at = coalesce(copied_at, now())")


async def note_offered(conn: Connection, *, until: datetime) -> None:
    """All archives are made that can be; members can fetch them until then."""
    await execute(conn, "UPDATE instance_shutdown SET offered_until = coalesce(offered_until, $1)", until)


async def note_ended(conn: Connection) -> None:
    """Nobody is left here."""
    await execute(conn, "UPDATE instance_shutdown SET ended_at = coalesce(ended_at, now())")


async def has_ended(conn: Connection) -> bool:
    """Whether the instance ended: nobody is here, and nobody comes again."""
    return bool(await fetch_value(conn, "SELECT EXISTS (SELECT FROM instance_shutdown WHERE ended_at IS NOT NULL)"))


async def note_reminded(conn: Connection, days: int) -> None:
    """It is said again, so many days before."""
    await execute(conn, "UPDATE instance_shutdown SET reminded = $1", days)


async def end_without_farewell(conn: Connection, actor_id: int) -> None:
    """Of an actor of ours whose end fails, and of what it published, only that they are gone."""
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE author_id = $1 AND deleted_at IS NULL", actor_id)
    await execute(
        conn,
        """
        UPDATE actor SET deleted_at = now(), name = '', summary = '', fields = '[]', icon_media_id = NULL,
            image_media_id = NULL
        WHERE id = $1 AND local
        """,
        actor_id,
    )


async def list_left(conn: Connection, *, but: Collection[int] = (), limit: int) -> list[int]:
    """Row ids of the next actors of ours who are to end: members, who administers, communities, the cooperative.

    Without those in `but`, who had their turn just now.
    """
    return await fetch_column(
        conn,
        """
        SELECT a.id FROM actor a LEFT JOIN account w ON w.actor_id = a.id
        WHERE a.local AND a.deleted_at IS NULL AND a.id <> ALL($3::bigint[])
        ORDER BY w.actor_id IS NULL, coalesce('admin' = ANY(w.roles), false), a.username = ANY($1),
            a.username = 'instance', a.id
        LIMIT $2
        """,
        list(BUILT_IN),
        limit,
        list(but),
    )


async def count_farewells(conn: Connection) -> Farewells:
    """How far other servers were told of those who are gone."""
    found = await fetch_one(
        conn,
        Farewells,
        """
        SELECT (SELECT count(*) FROM actor WHERE local AND deleted_at IS NULL) AS left_here,
            count(*) FILTER (WHERE d.state IN ('waiting', 'held')) AS waiting,
            count(*) FILTER (WHERE d.state = 'done') AS told,
            count(*) FILTER (WHERE d.state = 'failed') AS failed
        FROM actor gone JOIN activity a ON a.object_uri = gone.uri AND a.actor_id = gone.id AND a.type = 'Delete'
        JOIN delivery d ON d.activity_id = a.id WHERE gone.local AND gone.deleted_at IS NOT NULL
        """,
    )
    assert found is not None
    return found


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
