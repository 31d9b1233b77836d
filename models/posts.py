"""What listings and notes share: one row, one id space, tags, mentions, and who may read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from models.database import Connection, execute, execute_many, fetch_all, fetch_column, fetch_one, fetch_value
from models.ids import make_id

PostKind = Literal["note", "listing"]
Audience = Literal["network", "unlisted", "coop", "territories", "followers", "direct"]

PUBLIC: tuple[Audience, ...] = ("network", "unlisted")
"""Audiences that anybody may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One listing or note, here or from elsewhere. `content` is cleaned HTML, `source` what a local author typed."""

    id: int
    uri: str
    kind: PostKind
    local: bool
    author_id: int
    url: str
    audience: Audience
    content: str
    source: str
    warning: str
    sensitive: bool
    language: str | None
    in_reply_to_uri: str | None
    in_reply_to_id: int | None
    context_uri: str | None
    root_id: int | None
    to_uris: list[str]
    cc_uris: list[str]
    published_at: datetime
    updated_at: datetime | None
    received_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A hashtag: `tag` folded for comparing ("offrelomme"), `name` as shown ("OffreLomme")."""

    tag: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """What is stored for a post, whoever wrote it. `mention_ids` are named in the text, `silent_ids` only addressed."""

    uri: str
    kind: PostKind
    local: bool
    author_id: int
    url: str
    audience: Audience
    content: str
    source: str = ""
    warning: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to_uri: str | None = None
    context_uri: str | None = None
    to_uris: tuple[str, ...] = ()
    cc_uris: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    tags: tuple[Tag, ...] = ()
    mention_ids: tuple[int, ...] = ()
    silent_ids: tuple[int, ...] = ()
    raw: dict[str, Any] | None = None


async def create(conn: Connection, new: NewPost) -> Post | None:
    """Store a post with its tags and mentions; None when one with this id is there already (AX6).

    A reply that came before its parent is tied to it here, and so are replies that waited for this post.
    """
    post = await fetch_one(
        conn,
        Post,
        """
        INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, source, warning, sensitive,
            language, in_reply_to_uri, in_reply_to_id, context_uri, root_id, to_uris, cc_uris, raw, published_at,
            updated_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, parent.id, $14,
            coalesce(parent.root_id, parent.id, $1), $15, $16, $17, coalesce($18, now()), $19
        FROM (VALUES (1)) AS one LEFT JOIN post parent ON parent.uri = $13
        ON CONFLICT (uri) DO NOTHING
        RETURNING id, uri, kind, local, author_id, url, audience, content, source, warning, sensitive, language,
            in_reply_to_uri, in_reply_to_id, context_uri, root_id, to_uris, cc_uris, published_at, updated_at,
            received_at, deleted_at
        """,
        make_id(),
        new.uri,
        new.kind,
        new.local,
        new.author_id,
        new.url,
        new.audience,
        new.content,
        new.source,
        new.warning,
        new.sensitive,
        new.language,
        new.in_reply_to_uri,
        new.context_uri,
        list(new.to_uris),
        list(new.cc_uris),
        new.raw,
        new.published_at,
        new.updated_at,
    )
    if post is None:
        return None
    await save_tags(conn, post.id, new.tags)
    await save_mentions(conn, post.id, named=new.mention_ids, silent=new.silent_ids)
    await execute(
        conn,
        """
        UPDATE post SET in_reply_to_id = $1, root_id = $2
        WHERE in_reply_to_uri = $3 AND in_reply_to_id IS NULL AND id <> $1
        """,
        post.id,
        post.root_id,
        post.uri,
    )
    return post


async def save_edit(conn: Connection, post_id: int, new: NewPost) -> bool:
    """Replace what an author may edit. False when `new.updated_at` is not newer than what we hold (AX7)."""
    touched = await execute(
        conn,
        """
        UPDATE post SET url = $2, content = $3, source = $4, warning = $5, sensitive = $6, language = $7,
            updated_at = coalesce($8, now()), raw = $9
        WHERE id = $1 AND deleted_at IS NULL AND ($8::timestamptz IS NULL OR updated_at IS NULL OR updated_at < $8)
        """,
        post_id,
        new.url,
        new.content,
        new.source,
        new.warning,
        new.sensitive,
        new.language,
        new.updated_at,
        new.raw,
    )
    if not touched:
        return False
    await save_tags(conn, post_id, new.tags)
    await save_mentions(conn, post_id, named=new.mention_ids, silent=new.silent_ids)
    return True


