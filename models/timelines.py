"""Read-only lists of posts across aggregates: home, public, tag, one author, and the network page."""

from dataclasses import dataclass

from models.database import Connection, fetch_all, fetch_column, fetch_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a timeline: a post, or with `shared_by` its share, whose id is then `id`."""

    id: int
    post_id: int
    shared_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Keyset paging as Mastodon names it: `before` max_id, `since` since_id, `after` min_id."""

    before: int | None = None
    since: int | None = None
    after: int | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFilter:
    """Narrowing of public and author timelines; tags are folded."""

    local: bool = False
    remote: bool = False
    only_media: bool = False
    exclude_replies: bool = False
    exclude_shares: bool = False
    any_tags: tuple[str, ...] = ()
    all_tags: tuple[str, ...] = ()
    no_tags: tuple[str, ...] = ()


def _newest_first(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: -entry.id)


async def list_home(conn: Connection, reader_id: int, page: Page) -> list[Entry]:
    """What the reader and those she follows wrote, and what these share, newest first.

    A shared post stands once, as the post itself when she follows its author too, else as its first share.
    The inner lists are cut per followed actor by an index, so a home costs the same however much others write.
    """
    return _newest_first(
        await fetch_all(
            conn,
            Entry,
            """
            WITH followed AS MATERIALIZED (
                SELECT followed_id AS id, shares FROM follow WHERE follower_id = $1 AND state = 'accepted'
                UNION ALL SELECT $1, true
            ), entry AS (
                SELECT p.id, p.id AS post_id, NULL::bigint AS shared_by
                FROM followed f CROSS JOIN LATERAL (
                    SELECT p.id FROM post p
                    WHERE p.author_id = f.id AND p.deleted_at IS NULL
                        AND ($2::bigint IS NULL OR p.id < $2) AND ($3::bigint IS NULL OR p.id > $3)
                        AND (p.author_id = $1 OR p.audience <> 'direct'
                            OR EXISTS (SELECT FROM mention m WHERE m.post_id = p.id AND m.actor_id = $1))
                        AND (p.in_reply_to_id IS NULL OR p.author_id = $1 OR EXISTS (
                            SELECT FROM post parent WHERE parent.id = p.in_reply_to_id
                                AND parent.author_id IN (SELECT id FROM followed)))
                    ORDER BY CASE WHEN $4::boolean THEN p.id END, p.id DESC LIMIT $5
                ) AS p
                UNION ALL
                SELECT s.id, s.post_id, s.actor_id
                FROM followed f CROSS JOIN LATERAL (
                    SELECT s.id, s.post_id, s.actor_id FROM share s JOIN post p ON p.id = s.post_id
                    WHERE s.actor_id = f.id AND f.shares AND p.deleted_at IS NULL
                        AND p.audience IN ('network', 'unlisted')
                        AND ($2::bigint IS NULL OR s.id < $2) AND ($3::bigint IS NULL OR s.id > $3)
                        AND NOT EXISTS (SELECT FROM followed g WHERE g.id = p.author_id)
                        AND NOT EXISTS (SELECT FROM share o JOIN followed g ON g.id = o.actor_id AND g.shares
                            WHERE o.post_id = s.post_id AND o.id < s.id)
                        AND NOT EXISTS (SELECT FROM block b WHERE
                            (b.actor_id = $1 AND b.target_id = p.author_id)
                            OR (b.actor_id = p.author_id AND b.target_id = $1))
                    ORDER BY CASE WHEN $4::boolean THEN s.id END, s.id DESC LIMIT $5
                ) AS s
            )
            SELECT id, post_id, shared_by FROM entry
            ORDER BY CASE WHEN $4::boolean THEN id END, id DESC LIMIT $5
            """,
            reader_id,
            page.before,
            page.after if page.after is not None else page.since,
            page.after is not None,
            page.limit,
        )
    )


