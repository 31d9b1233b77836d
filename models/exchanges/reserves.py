"""Who would have a listing if it were free: the reserve of what is given once, the waiting list of what is lent.

A place is `offered` to whoever was not chosen, `waiting` once she says that she stays, and `called` while it is her
turn: at most one of a listing at a time. Of a copy only places of ours are kept, as the server of its owner, which has
the list, said last; `asked` until it said anything. Whoever changes one holds the listing's lock
(`agreements.lock_listing`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one
from models.store.statements import compose

PlaceState = Literal["asked", "offered", "waiting", "called"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservePlace:
    """One person's place, in the order of `since`. The days are those that she wants, None for any.

    `until` is how long she may say whether she stays, or wants it still; `agreement_id` what she was asked about.
    `join_uri` is the Join by which somebody stands here from elsewhere, or one of ours there.
    """

    id: int
    listing_id: int
    actor_id: int
    state: PlaceState
    since: datetime
    begins_at: datetime | None
    ends_at: datetime | None
    until: datetime | None
    agreement_id: int | None
    join_uri: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days that somebody wants, from one moment until before another."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWish:
    """What somebody wants who waits: these days or any; by which Join, and whether another server is only asked yet."""

    span: Span | None = None
    join_uri: str | None = None
    asked: bool = False


_READ = """
    SELECT id, listing_id, actor_id, state, since, begins_at, ends_at, until, agreement_id, join_uri FROM reserve_place
"""

_FIND, _FIND_BY_JOIN, _LIST, _FIND_CALLED, _LIST_LAPSED, _LIST_PAST = (
    compose(text, read=_READ)
    for text in (
        "{read} WHERE listing_id = $1 AND actor_id = $2",
        "{read} WHERE join_uri = $1",
        "{read} WHERE listing_id = $1 ORDER BY since, id LIMIT 100",
        "{read} WHERE listing_id = $1 AND state = 'called'",
        "{read} WHERE until <= $1 AND agreement_id IS NULL ORDER BY until LIMIT $2",
        "{read} WHERE ends_at <= $1 ORDER BY id LIMIT $2",
    )
)


async def offer(conn: Connection, listing_id: int, actor_id: int, *, since: datetime, until: datetime) -> None:
    """Ask whether she stays on the list. Whoever stands on it already does not lose her place."""
    await execute(
        conn,
        """
        INSERT INTO reserve_place (id, listing_id, actor_id, state, since, until) VALUES ($1, $2, $3, 'offered', $4, $5)
        ON CONFLICT (listing_id, actor_id) DO NOTHING
        """,
        make_id(),
        listing_id,
        actor_id,
        since,
        until,
    )


async def wait(conn: Connection, listing_id: int, actor_id: int, wanted: PlaceWish, *, at: datetime) -> bool:
    """She stands on the list, in the order of when she asked first; False where she wanted the same before.

    The answers that are still to come go to the Join that she sent last.
    """
    changed = await execute(
        conn,
        """
        INSERT INTO reserve_place AS place (id, listing_id, actor_id, state, since, begins_at, ends_at, join_uri)
        VALUES ($1, $2, $3, CASE WHEN $8 THEN 'asked' ELSE 'waiting' END, $4, $5, $6, $7)
        ON CONFLICT (listing_id, actor_id) DO UPDATE SET state = excluded.state, until = NULL, due = false,
            begins_at = excluded.begins_at, ends_at = excluded.ends_at, agreement_id = NULL,
            join_uri = excluded.join_uri
        WHERE place.state = 'offered' OR (place.state IN ('asked', 'waiting') AND
            (place.begins_at, place.ends_at) IS DISTINCT FROM (excluded.begins_at, excluded.ends_at))
        """,
        make_id(),
        listing_id,
        actor_id,
        at,
        None if wanted.span is None else wanted.span.begins_at,
        None if wanted.span is None else wanted.span.ends_at,
        wanted.join_uri,
        wanted.asked,
    )
    if not changed and wanted.join_uri is not None:
        await rename(conn, listing_id, actor_id, wanted.join_uri)
    return bool(changed)


async def rename(conn: Connection, listing_id: int, actor_id: int, join_uri: str) -> None:
    """Her place stays as it is; answers name this Join from now on."""
    sql = "UPDATE reserve_place SET join_uri = $3 WHERE listing_id = $1 AND actor_id = $2"
    await execute(conn, sql, listing_id, actor_id, join_uri)


async def call(conn: Connection, id: int, *, until: datetime, agreement_id: int | None) -> None:
    """It is her turn until then."""
    await execute(
        conn,
        "UPDATE reserve_place SET state = 'called', until = $2, agreement_id = $3, due = false WHERE id = $1",
        id,
        until,
        agreement_id,
    )


async def wait_on(conn: Connection, id: int) -> None:
    """It is somebody else's turn, or she was only asked about so far: she stands there."""
    await execute(
        conn,
        "UPDATE reserve_place SET state = 'waiting', until = NULL, agreement_id = NULL WHERE id = $1",
        id,
    )


