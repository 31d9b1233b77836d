"""Everything that is a member's own, in pages: read for the archive that she takes along, and for nobody else.

Keysets go by ids that never change, so that what is added or read meanwhile neither hides nor repeats anything.
"""

from dataclasses import dataclass
from datetime import datetime

from models.exchanges.exchanges import Exchange, ThreadEntry
from models.posts.conversations import Conversation
from models.store.database import Connection, fetch_all, fetch_column, fetch_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A post that somebody likes or keeps; `id` is the liking's."""

    id: int
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Somebody whom a member follows, or who follows her; `id` is the follow's."""

    id: int
    uri: str
    handle: str
    shares: bool
    notify: bool
    languages: list[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What somebody whom she does not know wrote to her, and what waits; `handle` is the writer's."""

    id: int
    handle: str
    url: str
    private: bool
    warning: str
    text: str
    received_at: datetime


async def list_waiting(conn: Connection, actor_id: int, *, before: int | None, limit: int) -> list[Waiting]:
    """What waits until she lets it in, the latest first."""
    return await fetch_all(
        conn,
        Waiting,
        """
        SELECT r.id, a.username || '@' || a.host AS handle, r.url, r.private, r.warning, r.text, r.received_at
        FROM shown_message_request r JOIN actor a ON a.id = r.author_id
        WHERE r.reader_id = $1 AND ($2::bigint IS NULL OR r.id < $2) ORDER BY r.id DESC LIMIT $3
        """,
        actor_id,
        before,
        limit,
    )


async def list_posts(conn: Connection, actor_id: int, kind: str, *, before: int | None, limit: int) -> list[int]:
    """Ids of her living listings or notes, the latest first; of notes those that are not private."""
    return await fetch_column(
        conn,
        """
        SELECT id FROM post
        WHERE author_id = $1 AND deleted_at IS NULL AND kind = $2 AND ($3::bigint IS NULL OR id < $3)
            AND audience <> 'direct'
        ORDER BY id DESC LIMIT $4
        """,
        actor_id,
        kind,
        before,
        limit,
    )


async def list_liked(conn: Connection, actor_id: int, *, before: int | None, limit: int) -> list[Named]:
    """What she likes, the latest liked first."""
    return await fetch_all(
        conn,
        Named,
        """
        SELECT f.id, p.uri FROM favourite f JOIN post p ON p.id = f.post_id
        WHERE f.actor_id = $1 AND ($2::bigint IS NULL OR f.id < $2) ORDER BY f.id DESC LIMIT $3
        """,
        actor_id,
        before,
        limit,
    )


async def list_kept(conn: Connection, actor_id: int, *, before: int | None, limit: int) -> list[Named]:
    """What she keeps, the latest kept first."""
    return await fetch_all(
        conn,
        Named,
        """
        SELECT b.id, p.uri FROM bookmark b JOIN post p ON p.id = b.post_id
        WHERE b.actor_id = $1 AND ($2::bigint IS NULL OR b.id < $2) ORDER BY b.id DESC LIMIT $3
        """,
        actor_id,
        before,
        limit,
    )


async def list_followed(conn: Connection, actor_id: int, *, before: int | None, limit: int) -> list[Relation]:
    """Whom she follows, the latest first."""
    return await fetch_all(
        conn,
        Relation,
        """
        SELECT f.id, a.uri, a.username || '@' || a.host AS handle, f.shares, f.notify, f.languages
        FROM follow f JOIN actor a ON a.id = f.followed_id
        WHERE f.follower_id = $1 AND f.state = 'accepted' AND ($2::bigint IS NULL OR f.id < $2)
        ORDER BY f.id DESC LIMIT $3
        """,
        actor_id,
        before,
        limit,
    )


async def list_followers(conn: Connection, actor_id: int, *, before: int | None, limit: int) -> list[Relation]:
    """Who follows her, the latest first."""
    return await fetch_all(
        conn,
        Relation,
        """
        SELECT f.id, a.uri, a.username || '@' || a.host AS handle, f.shares, f.notify, f.languages
        FROM follow f JOIN actor a ON a.id = f.follower_id
        WHERE f.followed_id = $1 AND f.state = 'accepted' AND ($2::bigint IS NULL OR f.id < $2)
        ORDER BY f.id DESC LIMIT $3
        """,
        actor_id,
        before,
        limit,
    )


async def list_exchanges(conn: Connection, actor_id: int, *, before: int | None, limit: int) -> list[Exchange]:
    """Her threads about listings, hers and others', the latest begun first."""
    return await fetch_all(
        conn,
        Exchange,
        """
        SELECT * FROM exchange WHERE $1 IN (owner_id, partner_id) AND ($2::bigint IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3
        """,
        actor_id,
        before,
        limit,
    )


async def list_lines(conn: Connection, exchange_id: int, *, after: int | None, limit: int) -> list[ThreadEntry]:
    """What was written and what happened in such a thread, in its order."""
    return await fetch_all(
        conn,
        ThreadEntry,
        """
        SELECT post_id AS id, 'message' AS kind FROM exchange_message
        WHERE exchange_id = $1 AND ($2::bigint IS NULL OR post_id > $2)
        UNION ALL
        SELECT id, 'event' FROM exchange_event WHERE exchange_id = $1 AND ($2::bigint IS NULL OR id > $2)
        ORDER BY 1 LIMIT $3
        """,
        exchange_id,
        after,
        limit,
    )


async def list_conversations(conn: Connection, actor_id: int, *, before: int | None, limit: int) -> list[Conversation]:
    """Her private conversations about something else, the latest begun first."""
    return await fetch_all(
        conn,
        Conversation,
        """
        SELECT c.id, c.owner_id, c.participant_ids, c.last_post_id, c.unread FROM conversation c
        WHERE c.owner_id = $1 AND ($2::bigint IS NULL OR c.id < $2) AND EXISTS (
            SELECT FROM conversation_post p WHERE p.conversation_id = c.id
                AND NOT EXISTS (SELECT FROM exchange_message m WHERE m.post_id = p.post_id))
        ORDER BY c.id DESC LIMIT $3
        """,
        actor_id,
        before,
        limit,
    )


async def list_private_messages(
    conn: Connection, conversation_id: int, *, after: int | None, limit: int
) -> list[ThreadEntry]:
    """The notes of such a conversation, in their order."""
    return await fetch_all(
        conn,
        ThreadEntry,
        """
        SELECT p.post_id AS id, 'message' AS kind FROM conversation_post p
        WHERE p.conversation_id = $1 AND ($2::bigint IS NULL OR p.post_id > $2)
            AND NOT EXISTS (SELECT FROM exchange_message m WHERE m.post_id = p.post_id)
        ORDER BY p.post_id LIMIT $3
        """,
        conversation_id,
        after,
        limit,
    )


async def list_activities(
    conn: Connection, actor_id: int, type: str, object_uris: list[str]
) -> dict[str, tuple[str, str]]:
    """The activities with which she said each of these, as far as they were sent: by object, the id and the JSON."""
    rows = await fetch_records(
        conn,
        """
        SELECT DISTINCT ON (object_uri) object_uri, uri, body FROM activity
        WHERE object_uri = ANY($3) AND actor_id = $1 AND type = $2 ORDER BY object_uri, id DESC
        """,
        actor_id,
        type,
        object_uris,
    )
    return {row["object_uri"]: (row["uri"], row["body"]) for row in rows}


async def list_remarks(conn: Connection, actor_id: int, *, limit: int = 5000) -> list[tuple[str, str]]:
    """Her private notes about people: address and text."""
    rows = await fetch_records(
        conn,
        """
        SELECT a.username || '@' || a.host AS handle, n.text FROM account_note n JOIN actor a ON a.id = n.target_id
        WHERE n.actor_id = $1 ORDER BY a.id LIMIT $2
        """,
        actor_id,
        limit,
    )
    return [(row["handle"], row["text"]) for row in rows]
