"""The published files of repairs as they were last written, for everybody who asks within some time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.store.database import Connection, execute, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """All of one, and when it was written."""

    made_at: datetime
    body: bytes = field(repr=False)


async def find(conn: Connection, file: str, *, within: timedelta) -> KeptFile | None:
    """This file, where it was written no longer ago."""
    return await fetch_one(
        conn,
        KeptFile,
        "SELECT made_at, body FROM kept_open_repairs WHERE file = $1 AND made_at > now() - $2::interval",
        file,
        within,
    )


async def lock(conn: Connection, file: str) -> None:
    """Let nobody else write this one before the transaction ends."""
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtextextended('kept_open_repairs ' || $1, 0))", file)


async def save(conn: Connection, file: str, kept: KeptFile) -> None:
    """In place of what was written before."""
    await execute(
        conn,
        """
        INSERT INTO kept_open_repairs (file, made_at, body) VALUES ($1, $2, $3)
        ON CONFLICT (file) DO UPDATE SET made_at = excluded.made_at, body = excluded.body
        """,
        file,
        kept.made_at,
        kept.body,
    )


async def forget(conn: Connection) -> None:
    """They are published no more."""
    await execute(conn, "DELETE FROM kept_open_repairs")
