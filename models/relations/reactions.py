"""Favourites (Like) and shares (Announce), the same for people here and elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Favourite:
    """Somebody likes a post."""

    id: int
    uri: str | None
    actor_id: int
    post_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Somebody, or a stream's Group, shows a post to their followers. `id` is the wrapping status in Mastodon's API."""

    id: int
    uri: str | None
    actor_id: int
    post_id: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReaction:
    """What is stored for a like or a share; `moment` is when it was made, where that is long ago."""

    uri: str
    actor_id: int
    post_id: int
    moment: datetime | None = None


async def favourite(conn: Connection, *, uri: str, actor_id: int, post_id: int) -> Favourite | None:
    """Record a like; None when it was there already (AX15)."""
    liked = await favourite_many(conn, [NewReaction(uri=uri, actor_id=actor_id, post_id=post_id)])
    return liked[0] if liked else None


async def favourite_many(conn: Connection, news: Sequence[NewReaction]) -> list[Favourite]:
    """The same for several; those that were not there, in no order."""
    if not news:
        return []
    return await fetch_all(
        conn,
        Favourite,
        """
        INSERT INTO favourite (id, uri, actor_id, post_id)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[])
        ON CONFLICT DO NOTHING RETURNING id, uri, actor_id, post_id, created_at
        """,
        [make_id() for _ in news],
        [new.uri for new in news],
        [new.actor_id for new in news],
        [new.post_id for new in news],
    )


async def find_favourite(conn: Connection, *, actor_id: int, post_id: int) -> Favourite | None:
    """This actor's like of this post."""
    return await fetch_one(
        conn,
        Favourite,
        "SELECT id, uri, actor_id, post_id, created_at FROM favourite WHERE actor_id = $1 AND post_id = $2",
        actor_id,
        post_id,
    )


async def renew_favourites(conn: Connection, news: Sequence[NewReaction]) -> None:
    """The same likes came anew under other ids: these are the ones that an undoing names (AX4)."""
    if news:
        await execute(
            conn,
            """
            UPDATE favourite k SET uri = new.uri
            FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS new (uri, actor_id, post_id)
            WHERE k.actor_id = new.actor_id AND k.post_id = new.post_id
                AND NOT EXISTS (SELECT FROM favourite other WHERE other.uri = new.uri OFFSET 0)
            """,
            [new.uri for new in news],
            [new.actor_id for new in news],
            [new.post_id for new in news],
        )


async def unfavourite(conn: Connection, *, actor_id: int, post_id: int) -> bool:
    """Take a like back. False when there was none."""
    return bool(await unfavourite_many(conn, [(actor_id, post_id)]))


async def unfavourite_many(conn: Connection, pairs: Sequence[tuple[int, int]]) -> int:
    """The same for several, by who likes and what; how many there were."""
    actor_ids, post_ids = [actor_id for actor_id, _ in pairs], [post_id for _, post_id in pairs]
    await _forget_told(conn, "favourite", actor_ids, post_ids)
    return await execute(
        conn,
        """
        DELETE FROM favourite f USING unnest($1::bigint[], $2::bigint[]) AS gone (actor_id, post_id)
        WHERE f.actor_id = gone.actor_id AND f.post_id = gone.post_id
        """,
        actor_ids,
        post_ids,
    )


async def _forget_told(conn: Connection, type: str, actor_ids: list[int], post_ids: list[int]) -> None:
    await execute(
        conn,
        """
        DELETE FROM notification n USING unnest($2::bigint[], $3::bigint[]) AS gone (actor_id, post_id)
        WHERE n.type = $1 AND n.actor_id = gone.actor_id AND n.post_id = gone.post_id
        """,
        type,
        actor_ids,
        post_ids,
    )


async def share(
    conn: Connection, *, uri: str, actor_id: int, post_id: int, moment: datetime | None = None
) -> Share | None:
    """Record a share; None when it was there already. `moment` is when it was made, where that is long ago."""
    shared = await share_many(conn, [NewReaction(uri=uri, actor_id=actor_id, post_id=post_id, moment=moment)])
    return shared[0] if shared else None


async def share_many(conn: Connection, news: Sequence[NewReaction]) -> list[Share]:
    """The same for several; those that were not there, in no order."""
    if not news:
        return []
    return await fetch_all(
        conn,
        Share,
        """
        WITH told AS (
            SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[])
                AS one (id, uri, actor_id, post_id, moment)
        ), shared AS (
            INSERT INTO share (id, uri, actor_id, post_id, created_at)
            SELECT id, uri, actor_id, post_id, coalesce(moment, now()) FROM told
            ON CONFLICT DO NOTHING RETURNING id, uri, actor_id, post_id, created_at
        ), streamed AS (
            INSERT INTO stream_event (kind, object_id)
            SELECT 'share', id FROM shared JOIN told USING (id) WHERE told.moment IS NULL ORDER BY id
        )
        SELECT * FROM shared
        """,
        [make_id(new.moment) for new in news],
        [new.uri for new in news],
        [new.actor_id for new in news],
        [new.post_id for new in news],
        [new.moment for new in news],
    )


