"""Posts edited, with their tags and mentions."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from models.posts.saving import to_utc
from models.posts.values import NewPost, Tag
from models.posts.versions import keep_versions
from models.store.background import stream_events
from models.store.database import Connection, execute, fetch_column


async def save_edit(conn: Connection, post_id: int, new: NewPost) -> bool:
    """Replace what an author may edit, keeping what was. False unless `new.updated_at` is newer than what we hold."""
    return post_id in await save_edits(conn, {post_id: new})


async def save_edits(conn: Connection, news: Mapping[int, NewPost]) -> list[int]:
    """The same for several by their posts; those that are newer."""
    newer = await fetch_column(
        conn,
        """
        SELECT p.id
        FROM (SELECT * FROM unnest($1::bigint[], $2::timestamptz[]) AS one (id, updated_at) ORDER BY id) AS told
        CROSS JOIN LATERAL (  -- one after the other by its id, whatever the number of posts
            SELECT post.id FROM post
            WHERE post.id = told.id AND post.deleted_at IS NULL
                AND (told.updated_at IS NULL OR post.updated_at IS NULL OR post.updated_at < told.updated_at)
            FOR NO KEY UPDATE  -- of two versions that come at once, the older one never covers the newer (AX7)
        ) AS p
        """,
        list(news),
        [new.updated_at for new in news.values()],
    )
    if not newer:
        return []
    await keep_versions(conn, newer)
    await execute(
        conn,
        """
        UPDATE post SET url = told.url, content = told.content, source = told.source, warning = told.warning,
            sensitive = told.sensitive, language = told.language, updated_at = coalesce(told.updated_at, now()),
            raw = told.raw
        FROM jsonb_to_recordset($1) AS told (id bigint, url text, content text, source text, warning text,
            sensitive boolean, language text, updated_at timestamptz, raw jsonb)
        WHERE post.id = told.id AND post.id = ANY($2)  -- said twice: each is looked up, whatever the number of posts
        """,
        [{"id": id} | {name: to_utc(attrgetter(name)(news[id])) for name in _EDITED} for id in newer],
        newer,
    )
    await stream_events.record_many(conn, "edit", newer)
    await _save_tags(conn, {id: news[id].tags for id in newer})
    await _save_mentions(conn, {id: _describe_mentions(news[id].mention_ids, news[id].silent_ids) for id in newer})
    return newer


_EDITED = ("url", "content", "source", "warning", "sensitive", "language", "updated_at", "raw")


async def _save_tags(conn: Connection, tags: Mapping[int, tuple[Tag, ...]]) -> None:
    """Make these the tags of the posts."""
    rows = {(post_id, tag.tag): tag.name for post_id, own in tags.items() for tag in own}
    post_ids, folded = [post_id for post_id, _ in rows], [tag for _, tag in rows]
    await execute(
        conn,
        """
        DELETE FROM post_tag t WHERE t.post_id = ANY($1) AND NOT EXISTS (
            SELECT FROM unnest($2::bigint[], $3::text[]) AS kept (post_id, tag)
            WHERE kept.post_id = t.post_id AND kept.tag = t.tag)
        """,
        list(tags),
        post_ids,
        folded,
    )
    if rows:
        await execute(
            conn,
            """
            INSERT INTO post_tag (post_id, tag, name) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])
            ON CONFLICT DO NOTHING
            """,
            post_ids,
            folded,
            list(rows.values()),
        )


def _describe_mentions(named: tuple[int, ...], silent: tuple[int, ...]) -> dict[int, bool]:
    """Whether each is addressed only. Who is named and addressed too is named."""
    return dict.fromkeys(silent, True) | dict.fromkeys(named, False)


async def _save_mentions(conn: Connection, people: Mapping[int, Mapping[int, bool]]) -> None:
    """Make these the people named in, or addressed by, the posts."""
    rows = [(post_id, actor_id, silent) for post_id, own in people.items() for actor_id, silent in own.items()]
    columns: tuple[list[Any], ...] = tuple(map(list, zip(*rows, strict=True))) if rows else ([], [], [])
    await execute(
        conn,
        """
        DELETE FROM mention m WHERE m.post_id = ANY($1) AND NOT EXISTS (
            SELECT FROM unnest($2::bigint[], $3::bigint[]) AS kept (post_id, actor_id)
            WHERE kept.post_id = m.post_id AND kept.actor_id = m.actor_id)
        """,
        list(people),
        *columns[:2],
    )
    if rows:
        await execute(
            conn,
            """
            INSERT INTO mention (post_id, actor_id, silent)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::boolean[])
            ON CONFLICT (post_id, actor_id) DO UPDATE SET silent = excluded.silent
            """,
            *columns,
        )
