"""Private notes as threads among the same people, each member with a view of her own: read or not, kept or not."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import NotFound
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one
from models.store.statements import compose


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One thread as its owner sees it; participants without her."""

    id: int
    owner_id: int
    participant_ids: list[int]
    last_post_id: int
    unread: bool


async def add_post(
    conn: Connection, *, post_id: int, root_id: int, author_id: int, addressed_ids: Sequence[int], own: bool = True
) -> None:
    """A private note stands in the conversations of all members who wrote it or are addressed by it.

    It is unread for all but its author; a note from the past changes nothing about that. Not `own`: it stands in none
    of whoever passes for its author.
    """
    people = sorted({author_id, *addressed_ids})
    await execute(
        conn,
        """
        WITH held AS (
            INSERT INTO conversation (id, owner_id, root_id, participant_ids, last_post_id, unread)
            SELECT party.id, a.actor_id, $2, array_remove($5::bigint[], a.actor_id), $1, a.actor_id <> $3
            FROM unnest($4::bigint[], $5::bigint[]) AS party (id, actor_id)
            JOIN account a ON a.actor_id = party.actor_id
            WHERE $6 OR a.actor_id <> $3
            ON CONFLICT (owner_id, root_id, participant_ids) DO UPDATE SET
                unread = CASE WHEN excluded.last_post_id > conversation.last_post_id
                    THEN excluded.unread ELSE conversation.unread END,
                last_post_id = greatest(conversation.last_post_id, excluded.last_post_id)
            RETURNING id
        )
        INSERT INTO conversation_post (conversation_id, post_id) SELECT id, $1 FROM held ON CONFLICT DO NOTHING
        """,
        post_id,
        root_id,
        author_id,
        [make_id() for _ in people],
        people,
        own,
    )


async def add_reader(conn: Connection, *, post_id: int, reader_id: int) -> None:
    """A private note that the others have comes to one more of those whom it addresses."""
    await execute(
        conn,
        """
        WITH held AS (
            INSERT INTO conversation (id, owner_id, root_id, participant_ids, last_post_id, unread)
            SELECT $1, $3, coalesce(p.root_id, p.id), ARRAY(
                SELECT party.id FROM (SELECT p.author_id AS id UNION SELECT actor_id FROM mention WHERE post_id = p.id)
                    AS party WHERE party.id <> $3 ORDER BY party.id), p.id, true
            FROM post p WHERE p.id = $2
            ON CONFLICT (owner_id, root_id, participant_ids) DO UPDATE SET unread = true,
                last_post_id = greatest(conversation.last_post_id, excluded.last_post_id)
            RETURNING id
        )
        INSERT INTO conversation_post (conversation_id, post_id) SELECT id, $2 FROM held ON CONFLICT DO NOTHING
        """,
        make_id(),
        post_id,
        reader_id,
    )


TALK_LIMIT = 500
"""Messages of one talk that are read at once."""


async def list_talk(conn: Connection, post_id: int) -> list[int]:
    """The latest messages among the people of this one, as far as one of ours has them; the eldest first."""
    found: list[int] = await fetch_column(
        conn,
        """
        SELECT DISTINCT other.post_id FROM conversation_post p JOIN conversation_post other USING (conversation_id)
        WHERE p.post_id = $1 ORDER BY other.post_id DESC LIMIT $2
        """,
        post_id,
        TALK_LIMIT,
    )
    return found[::-1]


async def remove_posts(conn: Connection, post_ids: list[int]) -> None:
    """Notes were taken back: the one before is now the last of their conversations, or they end."""
    await execute(
        conn,
        """
        WITH touched AS (
            SELECT DISTINCT c.id, (SELECT max(o.post_id) FROM conversation_post o
                WHERE o.conversation_id = c.id AND o.post_id <> ALL($1)) AS last_id
            FROM conversation_post p JOIN conversation c ON c.id = p.conversation_id WHERE p.post_id = ANY($1)
        ), ended AS (
            DELETE FROM conversation USING touched WHERE conversation.id = touched.id AND touched.last_id IS NULL
        ), moved AS (
            UPDATE conversation SET last_post_id = touched.last_id FROM touched
            WHERE conversation.id = touched.id AND touched.last_id IS NOT NULL
        )
        DELETE FROM conversation_post WHERE post_id = ANY($1)
        """,
        post_ids,
    )


_PAGE = """
    SELECT id, owner_id, participant_ids, last_post_id, unread FROM conversation
    WHERE owner_id = $1 AND ($2::bigint IS NULL OR last_post_id < $2)
        AND ($3::bigint IS NULL OR last_post_id > $3) AND ($4::bigint IS NULL OR last_post_id > $4)
    ORDER BY last_post_id {direction} LIMIT $5
"""
_NEWEST, _NEXT = (compose(_PAGE, direction=direction) for direction in ("DESC", "ASC"))


async def list_owned(
    conn: Connection,
    owner_id: int,
    *,
    before: int | None = None,
    since: int | None = None,
    after: int | None = None,
    limit: int = 20,
) -> list[Conversation]:
    """Somebody's conversations by keyset on their last note, the latest first; `after` takes those just above it."""
    rows = await fetch_all(
        conn,
        Conversation,
        _NEWEST if after is None else _NEXT,
        owner_id,
        before,
        since,
        after,
        limit,
    )
    return sorted(rows, key=lambda row: -row.last_post_id)


async def list_going_on(conn: Connection, post_ids: list[int], owner_ids: list[int]) -> list[Conversation]:
    """The conversations of these people whose last note is one of these."""
    return await fetch_all(
        conn,
        Conversation,
        """
        SELECT id, owner_id, participant_ids, last_post_id, unread FROM conversation
        WHERE last_post_id = ANY($1) AND owner_id = ANY($2) ORDER BY last_post_id
        """,
        post_ids,
        owner_ids,
    )


async def mark_read(conn: Connection, owner_id: int, id: int | None) -> Conversation:
    """Its owner has read it. Raises NotFound for other people's."""
    found = await fetch_one(
        conn,
        Conversation,
        """
        UPDATE conversation SET unread = false WHERE id = $1 AND owner_id = $2
        RETURNING id, owner_id, participant_ids, last_post_id, unread
        """,
        id,
        owner_id,
    )
    if found is None:
        raise NotFound
    return found


async def remove(conn: Connection, owner_id: int, id: int | None) -> None:
    """Take it off its owner's list until somebody writes again; its notes stay. Raises NotFound for others'."""
    if not await execute(conn, "DELETE FROM conversation WHERE id = $1 AND owner_id = $2", id, owner_id):
        raise NotFound
