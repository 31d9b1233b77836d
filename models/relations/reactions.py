"""Favourites (Like) and shares (Announce), the same for people here and elsewhere."""

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


async def favourite(conn: Connection, *, uri: str, actor_id: int, post_id: int) -> Favourite | None:
    """Record a like; None when it was there already (AX15)."""
    return await fetch_one(
        conn,
        Favourite,
        """
        INSERT INTO favourite (id, uri, actor_id, post_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING id, uri, actor_id, post_id, created_at
        """,
        make_id(),
        uri,
        actor_id,
        post_id,
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


async def renew_favourite(conn: Connection, *, uri: str, actor_id: int, post_id: int) -> None:
    """The same like came anew under another id: this is the one that an undoing names (AX4)."""
    await execute(
        conn,
        """
        UPDATE favourite SET uri = $1
        WHERE actor_id = $2 AND post_id = $3 AND NOT EXISTS (SELECT FROM favourite WHERE uri = $1)
        """,
        uri,
        actor_id,
        post_id,
    )


async def unfavourite(conn: Connection, *, actor_id: int, post_id: int) -> bool:
    """Take a like back. False when there was none."""
    await execute(
        conn,
        "DELETE FROM notification WHERE type = 'favourite' AND actor_id = $1 AND post_id = $2",
        actor_id,
        post_id,
    )
    return bool(await execute(conn, "DELETE FROM favourite WHERE actor_id = $1 AND post_id = $2", actor_id, post_id))


async def share(
    conn: Connection, *, uri: str, actor_id: int, post_id: int, moment: datetime | None = None
) -> Share | None:
    """Record a share; None when it was there already. `moment` is when it was made, where that is long ago."""
    return await fetch_one(
        conn,
        Share,
        """
        WITH shared AS (
            INSERT INTO share (id, uri, actor_id, post_id, created_at) VALUES ($1, $2, $3, $4, coalesce($5, now()))
            ON CONFLICT DO NOTHING RETURNING id, uri, actor_id, post_id, created_at
        ), streamed AS (
            INSERT INTO stream_event (kind, object_id) SELECT 'share', s.id FROM shared s WHERE $5 IS NULL
        )
        SELECT * FROM shared
        """,
        make_id(moment),
        uri,
        actor_id,
        post_id,
        moment,
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


async def renew_share(conn: Connection, *, uri: str, actor_id: int, post_id: int) -> None:
    """The same share came anew under another id: this is the one that an undoing names (AX4)."""
    await execute(
        conn,
        """
        UPDATE share SET uri = $1
        WHERE actor_id = $2 AND post_id = $3 AND NOT EXISTS (SELECT FROM share WHERE uri = $1)
        """,
        uri,
        actor_id,
        post_id,
    )


async def unshare(conn: Connection, *, actor_id: int, post_id: int) -> bool:
    """Take a share back. False when there was none."""
    await execute(
        conn,
        "DELETE FROM notification WHERE type = 'reblog' AND actor_id = $1 AND post_id = $2",
        actor_id,
        post_id,
    )
    return bool(
        await execute(
            conn,
            """
            WITH gone AS (DELETE FROM share WHERE actor_id = $1 AND post_id = $2 RETURNING id)
            INSERT INTO stream_event (kind, object_id) SELECT 'delete', id FROM gone
            """,
            actor_id,
            post_id,
        )
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
