"""What hangs on posts: tags, people, and figures."""

from dataclasses import dataclass

from models.posts.provenance import Provenance
from models.posts.values import Tag
from models.store.database import Connection, Record, fetch_all, fetch_records
from models.store.statements import compose


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


async def list_addressed(conn: Connection, post_ids: list[int]) -> dict[int, list[tuple[str, str, str, str]]]:
    """To whom each of these posts is said: username, host, id and page of those it names or is sent to, and of those
    whose posts it answers.
    """
    found: dict[int, list[tuple[str, str, str, str]]] = {id: [] for id in post_ids}
    for post_id, username, host, uri, url in await conn.fetch(
        """
        SELECT m.post_id, a.username, a.host, a.uri, a.url
        FROM mention m JOIN actor a ON a.id = m.actor_id WHERE m.post_id = ANY($1)
        UNION SELECT p.id, a.username, a.host, a.uri, a.url
        FROM post p JOIN post q ON q.id IN (p.in_reply_to_id, p.root_id) JOIN actor a ON a.id = q.author_id
        WHERE p.id = ANY($1)
        """,
        post_ids,
    ):
        found[post_id].append((username, host, uri, url))
    return found


async def list_involved(conn: Connection, post_ids: list[int], reader_ids: list[int]) -> dict[int, set[int]]:
    """Which of these posts each of these readers wrote, likes, shared, keeps, voted in, or mutes the thread of.

    To her they read otherwise than to all.
    """
    found: dict[int, set[int]] = {}
    if post_ids and reader_ids:
        for reader_id, post_id in await conn.fetch(
            """
            SELECT author_id, id FROM post WHERE id = ANY($1) AND author_id = ANY($2)
            UNION SELECT actor_id, post_id FROM favourite WHERE post_id = ANY($1) AND actor_id = ANY($2)
            UNION SELECT actor_id, post_id FROM share WHERE post_id = ANY($1) AND actor_id = ANY($2)
            UNION SELECT actor_id, post_id FROM bookmark WHERE post_id = ANY($1) AND actor_id = ANY($2)
            UNION SELECT actor_id, post_id FROM poll_vote WHERE post_id = ANY($1) AND actor_id = ANY($2)
            UNION SELECT t.actor_id, p.id FROM post p JOIN thread_mute t ON t.root_id = coalesce(p.root_id, p.id)
                WHERE p.id = ANY($1) AND t.actor_id = ANY($2)
            """,
            post_ids,
            reader_ids,
        ):
            found.setdefault(reader_id, set()).add(post_id)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCounts:
    """Figures of a post and what the reader did with it. `own_shares` are those of our own streams, not of people."""

    post_id: int
    replies: int
    favourites: int
    shares: int
    own_shares: int
    favourited: bool
    shared: bool
    kept: bool = False
    pinned: bool = False
    muted: bool = False

    @property
    def passed_on(self) -> int:
        """How many people passed it on."""
        return self.shares - self.own_shares


# Of the post `p`, to the reader `$2`, whom the planner does not see: it would plan for each of them anew.
_COUNTED = """
    (SELECT count(*) FROM post r WHERE r.in_reply_to_id = p.id AND r.deleted_at IS NULL
        AND r.audience IN ('network', 'unlisted')) AS replies,
    (SELECT count(*) FROM favourite f WHERE f.post_id = p.id) AS favourites,
    (SELECT count(*) FROM share s WHERE s.post_id = p.id) AS shares,
    (SELECT count(*) FROM share s JOIN actor a ON a.id = s.actor_id
        WHERE s.post_id = p.id AND a.local AND a.type IN ('Group', 'Application')) AS own_shares,
    EXISTS (SELECT FROM favourite f WHERE f.post_id = p.id AND f.actor_id = (SELECT $2::bigint)) AS favourited,
    EXISTS (SELECT FROM share s WHERE s.post_id = p.id AND s.actor_id = (SELECT $2::bigint)) AS shared,
    EXISTS (SELECT FROM bookmark b WHERE b.post_id = p.id AND b.actor_id = (SELECT $2::bigint)) AS kept,
    EXISTS (SELECT FROM pin n WHERE n.post_id = p.id) AS pinned,
    EXISTS (SELECT FROM thread_mute t JOIN post q ON t.root_id = coalesce(q.root_id, q.id)
        WHERE t.actor_id = (SELECT $2::bigint) AND q.id = p.id) AS muted
"""

_COUNTS = compose("SELECT p.id AS post_id, {counted} FROM unnest((SELECT $1::bigint[])) AS p (id)", counted=_COUNTED)

_PARTS = compose(
    """
    SELECT p.id AS post_id, {counted}, parent.author_id AS answered_id, p.application, p.application_website,
        ARRAY(SELECT m.actor_id FROM mention m WHERE m.post_id = p.id AND NOT m.silent ORDER BY m.actor_id)
            AS mention_ids,
        ARRAY(SELECT t.tag FROM post_tag t WHERE t.post_id = p.id ORDER BY t.name, t.tag) AS tags,
        ARRAY(SELECT t.name FROM post_tag t WHERE t.post_id = p.id ORDER BY t.name, t.tag) AS tag_names,
        EXISTS (SELECT FROM poll WHERE poll.post_id = p.id) AS asks
    FROM post p LEFT JOIN post parent ON parent.id = p.in_reply_to_id
    WHERE p.id = ANY((SELECT $1::bigint[])::bigint[])
    """,
    counted=_COUNTED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostParts:
    """What hangs on one post, to one reader. `asks`: there is a poll."""

    counts: PostCounts
    provenance: Provenance
    mention_ids: list[int]
    tags: list[Tag]
    asks: bool


async def count(conn: Connection, post_ids: list[int], reader_id: int | None) -> dict[int, PostCounts]:
    """Replies that anybody may read, favourites, shares, and the reader's own, of each of these posts."""
    return {row.post_id: row for row in await fetch_all(conn, PostCounts, _COUNTS, post_ids, reader_id)}


async def map_parts(conn: Connection, post_ids: list[int], reader_id: int | None) -> dict[int, PostParts]:
    """The same with tags, people named, the client and who is answered, in one question however many posts."""
    return {row["post_id"]: _read_parts(row) for row in await fetch_records(conn, _PARTS, post_ids, reader_id)}


def _read_parts(row: Record) -> PostParts:
    return PostParts(
        counts=PostCounts(**{name: row[name] for name in PostCounts.__slots__}),
        provenance=Provenance(**{name: row[name] for name in Provenance.__slots__}),
        mention_ids=row["mention_ids"],
        tags=[Tag(tag=tag, name=name) for tag, name in zip(row["tags"], row["tag_names"], strict=True)],
        asks=row["asks"],
    )
