"""Cooperatives that propose to be friends, or are: how far it is with each of them.

The level of a server (`trust_levels`) is what we decide alone; a friendship is what both cooperatives said.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.domains import find_domain
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_records, fetch_value
from models.store.statements import compose

FriendshipState = Literal["met", "proposed", "asked", "confirmed", "refused", "declined", "ended"]
"""`met` where they follow us, no more; `proposed` by us, `asked` by them; `refused` by them, `declined` by us (also to
follow back); `ended` by them.
"""

MOST_MET = 500
"""Cooperatives that follow ours and about which nobody decided: of more the oldest go first, and their follow stays."""

MOST_MET_OF_DOMAIN = 3
"""Of one registrable domain: a newer one takes the place of its oldest."""

MOST_ASKED = 200
"""Proposals of others that wait at most; what comes then is left alone until some were answered."""

MOST_ASKED_OF_DOMAIN = 3
"""Of one registrable domain: whoever pays for one name is one somebody."""

REST = timedelta(days=30)
"""So long after our no a new proposal gets the same answer, and nobody is told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendshipRow:
    """How far it is with one cooperative (`actor_id`); `member_id` is who of ours said the last word."""

    actor_id: int
    state: FriendshipState
    our_offer_uri: str | None
    their_offer_uri: str | None
    member_id: int | None
    changed_at: datetime


_COLUMNS = "f.actor_id, f.state, f.our_offer_uri, f.their_offer_uri, f.member_id, f.changed_at"

_OF_ACTOR, _OF_ACTORS, _ALL, _ON_HOST = (
    compose(text, columns=_COLUMNS)
    for text in (
        "SELECT {columns} FROM friendship f WHERE f.actor_id = $1",
        "SELECT {columns} FROM friendship f WHERE f.actor_id = ANY($1)",
        "SELECT {columns} FROM friendship f ORDER BY f.changed_at DESC, f.actor_id",
        """
        SELECT {columns} FROM friendship f JOIN actor a ON a.id = f.actor_id
        WHERE a.host = $1 ORDER BY f.changed_at DESC LIMIT 1
        """,
    )
)


async def find(conn: Connection, actor_id: int) -> FriendshipRow | None:
    """How far it is with this cooperative; None where nobody ever proposed anything."""
    return await fetch_one(conn, FriendshipRow, _OF_ACTOR, actor_id)


async def map_by_ids(conn: Connection, actor_ids: Collection[int]) -> dict[int, FriendshipRow]:
    """How far it is with each of these cooperatives, where anybody ever proposed anything."""
    return {one.actor_id: one for one in await fetch_all(conn, FriendshipRow, _OF_ACTORS, list(actor_ids))}


async def list_all(conn: Connection) -> list[FriendshipRow]:
    """How far it is with each that there is, what changed last first."""
    return await fetch_all(conn, FriendshipRow, _ALL)


async def hold(conn: Connection, actor_id: int) -> FriendshipRow | None:
    """The same; nobody else changes it before the transaction ends, also where there is no row yet."""
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtextextended('friendship ' || $1::bigint, 0))", actor_id)
    return await find(conn, actor_id)


async def find_on_host(conn: Connection, host: str) -> FriendshipRow | None:
    """How far it is with the cooperative of this host."""
    return await fetch_one(conn, FriendshipRow, _ON_HOST, host)


async def save(
    conn: Connection,
    actor_id: int,
    state: FriendshipState,
    *,
    ours: str | None = None,
    theirs: str | None = None,
    by: int | None = None,
) -> None:
    """It stands so from now on. An Offer that is None stays the one that it was; `by` is who of ours said it."""
    await execute(
        conn,
        """
        INSERT INTO friendship (actor_id, state, our_offer_uri, their_offer_uri, member_id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (actor_id) DO UPDATE SET state = excluded.state, changed_at = now(),
            our_offer_uri = coalesce(excluded.our_offer_uri, friendship.our_offer_uri),
            their_offer_uri = coalesce(excluded.their_offer_uri, friendship.their_offer_uri),
            member_id = coalesce(excluded.member_id, friendship.member_id)
        """,
        actor_id,
        state,
        ours,
        theirs,
        by,
    )


