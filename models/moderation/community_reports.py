"""The reports about what stays inside one community, for who leads it; and what they hid there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_records, fetch_value
from models.store.statements import compose

MOST = 100
"""Things of one community that its page shows; the longest reported first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPost:
    """Something that stays inside, with the words of each report that waits; who reported is not told."""

    post_id: int
    uri: str
    author_id: int
    author_name: str
    title: str
    content: str
    said: list[str]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenPost:
    """Something that was hidden there, by whom and why."""

    post_id: int
    author_id: int
    author_name: str
    title: str
    content: str
    by_name: str
    reason: str
    since: datetime


# What was reported and waits; not what concerns the reader, nor what the law forbids, which is the team's.
_WAITING = """
    FROM report r JOIN post p ON p.uri = ANY(r.object_uris) AND p.community_id = ANY($1) AND p.deleted_at IS NULL
    JOIN actor a ON a.id = p.author_id LEFT JOIN listing l ON l.post_id = p.id
    WHERE r.closed_at IS NULL AND r.category <> 'legal' AND p.author_id <> $2
        AND NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = r.target_id AND x.actor_id = $2)
        AND NOT EXISTS (SELECT FROM community_report_answer w WHERE w.report_id = r.id AND w.post_id = p.id)
"""

_LIST_REPORTED, _COUNT_REPORTED = (
    compose(text, waiting=_WAITING)
    for text in (
        """
        SELECT p.id AS post_id, p.uri, p.author_id, coalesce(nullif(a.name, ''), a.username) AS author_name,
            coalesce(l.title, '') AS title, coalesce(l.description, p.content) AS content,
            array_agg(r.content ORDER BY r.id) AS said, min(r.created_at) AS since
        {waiting} GROUP BY p.id, a.id, l.post_id ORDER BY min(r.id) LIMIT $3
        """,
        "SELECT p.community_id, count(DISTINCT p.id) AS waiting {waiting} GROUP BY p.community_id",
    )
)


async def list_reported(conn: Connection, community_id: int, reader_id: int) -> list[ReportedPost]:
    """What was reported and waits, the longest first; not what concerns the reader, nor what the law forbids."""
    return await fetch_all(conn, ReportedPost, _LIST_REPORTED, [community_id], reader_id, MOST)


async def count_reported(conn: Connection, community_ids: Sequence[int], reader_id: int) -> dict[int, int]:
    """In how many things of each of these communities that is so; none for those in which nothing waits."""
    rows = await fetch_records(conn, _COUNT_REPORTED, list(community_ids), reader_id)
    return {row["community_id"]: row["waiting"] for row in rows}


async def list_open(conn: Connection, post_id: int) -> list[int]:
    """Ids of the reports about one post that wait and are not the team's alone."""
    return await fetch_column(
        conn,
        """
        SELECT r.id FROM report r JOIN post p ON p.uri = ANY(r.object_uris)
        WHERE p.id = $1 AND r.closed_at IS NULL AND r.category <> 'legal'
            AND NOT EXISTS (SELECT FROM community_report_answer w WHERE w.report_id = r.id AND w.post_id = p.id)
        ORDER BY r.id
        """,
        post_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of all that a report names: whether it is decided, and whether something of it is hidden."""

    settled: bool
    hidden: bool


async def answer(conn: Connection, report_id: int, post_id: int) -> Outcome:
    """Who leads the community has decided about this post of those that a report names; how the report stands then.

    What else it names, inside another community or none, waits for who decides there.
    """
    await execute(
        conn,
        "INSERT INTO community_report_answer (report_id, post_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        report_id,
        post_id,
    )
    found = await fetch_one(
        conn,
        Outcome,
        """
        SELECT coalesce(bool_and(w.post_id IS NOT NULL), true) AS settled,
            coalesce(bool_or(h.post_id IS NOT NULL), false) AS hidden
        FROM report r JOIN post p ON p.uri = ANY(r.object_uris) AND p.deleted_at IS NULL
        LEFT JOIN community_report_answer w ON w.report_id = r.id AND w.post_id = p.id
        LEFT JOIN community_hiding h ON h.post_id = p.id
        WHERE r.id = $1
        """,
        report_id,
    )
    assert found is not None
    return found


async def list_hidden(conn: Connection, community_id: int) -> list[HiddenPost]:
    """What is hidden there, the latest first."""
    return await fetch_all(
        conn,
        HiddenPost,
        """
        SELECT p.id AS post_id, p.author_id, coalesce(nullif(a.name, ''), a.username) AS author_name,
            coalesce(l.title, '') AS title, coalesce(l.description, p.content) AS content,
            coalesce(nullif(b.name, ''), b.username, '') AS by_name, h.reason, h.hidden_at AS since
        FROM community_hiding h JOIN post p ON p.id = h.post_id AND p.deleted_at IS NULL
        JOIN actor a ON a.id = p.author_id LEFT JOIN actor b ON b.id = h.hidden_by
        LEFT JOIN listing l ON l.post_id = p.id
        WHERE h.community_id = $1 ORDER BY h.hidden_at DESC, p.id LIMIT $2
        """,
        community_id,
        MOST,
    )


async def hide(conn: Connection, post_id: int, community_id: int, *, by: int, reason: str) -> bool:
    """It is hidden there. False where that was so already."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO community_hiding (post_id, community_id, hidden_by, reason) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """,
            post_id,
            community_id,
            by,
            reason,
        )
    )


async def show(conn: Connection, post_id: int, community_id: int) -> bool:
    """It is hidden there no longer. False where it was not."""
    return bool(
        await execute(
            conn, "DELETE FROM community_hiding WHERE post_id = $1 AND community_id = $2", post_id, community_id
        )
    )


async def is_hidden(conn: Connection, uri: str) -> bool:
    """Whether what has this id is hidden inside its community by who leads it."""
    return bool(
        await fetch_value(
            conn,
            "SELECT EXISTS (SELECT FROM community_hiding h JOIN post p ON p.id = h.post_id WHERE p.uri = $1)",
            uri,
        )
    )
