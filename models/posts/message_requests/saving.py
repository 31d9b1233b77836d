"""Keep what strangers wrote for each of its readers, and forget it."""

from models.domains import find_domain
from models.ids import make_id
from models.posts.message_requests.values import KEPT_DAYS, LONGEST, MOST, MOST_OF_HOST, MOST_OF_ONE, NewRequest
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.store.statements import name_values


async def has_room(conn: Connection, author_id: int, host: str) -> bool:
    """Whether something more of this person may be kept. Hosts below a name cost nothing: they count together."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT (SELECT count(DISTINCT uri) FROM message_request WHERE author_id = $1) < $3
                AND (SELECT count(*) < $5 AND count(*) FILTER (WHERE host = $2 OR starts_with(host, $2 || ':')
                        OR right(split_part(host, ':', 1), length($2) + 1) = '.' || $2) < $4
                    FROM received WHERE state = 'held')
            """,
            author_id,
            find_domain(host),
            MOST_OF_ONE,
            MOST_OF_HOST,
            MOST,
        )
    )


async def hold(conn: Connection, received_id: int) -> bool:
    """Keep the activity as it came, until it is let in. False for one that is too long."""
    return bool(
        await execute(
            conn,
            """
            UPDATE received SET state = 'held', error = NULL, claimed_by = NULL, claimed_until = NULL
            WHERE id = $1 AND length(body) <= $2
            """,
            received_id,
            LONGEST,
        )
    )


_KEEP = name_values(
    """
    INSERT INTO message_request AS held (id, reader_id, author_id, uri, url, kind, private, named, warning, text,
        file_types, file_words, about_id, received_id, received_at)
    SELECT r.id, r.reader_id, :author_id, :uri, :url, :kind, :private, r.named, :warning, :text, :file_types,
        :file_words, :about_id, :received_id,
        coalesce((SELECT received_at FROM received WHERE id = :received_id), now())
    FROM unnest(:ids::bigint[], :reader_ids::bigint[], :named::boolean[]) AS r (id, reader_id, named)
    ON CONFLICT (reader_id, uri) DO UPDATE SET url = excluded.url, warning = excluded.warning,
        text = excluded.text, file_types = excluded.file_types, file_words = excluded.file_words,
        received_id = coalesce(excluded.received_id, held.received_id)
        WHERE held.author_id = excluded.author_id AND held.accepted_at IS NULL
    RETURNING CASE WHEN xmax = 0 THEN reader_id END
    """,
    NewRequest,
    also=["ids", "reader_ids", "named", "file_types", "file_words", "received_id"],
)


async def keep(conn: Connection, new: NewRequest, received_id: int | None) -> list[int]:
    """Keep a message for its readers, or its newer version; whom of them it is new to.

    Without `received_id` the post itself is kept here, for others.
    """
    return await fetch_column(
        conn,
        _KEEP.sql,
        *_KEEP.args(
            new,
            ids=[make_id() for _ in new.readers],
            reader_ids=[reader_id for reader_id, _ in new.readers],
            named=[named for _, named in new.readers],
            file_types=[type for type, _ in new.files],
            file_words=[words for _, words in new.files],
            received_id=received_id,
        ),
    )


async def take_back(conn: Connection, uri: str, author_id: int) -> int:
    """Whoever wrote it took it back."""
    return await execute(conn, "DELETE FROM message_request WHERE uri = $1 AND author_id = $2", uri, author_id)


async def forget_person(conn: Connection, actor_id: int) -> None:
    """Somebody left, here or elsewhere: nothing of hers, and nothing for her, waits any more."""
    await execute(conn, "DELETE FROM message_request WHERE reader_id = $1 OR author_id = $1", actor_id)
    await execute(conn, "DELETE FROM correspondent WHERE reader_id = $1 OR author_id = $1", actor_id)


async def forget_barred(conn: Connection, reader_id: int) -> int:
    """Forget what waits of people whom this reader blocks now, herself or with their server."""
    return await execute(
        conn,
        """
        DELETE FROM message_request r USING barred b
        WHERE r.reader_id = $1 AND b.reader_id = $1 AND b.author_id = r.author_id
        """,
        reader_id,
    )


async def forget_unwelcome(conn: Connection, domains: list[str] | None) -> int:
    """Forget what waits of people whose server was set aside, of these domains or of all."""
    return await execute(
        conn,
        """
        DELETE FROM message_request r USING actor a
        WHERE a.id = r.author_id AND a.suspended_with_server AND ($1::text[] IS NULL OR domains_of(a.host) && $1)
        """,
        domains,
    )


async def forget_old(conn: Connection, days: int = KEPT_DAYS) -> int:
    """Forget messages about which nobody decided, and old decisions against somebody; a chore."""
    await execute(
        conn,
        "DELETE FROM correspondent WHERE NOT welcome AND decided_at < now() - make_interval(days => $1)",
        days,
    )
    return await execute(
        conn, "DELETE FROM message_request WHERE received_at < now() - make_interval(days => $1)", days
    )