async def forget(conn: Connection, actor_id: int) -> None:
    """Nothing is between the two any more, as if nobody had proposed anything."""
    await execute(conn, "DELETE FROM friendship WHERE actor_id = $1", actor_id)


async def meet(conn: Connection, actor_id: int, host: str) -> bool:
    """It follows us: the team may follow it back. False where it is known, or took the place of one of its own domain.

    Then nobody needs to be told of it: the team was of those before.
    """
    await _hold_met(conn)
    met = "INSERT INTO friendship (actor_id, state) VALUES ($1, 'met') ON CONFLICT DO NOTHING"
    if not await execute(conn, met, actor_id):
        return False
    return not await _make_room(conn, actor_id, host)


async def meet_again(conn: Connection, actor_id: int, host: str) -> None:
    """It proposes nothing any more: it is one of those that are met, and its Offer stays known."""
    await _hold_met(conn)
    await save(conn, actor_id, "met")
    await _make_room(conn, actor_id, host)


async def _hold_met(conn: Connection) -> None:
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('friendships met'))")


async def _make_room(conn: Connection, actor_id: int, host: str) -> bool:
    """For this one, which is met now: the oldest of its domain go, then the oldest of all. Whether some of its own did.

    What the team decided meanwhile stays.
    """
    await execute(
        conn,
        """
        DELETE FROM friendship n WHERE n.state = 'met' AND n.actor_id <> $1 AND NOT EXISTS (
            SELECT FROM follow f JOIN actor ours ON ours.id = f.followed_id
            WHERE f.follower_id = n.actor_id AND ours.local AND f.state = 'accepted')
        """,
        actor_id,
    )
    before = await fetch_records(
        conn,
        """
        SELECT f.actor_id, a.host FROM friendship f JOIN actor a ON a.id = f.actor_id
        WHERE f.state = 'met' AND f.actor_id <> $1 ORDER BY f.changed_at, f.actor_id
        """,
        actor_id,
    )
    same = [one["actor_id"] for one in before if find_domain(one["host"]) == find_domain(host)]
    crowding = same[: max(len(same) + 1 - MOST_MET_OF_DOMAIN, 0)]
    others = [one["actor_id"] for one in before if one["actor_id"] not in crowding]
    gone = crowding + others[: max(len(others) + 1 - MOST_MET, 0)]
    await execute(conn, "DELETE FROM friendship WHERE actor_id = ANY($1) AND state = 'met'", gone)
    return bool(crowding)


async def list_full(conn: Connection) -> list[FriendshipState]:
    """Of which as many wait as there is room for: `met`, whose oldest go, or `asked`, and no more are taken."""
    return await fetch_column(
        conn,
        """
        SELECT state FROM friendship WHERE state IN ('met', 'asked') GROUP BY state
        HAVING count(*) >= CASE state WHEN 'met' THEN $1::integer ELSE $2::integer END ORDER BY state
        """,
        MOST_MET,
        MOST_ASKED,
    )


async def has_room(conn: Connection, host: str) -> bool:
    """Whether one more proposal may wait for us, of a cooperative on this host."""
    waiting = await fetch_column(
        conn, "SELECT a.host FROM friendship f JOIN actor a ON a.id = f.actor_id WHERE f.state = 'asked'"
    )
    same = sum(find_domain(one) == find_domain(host) for one in waiting)
    return len(waiting) < MOST_ASKED and same < MOST_ASKED_OF_DOMAIN


async def count_new(conn: Connection, since: datetime) -> int:
    """How many cooperatives began to follow ours, or to propose something, since then, and wait."""
    found: int = await fetch_value(
        conn, "SELECT count(*) FROM friendship WHERE state IN ('met', 'asked') AND changed_at >= $1", since
    )
    return found
