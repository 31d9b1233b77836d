"""Posts stored, with their tags and mentions."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from models.ids import make_id
from models.posts import conversations, exchange_threads
from models.posts.values import NewPost, Post
from models.store.database import Connection, execute, fetch_column, fetch_one
from models.store.statements import compose

_KEEP = """
    WITH told AS (
        SELECT * FROM jsonb_to_recordset($1) AS one (id bigint, uri text, kind text, local boolean, author_id bigint,
            url text, audience text, content text, source text, warning text, sensitive boolean, language text,
            in_reply_to_uri text, context_uri text, to_uris text[], cc_uris text[], raw jsonb,
            published_at timestamptz, updated_at timestamptz, thanks_for text, hidden boolean, community_id bigint,
            past boolean, tags jsonb, mentions jsonb)
    ), created AS (
        INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, source, warning, sensitive,
            language, in_reply_to_uri, in_reply_to_id, context_uri, root_id, to_uris, cc_uris, raw, published_at,
            updated_at, thanks_for, hidden_at, community_id)
        SELECT t.id, t.uri, t.kind, t.local, t.author_id, t.url, t.audience, t.content, t.source, t.warning,
            t.sensitive, t.language, t.in_reply_to_uri, parent.id, t.context_uri,
            coalesce(parent.root_id, parent.id, t.id), t.to_uris, t.cc_uris, t.raw, coalesce(t.published_at, now()),
            t.updated_at, t.thanks_for, CASE WHEN t.hidden THEN now() END, t.community_id
        FROM told t LEFT JOIN LATERAL (
            SELECT p.id, p.root_id FROM post p WHERE p.uri = t.in_reply_to_uri OFFSET 0
        ) AS parent ON t.in_reply_to_uri IS NOT NULL
        ORDER BY t.id
        ON CONFLICT (uri) DO NOTHING
        RETURNING id, uri, kind, local, author_id, url, audience, content, source, warning, sensitive, language,
            in_reply_to_uri, in_reply_to_id, context_uri, root_id, to_uris, cc_uris, published_at, updated_at,
            received_at, deleted_at, thanks_for, community_id
    ), tagged AS (
        INSERT INTO post_tag (post_id, tag, name)
        SELECT t.id, tag.key, tag.value FROM created c JOIN told t USING (id), jsonb_each_text(t.tags) AS tag
    ), named AS (
        INSERT INTO mention (post_id, actor_id, silent)
        SELECT t.id, person.key::bigint, person.value::boolean
        FROM created c JOIN told t USING (id), jsonb_each_text(t.mentions) AS person
    ), tied AS (
        UPDATE post SET in_reply_to_id = c.id, root_id = c.root_id FROM created c
        WHERE post.in_reply_to_uri = c.uri AND post.in_reply_to_id IS NULL AND post.id <> c.id
    ), streamed AS (
        INSERT INTO stream_event (kind, object_id) SELECT 'post', c.id FROM created c JOIN told t USING (id)
        WHERE NOT t.past AND NOT t.hidden ORDER BY c.id
    )
    SELECT {shown} FROM created
"""

_CREATE = compose(_KEEP, shown="*")

_CREATE_MANY = compose(_KEEP, shown="id")


async def create(conn: Connection, new: NewPost) -> Post | None:
    """Store a post with its tags and mentions; None when one with this id is there already (AX6).

    A reply that came before its parent is tied to it here, and so are replies that waited for this post. All in one
    statement, since inboxes bring hundreds of these a second.
    """
    await _lock_threads(conn, [new])
    created = await fetch_one(conn, Post, _CREATE, [_describe(new)])
    if created is not None and created.audience == "direct":
        await _add_to_thread(conn, created, list(dict.fromkeys((*new.mention_ids, *new.silent_ids))))
    return created


async def create_many(conn: Connection, news: Sequence[NewPost]) -> list[int | None]:
    """The ids of several that stand in no conversation, none of which answers another; None for one that is there."""
    await _lock_threads(conn, news)
    told = [_describe(new) for new in news]
    created = set(await fetch_column(conn, _CREATE_MANY, told))
    return [one["id"] if one["id"] in created else None for one in told]


async def _lock_threads(conn: Connection, news: Sequence[NewPost]) -> None:
    """An answer and what it answers are kept one after the other, or neither would see the other and tie them."""
    remote = [new for new in news if not new.local]
    uris = {new.uri for new in remote} | {new.in_reply_to_uri for new in remote if new.in_reply_to_uri is not None}
    if uris:
        await execute(
            conn,
            "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended('post ' || uri, 0) AS key"
            " FROM unnest($1::text[]) AS uri ORDER BY key) AS keys",
            list(uris),
        )


def _describe(new: NewPost) -> dict[str, Any]:
    """What the statement reads of it. Who is named and addressed too is named."""
    said = {name: to_utc(getattr(new, name)) for name in _SAID}
    mentions = {str(actor_id): True for actor_id in new.silent_ids} | {str(id): False for id in new.mention_ids}
    return said | {
        "id": make_id() if new.id is None else new.id,
        "past": new.id is not None,  # what takes its place in the past is no news
        "tags": {tag.tag: tag.name for tag in new.tags},
        "mentions": mentions,
    }


def to_utc(value: Any) -> Any:
    """A moment as PostgreSQL reads it whatever zone it was told in; all else as it is."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


_SAID = tuple(field.name for field in fields(NewPost) if field.name not in {"id", "tags", "mention_ids", "silent_ids"})


async def _add_to_thread(conn: Connection, post: Post, addressed_ids: list[int]) -> None:
    """What is private stands in a conversation, and what is about an exchange in its thread."""
    root_id = post.root_id or post.id
    await exchange_threads.lock_listing(conn, root_id)
    await conversations.add_post(
        conn,
        post_id=post.id,
        root_id=root_id,
        author_id=post.author_id,
        addressed_ids=addressed_ids,
        own=post.kind != "notice",
    )
    if post.kind != "notice":
        await exchange_threads.add_message(
            conn, post_id=post.id, root_id=root_id, author_id=post.author_id, addressed_ids=addressed_ids
        )


async def show_to(conn: Connection, post: Post, reader_id: int, *, silent: bool) -> None:
    """Somebody whom a post from elsewhere is for reads it from now on; the others have it."""
    await execute(
        conn,
        "INSERT INTO mention (post_id, actor_id, silent) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        post.id,
        reader_id,
        silent,
    )
    if post.audience == "direct":
        await conversations.add_reader(conn, post_id=post.id, reader_id=reader_id)


async def save_audience(conn: Connection, post_id: int, new: NewPost) -> None:
    """Change to whom a post of ours is addressed; one of others' never changes this way (B-55)."""
    await execute(
        conn,
        "UPDATE post SET audience = $2, to_uris = $3, cc_uris = $4, community_id = $5 WHERE id = $1 AND local",
        post_id,
        new.audience,
        list(new.to_uris),
        list(new.cc_uris),
        new.community_id,
    )
