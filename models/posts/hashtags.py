"""Hashtags as a whole: how they are written, how much they are used, which begin like something typed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from models.ids import make_id
from models.store.database import Connection, fetch_all, fetch_records, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfTag:
    """Public posts with a tag that came on one day (UTC), and by how many people."""

    tag: str
    day: date
    uses: int
    accounts: int


async def find_name(conn: Connection, tag: str) -> str | None:
    """How the newest public post writes this folded tag."""
    name: str | None = await fetch_value(
        conn,
        """
        SELECT t.name FROM post_tag t JOIN post p ON p.id = t.post_id
        WHERE t.tag = $1 AND p.audience = 'network' AND p.deleted_at IS NULL
        ORDER BY t.post_id DESC LIMIT 1
        """,
        tag,
    )
    return name


async def list_days(conn: Connection, tags: list[str]) -> dict[str, list[DayOfTag]]:
    """The last seven days of each of these tags, today first; days count at most the newest thousand posts."""
    rows = await fetch_all(
        conn,
        DayOfTag,
        """
        SELECT wanted.tag, day::date AS day, count(recent.author_id) AS uses,
            count(DISTINCT recent.author_id) AS accounts
        FROM unnest($1::text[]) AS wanted (tag)
        CROSS JOIN generate_series(
            date_trunc('day', now() AT TIME ZONE 'UTC') - interval '6 days',
            date_trunc('day', now() AT TIME ZONE 'UTC'), interval '1 day') AS day
        LEFT JOIN LATERAL (
            SELECT p.author_id, p.received_at FROM post_tag t JOIN post p ON p.id = t.post_id
            WHERE t.tag = wanted.tag AND p.audience = 'network' AND p.deleted_at IS NULL
            ORDER BY t.post_id DESC LIMIT 1000
        ) AS recent ON (recent.received_at AT TIME ZONE 'UTC')::date = day::date
        GROUP BY wanted.tag, day ORDER BY wanted.tag, day DESC
        """,
        tags,
    )
    found: dict[str, list[DayOfTag]] = {tag: [] for tag in tags}
    for row in rows:
        found[row.tag].append(row)
    return found


async def list_most_used(conn: Connection, *, offset: int = 0, limit: int = 10) -> list[tuple[str, str]]:
    """Tags that most people used in the last seven days (the newest two thousand posts), as (folded, as shown)."""
    rows = await fetch_records(
        conn,
        """
        WITH recent AS MATERIALIZED (
            SELECT p.id, p.author_id FROM post p JOIN actor a ON a.id = p.author_id
            WHERE p.id > $1 AND p.audience = 'network' AND p.deleted_at IS NULL AND p.in_reply_to_uri IS NULL
                AND a.suspended_at IS NULL AND a.limited_at IS NULL
            ORDER BY p.id DESC LIMIT 2000
        )
        SELECT t.tag, max(t.name) AS name FROM recent r JOIN post_tag t ON t.post_id = r.id
        GROUP BY t.tag ORDER BY count(DISTINCT r.author_id) DESC, count(*) DESC, t.tag OFFSET $2 LIMIT $3
        """,
        make_id(datetime.now(UTC) - timedelta(days=7)),
        offset,
        limit,
    )
    return [(row["tag"], row["name"]) for row in rows]


async def list_beginning(conn: Connection, beginning: str, *, limit: int) -> list[tuple[str, str]]:
    """Tags of public posts that begin with this folded text, as (folded, as shown).

    The index is read from one tag to the next, so that a tag on many posts costs as much as one on a single post.
    """
    rows = await fetch_records(
        conn,
        """
        WITH RECURSIVE found (tag) AS (
            (SELECT tag FROM post_tag WHERE tag >= $1 ORDER BY tag LIMIT 1)
            UNION ALL
            SELECT (SELECT t.tag FROM post_tag t WHERE t.tag > f.tag ORDER BY t.tag LIMIT 1)
            FROM found f WHERE starts_with(f.tag, $1)
        ), fitting AS (
            SELECT tag FROM found WHERE starts_with(tag, $1) LIMIT 200
        )
        SELECT f.tag, shown.name FROM fitting f CROSS JOIN LATERAL (
            SELECT t.name FROM post_tag t JOIN post p ON p.id = t.post_id
            WHERE t.tag = f.tag AND p.audience = 'network' AND p.deleted_at IS NULL
            ORDER BY t.post_id DESC LIMIT 1) AS shown
        ORDER BY length(f.tag), f.tag LIMIT $2
        """,
        beginning,
        limit,
    )
    return [(row["tag"], row["name"]) for row in rows]
