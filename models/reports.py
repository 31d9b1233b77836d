"""Reports of people and posts, from our members and from other servers (Flag)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.database import Connection, fetch_all, fetch_one, fetch_value
from models.ids import make_id

CONTENT_LIMIT = 5000
OBJECTS_LIMIT = 100

ReportCategory = Literal["spam", "legal", "violation", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report; `object_uris` are what it names."""

    id: int
    uri: str | None
    reporter_id: int | None
    target_id: int | None
    object_uris: list[str]
    content: str
    local: bool
    created_at: datetime
    closed_at: datetime | None
    category: ReportCategory = "other"
    forwarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """A report about to be kept; `target_id` is the reported actor."""

    uri: str | None
    reporter_id: int | None
    target_id: int | None
    object_uris: list[str]
    content: str
    local: bool
    category: ReportCategory = "other"
    forwarded: bool = False


async def save(conn: Connection, new: NewReport) -> Report | None:
    """Keep a report, cut to its limits (AX17). None when it is known already."""
    return await fetch_one(
        conn,
        Report,
        """
        INSERT INTO report (id, uri, reporter_id, target_id, object_uris, content, local, category, forwarded)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (uri) DO NOTHING
        RETURNING id, uri, reporter_id, target_id, object_uris, content, local, created_at, closed_at, category,
            forwarded
        """,
        make_id(),
        new.uri,
        new.reporter_id,
        new.target_id,
        new.object_uris[:OBJECTS_LIMIT],
        new.content[:CONTENT_LIMIT],
        new.local,
        new.category,
        new.forwarded,
    )


async def count_today(conn: Connection, host: str) -> int:
    """How many reports came from this server within a day."""
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM report r JOIN actor a ON a.id = r.reporter_id
        WHERE a.host = $1 AND NOT r.local AND r.created_at > now() - interval '1 day'
        """,
        host,
    )
    return found


async def list_open(conn: Connection, *, limit: int = 100) -> list[Report]:
    """Reports that wait for somebody, oldest first."""
    return await fetch_all(
        conn,
        Report,
        """
        SELECT id, uri, reporter_id, target_id, object_uris, content, local, created_at, closed_at, category,
            forwarded
        FROM report WHERE closed_at IS NULL ORDER BY id LIMIT $1
        """,
        limit,
    )