async def save_tags(conn: Connection, post_id: int, tags: tuple[Tag, ...]) -> None:
    """Make these the post's tags."""
    await execute(conn, "DELETE FROM post_tag WHERE post_id = $1 AND NOT tag = ANY($2)", post_id, [t.tag for t in tags])
    if tags:
        await execute_many(
            conn,
            "INSERT INTO post_tag (post_id, tag, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [(post_id, t.tag, t.name) for t in tags],
        )


async def save_mentions(conn: Connection, post_id: int, *, named: tuple[int, ...], silent: tuple[int, ...]) -> None:
    """Make these the people named in, or addressed by, the post."""
    await execute(conn, "DELETE FROM mention WHERE post_id = $1 AND NOT actor_id = ANY($2)", post_id, [*named, *silent])
    rows = {actor_id: True for actor_id in silent} | {actor_id: False for actor_id in named}
    if rows:
        await execute_many(
            conn,
            """
            INSERT INTO mention (post_id, actor_id, silent) VALUES ($1, $2, $3)
            ON CONFLICT (post_id, actor_id) DO UPDATE SET silent = excluded.silent
            """,
            [(post_id, actor_id, is_silent) for actor_id, is_silent in rows.items()],
        )


async def find_by_uri(conn: Connection, uri: str) -> Post | None:
    """The post with this ActivityPub id, tombstones included."""
    return await fetch_one(
        conn,
        Post,
        """
        SELECT * FROM full_post WHERE uri = $1
        """,
        uri,
    )


async def find_by_url(conn: Connection, url: str) -> Post | None:
    """A post whose page for people is at this address; for search boxes."""
    return await fetch_one(
        conn,
        Post,
        """
        SELECT * FROM full_post WHERE url = $1 AND deleted_at IS NULL LIMIT 1
        """,
        url,
    )


async def list_by_ids(conn: Connection, ids: list[int]) -> list[Post]:
    """The living posts with these ids, in no order. Checks no audience: the caller has."""
    return await fetch_all(
        conn,
        Post,
        """
        SELECT * FROM full_post WHERE id = ANY($1) AND deleted_at IS NULL
        """,
        ids,
    )


async def find_visible(conn: Connection, id: int, reader_id: int | None) -> Post | None:
    """The living post with this id if the reader (None: anybody) may see it; private equals missing."""
    visible = await filter_visible(conn, [id], reader_id)
    if id not in visible:
        return None
    found = await list_by_ids(conn, [id])
    return found[0] if found else None


async def filter_visible(conn: Connection, ids: list[int], reader_id: int | None) -> set[int]:
    """Those of these posts that the reader may see: THE rule of who may read a post, also for signed fetches.

    The reader is any actor, ours or not. Public posts: everybody, except between people who block each other.
    `coop`: our own people. `followers` and `territories`: accepted followers, and those addressed.
    `direct`: those addressed. Authors see their own.
    """
    rows = await fetch_column(
        conn,
        """
        SELECT p.id FROM post p JOIN actor author ON author.id = p.author_id
        LEFT JOIN actor reader ON reader.id = $2
        WHERE p.id = ANY($1) AND p.deleted_at IS NULL AND author.deleted_at IS NULL AND author.suspended_at IS NULL
            AND (
                p.author_id = $2
                OR p.audience IN ('network', 'unlisted')
                OR (p.audience = 'coop' AND reader.local)
                OR ($2 IS NOT NULL AND EXISTS (SELECT FROM mention WHERE post_id = p.id AND actor_id = $2))
                OR (p.audience IN ('followers', 'territories') AND EXISTS (
                    SELECT FROM follow WHERE follower_id = $2 AND followed_id = p.author_id AND state = 'accepted'))
                OR (p.audience = 'territories' AND reader.local)
            )
            AND NOT EXISTS (SELECT FROM block WHERE
                (actor_id = $2 AND target_id = p.author_id) OR (actor_id = p.author_id AND target_id = $2))
        """,
        ids,
        reader_id,
    )
    return set(rows)