async def find_share(conn: Connection, *, actor_id: int, post_id: int) -> Share | None:
    """This actor's share of this post."""
    return await fetch_one(
        conn,
        Share,
        "SELECT id, uri, actor_id, post_id, created_at FROM share WHERE actor_id = $1 AND post_id = $2",
        actor_id,
        post_id,
    )


async def find_share_by_id(conn: Connection, id: int) -> Share | None:
    """The share with this row id."""
    return await fetch_one(conn, Share, "SELECT id, uri, actor_id, post_id, created_at FROM share WHERE id = $1", id)


async def list_shares_by_ids(conn: Connection, ids: list[int]) -> dict[int, Share]:
    """The shares with these row ids."""
    rows = await fetch_all(
        conn, Share, "SELECT id, uri, actor_id, post_id, created_at FROM share WHERE id = ANY($1)", ids
    )
    return {row.id: row for row in rows}


async def list_share_ids(conn: Connection, post_ids: list[int], *, limit: int = 500) -> dict[int, list[int]]:
    """The newest shares of these posts together, by post."""
    found: dict[int, list[int]] = {}
    for id, post_id in await conn.fetch(
        "SELECT id, post_id FROM share WHERE post_id = ANY($1) ORDER BY id DESC LIMIT $2", post_ids, limit
    ):
        found.setdefault(post_id, []).append(id)
    return found


async def renew_shares(conn: Connection, news: Sequence[NewReaction]) -> None:
    """The same shares came anew under other ids, as in `renew_favourites`."""
    if news:
        await execute(
            conn,
            """
            UPDATE share k SET uri = new.uri
            FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS new (uri, actor_id, post_id)
            WHERE k.actor_id = new.actor_id AND k.post_id = new.post_id
                AND NOT EXISTS (SELECT FROM share other WHERE other.uri = new.uri OFFSET 0)
            """,
            [new.uri for new in news],
            [new.actor_id for new in news],
            [new.post_id for new in news],
        )


async def unshare(conn: Connection, *, actor_id: int, post_id: int) -> bool:
    """Take a share back. False when there was none."""
    return bool(await unshare_many(conn, [(actor_id, post_id)]))


async def unshare_many(conn: Connection, pairs: Sequence[tuple[int, int]]) -> int:
    """The same for several, by who shares and what; how many there were."""
    actor_ids, post_ids = [actor_id for actor_id, _ in pairs], [post_id for _, post_id in pairs]
    await _forget_told(conn, "reblog", actor_ids, post_ids)
    return await execute(
        conn,
        """
        WITH gone AS (
            DELETE FROM share s USING unnest($1::bigint[], $2::bigint[]) AS back (actor_id, post_id)
            WHERE s.actor_id = back.actor_id AND s.post_id = back.post_id RETURNING s.id
        )
        INSERT INTO stream_event (kind, object_id) SELECT 'delete', id FROM gone ORDER BY id
        """,
        actor_ids,
        post_ids,
    )


async def remove_by_uri(conn: Connection, uri: str, actor_id: int) -> bool:
    """Undo a like or a share by the id of its activity, if it is this actor's (AX4). False when there is none."""
    liked = await fetch_one(
        conn,
        Favourite,
        "SELECT id, uri, actor_id, post_id, created_at FROM favourite WHERE uri = $1 AND actor_id = $2",
        uri,
        actor_id,
    )
    if liked is not None:
        return await unfavourite(conn, actor_id=actor_id, post_id=liked.post_id)
    shared = await fetch_one(
        conn,
        Share,
        "SELECT id, uri, actor_id, post_id, created_at FROM share WHERE uri = $1 AND actor_id = $2",
        uri,
        actor_id,
    )
    return shared is not None and await unshare(conn, actor_id=actor_id, post_id=shared.post_id)


async def list_favourites(
    conn: Connection, post_id: int, *, before: int | None, after: int | None = None, limit: int
) -> list[Favourite]:
    """Who likes a post, newest first."""
    return await fetch_all(
        conn,
        Favourite,
        """
        SELECT id, uri, actor_id, post_id, created_at FROM favourite
        WHERE post_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        post_id,
        before,
        after,
        limit,
    )


async def list_shares(
    conn: Connection, post_id: int, *, before: int | None, after: int | None = None, limit: int
) -> list[Share]:
    """Who shares a post, newest first."""
    return await fetch_all(
        conn,
        Share,
        """
        SELECT id, uri, actor_id, post_id, created_at FROM share
        WHERE post_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        post_id,
        before,
        after,
        limit,
    )
