"""Photos that shall not come back: how each looks, whichever way it is turned, and which others look like one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.errors import Conflict
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

MOST = 1_000
"""So many are remembered: each new photo is held against all."""

NEAR = 8
"""Bits of 64 in which two pictures that look alike differ at most; measured in tests/federation/sandbox."""

DESCRIPTION_LIMIT = 200

JOB = "removed_picture"
"""The job that holds a post from elsewhere whose photo, fetched when somebody first looked, is like one of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedPicture:
    """One that is remembered: of what it was, since when, and how often one like it came."""

    id: int
    description: str
    added_by: int | None
    added_at: datetime
    matched: int
    matched_at: datetime | None


async def remember(conn: Connection, likenesses: Sequence[int], description: str, added_by: int | None) -> int | None:
    """Hold pictures like this one from now on; its id, None where one is remembered already that looks the same.

    Raises Conflict where no more are remembered.
    """
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('declic.removed_picture'))")
    if not likenesses or await find_like(conn, likenesses[:1], within=0) is not None:
        return None
    if await fetch_value(conn, "SELECT count(*) FROM removed_picture") >= MOST:
        raise Conflict("too_many_removed_pictures", most=MOST)
    id = make_id()
    await execute(
        conn,
        "INSERT INTO removed_picture (id, likenesses, description, added_by) VALUES ($1, $2, $3, $4)",
        id,
        list(likenesses),
        description[:DESCRIPTION_LIMIT],
        added_by,
    )
    return id


async def find_like(conn: Connection, likenesses: Sequence[int], *, within: int = NEAR) -> RemovedPicture | None:
    """The remembered picture that looks most like one of these, if any is near enough."""
    if not likenesses:
        return None
    return await fetch_one(
        conn,
        RemovedPicture,
        """
        SELECT r.id, r.description, r.added_by, r.added_at, r.matched, r.matched_at
        FROM removed_picture r CROSS JOIN unnest(r.likenesses) AS held (likeness)
            CROSS JOIN unnest($1::bigint[]) AS new (likeness)
        WHERE bit_count((held.likeness # new.likeness)::bit(64)) <= $2
        ORDER BY bit_count((held.likeness # new.likeness)::bit(64)), r.id LIMIT 1
        """,
        list(likenesses),
        within,
    )


async def list_all(conn: Connection) -> list[RemovedPicture]:
    """All that are remembered, the latest first."""
    return await fetch_all(
        conn,
        RemovedPicture,
        """
        SELECT id, description, added_by, added_at, matched, matched_at FROM removed_picture
        ORDER BY added_at DESC, id DESC
        """,
    )


async def count_match(conn: Connection, id: int) -> None:
    """One like it came now."""
    await execute(conn, "UPDATE removed_picture SET matched = matched + 1, matched_at = now() WHERE id = $1", id)


async def forget(conn: Connection, id: int) -> bool:
    """Pictures like this one may come again. False where that was so already."""
    return bool(await execute(conn, "DELETE FROM removed_picture WHERE id = $1", id))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedPicture:
    """What of a picture is held against what is remembered, and against filters."""

    likeness: int | None
    description: str


async def list_screened(conn: Connection, media_ids: Sequence[int]) -> list[ScreenedPicture]:
    """These pictures; one that came before looks were kept, or that was not fetched yet, has none."""
    return await fetch_all(
        conn, ScreenedPicture, "SELECT likeness, description FROM media WHERE id = ANY($1) ORDER BY id", list(media_ids)
    )
