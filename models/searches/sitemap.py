"""The listings of ours that search engines may read, with when each last changed."""

from dataclasses import dataclass
from datetime import datetime

from models.searches.network import SHOWN
from models.searches.queries import NetworkFilter
from models.store.database import Connection, fetch_planned
from models.store.statements import name_optional


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapEntry:
    """A page, and when it changed."""

    url: str
    changed_at: datetime


_OURS = name_optional(
    """
    SELECT p.url, coalesce(p.updated_at, p.published_at) AS changed_at
    FROM (SELECT l.post_id AS id, l.kind FROM listing l WHERE is_open_status(l.status)) AS found
    JOIN post p ON p.id = found.id JOIN actor a ON a.id = p.author_id
    WHERE {shown} AND p.local
    ORDER BY found.id DESC LIMIT :limit
    """,
    NetworkFilter,
    also=["limit"],
    shown=SHOWN,
)


async def list_own_pages(conn: Connection, *, limit: int) -> list[SitemapEntry]:
    """Open listings of ours that any visitor may read, the newest first."""
    asked = _OURS.ask(NetworkFilter(), limit=limit)
    rows = await fetch_planned(conn, asked.sql, *asked.values)
    return [SitemapEntry(**row) for row in rows]
