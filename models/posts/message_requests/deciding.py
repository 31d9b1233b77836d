"""A reader lets in what waits for her, or sends it away."""

from collections.abc import Sequence

from models.posts.message_requests.values import Request
from models.store.database import Connection, execute, fetch_all, fetch_records


async def list_pairs(conn: Connection, host: str) -> list[tuple[int, int]]:
    """For whom something of this server's people waits, and of whom: reader and writer."""
    rows = await fetch_records(
        conn,
        """
        SELECT DISTINCT r.reader_id, r.author_id FROM shown_message_request r JOIN actor a ON a.id = r.author_id
        WHERE a.host = $1 AND r.accepted_at IS NULL ORDER BY 1, 2
        """,
        host,
    )
    return [(row["reader_id"], row["author_id"]) for row in rows]


async def list_related_pairs(conn: Connection, limit: int = 200) -> list[tuple[int, int]]:
    """For whom something waits of whom, though she follows the writer, wrote to her, or has an exchange by now."""
    rows = await fetch_records(
        conn,
        """
        SELECT DISTINCT r.reader_id, r.author_id FROM shown_message_request r
        WHERE r.accepted_at IS NULL AND (
            EXISTS (SELECT FROM follow f WHERE f.follower_id = r.reader_id AND f.followed_id = r.author_id
                AND f.state IN ('accepted', 'pending'))
            OR EXISTS (SELECT FROM exchange e
                WHERE (e.owner_id, e.partner_id) IN ((r.reader_id, r.author_id), (r.author_id, r.reader_id)))
            OR EXISTS (SELECT FROM mention m JOIN post p ON p.id = m.post_id
                WHERE m.actor_id = r.author_id AND p.author_id = r.reader_id AND p.kind <> 'notice'))
        ORDER BY 1, 2 LIMIT $1
        """,
        limit,
    )
    return [(row["reader_id"], row["author_id"]) for row in rows]


async def decide(conn: Connection, reader_id: int, author_id: int, *, welcome: bool) -> None:
    """Remember what this reader said of this writer."""
    await execute(
        conn,
        """
        INSERT INTO correspondent (reader_id, author_id, welcome) VALUES ($1, $2, $3)
        ON CONFLICT (reader_id, author_id) DO UPDATE SET welcome = excluded.welcome, decided_at = now()
        """,
        reader_id,
        author_id,
        welcome,
    )


async def accept(conn: Connection, reader_id: int, author_id: int) -> list[Request]:
    """Have everything that waits of this writer for this reader taken up again; what that is.

    What is kept for others already only has to be shown to her.
    """
    accepted = await fetch_all(
        conn,
        Request,
        """
        UPDATE message_request SET accepted_at = now()
        WHERE reader_id = $1 AND author_id = $2 AND accepted_at IS NULL RETURNING *
        """,
        reader_id,
        author_id,
    )
    await execute(
        conn,
        """
        UPDATE received SET state = 'waiting', attempts = 0, due_at = now() WHERE id = ANY($1) AND state = 'held'
        """,
        [one.received_id for one in accepted if one.received_id is not None],
    )
    return sorted(accepted, key=lambda one: one.id)


async def settle(conn: Connection, uri: str, reader_ids: Sequence[int]) -> list[Request]:
    """It has come to these readers: it waits no longer. What waited."""
    return await fetch_all(
        conn,
        Request,
        "DELETE FROM message_request WHERE uri = $1 AND reader_id = ANY($2) RETURNING *",
        uri,
        list(reader_ids),
    )


async def drop(conn: Connection, reader_id: int, author_id: int) -> int:
    """Forget what waits of this writer for this reader; how many messages."""
    return await execute(
        conn, "DELETE FROM message_request WHERE reader_id = $1 AND author_id = $2", reader_id, author_id
    )


async def drop_host(conn: Connection, host: str) -> int:
    """Forget what waits of this server's people, for everybody; how many messages."""
    return await execute(
        conn, "DELETE FROM message_request r USING actor a WHERE a.id = r.author_id AND a.host = $1", host
    )
