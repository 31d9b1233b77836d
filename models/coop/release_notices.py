"""What was heard of newer versions of Déclic, where administrators chose an address to ask: one row, the last time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.store.database import Connection, execute, fetch_one

EACH = timedelta(hours=23)
"""It is asked at most so often, however many processes there are and however often they start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseNotice:
    """`version` is the newest, `secure_version` the newest that mends a hole; `failure` why none came."""

    asked_at: datetime
    version: str | None
    page: str | None
    secure_version: str | None
    failure: str | None


async def claim(conn: Connection) -> bool:
    """Whether it is time to ask; from now on it counts as asked."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO release_notice DEFAULT VALUES
            ON CONFLICT (one) DO UPDATE SET asked_at = now() WHERE release_notice.asked_at < now() - $1::interval
            """,
            EACH,
        )
    )


async def save(conn: Connection, *, version: str, page: str, secure_version: str | None) -> None:
    """What was said."""
    await execute(
        conn,
        "UPDATE release_notice SET version = $1, page = $2, secure_version = $3, failure = NULL",
        version,
        page,
        secure_version,
    )


async def save_failure(conn: Connection, failure: str) -> None:
    """Nothing was heard; what was heard before stands."""
    await execute(conn, "UPDATE release_notice SET failure = $1", failure)


async def find(conn: Connection) -> ReleaseNotice | None:
    """None before it was asked for the first time."""
    return await fetch_one(
        conn, ReleaseNotice, "SELECT asked_at, version, page, secure_version, failure FROM release_notice"
    )