async def remove(conn: Connection, listing_id: int, actor_id: int) -> bool:
    """She stands there no more; whether she did."""
    return bool(
        await execute(conn, "DELETE FROM reserve_place WHERE listing_id = $1 AND actor_id = $2", listing_id, actor_id)
    )


async def find(conn: Connection, listing_id: int, actor_id: int) -> ReservePlace | None:
    """Somebody's place."""
    return await fetch_one(conn, ReservePlace, _FIND, listing_id, actor_id)


async def find_by_join(conn: Connection, join_uri: str) -> ReservePlace | None:
    """The place that was asked for by this Join."""
    return await fetch_one(conn, ReservePlace, _FIND_BY_JOIN, join_uri)


async def list_places(conn: Connection, listing_id: int) -> list[ReservePlace]:
    """Everybody's, in their order, at most 100: who was asked whether she stays, who does, and whose turn it is."""
    return await fetch_all(conn, ReservePlace, _LIST, listing_id)


async def find_called(conn: Connection, listing_id: int) -> ReservePlace | None:
    """Whose turn it is."""
    return await fetch_one(conn, ReservePlace, _FIND_CALLED, listing_id)


async def note_freed(conn: Connection, listing_id: int) -> None:
    """Something of it is free that was not: whoever waits, or may say that she does, is looked at again soon."""
    await execute(
        conn, "UPDATE reserve_place SET due = true WHERE listing_id = $1 AND state <> 'called' AND NOT due", listing_id
    )


async def settle_due(conn: Connection, listing_id: int) -> None:
    """All who wait for it were looked at."""
    await execute(conn, "UPDATE reserve_place SET due = false WHERE listing_id = $1 AND due", listing_id)


async def list_due(conn: Connection, *, limit: int) -> list[int]:
    """Listings of which something became free while it is nobody's turn."""
    found: list[int] = await fetch_column(
        conn,
        """
        SELECT listing_id FROM reserve_place p WHERE due
            AND NOT EXISTS (SELECT FROM reserve_place c WHERE c.listing_id = p.listing_id AND c.state = 'called')
        GROUP BY listing_id ORDER BY random() LIMIT $1  -- those whose owner is away wait on, and keep nobody waiting
        """,
        limit,
    )
    return found


async def list_lapsed(conn: Connection, *, at: datetime, limit: int) -> list[ReservePlace]:
    """Whose time to answer is over, but for terms on the table: those end by themselves."""
    return await fetch_all(conn, ReservePlace, _LIST_LAPSED, at, limit)


async def list_past(conn: Connection, *, at: datetime, limit: int) -> list[ReservePlace]:
    """Who waits for days that are over."""
    return await fetch_all(conn, ReservePlace, _LIST_PAST, at, limit)


async def list_withdrawn(conn: Connection, *, limit: int) -> list[int]:
    """Listings that are gone, whoever took them away, and still have a list."""
    found: list[int] = await fetch_column(
        conn,
        """
        SELECT DISTINCT r.listing_id FROM reserve_place r JOIN post p ON p.id = r.listing_id
        WHERE p.deleted_at IS NOT NULL LIMIT $1
        """,
        limit,
    )
    return found


async def list_by_actor(conn: Connection, actor_id: int) -> list[int]:
    """On the lists of which listings somebody stands."""
    found: list[int] = await fetch_column(
        conn, "SELECT listing_id FROM reserve_place WHERE actor_id = $1 ORDER BY listing_id", actor_id
    )
    return found


async def count_joined(conn: Connection, exchange_id: int, *, within: timedelta) -> int:
    """How often somebody said lately that she wants it when it is free, or on other days."""
    found: list[int] = await fetch_column(
        conn,
        """
        SELECT count(*) FROM exchange_event
        WHERE exchange_id = $1 AND kind = 'reserve_joined' AND created_at > now() - $2::interval
        """,
        exchange_id,
        within,
    )
    return found[0]


async def has_written_since(conn: Connection, exchange_id: int, actor_id: int, agreement_id: int) -> bool:
    """Whether somebody wrote in a thread after this agreement was refused."""
    found = await fetch_column(
        conn,
        """
        SELECT true FROM exchange_message m JOIN post p ON p.id = m.post_id
        WHERE m.exchange_id = $1 AND p.author_id = $2
            AND p.id > (SELECT max(id) FROM exchange_event WHERE agreement_id = $3 AND kind = 'refused') LIMIT 1
        """,
        exchange_id,
        actor_id,
        agreement_id,
    )
    return bool(found)