async def list_public(conn: Connection, reader_id: int | None, filter: PostFilter, page: Page) -> list[Entry]:
    """Posts for everybody that answer nothing, newest first; with tags, those that carry them."""
    return _newest_first(
        await fetch_all(
            conn,
            Entry,
            """
            SELECT p.id, p.id AS post_id, NULL::bigint AS shared_by
            FROM post p JOIN actor a ON a.id = p.author_id
            WHERE p.audience = 'network' AND p.deleted_at IS NULL AND p.in_reply_to_uri IS NULL
                AND a.suspended_at IS NULL
                AND ($2::bigint IS NULL OR p.id < $2) AND ($3::bigint IS NULL OR p.id > $3)
                AND (NOT $6::boolean OR p.local) AND (NOT $7::boolean OR NOT p.local)
                AND (NOT $8::boolean OR EXISTS (SELECT FROM media m WHERE m.post_id = p.id))
                AND (cardinality($9::text[]) = 0 OR p.id IN (SELECT t.post_id FROM post_tag t WHERE t.tag = ANY($9)))
                AND (cardinality($10::text[]) = 0 OR cardinality($10::text[]) = (
                    SELECT count(*) FROM post_tag t WHERE t.post_id = p.id AND t.tag = ANY($10)))
                AND (cardinality($11::text[]) = 0 OR NOT EXISTS (
                    SELECT FROM post_tag t WHERE t.post_id = p.id AND t.tag = ANY($11)))
                AND ($1::bigint IS NULL OR NOT EXISTS (SELECT FROM block b WHERE
                    (b.actor_id = $1 AND b.target_id = p.author_id) OR (b.actor_id = p.author_id AND b.target_id = $1)))
            ORDER BY CASE WHEN $4::boolean THEN p.id END, p.id DESC LIMIT $5
            """,
            reader_id,
            page.before,
            page.after if page.after is not None else page.since,
            page.after is not None,
            page.limit,
            filter.local,
            filter.remote,
            filter.only_media,
            list(filter.any_tags),
            list(filter.all_tags),
            list(filter.no_tags),
        )
    )


