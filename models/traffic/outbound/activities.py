"""Every activity of ours, verbatim: what is signed and delivered is what is served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value


class Kept(Protocol):
    """What is needed of an activity to let it leave: `body` is its JSON, to which public ones add a proof."""

    @property
    def actor_id(self) -> int: ...
    @property
    def public(self) -> bool: ...
    @property
    def body(self) -> str: ...
    @property
    def said_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredActivity:
    """One activity; `body` is its JSON, byte for byte; `public` ones stand in the outbox."""

    id: int
    uri: str
    type: str
    actor_id: int
    object_uri: str | None
    public: bool
    body: str
    said_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivity:
    """An activity of ours about to be kept; fields as in StoredActivity."""

    uri: str
    type: str
    actor_id: int
    object_uri: str | None
    public: bool
    body: str


async def save(conn: Connection, new: NewActivity) -> int:
    """Keep an activity; its row id, which deliveries name."""
    [id] = await save_many(conn, [new])
    return id


async def save_many(conn: Connection, news: Sequence[NewActivity]) -> list[int]:
    """The same for several, in their order."""
    ids = [make_id() for _ in news]
    await execute(
        conn,
        """
        INSERT INTO activity (id, uri, type, actor_id, object_uri, public, body)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::boolean[], $7::text[])
        """,
        ids,
        [new.uri for new in news],
        [new.type for new in news],
        [new.actor_id for new in news],
        [new.object_uri for new in news],
        [new.public for new in news],
        [new.body for new in news],
    )
    return ids


async def keep_again(conn: Connection, new: NewActivity, said_at: datetime) -> bool:
    """Keep an activity of ours that was lost and came back, as of when it was said; False where it is here."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO activity (id, uri, type, actor_id, object_uri, public, body, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (uri) DO NOTHING
            """,
            make_id(said_at),
            new.uri,
            new.type,
            new.actor_id,
            new.object_uri,
            new.public,
            new.body,
            said_at,
        )
    )


async def find_by_uri(conn: Connection, uri: str) -> StoredActivity | None:
    """The activity with this id."""
    return await fetch_one(
        conn,
        StoredActivity,
        "SELECT id, uri, type, actor_id, object_uri, public, body, created_at AS said_at FROM activity WHERE uri = $1",
        uri,
    )


async def find_latest(conn: Connection, *, actor_id: int, type: str, object_uri: str) -> StoredActivity | None:
    """The newest activity of this type by this actor about this object; to undo it, or to tell where it went."""
    return await fetch_one(
        conn,
        StoredActivity,
        """
        SELECT id, uri, type, actor_id, object_uri, public, body, created_at AS said_at FROM activity
        WHERE object_uri = $1 AND actor_id = $2 AND type = $3 ORDER BY id DESC LIMIT 1
        """,
        object_uri,
        actor_id,
        type,
    )


async def find_create(conn: Connection, *, actor_id: int, object_uri: str) -> StoredActivity | None:
    """The activity by which everybody was told of this public object, for whoever passes it on."""
    return await fetch_one(
        conn,
        StoredActivity,
        """
        SELECT id, uri, type, actor_id, object_uri, public, body, created_at AS said_at FROM activity
        WHERE object_uri = $1 AND actor_id = $2 AND type = 'Create' AND public ORDER BY id DESC LIMIT 1
        """,
        object_uri,
        actor_id,
    )


async def list_outbox(
    conn: Connection, actor_id: int, *, before: int | None, limit: int, reader_id: int | None = None
) -> list[StoredActivity]:
    """Public activities of an actor whose objects still stand, newest first; shares, as long as they last.

    A reader does not see what passes on posts of people whom she blocks, or who block her (CO4), nor of somebody
    limited whom she does not follow.
    """
    return await fetch_all(
        conn,
        StoredActivity,
        """
        SELECT a.id, a.uri, a.type, a.actor_id, a.object_uri, a.public, a.body, a.created_at AS said_at
        FROM activity a LEFT JOIN post p ON p.uri = a.object_uri LEFT JOIN actor author ON author.id = p.author_id
        WHERE a.actor_id = $1 AND a.public AND a.type IN ('Create', 'Announce') AND ($2::bigint IS NULL OR a.id < $2)
            AND p.deleted_at IS NULL AND p.hidden_at IS NULL
            AND author.deleted_at IS NULL AND author.suspended_at IS NULL
            AND (a.type = 'Create' OR EXISTS (SELECT FROM share s
                WHERE s.actor_id = $1 AND s.post_id = p.id AND s.created_at <= a.created_at))
            AND (a.type = 'Create' OR author.limited_at IS NULL OR EXISTS (SELECT FROM follow f
                WHERE f.follower_id = $4 AND f.followed_id = author.id AND f.state = 'accepted'))
            AND NOT EXISTS (SELECT FROM barred WHERE reader_id = $4 AND author_id = author.id OFFSET 0)
        ORDER BY a.id DESC LIMIT $3
        """,
        actor_id,
        before,
        limit,
        reader_id,
    )


async def count_outbox(conn: Connection, actor_id: int) -> int:
    """How many activities `list_outbox` has in all; the same for every reader, so that it betrays nothing (CO3)."""
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*)
        FROM activity a LEFT JOIN post p ON p.uri = a.object_uri LEFT JOIN actor author ON author.id = p.author_id
        WHERE a.actor_id = $1 AND a.public AND a.type IN ('Create', 'Announce')
            AND p.deleted_at IS NULL AND p.hidden_at IS NULL
            AND author.deleted_at IS NULL AND author.suspended_at IS NULL
            AND (a.type = 'Create' OR author.limited_at IS NULL AND EXISTS (SELECT FROM share s
                WHERE s.actor_id = $1 AND s.post_id = p.id AND s.created_at <= a.created_at))
        """,
        actor_id,
    )
    return found


async def withdraw(conn: Connection, uri: str) -> None:
    """It says what is not so any more: where it waits it does not leave, and its words go."""
    await execute(
        conn,
        """
        UPDATE delivery SET state = 'cancelled', finished_at = now() FROM activity a
        WHERE a.id = delivery.activity_id AND a.uri = $1
            AND delivery.state IN ('waiting', 'held') AND delivery.claimed_until IS NULL
        """,
        uri,
    )
    await forget_words(conn, uri)


async def forget_words(conn: Connection, uri: str) -> None:
    """What it said has arrived and is nobody's here any more: no more is left than that it was."""
    await execute(
        conn,
        """
        UPDATE activity SET body = json_build_object('id', uri, 'type', type, 'object', object_uri)::text WHERE uri = $1
        """,
        uri,
    )