async def delete(conn: Connection, post_id: int) -> bool:
    """Make a post a tombstone (ours keep their row and answer 410; others' rows go). False when it was gone already."""
    local = await fetch_value(
        conn,
        """
        UPDATE post SET deleted_at = now(), content = '', source = '', warning = '', raw = NULL
        WHERE id = $1 AND deleted_at IS NULL RETURNING local
        """,
        post_id,
    )
    if local is None:
        return False
    await execute(conn, "DELETE FROM notification WHERE post_id = $1", post_id)
    if local:
        await execute(conn, "DELETE FROM post_tag WHERE post_id = $1", post_id)
        await execute(conn, "DELETE FROM share WHERE post_id = $1", post_id)
        await execute(conn, "DELETE FROM favourite WHERE post_id = $1", post_id)
        await execute(conn, "DELETE FROM media WHERE post_id = $1", post_id)
    else:
        await execute(conn, "DELETE FROM post WHERE id = $1", post_id)
    return True


async def list_tags(conn: Connection, post_ids: list[int]) -> dict[int, list[Tag]]:
    """The tags of each of these posts."""
    found: dict[int, list[Tag]] = {id: [] for id in post_ids}
    for post_id, tag, name in await conn.fetch(
        "SELECT post_id, tag, name FROM post_tag WHERE post_id = ANY($1) ORDER BY post_id, name", post_ids
    ):
        found[post_id].append(Tag(tag=tag, name=name))
    return found


async def list_mentions(conn: Connection, post_ids: list[int]) -> dict[int, list[int]]:
    """Row ids of the people named in the text of each of these posts."""
    found: dict[int, list[int]] = {id: [] for id in post_ids}
    for post_id, actor_id in await conn.fetch(
        "SELECT post_id, actor_id FROM mention WHERE post_id = ANY($1) AND NOT silent ORDER BY post_id, actor_id",
        post_ids,
    ):
        found[post_id].append(actor_id)
    return found


async def list_addressed(conn: Connection, post_id: int) -> list[int]:
    """Row ids of everybody named in or addressed by the post."""
    return await fetch_column(conn, "SELECT actor_id FROM mention WHERE post_id = $1 ORDER BY actor_id", post_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCounts:
    """Figures of a post and what the reader did with it."""

    post_id: int
    replies: int
    favourites: int
    shares: int
    favourited: bool
    shared: bool


async def count(conn: Connection, post_ids: list[int], reader_id: int | None) -> dict[int, PostCounts]:
    """Replies that anybody may read, favourites, shares, and the reader's own, of each of these posts."""
    rows = await fetch_all(
        conn,
        PostCounts,
        """
        SELECT p.id AS post_id,
            (SELECT count(*) FROM post r WHERE r.in_reply_to_id = p.id AND r.deleted_at IS NULL
                AND r.audience IN ('network', 'unlisted')) AS replies,
            (SELECT count(*) FROM favourite f WHERE f.post_id = p.id) AS favourites,
            (SELECT count(*) FROM share s WHERE s.post_id = p.id) AS shares,
            EXISTS (SELECT FROM favourite f WHERE f.post_id = p.id AND f.actor_id = $2) AS favourited,
            EXISTS (SELECT FROM share s WHERE s.post_id = p.id AND s.actor_id = $2) AS shared
        FROM unnest($1::bigint[]) AS p (id)
        """,
        post_ids,
        reader_id,
    )
    return {row.post_id: row for row in rows}


async def list_public_thread(conn: Connection, post_id: int) -> list[str]:
    """Ids (URIs) of a post and of the public posts below it, oldest first, at most 1,000."""
    return await fetch_column(
        conn,
        """
        WITH RECURSIVE down (id, uri, depth) AS (
            SELECT id, uri, 0 FROM post WHERE id = $1
            UNION ALL
            SELECT p.id, p.uri, down.depth + 1 FROM post p JOIN down ON p.in_reply_to_id = down.id
            WHERE p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted') AND down.depth < 60
        )
        SELECT uri FROM down ORDER BY id LIMIT 1000
        """,
        post_id,
    )
