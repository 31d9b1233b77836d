"""What waits for a reader, and of whom; nothing of whom she blocks or mutes."""

from collections.abc import Sequence

from models.posts.message_requests.values import Request, Sender, WaitingServer
from models.store.database import Connection, fetch_all, fetch_column, fetch_one, fetch_value


async def is_waiting(conn: Connection, uri: str, author_id: int) -> bool:
    """Whether something with this id waits for anybody, or is on its way to her."""
    return bool(
        await fetch_value(
            conn,
            "SELECT EXISTS (SELECT FROM message_request WHERE uri = $1 AND author_id = $2)",
            uri,
            author_id,
        )
    )


async def find(conn: Connection, reader_id: int, address: str) -> Request | None:
    """What waits for this reader under this id, or where it is read at its author's."""
    return await fetch_one(
        conn,
        Request,
        """
        SELECT * FROM shown_message_request WHERE reader_id = $1 AND (uri = $2 OR url = $2) ORDER BY id LIMIT 1
        """,
        reader_id,
        address,
    )


async def list_senders(
    conn: Connection, reader_id: int, *, before: int | None = None, after: int | None = None, limit: int = 40
) -> list[Sender]:
    """Whose messages wait for this reader, who wrote first last, by keyset on the first message; each person once."""
    rows = await fetch_all(
        conn,
        Sender,
        """
        SELECT * FROM (
            SELECT min(id) AS id, author_id, count(*)::integer AS count,
                min(received_at) AS first_at, max(received_at) AS last_at,
                bool_and(accepted_at IS NOT NULL) AS on_its_way
            FROM shown_message_request WHERE reader_id = $1 GROUP BY author_id
        ) AS sender
        WHERE ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY CASE WHEN $3::bigint IS NULL THEN -id ELSE id END LIMIT $4
        """,
        reader_id,
        before,
        after,
        limit,
    )
    return sorted(rows, key=lambda row: -row.id)


async def find_sender(conn: Connection, reader_id: int, id: int) -> Sender | None:
    """Whose first message this is that waits for this reader."""
    found = await list_senders(conn, reader_id, before=id + 1, limit=1)
    return found[0] if found and found[0].id == id else None


async def list_of(conn: Connection, reader_id: int, author_ids: Sequence[int], *, each: int) -> list[Request]:
    """What these people wrote to this reader and what waits: the newest `each` of everybody, in their order."""
    return await fetch_all(
        conn,
        Request,
        """
        SELECT r.* FROM unnest($2::bigint[]) AS author (id)
        CROSS JOIN LATERAL (
            SELECT * FROM shown_message_request s WHERE s.reader_id = $1 AND s.author_id = author.id
            ORDER BY s.id DESC LIMIT $3
        ) AS r
        ORDER BY r.id
        """,
        reader_id,
        list(author_ids),
        each,
    )


async def count_senders(conn: Connection, reader_id: int) -> tuple[int, int]:
    """How many people wait for this reader's decision, and how many messages of theirs."""
    rows = await fetch_column(
        conn,
        """
        SELECT count(*)::integer FROM shown_message_request WHERE reader_id = $1 AND accepted_at IS NULL
        GROUP BY author_id
        """,
        reader_id,
    )
    return len(rows), sum(rows)


async def list_hosts(conn: Connection, limit: int = 100) -> list[WaitingServer]:
    """The servers whose people's messages wait, those with most messages first."""
    return await fetch_all(
        conn,
        WaitingServer,
        """
        SELECT crowd.*, coalesce(nullif(r.text, ''), r.warning) AS newest, a.username || '@' || a.host AS newest_by
        FROM (
            SELECT a.host, count(DISTINCT r.uri)::integer AS letters, count(DISTINCT r.author_id)::integer AS writers,
                count(DISTINCT r.reader_id)::integer AS readers, max(r.received_at) AS last_at, max(r.id) AS newest_id
            FROM shown_message_request r JOIN actor a ON a.id = r.author_id WHERE r.accepted_at IS NULL
            GROUP BY a.host ORDER BY letters DESC, a.host LIMIT $1
        ) AS crowd
        JOIN message_request r ON r.id = crowd.newest_id JOIN actor a ON a.id = r.author_id
        ORDER BY letters DESC, crowd.host
        """,
        limit,
    )
