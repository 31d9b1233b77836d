"""Posts from elsewhere that come in a newer version, or are taken back: which of them concern nobody else here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, execute, fetch_all, fetch_records


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedPost:
    """A public post as it is held, which waits for nobody's look, asks and quotes nothing, and nobody here shared."""

    id: int
    kind: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedPost:
    """A public post about which nobody here has a thread, `id` None where there is none."""

    id: int | None


async def lock(conn: Connection, asked: Sequence[tuple[str, int]]) -> None:
    """Nobody else changes these posts, by their ids and authors, or agrees about these listings, meanwhile.

    What is asked afterwards is as it stays: a question of its own, which sees what others did before they let go.
    """
    await execute(
        conn,
        """
        SELECT FROM (
            SELECT p.id FROM unnest($1::text[], $2::bigint[]) AS about (uri, author_id) CROSS JOIN LATERAL (
                SELECT id, author_id, local FROM post WHERE uri = about.uri OFFSET 0
            ) AS p
            WHERE p.author_id = about.author_id AND NOT p.local ORDER BY p.id
        ) AS held CROSS JOIN LATERAL (SELECT FROM post WHERE id = held.id FOR NO KEY UPDATE) AS locked
        """,
        [uri for uri, _ in asked],
        [author_id for _, author_id in asked],
    )


async def load_edited(conn: Connection, asked: Sequence[tuple[str, int]]) -> list[EditedPost | None]:
    """What is held of each, by its id and its author, in their order; None for what is decided alone."""
    rows = await fetch_records(
        conn,
        """
        SELECT held.id, held.kind, held.updated_at
        FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS about (uri, author_id, place)
        LEFT JOIN LATERAL (
            SELECT p.id, p.kind, p.updated_at
            FROM (SELECT * FROM post WHERE post.uri = about.uri OFFSET 0) AS p  -- by nothing but its id
            WHERE p.author_id = about.author_id AND NOT p.local AND p.deleted_at IS NULL
                AND p.audience IN ('network', 'unlisted') AND p.thanks_for IS NULL
                AND NOT EXISTS (SELECT FROM held_post h WHERE h.post_id = p.id OFFSET 0)
                AND NOT EXISTS (SELECT FROM poll WHERE poll.post_id = p.id OFFSET 0)
                AND NOT EXISTS (SELECT FROM quote q WHERE q.quoting_id = p.id OR q.quoting_uri = p.uri OFFSET 0)
                AND NOT EXISTS (SELECT FROM share s JOIN account USING (actor_id) WHERE s.post_id = p.id)
                AND NOT EXISTS (SELECT FROM message_request r WHERE r.uri = p.uri OFFSET 0)
        ) AS held ON true
        ORDER BY about.place
        """,
        [uri for uri, _ in asked],
        [author_id for _, author_id in asked],
    )
    return [None if row["id"] is None else EditedPost(**row) for row in rows]


async def load_deleted(conn: Connection, asked: Sequence[tuple[str, int]]) -> list[DeletedPost | None]:
    """What is held of each, by its id and whoever takes it back, in their order; None for what is decided alone.

    That is also what is no post, or what is no more.
    """
    rows = await fetch_all(
        conn,
        _Deleted,
        """
        SELECT p.id, NOT EXISTS (SELECT FROM economic_event e WHERE e.uri = about.uri OFFSET 0)
            AND NOT EXISTS (SELECT FROM quote q WHERE q.stamp_uri = about.uri OFFSET 0)
            AND NOT EXISTS (SELECT FROM message_request r WHERE r.uri = about.uri OFFSET 0)
            AND (p.id IS NULL OR p.author_id = about.author_id AND NOT p.local AND p.deleted_at IS NULL
                AND p.audience IN ('network', 'unlisted')
                AND NOT EXISTS (SELECT FROM held_post h WHERE h.post_id = p.id OFFSET 0)
                AND NOT EXISTS (SELECT FROM meeting m WHERE m.post_id = p.id OFFSET 0)
                AND NOT EXISTS (SELECT FROM thanks t WHERE t.post_id = p.id OFFSET 0)
                AND NOT EXISTS (SELECT FROM exchange x WHERE x.listing_id = p.id OFFSET 0)
                AND NOT EXISTS (SELECT FROM agreement a WHERE a.listing_id = p.id OFFSET 0)) AS plain
        FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS about (uri, author_id, place)
        LEFT JOIN post p ON p.uri = about.uri
        ORDER BY about.place
        """,
        [uri for uri, _ in asked],
        [author_id for _, author_id in asked],
    )
    return [DeletedPost(id=row.id) if row.plain else None for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deleted:
    id: int | None
    plain: bool