async def list_by_author(
    conn: Connection, author_id: int, reader_id: int | None, filter: PostFilter, page: Page
) -> list[Entry]:
    """What an actor wrote and shared, as far as the reader may see it, newest first."""
    return _newest_first(
        await fetch_all(
            conn,
            Entry,
            """
            SELECT id, post_id, shared_by FROM (
                SELECT p.id, p.id AS post_id, NULL::bigint AS shared_by
                FROM post p LEFT JOIN actor reader ON reader.id = $6
                WHERE p.author_id = $1 AND p.deleted_at IS NULL
                    AND (p.author_id = $6 OR p.audience IN ('network', 'unlisted')
                        OR (p.audience IN ('coop', 'territories') AND reader.local)
                        OR EXISTS (SELECT FROM mention m WHERE m.post_id = p.id AND m.actor_id = $6)
                        OR (p.audience IN ('followers', 'territories') AND EXISTS (SELECT FROM follow f
                            WHERE f.follower_id = $6 AND f.followed_id = $1 AND f.state = 'accepted')))
                    AND (NOT $7::boolean OR EXISTS (SELECT FROM media m WHERE m.post_id = p.id))
                    AND (NOT $8::boolean OR p.in_reply_to_uri IS NULL)
                    AND (cardinality($10::text[]) = 0 OR p.id IN (
                        SELECT t.post_id FROM post_tag t WHERE t.tag = ANY($10)))
                UNION ALL
                SELECT s.id, s.post_id, s.actor_id FROM share s JOIN post p ON p.id = s.post_id
                WHERE s.actor_id = $1 AND NOT $9::boolean AND NOT $7::boolean AND cardinality($10::text[]) = 0
                    AND p.deleted_at IS NULL AND p.audience IN ('network', 'unlisted')
            ) AS entry
            WHERE ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
                AND ($6::bigint IS NULL OR NOT EXISTS (SELECT FROM block b WHERE
                    (b.actor_id = $6 AND b.target_id = $1) OR (b.actor_id = $1 AND b.target_id = $6)))
            ORDER BY CASE WHEN $4::boolean THEN id END, id DESC LIMIT $5
            """,
            author_id,
            page.before,
            page.after if page.after is not None else page.since,
            page.after is not None,
            page.limit,
            reader_id,
            filter.only_media,
            filter.exclude_replies,
            filter.exclude_shares,
            list(filter.any_tags),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFilter:
    """The filters of the network page. Empty tuples and None filter nothing; `radius` is in kilometres.

    `reader_local` adds what only members may see. `territory_uri` is a coop actor's id; `near` sorts by distance.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    territory_uri: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: float | None = None
    with_photo: bool = False
    reader_local: bool = False
    nearest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A listing of the network page; `distance` in kilometres when a place was given."""

    id: int
    distance: float | None


COUNT_LIMIT = 2000
"""The network page counts no further: « plus de 2 000 annonces »."""

# One literal for both reads below: bounding box first (an index), then the exact distance on the sphere.
_NETWORK = """
    SELECT l.post_id AS id, l.kind, l.mode,
        CASE WHEN $6::float8 IS NULL OR l.latitude IS NULL THEN NULL ELSE
            12742 * asin(sqrt(power(sin(radians(l.latitude - $6) / 2), 2) + cos(radians($6)) * cos(radians(l.latitude))
                * power(sin(radians(l.longitude - $7) / 2), 2))) END AS distance
    FROM listing l JOIN post p ON p.id = l.post_id
    WHERE l.status IN ('open', 'reserved') AND p.deleted_at IS NULL
        AND (p.audience = 'network' OR ($10::boolean AND p.audience IN ('coop', 'territories')))
        AND ($1::text = '' OR l.search @@ websearch_to_tsquery('fr', $1))
        AND (cardinality($2::text[]) = 0 OR l.kind = ANY($2))
        AND (cardinality($3::text[]) = 0 OR l.mode = ANY($3))
        AND (cardinality($4::text[]) = 0 OR l.category = ANY($4))
        AND ($5::text IS NULL OR l.territory_uri = $5)
        AND ($8::float8 IS NULL OR $6::float8 IS NULL OR (
            l.latitude BETWEEN $6 - $8 / 111.0 AND $6 + $8 / 111.0
            AND l.longitude BETWEEN $7 - $8 / (111.0 * cos(radians($6))) AND $7 + $8 / (111.0 * cos(radians($6)))))
        AND (NOT $9::boolean OR EXISTS (SELECT FROM media m WHERE m.post_id = l.post_id))
"""


def _arguments(filter: NetworkFilter) -> tuple[object, ...]:
    return (
        filter.text.strip(),
        list(filter.kinds),
        list(filter.modes),
        list(filter.categories),
        filter.territory_uri,
        filter.latitude,
        filter.longitude,
        filter.radius,
        filter.with_photo,
        filter.reader_local,
    )


async def list_network(conn: Connection, filter: NetworkFilter, *, offset: int = 0, limit: int = 20) -> list[Found]:
    """One page of open listings from here and elsewhere, newest first, or nearest first."""
    return await fetch_all(
        conn,
        Found,
        "SELECT id, distance FROM ("
        + _NETWORK
        + """) AS found
        WHERE $8::float8 IS NULL OR $6::float8 IS NULL OR distance <= $8
        ORDER BY CASE WHEN $11::boolean THEN distance END, id DESC OFFSET $12 LIMIT $13
        """,
        *_arguments(filter),
        filter.nearest_first,
        offset,
        limit,
    )


async def count_network(conn: Connection, filter: NetworkFilter) -> dict[tuple[str, str], int]:
    """How many listings match, by (kind, mode), among the first COUNT_LIMIT."""
    rows = await fetch_records(
        conn,
        "SELECT kind, mode, count(*) AS total FROM (SELECT kind, mode FROM ("
        + _NETWORK
        + """) AS found
        WHERE $8::float8 IS NULL OR $6::float8 IS NULL OR distance <= $8
        LIMIT $11) AS first GROUP BY kind, mode
        """,
        *_arguments(filter),
        COUNT_LIMIT,
    )
    return {(row["kind"], row["mode"]): row["total"] for row in rows}


async def list_territories_seen(conn: Connection) -> list[str]:
    """Ids of the coop actors whose open listings stand here, the busiest first."""
    return await fetch_column(
        conn,
        """
        SELECT l.territory_uri FROM listing l JOIN post p ON p.id = l.post_id
        WHERE l.status IN ('open', 'reserved') AND p.deleted_at IS NULL AND p.audience = 'network'
            AND l.territory_uri IS NOT NULL
        GROUP BY l.territory_uri ORDER BY count(*) DESC
        """,
    )
