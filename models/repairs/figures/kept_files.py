"""The published files of repairs as they were last written, for everybody who asks within some time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.store.database import Connection, execute, fetch_one, fetch_value

KEPT = timedelta(hours=1)
"""How long a published file stays as it was written, here and with whoever reads it."""

KEPT_MEANWHILE = timedelta(days=1)
"""Nobody is given one that is older, not even while somebody else has it written anew."""

FILES = ("ord", "velos")


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


async def try_lock(conn: Connection, file: str) -> bool:
    """Let nobody else write this one before the transaction ends; False, at once, where somebody does."""
    locked: bool = await fetch_value(
        conn, "SELECT pg_try_advisory_xact_lock(hashtextextended('kept_open_repairs ' || $1, 0))", file
    )
    return locked


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
    """What they say is not to be read any more, nor what somebody is writing: they are written anew, if at all."""
    for file in FILES:
        await execute(conn, "SELECT pg_advisory_xact_lock(hashtextextended('kept_open_repairs ' || $1, 0))", file)
    await execute(conn, "DELETE FROM kept_open_repairs")


async def forget_old(conn: Connection) -> int:
    """Nobody asked since: what was said meanwhile is not in them, nor what was taken back gone. A sweep."""
    return await execute(conn, "DELETE FROM kept_open_repairs WHERE made_at < now() - $1::interval", KEPT)
