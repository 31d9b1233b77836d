"""What shops elsewhere told of their slots, with its age: asked for when somebody looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.repairs.bookings.slots import MOST_SLOTS, Slot
from models.store.database import Connection, execute, fetch_records, fetch_value

ASK_AFTER = timedelta(minutes=1)
"""Nobody makes us ask one shop more often: its slots go faster than days do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCopy:
    """The slots that are not over yet, and when their shop said so; None before it has."""

    slots: tuple[Slot, ...] = ()
    told_at: datetime | None = None


async def claim(conn: Connection, listing_id: int) -> bool:
    """Whether the slots of a listing elsewhere are to be asked for: not lately. Whoever hears yes asks."""
    return bool(
        await execute(
            conn,
            """
            INSERT INTO slot_copy (listing_id) VALUES ($1)
            ON CONFLICT (listing_id) DO UPDATE SET asked_at = now() WHERE slot_copy.asked_at < now() - $2::interval
            """,
            listing_id,
            ASK_AFTER,
        )
    )


async def find_etag(conn: Connection, listing_id: int) -> str:
    """The tag of the copy that we hold; empty where there is none."""
    return await fetch_value(conn, "SELECT etag FROM slot_copy WHERE listing_id = $1", listing_id) or ""


async def save(conn: Connection, listing_id: int, slots: Iterable[Slot], etag: str) -> None:
    """What its server says now, by time, MOST_SLOTS at most."""
    told = [[one.begins_at.isoformat(), one.ends_at.isoformat(), one.left] for one in sorted(slots)[:MOST_SLOTS]]
    await execute(
        conn,
        """
        INSERT INTO slot_copy (listing_id, slots, etag, told_at) VALUES ($1, $2, $3, now())
        ON CONFLICT (listing_id) DO UPDATE SET slots = excluded.slots, etag = excluded.etag, told_at = now()
        """,
        listing_id,
        told,
        etag,
    )


async def confirm(conn: Connection, listing_id: int) -> None:
    """Its server says that nothing changed."""
    await execute(conn, "UPDATE slot_copy SET told_at = now() WHERE listing_id = $1", listing_id)


async def load(conn: Connection, listing_id: int, *, at: datetime) -> SlotCopy:
    """What we hold."""
    rows = await fetch_records(conn, "SELECT slots, told_at FROM slot_copy WHERE listing_id = $1", listing_id)
    if not rows:
        return SlotCopy()
    read = (
        Slot(begins_at=datetime.fromisoformat(begin), ends_at=datetime.fromisoformat(end), left=left)
        for begin, end, left in rows[0]["slots"]
    )
    return SlotCopy(slots=tuple(one for one in read if one.begins_at > at), told_at=rows[0]["told_at"])
